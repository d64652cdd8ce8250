//! The text of `dinh due`, and the reading of its `--received`.
//! Does not know: the command line; where the calendar came from.
use super::note::{EN, VI, Words, fill};
use super::{Calendar, CalendarError, Limit, VIETNAM};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use std::fmt::Display;
use thiserror::Error;

/// The due moment alone on the first line (`2026-11-27`, or `2026-11-20T10:00` for limits in
/// hours), below it why: receipt and due moment in words, then each day counted or skipped,
/// Vietnamese before English.
///
/// # Errors
/// As [`Calendar::due`].
pub fn explain(
    received: Timestamp,
    limit: &Limit,
    calendar: &Calendar,
) -> Result<String, CalendarError> {
    let due = calendar.due(received, limit)?;
    let first_line = match limit.ends_at_a_minute() {
        true => "%Y-%m-%dT%H:%M",
        false => "%Y-%m-%d",
    };
    let mut lines = vec![VIETNAM.to_datetime(due.at).strftime(first_line).to_string()];
    for (words, calendar) in [(&*VI, &calendar.name().vi), (&*EN, &calendar.name().en)] {
        let extra: [(&str, &dyn Display); 2] = [("limit", limit), ("calendar", calendar)];
        let receipt = moment(&fill(&words.received, &extra), words, received);
        lines.push(format!("{receipt} {}", moment(&words.due, words, due.at)));
    }
    for note in &due.why {
        let (vi, en) = (weekday(&VI, note.day), weekday(&EN, note.day));
        lines.push(format!(
            "{}  {vi}: {} | {en}: {}",
            note.day,
            note.vi(),
            note.en()
        ));
    }
    for (vi, en) in due.to_verify() {
        let flag = |words: &Words, what: &String| fill(&words.to_verify, &[("what", what)]);
        lines.push(format!("! {} | {}", flag(&VI, vi), flag(&EN, en)));
    }
    lines.push(String::new());
    Ok(lines.join("\n"))
}

/// The sentence with weekday, date and time of that instant in Vietnam.
fn moment(sentence: &str, words: &Words, at: Timestamp) -> String {
    let local = VIETNAM.to_datetime(at);
    let time = local.strftime("%H:%M").to_string();
    let weekday = weekday(words, local.date());
    fill(
        sentence,
        &[
            ("weekday", &weekday),
            ("date", &local.date()),
            ("time", &time),
        ],
    )
}

fn weekday(words: &Words, day: Date) -> &str {
    &words.weekdays[day.weekday().to_monday_zero_offset() as usize]
}

/// The text is no moment of receipt.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{0}` is no moment; write 2026-11-23T14:00+07:00, or 2026-11-23T14:00 for Vietnam time")]
pub struct ReceivedError(String);

/// Reads a moment of receipt: RFC 3339, seconds optional; without an offset it is Vietnam time.
///
/// # Errors
/// A text without a date or a time of day, or with an impossible one.
pub fn parse_received(text: &str) -> Result<Timestamp, ReceivedError> {
    let refuse = || ReceivedError(text.to_owned());
    let written = text.trim();
    let time_of_day = written
        .get(10..)
        .filter(|rest| rest.len() >= 6)
        .ok_or_else(refuse)?;
    if time_of_day.contains(['+', '-', 'Z', 'z', '[']) {
        return written.parse().map_err(|_| refuse());
    }
    let local: DateTime = written.parse().map_err(|_| refuse())?;
    VIETNAM.to_timestamp(local).map_err(|_| refuse())
}
