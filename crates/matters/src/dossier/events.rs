//! What can have happened to a dossier. Each event is one fact with ids, codes, dates, enums,
//! digests and amounts; what people wrote (names, answers, reasons) stands in the private document
//! of the same entry. Events are only ever added to: a broken shape gets a new name
//! (`tests/events.golden.json` shows every shape).
//! Does not know: what may happen (`rules.rs`), nor what it makes true (`state.rs`).

mod kinds;

use super::code::Code;
use super::parts::{
    Act, FeeDue, Filer, Handover, LookReason, Moves, Opinion, Paper, PaperForm, PayMethod,
    RefuseReason, ReturnWay, SupplementClock, Term,
};
use facts::procedure::{Channel, ProcedureKey};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

/// One fact in the life of a dossier.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
// One `Submitted` a dossier, held for a moment: boxing it would cost every reader a word.
#[allow(clippy::large_enum_variant)]
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
    /// The supplement does not yet cover the one list; the same list stays open. Private: what
    /// lacks.
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
    /// Đã xem giấy tờ: an officer saw a paper that was to be shown, or the data that replace it.
    PaperSeen {
        /// Code of the required paper.
        paper: String,
        /// `Shown` or `Data`.
        form: PaperForm,
    },
    /// Xem hồ sơ ngoài việc được giao: an officer without work on it opened what people wrote.
    /// Private: more words.
    Looked {
        /// Why.
        reason: LookReason,
        /// The position in which they may see it.
        position: String,
        /// Until then they need not say why again.
        until: Timestamp,
    },
    /// Đổi cách nhận kết quả. Private: the address, for the post.
    ReturnWayChanged {
        /// Where the result goes from now on.
        return_way: ReturnWay,
    },
    /// Xác định người đứng tên: who filed for another typed the applicant, the office compared that
    /// with the person on file and says that it is this one.
    ApplicantIdentified {
        /// Their id in the people room.
        person: String,
    },
    /// It was not that person. Private: the reason.
    IdentificationUndone {
        /// The applicant's id from now on, which nobody has.
        person: String,
    },
    /// Phân công.
    TaskAssigned {
        /// The task.
        task: String,
        /// The officer who shall do it.
        officer: String,
        /// The position in which they do it: the work stays with it. Entries made before positions
        /// were kept have none.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        position: String,
    },
    /// An officer took a task of their position.
    TaskClaimed {
        /// The task.
        task: String,
        /// Who took it.
        officer: String,
        /// The position in which they do it: the work stays with it. Entries made before positions
        /// were kept have none.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        position: String,
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
        /// What it was paid for; together the amount. Empty in entries of before 2026-12: it was
        /// then all that was due.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        lines: Vec<FeeDue>,
        /// The clock, when waiting for the money had stopped it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        term: Option<Term>,
    },
    /// Đã hoàn lại phí, lệ phí: more was paid than is due.
    FeeRefunded {
        /// Number of the slip, unique per agency and year.
        slip_no: String,
        /// The agency that paid it back.
        agency: String,
        /// Whole đồng.
        amount: i64,
        /// How.
        method: PayMethod,
        /// Reference of the payment; empty for cash.
        reference: String,
        /// What it was paid back for; together the amount.
        lines: Vec<FeeDue>,
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
