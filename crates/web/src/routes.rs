//! Every URL with who may call it. A route cannot be added without saying so, and its handler
//! does not run before access and the form's token have been checked.
//!
//! It does not know which rights exist: a right is a name that the session lists.

use std::any::Any;
use std::convert::Infallible;
use std::fmt;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Request};
use axum::handler::Handler;
use axum::http::{HeaderMap, Method, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, on};
use futures_util::FutureExt as _;
use tower::{Layer as _, Service, ServiceExt as _, service_fn};
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate};

use crate::form::{FORM_BYTES_MAX, FormData, Texts, content_type};
use crate::gate::Door;
use crate::problem::Problem;
use crate::session::Kind;
use crate::site::Site;
use crate::visit::Visit;

/// Who may call a route. The finer question, whose matter it is, belongs to the room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everybody.
    Public,
    /// Whoever has signed in.
    SignedIn,
    /// Signed-in citizens and organisations.
    Citizen,
    /// Signed-in officers.
    Officer,
    /// Signed-in officers who hold this right in one of their positions.
    OfficerWith(&'static str),
    /// Signed-in officers who hold one of these rights.
    OfficerWithAny(&'static [&'static str]),
}

impl fmt::Display for Access {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Access::Public => out.write_str("public"),
            Access::SignedIn => out.write_str("signed in"),
            Access::Citizen => out.write_str("citizen"),
            Access::Officer => out.write_str("officer"),
            Access::OfficerWith(right) => write!(out, "officer with {right}"),
            Access::OfficerWithAny(rights) => write!(out, "officer with {}", rights.join(" or ")),
        }
    }
}

/// One line of the access sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// `GET` or `POST`.
    pub method: Method,
    /// The path as declared, with `{names}`.
    pub path: &'static str,
    /// Who may call it.
    pub access: Access,
}

/// The routes of a room, over its state `S`.
///
/// ```
/// use web::{Access, Routes};
/// async fn hello() -> &'static str { "hello" }
/// let routes = Routes::new().get("/hello", Access::Public, hello);
/// assert_eq!(routes.sheet().len(), 1);
/// ```
pub struct Routes<S = ()> {
    state: S,
    sheet: Vec<Listed>,
    router: Router<()>,
}

impl Routes<()> {
    /// No routes, for handlers without state; also where rooms are merged.
    pub fn new() -> Routes<()> {
        Routes::over(())
    }

    /// Adds the routes of a room.
    pub fn merge(mut self, room: Routes<()>) -> Routes<()> {
        self.sheet.extend(room.sheet);
        self.router = self.router.merge(room.router);
        self
    }

    /// The whole program for axum: the gate, compression, the visit with its session, the routes.
    /// They call each other; as layers of the router all of them would be copied for each request.
    pub fn into_router(self, site: Arc<Site>) -> Router {
        let smaller = DefaultPredicate::new()
            .and(NotForContentType::const_new("font/"))
            .and(NotForContentType::const_new("application/pdf"));
        let door = Door::new(site);
        let routes = self.get(crate::assets::ROUTE, Access::Public, crate::assets::serve);
        let router = routes.router.fallback(async || Problem::NotFound);
        let router = DefaultBodyLimit::disable().layer(router);
        let visitors = door.clone();
        let visited = service_fn(move |request| {
            let visit = crate::visit::receive(visitors.clone(), router.clone(), request);
            async { Ok::<_, Infallible>(visit.await) }
        });
        let pressed = CompressionLayer::new().compress_when(smaller);
        let pressed = pressed.layer(visited);
        let gated = service_fn(move |request| {
            let passing = crate::gate::pass(door.clone(), pressed.clone(), request);
            async { Ok::<_, Infallible>(passing.await) }
        });
        Router::new().fallback_service(gated)
    }
}

impl Default for Routes<()> {
    fn default() -> Routes<()> {
        Routes::new()
    }
}

