//! The gate: how much work may be under way at once, and how much one address or one account may
//! ask for. Who finds every seat taken waits a moment at the door; what is too much even so is told
//! to come again, without touching the database, so that those inside are served.
//!
//! It does not know what a request is for, except that a form with files takes long and has seats
//! of its own: slow telephones must not keep everybody else outside.

use std::convert::Infallible;
use std::sync::Arc;
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
const COME_AGAIN_SECONDS: u64 = 2;
/// What machines ask to learn how we do is answered even in a full house.
const ALWAYS: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

/// How much is let in.
#[derive(Clone, Copy, Debug)]
pub struct Crowd {
    /// Requests under way at once.
    pub requests: usize,
    /// Forms with files under way at once, counted apart.
    pub uploads: usize,
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
}

impl Gate {
    pub(crate) fn new(crowd: Crowd) -> Gate {
        Gate {
            requests: Semaphore::new(crowd.requests),
            uploads: Semaphore::new(crowd.uploads),
            addresses: limiter(crowd.per_address),
            accounts: limiter(crowd.per_account),
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
    fn seats(
        &self,
        site: &Site,
        request: &Request,
    ) -> Result<Option<&Semaphore>, (StatusCode, u64)> {
        if ALWAYS.contains(&request.uri().path()) {
            return Ok(None);
        }
        if self.addresses.is_some() {
            let (headers, extensions) = (request.headers(), request.extensions());
            let address = crate::visit::address(headers, extensions, site.behind_proxy);
            let admitted = self.admits_address(&address, (site.clock)());
            admitted.map_err(|seconds| (StatusCode::TOO_MANY_REQUESTS, seconds.max(1)))?;
        }
        Ok(Some(match content_type(request.headers()) {
            "multipart/form-data" => &self.uploads,
            _ => &self.requests,
        }))
    }

    fn admits_address(&self, address: &str, now: jiff::Timestamp) -> Result<(), u64> {
        let here = address
            .parse()
            .is_ok_and(|ip: std::net::IpAddr| ip.is_loopback());
        match &self.addresses {
            Some(rule) if !here => rule.take(address, now),
            _ => Ok(()),
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
    let seat = match gate.seats(&site, &request) {
        Ok(seats) => seat(seats).await,
        Err(refused) => Err(refused),
    };
    let response = match seat {
        Ok(_seat) => crate::routes::run(inside, patient(request)).await,
        Err((status, seconds)) => come_again(status, seconds, &site),
    };
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

/// The shortest page that says what to do: drawing the usual one would cost what is missing.
fn come_again(status: StatusCode, seconds: u64, site: &Site) -> Response {
    let html = include_str!("../templates/busy.html");
    let headers = [
        (header::RETRY_AFTER, seconds.to_string()),
        (header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    let mut response = (status, headers, html).into_response();
    crate::visit::add_fixed_headers(response.headers_mut(), site.https);
    response
}

#[cfg(test)]
mod tests;
