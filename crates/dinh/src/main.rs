//! The door of the building: what can be asked of the program on the command line.
mod backup;
mod check;
mod clock;
mod content;
mod demo;
mod due;
mod floorplan;
mod health;
mod house;
mod load;
mod observe;
mod officer;
mod rebuild;
mod serve;
mod sessions;
mod settings;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use rustix::fs::Mode;

use crate::house::House;
use crate::settings::Settings;

/// A request is hundreds of small allocations, freed by another thread as often as not: with the C
/// library's allocator lifecycles cost 36 % more processor time and three times the memory
/// (docs/performance.md).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Đình: a digital local government in one program.
#[derive(Parser)]
#[command(name = "dinh", version, about)]
struct Cli {
    /// A settings file that overrides the defaults (`dinh.default.toml` shows them all).
    #[arg(long, env = "DINH_SETTINGS", global = true)]
    settings: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Checks a content folder: every fault with its file and line; runs the stories, draws the
    /// steps.
    Check {
        /// The folder.
        #[arg(default_value = "content")]
        folder: PathBuf,
        /// Draws each procedure's steps as SVG into this folder.
        #[arg(long)]
        drawings: Option<PathBuf>,
    },
    /// The whole house on a fresh database with a small believable world, to try it out.
    Demo(demo::Asked),
    /// Serves pages, and works in the background in the same process.
    Serve,
    /// Only works in the background: timers, reactions, the log order.
    Work,
    /// Brings the database's tables up to this program.
    Migrate,
    /// Plays whole lifecycles over HTTP with many people, and checks that nothing is lost.
    Load(load::Asked),
    /// Rebuilds every view from the journal.
    Rebuild(rebuild::Asked),
    /// Writes everything into one file, while people work: journal, views, accounts, uploads.
    Backup(backup::Make),
    /// Brings a backup back into an empty database and folder, or only checks it.
    Restore(backup::Bring),
    /// Accounts of officers: lists, makes, closes and opens them, prints one-time codes. For the
    /// first administrator of a fresh house.
    #[command(subcommand)]
    Officer(officer::Asked),
    /// Says whether the clock of this machine is believed, or that it is right (`accept`).
    Clock(clock::Asked),
    /// Gives up what stands behind the damage of SQLite's log, where a start is refused because of
    /// it: see what it says there first.
    DropDamagedLog,
    /// Says when something received at a moment is due, and why.
    Due(due::Asked),
}

fn main() -> ExitCode {
    // What the program writes is for the account that runs it: people's papers, their data.
    rustix::process::umask(Mode::RWXG | Mode::RWXO);
    let cli = Cli::parse();
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> Result<(), String> {
    let mut settings = read_settings(cli.settings.as_deref())?;
    if matches!(cli.command, Command::Load(_)) {
        load::quieten(&mut settings);
    }
    observe::start_logs(&settings);
    match cli.command {
        Command::Due(asked) => due::print(&asked, &settings),
        Command::Check { folder, drawings } => check::print(&folder, drawings.as_deref()),
        other => start(async move { later(other, settings).await }),
    }
}

/// What needs the asynchronous machinery.
async fn later(command: Command, settings: Settings) -> Result<(), String> {
    match command {
        Command::Serve => {
            let listen = settings.listen;
            let listener = tokio::net::TcpListener::bind(listen).await;
            let listener = listener.map_err(|error| format!("{listen}: {error}"))?;
            let house = House::open(settings).await?;
            tracing::info!(%listen, "serving");
            serve::serve(house, listener, serve::stop_on_signal()).await
        }
        Command::Work => serve::work(House::open(settings).await?, serve::stop_on_signal()).await,
        Command::Demo(asked) => demo::run(asked, settings).await,
        Command::Load(asked) => load::run(asked, settings).await,
        Command::Migrate => house::open_database(&settings).await.map(|_| ()),
        Command::Rebuild(asked) => rebuild::run(&asked, settings).await,
        Command::Backup(asked) => backup::make(&asked, &settings).await,
        Command::Restore(asked) => backup::bring(&asked, &settings).await,
        Command::Officer(asked) => officer::run(asked, settings).await,
        Command::DropDamagedLog => house::drop_damaged_log(&settings),
        Command::Clock(asked) => clock::run(&asked, &settings).await,
        Command::Due(_) | Command::Check { .. } => Ok(()),
    }
}

fn start(work: impl Future<Output = Result<(), String>>) -> Result<(), String> {
    tokio::runtime::Runtime::new()
        .map_err(|error| error.to_string())?
        .block_on(work)
}

fn read_settings(file: Option<&Path>) -> Result<Settings, String> {
    let text = match file {
        Some(path) => {
            let text = std::fs::read_to_string(path);
            Some(text.map_err(|error| format!("{}: {error}", path.display()))?)
        }
        None => None,
    };
    let name = file
        .map(|path| path.display().to_string())
        .unwrap_or_default();
    let file = text.as_deref().map(|text| (&*name, text));
    Settings::read(file, std::env::vars()).map_err(|refused| refused.to_string())
}
