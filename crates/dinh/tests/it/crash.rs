//! `kill -9` in the middle of the load, again and again: whatever was acknowledged is there exactly
//! once.
//!
//! The writers are `dinh load` in a process of its own: it writes every acknowledgement into a file
//! before it goes on, sends forms again whose answer never came, and looks every dossier up at the
//! end. The checker knows nothing of the rooms' code: it reads the tables of the journal and asks
//! `dinh rebuild --check`.
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use kernel::{Database, Row, Settings, Statement};

/// Where the moments of the kills come from: the same in every run.
const SEED: u64 = 0x00d1_4e5e_ed00_0001;
/// Kills in the middle of the load, on each database.
const ROUNDS: u32 = 3;
/// Clients that write meanwhile.
const CLIENTS: &str = "6";
/// Acknowledgements that are waited for before each kill, at least.
const ACKNOWLEDGED_BETWEEN: usize = 25;
/// Nothing here may wait for ever: a debug build on a busy machine is slow, not endless.
const PATIENCE: Duration = Duration::from_secs(90);

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_to_kill_9() {
    for url in kernel::proof::fresh_urls().await {
        eprintln!("on {}", url.split(':').next().unwrap_or_default());
        let house = House::new(&url);
        house.run_through_crashes();
        house.check(&url).await;
        let _ = std::fs::remove_dir_all(&house.folder);
    }
}

/// One installation of the program, and the processes of it that this test starts and kills.
struct House {
    url: String,
    folder: PathBuf,
    port: u16,
}

/// A process of ours, killed with its owner.
struct Process(Child);

