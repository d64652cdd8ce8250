//! How each event changes the state of a dossier. Folding needs nothing but the entries: what had
//! to be worked out (due dates, the process) stands in them.
//! Does not know: what may happen, calendars, procedures.

mod payment;

use super::events::Event;
use super::parts::{Act, Moves, Paper, PaperForm, SupplementClock, Term};
use super::phase::Phase;
use super::state::{Dossier, Payment, Reception, ResultIssued, State, Supplement, Task};
use jiff::Timestamp;
use kernel::Entry;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The state after `entry`.
#[must_use]
pub fn evolve(state: State, entry: &Entry<Event>) -> State {
    let Some(mut dossier) = state.dossier else {
        return State {
            dossier: born(entry).map(Arc::new),
        };
    };
    Arc::make_mut(&mut dossier).apply(entry.at, &entry.event);
    State {
        dossier: Some(dossier),
    }
}

fn born(entry: &Entry<Event>) -> Option<Dossier> {
    let Event::Submitted {
        code,
        procedure,
        agency,
        reception,
        channel,
        applicant,
        filer,
        papers,
        fees,
        choices,
        return_way,
        remind_at,
        reception_due,
    } = &entry.event
    else {
        return None;
    };
    Some(Dossier {
        code: code.clone(),
        procedure: procedure.clone(),
        agency: agency.clone(),
        reception_agency: reception.clone(),
        channel: *channel,
        applicant: applicant.clone(),
        first_applicant: applicant.clone(),
        filer: filer.clone(),
        papers: papers.clone(),
        supplemented: BTreeMap::new(),
        fees: fees.clone(),
        choices: choices.clone(),
        return_way: return_way.clone(),
        submitted_at: entry.at,
        phase: Phase::Submitted,
        reception: Reception {
            remind_at: *remind_at,
            due: *reception_due,
            reminded: false,
            late: false,
        },
        accepted_at: None,
        term: None,
        stopped_since: None,
        stops: Vec::new(),
        supplement: None,
        supplements_asked: 0,
        process: process::State::default(),
        tasks: BTreeMap::new(),
        consulted: Vec::new(),
        asked: 0,
        payment: Payment::default(),
        begun: false,
        decided_at: None,
        draft: None,
        result: None,
        overdue: false,
        unlawful: false,
        apology: None,
        finished_at: None,
        delivered_at: None,
    })
}

impl Dossier {
    /// The phase that the open work amounts to.
    fn working_phase(&self) -> Phase {
        let acts: Vec<Act> = self.tasks.values().map(|task| task.act).collect();
        if acts.contains(&Act::Consult) {
            return Phase::Consulting;
        }
        match acts.first() {
            Some(Act::Assign | Act::Appraise) if !self.begun => Phase::Accepted,
            Some(Act::Assign | Act::Appraise | Act::Consult) => Phase::Appraising,
            Some(Act::Endorse) => Phase::Endorsing,
            Some(Act::Approve) => Phase::Approving,
            Some(Act::Issue) | None => Phase::Issuing,
        }
    }

    fn apply(&mut self, at: Timestamp, event: &Event) {
        match event {
            // A second submission cannot be decided; nothing would follow from it.
            Event::Submitted { .. } => {}
            Event::ReceptionReminded => self.reception.reminded = true,
            Event::ReceptionLate { .. } => self.reception.late = true,
            Event::Accepted { term, next, .. } => {
                self.accepted_at = Some(at);
                self.term = Some(*term);
                self.follow(at, next);
                self.phase = self.working_phase();
            }
            // That somebody looked changes nothing.
            Event::Looked { .. } => {}
            Event::PaperSeen { paper, form } => self.see(paper, *form),
            Event::ReturnWayChanged { return_way } => self.return_way = return_way.clone(),
            Event::ApplicantIdentified { person } | Event::IdentificationUndone { person } => {
                self.applicant.clone_from(person);
            }
            Event::Refused { .. } => self.end(at, Phase::Refused),
            Event::Withdrawn => self.end(at, Phase::Withdrawn),
            Event::Stopped => self.end(at, Phase::Stopped),
            Event::Rejected => self.end(at, Phase::Rejected),
            Event::ClosedUnsupplemented => self.end(at, Phase::ClosedUnsupplemented),
            Event::SupplementAsked { .. }
            | Event::Supplemented { .. }
            | Event::SupplementReturned { .. }
            | Event::SupplementAccepted { .. } => self.apply_supplement(at, event),
            Event::FeeAsked { .. } | Event::FeePaid { .. } | Event::FeeRefunded { .. } => {
                self.apply_payment(at, event)
            }
            Event::BecameOverdue { .. } => self.overdue = true,
            Event::BecameUnlawful { .. } => self.unlawful = true,
            Event::Apologised { old_due, new_due } => {
                self.apology = Some((*old_due, *new_due));
                self.promise(*new_due);
            }
            Event::DueReset { new_due, .. } => self.promise(*new_due),
            Event::ResultDrafted { file } => self.draft = Some(file.clone()),
            Event::Issued { number, file, next } => {
                self.follow(at, next);
                let (number, file) = (number.clone(), file.clone());
                self.result = Some(ResultIssued { number, file, at });
                self.decided_at = self.decided_at.or(Some(at));
                self.finished_at = Some(at);
                self.tasks.clear();
                self.phase = Phase::Released;
            }
            Event::Delivered { .. } => {
                self.delivered_at = Some(at);
                self.phase = Phase::Delivered;
            }
            _ => self.apply_step(at, event),
        }
    }

