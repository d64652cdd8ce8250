//! The database door: one SQL text, two engines. Embedded SQLite (one writer thread, group commit)
//! or PostgreSQL 15+ (pipelined batches). Integers are 64 bit, all else is text or bytes: the
//! subset of types that both engines agree on.
//!
//! Does not know: what the tables mean.
mod lately;
mod merge;
mod postgres;
mod postgres_readers;
mod postgres_writer;
mod replica;
mod settings;
mod snapshot;
mod sqlite;
mod sqlite_carrier;
mod sqlite_value;
mod sqlite_wal;
mod sqlite_writer;
mod trouble;
mod value;
mod wire_value;

use std::borrow::Cow;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use lately::Known;
use replica::{Replica, Standby};
pub use settings::Settings;
pub use snapshot::{Piece, Snapshot};
pub use trouble::Trouble;
pub use value::{Cells, Row, Value};

/// One SQL statement with its parameters. Placeholders are `?` on both engines.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Statement {
    /// The text, in the subset of SQL that SQLite and PostgreSQL share.
    pub sql: Cow<'static, str>,
    /// One value for each `?`.
    pub params: Vec<Value>,
    /// If set, the whole transaction is refused unless exactly so many rows change.
    pub must_change: Option<u64>,
    /// See [`Statement::any_order`].
    pub any_order: bool,
}

impl Statement {
    /// A statement without expectations.
    pub fn new(sql: impl Into<Cow<'static, str>>, params: Vec<Value>) -> Self {
        Self {
            sql: sql.into(),
            params,
            must_change: None,
            any_order: false,
        }
    }

    /// Of an `INSERT … VALUES (?, …)` of one row, an `UPDATE … WHERE key = ?` or a
    /// `DELETE … WHERE key = ?`, without `RETURNING`: it may run before every other statement of
    /// its transaction, and together with those of other commands, whose keys are others.
    /// PostgreSQL then writes many rows with one statement. Whether the row was there is not told.
    #[must_use]
    pub fn any_order(mut self) -> Self {
        self.any_order = true;
        self
    }

    /// Refuses the transaction ([`Trouble::Guard`]) unless exactly `rows` rows change.
    #[must_use]
    pub fn must_change(mut self, rows: u64) -> Self {
        self.must_change = Some(rows);
        self
    }
}

/// What one statement of a transaction did.
#[derive(Debug, Clone, Default)]
pub struct Written {
    /// Rows changed (or returned, for `RETURNING`).
    pub affected: u64,
    /// Rows of a `RETURNING` clause.
    pub rows: Vec<Row>,
}

/// The most commands that share one transaction. More only lengthens the wait of the first.
pub const GROUP_MAX: usize = 128;

/// A handle on the database; cheap to clone.
#[derive(Clone)]
pub struct Database(Arc<Opened>, Freshness);

/// What a handle wants of its answers.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Freshness {
    /// Everything that was acknowledged.
    Now,
    /// A replica's answer will do.
    Nearly,
}

struct Opened {
    engine: Engine,
    replica: OnceLock<Replica>,
    lately: lately::Lately,
    asked: AtomicU64,
    written: AtomicU64,
}

enum Engine {
    Sqlite(sqlite::Sqlite),
    Postgres(postgres::Postgres),
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Database({})", self.engine())
    }
}

impl Database {
    /// Opens `sqlite:PATH` (created when absent) or `postgres://…`.
    ///
    /// # Errors
    /// [`Trouble::Unavailable`] when it cannot be opened, with the reason.
    pub async fn open(url: &str, settings: &Settings) -> Result<Self, Trouble> {
        let engine = if let Some(path) = url.strip_prefix("sqlite:") {
            Engine::Sqlite(sqlite::Sqlite::open(path, settings)?)
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Engine::Postgres(postgres::Postgres::open(url, settings).await?)
        } else {
            return Err(Trouble::Unavailable(
                "a database address starts with sqlite: or postgres://".into(),
            ));
        };
        Ok(Self::over(engine))
    }

