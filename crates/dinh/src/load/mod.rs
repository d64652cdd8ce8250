//! `dinh load`: whole lifecycles over real HTTP, played by many citizens and officers in browsers
//! of our own; rates, floods and storms; and the proof at the end that nothing acknowledged was
//! lost.
//!
//! Does not know: the rooms' code. It reads pages, fills the forms it finds in them and follows
//! links; tokens and command ids are whatever the pages carry.
mod address;
mod book;
mod browser;
mod cast;
mod closed;
#[cfg(test)]
mod counted;
mod crowd;
mod fill;
mod form;
mod gets;
mod journey;
mod known;
mod letter;
mod lost;
mod mix;
mod overload;
mod own;
mod pace;
mod page;
mod pile;
mod players;
mod prepared;
mod province;
mod report;
mod sign_ins;
mod steps;
mod stocking;
mod tally;
mod uploads;
mod watch;
mod wire;

use std::net::{SocketAddr, ToSocketAddrs};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, ValueEnum as _};
use kernel::Database;

use self::book::Book;
use self::cast::Stage;
use self::journey::{Client, Play};
use self::own::{Folder, OwnServer};
use self::players::{Field, Troupe};
use self::province::Rates;
use self::report::{Outcome, Report};
use self::wire::Target;
use crate::serve::now;
use crate::settings::Settings;

/// More clients than this are not one machine's citizens any more, and eat its file handles: each
/// holds up to eight connections.
const CLIENTS_MAX: u64 = 2_000;
/// One address of this machine has some 28,000 ports for what it opens, and others need some too.
const LINES_MAX: u64 = 20_000;
/// A nation's year; more is a mistake of the keyboard.
const FILL_MAX: u64 = 100_000_000;
/// More a second than one machine can send.
const RATE_MAX: u64 = 1_000_000;
/// A day: longer runs belong to a schedule, not to a command.
const SECONDS_MAX: u64 = 86_400;

/// How the load is played.
#[derive(Args)]
pub struct Asked {
    /// The server, `http://127.0.0.1:8080`; without it, one is started in this process.
    url: Option<String>,
    /// Citizens at the same time, each with officers of their commune.
    #[arg(long, default_value_t = 16, value_parser = up_to(CLIENTS_MAX))]
    clients: u64,
    /// How much of a lifecycle is asked for.
    #[arg(long, value_enum, default_value = "acts")]
    play: Play,
    /// Only opens this page again and again, instead of playing lifecycles: `/desk`; `{n}` in it
    /// counts up.
    #[arg(long)]
    get: Option<String>,
    /// Who opens it: `citizen`, `nobody`, or an officer with a right such as `appraise`.
    #[arg(long, default_value = "appraise", requires = "get")]
    by: String,
    /// Applications prepared for each client and second; whoever has none left stops.
    #[arg(long, default_value_t = 40, value_parser = up_to(1_000))]
    prepared: u64,
    /// Seconds of play, after everybody has signed in.
    #[arg(long, default_value_t = 10, value_parser = up_to(SECONDS_MAX))]
    seconds: u64,
    /// Only fills the database of the settings with so many dossiers; no server may run on it.
    #[arg(long, value_parser = up_to(FILL_MAX))]
    fill: Option<u64>,
    /// Applications a second, for `--play province`.
    #[arg(long, default_value_t = 200, value_parser = up_to(RATE_MAX))]
    rate: u64,
    /// Looks at pages a second, for `--play province` and `--play sign-ins`.
    #[arg(long, default_value_t = 2_400, value_parser = up_to(RATE_MAX))]
    looks: u64,
    /// How many times the most is offered, for `--play overload`.
    #[arg(long, default_value_t = 10, value_parser = up_to(1_000))]
    times: u64,
    /// Connections over which it is offered; how many the server takes is its own setting.
    #[arg(long, default_value_t = 1_536, value_parser = up_to(LINES_MAX))]
    lines: u64,
    /// MiB of each paper, for `--play uploads`; the server must take so much, and the procedure
    /// must ask for papers, as 1.001193 does.
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u64).range(1..=1_000))]
    mib: u64,
    /// The last line is one JSON object.
    #[arg(long)]
    json: bool,
    /// The procedure played, by its national code.
    #[arg(long, default_value = "1.004873")]
    procedure: String,
    /// A file that gets a line for every acknowledgement, before the next request.
    #[arg(long)]
    acknowledged: Option<PathBuf>,
    /// Play with a server on another machine: only ever your own, and never one that people use.
    #[arg(long)]
    i_own_this_server: bool,
}

