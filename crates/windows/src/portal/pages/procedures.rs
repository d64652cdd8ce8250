//! `/procedures`: search without diacritics, by moments of life, and help when nothing was found.
use std::collections::BTreeSet;
use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use facts::procedure::{Catalogue, Procedure};
use jiff::civil::Date;
use web::ui::Pager;
use web::{Answer, Now, QueryData, Shell};

use super::super::guide;
use super::super::phrases;
use super::{Portal, today};

/// Procedures on one page: a screen or two on a phone.
const PAGE: usize = 20;
/// Procedures offered when no procedure has all the words.
const NEAREST_MAX: usize = 5;
/// Words shorter than this find everything.
const WORD_CHARS_MIN: usize = 3;

/// One procedure in a list: all its cases and levels together.
pub(super) struct Entry {
    pub code: String,
    pub name: String,
    pub what: String,
    pub field: String,
    pub fastest: String,
    pub online: bool,
    /// Names of its cases, when there are several.
    pub cases: Vec<String>,
}

/// A moment of life with what falls under it.
pub(super) struct LifeEvent {
    pub value: String,
    pub label: String,
    pub count: usize,
    /// The first few procedures, by name.
    pub examples: Vec<String>,
    pub chosen: bool,
}

#[derive(Template)]
#[template(path = "portal/pages/procedures.html")]
struct ProceduresPage {
    shell: Shell,
    text: String,
    event: String,
    event_label: String,
    events: Vec<LifeEvent>,
    entries: Vec<Entry>,
    nearest: Vec<Entry>,
    count: usize,
    pager: Pager,
}

pub(super) async fn list(
    State(portal): State<Portal>,
    Now(now): Now,
    QueryData(query): QueryData,
    shell: Shell,
) -> Answer {
    let catalogue = portal.ground.catalogue();
    let on = today(now);
    let text = query.text("q").trim().to_owned();
    let event = query.text("event").to_owned();
    let page: u64 = query.text("page").parse().unwrap_or(1);
    let mut found = catalogue.search(&text, on);
    if !event.is_empty() {
        found.retain(|procedure| procedure.life_event == event);
    }
    let entries = entries(&found);
    let nearest = if entries.is_empty() {
        nearest(catalogue, &text, on)
    } else {
        Vec::new()
    };
    let count = entries.len();
    let base = format!(
        "/procedures?q={}&event={}&page=",
        encoded(&text),
        encoded(&event)
    );
    let pager = Pager::new(page, count as u64, PAGE as u64, base);
    let skip = usize::try_from(pager.page - 1).unwrap_or(0) * PAGE;
    let events = life_events(catalogue, &event, on);
    let event_label = events.iter().find(|one| one.chosen);
    web::render(&ProceduresPage {
        shell,
        event_label: event_label.map_or_else(String::new, |one| one.label.clone()),
        text,
        event,
        events,
        entries: entries.into_iter().skip(skip).take(PAGE).collect(),
        nearest,
        count,
        pager,
    })
}

/// One entry a code, in the order found.
pub(super) fn entries(found: &[&Arc<Procedure>]) -> Vec<Entry> {
    let mut list: Vec<Entry> = Vec::new();
    for procedure in found {
        let case = match procedure.case_name.vi.as_str() {
            "" => phrases::level(procedure.key.level),
            name => name.to_owned(),
        };
        match list
            .iter_mut()
            .find(|entry| entry.code == procedure.key.code)
        {
            Some(entry) => entry.cases.push(case),
            None => list.push(entry(procedure, case)),
        }
    }
    for entry in &mut list {
        if entry.cases.len() == 1 {
            entry.cases.clear();
        }
    }
    list
}

fn entry(procedure: &Procedure, case: String) -> Entry {
    let online = facts::procedure::Channel::Online;
    Entry {
        code: procedure.key.code.clone(),
        name: procedure.name.vi.clone(),
        what: procedure.plain.what.vi.clone(),
        field: procedure.field.name.vi.clone(),
        fastest: guide::fastest(procedure),
        online: procedure
            .channels
            .iter()
            .any(|offer| offer.channel == online),
        cases: vec![case],
    }
}

/// Moments of life that have procedures, in the order of the list.
pub(super) fn life_events(catalogue: &Catalogue, chosen: &str, on: Date) -> Vec<LifeEvent> {
    let of = |value: &str| -> Vec<&Arc<Procedure>> {
        let all = catalogue.published(on);
        all.filter(|procedure| procedure.life_event == value)
            .collect()
    };
    let events = catalogue.life_events().iter().map(|option| {
        let entries = entries(&of(&option.value));
        LifeEvent {
            value: option.value.clone(),
            label: option.label.vi.clone(),
            count: entries.len(),
            examples: entries
                .into_iter()
                .take(3)
                .map(|entry| entry.name)
                .collect(),
            chosen: option.value == chosen,
        }
    });
    events.filter(|event| event.count > 0).collect()
}

/// Procedures that have at least one of the words, those with more of them first.
fn nearest(catalogue: &Catalogue, text: &str, on: Date) -> Vec<Entry> {
    let words: BTreeSet<&str> = text
        .split_whitespace()
        .filter(|word| word.chars().count() >= WORD_CHARS_MIN)
        .collect();
    let mut hits: Vec<(usize, &Arc<Procedure>)> = Vec::new();
    for word in words {
        for procedure in catalogue.search(word, on) {
            match hits
                .iter_mut()
                .find(|(_, known)| known.key == procedure.key)
            {
                Some((count, _)) => *count += 1,
                None => hits.push((1, procedure)),
            }
        }
    }
    hits.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    let found: Vec<_> = hits.into_iter().map(|(_, procedure)| procedure).collect();
    let mut list = entries(&found);
    list.truncate(NEAREST_MAX);
    list
}

/// A text as it may stand in an address.
pub(super) fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => out.push(byte.into()),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
