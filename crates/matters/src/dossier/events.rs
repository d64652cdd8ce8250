//! What can have happened to a dossier. Each event is one fact with ids, codes, dates, enums, digests and
//! amounts; what people wrote (names, answers, reasons) stands in the private document of the same entry.
//! Events are only ever added to: a broken shape gets a new name (`events.golden.json` shows every shape).
//! Does not know: what may happen (`rules.rs`), nor what it makes true (`state.rs`).

use super::code::Code;
use facts::procedure::{Channel, FeeKind, ProcedureKey};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// What a step of the procedure is. Giao, thẩm định, lấy ý kiến, trình, phê duyệt, phát hành.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
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
    /// Phê duyệt: after it a decision exists.
    Approve,
    /// Phát hành: numbered, sealed, sent to the counter.
    Issue,
}

impl Act {
    /// Name in the database and words files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Assign => "assign",
            Self::Appraise => "appraise",
            Self::Consult => "consult",
            Self::Endorse => "endorse",
            Self::Approve => "approve",
            Self::Issue => "issue",
        }
    }
}

impl Act {
    /// All acts.
    pub const ALL: [Self; 6] = [
        Self::Assign,
        Self::Appraise,
        Self::Consult,
        Self::Endorse,
        Self::Approve,
        Self::Issue,
    ];

    /// The act of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|act| act.name() == name)
    }
}

impl From<facts::procedure::Act> for Act {
    fn from(act: facts::procedure::Act) -> Self {
        use facts::procedure::Act as Written;
        match act {
            Written::Assign => Self::Assign,
            Written::Appraise => Self::Appraise,
            Written::Consult => Self::Consult,
            Written::Endorse => Self::Endorse,
            Written::Approve => Self::Approve,
            Written::Issue => Self::Issue,
        }
    }
}

/// In which form a paper was handed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaperForm {
    /// Bản chính.
    Original,
    /// Bản sao.
    Copy,
    /// Bản điện tử: a file.
    Electronic,
    /// Data that the state already holds replace it (NQ 66.7/2025/NQ-CP).
    Data,
    /// Xuất trình: shown and given back, never scanned.
    Shown,
}

/// One paper as handed in. Its file name and its content are private; here stand code and digest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paper {
    /// Code of the required paper in the procedure.
    pub code: String,
    /// How it came.
    pub form: PaperForm,
    /// How many sheets or copies, at least 1.
    pub count: u32,
    /// Digest of the file, when there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
}

/// Somebody other than the applicant files for them (người được uỷ quyền).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filer {
    /// The person's id.
    pub person: String,
    /// Digest or number of the authorisation paper.
    pub authorisation: String,
}

/// Where the applicant wants the result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "way", rename_all = "snake_case")]
pub enum ReturnWay {
    /// At a counter, not necessarily the one that received it.
    Counter {
        /// The agency whose counter it is.
        agency: String,
    },
    /// By the public postal service.
    Post,
    /// Electronically.
    Electronic,
}

/// One line of what must be paid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeeDue {
    /// Code of the fee in the procedure.
    pub code: String,
    /// Phí or lệ phí.
    pub kind: FeeKind,
    /// Whole đồng.
    pub amount: i64,
}

/// How money came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PayMethod {
    /// Tiền mặt.
    Cash,
    /// Chuyển khoản.
    Transfer,
    /// Trực tuyến.
    Online,
}

/// Why a dossier is not received. Lateness of the agency is no reason, so it is not in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefuseReason {
    /// Không thuộc thẩm quyền.
    NotCompetent,
    /// Không đủ điều kiện.
    NotEligible,
    /// Thành phần hồ sơ không đầy đủ.
    PapersIncomplete,
    /// Giấy tờ không hợp lệ.
    PapersInvalid,
    /// Trùng hồ sơ đã nộp.
    Duplicate,
    /// Lý do khác.
    Other,
}

/// What the clock does for a supplement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SupplementClock {
    /// Counted from the beginning.
    Restart,
    /// The stopped time is added.
    Resume,
}

/// How a consulted body answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Opinion {
    /// Thống nhất.
    Agree,
    /// Thống nhất, kèm ý kiến.
    AgreeWithRemarks,
    /// Không thống nhất.
    Disagree,
}

/// Who took the result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "who", rename_all = "snake_case")]
pub enum Receiver {
    /// The applicant.
    Applicant,
    /// The person who filed.
    Filer,
    /// Somebody with an authorisation for the receipt; the name is private.
    Authorised {
        /// Digest or number of the authorisation paper.
        authorisation: String,
    },
}

/// How the result was handed over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "way", rename_all = "snake_case")]
pub enum Handover {
    /// At a counter, against identity.
    Counter {
        /// Who took it.
        receiver: Receiver,
    },
    /// By post.
    Post {
        /// The postal item number.
        item: String,
    },
    /// Electronically, confirmed.
    Electronic,
}

