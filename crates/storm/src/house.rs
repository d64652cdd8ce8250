//! One installation in a storm: a small disk, a database, nodes behind a door, writers that note
//! what they were told, and how all of it is brought back to calm weather.
//!
//! Does not know: which fault comes next, what is right and wrong.
use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::{Duration, Instant};

use crate::base::{Base, Engine, base};
use crate::book::Book;
use crate::disk::Disk;
use crate::node::{Node, Program};
use crate::proxy::{Proxy, ready};
use crate::views;
use crate::weather;

/// Nothing waits for ever: a debug build on a busy machine is slow, not endless.
pub const PATIENCE: Duration = Duration::from_secs(120);
/// How long a house in calm weather may take to serve and to place entries again.
pub const RETURNS_WITHIN: Duration = Duration::from_secs(90);
/// How often something that is waited for is looked at.
const LOOK: Duration = Duration::from_millis(50);
/// Where writers can leave pages out, ours look at every page as people do.
const WHOLE_PAGES: [&str; 2] = ["--play", "pages"];
/// Longer than any episode; the writers are ended by us.
const LOAD_SECONDS: &str = "86000";

/// The installation. Fields are dropped in this order: processes first, the disk last.
#[derive(Debug)]
pub struct House {
    /// The processes.
    pub nodes: Vec<Node>,
    /// The writers.
    load: Option<Child>,
    /// What people connect to.
    pub door: Proxy,
    /// The database.
    pub base: Base,
    /// What all processes share.
    pub program: Program,
    /// What the writers were told.
    pub book: Book,
    /// The small disk.
    pub disk: Disk,
    clients: u32,
}

impl Drop for House {
    fn drop(&mut self) {
        self.stop_load();
    }
}

impl House {
    /// Builds one below `home`, which is ours alone, with a world of officers in it, and opens it.
    ///
    /// # Errors
    /// A sentence that says what could not be started.
    pub async fn build(
        program: &Path,
        engine: Engine,
        home: &Path,
        clients: u32,
    ) -> Result<Self, String> {
        std::fs::create_dir_all(home).map_err(|e| format!("{}: {e}", home.display()))?;
        let library = weather::library(home)?;
        let disk = Disk::new(home.join("disk"))?;
        let data = disk.folder.join("data");
        std::fs::create_dir_all(&data).map_err(|e| format!("{}: {e}", data.display()))?;
        let (base, url) = base(engine, &disk.folder, &data, &library).await?;
        let program = Program {
            path: program.to_owned(),
            url,
            data,
            home: home.to_owned(),
            library,
        };
        let count = match engine {
            Engine::Sqlite => 1,
            Engine::Postgres { nodes, .. } => nodes,
        };
        let nodes: Result<Vec<Node>, _> = (0..count).map(|n| Node::new(home, n)).collect();
        let nodes = nodes?;
        let ports: Vec<u16> = nodes.iter().map(|node| node.port).collect();
        let mut house = Self {
            nodes,
            load: None,
            door: Proxy::balancing(&ports).await?,
            base,
            program,
            book: Book::default(),
            disk,
            clients,
        };
        house.settle_world().await?;
        house.start_all()?;
        house.wait_ready().await?;
        Ok(house)
    }

    /// Officers and citizens, then the demonstration is killed: a first crash for nothing.
    async fn settle_world(&mut self) -> Result<(), String> {
        let (port, data) = (self.nodes[0].port.to_string(), self.program.data.clone());
        let data = data.display().to_string();
        let demo = ["demo", "--dossiers", "0", "--port", &port, "--data", &data];
        self.nodes[0].start(&self.program, &demo)?;
        let address = self.nodes[0].address();
        let started = Instant::now();
        while !ready(address).await {
            self.patient("the demonstration", started)?;
            tokio::time::sleep(LOOK).await;
        }
        self.nodes[0].kill_9();
        Ok(())
    }

    fn patient(&self, what: &str, since: Instant) -> Result<(), String> {
        match since.elapsed() < PATIENCE {
            true => Ok(()),
            false => Err(format!("waited for {what} for ever")),
        }
    }

    /// Starts what does not run, as the machine's service manager would.
    ///
    /// # Errors
    /// When the program is not there.
    pub fn start_all(&mut self) -> Result<(), String> {
        for node in &mut self.nodes {
            if !node.runs() {
                node.start(&self.program, &["serve"])?;
            }
        }
        Ok(())
    }

