//! What somebody typed into a search, read once, and the conditions on a dossier's row that follow
//! from a search. Every condition is asked of every row, also where a list already says it.
//! Does not know: which lists are walked (`walk.rs`).

use super::lists::{Cursor, Search};
use crate::dossier::access::PAYABLE;
use crate::dossier::code::{Code, VIETNAM, read_day, short_day};
use crate::dossier::lists::words;
use facts::people::Phone;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use kernel::{Value, params};

/// Words of a search that count; more only make it slower.
const SEARCH_WORDS_MAX: usize = 6;
/// Digits that begin a telephone number, which people group as they like.
const PHONE_DIGITS_MIN: usize = 6;
/// Signs that stand between the digits of a telephone number.
const BETWEEN: &str = " .-+()\u{a0}–";
/// `YYMMDD` in codes of ours.
const DAY_DIGITS: usize = 6;
/// No code is older; a telephone number begins with a zero and is no day.
const FIRST_YEAR: i16 = 2020;
/// A code is given some moments before the dossier is submitted, perhaps before midnight.
const CODE_AHEAD_MAX: SignedDuration = SignedDuration::from_hours(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// One word in every form in which it may be kept: a telephone number has several, because rows
/// were written before there was one. The first is today's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word(Vec<String>);

impl Word {
    pub(super) fn forms(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

impl From<String> for Word {
    fn from(word: String) -> Self {
        Self(vec![word])
    }
}

/// What somebody typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Sought {
    code: Option<Code>,
    day: Option<Date>,
    words: Vec<Word>,
    /// The last word may be the beginning of one.
    is_beginning: bool,
}

impl Sought {
    pub(super) fn of(text: &str) -> Self {
        if let Ok(code) = text.parse() {
            return Self {
                code: Some(code),
                ..Self::default()
            };
        }
        let mut read = Vec::new();
        for part in parts(text) {
            match phone(part) {
                Some(number) => read.push(number),
                None => read.extend(words(part).into_iter().map(Word::from)),
            }
        }
        let day = read.iter().flat_map(Word::forms).find_map(day);
        read.retain(|word| !word.forms().any(|form| self::day(form).is_some()));
        read.truncate(SEARCH_WORDS_MAX);
        Self {
            day,
            words: read,
            ..Self::default()
        }
    }

    /// The same with its last word as the beginning of one; `None` when no word was typed.
    pub(super) fn as_beginning(&self) -> Option<Self> {
        let beginning = Self {
            is_beginning: true,
            ..self.clone()
        };
        (!self.words.is_empty()).then_some(beginning)
    }

    pub(super) fn code(&self) -> Option<&Code> {
        self.code.as_ref()
    }

    /// When a dossier whose code has the day was handed in.
    fn span(&self) -> Option<Span> {
        let from = VIETNAM.to_timestamp(self.day?.at(0, 0, 0, 0)).ok()?;
        let to = from + DAY + CODE_AHEAD_MAX;
        Some(Span { from, to })
    }

    pub(super) fn words(&self) -> &[Word] {
        &self.words
    }
}

/// From a moment until before another.
#[derive(Clone, Copy)]
struct Span {
    from: Timestamp,
    to: Timestamp,
}

/// The text cut where digits with the signs between them begin and end.
fn parts(text: &str) -> Vec<&str> {
    let is_number = |sign: char| sign.is_ascii_digit() || BETWEEN.contains(sign);
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let kind = is_number(first);
        let end = rest.find(|sign| is_number(sign) != kind);
        let (part, after) = rest.split_at(end.unwrap_or(rest.len()));
        parts.push(part);
        rest = after;
    }
    parts
}

/// `0912 345 678`, `+84912345678` or the beginning of one, however it is grouped.
fn phone(part: &str) -> Option<Word> {
    let part = part.trim();
    let digits: String = part.chars().filter(char::is_ascii_digit).collect();
    if digits.len() < PHONE_DIGITS_MIN || !(part.starts_with(['0', '+']) || is_bare(part)) {
        return None;
    }
    let Ok(phone) = part.parse::<Phone>() else {
        let other = match digits.strip_prefix('0') {
            Some(own) => Some(format!("84{own}")),
            None => digits.strip_prefix("84").map(|own| format!("0{own}")),
        };
        return Some(Word(std::iter::once(digits).chain(other).collect()));
    };
    let former = phone.former_digits();
    Some(Word(
        std::iter::once(phone.digits()).chain(former).collect(),
    ))
}

/// A whole number without the sign that begins one: `84912345678`, `19001234`.
fn is_bare(part: &str) -> bool {
    part.bytes().all(|byte| byte.is_ascii_digit()) && part.parse::<Phone>().is_ok()
}

/// `261123`, as it stands in codes.
fn day(word: &str) -> Option<Date> {
    let day = read_day(word).filter(|_| word.len() == DAY_DIGITS)?;
    (day.year() >= FIRST_YEAR).then_some(day)
}

/// What must be true of the rows `l` of a list and `d` of its dossier.
#[derive(Default)]
pub(super) struct Conditions {
    span: Joined,
    of_row: Joined,
}

/// Conditions joined by `AND`.
#[derive(Default)]
struct Joined {
    sql: String,
    values: Vec<Value>,
}

impl Joined {
    fn add(&mut self, sql: &str, values: Vec<Value>) {
        if !self.sql.is_empty() {
            self.sql.push_str(" AND ");
        }
        self.sql.push_str(sql);
        self.values.extend(values);
    }
}

/// Everything that a dossier must be.
pub(super) fn conditions(search: &Search, sought: &Sought) -> Conditions {
    let mut found = Conditions::default();
    found.add_span(sought.span(), search.after.as_ref());
    if let Some(phase) = search.phase {
        found.add("d.phase = ?", params![phase.name()]);
    }
    for (column, value) in [
        ("d.procedure_code = ?", &search.procedure_code),
        ("d.channel = ?", &search.channel),
    ] {
        if !value.is_empty() {
            found.add(column, params![value]);
        }
    }
    if !search.applicants.is_empty() {
        let places = vec!["?"; search.applicants.len()].join(", ");
        let people = search.applicants.iter().map(Value::from).collect();
        found.add(&format!("d.applicant IN ({places})"), people);
    }
    if search.overdue_only {
        found.add("d.overdue = 1", Vec::new());
    }
    if search.unpaid_only {
        found.add_unpaid();
    }
    found.add_sought(sought);
    found
}

impl Conditions {
    /// To be put after another condition. What is asked of a row stands in a `CASE`: PostgreSQL
    /// would guess that very few rows fit, read the whole list and sort it. Of a `CASE` it guesses
    /// that every third does, and walks.
    pub(super) fn sql(&self) -> String {
        let mut sql = String::new();
        if !self.span.sql.is_empty() {
            sql.push_str(&format!(" AND {}", self.span.sql));
        }
        if !self.of_row.sql.is_empty() {
            let asked = &self.of_row.sql;
            sql.push_str(&format!(" AND CASE WHEN {asked} THEN 1 ELSE 0 END > 0"));
        }
        sql
    }

    /// Nothing is asked of the dossier's own row.
    pub(super) fn are_of_the_list(&self) -> bool {
        self.of_row.sql.is_empty()
    }

    pub(super) fn values(&self) -> impl Iterator<Item = Value> {
        self.span.values.iter().chain(&self.of_row.values).cloned()
    }

    /// Of one row; there is no index for it.
    pub(super) fn add(&mut self, sql: &str, values: Vec<Value>) {
        self.of_row.add(sql, values);
    }

    /// As `is_owing` says it of a dossier.
    fn add_unpaid(&mut self) {
        let phases = PAYABLE.iter().map(|phase| phase.name());
        let places = vec!["?"; PAYABLE.len()].join(", ");
        let sql =
            format!("(d.fee_due > d.fee_paid AND d.phase IN ({places}) OR d.fee_paid > d.fee_due)");
        self.add(&sql, phases.map(Value::from).collect());
    }

    /// One upper bound: of two PostgreSQL begins at either, and passes a day's lines again.
    fn add_span(&mut self, span: Option<Span>, after: Option<&Cursor>) {
        if let Some(Span { from, .. }) = span {
            self.span.add("l.submitted_at >= ?", params![from]);
        }
        let ends_sooner = |to: &Timestamp| after.is_none_or(|after| *to <= after.submitted_at);
        if let Some(to) = span.map(|span| span.to).filter(ends_sooner) {
            self.span.add("l.submitted_at < ?", params![to]);
        } else if let Some(Cursor { submitted_at, id }) = after {
            let sql = "(l.submitted_at, l.dossier_id) < (?, ?)";
            self.span.add(sql, params![*submitted_at, id]);
        }
    }

    fn add_sought(&mut self, sought: &Sought) {
        if let Some(day) = sought.day {
            self.add("d.code LIKE ?", params![format!("%-{}-%", short_day(day))]);
        }
        let whole = sought.words.len() - usize::from(sought.is_beginning);
        for (place, word) in sought.words.iter().enumerate() {
            self.add_word(word, if place < whole { "" } else { "%" });
        }
    }

    /// A word of the name, the telephone number or the serial in the code; with an `end` of `%`
    /// the beginning of one.
    fn add_word(&mut self, word: &Word, end: &str) {
        let (mut either, mut values) = (Vec::new(), Vec::new());
        for form in word.forms() {
            either.push("(' ' || d.applicant_folded || ' ') LIKE ?".to_owned());
            values.extend(params![format!("% {form}{end} %")]);
            if form.bytes().all(|byte| byte.is_ascii_digit()) {
                either.push(format!("d.code LIKE ? OR {PHONE} LIKE ?"));
                values.extend(params![format!("%-{form}{end}"), format!("{form}{end}")]);
            }
        }
        self.add(&format!("({})", either.join(" OR ")), values);
    }
}

/// The digits of the telephone number of a row, whatever stands between them.
const PHONE: &str = "REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(REPLACE(d.applicant_phone,
    ' ', ''), '.', ''), '-', ''), '+', ''), '(', ''), ')', '')";

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, day: Option<&str>, words: &[&str]) {
        let sought = Sought::of(text);
        let day = day.map(|day| day.parse::<Date>().unwrap());
        assert_eq!((sought.day, sought.code()), (day, None), "{text}");
        let first = |word: &Word| word.0[0].clone();
        let read: Vec<String> = sought.words().iter().map(first).collect();
        assert_eq!(read, words, "{text}");
    }

    #[test]
    fn what_is_typed_is_read_once() {
        check("Đặng  Thị Năm", None, &["dang", "thi", "nam"]);
        check("0912 345.678", None, &["0912345678"]);
        check("+84 912 345 678", None, &["0912345678"]);
        check("84912345678", None, &["0912345678"]);
        check("Năm 0912 345 678", None, &["nam", "0912345678"]);
        check("0912 345", None, &["0912345"]);
        check("+82 10 1234 5678", None, &["821012345678"]);
        check("0168 123 4567", None, &["0381234567"]);
        check("H’Hen Mlô", None, &["h", "hen", "mlo"]);
        check("Y Tơ\u{306}", None, &["y", "to"]);
        check("0007", None, &["0007"]);
        check("261124", Some("2026-11-24"), &[]);
        check("261124-0007", Some("2026-11-24"), &["0007"]);
        check("269999", None, &["269999"]);
        check("", None, &[]);
        let code = Sought::of(" h15.101-261124-0007 ");
        assert!(code.code().is_some() && code.as_beginning().is_none());
        assert!(Sought::of("ngu").as_beginning().unwrap().is_beginning);
        let forms = Sought::of("0905 123 456").words()[0].0.clone();
        assert_eq!(forms, ["0905123456", "84905123456"]);
        assert_eq!(Sought::of(&"a ".repeat(99)).words().len(), SEARCH_WORDS_MAX);
    }
}
