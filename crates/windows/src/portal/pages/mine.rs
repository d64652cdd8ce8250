//! `/dossiers`: the dossiers of the signed-in person, those that wait for them first.
use askama::Template;
use axum::extract::State;
use axum::response::IntoResponse;
use facts::agency::Viewer;
use facts::people::{self, Origin};
use jiff::Timestamp;
use matters::dossier::views::{self, Cursor, Line, Search};
use matters::dossier::{ExternalStatus, Phase};
use matters::draft;
use web::ui::Tag;
use web::{Answer, Now, Problem, QueryData, Redirect, Shell, SignedIn, show};

use super::super::phrases;
use super::Portal;

/// Dossiers on one page; hardly anybody has more in a year.
const PAGE: usize = 50;

#[derive(Template)]
#[template(path = "portal/pages/mine.html")]
struct MinePage {
    shell: Shell,
    /// Nobody has compared the account with a card: what the counter has is not shown.
    unconfirmed: bool,
    drafts: Vec<Draft>,
    /// How long an untouched draft is kept.
    days_kept: i64,
    waiting: Vec<Row>,
    going: Vec<Row>,
    done: Vec<Row>,
    /// Where older ones begin; empty on the last page.
    more: String,
}

/// An application that is not handed in yet.
struct Draft {
    href: String,
    name: String,
    changed: String,
}

struct Row {
    code: String,
    name: String,
    tag: Tag,
    submitted: String,
    /// What the person has to do; empty when nothing.
    next: String,
    due: String,
}

pub(super) async fn list(
    State(portal): State<Portal>,
    SignedIn { viewer, .. }: SignedIn<Viewer>,
    Now(now): Now,
    QueryData(query): QueryData,
    shell: Shell,
) -> Answer {
    if !matches!(*viewer, Viewer::Citizen { .. }) {
        return Ok(Redirect::to("/desk/search").into_response());
    }
    let search = Search {
        after: query
            .filled("after")
            .and_then(|text| text.parse::<Cursor>().ok()),
        ..Search::default()
    };
    let mut lines = views::list(portal.ground.db(), &viewer, &search, PAGE + 1).await?;
    let is_more = lines.len() > PAGE;
    lines.truncate(PAGE);
    let last = lines.last().filter(|_| is_more);
    let more = last.map_or_else(String::new, |line| {
        format!("/dossiers?after={}", line.cursor())
    });
    let rows = |wanted: fn(&Line) -> bool| -> Vec<Row> {
        let wanted = lines.iter().filter(|line| wanted(line));
        wanted.map(|line| row(&portal, line)).collect()
    };
    let drafts = match search.after {
        Some(_) => Vec::new(),
        None => drafts(&portal, &viewer, now).await?,
    };
    let unconfirmed = is_unconfirmed(&portal, &viewer).await?;
    web::render(&MinePage {
        unconfirmed,
        drafts,
        days_kept: draft::DAYS_KEPT,
        waiting: rows(|line| waits_for_person(line.phase)),
        going: rows(|line| !waits_for_person(line.phase) && !line.phase.is_terminal()),
        done: rows(|line| line.phase.is_terminal()),
        more,
        shell,
    })
}

/// Nobody has compared the account with a card yet.
async fn is_unconfirmed(portal: &Portal, viewer: &Viewer) -> Result<bool, Problem> {
    let Viewer::Citizen {
        person,
        confirmed_as: None,
    } = viewer
    else {
        return Ok(false);
    };
    let person = people::views::by_id(portal.ground.db(), person).await?;
    Ok(person.is_some_and(|person| person.origin == Origin::UNCONFIRMED))
}

/// Unfinished applications; answers to a supplement request are found in their dossier.
async fn drafts(portal: &Portal, viewer: &Viewer, now: Timestamp) -> Result<Vec<Draft>, Problem> {
    let Some(owner) = draft::owner(viewer) else {
        return Ok(Vec::new());
    };
    let found = draft::list(portal.ground.db(), &owner, now).await?;
    let new = found.into_iter().filter(|draft| draft.dossier.is_empty());
    let shown = new.map(|draft| Draft {
        href: format!("/apply/{}", draft.id),
        name: super::procedure_name(portal, &draft.procedure.to_string()),
        changed: show::moment(draft.updated_at),
    });
    Ok(shown.collect())
}

/// The person has to do something before the offices can.
pub(super) fn waits_for_person(phase: Phase) -> bool {
    matches!(
        phase,
        Phase::SupplementAsked | Phase::FeeDue | Phase::Released
    )
}

fn row(portal: &Portal, line: &Line) -> Row {
    let status = line.phase.external();
    let next = match waits_for_person(line.phase) {
        true => phrases::say("next", line.phase.name()),
        false => String::new(),
    };
    let due = match (status, line.due_at) {
        (_, Some(due)) if !line.phase.is_terminal() && next.is_empty() => {
            show::day(show::local_date(due))
        }
        _ => String::new(),
    };
    let waits_office = !matches!(line.phase, Phase::SupplementReceived);
    Row {
        code: line.code.clone(),
        name: super::procedure_name(portal, &line.procedure),
        tag: match status {
            ExternalStatus::SupplementAsked if !waits_office => Tag::new(
                web::Tone::Info,
                phrases::say("status", "supplement_received"),
            ),
            _ => phrases::status_tag(status, line.overdue),
        },
        submitted: show::day(show::local_date(line.submitted_at)),
        next,
        due,
    }
}
