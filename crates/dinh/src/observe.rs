//! What the program tells its keepers: structured logs on standard error, and Prometheus metrics.
use std::io::IsTerminal as _;

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;

use crate::settings::Settings;

/// Starts the logs, for people or as JSON. Personal data and secrets never reach them: log lines
/// carry ids, codes and counts.
pub fn start_logs(settings: &Settings) {
    let filter = EnvFilter::new(&settings.log_level);
    let logs = tracing_subscriber::fmt()
        .with_env_filter(filter)
        // Colours are for a terminal: a file or a collector gets plain text.
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        // A line that cannot be written (a full disk) is lost. The default is to say so on the very
        // same standard error, which panics, and takes the task with it that had something to tell.
        .log_internal_errors(false);
    // A second start (tests) leaves the first in place.
    let _ = if settings.log_json {
        logs.json().try_init()
    } else {
        logs.try_init()
    };
}

/// Starts the metrics; the handle renders them in Prometheus' text format.
#[must_use]
pub fn start_metrics() -> PrometheusHandle {
    let builder = PrometheusBuilder::new();
    let buckets = [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5,
    ];
    let builder = builder
        .set_buckets(&buckets)
        .unwrap_or_else(|_| PrometheusBuilder::new());
    let recorder = builder.build_recorder();
    let handle = recorder.handle();
    let _ = metrics::set_global_recorder(recorder);
    handle
}

/// Memory of this process in bytes as the kernel counts it; `None` off Linux.
#[must_use]
pub fn memory_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib * 1024)
}
