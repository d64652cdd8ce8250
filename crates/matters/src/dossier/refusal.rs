//! Why something may not be done: one named value per rule, shown to people in their language. The
//! name reads like the law; the sentence stands in `words.*.toml`.
//! Does not know: where it is shown.

use super::access::Action;
use super::phase::Phase;
use facts::procedure::FieldError;

/// Why an order is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such dossier.
    NoSuchDossier,
    /// It was submitted before.
    AlreadySubmitted,
    /// The viewer may never do this with this dossier.
    NotAllowed {
        /// What was wanted.
        action: Action,
    },
    /// Nobody may do this in the phase where the dossier stands.
    WrongPhase {
        /// What was wanted.
        action: Action,
        /// Where it stands.
        phase: Phase,
    },
    /// No such procedure, case and level, or not in force today.
    NoSuchProcedure {
        /// The key.
        key: String,
    },
    /// The procedure is not offered this way.
    ChannelNotOffered,
    /// The answers do not fill the form.
    AnswersWrong {
        /// Each with what to do.
        fields: Vec<FieldError>,
    },
    /// Papers that must be there are not.
    PapersMissing {
        /// Their codes.
        papers: Vec<String>,
    },
    /// The applicant is not named.
    ApplicantMissing,
    /// Somebody files for another without an authorisation paper (giấy uỷ quyền).
    AuthorisationMissing,
    /// The code was reserved for another agency.
    CodeOfOtherAgency,
    /// Acceptance needs every paper checked (NĐ 118/2025).
    PapersUnchecked {
        /// Codes of those that are not.
        papers: Vec<String>,
    },
    /// Only an officer can say that a paper was shown or that data replace it.
    PapersUnseen {
        /// Codes of the papers of which somebody else said so.
        papers: Vec<String>,
    },
    /// No such paper is waiting to be shown.
    NothingToSee {
        /// Its code.
        paper: String,
    },
    /// The applicant filed themselves, or is this person already.
    NothingToIdentify,
    /// The post cannot deliver without an address.
    AddressMissing,
    /// A reason in words is missing.
    ReasonMissing,
    /// The legal basis is missing.
    BasisMissing,
    /// The list of the supplement is empty: one notice names everything.
    SupplementListEmpty,
    /// A supplement was asked for before; a second one needs the head and a reason.
    SupplementAlreadyAsked,
    /// Nothing was brought.
    SupplementEmpty,
    /// The supplement does not yet cover the list.
    SupplementIncomplete {
        /// Codes of papers that lack.
        papers: Vec<String>,
    },
    /// A decision exists: no withdrawal, stop or rejection any more (NĐ 118/2025 Đ21).
    AlreadyDecided,
    /// The task is closed, or never was.
    NoSuchTask {
        /// Its name.
        task: String,
    },
    /// Another officer has the task.
    TaskHeldByOther {
        /// Who.
        officer: String,
    },
    /// This is done with another command.
    WrongAct {
        /// The task.
        task: String,
    },
    /// No officer is named.
    OfficerMissing,
    /// Nobody of this name holds a post, at the agency that does the work, with its right for the
    /// field of the dossier.
    OfficerNotAble {
        /// Who was named.
        officer: String,
    },
    /// Only who has the step writes the result.
    StepNotHeld,
    /// An opinion that was asked for is still awaited.
    ConsultOpen,
    /// The consulted body still has time.
    ConsultTermNotPassed,
    /// No agency is named, or the dossier's own one.
    ConsultAgencyWrong,
    /// The process does not go back there.
    NotReturnable {
        /// The step.
        step: String,
    },
    /// Nothing is to be paid.
    NothingToPay,
    /// It was paid before.
    AlreadyPaid,
    /// Another result of this agency and year has this number.
    NumberTaken {
        /// The number.
        number: String,
    },
    /// No more was paid than is due.
    NothingToRefund,
    /// Not the amount due.
    AmountWrong {
        /// The right one, whole đồng.
        due: i64,
    },
    /// The receipt has no number.
    ReceiptMissing,
    /// A payment that is not cash has no reference.
    PaymentReferenceMissing,
    /// Money is due before this.
    FeeUnpaid {
        /// How much, whole đồng.
        due: i64,
    },
    /// A result needs a number and a file.
    ResultIncomplete,
    /// The file digest is missing.
    FileMissing,
    /// Delivery needs the identity of the receiver.
    ReceiverMissing,
    /// Delivery to somebody else needs an authorisation.
    ReceiverNotAuthorised,
    /// A postal item has no number.
    PostalItemMissing,
    /// There was one apology and one new appointment already.
    ReappointedAlready,
    /// The new day is not later than the promise and than today.
    NewDueNotLater,
    /// The new day is a day off.
    NewDueDayOff,
    /// The clock is not running.
    NoTerm,
    /// The calendar has no data for the days needed.
    CalendarMissing {
        /// What the calendar says.
        message: String,
    },
    /// The content of the procedure is broken.
    ContentBroken {
        /// What the process or the form says.
        message: String,
    },
    /// Text longer than the house takes.
    TooLong,
    /// A timer is the worker's alone, and the worker does nothing else.
    ClockOnly,
}

