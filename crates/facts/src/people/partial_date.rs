//! A date of which the day, or the day and the month, may be unknown, as on many civil status
//! papers.
//! Does not know: lunar dates, dates before 1850.
use std::fmt;
use std::str::FromStr;

use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Nobody on a living paper was born before; catches `0190` for `1990`.
const YEAR_MIN: i16 = 1850;
/// Later years are typing errors.
const YEAR_MAX: i16 = 2200;

/// A day, a month or a year. Read from and written as `dd/mm/yyyy`, `mm/yyyy` or `yyyy`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum PartialDate {
    /// Only the year is known.
    Year(i16),
    /// Year and month (1 to 12) are known.
    Month(i16, i8),
    /// All is known.
    Day(Date),
}

/// Why a text is no date.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PartialDateFault {
    /// None of the three forms.
    #[error("write dd/mm/yyyy, mm/yyyy or yyyy")]
    Form,
    /// The calendar has no such day or month, or the year cannot be meant.
    #[error("there is no such day")]
    NoSuchDay,
}

/// Nobody is known to have lived longer.
pub const LIFE_YEARS_MAX: i16 = 130;

/// Why a date is nobody's day of birth who lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BirthFault {
    /// After today.
    #[error("nobody is born after today")]
    Future,
    /// More than [`LIFE_YEARS_MAX`] years ago.
    #[error("nobody lives so long")]
    TooOld,
}

impl BirthFault {
    /// What to do, in Vietnamese.
    #[must_use]
    pub fn vi(self) -> &'static str {
        match self {
            BirthFault::Future => "Ngày sinh không được sau hôm nay",
            BirthFault::TooOld => "Ngày sinh cách nay quá 130 năm: xem lại năm sinh",
        }
    }
}

impl PartialDate {
    /// Whether somebody who lives can be born then, seen from `today`: the one rule of every door.
    /// An unknown day or month is in the future only when all of it is.
    ///
    /// # Errors
    /// After today, or longer ago than anybody lives.
    pub fn check_birth(self, today: Date) -> Result<(), BirthFault> {
        if self.earliest() > today {
            Err(BirthFault::Future)
        } else if self.latest() < years_before(today, LIFE_YEARS_MAX) {
            Err(BirthFault::TooOld)
        } else {
            Ok(())
        }
    }

    /// The first day it can be.
    pub fn earliest(self) -> Date {
        match self {
            PartialDate::Year(year) => Date::constant(year, 1, 1),
            PartialDate::Month(year, month) => Date::constant(year, month, 1),
            PartialDate::Day(day) => day,
        }
    }

    /// The last day it can be: who must be of an age is so for certain when this day's anniversary
    /// has come.
    pub fn latest(self) -> Date {
        match self {
            PartialDate::Year(year) => Date::constant(year, 12, 31),
            PartialDate::Month(..) => self.earliest().last_of_month(),
            PartialDate::Day(day) => day,
        }
    }

    /// Whether both may mean the same day, one being the more exact: one contains the other. A
    /// paper that knows the year alone fits one that knows the day.
    pub fn fits(self, other: Self) -> bool {
        self.contains(other) || other.contains(self)
    }

    /// Whether every day that `other` can be is one that this can be.
    pub fn contains(self, other: Self) -> bool {
        self.earliest() <= other.earliest() && other.latest() <= self.latest()
    }

    /// The year.
    pub fn year(self) -> i16 {
        self.earliest().year()
    }

    /// Completed years on that day, counted from the last day it can be (BLDS 2015, điều 148: a
    /// term of years ends with the same day). 0 before birth.
    pub fn full_years(self, on: Date) -> u16 {
        let born = self.latest();
        let years = on.year() - born.year();
        let turned = born.saturating_add(i64::from(years).years()) <= on;
        u16::try_from(if turned { years } else { years - 1 }).unwrap_or(0)
    }