    async fn wait_ready(&mut self) -> Result<(), String> {
        let started = Instant::now();
        loop {
            let mut all = true;
            for node in &self.nodes {
                all &= ready(node.address()).await;
            }
            if all {
                return Ok(());
            }
            if started.elapsed() > RETURNS_WITHIN {
                return Err("service did not return: a node is not ready".into());
            }
            // One that ended itself is started again.
            self.start_all()?;
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Writers, with a book of their own.
    ///
    /// # Errors
    /// When the program is not there.
    pub fn start_load(&mut self) -> Result<(), String> {
        self.stop_load();
        let book = self.book.open(&self.program.home).display().to_string();
        let url = format!("http://127.0.0.1:{}", self.door.port);
        let clients = self.clients.to_string();
        let seconds = ["--seconds", LOAD_SECONDS, "--acknowledged", &book];
        let mut command = self.program.command(&["load", &url, "--clients", &clients]);
        if self.program.offers("load", WHOLE_PAGES[0]) {
            command.args(WHOLE_PAGES);
        }
        let child = command.args(seconds).spawn().map_err(|e| e.to_string())?;
        self.load = Some(child);
        Ok(())
    }

    /// Ends the writers in the middle of a word.
    pub fn stop_load(&mut self) {
        if let Some(mut child) = self.load.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    fn load_runs(&mut self) -> bool {
        let load = self.load.as_mut();
        load.is_some_and(|child| matches!(child.try_wait(), Ok(None)))
    }

    /// Calm weather: everything that is our doing ends, what had ended by itself is started again,
    /// and the house must then come back without help.
    ///
    /// # Errors
    /// When it does not.
    pub async fn calm(&mut self) -> Result<(), String> {
        for node in &self.nodes {
            node.weather.clock(0);
            node.weather.writes_fail(0);
            node.signal("CONT");
        }
        for line in &self.base.lines {
            line.delay(0);
            line.silence(false);
        }
        // A synchronous standby that is down keeps every commit waiting, as it should.
        for server in [&self.base.primary, &self.base.standby]
            .into_iter()
            .flatten()
        {
            server.weather.writes_fail(0);
            let started = Instant::now();
            while !server.answers() {
                if !server.runs() {
                    let _ = server.start();
                }
                self.patient("PostgreSQL", started)?;
                tokio::time::sleep(LOOK).await;
            }
        }
        self.start_all()?;
        self.wait_ready().await
    }

    /// Waits until so many more acknowledgements came. Writers whose sign-ins did not survive are
    /// replaced once.
    ///
    /// # Errors
    /// When none come: the service did not return.
    pub async fn wait_acknowledged(&mut self, more: usize) -> Result<(), String> {
        let wanted = self.book.lines()?.len() + more;
        let mut replaced = false;
        let mut started = Instant::now();
        while self.book.lines()?.len() < wanted {
            // New writers first sign in, which is slow on purpose.
            let limit = match self.book.begun() {
                true => RETURNS_WITHIN,
                false => PATIENCE,
            };
            let late = started.elapsed() > limit;
            if !replaced && (late || !self.load_runs()) {
                self.start_load()?;
                replaced = true;
                started = Instant::now();
            } else if late && self.load_runs() {
                return Err("service did not return: nothing is acknowledged".into());
            } else if !self.load_runs() {
                self.patient("writers that sign in", started)?;
                self.start_load()?;
            }
            tokio::time::sleep(LOOK).await;
        }
        Ok(())
    }

    /// Waits until what is in the journal now has its place and was read by every reader: the
    /// background works again too. Others go on writing.
    ///
    /// # Errors
    /// When that does not happen.
    pub async fn wait_worked(&self) -> Result<(), String> {
        let (wanted, _) = views::progress(&self.base.direct).await?;
        let started = Instant::now();
        loop {
            let (_, done) = views::progress(&self.base.direct).await?;
            if done >= wanted {
                return Ok(());
            }
            if started.elapsed() > RETURNS_WITHIN {
                return Err(format!("the background stands still at {done} of {wanted}"));
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Waits until every entry has its place, every reader has read it and every timer up to `now`
    /// was heard. Nobody writes meanwhile.
    ///
    /// # Errors
    /// When that does not happen.
    pub async fn settle(&self, now: i64) -> Result<(), String> {
        let started = Instant::now();
        loop {
            let left = views::unsettled(&self.base.direct, now).await?;
            if left == (0, 0, 0) {
                return Ok(());
            }
            if started.elapsed() > RETURNS_WITHIN {
                let (unplaced, readers, timers) = left;
                return Err(format!(
                    "not settled: {unplaced} entries without a place, {readers} readers behind, \
                     {timers} timers not heard"
                ));
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// The power goes: processes end, and of the files only what was synced is left.
    ///
    /// # Errors
    /// When the shadow cannot be copied.
    pub fn power_cut(&mut self) -> Result<(), String> {
        self.nodes.iter_mut().for_each(Node::kill_9);
        let data = &self.program.data;
        let shadow = self.program.home.join("shadow");
        std::fs::remove_dir_all(data).map_err(|e| format!("{}: {e}", data.display()))?;
        copy(&shadow, data).map_err(|e| format!("{}: {e}", shadow.display()))
    }
}

impl House {
    /// What is on the small disk, kept for whoever looks into a finding.
    pub fn keep(&mut self) {
        self.stop_load();
        self.nodes.iter_mut().for_each(Node::kill_9);
        let _ = copy(&self.disk.folder, &self.program.home.join("kept"));
    }
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let path = entry?.path();
        let Some(name) = path.file_name() else {
            continue;
        };
        let target = to.join(name);
        if path.is_dir() {
            copy(&path, &target)?;
        } else if path.extension().is_none_or(|extension| extension != "part") {
            std::fs::copy(&path, &target)?;
        }
    }
    Ok(())
}

/// A folder of our own below `parent`.
///
/// # Errors
/// When it cannot be made.
pub fn home(parent: &Path, name: &str) -> Result<PathBuf, String> {
    let home = parent.join(name);
    let _ = std::fs::remove_dir_all(&home);
    std::fs::create_dir_all(&home).map_err(|e| format!("{}: {e}", home.display()))?;
    Ok(home)
}
