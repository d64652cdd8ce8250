//! Rules over several answers (`[[rule]]` of `form.toml`): a mother is older than her child, a
//! house is no larger than its plot. A rule refuses or warns, with a sentence of its own.
//! Does not know: how answers are checked one by one (`answer`), screens.
use jiff::civil::Date;
use process::feel::FeelError;
use serde_json::{Map, Value as Json, json};

use super::answer::span_of;
use super::check::TODAY;
use super::form::{Form, Kind, Question};
use super::when::When;
use super::words::Words;

/// How the names end by which a rule knows the first and the last day that a date can mean: of
/// "1960" the first of January and the last of December.
const ENDS: [&str; 2] = ["_earliest", "_latest"];

/// What must fit together.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Unique in the form.
    pub id: String,
    /// Asked only when this holds.
    pub when: Option<When>,
    /// What must not be false.
    pub holds: When,
    /// What follows when it is.
    pub severity: Severity,
    /// What to do about it.
    pub sentence: Words,
    /// The questions at which it is shown, the first of them shown first.
    pub at: Vec<String>,
}

/// What a broken rule does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// The answers are not taken.
    Refuse,
    /// They are taken; the applicant is told, and whoever works on it sees it.
    Warn,
}

impl Rule {
    /// Whether these answers break it. A rule is asked when every answer that it names is there.
    pub(super) fn is_broken<'a>(
        &self,
        form: &Form,
        find: impl Fn(&str) -> Option<&'a Json>,
    ) -> bool {
        let spans = self.spans(form, &find);
        let found = |name: &str| spans.get(name).or_else(|| find(name));
        let asked = self.holds.names().iter().all(|name| found(name).is_some())
            && self
                .when
                .as_ref()
                .is_none_or(|when| when.holds_where(found));
        asked && self.holds.fails_where(found)
    }

    /// Whether it can be worked out for these answers, for the loader.
    pub(super) fn trial(&self, form: &Form, answers: &Json, today: Date) -> Result<(), FeelError> {
        let mut seen = answers.as_object().cloned().unwrap_or_default();
        seen.extend(self.spans(form, &|name| answers.get(name)));
        seen.insert(TODAY.to_owned(), today.to_string().into());
        let seen = Json::Object(seen);
        for when in self.when.iter().chain([&self.holds]) {
            when.trial(&seen)?;
        }
        Ok(())
    }

    /// The ends of the dates that it names, and the groups with the ends of theirs.
    fn spans<'a>(
        &self,
        form: &Form,
        find: &impl Fn(&str) -> Option<&'a Json>,
    ) -> Map<String, Json> {
        let mut spans = Map::new();
        let whens = self.when.iter().chain([&self.holds]);
        for name in whens.flat_map(|when| when.names()) {
            let question = form.question(stem(name));
            let Some((question, answer)) = question.and_then(|q| Some((q, find(&q.id)?))) else {
                continue;
            };
            match &question.kind {
                Kind::Group(group) if question.id == *name => {
                    let entries = answer.as_array().into_iter().flatten();
                    let with_ends = entries.map(|entry| with_ends(&group.questions, entry));
                    spans.insert(name.clone(), with_ends.collect());
                }
                _ => add_ends(question, answer, &mut spans),
            }
        }
        spans
    }

    /// The question at which it is shown: in `only` this section, else anywhere; of those that
    /// were answered.
    pub(super) fn field(
        &self,
        form: &Form,
        only: Option<&str>,
        answered: impl Fn(&str) -> bool,
    ) -> Option<&str> {
        let here = |id: &&String| {
            let section = only.and_then(|only| form.section(only));
            let inside = section.is_none_or(|s| s.questions.iter().any(|q| q.id == **id));
            inside && answered(id)
        };
        self.at.iter().find(here).map(String::as_str)
    }

    /// The questions whose answers it needs, by their ids.
    pub(super) fn questions(&self) -> impl Iterator<Item = &str> {
        let whens = self.when.iter().chain([&self.holds]);
        whens
            .flat_map(|when| when.names())
            .map(|name| stem(name))
            .filter(|name| *name != TODAY)
    }

    /// For other computers: a schema cannot say it.
    pub(super) fn described(&self) -> Json {
        json!({
            "id": self.id,
            "when": self.when.as_ref().map(When::text),
            "holds": self.holds.text(),
            "severity": match self.severity {
                Severity::Refuse => "refuse",
                Severity::Warn => "warn",
            },
            "at": self.at,
            "message": self.sentence.vi,
            "x-message-en": self.sentence.en,
        })
    }
}

/// The names by which a rule may know a question beside its own: the ends of a date.
pub(super) fn ends_of(question: &Question) -> Vec<String> {
    match &question.kind {
        Kind::Date(_) | Kind::PartialDate(_) => {
            ENDS.map(|end| format!("{}{end}", question.id)).into()
        }
        _ => Vec::new(),
    }
}

/// `mother_birth_date` of `mother_birth_date_earliest`.
fn stem(name: &str) -> &str {
    let mut ends = ENDS.iter().filter_map(|end| name.strip_suffix(end));
    ends.next().unwrap_or(name)
}

fn add_ends(question: &Question, answer: &Json, into: &mut Map<String, Json>) {
    if ends_of(question).is_empty() {
        return;
    }
    let Some((first, last)) = answer.as_str().and_then(span_of) else {
        return;
    };
    for (name, day) in ends_of(question).into_iter().zip([first, last]) {
        into.insert(name, day.to_string().into());
    }
}

fn with_ends(questions: &[Question], entry: &Json) -> Json {
    let mut with = entry.as_object().cloned().unwrap_or_default();
    for question in questions {
        if let Some(answer) = entry.get(&question.id) {
            add_ends(question, answer, &mut with);
        }
    }
    Json::Object(with)
}
