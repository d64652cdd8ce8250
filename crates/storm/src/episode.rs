//! An episode: a fresh house, writers, round after round a fault and the judge, and at the end the
//! long look: backup, restore, rebuild, every deadline, every notice, every page.
//!
//! Does not know: how a fault is thrown, what the judge looks at.
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

use sha2::{Digest, Sha256};

use crate::base::Engine;
use crate::book::Line;
use crate::fault::Fault;
use crate::house::House;
use crate::node::{Node, Program};
use crate::proxy::ready;
use crate::random::Random;
use crate::{digests, judge, pages, views};

/// Behind every deadline of the procedure that is played.
const BEHIND_ALL_MS: i64 = 60 * 24 * 3_600_000;
const HOUR_MS: i64 = 3_600_000;
/// Acknowledgements between two faults, at least.
const ACKNOWLEDGED: (u64, u64) = (6, 16);

/// What is played.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The binary.
    pub program: PathBuf,
    /// Which database, how many nodes.
    pub engine: Engine,
    /// Faults one after the other.
    pub rounds: u32,
    /// Where all chance comes from.
    pub seed: u64,
    /// Writers at the same time.
    pub clients: u32,
    /// These faults, in turn; empty: by chance, all that make sense.
    pub faults: Vec<Fault>,
    /// A folder of our own.
    pub home: PathBuf,
}

/// What came of it.
#[derive(Debug, Clone, Default)]
pub struct Told {
    /// Rounds that were judged.
    pub rounds: u32,
    /// How often each fault was thrown.
    pub thrown: BTreeMap<Fault, u32>,
    /// Acknowledgements of all writers.
    pub acknowledged: usize,
    /// Entries of the journal at the end.
    pub entries: usize,
    /// What the judge found; empty is what we want.
    pub findings: Vec<String>,
}

/// Plays it.
///
/// # Errors
/// When the stage could not be built: then nothing was tested.
pub async fn play(plan: &Plan) -> Result<Told, String> {
    let mut random = Random::new(plan.seed);
    let mut told = Told::default();
    let mut house = House::build(&plan.program, plan.engine, &plan.home, plan.clients).await?;
    house.start_load()?;
    house.wait_acknowledged(5).await?;
    for round in 1..=plan.rounds {
        let fault = chosen(plan, round, house.disk.mounted, &mut random);
        let outcome = round_of(&mut house, fault, &mut random).await;
        *told.thrown.entry(fault).or_default() += 1;
        told.rounds = round;
        let lines = house.book.lines()?.len();
        eprintln!(
            "  round {round}: {fault:?}, {lines} acknowledged, {}",
            word(&outcome)
        );
        if let Err(findings) = outcome {
            told.findings = findings;
            house.keep();
            return Ok(told);
        }
    }
    if let Err(findings) = long_look(&mut house, plan.seed).await {
        told.findings = findings;
        house.keep();
    }
    told.acknowledged = house.book.lines()?.len();
    told.entries = views::read(&house.base.direct).await?.entries.len();
    Ok(told)
}

fn chosen(plan: &Plan, round: u32, own_disk: bool, random: &mut Random) -> Fault {
    let standby = matches!(plan.engine, Engine::Postgres { standby: true, .. });
    if standby && round == plan.rounds.div_ceil(2) {
        return Fault::FailOver;
    }
    match plan.faults.len() {
        0 => *random.one(&Fault::of(plan.engine, own_disk)),
        count => plan.faults[(round as usize - 1) % count],
    }
}

fn word(outcome: &Result<(), Vec<String>>) -> String {
    match outcome {
        Ok(()) => "sound".to_owned(),
        Err(findings) => format!("{} FINDINGS", findings.len()),
    }
}

type Outcome = Result<(), Vec<String>>;

fn one(words: String) -> Vec<String> {
    vec![words]
}

fn none(findings: Vec<String>) -> Outcome {
    match findings.is_empty() {
        true => Ok(()),
        false => Err(findings),
    }
}

/// A fault in the middle of the load, calm, service again, and the judge while it goes on.
async fn round_of(house: &mut House, fault: Fault, random: &mut Random) -> Outcome {
    let named = |words: String| one(format!("{fault:?}: {words}"));
    fault.throw(house, random).await.map_err(named)?;
    house.calm().await.map_err(named)?;
    let more = random.between(ACKNOWLEDGED.0, ACKNOWLEDGED.1);
    let more = usize::try_from(more).unwrap_or(1);
    house.wait_acknowledged(more).await.map_err(named)?;
    house.wait_worked().await.map_err(named)?;
    let book = house.book.lines().map_err(one)?;
    let facts = views::read(&house.base.direct).await.map_err(one)?;
    none(judge::faults(&facts, &book, now()))
}

