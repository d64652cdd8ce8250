//! The parts that events and commands are made of: acts, papers, fees, receivers, terms.
//! Does not know: which event carries which.

use super::words::label;
use facts::procedure::FeeKind;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

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
    /// Xuất trình: an officer saw it and gave it back; never scanned.
    Shown,
    /// Sẽ xuất trình: promised online, seen by no officer yet.
    ToShow,
}

impl PaperForm {
    /// Whether the form says that an officer looked at the paper, or at the data that replace it.
    #[must_use]
    pub fn is_officers_word(self) -> bool {
        matches!(self, Self::Shown | Self::Data)
    }
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

impl Filer {
    /// The authorisation as people read it: number and day as typed at the counter; of one that was
    /// uploaded, that it lies among the papers.
    #[must_use]
    pub fn in_words(&self) -> String {
        let text = &self.authorisation;
        let is_digest = text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit());
        match is_digest {
            true => label("letter", "authorisation_uploaded", "vi").to_owned(),
            false => text.clone(),
        }
    }
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

/// Why an officer who has no work on a dossier looks at what people wrote in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LookReason {
    /// Theo dõi, đôn đốc.
    Supervise,
    /// Kiểm tra, thanh tra, kiểm soát thủ tục.
    Inspect,
    /// Giải quyết phản ánh, kiến nghị, khiếu nại.
    Complaint,
    /// Trả lời người nộp hồ sơ.
    Answer,
    /// Giải quyết hồ sơ khác có liên quan.
    Related,
    /// Việc khác: said in words.
    Other,
}

impl LookReason {
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 6] = [
        Self::Supervise,
        Self::Inspect,
        Self::Complaint,
        Self::Answer,
        Self::Related,
        Self::Other,
    ];

    /// Name in entries and words files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Supervise => "supervise",
            Self::Inspect => "inspect",
            Self::Complaint => "complaint",
            Self::Answer => "answer",
            Self::Related => "related",
            Self::Other => "other",
        }
    }

    /// The reason of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.name() == name)
    }
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
    /// Until when, in the agency's working time: the duration of the step, the term of a
    /// consultation.
    pub due: Timestamp,
}

/// What the process did after a step. The process state is kept whole, so folding needs no
/// procedure.
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
