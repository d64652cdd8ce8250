//! From questions and answers to fields of a page. A flat list: a group begins, its entries begin
//! and end, it ends; so that the template needs no recursion.
//! Does not know: HTTP, the page around the fields.
use askama::Template;
use facts::number;
use facts::people::Phone;
use facts::procedure::{Choice, ChoiceShape, Group, Kind, Length, Question, Warning};
use kernel::Json;
use web::FieldErrors;
use web::ui::{Choice as Offered, DateAnswer};

use super::place::{PlaceField, Sought};
use super::{Asker, shown};

/// A choice of more options than this is a drop-down even when the form says radio: it would fill a
/// telephone.
const RADIOS_MAX: usize = 7;
/// Options with short labels stand beside each other up to this many.
const INLINE_MAX: usize = 3;
/// Characters of a short label.
const SHORT_LABEL_CHARS: usize = 12;

/// The fields of one page. Draw it inside the page's form: `{{ questions|safe }}`.
#[derive(Template)]
#[template(path = "questions/questions.html")]
pub struct Questions {
    /// Id of the section.
    pub section: String,
    /// The heading.
    pub title: String,
    /// A sentence below the heading; may be empty.
    pub hint: String,
    fields: Vec<Field>,
    errors: FieldErrors,
    /// What may be wrong, at its field; who goes on without a change has read it.
    warnings: Vec<Warning>,
}

impl Questions {
    /// Whether a file can be uploaded among these: the form then needs
    /// `enctype="multipart/form-data"`.
    #[must_use]
    pub fn has_file(&self) -> bool {
        self.fields
            .iter()
            .any(|field| matches!(field.body, Body::File { .. }))
    }

    fn warned<'a>(&'a self, field: &'a str) -> impl Iterator<Item = &'a str> {
        let here = move |warning: &&Warning| warning.field == field;
        let words = |warning: &'a Warning| warning.message.vi.as_str();
        self.warnings.iter().filter(here).map(words)
    }
}

struct Field {
    name: String,
    label: String,
    hint: String,
    help: String,
    optional: bool,
    /// Other questions hang on it: a change draws the page anew where there is a script.
    decides: bool,
    body: Body,
}

enum Body {
    Line {
        value: String,
        shape: Line,
    },
    Area {
        value: String,
    },
    Date {
        value: DateAnswer,
    },
    Radios {
        value: String,
        choices: Vec<Offered>,
        layout: &'static str,
    },
    Select {
        value: String,
        choices: Vec<Offered>,
    },
    Place(Box<PlaceField>),
    File {
        kept: String,
    },
    GroupBegins,
    EntryBegins {
        title: String,
    },
    EntryEnds,
    GroupEnds {
        add: String,
    },
}

/// How a one-line field looks and what a telephone's keyboard offers.
#[derive(Clone, Copy, Default)]
struct Line {
    width: &'static str,
    kind: &'static str,
    inputmode: &'static str,
    autocomplete: &'static str,
    unit: &'static str,
}

impl Asker<'_> {
    /// The fields of one page; `None` when these answers do not show the section.
    #[must_use]
    pub fn page(&self, section: &str, answers: &Json, errors: FieldErrors) -> Option<Questions> {
        self.page_seeking(section, answers, errors, &Sought::default())
    }

    /// The same while a place is looked for by its name.
    #[must_use]
    pub fn page_seeking(
        &self,
        section: &str,
        answers: &Json,
        errors: FieldErrors,
        sought: &Sought,
    ) -> Option<Questions> {
        let all = shown::sections(self.form, answers, self.today);
        let part = all.iter().find(|part| part.section.id == section)?;
        let mut fields = Vec::new();
        for question in &part.questions {
            self.add(
                question,
                &question.id,
                answers.get(&question.id),
                &mut fields,
            );
            if let Kind::Group(group) = &question.kind {
                self.add_group(question, group, answers, &mut fields);
            }
        }
        let at = fields.iter_mut().find(|field| field.name == sought.field);
        if let Some(Body::Place(place)) = at.map(|field| &mut field.body) {
            place.found = self.offers(sought);
            place.sought.clone_from(&sought.text);
        }
        Some(Questions {
            section: part.section.id.clone(),
            title: part.section.title.vi.clone(),
            hint: part.section.hint.vi.clone(),
            fields,
            errors,
            warnings: self.warnings(section, answers),
        })
    }

    fn add(&self, question: &Question, path: &str, answer: Option<&Json>, all: &mut Vec<Field>) {
        all.push(Field {
            name: path.to_owned(),
            label: question.label.vi.clone(),
            hint: hint_of(question),
            help: question.help.vi.clone(),
            optional: !question.required,
            decides: self.decides(&question.id),
            body: self.body(question, answer.unwrap_or(&Json::Null)),
        });
    }

    fn add_group(&self, question: &Question, group: &Group, answers: &Json, all: &mut Vec<Field>) {
        let outer = shown::seen(self.form, answers, self.today);
        let given = answers.get(&question.id).and_then(Json::as_array);
        let mut entries = given.cloned().unwrap_or_default();
        // One empty entry is open from the start where at least one is asked for.
        if entries.is_empty() && question.required && group.min > 0 {
            entries.push(Json::Object(serde_json::Map::new()));
        }
        for (index, entry) in entries.iter().enumerate() {
            let path = format!("{}[{index}]", question.id);
            let title = format!("{} {}", group.item.vi, index + 1);
            all.push(marker(&path, Body::EntryBegins { title }));
            for inner in shown::of_entry(group, &outer, entry) {
                let inner_path = format!("{path}.{}", inner.id);
                self.add(inner, &inner_path, entry.get(&inner.id), all);
            }
            all.push(marker(&path, Body::EntryEnds));
        }
        let add = match entries.len() < group.max {
            true => lower_first(&group.item.vi),
            false => String::new(),
        };
        all.push(marker(&question.id, Body::GroupEnds { add }));
    }

    /// Whether a condition somewhere in the form names this question.
    fn decides(&self, id: &str) -> bool {
        let of_section = self.form.sections.iter().map(|section| &section.when);
        let of_question = self.form.questions().map(|question| &question.when);
        let inside = self
            .form
            .questions()
            .filter_map(|question| match &question.kind {
                Kind::Group(group) => Some(group.questions.iter().map(|inner| &inner.when)),
                _ => None,
            });
        of_section
            .chain(of_question)
            .chain(inside.flatten())
            .flatten()
            .any(|when| when.names().iter().any(|name| name == id))
    }

    fn body(&self, question: &Question, answer: &Json) -> Body {
        let text = text_of(answer);
        match &question.kind {
            Kind::Date(_) | Kind::PartialDate(_) => Body::Date {
                value: date_parts(&text),
            },
            Kind::LongText(_) => Body::Area { value: text },
            Kind::Choice(choice) => choice_body(choice, text),
            Kind::YesNo => Body::Radios {
                value: match answer {
                    Json::Bool(true) => "yes".to_owned(),
                    Json::Bool(false) => "no".to_owned(),
                    _ => String::new(),
                },
                choices: vec![Offered::new("yes", "Có"), Offered::new("no", "Không")],
                layout: "inline",
            },
            Kind::Address => Body::Place(Box::new(self.place(answer, Vec::new()))),
            Kind::Place(countries) => Body::Place(Box::new(self.place(answer, offered(countries)))),
            Kind::File => Body::File {
                kept: part(answer, "name"),
            },
            Kind::Group(_) => Body::GroupBegins,
            kind => Body::Line {
                value: line_value(kind, answer, text),
                shape: line_shape(kind, question.source.as_deref().unwrap_or("")),
            },
        }
    }
}