    /// Opens a database that is there, and changes nothing of it: no byte of a file, no row of a
    /// server.
    ///
    /// # Errors
    /// As [`Database::open`].
    pub async fn open_to_read(url: &str, settings: &Settings) -> Result<Self, Trouble> {
        match url.strip_prefix("sqlite:") {
            Some(path) => {
                let engine = sqlite::Sqlite::open_to_read(path, settings)?;
                Ok(Self::over(Engine::Sqlite(engine)))
            }
            None => {
                // The server holds every session of this address to it.
                let sign = if url.contains('?') { '&' } else { '?' };
                let read_only = "options=-c%20default_transaction_read_only%3Don";
                Self::open(&format!("{url}{sign}{read_only}"), settings).await
            }
        }
    }

    /// Lets SQLite drop what stands behind the damage of the log of the database at `path`, as it
    /// would have without a word; it is carried into the file, and the log is gone.
    ///
    /// # Errors
    /// [`Trouble`] when it cannot be opened.
    pub fn drop_damaged_log(path: &str) -> Result<(), Trouble> {
        sqlite::drop_damaged_log(path)
    }

    fn over(engine: Engine) -> Self {
        let opened = Opened {
            engine,
            replica: OnceLock::new(),
            lately: lately::Lately::start(),
            asked: AtomicU64::new(0),
            written: AtomicU64::new(0),
        };
        Self(Arc::new(opened), Freshness::Now)
    }

    /// Lets a streaming standby at `url` answer what may be up to `lag_max` behind, as soon as it
    /// is there. Only beside PostgreSQL, and only the first time.
    pub fn add_replica(&self, url: &str, lag_max: Duration, settings: &Settings) {
        if self.engine() == "postgres" {
            let standby = Standby {
                url: url.to_owned(),
                lag_max,
                settings: settings.clone(),
            };
            let primary = Arc::downgrade(&self.0);
            self.0
                .replica
                .get_or_init(|| Replica::start(standby, primary));
        }
    }

    /// The same database for reads that may be a little behind: the replica answers them, if there
    /// is one and it is near enough. For lists and figures; never for what somebody looks at right
    /// after their own act.
    #[must_use]
    pub fn nearly(&self) -> Self {
        Self(Arc::clone(&self.0), Freshness::Nearly)
    }

