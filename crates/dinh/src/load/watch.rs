//! What the server costs while it is played with: memory and processor time of the process that
//! listens on a port, read from Linux. Off Linux, and for other people's processes, there is
//! nothing to read.
//! Does not know: what the process does.
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Linux counts processor time in hundredths of a second on every machine of ours.
const TICKS_A_SECOND: f64 = 100.0;

/// A process being watched.
#[derive(Debug, Clone, Copy)]
pub struct Watched(u32);

impl Watched {
    /// This process.
    #[must_use]
    pub fn own() -> Self {
        Self(std::process::id())
    }

    /// The process that listens on a TCP port of this machine.
    #[must_use]
    pub fn listening(port: u16) -> Option<Self> {
        let tables = ["/proc/net/tcp", "/proc/net/tcp6"];
        let tables = tables
            .iter()
            .filter_map(|table| std::fs::read_to_string(table).ok());
        let inode = tables
            .collect::<Vec<_>>()
            .iter()
            .find_map(|table| inode(table, port))?;
        let name = format!("socket:[{inode}]");
        let processes = std::fs::read_dir("/proc").ok()?.flatten();
        let mut numbered = processes
            .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path())));
        numbered
            .find(|(_, path)| holds(path, &name))
            .map(|(pid, _)| Self(pid))
    }

    /// Resident memory, MiB.
    #[must_use]
    pub fn memory_mib(self) -> Option<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0)).ok()?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
        let kib: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
        Some(kib / 1024.0)
    }

    /// Processor seconds of the process and of its children, those that have ended included.
    #[must_use]
    pub fn family_cpu_seconds(self) -> f64 {
        let stats = std::fs::read_dir("/proc").into_iter().flatten().flatten();
        let stats =
            stats.filter_map(|entry| std::fs::read_to_string(entry.path().join("stat")).ok());
        let own = std::fs::read_to_string(format!("/proc/{}/stat", self.0)).ok();
        let ended = own
            .as_deref()
            .and_then(|stat| ticks(stat, [14, 15, 16, 17]));
        let parent = f64::from(self.0);
        let children = stats
            .filter(|stat| ticks(stat, [4]) == Some(parent))
            .filter_map(|stat| ticks(&stat, [14, 15]));
        (children.sum::<f64>() + ended.unwrap_or(0.0)) / TICKS_A_SECOND
    }

    /// Processor seconds used since it started, in user and kernel.
    #[must_use]
    pub fn cpu_seconds(self) -> Option<f64> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.0)).ok()?;
        ticks(&stat, [14, 15]).map(|ticks| ticks / TICKS_A_SECOND)
    }
}

/// The port of a database server on this machine; `None` for an embedded one.
#[must_use]
pub fn database_port(url: &str) -> Option<u16> {
    let rest = url.strip_prefix("postgres")?.split_once("://")?.1;
    let host = rest.split(['/', '?']).next()?.rsplit('@').next()?;
    host.rsplit_once(':')
        .map_or(Some(5432), |(_, port)| port.parse().ok())
}

/// Processor time and memory of the server and of its database while it is played.
pub struct Costs {
    server: Option<Watched>,
    database: Option<Watched>,
    before: [Option<f64>; 3],
    memory_before_mib: Option<f64>,
    started: Instant,
    peak: Peak,
}

/// What a play has cost.
pub struct Spent {
    /// Memory of the server's process at the start, at the end and at its most, MiB.
    pub memory_mib: Option<[f64; 3]>,
    /// Processor seconds of the server.
    pub server: Option<f64>,
    /// Processor seconds of the database's processes; 0 for an embedded one.
    pub database: f64,
    /// Processor seconds of whoever plays, when that is another process.
    pub generator: Option<f64>,
    /// How long it was played.
    pub seconds: f64,
}

impl Spent {
    /// Which share of the machine's processors server and database took, 0 to 1.
    #[must_use]
    pub fn share(&self) -> f64 {
        let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get());
        let spent = self.server.unwrap_or(0.0) + self.database;
        spent / (self.seconds * cores as f64).max(f64::MIN_POSITIVE)
    }
}

