//! Checks answers: hidden questions are cleared, texts are tidied, each answer is checked by its
//! kind, and what is left is validated once more by the published JSON Schema.
//! Does not know: pages, files on disk, the clock (`today` is handed in).
use std::collections::BTreeSet;

use jiff::civil::Date;
use serde_json::{Map, Value as Json};

use super::answer::{self, Problem};
use super::answers::Answers;
use super::form::{Form, Group, Kind, Question};
use super::rule::Severity;
use super::sentences;
use super::when::When;
use super::words::{FieldError, Words};

/// All answers together: far more than any form of the law, far less than hurts.
pub const ANSWERS_CHARS_MAX: usize = 200_000;
/// Errors shown at once.
const ERRORS_MAX: usize = 100;

/// Answers that passed.
#[derive(Debug, Clone, PartialEq)]
pub struct Clean {
    /// Tidied answers with derived values; hidden and unknown ones are gone.
    pub answers: Answers,
    /// What an officer should look at; never a reason to refuse a submission.
    pub warnings: Vec<Warning>,
}

/// What an officer should look at, and for a rule of the form the applicant too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// The `[[rule]]`; empty for what a personal number says against the answers beside it.
    pub rule: String,
    /// Where.
    pub field: String,
    /// What to look at.
    pub message: Words,
}

impl Form {
    /// Checks a whole form on a day. Errors come in the order of the questions; groups count from
    /// 0.
    pub fn check(&self, answers: &Json, today: Date) -> Result<Clean, Vec<FieldError>> {
        self.check_sections(answers, today, None)
    }

    /// Checks only the questions of one section, for "save and go on". The answers of other
    /// sections decide what is shown, and come back tidied without their errors.
    pub fn check_section(
        &self,
        section: &str,
        answers: &Json,
        today: Date,
    ) -> Result<Clean, Vec<FieldError>> {
        self.check_sections(answers, today, Some(section))
    }

    /// What to look at in these answers, right or wrong as they are.
    pub fn warnings(&self, answers: &Json, today: Date) -> Vec<Warning> {
        self.all_warnings(answers, today, None)
    }

    /// Those that are shown at the questions of one section.
    pub fn section_warnings(&self, section: &str, answers: &Json, today: Date) -> Vec<Warning> {
        let mut all = self.all_warnings(answers, today, Some(section));
        let here = |field: &str| {
            let top = field.split(['.', '[']).next().unwrap_or_default();
            let section = self.section(section);
            section.is_some_and(|s| s.questions.iter().any(|q| q.id == top))
        };
        all.retain(|warning| here(&warning.field));
        all
    }

    fn all_warnings(&self, answers: &Json, today: Date, only: Option<&str>) -> Vec<Warning> {
        match answers.as_object() {
            Some(given) if size(answers) <= ANSWERS_CHARS_MAX => {
                self.sheet(given, today, only).warnings
            }
            _ => Vec::new(),
        }
    }

    fn sheet(&self, given: &Map<String, Json>, today: Date, only: Option<&str>) -> Sheet {
        let mut sheet = Sheet::new(today);
        for section in &self.sections {
            if !sheet.shows(section.when.as_ref()) {
                continue;
            }
            let before = sheet.errors.len();
            sheet.questions(&section.questions, given, "");
            if only.is_some_and(|id| id != section.id) {
                sheet.errors.truncate(before);
            }
        }
        sheet.derive(self);
        sheet.rules(self, only);
        sheet
    }

    fn check_sections(
        &self,
        answers: &Json,
        today: Date,
        only: Option<&str>,
    ) -> Result<Clean, Vec<FieldError>> {
        let Some(given) = answers.as_object() else {
            return Err(vec![whole("not_answers")]);
        };
        if size(answers) > ANSWERS_CHARS_MAX {
            return Err(vec![whole("too_large")]);
        }
        let Sheet {
            kept,
            mut errors,
            warnings,
            ..
        } = self.sheet(given, today, only);
        let tidied = Json::Object(kept);
        if only.is_none() && errors.is_empty() {
            errors = self.schema_errors(&tidied);
        }
        errors.truncate(ERRORS_MAX);
        if !errors.is_empty() {
            return Err(errors);
        }
        let answers = match only {
            None => Answers::passed(self, today, tidied),
            Some(_) => tidied.into(),
        };
        Ok(Clean { answers, warnings })
    }
}

/// The name by which conditions know the day.
pub(super) const TODAY: &str = "today";

/// One pass over the questions.
struct Sheet {
    today: Date,
    /// The day as conditions see it.
    today_as_answer: Json,
    /// Tidied answers; inside a group those of its entry.
    kept: Map<String, Json>,
    /// Inside a group: the tidied answers around it, the outermost first.
    around: Vec<Map<String, Json>>,
    errors: Vec<FieldError>,
    warnings: Vec<Warning>,
    /// The questions with an error, those of other sections too: no rule is asked of them.
    wrong: BTreeSet<String>,
}

impl Sheet {
    fn new(today: Date) -> Self {
        Self {
            today,
            today_as_answer: today.to_string().into(),
            kept: Map::new(),
            around: Vec::new(),
            errors: Vec::new(),
            warnings: Vec::new(),
            wrong: BTreeSet::new(),
        }
    }

    /// Conditions see what was tidied so far and the day; inside a group first its entry.
    fn shows(&self, when: Option<&When>) -> bool {
        when.is_none_or(|when| when.holds_where(|name| self.find(name)))
    }

    fn find(&self, name: &str) -> Option<&Json> {
        let around = self.around.iter().rev();
        let mut kept = std::iter::once(&self.kept).chain(around);
        let day = || (name == TODAY).then_some(&self.today_as_answer);
        kept.find_map(|kept| kept.get(name)).or_else(day)
    }

