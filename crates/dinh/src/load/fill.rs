//! Fills a page of questions from the sample answers of its procedure, as somebody would type them.
//! Does not know: which page it is, what follows from the answers.
use kernel::Json;

use super::form::{FieldKind, Form};

/// Every posted page of questions names the questions on it with this hidden field.
const ASKED: &str = "_asked";

/// Types the answers into every field for which there is one.
pub fn fill(form: &mut Form, answers: &Json) {
    let asked = form.fields.iter().filter(|field| field.name == ASKED);
    let asked: Vec<String> = asked.map(|field| field.value.clone()).collect();
    for path in asked {
        if let Some(value) = at(answers, &path) {
            answer(form, &path, &value.clone());
        }
    }
}

/// The answer at `group[0].question`.
fn at<'a>(answers: &'a Json, path: &str) -> Option<&'a Json> {
    path.split('.')
        .try_fold(answers, |value, part| match part.split_once('[') {
            None => value.get(part),
            Some((name, index)) => {
                let index: usize = index.trim_end_matches(']').parse().ok()?;
                value.get(name)?.get(index)
            }
        })
}

fn answer(form: &mut Form, path: &str, value: &Json) {
    match value {
        Json::String(text) => text_answer(form, path, text),
        Json::Bool(yes) => form.set(path, if *yes { "yes" } else { "no" }),
        Json::Number(number) => form.set(path, &number.to_string()),
        Json::Object(parts) if parts.contains_key("digest") => form.set(path, "file"),
        Json::Object(parts) => {
            for (key, part) in parts {
                if let Some(text) = part.as_str() {
                    form.set(&format!("{path}.{key}"), text);
                }
            }
        }
        Json::Array(entries) => entries_answer(form, path, entries),
        Json::Null => {}
    }
}

/// A date stands in three fields.
fn text_answer(form: &mut Form, path: &str, text: &str) {
    if !form.has(&format!("{path}-day")) {
        return form.set(path, text);
    }
    let mut parts = text.split('-');
    for part in ["year", "month", "day"] {
        form.set(&format!("{path}-{part}"), parts.next().unwrap_or_default());
    }
}

/// Entries of a group: those that the page does not show yet are added, as its button would.
fn entries_answer(form: &mut Form, path: &str, entries: &[Json]) {
    for (index, entry) in entries.iter().enumerate() {
        let opened = format!("{path}[{index}]._");
        if form.has(&opened) {
            continue;
        }
        form.set(&opened, "1");
        for (name, value) in entry.as_object().into_iter().flatten() {
            let inner = format!("{path}[{index}].{name}");
            form.add(FieldKind::Hidden, ASKED, &inner);
            answer(form, &inner, value);
        }
    }
}

/// Chooses `wanted` wherever it is offered, and the first offer where nothing is chosen yet.
pub fn choose(form: &mut Form, wanted: &[&str]) {
    let mut names: Vec<String> = Vec::new();
    for field in &form.fields {
        if matches!(field.kind, FieldKind::Radio | FieldKind::Select)
            && !names.contains(&field.name)
        {
            names.push(field.name.clone());
        }
    }
    for name in names {
        let offers = form.offers(&name);
        let wish = wanted
            .iter()
            .find(|wish| offers.iter().any(|offer| offer == *wish));
        match wish {
            Some(wish) => form.set(&name, wish),
            None if form.chosen(&name).is_none() => {
                if let Some(first) = offers.iter().find(|offer| !offer.is_empty()) {
                    form.set(&name, first);
                }
            }
            None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::page::Page;

    #[test]
    fn a_page_is_filled_as_its_fields_ask() {
        let html = r#"<form method=post><input type=hidden name=_asked value=name>
            <input name=name value=old><input type=hidden name=_asked value=born>
            <input name=born-day><input name=born-month><input name=born-year>
            <input type=hidden name=_asked value=self><input type=radio name=self value=yes>
            <input type=radio name=self value=no><input type=hidden name=_asked value=home>
            <select name=home.province><option value="">-</option></select>
            <input type=hidden name=_asked value=former></form>"#;
        let answers = serde_json::json!({
            "name": "Hồ Thị Mai", "born": "1998-01-20", "self": false,
            "home": { "province": "66", "commune": "24133" },
            "former": [{ "from": "2001" }],
        });
        let mut form = Page::read(html).forms[0].clone();
        fill(&mut form, &answers);
        let sent = form.pairs();
        let has = |name: &str, value: &str| sent.contains(&(name.to_owned(), value.to_owned()));
        assert!(has("name", "Hồ Thị Mai") && has("self", "no") && !has("self", "yes"));
        assert!(has("born-day", "20") && has("born-month", "01") && has("born-year", "1998"));
        assert!(has("home.province", "66") && has("home.commune", "24133"));
        assert!(has("former[0]._", "1") && has("former[0].from", "2001"));
        assert!(has("_asked", "former[0].from"));
    }

    #[test]
    fn what_is_wanted_is_chosen_and_the_rest_keeps_its_choice() {
        let html = r#"<form><input type=radio name=a value=1 checked>
            <input type=radio name=a value=2><input type=radio name=b value=3>
            <select name=c><option value="">-</option><option value=H15.1>x</option></select>
            </form>"#;
        let mut form = Page::read(html).forms[0].clone();
        choose(&mut form, &["H15.1"]);
        let sent = form.pairs();
        let value = |name: &str| {
            let found = sent.iter().find(|(key, _)| key == name);
            found.map(|(_, value)| value.as_str())
        };
        assert_eq!(
            (value("a"), value("b"), value("c")),
            (Some("1"), Some("3"), Some("H15.1"))
        );
    }
}