impl Asked {
    /// Applications prepared for each client: enough for every phase of the play.
    fn prepared_each(&self) -> u64 {
        match self.play {
            Play::Province => 2 * self.rate * self.seconds / self.clients + 1,
            Play::Overload => self.prepared * (self.seconds + overload::CALM_SECONDS),
            _ => self.prepared * self.seconds,
        }
    }

    /// Whether applications are prepared, in the server's own database.
    fn prepares(&self) -> bool {
        self.get.is_none() && !matches!(self.play, Play::Pages | Play::SignIns)
    }

    /// Whether somebody looks at a dossier of their own that nobody prepared.
    fn needs_a_dossier(&self) -> bool {
        match &self.get {
            Some(address) => address.contains(gets::OWN),
            None => self.play == Play::SignIns,
        }
    }

    fn rates(&self) -> Rates {
        Rates {
            submissions: self.rate,
            looks: self.looks,
        }
    }

    fn paper_mib(&self) -> usize {
        usize::try_from(self.mib).unwrap_or(1)
    }

    fn name(&self) -> String {
        let word = self.play.to_possible_value();
        let word = word.map_or(String::new(), |word| word.get_name().to_owned());
        self.get
            .as_ref()
            .map_or(word, |address| format!("GET {address} by {}", self.by))
    }
}

#[cfg(test)]
impl Asked {
    /// One client for some seconds, nothing written.
    fn quiet(play: Play) -> Self {
        Self {
            url: None,
            clients: 1,
            play,
            get: None,
            by: String::new(),
            prepared: 5,
            seconds: 10,
            fill: None,
            rate: 1,
            looks: 1,
            times: 1,
            lines: 1,
            mib: 1,
            json: false,
            procedure: "1.004873".to_owned(),
            acknowledged: None,
            i_own_this_server: false,
        }
    }
}

/// A line of log for each request would bury the table, and cost what no keeper reads: the default
/// level is lowered to warnings; another one that was set stays.
pub fn quieten(settings: &mut Settings) {
    if settings.log_level == "info" {
        settings.log_level = "warn".to_owned();
    }
}

fn up_to(most: u64) -> clap::builder::RangedU64ValueParser {
    clap::value_parser!(u64).range(1..=most)
}

/// Plays, tells, and fails when something acknowledged was lost.
///
/// # Errors
/// A sentence that says what could not be started, or how much was lost.
pub async fn run(asked: Asked, mut settings: Settings) -> Result<(), String> {
    if let Some(count) = asked.fill {
        return stocking::fill(settings, usize::try_from(count).unwrap_or(0)).await;
    }
    let folder = Folder::new()?;
    let patience = Duration::from_millis(settings.load_timeout_ms);
    let content = crate::content::folder(settings.content_folder.as_deref(), &folder.0);
    let content = content.map_err(|error| error.to_string())?;
    let today = matters::dossier::day_of(now());
    let stage = Arc::new(Stage::read(&content, &asked.procedure, today)?);
    settings.upload_max = settings
        .upload_max
        .max((asked.mib + 1) * uploads::MIB as u64);
    let own = match &asked.url {
        Some(_) => None,
        None => Some(OwnServer::start(&mut settings, &folder.0).await?),
    };
    let address = match (&own, &asked.url) {
        (Some(own), _) => own.address,
        (None, Some(url)) => allowed_address(url, asked.i_own_this_server)?,
        (None, None) => return Err("no server".into()),
    };
    let target = Arc::new(Target {
        address,
        host: asked.url.as_deref().map_or(address.to_string(), host_of),
        patience,
    });
    let database_port = watch::database_port(&settings.database_url);
    let db = match &own {
        _ if !asked.prepares() => None,
        Some(own) => Some(own.db.clone()),
        None => Some(prepared::open(&settings).await?),
    };
    let field = Field {
        stage,
        target,
        db,
        database_port,
        one_process: own.is_some(),
    };
    let report = play(&asked, &field).await?;
    if let Some(own) = own {
        own.stop().await?;
    }
    println!("{}", report.table());
    if asked.json {
        println!("{}", report.json());
    }
    match report.lost.len() {
        0 => Ok(()),
        lost => Err(format!(
            "{lost} acknowledged dossiers are not there as acknowledged"
        )),
    }
}