fn marker(name: &str, body: Body) -> Field {
    Field {
        name: name.to_owned(),
        label: String::new(),
        hint: String::new(),
        help: String::new(),
        optional: false,
        decides: false,
        body,
    }
}

fn hint_of(question: &Question) -> String {
    if !question.hint.is_empty() {
        return question.hint.vi.clone();
    }
    match &question.kind {
        Kind::PersonalId => "12 chữ số, in trên thẻ căn cước.".to_owned(),
        Kind::Date(_) => "Ví dụ: 5 11 2026".to_owned(),
        Kind::PartialDate(_) => "Không nhớ ngày hoặc tháng thì để trống ô đó.".to_owned(),
        Kind::Text(Length { min, .. }) if *min > 1 => format!("Ít nhất {min} ký tự."),
        _ => String::new(),
    }
}

fn choice_body(choice: &Choice, value: String) -> Body {
    let choices = offered(choice);
    let radio = choice.shape == ChoiceShape::Radio && choices.len() <= RADIOS_MAX;
    if !radio {
        return Body::Select { value, choices };
    }
    let short = |choice: &Offered| choice.label.chars().count() <= SHORT_LABEL_CHARS;
    let inline = choices.len() <= INLINE_MAX && choices.iter().all(short);
    Body::Radios {
        value,
        layout: if inline { "inline" } else { "" },
        choices,
    }
}

fn offered(choice: &Choice) -> Vec<Offered> {
    let one = |option: &facts::procedure::ChoiceOption| {
        Offered::new(option.value.clone(), option.label.vi.clone())
    };
    choice.options.iter().map(one).collect()
}

fn line_shape(kind: &Kind, source: &str) -> Line {
    let autocomplete = match source {
        "applicant.name" => "name",
        "applicant.phone" => "tel",
        "applicant.email" => "email",
        _ => "off",
    };
    let plain = Line {
        width: "w30",
        kind: "text",
        autocomplete,
        ..Line::default()
    };
    let number = Line {
        width: "w10",
        inputmode: "numeric",
        ..plain
    };
    match kind {
        Kind::PersonalId => Line {
            width: "w20",
            ..number
        },
        Kind::Phone => Line {
            width: "w20",
            kind: "tel",
            ..plain
        },
        Kind::Email => Line {
            kind: "email",
            ..plain
        },
        Kind::Money(_) => Line {
            unit: "đồng",
            ..number
        },
        Kind::Integer(_) => number,
        Kind::Decimal(_) => Line {
            inputmode: "decimal",
            ..number
        },
        _ => plain,
    }
}

fn line_value(kind: &Kind, answer: &Json, text: String) -> String {
    match (kind, answer) {
        (Kind::Money(_), Json::Number(_)) => answer.as_i64().map_or(text, web::show::number),
        (Kind::Decimal(_), Json::Number(_)) => answer.as_f64().map_or(text, number::in_field),
        (Kind::Phone, _) => Phone::shown(&text),
        _ => text,
    }
}

fn text_of(answer: &Json) -> String {
    match answer {
        Json::String(text) => text.clone(),
        Json::Number(number) => number.to_string(),
        _ => String::new(),
    }
}

pub(super) fn part(answer: &Json, key: &str) -> String {
    let text = answer.get(key).and_then(Json::as_str);
    text.unwrap_or_default().to_owned()
}

/// "1960-05" into its three fields, whatever else was typed.
fn date_parts(text: &str) -> DateAnswer {
    let mut parts = text.splitn(3, '-').map(|part| part.trim().to_owned());
    let year = parts.next().unwrap_or_default();
    let month = parts.next().unwrap_or_default();
    let day = parts.next().unwrap_or_default();
    DateAnswer { day, month, year }
}

fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters
        .next()
        .map(|letter| letter.to_lowercase().to_string());
    format!("{}{}", first.unwrap_or_default(), letters.as_str())
}
