//! Where a dossier stands: the ten codes that the nation exchanges, and our richer phases, each of
//! which is exactly one of the ten (TT 04/2025/TT-VPCP; docs/decisions/0007).
//! Does not know: how a dossier gets from one phase to the next (`rules.rs`).

use serde::{Deserialize, Serialize};

/// Trạng thái hồ sơ as exchanged with the National Public Service Portal, code 1 to 10.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExternalStatus {
    /// 1 Mới đăng ký.
    Registered = 1,
    /// 2 Được tiếp nhận.
    Accepted = 2,
    /// 3 Không được tiếp nhận.
    Refused = 3,
    /// 4 Đang xử lý.
    InProgress = 4,
    /// 5 Yêu cầu bổ sung giấy tờ.
    SupplementAsked = 5,
    /// 6 Yêu cầu thực hiện nghĩa vụ tài chính.
    FeeDue = 6,
    /// 7 Công dân yêu cầu rút hồ sơ.
    Withdrawn = 7,
    /// 8 Dừng xử lý.
    Stopped = 8,
    /// 9 Đã xử lý xong.
    Released = 9,
    /// 10 Đã trả kết quả.
    Delivered = 10,
}

impl ExternalStatus {
    /// All ten, in the order of their codes.
    pub const ALL: [Self; 10] = [
        Self::Registered,
        Self::Accepted,
        Self::Refused,
        Self::InProgress,
        Self::SupplementAsked,
        Self::FeeDue,
        Self::Withdrawn,
        Self::Stopped,
        Self::Released,
        Self::Delivered,
    ];

    /// The number 1 to 10.
    #[must_use]
    pub fn code(self) -> u8 {
        self as u8
    }

    /// The status of a number, if it is one of the ten.
    #[must_use]
    pub fn from_code(code: i64) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|status| i64::from(status.code()) == code)
    }

    /// Name in words files and URLs.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::InProgress => "in_progress",
            Self::SupplementAsked => "supplement_asked",
            Self::FeeDue => "fee_due",
            Self::Withdrawn => "withdrawn",
            Self::Stopped => "stopped",
            Self::Released => "released",
            Self::Delivered => "delivered",
        }
    }
}

/// Trạng thái trong nhà: what an officer needs to tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Chờ tiếp nhận.
    Submitted,
    /// Từ chối tiếp nhận.
    Refused,
    /// Đã tiếp nhận, chờ phân công hoặc chờ xử lý.
    Accepted,
    /// Đang thẩm định.
    Appraising,
    /// Xin ý kiến phối hợp.
    Consulting,
    /// Trình ký.
    Endorsing,
    /// Chờ phê duyệt.
    Approving,
    /// Chờ văn thư phát hành.
    Issuing,
    /// Chờ người nộp bổ sung.
    SupplementAsked,
    /// Đã nhận bổ sung, chờ tiếp nhận bổ sung.
    SupplementReceived,
    /// Chờ thực hiện nghĩa vụ tài chính.
    FeeDue,
    /// Người nộp đã rút.
    Withdrawn,
    /// Dừng giải quyết.
    Stopped,
    /// Từ chối giải quyết.
    Rejected,
    /// Đóng vì quá hạn bổ sung.
    ClosedUnsupplemented,
    /// Đã có kết quả, chờ trả.
    Released,
    /// Đã trả kết quả.
    Delivered,
}

impl Phase {
    /// All phases, in the order of a life.
    pub const ALL: [Self; 17] = [
        Self::Submitted,
        Self::Refused,
        Self::Accepted,
        Self::Appraising,
        Self::Consulting,
        Self::Endorsing,
        Self::Approving,
        Self::Issuing,
        Self::SupplementAsked,
        Self::SupplementReceived,
        Self::FeeDue,
        Self::Withdrawn,
        Self::Stopped,
        Self::Rejected,
        Self::ClosedUnsupplemented,
        Self::Released,
        Self::Delivered,
    ];

    /// The one national code that this phase is.
    #[must_use]
    pub fn external(self) -> ExternalStatus {
        match self {
            Self::Submitted => ExternalStatus::Registered,
            Self::Refused => ExternalStatus::Refused,
            Self::Accepted => ExternalStatus::Accepted,
            Self::Appraising
            | Self::Consulting
            | Self::Endorsing
            | Self::Approving
            | Self::Issuing => ExternalStatus::InProgress,
            Self::SupplementAsked | Self::SupplementReceived => ExternalStatus::SupplementAsked,
            Self::FeeDue => ExternalStatus::FeeDue,
            Self::Withdrawn => ExternalStatus::Withdrawn,
            Self::Stopped | Self::Rejected | Self::ClosedUnsupplemented => ExternalStatus::Stopped,
            Self::Released => ExternalStatus::Released,
            Self::Delivered => ExternalStatus::Delivered,
        }
    }

    /// Nothing more will be done: 3, 7, 8 and 10.
    #[must_use]
    pub fn is_terminal(self) -> bool {
        matches!(
            self.external(),
            ExternalStatus::Refused
                | ExternalStatus::Withdrawn
                | ExternalStatus::Stopped
                | ExternalStatus::Delivered
        )
    }

    /// The offices are at work on it: 2 or 4.
    #[must_use]
    pub fn is_working(self) -> bool {
        matches!(
            self.external(),
            ExternalStatus::Accepted | ExternalStatus::InProgress
        )
    }

    /// Name in the database, words files and URLs.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Submitted => "submitted",
            Self::Refused => "refused",
            Self::Accepted => "accepted",
            Self::Appraising => "appraising",
            Self::Consulting => "consulting",
            Self::Endorsing => "endorsing",
            Self::Approving => "approving",
            Self::Issuing => "issuing",
            Self::SupplementAsked => "supplement_asked",
            Self::SupplementReceived => "supplement_received",
            Self::FeeDue => "fee_due",
            Self::Withdrawn => "withdrawn",
            Self::Stopped => "stopped",
            Self::Rejected => "rejected",
            Self::ClosedUnsupplemented => "closed_unsupplemented",
            Self::Released => "released",
            Self::Delivered => "delivered",
        }
    }

    /// The phase of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|phase| phase.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_are_the_names_on_the_wire() {
        for phase in Phase::ALL {
            assert_eq!(serde_json::to_value(phase).unwrap(), phase.name());
            assert_eq!(Phase::from_name(phase.name()), Some(phase));
        }
        for status in ExternalStatus::ALL {
            assert_eq!(serde_json::to_value(status).unwrap(), status.name());
            assert_eq!(
                ExternalStatus::from_code(i64::from(status.code())),
                Some(status)
            );
        }
    }

    #[test]
    fn every_national_code_has_a_phase() {
        let reached: BTreeSet<_> = Phase::ALL.iter().map(|phase| phase.external()).collect();
        assert_eq!(reached.len(), ExternalStatus::ALL.len());
    }
}
