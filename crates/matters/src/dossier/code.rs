//! The dossier code: `{agency}-{YYMMDD}-{NNNN}` (TT 03/2025/TT-VPCP). Given at
//! submission, it is at once the receipt number that a citizen can look up. Reads every form seen
//! in the country, old ones included, and writes only the form in force.
//! Does not know: where the next number comes from (`views/numbers.rs`), nor what a dossier is.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Vietnam keeps +07:00 all year; codes turn over at 00:00 there.
pub const VIETNAM: Offset = Offset::constant(7);
/// The longest code seen is 30 characters; anything far longer is not a code but an attack on the
/// lookup.
pub const CODE_LENGTH_MAX: usize = 48;
/// Serial numbers have at least four digits.
pub const SERIAL_DIGITS_MIN: usize = 4;

/// Mã hồ sơ: the number a dossier is known by outside.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Code {
    agency: String,
    day: Date,
    serial: String,
}

/// The text is no dossier code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a dossier code")]
pub struct NotACode;

impl Code {
    /// A new code of `agency` (electronic identifier) for the Vietnamese day of `now`.
    ///
    /// # Errors `NotACode` when `agency` is no electronic identifier, so that what is emitted can
    /// always be read.
    pub fn new(agency: &str, now: Timestamp, number: u64) -> Result<Self, NotACode> {
        if !is_agency(agency) {
            return Err(NotACode);
        }
        Ok(Self {
            agency: agency.to_owned(),
            day: day_of(now),
            serial: format!("{number:04}"),
        })
    }

    /// Electronic identifier of the competent agency.
    #[must_use]
    pub fn agency(&self) -> &str {
        &self.agency
    }

    /// The Vietnamese day on which the number was given.
    #[must_use]
    pub fn day(&self) -> Date {
        self.day
    }

    /// The digits after the day, as printed.
    #[must_use]
    pub fn serial(&self) -> &str {
        &self.serial
    }
}

/// The Vietnamese day of an instant.
#[must_use]
pub fn day_of(at: Timestamp) -> Date {
    VIETNAM.to_datetime(at).date()
}

/// The day as it stands in a code and as the counter's period: `YYMMDD`.
#[must_use]
pub fn short_day(day: Date) -> String {
    format!(
        "{:02}{:02}{:02}",
        day.year().rem_euclid(100),
        day.month(),
        day.day()
    )
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}-{}", self.agency, short_day(self.day), self.serial)
    }
}

impl From<Code> for String {
    fn from(code: Code) -> Self {
        code.to_string()
    }
}

impl TryFrom<String> for Code {
    type Error = NotACode;
    fn try_from(text: String) -> Result<Self, NotACode> {
        text.parse()
    }
}

impl FromStr for Code {
    type Err = NotACode;
    /// People type codes: surrounding blanks and small letters are forgiven.
    fn from_str(text: &str) -> Result<Self, NotACode> {
        let text = text.trim();
        if text.len() > CODE_LENGTH_MAX || !text.is_ascii() {
            return Err(NotACode);
        }
        let text = text.to_ascii_uppercase();
        let mut parts = text.split('-');
        let (Some(agency), Some(day), Some(serial), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(NotACode);
        };
        if !is_agency(agency) || serial.len() < SERIAL_DIGITS_MIN || !all_digits(serial) {
            return Err(NotACode);
        }
        let day = read_day(day).ok_or(NotACode)?;
        Ok(Self {
            agency: agency.to_owned(),
            day,
            serial: serial.to_owned(),
        })
    }
}

/// `YYMMDD`, or `YYYYMMDD` as one observed system prints it.
pub(super) fn read_day(text: &str) -> Option<Date> {
    if !all_digits(text) {
        return None;
    }
    let (year, rest) = match text.len() {
        6 => (2000 + text[..2].parse::<i16>().ok()?, &text[2..]),
        8 => (text[..4].parse::<i16>().ok()?, &text[4..]),
        _ => return None,
    };
    // A code carries two digits of the year: what cannot be written back was never given.
    if !(2000..2100).contains(&year) {
        return None;
    }
    Date::new(year, rest[..2].parse().ok()?, rest[2..].parse().ok()?).ok()
}

