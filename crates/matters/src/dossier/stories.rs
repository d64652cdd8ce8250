//! Stories: journeys in words, run through the law of the dossier with a frozen clock that only a
//! line moves. Those of this room (`stories/*.txt`) are its documentation and its tests; those of
//! a procedure (`content/procedures/*/story.txt`) are run by `dinh check`.
//!
//! ```text
//! == What it shows
//! An is citizen
//! Hoa is intake
//! Tâm is intake@H15.102
//! 2026-11-23 09:00  An   submits  sample; dogs = 2        → submitted; 1 submitted
//! 09:20             Hoa  accepts  → accepted; 2 accepted; due 2026-11-27 17:00
//! 09:30             Hoa  accepts                          ✗ wrong_phase
//! 2026-12-01 08:00  -    waits                            → became_overdue; 2 accepted
//! ```
//! Columns stand two spaces apart. After the object come options: `; name = JSON`; those of a form
//! are answers, those of the act begin with `@`. Outcomes of this room's stories are rewritten by
//! `UPDATE=1`.
//! Does not know: the journal, the database, pages.

mod cast;
mod handed_in;
mod stage;
mod verbs;

use super::Law;
use super::command::Order;
use super::events::Event;
use super::refusal::Refusal;
use facts::procedure::{Outcome, Procedure, Story};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use kernel::Entry;
use serde_json::Value as Json;
pub use stage::Stage;
use std::collections::BTreeMap;

/// One act, whichever file it came from.
#[derive(Debug, Clone)]
pub struct Deed {
    /// When, in Vietnam.
    pub at: DateTime,
    /// Who.
    pub actor: String,
    /// Does what.
    pub verb: String,
    /// With which words.
    pub object: String,
    /// Answers, and with `@` the particulars of the act.
    pub options: Vec<(String, Json)>,
}

impl Deed {
    /// The option `@name`.
    #[must_use]
    pub fn option(&self, name: &str) -> Option<&Json> {
        let found = self
            .options
            .iter()
            .find(|(key, _)| key.strip_prefix('@') == Some(name));
        found.map(|(_, value)| value)
    }

    /// The option `@name` as text, or what is usual.
    #[must_use]
    pub fn word(&self, name: &str, usual: &str) -> String {
        self.option(name)
            .and_then(Json::as_str)
            .unwrap_or(usual)
            .to_owned()
    }

    /// The option `@name` as a list of texts; `None` when it is not said.
    #[must_use]
    pub fn list(&self, name: &str) -> Option<Vec<String>> {
        let list = self.option(name)?.as_array()?;
        Some(
            list.iter()
                .filter_map(|item| item.as_str().map(str::to_owned))
                .collect(),
        )
    }
}

/// What is wrong with a story.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{line}: {message}")]
pub struct StoryFault {
    /// Line in its file, from 1.
    pub line: usize,
    /// What was told and what came.
    pub message: String,
}

/// Runs one journey of a procedure through the law.
///
/// # Errors
/// Every line whose outcome is not what the story tells.
pub fn run(story: &Story, procedure: &Procedure, law: &Law) -> Result<(), Vec<StoryFault>> {
    let mut stage = Stage::new(law, procedure);
    let mut faults = Vec::new();
    for (name, role) in &story.actors {
        if let Err(message) = stage.enter(name, role) {
            faults.push(StoryFault {
                line: story.line,
                message,
            });
        }
    }
    for act in &story.acts {
        let deed = Deed {
            at: act.at,
            actor: act.actor.clone(),
            verb: act.verb.clone(),
            object: act.object.clone(),
            options: act.answers.clone(),
        };
        let came = stage.perform(&deed);
        let told = told(&stage, &act.outcome, came);
        faults.extend(told.err().map(|message| StoryFault {
            line: act.line,
            message,
        }));
    }
    if faults.is_empty() {
        Ok(())
    } else {
        Err(faults)
    }
}

fn told(
    stage: &Stage<'_>,
    outcome: &Outcome,
    came: Result<Vec<&'static str>, Mishap>,
) -> Result<(), String> {
    match (outcome, came) {
        (_, Err(Mishap::Unreadable(message))) => Err(message),
        (Outcome::Refused(name), Err(Mishap::Refused(refusal))) => {
            if plain(name) == plain(refusal.name()) {
                return Ok(());
            }
            Err(format!("told ✗ {name}, came ✗ {}", refusal.name()))
        }
        (Outcome::Refused(name), Ok(events)) => {
            Err(format!("told ✗ {name}, came → {}", events.join(", ")))
        }
        (_, Err(Mishap::Refused(refusal))) => Err(format!("came ✗ {}", explain(&refusal))),
        (Outcome::Unsaid, Ok(_)) => Ok(()),
        (Outcome::Facts(facts), Ok(_)) => facts.iter().try_for_each(|fact| stage.check(fact)),
    }
}

/// Names are compared by their letters: `WrongPhase`, `wrong_phase` and `wrong phase` are one.
fn plain(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_ascii_alphanumeric())
        .collect::<String>()
        .to_lowercase()
}

fn explain(refusal: &Refusal) -> String {
    format!("{} ({refusal:?})", refusal.name())
}

/// Why an act came to nothing.
#[derive(Debug, Clone)]
pub enum Mishap {
    /// A rule forbids it.
    Refused(Refusal),
    /// The story itself cannot be read.
    Unreadable(String),
}

