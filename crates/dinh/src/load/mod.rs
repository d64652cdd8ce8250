//! `dinh load`: whole lifecycles over real HTTP, played by many citizens and officers in browsers
//! of our own, and the proof at the end that nothing acknowledged was lost.
//!
//! Does not know: the rooms' code. It reads pages, fills the forms it finds in them and follows
//! links; tokens and command ids are whatever the pages carry.
mod address;
mod book;
mod browser;
mod cast;
mod fill;
mod form;
mod journey;
mod lost;
mod own;
mod page;
mod report;
mod tally;
mod watch;

use std::net::{SocketAddr, ToSocketAddrs};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Args;
use kernel::Json;

use self::book::Book;
use self::browser::{Browser, Target};
use self::cast::{Cast, Stage};
use self::journey::Client;
use self::own::{Folder, OwnServer};
use self::report::Report;
use self::tally::Tally;
use self::watch::Watched;
use crate::demo;
use crate::serve::now;
use crate::settings::Settings;

/// More clients than this are not one machine's citizens any more, and eat its file handles: each
/// holds up to eight connections.
const CLIENTS_MAX: u64 = 2_000;
/// A day: longer runs belong to a schedule, not to a command.
const SECONDS_MAX: u64 = 86_400;
/// Registrations at the same time: hashing passwords is slow on purpose and must not queue for
/// longer than a browser waits.
const REGISTERING: usize = 4;

/// How the load is played.
#[derive(Args)]
pub struct Asked {
    /// The server, `http://127.0.0.1:8080`; without it, one is started in this process.
    url: Option<String>,
    /// Citizens at the same time, each with officers of their commune.
    #[arg(long, default_value_t = 16, value_parser = up_to(CLIENTS_MAX))]
    clients: u64,
    /// Seconds of play, after everybody has signed in.
    #[arg(long, default_value_t = 10, value_parser = up_to(SECONDS_MAX))]
    seconds: u64,
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
pub async fn run(asked: Asked, settings: Settings) -> Result<(), String> {
    let folder = Folder::new()?;
    let patience = Duration::from_millis(settings.load_timeout_ms);
    let content = crate::content::folder(settings.content_folder.as_deref(), &folder.0);
    let content = content.map_err(|error| error.to_string())?;
    let today = matters::dossier::day_of(now());
    let stage = Arc::new(Stage::read(&content, &asked.procedure, today)?);
    let own = match &asked.url {
        Some(_) => None,
        None => Some(OwnServer::start(settings, &folder.0).await?),
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
    let report = play(&asked, &stage, &target, own.as_ref()).await?;
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

async fn play(
    asked: &Asked,
    stage: &Arc<Stage>,
    target: &Arc<Target>,
    own: Option<&OwnServer>,
) -> Result<Report, String> {
    let clients = usize::try_from(asked.clients).unwrap_or(1);
    let book = Book::open(asked.acknowledged.as_deref())?;
    let mut doors = Tally::default();
    let cast = Cast::sign_in(stage, target, clients, &mut doors).await?;
    let citizens = citizens(stage, target, clients, &mut doors).await?;
    let watched = match own {
        Some(_) => Some(Watched::own()),
        None => Watched::listening(target.address.port()),
    };
    let cpu = || watched.and_then(Watched::cpu_seconds);
    let before = cpu();
    let started = Instant::now();
    let until = started + Duration::from_secs(asked.seconds);
    let mut playing = Vec::new();
    for (number, (citizen, answers)) in citizens.into_iter().enumerate() {
        let mut client = Client {
            citizen,
            officers: cast.windows(number),
            stage: Arc::clone(stage),
            office: number % stage.offices.len(),
            answers,
            tally: Tally::default(),
            book: book.clone(),
            until,
            lifecycles: 0,
        };
        playing.push(tokio::spawn(async move {
            let played = client.play().await;
            played.map(|()| (client.tally, client.lifecycles))
        }));
    }
    let (mut tally, mut lifecycles) = (Tally::default(), 0);
    for client in playing {
        let (own, count) = client.await.map_err(|error| error.to_string())??;
        tally.merge(&own);
        lifecycles += count;
    }
    let seconds = started.elapsed().as_secs_f64();
    let spent = before.zip(cpu()).map(|(before, after)| after - before);
    let memory_mib = watched.and_then(Watched::memory_mib);
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
        memory_mib,
        cpu_seconds: spent,
        one_process: own.is_some(),
    })
}

/// Registers a citizen for each client, a few at the same time, with the answers they will give.
async fn citizens(
    stage: &Arc<Stage>,
    target: &Arc<Target>,
    clients: usize,
    doors: &mut Tally,
) -> Result<Vec<(Browser, Json)>, String> {
    let seed = now().as_millisecond().unsigned_abs();
    let today = matters::dossier::day_of(now());
    let mut all = Vec::new();
    for first in (0..clients).step_by(REGISTERING) {
        let mut group = Vec::new();
        for number in first..clients.min(first + REGISTERING) {
            let (stage, target) = (Arc::clone(stage), Arc::clone(target));
            group.push(tokio::spawn(async move {
                let mut tally = Tally::default();
                let person = cast::citizen(seed, number, today);
                let from = cast::address(CITIZENS_FROM + number, &target);
                let mut browser = Browser::new(target, from);
                let registered = cast::register(&mut browser, &mut tally, &person).await;
                registered.map_err(|mishap| mishap.words().to_owned())?;
                let agency = &stage.offices[number % stage.offices.len()].agency;
                let answers = demo::answers(&stage.procedure.sample, &person, agency, today);
                Ok::<_, String>((browser, answers, tally))
            }));
        }
        for one in group {
            let (browser, answers, tally) = one.await.map_err(|error| error.to_string())??;
            doors.merge(&tally);
            all.push((browser, answers));
        }
    }
    Ok(all)
}

/// Addresses of citizens begin behind those of officers.
const CITIZENS_FROM: usize = 20_000;

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
