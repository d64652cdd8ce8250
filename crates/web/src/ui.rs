//! The data that the components of `macros.html` draw: choices, rows, events, pages.
//!
//! It knows how things look and nothing about what they are.

use jiff::civil::Date;

use crate::field_errors::FieldErrors;
use crate::flash::Tone;
use crate::form::FormData;

/// One radio button, checkbox or option.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub label: String,
    /// A line below it; may be empty.
    pub hint: String,
}

impl Choice {
    /// A choice without a hint.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Choice {
        Choice {
            value: value.into(),
            label: label.into(),
            hint: String::new(),
        }
    }

    /// Whether this is the value chosen.
    pub fn is(&self, value: impl AsRef<str>) -> bool {
        self.value == value.as_ref()
    }

    /// Whether this is among the values chosen.
    pub fn among(&self, values: &[impl AsRef<str>]) -> bool {
        values.iter().any(|value| self.value == value.as_ref())
    }

    /// The same with a hint.
    pub fn hint(mut self, hint: impl Into<String>) -> Choice {
        self.hint = hint.into();
        self
    }
}

/// A link.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Link {
    /// Path; empty where we already are.
    pub href: String,
    /// Text.
    pub label: String,
}

impl Link {
    /// A link.
    pub fn new(href: impl Into<String>, label: impl Into<String>) -> Link {
        Link {
            href: href.into(),
            label: label.into(),
        }
    }
}

/// One row of a summary list: a question, its answer, and where to change it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SummaryRow {
    /// The question, in short.
    pub key: String,
    /// The answer; line ends are kept.
    pub value: String,
    /// Where to change it; empty hides the link.
    pub change: String,
}

impl SummaryRow {
    /// A row that cannot be changed here.
    pub fn new(key: impl Into<String>, value: impl Into<String>) -> SummaryRow {
        SummaryRow {
            key: key.into(),
            value: value.into(),
            change: String::new(),
        }
    }

    /// The same with a link to change it.
    pub fn change(mut self, href: impl Into<String>) -> SummaryRow {
        self.change = href.into();
        self
    }
}

/// A small coloured word.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tag {
    /// Its colour.
    pub tone: Tone,
    /// The word.
    pub label: String,
}

impl Tag {
    /// A tag.
    pub fn new(tone: Tone, label: impl Into<String>) -> Tag {
        Tag {
            tone,
            label: label.into(),
        }
    }
}

/// One row of a task list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Task {
    /// Where to do it; empty when it cannot be started yet.
    pub href: String,
    /// What is to be done.
    pub label: String,
    /// A line below it; may be empty.
    pub hint: String,
    /// How far it is.
    pub tag: Tag,
}

/// One event of a timeline, newest first or oldest first as the room likes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TimelineItem {
    /// When, as text.
    pub when: String,
    /// What happened.
    pub title: String,
    /// Who and where; may be empty.
    pub by: String,
    /// More; may be empty.
    pub text: String,
    /// Colour of its dot; `Quiet` for what is still to come.
    pub tone: Tone,
}

/// One key figure. A number is never shown without saying of when and from where.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figure {
    /// The number, formatted.
    pub value: String,
    /// What it counts.
    pub label: String,
    /// Source and time, or a comparison; may be empty.
    pub note: String,
    /// Its colour.
    pub tone: Tone,
    /// Where its rows are; empty for none.
    pub href: String,
}

/// Page numbers below a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pager {
    /// The page shown, from 1.
    pub page: u64,
    /// How many pages there are.
    pub pages: u64,
    /// The address up to the number, `/x?q=a&page=`.
    pub base: String,
}

/// Neighbours of the current page that are always offered.
const PAGER_REACH: u64 = 1;

impl Pager {
    /// A pager for `rows` rows, `per_page` on a page.
    pub fn new(page: u64, rows: u64, per_page: u64, base: impl Into<String>) -> Pager {
        let pages = rows.div_ceil(per_page.max(1)).max(1);
        Pager {
            page: page.clamp(1, pages),
            pages,
            base: base.into(),
        }
    }

    /// The numbers offered: the first, the last, the current and its neighbours; 0 is a gap.
    pub fn numbers(&self) -> Vec<u64> {
        let near = |number: u64| number.abs_diff(self.page) <= PAGER_REACH;
        let mut shown = Vec::new();
        for number in 1..=self.pages {
            if number == 1 || number == self.pages || near(number) {
                shown.push(number);
            } else if shown.last() != Some(&0) {
                shown.push(0);
            }
        }
        shown
    }

    /// The address of a page.
    pub fn href(&self, number: impl std::fmt::Display) -> String {
        format!("{}{number}", self.base)
    }
}

/// A date asked as three fields `NAME-day`, `NAME-month`, `NAME-year`, kept as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DateAnswer {
    /// As typed.
    pub day: String,
    /// As typed.
    pub month: String,
    /// As typed.
    pub year: String,
}