    /// As stored: `1990`, `1990-05` or `1990-05-12`; sorts by time.
    pub fn to_iso(self) -> String {
        match self {
            PartialDate::Year(year) => format!("{year:04}"),
            PartialDate::Month(year, month) => format!("{year:04}-{month:02}"),
            PartialDate::Day(day) => day.to_string(),
        }
    }

    fn build(year: i16, month: Option<i8>, day: Option<i8>) -> Result<Self, PartialDateFault> {
        let date = Date::new(year, month.unwrap_or(1), day.unwrap_or(1));
        let date = date.map_err(|_| PartialDateFault::NoSuchDay)?;
        if !(YEAR_MIN..=YEAR_MAX).contains(&year) {
            return Err(PartialDateFault::NoSuchDay);
        }
        Ok(match (month, day) {
            (Some(_), Some(_)) => PartialDate::Day(date),
            (Some(month), None) => PartialDate::Month(year, month),
            _ => PartialDate::Year(year),
        })
    }
}

/// The same day so many years earlier.
pub(crate) fn years_before(today: Date, years: i16) -> Date {
    today.saturating_sub(i64::from(years).years())
}

impl FromStr for PartialDate {
    type Err = PartialDateFault;

    /// Also reads the ISO forms that browsers send and [`PartialDate::to_iso`] writes.
    fn from_str(text: &str) -> Result<Self, PartialDateFault> {
        let text = text::line(text);
        let parts: Vec<&str> = text.split(['/', '-', '.']).map(str::trim).collect();
        let number = |text: &str| {
            let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            let value = if digits {
                text.parse::<i16>().ok()
            } else {
                None
            };
            value.ok_or(PartialDateFault::Form)
        };
        let small = |text: &str| {
            let value = if text.len() <= 2 {
                number(text)?
            } else {
                return Err(PartialDateFault::Form);
            };
            i8::try_from(value).map_err(|_| PartialDateFault::NoSuchDay)
        };
        let is_year = |text: &str| text.len() == 4;
        match parts[..] {
            [year] if is_year(year) => Self::build(number(year)?, None, None),
            [year, month] if is_year(year) => Self::build(number(year)?, Some(small(month)?), None),
            [month, year] if is_year(year) => Self::build(number(year)?, Some(small(month)?), None),
            [year, month, day] if is_year(year) => {
                Self::build(number(year)?, Some(small(month)?), Some(small(day)?))
            }
            [day, month, year] if is_year(year) => {
                Self::build(number(year)?, Some(small(month)?), Some(small(day)?))
            }
            _ => Err(PartialDateFault::Form),
        }
    }
}

impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            PartialDate::Year(year) => write!(f, "{year:04}"),
            PartialDate::Month(year, month) => write!(f, "{month:02}/{year:04}"),
            PartialDate::Day(day) => {
                write!(f, "{:02}/{:02}/{:04}", day.day(), day.month(), day.year())
            }
        }
    }
}

impl TryFrom<String> for PartialDate {
    type Error = PartialDateFault;

    fn try_from(text: String) -> Result<Self, PartialDateFault> {
        text.parse()
    }
}

