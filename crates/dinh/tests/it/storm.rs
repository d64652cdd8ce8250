//! A short storm on each database, and three bugs planted to see that the judge finds them. The
//! long one is `crates/storm` on its own (docs/faults.md).
use std::path::Path;
use std::time::{Duration, Instant};

use storm::base::Engine;
use storm::book::{self, Line};
use storm::episode::{self, Plan};
use storm::fault::Fault;
use storm::house::House;
use storm::node::{Node, Program};
use storm::{judge, views, weather};

const SEED: u64 = 0x00d1_4e5e_ed00_0001;
/// Writers: enough to share commits, few enough for a test beside others.
const CLIENTS: u32 = 4;
/// A debug build on a busy machine is slow, not endless.
const PATIENCE: Duration = Duration::from_secs(90);

fn plan(name: &str, engine: Engine, faults: &[Fault]) -> Plan {
    let name = format!("dinh-storm-{name}-{}", std::process::id());
    Plan {
        program: env!("CARGO_BIN_EXE_dinh").into(),
        engine,
        rounds: u32::try_from(faults.len()).expect("a few"),
        seed: SEED,
        clients: CLIENTS,
        faults: faults.to_vec(),
        home: std::env::temp_dir().join(name),
    }
}

async fn plays_sound(plan: &Plan) {
    let told = episode::play(plan).await.expect("a stage");
    let words = told.findings.join("\n");
    assert!(
        told.findings.is_empty(),
        "{words}\nsee {}",
        plan.home.display()
    );
    assert!(told.acknowledged > 20 && told.entries > 20, "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_storm_over_sqlite_loses_nothing_and_planted_bugs_are_found() {
    let faults = [
        Fault::Kill,
        Fault::PowerCut,
        Fault::NoSpace,
        Fault::ClockLeap,
    ];
    let plan = plan("sqlite", Engine::Sqlite, &faults);
    plays_sound(&plan).await;
    planted_bugs_are_found(&plan).await;
    let _ = std::fs::remove_dir_all(&plan.home);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_storm_over_postgres_loses_nothing() {
    if std::env::var(kernel::proof::ONLY).as_deref() == Ok("sqlite") {
        return;
    }
    let engine = Engine::Postgres {
        nodes: 2,
        standby: false,
    };
    let faults = [
        Fault::KillAll,
        Fault::StopDatabase,
        Fault::CutNetwork,
        Fault::ClockLeap,
    ];
    let plan = plan("postgres", engine, &faults);
    plays_sound(&plan).await;
    let _ = std::fs::remove_dir_all(&plan.home);
}

/// The real thing: fsync answers "done" and does nothing, then the power goes.
#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_lies_about_fsync_is_found() {
    let plan = plan("lies", Engine::Sqlite, &[]);
    let house = House::build(&plan.program, plan.engine, &plan.home, CLIENTS).await;
    let mut house = house.expect("a stage");
    house.start_load().expect("writers");
    house.wait_acknowledged(5).await.expect("acknowledgements");
    house.nodes[0].weather.fsync_lies();
    house.wait_acknowledged(10).await.expect("acknowledgements");
    house.stop_load();
    house.power_cut().expect("the shadow");
    house.nodes[0].weather = weather::Weather::new(plan.home.join("calm")).expect("a file");
    house.calm().await.expect("the house opens again");
    let facts = views::read(&house.base.direct).await.expect("tables");
    let found = judge::faults(&facts, &house.book.lines().expect("a book"), episode::now());
    assert!(has(&found, "acknowledged and not there"), "{found:?}");
    drop(house);
    let _ = std::fs::remove_dir_all(&plan.home);
}

fn has(found: &[String], words: &str) -> bool {
    found.iter().any(|finding| finding.contains(words))
}

/// Bugs planted into copies of a database that was really played on, on both engines: the rows
/// are what such a bug would leave.
const PLANTED: [(&str, &str); 3] = [
    // The last commits were acknowledged and never synced; then the power went.
    (
        "acknowledged and not there",
        "DELETE FROM log WHERE position >= (SELECT MAX(l.position) FROM log l
             JOIN entries e ON e.stream = l.stream AND e.version = l.version
             WHERE e.kind = 'submitted');
         DELETE FROM entries WHERE NOT EXISTS (SELECT 1 FROM log
             WHERE log.stream = entries.stream AND log.version = entries.version);
         DELETE FROM commands WHERE NOT EXISTS (SELECT 1 FROM entries
             WHERE entries.command_id = commands.id);",
    ),
    // Two workers fired one timer, each under a command id of its own.
    (
        "\" twice",
        "INSERT INTO entries (stream, version, kind, body, actor, office, command_id, at)
             SELECT e.stream, e.version + 1, e.kind, e.body, e.actor, e.office,
                    'timer/again/1', e.at
             FROM entries e
             WHERE e.kind IN ('reception_late', 'became_overdue', 'became_unlawful') AND NOT EXISTS
                 (SELECT 1 FROM entries v WHERE v.stream = e.stream AND v.version > e.version)
             ORDER BY e.stream LIMIT 1;
         INSERT INTO commands (id, stream, version)
             SELECT command_id, stream, version FROM entries WHERE command_id = 'timer/again/1';
         INSERT INTO log (position, stream, version)
             SELECT (SELECT MAX(position) FROM log) + 1, stream, version
             FROM entries WHERE command_id = 'timer/again/1';",
    ),
    // The leader counted one place too far: a reader that waits for 21 waits for ever.
    (
        "the log has 22 at place 21",
        "UPDATE log SET position = position + 1000000 WHERE position > 20;
         UPDATE log SET position = position - 999999 WHERE position > 1000000;",
    ),
];

