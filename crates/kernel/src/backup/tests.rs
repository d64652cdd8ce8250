//! Stories of backup and restore on both databases, each into the other.
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;
use proptest::prelude::*;

use super::tar::Reader;
use super::{About, Fault, check, restore, row, write};
use crate::{Database, Migration, Settings, Statement, params, proof};

const ROOM: Migration = Migration {
    name: "room/0001",
    sql: "CREATE TABLE things (id TEXT PRIMARY KEY, size BIGINT, bytes BYTEA);
",
};
const LATER: Migration = Migration {
    name: "room/0002",
    sql: "ALTER TABLE things ADD COLUMN colour TEXT NOT NULL DEFAULT 'red';
",
};

fn folder() -> PathBuf {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let name = format!("dinh-backup-{}-{count}", std::process::id());
    let path = std::env::temp_dir().join(name);
    std::fs::create_dir_all(&path).expect("the temporary folder");
    path
}

fn moment() -> Timestamp {
    Timestamp::from_second(1_790_000_000).expect("a moment")
}

async fn open(url: &str) -> Database {
    let db = Database::open(url, &Settings::default()).await;
    db.expect("a database")
}

/// A journal of two placed entries and one that waits, and rows of every type.
async fn filled(url: &str) -> Database {
    let db = open(url).await;
    db.migrate(&[ROOM]).await.expect("tables");
    let insert = "INSERT INTO entries
        (stream, version, kind, body, actor, office, command_id, at)
        VALUES ('dossier/a', ?, 'made', '{}', 'x', '', ?, ?)";
    let mut list = Vec::new();
    for version in 1..=3_i64 {
        let command = format!("c{version}");
        list.push(Statement::new(
            insert,
            params![version, command, 1_000 * version],
        ));
    }
    let log = "INSERT INTO log (position, stream, version) VALUES (?, 'dossier/a', ?)";
    list.extend([1_i64, 2].map(|place| Statement::new(log, params![place, place])));
    db.write(list).await.expect("written");
    if !db.places_entries_itself() {
        let waits = "INSERT INTO entries_unplaced (stream, version, at)
            VALUES ('dossier/a', 3, 3000)";
        db.write(vec![Statement::new(waits, vec![])])
            .await
            .expect("written");
    }
    let thing = "INSERT INTO things (id, size, bytes) VALUES (?, ?, ?)";
    let many = (0..700_i64).map(|n| {
        let bytes = (n % 2 == 0).then(|| vec![0_u8, 255, 7]);
        Statement::new(thing, params![format!("Đ {n}\n\"'"), n, bytes])
    });
    db.write(many.collect()).await.expect("written");
    db
}

async fn things(db: &Database) -> Vec<crate::Row> {
    let sql = "SELECT id, size, bytes FROM things ORDER BY size, id";
    let rows = db.query(Statement::new(sql, vec![])).await;
    let mut rows = rows.expect("rows");
    rows.sort();
    rows
}

async fn backed_up(db: &Database, home: &Path) -> (PathBuf, About) {
    let file = home.join("backup.tar");
    let out = std::fs::File::create(&file).expect("a file");
    let about = write(db, &home.join("files"), out, moment()).await;
    (file, about.expect("a backup"))
}

fn uploads(home: &Path) {
    for (path, bytes) in [("ab/abc", "%PDF"), ("cd/cde", ""), ("incoming/1", "half")] {
        let path = home.join("files").join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, bytes).expect("a file");
    }
}

