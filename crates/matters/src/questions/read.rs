//! From what a browser sent back to answers. Only questions that stood on the page are touched, so
//! that nothing typed before is lost while a question is hidden.
//! Does not know: where answers are kept, files on disk.
use facts::procedure::{Group, Kind, Question, Section};
use kernel::Json;
use serde_json::Map;
use web::FormData;

use super::place::{HOME, Sought};
use super::{Asker, shown};

/// What came back from a page.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// All answers, those of other pages included.
    pub answers: Json,
    /// What was pressed.
    pub press: Press,
    /// The first question that these answers show and that was not on the page.
    pub appeared: Option<String>,
}

/// What was pressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Press {
    /// "Tiếp tục", or a button of the page around the questions.
    GoOn,
    /// A button among the questions: draw the page again and go to the element of this name.
    Stay(String),
    /// A place is looked for: draw the page again with what was found.
    Seek(Sought),
}

impl Asker<'_> {
    /// Reads the fields of one page into the answers.
    #[must_use]
    pub fn read(&self, section: &str, answers: &Json, sent: &FormData) -> Reading {
        let Some(section) = self.form.section(section) else {
            return Reading {
                answers: answers.clone(),
                press: Press::GoOn,
                appeared: None,
            };
        };
        let came = self.collect(sent);
        let asked = sent.all("_asked");
        let mut merged = answers.as_object().cloned().unwrap_or_default();
        for question in &section.questions {
            self.merge(question, &question.id, (&asked, &came), &mut merged);
        }
        let press = press(section, sent, &mut merged);
        if press == Press::GoOn {
            drop_empty_entries(section, &mut merged);
        }
        let answers = Json::Object(merged);
        let appeared = self.appeared(section, &answers, &asked);
        Reading {
            answers,
            press,
            appeared,
        }
    }

    fn collect(&self, sent: &FormData) -> Json {
        let dotted = |name: &str| match name.rsplit_once('-') {
            Some((stem, part @ ("day" | "month" | "year"))) => format!("{stem}.{part}"),
            _ => name.to_owned(),
        };
        let fields: Vec<(String, &str)> = sent
            .fields()
            .map(|(name, value)| (dotted(name), value))
            .collect();
        self.form
            .collect(fields.iter().map(|(name, value)| (name.as_str(), *value)))
    }

    fn merge(
        &self,
        question: &Question,
        path: &str,
        (asked, came): (&[&str], &Json),
        into: &mut Map<String, Json>,
    ) {
        if !asked.contains(&path) {
            return;
        }
        let value = came.get(&question.id).unwrap_or(&Json::Null);
        let value = match &question.kind {
            // Files do not come as fields: see `attach`.
            Kind::File => return,
            Kind::Group(group) => {
                let before = into.get(&question.id).cloned().unwrap_or(Json::Null);
                self.merge_entries(group, path, (asked, value), &before)
            }
            Kind::Address | Kind::Place(_) => self.place_of(value),
            _ => value.clone(),
        };
        if shown::is_empty(&value) {
            into.remove(&question.id);
        } else {
            into.insert(question.id.clone(), value);
        }
    }

    fn merge_entries(
        &self,
        group: &Group,
        path: &str,
        (asked, came): (&[&str], &Json),
        before: &Json,
    ) -> Json {
        let mut entries = Vec::new();
        for (index, entry) in came.as_array().into_iter().flatten().enumerate() {
            let kept = before.get(index).and_then(Json::as_object);
            let mut merged = kept.cloned().unwrap_or_default();
            for inner in &group.questions {
                let inner_path = format!("{path}[{index}].{}", inner.id);
                self.merge(inner, &inner_path, (asked, entry), &mut merged);
            }
            entries.push(Json::Object(merged));
        }
        Json::Array(entries)
    }

    /// A commune of another province is no answer, nor is a province that only stood there by
    /// default.
    fn place_of(&self, value: &Json) -> Json {
        let mut place = value.as_object().cloned().unwrap_or_default();
        let text = |place: &Map<String, Json>, key: &str| {
            let text = place.get(key).and_then(Json::as_str);
            text.unwrap_or_default().to_owned()
        };
        let country = text(&place, "country");
        if !country.is_empty() && country != HOME {
            place.remove("province");
            place.remove("commune");
            return Json::Object(place);
        }
        let (province, commune) = (text(&place, "province"), text(&place, "commune"));
        let known = self.places.commune(&commune, self.today);
        if known.is_none_or(|known| known.province != province) {
            place.remove("commune");
        }
        place.remove("country");
        let bare = !place.contains_key("commune") && !place.contains_key("detail");
        match bare && province == self.province {
            true => Json::Null,
            false => Json::Object(place),
        }
    }

    fn appeared(&self, section: &Section, answers: &Json, asked: &[&str]) -> Option<String> {
        let all = shown::sections(self.form, answers, self.today);
        let part = all.iter().find(|part| part.section.id == section.id)?;
        let fresh = |question: &&&Question| !asked.contains(&question.id.as_str());
        if let Some(question) = part.questions.iter().find(fresh) {
            return Some(question.id.clone());
        }
        let outer = shown::seen(self.form, answers, self.today);
        for question in &part.questions {
            let Kind::Group(group) = &question.kind else {
                continue;
            };
            let entries = answers.get(&question.id).and_then(Json::as_array);
            for (index, entry) in entries.into_iter().flatten().enumerate() {
                for inner in shown::of_entry(group, &outer, entry) {
                    let path = format!("{}[{index}].{}", question.id, inner.id);
                    if !asked.contains(&path.as_str()) {
                        return Some(path);
                    }
                }
            }
        }
        None
    }
}

