//! A time limit as the law writes it, and its short spelling in content files and on the command
//! line.
//! Does not know: calendars; how long a limit really takes.
use super::CalendarError;
use jiff::civil;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// An internal step of one day is 8 working hours (quy trình nội bộ: "mỗi ngày 08 giờ làm việc").
pub(super) const MINUTES_A_DAY: u32 = 8 * 60;
/// About three years of working days; no administrative limit is longer, a larger number is a
/// wrong unit.
const WORKING_DAYS_MAX: u32 = 750;
const WORKING_MINUTES_MAX: u32 = WORKING_DAYS_MAX * MINUTES_A_DAY;
/// Three years, one of them a leap year.
const CALENDAR_DAYS_MAX: u32 = 3 * 365 + 1;
const MONTHS_MAX: u32 = 36;

/// How long an agency may take. Spelt `3wd`, `8wh`, `15cd`, `1mo`, `same-day`, `same-day@15:00`;
/// part of a working day is working time: `0.5wd` is 240 working minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Limit {
    /// Working days (ngày làm việc); the day of receipt is not counted (Bộ luật Dân sự Đ147).
    WorkingDays(u32),
    /// Minutes within the working sessions (giờ làm việc), counted from the receipt to the minute.
    WorkingMinutes(u32),
    /// Calendar days (ngày); ending on a day off it moves to the next working day (Bộ luật Dân sự
    /// Đ148).
    CalendarDays(u32),
    /// Months: ends on the same day of the last month, or its last day (Bộ luật Dân sự Đ148 khoản
    /// 3).
    Months(u32),
    /// The day of receipt; received after the cut-off or on a day off, the next working day.
    SameDay {
        /// Received later than this minute counts as the next working day. Without it, or when the
        /// office closes earlier: the end of the last session.
        cutoff: Option<civil::Time>,
    },
}

/// The text is no limit.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "`{text}` is no time limit: {problem}; write 3wd, 8wh, 0.5wd, 15cd, 1mo, same-day \
     or same-day@15:00"
)]
pub struct LimitError {
    text: String,
    problem: String,
}

impl Limit {
    /// True for limits that end at a minute (`8wh`), false for those that end with a day (`3wd`).
    pub fn ends_at_a_minute(&self) -> bool {
        matches!(self, Limit::WorkingMinutes(_))
    }

    /// Refuses a limit of zero and one beyond the named maximum of its unit.
    pub(super) fn check(&self) -> Result<(), CalendarError> {
        let (amount, most, unit) = match *self {
            Limit::WorkingDays(days) => (days, WORKING_DAYS_MAX, "wd"),
            Limit::WorkingMinutes(minutes) => (minutes, WORKING_MINUTES_MAX, "wm"),
            Limit::CalendarDays(days) => (days, CALENDAR_DAYS_MAX, "cd"),
            Limit::Months(months) => (months, MONTHS_MAX, "mo"),
            Limit::SameDay { .. } => return Ok(()),
        };
        if amount == 0 {
            return Err(CalendarError::Empty);
        }
        if amount > most {
            return Err(CalendarError::TooLong {
                most: format!("{most}{unit}"),
            });
        }
        Ok(())
    }
}

impl FromStr for Limit {
    type Err = LimitError;

    fn from_str(text: &str) -> Result<Self, LimitError> {
        let refuse = |problem: String| LimitError {
            text: text.to_owned(),
            problem,
        };
        let limit = parse(text.trim()).map_err(|problem| refuse(problem.to_owned()))?;
        limit.check().map_err(|error| refuse(error.to_string()))?;
        Ok(limit)
    }
}

