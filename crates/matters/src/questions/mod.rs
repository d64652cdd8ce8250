//! A procedure's form as pages of questions, for citizens and for officers at the counter: which
//! questions a page shows, their fields, the answers read back from what a browser sent, and the
//! answers in words.
//!
//! Lends: `Asker` (one form, asked on one day), `Questions` (the fields of one page, drawn with
//! `{{ questions|safe }}`), `Reading` (what came back), `Part` (answers in words).
//! Does not know: whose affair it is, where answers are kept, what stands around the questions.
mod fields;
mod party;
mod place;
mod read;
mod shown;
mod summary;
#[cfg(test)]
mod tests;

pub use fields::Questions;
pub use place::Sought;
pub use read::{Press, Reading};
pub use summary::Part;

use facts::place::Places;
use facts::procedure::{FieldError, Form, Kind, Warning};
use jiff::civil::Date;
use kernel::Json;
use web::{FieldErrors, FormData};

/// One form, asked on one day. Cheap to make for each request.
#[derive(Clone, Copy)]
pub struct Asker<'a> {
    /// The questions.
    pub form: &'a Form,
    /// Provinces and communes to choose from.
    pub places: &'a Places,
    /// The day of asking, in Vietnam.
    pub today: Date,
    /// Code of the province that addresses begin with; empty for none.
    pub province: &'a str,
}

/// How far a page of questions is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// Id of the section.
    pub id: String,
    /// Its heading.
    pub title: String,
    /// Everything that must be answered is answered rightly.
    pub complete: bool,
}

/// Something to look at in answers that were taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doubt {
    /// What to look at.
    pub text: String,
    /// Id of the section.
    pub section: String,
    /// The field in it.
    pub field: String,
    rule: String,
}

/// The field by which a page says of what it has warned.
const WARNED: &str = "_warned";

impl Asker<'_> {
    /// The pages that these answers show, in order, and how far each is.
    #[must_use]
    pub fn progress(&self, answers: &Json) -> Vec<Progress> {
        let shown = shown::sections(self.form, answers, self.today);
        let one = |part: &shown::Shown<'_>| Progress {
            id: part.section.id.clone(),
            title: part.section.title.vi.clone(),
            complete: self.check(&part.section.id, answers).is_empty(),
        };
        shown.iter().map(one).collect()
    }

    /// What is wrong on one page, filed under the names of its fields.
    #[must_use]
    pub fn check(&self, section: &str, answers: &Json) -> FieldErrors {
        match self.form.check_section(section, answers, self.today) {
            Ok(_) => FieldErrors::new(),
            Err(errors) => self.errors(&errors),
        }
    }

    /// What may be wrong on one page: what the applicant is told. Personal numbers that do not fit
    /// are for the officer's eye ([`Asker::remarks`]).
    fn warnings(&self, section: &str, answers: &Json) -> Vec<Warning> {
        let mut all = self.form.section_warnings(section, answers, self.today);
        all.retain(|warning| !warning.rule.is_empty());
        all
    }

    /// Whether a page warns of something that it did not warn of when it was drawn: `sent` says
    /// what it did. Then it is shown once more before one goes on.
    #[must_use]
    pub fn warns_anew(&self, section: &str, answers: &Json, sent: &FormData) -> bool {
        let told = sent.all(WARNED);
        let mut warnings = self.warnings(section, answers).into_iter();
        warnings.any(|warning| !told.contains(&warning.rule.as_str()))
    }

    /// What the applicant should look at before handing in: question, sentence, section and field.
    #[must_use]
    pub fn doubts(&self, answers: &Json) -> Vec<Doubt> {
        let mut all = self.remarks(answers);
        all.retain(|remark| !remark.rule.is_empty());
        all
    }

    /// What whoever works on it should look at: broken rules that only warn, numbers that do not
    /// fit what stands beside them.
    #[must_use]
    pub fn remarks(&self, answers: &Json) -> Vec<Doubt> {
        let warnings = self.form.warnings(answers, self.today).into_iter();
        let doubt = |warning: Warning| Doubt {
            text: warning.message.vi,
            section: self
                .section_of(&warning.field)
                .unwrap_or_default()
                .to_owned(),
            field: warning.field,
            rule: warning.rule,
        };
        warnings.map(doubt).collect()
    }

    /// The form's errors as the page shows them: each leads to a field that can be typed in.
    #[must_use]
    pub fn errors(&self, errors: &[FieldError]) -> FieldErrors {
        let mut all = FieldErrors::new();
        for error in errors {
            all.add(self.field_of(&error.field), error.message.vi.clone());
        }
        all
    }

    /// A missing address has no field of its own: the first of its parts stands for it.
    fn field_of(&self, path: &str) -> String {
        let first = match (self.kind_of(path), self.province.is_empty()) {
            (Some(Kind::Address | Kind::Place(_)), true) => ".province",
            (Some(Kind::Address | Kind::Place(_)), false) => ".commune",
            _ => "",
        };
        format!("{path}{first}")
    }

    fn kind_of(&self, path: &str) -> Option<&Kind> {
        let (outer, inner) = match path.split_once('[') {
            None => (path, None),
            Some((outer, rest)) => (outer, rest.split_once("].").map(|(_, inner)| inner)),
        };
        let question = self.form.question(outer)?;
        match (inner, &question.kind) {
            (None, kind) => Some(kind),
            (Some(inner), Kind::Group(group)) => {
                let inside = group.questions.iter().find(|q| q.id == inner)?;
                Some(&inside.kind)
            }
            _ => None,
        }
    }

    /// The section in which a field stands: where "change it" leads.
    #[must_use]
    pub fn section_of(&self, field: &str) -> Option<&str> {
        let id = field.split(['[', '.']).next().unwrap_or(field);
        let has = |section: &&facts::procedure::Section| {
            section.questions.iter().any(|question| question.id == id)
        };
        Some(self.form.sections.iter().find(has)?.id.as_str())
    }

    /// The answers to what is shown, with the derived values: what fees and papers are worked out
    /// from while the form is still being filled in.
    #[must_use]
    pub fn kept(&self, answers: &Json) -> Json {
        shown::kept(self.form, answers, self.today)
    }

    /// Answers from what is known (`{"applicant": {"name": …}}`), for questions with a `source`.
    #[must_use]
    pub fn prefilled(&self, known: &Json) -> Json {
        let mut answers = kernel::Json::Object(serde_json::Map::new());
        for question in self.form.questions() {
            let source = question.source.as_deref().unwrap_or("");
            let value = source
                .split('.')
                .try_fold(known, |value, key| value.get(key));
            if let Some(value) = value.filter(|value| !source.is_empty() && !value.is_null()) {
                answers[&question.id] = value.clone();
            }
        }
        answers
    }
}
