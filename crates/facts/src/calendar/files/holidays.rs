//! Public holidays and swap days of all years, checked against each other, with the compensation
//! days that follow from them (Bộ luật Lao động Đ111 khoản 3).
//! Does not know: agencies and their sessions.
use super::super::note::DayKind;
use super::{Source, Text, mark, toml_files};
use crate::content::ContentError;
use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use toml::Spanned;
use toml::value::Datetime;

/// The longest block so far was nine days with its weekends; more is a wrong year or month.
const HOLIDAY_DAYS_MAX: i32 = 14;
/// What a `Timestamp` table can sensibly hold, and what a mistyped year is not.
const YEARS: std::ops::RangeInclusive<i16> = 2000..=2200;

/// What the named days of the loaded years are; a date that is not here is an ordinary one.
#[derive(Debug, Default)]
pub struct Holidays {
    /// First year loaded.
    pub first_year: i16,
    /// Last year loaded; before the first when nothing is.
    pub last_year: i16,
    /// Holidays, compensation days and both sides of each swap.
    pub days: BTreeMap<Date, DayKind>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Holiday {
    name: Text,
    from: Spanned<Datetime>,
    to: Option<Spanned<Datetime>>,
    basis: String,
    to_verify: Option<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Swap {
    off: Spanned<Datetime>,
    worked: Spanned<Datetime>,
    basis: String,
    to_verify: Option<Text>,
}

/// Reads every year file. Years must follow each other: a gap would make counting across it wrong.
pub(super) fn read(folder: &Path, faults: &mut Vec<ContentError>) -> Holidays {
    let mut holidays = Holidays {
        first_year: 0,
        last_year: -1,
        days: BTreeMap::new(),
    };
    for (name, file, text) in toml_files(folder, faults) {
        let Some(year) = name.parse().ok().filter(|year| YEARS.contains(year)) else {
            faults.push(ContentError::of_file(
                &file,
                "name the file by its year, 2026.toml",
            ));
            continue;
        };
        if holidays.last_year < 0 {
            holidays.first_year = year;
        } else if holidays.last_year + 1 != year {
            let missing = format!("the year before, {}, is missing", year - 1);
            faults.push(ContentError::of_file(&file, missing));
        }
        holidays.last_year = year;
        let source = Source {
            file: &file,
            text: &text,
            faults,
        };
        YearFile {
            source,
            year,
            holidays: &mut holidays,
        }
        .read();
    }
    if holidays.last_year < 0 {
        faults.push(ContentError::of_file(folder, "no year of holidays found"));
    }
    holidays
}

struct YearFile<'a, 'b> {
    source: Source<'a>,
    year: i16,
    holidays: &'b mut Holidays,
}

impl YearFile<'_, '_> {
    fn read(mut self) {
        let mut table = self.source.table(&["year", "holiday", "swap"]);
        let year: Option<Spanned<i64>> = self.source.value(table.remove("year"), "year");
        if let Some(year) = year.filter(|year| *year.get_ref() != i64::from(self.year)) {
            self.source
                .fault(year.span(), format!("the file is named {}", self.year));
        }
        for holiday in self.source.entries::<Holiday>(table.remove("holiday")) {
            self.add_holiday(holiday.into_inner());
        }
        let swaps = self.source.entries::<Swap>(table.remove("swap"));
        for swap in swaps {
            self.add_swap(swap.into_inner());
        }
        self.compensate();
    }

    fn add_holiday(&mut self, holiday: Holiday) {
        let Some(from) = self.date(&holiday.from) else {
            return;
        };
        let end = holiday.to.as_ref().unwrap_or(&holiday.from);
        let Some(to) = self.date(end) else { return };
        let days = from.until(to).map_or(0, |span| span.get_days());
        if to < from || days >= HOLIDAY_DAYS_MAX {
            let message = format!("`to` must lie within {HOLIDAY_DAYS_MAX} days from `from`");
            return self.source.fault(end.span(), message);
        }
        let mark = Arc::new(mark(
            &holiday.name,
            &holiday.basis,
            holiday.to_verify.as_ref(),
        ));
        for day in from.series(1.day()).take_while(|day| *day <= to) {
            self.add(day, DayKind::Holiday(mark.clone()), holiday.from.span());
        }
    }

    fn add_swap(&mut self, swap: Swap) {
        let dates = (self.date(&swap.off), self.date(&swap.worked));
        let (Some(off), Some(worked)) = dates else {
            return;
        };
        if is_weekend(off) {
            let message = format!("{off} is a weekly rest day already; swap an ordinary weekday");
            self.source.fault(swap.off.span(), message);
        }
        if !is_weekend(worked) {
            let message = format!("{worked} is worked anyway; name a Saturday or Sunday");
            self.source.fault(swap.worked.span(), message);
        }
        let name = Text {
            vi: swap.basis.clone(),
            en: swap.basis.clone(),
        };
        let mark = Arc::new(mark(&name, &swap.basis, swap.to_verify.as_ref()));
        self.add(
            off,
            DayKind::SwapOff {
                worked,
                mark: mark.clone(),
            },
            swap.off.span(),
        );
        self.add(
            worked,
            DayKind::SwapWorked { off, mark },
            swap.worked.span(),
        );
    }

    fn add(&mut self, day: Date, kind: DayKind, span: Range<usize>) {
        if self.holidays.days.insert(day, kind).is_some() {
            self.source.fault(span, format!("{day} is named twice"));
        }
    }

    /// Each holiday on a Saturday or Sunday frees the next ordinary weekday, in the order of dates.
    fn compensate(&mut self) {
        let days = &mut self.holidays.days;
        let owed: Vec<_> = days
            .iter()
            .filter(|(day, _)| day.year() == self.year && is_weekend(**day))
            .filter_map(|(day, kind)| match kind {
                DayKind::Holiday(mark) => Some((*day, mark.clone())),
                _ => None,
            })
            .collect();
        for (holiday, mark) in owed {
            let mut following = holiday.series(1.day()).skip(1);
            let free = following.find(|day| !is_weekend(*day) && !days.contains_key(day));
            if let Some(free) = free {
                days.insert(free, DayKind::Compensation(mark));
            }
        }
    }

    /// A date of this file's year.
    fn date(&mut self, written: &Spanned<Datetime>) -> Option<Date> {
        let date = self.source.date(written)?;
        if date.year() != self.year {
            self.source
                .fault(written.span(), format!("{date} is no day of {}", self.year));
            return None;
        }
        Some(date)
    }
}

fn is_weekend(day: Date) -> bool {
    matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}