impl From<PartialDate> for String {
    fn from(date: PartialDate) -> String {
        date.to_string()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Result<PartialDate, PartialDateFault> {
        text.parse()
    }

    #[test]
    fn three_forms_are_read_and_written() {
        assert_eq!(read("12/05/1990"), Ok(PartialDate::Day(date(1990, 5, 12))));
        assert_eq!(read(" 1/5/1990 "), Ok(PartialDate::Day(date(1990, 5, 1))));
        assert_eq!(read("1990-05-12"), Ok(PartialDate::Day(date(1990, 5, 12))));
        assert_eq!(read("5/1990"), Ok(PartialDate::Month(1990, 5)));
        assert_eq!(read("1990"), Ok(PartialDate::Year(1990)));
        for text in ["12/05/1990", "05/1990", "1990"] {
            assert_eq!(read(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in [
            "",
            "90",
            "12/05/90",
            "12 tháng 5",
            "1/2/3/1990",
            "+990",
            "001/5/1990",
        ] {
            assert_eq!(read(text), Err(PartialDateFault::Form), "{text}");
        }
        for text in ["31/02/1990", "13/1990", "00/1990", "0190", "99/1990"] {
            assert_eq!(read(text), Err(PartialDateFault::NoSuchDay), "{text}");
        }
    }

    #[test]
    fn an_age_is_reached_when_it_is_so_for_certain() {
        let on = date(2026, 11, 23);
        assert_eq!(read("23/11/2008").unwrap().full_years(on), 18);
        assert_eq!(read("24/11/2008").unwrap().full_years(on), 17);
        assert_eq!(read("11/2008").unwrap().full_years(on), 17);
        assert_eq!(read("10/2008").unwrap().full_years(on), 18);
        assert_eq!(read("2008").unwrap().full_years(on), 17);
        assert_eq!(
            read("29/02/2008").unwrap().full_years(date(2026, 2, 28)),
            18
        );
        assert_eq!(read("2030").unwrap().full_years(on), 0);
    }

    #[test]
    fn nobody_is_born_tomorrow_or_before_the_oldest_who_ever_lived() {
        let born = |text: &str| read(text).unwrap().check_birth(date(2026, 11, 23));
        for good in [
            "23/11/2026",
            "11/2026",
            "2026",
            "23/11/1896",
            "11/1896",
            "1896",
        ] {
            assert_eq!(born(good), Ok(()), "{good}");
        }
        for ahead in ["24/11/2026", "12/2026", "2027", "12/05/2060"] {
            assert_eq!(born(ahead), Err(BirthFault::Future), "{ahead}");
        }
        for old in ["22/11/1896", "10/1896", "1895"] {
            assert_eq!(born(old), Err(BirthFault::TooOld), "{old}");
        }
    }

    #[test]
    fn a_year_fits_its_days_and_no_others() {
        let fits = |one: &str, other: &str| read(one).unwrap().fits(read(other).unwrap());
        assert!(fits("1948", "12/05/1948") && fits("12/05/1948", "1948"));
        assert!(fits("05/1948", "12/05/1948") && fits("1948", "05/1948"));
        assert!(!fits("1948", "12/05/1949") && !fits("06/1948", "12/05/1948"));
        assert!(!fits("11/05/1948", "12/05/1948"));
    }

    proptest! {
        #[test]
        fn reading_undoes_writing(year in 1850i16..2200, month in 1i8..=12, day in 1i8..=28) {
            let all = [
                PartialDate::Year(year),
                PartialDate::Month(year, month),
                PartialDate::Day(Date::constant(year, month, day)),
            ];
            for date in all {
                prop_assert_eq!(read(&date.to_string()), Ok(date));
                prop_assert_eq!(read(&date.to_iso()), Ok(date));
                prop_assert!(date.earliest() <= date.latest());
            }
        }

        #[test]
        fn what_contains_the_other_fits(day in 0i32..40_000, other in 0i32..40_000) {
            let date = |days: i32| Date::constant(1900, 1, 1).saturating_add(days.days());
            let all = |day: Date| [
                PartialDate::Day(day),
                PartialDate::Month(day.year(), day.month()),
                PartialDate::Year(day.year()),
            ];
            let (one, two) = (date(day), date(other));
            // Less exact writings of one day fit each other, whichever way round.
            for exact in all(one) {
                for vague in all(one) {
                    prop_assert!(exact.fits(vague) && vague.fits(exact));
                }
            }
            // Of different days only those fit that the vaguer writing cannot tell apart.
            for a in all(one) {
                for b in all(two) {
                    prop_assert_eq!(a.fits(b), b.fits(a));
                    let (a_days, b_days) = ((a.earliest(), a.latest()), (b.earliest(), b.latest()));
                    let within = |(from, to): (Date, Date), day: Date| from <= day && day <= to;
                    let both = within(a_days, two) && within(b_days, one);
                    let either = within(a_days, two) || within(b_days, one);
                    prop_assert!(!a.fits(b) || either);
                    prop_assert!(!both || a.fits(b));
                }
            }
        }
    }
}
