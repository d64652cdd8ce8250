//! Required papers (thành phần hồ sơ) and the ways in which they can be given.
//! Does not know: papers as somebody handed them in; who scans them.
use serde::Serialize;

use super::model::Procedure;
use super::sentences;
use super::when::When;
use super::words::Words;

/// One required paper (thành phần hồ sơ).
#[derive(Debug, Clone)]
pub struct RequiredPaper {
    /// Unique in the procedure.
    pub code: String,
    /// Its name.
    pub name: Words,
    /// In plain words: where people get it, what it looks like; may be empty.
    pub hint: Words,
    /// Number of originals.
    pub originals: u32,
    /// Number of copies.
    pub copies: u32,
    /// The form code when it is a form of the law; may be empty.
    pub form_code: String,
    /// Without it (or what satisfies it) the dossier is incomplete.
    pub mandatory: bool,
    /// Papers with the same group replace each other: one of them is enough.
    pub alternative_group: Option<String>,
    /// Asked only when this holds.
    pub when: Option<When>,
    /// How it can be satisfied, best first.
    pub satisfied_by: Vec<Satisfaction>,
    /// Scanned at the counter. False for papers that are only shown (TT 03/2025 Đ5).
    pub digitise: bool,
}

/// One way to satisfy a required paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Satisfaction {
    /// Where it comes from.
    pub source: PaperSource,
    /// Code of the database or store type; empty for upload, show and form.
    pub database: String,
    /// Which data replace the paper; may be empty.
    pub data: Vec<String>,
    /// What allows or demands it.
    pub basis: String,
}

/// Where a paper comes from. Data beats upload: asking for a paper whose data the state already has
/// is a violation (NQ 66.7/2025 Đ4–5, NĐ 224/2026 Đ18.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PaperSource {
    /// The online form itself is the paper (tờ khai điện tử).
    Form,
    /// A national or sector database answers.
    Database,
    /// The person's own electronic store (kho).
    Store,
    /// A file the person uploads or a scan made at the counter.
    Upload,
    /// Only shown to the officer, not kept.
    ShowOnly,
}

/// The paper of whoever files for somebody else: no procedure lists it, the office asks for it by
/// itself.
pub const AUTHORISATION: &str = "authorisation";

impl Procedure {
    /// What a paper is called; never its code.
    pub fn paper_name(&self, code: &str) -> Words {
        let listed = self.papers.iter().find(|paper| paper.code == code);
        listed.map_or_else(|| unlisted_paper(code), |paper| paper.name.clone())
    }
}

/// What a paper is called that stands on no list.
pub fn unlisted_paper(code: &str) -> Words {
    sentences::plain(match code {
        AUTHORISATION => "authorisation_paper",
        _ => "other_paper",
    })
}
