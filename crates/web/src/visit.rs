//! One request from its first byte to its last: who, when, from where, and the same headers
//! on every answer. All that a page may ask about the request stands in `Visit`.
//!
//! It does not know routes; who may enter is `routes.rs`.

use std::convert::Infallible;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use tower::Service;
use tracing::Instrument;

use crate::cookie::{Cookie, full_name, read_cookie};
use crate::flash::{Flash, SessionChange};
use crate::gate::Door;
use crate::kept::{KEPT_SECONDS, Kept, WAY};
use crate::problem::{Plain, Problem};
use crate::routes::Route;
use crate::session::Signed;
use crate::site::Site;

/// Cookie with the secret of a session.
const SESSION: &str = "session";
/// Cookie with the secret of a browser that has not signed in; only forms need it.
const VISITOR: &str = "visitor";
/// Cookie with the secret of a form that came when its session was over.
const KEPT: &str = "kept";
/// Cookie with the message for the next page.
const FLASH: &str = "flash";
/// Sent by the script of our own pages that sends a form, see `send.js`.
const SCRIPT: &str = "x-script";
/// Cookies longer than any of ours are not ours.
const SECRET_BYTES: std::ops::RangeInclusive<usize> = 32..=128;

/// Extractor: what is known about this request. Clones are cheap.
#[derive(Clone)]
pub struct Visit(Arc<Inner>);

struct Inner {
    site: Arc<Site>,
    now: Timestamp,
    request_id: String,
    address: String,
    own_machine: bool,
    path: String,
    full_path: String,
    session_secret: Option<String>,
    signed: Option<Signed>,
    kept_secret: Option<String>,
    kept_dropped: AtomicBool,
    way: OnceLock<String>,
    visitor_secret: String,
    visitor_is_new: bool,
    token_asked: AtomicBool,
    flash: Option<Flash>,
    flash_shown: AtomicBool,
}

impl Visit {
    pub(crate) fn of(extensions: &Extensions) -> Result<&Visit, Problem> {
        let missing = || Problem::bug("a handler runs outside of Routes::into_router");
        extensions.get::<Visit>().ok_or_else(missing)
    }

    /// The site's settings.
    pub fn site(&self) -> &Arc<Site> {
        &self.0.site
    }

    /// The moment this request came in.
    pub fn now(&self) -> Timestamp {
        self.0.now
    }

    /// The number under which the log knows this request.
    pub fn request_id(&self) -> &str {
        &self.0.request_id
    }

    /// The caller's network address, as text; empty in tests.
    pub fn address(&self) -> &str {
        &self.0.address
    }

    /// Whether somebody on this very machine asks, and not a proxy for somebody else.
    pub fn is_own_machine(&self) -> bool {
        self.0.own_machine
    }

    /// The path without its query.
    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// The path with its query, to come back to.
    pub fn full_path(&self) -> &str {
        &self.0.full_path
    }

    /// Who has signed in.
    pub fn signed(&self) -> Option<&Signed> {
        self.0.signed.as_ref()
    }

    /// A fresh form token for this browser.
    pub fn csrf_token(&self) -> String {
        self.0.token_asked.store(true, Ordering::Relaxed);
        crate::csrf::token(self.browser_secret())
    }

    /// Whether a form token was made for this browser.
    pub(crate) fn holds_token(&self, token: &str) -> bool {
        let fresh = self.0.signed.is_none() && self.0.visitor_is_new;
        !fresh && crate::csrf::holds(self.browser_secret(), token)
    }

    /// The message for this page; taking it clears the cookie.
    pub(crate) fn take_flash(&self) -> Option<Flash> {
        self.0.flash_shown.store(true, Ordering::Relaxed);
        self.0.flash.clone()
    }

    /// The secret of the session that this browser names, over or not.
    pub(crate) fn session_secret(&self) -> Option<&str> {
        self.0.session_secret.as_deref()
    }

    /// The secret of the form that is kept for this browser.
    pub(crate) fn kept_secret(&self) -> Option<&str> {
        let dropped = self.0.kept_dropped.load(Ordering::Relaxed);
        self.0.kept_secret.as_deref().filter(|_| !dropped)
    }

    /// The browser needs its kept form no more.
    pub(crate) fn drop_kept(&self) {
        self.0.kept_dropped.store(true, Ordering::Relaxed);
    }

    /// Where the person goes on, said on the page of the problem and to scripts.
    pub(crate) fn point(&self, way: String) {
        let _ = self.0.way.set(way);
    }

