//! The stage of a story: one dossier, its actors, and a clock that only acts move. Timers pass on
//! the way, as the worker would let them.
//! Does not know: how a story is written.

use super::cast::viewer;
use super::{Deed, Life, Mishap, verbs};
use crate::dossier::command::{By, Order};
use crate::dossier::events::Event;
use crate::dossier::rules::next_timer;
use crate::dossier::state::{Dossier, State};
use crate::dossier::{Law, code::VIETNAM};
use facts::agency::{Right, Viewer};
use facts::procedure::Procedure;
use jiff::Timestamp;
use kernel::{Ctx, Decide, Entry};

/// Timers passed by one line: a dossier has at most a few dozen, a loop would be a bug.
const TIMERS_MAX: usize = 1_000;

/// One dossier and the people around it.
pub struct Stage<'a> {
    law: &'a Law,
    /// The procedure of the story.
    pub procedure: &'a Procedure,
    /// What has become of the dossier.
    pub state: State,
    /// Everything that happened.
    pub entries: Vec<Entry<Event>>,
    life: Life,
    actors: Vec<(String, Viewer)>,
}

impl<'a> Stage<'a> {
    /// An empty stage.
    #[must_use]
    pub fn new(law: &'a Law, procedure: &'a Procedure) -> Self {
        let life = Life {
            case: procedure.key.case.clone(),
            ..Life::default()
        };
        let (state, entries, actors) = (State::default(), Vec::new(), Vec::new());
        Self {
            law,
            procedure,
            state,
            entries,
            life,
            actors,
        }
    }

    /// What is left when the story is over.
    #[must_use]
    pub fn life(self) -> Life {
        Life {
            entries: self.entries,
            ..self.life
        }
    }

    /// Lets somebody take part.
    ///
    /// # Errors
    /// No such role.
    pub fn enter(&mut self, name: &str, role: &str) -> Result<(), String> {
        self.actors.push((name.to_owned(), viewer(name, role)?));
        Ok(())
    }

    pub(super) fn actor(&self, name: &str) -> Result<&Viewer, Mishap> {
        let found = self.actors.iter().find(|(known, _)| known == name);
        found
            .map(|(_, viewer)| viewer)
            .ok_or_else(|| Mishap::Unreadable(format!("who is {name}?")))
    }

    /// The first actor with a right.
    pub(super) fn somebody_with(&self, right: Right) -> Option<&str> {
        let found = self.actors.iter().find(|(_, viewer)| viewer.has(right));
        found.map(|(name, _)| name.as_str())
    }

    /// The dossier, once submitted.
    #[must_use]
    pub fn dossier(&self) -> Option<&Dossier> {
        self.state.dossier.as_deref()
    }

    /// Lets time pass to the deed, and does it. Returns the kinds of all events since the line
    /// before.
    ///
    /// # Errors
    /// The refusal, or what cannot be read.
    pub fn perform(&mut self, deed: &Deed) -> Result<Vec<&'static str>, Mishap> {
        let now = VIETNAM
            .to_timestamp(deed.at)
            .map_err(|e| Mishap::Unreadable(e.to_string()))?;
        let before = self.entries.len();
        self.pass_timers(now)?;
        for order in verbs::orders(self, deed, now)? {
            self.give(order, now)?;
        }
        Ok(self.entries[before..]
            .iter()
            .map(|entry| entry.event.kind())
            .collect())
    }

    fn pass_timers(&mut self, now: Timestamp) -> Result<(), Mishap> {
        for _ in 0..TIMERS_MAX {
            let next = self.dossier().and_then(next_timer);
            let Some((key, at)) = next.filter(|(_, at)| *at <= now) else {
                return Ok(());
            };
            self.give(Order::timer(&key), at)?;
        }
        Err(Mishap::Unreadable("timers without end".to_owned()))
    }

    /// Decides an order at `now` and folds what follows.
    ///
    /// # Errors
    /// The refusal.
    pub fn give(&mut self, mut order: Order, now: Timestamp) -> Result<(), Mishap> {
        let named = order.command.officer();
        let named = named.and_then(|named| self.actor(named).ok());
        order.named = named.cloned();
        let actor = match &order.by {
            By::Viewer(Viewer::Officer { officer, .. }) => officer.clone(),
            By::Viewer(Viewer::Citizen { person, .. }) => person.clone(),
            By::Viewer(Viewer::Anonymous) | By::Clock => "system".to_owned(),
        };
        let command_id = format!("{}", self.entries.len());
        let ctx = Ctx {
            actor,
            office: String::new(),
            now,
            command_id,
        };
        let events = self.law.decide(&self.state, &ctx, &order)?;
        let private = order.command.private().map(|document| {
            let digest = format!("document-{}", self.life.documents.len());
            self.life.documents.insert(digest.clone(), document);
            digest
        });
        self.life.orders.push((order, now));
        for event in events {
            let entry = Entry {
                stream: "dossier/story".to_owned(),
                version: i64::try_from(self.entries.len()).unwrap_or(i64::MAX) + 1,
                at: self.entries.last().map_or(now, |last| last.at.max(now)),
                actor: ctx.actor.clone(),
                office: ctx.office.clone(),
                command_id: ctx.command_id.clone(),
                private: private.clone(),
                event,
            };
            self.state = self.law.evolve(std::mem::take(&mut self.state), &entry);
            self.entries.push(entry);
        }
        Ok(())
    }

    /// The outcome of a line in words: what happened, where the dossier stands, and its promise.
    #[must_use]
    pub fn outcome(&self, events: &[&'static str]) -> String {
        let happened = if events.is_empty() {
            "nothing".to_owned()
        } else {
            events.join(", ")
        };
        let Some(dossier) = self.dossier() else {
            return happened;
        };
        let status = dossier.phase.external().code();
        let mut text = format!("{happened}; {status} {}", dossier.phase.name());
        if let Some(term) = dossier.term.filter(|_| dossier.finished_at.is_none()) {
            let due = VIETNAM
                .to_datetime(term.due)
                .strftime("%Y-%m-%d %H:%M")
                .to_string();
            text.push_str(&format!("; due {due}"));
        }
        text
    }

    /// Whether a fact of a procedure's story holds: `status 2`, `due 2026-11-23`, `fee 75000`,
    /// `step appraise`.
    ///
    /// # Errors
    /// What is true instead.
    pub fn check(&self, fact: &str) -> Result<(), String> {
        let dossier = self.dossier().ok_or("there is no dossier yet")?;
        let (what, told) = fact
            .split_once(' ')
            .ok_or_else(|| format!("{fact}: no fact"))?;
        let is = match what {
            "status" => dossier.phase.external().code().to_string(),
            "due" => dossier.term.map_or_else(String::new, |term| {
                let due = VIETNAM.to_datetime(term.due);
                let clock = told.contains(':');
                let form = if clock { "%Y-%m-%d %H:%M" } else { "%Y-%m-%d" };
                due.strftime(form).to_string()
            }),
            "fee" => dossier.owed().to_string(),
            "refund" => dossier.overpaid().to_string(),
            "phase" => dossier.phase.name().to_owned(),
            "step" => {
                let steps = dossier.tasks.values().map(|task| task.step.as_str());
                steps.max().unwrap_or_default().to_owned()
            }
            other => {
                return Err(format!(
                    "{other} is no fact (status, phase, due, fee, step)"
                ));
            }
        };
        if is == told.trim() {
            Ok(())
        } else {
            Err(format!("told {fact}, came {what} {is}"))
        }
    }
}