fn parse(text: &str) -> Result<Limit, &'static str> {
    if text == "same-day" {
        return Ok(Limit::SameDay { cutoff: None });
    }
    if let Some(time) = text.strip_prefix("same-day@") {
        let cutoff = minute(time).ok_or("the cut-off is no hour and minute of the day")?;
        return Ok(Limit::SameDay {
            cutoff: Some(cutoff),
        });
    }
    let unit_at = text
        .find(|c: char| c.is_ascii_alphabetic())
        .ok_or("the unit is missing")?;
    let (amount, unit) = text.split_at(unit_at);
    match unit {
        "wd" => match minutes(amount, MINUTES_A_DAY)? {
            whole if whole % MINUTES_A_DAY == 0 => Ok(Limit::WorkingDays(whole / MINUTES_A_DAY)),
            part => Ok(Limit::WorkingMinutes(part)),
        },
        "wh" => Ok(Limit::WorkingMinutes(minutes(amount, 60)?)),
        "wm" => Ok(Limit::WorkingMinutes(minutes(amount, 1)?)),
        "cd" => Ok(Limit::CalendarDays(minutes(amount, 1)?)),
        "mo" => Ok(Limit::Months(minutes(amount, 1)?)),
        _ => Err("the unit is unknown"),
    }
}

/// `15:00`, and nothing finer: what is read must be written the same.
fn minute(text: &str) -> Option<civil::Time> {
    let time = civil::Time::strptime("%H:%M", text).ok()?;
    (time.strftime("%H:%M").to_string() == text).then_some(time)
}

/// `amount` (a decimal number such as `0.25`) times `unit`, which must come out whole.
fn minutes(amount: &str, unit: u32) -> Result<u32, &'static str> {
    let (whole, fraction) = amount.split_once('.').unwrap_or((amount, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    // Six digits before and three after the point keep the product within u64 and beyond every
    // maximum.
    if whole.is_empty() || whole.len() > 6 || fraction.len() > 3 {
        return Err("the amount is no sensible number");
    }
    if !digits(whole) || !digits(fraction) || amount.ends_with('.') {
        return Err("the amount is no number");
    }
    let thousandths: u64 = format!("{whole}{fraction:0<3}")
        .parse()
        .map_err(|_| "the amount is no number")?;
    let product = thousandths * u64::from(unit);
    if !product.is_multiple_of(1000) {
        return Err("the amount does not come to whole minutes or days");
    }
    u32::try_from(product / 1000).map_err(|_| "the amount is too large")
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Limit::WorkingDays(days) => write!(f, "{days}wd"),
            Limit::WorkingMinutes(minutes) => match minutes % 60 {
                0 => write!(f, "{}wh", minutes / 60),
                15 => write!(f, "{}.25wh", minutes / 60),
                30 => write!(f, "{}.5wh", minutes / 60),
                45 => write!(f, "{}.75wh", minutes / 60),
                _ => write!(f, "{minutes}wm"),
            },
            Limit::CalendarDays(days) => write!(f, "{days}cd"),
            Limit::Months(months) => write!(f, "{months}mo"),
            Limit::SameDay { cutoff: None } => f.write_str("same-day"),
            Limit::SameDay {
                cutoff: Some(cutoff),
            } => {
                write!(f, "same-day@{}", cutoff.strftime("%H:%M"))
            }
        }
    }
}

impl TryFrom<String> for Limit {
    type Error = LimitError;

    fn try_from(text: String) -> Result<Self, LimitError> {
        text.parse()
    }
}

impl From<Limit> for String {
    fn from(limit: Limit) -> String {
        limit.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_read_and_written_the_same() {
        for text in [
            "3wd",
            "8wh",
            "0.5wh",
            "15cd",
            "1mo",
            "same-day",
            "same-day@15:00",
            "7wm",
        ] {
            assert_eq!(text.parse::<Limit>().expect(text).to_string(), text);
        }
        assert_eq!("0.5wd".parse(), Ok(Limit::WorkingMinutes(240)));
        assert_eq!("0.25wd".parse(), Ok(Limit::WorkingMinutes(120)));
        assert_eq!("2.0wd".parse(), Ok(Limit::WorkingDays(2)));
        assert_eq!(
            serde_json::to_string(&Limit::Months(2)).expect("a string"),
            "\"2mo\""
        );
    }

    #[test]
    fn what_is_no_limit_is_refused_with_what_is_allowed() {
        let wrong = [
            "",
            "3",
            "wd",
            "0wd",
            "-1wd",
            "3 days",
            "1.5cd",
            "0.001wd",
            "1.wd",
            "751wd",
            "same-day@25:00",
            "99999999wd",
            "+3wd",
            "same day",
        ];
        for text in wrong {
            let error = text.parse::<Limit>().expect_err(text).to_string();
            assert!(error.contains("write 3wd"), "{error}");
        }
    }
}
