//! Which questions a set of answers shows. The same walk as the form's own check: conditions see
//! only the answers to questions that are shown before them.
//! Does not know: fields, what browsers send.
use facts::procedure::{Form, Group, Question, Section, When};
use jiff::civil::Date;
use kernel::Json;
use serde_json::Map;

/// A section with the questions that are shown.
pub(super) struct Shown<'f> {
    pub(super) section: &'f Section,
    pub(super) questions: Vec<&'f Question>,
}

/// The sections that are shown, in order.
pub(super) fn sections<'f>(form: &'f Form, answers: &Json, today: Date) -> Vec<Shown<'f>> {
    walk(form, answers, today).0
}

/// The answers to what is shown, and the values derived from them.
pub(super) fn kept(form: &Form, answers: &Json, today: Date) -> Json {
    let (_, mut seen) = walk(form, answers, today);
    let derived: Vec<(String, bool)> = form
        .derived
        .iter()
        .map(|derived| (derived.id.clone(), derived.when.holds(&seen)))
        .collect();
    if let Some(map) = seen.as_object_mut() {
        map.remove("today");
        map.extend(
            derived
                .into_iter()
                .map(|(id, holds)| (id, Json::Bool(holds))),
        );
    }
    seen
}

/// What conditions inside the entries of a group see before the entry's own answers.
pub(super) fn seen(form: &Form, answers: &Json, today: Date) -> Json {
    walk(form, answers, today).1
}

/// The questions of one entry of a group that are shown.
pub(super) fn of_entry<'f>(group: &'f Group, outer: &Json, entry: &Json) -> Vec<&'f Question> {
    let mut seen = outer.clone();
    let mut shown = Vec::new();
    for question in &group.questions {
        if let Some(map) = seen.as_object_mut() {
            map.remove(&question.id);
        }
        if holds(question.when.as_ref(), &seen) {
            note(&mut seen, &question.id, entry);
            shown.push(question);
        }
    }
    shown
}

fn walk<'f>(form: &'f Form, answers: &Json, today: Date) -> (Vec<Shown<'f>>, Json) {
    let mut seen = Map::new();
    seen.insert("today".to_owned(), today.to_string().into());
    let mut seen = Json::Object(seen);
    let mut shown = Vec::new();
    for section in &form.sections {
        if !holds(section.when.as_ref(), &seen) {
            continue;
        }
        let mut questions = Vec::new();
        for question in &section.questions {
            if holds(question.when.as_ref(), &seen) {
                note(&mut seen, &question.id, answers);
                questions.push(question);
            }
        }
        shown.push(Shown { section, questions });
    }
    (shown, seen)
}

fn note(seen: &mut Json, id: &str, answers: &Json) {
    let given = answers.get(id).filter(|value| !is_empty(value));
    if let (Some(map), Some(value)) = (seen.as_object_mut(), given) {
        map.insert(id.to_owned(), value.clone());
    }
}

/// Nothing was answered.
pub(super) fn is_empty(value: &Json) -> bool {
    match value {
        Json::Null => true,
        Json::String(text) => text.trim().is_empty(),
        Json::Object(map) => map.is_empty(),
        Json::Array(items) => items.is_empty(),
        _ => false,
    }
}

fn holds(when: Option<&When>, seen: &Json) -> bool {
    when.is_none_or(|when| when.holds(seen))
}
