//! The acts of the desk: one name each for the address, the form and the words, and the rights
//! of which an officer must hold one. Whether it may be done to this dossier now is `may`'s to
//! say. Does not know: what a form looks like (`offer.rs`) and how it is read (`reading.rs`).
use matters::dossier::Act;
use web::Access;

/// What an officer can do on the page of a dossier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Deed {
    Acceptance,
    Identification,
    Refusal,
    SupplementRequest,
    SupplementAcceptance,
    SupplementReturn,
    PaperSeen,
    ReturnWay,
    Claim,
    Assignment,
    Appraisal,
    Endorsement,
    Approval,
    Reassignment,
    StepReturn,
    Consultation,
    Answer,
    Continuation,
    FeeRequest,
    Draft,
    Issuance,
    Stop,
    Rejection,
    Apology,
    DueDate,
    Withdrawal,
}

/// Address, act and the rights at the door. Several rights open some deeds: there `may` decides
/// alone.
const TABLE: [(Deed, &str, Access); 26] = [
    (
        Deed::Acceptance,
        "/desk/dossiers/{code}/acceptance",
        Access::OfficerWith("intake"),
    ),
    (
        Deed::Identification,
        "/desk/dossiers/{code}/identification",
        Access::OfficerWith("intake"),
    ),
    (
        Deed::Refusal,
        "/desk/dossiers/{code}/refusal",
        Access::OfficerWith("intake"),
    ),
    (
        Deed::SupplementRequest,
        "/desk/dossiers/{code}/supplement-request",
        Access::Officer,
    ),
    (
        Deed::SupplementAcceptance,
        "/desk/dossiers/{code}/supplement-acceptance",
        Access::Officer,
    ),
    (
        Deed::SupplementReturn,
        "/desk/dossiers/{code}/supplement-return",
        Access::Officer,
    ),
    (
        Deed::PaperSeen,
        "/desk/dossiers/{code}/paper-seen",
        Access::OfficerWithAny(&["intake", "appraise", "deliver"]),
    ),
    (
        Deed::ReturnWay,
        "/desk/dossiers/{code}/return-way",
        Access::OfficerWithAny(&["intake", "deliver"]),
    ),
    (Deed::Claim, "/desk/dossiers/{code}/claim", Access::Officer),
    (
        Deed::Assignment,
        "/desk/dossiers/{code}/assignment",
        Access::OfficerWith("assign"),
    ),
    (
        Deed::Appraisal,
        "/desk/dossiers/{code}/appraisal",
        Access::OfficerWith("appraise"),
    ),
    (
        Deed::Endorsement,
        "/desk/dossiers/{code}/endorsement",
        Access::OfficerWith("endorse"),
    ),
    (
        Deed::Approval,
        "/desk/dossiers/{code}/approval",
        Access::OfficerWith("approve"),
    ),
    (
        Deed::Reassignment,
        "/desk/dossiers/{code}/reassignment",
        Access::OfficerWith("assign"),
    ),
    (
        Deed::StepReturn,
        "/desk/dossiers/{code}/step-return",
        Access::Officer,
    ),
    (
        Deed::Consultation,
        "/desk/dossiers/{code}/consultation",
        Access::OfficerWith("appraise"),
    ),
    (
        Deed::Answer,
        "/desk/dossiers/{code}/consultation-answer",
        Access::OfficerWith("appraise"),
    ),
    (
        Deed::Continuation,
        "/desk/dossiers/{code}/continuation",
        Access::OfficerWith("appraise"),
    ),
    (
        Deed::FeeRequest,
        "/desk/dossiers/{code}/fee-request",
        Access::Officer,
    ),
    (Deed::Draft, "/desk/dossiers/{code}/draft", Access::Officer),
    (
        Deed::Issuance,
        "/desk/dossiers/{code}/issuance",
        Access::OfficerWith("issue"),
    ),
    (Deed::Stop, "/desk/dossiers/{code}/stop", Access::Officer),
    (
        Deed::Rejection,
        "/desk/dossiers/{code}/rejection",
        Access::OfficerWith("approve"),
    ),
    (
        Deed::Apology,
        "/desk/dossiers/{code}/apology",
        Access::Officer,
    ),
    (
        Deed::DueDate,
        "/desk/dossiers/{code}/due-date",
        Access::OfficerWith("oversee"),
    ),
    (
        Deed::Withdrawal,
        "/desk/dossiers/{code}/withdrawal",
        Access::OfficerWith("intake"),
    ),
];

impl Deed {
    /// All, with address and access.
    pub(super) fn table() -> impl Iterator<Item = (Deed, &'static str, Access)> {
        TABLE.into_iter()
    }

    /// The last word of its address, its name in forms and words.
    pub(super) fn slug(self) -> &'static str {
        let row = TABLE.iter().find(|(deed, ..)| *deed == self);
        let path = row.map_or("", |(_, path, _)| path);
        path.rsplit('/').next().unwrap_or_default()
    }

    /// The deed that finishes a task of this act; consultations and issuing have their own.
    pub(super) fn finishing(act: Act) -> Option<Deed> {
        match act {
            Act::Assign => Some(Deed::Assignment),
            Act::Appraise => Some(Deed::Appraisal),
            Act::Endorse => Some(Deed::Endorsement),
            Act::Approve => Some(Deed::Approval),
            Act::Consult | Act::Issue => None,
        }
    }

    /// A word of this deed: `deed.<slug>.<part>`.
    pub(super) fn key(self, part: &str) -> String {
        format!("deed.{}.{part}", self.slug())
    }
}