impl Process {
    /// SIGKILL: no handler runs, nothing is flushed.
    fn kill_9(&mut self) {
        self.0.kill().expect("our own process");
        self.0.wait().expect("our own process");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl House {
    fn new(url: &str) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = free.local_addr().expect("an address").port();
        let folder = std::env::temp_dir().join(format!("dinh-crash-{}-{port}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("the temporary folder");
        Self {
            url: url.to_owned(),
            folder,
            port,
        }
    }

    fn program(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dinh"));
        command
            .args(arguments)
            .env("DINH_DATABASE_URL", &self.url)
            .env("DINH_SERVER_LISTEN", format!("127.0.0.1:{}", self.port))
            .env("DINH_FILES_FOLDER", self.folder.join("files"))
            .env("DINH_IDENTITY_SECOND_STEP", "when-enrolled")
            .env("DINH_LOG_LEVEL", "error")
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        command
    }

    /// Starts it and waits until it answers.
    fn start(&self, arguments: &[&str]) -> Process {
        let child = self.program(arguments).spawn().expect("the program starts");
        let process = Process(child);
        wait_for("the server to be ready", || self.is_ready());
        process
    }

    fn is_ready(&self) -> bool {
        let Ok(mut line) = TcpStream::connect(("127.0.0.1", self.port)) else {
            return false;
        };
        let asked = line.write_all(b"GET /readyz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
        let mut answer = String::new();
        asked.is_ok() && line.read_to_string(&mut answer).is_ok() && answer.contains(" 200 ")
    }

    fn acknowledgements(&self) -> PathBuf {
        self.folder.join("acknowledged.tsv")
    }

    /// A world, then load, and kills in the middle of it.
    fn run_through_crashes(&self) {
        let port = self.port.to_string();
        let data = self.folder.display().to_string();
        let demo = ["demo", "--dossiers", "0", "--port", &port, "--data", &data];
        self.start(&demo).kill_9();
        let mut server = self.start(&["serve"]);
        let load = self.start_load();
        let mut random = SEED;
        for round in 1..=ROUNDS {
            let before = lines(&self.acknowledgements());
            let enough = || lines(&self.acknowledgements()) >= before + ACKNOWLEDGED_BETWEEN;
            wait_for("acknowledgements", enough);
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            std::thread::sleep(Duration::from_millis((random >> 33) % 400));
            server.kill_9();
            eprintln!(
                "  kill {round} after {} acknowledgements",
                lines(&self.acknowledgements())
            );
            server = self.start(&["serve"]);
        }
        let told = finish(load);
        let words = String::from_utf8_lossy(&told.stdout).into_owned();
        assert!(told.status.success(), "the load says:\n{words}");
        let last = words.lines().last().unwrap_or_default().to_owned();
        let figures: serde_json::Value = serde_json::from_str(&last).expect("a line of JSON");
        assert_eq!(figures["lost"], 0, "{words}");
        assert!(figures["checked"].as_u64() > Some(5), "{words}");
        server.kill_9();
    }

    fn start_load(&self) -> Child {
        let file = self.acknowledgements().display().to_string();
        let url = format!("http://127.0.0.1:{}", self.port);
        let load = [
            "load",
            &url,
            "--clients",
            CLIENTS,
            "--seconds",
            "12",
            "--json",
            "--acknowledged",
            &file,
        ];
        let mut command = self.program(&load);
        command
            .stdout(Stdio::piped())
            .spawn()
            .expect("the load starts")
    }

    /// What the tables say, and the program's own comparison of views and journal.
    async fn check(&self, url: &str) {
        // The last kill may have left entries without a place: a server that starts places them.
        let mut server = self.start(&["serve"]);
        let db = Database::open(url, &Settings::default())
            .await
            .expect("the database opens");
        let unplaced = "SELECT COUNT(*) FROM entries_unplaced";
        let started = Instant::now();
        while number(&db, unplaced).await > 0 {
            assert!(
                started.elapsed() < PATIENCE,
                "entries wait for their place for ever"
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        server.kill_9();
        let facts = Facts::read(&db).await;
        let text = std::fs::read_to_string(self.acknowledgements()).expect("the acknowledgements");
        let faults = facts.faults(&text);
        assert!(
            faults.is_empty(),
            "{} faults:\n{}",
            faults.len(),
            faults.join("\n")
        );
        db.close().await;
        let rebuilt = self
            .program(&["rebuild", "--check"])
            .stdout(Stdio::piped())
            .output();
        let rebuilt = rebuilt.expect("the program starts");
        let words = String::from_utf8_lossy(&rebuilt.stdout).into_owned();
        assert!(
            rebuilt.status.success(),
            "views differ from the journal:\n{words}"
        );
    }
}

/// The journal as its tables have it.
struct Facts {
    /// Command id to stream and last version.
    commands: BTreeMap<String, (String, i64)>,
    /// Stream, version, command id, kind, body: in order of stream and version.
    entries: Vec<(String, i64, String, String, serde_json::Value)>,
    /// Position, stream, version, in order.
    log: Vec<(i64, String, i64)>,
    /// Codes of the dossiers' rows, and the streams they belong to.
    codes: BTreeMap<String, String>,
}

impl Facts {
    async fn read(db: &Database) -> Self {
        let commands = rows(db, "SELECT id, stream, version FROM commands").await;
        let entries = "SELECT stream, version, command_id, kind, body FROM entries
            ORDER BY stream, version";
        let log = rows(
            db,
            "SELECT position, stream, version FROM log ORDER BY position",
        )
        .await;
        let codes = rows(db, "SELECT code, id FROM dossiers").await;
        let entry = |row: &Row| {
            let body = serde_json::from_str(row.text(4)).expect("bodies are JSON");
            (
                row.string(0),
                row.int(1),
                row.string(2),
                row.string(3),
                body,
            )
        };
        let command = |row: &Row| (row.string(0), (row.string(1), row.int(2)));
        let code = |row: &Row| (row.string(0), format!("dossier/{}", row.text(1)));
        Self {
            commands: commands.iter().map(command).collect(),
            entries: rows(db, entries).await.iter().map(entry).collect(),
            log: log
                .iter()
                .map(|row| (row.int(0), row.string(1), row.int(2)))
                .collect(),
            codes: codes.iter().map(code).collect(),
        }
    }

    fn faults(&self, acknowledged: &str) -> Vec<String> {
        let mut faults = Vec::new();
        self.acknowledged_once(acknowledged, &mut faults);
        self.versions_and_log(&mut faults);
        self.codes_unique(&mut faults);
        faults
    }

    /// Every acknowledged command is there, on the stream of its dossier, with entries that follow
    /// one another: the effect of one decision, once.
    fn acknowledged_once(&self, acknowledged: &str, faults: &mut Vec<String>) {
        let mut by_command: BTreeMap<&str, Vec<(&str, i64)>> = BTreeMap::new();
        for (stream, version, command, ..) in &self.entries {
            by_command
                .entry(command)
                .or_default()
                .push((stream, *version));
        }
        for line in acknowledged.lines() {
            let columns: Vec<&str> = line.split('\t').collect();
            let [command, name, far, _] = columns[..] else {
                faults.push(format!("a broken line: {line}"));
                continue;
            };
            let Some((stream, version)) = self.commands.get(command) else {
                faults.push(format!("acknowledged and not there: {line}"));
                continue;
            };
            let expected = match far {
                "draft" => Some(format!("dossier/{name}")),
                _ => self.codes.get(name).cloned(),
            };
            if expected.as_ref() != Some(stream) {
                faults.push(format!("{line}: on {stream}, not on {expected:?}"));
            }
            let done = by_command.get(command).cloned().unwrap_or_default();
            let follows = done
                .windows(2)
                .all(|two| two[1] == (two[0].0, two[0].1 + 1));
            if !follows || done.last() != Some(&(stream.as_str(), *version)) {
                faults.push(format!(
                    "{line}: its entries are {done:?}, not up to {version}"
                ));
            }
        }
    }

    /// Versions of each stream are 1, 2, 3 …; places of the log too; each entry has exactly one.
    fn versions_and_log(&self, faults: &mut Vec<String>) {
        let mut last = ("", 0);
        for (stream, version, ..) in &self.entries {
            let expected = if last.0 == stream { last.1 + 1 } else { 1 };
            if *version != expected {
                faults.push(format!(
                    "{stream}: version {version} follows {}",
                    expected - 1
                ));
            }
            last = (stream, *version);
        }
        for (index, (position, ..)) in self.log.iter().enumerate() {
            if i64::try_from(index + 1) != Ok(*position) {
                faults.push(format!("the log has {position} at place {}", index + 1));
                break;
            }
        }
        let placed: BTreeSet<_> = self
            .log
            .iter()
            .map(|(_, stream, version)| (stream, version))
            .collect();
        let there: BTreeSet<_> = self
            .entries
            .iter()
            .map(|entry| (&entry.0, &entry.1))
            .collect();
        if placed != there || placed.len() != self.log.len() {
            faults.push(format!(
                "{} entries, {} places",
                there.len(),
                self.log.len()
            ));
        }
    }

    /// No code was given twice, and each row's code is the one of its first entry.
    fn codes_unique(&self, faults: &mut Vec<String>) {
        let mut given: BTreeMap<&str, &str> = BTreeMap::new();
        for (stream, _, _, kind, body) in &self.entries {
            if kind != "submitted" {
                continue;
            }
            let code = find_text(body, "code").unwrap_or_default();
            if let Some(other) = given.insert(code, stream) {
                faults.push(format!("code {code} was given to {other} and to {stream}"));
            }
            if self.codes.get(code) != Some(stream) {
                faults.push(format!("{stream}: no row shows its code {code}"));
            }
        }
        if given.len() != self.codes.len() {
            faults.push(format!(
                "{} submissions, {} rows",
                given.len(),
                self.codes.len()
            ));
        }
    }
}

/// The first text under this key, however deep.
fn find_text<'a>(value: &'a serde_json::Value, key: &str) -> Option<&'a str> {
    let fields = value.as_object()?;
    let here = fields.get(key).and_then(serde_json::Value::as_str);
    here.or_else(|| fields.values().find_map(|inner| find_text(inner, key)))
}

async fn rows(db: &Database, sql: &'static str) -> Vec<Row> {
    db.query(Statement::new(sql, Vec::new()))
        .await
        .expect("a table of the journal")
}

async fn number(db: &Database, sql: &'static str) -> i64 {
    rows(db, sql).await[0].int(0)
}

fn lines(file: &Path) -> usize {
    std::fs::read_to_string(file).map_or(0, |text| text.lines().count())
}

fn wait_for(what: &str, mut there: impl FnMut() -> bool) {
    let started = Instant::now();
    while !there() {
        assert!(started.elapsed() < PATIENCE, "waited for {what} for ever");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Waits for a process to end by itself.
fn finish(mut child: Child) -> Output {
    let started = Instant::now();
    while child.try_wait().expect("our own process").is_none() {
        if started.elapsed() > PATIENCE {
            let _ = child.kill();
            panic!("the load does not end");
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    child.wait_with_output().expect("our own process")
}

#[test]
fn the_checker_finds_what_is_planted() {
    let entry = |stream: &str, version: i64, command: &str, code: &str| {
        let kind = if version == 1 {
            "submitted"
        } else {
            "accepted"
        };
        let body = serde_json::json!({ "code": code });
        (
            stream.to_owned(),
            version,
            command.to_owned(),
            kind.to_owned(),
            body,
        )
    };
    let sound = || Facts {
        commands: [("c1", ("dossier/a", 1)), ("c2", ("dossier/a", 2))]
            .map(|(id, (stream, version))| (id.to_owned(), (stream.to_owned(), version)))
            .into(),
        entries: vec![
            entry("dossier/a", 1, "c1", "A"),
            entry("dossier/a", 2, "c2", "A"),
        ],
        log: vec![(1, "dossier/a".into(), 1), (2, "dossier/a".into(), 2)],
        codes: [("A".to_owned(), "dossier/a".to_owned())].into(),
    };
    let told = "c1\ta\tdraft\tx\nc1\tA\tsubmitted\tx\nc2\tA\taccepted\tx\n";
    assert_eq!(sound().faults(told), Vec::<String>::new());
    type Plant = fn(&mut Facts);
    let planted: [(&str, Plant); 6] = [
        ("a lost command", |facts| {
            facts.commands.remove("c2");
        }),
        ("a lost entry", |facts| {
            facts.entries.pop();
        }),
        ("a command done twice", |facts| {
            facts.entries[1].2 = "c1".into()
        }),
        ("a skipped place", |facts| facts.log[1].0 = 3),
        ("an entry placed twice", |facts| {
            facts.log.push((3, "dossier/a".into(), 1))
        }),
        ("a code given twice", |facts| {
            let body = serde_json::json!({ "code": "A" });
            let twice = ("dossier/b".into(), 1, "c3".into(), "submitted".into(), body);
            facts.entries.push(twice);
            facts.log.push((3, "dossier/b".into(), 1));
        }),
    ];
    for (what, plant) in planted {
        let mut facts = sound();
        plant(&mut facts);
        assert!(!facts.faults(told).is_empty(), "{what} was not found");
    }
}
