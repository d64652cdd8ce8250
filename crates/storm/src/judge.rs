//! The judge: is everything that was acknowledged there exactly once, and is the journal whole?
//! From the tables and the book alone.
//!
//! Does not know: the program's code, which faults were thrown, the clock (whoever asks hands in
//! what the right one says).
use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use crate::book::Line;
use crate::views::{Entry, Facts};

/// Kinds after which a dossier is no longer in reception, and after which nothing is due.
const RECEIVED: [&str; 6] = [
    "accepted",
    "refused",
    "supplement_asked",
    "withdrawn",
    "stopped",
    "closed_unsupplemented",
];
const ENDED: [&str; 6] = [
    "issued",
    "refused",
    "withdrawn",
    "stopped",
    "rejected",
    "closed_unsupplemented",
];
/// So far ahead of the right clock an entry may be dated: a smaller jump is believed, as the
/// program's settings say.
const BELIEVED_DAYS: i64 = 15;
const DAY_MS: i64 = 24 * 3_600_000;

/// Kinds that a passed timer causes, with the field that tells two of them apart.
const PASSED: [(&str, &str); 6] = [
    ("reception_reminded", ""),
    ("reception_late", "due"),
    ("became_overdue", "due"),
    ("became_unlawful", "legal_due"),
    ("step_late", "task"),
    ("consult_term_passed", "task"),
];

/// Kinds of which the applicant and who filed for them are told.
const TOLD: [&str; 18] = [
    "submitted",
    "accepted",
    "refused",
    "supplement_asked",
    "supplement_returned",
    "supplement_accepted",
    "closed_unsupplemented",
    "fee_asked",
    "fee_paid",
    "fee_refunded",
    "became_overdue",
    "apologised",
    "due_reset",
    "issued",
    "delivered",
    "withdrawn",
    "stopped",
    "rejected",
];

/// Everything that is wrong at any moment, also in the middle of the load. `book` was read before
/// the tables, `now` is what the right clock says (milliseconds).
#[must_use]
pub fn faults(facts: &Facts, book: &[Line], now: i64) -> Vec<String> {
    let mut faults = Vec::new();
    acknowledged(facts, book, &mut faults);
    commands(facts, &mut faults);
    versions(facts, &mut faults);
    log(facts, &mut faults);
    codes(facts, &mut faults);
    receipts(facts, &mut faults);
    timers_once(facts, &mut faults);
    dated(facts, now, &mut faults);
    faults
}

/// What is wrong when the house has come to rest and its clock stands at `now` (milliseconds),
/// behind every deadline.
#[must_use]
pub fn faults_at_rest(facts: &Facts, now: i64) -> Vec<String> {
    let mut faults = Vec::new();
    if !facts.unplaced.is_empty() {
        faults.push(format!("{} entries without a place", facts.unplaced.len()));
    }
    let head = facts.log.last().map_or(0, |place| place.0);
    for (reader, position) in &facts.readers {
        if *position != head {
            faults.push(format!("reader {reader} stands at {position} of {head}"));
        }
    }
    for (stream, key, at) in &facts.timers {
        if *at <= now {
            faults.push(format!("{stream}: timer {key} of {at} was never heard"));
        }
    }
    deadlines_heard(facts, now, &mut faults);
    told_once(facts, &mut faults);
    faults
}

/// Every acknowledged command is there, on the stream of its dossier.
fn acknowledged(facts: &Facts, book: &[Line], faults: &mut Vec<String>) {
    for line in book {
        let Line { command, name, far } = line;
        let Some((stream, _)) = facts.commands.get(command) else {
            faults.push(format!(
                "acknowledged and not there: {command} {name} {far}"
            ));
            continue;
        };
        let expected = match far.as_str() {
            "taken" => Some(format!("dossier/{name}")),
            _ => facts.codes.get(name).cloned(),
        };
        if expected.as_ref() != Some(stream) {
            faults.push(format!("{name} {far}: on {stream}, not on {expected:?}"));
        }
    }
}