impl Asker<'_> {
    /// Files an uploaded file as the answer of a `file` question (also inside an entry of a group).
    /// An upload under the name of any other question is nobody's answer.
    pub fn attach(&self, answers: &mut Json, path: &str, (digest, name): (&str, &str)) {
        if self.kind_of(path).is_some_and(Kind::is_file) {
            attach(answers, path, digest, name);
        }
    }
}

pub(super) fn attach(answers: &mut Json, path: &str, digest: &str, name: &str) {
    let file = serde_json::json!({ "digest": digest, "name": name });
    let (outer, inner) = match path.split_once('[') {
        None => (path, None),
        Some((outer, rest)) => (outer, rest.split_once("].")),
    };
    match inner {
        None => answers[outer] = file,
        Some((index, inner)) => {
            let index = index.parse::<usize>().ok();
            let entry = index.and_then(|index| answers.get_mut(outer)?.get_mut(index));
            if let Some(entry) = entry {
                entry[inner] = file;
            }
        }
    }
}

fn press(section: &Section, sent: &FormData, answers: &mut Map<String, Json>) -> Press {
    if let Some(path) = sent.filled("_refresh") {
        return Press::Stay(path.to_owned());
    }
    if let Some(path) = sent
        .filled("_take")
        .and_then(|taken| take(section, taken, answers))
    {
        return Press::Stay(path);
    }
    if let Some(sought) = sought(section, sent) {
        return Press::Seek(sought);
    }
    let group_of = |path: &str| {
        let id = path.split('[').next().unwrap_or(path);
        let question = section.questions.iter().find(|question| question.id == id);
        question.and_then(|question| match &question.kind {
            Kind::Group(group) => Some((id.to_owned(), group)),
            _ => None,
        })
    };
    if let Some((id, group)) = sent.filled("_add").and_then(group_of) {
        let entries = answers
            .entry(id.clone())
            .or_insert_with(|| Json::Array(Vec::new()));
        let Some(entries) = entries.as_array_mut() else {
            return Press::Stay(id);
        };
        if entries.len() < group.max {
            entries.push(Json::Object(Map::new()));
        }
        return Press::Stay(format!("{id}[{}]", entries.len() - 1));
    }
    let Some(path) = sent.filled("_remove") else {
        return Press::GoOn;
    };
    if let Some((id, _)) = group_of(path) {
        let index = path
            .split(['[', ']'])
            .nth(1)
            .and_then(|text| text.parse::<usize>().ok());
        let entries = answers.get_mut(&id).and_then(Json::as_array_mut);
        if let (Some(entries), Some(index)) = (entries, index)
            && index < entries.len()
        {
            entries.remove(index);
        }
        return Press::Stay(id);
    }
    answers.remove(path);
    Press::Stay(path.to_owned())
}

/// Whether this path leads to a question of the section, an inner one included.
fn is_asked(section: &Section, path: &str) -> bool {
    let id = path.split('[').next().unwrap_or(path);
    section.questions.iter().any(|question| question.id == id)
}

/// The place for which somebody pressed "find"; or typed a name, and pressed Enter.
fn sought(section: &Section, sent: &FormData) -> Option<Sought> {
    let typed = |path: &str| sent.text(&format!("{path}._find")).to_owned();
    if let Some(path) = sent.filled("_find").filter(|path| is_asked(section, path)) {
        let (field, text) = (path.to_owned(), typed(path));
        return Some(Sought { field, text });
    }
    let fields = sent.fields().filter_map(|(name, text)| {
        let path = name.strip_suffix("._find")?;
        let fresh = !text.trim().is_empty() && sent.text(&format!("{path}._found")) != text;
        (fresh && is_asked(section, path)).then(|| Sought {
            field: path.to_owned(),
            text: text.to_owned(),
        })
    });
    fields.into_iter().next()
}

/// Takes over a commune that was offered, `FIELD=PROVINCE=COMMUNE`: house and street stay.
fn take(section: &Section, taken: &str, answers: &mut Map<String, Json>) -> Option<String> {
    let mut parts = taken.rsplitn(3, '=');
    let (commune, province, path) = (parts.next()?, parts.next()?, parts.next()?);
    if !is_asked(section, path) {
        return None;
    }
    let place = match path.split_once('[') {
        None => answers.entry(path.to_owned()).or_insert(Json::Null),
        Some((outer, rest)) => {
            let (index, inner) = rest.split_once("].")?;
            let entries = answers.get_mut(outer)?.as_array_mut()?;
            let entry = entries.get_mut(index.parse::<usize>().ok()?)?;
            entry
                .as_object_mut()?
                .entry(inner.to_owned())
                .or_insert(Json::Null)
        }
    };
    if !place.is_object() {
        *place = Json::Object(Map::new());
    }
    let place = place.as_object_mut()?;
    place.remove("country");
    place.insert("province".to_owned(), province.into());
    place.insert("commune".to_owned(), commune.into());
    Some(path.to_owned())
}

/// An entry that was opened and left empty is no entry.
fn drop_empty_entries(section: &Section, answers: &mut Map<String, Json>) {
    for question in &section.questions {
        let Kind::Group(group) = &question.kind else {
            continue;
        };
        let Some(entries) = answers.get_mut(&question.id).and_then(Json::as_array_mut) else {
            continue;
        };
        let least = if question.required { group.min } else { 0 };
        let mut spare = entries.len().saturating_sub(least);
        entries.retain(|entry| {
            let drop = shown::is_empty(entry) && spare > 0;
            spare -= usize::from(drop);
            !drop
        });
        if entries.is_empty() {
            answers.remove(&question.id);
        }
    }
}
