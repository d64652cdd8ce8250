//! From one entry to the rows that it changes.
//! Does not know: reading.

use super::results::issued;
use super::same::matters;
use crate::dossier::code::day_of;
use crate::dossier::events::Event;
use crate::dossier::inbox::{Work, work};
use crate::dossier::lists::{found_under, listed_under, words_of_name};
use crate::dossier::parts::{Handover, Receiver};
use crate::dossier::rules::next_timer;
use crate::dossier::state::{Dossier, State};
use facts::procedure::Catalogue;
use jiff::Timestamp;
use kernel::{Entry, Json, Lived, Statement, Value, params, timer};
use std::collections::BTreeMap;

/// Emptied and filled again by a rebuild.
pub(in crate::dossier) const TABLES: &[&str] = &[
    "dossiers",
    "dossier_lists",
    "dossier_tasks",
    "dossier_receipts",
    "dossier_looks",
    "dossier_results",
    "dossier_matters",
];

/// Of these, whose rows go as work is done.
pub(in crate::dossier) const QUEUES: &[&str] = &["dossier_tasks"];

/// The rows and timers that what happened changes.
pub(in crate::dossier) fn statements(
    catalogue: &Catalogue,
    before: &State,
    after: &State,
    happened: &[Lived<'_, Event>],
) -> Vec<Statement> {
    let Some(dossier) = after.dossier.as_deref() else {
        return Vec::new();
    };
    // A look changes nothing else: it has a row of its own.
    let is_look = |lived: &&Lived<'_, Event>| matches!(lived.entry.event, Event::Looked { .. });
    let (looks, moves): (Vec<_>, Vec<_>) = happened.iter().partition(is_look);
    let looks = looks
        .iter()
        .filter_map(|lived| looked(dossier, lived.entry));
    let mut rows: Vec<Statement> = looks.collect();
    if let (Some(&first), Some(&last)) = (moves.first(), moves.last()) {
        rows.extend(moved_rows(before, dossier, (first, last), &moves));
        let id = last.entry.id();
        let about = matters(id, catalogue, &dossier.procedure, &moves).into_iter();
        rows.extend(about.map(Statement::any_order));
    }
    rows
}

/// The rows and timers of everything but looks.
fn moved_rows(
    before: &State,
    dossier: &Dossier,
    (first, last): (&Lived<'_, Event>, &Lived<'_, Event>),
    happened: &[&Lived<'_, Event>],
) -> Vec<Statement> {
    let (before, id) = (before.dossier.as_deref(), last.entry.id());
    // Rows are found by their keys, and no key comes and goes at once.
    let mut rows = tasks(id, before, dossier);
    rows.extend(alarms(&last.entry.stream, before, dossier));
    rows.extend(happened.iter().filter_map(|lived| paid(id, lived.entry)));
    let issued = |lived: &&Lived<'_, Event>| issued(id, &dossier.agency, lived.entry);
    rows.extend(happened.iter().filter_map(issued));
    match before {
        None => rows.extend(inserted(id, dossier, last.entry, first.private)),
        Some(before) => {
            rows.extend(relisted(id, before, dossier));
            rows.push(updated(id, dossier, last.entry));
            if before.applicant != dossier.applicant {
                let sql = "UPDATE dossiers SET applicant = ? WHERE id = ?";
                rows.push(Statement::new(sql, params![&dossier.applicant, id]));
            }
        }
    }
    rows.into_iter().map(Statement::any_order).collect()
}

/// The row of a look; nothing for any other event.
fn looked(dossier: &Dossier, entry: &Entry<Event>) -> Option<Statement> {
    let Event::Looked { reason, .. } = &entry.event else {
        return None;
    };
    let sql = "INSERT INTO dossier_looks (agency, looked_at, dossier_id, officer, office, reason)
        VALUES (?, ?, ?, ?, ?, ?)";
    let (officer, office) = (&entry.actor, &entry.office);
    let values = params![
        &dossier.agency,
        entry.at,
        entry.id(),
        officer,
        office,
        reason.name()
    ];
    Some(Statement::new(sql, values).any_order())
}

fn inserted(
    id: &str,
    dossier: &Dossier,
    entry: &Entry<Event>,
    private: Option<&Json>,
) -> Vec<Statement> {
    let field = |name: &str| {
        let applicant = private.and_then(|document| document.get("applicant"));
        let value = applicant
            .and_then(|party| party.get(name))
            .and_then(Json::as_str);
        value.unwrap_or_default().to_owned()
    };
    let (name, phone) = (field("name"), field("phone"));
    let found = found_under(dossier, &name, &phone);
    let lists = listed_under(dossier).into_iter().chain(found);
    let mut values = params![
        id,
        dossier.code.to_string(),
        dossier.procedure.to_string(),
        &dossier.procedure.code,
        &dossier.agency,
        &dossier.reception_agency,
        dossier.channel.as_str(),
        &dossier.applicant,
        &name,
        words_of_name(&name).join(" "),
        phone,
        field("address"),
        dossier.submitted_at,
        dossier.reception.due,
    ];
    values.extend(changing(dossier, entry));
    let mut list = vec![Statement::new(INSERT, values)];
    list.extend(lists.map(|name| listed(id, name, dossier)));
    list
}

const INSERT: &str = "INSERT INTO dossiers (id, code, procedure_key, procedure_code, agency,
    reception_agency, channel, applicant, applicant_name, applicant_folded, applicant_phone,
    applicant_address, submitted_at, reception_due_at, phase, accepted_at, due_at, finished_at,
    delivered_at, overdue, unlawful, fee_due, fee_paid, received_by, changed_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

const UPDATE: &str = "UPDATE dossiers SET phase = ?, accepted_at = ?, due_at = ?, finished_at = ?,
    delivered_at = ?, overdue = ?, unlawful = ?, fee_due = ?, fee_paid = ?, received_by = ?,
    changed_at = ?
  WHERE id = ?";

fn updated(id: &str, dossier: &Dossier, entry: &Entry<Event>) -> Statement {
    let mut values = changing(dossier, entry);
    values.push(Value::from(id));
    Statement::new(UPDATE, values)
}

/// The columns that change in a life, in the order of both texts above.
fn changing(dossier: &Dossier, entry: &Entry<Event>) -> Vec<Value> {
    params![
        dossier.phase.name(),
        dossier.accepted_at,
        dossier.term.map(|term| term.due),
        dossier.finished_at,
        dossier.delivered_at,
        dossier.overdue,
        dossier.unlawful,
        dossier.amount_due(),
        dossier.payment.kept(),
        received_by(&entry.event),
        entry.at,
    ]
}

/// How the result was taken, for the follow-up book; delivery is the last entry of a life.
fn received_by(event: &Event) -> &'static str {
    match event {
        Event::Delivered {
            handover: Handover::Counter { receiver },
        } => match receiver {
            Receiver::Applicant => "applicant",
            Receiver::Filer => "filer",
            Receiver::Authorised { .. } => "authorised",
        },
        Event::Delivered {
            handover: Handover::Post { .. },
        } => "post",
        Event::Delivered {
            handover: Handover::Electronic,
        } => "electronic",
        _ => "",
    }
}

/// The row of a list.
fn listed(id: &str, list: String, dossier: &Dossier) -> Statement {
    let sql = "INSERT INTO dossier_lists (list, submitted_at, dossier_id) VALUES (?, ?, ?)";
    Statement::new(sql, params![list, dossier.submitted_at, id])
}

/// From the lists on which it stood to those on which it stands. Those by which a dossier is
/// searched stay.
fn relisted(id: &str, before: &Dossier, after: &Dossier) -> Vec<Statement> {
    let (old, new) = (listed_under(before), listed_under(after));
    let gone = old.difference(&new).map(|list| {
        let sql = "DELETE FROM dossier_lists
            WHERE list = ? AND submitted_at = ? AND dossier_id = ?";
        Statement::new(sql, params![list, after.submitted_at, id])
    });
    let come = new
        .difference(&old)
        .map(|list| listed(id, list.clone(), after));
    gone.chain(come).collect()
}

/// Where in the table a task stands: its queue, when it is due, its name.
type Place = (String, Timestamp, String);

fn placed(dossier: &Dossier) -> BTreeMap<Place, Work> {
    let work = work(dossier).into_iter();
    work.map(|(task, item)| ((item.queue(), item.due, task), item))
        .collect()
}

/// A task that stands where it stood is changed there; one that is due at another time or in other
/// hands is another row.
fn tasks(id: &str, before: Option<&Dossier>, after: &Dossier) -> Vec<Statement> {
    let old = before.map(placed).unwrap_or_default();
    let new = placed(after);
    let gone = old.keys().filter(|place| !new.contains_key(*place));
    let mut list: Vec<Statement> = gone.map(|place| closed(id, place)).collect();
    let changed = new.iter().filter_map(|(place, item)| match old.get(place) {
        None => Some(opened(id, place, item, after)),
        Some(known) => {
            let is_same = (known.act, &known.agency, &known.officer)
                == (item.act, &item.agency, &item.officer);
            (!is_same).then(|| moved(id, place, item))
        }
    });
    list.extend(changed);
    list
}

fn closed(id: &str, (queue, due, task): &Place) -> Statement {
    let sql = "DELETE FROM dossier_tasks
        WHERE queue = ? AND due_at = ? AND dossier_id = ? AND task = ?";
    Statement::new(sql, params![queue, *due, id, task])
}

fn opened(id: &str, (queue, due, task): &Place, item: &Work, dossier: &Dossier) -> Statement {
    let sql = "INSERT INTO dossier_tasks (queue, due_at, dossier_id, task, act, agency,
        officer, procedure_code) VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
    let values = params![
        queue,
        *due,
        id,
        task,
        item.act,
        &item.agency,
        &item.officer,
        &dossier.procedure.code
    ];
    Statement::new(sql, values)
}