impl Refusal {
    /// Name in words files and stories.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::NoSuchDossier => "no_such_dossier",
            Self::AlreadySubmitted => "already_submitted",
            Self::NotAllowed { .. } => "not_allowed",
            Self::WrongPhase { .. } => "wrong_phase",
            Self::NoSuchProcedure { .. } => "no_such_procedure",
            Self::ChannelNotOffered => "channel_not_offered",
            Self::AnswersWrong { .. } => "answers_wrong",
            Self::PapersMissing { .. } => "papers_missing",
            Self::ApplicantMissing => "applicant_missing",
            Self::AuthorisationMissing => "authorisation_missing",
            Self::CodeOfOtherAgency => "code_of_other_agency",
            Self::PapersUnchecked { .. } => "papers_unchecked",
            Self::ReasonMissing => "reason_missing",
            Self::BasisMissing => "basis_missing",
            Self::SupplementListEmpty => "supplement_list_empty",
            Self::SupplementAlreadyAsked => "supplement_already_asked",
            Self::SupplementEmpty => "supplement_empty",
            Self::SupplementIncomplete { .. } => "supplement_incomplete",
            Self::AlreadyDecided => "already_decided",
            Self::NoSuchTask { .. } => "no_such_task",
            Self::TaskHeldByOther { .. } => "task_held_by_other",
            Self::WrongAct { .. } => "wrong_act",
            Self::OfficerMissing => "officer_missing",
            Self::OfficerNotAble { .. } => "officer_not_able",
            Self::StepNotHeld => "step_not_held",
            Self::ConsultOpen => "consult_open",
            Self::ConsultTermNotPassed => "consult_term_not_passed",
            Self::ConsultAgencyWrong => "consult_agency_wrong",
            Self::NotReturnable { .. } => "not_returnable",
            Self::PapersUnseen { .. } => "papers_unseen",
            Self::NothingToSee { .. } => "nothing_to_see",
            Self::NothingToIdentify => "nothing_to_identify",
            Self::AddressMissing => "address_missing",
            _ => self.later_name(),
        }
    }

    fn later_name(&self) -> &'static str {
        match self {
            Self::NothingToPay => "nothing_to_pay",
            Self::AlreadyPaid => "already_paid",
            Self::NothingToRefund => "nothing_to_refund",
            Self::NumberTaken { .. } => "number_taken",
            Self::AmountWrong { .. } => "amount_wrong",
            Self::ReceiptMissing => "receipt_missing",
            Self::PaymentReferenceMissing => "payment_reference_missing",
            Self::FeeUnpaid { .. } => "fee_unpaid",
            Self::ResultIncomplete => "result_incomplete",
            Self::FileMissing => "file_missing",
            Self::ReceiverMissing => "receiver_missing",
            Self::ReceiverNotAuthorised => "receiver_not_authorised",
            Self::PostalItemMissing => "postal_item_missing",
            Self::ReappointedAlready => "reappointed_already",
            Self::NewDueNotLater => "new_due_not_later",
            Self::NewDueDayOff => "new_due_day_off",
            Self::NoTerm => "no_term",
            Self::CalendarMissing { .. } => "calendar_missing",
            Self::ContentBroken { .. } => "content_broken",
            Self::TooLong => "too_long",
            _ => "clock_only",
        }
    }

    /// Every name that exists; stories and words files must have each of them.
    pub const NAMES: [&'static str; 54] = [
        "no_such_dossier",
        "already_submitted",
        "not_allowed",
        "wrong_phase",
        "no_such_procedure",
        "channel_not_offered",
        "answers_wrong",
        "papers_missing",
        "applicant_missing",
        "authorisation_missing",
        "code_of_other_agency",
        "papers_unchecked",
        "papers_unseen",
        "nothing_to_see",
        "nothing_to_identify",
        "address_missing",
        "reason_missing",
        "basis_missing",
        "supplement_list_empty",
        "supplement_already_asked",
        "supplement_empty",
        "supplement_incomplete",
        "already_decided",
        "no_such_task",
        "task_held_by_other",
        "wrong_act",
        "officer_missing",
        "officer_not_able",
        "step_not_held",
        "consult_open",
        "consult_term_not_passed",
        "consult_agency_wrong",
        "not_returnable",
        "nothing_to_pay",
        "already_paid",
        "nothing_to_refund",
        "number_taken",
        "amount_wrong",
        "receipt_missing",
        "payment_reference_missing",
        "fee_unpaid",
        "result_incomplete",
        "file_missing",
        "receiver_missing",
        "receiver_not_authorised",
        "postal_item_missing",
        "reappointed_already",
        "new_due_not_later",
        "new_due_day_off",
        "no_term",
        "calendar_missing",
        "content_broken",
        "too_long",
        "clock_only",
    ];

    /// What fills the placeholders of the sentence: (name, value).
    #[must_use]
    pub fn details(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::NoSuchProcedure { key } => vec![("procedure", key.clone())],
            Self::PapersMissing { papers }
            | Self::PapersUnchecked { papers }
            | Self::PapersUnseen { papers }
            | Self::SupplementIncomplete { papers } => vec![("papers", papers.join(", "))],
            Self::NothingToSee { paper } => vec![("paper", paper.clone())],
            Self::NoSuchTask { task } | Self::WrongAct { task } => vec![("task", task.clone())],
            Self::TaskHeldByOther { officer } | Self::OfficerNotAble { officer } => {
                vec![("officer", officer.clone())]
            }
            Self::NotReturnable { step } => vec![("step", step.clone())],
            Self::NumberTaken { number } => vec![("number", number.clone())],
            Self::AmountWrong { due } | Self::FeeUnpaid { due } => vec![("due", dong(*due))],
            Self::CalendarMissing { message } | Self::ContentBroken { message } => {
                vec![("message", message.clone())]
            }
            _ => Vec::new(),
        }
    }
}

/// Whole đồng as people read them: `1.250.000`.
#[must_use]
pub fn dong(amount: i64) -> String {
    let digits = amount.unsigned_abs().to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push('.');
        }
        text.push(digit);
    }
    if amount < 0 { format!("-{text}") } else { text }
}
