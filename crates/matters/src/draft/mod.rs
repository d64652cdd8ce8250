//! Hồ sơ nháp: an application, or the answer to a supplement request, while it is being written; by
//! a citizen or by an officer for a person at the counter. A plain table: nothing has happened in
//! an office yet.
//!
//! Lends: `Draft`, its papers, `id_from`, `load`, `list`, `create`, `keep`, `change`, `delete`,
//! `MIGRATIONS`.
//! Does not know: pages, what a dossier makes of it. A draft becomes a dossier by one command that
//! has the draft's name (`Ground::begin`), so that one draft can only ever become one.
mod views;

pub use views::{delete, insert as put, list, list_up_to, load, of_dossier};

use facts::agency::Viewer;
use facts::blob::Files;
use facts::procedure::{Channel, Form, ProcedureKey};
use jiff::Timestamp;
use kernel::{Database, Json, Migration, Trouble};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::dossier::{Paper, PaperForm, Party, ReturnWay};
use crate::files::called;

/// The tables of this room.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        name: "matters/0002_drafts",
        sql: include_str!("schema.sql"),
    },
    Migration {
        name: "matters/0009_drafts_by_owner",
        sql: include_str!("by_owner.sql"),
    },
    Migration {
        name: "matters/0010_drafts_moved",
        sql: include_str!("by_owner_moved.sql"),
    },
];

/// Unfinished applications of one person or officer: a family with many children stays far below.
pub const DRAFTS_MAX: usize = 30;
/// A draft that nobody touched for so many days goes. Said on the page where it is kept.
pub const DAYS_KEPT: i64 = 30;
/// Files of one draft; the law of the dossier takes 200 papers.
pub const FILES_MAX: usize = 120;
/// Files of all drafts of one account: thirty drafts with the ten papers that most of them have.
pub const FILES_HELD_MAX: u64 = 300;
/// What they may weigh: a set of drawings as large as one form can bring, four times.
pub const BYTES_HELD_MAX: u64 = 500 * 1024 * 1024;
/// Tries to write while another tab of the same person writes.
const WRITES_MAX: usize = 6;

/// An application that is being written.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// A UUID, see [`id_from`].
    pub id: String,
    /// Whose draft: see [`owner`].
    pub owner: String,
    /// Id of the dossier that is being supplemented; empty for a new application.
    pub dossier: String,
    /// The version of the procedure.
    pub procedure: ProcedureKey,
    /// How it will come.
    pub channel: Channel,
    /// The competent agency.
    pub agency: String,
    /// The agency that receives it.
    pub reception: String,
    /// Whose affair it is.
    pub applicant: Party,
    /// Who files for them and the number of the authorisation, when it is not the applicant.
    pub filer: Option<Authorised>,
    /// Answers so far.
    pub answers: Json,
    /// Papers so far.
    pub papers: Vec<DraftPaper>,
    /// Where the result goes, once chosen.
    pub return_way: Option<ReturnWay>,
    /// Where the post delivers it; empty: where the applicant lives.
    pub post_address: String,
    /// Sections that were sent in at least once.
    pub visited: Vec<String>,
    /// Counts the changes, so that two tabs do not overwrite each other.
    pub version: i64,
    /// Last change.
    pub updated_at: Timestamp,
}

/// Người được uỷ quyền.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authorised {
    /// The one who files.
    pub party: Party,
    /// Number of the authorisation paper, or what proves it; its file is among the papers.
    pub authorisation: String,
}

/// A paper of a draft: a file, or a promise to show the original.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftPaper {
    /// Code of the required paper.
    pub code: String,
    /// How it comes.
    pub form: PaperForm,
    /// How many sheets or copies.
    pub count: u32,
    /// Digest of the file; `None` for paper.
    pub file: Option<String>,
    /// Name of the file on the sender's device.
    pub name: String,
    /// Bytes.
    pub size: u64,
}

impl DraftPaper {
    /// As the dossier takes it: the name stays with the private document.
    #[must_use]
    pub fn paper(&self) -> Paper {
        Paper {
            code: self.code.clone(),
            form: self.form,
            count: self.count,
            file: self.file.clone(),
        }
    }
}

impl Draft {
    /// The files of one required paper.
    #[must_use]
    pub fn files_of(&self, code: &str) -> Vec<&DraftPaper> {
        let same = |paper: &&DraftPaper| paper.code == code && paper.file.is_some();
        self.papers.iter().filter(same).collect()
    }

    /// Whether a file of this digest was uploaded here: as a paper, or as the answer to a question
    /// of `form` that asks for a file. Whoever only knows a digest has no file: they can write it
    /// into a text, and a text is none.
    #[must_use]
    pub fn has_file(&self, form: &Form, digest: &str) -> bool {
        let listed = |paper: &DraftPaper| paper.file.as_deref() == Some(digest);
        self.papers.iter().any(listed) || form.files(&self.answers).contains(&digest)
    }

    /// What the sender called a file of this digest; empty when it had no name.
    #[must_use]
    pub fn file_name(&self, digest: &str) -> &str {
        let same = |paper: &&DraftPaper| paper.file.as_deref() == Some(digest);
        let listed = self
            .papers
            .iter()
            .find(same)
            .map(|paper| paper.name.as_str());
        listed
            .or_else(|| called(&self.answers, digest))
            .unwrap_or_default()
    }

    /// Where the post delivers, if it does.
    #[must_use]
    pub fn delivered_to(&self) -> &str {
        match self.post_address.as_str() {
            "" => &self.applicant.address,
            told => told,
        }
    }