fn moved(id: &str, (queue, due, task): &Place, item: &Work) -> Statement {
    let sql = "UPDATE dossier_tasks SET act = ?, agency = ?, officer = ?
        WHERE queue = ? AND due_at = ? AND dossier_id = ? AND task = ?";
    let (agency, officer) = (&item.agency, &item.officer);
    Statement::new(
        sql,
        params![item.act, agency, officer, queue, *due, id, task],
    )
}

/// Only the next moment stands in the table: what happens when it passes sets the one after it.
fn alarms(stream: &str, before: Option<&Dossier>, after: &Dossier) -> Vec<Statement> {
    let (old, new) = (before.and_then(next_timer), next_timer(after));
    if old == new {
        return Vec::new();
    }
    let gone = old.map(|(key, at)| timer::cancel(stream, &key, at));
    let come = new.map(|(key, at)| timer::set(stream, &key, at));
    gone.into_iter().chain(come).collect()
}

fn paid(id: &str, entry: &Entry<Event>) -> Option<Statement> {
    let Event::FeePaid {
        receipt_no, agency, ..
    } = &entry.event
    else {
        return None;
    };
    let year = day_of(entry.at).year().to_string();
    let sql = "INSERT INTO dossier_receipts (agency, period, number, dossier_id)
      VALUES (?, ?, ?, ?)";
    Some(Statement::new(sql, params![agency, year, receipt_no, id]))
}
