//! `/`: what people came for. `/counters`: where they can go in person.
use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use facts::agency::{Agency, Viewer};
use jiff::Timestamp;
use kernel::Trouble;
use matters::dossier::views::{self, Line, Search};
use web::ui::Tag;
use web::{Answer, Now, QueryData, Shell, Viewing, show};

use super::super::phrases;
use super::procedures::{Entry, LifeEvent, entries, life_events};
use super::{Portal, today};

/// Procedures among the most used: what fits beside the lookup.
const USED_MAX: usize = 6;
/// Counters on the front page; the rest has its own page.
const COUNTERS_MAX: usize = 3;
/// Own dossiers on the front page: those that are not done, newest first.
const OWN_MAX: usize = 3;
/// Dossiers looked at to find them.
const OWN_LOOKED_AT: usize = 20;

#[derive(Template)]
#[template(path = "portal/pages/home.html")]
struct HomePage {
    shell: Shell,
    events: Vec<LifeEvent>,
    used: Vec<Entry>,
    counters: Vec<Counter>,
    all_counters: usize,
    own: Vec<Own>,
}

/// A counter that receives dossiers.
struct Counter {
    agency: String,
    unit: String,
    /// Today's sessions: "08:00–12:00", "13:00–17:00"; none on a day off.
    hours: Vec<String>,
    open: bool,
}

/// A dossier of the signed-in person.
struct Own {
    code: String,
    name: String,
    tag: Tag,
    due: String,
}

#[derive(Template)]
#[template(path = "portal/pages/counters.html")]
struct CountersPage {
    shell: Shell,
    text: String,
    counters: Vec<Counter>,
    date: String,
}

pub(super) async fn home(
    State(portal): State<Portal>,
    Now(now): Now,
    Viewing(viewer): Viewing<Viewer>,
    shell: Shell,
) -> Answer {
    let catalogue = portal.ground.catalogue();
    let on = today(now);
    let mut counters = find_counters(&portal, "", now).await?;
    let all_counters = counters.len();
    counters.truncate(COUNTERS_MAX);
    let own = match viewer.as_deref() {
        Some(viewer @ Viewer::Citizen { .. }) => own(&portal, viewer).await?,
        _ => Vec::new(),
    };
    let used = used(&portal, now).await?;
    web::render(&HomePage {
        shell,
        events: life_events(catalogue, "", on),
        used,
        counters,
        all_counters,
        own,
    })
}

pub(super) async fn counters(
    State(portal): State<Portal>,
    Now(now): Now,
    QueryData(query): QueryData,
    shell: Shell,
) -> Answer {
    let text = query.text("q").trim().to_owned();
    web::render(&CountersPage {
        shell,
        counters: find_counters(&portal, &text, now).await?,
        text,
        date: show::day(today(now)),
    })
}

/// The most used procedures, filled up with others while nobody has applied yet.
async fn used(portal: &Portal, now: Timestamp) -> Result<Vec<Entry>, Trouble> {
    let codes = portal.most_used.codes(portal.ground.db(), now).await?;
    let rank: BTreeMap<&str, usize> = codes.iter().map(String::as_str).zip(0..).collect();
    let mut found: Vec<_> = portal.ground.catalogue().published(today(now)).collect();
    found.sort_by_key(|procedure| {
        let place = rank.get(procedure.key.code.as_str());
        place.copied().unwrap_or(usize::MAX)
    });
    let mut list = entries(&found);
    list.truncate(USED_MAX);
    Ok(list)
}

async fn own(portal: &Portal, viewer: &Viewer) -> Result<Vec<Own>, Trouble> {
    let search = Search::default();
    let lines = views::list(portal.ground.db(), viewer, &search, OWN_LOOKED_AT).await?;
    let mut going: Vec<&Line> = lines
        .iter()
        .filter(|line| !line.phase.is_terminal())
        .collect();
    going.sort_by_key(|line| !super::mine::waits_for_person(line.phase));
    Ok(going
        .into_iter()
        .take(OWN_MAX)
        .map(|line| own_line(portal, line))
        .collect())
}

fn own_line(portal: &Portal, line: &Line) -> Own {
    let due = line
        .due_at
        .filter(|_| !super::mine::waits_for_person(line.phase))
        .map_or_else(String::new, |due| show::day(show::local_date(due)));
    Own {
        code: line.code.clone(),
        name: super::procedure_name(portal, &line.procedure),
        tag: phrases::status_tag(line.phase.external(), line.overdue),
        due,
    }
}

/// Counters whose agency's name has the text, communes before departments.
async fn find_counters(
    portal: &Portal,
    text: &str,
    now: Timestamp,
) -> Result<Vec<Counter>, Trouble> {
    let found = portal.ground.offices.counters(now).await?;
    let wanted = facts::fold::fold(text);
    let fits = |agency: &Agency| facts::fold::fold(&agency.name).contains(&wanted);
    let found = found.into_iter().filter(|(agency, _)| fits(agency));
    Ok(found
        .map(|(agency, unit)| counter(portal, agency, unit, now))
        .collect())
}

fn counter(portal: &Portal, agency: Agency, unit: String, now: Timestamp) -> Counter {
    let calendar = portal.ground.law.calendars.of(agency.id.as_str());
    let local = facts::calendar::VIETNAM.to_datetime(now);
    let sessions = calendar.sessions_on(local.date());
    let open = sessions
        .iter()
        .any(|(from, to)| *from <= local.time() && local.time() < *to);
    let hours = sessions.iter().map(|(from, to)| {
        let (from, to) = (from.strftime("%H:%M"), to.strftime("%H:%M"));
        format!("{from}–{to}")
    });
    Counter {
        agency: agency.name,
        unit,
        hours: hours.collect(),
        open,
    }
}