/// Everything that takes its time.
async fn long_look(house: &mut House, salt: u64) -> Outcome {
    let book = house.book.lines().map_err(one)?;
    let copy = restored(house).map_err(one)?;
    eprintln!("  a backup was restored while people worked");
    judged(&copy.url, &book).await?;
    rebuilt(&copy).map_err(one)?;
    house.stop_load();
    house.calm().await.map_err(one)?;
    house.settle(now()).await.map_err(one)?;
    let book = house.book.lines().map_err(one)?;
    judged(&house.base.direct, &book).await?;
    let door = std::net::SocketAddr::from(([127, 0, 0, 1], house.door.port));
    none(pages::faults(door, &book, salt).await)?;
    eprintln!("  every page shows what was told");
    let behind = now() + BEHIND_ALL_MS;
    put_ahead(house).await?;
    house.settle(behind).await.map_err(one)?;
    let facts = views::read(&house.base.direct).await.map_err(one)?;
    none(judge::faults(&facts, &book, behind + HOUR_MS))?;
    none(judge::faults_at_rest(&facts, behind))?;
    none(files(&facts, &house.program.data.join("files")))?;
    house.nodes.iter_mut().for_each(Node::kill_9);
    rebuilt(&house.program).map_err(one)?;
    eprintln!("  every deadline was heard once, views equal a rebuild");
    Ok(())
}

/// Every clock goes behind all deadlines. A house that guards itself waits, and says so, until its
/// operator says that the clock is right.
async fn put_ahead(house: &House) -> Outcome {
    let days = BEHIND_ALL_MS / 24 / HOUR_MS;
    eprintln!("  every clock is now {days} days ahead");
    for node in &house.nodes {
        node.weather.clock(BEHIND_ALL_MS);
    }
    if !house.program.offers("clock", "accept") {
        return Ok(());
    }
    for (number, node) in house.nodes.iter().enumerate() {
        if ready(node.address()).await {
            let words = format!("node {number} believes a clock that is {days} days ahead");
            return Err(one(words));
        }
    }
    eprintln!("  the house waits; its operator says that the clock is right");
    house.nodes[0]
        .run(&house.program, &["clock", "accept"])
        .map_err(one)
}

async fn judged(url: &str, book: &[Line]) -> Outcome {
    let facts = views::read(url).await.map_err(one)?;
    none(judge::faults(&facts, book, now()))
}

/// A backup made while people work, restored into an SQLite file of its own.
fn restored(house: &House) -> Result<Program, String> {
    let home = &house.program.home;
    let file = home.join("backup.tar");
    let path = file.display().to_string();
    said(&house.program, &["backup", &path])?;
    let data = home.join("copy");
    let copy = Program {
        url: format!("sqlite:{}", data.join("dinh.db").display()),
        data,
        ..house.program.clone()
    };
    let words = said(&copy, &["restore", &path])?;
    match words.contains("up to entry") {
        true => Ok(copy),
        false => Err(format!(
            "a restored copy does not say how far it reaches: {words}"
        )),
    }
}

/// Views equal what the journal gives when it is read again.
fn rebuilt(program: &Program) -> Result<(), String> {
    said(program, &["rebuild", "--check"]).map(|_| ())
}

fn said(program: &Program, arguments: &[&str]) -> Result<String, String> {
    let mut command = program.command(arguments);
    let output = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .output();
    let Output {
        status,
        stdout,
        stderr,
    } = output.map_err(|e| e.to_string())?;
    let words = String::from_utf8_lossy(&stdout).into_owned();
    match status.success() {
        true => Ok(words),
        false => Err(format!(
            "{arguments:?}: {words}{}",
            String::from_utf8_lossy(&stderr)
        )),
    }
}

/// Every file that an entry names is there, byte for byte.
fn files(facts: &views::Facts, folder: &Path) -> Vec<String> {
    let mut faults = Vec::new();
    for digest in digests::named(facts) {
        let path = folder.join(&digest[..2.min(digest.len())]).join(&digest);
        let Ok(bytes) = std::fs::read(&path) else {
            faults.push(format!("the file {digest} is not there"));
            continue;
        };
        let found = Sha256::digest(&bytes);
        let found: String = found.iter().map(|byte| format!("{byte:02x}")).collect();
        if found != digest {
            faults.push(format!("the file {digest} is not what was uploaded"));
        }
    }
    faults
}

/// Milliseconds since 1970 by the right clock.
#[must_use]
pub fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    })
}
