//! One answer: tidied, then checked by its kind.
//! Does not know: the question's words, its place in a form, whether it must be answered.
use jiff::civil::Date;
use serde_json::{Map, Value as Json};
use unicode_normalization::{UnicodeNormalization, is_nfc};

use super::form::{Choice, DateRange, Kind, Length, Span};

/// Longest name of a person; the longest real Vietnamese name known is under 60.
pub(super) const NAME_CHARS_MAX: usize = 100;
/// House number, street, hamlet.
pub(super) const DETAIL_CHARS_MAX: usize = 200;
/// The limit of an address in SMTP (RFC 5321).
pub(super) const EMAIL_CHARS_MAX: usize = 254;
/// Name of an uploaded file.
pub(super) const FILE_NAME_CHARS_MAX: usize = 200;
/// Years that can stand in papers of living people and their parents, or in plans.
pub(super) const YEARS: std::ops::RangeInclusive<i16> = 1850..=2200;

/// What is wrong with an answer: a sentence, the part of the answer, the bound.
pub(super) struct Problem {
    pub(super) key: &'static str,
    pub(super) part: Option<&'static str>,
    pub(super) bound: Option<String>,
}

impl Problem {
    fn plain(key: &'static str) -> Self {
        Self {
            key,
            part: None,
            bound: None,
        }
    }

    fn part(key: &'static str, part: &'static str) -> Self {
        Self {
            key,
            part: Some(part),
            bound: None,
        }
    }

    fn bound(key: &'static str, bound: impl ToString) -> Self {
        Self {
            key,
            part: None,
            bound: Some(bound.to_string()),
        }
    }
}

/// Tidies an answer: NFC, no stray spaces, no control characters. `None` when nothing is left.
pub(super) fn tidy(kind: &Kind, value: &Json) -> Option<Json> {
    match value {
        Json::Null => None,
        Json::String(text) => {
            let text = match kind {
                Kind::LongText(_) => tidy_lines(text),
                Kind::PersonalId | Kind::Phone => tidy_number(text),
                _ => tidy_line(text),
            };
            (!text.is_empty()).then_some(Json::String(text))
        }
        Json::Object(map) if matches!(kind, Kind::Address | Kind::Place | Kind::File) => {
            let keep = |(key, value): (&String, &Json)| {
                let text = tidy_line(value.as_str()?);
                (!text.is_empty()).then(|| (key.clone(), Json::String(text)))
            };
            let kept: Map<String, Json> = map.iter().filter_map(keep).collect();
            (!kept.is_empty()).then_some(Json::Object(kept))
        }
        Json::Array(items) if items.is_empty() => None,
        other => Some(other.clone()),
    }
}

fn tidy_line(text: &str) -> String {
    match is_tidy_line(text) {
        true => text.to_owned(),
        false => tidied_line(text),
    }
}

