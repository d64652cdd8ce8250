//! One answer: tidied, then checked by its kind.
//! Does not know: the question's words, its place in a form, whether it must be answered.
use jiff::civil::Date;
use serde_json::{Map, Value as Json};

use super::form::{Choice, DateRange, Kind, Length, Span};
use crate::number::{self, Written};
use crate::people::{PersonName, PersonalId, PersonalIdWarning, Phone, is_email, years_before};

/// House number, street, hamlet.
pub(super) const DETAIL_CHARS_MAX: usize = 200;
/// Name of an uploaded file.
pub(super) const FILE_NAME_CHARS_MAX: usize = 200;
/// Years that can stand in papers of living people and their parents, or in plans.
pub(super) const YEARS: std::ops::RangeInclusive<i16> = 1850..=2200;

/// What is wrong with an answer: a sentence, the part of the answer, the bound.
pub(super) struct Problem {
    pub(super) key: &'static str,
    pub(super) part: Option<&'static str>,
    pub(super) bound: Option<String>,
    /// Both readings of a number that can be read in two ways.
    pub(super) readings: Option<[String; 2]>,
}

impl Problem {
    fn plain(key: &'static str) -> Self {
        Self {
            key,
            part: None,
            bound: None,
            readings: None,
        }
    }

    fn part(key: &'static str, part: &'static str) -> Self {
        Self {
            part: Some(part),
            ..Self::plain(key)
        }
    }

    fn bound(key: &'static str, bound: impl ToString) -> Self {
        Self {
            bound: Some(bound.to_string()),
            ..Self::plain(key)
        }
    }
}

/// Tidies an answer: NFC, no stray spaces, no sign that nobody sees; what is one thing in many
/// writings in one of them. `None` when nothing is left.
pub(super) fn tidy(kind: &Kind, value: &Json) -> Option<Json> {
    match value {
        Json::Null => None,
        Json::String(text) => {
            let text = text::lines(text);
            (!text.is_empty()).then(|| in_one_form(kind, &text))
        }
        Json::Object(map) if matches!(kind, Kind::Address | Kind::Place(_) | Kind::File) => {
            let keep = |(key, value): (&String, &Json)| {
                let text = text::line(value.as_str()?).into_owned();
                (!text.is_empty()).then(|| (key.clone(), Json::String(text)))
            };
            let kept: Map<String, Json> = map.iter().filter_map(keep).collect();
            (!kept.is_empty()).then_some(Json::Object(kept))
        }
        Json::Array(items) if items.is_empty() => None,
        other => Some(other.clone()),
    }
}

/// What cannot be read as its kind stays as it was typed, so that it can be named.
pub(super) fn in_one_form(kind: &Kind, text: &str) -> Json {
    let line = || text::line(text).into_owned();
    match kind {
        Kind::LongText(_) => text.into(),
        Kind::PersonName => text::name(text).into_owned().into(),
        Kind::Phone => text
            .parse::<Phone>()
            .map_or_else(|_| line(), String::from)
            .into(),
        Kind::PersonalId => {
            let number = text.parse::<PersonalId>();
            number.map_or_else(|_| line(), String::from).into()
        }
        Kind::Integer(_) | Kind::Money(_) | Kind::Decimal(_) => {
            typed_number(kind, text).unwrap_or_else(|| line().into())
        }
        _ => line().into(),
    }
}

/// The number that somebody typed, if it is one however it is read.
fn typed_number(kind: &Kind, text: &str) -> Option<Json> {
    let whole = |read: Written<i64>| match read {
        Written::One(number) => Some(Json::from(number)),
        _ => None,
    };
    match kind {
        Kind::Integer(_) => whole(number::whole(text)),
        Kind::Money(_) => whole(number::money(text)),
        Kind::Decimal(_) => match number::decimal(text) {
            Written::One(number) => Some(fraction_or_whole(number)),
            _ => None,
        },
        _ => None,
    }
}

/// `240.0` and `240` are one number: kept as people write it. Beyond 2^53 a fraction could not be
/// seen.
fn fraction_or_whole(number: f64) -> Json {
    match number.fract() == 0.0 && number.abs() < 9e15 {
        true => Json::from(number as i64),
        false => Json::from(number),
    }
}

