//! The served engine: PostgreSQL 15+ (or what speaks its wire protocol) over tokio-postgres.
//! Connections with the statements they have prepared, for reading and for the writers
//! (`postgres_writer.rs`).
use std::collections::HashMap;
use std::sync::Arc;

use futures_util::future::join_all;
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Config, NoTls, Statement as Prepared};

use super::merge::of_many;
use super::postgres_readers::Readers;
use super::postgres_writer::{Queue, write_until_closed};
use super::{Job, Row, Settings, Statement, Trouble, Value, Written};

/// Statements prepared on one connection, on both its ends: more than the house has. Beyond it all
/// are forgotten, which only costs preparing them again.
const PREPARED_MAX: usize = 1_024;
/// How long one attempt to connect may take.
const CONNECT_TIMEOUT: std::time::Duration = std::time::Duration::from_secs(5);
/// After so long without any sign from the other machine a connection is given up and made anew,
/// perhaps to the server that took its place. The operating system would wait for a quarter of an
/// hour, and for two where nothing was being sent. Both can be set in the address.
const VANISHED_AFTER: std::time::Duration = std::time::Duration::from_secs(10);

/// Every question here walks an index, every join looks rows up by their key. A plan that was made
/// while a table had two pages would otherwise read all of it for one dossier, or hash and sort a
/// list of a hundred thousand to show twenty, until the table is next analysed: pages found by an
/// index are said to cost less than pages read in a row, so that the size of a table decides
/// nothing. Of a table that was empty when the plan was made not even that is believed: reading it
/// whole cost nothing then, and a minute later five thousand drafts; so a table is read whole only
/// where no index leads to what is asked. Nor does a plan depend on what is asked for: with a
/// million dossiers PostgreSQL planned each search anew, in 200 µs, to walk in 90. Nor is any
/// question long enough to be compiled, or to wait for more processes that answer it.
const PLANS: &str = "SET random_page_cost = 0.1; SET jit = off;
    SET plan_cache_mode = force_generic_plan; SET max_parallel_workers_per_gather = 0;
    SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_seqscan = off";

/// The server's clock, in milliseconds.
pub(super) const CLOCK: &str =
    "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)";

pub(super) struct Postgres {
    readers: Readers,
    url: String,
    sender: Mutex<Option<mpsc::Sender<Job>>>,
    writers: Mutex<Vec<tokio::task::JoinHandle<()>>>,
}

/// A connection with the statements it has prepared.
#[derive(Default)]
pub(super) struct Line(pub(super) Option<Arc<Wire>>);

pub(super) struct Wire {
    pub(super) client: Client,
    prepared: Statements,
    /// Statements for many rows, by the text for one.
    of_many: Statements,
}

impl Postgres {
    pub(super) async fn open(url: &str, settings: &Settings) -> Result<Self, Trouble> {
        let first = connect(url).await?;
        let (sender, receiver) = mpsc::channel::<Job>(settings.queue);
        let count = settings.writers.max(1);
        let queue = Arc::new(Queue::new(receiver, count));
        let writers = (0..count)
            .map(|_| tokio::spawn(write_until_closed(url.to_owned(), Arc::clone(&queue))))
            .collect();
        Ok(Self {
            readers: Readers::new(first, settings.readers),
            url: url.to_owned(),
            sender: Mutex::new(Some(sender)),
            writers: Mutex::new(writers),
        })
    }

    /// A connection that nobody shares, for a long transaction.
    pub(super) async fn connection(&self) -> Result<Client, Trouble> {
        dial(&self.url).await
    }

    pub(super) async fn query(&self, statement: Statement) -> Result<Vec<Row>, Trouble> {
        let reader = self.readers.next();
        let wire = reader.wire(&self.url).await?;
        let prepared = wire.prepare(&statement.sql).await?;
        let rows = wire.client.query(&prepared, &bind(&statement.params)).await;
        rows.map_err(|e| trouble(&e))?.iter().map(row).collect()
    }