#[tokio::test]
async fn a_backup_of_either_database_restores_into_either() {
    let engines = proof::fresh_urls().await.len();
    for from in 0..engines {
        for into in 0..engines {
            let (source, target) = (
                &proof::fresh_urls().await[from],
                &proof::fresh_urls().await[into],
            );
            eprintln!("{source} into {target}");
            let home = folder();
            uploads(&home);
            let db = filled(source).await;
            let (file, about) = backed_up(&db, &home).await;
            assert_eq!(about.position, 2);
            assert_eq!(about.reaches, Timestamp::from_millisecond(2_000).ok());
            assert_eq!(about.unplaced, i64::from(db.engine() == "postgres"));
            assert_eq!(check(&file).as_ref(), Ok(&about));
            let copy = open(target).await;
            let back = home.join("back");
            let restored = restore(&file, &copy, &back, &[ROOM, LATER]).await;
            assert_eq!(restored, Ok(about));
            assert_eq!(things(&copy).await, things(&db).await);
            assert_eq!(proof::count(&copy, "entries").await, 3);
            assert_eq!(std::fs::read(back.join("ab/abc")).expect("kept"), b"%PDF");
            assert!(back.join("cd/cde").exists() && !back.join("incoming").exists());
            let colour = Statement::new("SELECT DISTINCT colour FROM things", vec![]);
            assert_eq!(
                copy.query(colour).await.expect("migrated")[0].text(0),
                "red"
            );
            let again = restore(&file, &copy, &back, &[ROOM, LATER]).await;
            assert_eq!(again, Err(Fault::NotEmpty("the database".into())));
            db.close().await;
            copy.close().await;
        }
    }
}

/// A document as the vault keeps it and a file as the store keeps it, and what each is damaged to.
#[tokio::test]
async fn what_the_disk_damaged_is_named_in_the_backup_and_refused_by_a_restore() {
    for url in proof::fresh_urls().await {
        let home = folder();
        let db = filled(&url).await;
        let (body, bytes) = (
            r#"{"salt":"s","document":{"name":"An"}}"#,
            "%PDF-1.7 a scan",
        );
        let [document, file] = [body, bytes].map(crate::append::digest);
        let insert = "INSERT INTO vault (digest, stream, body) VALUES (?, 'dossier/a', ?)";
        let insert = Statement::new(insert, params![&document, body]);
        db.write(vec![insert]).await.expect("written");
        let path = home.join("files").join(&file[..2]).join(&file);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(&path, bytes).expect("a file");
        let (sound, about) = backed_up(&db, &home).await;
        assert_eq!(about.damaged, Vec::<String>::new());
        assert_eq!(check(&sound).expect("sound").damaged, Vec::<String>::new());
        assert_eq!(
            super::damaged_files(&home.join("files"))
                .expect("reads")
                .len(),
            0
        );

        let spoil = "UPDATE vault SET body = replace(body, 'An', 'Am')";
        db.write(vec![Statement::new(spoil, vec![])])
            .await
            .expect("damaged");
        std::fs::write(&path, "%PDF-1.7 a scam").expect("damaged");
        let (file_name, about) = backed_up(&db, &home).await;
        let named = [
            format!("dossier/a: the vault document {document} does not fit its digest"),
            format!("the file {file} does not fit its digest"),
        ];
        assert_eq!(about.damaged, named, "{url}");
        assert_eq!(check(&file_name).expect("its seal fits").damaged, named);
        assert_eq!(
            super::damaged_files(&home.join("files")).expect("reads"),
            named[1..]
        );
        let copy = open(&format!("sqlite:{}", home.join("copy.db").display())).await;
        let back = home.join("back");
        let refused = restore(&file_name, &copy, &back, &[ROOM]).await;
        assert_eq!(refused, Err(Fault::Damaged(named.to_vec())));
        assert!(copy.tables().await.expect("tables").is_empty() && !back.exists());
        let brought = super::restore_with_damaged(&file_name, &copy, &back, &[ROOM]).await;
        assert_eq!(brought.expect("as it is").damaged, named);
        assert_eq!(things(&copy).await, things(&db).await, "the rest is there");
        copy.close().await;
        db.close().await;
    }
}

#[tokio::test]
async fn a_broken_file_is_refused_before_anything_is_touched() {
    let url = &proof::fresh_urls().await[0];
    let home = folder();
    uploads(&home);
    let db = filled(url).await;
    let (file, _) = backed_up(&db, &home).await;
    let whole = std::fs::read(&file).expect("the backup");
    let broken = home.join("broken.tar");
    let told = |bytes: &[u8]| {
        std::fs::write(&broken, bytes).expect("written");
        check(&broken).expect_err("refused")
    };
    for length in [0, 100, 512, 5_000, whole.len() / 2, whole.len() - 1_500] {
        assert_eq!(told(&whole[..length]), Fault::Truncated, "{length} bytes");
    }
    for at in (2_000..whole.len()).step_by(997) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x20;
        let fault = told(&bytes);
        assert!(
            matches!(fault, Fault::Altered | Fault::Truncated),
            "{at}: {fault}"
        );
    }
    assert_eq!(told(&[b'x'; 4_096]), Fault::Unknown);
    std::fs::write(&broken, &whole[..5_000]).expect("written");
    let empty = open(&format!("sqlite:{}", home.join("empty.db").display())).await;
    let refused = restore(&broken, &empty, &home.join("back"), &[ROOM]).await;
    assert_eq!(refused, Err(Fault::Truncated));
    assert!(empty.tables().await.expect("tables").is_empty());
    assert!(!home.join("back").exists());
}

