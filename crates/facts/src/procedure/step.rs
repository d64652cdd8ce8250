//! The steps of the internal workflow (quy trình nội bộ) with their durations and consultations.
//! Does not know: how they are run (`process`), who holds a role.
use serde::Serialize;

use super::when::When;
use super::words::Words;
use crate::calendar::Limit;

/// One step of the internal workflow (quy trình nội bộ).
#[derive(Debug, Clone)]
pub struct Step {
    /// Unique in the procedure.
    pub id: String,
    /// What officers see.
    pub name: Words,
    /// The right that a position needs to do it: `appraise`.
    pub role: String,
    /// What is done.
    pub act: Act,
    /// How long it may take inside the office.
    pub duration: Limit,
    /// Earlier steps to which the dossier may be returned.
    pub may_return_to: Vec<String>,
    /// Done only when this holds.
    pub when: Option<When>,
    /// Set for `consult`: the term after which silence is consent, and the legal basis.
    pub consultation: Option<Consultation>,
}

/// Asking other bodies for their opinion with a term.
#[derive(Debug, Clone)]
pub struct Consultation {
    /// Who is asked, one task each, in parallel.
    pub bodies: Vec<Body>,
    /// Until when they may answer.
    pub term: Limit,
    /// After the term, silence counts as consent.
    pub silence_is_consent: bool,
    /// Where that is written.
    pub basis: String,
}

/// A body asked for its opinion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Body {
    /// Word used in task names: `electricity`.
    pub id: String,
    /// What officers see.
    pub name: Words,
}

/// The closed list of what a step can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// Phân công.
    Assign,
    /// Thẩm định.
    Appraise,
    /// Lấy ý kiến cơ quan phối hợp.
    Consult,
    /// Trình.
    Endorse,
    /// Phê duyệt.
    Approve,
    /// Phát hành: number, seal, send to the counter.
    Issue,
}
