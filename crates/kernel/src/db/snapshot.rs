//! All tables of a database as of one moment, piece by piece, while others go on writing. Both
//! engines give the same pieces, so that what was read from one can be written to the other.
//!
//! Does not know: what the tables mean, where the pieces go.
use futures_util::TryStreamExt as _;
use rusqlite::Connection;
use tokio::sync::mpsc;

use super::{Database, Engine, Row, Statement, Trouble, postgres, sqlite, sqlite_value};

/// Rows of one piece: enough that the channel costs nothing, few enough to hold in memory.
const PIECE_ROWS: usize = 256;
/// Pieces that may wait for a slow reader of the snapshot.
const PIECES_WAITING: usize = 4;

const TABLES_SQLITE: &str = "SELECT name FROM sqlite_master
    WHERE type = 'table' AND substr(name, 1, 7) <> 'sqlite_' ORDER BY name";
const TABLES_POSTGRES: &str = "SELECT CAST(table_name AS TEXT) FROM information_schema.tables
    WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' ORDER BY 1";
/// One snapshot for all statements that follow, and no accident can write.
const BEGIN_POSTGRES: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// A part of a snapshot, in this order: the answer, then each table with its rows, then the end.
#[derive(Debug)]
pub enum Piece {
    /// What the question of [`Database::snapshot`] gave, as of the same moment.
    Answer(Vec<Row>),
    /// A table begins.
    Table {
        /// Its name.
        name: String,
        /// Its columns, in the order of the rows' values.
        columns: Vec<String>,
    },
    /// Rows of that table.
    Rows(Vec<Row>),
    /// Everything was given. Without this piece the snapshot is incomplete.
    End,
}

/// A snapshot being read. Dropped, it ends its transaction.
#[derive(Debug)]
pub struct Snapshot(mpsc::Receiver<Result<Piece, Trouble>>);

impl Snapshot {
    /// The next piece.
    ///
    /// # Errors
    /// [`Trouble`] of the database, also when it went away in the middle.
    pub async fn next(&mut self) -> Result<Piece, Trouble> {
        let broken = || Trouble::Unavailable("the snapshot broke off".into());
        self.0.recv().await.ok_or_else(broken)?
    }
}

type Sender = mpsc::Sender<Result<Piece, Trouble>>;

impl Database {
    /// The names of all tables.
    ///
    /// # Errors
    /// [`Trouble`] of the database.
    pub async fn tables(&self) -> Result<Vec<String>, Trouble> {
        let sql = match &self.0.engine {
            Engine::Sqlite(_) => TABLES_SQLITE,
            Engine::Postgres(_) => TABLES_POSTGRES,
        };
        let rows = self.query(Statement::new(sql, vec![])).await?;
        Ok(names(&rows))
    }

    /// Begins to read everything as of now, on a connection of its own. `question` is answered
    /// first, from the same moment.
    ///
    /// # Errors
    /// [`Trouble`] when the database cannot be reached.
    pub async fn snapshot(&self, question: &'static str) -> Result<Snapshot, Trouble> {
        self.snapshot_of(question, None).await
    }

    /// The same of these tables only.
    ///
    /// # Errors
    /// [`Trouble`] when the database cannot be reached.
    pub(crate) async fn snapshot_of(
        &self,
        question: &'static str,
        only: Only,
    ) -> Result<Snapshot, Trouble> {
        let (sender, receiver) = mpsc::channel(PIECES_WAITING);
        match &self.0.engine {
            Engine::Sqlite(engine) => {
                let connection = engine.connection()?;
                tokio::task::spawn_blocking(move || {
                    if let Err(trouble) = read_sqlite(&connection, question, only, &sender) {
                        let _ = sender.blocking_send(Err(trouble));
                    }
                });
            }
            Engine::Postgres(engine) => {
                let client = engine.connection().await?;
                tokio::spawn(async move {
                    if let Err(trouble) = read_postgres(&client, question, only, &sender).await {
                        let _ = sender.send(Err(trouble)).await;
                    }
                });
            }
        }
        Ok(Snapshot(receiver))
    }
}

