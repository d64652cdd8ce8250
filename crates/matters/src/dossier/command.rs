//! What can be asked of a dossier, and by whom. A command carries everything people wrote; the
//! private part is split off in one place (`private.rs`), so that no page can forget it.
//! Does not know: whether it is allowed (`access.rs`, `rules.rs`).

mod private;
mod submission;

pub use private::post_address;
pub use submission::{Party, Submission, SupplementItem};

use super::parts::{
    Handover, LookReason, Opinion, Paper, PaperForm, PayMethod, RefuseReason, ReturnWay,
};
use facts::agency::Viewer;
use facts::calendar::Limit;
use jiff::civil::Date;
use kernel::{Ctx, Request};
use serde_json::Value as Json;

/// A command and who gives it. `Law` decides orders: who may what is checked there, once.
#[derive(Debug, Clone)]
pub struct Order {
    /// Who asks.
    pub by: By,
    /// What for.
    pub command: Command,
    /// The officer whom the command names, with the posts in force now: rules look nothing up.
    pub named: Option<Viewer>,
}

/// Who gives an order.
#[derive(Debug, Clone)]
pub enum By {
    /// A person, with the posts in force now.
    Viewer(Viewer),
    /// The worker: a timer passed.
    Clock,
}

impl Order {
    /// An order by somebody.
    #[must_use]
    pub fn new(by: &Viewer, command: Command) -> Self {
        Self {
            by: By::Viewer(by.clone()),
            command,
            named: None,
        }
    }

    /// The order that the worker gives when a timer passed.
    #[must_use]
    pub fn timer(key: &str) -> Self {
        Self {
            by: By::Clock,
            command: Command::TimerPassed {
                key: key.to_owned(),
            },
            named: None,
        }
    }

    /// The whole request for the journal, its private document included.
    #[must_use]
    pub fn request(self, id: &str, ctx: Ctx) -> Request<Self> {
        let private = self.command.private();
        Request {
            id: id.to_owned(),
            command: self,
            private,
            along: Vec::new(),
            ctx,
        }
    }
}