    pub(super) async fn sweep(&self, table: &'static str) -> Result<(), Trouble> {
        let wire = self.readers.next().wire(&self.url).await?;
        // Giving the table's end back to the disk would lock it, and it grows again at once. Where
        // PostgreSQL is at it already, nobody waits.
        let sql = format!("VACUUM (SKIP_LOCKED, TRUNCATE FALSE) {table}");
        let swept = wire.client.batch_execute(&sql).await;
        swept.map_err(|e| trouble(&e))
    }

    pub(super) async fn write(&self, statements: Vec<Statement>) -> Result<Vec<Written>, Trouble> {
        let (reply, answer) = oneshot::channel();
        let sender = self.sender.lock().await.clone().ok_or_else(closed)?;
        sender
            .try_send(Job { statements, reply })
            .map_err(|error| match error {
                mpsc::error::TrySendError::Full(_) => Trouble::Overloaded,
                mpsc::error::TrySendError::Closed(_) => closed(),
            })?;
        answer.await.map_err(|_| closed())?
    }

    pub(super) async fn close(&self) {
        self.sender.lock().await.take();
        let writers = std::mem::take(&mut *self.writers.lock().await);
        join_all(writers).await;
    }
}

fn closed() -> Trouble {
    Trouble::Unavailable("the database is closed".into())
}

async fn connect(url: &str) -> Result<Arc<Wire>, Trouble> {
    Ok(Arc::new(Wire {
        client: dial(url).await?,
        prepared: std::sync::Mutex::default(),
        of_many: std::sync::Mutex::default(),
    }))
}

/// The address with what it leaves out: a machine that vanished without a word is noticed.
fn config(url: &str) -> Result<Config, Trouble> {
    let mut config: Config = url
        .parse()
        .map_err(|e: tokio_postgres::Error| Trouble::Unavailable(e.to_string()))?;
    if config.get_tcp_user_timeout().is_none() {
        config.tcp_user_timeout(VANISHED_AFTER);
    }
    if !url.contains("keepalives_idle=") {
        config.keepalives_idle(VANISHED_AFTER / 2);
        config.keepalives_interval(VANISHED_AFTER / 2);
    }
    Ok(config)
}

async fn dial(url: &str) -> Result<Client, Trouble> {
    let config = config(url)?;
    let connecting = config.connect(NoTls);
    let (client, connection) = tokio::time::timeout(CONNECT_TIMEOUT, connecting)
        .await
        .map_err(|_| Trouble::Unavailable("PostgreSQL does not answer".into()))?
        .map_err(|e| Trouble::Unavailable(describe(&e)))?;
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::warn!(%error, "a PostgreSQL connection ended");
        }
    });
    if let Err(error) = client.batch_execute(PLANS).await {
        tracing::debug!(%error, "this server joins as it likes");
    }
    Ok(client)
}

impl Line {
    /// The live connection; a broken one is replaced.
    pub(super) async fn wire(&mut self, url: &str) -> Result<Arc<Wire>, Trouble> {
        match &self.0 {
            Some(wire) if !wire.client.is_closed() => Ok(Arc::clone(wire)),
            _ => {
                let wire = connect(url).await?;
                self.0 = Some(Arc::clone(&wire));
                Ok(wire)
            }
        }
    }
}

impl Wire {
    pub(super) async fn prepare(&self, sql: &str) -> Result<Prepared, Trouble> {
        if let Some(prepared) = remembered(&self.prepared, sql) {
            return Ok(prepared);
        }
        let prepared = self.parse(&numbered(sql)).await?;
        remember(&self.prepared, sql, &prepared);
        Ok(prepared)
    }

    /// The statement for many rows of this text; the server says which types one row has.
    pub(super) async fn prepare_many(&self, sql: &str) -> Result<Prepared, Trouble> {
        if let Some(prepared) = remembered(&self.of_many, sql) {
            return Ok(prepared);
        }
        let one = self.prepare(sql).await?;
        let types: Vec<&str> = one.params().iter().map(|kind| kind.name()).collect();
        let prepared = self.parse(&of_many(sql, &types)).await?;
        remember(&self.of_many, sql, &prepared);
        Ok(prepared)
    }

