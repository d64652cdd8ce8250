//! A real streaming standby beside a real primary: what may be behind is asked of the standby, and
//! of the primary as soon as the standby is too far behind or gone. Nobody sees an error.
#![allow(clippy::unwrap_used)] // A test says where it broke; that is all it must do.
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use kernel::{Database, Settings, Statement, params, proof};

/// How far behind the standby may be here.
const LAG_MAX: Duration = Duration::from_millis(800);
/// After so long at the most the primary answers for it: the lag and the patience of the watch, and
/// as much again as a busy machine may need for both.
const NOTICED: Duration = Duration::from_secs(8);

/// A server of its own below a folder.
struct Server {
    port: u16,
    home: PathBuf,
}

impl Server {
    fn place(home: &Path, name: &str) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        let home = home.join(name);
        std::fs::create_dir_all(&home).unwrap();
        if is_root() {
            run(Command::new("chown").arg("postgres").arg(&home));
        }
        Self { port, home }
    }

    fn primary(home: &Path) -> Self {
        let server = Self::place(home, "primary");
        let new = [
            "-A",
            "trust",
            "-U",
            "dinh",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "-N",
        ];
        run(server
            .program("initdb")
            .args(new)
            .arg("-D")
            .arg(server.data()));
        server.start();
        server
    }

    /// Begins as a copy of the primary, and follows it.
    fn follow(&self, primary: &Self) {
        let port = primary.port.to_string();
        let from = [
            "-h",
            "127.0.0.1",
            "-p",
            &port,
            "-U",
            "dinh",
            "-R",
            "-N",
            "-c",
            "fast",
        ];
        run(self
            .program("pg_basebackup")
            .args(from)
            .arg("-D")
            .arg(self.data()));
        self.start();
    }

    fn start(&self) {
        let options = format!(
            "-p {} -k {} -c listen_addresses=127.0.0.1 -c shared_buffers=16MB -c wal_level=replica",
            self.port,
            self.home.display()
        );
        let log = self.home.join("log");
        let mut start = self.program("pg_ctl");
        start.args(["-w", "-t", "30", "start", "-o", &options, "-l"]);
        run(start.arg(log).arg("-D").arg(self.data()));
    }

    fn stop(&self) {
        let mut stop = self.program("pg_ctl");
        run(stop
            .args(["-m", "immediate", "-w", "stop", "-D"])
            .arg(self.data()));
    }

    fn url(&self) -> String {
        format!("postgres://dinh@127.0.0.1:{}/postgres", self.port)
    }

    fn data(&self) -> PathBuf {
        self.home.join("data")
    }

    /// A program of the distribution's package, as the user `postgres` where we are root.
    fn program(&self, name: &str) -> Command {
        let versions = std::fs::read_dir("/usr/lib/postgresql").unwrap().flatten();
        let bins = versions.map(|version| version.path().join("bin").join(name));
        let newest = bins.filter(|program| program.exists()).max().unwrap();
        let mut command = Command::new(if is_root() { "runuser" } else { "env" });
        if is_root() {
            command.args(["-u", "postgres", "--"]);
        }
        command.arg(newest).current_dir("/");
        command
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let mut stop = self.program("pg_ctl");
        let _ = quiet(
            stop.args(["-m", "immediate", "stop", "-D"])
                .arg(self.data()),
        )
        .status();
        let _ = std::fs::remove_dir_all(&self.home);
        // The folder of both goes with the second of them.
        let _ = self.home.parent().map(std::fs::remove_dir);
    }
}

fn is_root() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().any(|line| line.starts_with("Uid:\t0\t"))
}

/// A server inherits what its starter has: pipes would never end.
fn quiet(command: &mut Command) -> &mut Command {
    let command = command.stdin(Stdio::null()).stdout(Stdio::null());
    command.stderr(Stdio::null())
}

fn run(command: &mut Command) {
    let status = quiet(command).status().unwrap();
    assert!(status.success(), "{command:?}: {status}");
}