impl From<Refusal> for Mishap {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// Runs a file of this room's stories and writes the outcome of every act behind it.
///
/// # Errors
/// The first line that cannot be read.
pub fn tell(text: &str, procedures: &[&Procedure], law: &Law) -> Result<Told, StoryFault> {
    let mut told = Told::default();
    let mut stage: Option<Stage<'_>> = None;
    let mut date = None;
    for (index, raw) in text.lines().enumerate() {
        let fault = |message: String| StoryFault {
            line: index + 1,
            message,
        };
        let line = raw.trim();
        if line.is_empty() || line.starts_with('#') {
            told.text.push_str(raw.trim_end());
        } else if line.starts_with("==") {
            date = None;
            told.lives.extend(stage.take().map(Stage::life));
            let code = line
                .split_whitespace()
                .find_map(|word| word.strip_prefix("case:"));
            let found = procedures
                .iter()
                .find(|p| code.is_none_or(|case| p.key.case == case));
            let procedure = found.ok_or_else(|| fault("no such case".to_owned()))?;
            stage = Some(Stage::new(law, procedure));
            told.text.push_str(line);
        } else {
            let stage = stage
                .as_mut()
                .ok_or_else(|| fault("begin with ==".to_owned()))?;
            told.line(stage, line, &mut date).map_err(fault)?;
        }
        told.text.push('\n');
    }
    told.lives.extend(stage.take().map(Stage::life));
    Ok(told)
}

/// One dossier's life, as a story told it.
#[derive(Debug, Clone, Default)]
pub struct Life {
    /// The case of the procedure.
    pub case: String,
    /// Everything that happened.
    pub entries: Vec<Entry<Event>>,
    /// What people wrote, by digest.
    pub documents: BTreeMap<String, Json>,
    /// Every order that was not refused, and when.
    pub orders: Vec<(Order, Timestamp)>,
}

/// What came of a file of stories.
#[derive(Debug, Clone, Default)]
pub struct Told {
    /// The file as it should read.
    pub text: String,
    /// Kinds of events that occurred.
    pub events: Vec<&'static str>,
    /// Names of refusals that occurred.
    pub refusals: Vec<&'static str>,
    /// What was left of each story.
    pub lives: Vec<Life>,
}

/// Columns of the act, so that outcomes stand below each other.
const OUTCOME_COLUMN: usize = 72;

impl Told {
    fn line(
        &mut self,
        stage: &mut Stage<'_>,
        line: &str,
        date: &mut Option<Date>,
    ) -> Result<(), String> {
        if let Some((name, role)) = line.split_once(" is ")
            && !name.contains("  ")
            && !role.contains(' ')
        {
            self.text.push_str(line);
            return stage.enter(name.trim(), role.trim());
        }
        let said = line.split(['→', '✗']).next().unwrap_or_default().trim();
        let deed = deed(said, date)?;
        let outcome = match stage.perform(&deed) {
            Err(Mishap::Unreadable(message)) => return Err(message),
            Err(Mishap::Refused(refusal)) => {
                self.refusals.push(refusal.name());
                format!("✗ {}", refusal.name())
            }
            Ok(events) => {
                self.events.extend(&events);
                format!("→ {}", stage.outcome(&events))
            }
        };
        let width = said.chars().count();
        let gap = " ".repeat(OUTCOME_COLUMN.saturating_sub(width).max(2));
        self.text.push_str(&format!("{said}{gap}{outcome}"));
        Ok(())
    }
}

/// Reads `2026-11-23 09:00  An  submits  sample; dogs = 2`.
fn deed(said: &str, date: &mut Option<Date>) -> Result<Deed, String> {
    let mut columns = said
        .split("  ")
        .map(str::trim)
        .filter(|part| !part.is_empty());
    let mut next = |what: &str| columns.next().ok_or_else(|| format!("{what} is missing"));
    let at = moment(next("the time")?, date)?;
    let (actor, verb) = (next("who")?.to_owned(), next("the verb")?.to_owned());
    let object: String = columns.collect::<Vec<_>>().join("  ");
    let (object, rest) = match object.strip_prefix('"') {
        Some(quoted) => quoted.split_once('"').ok_or("a quote is not closed")?,
        None => object
            .split_once(';')
            .map_or((object.as_str(), ""), |(a, _)| (a, &object[a.len()..])),
    };
    let mut options = Vec::new();
    for part in rest
        .split(';')
        .map(str::trim)
        .filter(|part| !part.is_empty())
    {
        let (name, value) = part
            .split_once('=')
            .ok_or_else(|| format!("{part}: no ="))?;
        let value = serde_json::from_str(value.trim()).map_err(|e| format!("{part}: {e}"))?;
        options.push((name.trim().to_owned(), value));
    }
    Ok(Deed {
        at,
        actor,
        verb,
        object: object.trim().to_owned(),
        options,
    })
}

fn moment(text: &str, date: &mut Option<Date>) -> Result<DateTime, String> {
    let wrong = |_| format!("{text} is no time");
    let time = match text.split_once(' ') {
        Some((day, time)) => {
            *date = Some(day.parse().map_err(wrong)?);
            time.trim()
        }
        None => text,
    };
    let time = Time::strptime("%H:%M", time).map_err(wrong)?;
    Ok(date.ok_or("the first act says its date")?.to_datetime(time))
}
