//! What machines ask: is it alive, is it ready, how does it do. The figures are only given to
//! callers on the same machine that come straight to us: what a proxy forwards is somebody else's
//! question. A collector elsewhere needs one of its own on this machine.
use std::borrow::Cow;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use kernel::Trouble;
use matters::Ground;
use metrics_exporter_prometheus::PrometheusHandle;
use web::{Access, Answered, Problem, Room, Routes, Visit, plain};

use crate::serve::now;

const MIB: u64 = 1024 * 1024;

#[derive(Clone)]
struct Asked {
    ground: Ground,
    room: Room,
    metrics: PrometheusHandle,
}

/// `/healthz`, `/readyz` and `/metrics`.
pub fn routes(ground: Ground, room: Room, metrics: PrometheusHandle) -> Routes {
    let asked = Asked {
        ground,
        room,
        metrics,
    };
    Routes::over(asked)
        .get("/healthz", Access::Public, alive)
        .get("/readyz", Access::Public, ready)
        .get("/metrics", Access::Public, figures)
        .done()
}

/// The process runs and answers.
async fn alive() -> &'static str {
    "ok\n"
}

/// The database answers, there is room for files, and the clock is believed: send people here. Else
/// why not, and what to do; what needs nothing of what is missing still works.
async fn ready(State(asked): State<Asked>) -> Response {
    let missing = match asked.missing().await {
        Ok(missing) => missing,
        Err(trouble) => {
            tracing::warn!(%trouble, "not ready");
            Some("the database does not answer".to_owned())
        }
    };
    match missing {
        None => "ready\n".into_response(),
        Some(words) => plain(StatusCode::SERVICE_UNAVAILABLE, format!("{words}\n")),
    }
}

impl Asked {
    /// What is missing, in words for the operator.
    async fn missing(&self) -> Result<Option<String>, Trouble> {
        self.ground.db().ping().await?;
        let ahead = self.ground.journal.bound().ahead(now()).await?;
        if let Some(ahead) = ahead {
            return Ok(Some(ahead.to_string()));
        }
        let left = self.room.left().unwrap_or_default() / MIB;
        Ok(self.room.is_short().then(|| {
            format!(
                "no files are taken: the disk is nearly full, {left} MiB are left. Make room, or \
                 lower files.reserve_mib; what has no file goes on"
            )
        }))
    }
}

async fn figures(State(asked): State<Asked>, visit: Visit) -> Result<Response, Problem> {
    if !visit.is_own_machine() {
        return Err(Problem::NotFound);
    }
    if let Some(bytes) = crate::observe::memory_bytes() {
        metrics::gauge!("process_resident_memory_bytes").set(bytes as f64);
    }
    let waiting = metrics::gauge!("dinh_outgoing_waiting", "lane" => outside::notice::mail::LANE);
    waiting.set(0.0);
    for lane in courier::states(asked.ground.db()).await? {
        let age = crate::serve::now()
            .duration_since(lane.oldest)
            .as_secs_f64();
        let labels = [("lane", lane.lane)];
        metrics::gauge!("dinh_outgoing_waiting", &labels).set(lane.waiting as f64);
        metrics::gauge!("dinh_outgoing_oldest_seconds", &labels).set(age);
    }
    let ahead = asked.ground.journal.bound().ahead(now()).await?;
    metrics::gauge!("clock_not_believed").set(if ahead.is_some() { 1.0 } else { 0.0 });
    if let Some(bytes) = asked.room.left() {
        metrics::gauge!("disk_left_bytes").set(bytes as f64);
    }
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4")];
    Ok((kind, asked.metrics.render()).into_response())
}

/// Counts and times a request under its route (never under its address, which may name people).
pub fn count(answered: Answered) {
    let labels = [
        ("method", Cow::Borrowed(answered.method)),
        ("route", Cow::Borrowed(answered.route)),
        ("status", Cow::Owned(answered.status.as_u16().to_string())),
    ];
    metrics::counter!("http_requests_total", &labels).increment(1);
    metrics::histogram!("http_request_seconds", &labels).record(answered.took.as_secs_f64());
}
