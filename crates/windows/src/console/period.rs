//! Days as rows of counts. A row counts a day, a month or a year; for a whole agency also a week,
//! or all time. So a sum over any days reads few rows, and the stock of today is one.
//! Does not know: what is counted.
use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

/// The row of all time.
pub(super) const ALL_TIME: i64 = 0;
/// Before the number of a week's Monday, so that it is no day.
const WEEK: i64 = 700_000_000;

/// The rows of a procedure of an agency into which a day counts.
pub(super) fn of_procedure(day: Date) -> [i64; 3] {
    [of_year(day), of_month(day), of_day(day)]
}

/// The rows of a whole agency into which a day counts.
pub(super) fn of_agency(day: Date) -> [i64; 4] {
    [ALL_TIME, of_month(day), of_week(day), of_day(day)]
}

/// `20261123`.
pub(super) fn of_day(day: Date) -> i64 {
    of_month(day) * 100 + i64::from(day.day())
}

/// `202611`.
pub(super) fn of_month(day: Date) -> i64 {
    of_year(day) * 100 + i64::from(day.month())
}

/// `2026`.
fn of_year(day: Date) -> i64 {
    i64::from(day.year())
}

/// The week that begins on its Monday.
pub(super) fn of_week(day: Date) -> i64 {
    WEEK + of_day(monday(day))
}

/// The Monday of a day's week.
pub(super) fn monday(day: Date) -> Date {
    let since = day.weekday().since(Weekday::Monday);
    day.saturating_sub(i64::from(since).days())
}

/// Rows from the first to the last, both included.
pub(super) type Range = (i64, i64);

/// The rows that make up the days from `from` to `to`, both included; as few as can be.
pub(super) fn ranges(from: Date, to: Date) -> Vec<Range> {
    let mut ranges: Vec<Range> = Vec::new();
    let mut day = from;
    while day <= to {
        let (row, last) = largest(day, to);
        match ranges.last_mut() {
            Some((first, end)) if digits(*first) == digits(row) => *end = row,
            _ => ranges.push((row, row)),
        }
        let Ok(next) = last.tomorrow() else { break };
        day = next;
    }
    ranges
}

/// The largest row that begins on `day` and ends by `to`, and its last day.
fn largest(day: Date, to: Date) -> (i64, Date) {
    let (year, month) = (day.last_of_year(), day.last_of_month());
    if day.first_of_year() == day && year <= to {
        (of_year(day), year)
    } else if day.first_of_month() == day && month <= to {
        (of_month(day), month)
    } else {
        (of_day(day), day)
    }
}

fn digits(row: i64) -> u32 {
    row.checked_ilog10().unwrap_or(0)
}

/// The rows of everything before `day`.
pub(super) fn before(day: Date) -> Vec<Range> {
    let mut ranges = vec![(1, of_year(day) - 1)];
    if let Ok(yesterday) = day.yesterday()
        && yesterday >= day.first_of_year()
    {
        ranges.extend(self::ranges(day.first_of_year(), yesterday));
    }
    ranges
}
