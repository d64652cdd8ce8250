//! Tries a procedure out before anybody meets it: the sample answers pass, every condition and
//! amount can be worked out from them, and stories name what exists.
//! Does not know: files (it is told their names for its faults), the rules of the dossier.
use std::path::Path;

use jiff::civil::Date;
use serde_json::Value as Json;

use super::fees::with_channel;
use super::form::Form;
use super::printout;
use super::read_procedure::Written;
use super::read_rules::ROLES;
use super::story::Story;
use crate::content::ContentError;

type Faults = Vec<ContentError>;

/// A procedure as read, with its form and stories.
pub(super) struct Trial<'t> {
    pub(super) written: &'t Written,
    pub(super) form: &'t Form,
    pub(super) stories: &'t [Story],
}

impl Trial<'_> {
    /// The day for which the sample is good: that of the first act of the first story.
    fn day(&self) -> Option<Date> {
        Some(self.stories.first()?.acts.first()?.at.date())
    }

    /// The sample is a whole, good answer to the form.
    pub(super) fn sample(&self, sample: &Json, file: &Path, faults: &mut Faults) {
        let Some(day) = self.day() else { return };
        match self.form.check(sample, day) {
            Ok(_) => {
                let unknown = sample.as_object().into_iter().flatten().map(|(key, _)| key);
                for key in unknown.filter(|key| self.form.question(key).is_none()) {
                    let message = format!("`{key}` is no question of the form");
                    faults.push(ContentError::of_file(file, message));
                }
            }
            Err(errors) => {
                for error in errors {
                    let message = format!("{}: {}", error.field, error.message.en);
                    faults.push(ContentError::of_file(file, message));
                }
            }
        }
    }

    /// Every condition and amount can be worked out from the sample.
    pub(super) fn conditions(&self, sample: &Json, file: &Path, faults: &mut Faults) {
        let Some(day) = self.day() else { return };
        let Ok(clean) = self.form.check(sample, day) else {
            return;
        };
        let seen = with_channel(&clean.answers, super::key::Channel::Counter);
        let mut fault = |message: String| faults.push(ContentError::of_file(file, message));
        for fee in &self.written.fees {
            let holds = fee
                .when
                .iter()
                .chain(fee.exemptions.iter().map(|e| &e.when));
            for error in holds.filter_map(|when| when.trial(&seen).err()) {
                fault(format!("fee `{}`: {error}", fee.code));
            }
            let due = fee.when.as_ref().is_none_or(|when| when.holds(&seen));
            if due && fee.amount.of(&seen).is_none() {
                fault(format!(
                    "fee `{}`: the sample answers give no amount",
                    fee.code
                ));
            }
        }
        for printout in self
            .written
            .results
            .iter()
            .filter_map(|result| result.printout.as_ref())
        {
            for name in printout::unknown_names(printout, self.form) {
                fault(format!("printout: `{name}` is no question of the form"));
            }
        }
        for rule in &self.form.rules {
            if let Err(error) = rule.trial(self.form, &clean.answers, day) {
                fault(format!("rule `{}`: {error}", rule.id));
            }
        }
        for paper in &self.written.papers {
            if let Some(Err(error)) = paper.when.as_ref().map(|when| when.trial(&seen)) {
                fault(format!("paper `{}`: {error}", paper.code));
            }
        }
    }

    /// Actors, questions and steps that a story names exist.
    pub(super) fn story_names(&self, file: &Path, faults: &mut Faults) {
        let mut fault = |line: usize, message: String| {
            faults.push(ContentError {
                file: file.to_path_buf(),
                line,
                message,
            });
        };
        for story in self.stories {
            for (name, right) in &story.actors {
                if right != "citizen" && !ROLES.contains(&right.as_str()) {
                    let allowed = ROLES.join(", ");
                    let message =
                        format!("{name} is `{right}`: unknown (allowed: citizen, {allowed})");
                    fault(story.line, message);
                }
            }
            for act in &story.acts {
                for (path, _) in &act.answers {
                    let top = path.split(['.', '[']).next().unwrap_or_default();
                    if self.form.question(top).is_none() {
                        fault(act.line, format!("`{path}` is no question of the form"));
                    }
                }
                let step = act.verb == "returns" && !act.object.is_empty();
                let target = act.object.trim_start_matches("to ");
                if step && !self.written.steps.iter().any(|step| step.id == target) {
                    fault(act.line, format!("`{target}` is no step"));
                }
            }
        }
    }
}
