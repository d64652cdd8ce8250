//! The papers of a dossier over HTTP: letters printed from its entries, files as they were handed
//! in, the result. For citizens and officers alike; who may is `access.rs`'s to say. Whoever may
//! not gets the same 404 as for a dossier that does not exist, so that an address tells nothing.
//! Does not know: the pages from which these addresses are linked (portal, desk, counter).

use std::sync::Arc;

use super::Law;
use super::access::{Action, Facts, may};
use super::events::Event;
use super::letters::{self, Letter, Source};
use super::look::asks_why;
use super::state::Dossier;
use crate::files::{self, Asked, called};
use crate::{Ground, Standing};
use axum::extract::{Path, State as Shared};
use axum::response::{IntoResponse, Response};
use facts::agency::Viewer;
use facts::procedure::Form;
use jiff::Timestamp;
use kernel::{Json, Whole};
use web::{Access, Answer, Now, Problem, QueryData, Redirect, Routes, SignedIn};

/// The ending of a letter's address.
const PDF: &str = ".pdf";

/// The routes of this room.
#[must_use]
pub fn routes(ground: Ground) -> Routes {
    Routes::over(ground)
        .get(
            "/dossiers/{code}/letters/{letter}",
            Access::SignedIn,
            letter,
        )
        .get("/dossiers/{code}/papers/{digest}", Access::SignedIn, paper)
        .get("/dossiers/{code}/result", Access::SignedIn, result)
        .done()
}

/// A form as PDF, made now from the entries.
async fn letter(
    Shared(ground): Shared<Ground>,
    Path((code, name)): Path<(String, String)>,
    QueryData(query): QueryData,
    SignedIn { viewer, .. }: SignedIn<Viewer>,
    Now(now): Now,
) -> Answer {
    let template = name.strip_suffix(PDF).ok_or(Problem::NotFound)?;
    let letter = Letter::from_template(template).ok_or(Problem::NotFound)?;
    let opened = match opened(&ground, &code, (&viewer, Action::Print), now).await? {
        Ok(opened) => opened,
        Err(asked) => return Ok(asked),
    };
    let lookup = format!("{}/lookup/", ground.public_url);
    let (journal, law) = (&ground.journal, &*ground.law);
    let source = Source::load(journal, law, &ground.offices, (&opened.id, &lookup)).await?;
    let source = source.ok_or(Problem::NotFound)?;
    let procedure = ground.catalogue().get(&source.dossier.procedure);
    let procedure = procedure.ok_or_else(|| Problem::bug("a dossier of an unknown procedure"))?;
    let data = letters::numbered(letter, query.text("number"), &source, procedure);
    let data = data.ok_or(Problem::NotFound)?;
    let pdf = ground.letters.pdf(letter.template(), data).await?;
    files::printed(&pdf, &format!("{code}-{name}"))
}

/// A file that was handed in with the dossier, a replaced one included.
async fn paper(
    Shared(ground): Shared<Ground>,
    Path((code, digest)): Path<(String, String)>,
    SignedIn { viewer, .. }: SignedIn<Viewer>,
    Now(now): Now,
    QueryData(query): QueryData,
) -> Answer {
    let opened = match opened(&ground, &code, (&viewer, Action::ViewPrivate), now).await? {
        Ok(opened) => opened,
        Err(asked) => return Ok(asked),
    };
    let Opened { whole, dossier, .. } = &opened;
    let procedure = ground.catalogue().get(&dossier.procedure);
    let procedure = procedure.ok_or_else(|| Problem::bug("a dossier of an unknown procedure"))?;
    let name = name_of(whole, &procedure.form, &digest).ok_or(Problem::NotFound)?;
    let paper = paper_of(whole, &digest);
    let mut papers = procedure.papers.iter();
    let paper = papers.find(|known| Some(known.code.as_str()) == paper);
    let paper = paper.map_or("", |paper| paper.name.vi.as_str());
    let name = files::name_or(&name, &code, paper);
    files::answer(&ground.files, &digest, &name, Asked::of(&query)).await
}