    /// Notes that a section was sent in.
    pub fn visit(&mut self, section: &str) {
        if !self.visited.iter().any(|known| known == section) {
            self.visited.push(section.to_owned());
        }
    }
}

/// Whose drafts a viewer has; `None` for somebody who has not signed in.
#[must_use]
pub fn owner(viewer: &Viewer) -> Option<String> {
    match viewer {
        Viewer::Citizen { person, .. } if !person.is_empty() => Some(format!("person:{person}")),
        Viewer::Officer { officer, .. } => Some(format!("officer:{officer}")),
        _ => None,
    }
}

/// The id that follows from a form's `command_id` for somebody: the same form sent twice opens the
/// same draft. It begins with the time at which the form was drawn, as `command_id` does, so that
/// what is written in one hour lies together in the table.
#[must_use]
pub fn id_from(whose: &str, command_id: &str) -> String {
    let digest = Sha256::digest(format!("{whose} {command_id}"));
    let mut bytes = [0u8; 16];
    bytes.copy_from_slice(&digest[..16]);
    let digits: String = command_id.chars().filter(|digit| *digit != '-').collect();
    let drawn_at = digits.get(..12).map(|time| u64::from_str_radix(time, 16));
    if let Some(Ok(milliseconds)) = drawn_at {
        bytes[..6].copy_from_slice(&milliseconds.to_be_bytes()[2..]);
    }
    uuid::Builder::from_custom_bytes(bytes)
        .into_uuid()
        .to_string()
}

/// Why a draft was not made.
#[derive(Debug, thiserror::Error)]
pub enum NotMade {
    /// The owner has [`DRAFTS_MAX`] already.
    #[error("too many drafts")]
    TooMany,
    /// The database failed.
    #[error(transparent)]
    Trouble(#[from] Trouble),
}

/// Keeps a new draft; old ones of everybody go on the way.
///
/// # Errors
/// [`NotMade`].
pub async fn create(db: &Database, draft: &Draft) -> Result<(), NotMade> {
    let before = list(db, &draft.owner, draft.updated_at).await?;
    if before.len() >= DRAFTS_MAX {
        return Err(NotMade::TooMany);
    }
    Ok(keep(db, draft).await?)
}

/// As [`create`], for an owner whose drafts the room counts itself.
///
/// # Errors
/// [`Trouble`] of the database.
pub async fn keep(db: &Database, draft: &Draft) -> Result<(), Trouble> {
    let write = vec![views::purge(draft.updated_at), views::insert(draft)];
    db.write(write).await?;
    Ok(())
}

/// What the files of unfinished applications of one account come to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Held {
    /// How many.
    pub files: u64,
    /// Bytes.
    pub bytes: u64,
}

impl Held {
    /// Adds a file of so many bytes if there is room for it.
    #[must_use]
    pub fn with(self, bytes: u64) -> Option<Self> {
        let sum = Self {
            files: self.files + 1,
            bytes: self.bytes.saturating_add(bytes),
        };
        (sum.files <= FILES_HELD_MAX && sum.bytes <= BYTES_HELD_MAX).then_some(sum)
    }
}

/// What the drafts of `owner` hold: papers, and files that answer a question.
///
/// # Errors
/// [`Trouble`] of the database or the disk.
pub async fn held(
    db: &Database,
    files: &Files,
    owner: &str,
    now: Timestamp,
) -> Result<Held, Trouble> {
    let mut held = Held::default();
    for draft in list(db, owner, now).await? {
        for paper in draft.papers.iter().filter(|paper| paper.file.is_some()) {
            held.files += 1;
            held.bytes += paper.size;
        }
        for digest in answered(&draft.answers) {
            let size = files.size_of(digest).await;
            let size = size.map_err(|error| Trouble::Unavailable(error.to_string()))?;
            held.files += 1;
            held.bytes += size.unwrap_or_default();
        }
    }
    Ok(held)
}

/// Digests of files that answer questions.
fn answered(answers: &Json) -> Vec<&str> {
    match answers {
        Json::Object(map) => match map.get("digest").and_then(Json::as_str) {
            Some(digest) => vec![digest],
            None => map.values().flat_map(answered).collect(),
        },
        Json::Array(items) => items.iter().flat_map(answered).collect(),
        _ => Vec::new(),
    }
}

/// Ends the drafts of everybody that nobody came back to.
///
/// # Errors
/// [`Trouble`] of the database.
pub async fn end_old(db: &Database, now: Timestamp) -> Result<(), Trouble> {
    db.write(vec![views::purge(now)]).await.map(drop)
}

/// Changes a draft of this owner; the change is made again when another tab was faster. `None` when
/// there is no such draft (any more).
///
/// # Errors
/// [`Trouble`] of the database, also when others keep being faster.
pub async fn change(
    db: &Database,
    (id, owner): (&str, &str),
    now: Timestamp,
    mut edit: impl FnMut(&mut Draft),
) -> Result<Option<Draft>, Trouble> {
    for _ in 0..WRITES_MAX {
        let Some(mut draft) = load(db, id, owner, now).await? else {
            return Ok(None);
        };
        let before = draft.clone();
        edit(&mut draft);
        if draft == before {
            return Ok(Some(draft));
        }
        draft.updated_at = now;
        let written = db.write(vec![views::update(&draft)]).await?;
        if written.first().is_some_and(|written| written.affected == 1) {
            draft.version += 1;
            return Ok(Some(draft));
        }
    }
    Err(Trouble::Overloaded)
}

#[cfg(test)]
mod tests;