/// Checks a tidied answer. Groups are checked by their caller, entry by entry.
pub(super) fn check(kind: &Kind, value: &Json, today: Date) -> Result<(), Problem> {
    match kind {
        Kind::PersonalId => shaped(value, "personal_id", is_one::<PersonalId>),
        Kind::PersonName => shaped(value, "person_name", is_one::<PersonName>),
        Kind::Date(range) => date(value, *range, today),
        Kind::PartialDate(range) => partial_date(value, *range, today),
        Kind::Address => address(value),
        Kind::Place(countries) => place(value, countries),
        Kind::Phone => shaped(value, "phone", is_one::<Phone>),
        Kind::Email => shaped(value, "email", is_email),
        Kind::Money(span) => integer(value, *span, "money"),
        Kind::Integer(span) => integer(value, *span, "integer"),
        Kind::Decimal(span) => decimal(value, *span),
        Kind::Text(length) | Kind::LongText(length) => text(value, *length),
        Kind::Choice(choice) => option(value, choice),
        Kind::YesNo => value.as_bool().map(|_| ()).ok_or(Problem::plain("yes_no")),
        Kind::File => file(value),
        Kind::Group(_) => Err(Problem::plain("wrong_kind")),
    }
}

fn shaped(value: &Json, key: &'static str, good: fn(&str) -> bool) -> Result<(), Problem> {
    match value.as_str() {
        Some(text) if good(text) => Ok(()),
        _ => Err(Problem::plain(key)),
    }
}

fn is_one<T: std::str::FromStr>(text: &str) -> bool {
    text.parse::<T>().is_ok()
}

fn read_date(text: &str) -> Option<Date> {
    (text.len() == 10).then(|| text.parse().ok()).flatten()
}

fn date(value: &Json, range: DateRange, today: Date) -> Result<(), Problem> {
    let date = value
        .as_str()
        .and_then(read_date)
        .ok_or(Problem::plain("date"))?;
    within(date, date, range, today)
}

fn within(first: Date, last: Date, range: DateRange, today: Date) -> Result<(), Problem> {
    if !YEARS.contains(&first.year()) {
        Err(Problem::plain("date_range"))
    } else if !range.future && first > today {
        Err(Problem::plain("date_future"))
    } else if !range.past && last < today {
        Err(Problem::plain("date_past"))
    } else if range
        .years
        .is_some_and(|years| last < years_before(today, years))
    {
        let years = range.years.unwrap_or_default();
        Err(Problem::bound("date_years", years))
    } else {
        Ok(())
    }
}

/// "1960", "1960-05" or "1960-05-12". An unknown day or month is in the future only when all of it
/// is.
fn partial_date(value: &Json, range: DateRange, today: Date) -> Result<(), Problem> {
    let wrong = || Problem::plain("partial_date");
    let text = value.as_str().ok_or_else(wrong)?;
    let (first, last) = span_of(text).ok_or_else(wrong)?;
    within(first, last, range, today)
}

/// First and last day that a partial date can mean.
pub(super) fn span_of(text: &str) -> Option<(Date, Date)> {
    match text.len() {
        4 => {
            let first = read_date(&format!("{text}-01-01"))?;
            Some((first, first.last_of_year()))
        }
        7 => {
            let first = read_date(&format!("{text}-01"))?;
            Some((first, first.last_of_month()))
        }
        _ => read_date(text).map(|date| (date, date)),
    }
}

fn digits(map: &Map<String, Json>, key: &str, length: usize) -> bool {
    let text = map.get(key).and_then(Json::as_str).unwrap_or_default();
    text.len() == length && text.bytes().all(|b| b.is_ascii_digit())
}

fn detail(map: &Map<String, Json>) -> Result<(), Problem> {
    let text = map.get("detail").and_then(Json::as_str).unwrap_or_default();
    if text.chars().count() > DETAIL_CHARS_MAX {
        let bound = Some(DETAIL_CHARS_MAX.to_string());
        return Err(Problem {
            bound,
            ..Problem::part("too_long", "detail")
        });
    }
    Ok(())
}