/// The tables that are read; all of them without a list.
type Only = Option<&'static [&'static str]>;

fn names(rows: &[Row]) -> Vec<String> {
    rows.iter().map(|row| row.string(0)).collect()
}

fn gone<T>(_: mpsc::error::SendError<T>) -> Trouble {
    Trouble::Unavailable("nobody reads the snapshot any more".into())
}

fn read_sqlite(
    connection: &Connection,
    question: &'static str,
    only: Only,
    sender: &Sender,
) -> Result<(), Trouble> {
    let send = |piece| sender.blocking_send(Ok(piece)).map_err(gone);
    // The first SELECT fixes the moment for all that follow.
    let begun = connection.execute_batch("BEGIN");
    begun.map_err(|e| sqlite_value::trouble(&e))?;
    let tables = match only {
        Some(only) => only.iter().map(|&name| name.to_owned()).collect(),
        None => names(&sqlite::read(
            connection,
            &Statement::new(TABLES_SQLITE, vec![]),
        )?),
    };
    let answer = sqlite::read(connection, &Statement::new(question, vec![]))?;
    send(Piece::Answer(answer))?;
    for name in tables {
        let sql = format!("SELECT * FROM {name}");
        let mut all = connection
            .prepare(&sql)
            .map_err(|e| sqlite_value::trouble(&e))?;
        let columns = all.column_names().into_iter().map(str::to_owned).collect();
        send(Piece::Table { name, columns })?;
        let count = all.column_count();
        let mut cursor = all.query([]).map_err(|e| sqlite_value::trouble(&e))?;
        let mut rows = Vec::new();
        while let Some(row) = cursor.next().map_err(|e| sqlite_value::trouble(&e))? {
            let values = (0..count).map(|i| row.get_ref(i).map(sqlite_value::owned));
            let values: rusqlite::Result<_> = values.collect();
            rows.push(Row(values.map_err(|e| sqlite_value::trouble(&e))?));
            if rows.len() == PIECE_ROWS {
                send(Piece::Rows(std::mem::take(&mut rows)))?;
            }
        }
        send(Piece::Rows(rows))?;
    }
    send(Piece::End)
}

async fn read_postgres(
    client: &tokio_postgres::Client,
    question: &'static str,
    only: Only,
    sender: &Sender,
) -> Result<(), Trouble> {
    let failed = |error: tokio_postgres::Error| postgres::trouble(&error);
    client.batch_execute(BEGIN_POSTGRES).await.map_err(failed)?;
    let tables: Vec<String> = match only {
        Some(only) => only.iter().map(|&name| name.to_owned()).collect(),
        None => {
            let all = client.query(TABLES_POSTGRES, &[]).await.map_err(failed)?;
            all.iter().map(|row| row.get(0)).collect()
        }
    };
    let answer = client.query(question, &[]).await.map_err(failed)?;
    let answer: Result<_, _> = answer.iter().map(postgres::row).collect();
    sender
        .send(Ok(Piece::Answer(answer?)))
        .await
        .map_err(gone)?;
    for name in tables {
        let sql = format!("SELECT * FROM {name}");
        let all = client.prepare(&sql).await.map_err(failed)?;
        let columns = all.columns().iter().map(|one| one.name().to_owned());
        let columns = columns.collect();
        let table = Piece::Table { name, columns };
        sender.send(Ok(table)).await.map_err(gone)?;
        let nothing: [&str; 0] = [];
        let stream = client.query_raw(&all, nothing).await.map_err(failed)?;
        let mut stream = std::pin::pin!(stream);
        let mut rows = Vec::new();
        while let Some(one) = stream.try_next().await.map_err(failed)? {
            rows.push(postgres::row(&one)?);
            if rows.len() == PIECE_ROWS {
                let full = Piece::Rows(std::mem::take(&mut rows));
                sender.send(Ok(full)).await.map_err(gone)?;
            }
        }
        sender.send(Ok(Piece::Rows(rows))).await.map_err(gone)?;
    }
    sender.send(Ok(Piece::End)).await.map_err(gone)
}
