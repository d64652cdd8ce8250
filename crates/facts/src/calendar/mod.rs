//! The calendar (lịch làm việc): working sessions, public holidays and swap days of an agency, and
//! the one place where a time limit becomes a due moment, with the reason for every day counted or
//! skipped.
//!
//! Pure once loaded: the same receipt, limit and content give the same answer, in well under a
//! microsecond without the reasons ([`Calendar::due_at`]). Every day of the loaded years stands in
//! a table with the working days and working minutes before it, so counting is a subtraction and a
//! look-up.
//!
//! Does not know: the clock, the database, dossiers, which limit a procedure has, and any year that
//! `content/holidays` does not hold: it refuses rather than guesses.
mod error;
mod explain;
mod files;
mod limit;
mod note;
mod reckon;
mod stops;
mod table;
#[cfg(test)]
mod tests;

pub use error::CalendarError;
pub use explain::{ReceivedError, explain, parse_received};
pub use files::Calendars;
pub use limit::{Limit, LimitError};
pub use note::{DayKind, DayNote, Mark, Verdict};
pub use table::Calendar;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

/// Vietnam keeps UTC+07:00 all year.
pub const VIETNAM: Offset = Offset::constant(7);

/// When something is due, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The last instant still in time.
    pub at: Timestamp,
    /// The day of `at` in Vietnam; a working day.
    pub day: Date,
    /// One note per day counted or skipped, from the day of receipt on.
    pub why: Vec<DayNote>,
}

impl Due {
    /// What must be checked before real use in the days on the way, each once, as (Vietnamese,
    /// English).
    pub fn to_verify(&self) -> Vec<&(String, String)> {
        let mut found = Vec::new();
        let marks = self.why.iter().filter_map(|note| note.kind.mark());
        for to_verify in marks.filter_map(|mark| mark.to_verify.as_ref()) {
            if !found.contains(&to_verify) {
                found.push(to_verify);
            }
        }
        found
    }
}

/// A time in which the clock of a limit stood still, e.g. from the request for a supplement (yêu
/// cầu bổ sung) until the supplement was complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stop {
    /// The clock stops here.
    pub from: Timestamp,
    /// The clock runs again from here; not before `from`.
    pub to: Timestamp,
}
