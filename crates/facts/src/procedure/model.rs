//! What a procedure is once loaded: typed, checked, immutable, shared by `Arc`. Amounts and moments
//! are worked out in `fees` and by the calendar; here stand only the facts and their legal basis.
//! Does not know: dossiers, files on disk, today's date.
use std::path::PathBuf;

use jiff::civil::Date;
use serde::Serialize;

use super::fee::FeeRule;
use super::form::Form;
use super::key::{Channel, ProcedureKey};
use super::paper::RequiredPaper;
use super::printout::Printout;
use super::same::SameMatter;
use super::step::Step;
use super::story::Story;
use super::words::Words;
use crate::calendar::Limit;

/// One version of one case of one administrative procedure (thủ tục hành chính) at one level.
#[derive(Debug, Clone)]
pub struct Procedure {
    /// Code, case, level and version.
    pub key: ProcedureKey,
    /// The official name.
    pub name: Words,
    /// The name of the case; empty when there is only one.
    pub case_name: Words,
    /// Lĩnh vực.
    pub field: Field,
    /// The moment of life under which the portal lists it, from `content/lists/life_events.toml`.
    pub life_event: String,
    /// Where the version stands in publication.
    pub status: PublicationStatus,
    /// Last day on which new dossiers start under this version; none: open.
    pub valid_to: Option<Date>,
    /// The decision by which it was published; empty when not yet known.
    pub decision: String,
    /// Căn cứ pháp lý.
    pub legal_basis: Vec<LegalBasis>,
    /// Who may apply.
    pub applicants: Vec<ApplicantKind>,
    /// Yêu cầu, điều kiện.
    pub conditions: Words,
    /// The same in plain words for the person who needs it.
    pub plain: Plain,
    /// How it can be handed in, with the time limit of each way.
    pub channels: Vec<ChannelOffer>,
    /// Thành phần hồ sơ.
    pub papers: Vec<RequiredPaper>,
    /// Phí, lệ phí.
    pub fees: Vec<FeeRule>,
    /// What a supplement does to the clock.
    pub supplement: SupplementRule,
    /// When money is due.
    pub payment: PaymentRule,
    /// The questions.
    pub form: Form,
    /// Who does what, in order, and how fast (quy trình nội bộ).
    pub steps: Vec<Step>,
    /// The same steps as the process engine runs them.
    pub process: process::Model,
    /// Names of letter templates.
    pub letters: Letters,
    /// The Typst file of the result letter, when it has one.
    pub result_letter: Option<PathBuf>,
    /// Kết quả.
    pub results: Vec<ResultKind>,
    /// What each external status 1–10 means to the applicant; index 0 is status 1.
    pub statuses: Vec<Words>,
    /// What nobody has checked against the official text yet; officers see it.
    pub to_verify: Vec<ToVerify>,
    /// Which answers say that two dossiers are about the same.
    pub same_matter: Vec<SameMatter>,
    /// A complete set of good answers (`sample.json`): for stories, demos and load.
    pub sample: serde_json::Value,
    /// Journeys in words, run by the checker.
    pub stories: Vec<Story>,
    /// The folder that it was read from.
    pub folder: PathBuf,
}

/// Lĩnh vực: a field of government with its own code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Field {
    /// Code such as `ho-tich`.
    pub code: String,
    /// Its name.
    pub name: Words,
}

/// Where a version stands in publication (công bố, công khai).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PublicationStatus {
    /// Being written; citizens do not see it.
    Draft,
    /// Công bố: in force within its dates.
    Published,
    /// Bãi bỏ: kept for its dossiers, not offered.
    Repealed,
}

/// One legal text that the procedure stands on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LegalBasis {
    /// Number: "123/2015/NĐ-CP".
    pub number: String,
    /// What it is called.
    pub title: String,
    /// The article that matters; may be empty.
    pub article: String,
}

/// Who may apply (đối tượng thực hiện).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ApplicantKind {
    /// Công dân Việt Nam.
    Citizen,
    /// Doanh nghiệp, tổ chức.
    Organisation,
    /// Hộ kinh doanh.
    Household,
    /// Cơ quan nhà nước.
    Agency,
    /// Người nước ngoài.
    Foreigner,
}

