//! The journal on both databases: a noun of two events, raced, repeated, placed, timed and rebuilt.
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::{SignedDuration, Timestamp};
use kernel::along::Along;
use kernel::clock::{Acceptance, Bound};
use kernel::rebuild::{AnyNoun, Known, digests, rebuild};
use kernel::worker::Worker;
use kernel::{
    Ctx, Database, Decide, Entry, Failure, Journal, Lived, Migration, Request, Settings, Statement,
    Trouble, log, params, proof, reader, timer,
};
use serde::{Deserialize, Serialize};

/// A jar that never holds more than its size, and rings once after a minute.
struct Jar;

#[derive(Clone, Serialize, Deserialize, Debug, PartialEq)]
#[serde(tag = "is")]
enum Event {
    Filled { by: i64 },
    Rang,
}

#[derive(Clone, Default, Debug, PartialEq)]
struct State {
    level: i64,
    rang: i64,
}

#[derive(Clone, Copy)]
enum Command {
    Fill(i64),
    Ring,
}

const SIZE: i64 = 1_000;

impl Decide for Jar {
    const NAME: &'static str = "jar";
    type State = State;
    type Command = Command;
    type Event = Event;
    type Refusal = &'static str;

    fn kind(event: &Event) -> &'static str {
        match event {
            Event::Filled { .. } => "filled",
            Event::Rang => "rang",
        }
    }

    fn decide(
        &self,
        state: &State,
        _: &Ctx,
        command: &Command,
    ) -> Result<Vec<Event>, &'static str> {
        match command {
            Command::Fill(by) if state.level + by > SIZE => Err("too full"),
            Command::Fill(by) => Ok(vec![Event::Filled { by: *by }]),
            Command::Ring => Ok(vec![Event::Rang]),
        }
    }

    fn evolve(&self, state: State, entry: &Entry<Event>) -> State {
        match entry.event {
            Event::Filled { by } => State {
                level: state.level + by,
                ..state
            },
            Event::Rang => State {
                rang: state.rang + 1,
                ..state
            },
        }
    }

    fn views(
        &self,
        before: &State,
        after: &State,
        happened: &[Lived<'_, Event>],
    ) -> Vec<Statement> {
        let Lived { entry, private } = happened[0];
        let sql = "INSERT INTO jars (id, level, rang, label) VALUES (?, ?, ?, ?)
                   ON CONFLICT (id) DO UPDATE SET level = excluded.level, rang = excluded.rang";
        let label = private.and_then(|p| p["label"].as_str());
        let mut list = vec![Statement::new(
            sql,
            params![entry.id(), after.level, after.rang, label],
        )];
        if before.level == 0 && before.rang == 0 {
            list.push(timer::set(
                &entry.stream,
                "ring",
                entry.at + SignedDuration::from_mins(1),
            ));
        }
        list
    }

    fn view_tables(&self) -> &'static [&'static str] {
        &["jars"]
    }

    fn timer_passed(&self, key: &str) -> Option<Command> {
        (key == "ring").then_some(Command::Ring)
    }
}

const JARS: Migration = Migration {
    name: "test/0001_jars",
    sql: "CREATE TABLE jars (id TEXT PRIMARY KEY,
          level BIGINT NOT NULL, rang BIGINT NOT NULL, label TEXT);\n",
};

static IDS: AtomicU64 = AtomicU64::new(0);

fn start() -> Timestamp {
    "2026-11-23T07:00:00Z".parse().expect("a moment")
}

fn late() -> Timestamp {
    start() + SignedDuration::from_mins(2)
}

fn request(id: &str, command: Command) -> Request<Command> {
    let command_id = format!("test-{}", IDS.fetch_add(1, Ordering::Relaxed));
    let ctx = Ctx {
        actor: "an".into(),
        office: "hall".into(),
        now: start(),
        command_id,
    };
    Request {
        id: id.into(),
        command,
        private: None,
        along: vec![],
        ctx,
    }
}