/// A task that a step opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opening {
    /// Unique in the dossier.
    pub task: String,
    /// The procedure's step.
    pub step: String,
    /// What is to be done.
    pub act: Act,
    /// The consulted body, as the procedure names it; empty for other acts.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub party: String,
    /// Until when, in the agency's working time: the duration of the step, the term of a consultation.
    pub due: Timestamp,
}

/// What the process did after a step. The process state is kept whole, so folding needs no procedure.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Moves {
    /// The process as it stands now.
    pub process: process::State,
    /// Tasks that opened.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub opens: Vec<Opening>,
    /// Tasks that closed, the one that was done included.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub closes: Vec<String>,
}

/// The clock as it was set: the promise and the law.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Term {
    /// The moment from which the time is counted.
    pub received: Timestamp,
    /// Promised to the applicant: from the shorter limit.
    pub due: Timestamp,
    /// What the law allows.
    pub legal_due: Timestamp,
}

/// One fact in the life of a dossier.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Event {
    /// Mới đăng ký: handed in, numbered. Private: applicant, filer, answers.
    Submitted {
        /// The code, at once the receipt number.
        code: Code,
        /// The version of the procedure that holds for the whole life.
        procedure: ProcedureKey,
        /// The competent agency.
        agency: String,
        /// The agency that received it; may be another one (phi địa giới).
        reception: String,
        /// How it came.
        channel: Channel,
        /// Person id of the applicant.
        applicant: String,
        /// The authorised filer, if the applicant did not file alone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        filer: Option<Filer>,
        /// The papers handed in.
        papers: Vec<Paper>,
        /// What is to be paid, worked out from the answers.
        fees: Vec<FeeDue>,
        /// The choices among the answers that steps depend on; never names or free text.
        choices: Json,
        /// Where the result goes.
        return_way: ReturnWay,
        /// The officer at the counter is alerted then (02 working hours).
        remind_at: Timestamp,
        /// Until when it must be accepted, refused or sent back for supplement (08 working hours).
        reception_due: Timestamp,
    },
    /// Nobody at the counter had looked at it after 02 working hours.
    ReceptionReminded,
    /// The 08 working hours for reception passed.
    ReceptionLate {
        /// The moment that passed.
        due: Timestamp,
    },
    /// Tiếp nhận (form 01).
    Accepted {
        /// The clock.
        term: Term,
        /// Paper codes that the officer checked.
        checked: Vec<String>,
        /// The first steps.
        next: Moves,
    },
    /// Từ chối tiếp nhận (form 03). Private: the reason in words and its legal basis.
    Refused {
        /// The reason.
        reason: RefuseReason,
    },
    /// Yêu cầu bổ sung (form 02). Private: the complete list.
    SupplementAsked {
        /// How many items are asked for, at least 1.
        count: u32,
        /// Codes of required papers among them.
        papers: Vec<String>,
        /// The dossier is closed then if nothing came.
        close_at: Timestamp,
        /// What the clock will do, as the procedure says.
        clock: SupplementClock,
        /// True for a second request, allowed by the head with a reason.
        overridden: bool,
    },
    /// Đã bổ sung. Private: changed answers, note.
    Supplemented {
        /// The papers handed in now; each replaces one of the same code.
        papers: Vec<Paper>,
        /// The fees again, when the answers changed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        fees: Option<Vec<FeeDue>>,
    },
    /// The supplement does not yet cover the one list; the same list stays open. Private: what lacks.
    SupplementReturned {
        /// The dossier is closed then if nothing more came.
        close_at: Timestamp,
    },
    /// Tiếp nhận bổ sung: the clock runs again.
    SupplementAccepted {
        /// The clock; the old one stays in the history.
        term: Term,
        /// The first steps, when the supplement had been asked before acceptance.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next: Option<Moves>,
    },
    /// Closed: no supplement within the time (15 working days unless the sector says otherwise).
    ClosedUnsupplemented,
    /// Phân công.
    TaskAssigned {
        /// The task.
        task: String,
        /// The officer who shall do it.
        officer: String,
    },
    /// An officer took a task of their position.
    TaskClaimed {
        /// The task.
        task: String,
        /// Who took it.
        officer: String,
    },
    /// A step was done. Private: the opinion.
    StepDone {
        /// The task.
        task: String,
        /// The procedure's step.
        step: String,
        /// What was done.
        act: Act,
        /// The outcome among those of the step; empty when there is only one.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        outcome: String,
        /// What follows.
        next: Moves,
    },
    /// Trả lại bước trước. Private: the reason.
    StepReturned {
        /// The task from which it went back.
        task: String,
        /// The step to which it went back.
        to: String,
        /// What follows.
        next: Moves,
    },
    /// The internal term of a task passed.
    StepLate {
        /// The task.
        task: String,
    },
    /// Lấy ý kiến: a consultation was sent to an agency. Private: the question.
    ConsultAsked {
        /// The task, of the process or opened by this.
        task: String,
        /// The agency asked.
        agency: String,
        /// Until when it may answer.
        due: Timestamp,
    },
    /// The body answered. Private: the answer in words.
    ConsultAnswered {
        /// The task.
        task: String,
        /// What it said.
        opinion: Opinion,
        /// What follows.
        next: Moves,
    },
    /// The term of a consultation passed without an answer. The legal clock never stopped.
    ConsultTermPassed {
        /// The task.
        task: String,
        /// What follows, where silence is consent.
        next: Moves,
    },
    /// Tiếp tục without the answer. Private: the reason (mandatory).
    ConsultContinued {
        /// The task.
        task: String,
        /// What follows.
        next: Moves,
    },
    /// Yêu cầu thực hiện nghĩa vụ tài chính.
    FeeAsked {
        /// Whole đồng.
        amount: i64,
        /// True only where the procedure has a legal basis for it.
        stops_clock: bool,
    },
    /// Đã nộp phí, lệ phí.
    FeePaid {
        /// Number of the receipt, unique per collecting agency and year.
        receipt_no: String,
        /// The agency that collected.
        agency: String,
        /// Whole đồng.
        amount: i64,
        /// How.
        method: PayMethod,
        /// Reference of the payment; empty for cash.
        reference: String,
        /// The clock, when waiting for the money had stopped it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        term: Option<Term>,
    },
    /// Dự thảo kết quả.
    ResultDrafted {
        /// Digest of the draft.
        file: String,
    },
    /// Phát hành kết quả: the processing clock ends.
    Issued {
        /// Số, ký hiệu of the result.
        number: String,
        /// Digest of the result file.
        file: String,
        /// What follows in the process.
        next: Moves,
    },
    /// Trả kết quả.
    Delivered {
        /// How and to whom. Private: the name of an authorised receiver.
        handover: Handover,
    },
    /// Người nộp rút hồ sơ. Private: the reason.
    Withdrawn,
    /// Dừng giải quyết (form 05). Private: reason, legal basis, guidance.
    Stopped,
    /// Từ chối giải quyết (form 03). Private: reason, legal basis.
    Rejected,
    /// The promised time passed.
    BecameOverdue {
        /// The promise that passed.
        due: Timestamp,
    },
    /// The time that the law allows passed too.
    BecameUnlawful {
        /// The legal limit that passed.
        legal_due: Timestamp,
    },
    /// Xin lỗi và hẹn lại (form 04), at most once. Private: the reason.
    Apologised {
        /// The promise that was not kept.
        old_due: Timestamp,
        /// The new one.
        new_due: Timestamp,
    },
    /// Đặt lại hạn by the head. Private: the reason.
    DueReset {
        /// Before.
        old_due: Timestamp,
        /// After.
        new_due: Timestamp,
    },
}

