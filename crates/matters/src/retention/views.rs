//! Which files are named: rows that a reader makes of the journal, and what drafts name. Every text
//! is searched for what looks like a digest, so no place where one may stand is forgotten.
//! Does not know: which files there are.
use std::collections::{BTreeSet, HashSet};

use kernel::log::Placed;
use kernel::reader::{self, React, Reader, behind};
use kernel::{Database, Journal, Migration, Statement, Trouble, Value, params};

/// The tables of this room.
pub const MIGRATIONS: &[Migration] = &[Migration {
    name: "matters/0016_files_named",
    sql: include_str!("schema.sql"),
}];

/// The reader's name in the database.
const READER: &str = "files/named";
/// Digits of a digest.
const DIGEST_DIGITS: usize = 64;
/// Streams whose documents, or digests whose rows, are asked for at once.
const AT_ONCE: usize = 200;
/// Drafts read at once.
const DRAFTS_AT_ONCE: i64 = 200;

/// Keeps the digests that entries name.
#[must_use]
pub fn reader(journal: &Journal) -> Reader {
    let db = journal.db().clone();
    Reader {
        name: READER,
        react: React::rows(&["files_named"], move |round| fold(db.clone(), round)),
    }
}

async fn fold(db: Database, round: Vec<Placed>) -> Result<Vec<Statement>, Trouble> {
    let mut named = BTreeSet::new();
    let mut streams = BTreeSet::new();
    for placed in &round {
        named.extend(digests(&placed.entry.event));
        if placed.entry.private.is_some() {
            streams.insert(placed.entry.stream.as_str());
        }
    }
    let streams: Vec<&str> = streams.into_iter().collect();
    for part in streams.chunks(AT_ONCE) {
        let sql = format!("SELECT body FROM vault WHERE stream IN ({})", marks(part));
        let values = part.iter().map(|stream| Value::from(*stream)).collect();
        for row in db.query(Statement::new(sql, values)).await? {
            named.extend(digests(row.text(0)));
        }
    }
    let sql = "INSERT INTO files_named (digest) VALUES (?) ON CONFLICT (digest) DO NOTHING";
    let put = |digest: String| Statement::new(sql, params![digest]);
    Ok(named.into_iter().map(put).collect())
}

/// Whatever in a text is as long as a digest and has its digits.
fn digests(text: &str) -> impl Iterator<Item = String> {
    let digit = |sign: char| sign.is_ascii_digit() || ('a'..='f').contains(&sign);
    let runs = text.split(move |sign| !digit(sign));
    runs.filter(|run| run.len() == DIGEST_DIGITS)
        .map(str::to_owned)
}

fn marks<T>(of: &[T]) -> String {
    vec!["?"; of.len()].join(", ")
}

/// Every digest that stands in a draft.
///
/// # Errors
/// [`Trouble`] of the database.
pub(super) async fn in_drafts(db: &Database) -> Result<HashSet<String>, Trouble> {
    let sql = "SELECT owner, id, applicant, filer, answers, papers, return_way, visited
        FROM drafts WHERE (owner, id) > (?, ?) ORDER BY owner, id LIMIT ?";
    let mut named = HashSet::new();
    let (mut owner, mut id) = (String::new(), String::new());
    loop {
        let values = params![owner.clone(), id.clone(), DRAFTS_AT_ONCE];
        let rows = db.query(Statement::new(sql, values)).await?;
        let Some(last) = rows.last() else {
            return Ok(named);
        };
        (owner, id) = (last.string(0), last.string(1));
        for row in &rows {
            named.extend((2..8).flat_map(|column| digests(row.text(column))));
        }
    }
}

/// Whether the reader has dealt with every entry that there is.
///
/// # Errors
/// [`Trouble`] of the database.
pub(super) async fn all_read(db: &Database) -> Result<bool, Trouble> {
    Ok(behind(db, READER).await?.is_none())
}

/// How far the reader has come.
///
/// # Errors
/// [`Trouble`] of the database.
pub(super) async fn position(db: &Database) -> Result<i64, Trouble> {
    reader::position(db, READER).await
}

/// Those of `digests` that the journal names.
///
/// # Errors
/// [`Trouble`] of the database.
pub(super) async fn in_journal(
    db: &Database,
    digests: &[String],
) -> Result<HashSet<String>, Trouble> {
    let mut named = HashSet::new();
    for part in digests.chunks(AT_ONCE) {
        let sql = format!(
            "SELECT digest FROM files_named WHERE digest IN ({})",
            marks(part)
        );
        let values = part
            .iter()
            .map(|digest| Value::from(digest.as_str()))
            .collect();
        let rows = db.query(Statement::new(sql, values)).await?;
        named.extend(rows.iter().map(|row| row.string(0)));
    }
    Ok(named)
}
