//! The gate: how much work may be under way at once, and how much one address or one account may
//! ask for. Who finds every seat taken waits a moment at the door; what is too much even so is told
//! to come again, without touching the database, so that those inside are served.
//!
//! It does not know what a request is for, except that a form with files takes long and has seats
//! of its own: slow telephones must not keep everybody else outside.

mod rest;

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::body::{Body, HttpBody as _};
use axum::extract::Request;
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tokio::sync::{Semaphore, SemaphorePermit};
use tower::Service;
use tower_http::timeout::TimeoutBody;

use crate::form::content_type;
use crate::limiter::{Limiter, Rule};
use crate::problem::Problem;
use crate::routes::Route;
use crate::site::Site;

/// Whoever comes in bursts (a page with its pictures, an officer who opens ten dossiers) is no
/// attack: this many seconds' worth may come at once.
const BURST_SECONDS: u32 = 10;
/// Addresses and accounts remembered for each rule: 100,000 keys are about 10 MB.
const KEYS_MAX: usize = 100_000;
/// A body that stands still for so long is given up.
pub(crate) const BODY_PATIENCE: Duration = Duration::from_secs(30);
/// How long somebody who finds every seat taken waits for one before they are told to come again: a
/// person does not notice. Telling costs a tenth of serving, and a machine that is told at once
/// asks again at once: of ten times too many, all told at once, two thirds of the house's work was
/// lost. No more wait than there are connections.
const DOOR_PATIENCE: Duration = Duration::from_millis(200);
/// Seconds until it is worth to come again after a full house.
pub(crate) const COME_AGAIN_SECONDS: u64 = 2;
/// What machines ask to learn how we do is answered even in a full house.
const ALWAYS: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

/// Whether a machine asks how we do.
pub(crate) fn is_watch(path: &str) -> bool {
    ALWAYS.contains(&path)
}

/// How much is let in.
#[derive(Clone, Copy, Debug)]
pub struct Crowd {
    /// Requests under way at once.
    pub requests: usize,
    /// Forms with files under way at once, counted apart.
    pub uploads: usize,
    /// Requests, and so many forms with files, of one address under way at once; 0 does not count.
    pub at_once: usize,
    /// Requests a second of one address; 0 does not count. Callers on this machine are not counted.
    pub per_address: u32,
    /// Requests a second of one signed-in account; 0 does not count.
    pub per_account: u32,
}

impl Default for Crowd {
    fn default() -> Crowd {
        Crowd {
            requests: 512,
            uploads: 128,
            at_once: 0,
            per_address: 0,
            per_account: 0,
        }
    }
}

/// What every request passes: the site, and the gate before it.
#[derive(Clone)]
pub(crate) struct Door {
    pub(crate) site: Arc<Site>,
    pub(crate) gate: Arc<Gate>,
}

impl Door {
    pub(crate) fn new(site: Arc<Site>) -> Door {
        let gate = Arc::new(Gate::new(site.crowd));
        Door { site, gate }
    }
}

pub(crate) struct Gate {
    requests: Semaphore,
    uploads: Semaphore,
    addresses: Option<Limiter>,
    accounts: Option<Limiter>,
    under_way: UnderWay,
}

/// Among which seats somebody looks for one; the place of their address is given back with it.
struct Seats<'a> {
    seats: Option<&'a Semaphore>,
    _place: Option<Place>,
}

impl Gate {
    pub(crate) fn new(crowd: Crowd) -> Gate {
        Gate {
            requests: Semaphore::new(crowd.requests),
            uploads: Semaphore::new(crowd.uploads),
            addresses: limiter(crowd.per_address),
            accounts: limiter(crowd.per_account),
            under_way: UnderWay::new(crowd.at_once),
        }
    }

    /// Whether `account` may ask for one more page now.
    pub(crate) fn admits_account(
        &self,
        account: &str,
        now: jiff::Timestamp,
    ) -> Result<(), Problem> {
        let taken = self.accounts.as_ref().map(|rule| rule.take(account, now));
        match taken {
            Some(Err(seconds)) => Err(Problem::TooMany { seconds }),
            _ => Ok(()),
        }
    }

    /// Among which seats to look for one, if it needs any; or why not, and after how many seconds
    /// it is worth to come again.
    fn seats(&self, site: &Site, request: &Request) -> Result<Seats<'_>, (StatusCode, u64)> {
        let (headers, extensions) = (request.headers(), request.extensions());
        if is_watch(request.uri().path()) {
            return Ok(Seats {
                seats: None,
                _place: None,
            });
        }
        if site.behind_proxy && crate::address::is_untold(headers, extensions) {
            tracing::error!(
                "a request without X-Forwarded-For was refused: server.behind_proxy is true, but \
                 the proxy does not say who asks"
            );
            return Err((StatusCode::MISDIRECTED_REQUEST, 0));
        }
        let (seats, kind) = match content_type(headers) {
            "multipart/form-data" => (&self.uploads, Kind::Upload),
            _ => (&self.requests, Kind::Request),
        };
        let address = crate::address::of(headers, extensions, site.behind_proxy);
        let network = crate::address::network_named(&address);
        let admitted = self.admits_address(&network, (site.clock)());
        admitted.map_err(|seconds| (StatusCode::TOO_MANY_REQUESTS, seconds.max(1)))?;
        let place = self.under_way.take(network, kind);
        let full = (StatusCode::TOO_MANY_REQUESTS, COME_AGAIN_SECONDS);
        Ok(Seats {
            seats: Some(seats),
            _place: place.ok_or(full)?,
        })
    }

    fn admits_address(&self, address: &str, now: jiff::Timestamp) -> Result<(), u64> {
        match &self.addresses {
            Some(rule) if !is_here(address) => rule.take(address, now),
            _ => Ok(()),
        }
    }
}

