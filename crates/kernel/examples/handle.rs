//! How many commands a second `Journal::handle` takes, and what they leave on the disk: each one
//! entry of 1 KiB with its view, on a stream of its own, durable when answered. The address of an
//! empty database is its argument.
//!
//!     cargo run --release -p kernel --example handle -- sqlite:/tmp/handle.db
use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use kernel::{
    Ctx, Database, Decide, Entry, Journal, Lived, Migration, Settings, Statement, params,
};
use serde::{Deserialize, Serialize};

/// Callers that wait for their answer before they ask again.
const CALLERS: usize = 256;
/// How long is counted.
const SECONDS: u64 = 5;
/// The body of an entry.
const BODY_BYTES: usize = 1024;

const SHELVES: Migration = Migration {
    name: "example/0001_shelves",
    sql: "CREATE TABLE shelves (id TEXT PRIMARY KEY, books BIGINT NOT NULL)",
};

/// A shelf on which books are put.
struct Shelf;

#[derive(Clone, Serialize, Deserialize)]
struct Put {
    title: String,
}

impl Decide for Shelf {
    const NAME: &'static str = "shelf";
    type State = i64;
    type Command = String;
    type Event = Put;
    type Refusal = &'static str;

    fn kind(_: &Put) -> &'static str {
        "put"
    }

    fn decide(&self, books: &i64, _: &Ctx, title: &String) -> Result<Vec<Put>, &'static str> {
        let title = title.clone();
        (*books < 1_000)
            .then(|| vec![Put { title }])
            .ok_or("the shelf is full")
    }

    fn evolve(&self, books: i64, _: &Entry<Put>) -> i64 {
        books + 1
    }

    fn views(&self, _: &i64, after: &i64, happened: &[Lived<'_, Put>]) -> Vec<Statement> {
        let sql = "INSERT INTO shelves (id, books) VALUES (?, ?)
                   ON CONFLICT (id) DO UPDATE SET books = excluded.books";
        vec![Statement::new(sql, params![happened[0].entry.id(), *after])]
    }

    fn view_tables(&self) -> &'static [&'static str] {
        &["shelves"]
    }
}

async fn call(journal: Journal, done: Arc<AtomicU64>, until: Instant) -> Result<(), String> {
    while Instant::now() < until {
        let id = uuid::Uuid::now_v7().to_string();
        let request = kernel::Request {
            command: "x".repeat(BODY_BYTES),
            private: None,
            along: Vec::new(),
            ctx: Ctx {
                actor: "reader".to_owned(),
                office: "library".to_owned(),
                now: Timestamp::now(),
                command_id: format!("put-{id}"),
            },
            id,
        };
        let handled = journal.handle(&Shelf, request).await;
        handled.map_err(|failure| format!("{failure:?}"))?;
        done.fetch_add(1, Ordering::Relaxed);
    }
    Ok(())
}

/// What the tables and their indexes take.
async fn bytes(db: &Database) -> Result<i64, kernel::Trouble> {
    let sql = match db.engine() {
        "sqlite" => "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size",
        _ => "SELECT CAST(SUM(pg_total_relation_size(relid)) AS BIGINT) FROM pg_stat_user_tables",
    };
    let rows = db.query(Statement::new(sql, vec![])).await?;
    Ok(rows[0].int(0))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let url = std::env::args().nth(1).ok_or("which database?")?;
    let db = Database::open(&url, &Settings::default()).await?;
    db.migrate(&[SHELVES]).await?;
    let before = bytes(&db).await?;
    let journal = Journal::new(db.clone());
    let done = Arc::new(AtomicU64::new(0));
    let until = Instant::now() + Duration::from_secs(SECONDS);
    let callers: Vec<_> = (0..CALLERS)
        .map(|_| tokio::spawn(call(journal.clone(), Arc::clone(&done), until)))
        .collect();
    for caller in callers {
        caller.await??;
    }
    let done = done.load(Ordering::Relaxed);
    let each = (bytes(&db).await? - before) / i64::try_from(done.max(1))?;
    println!(
        "{}: {} commands a second, {CALLERS} callers, {each} bytes each on the disk",
        db.engine(),
        done / SECONDS
    );
    db.close().await;
    Ok(())
}
