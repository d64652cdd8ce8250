//! What the program's figures are held against, in the same run on the same machine: the least
//! that an honest durable service costs, and the most that SQLite gives. And the plots of what was
//! measured. `bench/run` and `bench/grow` call it.
//! Does not know: anything of the house.
mod pages;
mod play;
mod plot;
mod storage;
mod views;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Parser, Subcommand};

/// Yardsticks: each writes one line of JSON.
#[derive(Parser)]
struct Asked {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// SQLite alone: an entry of one KiB and a changed row, so many in one transaction.
    Storage {
        /// Where its file is made, and removed.
        folder: PathBuf,
        /// Entries in one transaction.
        #[arg(long, default_value_t = 64)]
        group: u32,
        /// How long.
        #[arg(long, default_value_t = 5)]
        seconds: u64,
    },
    /// A bare service over PostgreSQL: takes JSON, writes two rows, answers when they are durable.
    Serve {
        /// `postgres://USER@HOST/NAME`; its tables are made.
        database: String,
        /// Where it listens.
        #[arg(long, default_value = "127.0.0.1:8198")]
        listen: SocketAddr,
    },
    /// Plays with that service.
    Play {
        /// Where it listens.
        #[arg(default_value = "127.0.0.1:8198")]
        server: SocketAddr,
        /// Connections.
        #[arg(long, default_value_t = 64)]
        clients: usize,
        /// How long.
        #[arg(long, default_value_t = 5)]
        seconds: u64,
    },
    /// Draws rate and p95 against dossiers and clients from lines of JSON.
    Plot {
        /// What `bench/grow` wrote.
        lines: PathBuf,
        /// Where the pictures go.
        folder: PathBuf,
    },
}

#[tokio::main]
async fn main() {
    let done = match Asked::parse().what {
        What::Storage {
            folder,
            group,
            seconds,
        } => storage::measure(&folder, group, seconds),
        What::Serve { database, listen } => pages::serve(&database, listen).await,
        What::Play {
            server,
            clients,
            seconds,
        } => play::measure(server, clients, seconds).await,
        What::Plot { lines, folder } => plot::draw(&lines, &folder),
    };
    if let Err(words) = done {
        eprintln!("{words}");
        std::process::exit(1);
    }
}
