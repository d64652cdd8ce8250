//! How many entries a second SQLite takes when one writer groups them, each commit durable.
//! Does not know: HTTP, rules.
use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::views;

/// Dossiers in the table: more than its cache of pages holds hot.
const DOSSIERS: i64 = 200_000;
/// The size of an entry.
const BODY_BYTES: usize = 1_024;
/// A step through the dossiers that meets each before it meets one again.
const STRIDE: i64 = 7_919;

/// Measures and prints.
///
/// # Errors
/// What SQLite or the folder said.
pub fn measure(folder: &Path, group: u32, seconds: u64) -> Result<(), String> {
    let file = folder.join("yardstick.db");
    remove(&file);
    let measured = play(&file, group, Duration::from_secs(seconds));
    remove(&file);
    let (entries, commits, seconds) = measured.map_err(|error| error.to_string())?;
    let line = serde_json::json!({
        "what": format!("SQLite alone, group {group}"),
        "engine": "sqlite",
        "per_s": (entries as f64 / seconds).round(),
        "commits_per_s": (commits as f64 / seconds).round(),
        "version": rusqlite::version(),
    });
    println!("{line}");
    Ok(())
}

fn play(file: &Path, group: u32, span: Duration) -> rusqlite::Result<(u64, u64, f64)> {
    let mut db = Connection::open(file)?;
    db.execute_batch(views::SQLITE_SAFE)?;
    db.execute_batch(views::SQLITE_TABLES)?;
    let filling = db.transaction()?;
    for id in 0..DOSSIERS {
        filling.prepare_cached(views::NEW_DOSSIER)?.execute([id])?;
    }
    filling.commit()?;
    let body = "x".repeat(BODY_BYTES);
    let (mut id, mut entries, mut commits) = (0, 0, 0);
    let started = Instant::now();
    while started.elapsed() < span {
        let transaction = db.transaction()?;
        for _ in 0..group {
            id = (id + STRIDE) % DOSSIERS;
            let version: i64 = transaction
                .prepare_cached(views::STEP)?
                .query_row([id], |row| row.get(0))?;
            transaction
                .prepare_cached(views::ENTRY)?
                .execute((id, version, &body))?;
            entries += 1;
        }
        transaction.commit()?;
        commits += 1;
    }
    Ok((entries, commits, started.elapsed().as_secs_f64()))
}

fn remove(file: &Path) {
    for ending in ["db", "db-wal", "db-shm"] {
        let _ = std::fs::remove_file(file.with_extension(ending));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_that_was_counted_is_there() {
        let folder = std::env::temp_dir().join(format!("yardstick-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let file = folder.join("yardstick.db");
        let (entries, commits, _) = play(&file, 3, Duration::from_millis(50)).expect("measured");
        assert_eq!(entries, 3 * commits);
        let db = Connection::open(&file).expect("the file");
        let there = db.query_row("SELECT count(*) FROM entry", [], |row| row.get::<_, i64>(0));
        assert_eq!(there, Ok(i64::try_from(entries).expect("few")));
        std::fs::remove_dir_all(&folder).expect("removed");
    }
}
