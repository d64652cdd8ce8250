//! The faults, and how each is thrown. All chance comes from the seed.
//!
//! Does not know: what the house makes of it, what is right and wrong.
use std::time::Duration;

use crate::base::Engine;
use crate::house::House;
use crate::random::Random;
use crate::weather::{NO_SPACE, READ_ONLY};

/// Longer than the five seconds after which a silent node's leases are free.
const BEYOND_A_LEASE_MS: (u64, u64) = (6_500, 8_000);
/// Up to here people stay signed in when the clock comes back.
const SMALL_JUMP_MS: (u64, u64) = (20_000, 540_000);
/// Hours and days, which the program believes: a clock that was wrong when the machine started.
const LARGE_JUMP_MS: (u64, u64) = (3_600_000, 4 * DAY_MS);
/// Weeks, which it does not believe when they lie ahead, even after the largest that it believed.
const HUGE_JUMP_MS: (u64, u64) = (20 * DAY_MS, 34 * DAY_MS);
/// Behind most deadlines of the procedure that is played.
const LEAP_MS: i64 = 40 * 24 * 3_600_000;
const DAY_MS: u64 = 24 * 3_600_000;

/// What can go wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// kill -9 of a node.
    Kill,
    /// All nodes at once.
    KillAll,
    /// Of the files only what was synced is left (SQLite).
    PowerCut,
    /// No room on the disk for a while.
    FullDisk,
    /// Every write is answered "no space left" for a while.
    NoSpace,
    /// Every write is answered "read-only file system" for a while.
    ReadOnly,
    /// The file system is read-only when the program (or PostgreSQL) starts.
    ReadOnlyAtStart,
    /// The clock of a node jumps and comes back.
    ClockJump,
    /// The clock of a running node is forty days ahead for some seconds.
    ClockLeap,
    /// The clock is far off when a node starts, and right when it starts again.
    WrongClockAtStart,
    /// A node is paused for a moment.
    Pause,
    /// A node is paused beyond its lease and wakes up believing that it leads.
    TwoLeaders,
    /// Immediate stop of PostgreSQL, then a start.
    StopDatabase,
    /// Every piece between program and database is late.
    SlowNetwork,
    /// Lines between program and database stay open and say nothing.
    SilentNetwork,
    /// All lines between program and database break, several times.
    CutNetwork,
    /// The primary dies, the standby is promoted.
    FailOver,
}

const EVERYWHERE: [Fault; 9] = [
    Fault::Kill,
    Fault::FullDisk,
    Fault::NoSpace,
    Fault::ReadOnly,
    Fault::ReadOnlyAtStart,
    Fault::ClockJump,
    Fault::ClockLeap,
    Fault::WrongClockAtStart,
    Fault::Pause,
];
const ON_POSTGRES: [Fault; 6] = [
    Fault::KillAll,
    Fault::TwoLeaders,
    Fault::StopDatabase,
    Fault::SlowNetwork,
    Fault::SilentNetwork,
    Fault::CutNetwork,
];

impl Fault {
    /// Those that make sense for this database.
    #[must_use]
    pub fn of(engine: Engine, own_disk: bool) -> Vec<Self> {
        let mut all = EVERYWHERE.to_vec();
        match engine {
            Engine::Sqlite => all.extend([Self::PowerCut, Self::PowerCut, Self::Kill]),
            Engine::Postgres { .. } => all.extend(ON_POSTGRES),
        }
        let needs_disk = [Self::FullDisk, Self::ReadOnlyAtStart];
        all.retain(|fault| own_disk || !needs_disk.contains(fault));
        all
    }

