//! The embedded engine: SQLite in WAL mode with `synchronous=FULL`, one thread that writes
//! (`sqlite_writer.rs`), one that carries (`sqlite_carrier.rs`), a pool of connections that read.
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, StatementStatus};
use tokio::sync::{Semaphore, oneshot};

use super::sqlite_value::{TOO_LONG, owned, trouble};
use super::sqlite_writer::write_until_closed;
use super::{Job, Row, Settings, Statement, Trouble, Written, sqlite_wal};

/// Prepared statements kept per connection: more than the house has, so none is parsed twice.
const STATEMENTS_MAX: usize = 512;
/// Memory for pages of the connection that writes: it touches the same ends of many trees. With
/// half of it a submission cost a ninth more; twice as much changed nothing.
const WRITER_CACHE_KIB: i64 = 16_384;
/// Memory for pages of one that reads; the operating system keeps the rest (half or twice as much
/// read as fast).
const READER_CACHE_KIB: i64 = 2_048;
/// How long SQLite waits for another process's lock (a backup, a shell) before it gives up.
const BUSY_MS: u64 = 10_000;

/// What every connection that may write says first.
const DURABLE: &str = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;
    PRAGMA temp_store=MEMORY;";

/// A read runs where it is asked for, as any other work of that thread, up to so many steps of
/// SQLite's machine (about a millisecond); a longer one is begun again on a thread of its own.
const QUICK_STEPS: u32 = 20_000;
/// How often a running read looks whether it has become long.
const LOOK_EVERY: i32 = 1_000;

pub(super) struct Sqlite {
    path: String,
    access: Access,
    writer: Mutex<Option<SyncSender<Job>>>,
    thread: Mutex<Option<std::thread::JoinHandle<()>>>,
    readers: Mutex<Vec<Reading>>,
    long: Semaphore,
    steps: Arc<AtomicU64>,
}

/// What a connection may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// Everything; the file is made when it is not there.
    Write,
    /// Nothing that changes a byte of the file or of its log.
    Read,
}

/// A connection that reads, and how many more looks it has before it is stopped.
struct Reading {
    connection: Connection,
    looks: Arc<AtomicU32>,
    steps: Arc<AtomicU64>,
}

impl Reading {
    fn open(path: &str, access: Access, steps: &Arc<AtomicU64>) -> Result<Self, Trouble> {
        let connection = connect(path, access)?;
        let looks = Arc::new(AtomicU32::new(u32::MAX));
        let left = Arc::clone(&looks);
        let spent = move || {
            let one_less = |looks: u32| looks.checked_sub(1);
            left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_less)
                .is_err()
        };
        connection.progress_handler(LOOK_EVERY, Some(spent));
        let steps = Arc::clone(steps);
        Ok(Self {
            connection,
            looks,
            steps,
        })
    }

    /// `None`: it took too long.
    fn quick(&self, statement: &Statement) -> Option<Result<Vec<Row>, Trouble>> {
        let looks = QUICK_STEPS / LOOK_EVERY.unsigned_abs();
        self.looks.store(looks, Ordering::Relaxed);
        match self.read(statement) {
            Err(Trouble::Unavailable(why)) if why == TOO_LONG => None,
            answer => Some(answer),
        }
    }

    fn whole(&self, statement: &Statement) -> Result<Vec<Row>, Trouble> {
        self.looks.store(u32::MAX, Ordering::Relaxed);
        self.read(statement)
    }

    fn read(&self, statement: &Statement) -> Result<Vec<Row>, Trouble> {
        let (rows, steps) = counted(&self.connection, statement)?;
        self.steps.fetch_add(steps, Ordering::Relaxed);
        Ok(rows)
    }
}

impl Sqlite {
    pub(super) fn open(path: &str, settings: &Settings) -> Result<Self, Trouble> {
        sqlite_wal::look(path)?;
        let connection = connect(path, Access::Write)?;
        connection
            .pragma_update(None, "cache_size", -WRITER_CACHE_KIB)
            .map_err(|e| trouble(&e))?;
        let (sender, receiver) = sync_channel::<Job>(settings.queue);
        let carried = path.to_owned();
        let thread = std::thread::Builder::new()
            .name("sqlite-writer".into())
            .spawn(move || write_until_closed(&carried, &connection, &receiver))
            .map_err(|e| Trouble::Unavailable(e.to_string()))?;
        Ok(Self {
            writer: Mutex::new(Some(sender)),
            thread: Mutex::new(Some(thread)),
            ..Self::reading_only(path, Access::Write, settings)
        })
    }

    /// Without a writer: every write is told that the database is closed.
    pub(super) fn open_to_read(path: &str, settings: &Settings) -> Result<Self, Trouble> {
        sqlite_wal::look(path)?;
        // A file that is not there is said now, and not made.
        connect(path, Access::Read)?;
        Ok(Self::reading_only(path, Access::Read, settings))
    }

    fn reading_only(path: &str, access: Access, settings: &Settings) -> Self {
        Self {
            path: path.to_owned(),
            access,
            writer: Mutex::default(),
            thread: Mutex::default(),
            readers: Mutex::default(),
            long: Semaphore::new(settings.readers.max(1)),
            steps: Arc::default(),
        }
    }

    /// A connection of its own, for a long transaction that reads.
    pub(super) fn connection(&self) -> Result<Connection, Trouble> {
        connect(&self.path, self.access)
    }

