//! The model of a process: a checked list of steps.
//!
//! It does not know what a role, an act or a duration means, nor where the list was written (TOML,
//! JSON or code). A `Model` in hand has passed every check of this file, so the stepper and the
//! drawing never meet a broken one.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use crate::feel::Condition;
use crate::written::WrittenStep;

/// Steps in one model. The longest real process read so far has 14; a drawing of more than 64 helps
/// nobody.
pub const MAX_STEPS: usize = 64;
/// Parties asked in one consultation: above that it is a survey and not a step.
pub const MAX_CONSULTED: usize = 32;
/// Characters in an id, role, act, duration or term. They become parts of task names, URLs and
/// table cells.
pub const MAX_WORD: usize = 64;
/// Characters in the name of a step: it must fit in a box of the drawing.
const MAX_NAME: usize = 120;

/// A name in both languages of the screens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Name {
    /// Vietnamese, shown first.
    pub vi: String,
    /// English.
    pub en: String,
}

/// What the silence of a consulted party means when its term has passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Silence {
    /// Silence is consent: the question is closed when its term passes.
    Consent,
    /// The question stays open; somebody has to decide explicitly to go on (`Input::Continue`).
    Wait,
}

/// What happens in a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// One role does one act.
    Task,
    /// Several parties are asked at the same time.
    Consult {
        /// The roles or agencies asked, in parallel.
        with: Vec<String>,
        /// How long they have, for the caller to interpret ("5wd").
        term: String,
        /// What it means when they do not answer in time.
        silence: Silence,
    },
}

/// One step. In TOML and JSON it is flat: `kind` is `"task"` (the default) or `"consult"` with
/// `with`, `term`, `silence`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "WrittenStep", into = "WrittenStep")]
pub struct Step {
    /// Kebab-case, unique in the model.
    pub id: String,
    /// What people read.
    pub name: Name,
    /// Who does it (for a consultation: who asks).
    pub role: String,
    /// How long it may take, uninterpreted here ("0.5wd").
    pub duration: String,
    /// A task or a consultation.
    pub kind: Kind,
    /// A FEEL condition. Without one the step always happens; a condition that is false or null
    /// skips it.
    pub when: Option<String>,
    /// Earlier steps that the one who does this step may send the matter back to.
    pub may_return_to: Vec<String>,
    /// The opaque name of what is done ("appraise").
    pub act: String,
}

/// One thing wrong with a list of steps.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("step {}: {message}", step + 1)]
pub struct ModelError {
    /// Position in the list, from 0; the length of the list when the list as a whole is meant.
    pub step: usize,
    /// What is wrong, in plain words.
    pub message: String,
}

/// All that is wrong with a list of steps, as one error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelErrors(pub Vec<ModelError>);

/// A checked process. It is opaque: read it with `steps`, move through it with `step`, show it with
/// `draw`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "Vec<Step>", into = "Vec<Step>")]
pub struct Model {
    steps: Vec<Step>,
    conditions: Vec<Option<Condition>>,
}

impl Model {
    /// Checks a list of steps. Every error found is returned, in the order of the list.
    pub fn new(steps: Vec<Step>) -> Result<Model, Vec<ModelError>> {
        let mut errors = Vec::new();
        check_list(&steps, &mut errors);
        let mut conditions = Vec::with_capacity(steps.len());
        let mut seen: HashSet<&str> = HashSet::new();
        for (index, step) in steps.iter().enumerate().take(MAX_STEPS) {
            let mut found = check_step(step, &seen);
            match step.when.as_deref().map(Condition::parse).transpose() {
                Ok(condition) => conditions.push(condition),
                Err(error) => found.push(format!("when: {error}")),
            }
            seen.insert(&step.id);
            errors.extend(found.into_iter().map(|message| ModelError {
                step: index,
                message,
            }));
        }
        if errors.is_empty() {
            Ok(Model { steps, conditions })
        } else {
            Err(errors)
        }
    }

    /// The steps in order, for lists and drawings.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The step with this id.
    pub fn find(&self, id: &str) -> Option<&Step> {
        self.position(id).map(|index| &self.steps[index])
    }