async fn level(db: &Database, id: &str) -> i64 {
    let sql = "SELECT level FROM jars WHERE id = ?";
    db.query(Statement::new(sql, params![id]))
        .await
        .expect("jars")[0]
        .int(0)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_command_is_answered_once_however_often_it_is_sent() {
    proof::on_each(&[JARS], |db| async move {
        let journal = Journal::new(db.clone());
        let mut first = request("a", Command::Fill(3));
        first.private = Some(serde_json::json!({"label": "nước mắm"}));
        let once = journal.handle(&Jar, first.clone()).await.expect("fits");
        let twice = journal.handle(&Jar, first).await.expect("fits");
        assert!(!once.repeated && twice.repeated);
        assert_eq!(
            (once.version, twice.version, level(&db, "a").await),
            (1, 1, 3)
        );
        let entries = journal.history(&Jar, "a").await.expect("history");
        let document = journal
            .private(&entries[0])
            .await
            .expect("vault")
            .expect("there");
        assert_eq!(document["label"], "nước mắm");
        assert!(
            !serde_json::to_string(&entries[0].event)
                .expect("json")
                .contains("mắm")
        );
    })
    .await;
}

#[tokio::test]
async fn a_damaged_document_of_the_vault_is_told_by_its_name_and_never_read() {
    proof::on_each(&[JARS], |db| async move {
        let journal = Journal::new(db.clone());
        let mut first = request("a", Command::Fill(3));
        first.private = Some(serde_json::json!({"label": "nước mắm"}));
        journal.handle(&Jar, first).await.expect("fits");
        let entries = journal.history(&Jar, "a").await.expect("history");
        let digest = entries[0].private.clone().expect("named");
        assert!(journal.private(&entries[0]).await.is_ok());
        let spoil = "UPDATE vault SET body = replace(body, 'nước', 'nuốc')";
        db.write(vec![Statement::new(spoil, vec![])])
            .await
            .expect("damaged");
        let journal = Journal::new(db.clone());
        let told = [
            journal.private(&entries[0]).await.map(|_| ()),
            journal.whole(&Jar, "a").await.map(|_| ()),
        ];
        for told in told {
            let Err(Trouble::Broken(words)) = told else {
                panic!("{told:?}");
            };
            assert!(
                words.contains("jar/a") && words.contains(&digest),
                "{words}"
            );
            assert!(!words.contains("mắm"), "{words}");
        }
        // What does not need it goes on.
        assert_eq!(journal.load(&Jar, "a").await.expect("folds").0.level, 3);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_command_begins_one_stream_whatever_name_each_try_brought() {
    proof::on_each(&[JARS], |db| async move {
        let journal = Journal::new(db.clone());
        let asked = journal.changed_by(&Jar, "begin/x").await.expect("asks");
        assert_eq!(asked, None);
        let tries = (0..8).map(|n| {
            let mut request = request(&format!("try{n}"), Command::Fill(3));
            request.ctx.command_id = "begin/x".to_owned();
            let journal = journal.clone();
            tokio::spawn(async move { journal.begin(&Jar, request).await.expect("fits") })
        });
        let mut begun = Vec::new();
        for tried in tries.collect::<Vec<_>>() {
            begun.push(tried.await.expect("runs"));
        }
        assert_eq!(begun.iter().filter(|one| !one.repeated).count(), 1);
        let id = begun[0].id.clone();
        assert!(begun.iter().all(|one| one.id == id && one.version == 1));
        assert_eq!(level(&db, &id).await, 3);
        assert_eq!(proof::count(&db, "jars").await, 1);
        let asked = journal.changed_by(&Jar, "begin/x").await.expect("asks");
        assert_eq!(asked, Some(id));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_command_id_of_somebody_else_is_refused_and_tells_nothing() {
    proof::on_each(&[JARS], |db| async move {
        let journal = Journal::new(db.clone());
        let first = request("a", Command::Fill(3));
        let id = first.ctx.command_id.clone();
        journal.handle(&Jar, first).await.expect("fits");
        journal
            .handle(&Jar, request("b", Command::Fill(5)))
            .await
            .expect("fits");
        let rows = ["entries", "commands", "jars"];
        let mut before = Vec::new();
        for table in rows {
            before.push(proof::count(&db, table).await);
        }
        // Somebody else on the same stream; the same person on another; with a command that the
        // rule would refuse: none of them learns that it was done, and nothing is written.
        let others = [
            ("a", "binh", Command::Fill(3)),
            ("b", "an", Command::Fill(3)),
            ("a", "binh", Command::Fill(SIZE)),
            ("new", "an", Command::Fill(3)),
        ];
        for (stream, actor, command) in others {
            for journal in [journal.clone(), Journal::new(db.clone())] {
                let mut other = request(stream, command);
                other.ctx.command_id.clone_from(&id);
                other.ctx.actor = actor.into();
                let told = journal.handle(&Jar, other).await;
                assert!(
                    matches!(&told, Err(Failure::Trouble(Trouble::Foreign(told))) if *told == id),
                    "{stream} {actor}: {told:?}"
                );
            }
        }
        for (table, before) in rows.into_iter().zip(before) {
            assert_eq!(proof::count(&db, table).await, before, "{table}");
        }
        assert_eq!(level(&db, "a").await, 3);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn racing_commands_keep_the_rule_and_lose_nothing() {
    proof::on_each(&[JARS], |db| async move {
        let journal = Journal::new(db.clone());
        let mut tasks = Vec::new();
        for n in 0..60 {
            let journal = journal.clone();
            let id = if n % 2 == 0 {
                "shared".to_owned()
            } else {
                format!("own{n}")
            };
            tasks.push(tokio::spawn(async move {
                loop {
                    match journal.handle(&Jar, request(&id, Command::Fill(40))).await {
                        Ok(_) => return 1,
                        Err(Failure::Refused(_)) => return 0,
                        Err(Failure::Trouble(Trouble::Conflict(_))) => {}
                        Err(Failure::Trouble(trouble)) => panic!("{trouble}"),
                    }
                }
            }));
        }
        let mut accepted = 0;
        for task in tasks {
            accepted += task.await.expect("no panic");
        }
        assert_eq!(level(&db, "shared").await, 1_000, "25 of 30 fit");
        assert_eq!(accepted, 25 + 30);
        assert_eq!(proof::count(&db, "entries").await, 55);
        assert_eq!(proof::count(&db, "commands").await, 55);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failing_write_leaves_nothing_and_harms_nobody_in_its_group() {
    proof::on_each(&[JARS], |db| async move {
        let insert = |id: &str| {
            Statement::new(
                "INSERT INTO jars (id, level, rang) VALUES (?, 0, 0)",
                params![id],
            )
        };
        db.write(vec![insert("taken")]).await.expect("free");
        let writes = (0..40).map(|n| {
            // One half is written together, table by table, the other command by command.
            let own = insert(&format!("jar{n}"));
            let mut job = vec![if n % 8 < 4 { own } else { own.any_order() }];
            if n % 4 == 0 {
                job.push(insert("taken"));
            }
            let db = db.clone();
            async move { db.write(job).await }
        });
        let results = futures_util::future::join_all(writes).await;
        for (n, result) in results.iter().enumerate() {
            assert_eq!(result.is_err(), n % 4 == 0, "{n}: {result:?}");
            if let Err(trouble) = result {
                assert!(matches!(trouble, Trouble::Conflict(key) if key.contains("jars")));
            }
        }
        assert_eq!(proof::count(&db, "jars").await, 31);
        let guarded = Statement::new("UPDATE jars SET level = 9 WHERE id = ?", params!["nobody"]);
        let refused = db.write(vec![insert("x"), guarded.must_change(1)]).await;
        assert!(matches!(refused, Err(Trouble::Guard(_))), "{refused:?}");
        assert_eq!(proof::count(&db, "jars").await, 31);
    })
    .await;
}

/// A value that is no number is never sent to PostgreSQL: what was sent with it must not stay.
#[tokio::test]
async fn what_cannot_be_sent_takes_everything_with_it() {
    proof::on_each(&[JARS], |db| async move {
        // SQLite takes any value for any column.
        if db.places_entries_itself() {
            return;
        }
        let insert = "INSERT INTO jars (id, level, rang) VALUES (?, ?, 0)";
        let good = || Statement::new(insert, params!["good", 1]);
        let bad = || Statement::new(insert, params!["bad", "a lot"]);
        let jobs = [
            vec![good(), bad()],
            vec![good().any_order(), bad()],
            vec![good(), bad().any_order()],
        ];
        for job in jobs {
            let refused = db.write(job).await;
            assert!(matches!(refused, Err(Trouble::Broken(_))), "{refused:?}");
            assert_eq!(proof::count(&db, "jars").await, 0);
        }
    })
    .await;
}

/// Several nodes on one database append at once while each tries to lead; afterwards the log has
/// every entry once, places without gaps, and each stream's entries in their order.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_has_every_entry_once_without_gaps_under_several_nodes() {
    for url in proof::fresh_urls().await {
        let several = url.starts_with("postgres");
        let mut nodes = Vec::new();
        for _ in 0..if several { 3 } else { 1 } {
            let db = Database::open(&url, &Settings::default())
                .await
                .expect("opens");
            db.migrate(&[JARS]).await.expect("migrates");
            nodes.push(db);
        }
        let (stop, stopping) = tokio::sync::watch::channel(false);
        let seen = Arc::new(tokio::sync::Mutex::new(Vec::new()));
        let mut running = Vec::new();
        for (n, db) in nodes.iter().enumerate() {
            let worker = worker(db, n, Arc::clone(&seen));
            running.push(tokio::spawn(worker.run(stopping.clone())));
        }
        let mut tasks = Vec::new();
        for n in 0..300_usize {
            let journal = Journal::new(nodes[n % nodes.len()].clone());
            tasks.push(tokio::spawn(async move {
                let id = format!("jar{}", n % 40);
                while journal
                    .handle(&Jar, request(&id, Command::Fill(1)))
                    .await
                    .is_err()
                {}
            }));
        }
        for task in tasks {
            task.await.expect("no panic");
        }
        // 300 fillings, and one ring of each of the 40 jars, whose minute has passed for the
        // workers.
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
        while seen.lock().await.len() < 340 {
            assert!(
                std::time::Instant::now() < deadline,
                "{} seen",
                seen.lock().await.len()
            );
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        stop.send(true).expect("workers listen");
        for worker in running {
            worker.await.expect("no panic");
        }
        let seen = seen.lock().await.clone();
        assert_eq!(
            seen,
            (1..=340).collect::<Vec<i64>>(),
            "each place once, in order, no gap"
        );
        let placed = log::after(&nodes[0], 0, 1_000).await.expect("log");
        let mut versions = std::collections::HashMap::<String, i64>::new();
        for placed in &placed {
            let last = versions.entry(placed.entry.stream.clone()).or_default();
            assert_eq!(placed.entry.version, *last + 1, "{}", placed.entry.stream);
            *last = placed.entry.version;
        }
        assert_eq!(
            placed.iter().filter(|p| p.kind == "rang").count(),
            40,
            "each timer once"
        );
        assert_eq!(proof::count(&nodes[0], "entries_unplaced").await, 0);
        for db in nodes {
            db.close().await;
        }
    }
}

type Seen = Arc<tokio::sync::Mutex<Vec<i64>>>;

fn watch(seen: Seen) -> reader::Look {
    Arc::new(move |placed| {
        let seen = Arc::clone(&seen);
        let act = async move {
            seen.lock().await.push(placed.position);
            Ok(())
        };
        let reaction = reader::Reaction {
            lane: "all".into(),
            act: Box::pin(act),
        };
        Box::pin(async move { Ok(vec![reaction]) })
    })
}

fn worker(db: &Database, n: usize, seen: Seen) -> Worker {
    Worker {
        journal: Journal::new(db.clone()),
        holder: format!("node{n}"),
        nouns: vec![Arc::new(Known(Arc::new(Jar)))],
        readers: vec![reader::Reader {
            name: "watch",
            react: reader::React::Commands(watch(seen)),
        }],
        clock: late,
    }
}

#[tokio::test]
async fn lanes_run_side_by_side_in_order_and_a_failure_holds_the_reader() {
    proof::on_each(&[JARS], |db| async move {
        let journal = Journal::new(db.clone());
        for n in 0..6 {
            let mut filling = request(&format!("jar{}", n % 2), Command::Fill(n));
            filling.ctx.now += SignedDuration::from_secs(n);
            journal.handle(&Jar, filling).await.expect("fits");
        }
        for lease in [log::LEASE, "reader/watch"] {
            let held = kernel::lease::hold(&db, lease, "test", start()).await;
            assert!(held.expect("an answer"));
        }
        if !db.places_entries_itself() {
            while log::lead(&db, "test").await.expect("places") > 0 {}
        }
        let seen = Arc::new(std::sync::Mutex::new(Vec::new()));
        let sick = Arc::new(std::sync::atomic::AtomicBool::new(true));
        let both = Arc::new(tokio::sync::Barrier::new(2));
        let reader = laned(Arc::clone(&seen), Arc::clone(&sick), both);
        let soon = std::time::Duration::from_secs(20);
        let round = tokio::time::timeout(soon, reader.round(&db, "test")).await;
        assert!(round.expect("lanes wait for nobody").is_err(), "place 3");
        assert_eq!(reader::position(&db, "watch").await.expect("known"), 2);
        sick.store(false, Ordering::Relaxed);
        assert_eq!(reader.round(&db, "test").await.expect("well"), 4);
        let seen = seen.lock().expect("whole").clone();
        let lane = |odd: i64| -> Vec<i64> {
            let own = seen.iter().copied().filter(|place| place % 2 == odd);
            own.collect()
        };
        assert_eq!(lane(1), [1, 3, 5]);
        assert_eq!(lane(0), [2, 4, 6, 4, 6], "a second time, in order");
    })
    .await;
}

/// A reader with a lane for each stream. The first two entries wait for each other; the third
/// fails while it is `sick`.
fn laned(
    seen: Arc<std::sync::Mutex<Vec<i64>>>,
    sick: Arc<std::sync::atomic::AtomicBool>,
    both: Arc<tokio::sync::Barrier>,
) -> reader::Reader {
    let look: reader::Look = Arc::new(move |placed| {
        let (seen, sick, both) = (Arc::clone(&seen), Arc::clone(&sick), Arc::clone(&both));
        let place = placed.position;
        let act = async move {
            if place <= 2 {
                both.wait().await;
            }
            if place == 3 && sick.load(Ordering::Relaxed) {
                return Err(Trouble::Overloaded);
            }
            seen.lock().expect("whole").push(place);
            Ok(())
        };
        let reaction = reader::Reaction {
            lane: placed.entry.stream,
            act: Box::pin(act),
        };
        Box::pin(async move { Ok(vec![reaction]) })
    });
    reader::Reader {
        name: "watch",
        react: reader::React::Commands(look),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rebuilt_views_equal_the_ones_written_with_the_entries() {
    proof::on_each(&[JARS], |db| async move {
        let journal = Journal::new(db.clone());
        for n in 0..450 {
            let mut filling = request(&format!("jar{}", n % 220), Command::Fill(n));
            filling.private = Some(serde_json::json!({ "label": format!("nhãn {n}") }));
            journal.handle(&Jar, filling).await.expect("fits");
        }
        let noun: &dyn AnyNoun = &Known(Arc::new(Jar));
        let before = digests(&db, noun.tables()).await.expect("digests");
        let spoil = Statement::new("UPDATE jars SET level = 0 WHERE id = 'jar7'", vec![]);
        db.write(vec![spoil]).await.expect("spoils");
        assert_ne!(digests(&db, noun.tables()).await.expect("digests"), before);
        assert_eq!(rebuild(&journal, noun).await.expect("rebuilds"), 220);
        assert_eq!(digests(&db, noun.tables()).await.expect("digests"), before);
        assert_eq!(proof::count(&db, "timers").await, 220);
    })
    .await;
}

const SUMS: Migration = Migration {
    name: "test/0002_sums",
    sql: "CREATE TABLE sums (kind TEXT PRIMARY KEY, entries BIGINT NOT NULL);",
};

/// Counts entries by kind.
fn counter() -> reader::Reader {
    let fold = |round: Vec<log::Placed>| {
        let sql = "INSERT INTO sums (kind, entries) VALUES (?, 1)
            ON CONFLICT (kind) DO UPDATE SET entries = sums.entries + 1";
        let add = |placed: &log::Placed| Statement::new(sql, params![&placed.kind]);
        let statements: Vec<_> = round.iter().map(add).collect();
        async move { Ok(statements) }
    };
    reader::Reader {
        name: "counter",
        react: reader::React::rows(&["sums"], fold),
    }
}

async fn sum(db: &Database) -> i64 {
    let sql = "SELECT CAST(COALESCE(SUM(entries), 0) AS BIGINT) FROM sums";
    let rows = db.query(Statement::new(sql, vec![])).await;
    rows.expect("a sum")[0].int(0)
}

/// Two processes that both believe they read, and a third that lost its lease.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_that_keeps_rows_counts_every_entry_once() {
    proof::on_each(&[JARS, SUMS], |db| async move {
        let (journal, counter) = (Journal::new(db.clone()), counter());
        for round in 0..20 {
            for n in 0..7 {
                let filling = request(&format!("jar{round}-{n}"), Command::Fill(1));
                journal.handle(&Jar, filling).await.expect("fits");
            }
            log::place_all(&db, "n", start).await.expect("placed");
            let held = kernel::lease::hold(&db, &counter.lease(), "n", start()).await;
            assert!(held.expect("a lease"));
            assert!(counter.round(&db, "robbed").await.is_err(), "the fence");
            let (one, two) = tokio::join!(counter.round(&db, "n"), counter.round(&db, "n"));
            let read = [one, two].into_iter().filter_map(Result::ok).sum::<u64>();
            assert_eq!(read, 7, "what one counted the other must not");
            assert_eq!(sum(&db).await, 7 * (round + 1));
        }
        let before = digests(&db, counter.tables()).await.expect("digests");
        let spoil = Statement::new("UPDATE sums SET entries = 1", vec![]);
        db.write(vec![spoil]).await.expect("spoils");
        counter.reread(&db, "n", start).await.expect("read again");
        let after = digests(&db, counter.tables()).await.expect("digests");
        assert_eq!(after, before);
        assert_eq!(sum(&db).await, 140);
    })
    .await;
}

#[tokio::test]
async fn a_database_address_of_another_kind_is_refused_in_words() {
    let refused = Database::open("mysql://x", &Settings::default())
        .await
        .expect_err("refused");
    assert!(
        refused.to_string().contains("sqlite: or postgres://"),
        "{refused}"
    );
    let nowhere = Database::open("sqlite:/nowhere/x.db", &Settings::default()).await;
    assert!(
        nowhere
            .expect_err("no folder")
            .to_string()
            .contains("/nowhere/x.db")
    );
}

#[tokio::test]
async fn a_lease_taken_by_a_wrong_clock_stops_nobody() {
    kernel::proof::on_each(&[], |db| async move {
        let hours = |count| start() + jiff::SignedDuration::from_hours(count);
        let hold = async |holder: &str, now| {
            let held = kernel::lease::hold(&db, "log", holder, now).await;
            held.expect("an answer")
        };
        // A node whose clock is five days ahead, and which then dies.
        assert!(hold("ahead", hours(120)).await);
        assert!(hold("right", start()).await, "nobody waits for five days");
        assert!(!hold("third", start()).await, "a lease of now is believed");
        let fence = vec![kernel::lease::fence("log", "ahead")];
        assert!(
            db.write(fence).await.is_err(),
            "who lost it is stopped by the fence"
        );
        // A node whose clock is behind takes nothing that is held, and keeps what it has.
        assert!(!hold("behind", start() - jiff::SignedDuration::from_secs(4)).await);
    })
    .await;
}

const STEP: SignedDuration = SignedDuration::from_hours(15 * 24);

/// So long ago that the database's own clock has nothing to say.
fn days(count: i64) -> Timestamp {
    start() + SignedDuration::from_hours(24 * (count - 365))
}

fn forty_days_later() -> Timestamp {
    days(40)
}

fn two_seconds_on() -> Timestamp {
    forty_days_later() + SignedDuration::from_secs(2)
}

/// A worker that fires timers at a moment of its own.
fn firing(journal: &Journal, clock: fn() -> Timestamp) -> Worker {
    Worker {
        journal: journal.clone(),
        holder: "firing".into(),
        nouns: vec![Arc::new(Known(Arc::new(Jar)))],
        readers: vec![],
        clock,
    }
}

async fn fill_at(journal: &Journal, id: &str, now: Timestamp) -> Result<(), Failure<&'static str>> {
    let mut filling = request(id, Command::Fill(1));
    filling.ctx.now = now;
    journal.handle(&Jar, filling).await.map(|_| ())
}

fn bounded(db: &Database) -> Journal {
    Journal::new(db.clone()).within(Bound::new(db.clone(), STEP))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn timers_wait_and_nothing_is_written_while_the_clock_is_too_far_ahead() {
    proof::on_each(&[JARS], |db| async move {
        let journal = bounded(&db);
        fill_at(&journal, "a", days(0))
            .await
            .expect("a fresh house begins");
        // Longer than Tết, shorter than the step.
        fill_at(&journal, "b", days(14))
            .await
            .expect("after holidays");
        let later = bounded(&db);
        let worker = firing(&later, forty_days_later);
        assert_eq!(worker.fire().await.expect("asks"), 0, "timers wait");
        for journal in [&later, &journal] {
            let refused = fill_at(journal, "a", forty_days_later()).await;
            let Err(Failure::Trouble(Trouble::ClockAhead(words))) = refused else {
                panic!("{refused:?}");
            };
            assert!(words.contains("26 days after the newest entry"), "{words}");
            assert!(words.contains("dinh clock accept"), "{words}");
        }
        assert_eq!(proof::count(&db, "entries").await, 2);
        assert_eq!(proof::count(&db, "timers").await, 2);
        // The clock is set right: nothing was lost, nobody asks the operator.
        fill_at(&later, "a", days(15)).await.expect("goes on");
        let history = later.history(&Jar, "a").await.expect("history");
        assert_eq!(history[1].at, days(15));
        // It was right: so says an operator, and that is an entry.
        let seen = kernel::clock::accept(&db, forty_days_later()).await;
        assert_eq!(seen.expect("kept").newest, Some(days(15)));
        let worker = firing(&later, two_seconds_on);
        assert_eq!(worker.fire().await.expect("fires"), 2);
        fill_at(&later, "a", two_seconds_on())
            .await
            .expect("goes on");
        let history = later.history(&Jar, "a").await.expect("history");
        let last = history.last().expect("filled");
        assert_eq!((history.len(), last.at), (4, two_seconds_on()));
        let words = later.history(&Acceptance, "house").await.expect("history");
        assert_eq!((words.len(), words[0].at), (1, forty_days_later()));
        assert_eq!(words[0].actor, "operator");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_house_where_nothing_happens_for_weeks_knows_that_they_passed() {
    proof::on_each(&[JARS], |db| async move {
        fill_at(&bounded(&db), "a", days(0)).await.expect("begins");
        for day in [10, 20, 34] {
            // Each start of the program keeps how far time has come, and each hour of its running.
            let bound = Bound::new(db.clone(), STEP);
            bound.keep(days(day)).await.expect("kept");
            assert_eq!(bound.ahead(days(day)).await.expect("asks"), None, "{day}");
        }
        // A clock that was set back for a while does not make the right one seem far ahead.
        let back = bounded(&db);
        back.bound().keep(days(-34)).await.expect("believed");
        fill_at(&back, "b", days(-34)).await.expect("believed");
        fill_at(&bounded(&db), "a", days(40))
            .await
            .expect("goes on");
        let far = bounded(&db).bound().ahead(days(60)).await.expect("asks");
        assert!(far.is_some());
        // Nor is what was not believed kept.
        let wrong = Bound::new(db.clone(), STEP);
        wrong.keep(days(60)).await.expect("asks");
        let still = bounded(&db).bound().ahead(days(60)).await.expect("asks");
        assert!(still.is_some());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_clock_of_the_database_is_a_witness_of_its_own() {
    proof::on_each(&[JARS], |db| async move {
        let Some(right) = db.clock().await.expect("answers") else {
            return;
        };
        let wrong = right + SignedDuration::from_hours(40 * 24 + 1);
        let refused = fill_at(&bounded(&db), "a", wrong).await;
        let Err(Failure::Trouble(Trouble::ClockAhead(words))) = refused else {
            panic!("a fresh house on a server: {refused:?}");
        };
        assert!(
            words.contains("40 days after the database's clock"),
            "{words}"
        );
        kernel::clock::accept(&db, wrong).await.expect("kept");
        fill_at(&bounded(&db), "a", wrong)
            .await
            .expect("an operator's word");
        let further = wrong + STEP + SignedDuration::from_hours(1);
        assert!(fill_at(&bounded(&db), "a", further).await.is_err());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_not_believed_leads_nobody() {
    proof::on_each(&[JARS], |db| async move {
        let journal = bounded(&db);
        fill_at(&journal, "a", days(0)).await.expect("begins");
        let (stop, stopped) = tokio::sync::watch::channel(false);
        let working = tokio::spawn(firing(&journal, forty_days_later).run(stopped));
        tokio::time::sleep(std::time::Duration::from_millis(700)).await;
        assert_eq!(proof::count(&db, "leases").await, 0);
        assert_eq!(proof::count(&db, "timers").await, 1);
        stop.send(true).expect("it listens");
        working.await.expect("no panic");
    })
    .await;
}

#[test]
fn what_an_operator_said_is_kept_in_these_words() {
    let event = kernel::clock::Event::Accepted {
        clock: late(),
        newest: Some(start()),
        database: None,
    };
    assert_eq!(
        kernel::body::write("accepted", &event),
        concat!(
            r#"{"kind":"accepted","clock":"2026-11-23T07:02:00Z","#,
            r#""newest":"2026-11-23T07:00:00Z","database":null}"#
        )
    );
}

#[tokio::test]
async fn a_reaction_that_panics_does_not_end_the_work() {
    proof::on_each(&[JARS], |db| async move {
        let seen = Arc::new(tokio::sync::Mutex::new(Vec::new()));
        let mut worker = worker(&db, 1, Arc::clone(&seen));
        let calm = watch(Arc::clone(&seen));
        let first = Arc::new(std::sync::atomic::AtomicBool::new(true));
        worker.readers[0].react = reader::React::Commands(Arc::new(move |placed| {
            let (calm, first) = (Arc::clone(&calm), Arc::clone(&first));
            Box::pin(async move {
                assert!(!first.swap(false, Ordering::Relaxed), "a bug, once");
                calm(placed).await
            })
        }));
        let (stop, stopping) = tokio::sync::watch::channel(false);
        let running = tokio::spawn(worker.run(stopping));
        let journal = Journal::new(db.clone());
        let filled = journal.handle(&Jar, request("1", Command::Fill(1))).await;
        assert!(filled.is_ok());
        let started = std::time::Instant::now();
        while seen.lock().await.is_empty() {
            assert!(started.elapsed().as_secs() < 20, "nobody reads any more");
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        stop.send(true).expect("it still runs");
        running.await.expect("it ends when told");
    })
    .await;
}

#[tokio::test]
async fn a_full_disk_asks_people_to_come_again_and_loses_nothing() {
    let url = &proof::fresh_urls().await[0];
    let db = Database::open(url, &Settings::default()).await;
    let db = db.expect("SQLite");
    db.migrate(&[JARS]).await.expect("tables");
    let journal = Journal::new(db.clone());
    let fill = async |id: &str| journal.handle(&Jar, request(id, Command::Fill(1))).await;
    assert!(fill("before").await.is_ok());
    let limit = async |pages: i64| {
        let sql = format!("PRAGMA max_page_count = {pages}");
        let limited = db.write(vec![Statement::new(sql, vec![])]).await;
        limited.expect("SQLite counts its pages");
    };
    limit(1).await;
    let mut full = false;
    for number in 0..2_000 {
        let answer = fill(&format!("jar{number}")).await;
        full |= matches!(answer, Err(Failure::Trouble(Trouble::Unavailable(_))));
        if full {
            break;
        }
        assert!(answer.is_ok());
    }
    assert!(full, "the disk became full");
    limit(1_000_000).await;
    assert!(fill("after").await.is_ok());
    assert_eq!(level(&db, "before").await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_walk_knows_what_was_true_before_wherever_it_begins() {
    const MANY: usize = 150; // more than are read with one question
    proof::on_each(&[JARS], |db| async move {
        let journal = Journal::new(db.clone());
        for by in [1, 2, 4] {
            for number in 0..MANY {
                let fill = request(&format!("{number:03}"), Command::Fill(by));
                journal.handle(&Jar, fill).await.expect("fits");
            }
        }
        log::place_all(&db, "walker", start).await.expect("placed");
        let filled = |entry: &Entry<Event>| match entry.event {
            Event::Filled { by } => by,
            Event::Rang => 0,
        };
        for from in [0, 100, 200, 350] {
            // A node that remembers nothing, and one walk over two rounds.
            let along = Along::new(Journal::new(db.clone()), Arc::new(Jar));
            for (from, limit) in [(from, 60), (from + 60, 1_000)] {
                let round = log::after(&db, from, limit).await.expect("read");
                let steps = along.walk(round).await.expect("walked");
                for step in &steps {
                    let by = filled(&step.entry);
                    assert_eq!(step.before.level, by - 1, "1 and 2 came before 4");
                    assert_eq!(step.after.level, 2 * by - 1);
                }
                let read = i64::try_from(steps.len()).expect("few");
                assert_eq!(read, limit.min(3 * MANY as i64 - from));
            }
        }
        let begun = Journal::new(db).begun(&Jar, &["007", "149", "none"]).await;
        let begun = begun.expect("read");
        assert_eq!(begun.len(), 2);
        assert!(begun.values().all(|state| state.level == 1));
    })
    .await;
}