    pub(super) fn steps(&self) -> u64 {
        self.steps.load(Ordering::Relaxed)
    }

    pub(super) async fn query(&self, statement: Statement) -> Result<Vec<Row>, Trouble> {
        // `close` closes the semaphore: nobody reads a database that was given up.
        if self.long.is_closed() {
            return Err(closed());
        }
        let reading = self.reading()?;
        let quick = reading.quick(&statement);
        self.give_back(reading);
        if let Some(answer) = quick {
            return answer;
        }
        let _turn = self.long.acquire().await.map_err(|_| closed())?;
        let reading = self.reading()?;
        let (reading, rows) = tokio::task::spawn_blocking(move || {
            let rows = reading.whole(&statement);
            (reading, rows)
        })
        .await
        .map_err(|e| Trouble::Broken(e.to_string()))?;
        self.give_back(reading);
        rows
    }

    fn reading(&self) -> Result<Reading, Trouble> {
        let pooled = self.readers.lock().expect("no panic while held").pop();
        pooled.map_or_else(|| Reading::open(&self.path, self.access, &self.steps), Ok)
    }

    fn give_back(&self, reading: Reading) {
        self.readers
            .lock()
            .expect("no panic while held")
            .push(reading);
    }

    pub(super) async fn write(&self, statements: Vec<Statement>) -> Result<Vec<Written>, Trouble> {
        let (reply, answer) = oneshot::channel();
        let job = Job { statements, reply };
        {
            let writer = self.writer.lock().expect("no panic while held");
            match writer.as_ref().ok_or_else(closed)?.try_send(job) {
                Ok(()) => {}
                Err(TrySendError::Full(_)) => return Err(Trouble::Overloaded),
                Err(TrySendError::Disconnected(_)) => return Err(closed()),
            }
        }
        answer.await.map_err(|_| closed())?
    }

    pub(super) async fn close(&self) {
        drop(self.writer.lock().expect("no panic while held").take());
        self.long.close();
        let thread = self.thread.lock().expect("no panic while held").take();
        if let Some(thread) = thread {
            let _ = tokio::task::spawn_blocking(move || thread.join()).await;
        }
        self.readers.lock().expect("no panic while held").clear();
    }
}

pub(super) fn closed() -> Trouble {
    Trouble::Unavailable("the database is closed".into())
}

pub(super) fn connect(path: &str, access: Access) -> Result<Connection, Trouble> {
    let flags = OpenFlags::SQLITE_OPEN_NO_MUTEX
        | match access {
            Access::Write => OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
            Access::Read => OpenFlags::SQLITE_OPEN_READ_ONLY,
        };
    let connection = Connection::open_with_flags(path, flags)
        .map_err(|e| Trouble::Unavailable(format!("{path}: {e}")))?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_MAX);
    // A plan stays as prepared: otherwise a statement with `LIMIT ?` is parsed and planned anew
    // each time a parameter is bound (measured: a twelfth of the processor time under load).
    connection
        .set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
        .map_err(|e| trouble(&e))?;
    connection
        .busy_timeout(std::time::Duration::from_millis(BUSY_MS))
        .map_err(|e| trouble(&e))?;
    connection
        .execute_batch(match access {
            Access::Write => DURABLE,
            Access::Read => "PRAGMA temp_store=MEMORY;",
        })
        .and_then(|()| connection.pragma_update(None, "wal_autocheckpoint", 0))
        .and_then(|()| connection.pragma_update(None, "cache_size", -READER_CACHE_KIB))
        .map_err(|e| Trouble::Unavailable(format!("{path}: {e}")))?;
    Ok(connection)
}

/// SQLite's own way: up to the first frame that is not right.
pub(super) fn drop_damaged_log(path: &str) -> Result<(), Trouble> {
    let connection = connect(path, Access::Write)?;
    let carried = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
    carried.map_err(|e| trouble(&e))
}

pub(super) fn read(connection: &Connection, statement: &Statement) -> Result<Vec<Row>, Trouble> {
    counted(connection, statement).map(|(rows, _)| rows)
}

/// The rows, and how many steps of SQLite's machine they took.
fn counted(connection: &Connection, statement: &Statement) -> Result<(Vec<Row>, u64), Trouble> {
    let mut prepared = connection
        .prepare_cached(&statement.sql)
        .map_err(|e| trouble(&e))?;
    if !prepared.readonly() {
        return Err(Trouble::Broken(format!(
            "a query that writes: {}",
            statement.sql
        )));
    }
    let rows = collect(&mut prepared, rusqlite::params_from_iter(&statement.params))?;
    let steps = prepared.reset_status(StatementStatus::VmStep);
    Ok((rows, u64::try_from(steps).unwrap_or(0)))
}

pub(super) fn collect(
    prepared: &mut rusqlite::CachedStatement<'_>,
    params: impl rusqlite::Params,
) -> Result<Vec<Row>, Trouble> {
    let columns = prepared.column_count();
    let mut cursor = prepared.query(params).map_err(|e| trouble(&e))?;
    let mut rows = Vec::new();
    while let Some(row) = cursor.next().map_err(|e| trouble(&e))? {
        // A collected `Result` does not know how long it becomes and grows four times.
        let mut values = Vec::with_capacity(columns);
        for column in 0..columns {
            values.push(owned(row.get_ref(column).map_err(|e| trouble(&e))?));
        }
        rows.push(Row(values));
    }
    Ok(rows)
}