    /// `"sqlite"` or `"postgres"`.
    #[must_use]
    pub fn engine(&self) -> &'static str {
        match &self.0.engine {
            Engine::Sqlite(_) => "sqlite",
            Engine::Postgres(_) => "postgres",
        }
    }

    /// Whether the writer itself gives committed entries their place in the log.
    #[must_use]
    pub fn places_entries_itself(&self) -> bool {
        matches!(&self.0.engine, Engine::Sqlite(_))
    }

    /// Runs one reading statement. Sees everything whose write was acknowledged before, unless the
    /// handle is [`Database::nearly`].
    ///
    /// # Errors
    /// [`Trouble`] as it comes from the engine.
    pub async fn query(&self, statement: Statement) -> Result<Vec<Row>, Trouble> {
        self.0.asked.fetch_add(1, Ordering::Relaxed);
        if let (Freshness::Nearly, Some(replica)) = (self.1, self.0.replica.get())
            && let Some(rows) = replica.query(&statement).await
        {
            return Ok(rows);
        }
        self.0.query(statement).await
    }

    /// As [`Database::query`], but the answer may be two seconds old: for what every page asks and
    /// hardly anybody changes.
    ///
    /// # Errors
    /// [`Trouble`] as it comes from the engine.
    pub async fn query_lately(&self, statement: Statement) -> Result<Arc<Vec<Row>>, Trouble> {
        let asked_at = match self.0.lately.get(&statement) {
            Known::Yes(rows) => return Ok(rows),
            Known::No(asked_at) => asked_at,
        };
        self.0.asked.fetch_add(1, Ordering::Relaxed);
        let rows = Arc::new(self.0.query(statement.clone()).await?);
        self.0.lately.put(statement, &rows, asked_at);
        Ok(rows)
    }

    /// Forgets one answer of [`Database::query_lately`].
    pub fn forget_one(&self, statement: &Statement) {
        self.0.lately.forget_one(statement);
    }

    /// Forgets what [`Database::query_lately`] remembers: this process changed such a table.
    pub fn forget_lately(&self) {
        self.0.lately.forget();
    }

    /// How often this process has asked and written since it opened: round trips to the database.
    #[must_use]
    pub fn round_trips(&self) -> RoundTrips {
        RoundTrips {
            asked: self.0.asked.load(Ordering::Relaxed),
            written: self.0.written.load(Ordering::Relaxed),
        }
    }

    /// How many steps of its machine SQLite has taken for the queries of this process: what a
    /// query costs, whatever else the machine does. PostgreSQL counts the rows it reads itself.
    #[must_use]
    pub fn steps(&self) -> u64 {
        match &self.0.engine {
            Engine::Sqlite(engine) => engine.steps(),
            Engine::Postgres(_) => 0,
        }
    }

    /// Runs `statements` as one durable transaction, which may share its commit with others'.
    /// When this returns, the change survives a crash.
    ///
    /// # Errors
    /// [`Trouble`]: nothing of the list happened (with [`Trouble::Unavailable`]: it may be
    /// unknown).
    pub async fn write(&self, statements: Vec<Statement>) -> Result<Vec<Written>, Trouble> {
        self.0.written.fetch_add(1, Ordering::Relaxed);
        match &self.0.engine {
            Engine::Sqlite(engine) => engine.write(statements).await,
            Engine::Postgres(engine) => engine.write(statements).await,
        }
    }

    /// Lets the planner count the tables, after filling them at once. PostgreSQL does that by
    /// itself some minutes later; SQLite's plans do not depend on it.
    ///
    /// # Errors
    /// [`Trouble`] of the database.
    pub async fn analyze(&self) -> Result<(), Trouble> {
        match &self.0.engine {
            Engine::Sqlite(_) => Ok(()),
            Engine::Postgres(_) => {
                let analyze = Statement::new("ANALYZE", vec![]);
                self.write(vec![analyze]).await.map(|_| ())
            }
        }
    }

    /// Clears rows that were deleted out of a table's indexes, where a walk from their beginning
    /// would pass them all until PostgreSQL does so by itself, once a minute. SQLite leaves none.
    ///
    /// # Errors
    /// [`Trouble`] of the database.
    pub async fn sweep(&self, table: &'static str) -> Result<(), Trouble> {
        match &self.0.engine {
            Engine::Sqlite(_) => Ok(()),
            Engine::Postgres(engine) => engine.sweep(table).await,
        }
    }

    /// What the database's own clock says; none where it is this machine's.
    ///
    /// # Errors
    /// [`Trouble`] when the database does not answer.
    pub async fn clock(&self) -> Result<Option<jiff::Timestamp>, Trouble> {
        match &self.0.engine {
            Engine::Sqlite(_) => Ok(None),
            Engine::Postgres(_) => {
                let rows = self.query(Statement::new(postgres::CLOCK, vec![])).await?;
                Ok(rows.first().map(|row| row.time(0)))
            }
        }
    }

    /// One round trip, to answer "are you there".
    ///
    /// # Errors
    /// [`Trouble`] when the database does not answer.
    pub async fn ping(&self) -> Result<(), Trouble> {
        self.query(Statement::new("SELECT 1", vec![]))
            .await
            .map(|_| ())
    }

    /// Finishes what is queued and closes the files. Later calls fail.
    pub async fn close(&self) {
        match &self.0.engine {
            Engine::Sqlite(engine) => engine.close().await,
            Engine::Postgres(engine) => engine.close().await,
        }
    }
}

impl Opened {
    async fn query(&self, statement: Statement) -> Result<Vec<Row>, Trouble> {
        match &self.engine {
            Engine::Sqlite(engine) => engine.query(statement).await,
            Engine::Postgres(engine) => engine.query(statement).await,
        }
    }
}

/// Round trips to the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoundTrips {
    /// Queries.
    pub asked: u64,
    /// Transactions, before they are grouped.
    pub written: u64,
}

/// A group of statements on its way to the writer.
struct Job {
    statements: Vec<Statement>,
    reply: tokio::sync::oneshot::Sender<Result<Vec<Written>, Trouble>>,
}

fn guard(statement: &Statement, affected: u64) -> Result<(), Trouble> {
    match statement.must_change {
        Some(wanted) if wanted != affected => Err(Trouble::Guard(format!(
            "{affected} rows instead of {wanted}: {}",
            statement.sql
        ))),
        _ => Ok(()),
    }
}
