//! What a run gave: a table for people, one line of JSON for machines. Does not know: how it was
//! run.
use std::fmt::Write as _;

use serde_json::json;

use super::tally::{Tally, Times};
use super::watch::Spent;

/// Everything that is told at the end.
pub struct Report {
    /// Times of the timed part.
    pub tally: Tally,
    /// Sign-ins before it.
    pub doors: Tally,
    /// How many played at once.
    pub clients: usize,
    /// How long the timed part was, seconds.
    pub seconds: f64,
    /// Lifecycles that ended within it.
    pub lifecycles: u64,
    /// Acknowledged dossiers looked up afterwards.
    pub checked: u64,
    /// Those of them that were not there as acknowledged.
    pub lost: Vec<String>,
    /// `sqlite`, `postgres`, or `?` for a server that another process runs.
    pub engine: String,
    /// What the timed part cost.
    pub spent: Spent,
    /// Whether that process also played the clients.
    pub one_process: bool,
}

/// Lost dossiers named one by one; more are only counted.
const LOST_SHOWN: usize = 20;

impl Report {
    /// The table.
    #[must_use]
    pub fn table(&self) -> String {
        let mut text = format!(
            "\n{:<44}{:>8}{:>9}{:>9}{:>9}{:>9}{:>8}\n",
            "call", "count", "a second", "p50 ms", "p95 ms", "p99 ms", "errors"
        );
        for (kind, times) in &self.tally.kinds {
            self.row(&mut text, kind, times);
        }
        self.row(&mut text, "all", &self.tally.all());
        let doors = self.doors.all();
        let _ = writeln!(
            text,
            "\nbefore: {} requests to sign in {} citizens and their officers, p95 {:.1} ms",
            doors.count,
            self.clients,
            doors.percentile(0.95)
        );
        let _ = writeln!(
            text,
            "{} clients, {:.1} s, {}: {} lifecycles, {:.2} a second, {:.1} requests a second",
            self.clients,
            self.seconds,
            self.engine,
            self.lifecycles,
            self.rate(self.lifecycles),
            self.rate(self.tally.all().count)
        );
        let _ = writeln!(text, "{}", self.cost());
        for (words, count) in self.tally.troubles.iter().chain(&self.doors.troubles) {
            let _ = writeln!(text, "  {count} x {words}");
        }
        let _ = writeln!(
            text,
            "{} acknowledged dossiers looked up, {} lost",
            self.checked,
            self.lost.len()
        );
        for line in self.lost.iter().take(LOST_SHOWN) {
            let _ = writeln!(text, "  lost: {line}");
        }
        text
    }

    fn row(&self, text: &mut String, kind: &str, times: &Times) {
        let _ = writeln!(
            text,
            "{kind:<44}{:>8}{:>9.1}{:>9.1}{:>9.1}{:>9.1}{:>8}",
            times.count,
            self.rate(times.count),
            times.percentile(0.50),
            times.percentile(0.95),
            times.percentile(0.99),
            times.errors
        );
    }

    fn cost(&self) -> String {
        let who = if self.one_process {
            "server and clients in one process"
        } else {
            "server"
        };
        match (self.spent.memory_mib, self.spent.server) {
            (Some(memory), Some(cpu)) => {
                let database = self.spent.database;
                let micros = |seconds: f64, count: u64| 1e6 * seconds / count.max(1) as f64;
                let each = micros(cpu + database, self.tally.all().count);
                let whole = micros(cpu + database, self.lifecycles);
                format!(
                    "{who}: {memory:.0} MiB; {cpu:.1} s of processor and {database:.1} s of the \
                     database's: {each:.0} µs a request, {whole:.0} µs each whole"
                )
            }
            _ => format!("{who}: memory and processor time cannot be read"),
        }
    }

    fn rate(&self, count: u64) -> f64 {
        count as f64 / self.seconds.max(f64::MIN_POSITIVE)
    }

    /// The line for machines.
    #[must_use]
    pub fn json(&self) -> String {
        let all = self.tally.all();
        let rounded = |value: f64| (value * 100.0).round() / 100.0;
        json!({
            "lifecycles_per_s": rounded(self.rate(self.lifecycles)),
            "requests_per_s": rounded(self.rate(all.count)),
            "p50_ms": rounded(all.percentile(0.50)),
            "p95_ms": rounded(all.percentile(0.95)),
            "p99_ms": rounded(all.percentile(0.99)),
            "errors": all.errors,
            "lost": self.lost.len(),
            "checked": self.checked,
            "lifecycles": self.lifecycles,
            "requests": all.count,
            "clients": self.clients,
            "seconds": rounded(self.seconds),
            "engine": self.engine,
            "memory_mib": self.spent.memory_mib.map(rounded),
            "cpu_seconds": self.spent.server.map(rounded),
            "database_cpu_seconds": rounded(self.spent.database),
        })
        .to_string()
    }
}
