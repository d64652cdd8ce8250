//! Which answers say that two dossiers are about the same matter (`[[same_matter]]`): the same
//! child registered twice, the same plot built on twice.
//! Does not know: other dossiers, how what it says is kept and compared.
use serde_json::Value as Json;

use super::model::Procedure;
use crate::fold::fold;

/// Answers that, equal in two dossiers of one procedure, make them one matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SameMatter {
    /// Ids of the questions. All of them must be answered.
    pub of: Vec<String>,
    /// Only as long as the other dossier is not done: what may be asked for again later.
    pub while_open: bool,
}

impl Procedure {
    /// What these answers are about, one text for each `[[same_matter]]` that they answer: equal
    /// for dossiers about the same. With whether it matters only while the other is open. Case,
    /// marks and spaces of texts make no difference, nor does the version of the procedure.
    pub fn matters_of(&self, answers: &Json) -> Vec<(String, bool)> {
        let about = |(number, same): (usize, &SameMatter)| {
            let parts = same.of.iter().map(|id| {
                let answer = answers.get(id).filter(|answer| !answer.is_null())?;
                Some(format!("{id}={}", folded(answer)))
            });
            let parts = parts.collect::<Option<Vec<String>>>()?.join("|");
            let (code, case) = (&self.key.code, &self.key.case);
            Some((format!("{code}/{case}/{number}|{parts}"), same.while_open))
        };
        self.same_matter
            .iter()
            .enumerate()
            .filter_map(about)
            .collect()
    }
}

/// Objects have their keys in order already.
fn folded(answer: &Json) -> String {
    match answer {
        Json::String(text) => fold(text.trim()),
        Json::Object(map) => {
            let parts = map
                .iter()
                .map(|(key, value)| format!("{key}:{}", folded(value)));
            parts.collect::<Vec<_>>().join(",")
        }
        Json::Array(items) => items.iter().map(folded).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}
