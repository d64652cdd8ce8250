//! The clock: when it is set, what moves it, and the moments at which the dossier wants to be
//! woken. A timer is a function of the state; what passed once is marked in the state, so it
//! passes once.
//! Does not know: how a limit becomes a moment (`facts::calendar`).

use super::{Matter, calendar_missing, needed};
use crate::dossier::access::Action;
use crate::dossier::events::Event;
use crate::dossier::parts::{Act, Moves, SupplementClock, Term};
use crate::dossier::phase::Phase;
use crate::dossier::refusal::Refusal;
use crate::dossier::state::Dossier;
use facts::calendar::{Limit, Stop};
use jiff::Timestamp;
use jiff::civil::Date;
use process::{Input, TaskId};
use std::collections::BTreeMap;

impl Matter<'_> {
    /// A clock from the beginning: the promise from the shorter limit, lateness in law from the
    /// legal one.
    pub(super) fn term_from(&self, received: Timestamp) -> Result<Term, Refusal> {
        let limit = self.procedure.limit(self.dossier.channel);
        let due = |limit| {
            self.calendar
                .due_at(received, limit)
                .map_err(calendar_missing)
        };
        Ok(Term {
            received,
            due: due(&limit.promised)?,
            legal_due: due(&limit.legal)?,
        })
    }

    /// After a supplement: from its receipt, or the stopped time added, as the procedure says.
    pub(super) fn term_after_supplement(&self) -> Result<Term, Refusal> {
        let Some(supplement) = &self.dossier.supplement else {
            return Err(Refusal::NoTerm);
        };
        let received = supplement.received_at.unwrap_or(self.now);
        match (supplement.clock, self.dossier.term) {
            (SupplementClock::Resume, Some(term)) => self.resumed(term, received),
            _ => self.term_from(received),
        }
    }

    /// After a wait that stopped the clock until now.
    pub(super) fn term_after_stop(&self) -> Result<Term, Refusal> {
        let term = self.dossier.term.ok_or(Refusal::NoTerm)?;
        self.resumed(term, self.now)
    }

    fn resumed(&self, term: Term, until: Timestamp) -> Result<Term, Refusal> {
        let running = self.dossier.stopped_since.map(|from| (from, until));
        let stops = self.dossier.stops.iter().copied().chain(running);
        let stops: Vec<Stop> = stops.map(|(from, to)| Stop { from, to }).collect();
        let limit = self.procedure.limit(self.dossier.channel);
        let due = |limit: &Limit| {
            let due = self.calendar.due_after_stops(term.received, limit, &stops);
            due.map(|due| due.at).map_err(calendar_missing)
        };
        // A later promise (apology, head's decision) is not taken back.
        Ok(Term {
            received: term.received,
            due: due(&limit.promised)?.max(term.due),
            legal_due: due(&limit.legal)?.max(term.legal_due),
        })
    }

    /// Form 04: one apology, one new appointment.
    pub(super) fn apologise(&self, day: Date, reason: &str) -> Result<Vec<Event>, Refusal> {
        self.may(Action::Apologise)?;
        let term = self.dossier.term.ok_or(Refusal::NoTerm)?;
        if self.dossier.apology.is_some() {
            return Err(Refusal::ReappointedAlready);
        }
        needed(reason, Refusal::ReasonMissing)?;
        let new_due = self.new_due(day)?;
        if new_due <= term.due {
            return Err(Refusal::NewDueNotLater);
        }
        Ok(vec![Event::Apologised {
            old_due: term.due,
            new_due,
        }])
    }

    /// Privileged and logged; the legal limit stays.
    pub(super) fn reset_due(&self, day: Date, reason: &str) -> Result<Vec<Event>, Refusal> {
        self.may(Action::ResetDue)?;
        let term = self.dossier.term.ok_or(Refusal::NoTerm)?;
        needed(reason, Refusal::ReasonMissing)?;
        let new_due = self.new_due(day)?;
        Ok(vec![Event::DueReset {
            old_due: term.due,
            new_due,
        }])
    }

    fn new_due(&self, day: Date) -> Result<Timestamp, Refusal> {
        let due = self.calendar.end_of_day(day).ok_or(Refusal::NewDueDayOff)?;
        if due <= self.now {
            Err(Refusal::NewDueNotLater)
        } else {
            Ok(due)
        }
    }

    /// A timer that is not wanted any more, or not yet, decides to nothing.
    pub(super) fn timer_passed(&self, key: &str) -> Result<Vec<Event>, Refusal> {
        let wanted = timers(self.dossier).remove(key);
        if wanted.is_none_or(|at| at.as_millisecond() > self.now.as_millisecond()) {
            return Ok(Vec::new());
        }
        let term = self.dossier.term.ok_or(Refusal::NoTerm);
        Ok(vec![match key.split_once(':') {
            None if key == REMIND => Event::ReceptionReminded,
            None if key == RECEPTION => Event::ReceptionLate {
                due: self.dossier.reception.due,
            },
            None if key == DUE => Event::BecameOverdue { due: term?.due },
            None if key == LEGAL => Event::BecameUnlawful {
                legal_due: term?.legal_due,
            },
            None => Event::ClosedUnsupplemented,
            Some((STEP, task)) => Event::StepLate {
                task: task.to_owned(),
            },
            Some((_, task)) => self.consult_passed(task)?,
        }])
    }

    fn consult_passed(&self, key: &str) -> Result<Event, Refusal> {
        let beside = self
            .dossier
            .tasks
            .get(key)
            .is_none_or(|task| task.step.is_empty());
        let next: Moves = if beside {
            self.beside(Vec::new())
        } else {
            self.moves(Input::TermPassed {
                task: TaskId::from(key),
            })?
        };
        Ok(Event::ConsultTermPassed {
            task: key.to_owned(),
            next,
        })
    }
}