    fn apply_step(&mut self, at: Timestamp, event: &Event) {
        self.begun |= !matches!(
            event,
            Event::StepLate { .. } | Event::ConsultTermPassed { .. }
        );
        match event {
            Event::TaskAssigned {
                task,
                officer,
                position,
            }
            | Event::TaskClaimed {
                task,
                officer,
                position,
            } => {
                if let Some(task) = self.tasks.get_mut(task) {
                    task.officer = Some(officer.clone());
                    task.position.clone_from(position);
                }
                self.settle();
            }
            Event::StepDone { act, next, .. } => {
                if *act == Act::Approve {
                    self.decided_at = Some(at);
                }
                self.follow(at, next);
            }
            Event::StepReturned { next, .. } => {
                // What was approved and sent back is not decided any more.
                self.decided_at = None;
                self.follow(at, next);
            }
            Event::ConsultAnswered { next, .. } | Event::ConsultContinued { next, .. } => {
                self.follow(at, next)
            }
            Event::ConsultTermPassed { task, next } => {
                self.mark_late(task);
                self.follow(at, next);
            }
            Event::StepLate { task } => self.mark_late(task),
            Event::ConsultAsked { task, agency, due } => self.ask(at, task, agency, *due),
            _ => {}
        }
    }

    fn apply_supplement(&mut self, at: Timestamp, event: &Event) {
        match event {
            Event::SupplementAsked {
                papers,
                close_at,
                clock,
                ..
            } => {
                self.supplements_asked += 1;
                self.begun = true;
                self.supplement = Some(Supplement {
                    asked_at: at,
                    papers: papers.clone(),
                    close_at: *close_at,
                    clock: *clock,
                    received_at: None,
                    brought: Vec::new(),
                    accepted: false,
                });
                self.stopped_since = self.term.map(|_| at);
                self.phase = Phase::SupplementAsked;
            }
            Event::Supplemented { papers, fees } => {
                for paper in papers {
                    self.bring(at, paper);
                }
                if let Some(fees) = fees {
                    self.fees.clone_from(fees);
                }
                if let Some(supplement) = &mut self.supplement {
                    supplement.received_at = Some(at);
                    supplement
                        .brought
                        .extend(papers.iter().map(|paper| paper.code.clone()));
                }
                self.phase = Phase::SupplementReceived;
            }
            Event::SupplementReturned { close_at } => {
                if let Some(supplement) = &mut self.supplement {
                    supplement.close_at = *close_at;
                }
                self.phase = Phase::SupplementAsked;
            }
            Event::SupplementAccepted { term, next } => self.accept_supplement(at, *term, next),
            _ => {}
        }
    }

    fn accept_supplement(&mut self, at: Timestamp, term: Term, next: &Option<Moves>) {
        let clock = self.supplement.as_ref().map(|supplement| supplement.clock);
        let received = self
            .supplement
            .as_ref()
            .and_then(|supplement| supplement.received_at);
        if let Some(supplement) = &mut self.supplement {
            supplement.accepted = true;
        }
        match (clock, self.stopped_since.take(), received) {
            (Some(SupplementClock::Resume), Some(from), Some(to)) => self.stops.push((from, to)),
            _ => self.stops.clear(),
        }
        self.accepted_at = self.accepted_at.or(Some(at));
        self.set_term(term);
        if let Some(next) = next {
            self.follow(at, next);
        }
        self.phase = self.working_phase();
    }

    /// A clock set anew forgets the lateness of the old one; the history keeps it.
    fn set_term(&mut self, term: Term) {
        let moved = self.term.is_some_and(|old| old.due < term.due);
        self.overdue &= !moved;
        self.unlawful &= self.term.is_none_or(|old| old.legal_due >= term.legal_due);
        self.term = Some(term);
    }

    /// A new promise changes neither the legal limit nor the fact of being late for the old one.
    fn promise(&mut self, due: Timestamp) {
        if let Some(term) = &mut self.term {
            term.due = due;
        }
    }

