//! From the fields of a web form (names and texts) to answers, and back for showing them again.
//! Field names are paths: `child_name`, `residence.commune`, `birth.year`, `children[0].name`.
//! A text that cannot be read as its kind stays a text, so that `check` can name it and the page
//! can show it again as typed.
//! Does not know: HTML, HTTP, which fields a page shows.
use serde_json::{Map, Value as Json};

use super::answer;
use super::form::{Form, Kind, Question};
use crate::number;

/// Fields of one submission; the largest form has a few hundred.
const FIELDS_MAX: usize = 5_000;

impl Form {
    /// Answers from fields, in any order. Unknown fields are left out. A date may come whole
    /// (`birth` = "2026-11-02") or in three fields `birth.day`, `birth.month`, `birth.year`.
    pub fn collect<'f>(&self, fields: impl IntoIterator<Item = (&'f str, &'f str)>) -> Json {
        let fields: Vec<(&str, &str)> = fields.into_iter().take(FIELDS_MAX).collect();
        let mut answers = Map::new();
        for question in self.questions() {
            if let Some(answer) = question_answer(question, &question.id, &fields) {
                answers.insert(question.id.clone(), answer);
            }
        }
        Json::Object(answers)
    }

    /// Fields from answers: what a page writes into its inputs.
    pub fn fields(&self, answers: &Json) -> Vec<(String, String)> {
        let mut fields = Vec::new();
        for question in self.questions() {
            if let Some(answer) = answers.get(&question.id) {
                spread(&question.id, answer, &mut fields);
            }
        }
        fields
    }
}

fn question_answer(question: &Question, path: &str, fields: &[(&str, &str)]) -> Option<Json> {
    let value = |path: &str| {
        fields
            .iter()
            .rev()
            .find(|(name, _)| *name == path)
            .map(|(_, v)| *v)
    };
    let part = |name: &str| value(&format!("{path}.{name}")).map(str::trim);
    match &question.kind {
        Kind::Date(_) | Kind::PartialDate(_) => {
            let whole = value(path).map(Json::from);
            whole.or_else(|| date(part("day"), part("month"), part("year")))
        }
        Kind::Address => object(&["province", "commune", "detail"], part),
        Kind::Place(_) => object(&["country", "province", "commune", "detail"], part),
        Kind::File => object(&["digest", "name"], part),
        Kind::Group(group) => {
            let mut entries = Vec::new();
            for index in entry_numbers(path, group.max, fields) {
                let mut entry = Map::new();
                for inner in &group.questions {
                    let inner_path = format!("{path}[{index}].{}", inner.id);
                    if let Some(answer) = question_answer(inner, &inner_path, fields) {
                        entry.insert(inner.id.clone(), answer);
                    }
                }
                entries.push(Json::Object(entry));
            }
            (!entries.is_empty()).then_some(Json::Array(entries))
        }
        kind => Some(scalar(kind, value(path)?.trim())),
    }
}

/// The numbers of the entries that have a field, in order; a few more than allowed, so that `check`
/// can say that there are too many.
fn entry_numbers(path: &str, max: usize, fields: &[(&str, &str)]) -> Vec<usize> {
    let number = |(name, _): &(&str, &str)| {
        let rest = name.strip_prefix(path)?.strip_prefix('[')?;
        rest.split_once(']')?.0.parse::<usize>().ok()
    };
    let mut numbers: Vec<usize> = fields.iter().filter_map(number).collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers.truncate(max + 1);
    numbers
}

fn scalar(kind: &Kind, text: &str) -> Json {
    let as_text = || Json::from(text);
    match kind {
        Kind::Integer(_) | Kind::Money(_) | Kind::Decimal(_) => answer::in_one_form(kind, text),
        Kind::Phone | Kind::PersonalId | Kind::PersonName => answer::in_one_form(kind, text),
        Kind::YesNo => match text {
            "yes" | "true" => Json::Bool(true),
            "no" | "false" => Json::Bool(false),
            _ => as_text(),
        },
        _ => as_text(),
    }
}

fn object<'f>(names: &[&str], part: impl Fn(&str) -> Option<&'f str>) -> Option<Json> {
    let mut map = Map::new();
    for name in names {
        if let Some(text) = part(name).filter(|text| !text.is_empty()) {
            map.insert(name.to_string(), text.into());
        }
    }
    (!map.is_empty()).then_some(Json::Object(map))
}

/// Day and month may be empty when unknown; what was typed stays readable when it is no date.
fn date(day: Option<&str>, month: Option<&str>, year: Option<&str>) -> Option<Json> {
    let [day, month, year] = [day, month, year].map(|part| part.unwrap_or_default());
    let two = |text: &str| match text.len() {
        1 => format!("0{text}"),
        _ => text.to_string(),
    };
    let text = match (day.is_empty(), month.is_empty(), year.is_empty()) {
        (true, true, true) => return None,
        (true, true, false) => year.to_string(),
        (true, false, false) => format!("{year}-{}", two(month)),
        _ => format!("{year}-{}-{}", two(month), two(day)),
    };
    Some(Json::from(text))
}

fn spread(path: &str, answer: &Json, fields: &mut Vec<(String, String)>) {
    match answer {
        Json::Object(map) => {
            for (key, value) in map {
                spread(&format!("{path}.{key}"), value, fields);
            }
        }
        Json::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                spread(&format!("{path}[{index}]"), item, fields);
            }
        }
        Json::Bool(yes) => fields.push((path.to_string(), if *yes { "yes" } else { "no" }.into())),
        Json::String(text) => fields.push((path.to_string(), text.clone())),
        Json::Number(number) => {
            let fraction = number.as_f64().filter(|_| number.is_f64());
            let text = fraction.map_or_else(|| number.to_string(), number::in_field);
            fields.push((path.to_string(), text));
        }
        Json::Null => {}
    }
}
