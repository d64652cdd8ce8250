//! A PostgreSQL server of our own from the distribution's package: started, stopped in the middle,
//! followed by a standby that can be promoted.
//!
//! Does not know: the program, its tables.
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::weather::Weather;

/// Small segments and little memory: the disk is small too. Durability is the distribution's own.
const SETTINGS: &str = "-c listen_addresses=127.0.0.1 -c max_connections=120 \
    -c shared_buffers=32MB -c max_wal_size=48MB -c min_wal_size=16MB -c wal_keep_size=32MB \
    -c wal_level=replica -c max_wal_senders=6 -c hot_standby=on -c restart_after_crash=on";

/// One server with its own data folder.
#[derive(Debug)]
pub struct Server {
    /// Where it listens.
    pub port: u16,
    /// The weather over it.
    pub weather: Weather,
    data: PathBuf,
    library: PathBuf,
    folder: PathBuf,
}

impl Server {
    /// Makes an empty database `storm` below `home` and starts the server.
    ///
    /// # Errors
    /// When PostgreSQL is not installed or does not start.
    pub fn new(home: &Path, name: &str, library: &Path) -> Result<Self, String> {
        let server = Self::place(home, name, library)?;
        let data = server.data.display().to_string();
        let init = [
            "-A",
            "trust",
            "-U",
            "dinh",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
        ];
        let mut command = server.command("initdb")?;
        run(command
            .arg("-D")
            .arg(&data)
            .args(init)
            .arg("--wal-segsize=1"))?;
        server.start()?;
        let port = server.port.to_string();
        let mut create = server.command("createdb")?;
        create.args(["-h", "127.0.0.1", "-p", &port, "-U", "dinh", "storm"]);
        run(&mut create)?;
        Ok(server)
    }

    /// A copy of the running `primary` that follows it.
    ///
    /// # Errors
    /// When it cannot be copied or started.
    pub fn standby_of(primary: &Self, home: &Path, name: &str) -> Result<Self, String> {
        let server = Self::place(home, name, &primary.library)?;
        server.follow(primary)?;
        Ok(server)
    }

    /// A port and an empty folder below `home`; nothing runs there yet.
    ///
    /// # Errors
    /// When there is no port or no folder.
    pub fn place(home: &Path, name: &str, library: &Path) -> Result<Self, String> {
        let free = TcpListener::bind("127.0.0.1:0").map_err(|e| e.to_string())?;
        let port = free.local_addr().map_err(|e| e.to_string())?.port();
        let folder = home.join(name);
        std::fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        if is_root() {
            run(Command::new("chown").arg("postgres").arg(&folder))?;
        }
        Ok(Self {
            port,
            weather: Weather::new(library.with_file_name(format!("weather-{name}")))?,
            data: folder.join("data"),
            library: library.to_owned(),
            folder,
        })
    }

    /// Begins as a copy of the running `primary`, and follows it.
    ///
    /// # Errors
    /// When it cannot be copied or started.
    pub fn follow(&self, primary: &Self) -> Result<(), String> {
        let (data, port) = (self.data.display().to_string(), primary.port.to_string());
        let mut copy = self.command("pg_basebackup")?;
        copy.args(["-h", "127.0.0.1", "-p", &port, "-U", "dinh", "-D", &data]);
        run(copy.args(["-R", "-X", "stream", "-c", "fast"]))?;
        self.start()
    }

    /// The address of its database; `port` may be that of a proxy before it.
    #[must_use]
    pub fn url(port: u16) -> String {
        format!("postgres://dinh@127.0.0.1:{port}/storm")
    }

    /// Starts it, and waits until it answers.
    ///
    /// # Errors
    /// When it does not.
    pub fn start(&self) -> Result<(), String> {
        let log = self.folder.join("log").display().to_string();
        let folder = self.folder.display();
        let options = format!("-p {} -k {folder} {SETTINGS}", self.port);
        let mut command = self.command("pg_ctl")?;
        command
            .arg("-D")
            .arg(&self.data)
            .args(["-l", &log, "-w", "-t", "30", "start"]);
        run(command.args(["-o", &options]))
    }

    /// As if its machine had lost power, but for the disk: nothing is finished, nothing flushed.
    ///
    /// # Errors
    /// When it was not running.
    pub fn stop_immediately(&self) -> Result<(), String> {
        let mut command = self.command("pg_ctl")?;
        run(command
            .arg("-D")
            .arg(&self.data)
            .args(["-m", "immediate", "-w", "stop"]))
    }

    /// Makes a standby the primary.
    ///
    /// # Errors
    /// When it is none.
    pub fn promote(&self) -> Result<(), String> {
        let mut command = self.command("pg_ctl")?;
        run(command.arg("-D").arg(&self.data).args(["-w", "promote"]))
    }

    /// Whether it runs and takes connections.
    #[must_use]
    pub fn answers(&self) -> bool {
        let port = self.port.to_string();
        let asked = self.command("pg_isready").map(|mut command| {
            run(command.args(["-q", "-h", "127.0.0.1", "-p", &port, "-t", "2"])).is_ok()
        });
        asked.unwrap_or(false)
    }

    /// Whether its main process is there.
    #[must_use]
    pub fn runs(&self) -> bool {
        let asked = self.command("pg_ctl");
        asked.is_ok_and(|mut command| run(command.arg("-D").arg(&self.data).arg("status")).is_ok())
    }

    /// A program of the package, as the user `postgres` where we are root, under our weather.
    fn command(&self, program: &str) -> Result<Command, String> {
        let program = bin()?.join(program);
        let mut command = match is_root() {
            true => {
                let mut command = Command::new("runuser");
                command.args(["-u", "postgres", "--", "env"]);
                command
            }
            false => Command::new("env"),
        };
        command.arg(format!("LD_PRELOAD={}", self.library.display()));
        command.arg(format!("STORM_WEATHER={}", self.weather.path.display()));
        command.arg(program).current_dir("/");
        Ok(command)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.stop_immediately();
    }
}

/// Whether this process may act for others.
#[must_use]
pub fn is_root() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().any(|line| line.starts_with("Uid:\t0\t"))
}

fn bin() -> Result<PathBuf, String> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").map_err(|e| e.to_string())?;
    let bins = versions.flatten().map(|version| version.path().join("bin"));
    let newest = bins.filter(|bin| bin.join("initdb").exists()).max();
    newest.ok_or_else(|| "PostgreSQL is not installed".to_owned())
}

fn run(command: &mut Command) -> Result<(), String> {
    // A server inherits what its starter has: pipes would never end.
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{command:?}: {status}")),
        Err(error) => Err(format!("{command:?}: {error}")),
    }
}
