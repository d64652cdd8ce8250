//! What is to be done with a dossier now, and by whom: the work that inboxes show. Tasks of the
//! process, and the four things a counter does: take in, take in a supplement, collect, hand over.
//! Does not know: lists and SQL (`views/`).

use super::access::{Action, Facts, holds, is_owing, may, takes};
use super::parts::Act;
use super::phase::Phase;
use super::state::Dossier;
use facts::agency::{Right, Viewer};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Work {
    /// What: an act of the process, or `intake`, `supplement`, `collect_fee`, `deliver`.
    pub act: &'static str,
    /// The right that it needs.
    pub right: Right,
    /// The agency that does it.
    pub agency: String,
    /// Who has it; empty: whoever has the right.
    pub officer: String,
    /// The position with which it stays; empty: with none.
    pub position: String,
    /// Until when.
    pub due: Timestamp,
    /// Since when.
    pub opened_at: Timestamp,
}

impl Work {
    /// The queue in which it waits: its position's own, or the one of all who have the right. What
    /// an entry gave to an officer and to no position waits for all, too: they may have left.
    #[must_use]
    pub fn queue(&self) -> String {
        match self.position.as_str() {
            "" => open_queue(&self.agency, self.act),
            position => post_queue(position),
        }
    }
}

/// What anybody at `agency` with the right for `act` may take.
#[must_use]
pub(super) fn open_queue(agency: &str, act: &str) -> String {
    format!("agency:{agency} {act}")
}

/// What stays with a position, whoever holds it.
#[must_use]
pub(super) fn post_queue(position: &str) -> String {
    format!("post:{position}")
}

/// Every kind of work, in the order of a dossier's life, with the right that it needs.
pub const QUEUES: [(&str, Right); 10] = [
    ("intake", Right::Intake),
    ("supplement", Right::Intake),
    ("assign", Right::Assign),
    ("appraise", Right::Appraise),
    ("consult", Right::Appraise),
    ("endorse", Right::Endorse),
    ("approve", Right::Approve),
    ("issue", Right::Issue),
    ("collect_fee", Right::CollectFee),
    ("deliver", Right::Deliver),
];

impl Act {
    /// The right that doing it needs.
    #[must_use]
    pub fn right(self) -> Right {
        match self {
            Self::Assign => Right::Assign,
            Self::Appraise | Self::Consult => Right::Appraise,
            Self::Endorse => Right::Endorse,
            Self::Approve => Right::Approve,
            Self::Issue => Right::Issue,
        }
    }
}

/// Everything to be done with `dossier` now, by task name.
#[must_use]
pub fn work(dossier: &Dossier) -> BTreeMap<String, Work> {
    let mut work = BTreeMap::new();
    for (key, task) in &dossier.tasks {
        // Waiting for the applicant or for money lets the office's own steps rest; opinions are
        // still awaited.
        if dossier.phase.is_working() || task.act == Act::Consult {
            let item = Work {
                act: task.act.name(),
                right: task.act.right(),
                agency: task.agency.clone(),
                officer: task.officer.clone().unwrap_or_default(),
                position: task.position.clone(),
                due: task.due,
                opened_at: task.opened_at,
            };
            work.insert(key.clone(), item);
        }
    }
    if let Some((act, item)) = counter_work(dossier) {
        work.insert(act.to_owned(), item);
    }
    work
}

/// Whether something is to be done with `dossier` now that `viewer` may do: it stands in their
/// inbox, or owes what they collect.
#[must_use]
pub fn is_work_of(viewer: &Viewer, dossier: &Dossier) -> bool {
    let mine = |(key, item): (&String, &Work)| match dossier.tasks.get(key) {
        Some(task) => takes(viewer, task, &dossier.procedure.code),
        None => holds(viewer, item.right, &item.agency),
    };
    let collects = may(viewer, Action::CollectFee, &Facts::of(dossier)).is_ok();
    work(dossier).iter().any(mine) || (is_owing(dossier) && collects)
}

fn counter_work(dossier: &Dossier) -> Option<(&'static str, Work)> {
    let due = dossier.term.map_or(dossier.reception.due, |term| term.due);
    let received = dossier
        .supplement
        .as_ref()
        .and_then(|supplement| supplement.received_at);
    let taken_in_by = match dossier.accepted_at {
        Some(_) => &dossier.agency,
        None => &dossier.reception_agency,
    };
    let (act, right, agency, due, opened_at) = match dossier.phase {
        Phase::Submitted => (
            "intake",
            Right::Intake,
            taken_in_by.as_str(),
            due,
            dossier.submitted_at,
        ),
        Phase::SupplementReceived => {
            let opened = received.unwrap_or(dossier.submitted_at);
            (
                "supplement",
                Right::Intake,
                taken_in_by.as_str(),
                due,
                opened,
            )
        }
        Phase::FeeDue => {
            let opened = dossier.payment.asked_at.unwrap_or(dossier.submitted_at);
            (
                "collect_fee",
                Right::CollectFee,
                dossier.reception_agency.as_str(),
                due,
                opened,
            )
        }
        Phase::Released => {
            let opened = dossier.finished_at.unwrap_or(dossier.submitted_at);
            (
                "deliver",
                Right::Deliver,
                dossier.return_agency(),
                due,
                opened,
            )
        }
        _ => return None,
    };
    let (agency, officer, position) = (agency.to_owned(), String::new(), String::new());
    Some((
        act,
        Work {
            act,
            right,
            agency,
            officer,
            position,
            due,
            opened_at,
        },
    ))
}