fn is_here(address: &str) -> bool {
    let parsed = address.parse::<std::net::IpAddr>();
    parsed.is_ok_and(|ip| ip.is_loopback())
}

/// What is counted apart: a form with files takes long.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    Request,
    Upload,
}

/// How many requests of each address are under way: slow ones of one address must not take every
/// seat. There are no more names here than there are seats and people at the door.
struct UnderWay {
    most: usize,
    taken: Arc<Mutex<HashMap<(String, Kind), usize>>>,
}

/// One request's place among those of its address.
struct Place {
    of: (String, Kind),
    taken: Arc<Mutex<HashMap<(String, Kind), usize>>>,
}

impl UnderWay {
    fn new(most: usize) -> UnderWay {
        UnderWay {
            most,
            taken: Arc::default(),
        }
    }

    /// `None` when the address has as many as it may; some place, or none where it is not counted.
    fn take(&self, address: String, kind: Kind) -> Option<Option<Place>> {
        if self.most == 0 || address.is_empty() || is_here(&address) {
            return Some(None);
        }
        let of = (address, kind);
        let mut taken = self.taken.lock().expect("no holder of this lock panics");
        let count = taken.entry(of.clone()).or_insert(0);
        if *count >= self.most {
            return None;
        }
        *count += 1;
        Some(Some(Place {
            of,
            taken: Arc::clone(&self.taken),
        }))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.taken.lock().expect("no holder of this lock panics");
        if let Some(count) = taken.get_mut(&self.of) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.of);
            }
        }
    }
}

fn limiter(per_second: u32) -> Option<Limiter> {
    let rule = Rule {
        burst: per_second.saturating_mul(BURST_SECONDS),
        refill_ms: i64::from(1_000 / per_second.clamp(1, 1_000)),
        keys_max: KEYS_MAX,
    };
    (per_second > 0).then(|| Limiter::new(rule))
}

/// One answered request, for whoever counts.
#[derive(Clone, Copy, Debug)]
pub struct Answered {
    /// `GET`, `HEAD`, `POST` or `other`: a name that somebody made up is not counted apart.
    pub method: &'static str,
    /// The route as declared, with `{names}`; `none` when none was reached.
    pub route: &'static str,
    /// What it came to.
    pub status: StatusCode,
    /// How long it took until its head was ready.
    pub took: Duration,
}

/// A seat among these, if one is free or becomes free in a moment; who has waited longest gets it.
async fn seat(seats: Option<&Semaphore>) -> Result<Option<SemaphorePermit<'_>>, (StatusCode, u64)> {
    let Some(seats) = seats else { return Ok(None) };
    if let Ok(free) = seats.try_acquire() {
        return Ok(Some(free));
    }
    let waited = tokio::time::timeout(DOOR_PATIENCE, seats.acquire()).await;
    let full = (StatusCode::SERVICE_UNAVAILABLE, COME_AGAIN_SECONDS);
    waited.map_err(|_| full)?.map(Some).map_err(|_| full)
}

/// Lets a request in, or tells it to come again. Whoever is turned away costs no more than this:
/// no route is looked for, no page drawn.
pub(crate) async fn pass<I>(door: Door, inside: I, request: Request) -> Response
where
    I: Service<Request, Error = Infallible>,
    I::Response: IntoResponse,
{
    let started = Instant::now();
    let method = match *request.method() {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        _ => "other",
    };
    let Door { site, gate } = door;
    let (request, rest) = rest::watch(request);
    let response = match gate.seats(&site, &request) {
        Ok(seats) => match seat(seats.seats).await {
            Ok(_seat) => crate::routes::run(inside, patient(request)).await,
            Err(full) => turn_away(full, &site, request),
        },
        Err(refused) => turn_away(refused, &site, request),
    };
    let response = rest.settle(response).await;
    let route = response.extensions().get::<Route>();
    (site.answered)(Answered {
        method,
        route: route.map_or("none", |route| route.0),
        status: response.status(),
        took: started.elapsed(),
    });
    response
}

/// The request, whose body may not stand still for ever.
fn patient(request: Request) -> Request {
    if request.body().is_end_stream() {
        return request;
    }
    request.map(|body| Body::new(TimeoutBody::new(BODY_PATIENCE, body)))
}

/// The shortest page that says what to do: drawing the usual one would cost what is missing. The
/// request is put down, so that what is left of its body can be taken.
fn turn_away((status, seconds): (StatusCode, u64), site: &Site, request: Request) -> Response {
    drop(request);
    let mut response = come_again(status, seconds);
    crate::headers::add_fixed_headers(response.headers_mut(), site.https);
    response
}

/// The page of [`turn_away`], also for a connection too many.
pub(crate) fn come_again(status: StatusCode, seconds: u64) -> Response {
    let html = match status {
        StatusCode::MISDIRECTED_REQUEST => include_str!("../templates/untold.html"),
        _ => include_str!("../templates/busy.html"),
    };
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    let mut response = (status, headers, html).into_response();
    if seconds > 0 {
        let headers = response.headers_mut();
        headers.insert(header::RETRY_AFTER, seconds.into());
    }
    response
}

#[cfg(test)]
mod tests;
