//! `/notices`: what the signed-in person was told, unread first. The only HTTP of this room.
//! Does not know: the dossier's page beyond its address.
use askama::Template;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use facts::agency::Viewer;
use kernel::{Ctx, Failure, Request};
use matters::Ground;
use web::{
    Access, Answer, FormData, Now, Problem, QueryData, Redirect, Routes, Shell, SignedIn, show,
};

use super::events::Number;
use super::rules::Command;
use super::{Notices, views, words};

/// Unread notices on one page; nobody reads more in one sitting.
const UNREAD_MAX: i64 = 100;
/// Read notices on one page.
const PAGE: i64 = 20;

/// The routes of this room.
#[must_use]
pub fn routes(ground: Ground) -> Routes {
    Routes::over(ground)
        .get("/notices", Access::Citizen, list)
        .post("/notices/read", Access::Citizen, read_all)
        .post("/notices/{number}/read", Access::Citizen, read)
        .done()
}

#[derive(Template)]
#[template(path = "notice/pages/notices.html")]
struct NoticesPage {
    shell: Shell,
    unread: Vec<Shown>,
    read: Vec<Shown>,
    /// Where the next page of read ones begins; empty on the last.
    more: String,
}

/// A notice as drawn.
struct Shown {
    number: Number,
    title: String,
    text: String,
    tone: &'static str,
    code: String,
    procedure: String,
    when: String,
}

async fn list(
    State(ground): State<Ground>,
    SignedIn { viewer, .. }: SignedIn<Viewer>,
    QueryData(query): QueryData,
    shell: Shell,
) -> Answer {
    let people = people(&viewer)?;
    let before: Option<i64> = query.filled("before").and_then(|text| text.parse().ok());
    let unread = match before {
        Some(_) => Vec::new(),
        None => views::unread_lines(ground.db(), &people, UNREAD_MAX).await?,
    };
    let before = before.unwrap_or(i64::MAX);
    let mut read = views::read_lines(ground.db(), &people, (before, PAGE + 1)).await?;
    let is_more = i64::try_from(read.len()).unwrap_or(0) > PAGE;
    read.truncate(usize::try_from(PAGE).unwrap_or(usize::MAX));
    let last = read.last().filter(|_| is_more);
    let more = last.map_or_else(String::new, |line| {
        format!("/notices?before={}", line.number)
    });
    web::render(&NoticesPage {
        shell,
        unread: unread.iter().map(|line| shown(&ground, line)).collect(),
        read: read.iter().map(|line| shown(&ground, line)).collect(),
        more,
    })
}

fn shown(ground: &Ground, line: &views::Line) -> Shown {
    let words::Sentence { title, text } = words::sentence(&line.about, "vi");
    let procedure = ground.catalogue().get(&line.procedure);
    Shown {
        number: line.number,
        title,
        text,
        tone: words::tone(&line.about).class(),
        code: line.code.clone(),
        procedure: procedure.map_or_else(String::new, |found| found.name.vi.clone()),
        when: show::moment(line.at),
    }
}

/// All that the page showed: what came meanwhile stays unread.
async fn read_all(
    State(ground): State<Ground>,
    signed: SignedIn<Viewer>,
    Now(now): Now,
    form: FormData,
) -> Answer {
    let ctx = context(&signed, now, &form)?;
    let shown: Option<Number> = form.text("shown").parse().ok();
    let people = people(&signed.viewer)?;
    let mut marked = Vec::new();
    for person in &people {
        if let Some(newest) = views::newest(ground.db(), person).await? {
            let number = shown.map_or(newest, |shown| newest.min(shown));
            marked.push((*person, Command::ReadUpTo(number)));
        }
    }
    mark(&ground, &people, marked, &ctx).await
}

async fn read(
    State(ground): State<Ground>,
    Path(number): Path<Number>,
    signed: SignedIn<Viewer>,
    Now(now): Now,
    form: FormData,
) -> Answer {
    let ctx = context(&signed, now, &form)?;
    let people = people(&signed.viewer)?;
    let mut marked = Vec::new();
    for person in &people {
        if views::is_told(ground.db(), person, number).await? {
            marked.push((*person, Command::Read(number)));
        }
    }
    if marked.is_empty() {
        return Err(Problem::NotFound);
    }
    mark(&ground, &people, marked, &ctx).await
}

/// What was read is read for each of the ids that are theirs: one stream each, one command each.
async fn mark(ground: &Ground, people: &[&str], marked: Vec<(&str, Command)>, ctx: &Ctx) -> Answer {
    for (at, (person, command)) in marked.into_iter().enumerate() {
        let command_id = match at {
            0 => ctx.command_id.clone(),
            more => format!("{}-{more}", ctx.command_id),
        };
        let request = Request {
            id: person.to_owned(),
            command,
            private: None,
            along: Vec::new(),
            ctx: Ctx {
                command_id,
                ..ctx.clone()
            },
        };
        let handled = ground.journal.handle(&Notices, request).await;
        views::forget_unread(ground.db(), people);
        match handled {
            Ok(_) => {}
            Err(Failure::Trouble(trouble)) => return Err(Problem::trouble(trouble)),
            Err(Failure::Refused(never)) => match never {},
        }
    }
    Ok(Redirect::to("/notices").into_response())
}

fn context(
    signed: &SignedIn<Viewer>,
    now: jiff::Timestamp,
    form: &FormData,
) -> Result<Ctx, Problem> {
    Ok(Ctx {
        actor: signed.signed.subject.clone(),
        office: String::new(),
        now,
        command_id: form.command_id()?.to_owned(),
    })
}

/// The ids that are theirs: of their account, and of the person whom the office confirmed them to
/// be.
fn people(viewer: &Viewer) -> Result<Vec<&str>, Problem> {
    let people: Vec<&str> = viewer.people().collect();
    match people.is_empty() {
        true => Err(Problem::Forbidden),
        false => Ok(people),
    }
}