/// Each command, acknowledged or not, did one thing once: its entries follow one another up to its
/// version, and no entry is without its command.
fn commands(facts: &Facts, faults: &mut Vec<String>) {
    let mut done: BTreeMap<&str, Vec<(&str, i64)>> = BTreeMap::new();
    for entry in &facts.entries {
        let place = (entry.stream.as_str(), entry.version);
        done.entry(&entry.command).or_default().push(place);
    }
    for (command, (stream, version)) in &facts.commands {
        let entries = done.remove(command.as_str()).unwrap_or_default();
        let mut pairs = entries.windows(2);
        let follow = pairs.all(|two| two[1] == (two[0].0, two[0].1 + 1));
        if !follow || entries.last() != Some(&(stream.as_str(), *version)) {
            faults.push(format!(
                "{command}: entries {entries:?}, not up to {stream} {version}"
            ));
        }
    }
    for (command, entries) in done {
        faults.push(format!("{entries:?}: of {command}, which is not there"));
    }
}

/// Versions of each stream are 1, 2, 3 …, and its time never runs backwards.
fn versions(facts: &Facts, faults: &mut Vec<String>) {
    let mut last: Option<&Entry> = None;
    for entry in &facts.entries {
        let before = last.filter(|last| last.stream == entry.stream);
        let expected = before.map_or(1, |last| last.version + 1);
        if entry.version != expected {
            let Entry {
                stream, version, ..
            } = entry;
            faults.push(format!("{stream}: version {version} instead of {expected}"));
        }
        if before.is_some_and(|last| last.at > entry.at) {
            faults.push(format!(
                "{} {}: earlier than before",
                entry.stream, entry.version
            ));
        }
        last = Some(entry);
    }
}

/// Places of the log are 1, 2, 3 …; each entry has one, or waits for it.
fn log(facts: &Facts, faults: &mut Vec<String>) {
    for (index, (position, ..)) in facts.log.iter().enumerate() {
        if i64::try_from(index + 1) != Ok(*position) {
            faults.push(format!("the log has {position} at place {}", index + 1));
            break;
        }
    }
    let mut places: BTreeMap<(&str, i64), u32> = BTreeMap::new();
    for (_, stream, version) in &facts.log {
        *places.entry((stream, *version)).or_default() += 1;
    }
    for (stream, version) in &facts.unplaced {
        *places.entry((stream, *version)).or_default() += 1;
    }
    for entry in &facts.entries {
        match places.remove(&(entry.stream.as_str(), entry.version)) {
            Some(1) => {}
            Some(more) => faults.push(format!("{} {}: {more} places", entry.stream, entry.version)),
            None => faults.push(format!("{} {}: no place", entry.stream, entry.version)),
        }
    }
    for (stream, version) in places.keys() {
        faults.push(format!("{stream} {version}: a place without an entry"));
    }
    let head = facts.log.last().map_or(0, |place| place.0);
    for (reader, position) in &facts.readers {
        if *position > head {
            faults.push(format!(
                "reader {reader} stands at {position}, beyond {head}"
            ));
        }
    }
}

/// No code was given twice, and each row's code is the one of its first entry.
fn codes(facts: &Facts, faults: &mut Vec<String>) {
    let mut given: BTreeMap<&str, &str> = BTreeMap::new();
    for entry in facts
        .entries
        .iter()
        .filter(|entry| entry.kind == "submitted")
    {
        let code = find_text(&entry.body, "code").unwrap_or_default();
        if let Some(other) = given.insert(code, &entry.stream) {
            faults.push(format!(
                "code {code} was given to {other} and to {}",
                entry.stream
            ));
        }
        if facts.codes.get(code) != Some(&entry.stream) {
            faults.push(format!("{}: no row shows its code {code}", entry.stream));
        }
    }
    if given.len() != facts.codes.len() {
        faults.push(format!(
            "{} submissions, {} rows",
            given.len(),
            facts.codes.len()
        ));
    }
}

/// No receipt number was given twice by an agency in a year, and each payment shows its own.
fn receipts(facts: &Facts, faults: &mut Vec<String>) {
    let shown = facts
        .receipts
        .iter()
        .map(|(agency, _, number, stream)| (agency, number, stream));
    let shown: BTreeSet<_> = shown.collect();
    let mut numbers = BTreeSet::new();
    for (agency, year, number, _) in &facts.receipts {
        if !numbers.insert((agency, year, number)) {
            faults.push(format!(
                "receipt {number} of {agency} in {year} stands twice"
            ));
        }
    }
    let mut count = 0;
    for entry in facts
        .entries
        .iter()
        .filter(|entry| entry.kind == "fee_paid")
    {
        let field = |key| find_text(&entry.body, key).unwrap_or_default().to_owned();
        let (agency, number) = (field("agency"), field("receipt_no"));
        count += 1;
        if !shown.contains(&(&agency, &number, &entry.stream)) {
            faults.push(format!("{}: receipt {number} is not shown", entry.stream));
        }
    }
    if count != facts.receipts.len() {
        faults.push(format!(
            "{count} payments, {} receipts",
            facts.receipts.len()
        ));
    }
}

