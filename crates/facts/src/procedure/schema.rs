//! The JSON Schema (draft 2020-12) of a form: published for other computers, and the last gate of
//! every check. What a schema cannot say (conditions on dates, hidden questions) is said by
//! `check`.
//! Does not know: where it is published.
use std::sync::{Arc, OnceLock};

use serde_json::{Map, Value as Json, json};

use super::answer::{DETAIL_CHARS_MAX, FILE_NAME_CHARS_MAX};
use super::check::ANSWERS_CHARS_MAX;
use super::form::{Choice, ChoiceOption, Form, Group, Kind, Question, Section};
use super::rule::Rule;
use super::sentences;
use super::words::FieldError;
use crate::people::{EMAIL_CHARS_MAX, PERSON_NAME_CHARS_MAX};

/// The signs of a person's name (ECMA 262 with `u`), a letter among them. How many marks a letter
/// may carry is said by `check`.
const NAME_PATTERN: &str =
    r"^[\p{Alphabetic}\p{M}' .·\-]*\p{Alphabetic}[\p{Alphabetic}\p{M}' .·\-]*$";

/// The compiled schema, built once per form and shared by its clones.
#[derive(Debug, Clone, Default)]
pub(super) struct Compiled(Arc<OnceLock<Option<jsonschema::Validator>>>);

impl Compiled {
    /// Whether both belong to one form.
    pub(super) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Form {
    /// The schema of clean answers. Titles are Vietnamese, `x-title-en` English; a question that is
    /// not always asked carries its condition in `x-when`.
    pub fn schema(&self) -> Json {
        let mut properties = Map::new();
        let mut required = Vec::new();
        for section in &self.sections {
            for question in &section.questions {
                properties.insert(question.id.clone(), in_section(question, section));
                if question.required && question.when.is_none() && section.when.is_none() {
                    required.push(question.id.clone());
                }
            }
        }
        for derived in &self.derived {
            let schema = json!({
                "type": "boolean",
                "title": derived.label.vi,
                "x-title-en": derived.label.en,
                "x-derived": derived.when.text(),
            });
            properties.insert(derived.id.clone(), schema);
        }
        let rules: Vec<Json> = self.rules.iter().map(Rule::described).collect();
        json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": self.title.vi,
            "x-title-en": self.title.en,
            "x-form": self.code,
            "x-version": self.version,
            "x-rules": rules,
            "type": "object",
            "additionalProperties": false,
            "properties": properties,
            "required": required,
        })
    }

    /// What the schema still finds in answers that passed the typed checks.
    pub(super) fn schema_errors(&self, answers: &Json) -> Vec<FieldError> {
        let build = || jsonschema::draft202012::new(&self.schema()).ok();
        let Some(validator) = self.compiled.0.get_or_init(build) else {
            return Vec::new();
        };
        let report = |error: jsonschema::ValidationError<'_>| {
            let field = field_path(&error.instance_path().to_string());
            let top = field.split(['.', '[']).next().unwrap_or_default();
            let message = match self.question(top) {
                Some(question) => sentences::about("wrong_kind", &question.label),
                None => sentences::plain("not_answers"),
            };
            FieldError { field, message }
        };
        validator.iter_errors(answers).map(report).collect()
    }

    /// Whether the schema itself is well formed, for the loader.
    pub(super) fn schema_fault(&self) -> Option<String> {
        let fault = jsonschema::draft202012::new(&self.schema()).err();
        fault.map(|error| error.to_string())
    }
}

/// `/children/0/name` → `children[0].name`.
fn field_path(pointer: &str) -> String {
    let mut path = String::new();
    for part in pointer.split('/').filter(|part| !part.is_empty()) {
        if part.bytes().all(|b| b.is_ascii_digit()) {
            path.push_str(&format!("[{part}]"));
        } else {
            if !path.is_empty() {
                path.push('.');
            }
            path.push_str(part);
        }
    }
    path
}

fn in_section(question: &Question, section: &Section) -> Json {
    let mut schema = question_schema(question);
    let whens = [section.when.as_ref(), question.when.as_ref()];
    let texts: Vec<String> = whens
        .into_iter()
        .flatten()
        .map(|w| w.text().to_string())
        .collect();
    if let Some(map) = schema.as_object_mut() {
        match texts.as_slice() {
            [] => {}
            [one] => {
                map.insert("x-when".to_string(), one.clone().into());
            }
            [first, second, ..] => {
                map.insert(
                    "x-when".to_string(),
                    format!("({first}) and ({second})").into(),
                );
            }
        }
    }
    schema
}

