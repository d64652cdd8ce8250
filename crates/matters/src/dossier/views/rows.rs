//! From one entry to the rows that it changes.
//! Does not know: reading.

use crate::dossier::access::listed_under;
use crate::dossier::code::day_of;
use crate::dossier::events::Event;
use crate::dossier::inbox::{Work, work};
use crate::dossier::parts::{Handover, PayMethod, Receiver};
use crate::dossier::rules::timers;
use crate::dossier::state::{Dossier, State};
use facts::fold::fold;
use kernel::{Entry, Json, Statement, Value, params, timer};
use std::collections::BTreeSet;

/// Emptied and filled again by a rebuild.
pub(in crate::dossier) const TABLES: &[&str] = &[
    "dossiers",
    "dossier_scopes",
    "dossier_words",
    "dossier_tasks",
    "dossier_receipts",
];
/// Words of one dossier that can be searched; a full name has at most eight.
const WORDS_MAX: usize = 16;
/// Characters of a searchable word.
pub(super) const WORD_CHARS_MAX: usize = 40;

/// The rows and timers that `entry` changes.
pub(in crate::dossier) fn statements(
    before: &State,
    after: &State,
    entry: &Entry<Event>,
    private: Option<&Json>,
) -> Vec<Statement> {
    let Some(dossier) = after.dossier.as_deref() else {
        return Vec::new();
    };
    let before = before.dossier.as_deref();
    let id = entry.id();
    let mut list = match before {
        None => inserted(id, dossier, entry, private),
        Some(_) => vec![updated(id, dossier, entry)],
    };
    list.extend(returned_elsewhere(id, dossier, entry));
    list.extend(scopes_gone(id, before, dossier));
    list.extend(scopes(id, before, dossier));
    let mut later = tasks(id, before, dossier);
    later.extend(alarms(&entry.stream, before, dossier));
    if before.is_none() {
        // Nothing of a new dossier is there that these could follow on.
        later = later.into_iter().map(Statement::any_order).collect();
    }
    list.extend(later);
    list.extend(paid(id, entry));
    list
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
    let searched = searchable(&name, &phone, dossier);
    let mut values = params![
        id,
        dossier.code.to_string(),
        dossier.procedure.to_string(),
        &dossier.procedure.code,
        &dossier.agency,
        &dossier.reception_agency,
        dossier.return_agency(),
        dossier.channel.as_str(),
        &dossier.applicant,
        dossier.filed_by(),
        &name,
        words(&name).join(" "),
        phone,
        field("address"),
        dossier.submitted_at,
        dossier.reception.due,
    ];
    values.extend(changing(dossier, entry));
    let mut list = vec![Statement::new(INSERT, values).any_order()];
    list.extend(searched.iter().map(|word| insert_word(id, word)));
    list
}

const INSERT: &str = "INSERT INTO dossiers (id, code, procedure_key, procedure_code, agency,
    reception_agency, return_agency, channel, applicant, filer, applicant_name,
    applicant_folded, applicant_phone, applicant_address, submitted_at, reception_due_at,
    phase, status, reception_late, accepted_at, due_at, legal_due_at, finished_at,
    delivered_at, overdue, unlawful, apologised, step, act, holder, fee_due, fee_paid,
    result_number, received_by, changed_at)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
    ?, ?, ?, ?, ?, ?, ?)";

const UPDATE: &str = "UPDATE dossiers SET phase = ?, status = ?, reception_late = ?,
    accepted_at = ?, due_at = ?, legal_due_at = ?, finished_at = ?, delivered_at = ?,
    overdue = ?, unlawful = ?, apologised = ?, step = ?, act = ?, holder = ?, fee_due = ?,
    fee_paid = ?, result_number = ?, received_by = ?, changed_at = ?
  WHERE id = ?";

fn updated(id: &str, dossier: &Dossier, entry: &Entry<Event>) -> Statement {
    let mut values = changing(dossier, entry);
    values.push(Value::from(id));
    Statement::new(UPDATE, values)
}

/// The counter that returns the result changes rarely: a statement of its own.
fn returned_elsewhere(id: &str, dossier: &Dossier, entry: &Entry<Event>) -> Option<Statement> {
    let Event::ReturnWayChanged { .. } = &entry.event else {
        return None;
    };
    let sql = "UPDATE dossiers SET return_agency = ? WHERE id = ?";
    Some(Statement::new(sql, params![dossier.return_agency(), id]))
}