impl Costs {
    /// Begins to count.
    #[must_use]
    pub fn start(server: Option<Watched>, database: Option<Watched>) -> Self {
        let mut costs = Self {
            server,
            database,
            before: [None, None, None],
            memory_before_mib: server.and_then(Watched::memory_mib),
            started: Instant::now(),
            peak: Peak::of(server),
        };
        costs.before = costs.now();
        costs
    }

    fn now(&self) -> [Option<f64>; 3] {
        let server = self.server.and_then(Watched::cpu_seconds);
        let family = self.database.map(Watched::family_cpu_seconds);
        let own = Watched::own();
        let apart = self.server.is_some_and(|server| server.0 != own.0);
        [server, family, apart.then(|| own.cpu_seconds()).flatten()]
    }

    /// What was spent since the start.
    #[must_use]
    pub fn spent(&self) -> Spent {
        let [server, database, generator] = self.now();
        let since = |now: Option<f64>, then: Option<f64>| Some(now? - then?);
        let memory = self.server.and_then(Watched::memory_mib);
        let memory = memory.zip(self.memory_before_mib);
        Spent {
            memory_mib: memory.map(|(end, start)| [start, end, self.peak.mib().max(end)]),
            server: since(server, self.before[0]),
            database: since(database, self.before[1]).unwrap_or(0.0),
            generator: since(generator, self.before[2]),
            seconds: self.started.elapsed().as_secs_f64(),
        }
    }
}

/// Looks at a process's memory ten times a second until it is dropped: what is held only while
/// uploads are under way shows neither before nor after.
struct Peak(Arc<AtomicU64>);

/// Between two looks.
const LOOK: Duration = Duration::from_millis(100);

impl Peak {
    fn of(process: Option<Watched>) -> Self {
        let most = Arc::new(AtomicU64::new(0));
        let seen = Arc::downgrade(&most);
        std::thread::spawn(move || {
            while let (Some(most), Some(mib)) =
                (seen.upgrade(), process.and_then(Watched::memory_mib))
            {
                most.fetch_max((mib * 1024.0) as u64, Ordering::Relaxed);
                drop(most);
                std::thread::sleep(LOOK);
            }
        });
        Self(most)
    }

    fn mib(&self) -> f64 {
        self.0.load(Ordering::Relaxed) as f64 / 1024.0
    }
}

/// The sum of fields, counted behind the name in brackets, which may hold anything.
fn ticks<const N: usize>(stat: &str, wanted: [usize; N]) -> Option<f64> {
    let (_, behind) = stat.rsplit_once(") ")?;
    let fields: Vec<&str> = behind.split_whitespace().collect();
    let field = |number: usize| fields.get(number - 3)?.parse::<f64>().ok();
    wanted.into_iter().map(field).sum()
}

/// The inode of the socket that listens on the port.
fn inode(table: &str, port: u16) -> Option<String> {
    const LISTENING: &str = "0A";
    let ending = format!(":{port:04X}");
    let rows = table
        .lines()
        .skip(1)
        .map(|row| row.split_whitespace().collect::<Vec<_>>());
    let mut listening = rows.filter(|row| row.get(3) == Some(&LISTENING));
    let row = listening.find(|row| row.get(1).is_some_and(|local| local.ends_with(&ending)))?;
    row.get(9).map(|inode| (*inode).to_owned())
}

fn holds(process: &Path, socket: &str) -> bool {
    let Ok(open) = std::fs::read_dir(process.join("fd")) else {
        return false;
    };
    let links = open
        .flatten()
        .filter_map(|entry| std::fs::read_link(entry.path()).ok());
    links.into_iter().any(|link| link.as_os_str() == socket)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_found_by_its_port() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let Some(found) = Watched::listening(port) else {
            assert_ne!(std::env::consts::OS, "linux", "Linux lists its processes");
            return;
        };
        assert_eq!(found.0, std::process::id());
        assert!(found.memory_mib().is_some_and(|mib| mib > 1.0));
        assert!(found.cpu_seconds().is_some());
    }

    #[test]
    fn the_name_of_a_process_may_hold_anything() {
        let stat = "7 (a ) b) S 1 7 7 0 -1 0 5 0 0 0 250 50 0 0 20 0 1 0 1 1 1";
        assert_eq!(ticks(stat, [14, 15]), Some(300.0));
    }
}