impl Event {
    /// Name of the kind, as stored in the journal and in words files.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Submitted { .. } => "submitted",
            Self::ReceptionReminded => "reception_reminded",
            Self::ReceptionLate { .. } => "reception_late",
            Self::Accepted { .. } => "accepted",
            Self::Refused { .. } => "refused",
            Self::SupplementAsked { .. } => "supplement_asked",
            Self::Supplemented { .. } => "supplemented",
            Self::SupplementReturned { .. } => "supplement_returned",
            Self::SupplementAccepted { .. } => "supplement_accepted",
            Self::ClosedUnsupplemented => "closed_unsupplemented",
            Self::TaskAssigned { .. } => "task_assigned",
            Self::TaskClaimed { .. } => "task_claimed",
            Self::StepDone { .. } => "step_done",
            Self::StepReturned { .. } => "step_returned",
            Self::StepLate { .. } => "step_late",
            Self::ConsultAsked { .. } => "consult_asked",
            Self::ConsultAnswered { .. } => "consult_answered",
            Self::ConsultTermPassed { .. } => "consult_term_passed",
            Self::ConsultContinued { .. } => "consult_continued",
            Self::FeeAsked { .. } => "fee_asked",
            Self::FeePaid { .. } => "fee_paid",
            Self::ResultDrafted { .. } => "result_drafted",
            Self::Issued { .. } => "issued",
            Self::Delivered { .. } => "delivered",
            Self::Withdrawn => "withdrawn",
            Self::Stopped => "stopped",
            Self::Rejected => "rejected",
            Self::BecameOverdue { .. } => "became_overdue",
            Self::BecameUnlawful { .. } => "became_unlawful",
            Self::Apologised { .. } => "apologised",
            Self::DueReset { .. } => "due_reset",
        }
    }

    /// Every kind that exists; stories must show each of them.
    pub const KINDS: [&'static str; 31] = [
        "submitted",
        "reception_reminded",
        "reception_late",
        "accepted",
        "refused",
        "supplement_asked",
        "supplemented",
        "supplement_returned",
        "supplement_accepted",
        "closed_unsupplemented",
        "task_assigned",
        "task_claimed",
        "step_done",
        "step_returned",
        "step_late",
        "consult_asked",
        "consult_answered",
        "consult_term_passed",
        "consult_continued",
        "fee_asked",
        "fee_paid",
        "result_drafted",
        "issued",
        "delivered",
        "withdrawn",
        "stopped",
        "rejected",
        "became_overdue",
        "became_unlawful",
        "apologised",
        "due_reset",
    ];
}