    /// The steps that have a condition, with it: so that the variables can be checked against a
    /// form.
    pub fn conditions(&self) -> impl Iterator<Item = (&Step, &Condition)> {
        let pairs = self.steps.iter().zip(&self.conditions);
        pairs.filter_map(|(step, condition)| Some((step, condition.as_ref()?)))
    }

    pub(crate) fn position(&self, id: &str) -> Option<usize> {
        self.steps.iter().position(|step| step.id == id)
    }

    pub(crate) fn condition(&self, index: usize) -> Option<&Condition> {
        self.conditions[index].as_ref()
    }
}

/// Conditions are made from the steps, so the steps say everything.
impl PartialEq for Model {
    fn eq(&self, other: &Model) -> bool {
        self.steps == other.steps
    }
}

impl TryFrom<Vec<Step>> for Model {
    type Error = ModelErrors;

    fn try_from(steps: Vec<Step>) -> Result<Model, ModelErrors> {
        Model::new(steps).map_err(ModelErrors)
    }
}

impl From<Model> for Vec<Step> {
    fn from(model: Model) -> Vec<Step> {
        model.steps
    }
}

impl std::fmt::Display for ModelErrors {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let lines: Vec<String> = self.0.iter().map(ModelError::to_string).collect();
        f.write_str(&lines.join("; "))
    }
}

impl std::error::Error for ModelErrors {}

fn check_list(steps: &[Step], errors: &mut Vec<ModelError>) {
    let mut say = |message: String| {
        errors.push(ModelError {
            step: steps.len(),
            message,
        })
    };
    if steps.is_empty() {
        say("a process needs at least one step".to_owned());
    } else if !steps.iter().any(|step| step.kind == Kind::Task) {
        say("a process needs at least one task; consultations alone decide nothing".to_owned());
    }
    if steps.len() > MAX_STEPS {
        say(format!(
            "{} steps; at most {MAX_STEPS} are allowed",
            steps.len()
        ));
    }
}

fn check_step(step: &Step, earlier: &HashSet<&str>) -> Vec<String> {
    let mut found = Vec::new();
    if !is_kebab(&step.id) {
        found.push(format!(
            "id `{}` must be small letters, digits and single hyphens",
            step.id
        ));
    }
    if earlier.contains(step.id.as_str()) {
        found.push(format!("id `{}` is used by an earlier step", step.id));
    }
    for (what, name) in [("name.vi", &step.name.vi), ("name.en", &step.name.en)] {
        if name.trim().is_empty() || name.chars().count() > MAX_NAME {
            found.push(format!("{what} must have 1 to {MAX_NAME} characters"));
        }
    }
    let words = [
        ("role", &step.role),
        ("duration", &step.duration),
        ("act", &step.act),
    ];
    found.extend(
        words
            .into_iter()
            .filter_map(|(what, word)| check_word(what, word)),
    );
    for target in &step.may_return_to {
        if !earlier.contains(target.as_str()) {
            found.push(format!("may_return_to `{target}` is not an earlier step"));
        }
    }
    if let Kind::Consult { with, term, .. } = &step.kind {
        check_consultation(with, term, &mut found);
    }
    found
}

fn check_consultation(with: &[String], term: &str, found: &mut Vec<String>) {
    found.extend(check_word("term", term));
    if with.is_empty() || with.len() > MAX_CONSULTED {
        found.push(format!("with must name 1 to {MAX_CONSULTED} parties"));
    }
    let mut seen = HashSet::new();
    for party in with {
        found.extend(check_word("with", party));
        if !seen.insert(party) {
            found.push(format!("with names `{party}` twice"));
        }
    }
}

/// A word may not hold the two signs that task names are built with, nor spaces.
fn check_word(what: &str, word: &str) -> Option<String> {
    let wrong = |c: char| c.is_whitespace() || c.is_control() || c == '/' || c == '#';
    if word.is_empty() {
        Some(format!("{what} is missing"))
    } else if word.chars().count() > MAX_WORD {
        Some(format!("{what} has more than {MAX_WORD} characters"))
    } else if word.contains(wrong) {
        Some(format!("{what} `{word}` may not hold spaces, `/` or `#`"))
    } else {
        None
    }
}

fn is_kebab(id: &str) -> bool {
    let plain = |part: &str| {
        !part.is_empty()
            && part
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
    };
    id.len() <= MAX_WORD && id.split('-').all(plain)
}
