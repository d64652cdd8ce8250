//! What machines ask: is it alive, is it ready, how does it do. The figures are only given to
//! callers on the same machine; a collector elsewhere goes through the proxy that the keeper
//! configures.
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use matters::Ground;
use metrics_exporter_prometheus::PrometheusHandle;
use web::{Access, Problem, Room, Routes, Visit};

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

/// The database answers too: send people here. With a disk that is nearly full they can still do
/// most of what they come for.
async fn ready(State(asked): State<Asked>) -> Response {
    let answer = match asked.ground.db().ping().await {
        Ok(()) if asked.room.is_short() => "ready, but takes no files: the disk is nearly full\n",
        Ok(()) => "ready\n",
        Err(trouble) => {
            tracing::warn!(%trouble, "not ready");
            let sentence = "the database does not answer\n";
            return (StatusCode::SERVICE_UNAVAILABLE, sentence).into_response();
        }
    };
    answer.into_response()
}

async fn figures(State(asked): State<Asked>, visit: Visit) -> Result<Response, Problem> {
    let local = visit
        .address()
        .parse::<std::net::IpAddr>()
        .is_ok_and(|ip| ip.is_loopback());
    if !local {
        return Err(Problem::NotFound);
    }
    if let Some(bytes) = crate::observe::memory_bytes() {
        metrics::gauge!("process_resident_memory_bytes").set(bytes as f64);
    }
    if let Some(bytes) = asked.room.left() {
        metrics::gauge!("disk_left_bytes").set(bytes as f64);
    }
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4")];
    Ok((kind, asked.metrics.render()).into_response())
}

/// Counts and times every request under its route (never under its address, which may name people).
pub async fn measure(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = request.method().as_str().to_owned();
    let matched = request.extensions().get::<MatchedPath>();
    let route = matched.map_or("none", MatchedPath::as_str).to_owned();
    let response = next.run(request).await;
    let status = response.status().as_u16().to_string();
    let labels = [("method", method), ("route", route), ("status", status)];
    metrics::counter!("http_requests_total", &labels).increment(1);
    metrics::histogram!("http_request_seconds", &labels).record(started.elapsed().as_secs_f64());
    response
}