/// The columns that change in a life, in the order of both texts above.
fn changing(dossier: &Dossier, entry: &Entry<Event>) -> Vec<Value> {
    let task = dossier.tasks.values().find(|_| dossier.phase.is_working());
    let paid = dossier
        .payment
        .receipt
        .as_ref()
        .map_or(0, |receipt| receipt.amount);
    params![
        dossier.phase.name(),
        u32::from(dossier.phase.external().code()),
        dossier.reception.late,
        dossier.accepted_at,
        dossier.term.map(|term| term.due),
        dossier.term.map(|term| term.legal_due),
        dossier.finished_at,
        dossier.delivered_at,
        dossier.overdue,
        dossier.unlawful,
        dossier.apology.is_some(),
        task.map_or("", |task| task.step.as_str()),
        task.map_or("", |task| task.act.name()),
        task.and_then(|task| task.officer.clone()),
        dossier.amount_due(),
        paid,
        dossier.result.as_ref().map(|result| result.number.clone()),
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

fn searchable(name: &str, phone: &str, dossier: &Dossier) -> BTreeSet<String> {
    let mut found = words(name);
    found.truncate(WORDS_MAX);
    found.push(
        phone
            .chars()
            .filter(char::is_ascii_digit)
            .take(WORD_CHARS_MAX)
            .collect(),
    );
    found.push(dossier.code.serial().to_owned());
    found.push(super::super::code::short_day(dossier.code.day()));
    found.into_iter().filter(|word| !word.is_empty()).collect()
}

/// The folded words of a text, letters and digits only.
pub(super) fn words(text: &str) -> Vec<String> {
    let folded = fold(text);
    let parts = folded.split(|letter: char| !letter.is_ascii_alphanumeric());
    let parts = parts.filter(|part| !part.is_empty());
    parts
        .map(|part| part.chars().take(WORD_CHARS_MAX).collect())
        .collect()
}

fn insert_word(id: &str, word: &str) -> Statement {
    let sql = "INSERT INTO dossier_words (word, dossier_id) VALUES (?, ?)";
    Statement::new(sql, params![word, id]).any_order()
}

fn scopes(id: &str, before: Option<&Dossier>, after: &Dossier) -> Vec<Statement> {
    let old = before.map(listed_under).unwrap_or_default();
    let mut new = listed_under(after);
    new.retain(|scope| !old.contains(scope));
    let sql = "INSERT INTO dossier_scopes (scope, submitted_at, dossier_id) VALUES (?, ?, ?)";
    let row = |scope: &String| params![scope, after.submitted_at, id];
    let rows = new.iter().map(|scope| Statement::new(sql, row(scope)));
    match before {
        // Nothing can have been taken away before: the first rows may stand in any order.
        None => rows.map(Statement::any_order).collect(),
        Some(_) => rows.collect(),
    }
}

/// A counter that no longer returns the result has nothing more to see; what is paid owes no more.
fn scopes_gone(id: &str, before: Option<&Dossier>, after: &Dossier) -> Option<Statement> {
    let mut gone = listed_under(before?);
    let kept = listed_under(after);
    gone.retain(|scope| !kept.contains(scope));
    if gone.is_empty() {
        return None;
    }
    let places = vec!["?"; gone.len()].join(", ");
    let sql = format!("DELETE FROM dossier_scopes WHERE dossier_id = ? AND scope IN ({places})");
    let mut values = params![id];
    values.extend(gone.iter().map(Value::from));
    Some(Statement::new(sql, values))
}

fn tasks(id: &str, before: Option<&Dossier>, after: &Dossier) -> Vec<Statement> {
    let old = before.map(work).unwrap_or_default();
    let new = work(after);
    let gone = old.keys().filter(|key| !new.contains_key(*key));
    let mut list: Vec<Statement> = gone.map(|key| closed(id, key)).collect();
    let changed = new
        .iter()
        .filter(|(key, item)| old.get(*key) != Some(*item));
    list.extend(changed.map(|(key, item)| opened(id, key, item)));
    list
}

fn closed(id: &str, task: &str) -> Statement {
    let sql = "DELETE FROM dossier_tasks WHERE dossier_id = ? AND task = ?";
    Statement::new(sql, params![id, task])
}

fn opened(id: &str, task: &str, item: &Work) -> Statement {
    let sql = "INSERT INTO dossier_tasks (dossier_id, task, act, required_right, agency, officer,
        due_at, opened_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (dossier_id, task) DO UPDATE SET act = excluded.act,
        required_right = excluded.required_right, agency = excluded.agency,
        officer = excluded.officer, due_at = excluded.due_at, opened_at = excluded.opened_at";
    let Work {
        act,
        right,
        agency,
        officer,
        due,
        opened_at,
    } = item;
    let values = params![
        id,
        task,
        *act,
        right.as_str(),
        agency,
        officer,
        *due,
        *opened_at
    ];
    Statement::new(sql, values)
}

fn alarms(stream: &str, before: Option<&Dossier>, after: &Dossier) -> Vec<Statement> {
    let old = before.map(timers).unwrap_or_default();
    let new = timers(after);
    let gone = old.keys().filter(|key| !new.contains_key(*key));
    let mut list: Vec<Statement> = gone.map(|key| timer::cancel(stream, key)).collect();
    let changed = new.iter().filter(|(key, at)| old.get(*key) != Some(*at));
    list.extend(changed.map(|(key, at)| timer::set(stream, key, *at)));
    list
}

fn paid(id: &str, entry: &Entry<Event>) -> Option<Statement> {
    let Event::FeePaid {
        receipt_no,
        agency,
        amount,
        method,
        ..
    } = &entry.event
    else {
        return None;
    };
    let method = match method {
        PayMethod::Cash => "cash",
        PayMethod::Transfer => "transfer",
        PayMethod::Online => "online",
    };
    let year = day_of(entry.at).year().to_string();
    let sql = "INSERT INTO dossier_receipts
        (agency, period, number, dossier_id, amount, method, paid_at)
      VALUES (?, ?, ?, ?, ?, ?, ?)";
    let values = params![agency, year, receipt_no, id, *amount, method, entry.at];
    Some(Statement::new(sql, values))
}
