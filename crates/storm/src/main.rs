//! `storm`: as many episodes as wanted against a built `dinh`, told line by line.
//!
//! Does not know: what happens in an episode.
use std::fs::File;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use storm::base::Engine;
use storm::episode::{self, Plan, Told};
use storm::house;

/// Throws faults at a house of its own and judges what is left. Needs Linux and a C compiler; for
/// the faults of a disk also the right to mount, for PostgreSQL the distribution's package.
#[derive(Parser)]
struct Asked {
    /// The binary, for example `target/release/dinh`.
    #[arg(long)]
    program: PathBuf,
    /// `sqlite` or `postgres`.
    #[arg(long, default_value = "sqlite")]
    engine: String,
    /// Fresh houses one after the other.
    #[arg(long, default_value_t = 10)]
    episodes: u64,
    /// Faults in each.
    #[arg(long, default_value_t = 20)]
    rounds: u32,
    /// Seed of the first episode; the next ones count up.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Nodes on PostgreSQL.
    #[arg(long, default_value_t = 2)]
    nodes: usize,
    /// A synchronous standby on PostgreSQL, promoted in the middle of each episode.
    #[arg(long)]
    standby: bool,
    /// Writers.
    #[arg(long, default_value_t = 4)]
    clients: u32,
    /// A line of JSON for each episode is added to this file.
    #[arg(long)]
    report: Option<PathBuf>,
    /// Where houses are built; those with findings are left standing.
    #[arg(long, default_value = "/tmp/storm")]
    folder: PathBuf,
}

fn main() -> ExitCode {
    let asked = Asked::parse();
    let runtime = tokio::runtime::Runtime::new().expect("threads");
    match runtime.block_on(run(&asked)) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(findings) => {
            eprintln!("{findings} episodes with findings");
            ExitCode::FAILURE
        }
        Err(words) => {
            eprintln!("{words}");
            ExitCode::FAILURE
        }
    }
}

async fn run(asked: &Asked) -> Result<u64, String> {
    let engine = match asked.engine.as_str() {
        "sqlite" => Engine::Sqlite,
        "postgres" => Engine::Postgres {
            nodes: asked.nodes,
            standby: asked.standby,
        },
        other => return Err(format!("{other}: sqlite or postgres")),
    };
    let mut bad = 0;
    for seed in asked.seed..asked.seed + asked.episodes {
        println!("seed {seed} on {}", asked.engine);
        let home = house::home(&asked.folder, &format!("{}-{seed}", asked.engine))?;
        let plan = Plan {
            program: asked.program.clone(),
            engine,
            rounds: asked.rounds,
            seed,
            clients: asked.clients,
            faults: Vec::new(),
            home: home.clone(),
        };
        let told = episode::play(&plan).await.unwrap_or_else(|words| Told {
            findings: vec![format!("the stage: {words}")],
            ..Told::default()
        });
        println!(
            "  {} rounds, {} acknowledged, {} entries, {} findings",
            told.rounds,
            told.acknowledged,
            told.entries,
            told.findings.len()
        );
        for finding in told.findings.iter().take(20) {
            println!("    {finding}");
        }
        note(asked, seed, &told)?;
        match told.findings.is_empty() {
            true => drop(std::fs::remove_dir_all(home)),
            false => bad += 1,
        }
    }
    Ok(bad)
}

fn note(asked: &Asked, seed: u64, told: &Told) -> Result<(), String> {
    let Some(path) = &asked.report else {
        return Ok(());
    };
    let thrown = told
        .thrown
        .iter()
        .map(|(fault, count)| (format!("{fault:?}"), *count));
    let thrown: std::collections::BTreeMap<String, u32> = thrown.collect();
    let line = serde_json::json!({
        "engine": asked.engine, "nodes": asked.nodes, "standby": asked.standby, "seed": seed,
        "rounds": told.rounds, "thrown": thrown, "acknowledged": told.acknowledged,
        "entries": told.entries, "findings": told.findings,
    });
    let file = File::options().create(true).append(true).open(path);
    let written = file.and_then(|mut file| writeln!(file, "{line}"));
    written.map_err(|error| format!("{}: {error}", path.display()))
}
