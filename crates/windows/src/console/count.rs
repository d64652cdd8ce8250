//! What is counted, and a row of counts. A received dossier is counted where it was received, an
//! ended one where it ended; `Waiting` to `OpenLate` count how many more stand so at the end of the
//! day than at its beginning.
//! Does not know: where rows are kept.
use std::ops::{AddAssign, Index};

/// One column. Its place in [`Count::ALL`] is its place in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Count {
    /// Tiếp nhận trực tuyến.
    Online,
    /// Tiếp nhận trực tiếp.
    Counter,
    /// Tiếp nhận qua bưu chính công ích.
    Post,
    /// Among these, received by another agency (phi địa giới).
    Elsewhere,
    /// Giải quyết trước hạn.
    Early,
    /// Giải quyết đúng hạn.
    OnTime,
    /// Giải quyết quá hạn, có thư xin lỗi.
    LateSorry,
    /// Giải quyết quá hạn, chưa có thư xin lỗi.
    Late,
    /// Không được tiếp nhận.
    Refused,
    /// Rút.
    Withdrawn,
    /// Dừng, từ chối giải quyết, đóng vì không bổ sung.
    Stopped,
    /// Chờ tiếp nhận, within the 08 working hours.
    Waiting,
    /// Chờ tiếp nhận, after them.
    WaitingLate,
    /// Đang giải quyết, trong hạn.
    Open,
    /// Đang giải quyết, quá hạn.
    OpenLate,
    /// Thanh toán trực tuyến.
    PaidOnline,
    /// Thanh toán trực tiếp.
    PaidDirect,
    /// Open dossiers that are promised for that day; zero again when nothing of it is open.
    Due,
}

/// How many columns a row has.
pub(super) const COLUMNS: usize = Count::ALL.len();

impl Count {
    pub(super) const ALL: [Self; 18] = [
        Self::Online,
        Self::Counter,
        Self::Post,
        Self::Elsewhere,
        Self::Early,
        Self::OnTime,
        Self::LateSorry,
        Self::Late,
        Self::Refused,
        Self::Withdrawn,
        Self::Stopped,
        Self::Waiting,
        Self::WaitingLate,
        Self::Open,
        Self::OpenLate,
        Self::PaidOnline,
        Self::PaidDirect,
        Self::Due,
    ];
    /// By which way it came: their sum is what was received.
    pub(super) const RECEIVED: [Self; 3] = [Self::Online, Self::Counter, Self::Post];
    /// How it was done: their sum is what was done.
    pub(super) const DONE: [Self; 4] = [Self::Early, Self::OnTime, Self::LateSorry, Self::Late];
    /// Ends without a result.
    pub(super) const GIVEN_UP: [Self; 3] = [Self::Refused, Self::Withdrawn, Self::Stopped];
    /// What has not ended.
    pub(super) const STANDING: [Self; 4] =
        [Self::Waiting, Self::WaitingLate, Self::Open, Self::OpenLate];

    /// Name of the column, in the database and in words files.
    pub(super) fn column(self) -> &'static str {
        match self {
            Self::Online => "received_online",
            Self::Counter => "received_counter",
            Self::Post => "received_post",
            Self::Elsewhere => "received_elsewhere",
            Self::Early => "done_early",
            Self::OnTime => "done_on_time",
            Self::LateSorry => "done_late_sorry",
            Self::Late => "done_late",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
            Self::Stopped => "stopped",
            Self::Waiting => "waiting",
            Self::WaitingLate => "waiting_late",
            Self::Open => "open_in_time",
            Self::OpenLate => "open_late",
            Self::PaidOnline => "paid_online",
            Self::PaidDirect => "paid_direct",
            Self::Due => "due",
        }
    }
}

/// A row.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts([i64; COLUMNS]);

impl Counts {
    pub(super) fn add(&mut self, count: Count, more: i64) {
        self.0[count as usize] += more;
    }

    pub(super) fn sum(&self, counts: &[Count]) -> i64 {
        counts.iter().map(|count| self[*count]).sum()
    }

    /// In the order of [`Count::ALL`].
    pub(super) fn values(&self) -> &[i64; COLUMNS] {
        &self.0
    }
}

impl From<[i64; COLUMNS]> for Counts {
    fn from(values: [i64; COLUMNS]) -> Self {
        Self(values)
    }
}

impl Index<Count> for Counts {
    type Output = i64;

    fn index(&self, count: Count) -> &i64 {
        &self.0[count as usize]
    }
}

impl AddAssign<&Counts> for Counts {
    fn add_assign(&mut self, more: &Counts) {
        for (value, add) in self.0.iter_mut().zip(more.0) {
            *value += add;
        }
    }
}
