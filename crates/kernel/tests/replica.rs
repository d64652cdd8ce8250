//! A real streaming standby beside a real primary: what may be behind is asked of the standby, and
//! of the primary as soon as the standby is too far behind or gone. Nobody sees an error.
#![allow(clippy::unwrap_used)] // A test says where it broke; that is all it must do.
use std::path::PathBuf;
use std::time::{Duration, Instant};

use kernel::{Database, Settings, Statement, params, proof};
use storm::server::Server;
use storm::weather;

/// How far behind the standby may be here.
const LAG_MAX: Duration = Duration::from_millis(800);
/// After so long at the most the primary answers for it: the lag and the patience of the watch, and
/// as much again as a busy machine may need for both.
const NOTICED: Duration = Duration::from_secs(8);

/// Where the servers are; gone with the test.
struct Home(PathBuf);

impl Drop for Home {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
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
    std::fs::create_dir_all(&home).unwrap();
    let home = Home(home);
    let library = weather::library(&home.0).unwrap();
    let primary = Server::new(&home.0, "primary", &library).unwrap();
    let standby = Server::place(&home.0, "standby", &library).unwrap();
    let settings = Settings::default();
    let db = Database::open(&Server::url(primary.port), &settings).await;
    let db = db.unwrap();
    let nearly = db.nearly();
    let table = Statement::new("CREATE TABLE seen (number BIGINT NOT NULL)", vec![]);
    db.write(vec![table]).await.unwrap();
    see(&db, 1).await;

    // It is not there yet when the program starts: nobody waits for it.
    db.add_replica(&Server::url(standby.port), LAG_MAX, &settings);
    assert_eq!(ask(&nearly, NEWEST).await, 1);
    assert_eq!(who(&nearly).await, 0);
    tokio::task::block_in_place(|| standby.follow(&primary)).unwrap();
    until(&nearly, 1).await;
    assert_eq!(
        who(&db).await,
        0,
        "what must not be behind is asked of the primary"
    );
    assert_eq!(ask(&nearly, NEWEST).await, 1);

    // It stands still: for a moment an old answer, then the primary's.
    let direct = Database::open(&Server::url(standby.port), &settings).await;
    let direct = direct.unwrap();
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
    tokio::task::block_in_place(|| standby.stop_immediately()).unwrap();
    reading.await.unwrap();
    assert_eq!(who(&nearly).await, 0);
    tokio::task::block_in_place(|| standby.start()).unwrap();
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
