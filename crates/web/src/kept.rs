//! What somebody had written when their session was over: the form that came too late is kept for a
//! short time, and after they signed in again it stands in its page as it was sent. Nothing is done
//! with it until they press the button once more.
//!
//! Where forms are kept is the room's that keeps sessions. It does not know what a form is about.

use std::sync::Arc;

use askama::Template;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::form::{FormData, content_type};
use crate::problem::Problem;
use crate::refill::{Sent, refill};
use crate::routes::{Access, Refusal, peek_form, read_token, text_of};
use crate::session::Kind;
use crate::visit::Visit;
use crate::{Redirect, local_path, percent_encode};

/// How long a form is kept: over a lunch.
pub const KEPT_SECONDS: i64 = 2 * 3600;
/// Header of an answer to a script: where the person goes on in this browser.
pub(crate) const WAY: &str = "x-way";
/// Larger pages are lists, and have no form that people write in.
const PAGE_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Fields that are never kept: the form's own marks, and what proves who somebody is. A test reads
/// the templates.
const NEVER: [&str; 7] = [
    "csrf",
    "command_id",
    "password",
    "again",
    "old",
    "code",
    "one_time",
];

/// A form that came when its session was over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeptForm {
    /// The path that it was posted to.
    pub path: String,
    /// The page on which it was written, with its query; empty if the browser did not say.
    pub page: String,
    /// Names and values in the order of the form.
    pub fields: Vec<(String, String)>,
    /// Files came with it: they are not kept.
    pub had_files: bool,
}

/// What becomes of the browser's cookie for a kept form.
#[derive(Clone)]
pub(crate) struct Kept(pub(crate) String);

/// A page sends the person to the right door and back. A form is kept on the way, if it was drawn
/// for the session that this browser still names; a script gets 401 and the way.
pub(crate) async fn ask_to_sign_in(access: Access, request: Request, visit: &Visit) -> Refusal {
    let kind = match access {
        Access::Officer | Access::OfficerWith(_) | Access::OfficerWithAny(_) => Kind::Officer,
        Access::Citizen => Kind::Citizen,
        Access::Public | Access::SignedIn => was(visit).await.unwrap_or(Kind::Citizen),
    };
    let door = visit.site().sign_in.of(kind);
    let way = |page: &str| format!("{door}?next={}", percent_encode(page));
    if request.method() == Method::GET {
        let door = Redirect::to(way(visit.full_path())).into_response();
        return Refusal::Answer(Box::new(door));
    }
    let page = page_of(request.headers());
    visit.point(way(&page));
    let script = !crate::visit::wants_page(request.headers());
    let Ok((token, request)) = read_token(request).await else {
        return Problem::SignInNeeded.into();
    };
    let drawn_for_it = visit
        .session_secret()
        .is_some_and(|secret| crate::csrf::holds(secret, &token));
    if !drawn_for_it {
        return Problem::SignInNeeded.into();
    }
    match keep(request, visit, &page).await {
        None => Problem::SignInNeeded.into(),
        Some(kept) if script => with_kept(Problem::SignInNeeded.into_response(), kept),
        Some(kept) => with_kept(Redirect::to(way(&page)).into_response(), kept),
    }
}

/// A form of an earlier session, sent by somebody who has signed in again meanwhile, perhaps in
/// another tab: its page is shown again, filled in. What no browser vouches for is refused.
pub(crate) async fn form_too_old(request: Request, visit: &Visit) -> Refusal {
    let page = page_of(request.headers());
    if visit.signed().is_none() || page.is_empty() || !is_ours(request.headers()) {
        return Problem::FormExpired.into();
    }
    visit.point(page.clone());
    let script = !crate::visit::wants_page(request.headers());
    match keep(request, visit, &page).await {
        None => Problem::FormExpired.into(),
        Some(kept) if script => with_kept(Problem::FormExpired.into_response(), kept),
        Some(kept) => with_kept(Redirect::to(&page).into_response(), kept),
    }
}

fn with_kept(mut answer: Response, kept: Kept) -> Refusal {
    answer.extensions_mut().insert(kept);
    Refusal::Answer(Box::new(answer))
}

/// Which door the session that this browser names was for, if it is over.
async fn was(visit: &Visit) -> Option<Kind> {
    let ended = visit.site().sessions.ended(visit.session_secret()?).await;
    ended.unwrap_or_else(|cause| {
        tracing::error!(cause, "sessions cannot be asked");
        None
    })
}

/// Whether the browser says that the form comes from a page of ours.
fn is_ours(headers: &HeaderMap) -> bool {
    let site = text_of(headers, "sec-fetch-site");
    if !site.is_empty() {
        return site == "same-origin";
    }
    let origin = text_of(headers, header::ORIGIN.as_str());
    let host = text_of(headers, header::HOST.as_str());
    let named = origin.split_once("://").map_or("", |(_, host)| host);
    !host.is_empty() && named == host
}

/// The page that a form was sent from: the path of the referrer, whatever host it names.
fn page_of(headers: &HeaderMap) -> String {
    let referrer = text_of(headers, header::REFERER.as_str());
    let rest = referrer.split_once("://").map_or("", |(_, rest)| rest);
    let path = rest.find('/').map_or("", |at| &rest[at..]);
    match local_path(path) {
        "/" if path != "/" => String::new(),
        path => path.to_owned(),
    }
}