/// A moment that passed is told once, and never before it passed.
fn timers_once(facts: &Facts, faults: &mut Vec<String>) {
    let mut told = BTreeSet::new();
    for entry in &facts.entries {
        let Some((kind, field)) = PASSED.iter().find(|(kind, _)| *kind == entry.kind) else {
            continue;
        };
        let which = entry
            .body
            .get(field)
            .map(Json::to_string)
            .unwrap_or_default();
        if !told.insert((&entry.stream, kind, which.clone())) {
            faults.push(format!("{}: {kind} {which} twice", entry.stream));
        }
        let moment = entry
            .command
            .rsplit('/')
            .next()
            .and_then(|ms| ms.parse::<i64>().ok());
        match moment.filter(|_| entry.command.starts_with("timer/")) {
            Some(moment) if entry.at >= moment => {}
            Some(_) => faults.push(format!("{}: {kind} before its time", entry.stream)),
            None => faults.push(format!("{}: {kind} without a timer", entry.stream)),
        }
    }
}

/// Nothing happened in a future that was a mistake, and no deadline of it was heard.
fn dated(facts: &Facts, now: i64, faults: &mut Vec<String>) {
    for entry in &facts.entries {
        let days = (entry.at - now) / DAY_MS;
        if days >= BELIEVED_DAYS {
            let Entry {
                stream,
                version,
                kind,
                ..
            } = entry;
            faults.push(format!(
                "{stream} {version}: {kind} dated {days} days ahead of the right clock"
            ));
        }
    }
}

/// When every deadline lies behind: who was never received was reminded of and late, who was never
/// finished is overdue, once each.
fn deadlines_heard(facts: &Facts, now: i64, faults: &mut Vec<String>) {
    let mut streams: BTreeMap<&str, Vec<&Entry>> = BTreeMap::new();
    for entry in facts
        .entries
        .iter()
        .filter(|one| one.stream.starts_with("dossier/"))
    {
        streams.entry(&entry.stream).or_default().push(entry);
    }
    for (stream, entries) in streams {
        let any = |kinds: &[&str]| entries.iter().any(|one| kinds.contains(&one.kind.as_str()));
        let count = |kind| entries.iter().filter(|one| one.kind == kind).count();
        let mut once = |kind| {
            let times = count(kind);
            if times != 1 {
                faults.push(format!("{stream}: {kind} {times} times, at rest at {now}"));
            }
        };
        if !any(&RECEIVED) {
            once("reception_reminded");
            once("reception_late");
        }
        if any(&["accepted"]) && !any(&ENDED) {
            once("became_overdue");
        }
    }
}

/// Whom each entry concerns was told of it, once, and of nothing else.
fn told_once(facts: &Facts, faults: &mut Vec<String>) {
    let mut people: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut concerning: BTreeSet<(&str, i64)> = BTreeSet::new();
    for entry in &facts.entries {
        let place = (entry.stream.as_str(), entry.version);
        if entry.stream.starts_with("dossier/") && TOLD.contains(&entry.kind.as_str()) {
            concerning.insert(place);
        }
        if entry.kind == "submitted" {
            let named = ["applicant", "person"].map(|key| find_text(&entry.body, key));
            let named = named.into_iter().flatten().filter(|name| !name.is_empty());
            people.insert(&entry.stream, named.collect());
        }
    }
    let places = facts.log.iter();
    let places = places.filter(|place| concerning.contains(&(place.1.as_str(), place.2)));
    let mut owed: BTreeSet<(&str, i64)> = BTreeSet::new();
    for (position, stream, _) in places {
        let people = people.get(stream.as_str()).into_iter().flatten();
        owed.extend(people.map(|person| (*person, *position)));
    }
    for (person, number) in &facts.notices {
        if !owed.remove(&(person.as_str(), *number)) {
            faults.push(format!("{person} was told of place {number} for nothing"));
        }
    }
    for (person, number) in owed {
        faults.push(format!("{person} was not told of place {number}"));
    }
}

/// The first text under this key, however deep.
fn find_text<'a>(value: &'a Json, key: &str) -> Option<&'a str> {
    let fields = value.as_object()?;
    let here = fields.get(key).and_then(Json::as_str);
    here.or_else(|| fields.values().find_map(|inner| find_text(inner, key)))
}