/// Load is only played against this machine, unless somebody says that the other one is theirs.
fn allowed_address(url: &str, own: bool) -> Result<SocketAddr, String> {
    let host = host_of(url);
    let with_port = if host.contains(':') {
        host.clone()
    } else {
        format!("{host}:80")
    };
    let mut found = with_port
        .to_socket_addrs()
        .map_err(|error| format!("{host}: {error}"))?;
    let address = found
        .next()
        .ok_or_else(|| format!("{host}: no such host"))?;
    if address.ip().is_loopback() || own {
        return Ok(address);
    }
    Err(format!(
        "{host} is not this machine. Playing load fills its database and slows it for everybody: \
         only do that to a server of your own, and say so with --i-own-this-server."
    ))
}

fn host_of(url: &str) -> String {
    let behind = url.split_once("://").map_or(url, |(_, rest)| rest);
    behind.split('/').next().unwrap_or_default().to_owned()
}

async fn play(asked: &Asked, field: &Field) -> Result<Report, String> {
    let book = Book::open(asked.acknowledged.as_deref())?;
    let troupe = Troupe::gather(asked, field, &book).await?;
    let mut outcome = timed(asked, field, troupe.clients).await?;
    for client in &mut outcome.clients {
        client.ask_codes().await?;
    }
    let found = lost::look_up(&book, &field.target).await;
    Ok(Report {
        play: asked.name(),
        outcome,
        doors: troupe.doors,
        clients: asked.clients,
        checked: found.checked,
        lost: found.lost,
        engine: field.db.as_ref().map_or("?", Database::engine),
        one_process: field.one_process,
    })
}

async fn timed(asked: &Asked, field: &Field, clients: Vec<Client>) -> Result<Outcome, String> {
    let seconds = asked.seconds;
    if let Some(address) = &asked.get {
        return gets::play((address, &asked.by), field, clients, seconds).await;
    }
    match asked.play {
        Play::Acts | Play::Pages => closed::lifecycles(field, clients, seconds).await,
        Play::Submissions => closed::submissions(field, clients, seconds).await,
        Play::Steps => closed::steps(field, clients, seconds).await,
        Play::Province => province::play(field, clients, asked.rates(), seconds).await,
        Play::Overload => {
            let flood = (asked.times, asked.lines);
            overload::play(field, clients, flood, seconds).await
        }
        Play::SignIns => sign_ins::play(field, clients, asked.looks, seconds).await,
        Play::Uploads => uploads::play(field, clients, asked.paper_mib(), seconds).await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_played_with_unless_somebody_owns_the_other() {
        assert!(allowed_address("http://127.0.0.1:8080", false).is_ok());
        assert!(allowed_address("http://[::1]:8080/x", false).is_ok());
        let refused = allowed_address("http://192.0.2.1", false).expect_err("another machine");
        assert!(refused.contains("--i-own-this-server"), "{refused}");
        assert!(allowed_address("http://192.0.2.1", true).is_ok());
    }
}