    async fn parse(&self, text: &str) -> Result<Prepared, Trouble> {
        self.client.prepare(text).await.map_err(|e| trouble(&e))
    }
}

type Statements = std::sync::Mutex<HashMap<String, Prepared, foldhash::fast::RandomState>>;

fn remembered(statements: &Statements, sql: &str) -> Option<Prepared> {
    let known = statements.lock().expect("no panic while held");
    known.get(sql).cloned()
}

fn remember(statements: &Statements, sql: &str, prepared: &Prepared) {
    let mut known = statements.lock().expect("no panic while held");
    if known.len() >= PREPARED_MAX {
        known.clear();
    }
    known.insert(sql.to_owned(), prepared.clone());
}

/// Marks a lost deadlock or serialisation race; never leaves the writer while tries are left.
pub(super) const RACE: &str = "lost a race with another transaction";

/// `?` becomes `$1`, `$2` …; quoted text is left alone.
fn numbered(sql: &str) -> String {
    let mut text = String::with_capacity(sql.len() + 16);
    let (mut count, mut quoted) = (0, false);
    for character in sql.chars() {
        quoted ^= character == '\'';
        if character == '?' && !quoted {
            count += 1;
            text.push_str(&format!("${count}"));
        } else {
            text.push(character);
        }
    }
    text
}

pub(super) fn bind(params: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    params
        .iter()
        .map(|value| value as &(dyn ToSql + Sync))
        .collect()
}

pub(super) fn row(row: &tokio_postgres::Row) -> Result<Row, Trouble> {
    // A collected `Result` does not know how long it becomes and grows four times.
    let mut values = Vec::with_capacity(row.len());
    for column in 0..row.len() {
        values.push(row.try_get(column).map_err(|e| trouble(&e))?);
    }
    Ok(Row(values))
}

fn describe(error: &tokio_postgres::Error) -> String {
    if let Some(db) = error.as_db_error() {
        return db.message().to_owned();
    }
    match std::error::Error::source(error) {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}

pub(super) fn trouble(error: &tokio_postgres::Error) -> Trouble {
    let Some(db) = error.as_db_error() else {
        return if error.is_closed() {
            Trouble::Unavailable("the connection to PostgreSQL ended".into())
        } else {
            Trouble::Broken(error.to_string())
        };
    };
    match db.code().code() {
        "23505" => Trouble::Conflict(db.constraint().unwrap_or(db.message()).to_owned()),
        "40001" | "40P01" => Trouble::Guard(RACE.into()),
        // 57P0x: shutdown; 53xxx: out of connections, memory or disk; 25006: a standby.
        code if code.starts_with("57P") || code.starts_with("53") || code == "25006" => {
            Trouble::Unavailable(db.message().to_owned())
        }
        _ => Trouble::Broken(db.message().to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vanished_server_is_noticed_unless_the_address_says_otherwise() {
        let plain = config("postgres://dinh@a,b/dinh?target_session_attrs=read-write");
        let plain = plain.expect("an address");
        assert_eq!(plain.get_tcp_user_timeout(), Some(&VANISHED_AFTER));
        assert_eq!(plain.get_keepalives_idle(), VANISHED_AFTER / 2);
        assert_eq!(plain.get_hosts().len(), 2);
        let own = "postgres://dinh@a/dinh?tcp_user_timeout=60&keepalives_idle=30";
        let own = config(own).expect("an address");
        assert_eq!(
            own.get_tcp_user_timeout().map(|time| time.as_secs()),
            Some(60)
        );
        assert_eq!(own.get_keepalives_idle().as_secs(), 30);
        assert!(matches!(
            config("postgres://:x:y/"),
            Err(Trouble::Unavailable(_))
        ));
    }
}
