//! `dinh load`: whole lifecycles over real HTTP, played by many citizens and officers in browsers
//! of our own, and the proof at the end that nothing acknowledged was lost.
//!
//! Does not know: the rooms' code. It reads pages, fills the forms it finds in them and follows
//! links; tokens and command ids are whatever the pages carry.
mod address;
mod book;
mod browser;
mod cast;
#[cfg(test)]
mod counted;
mod crowd;
mod fill;
mod form;
mod gets;
mod journey;
mod known;
mod lost;
mod own;
mod page;
mod players;
mod prepared;
mod report;
mod steps;
mod stocking;
mod tally;
mod watch;

use std::net::{SocketAddr, ToSocketAddrs};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Args;

use self::book::Book;
use self::browser::Target;
use self::cast::{Cast, Stage};
use self::journey::Play;
use self::own::{Folder, OwnServer};
use self::players::{Field, Opening};
use self::report::Report;
use self::tally::Tally;
use self::watch::{Costs, Watched};
use crate::serve::now;
use crate::settings::Settings;

/// More clients than this are not one machine's citizens any more, and eat its file handles: each
/// holds up to eight connections.
const CLIENTS_MAX: u64 = 2_000;
/// A nation's year; more is a mistake of the keyboard.
const FILL_MAX: u64 = 100_000_000;
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
    let db = match (&own, &asked.get, asked.play) {
        (_, Some(_), _) | (_, _, Play::Pages) => None,
        (Some(own), ..) => Some(own.db.clone()),
        (None, ..) => Some(prepared::open(&settings).await?),
    };
    let field = Field {
        stage,
        target,
        db,
        database_port,
    };
    let report = play(&asked, &field, own.as_ref()).await?;
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

async fn play(asked: &Asked, field: &Field, own: Option<&OwnServer>) -> Result<Report, String> {
    let clients = usize::try_from(asked.clients).unwrap_or(1);
    let book = Book::open(asked.acknowledged.as_deref())?;
    let mut doors = Tally::default();
    let Field { stage, target, .. } = field;
    let cast = Cast::sign_in(stage, target, clients, &mut doors).await?;
    let citizens = players::citizens(stage, target, clients, &mut doors).await?;
    let mut players = Vec::new();
    for citizen in citizens {
        let opening = Opening {
            asked,
            field,
            cast: &cast,
            book: &book,
        };
        players.push(opening.player(citizen)?);
    }
    let players = players::learned(asked, field, players).await?;
    let watched = match own {
        Some(_) => Some(Watched::own()),
        None => Watched::listening(target.address.port()),
    };
    let database = field.database_port.and_then(Watched::listening);
    let costs = Costs::start(watched, database);
    let started = Instant::now();
    let until = started + Duration::from_secs(asked.seconds);
    let playing: Vec<_> = players
        .into_iter()
        .map(|player| tokio::spawn(player.play(until)))
        .collect();
    let mut tally = Tally::default();
    let (mut lifecycles, mut played) = (0, Vec::new());
    for player in playing {
        let one = player.await.map_err(|error| error.to_string())??;
        tally.merge(&one.tally);
        lifecycles += one.good;
        played.extend(one.client);
    }
    let seconds = started.elapsed().as_secs_f64();
    let spent = costs.spent();
    for mut client in played {
        client.ask_codes().await?;
    }
    let found = lost::look_up(&book, target).await;
    Ok(Report {
        tally,
        doors,
        clients,
        seconds,
        lifecycles,
        checked: found.checked,
        lost: found.lost,
        engine: own.map_or_else(|| "?".to_owned(), |own| own.engine.clone()),
        spent,
        one_process: own.is_some(),
    })
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