/// The procedure in words that a twelve-year-old understands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Plain {
    /// What it is for, in a sentence.
    pub what: Words,
    /// Who can ask.
    pub who: Words,
    /// What you need, one thing a line.
    pub need: Vec<Words>,
    /// How long it takes.
    pub how_long: Words,
    /// What it costs.
    pub cost: Words,
    /// Words people search with that the name does not contain ("giấy độc thân").
    pub search: Vec<String>,
}

/// One way to hand a dossier in.
#[derive(Debug, Clone)]
pub struct ChannelOffer {
    /// Which way.
    pub channel: Channel,
    /// How much of it happens online; meaningful for `Channel::Online`.
    pub online: OnlineLevel,
    /// The time limit when it comes this way.
    pub limit: TimeLimit,
    /// A sentence for the applicant; may be empty.
    pub note: Words,
}

/// Toàn trình or một phần. Partial needs its reason and legal basis published (NĐ 224/2026 Đ14).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OnlineLevel {
    /// Toàn trình: nobody has to come.
    Full,
    /// Một phần.
    Partial {
        /// Why somebody must come.
        reason: Words,
        /// The specialised provision that says so.
        basis: String,
    },
}

/// The promise and the law. The appointment uses `promised`, legal lateness uses `legal`.
#[derive(Debug, Clone)]
pub struct TimeLimit {
    /// What we promise: the legal limit or a shorter one by local decision.
    pub promised: Limit,
    /// What the law allows.
    pub legal: Limit,
    /// Longer in named circumstances.
    pub extension: Option<Extension>,
    /// Longer while another agency verifies.
    pub verification: Option<Extension>,
    /// The decision that made `promised` shorter; empty when both are equal.
    pub reduction: String,
    /// Where the limit is written.
    pub basis: String,
}

/// More time, and on what ground.
#[derive(Debug, Clone)]
pub struct Extension {
    /// How much more.
    pub limit: Limit,
    /// When it is allowed.
    pub condition: Words,
    /// Where that is written.
    pub basis: String,
}

/// What a supplement does to the clock, and how long we wait for it.
#[derive(Debug, Clone)]
pub struct SupplementRule {
    /// Start again or go on.
    pub clock: SupplementClock,
    /// The dossier is closed when nothing came within this limit.
    pub close_after: Limit,
    /// Where that is written.
    pub basis: String,
}

/// The clock after a supplement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SupplementClock {
    /// "Thời hạn giải quyết được tính lại từ đầu": the default of the law.
    Restart,
    /// Only the stopped time is added.
    Resume,
}

/// When money is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentRule {
    /// At which point.
    pub when: PaymentMoment,
    /// Waiting for the payment stops the clock. Only with a legal basis.
    pub stops_clock: bool,
    /// The provision that says so; empty when the clock runs on.
    pub basis: String,
}

/// At which point money is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentMoment {
    /// With the dossier.
    OnSubmission,
    /// Before the result is handed over.
    BeforeResult,
}

/// Names of letter templates, without `.typ`: first `letters/` of the procedure, then
/// `content/letters/`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Letters {
    /// The result.
    pub result: String,
    /// Letters that replace a common one: (`receipt`, `receipt-construction`).
    pub replaced: Vec<(String, String)>,
}

/// One result (kết quả thực hiện).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResultKind {
    /// Unique in the procedure.
    pub code: String,
    /// Its name.
    pub name: Words,
    /// Number of paper originals handed over; 0: electronic only.
    pub paper_originals: u32,
    /// Kept in the person's electronic store (kho).
    pub store: bool,
    /// How long it is valid, as a sentence; may be empty.
    pub validity: Words,
    /// What stands in its letter.
    pub printout: Option<Printout>,
}

/// Something in the content that nobody has checked against the official text yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ToVerify {
    /// Which part of the content: `fees.late`, `channels.limit`.
    pub path: String,
    /// What is to be checked.
    pub note: Words,
}