impl<S: Clone + Send + Sync + 'static> Routes<S> {
    /// No routes yet, for handlers that take `State<S>`.
    pub fn over(state: S) -> Routes<S> {
        Routes {
            state,
            sheet: Vec::new(),
            router: Router::new(),
        }
    }

    /// A page (also answers `HEAD`).
    pub fn get<H, T>(self, path: &'static str, access: Access, handler: H) -> Routes<S>
    where
        H: Handler<T, S>,
        T: 'static,
    {
        self.add(Method::GET, (path, access, Texts::None), handler)
    }

    /// A form's target: the form's token is checked before the handler runs.
    pub fn post<H, T>(self, path: &'static str, access: Access, handler: H) -> Routes<S>
    where
        H: Handler<T, S>,
        T: 'static,
    {
        self.post_texts(path, access, Texts::None, handler)
    }

    /// As [`Routes::post`], for a form in which people write sentences: these fields may be long.
    pub fn post_texts<H, T>(
        self,
        path: &'static str,
        access: Access,
        texts: Texts,
        handler: H,
    ) -> Routes<S>
    where
        H: Handler<T, S>,
        T: 'static,
    {
        self.add(Method::POST, (path, access, texts), handler)
    }

    /// All declared routes, in order: what the test of the access sheet walks through.
    pub fn sheet(&self) -> &[Listed] {
        &self.sheet
    }

    /// The finished routes of a room, ready to be merged with others.
    pub fn done(self) -> Routes<()> {
        Routes {
            state: (),
            sheet: self.sheet,
            router: self.router,
        }
    }

    fn add<H, T>(
        mut self,
        method: Method,
        (path, access, texts): (&'static str, Access, Texts),
        handler: H,
    ) -> Routes<S>
    where
        H: Handler<T, S>,
        T: 'static,
    {
        let guarded = Guarded {
            handler,
            access,
            path,
            texts,
        };
        let filter = match method {
            Method::POST => MethodFilter::POST,
            _ => MethodFilter::GET,
        };
        let guarded = on(filter, guarded).with_state::<()>(self.state.clone());
        self.sheet.push(Listed {
            method,
            path,
            access,
        });
        self.router = self.router.route(path, guarded);
        self
    }
}

/// The route that answered, on the answer: by it requests are counted, never by their address,
/// which may name people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Route(pub(crate) &'static str);

/// A handler behind its door: access first, then the token, then the handler.
#[derive(Clone)]
struct Guarded<H> {
    handler: H,
    access: Access,
    path: &'static str,
    texts: Texts,
}

impl<H, T, S> Handler<T, S> for Guarded<H>
where
    H: Handler<T, S>,
    T: 'static,
    S: Send + 'static,
{
    type Future = Pin<Box<dyn Future<Output = Response> + Send>>;

    fn call(self, mut request: Request, state: S) -> Self::Future {
        Box::pin(async move {
            request.extensions_mut().insert(self.texts);
            tracing::Span::current().record("route", self.path);
            let mut response = match admit(self.access, request).await {
                Ok(request) => self.handler.call(request, state).await,
                Err(Refusal::Answer(answer)) => *answer,
                Err(Refusal::Problem(problem)) => problem.into_response(),
            };
            response.extensions_mut().insert(Route(self.path));
            response
        })
    }
}

/// Why a handler does not run.
pub(crate) enum Refusal {
    /// Another page comes first.
    Answer(Box<Response>),
    /// There is no page.
    Problem(Problem),
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Refusal {
        Refusal::Problem(problem)
    }
}

async fn admit(access: Access, request: Request) -> Result<Request, Refusal> {
    let visit = Visit::of(request.extensions())?.clone();
    let Some(signed) = visit.signed() else {
        return match access {
            Access::Public => check_token(request, &visit).await,
            _ => Err(crate::kept::ask_to_sign_in(access, request, &visit).await),
        };
    };
    let allowed = match access {
        Access::Public | Access::SignedIn => true,
        Access::Citizen => signed.kind == Kind::Citizen,
        Access::Officer => signed.kind == Kind::Officer,
        Access::OfficerWith(right) => {
            signed.kind == Kind::Officer && signed.rights.iter().any(|held| held == right)
        }
        Access::OfficerWithAny(rights) => {
            signed.kind == Kind::Officer
                && signed
                    .rights
                    .iter()
                    .any(|held| rights.contains(&held.as_str()))
        }
    };
    if !allowed {
        return Err(Problem::Forbidden.into());
    }
    check_token(request, &visit).await
}

/// Lets a request that changes nothing pass; any other must carry the browser's token, and come at
/// a moment that is believed.
async fn check_token(request: Request, visit: &Visit) -> Result<Request, Refusal> {
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        return Ok(request);
    }
    let believed = visit.site().bound.admits(visit.now()).await;
    believed.map_err(Problem::trouble)?;
    if text_of(request.headers(), "sec-fetch-site") == "cross-site" {
        return Err(Problem::FormExpired.into());
    }
    let (token, request) = read_token(request).await?;
    if visit.holds_token(&token) {
        crate::kept::taken(request.headers(), visit).await;
        Ok(request)
    } else {
        Err(crate::kept::form_too_old(request, visit).await)
    }
}

/// The token that a request carries, and the request as it was.
pub(crate) async fn read_token(request: Request) -> Result<(String, Request), Problem> {
    let in_header = text_of(request.headers(), crate::csrf::HEADER).to_owned();
    Ok(match content_type(request.headers()) {
        _ if !in_header.is_empty() => (in_header, request),
        "application/x-www-form-urlencoded" => peek_form(request).await?,
        "multipart/form-data" => crate::multipart::peek_token(request).await?,
        _ => (String::new(), request),
    })
}

/// Reads the form; the handler's [`FormData`] takes it from the request as it was read here.
pub(crate) async fn peek_form(request: Request) -> Result<(String, Request), Problem> {
    let declared = text_of(request.headers(), header::CONTENT_LENGTH.as_str()).parse::<usize>();
    if declared.is_ok_and(|bytes| bytes > FORM_BYTES_MAX) {
        return Err(Problem::TooLarge);
    }
    let (mut parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, FORM_BYTES_MAX).await;
    let form = FormData::parse(&body.map_err(|_| Problem::TooLarge)?)?;
    let token = form.text(crate::csrf::FIELD).to_owned();
    parts.extensions.insert(Arc::new(form));
    Ok((token, Request::from_parts(parts, Body::empty())))
}

/// A header's value, or an empty text.
pub(crate) fn text_of<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("")
}

/// Runs what is inside; a panic there becomes the page of a bug.
pub(crate) async fn run<I>(inside: I, request: Request) -> Response
where
    I: Service<Request, Error = Infallible>,
    I::Response: IntoResponse,
{
    let answer = async { inside.oneshot(request).await };
    match AssertUnwindSafe(answer).catch_unwind().await {
        Ok(Ok(response)) => response.into_response(),
        Ok(Err(never)) => match never {},
        Err(cause) => on_panic(&*cause).into_response(),
    }
}

fn on_panic(cause: &(dyn Any + Send)) -> Problem {
    let text = cause.downcast_ref::<String>().map(String::as_str);
    let text = text
        .or_else(|| cause.downcast_ref::<&str>().copied())
        .unwrap_or("a panic");
    Problem::bug(text)
}
