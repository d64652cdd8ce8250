//! From one entry of a dossier to what it changes in the counts. Pure. What comes and what ends is
//! told by the event, what stands by the states before and after: two accounts of one thing, which
//! the report holds against each other (`report.rs`).
//! Does not know: rows, the log.
use facts::procedure::Channel;
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::Entry;
use matters::dossier::{Dossier, Event, ExternalStatus, PayMethod, Phase, State, day_of};

use super::count::Count;

/// A count that changes on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) day: Date,
    pub(super) count: Count,
    pub(super) by: i64,
}

/// What `entry` changes.
pub(super) fn changes(before: &State, entry: &Entry<Event>, after: &State) -> Vec<Change> {
    let (before, after) = (before.dossier.as_deref(), after.dossier.as_deref());
    let day = day_of(entry.at);
    let mut list = Vec::new();
    let mut change = |day: Date, count: Count, by: i64| list.push(Change { day, count, by });
    for count in happened(before, entry) {
        change(day, count, 1);
    }
    let (old, new) = (before.and_then(standing), after.and_then(standing));
    if old != new {
        old.into_iter().for_each(|count| change(day, count, -1));
        new.into_iter().for_each(|count| change(day, count, 1));
    }
    let (old, new) = (before.and_then(promised), after.and_then(promised));
    if old != new {
        old.into_iter().for_each(|day| change(day, Count::Due, -1));
        new.into_iter().for_each(|day| change(day, Count::Due, 1));
    }
    list
}

fn happened(before: Option<&Dossier>, entry: &Entry<Event>) -> Vec<Count> {
    match (&entry.event, before) {
        (
            Event::Submitted {
                agency,
                reception,
                channel,
                ..
            },
            None,
        ) => {
            let mut counts = vec![match channel {
                Channel::Online => Count::Online,
                Channel::Counter => Count::Counter,
                Channel::Post => Count::Post,
            }];
            counts.extend((agency != reception).then_some(Count::Elsewhere));
            counts
        }
        (Event::Issued { .. }, Some(before)) => vec![done(before, entry.at)],
        (Event::Refused { .. }, _) => vec![Count::Refused],
        (Event::Withdrawn, _) => vec![Count::Withdrawn],
        (Event::Stopped | Event::Rejected | Event::ClosedUnsupplemented, _) => {
            vec![Count::Stopped]
        }
        (Event::FeePaid { method, .. }, _) => vec![match method {
            PayMethod::Online => Count::PaidOnline,
            PayMethod::Cash | PayMethod::Transfer => Count::PaidDirect,
        }],
        _ => Vec::new(),
    }
}

/// In time or not, against the first promise: a new one that an apology made does not turn late
/// into in time.
fn done(dossier: &Dossier, at: Timestamp) -> Count {
    let promised = dossier.term.map(|term| match dossier.apology {
        Some((old, new)) if new == term.due => old,
        _ => term.due,
    });
    let late = dossier.overdue || promised.is_some_and(|due| at > due);
    match promised {
        _ if late && dossier.apology.is_some() => Count::LateSorry,
        _ if late => Count::Late,
        Some(due) if day_of(at) < day_of(due) => Count::Early,
        _ => Count::OnTime,
    }
}

/// Where it stands, until it has ended.
fn standing(dossier: &Dossier) -> Option<Count> {
    let ended = dossier.phase.is_terminal() || dossier.phase.external() == ExternalStatus::Released;
    if ended {
        return None;
    }
    Some(match dossier.phase {
        Phase::Submitted if dossier.reception.late => Count::WaitingLate,
        Phase::Submitted => Count::Waiting,
        _ if dossier.overdue => Count::OpenLate,
        _ => Count::Open,
    })
}

/// The day on which something is promised, while the clock runs.
fn promised(dossier: &Dossier) -> Option<Date> {
    let term = dossier.term.filter(|_| dossier.stopped_since.is_none())?;
    standing(dossier).map(|_| day_of(term.due))
}