/// What can be asked of a dossier.
#[derive(Debug, Clone)]
pub enum Command {
    /// Nộp hồ sơ.
    Submit(Box<Submission>),
    /// Tiếp nhận.
    Accept {
        /// Codes of the papers that the officer checked: all that were handed in.
        checked: Vec<String>,
    },
    /// Từ chối tiếp nhận.
    Refuse {
        /// The reason among those allowed.
        reason: RefuseReason,
        /// In words.
        text: String,
        /// Legal basis.
        basis: String,
    },
    /// Yêu cầu bổ sung, once.
    AskSupplement {
        /// The complete list.
        items: Vec<SupplementItem>,
        /// Whom to ask.
        contact: String,
        /// The head's reason for a second request; `None` for the first.
        second: Option<String>,
    },
    /// Bổ sung.
    Supplement {
        /// New papers.
        papers: Vec<Paper>,
        /// The whole answers again, if they changed.
        answers: Option<Json>,
        /// A note; may be empty.
        note: String,
        /// File names by digest.
        paper_names: Json,
    },
    /// Tiếp nhận bổ sung.
    AcceptSupplement,
    /// The supplement does not cover the list.
    ReturnSupplement {
        /// What lacks.
        text: String,
    },
    /// Ghi đã xem giấy tờ: the paper that was to be shown, or the data that replace it.
    SeePaper {
        /// Code of the required paper.
        paper: String,
        /// What the officer saw: `Shown` or `Data`.
        form: PaperForm,
    },
    /// Xem hồ sơ ngoài việc được giao.
    Look {
        /// Why.
        reason: LookReason,
        /// More words; they must be there for another reason than those named.
        text: String,
    },
    /// Đổi cách nhận kết quả.
    ChangeReturnWay {
        /// Where the result shall go.
        return_way: ReturnWay,
        /// Where the post delivers; empty otherwise.
        address: String,
    },
    /// Xác định người đứng tên, whom the one who filed for them had typed.
    IdentifyApplicant {
        /// The person on file.
        person: String,
    },
    /// Bỏ xác định người đứng tên.
    UndoIdentification {
        /// A fresh id.
        person: String,
        /// Why.
        reason: String,
    },
    /// Phân công.
    Assign {
        /// The task.
        task: String,
        /// To whom.
        officer: String,
    },
    /// Nhận việc.
    Claim {
        /// The task.
        task: String,
    },
    /// A step is done: assign, appraise, endorse or approve.
    Finish {
        /// The task.
        task: String,
        /// The outcome among those of the step; empty when there is only one.
        outcome: String,
        /// Opinion in words; may be empty.
        opinion: String,
        /// Who shall do the next task; empty: whoever has the right.
        next_officer: String,
    },
    /// Trả lại bước trước.
    Return {
        /// The task from which it goes back.
        task: String,
        /// The step to which it goes back.
        to: String,
        /// Why.
        reason: String,
    },
    /// Lấy ý kiến: directs a consultation of the process to an agency, or opens one.
    AskConsult {
        /// The open consultation; `None` opens one.
        task: Option<String>,
        /// The agency asked.
        agency: String,
        /// How long it has.
        term: Limit,
        /// What is asked.
        question: String,
    },
    /// The consulted body's answer.
    AnswerConsult {
        /// The task.
        task: String,
        /// What it says.
        opinion: Opinion,
        /// In words; may be empty when it agrees.
        text: String,
    },
    /// Goes on without the answer after its term.
    Continue {
        /// The task.
        task: String,
        /// Why (mandatory).
        reason: String,
    },
    /// Yêu cầu thực hiện nghĩa vụ tài chính.
    AskFee,
    /// Thu phí, lệ phí.
    CollectFee {
        /// Reserved before with `Numbers::receipt`.
        receipt_no: String,
        /// Whole đồng.
        amount: i64,
        /// How.
        method: PayMethod,
        /// Reference of the payment; empty for cash.
        reference: String,
    },
    /// Hoàn lại phí, lệ phí.
    RefundFee {
        /// Reserved before with `Numbers::refund`.
        slip_no: String,
        /// Whole đồng.
        amount: i64,
        /// How.
        method: PayMethod,
        /// Reference of the payment; empty for cash.
        reference: String,
    },
    /// Dự thảo kết quả.
    DraftResult {
        /// Digest of the draft.
        file: String,
    },
    /// Phát hành.
    Issue {
        /// Số, ký hiệu.
        number: String,
        /// Digest of the result file.
        file: String,
    },
    /// Trả kết quả.
    Deliver {
        /// How and to whom.
        handover: Handover,
        /// Name and number of an authorised receiver; empty otherwise.
        receiver_name: String,
    },
    /// Rút hồ sơ.
    Withdraw {
        /// Why; may be empty.
        reason: String,
    },
    /// Dừng giải quyết.
    Stop {
        /// Why.
        text: String,
        /// Legal basis.
        basis: String,
    },
    /// Từ chối giải quyết.
    Reject {
        /// Why.
        text: String,
        /// Legal basis.
        basis: String,
    },
    /// Xin lỗi và hẹn lại.
    Apologise {
        /// The new day; it must be a working day.
        new_day: Date,
        /// Why it is late.
        reason: String,
    },
    /// Đặt lại hạn.
    ResetDue {
        /// The new day; it must be a working day.
        new_day: Date,
        /// Why.
        reason: String,
    },
    /// A timer passed (the worker only).
    TimerPassed {
        /// Which.
        key: String,
    },
}

impl Command {
    /// The officer to whom it gives work, if it does.
    #[must_use]
    pub fn officer(&self) -> Option<&str> {
        let named = match self {
            Self::Assign { officer, .. } => officer,
            Self::Finish { next_officer, .. } => next_officer,
            _ => return None,
        };
        Some(named.as_str()).filter(|named| !named.is_empty())
    }

    /// Name of the command: one word with its event, its address and its label.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Submit(_) => "submit",
            Self::Accept { .. } => "accept",
            Self::Refuse { .. } => "refuse",
            Self::AskSupplement { .. } => "ask_supplement",
            Self::Supplement { .. } => "supplement",
            Self::AcceptSupplement => "accept_supplement",
            Self::ReturnSupplement { .. } => "return_supplement",
            Self::SeePaper { .. } => "see_paper",
            Self::Look { .. } => "look",
            Self::ChangeReturnWay { .. } => "change_return_way",
            Self::IdentifyApplicant { .. } => "identify_applicant",
            Self::UndoIdentification { .. } => "undo_identification",
            Self::Assign { .. } => "assign",
            Self::Claim { .. } => "claim",
            Self::Finish { .. } => "finish",
            Self::Return { .. } => "return",
            Self::AskConsult { .. } => "ask_consult",
            Self::AnswerConsult { .. } => "answer_consult",
            Self::Continue { .. } => "continue",
            Self::AskFee => "ask_fee",
            Self::CollectFee { .. } => "collect_fee",
            Self::RefundFee { .. } => "refund_fee",
            Self::DraftResult { .. } => "draft_result",
            Self::Issue { .. } => "issue",
            Self::Deliver { .. } => "deliver",
            Self::Withdraw { .. } => "withdraw",
            Self::Stop { .. } => "stop",
            Self::Reject { .. } => "reject",
            Self::Apologise { .. } => "apologise",
            Self::ResetDue { .. } => "reset_due",
            Self::TimerPassed { .. } => "timer_passed",
        }
    }
}
