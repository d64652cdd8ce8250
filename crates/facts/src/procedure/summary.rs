//! Answers as people read them: for "check your answers", the desk and printed forms.
//! Does not know: names of places (the caller lends a function), HTML, Typst.
use serde::Serialize;
use serde_json::Value as Json;

use super::form::{Choice, Form, Group, Kind, Question};
use super::sentences;
use super::words::Words;
use crate::people::Phone;

/// One section with its answers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SummarySection {
    /// Id of the section, for a link "change".
    pub id: String,
    /// Its heading, as the applicant was asked.
    pub title: Words,
    /// Its heading, as papers and officers read it.
    pub on_paper: Words,
    /// Answered questions, in order; entries of a group one after another.
    pub rows: Vec<SummaryRow>,
}

/// One answered question.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SummaryRow {
    /// Path of the answer: `children[0].name`.
    pub field: String,
    /// The question; inside a group with the number of the entry ("Người con 1: Họ và tên").
    pub label: Words,
    /// The same as papers and officers read it.
    pub on_paper: Words,
    /// The answer in words.
    pub answer: Words,
}

/// How codes are spelt out.
pub struct Spelling<'s> {
    /// Name of a commune or province by its code; for `None` it is said that nobody knows.
    pub place: &'s dyn Fn(&str) -> Option<String>,
}

impl Form {
    /// The answers in words. Sections without an answer are left out; derived values come last.
    pub fn summary(&self, answers: &Json, spelling: &Spelling<'_>) -> Vec<SummarySection> {
        let mut sections = Vec::new();
        for section in &self.sections {
            let mut rows = Vec::new();
            for question in &section.questions {
                if let Some(answer) = answers.get(&question.id) {
                    add(question, &question.id, answer, spelling, &mut rows);
                }
            }
            if !rows.is_empty() {
                sections.push(SummarySection {
                    id: section.id.clone(),
                    title: section.title.clone(),
                    on_paper: section.on_paper().clone(),
                    rows,
                });
            }
        }
        sections
    }
}

/// The answer to one question in words: the one way from a stored answer to what people read, on
/// screens and papers alike. A code is never shown.
pub fn in_words(question: &Question, answer: &Json, spelling: &Spelling<'_>) -> Words {
    spell(&question.kind, answer, spelling)
}

/// The rows of one answered question.
pub(super) fn rows(question: &Question, answer: &Json, spelling: &Spelling<'_>) -> Vec<SummaryRow> {
    let mut rows = Vec::new();
    add(question, &question.id, answer, spelling, &mut rows);
    rows
}

fn add(
    question: &Question,
    path: &str,
    answer: &Json,
    spelling: &Spelling<'_>,
    rows: &mut Vec<SummaryRow>,
) {
    if let (Kind::Group(group), Some(entries)) = (&question.kind, answer.as_array()) {
        for (index, entry) in entries.iter().enumerate() {
            add_entry(
                group,
                &format!("{path}[{index}]"),
                (index, entry),
                spelling,
                rows,
            );
        }
        return;
    }
    rows.push(SummaryRow {
        field: path.to_string(),
        label: question.label.clone(),
        on_paper: question.on_paper().clone(),
        answer: spell(&question.kind, answer, spelling),
    });
}

fn add_entry(
    group: &Group,
    path: &str,
    (index, entry): (usize, &Json),
    spelling: &Spelling<'_>,
    rows: &mut Vec<SummaryRow>,
) {
    let number = index + 1;
    for question in &group.questions {
        let Some(answer) = entry.get(&question.id) else {
            continue;
        };
        let numbered = |label: &Words| {
            Words::new(
                format!("{} {number}: {}", group.item.vi, label.vi),
                format!("{} {number}: {}", group.item.en, label.en),
            )
        };
        rows.push(SummaryRow {
            field: format!("{path}.{}", question.id),
            label: numbered(&question.label),
            on_paper: numbered(question.on_paper()),
            answer: spell(&question.kind, answer, spelling),
        });
    }
}

fn spell(kind: &Kind, answer: &Json, spelling: &Spelling<'_>) -> Words {
    let same = |text: String| Words::new(text.clone(), text);
    let text = answer.as_str().unwrap_or_default();
    match kind {
        Kind::Date(_) | Kind::PartialDate(_) => same(vietnamese_date(text)),
        Kind::Choice(choice) => option(choice, text),
        Kind::YesNo => sentences::plain(if answer == true { "yes" } else { "no" }),
        Kind::Money(_) => same(format!("{} đồng", thousands(answer.as_i64().unwrap_or(0)))),
        Kind::Integer(_) => same(thousands(answer.as_i64().unwrap_or(0))),
        Kind::Decimal(_) => {
            let number = answer.to_string();
            Words::new(number.replace('.', ","), number)
        }
        Kind::Phone => same(Phone::shown(text)),
        Kind::Address => place(answer, None, spelling),
        Kind::Place(countries) => place(answer, Some(countries), spelling),
        Kind::File => same(
            answer
                .get("name")
                .and_then(Json::as_str)
                .unwrap_or("")
                .to_string(),
        ),
        _ => same(text.to_string()),
    }
}

fn option(choice: &Choice, value: &str) -> Words {
    let found = choice.options.iter().find(|option| option.value == value);
    found.map_or_else(
        || sentences::plain("unknown"),
        |option| option.label.clone(),
    )
}

/// "2026-11-02" → "02/11/2026", "1960-05" → "05/1960".
fn vietnamese_date(text: &str) -> String {
    let parts: Vec<&str> = text.split('-').rev().collect();
    parts.join("/")
}

/// 75000 → "75.000", as written in Vietnam.
fn thousands(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push('.');
        }
        text.push(digit);
    }
    if number < 0 { format!("-{text}") } else { text }
}

/// House, commune, province; abroad the country. A place at home has no need to say so.
fn place(answer: &Json, countries: Option<&Choice>, spelling: &Spelling<'_>) -> Words {
    let part = |key: &str| answer.get(key).and_then(Json::as_str);
    let named = |code: &str| match (spelling.place)(code) {
        Some(name) => Words::new(name.clone(), name),
        None => sentences::plain("unknown"),
    };
    let abroad = part("country").filter(|code| *code != HOME);
    let country = countries
        .zip(abroad)
        .map(|(countries, code)| option(countries, code));
    let parts: Vec<Words> = [
        part("detail").map(|detail| Words::new(detail, detail)),
        part("commune").map(named),
        part("province").map(named),
        country,
    ]
    .into_iter()
    .flatten()
    .collect();
    let joined = |pick: fn(&Words) -> &str| {
        let texts: Vec<&str> = parts.iter().map(pick).collect();
        texts.join(", ")
    };
    Words::new(joined(|words| &words.vi), joined(|words| &words.en))
}

/// Việt Nam in ISO 3166-1.
const HOME: &str = "VN";