    fn questions(&mut self, questions: &[Question], given: &Map<String, Json>, prefix: &str) {
        for question in questions {
            if !self.shows(question.when.as_ref()) {
                continue;
            }
            let path = format!("{prefix}{}", question.id);
            let tidy = given
                .get(&question.id)
                .and_then(|value| answer::tidy(&question.kind, value));
            match (tidy, &question.kind) {
                (Some(Json::Array(entries)), Kind::Group(group)) => {
                    let entries = self.group(question, group, &entries, &path);
                    self.keep(&question.id, Json::Array(entries));
                }
                (None, _) if !question.required => {}
                (None, _) => self.error(path, missing(question)),
                (Some(value), _) => {
                    match answer::check(&question.kind, &value, self.today) {
                        Ok(()) => {}
                        Err(problem) => self.problem(&path, &question.label, problem),
                    }
                    self.keep(&question.id, value);
                }
            }
        }
        self.warn(questions, prefix);
    }

    fn group(
        &mut self,
        question: &Question,
        group: &Group,
        entries: &[Json],
        path: &str,
    ) -> Vec<Json> {
        let label = &question.label;
        if entries.len() > group.max {
            self.error(
                path.to_string(),
                sentences::bounded("too_many", label, group.max),
            );
        }
        if entries.len() < group.min && (question.required || !entries.is_empty()) {
            self.error(
                path.to_string(),
                sentences::bounded("missing_group", label, group.min),
            );
        }
        self.around.push(std::mem::take(&mut self.kept));
        let (mut kept, none) = (Vec::new(), Map::new());
        for (index, entry) in entries.iter().take(group.max).enumerate() {
            let given = entry.as_object().unwrap_or(&none);
            self.questions(&group.questions, given, &format!("{path}[{index}]."));
            kept.push(Json::Object(std::mem::take(&mut self.kept)));
        }
        self.kept = self.around.pop().unwrap_or_default();
        kept
    }

    fn derive(&mut self, form: &Form) {
        for derived in &form.derived {
            let value = Json::Bool(self.shows(Some(&derived.when)));
            self.keep(&derived.id, value);
        }
    }

    /// Rules over several answers, once all were looked at one by one.
    fn rules(&mut self, form: &Form, only: Option<&str>) {
        for rule in &form.rules {
            let field = rule.field(form, only, |id| self.kept.contains_key(id));
            let Some(field) = field.map(str::to_owned) else {
                continue;
            };
            let readable = !rule.questions().any(|id| self.wrong.contains(id));
            if !readable || !rule.is_broken(form, |name| self.find(name)) {
                continue;
            }
            let (rule, severity, message) = (&rule.id, rule.severity, rule.sentence.clone());
            match severity {
                Severity::Refuse => self.error(field, message),
                Severity::Warn => self.warnings.push(Warning {
                    rule: rule.clone(),
                    field,
                    message,
                }),
            }
        }
    }

    fn keep(&mut self, id: &str, value: Json) {
        self.kept.insert(id.to_string(), value);
    }

    /// Personal numbers are compared with birth date and sex asked beside them under the same
    /// prefix:
    /// `mother_personal_id`, `mother_birth_date`, `mother_sex`.
    fn warn(&mut self, questions: &[Question], prefix: &str) {
        for question in questions
            .iter()
            .filter(|q| matches!(q.kind, Kind::PersonalId))
        {
            let beside = |name: &str| {
                let stem = question.id.strip_suffix("personal_id")?;
                self.kept.get(&format!("{stem}{name}"))?.as_str()
            };
            let Some(id) = self.kept.get(&question.id).and_then(Json::as_str) else {
                continue;
            };
            let found = answer::id_warnings(id, beside("birth_date"), beside("sex"));
            for key in found {
                self.warnings.push(Warning {
                    rule: String::new(),
                    field: format!("{prefix}{}", question.id),
                    message: sentences::about(key, &question.label),
                });
            }
        }
    }

    fn problem(&mut self, path: &str, label: &Words, problem: Problem) {
        let Problem {
            key,
            part,
            bound,
            readings,
        } = problem;
        let path = match part {
            Some(part) => format!("{path}.{part}"),
            None => path.to_string(),
        };
        let message = match (bound, readings) {
            (Some(bound), _) => sentences::bounded(key, label, bound),
            (None, Some(readings)) => sentences::either(key, label, &readings),
            (None, None) => sentences::about(key, label),
        };
        self.error(path, message);
    }

    fn error(&mut self, field: String, message: Words) {
        let top = field.split(['.', '[']).next().unwrap_or_default();
        self.wrong.insert(top.to_owned());
        if self.errors.len() < ERRORS_MAX {
            self.errors.push(FieldError { field, message });
        }
    }
}

fn whole(key: &str) -> FieldError {
    FieldError {
        field: String::new(),
        message: sentences::plain(key),
    }
}

fn missing(question: &Question) -> Words {
    if !question.missing.is_empty() {
        return question.missing.clone();
    }
    let label = &question.label;
    match &question.kind {
        Kind::Group(group) => sentences::bounded("missing_group", label, group.min.max(1)),
        Kind::File => sentences::about("missing_file", label),
        _ if label.vi.trim_end().ends_with('?') => sentences::about("missing_question", label),
        Kind::Choice(_) | Kind::YesNo => sentences::about("missing_choice", label),
        _ => sentences::about("missing", label),
    }
}

/// Characters of all texts and keys, and one for every value.
fn size(value: &Json) -> usize {
    match value {
        Json::String(text) => text.len() + 1,
        Json::Array(items) => items.iter().map(size).sum::<usize>() + 1,
        Json::Object(map) => map.iter().map(|(k, v)| k.len() + size(v)).sum::<usize>() + 1,
        _ => 1,
    }
}