#[tokio::test]
async fn an_older_program_does_not_restore_what_it_does_not_know() {
    let url = &proof::fresh_urls().await[0];
    let home = folder();
    let db = filled(url).await;
    db.migrate(&[ROOM, LATER]).await.expect("newer");
    let (file, _) = backed_up(&db, &home).await;
    let empty = open(&format!("sqlite:{}", home.join("empty.db").display())).await;
    let refused = restore(&file, &empty, &home.join("back"), &[ROOM]).await;
    assert_eq!(refused, Err(Fault::Newer("room/0002".into())));
    assert!(empty.tables().await.expect("tables").is_empty());
}

#[tokio::test]
async fn a_database_that_is_none_of_ours_is_no_backup() {
    let home = folder();
    let db = open(&format!("sqlite:{}", home.join("other.db").display())).await;
    let nothing = write(&db, &home, Vec::new(), moment()).await;
    assert_eq!(nothing, Err(Fault::NoJournal));
}

#[tokio::test]
async fn what_is_written_meanwhile_is_in_it_whole_or_not_at_all() {
    for url in proof::fresh_urls().await {
        let home = folder();
        let db = filled(&url).await;
        let writer = db.clone();
        let writing = tokio::spawn(async move {
            for number in 0..400_i64 {
                // Two rows of one transaction, in tables that are read far apart.
                let pair = vec![
                    Statement::new(
                        "INSERT INTO commands (id, stream, version) VALUES (?, 's', 1)",
                        params![format!("pair {number}")],
                    ),
                    Statement::new(
                        "INSERT INTO things (id) VALUES (?)",
                        params![format!("pair {number}")],
                    ),
                ];
                writer.write(pair).await.expect("written");
            }
        });
        for round in 0..4 {
            let part = home.join(format!("{round}"));
            std::fs::create_dir_all(&part).expect("a folder");
            let (file, _) = backed_up(&db, &part).await;
            let copy = open(&format!("sqlite:{}", part.join("copy.db").display())).await;
            let restored = restore(&file, &copy, &part.join("files"), &[ROOM]).await;
            restored.expect("restored");
            let pairs = "SELECT COUNT(*) FROM things WHERE id LIKE 'pair %'";
            let pairs = copy
                .query(Statement::new(pairs, vec![]))
                .await
                .expect("a count");
            assert_eq!(
                proof::count(&copy, "commands").await,
                pairs[0].int(0),
                "{url}"
            );
            copy.close().await;
        }
        writing.await.expect("the writer");
    }
}

proptest! {
    /// The seal comes last: until then anything may stand in the file.
    #[test]
    fn any_bytes_are_no_backup_and_break_nothing(
        bytes in proptest::collection::vec(any::<u8>(), 0..2_000),
        size in "[0-7 ]{11}",
    ) {
        let read = |bytes: &[u8]| {
            let mut tar = Reader::new(bytes);
            while tar.next()?.is_some() {}
            Ok::<_, Fault>(())
        };
        prop_assert!(read(&bytes).is_err());
        let mut block = vec![0; 512];
        block[..5].copy_from_slice(b"about");
        block[124..135].copy_from_slice(size.as_bytes());
        block[148..156].fill(b' ');
        let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
        block[148..154].copy_from_slice(format!("{sum:06o}").as_bytes());
        block.extend(&bytes);
        prop_assert!(read(&block).is_err());
    }

    #[test]
    fn any_line_is_a_row_or_refused(line in "\\PC{0,40}|\\[[0-9,.\"hex:{}+-]{0,20}\\]") {
        if let Ok(values) = row::values(&line) {
            prop_assert_eq!(row::values(&row::line(&values)), Ok(values));
        }
    }
}