    /// What `point` said.
    pub(crate) fn way(&self) -> Option<&str> {
        self.0.way.get().map(String::as_str)
    }

    fn browser_secret(&self) -> &str {
        match (&self.0.signed, &self.0.session_secret) {
            (Some(_), Some(secret)) => secret,
            _ => &self.0.visitor_secret,
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Visit {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Visit, Problem> {
        Visit::of(&parts.extensions).cloned()
    }
}

/// Extractor: the moment this request came in.
#[derive(Clone, Copy, Debug)]
pub struct Now(
    /// UTC.
    pub Timestamp,
);

impl<S: Send + Sync> FromRequestParts<S> for Now {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Now, Problem> {
        Ok(Now(Visit::of(&parts.extensions)?.now()))
    }
}

/// The outermost layer of ours: opens the visit, runs the rest, dresses the answer.
pub(crate) async fn receive<I>(door: Door, inside: I, request: Request) -> Response
where
    I: Service<Request, Error = Infallible>,
    I::Response: IntoResponse,
{
    let (mut parts, body) = request.into_parts();
    let wants_page = wants_page(&parts.headers);
    let by_script = parts.headers.contains_key(SCRIPT);
    let method = parts.method.clone();
    let (visit, session_trouble) = open(door.site, &parts).await;
    // Never the path: it names people's dossiers and the digests under which their files lie.
    let span = tracing::info_span!(
        "request", id = %visit.request_id(), %method, route = tracing::field::Empty,
    );
    let started = std::time::Instant::now();
    parts.extensions.insert(visit.clone());
    let admitted = match visit.signed() {
        _ if session_trouble => Err(Problem::Trouble),
        Some(signed) => door.gate.admits_account(&signed.subject, visit.now()),
        None => Ok(()),
    };
    let response = match admitted {
        Err(problem) => problem.into_response(),
        Ok(()) => {
            let request = Request::from_parts(parts, body);
            crate::routes::run(inside, request)
                .instrument(span.clone())
                .await
        }
    };
    let response = match visit.kept_secret() {
        Some(_) => crate::kept::filled_in(response, &visit, &method).await,
        None => response,
    };
    let _entered = span.enter();
    let route = response.extensions().get::<Route>().copied();
    if route.is_none() {
        span.record("route", "none");
    }
    let kept = response.extensions().get::<Kept>().cloned();
    let mut response = with_page(response, &visit, wants_page);
    if let Some(kept) = kept {
        response.extensions_mut().insert(kept);
    }
    if let Some(route) = route {
        response.extensions_mut().insert(route);
    }
    tracing::info!(
        status = response.status().as_u16(),
        ms = started.elapsed().as_millis() as u64,
        "answered"
    );
    if by_script {
        crate::flash::tell_script(&mut response);
    }
    add_cookies(&mut response, &visit);
    add_headers(response.headers_mut(), &visit);
    response
}

/// The visit, and whether the sessions could not be asked.
async fn open(site: Arc<Site>, parts: &Parts) -> (Visit, bool) {
    let headers = &parts.headers;
    let now = (site.clock)();
    let secret_of = |name: &str| {
        let value = read_cookie(headers, &full_name(name, site.https))?;
        SECRET_BYTES
            .contains(&value.len())
            .then(|| value.to_owned())
    };
    let is_asset = parts.uri.path().starts_with("/assets/");
    let session_secret = secret_of(SESSION).filter(|_| !is_asset);
    let visitor = secret_of(VISITOR);
    let kept_secret = secret_of(KEPT).filter(|_| !is_asset);
    let (signed, trouble) = match &session_secret {
        None => (None, false),
        Some(secret) => match site.sessions.resolve(secret, now).await {
            Ok(signed) => (signed, false),
            Err(cause) => {
                tracing::error!(cause, "sessions cannot be asked");
                (None, true)
            }
        },
    };
    let spoken_to = match (&signed, &session_secret) {
        (Some(_), Some(secret)) => Some(secret),
        _ => visitor.as_ref(),
    };
    let flash = read_cookie(headers, &full_name(FLASH, site.https))
        .zip(spoken_to)
        .and_then(|(cookie, secret)| Flash::from_cookie(cookie, secret));
    let inner = Inner {
        now,
        request_id: crate::fresh_id()[..12].to_owned(),
        address: crate::address::of(&parts.headers, &parts.extensions, site.behind_proxy),
        own_machine: crate::address::is_own_machine(&parts.headers, &parts.extensions),
        path: parts.uri.path().to_owned(),
        full_path: parts
            .uri
            .path_and_query()
            .map_or("/".into(), |path| path.to_string()),
        session_secret,
        kept_secret,
        kept_dropped: AtomicBool::new(false),
        way: OnceLock::new(),
        signed,
        visitor_is_new: visitor.is_none(),
        visitor_secret: visitor.unwrap_or_else(crate::fresh_secret),
        token_asked: AtomicBool::new(false),
        flash,
        flash_shown: AtomicBool::new(false),
        site,
    };
    (Visit(Arc::new(inner)), trouble)
}

pub(crate) fn wants_page(headers: &HeaderMap) -> bool {
    let accepted = headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok());
    accepted.is_none_or(|list| list.contains("text/html") || list.contains("*/*"))
}

/// Draws the page of a problem; also of a bare error that a library answered with.
fn with_page(response: Response, visit: &Visit, wants_page: bool) -> Response {
    let status = response.status();
    let problem = match response.extensions().get::<Problem>() {
        Some(problem) => problem.clone(),
        None if response.extensions().get::<Plain>().is_some() => return response,
        None if !status.is_client_error() && !status.is_server_error() => return response,
        None if !is_bare(response.headers()) => return response,
        None => Problem::from_status(status),
    };
    let mut page = crate::shell::problem_page(&problem, visit, wants_page);
    if let Some(wait) = response.headers().get(header::RETRY_AFTER) {
        page.headers_mut().insert(header::RETRY_AFTER, wait.clone());
    }
    page
}

fn is_bare(headers: &HeaderMap) -> bool {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    kind.is_none_or(|kind| kind.starts_with("text/plain"))
}

fn add_cookies(response: &mut Response, visit: &Visit) {
    let https = visit.site().https;
    let mut cookies = Vec::new();
    let begun = response.extensions().get::<SessionChange>().cloned();
    let flash = response.extensions().get::<Flash>().cloned();
    // The secret that the browser holds when it asks for the next page.
    let next_secret = match &begun {
        Some(SessionChange::Begin { secret, .. }) => secret.clone(),
        Some(SessionChange::End) => visit.0.visitor_secret.clone(),
        None => visit.browser_secret().to_owned(),
    };
    let mut lonely = visit.0.signed.is_none();
    match begun {
        Some(SessionChange::Begin { secret, seconds }) => {
            cookies.push(Cookie::new(SESSION, secret, https).for_seconds(seconds));
        }
        Some(SessionChange::End) => {
            lonely = true;
            cookies.push(Cookie::new(SESSION, "", https).for_seconds(0));
        }
        None => {}
    }
    let dropped = visit.0.kept_dropped.load(Ordering::Relaxed);
    match response.extensions().get::<Kept>() {
        Some(Kept(secret)) => {
            cookies.push(Cookie::new(KEPT, secret.clone(), https).for_seconds(KEPT_SECONDS));
        }
        None if dropped => cookies.push(Cookie::new(KEPT, "", https).for_seconds(0)),
        None => {}
    }
    let needed = visit.0.token_asked.load(Ordering::Relaxed) || flash.is_some();
    if lonely && visit.0.visitor_is_new && needed {
        cookies.push(Cookie::new(VISITOR, visit.0.visitor_secret.clone(), https));
    }
    let shown = visit.0.flash.is_some() && visit.0.flash_shown.load(Ordering::Relaxed);
    match flash {
        Some(flash) => cookies.push(Cookie::new(FLASH, flash.to_cookie(&next_secret), https)),
        None if shown => cookies.push(Cookie::new(FLASH, "", https).for_seconds(0)),
        None => {}
    }
    for cookie in cookies.iter().filter_map(Cookie::header) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

fn add_headers(headers: &mut HeaderMap, visit: &Visit) {
    crate::headers::add_fixed_headers(headers, visit.site().https);
    if let Some(way) = visit.way().and_then(|way| HeaderValue::from_str(way).ok()) {
        headers.insert(HeaderName::from_static(WAY), way);
    }
    let cache = if visit.signed().is_some() {
        "no-store"
    } else {
        "private, no-cache"
    };
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static(cache));
    if let Ok(id) = HeaderValue::from_str(visit.request_id()) {
        headers.insert(HeaderName::from_static("x-request-id"), id);
    }
}
