//! `dinh rebuild`: every view anew from the journal, and with `--check` only whether that would
//! change anything: then everything is copied aside first, and nothing of the house is written, so
//! that it may go on meanwhile.
//!
//! Does not know: what views show.
use std::path::{Path, PathBuf};

use clap::Args;
use kernel::rebuild::digests;
use kernel::{Database, Trouble, backup, sound};

use crate::floorplan;
use crate::house::{House, without_password};
use crate::serve::now;
use crate::settings::Settings;

/// How views are rebuilt.
#[derive(Args)]
pub struct Asked {
    /// Only looks, on a copy: whether views equal the journal, whether the journal is whole,
    /// whether documents and files fit their digests. The house may go on; nothing of it is
    /// written.
    #[arg(long)]
    check: bool,
    /// Where the copy is made, with room for the whole database; the system's temporary folder by
    /// default. It is removed at the end.
    #[arg(long, requires = "check")]
    scratch: Option<PathBuf>,
}

/// Rebuilds, or checks.
///
/// # Errors
/// A sentence for what differs or is damaged, or when the database failed.
pub async fn run(asked: &Asked, settings: Settings) -> Result<(), String> {
    if asked.check {
        let folder = asked.scratch.clone().unwrap_or_else(std::env::temp_dir);
        return check(&settings, &folder).await;
    }
    let house = House::open(settings).await?;
    rebuilt(&house).await.map_err(words).map(|_| ())
}

fn words(trouble: Trouble) -> String {
    trouble.to_string()
}

/// A folder of our own, removed with everything in it.
struct Aside(PathBuf);

impl Drop for Aside {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Compares without writing: on a copy as of one moment.
///
/// # Errors
/// A sentence that names everything that differs or is damaged.
pub async fn check(settings: &Settings, scratch: &Path) -> Result<(), String> {
    let aside = Aside(scratch.join(format!("dinh-check-{}", web::fresh_id())));
    std::fs::create_dir_all(&aside.0).map_err(|e| format!("{}: {e}", aside.0.display()))?;
    let copy = Settings {
        database_url: format!("sqlite:{}", aside.0.join("copy.db").display()),
        files_folder: aside.0.join("files"),
        replica: None,
        ..settings.clone()
    };
    copied(settings, &copy).await?;
    let house = House::open(copy).await?;
    let mut faults = sound::faults(house.ground.db()).await.map_err(words)?;
    let files = &settings.files_folder;
    let damaged = backup::damaged_files(files);
    faults.extend(damaged.map_err(|error| format!("{}: {error}", files.display()))?);
    match rebuilt(&house).await {
        Ok(differing) if differing.is_empty() => {}
        Ok(differing) => faults.push(format!(
            "views differ from the journal: {}. `dinh rebuild` makes them anew",
            differing.join(", ")
        )),
        Err(trouble) => faults.push(format!("views could not be compared: {trouble}")),
    }
    house.ground.db().close().await;
    match faults.is_empty() {
        true => Ok(()),
        false => Err(faults.join("\n")),
    }
}

async fn copied(settings: &Settings, copy: &Settings) -> Result<(), String> {
    let url = &settings.database_url;
    let failed = |trouble: Trouble| format!("{}: {trouble}", without_password(url));
    let from = Database::open_to_read(url, &settings.database).await;
    let from = from.map_err(failed)?;
    let to = Database::open(&copy.database_url, &copy.database).await;
    let to = to.map_err(words)?;
    let done = backup::copy(&from, &to, &floorplan::MIGRATIONS).await;
    from.close().await;
    to.close().await;
    done.map_err(|fault| format!("{}: {fault}", without_password(url)))
}

/// The tables whose rows were others before.
async fn rebuilt(house: &House) -> Result<Vec<&'static str>, Trouble> {
    let journal = &house.ground.journal;
    let db = journal.db();
    let mut differing = Vec::new();
    for noun in floorplan::nouns(&house.ground) {
        let before = digests(db, noun.tables()).await?;
        let streams = kernel::rebuild::rebuild(journal, &*noun).await?;
        println!("{}: {streams} streams", noun.name());
        differing.extend(compare(&before, &digests(db, noun.tables()).await?));
    }
    for reader in floorplan::readers(&house.ground) {
        if reader.tables().is_empty() {
            continue;
        }
        // What it has not read yet is no difference.
        reader.catch_up(db, "rebuild", now).await?;
        let before = digests(db, reader.tables()).await?;
        reader.reread(db, "rebuild", now).await?;
        println!("{}: the whole log", reader.name);
        differing.extend(compare(&before, &digests(db, reader.tables()).await?));
    }
    Ok(differing)
}

/// Says what each table holds now; returns those that held something else.
fn compare(
    before: &[(&'static str, String)],
    after: &[(&'static str, String)],
) -> Vec<&'static str> {
    let mut differing = Vec::new();
    for ((table, old), (_, new)) in before.iter().zip(after) {
        let told = if old == new { "" } else { " (differed before)" };
        println!("  {table}: {new}{told}");
        if old != new {
            differing.push(*table);
        }
    }
    differing
}
