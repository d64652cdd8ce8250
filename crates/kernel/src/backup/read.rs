//! Reading a backup: the whole file is checked against its seal before anything is touched, then
//! restored into an empty database and folder.
use std::fs::File;
use std::io::{BufReader, Write as _};
use std::path::{Component, Path};

use serde::Deserialize;

use super::digests::{Documents, Hashed};
use super::tar::Reader;
use super::{ABOUT, About, FORMAT, Fault, row};
use crate::db::Piece;
use crate::migrate::JOURNAL;
use crate::{Database, Migration, Statement, Value};

/// Rows written in one transaction.
const ROUND_ROWS: usize = 1_000;
/// Restored after all others, in this order: SQLite's writer gives waiting entries their place at
/// once, behind those that have one, and without its migrations no program starts on a database.
const LAST: [&str; 2] = ["entries_unplaced", "migrations"];

/// Reads the whole file and says what it holds, and what of that had been damaged before.
///
/// # Errors
/// [`Fault`]: truncated, altered, or no backup of a known shape.
pub fn check(file: &Path) -> Result<About, Fault> {
    let mut tar = open(file)?;
    let mut about = about(&mut tar)?;
    while let Some(name) = tar.next()? {
        match name.split_once('/') {
            Some(("files", path)) => {
                let mut hashed = Hashed::new(std::io::sink());
                tar.copy(&mut hashed)?;
                hashed.look(path, &mut about.damaged);
            }
            Some(("tables", table)) if table.ends_with("-vault.jsonl") => {
                let part = Part::read(&tar.whole()?)?;
                if let Some(documents) = Documents::of(&part.table, &part.columns) {
                    let rows = part.rows.iter();
                    rows.for_each(|row| documents.look(row, &mut about.damaged));
                }
            }
            _ => {}
        }
    }
    Ok(about)
}

/// Restores `file` into the empty `db` and the folder `files`, then brings the tables up to
/// `migrations`, the list of this program. Refused when something in it does not fit its digest.
///
/// # Errors
/// [`Fault`]. When it fails after it began, the database is incomplete and no program starts on
/// it: empty it and restore again.
pub async fn restore(
    file: &Path,
    db: &Database,
    files: &Path,
    migrations: &[Migration],
) -> Result<About, Fault> {
    let about = check(file)?;
    match about.damaged.is_empty() {
        true => bring(about, file, (db, files), migrations).await,
        false => Err(Fault::Damaged(about.damaged)),
    }
}

/// As [`restore`], for whoever has no better copy: what is damaged comes along as it is, and is
/// refused to whoever reads it.
///
/// # Errors
/// [`Fault`].
pub async fn restore_with_damaged(
    file: &Path,
    db: &Database,
    files: &Path,
    migrations: &[Migration],
) -> Result<About, Fault> {
    let about = check(file)?;
    bring(about, file, (db, files), migrations).await
}

/// Copies every table of `from`, as of one moment and while others write there, into the empty
/// `to`. Nothing is written to `from`.
///
/// # Errors
/// [`Fault`].
pub async fn copy(from: &Database, to: &Database, migrations: &[Migration]) -> Result<(), Fault> {
    let applied = Statement::new("SELECT name FROM migrations ORDER BY name", vec![]);
    let applied: Vec<String> = from
        .query(applied)
        .await?
        .iter()
        .map(|row| row.string(0))
        .collect();
    prepare(to, &applied, migrations).await?;
    let mut snapshot = from.snapshot("SELECT 1").await?;
    let (mut table, mut columns) = (String::new(), Vec::new());
    let mut last = Vec::new();
    loop {
        match snapshot.next().await? {
            Piece::Answer(_) => {}
            Piece::Table {
                name,
                columns: named,
            } => (table, columns) = (name, named),
            Piece::Rows(rows) => {
                let part = Part {
                    table: table.clone(),
                    columns: columns.clone(),
                    rows: rows.into_iter().map(|row| row.0).collect(),
                };
                match LAST.contains(&table.as_str()) {
                    true => last.push(part),
                    false => part.insert(to).await?,
                }
            }
            Piece::End => return insert_last(last, to).await,
        }
    }
}

/// Tables as an older program had them, all of them empty.
async fn prepare(db: &Database, applied: &[String], ours: &[Migration]) -> Result<(), Fault> {
    let known = |name: &&String| {
        let mut all = JOURNAL.iter().chain(ours);
        !all.any(|migration| migration.name == **name)
    };
    if let Some(unknown) = applied.iter().find(known) {
        return Err(Fault::Newer(unknown.clone()));
    }
    if !db.tables().await?.is_empty() {
        return Err(Fault::NotEmpty("the database".into()));
    }
    db.migrate_only(ours, applied).await?;
    // Some migrations fill a table; what is brought has those rows too.
    let wipe = db.tables().await?.into_iter();
    let wipe = wipe.map(|table| Statement::new(format!("DELETE FROM {table}"), vec![]));
    db.write(wipe.collect()).await?;
    Ok(())
}