/// The issued result: the applicant's once it is paid for, the office's from the draft on.
async fn result(
    Shared(ground): Shared<Ground>,
    Path(code): Path<String>,
    SignedIn { viewer, .. }: SignedIn<Viewer>,
    Now(now): Now,
    QueryData(query): QueryData,
) -> Answer {
    let opened = match opened(&ground, &code, (&viewer, Action::ViewPrivate), now).await? {
        Ok(opened) => opened,
        Err(asked) => return Ok(asked),
    };
    let dossier = &opened.dossier;
    let issued = dossier.result.as_ref().map(|result| &result.file);
    let digest = match *viewer {
        Viewer::Officer { .. } => issued.or(dossier.draft.as_ref()),
        _ => issued.filter(|_| !dossier.owes()),
    };
    let digest = digest.ok_or(Problem::NotFound)?;
    let what = if issued.is_some() {
        "ket-qua"
    } else {
        "du-thao-ket-qua"
    };
    let name = format!("{}-{what}", dossier.code);
    files::answer(&ground.files, digest, &name, Asked::of(&query)).await
}

/// A dossier that the viewer may see, with its life.
struct Opened {
    id: String,
    dossier: Arc<Dossier>,
    whole: Whole<Law>,
}

/// The dossier of this code; or the way to the page on which an officer without work on it says
/// why they look.
async fn opened(
    ground: &Ground,
    code: &str,
    (viewer, action): (&Viewer, Action),
    now: Timestamp,
) -> Result<Result<Opened, Response>, Problem> {
    let id = Standing::id(ground, code).await?;
    let id = id.ok_or(Problem::NotFound)?;
    let whole = ground.journal.whole(&*ground.law, &id).await?;
    let dossier = whole.state.dossier.clone().ok_or(Problem::NotFound)?;
    check(viewer, action, &dossier)?;
    if asks_why(viewer, &dossier, &whole.entries, now) {
        let page = format!("/desk/dossiers/{}", dossier.code);
        return Ok(Err(Redirect::to(page).into_response()));
    }
    Ok(Ok(Opened { id, dossier, whole }))
}

fn check(viewer: &Viewer, action: Action, dossier: &Dossier) -> Result<(), Problem> {
    may(viewer, action, &Facts::of(dossier)).map_err(|_| Problem::NotFound)
}

/// The name that somebody gave a file of this dossier; empty when nobody did, `None` when the
/// dossier never received such a file: a digest alone opens nothing, wherever it was written.
fn name_of(dossier: &Whole<Law>, form: &Form, digest: &str) -> Option<String> {
    let mut events = dossier.entries.iter().map(|entry| &entry.event);
    let mut answers = dossier.written().map(|(_, document)| &document["answers"]);
    let known = events.any(|event| brings(event, digest))
        || answers.any(|answers| form.files(answers).contains(&digest));
    let named =
        |(_, document): (_, &Json)| document["paper_names"][digest].as_str().map(str::to_owned);
    let beside =
        |(_, document): (_, &Json)| called(&document["answers"], digest).map(str::to_owned);
    known.then(|| {
        let listed = dossier.written().filter_map(named).last();
        listed
            .or_else(|| dossier.written().filter_map(beside).last())
            .unwrap_or_default()
    })
}

/// The paper of the list that a file was handed in as.
fn paper_of<'a>(dossier: &'a Whole<Law>, digest: &str) -> Option<&'a str> {
    let papers = dossier
        .entries
        .iter()
        .filter_map(|entry| match &entry.event {
            Event::Submitted { papers, .. } | Event::Supplemented { papers, .. } => Some(papers),
            _ => None,
        });
    let mut papers = papers.flatten();
    let paper = papers.find(|paper| paper.file.as_deref() == Some(digest))?;
    Some(&paper.code)
}

fn brings(event: &Event, digest: &str) -> bool {
    match event {
        Event::Submitted { papers, .. } | Event::Supplemented { papers, .. } => papers
            .iter()
            .any(|paper| paper.file.as_deref() == Some(digest)),
        _ => false,
    }
}