/// `H15.50.05.13` (QĐ 20/2020/QĐ-TTg) or the older `000.00.04.G18`.
fn is_agency(text: &str) -> bool {
    if text.len() > CODE_LENGTH_MAX {
        return false;
    }
    let parts: Vec<&str> = text.split('.').collect();
    let digits =
        |part: &str, from: usize, to: usize| all_digits(part) && (from..=to).contains(&part.len());
    let lettered = |part: &str, last: u8| {
        part.len() == 3
            && (b'A'..=last).contains(&part.as_bytes()[0])
            && all_digits(part.get(1..).unwrap_or(""))
    };
    let modern = lettered(parts[0], b'Y') && parts[1..].iter().all(|part| digits(part, 2, 3));
    let old = parts.len() == 4
        && digits(parts[0], 3, 3)
        && digits(parts[1], 2, 2)
        && digits(parts[2], 2, 2)
        && lettered(parts[3], b'Z');
    modern || old
}

fn all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_every_form_seen_in_the_country() {
        for text in [
            "H15.50.05.13-261008-0975",
            "H40.12-240115-0001",
            "000.00.04.G18-210302-12345",
            "G09.20-260609-0092637",
            "H15.123.45-260609-090001",
        ] {
            assert_eq!(text.parse::<Code>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn an_eight_digit_day_is_read_and_never_written() {
        let code: Code = " h40.12-20240115-0001 ".parse().unwrap();
        assert_eq!(code.to_string(), "H40.12-240115-0001");
    }

    #[test]
    fn refuses_what_is_no_code() {
        for text in [
            "",
            "H15",
            "H15-261008",
            "H15-261008-097",
            "H15-261308-0975",
            "Z15-261008-0975",
            "H15.5-261008-0975",
            "H15-261008-0975-1",
            "H15-2610081-0975",
            "H15-261008-09x5",
            "H15.50.-261008-0975",
            "00.00.04.G18-210302-1234",
            "H15-19990101-0001",
            "Đ15-261008-0975",
        ] {
            assert_eq!(text.parse::<Code>(), Err(NotACode), "{text}");
        }
    }

    #[test]
    fn the_day_turns_over_in_vietnam() {
        let evening: Timestamp = "2026-11-23T16:59:59Z".parse().unwrap();
        let midnight: Timestamp = "2026-11-23T17:00:00Z".parse().unwrap();
        assert_eq!(
            Code::new("H15.50", evening, 7).unwrap().to_string(),
            "H15.50-261123-0007"
        );
        assert_eq!(
            Code::new("H15.50", midnight, 12345).unwrap().to_string(),
            "H15.50-261124-12345"
        );
        assert_eq!(Code::new("nowhere", midnight, 1), Err(NotACode));
    }

    proptest! {
        #[test]
        fn what_is_written_can_be_read(
            agency in "[A-Y][0-9]{2}(\\.[0-9]{2,3}){0,4}", seconds in 946_684_800i64..4_102_380_000,
            number in 0u64..10_000_000,
        ) {
            let at = Timestamp::from_second(seconds).unwrap();
            let code = Code::new(&agency, at, number).unwrap();
            prop_assert_eq!(code.to_string().parse::<Code>().unwrap(), code);
        }

        #[test]
        fn nothing_typed_makes_it_panic(text in "\\PC{0,60}") {
            let _ = text.parse::<Code>();
        }

        #[test]
        fn nearly_codes_never_panic(text in "[A-Z0-9.]{0,20}-[0-9]{0,9}-[0-9]{0,9}") {
            if let Ok(code) = text.parse::<Code>() {
                prop_assert_eq!(code.to_string().parse::<Code>().unwrap(), code);
            }
        }
    }
}