fn tidied_line(text: &str) -> String {
    // First without control characters: one may stand between a letter and its accent.
    let clean = text
        .chars()
        .filter(|c| !c.is_control() || c.is_whitespace());
    let clean: String = clean.nfc().collect();
    clean.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Most texts are: they were tidied when they were typed, and are checked again when handed in.
fn is_tidy_line(text: &str) -> bool {
    let mut before = ' ';
    let is_tidy = text.chars().all(|now| {
        let is_double = before == ' ' && now == ' ';
        before = now;
        now == ' ' && !is_double || !now.is_whitespace() && !now.is_control()
    });
    is_tidy && before != ' ' && is_nfc(text)
}

fn tidy_lines(text: &str) -> String {
    let clean = text.chars().filter(|c| *c == '\n' || !c.is_control());
    let clean: String = clean.nfc().collect();
    clean.trim().to_string()
}

fn tidy_number(text: &str) -> String {
    text.chars()
        .filter(|c| !matches!(c, ' ' | '.' | '-' | '\u{a0}' | '\t'))
        .collect()
}

/// Checks a tidied answer. Groups are checked by their caller, entry by entry.
pub(super) fn check(kind: &Kind, value: &Json, today: Date) -> Result<(), Problem> {
    match kind {
        Kind::PersonalId => shaped(value, "personal_id", is_personal_id),
        Kind::PersonName => shaped(value, "person_name", is_person_name),
        Kind::Date(range) => date(value, *range, today),
        Kind::PartialDate(range) => partial_date(value, *range, today),
        Kind::Address => address(value),
        Kind::Place => place(value),
        Kind::Phone => shaped(value, "phone", is_phone),
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

/// Twelve digits and nothing else: there is no check digit (Luật Căn cước 26/2023/QH15).
pub(super) fn is_personal_id(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}

fn is_person_name(text: &str) -> bool {
    let letter = |c: char| c.is_alphabetic() || matches!(c, ' ' | '\'' | '’' | '-' | '.');
    text.chars().count() <= NAME_CHARS_MAX
        && text.chars().all(letter)
        && text.chars().any(char::is_alphabetic)
}

fn is_phone(text: &str) -> bool {
    let digits = text.strip_prefix("+84").or_else(|| text.strip_prefix('0'));
    digits.is_some_and(|d| (9..=10).contains(&d.len()) && d.bytes().all(|b| b.is_ascii_digit()))
}

fn is_email(text: &str) -> bool {
    let Some((name, host)) = text.rsplit_once('@') else {
        return false;
    };
    let plain = |c: char| !c.is_whitespace() && !matches!(c, '<' | '>' | '"' | '(' | ')' | ',');
    text.len() <= EMAIL_CHARS_MAX
        && !name.is_empty()
        && text.chars().all(plain)
        && !name.contains('@')
        && host.split('.').count() >= 2
        && host.split('.').all(is_host_label)
}

fn is_host_label(label: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    !label.is_empty() && label.bytes().all(plain)
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
            key: "too_long",
            part: Some("detail"),
            bound,
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
fn place(value: &Json) -> Result<(), Problem> {
    let map = value.as_object().ok_or(Problem::plain("wrong_kind"))?;
    let country = map.get("country").and_then(Json::as_str).unwrap_or("VN");
    let known = country.len() == 2 && country.bytes().all(|b| b.is_ascii_uppercase());
    if !known {
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
    let number = value
        .as_f64()
        .filter(|n| n.is_finite())
        .ok_or(Problem::plain("decimal"))?;
    if number < span.min {
        Err(Problem::bound("least", span.min))
    } else if number > span.max {
        Err(Problem::bound("greatest", span.max))
    } else {
        Ok(())
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

/// What an officer should look at in a personal number. The law gives its structure (province or
/// country, century and sex, year) but no check digit, and people change: never an error.
pub(super) fn id_warnings(id: &str, birth: Option<&str>, sex: Option<&str>) -> Vec<&'static str> {
    let mut found = Vec::new();
    if !is_personal_id(id) {
        return found;
    }
    let number = |range: std::ops::Range<usize>| id[range].parse::<i16>().unwrap_or(0);
    let (prefix, century_and_sex, year) = (number(0..3), number(3..4), number(4..6));
    if !PROVINCE_PREFIXES.contains(&prefix) && prefix <= 100 {
        found.push("id_prefix");
    }
    let born = 1900 + 100 * (century_and_sex / 2) + year;
    let told = birth
        .and_then(|text| text.get(..4))
        .and_then(|year| year.parse::<i16>().ok());
    if told.is_some_and(|told| told != born) {
        found.push("id_birth");
    }
    let of_id = if century_and_sex % 2 == 0 {
        "male"
    } else {
        "female"
    };
    if sex.is_some_and(|told| told != of_id) {
        found.push("id_sex");
    }
    found
}

/// Provinces by the code frozen at birth registration; above 100 are countries (NĐ 137/2015/NĐ-CP,
/// today NĐ 70/2024/NĐ-CP).
const PROVINCE_PREFIXES: [i16; 63] = [
    1, 2, 4, 6, 8, 10, 11, 12, 14, 15, 17, 19, 20, 22, 24, 25, 26, 27, 30, 31, 33, 34, 35, 36, 37,
    38, 40, 42, 44, 45, 46, 48, 49, 51, 52, 54, 56, 58, 60, 62, 64, 66, 67, 68, 70, 72, 74, 75, 77,
    79, 80, 82, 83, 84, 86, 87, 89, 91, 92, 93, 94, 95, 96,
];

#[cfg(test)]
mod tests {
    use super::{is_tidy_line, tidied_line};
    use proptest::prelude::*;

    proptest! {
        /// What is taken for tidy is what tidying leaves as it is, and the other way round.
        #[test]
        fn a_tidy_line_is_one_that_tidying_leaves(
            text in "[ aă\u{306}\u{301}ắe\u{302}ệ\u{323}\t\n\u{a0}\u{7}0]{0,12}"
        ) {
            let tidied = tidied_line(&text);
            prop_assert_eq!(is_tidy_line(&text), tidied == text && !text.is_empty());
            prop_assert!(tidied.is_empty() || is_tidy_line(&tidied));
        }
    }
}