    /// Throws it. The house is still in bad weather afterwards; [`House::calm`] ends that.
    ///
    /// # Errors
    /// When it could not be thrown: then the round says nothing.
    pub async fn throw(self, house: &mut House, random: &mut Random) -> Result<(), String> {
        wait(random, (0, 600)).await;
        let count = house.nodes.len() as u64;
        let node = usize::try_from(random.between(0, count)).unwrap_or(0);
        match self {
            Self::Kill => {
                house.nodes[node].kill_9();
                wait(random, (0, 700)).await;
            }
            Self::KillAll => house.nodes.iter_mut().for_each(crate::node::Node::kill_9),
            Self::PowerCut => house.power_cut()?,
            Self::FullDisk => {
                let filler = house.disk.fill();
                wait(random, (700, 2_500)).await;
                drop(filler);
            }
            Self::NoSpace => writes_fail(house, random, NO_SPACE).await,
            Self::ReadOnly => writes_fail(house, random, READ_ONLY).await,
            Self::ReadOnlyAtStart => read_only_at_start(house, random).await?,
            Self::ClockJump => {
                let ms = signed(random, SMALL_JUMP_MS);
                clock_is_off(house, node, ms);
                wait(random, (500, 3_000)).await;
            }
            Self::ClockLeap => leap(house, random, node).await?,
            Self::WrongClockAtStart => wrong_clock(house, random, node).await?,
            Self::Pause => paused(house, random, node, (300, 2_000)).await,
            Self::TwoLeaders => paused(house, random, node, BEYOND_A_LEASE_MS).await,
            Self::StopDatabase => stop_database(house, random).await?,
            Self::SlowNetwork => {
                let ms = random.between(10, 120);
                house.base.lines.iter().for_each(|line| line.delay(ms));
                wait(random, (1_000, 3_000)).await;
            }
            Self::SilentNetwork => {
                house.base.lines.iter().for_each(|line| line.silence(true));
                wait(random, (500, 7_000)).await;
            }
            Self::CutNetwork => {
                for _ in 0..random.between(1, 6) {
                    house.base.lines.iter().for_each(crate::proxy::Proxy::cut);
                    wait(random, (20, 400)).await;
                }
            }
            Self::FailOver => house.base.fail_over().await?,
        }
        Ok(())
    }
}

async fn wait(random: &mut Random, bounds: (u64, u64)) {
    let ms = random.between(bounds.0, bounds.1);
    tokio::time::sleep(Duration::from_millis(ms)).await;
}

fn signed(random: &mut Random, bounds: (u64, u64)) -> i64 {
    let ms = i64::try_from(random.between(bounds.0, bounds.1)).unwrap_or(0);
    *random.one(&[ms, -ms])
}

/// Where the database writes: in the program itself on SQLite.
async fn writes_fail(house: &House, random: &mut Random, errno: i64) {
    match &house.base.primary {
        Some(server) => server.weather.writes_fail(errno),
        None => house.nodes[0].weather.writes_fail(errno),
    }
    wait(random, (300, 2_500)).await;
}

async fn paused(house: &House, random: &mut Random, node: usize, bounds: (u64, u64)) {
    house.nodes[node].signal("STOP");
    wait(random, bounds).await;
    house.nodes[node].signal("CONT");
    // Two that lead, for a while.
    wait(random, (200, 1_500)).await;
}

async fn stop_database(house: &House, random: &mut Random) -> Result<(), String> {
    let Some(server) = &house.base.primary else {
        return Err("there is no server to stop".into());
    };
    server.stop_immediately()?;
    wait(random, (0, 2_000)).await;
    server.start()
}

/// A remount is refused while files are open, so whoever writes ends first.
async fn read_only_at_start(house: &mut House, random: &mut Random) -> Result<(), String> {
    match &house.base.primary {
        Some(server) => server.stop_immediately()?,
        None => house.nodes[0].kill_9(),
    }
    if !house.disk.remount("ro") {
        return Ok(());
    }
    match &house.base.primary {
        Some(server) => drop(server.start()),
        None => house.start_all()?,
    }
    wait(random, (500, 2_000)).await;
    if house.base.primary.is_none() {
        house.nodes[0].kill_9();
    }
    match house.disk.remount("rw") {
        true => Ok(()),
        false => Err("the disk stays read-only".into()),
    }
}

/// Says so: what the house then makes of time is this fault's doing.
fn clock_is_off(house: &House, node: usize, ms: i64) {
    let hours = ms / 3_600_000;
    eprintln!("  the clock of node {node} is now off by {ms} ms ({hours} hours)");
    house.nodes[node].weather.clock(ms);
}

/// Deadlines seem to have passed while people work. Writers sign in during the leap: sessions of
/// before rest in it.
async fn leap(house: &mut House, random: &mut Random, node: usize) -> Result<(), String> {
    house.stop_load();
    clock_is_off(house, node, LEAP_MS);
    house.start_load()?;
    wait(random, (4_000, 8_000)).await;
    house.stop_load();
    clock_is_off(house, node, 0);
    house.start_load()
}

/// Leases, timers and codes of another day; then everything ends, and begins at the right time.
async fn wrong_clock(house: &mut House, random: &mut Random, node: usize) -> Result<(), String> {
    house.stop_load();
    house.nodes.iter_mut().for_each(crate::node::Node::kill_9);
    let far = *random.one(&[LARGE_JUMP_MS, HUGE_JUMP_MS]);
    let ms = signed(random, far);
    clock_is_off(house, node, ms);
    let program = house.program.clone();
    house.nodes[node].start(&program, &["serve"])?;
    house.start_load()?;
    wait(random, (4_000, 7_000)).await;
    house.stop_load();
    house.nodes[node].kill_9();
    clock_is_off(house, node, 0);
    house.start_load()
}
