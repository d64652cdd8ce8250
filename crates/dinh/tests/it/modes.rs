//! What the program writes is for the account that runs it, whatever that account's shell allows:
//! the journal, papers, what is unpacked beside them, and backups.
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A debug build on a busy machine is slow, not endless.
const PATIENCE: Duration = Duration::from_secs(120);

/// A folder of our own, open to everybody as `/tmp` is, and the program in it.
pub(crate) struct Stage {
    pub(crate) folder: PathBuf,
    pub(crate) port: u16,
    child: Option<Child>,
}

impl Stage {
    pub(crate) fn new(name: &str) -> Self {
        let name = format!("dinh-{name}-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).expect("a folder");
        let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = free.local_addr().expect("a port").port();
        Self {
            folder,
            port,
            child: None,
        }
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// The program, in a shell whose files everybody may read.
    pub(crate) fn command(&self, arguments: &str) -> Command {
        let program = env!("CARGO_BIN_EXE_dinh");
        let mut command = Command::new("sh");
        let data = self.data();
        let url = format!("sqlite:{}", data.join("dinh.db").display());
        command
            .args(["-c", &format!("umask 022; exec {program} {arguments}")])
            .env("DINH_DATABASE_URL", url)
            .env("DINH_FILES_FOLDER", data.join("files"))
            .env("DINH_FILES_RESERVE_MIB", "0")
            .env("DINH_LOG_LEVEL", "warn")
            .env("DINH_SERVER_LISTEN", "127.0.0.1:0")
            .stdin(Stdio::null());
        command
    }

    /// A demonstration with so many dossiers that serves.
    pub(crate) fn demonstrates(&mut self, dossiers: u32) {
        let (port, data) = (self.port, self.data());
        let asked = format!(
            "demo --dossiers {dossiers} --port {port} --data {}",
            data.display()
        );
        let mut command = self.command(&asked);
        let child = command.stdout(Stdio::null()).spawn();
        self.child = Some(child.expect("the program"));
        let address = std::net::SocketAddr::from(([127, 0, 0, 1], port));
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        let runtime = runtime.expect("a thread");
        let started = Instant::now();
        while !runtime.block_on(storm::proxy::ready(address)) {
            assert!(started.elapsed() < PATIENCE, "it does not serve");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// SIGKILL: nothing is flushed, nothing is carried into the database file.
    pub(crate) fn kill_9(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Whether it did what was asked, and what it said.
    pub(crate) fn said(&self, arguments: &str) -> (bool, String) {
        let output = self.command(arguments).output().expect("the program");
        let words = [output.stdout, output.stderr].concat();
        (
            output.status.success(),
            String::from_utf8_lossy(&words).into_owned(),
        )
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.kill_9();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// What somebody else may read or write below `path`.
fn open_to_others(path: &Path, found: &mut Vec<String>, count: &mut usize) {
    let about = std::fs::symlink_metadata(path).expect("it is there");
    *count += 1;
    let mode = about.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        found.push(format!("{} {mode:o}", path.display()));
    }
    if about.is_dir() {
        for entry in std::fs::read_dir(path).expect("a folder").flatten() {
            open_to_others(&entry.path(), found, count);
        }
    }
}

#[test]
fn nobody_else_may_read_what_the_program_writes() {
    let mut stage = Stage::new("modes");
    stage.demonstrates(4);
    let backup = stage.folder.join("backup.tar");
    let (well, words) = stage.said(&format!("backup {}", backup.display()));
    assert!(well, "{words}");
    let (mut found, mut count) = (Vec::new(), 0);
    for path in [&stage.data(), &backup] {
        open_to_others(path, &mut found, &mut count);
    }
    assert!(count > 20, "database, log, papers, content: {count}");
    assert!(stage.data().join("dinh.db-wal").exists() && stage.data().join("files").exists());
    assert!(found.is_empty(), "{}", found.join("\n"));
}