async fn planted_bugs_are_found(plan: &Plan) {
    let backup = plan.home.join("backup.tar");
    for (number, (words, bug)) in PLANTED.iter().enumerate() {
        for (engine, url) in kernel::proof::fresh_urls().await.into_iter().enumerate() {
            let name = format!("planted-{number}-{engine}");
            let copy = restored(plan, &backup, &plan.home.join(name), &url);
            work_until_every_deadline_passed(&copy).await;
            let facts = views::read(&url).await.expect("tables");
            let book = told_before(&plan.home, &facts);
            assert!(book.len() > 10, "the backup was made under load");
            let behind = episode::now() + SIXTY_DAYS_MS;
            assert_eq!(
                judge::faults(&facts, &book, behind),
                Vec::<String>::new(),
                "{url}"
            );
            views::meddle(&url, bug).await.expect("planted");
            let facts = views::read(&url).await.expect("tables");
            let found = judge::faults(&facts, &book, behind);
            assert!(has(&found, words), "{words} not in {found:?} on {url}");
        }
    }
}

fn restored(plan: &Plan, backup: &Path, data: &Path, url: &str) -> Program {
    let copy = Program {
        path: plan.program.clone(),
        url: url.to_owned(),
        data: data.to_owned(),
        home: plan.home.clone(),
        library: plan.home.join("weather.so"),
    };
    let backup = backup.display().to_string();
    let restored = copy
        .command(&["restore", &backup])
        .status()
        .expect("the program");
    assert!(restored.success(), "a backup restores into {url}");
    copy
}

/// Behind every deadline of the procedure that is played.
const SIXTY_DAYS_MS: i64 = 60 * 24 * 3_600_000;

async fn work_until_every_deadline_passed(copy: &Program) {
    let mut node = Node::new(&copy.home, 50).expect("a node");
    node.weather.clock(SIXTY_DAYS_MS);
    node.run(copy, &["clock", "accept"])
        .expect("an operator's word");
    node.start(copy, &["work"]).expect("the program");
    let started = Instant::now();
    let behind = episode::now() + SIXTY_DAYS_MS;
    while views::unsettled(&copy.url, behind).await != Ok((0, 0, 0)) {
        assert!(started.elapsed() < PATIENCE, "a copy does not settle");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    node.kill_9();
}

/// What the writers had been told before the backup was made.
fn told_before(home: &Path, facts: &views::Facts) -> Vec<Line> {
    let mut lines = Vec::new();
    let files = std::fs::read_dir(home).expect("our folder").flatten();
    for path in files.map(|file| file.path()) {
        if path.extension().is_none_or(|extension| extension != "tsv") {
            continue;
        }
        let text = std::fs::read_to_string(path).expect("a book");
        let whole = text.lines().filter_map(|line| book::parse(line).ok());
        lines.extend(whole.filter(|line| facts.commands.contains_key(&line.command)));
    }
    lines
}
