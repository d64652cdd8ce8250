//! When something is due, as an officer reads it: how many working days are left, and the exact
//! moment. The word says it, the colour only helps. Does not know: what is due.
use facts::calendar::Calendar;
use jiff::Timestamp;
use web::{Tone, show};

use super::words::{fill, say};

/// Beyond this many working days the exact day says more than a count.
const DAYS_COUNTED_MAX: u32 = 60;
/// Fewer working days left than this are a warning.
const SOON_DAYS: u32 = 2;
/// Less than this late is told in hours.
const DAY_MINUTES: i64 = 8 * 60;

/// A moment that is due, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct DueWords {
    /// Colour of the word.
    pub tone: Tone,
    /// "Còn 2 ngày làm việc".
    pub label: String,
    /// "17:00 25/11/2026"; empty when nothing is due.
    pub exact: String,
}

impl DueWords {
    /// `due` as seen at `now` by an office with this calendar.
    pub(super) fn of(calendar: &Calendar, due: Timestamp, now: Timestamp) -> Self {
        let (tone, label) = if due < now {
            (Tone::Bad, late(calendar.working_minutes(due, now)))
        } else {
            left(days_between(calendar, now, due))
        };
        Self {
            tone,
            label,
            exact: show::moment(due),
        }
    }

    /// Nothing is due yet.
    pub(super) fn none() -> Self {
        Self {
            tone: Tone::Quiet,
            label: say("due.none"),
            exact: String::new(),
        }
    }
}

fn late(minutes: i64) -> String {
    let (days, hours) = (minutes / DAY_MINUTES, minutes / 60);
    match (days, hours) {
        (0, 0) => say("due.late"),
        (0, hours) => fill("due.late_hours", &[("n", &hours.to_string())]),
        (days, _) => fill("due.late_days", &[("n", &days.to_string())]),
    }
}

fn left(days: u32) -> (Tone, String) {
    let text = days.min(DAYS_COUNTED_MAX).to_string();
    match days {
        0 => (Tone::Warn, say("due.today")),
        1..=SOON_DAYS => (Tone::Warn, fill("due.days", &[("n", &text)])),
        _ if days > DAYS_COUNTED_MAX => (Tone::Quiet, fill("due.far", &[("n", &text)])),
        _ => (Tone::Info, fill("due.days", &[("n", &text)])),
    }
}

/// Working days after the day of `from` up to that of `to`, at most one more than is counted.
fn days_between(calendar: &Calendar, from: Timestamp, to: Timestamp) -> u32 {
    let (mut day, last) = (show::local_date(from), show::local_date(to));
    let mut days = 0;
    while day < last && days <= DAYS_COUNTED_MAX {
        let Ok(next) = day.tomorrow() else { break };
        day = next;
        days += u32::from(calendar.is_working_day(day));
    }
    days
}