fn question_schema(question: &Question) -> Json {
    let mut schema = kind_schema(&question.kind);
    if let Some(map) = schema.as_object_mut() {
        map.insert("title".to_string(), question.label.vi.clone().into());
        map.insert("x-title-en".to_string(), question.label.en.clone().into());
        if !question.paper_label.is_empty() {
            let label = question.paper_label.vi.clone();
            map.insert("x-paper-label".to_string(), label.into());
        }
        if !question.hint.is_empty() {
            map.insert("description".to_string(), question.hint.vi.clone().into());
        }
        map.insert("x-kind".to_string(), question.kind.name().into());
        if let Some(source) = &question.source {
            map.insert("x-source".to_string(), source.clone().into());
        }
    }
    schema
}

fn kind_schema(kind: &Kind) -> Json {
    match kind {
        Kind::PersonalId => json!({"type": "string", "pattern": "^[0-9]{12}$"}),
        Kind::PersonName => {
            let most = PERSON_NAME_CHARS_MAX;
            json!({"type": "string", "minLength": 1, "maxLength": most, "pattern": NAME_PATTERN})
        }
        Kind::Date(_) => {
            json!({"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"})
        }
        Kind::PartialDate(_) => {
            json!({"type": "string", "pattern": "^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"})
        }
        Kind::Address => address_schema(),
        Kind::Place(countries) => place_schema(countries),
        Kind::Phone => json!({"type": "string", "pattern": "^\\+[1-9][0-9]{7,14}$"}),
        Kind::Email => {
            json!({"type": "string", "format": "email", "maxLength": EMAIL_CHARS_MAX})
        }
        Kind::Money(span) | Kind::Integer(span) => {
            json!({"type": "integer", "minimum": span.min, "maximum": span.max})
        }
        Kind::Decimal(span) => json!({"type": "number", "minimum": span.min, "maximum": span.max}),
        Kind::Text(length) | Kind::LongText(length) => {
            let most = length.max.min(ANSWERS_CHARS_MAX);
            json!({"type": "string", "minLength": length.min, "maxLength": most})
        }
        Kind::Choice(choice) => {
            let option = |o: &ChoiceOption| {
                let title = &o.label.vi;
                json!({"const": o.value, "title": title, "x-title-en": o.label.en})
            };
            json!({"oneOf": choice.options.iter().map(option).collect::<Vec<_>>()})
        }
        Kind::YesNo => json!({"type": "boolean"}),
        Kind::File => file_schema(),
        Kind::Group(group) => group_schema(group),
    }
}

fn address_schema() -> Json {
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["province", "commune", "detail"],
        "properties": {
            "province": {"type": "string", "pattern": "^[0-9]{2}$"},
            "commune": {"type": "string", "pattern": "^[0-9]{5}$"},
            "detail": {"type": "string", "minLength": 1, "maxLength": DETAIL_CHARS_MAX},
        },
    })
}

fn place_schema(countries: &Choice) -> Json {
    let codes: Vec<&str> = countries.options.iter().map(|o| o.value.as_str()).collect();
    json!({
        "type": "object",
        "additionalProperties": false,
        "anyOf": [{"required": ["province", "commune"]}, {"required": ["country"]}],
        "properties": {
            "country": {"enum": codes},
            "province": {"type": "string", "pattern": "^[0-9]{2}$"},
            "commune": {"type": "string", "pattern": "^[0-9]{5}$"},
            "detail": {"type": "string", "minLength": 1, "maxLength": DETAIL_CHARS_MAX},
        },
    })
}

fn file_schema() -> Json {
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["digest", "name"],
        "properties": {
            "digest": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
            "name": {"type": "string", "minLength": 1, "maxLength": FILE_NAME_CHARS_MAX},
        },
    })
}

fn group_schema(group: &Group) -> Json {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for question in &group.questions {
        let mut schema = question_schema(question);
        if let (Some(when), Some(map)) = (&question.when, schema.as_object_mut()) {
            map.insert("x-when".to_string(), when.text().into());
        }
        properties.insert(question.id.clone(), schema);
        if question.required && question.when.is_none() {
            required.push(question.id.clone());
        }
    }
    json!({
        "type": "array",
        "minItems": group.min,
        "maxItems": group.max,
        "items": {
            "type": "object",
            "additionalProperties": false,
            "properties": properties,
            "required": required,
        },
    })
}
