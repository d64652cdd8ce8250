//! Writing a backup: tables first, as of one moment, then the files. A file is synced before the
//! entry that names it, so whatever the tables name is in the folder by then.
use std::fs::File;
use std::io::Write;
use std::path::Path;

use jiff::Timestamp;

use super::digests::{Documents, Hashed};
use super::tar::Writer;
use super::{ABOUT, About, FORMAT, Fault, row};
use crate::db::Piece;
use crate::{Database, Row, Statement};

/// Lines of a table kept in memory before they become a member of the file.
const PART_BYTES: usize = 4 * 1024 * 1024;
/// Uploads under way; they belong to nobody yet.
pub(super) const INCOMING: &str = "incoming";
/// How far the journal reaches, asked in the snapshot itself.
const REACH: &str = "SELECT COALESCE(MAX(l.position), 0), MAX(e.at),
           (SELECT COUNT(*) FROM entries_unplaced)
    FROM log l JOIN entries e ON e.stream = l.stream AND e.version = l.version
    WHERE l.position = (SELECT MAX(position) FROM log)";

/// Writes everything in `db`, and every file below `folder`, to `out`. Others may go on writing.
/// What does not fit its digest is written as it is, so that there is a backup of the rest, and
/// named: whoever made it must be told, since no later backup will have it whole.
///
/// # Errors
/// [`Fault`]; what was written until then is no backup.
pub async fn write(
    db: &Database,
    folder: &Path,
    out: impl Write,
    now: Timestamp,
) -> Result<About, Fault> {
    if !db.tables().await?.iter().any(|table| table == "entries") {
        return Err(Fault::NoJournal);
    }
    // Migrations come when a program starts; nobody backs up in that second and loses by it.
    let applied = Statement::new("SELECT name FROM migrations ORDER BY name", vec![]);
    let applied = db.query(applied).await?;
    let mut about = About {
        format: FORMAT,
        engine: db.engine().to_owned(),
        made_at: now,
        position: 0,
        reaches: None,
        unplaced: 0,
        migrations: applied.iter().map(|row| row.string(0)).collect(),
        damaged: Vec::new(),
    };
    let mut tar = Writer::new(out);
    let mut snapshot = db.snapshot(REACH).await?;
    let mut part = Part::default();
    loop {
        match snapshot.next().await? {
            Piece::Answer(rows) => {
                about.reach(&rows);
                let text = serde_json::to_string_pretty(&about).expect("plain data") + "\n";
                tar.member(ABOUT, text.len() as u64, text.as_bytes())?;
            }
            Piece::Table { name, columns } => {
                part.end(&mut tar)?;
                part.begin(name, &columns);
            }
            Piece::Rows(rows) => {
                if let Some(documents) = part.documents {
                    let mut look = |row: &Row| documents.look(&row.0, &mut about.damaged);
                    rows.iter().for_each(&mut look);
                }
                part.add(&rows, &mut tar)?;
            }
            Piece::End => break,
        }
    }
    part.end(&mut tar)?;
    files(folder, "files", &mut tar, &mut about.damaged)?;
    tar.finish()?;
    Ok(about)
}

impl About {
    fn reach(&mut self, rows: &[Row]) {
        let Some(row) = rows.first() else { return };
        self.position = row.int(0);
        let at = row.opt_int(1);
        self.reaches = at.and_then(|at| Timestamp::from_millisecond(at).ok());
        self.unplaced = row.int(2);
    }
}

/// Lines of the present table; each member begins with the table's name and columns.
#[derive(Default)]
struct Part {
    table: String,
    head: String,
    lines: String,
    number: u32,
    documents: Option<Documents>,
}

impl Part {
    fn begin(&mut self, table: String, columns: &[String]) {
        let head = serde_json::json!({ "table": table, "columns": columns });
        self.head = head.to_string() + "\n";
        self.documents = Documents::of(&table, columns);
        self.table = table;
    }

    fn add(&mut self, rows: &[Row], tar: &mut Writer<impl Write>) -> Result<(), Fault> {
        for one in rows {
            self.lines.push_str(&row::line(&one.0));
            self.lines.push('\n');
            if self.lines.len() > PART_BYTES {
                self.end(tar)?;
            }
        }
        Ok(())
    }

    fn end(&mut self, tar: &mut Writer<impl Write>) -> Result<(), Fault> {
        if !self.lines.is_empty() {
            self.number += 1;
            let name = format!("tables/{:06}-{}.jsonl", self.number, self.table);
            let text = self.head.clone() + &std::mem::take(&mut self.lines);
            tar.member(&name, text.len() as u64, text.as_bytes())?;
        }
        Ok(())
    }
}

/// Every file below `folder`, in the order of names. A folder that is not there has none.
fn files(
    folder: &Path,
    name: &str,
    tar: &mut Writer<impl Write>,
    damaged: &mut Vec<String>,
) -> Result<(), Fault> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Ok(());
    };
    let mut entries: Vec<_> = entries.collect::<Result<_, _>>()?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let own = entry.file_name().to_string_lossy().into_owned();
        let path = entry.path();
        let name = format!("{name}/{own}");
        if path.is_dir() {
            if own != INCOMING {
                files(&path, &name, tar, damaged)?;
            }
            continue;
        }
        let file = File::open(&path)?;
        let size = file.metadata()?.len();
        let mut hashed = Hashed::new(file);
        tar.member(&name, size, &mut hashed)?;
        hashed.look(&name, damaged);
    }
    Ok(())
}
