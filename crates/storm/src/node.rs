//! One process of the program: started, killed, paused, in its own weather.
//!
//! Does not know: why.
use std::fs::File;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::weather::Weather;

/// What all processes of one house share.
#[derive(Debug, Clone)]
pub struct Program {
    /// The binary.
    pub path: PathBuf,
    /// The database's address.
    pub url: String,
    /// The folder on the small disk.
    pub data: PathBuf,
    /// Our own folder, outside of the system.
    pub home: PathBuf,
    /// The weather's library.
    pub library: PathBuf,
}

impl Program {
    /// A command with the settings of the house.
    #[must_use]
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.path);
        let log = File::options()
            .create(true)
            .append(true)
            .open(self.home.join("program.log"));
        let stderr = log.map_or(Stdio::null(), Stdio::from);
        command
            .args(arguments)
            .env("DINH_DATABASE_URL", &self.url)
            .env("DINH_FILES_FOLDER", self.data.join("files"))
            .env("DINH_IDENTITY_SECOND_STEP", "when-enrolled")
            .env("DINH_LOG_LEVEL", "warn")
            .env("DINH_SERVER_SHUTDOWN_SECONDS", "2")
            // Of a small disk, little: files are taken until it is full.
            .env("DINH_FILES_RESERVE_MIB", "16")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(stderr);
        command
    }

    /// Whether a command of this binary knows an option: an older one may not.
    #[must_use]
    pub fn offers(&self, command: &str, option: &str) -> bool {
        let asked = Command::new(&self.path).args([command, "--help"]).output();
        asked.is_ok_and(|told| String::from_utf8_lossy(&told.stdout).contains(option))
    }
}

/// A process that serves pages and works.
#[derive(Debug)]
pub struct Node {
    /// Where it listens.
    pub port: u16,
    /// The weather over it.
    pub weather: Weather,
    child: Option<Child>,
}

impl Node {
    /// A place for one; nothing runs yet.
    ///
    /// # Errors
    /// When no port is free.
    pub fn new(home: &Path, number: usize) -> Result<Self, String> {
        let free = TcpListener::bind("127.0.0.1:0").map_err(|e| e.to_string())?;
        Ok(Self {
            port: free.local_addr().map_err(|e| e.to_string())?.port(),
            weather: Weather::new(home.join(format!("weather-node-{number}")))?,
            child: None,
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], self.port))
    }

    /// Starts it; `shadow` keeps what it syncs.
    ///
    /// # Errors
    /// When the binary is not there.
    pub fn start(&mut self, program: &Program, arguments: &[&str]) -> Result<(), String> {
        let mut command = program.command(arguments);
        command
            .env("DINH_SERVER_LISTEN", self.address().to_string())
            .env("LD_PRELOAD", &program.library)
            .env("STORM_WEATHER", &self.weather.path);
        if program.url.starts_with("sqlite:") {
            command
                .env("STORM_DATA", &program.data)
                .env("STORM_SHADOW", program.home.join("shadow"));
        }
        let child = command.spawn();
        self.child = Some(child.map_err(|e| format!("{}: {e}", program.path.display()))?);
        Ok(())
    }

    /// Runs another command of the program in the same weather.
    ///
    /// # Errors
    /// What it said, when it fails.
    pub fn run(&self, program: &Program, arguments: &[&str]) -> Result<(), String> {
        let mut command = program.command(arguments);
        command
            .env("LD_PRELOAD", &program.library)
            .env("STORM_WEATHER", &self.weather.path);
        let output = command.stderr(Stdio::piped()).output();
        let output = output.map_err(|e| format!("{}: {e}", program.path.display()))?;
        let words = String::from_utf8_lossy(&output.stderr);
        match output.status.success() {
            true => Ok(()),
            false => Err(format!("{arguments:?}: {words}")),
        }
    }

    /// Whether the process is there.
    pub fn runs(&mut self) -> bool {
        let child = self.child.as_mut();
        child.is_some_and(|child| matches!(child.try_wait(), Ok(None)))
    }

    /// SIGKILL: no handler runs, nothing is flushed.
    pub fn kill_9(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// SIGSTOP and SIGCONT: it sleeps without knowing, and wakes believing that no time passed.
    pub fn signal(&self, name: &str) {
        if let Some(child) = &self.child {
            let mut kill = Command::new("kill");
            let _ = kill
                .arg(format!("-{name}"))
                .arg(child.id().to_string())
                .status();
        }
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.kill_9();
    }
}
