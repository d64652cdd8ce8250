//! The URLs of applying: who may call them, and what all their handlers share.
//! Does not know: rules of the dossier; its law decides, these pages ask and show.
mod check;
mod files;
mod form;
mod overview;
mod papers;
mod person;
mod receive;
mod return_way;
mod start;
mod supplement;
mod withdrawal;

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use facts::agency::Viewer;
use jiff::Timestamp;
use kernel::{Ctx, Failure};
use matters::dossier::{Dossier, Refusal};
use matters::draft::{self, Draft};
use matters::{Ground, Standing};
use web::ui::Link;
use web::{Access, Now, Problem, Redirect, Routes, SignedIn, Texts};

use super::doing::{self, Doing, Found};

type Who = SignedIn<Viewer>;

/// The field of a supplement in which people write sentences.
const NOTE: Texts = Texts::Named(&["note"]);
/// And that of a withdrawal.
const REASON: Texts = Texts::Named(&["reason"]);

/// The URLs of this room.
pub fn routes(ground: Ground) -> Routes {
    let only = Access::Citizen;
    Routes::over(ground)
        .get("/apply", only, overview::list)
        .get("/apply/start", only, start::ask)
        .post("/apply/start", only, start::begin)
        .get("/apply/{draft}", only, overview::show)
        .post("/apply/{draft}/delete", only, overview::delete)
        .get("/apply/{draft}/person", only, person::ask)
        .post("/apply/{draft}/person", only, person::sent)
        .get("/apply/{draft}/form/{section}", only, form::ask)
        .post_texts(
            "/apply/{draft}/form/{section}",
            only,
            Texts::Any,
            form::sent,
        )
        .post_texts(
            "/apply/{draft}/save/{section}",
            only,
            Texts::Any,
            form::saved,
        )
        .get("/apply/{draft}/papers", only, papers::ask)
        .post("/apply/{draft}/papers", only, papers::sent)
        .get("/apply/{draft}/files/{digest}", only, files::show)
        .get("/apply/{draft}/receive", only, receive::ask)
        .post("/apply/{draft}/receive", only, receive::sent)
        .get("/apply/{draft}/check", only, check::show)
        .post("/apply/{draft}/check", only, check::submit)
        .get("/apply/done/{dossier}", only, check::done)
        .get("/dossiers/{code}/supplement", only, supplement::ask)
        .post_texts("/dossiers/{code}/supplement", only, NOTE, supplement::sent)
        .get("/dossiers/{code}/return-way", only, return_way::ask)
        .post("/dossiers/{code}/return-way", only, return_way::sent)
        .get("/dossiers/{code}/withdrawal", only, withdrawal::ask)
        .post_texts(
            "/dossiers/{code}/withdrawal",
            only,
            REASON,
            withdrawal::sent,
        )
        .done()
}

/// A draft of the one who asks: the `{draft}` of the address. Whoever asks for one that has
/// become a dossier is sent there; nobody hears of somebody else's.
struct Opened {
    ground: Ground,
    who: Who,
    doing: Doing,
    now: Timestamp,
}

impl FromRequestParts<Ground> for Opened {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, ground: &Ground) -> Result<Self, Response> {
        let missing = || Problem::NotFound.into_response();
        let path = RawPathParams::from_request_parts(parts, ground).await;
        let path = path.map_err(|_| missing())?;
        let mut drafts = path.iter().filter(|(name, _)| *name == "draft");
        let (_, id) = drafts.next().ok_or_else(missing)?;
        let who = Who::from_request_parts(parts, ground).await;
        let who = who.map_err(IntoResponse::into_response)?;
        let Now(now) = Now::from_request_parts(parts, ground)
            .await
            .map_err(IntoResponse::into_response)?;
        let found = doing::open(ground, &who.viewer, id, now).await;
        match found.map_err(|cause| Problem::from(cause).into_response())? {
            Found::Draft(doing) => Ok(Self {
                ground: ground.clone(),
                who,
                doing: *doing,
                now,
            }),
            Found::Dossier(id) => Err(to(done(&id))),
            Found::Nothing => Err(missing()),
        }
    }
}

/// The page that says that an application was handed in.
fn done(dossier: &str) -> String {
    format!("/apply/done/{dossier}")
}

/// Changes the draft, and opens it again with the change.
async fn change(
    ground: &Ground,
    draft: &Draft,
    now: Timestamp,
    edit: impl FnMut(&mut Draft),
) -> Result<Doing, Problem> {
    let key = (draft.id.as_str(), draft.owner.as_str());
    let changed = draft::change(ground.db(), key, now, edit).await?;
    let changed = changed.ok_or(Problem::NotFound)?;
    let doing = Doing::new(ground, changed, now).await?;
    doing.ok_or(Problem::NotFound)
}

/// A dossier by its code, if the one who asks may see it. Others hear that there is none.
async fn dossier(ground: &Ground, who: &Who, code: &str) -> Result<(String, Dossier), Problem> {
    let id = Standing::id(ground, code).await?;
    let id = id.ok_or(Problem::NotFound)?;
    let found = doing::dossier(ground, &who.viewer, &id).await?;
    found.map(|dossier| (id, dossier)).ok_or(Problem::NotFound)
}

fn ctx(who: &Who, now: Timestamp, command_id: &str) -> Ctx {
    Ctx {
        actor: who.signed.subject.clone(),
        office: String::new(),
        now,
        command_id: command_id.to_owned(),
    }
}

fn to(path: impl AsRef<str>) -> Response {
    Redirect::to(path).into_response()
}

/// A refusal is shown on the page that asked; a trouble of the world is not.
fn refused<T>(result: Result<T, Failure<Refusal>>) -> Result<Result<T, Refusal>, Problem> {
    match result {
        Ok(done) => Ok(Ok(done)),
        Err(Failure::Refused(refusal)) => Ok(Err(refusal)),
        Err(Failure::Trouble(trouble)) => Err(Problem::from(trouble)),
    }
}

fn crumbs(doing: &Doing, here: &str) -> Vec<Link> {
    let key = &doing.procedure.key;
    let guide = format!(
        "/procedures/{}?case={}&level={}",
        key.code, key.case, key.level
    );
    let mut links = vec![Link::new(guide, doing.procedure.name.vi.clone())];
    if !here.is_empty() {
        links.push(Link::new(format!("/apply/{}", doing.draft.id), "Nộp hồ sơ"));
    }
    links.push(Link::new(
        "",
        if here.is_empty() {
            "Nộp hồ sơ"
        } else {
            here
        },
    ));
    links
}