async fn keep(request: Request, visit: &Visit, page: &str) -> Option<Kept> {
    let path = visit.path().to_owned();
    let (fields, had_files) = texts(request, visit).await?;
    let secret = visit.session_secret()?;
    let form = KeptForm {
        path,
        page: page.to_owned(),
        fields,
        had_files,
    };
    let kept = visit.site().sessions.keep(secret, form, visit.now()).await;
    let kept = kept.unwrap_or_else(|cause| {
        tracing::error!(cause, "a form of an ended session could not be kept");
        None
    });
    kept.map(Kept)
}

/// The texts of a form that may be kept, if there are any, and whether files came with them.
async fn texts(request: Request, visit: &Visit) -> Option<(Vec<(String, String)>, bool)> {
    let plain = content_type(request.headers()) == "application/x-www-form-urlencoded";
    let read = if plain && request.extensions().get::<Arc<FormData>>().is_none() {
        // The token came in a header.
        peek_form(request).await.ok()?.1
    } else {
        request
    };
    let (form, had_files) = match read.extensions().get::<Arc<FormData>>() {
        Some(form) => (form.clone(), false),
        None => {
            let read = crate::multipart::read_texts(read, visit.site()).await;
            let (form, had_files) = read.ok()?;
            (Arc::new(form), had_files)
        }
    };
    let kept = form.fields().filter(|(name, _)| !NEVER.contains(name));
    let kept = kept.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let kept: Vec<_> = kept.collect();
    let written = kept.iter().any(|(_, value)| !value.is_empty());
    written.then_some((kept, had_files))
}

/// After a form was taken: what was kept of it is not wanted any more.
pub(crate) async fn taken(headers: &HeaderMap, visit: &Visit) {
    let Some((secret, form)) = of(visit).await else {
        return;
    };
    let page = page_of(headers);
    let same_page = !page.is_empty() && path_of(&page) == path_of(&form.page);
    if form.path == visit.path() || same_page {
        visit.drop_kept();
        if let Err(cause) = visit.site().sessions.forget_kept(secret).await {
            tracing::error!(cause, "a kept form could not be forgotten");
        }
    }
}

/// The form that is kept for whoever has signed in in this browser, with its secret.
async fn of(visit: &Visit) -> Option<(&str, KeptForm)> {
    let secret = visit.kept_secret()?;
    let session = visit.signed().and(visit.session_secret())?;
    let sessions = &visit.site().sessions;
    match sessions.kept(secret, session, visit.now()).await {
        Ok(Some(form)) => Some((secret, form)),
        Ok(None) => {
            visit.drop_kept();
            None
        }
        Err(cause) => {
            tracing::error!(cause, "kept forms cannot be asked");
            None
        }
    }
}

fn path_of(page: &str) -> &str {
    page.split(['?', '#']).next().unwrap_or("")
}

#[derive(Template)]
#[template(path = "kept.html")]
struct Banner<'a> {
    filled: bool,
    had_files: bool,
    texts: Vec<&'a str>,
}

/// The page, with the kept form filled in if it is the page on which it was written.
pub(crate) async fn filled_in(answer: Response, visit: &Visit, method: &Method) -> Response {
    let is_page = text_of(answer.headers(), header::CONTENT_TYPE.as_str()).starts_with("text/html");
    if *method != Method::GET || answer.status() != StatusCode::OK || !is_page {
        return answer;
    }
    let Some((_, form)) = of(visit).await else {
        return answer;
    };
    if !form.page.is_empty() && path_of(&form.page) != visit.path() {
        return answer;
    }
    let (mut parts, body) = answer.into_parts();
    let Ok(bytes) = to_bytes(body, PAGE_BYTES_MAX).await else {
        return Problem::bug("a page is too large to be filled in").into_response();
    };
    let page = String::from_utf8_lossy(&bytes).into_owned();
    let page = with_form(page, &form, visit.path());
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(page))
}

/// The page filled in, with a word about it; if its form is not there any more, with what was
/// written, to be copied.
fn with_form(page: String, form: &KeptForm, here: &str) -> String {
    let sent = Sent {
        here,
        path: &form.path,
        fields: &form.fields,
    };
    let again = refill(&page, &sent);
    let filled = again.is_some();
    if !filled && form.page.is_empty() {
        return page;
    }
    /// Shorter ones are choices and numbers.
    const TEXT_CHARS_MIN: usize = 12;
    let texts = form.fields.iter().map(|(_, value)| value.as_str());
    let banner = Banner {
        filled,
        had_files: form.had_files,
        texts: texts
            .filter(|text| text.chars().count() >= TEXT_CHARS_MIN)
            .collect(),
    };
    let page = again.unwrap_or(page);
    let place = page
        .find("<main")
        .and_then(|at| Some(at + page[at..].find('>')? + 1));
    match (place, banner.render()) {
        (Some(at), Ok(banner)) => format!("{}{banner}{}", &page[..at], &page[at..]),
        _ => page,
    }
}