async fn bring(
    about: About,
    file: &Path,
    (db, files): (&Database, &Path),
    migrations: &[Migration],
) -> Result<About, Fault> {
    prepare(db, &about.migrations, migrations).await?;
    let mut tar = open(file)?;
    tar.next()?;
    let mut last = Vec::new();
    while let Some(name) = tar.next()? {
        match name.split_once('/') {
            Some(("files", path)) => keep(files, path, &mut tar)?,
            Some(("tables", _)) => {
                let part = Part::read(&tar.whole()?)?;
                match LAST.contains(&part.table.as_str()) {
                    true => last.push(part),
                    false => part.insert(db).await?,
                }
            }
            _ => return Err(Fault::Unknown),
        }
    }
    insert_last(last, db).await?;
    db.migrate(migrations).await?;
    Ok(about)
}

async fn insert_last(mut last: Vec<Part>, db: &Database) -> Result<(), Fault> {
    last.sort_by_key(|part: &Part| LAST.iter().position(|name| *name == part.table));
    for part in last {
        part.insert(db).await?;
    }
    Ok(())
}

fn open(file: &Path) -> Result<Reader<BufReader<File>>, Fault> {
    let opened = File::open(file).map_err(|e| Fault::Disk(format!("{}: {e}", file.display())))?;
    Ok(Reader::new(BufReader::new(opened)))
}

fn about(tar: &mut Reader<BufReader<File>>) -> Result<About, Fault> {
    let first = match tar.next() {
        Err(Fault::Altered) => return Err(Fault::Unknown),
        other => other?,
    };
    if first.as_deref() != Some(ABOUT) {
        return Err(Fault::Unknown);
    }
    #[derive(Deserialize)]
    struct Shape {
        format: u32,
    }
    let text = tar.whole()?;
    let shape: Shape = serde_json::from_slice(&text).map_err(|_| Fault::Unknown)?;
    if shape.format != FORMAT {
        return Err(Fault::Newer(format!("format {}", shape.format)));
    }
    serde_json::from_slice(&text).map_err(|_| Fault::Unknown)
}

/// A member of `tables/`.
struct Part {
    table: String,
    columns: Vec<String>,
    rows: Vec<Vec<Value>>,
}

impl Part {
    fn read(bytes: &[u8]) -> Result<Self, Fault> {
        #[derive(Deserialize)]
        struct Head {
            table: String,
            columns: Vec<String>,
        }
        let text = std::str::from_utf8(bytes).map_err(|_| Fault::Unknown)?;
        let mut lines = text.lines();
        let head = lines.next().unwrap_or_default();
        let head: Head = serde_json::from_str(head).map_err(|_| Fault::Unknown)?;
        // The names become SQL text: nothing but names may stand there.
        let name = |name: &String| name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        if !name(&head.table) || !head.columns.iter().all(name) {
            return Err(Fault::Unknown);
        }
        let rows: Vec<_> = lines.map(row::values).collect::<Result<_, _>>()?;
        if rows.iter().any(|row| row.len() != head.columns.len()) {
            return Err(Fault::Unknown);
        }
        Ok(Self {
            table: head.table,
            columns: head.columns,
            rows,
        })
    }

    async fn insert(self, db: &Database) -> Result<(), Fault> {
        let places = vec!["?"; self.columns.len()].join(", ");
        let columns = self.columns.join(", ");
        let sql = format!("INSERT INTO {} ({columns}) VALUES ({places})", self.table);
        let mut rows = self.rows.into_iter().peekable();
        while rows.peek().is_some() {
            let round = rows.by_ref().take(ROUND_ROWS);
            let round = round.map(|values| Statement::new(sql.clone(), values));
            db.write(round.collect()).await?;
        }
        Ok(())
    }
}

/// A file of the backup into its place. The same bytes may be there already; others may not.
fn keep(folder: &Path, path: &str, tar: &mut Reader<BufReader<File>>) -> Result<(), Fault> {
    let inside = |part: Component<'_>| matches!(part, Component::Normal(_));
    if !Path::new(path).components().all(inside) {
        return Err(Fault::Unknown);
    }
    let target = folder.join(path);
    let parent = target.parent().unwrap_or(folder).to_owned();
    std::fs::create_dir_all(&parent)?;
    let arriving = parent.join(".restoring");
    let mut file = File::create(&arriving)?;
    tar.copy(&mut file)?;
    file.flush()?;
    file.sync_all()?;
    if target.exists() {
        let same = std::fs::read(&target)? == std::fs::read(&arriving)?;
        std::fs::remove_file(&arriving)?;
        return match same {
            true => Ok(()),
            false => Err(Fault::NotEmpty(target.display().to_string())),
        };
    }
    std::fs::rename(&arriving, &target)?;
    File::open(&parent)?.sync_all()?;
    Ok(())
}
