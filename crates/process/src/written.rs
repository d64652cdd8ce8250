//! A step as people write it in TOML or JSON: flat, with what may be left out.
//!
//! It does not check more than that the fields fit the kind; the rest is `Model::new`.

use serde::{Deserialize, Serialize};

use crate::model::{Kind, Name, Silence, Step};

/// A step as people write it: flat, with what may be left out.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WrittenStep {
    id: String,
    name: Name,
    role: String,
    act: String,
    duration: String,
    #[serde(default)]
    kind: WrittenKind,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    with: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    term: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    silence: Option<Silence>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    when: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    may_return_to: Vec<String>,
}

#[derive(Default, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum WrittenKind {
    #[default]
    Task,
    Consult,
}

impl TryFrom<WrittenStep> for Step {
    type Error = String;

    fn try_from(written: WrittenStep) -> Result<Step, String> {
        let kind = match (written.kind, written.term, written.silence) {
            (WrittenKind::Task, None, None) if written.with.is_empty() => Kind::Task,
            (WrittenKind::Task, ..) => {
                return Err(format!(
                    "step `{}`: with, term and silence belong to kind = \"consult\"",
                    written.id
                ));
            }
            (WrittenKind::Consult, Some(term), Some(silence)) => Kind::Consult {
                with: written.with,
                term,
                silence,
            },
            (WrittenKind::Consult, ..) => {
                return Err(format!(
                    "step `{}`: a consultation needs term and silence",
                    written.id
                ));
            }
        };
        let WrittenStep {
            id,
            name,
            role,
            act,
            duration,
            when,
            may_return_to,
            ..
        } = written;
        Ok(Step {
            id,
            name,
            role,
            act,
            duration,
            kind,
            when,
            may_return_to,
        })
    }
}

impl From<Step> for WrittenStep {
    fn from(step: Step) -> WrittenStep {
        let (kind, with, term, silence) = match step.kind {
            Kind::Task => (WrittenKind::Task, Vec::new(), None, None),
            Kind::Consult {
                with,
                term,
                silence,
            } => (WrittenKind::Consult, with, Some(term), Some(silence)),
        };
        let Step {
            id,
            name,
            role,
            act,
            duration,
            when,
            may_return_to,
            ..
        } = step;
        WrittenStep {
            id,
            name,
            role,
            act,
            duration,
            kind,
            with,
            term,
            silence,
            when,
            may_return_to,
        }
    }
}