    fn ask(&mut self, at: Timestamp, key: &str, agency: &str, due: Timestamp) {
        self.asked += u32::from(!self.tasks.contains_key(key));
        let opened = self.tasks.entry(key.to_owned()).or_insert_with(|| Task {
            step: String::new(),
            act: Act::Consult,
            party: String::new(),
            agency: String::new(),
            officer: None,
            position: String::new(),
            opened_at: at,
            due,
            late: false,
        });
        // Whoever had it in the agency asked before has it no more.
        if opened.agency != agency {
            (opened.officer, opened.position) = (None, String::new());
        }
        agency.clone_into(&mut opened.agency);
        opened.due = due;
        opened.late = false;
        if !self.consulted.iter().any(|known| known == agency) {
            self.consulted.push(agency.to_owned());
        }
        self.settle();
    }

    /// A supplement adds to what came before: two photos and a third are three. Only a promise to
    /// show a paper is redeemed by it, and the same file is not there twice.
    fn bring(&mut self, at: Timestamp, paper: &Paper) {
        let redeemed = |kept: &Paper| {
            let same_file = kept.file.is_some() && kept.file == paper.file;
            kept.code == paper.code && (same_file || kept.form == PaperForm::ToShow)
        };
        self.papers.retain(|kept| !redeemed(kept));
        let last = self.papers.iter().rposition(|kept| kept.code == paper.code);
        let place = last.map_or(self.papers.len(), |last| last + 1);
        self.papers.insert(place, paper.clone());
        if let Some(file) = &paper.file {
            self.supplemented.insert(file.clone(), at);
        }
    }

    fn see(&mut self, code: &str, form: PaperForm) {
        let waits = |paper: &&mut Paper| paper.code == code && paper.form == PaperForm::ToShow;
        for paper in self.papers.iter_mut().filter(waits) {
            paper.form = form;
        }
    }

    fn mark_late(&mut self, task: &str) {
        if let Some(task) = self.tasks.get_mut(task) {
            task.late = true;
        }
    }

    fn follow(&mut self, at: Timestamp, moves: &Moves) {
        self.process = moves.process.clone();
        for task in &moves.closes {
            self.tasks.remove(task);
        }
        for opening in &moves.opens {
            let task = Task {
                step: opening.step.clone(),
                act: opening.act,
                party: opening.party.clone(),
                agency: self.agency.clone(),
                officer: None,
                position: String::new(),
                opened_at: at,
                due: opening.due,
                late: false,
            };
            self.tasks.insert(opening.task.clone(), task);
        }
        self.settle();
    }

    /// The phase follows the open work, unless the dossier waits for somebody outside.
    fn settle(&mut self) {
        if self.phase.is_working() {
            self.phase = self.working_phase();
        }
    }

    fn end(&mut self, at: Timestamp, phase: Phase) {
        self.finished_at = Some(at);
        self.tasks.clear();
        self.phase = phase;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Receipts of before said not what for: it was all that was due then, whatever came later.
    #[test]
    fn an_old_receipt_keeps_what_was_due_when_it_was_paid() {
        let golden = include_str!("tests/events.golden.json");
        let events: serde_json::Value = serde_json::from_str(golden).expect("golden events");
        let event = |kind: &str, body: serde_json::Value| -> Event {
            kernel::body::read(kind, &body.to_string()).expect("an event")
        };
        let mut submitted = events["submitted"].clone();
        submitted["fees"] = serde_json::json!([{"code": "licence", "kind": "fee", "amount": 40}]);
        let paid = serde_json::json!({"receipt_no": "18", "agency": "H15.1", "amount": 40,
            "method": "cash", "reference": ""});
        let more = serde_json::json!({"papers": [],
            "fees": [{"code": "licence", "kind": "fee", "amount": 100}]});
        let lived = [
            event("submitted", submitted),
            event("fee_paid", paid),
            event("supplemented", more),
        ];
        let entry = |(number, event): (usize, Event)| Entry {
            stream: "dossier/x".into(),
            version: number as i64 + 1,
            at: Timestamp::UNIX_EPOCH,
            actor: String::new(),
            office: String::new(),
            command_id: String::new(),
            private: None,
            event,
        };
        let entries = lived.into_iter().enumerate().map(entry);
        let state = entries.fold(State::default(), |state, entry| evolve(state, &entry));
        let dossier = state.dossier.expect("a dossier");
        let receipt = &dossier.payment.receipts[0];
        assert_eq!((receipt.lines.len(), receipt.lines[0].amount), (1, 40));
        assert_eq!((dossier.owed(), dossier.overpaid()), (60, 0));
        assert_eq!(dossier.open_lines()[0].amount, 60);
    }
}
