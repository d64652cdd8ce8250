//! What a run gave: a table for people, one line of JSON for machines. Does not know: how it was
//! run.
use std::fmt::Write as _;

use serde_json::json;

use super::journey::Client;
use super::tally::{Tally, Times};
use super::watch::{Costs, Spent};

/// What a play gave.
pub struct Outcome {
    /// Times of its timed part.
    pub tally: Tally,
    /// How long that was, seconds.
    pub seconds: f64,
    /// Lifecycles, applications or pages that ended well within it.
    pub good: u64,
    /// What it found out besides.
    pub findings: Vec<Finding>,
    /// What it cost.
    pub spent: Spent,
    /// Who may be asked for the codes of what they handed in.
    pub clients: Vec<Client>,
}

impl Outcome {
    /// What these people did since `costs` were first counted.
    #[must_use]
    pub fn of(costs: &Costs, tally: Tally, good: u64, clients: Vec<Client>) -> Self {
        let spent = costs.spent();
        Self {
            tally,
            seconds: spent.seconds,
            good,
            findings: Vec::new(),
            spent,
            clients,
        }
    }
}

/// One figure that only this play gives.
pub struct Finding {
    /// Its name for machines.
    pub name: &'static str,
    /// Its value.
    pub value: f64,
    /// What it says, for people.
    pub words: &'static str,
}

impl Finding {
    /// This value is called so.
    #[must_use]
    pub fn new(name: &'static str, value: f64, words: &'static str) -> Self {
        Self { name, value, words }
    }
}

/// Everything that is told at the end.
pub struct Report {
    /// Which play.
    pub play: String,
    /// What it gave.
    pub outcome: Outcome,
    /// Sign-ins before it.
    pub doors: Tally,
    /// How many played at once.
    pub clients: u64,
    /// Acknowledged dossiers looked up afterwards.
    pub checked: u64,
    /// Those of them that were not there as acknowledged.
    pub lost: Vec<String>,
    /// `sqlite`, `postgres`, or `?` where the play does not touch the server's database.
    pub engine: &'static str,
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
        let Outcome { tally, good, .. } = &self.outcome;
        for (kind, times) in &tally.kinds {
            self.row(&mut text, kind, times);
        }
        self.row(&mut text, "all", &tally.all());
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
            "{} clients, {:.1} s, {}, {}: {good} whole, {:.2} a second, {:.1} requests a second",
            self.clients,
            self.outcome.seconds,
            self.engine,
            self.play,
            self.rate(*good),
            self.rate(tally.all().count)
        );
        for finding in &self.outcome.findings {
            let _ = writeln!(text, "{:>12.2}  {}", finding.value, finding.words);
        }
        let _ = writeln!(text, "{}", self.cost());
        for (words, count) in tally.troubles.iter().chain(&self.doors.troubles) {
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
        let spent = &self.outcome.spent;
        let (Some([start, end, most]), Some(cpu)) = (spent.memory_mib, spent.server) else {
            return format!("{who}: memory and processor time cannot be read");
        };
        let database = spent.database;
        let micros = |count: u64| 1e6 * (cpu + database) / count.max(1) as f64;
        let each = micros(self.outcome.tally.all().count);
        let whole = micros(self.outcome.good);
        let share = 100.0 * spent.share();
        let generator = spent.generator.map_or(String::new(), |own| {
            format!("; {own:.1} s of this generator's")
        });
        format!(
            "{who}: {start:.0} MiB before, {most:.0} at most, {end:.0} after; {cpu:.1} s of \
             processor and {database:.1} s of the database's ({share:.0} % of this machine's\
             {generator}): {each:.0} µs a request, {whole:.0} µs each whole"
        )
    }

    fn rate(&self, count: u64) -> f64 {
        count as f64 / self.outcome.seconds.max(f64::MIN_POSITIVE)
    }

    /// The line for machines.
    #[must_use]
    pub fn json(&self) -> String {
        let Outcome {
            tally, good, spent, ..
        } = &self.outcome;
        let all = tally.all();
        let memory = spent.memory_mib.map(|all| all.map(rounded));
        let mut line = json!({
            "play": self.play,
            "lifecycles_per_s": rounded(self.rate(*good)),
            "requests_per_s": rounded(self.rate(all.count)),
            "p50_ms": rounded(all.percentile(0.50)),
            "p95_ms": rounded(all.percentile(0.95)),
            "p99_ms": rounded(all.percentile(0.99)),
            "errors": all.errors,
            "lost": self.lost.len(),
            "checked": self.checked,
            "lifecycles": good,
            "requests": all.count,
            "clients": self.clients,
            "seconds": rounded(self.outcome.seconds),
            "engine": self.engine,
            "memory_before_mib": memory.map(|[start, _, _]| start),
            "memory_mib": memory.map(|[_, end, _]| end),
            "memory_most_mib": memory.map(|[_, _, most]| most),
            "cpu_seconds": spent.server.map(rounded),
            "database_cpu_seconds": rounded(spent.database),
            "generator_cpu_seconds": spent.generator.map(rounded),
            "cpu_share": rounded(spent.share()),
            "troubles": tally.troubles,
        });
        for finding in &self.outcome.findings {
            line[finding.name] = json!(rounded(finding.value));
        }
        for (kind, times) in &tally.kinds {
            line["calls"][kind] = json!({
                "count": times.count,
                "p50_ms": rounded(times.percentile(0.50)),
                "p95_ms": rounded(times.percentile(0.95)),
                "p99_ms": rounded(times.percentile(0.99)),
                "errors": times.errors,
            });
        }
        line.to_string()
    }
}

fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}