const REMIND: &str = "remind";
const RECEPTION: &str = "reception";
const DUE: &str = "due";
const LEGAL: &str = "legal";
const SUPPLEMENT: &str = "supplement";
const STEP: &str = "step";
const CONSULT: &str = "consult";

/// When this dossier wants to be woken next, and with which key.
pub(in crate::dossier) fn next_timer(dossier: &Dossier) -> Option<(String, Timestamp)> {
    // Of two at one moment the first by its key; the other follows it.
    timers(dossier).into_iter().min_by_key(|(_, at)| *at)
}

/// The moments at which this dossier wants to be woken, by key.
fn timers(dossier: &Dossier) -> BTreeMap<String, Timestamp> {
    let mut timers = BTreeMap::new();
    let mut want = |key: &str, at: Timestamp, wanted: bool| {
        if wanted {
            timers.insert(key.to_owned(), at);
        }
    };
    let reception = &dossier.reception;
    let waiting = dossier.phase == Phase::Submitted;
    want(REMIND, reception.remind_at, waiting && !reception.reminded);
    want(RECEPTION, reception.due, waiting && !reception.late);
    let running = dossier.finished_at.is_none() && dossier.stopped_since.is_none();
    if let Some(term) = dossier.term {
        want(DUE, term.due, running && !dossier.overdue);
        want(LEGAL, term.legal_due, running && !dossier.unlawful);
    }
    if let Some(supplement) = &dossier.supplement {
        want(
            SUPPLEMENT,
            supplement.close_at,
            dossier.phase == Phase::SupplementAsked,
        );
    }
    for (key, task) in &dossier.tasks {
        match task.act {
            Act::Consult => want(&format!("{CONSULT}:{key}"), task.due, !task.late),
            _ => {
                let wanted = !task.late && dossier.phase.is_working();
                want(&format!("{STEP}:{key}"), task.due, wanted);
            }
        }
    }
    timers
}
