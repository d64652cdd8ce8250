//! Form 06, phiếu kiểm soát: every hand-over of the dossier, read from the journal and never typed.
//! Does not know: the other letters.

use super::{LANGUAGE, Source, moment};
use crate::dossier::code::day_of;
use crate::dossier::events::Event;
use crate::dossier::fold::evolve;
use crate::dossier::parts::Moves;
use crate::dossier::state::{Dossier, State, Task};
use crate::dossier::words::label;
use facts::procedure::Procedure;
use jiff::Timestamp;
use kernel::Entry;
use serde_json::{Value as Json, json};

pub(super) fn control_slip(source: &Source, procedure: &Procedure) -> Option<Json> {
    let dossier = &source.dossier;
    let consulted = dossier
        .consulted
        .iter()
        .map(|agency| source.agency_name(agency));
    let due = dossier.term.map_or(dossier.reception.due, |term| term.due);
    Some(json!({
        "agency_in_charge": source.agency_name(&dossier.agency),
        "agencies_consulted": consulted.collect::<Vec<_>>(),
        "received_at": moment(dossier.accepted_at.unwrap_or(dossier.submitted_at)),
        "due_at": moment(due),
        "handovers": handovers(source, procedure),
    }))
}

/// One line per entry that moved the dossier from hand to hand.
fn handovers(source: &Source, procedure: &Procedure) -> Vec<Json> {
    let mut state = State::default();
    let mut lines = Vec::new();
    for entry in &source.entries {
        let before = state.dossier.clone();
        state = evolve(state, entry);
        if let (Some(before), Some(after)) = (&before, &state.dossier) {
            let hands = Hands {
                source,
                procedure,
                before,
                after,
            };
            lines.extend(hands.line(entry));
        }
    }
    lines
}

struct Hands<'a> {
    source: &'a Source,
    procedure: &'a Procedure,
    before: &'a Dossier,
    after: &'a Dossier,
}

impl Hands<'_> {
    fn line(&self, entry: &Entry<Event>) -> Option<Json> {
        let counter = || self.hand(&self.source.agency_name(&self.before.reception_agency), "");
        let people = || self.hand(label("letter", "applicant", LANGUAGE), "");
        let actor = self.source.officer(&entry.actor);
        let (from, to, result) = match &entry.event {
            Event::Accepted { next, .. } => {
                let from = self.hand(
                    &self.source.agency_name(&self.before.reception_agency),
                    &actor,
                );
                let due = self.before.reception.due;
                (from, self.next(next)?, Some(result(entry.at, due)))
            }
            Event::StepDone { task, next, .. } => {
                let done = self.before.tasks.get(task)?;
                let to = self.next(next).unwrap_or_else(counter);
                (
                    self.step(done, &actor),
                    to,
                    Some(result(entry.at, done.due)),
                )
            }
            Event::StepReturned { task, next, .. } => (
                self.step(self.before.tasks.get(task)?, &actor),
                self.next(next)?,
                None,
            ),
            Event::ConsultAsked { agency, .. } => {
                let to = self.hand(&self.source.agency_name(agency), "");
                (
                    self.hand(&self.source.agency_name(&self.before.agency), &actor),
                    to,
                    None,
                )
            }
            Event::ConsultAnswered { task, .. } => {
                let asked = self.before.tasks.get(task)?;
                let from = self.hand(&self.source.agency_name(&asked.agency), &actor);
                let to = self.hand(&self.source.agency_name(&self.before.agency), "");
                (from, to, Some(result(entry.at, asked.due)))
            }
            Event::SupplementAsked { .. } => (self.hand("", &actor), people(), None),
            Event::Supplemented { .. } => (people(), counter(), None),
            Event::Issued { .. } => {
                let due = self.before.term.map(|term| result(entry.at, term.due));
                let to = self.hand(&self.source.agency_name(self.before.return_agency()), "");
                let unit = label("act", "issue", LANGUAGE);
                (self.hand(unit, &actor), to, due)
            }
            Event::Delivered { .. } => {
                let from = self.source.agency_name(self.before.return_agency());
                (self.hand(&from, &actor), people(), None)
            }
            _ => return None,
        };
        let note = match &entry.event {
            Event::StepDone { act, .. } => label("act", act.name(), LANGUAGE),
            event => label("event", event.kind(), LANGUAGE),
        };
        Some(json!({
            "from": from, "to": to, "at": moment(entry.at), "result": result, "note": note,
        }))
    }

    fn hand(&self, unit: &str, officer: &str) -> Json {
        let unit = match unit {
            "" => self.source.agency_name(&self.before.agency),
            unit => unit.to_owned(),
        };
        json!({ "unit": unit, "officer": officer })
    }

    fn step(&self, task: &Task, officer: &str) -> Json {
        let step = self.procedure.step(&task.step);
        let name = step.map_or(task.act.name(), |step| step.name.vi.as_str());
        self.hand(name, officer)
    }

    /// Who has it next: the first task that opened.
    fn next(&self, moves: &Moves) -> Option<Json> {
        let task = self.after.tasks.get(&moves.opens.first()?.task)?;
        let officer = task.officer.as_deref().map(|id| self.source.officer(id));
        Some(self.step(task, &officer.unwrap_or_default()))
    }
}

/// Trước hạn, đúng hạn (on the day it was due), quá hạn.
fn result(at: Timestamp, due: Timestamp) -> &'static str {
    if at > due {
        "late"
    } else if day_of(at) < day_of(due) {
        "early"
    } else {
        "on_time"
    }
}