fn address(value: &Json) -> Result<(), Problem> {
    let map = value.as_object().ok_or(Problem::plain("wrong_kind"))?;
    if !digits(map, "province", 2) {
        return Err(Problem::part("province", "province"));
    }
    if !digits(map, "commune", 5) {
        return Err(Problem::part("commune", "commune"));
    }
    if !map.contains_key("detail") {
        return Err(Problem::part("detail", "detail"));
    }
    detail(map)
}

/// A commune of Vietnam, or a country, each with a free detail.
fn place(value: &Json, countries: &Choice) -> Result<(), Problem> {
    let map = value.as_object().ok_or(Problem::plain("wrong_kind"))?;
    let country = map.get("country").and_then(Json::as_str).unwrap_or("VN");
    if !countries.options.iter().any(|one| one.value == country) {
        return Err(Problem::part("country", "country"));
    }
    if country == "VN" && !digits(map, "province", 2) {
        return Err(Problem::part("province", "province"));
    }
    if country == "VN" && !digits(map, "commune", 5) {
        return Err(Problem::part("commune", "commune"));
    }
    detail(map)
}

fn integer(value: &Json, span: Span<i64>, key: &'static str) -> Result<(), Problem> {
    let number = value.as_i64().ok_or(Problem::plain(key))?;
    if number < span.min {
        Err(Problem::bound("least", span.min))
    } else if number > span.max {
        Err(Problem::bound("greatest", span.max))
    } else {
        Ok(())
    }
}

fn decimal(value: &Json, span: Span<f64>) -> Result<(), Problem> {
    let number = value.as_f64().filter(|n| n.is_finite());
    let number = number.ok_or_else(|| unread_decimal(value))?;
    if number < span.min {
        Err(Problem::bound("least", span.min))
    } else if number > span.max {
        Err(Problem::bound("greatest", span.max))
    } else {
        Ok(())
    }
}

/// `1.250` is asked back with both its readings.
fn unread_decimal(value: &Json) -> Problem {
    match value.as_str().map(number::decimal) {
        Some(Written::Either(here, english)) => Problem {
            readings: Some([here, english].map(number::in_field)),
            ..Problem::plain("decimal_either")
        },
        _ => Problem::plain("decimal"),
    }
}

fn text(value: &Json, length: Length) -> Result<(), Problem> {
    let text = value.as_str().ok_or(Problem::plain("wrong_kind"))?;
    let count = text.chars().count();
    if count < length.min {
        Err(Problem::bound("too_short", length.min))
    } else if count > length.max {
        Err(Problem::bound("too_long", length.max))
    } else {
        Ok(())
    }
}

fn option(value: &Json, choice: &Choice) -> Result<(), Problem> {
    let known = |text: &str| choice.options.iter().any(|option| option.value == text);
    match value.as_str() {
        Some(text) if known(text) => Ok(()),
        _ => Err(Problem::plain("option")),
    }
}

fn file(value: &Json) -> Result<(), Problem> {
    let map = value.as_object().ok_or(Problem::plain("file"))?;
    let digest = map.get("digest").and_then(Json::as_str).unwrap_or_default();
    let name = map.get("name").and_then(Json::as_str).unwrap_or_default();
    let hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    let good = digest.len() == 64
        && digest.bytes().all(hex)
        && !name.is_empty()
        && name.chars().count() <= FILE_NAME_CHARS_MAX;
    if good {
        Ok(())
    } else {
        Err(Problem::plain("file"))
    }
}

/// What an officer should look at in a personal number: people change, so never an error.
pub(super) fn id_warnings(id: &str, birth: Option<&str>, sex: Option<&str>) -> Vec<&'static str> {
    let Ok(id) = id.parse::<PersonalId>() else {
        return Vec::new();
    };
    let (sex, birth) = (sex.map(str::parse), birth.map(str::parse));
    let found = id.warnings(sex.and_then(Result::ok), birth.and_then(Result::ok));
    let key = |warning: &PersonalIdWarning| match warning {
        PersonalIdWarning::BirthYearDiffers => "id_birth",
        PersonalIdWarning::SexDiffers => "id_sex",
    };
    found.iter().map(key).collect()
}
