//! Where a matter stands in its process, and the names of its tasks.
//!
//! It does not know how a matter moves: that is `step`. A state is folded from the inputs and needs
//! not be stored.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// Where a matter stands. Small, comparable, and the same for the same inputs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// Before, within or after the steps.
    pub stage: Stage,
    /// What is open now, in the order of the model.
    pub open: Vec<OpenTask>,
    /// How often each step has been opened.
    pub rounds: BTreeMap<String, u32>,
}

/// Before, within or after the steps.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// `Input::Start` has not come.
    #[default]
    NotStarted,
    /// At this step.
    At(String),
    /// Nothing follows.
    Finished,
}

/// A task that is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenTask {
    /// Its name.
    pub task: TaskId,
    /// Who does it or is asked.
    pub role: String,
    /// Its term has passed and it is still waited for.
    pub late: bool,
}

/// The name of one task, readable and the same for the same history: `appraise#1`,
/// `consult/so-xay-dung#2`. The number is the round: how many times the step has been opened.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TaskId(pub String);

impl TaskId {
    /// The step this task belongs to: the part before `/` or `#`.
    pub fn step(&self) -> &str {
        self.0.split(['/', '#']).next().unwrap_or_default()
    }

    /// The round, from 1; 0 when the name is not of our making.
    pub fn round(&self) -> u32 {
        let round = self
            .0
            .rsplit_once('#')
            .and_then(|(_, round)| round.parse().ok());
        round.unwrap_or_default()
    }
}

impl fmt::Display for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for TaskId {
    fn from(name: &str) -> TaskId {
        TaskId(name.to_owned())
    }
}
