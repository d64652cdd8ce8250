//! Backup and restore while everybody works: all tables as of one moment and the folder of files,
//! in one file with a seal. Read from either database, it restores into either.
//!
//! Does not know: what tables and files mean, where the clock is (callers hand in `now`).
mod digests;
mod read;
mod row;
mod tar;
#[cfg(test)]
mod tests;
mod write;

use serde::{Deserialize, Serialize};

use crate::Trouble;

pub use digests::damaged_files;
pub(crate) use digests::name;
pub use read::{check, copy, restore, restore_with_damaged};
pub use write::write;

/// The shape of the file; a number that a program does not know is refused.
const FORMAT: u32 = 1;
/// The first member, which says what the file is.
const ABOUT: &str = "about.json";

/// What a backup says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// The shape of the file.
    pub format: u32,
    /// `sqlite` or `postgres`: what it was read from.
    pub engine: String,
    /// When reading began.
    pub made_at: jiff::Timestamp,
    /// The last place of the log that is in it; 0 for none.
    pub position: i64,
    /// The moment of that entry.
    pub reaches: Option<jiff::Timestamp>,
    /// Later entries that are in it too and had no place in the log yet.
    pub unplaced: i64,
    /// The migrations its tables have.
    pub migrations: Vec<String>,
    /// What in it does not fit its digest, each by its name: what the disk had damaged when the
    /// backup was made. Found again by whoever reads the file.
    #[serde(skip)]
    pub damaged: Vec<String>,
}

/// Why a backup or a restore came to nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The file ends too early.
    #[error("the backup is truncated: it ends before its seal")]
    Truncated,
    /// The file is not what was written.
    #[error("the backup was altered or damaged: it does not fit its seal")]
    Altered,
    /// What it holds was damaged before it was written.
    #[error(
        "not restored: {} of its documents and files were damaged before the backup was made:\n{}",
        .0.len(), .0.join("\n")
    )]
    Damaged(Vec<String>),
    /// Something else.
    #[error("this is no backup of this program")]
    Unknown,
    /// A later program wrote it.
    #[error("the backup was made by a newer program; this one does not know {0}")]
    Newer(String),
    /// There is something already.
    #[error("not restored: {0} is not empty, and nothing is ever overwritten")]
    NotEmpty(String),
    /// There is nothing to back up.
    #[error("this database holds no journal; there is nothing to back up")]
    NoJournal,
    /// The disk failed or is full.
    #[error("{0}")]
    Disk(String),
    /// The database failed.
    #[error("{0}")]
    Database(String),
}

impl From<std::io::Error> for Fault {
    fn from(error: std::io::Error) -> Self {
        Self::Disk(error.to_string())
    }
}

impl From<Trouble> for Fault {
    fn from(trouble: Trouble) -> Self {
        Self::Database(trouble.to_string())
    }
}
