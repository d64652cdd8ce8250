//! What a position may do. A closed list: a step of a procedure names one of these words as its
//! role.
//! Does not know: who holds the position.
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// One kind of act. A right never says on which dossier: the state of the dossier does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    /// Tiếp nhận: take in, refuse, hand in for somebody present.
    Intake,
    /// Phân công: give a dossier to an officer of the unit.
    Assign,
    /// Thẩm định.
    Appraise,
    /// Trình, kiểm tra: pass on for decision.
    Endorse,
    /// Phê duyệt, ký.
    Approve,
    /// Văn thư: number, seal and issue.
    Issue,
    /// Trả kết quả.
    Deliver,
    /// Thu phí, lệ phí.
    CollectFee,
    /// Theo dõi, chỉ đạo: see all dossiers of the agency.
    Oversee,
    /// Kiểm soát thủ tục, thanh tra: see everything, change nothing.
    Audit,
    /// Quản trị: accounts and appointments, no dossiers.
    Administer,
}

/// A word that is no right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown right {0:?}")]
pub struct UnknownRight(pub String);

impl Right {
    /// All rights.
    pub const ALL: [Right; 11] = [
        Right::Intake,
        Right::Assign,
        Right::Appraise,
        Right::Endorse,
        Right::Approve,
        Right::Issue,
        Right::Deliver,
        Right::CollectFee,
        Right::Oversee,
        Right::Audit,
        Right::Administer,
    ];

    /// Whether a post may have it for some fields of government only: the work on a dossier inside
    /// the office. A counter serves everybody, oversight and audit are of the whole agency.
    pub fn is_by_field(self) -> bool {
        matches!(
            self,
            Right::Assign | Right::Appraise | Right::Endorse | Right::Approve | Right::Issue
        )
    }

    /// The word in files, in the database and in the steps of a procedure: `collect_fee`.
    pub fn as_str(self) -> &'static str {
        match self {
            Right::Intake => "intake",
            Right::Assign => "assign",
            Right::Appraise => "appraise",
            Right::Endorse => "endorse",
            Right::Approve => "approve",
            Right::Issue => "issue",
            Right::Deliver => "deliver",
            Right::CollectFee => "collect_fee",
            Right::Oversee => "oversee",
            Right::Audit => "audit",
            Right::Administer => "administer",
        }
    }
}

impl fmt::Display for Right {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Right {
    type Err = UnknownRight;

    fn from_str(text: &str) -> Result<Self, UnknownRight> {
        let found = Right::ALL.into_iter().find(|right| right.as_str() == text);
        found.ok_or_else(|| UnknownRight(text.to_string()))
    }
}