impl DateAnswer {
    /// Reads the three fields of a form.
    pub fn of(form: &FormData, name: &str) -> DateAnswer {
        let part = |end: &str| form.text(&format!("{name}-{end}")).to_owned();
        DateAnswer {
            day: part("day"),
            month: part("month"),
            year: part("year"),
        }
    }

    /// A known date, to be shown.
    pub fn from_date(date: Date) -> DateAnswer {
        DateAnswer {
            day: date.day().to_string(),
            month: date.month().to_string(),
            year: date.year().to_string(),
        }
    }

    /// Whether nothing was typed.
    pub fn is_empty(&self) -> bool {
        self.day.is_empty() && self.month.is_empty() && self.year.is_empty()
    }

    /// The date, if the three fields make one.
    pub fn date(&self) -> Option<Date> {
        let year: i16 = self
            .year
            .parse()
            .ok()
            .filter(|year| (1800..=2200).contains(year))?;
        Date::new(year, self.month.parse().ok()?, self.day.parse().ok()?).ok()
    }
}

/// A period asked by two dates, `from` and `to`: typed in three fields each, or written out in the
/// address (`?from=2026-11-01`). This month up to today where nothing is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeriodAnswer {
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
}

/// What to say about a period that is none.
pub struct PeriodWords {
    /// A field does not hold a day of the calendar.
    pub day: String,
    /// The last day lies before the first, or more than [`PeriodAnswer::DAYS_MAX`] days are asked.
    pub period: String,
}

impl PeriodAnswer {
    /// The longest period, in days: books and reports are closed each year.
    pub const DAYS_MAX: i32 = 366;

    /// Reads it, and what is wrong with it by field.
    pub fn of(form: &FormData, today: Date, words: PeriodWords) -> (PeriodAnswer, FieldErrors) {
        let mut errors = FieldErrors::new();
        let mut day = |name: &str, otherwise: Date| {
            if let Ok(day) = form.text(name).parse::<Date>() {
                return day;
            }
            let typed = DateAnswer::of(form, name);
            typed.date().unwrap_or_else(|| {
                if !typed.is_empty() {
                    errors.add(name, words.day.clone());
                }
                otherwise
            })
        };
        let from = day("from", today.first_of_month());
        let to = day("to", today);
        let after = from.until(to).map_or(i32::MAX, |span| span.get_days());
        if !(0..Self::DAYS_MAX).contains(&after) {
            errors.add("to", words.period);
        }
        (PeriodAnswer { from, to }, errors)
    }
}

/// A text as an element id: what is not a letter, digit or dash becomes a dash.
pub fn id_of(name: impl AsRef<str>) -> String {
    name.as_ref()
        .chars()
        .map(|sign| {
            if sign.is_ascii_alphanumeric() {
                sign
            } else {
                '-'
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pager_offers_ends_and_neighbours() {
        assert_eq!(
            Pager::new(5, 200, 20, "/x?page=").numbers(),
            [1, 0, 4, 5, 6, 0, 10]
        );
        assert_eq!(Pager::new(9, 0, 20, "").numbers(), [1]);
        assert_eq!(Pager::new(1, 41, 20, "").numbers(), [1, 2, 3]);
    }

    #[test]
    fn three_fields_make_a_date_or_none() {
        let form = FormData::parse(b"b-day=29&b-month=2&b-year=2024").unwrap();
        let answer = DateAnswer::of(&form, "b");
        assert_eq!(answer.date(), Some(jiff::civil::date(2024, 2, 29)));
        let answer = DateAnswer {
            year: "2023".into(),
            ..answer
        };
        assert_eq!(answer.date(), None);
        assert!(DateAnswer::of(&form, "c").is_empty());
    }

    #[test]
    fn a_period_is_typed_or_in_the_address_or_this_month() {
        let day = jiff::civil::date;
        let read = |query: &str| {
            let form = FormData::parse(query.as_bytes()).unwrap();
            let words = PeriodWords {
                day: "day".into(),
                period: "period".into(),
            };
            let (PeriodAnswer { from, to }, errors) =
                PeriodAnswer::of(&form, day(2026, 11, 29), words);
            let told: Vec<String> = errors
                .items()
                .iter()
                .map(|(name, why)| format!("{name} {why}"))
                .collect();
            (from, to, told.join(", "))
        };
        let month = (day(2026, 11, 1), day(2026, 11, 29), String::new());
        assert_eq!(read(""), month);
        let typed = "from-day=1&from-month=3&from-year=2026&to=2026-03-31";
        assert_eq!(
            read(typed),
            (day(2026, 3, 1), day(2026, 3, 31), String::new())
        );
        let no_day = read("from-day=31&from-month=2&from-year=2026");
        assert_eq!(no_day, (month.0, month.1, "from day".into()));
        assert_eq!(read("from=2026-12-01").2, "to period");
        assert_eq!(read("from=2024-01-01&to=2024-12-31").2, "");
        assert_eq!(read("from=2024-01-01&to=2025-01-01").2, "to period");
    }
}
