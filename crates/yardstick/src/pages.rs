//! The reference service: the least that an honest durable service does. It reads the JSON, writes
//! a row and an entry, and answers when both are durable; what comes at the same time shares one
//! statement. No sessions, no rights, no rules, no forms: nobody could work with it.
//! Does not know: who plays with it.
use std::net::SocketAddr;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use tokio::sync::{mpsc, oneshot};
use tokio_postgres::{Client, NoTls, Statement};

use super::views;

/// Submissions in one statement, as in the program.
const BATCH_MAX: usize = 64;
/// Batches under way at the same time, each over a connection of its own.
const WRITERS: usize = 2;
/// Submissions that wait; more would only wait longer.
const WAITING_MAX: usize = 4_096;

type Waiting = (String, oneshot::Sender<i64>);

/// Serves until it is killed.
///
/// # Errors
/// What the database or the address said.
pub async fn serve(database: &str, listen: SocketAddr) -> Result<(), String> {
    let words = |error: tokio_postgres::Error| error.to_string();
    let setting_up = connect(database).await.map_err(words)?;
    let made = setting_up.batch_execute(views::REFERENCE_TABLES).await;
    made.map_err(words)?;
    let (queue, waiting) = async_queue();
    for _ in 0..WRITERS {
        let client = connect(database).await.map_err(words)?;
        let batch = client
            .prepare(views::REFERENCE_BATCH)
            .await
            .map_err(words)?;
        tokio::spawn(write(client, batch, waiting.clone()));
    }
    let pages = Router::new()
        .route("/dossiers", post(take))
        .with_state(queue);
    let listener = tokio::net::TcpListener::bind(listen).await;
    let listener = listener.map_err(|error| format!("{listen}: {error}"))?;
    let served = axum::serve(listener, pages).await;
    served.map_err(|error| error.to_string())
}

type Queue = std::sync::Arc<tokio::sync::Mutex<mpsc::Receiver<Waiting>>>;

/// A queue that several writers empty.
fn async_queue() -> (mpsc::Sender<Waiting>, Queue) {
    let (queue, waiting) = mpsc::channel(WAITING_MAX);
    (queue, std::sync::Arc::new(tokio::sync::Mutex::new(waiting)))
}

async fn connect(database: &str) -> Result<Client, tokio_postgres::Error> {
    let (client, connection) = tokio_postgres::connect(database, NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}

async fn take(
    State(queue): State<mpsc::Sender<Waiting>>,
    body: Bytes,
) -> Result<(StatusCode, String), StatusCode> {
    let read: Result<serde::de::IgnoredAny, _> = serde_json::from_slice(&body);
    read.map_err(|_| StatusCode::BAD_REQUEST)?;
    let text = String::from_utf8(body.to_vec()).map_err(|_| StatusCode::BAD_REQUEST)?;
    let (answer, answered) = oneshot::channel();
    let queued = queue.send((text, answer)).await;
    queued.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
    let id = answered
        .await
        .map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    Ok((
        StatusCode::CREATED,
        format!("{{\"id\":{id},\"status\":\"received\"}}"),
    ))
}

/// Writes what waits, a batch at a time. Whoever is not answered sees an error.
async fn write(client: Client, batch: Statement, waiting: Queue) {
    let mut some = Vec::with_capacity(BATCH_MAX);
    loop {
        if waiting.lock().await.recv_many(&mut some, BATCH_MAX).await == 0 {
            return;
        }
        let (texts, answers): (Vec<String>, Vec<_>) = some.drain(..).unzip();
        let Ok(rows) = client.query(&batch, &[&texts]).await else {
            continue;
        };
        for (row, answer) in rows.iter().zip(answers) {
            let _ = answer.send(row.get(0));
        }
    }
}
