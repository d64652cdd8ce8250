//! The door of the building: what can be asked of the program on the command line.
mod check;
mod content;
mod due;
mod observe;
mod settings;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::settings::Settings;

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
    /// Checks a content folder: every fault with its file and line; runs the stories, draws the steps.
    Check {
        /// The folder.
        #[arg(default_value = "content")]
        folder: PathBuf,
    },
    /// Says when something received at a moment is due, and why.
    Due(due::Asked),
}

fn main() -> ExitCode {
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
    let settings = read_settings(cli.settings.as_deref())?;
    observe::start_logs(&settings);
    match cli.command {
        Command::Due(asked) => due::print(&asked, &settings),
        Command::Check { folder } => check::print(&folder),
    }
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