async fn ask(db: &Database, sql: &'static str) -> i64 {
    db.query(Statement::new(sql, vec![])).await.unwrap()[0].int(0)
}

const NEWEST: &str = "SELECT COALESCE(MAX(number), 0) FROM seen";

async fn see(db: &Database, number: i64) {
    let sql = "INSERT INTO seen (number) VALUES (?)";
    db.write(vec![Statement::new(sql, params![number])])
        .await
        .unwrap();
}

/// 1: a standby answered.
async fn who(db: &Database) -> i64 {
    ask(db, "SELECT CASE WHEN pg_is_in_recovery() THEN 1 ELSE 0 END").await
}

async fn until(db: &Database, answerer: i64) {
    let started = Instant::now();
    while who(db).await != answerer {
        assert!(
            started.elapsed() < Duration::from_secs(10),
            "{answerer} never answers"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_standby_answers_what_may_be_behind_while_it_is_near() {
    if std::env::var(proof::ONLY).as_deref() == Ok("sqlite") {
        return;
    }
    let home = std::env::temp_dir().join(format!("dinh-replica-{}", std::process::id()));
    let (primary, standby) = (Server::primary(&home), Server::place(&home, "standby"));
    let settings = Settings::default();
    let db = Database::open(&primary.url(), &settings).await.unwrap();
    let nearly = db.nearly();
    let table = Statement::new("CREATE TABLE seen (number BIGINT NOT NULL)", vec![]);
    db.write(vec![table]).await.unwrap();
    see(&db, 1).await;

    // It is not there yet when the program starts: nobody waits for it.
    db.add_replica(&standby.url(), LAG_MAX, &settings);
    assert_eq!(ask(&nearly, NEWEST).await, 1);
    assert_eq!(who(&nearly).await, 0);
    tokio::task::block_in_place(|| standby.follow(&primary));
    until(&nearly, 1).await;
    assert_eq!(
        who(&db).await,
        0,
        "what must not be behind is asked of the primary"
    );
    assert_eq!(ask(&nearly, NEWEST).await, 1);

    // It stands still: for a moment an old answer, then the primary's.
    let direct = Database::open(&standby.url(), &settings).await.unwrap();
    direct
        .query(Statement::new(
            "SELECT 1 FROM pg_wal_replay_pause()",
            vec![],
        ))
        .await
        .unwrap();
    see(&db, 2).await;
    assert_eq!(ask(&db, NEWEST).await, 2);
    let started = Instant::now();
    while ask(&nearly, NEWEST).await != 2 {
        assert!(started.elapsed() < NOTICED, "older than a read may be");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(who(&nearly).await, 0);
    direct
        .query(Statement::new(
            "SELECT 1 FROM pg_wal_replay_resume()",
            vec![],
        ))
        .await
        .unwrap();
    until(&nearly, 1).await;
    assert_eq!(ask(&nearly, NEWEST).await, 2);

    // It dies while many read: the primary answers each of them.
    direct.close().await;
    let reading = {
        let nearly = nearly.clone();
        tokio::spawn(async move {
            let started = Instant::now();
            while started.elapsed() < Duration::from_secs(2) {
                assert_eq!(ask(&nearly, NEWEST).await, 2);
            }
        })
    };
    tokio::task::block_in_place(|| standby.stop());
    reading.await.unwrap();
    assert_eq!(who(&nearly).await, 0);
    tokio::task::block_in_place(|| standby.start());
    until(&nearly, 1).await;
    db.close().await;
}

#[tokio::test]
async fn a_file_has_no_replica() {
    let url = proof::fresh_urls().await.remove(0);
    let db = Database::open(&url, &Settings::default()).await.unwrap();
    db.add_replica(
        "postgres://nobody@127.0.0.1:1/x",
        LAG_MAX,
        &Settings::default(),
    );
    assert_eq!(ask(&db.nearly(), "SELECT 7").await, 7);
}
