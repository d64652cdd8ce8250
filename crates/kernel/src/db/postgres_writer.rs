//! What writes to PostgreSQL: a few connections that take waiting commands as one batch, send all
//! their statements at once and commit together; when one of them fails, each is run again alone,
//! so that nobody pays for another's mistake. Of four connections one begins its batch when the
//! one before has run half of its own, and two run statements: the others wait for the disk, side
//! by side, and what comes meanwhile shares the statements of one batch instead of several.
//!
//! Does not know: how connections are made.
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_util::future::{MaybeDone, maybe_done};
use tokio::sync::{Mutex, Semaphore, SemaphorePermit, mpsc};
use tokio_postgres::Statement as Prepared;
use tokio_postgres::types::ToSql;

use super::merge::{handed_out, merge};
use super::postgres::{Line, RACE, Wire, bind, row, trouble};
use super::{GROUP_MAX, Job, Row, Statement, Trouble, Value, Written, guard};

/// The most jobs of one batch; smaller than the embedded group because several writers share the
/// work.
const BATCH_MAX: usize = GROUP_MAX / 2;
/// How often a transaction that lost a deadlock or a serialisation race is run again.
const RETRIES_MAX: u32 = 5;

/// What the writing connections share.
pub(super) struct Queue {
    jobs: Mutex<mpsc::Receiver<Job>>,
    beginning: Semaphore,
    running: Semaphore,
}

/// The turn to take what waits and run it; who only waits for the commit has given it on.
struct Turn<'a> {
    first_half: SemaphorePermit<'a>,
    statements: SemaphorePermit<'a>,
}

impl Queue {
    /// What comes in at `jobs`, for so many connections: of four one may begin and two may run.
    pub(super) fn new(jobs: mpsc::Receiver<Job>, writers: usize) -> Self {
        let beginning = writers.div_ceil(4);
        Self {
            jobs: Mutex::new(jobs),
            beginning: Semaphore::new(beginning),
            running: Semaphore::new(2 * beginning),
        }
    }

    /// A turn with what waits, or waits for something; `None` when nothing will come any more.
    async fn next(&self) -> Option<(Turn<'_>, Vec<Job>)> {
        let turn = Turn {
            first_half: self.beginning.acquire().await.ok()?,
            statements: self.running.acquire().await.ok()?,
        };
        let mut batch = Vec::new();
        let mut jobs = self.jobs.lock().await;
        (jobs.recv_many(&mut batch, BATCH_MAX).await > 0).then_some((turn, batch))
    }
}

/// Runs what comes, as long as somebody may come.
pub(super) async fn write_until_closed(url: String, queue: Arc<Queue>) {
    let mut line = Line::default();
    while let Some((turn, batch)) = queue.next().await {
        commit_batch(&mut line, &url, batch, turn).await;
    }
}

async fn commit_batch(line: &mut Line, url: &str, batch: Vec<Job>, turn: Turn<'_>) {
    let wire = match line.wire(url).await {
        Ok(wire) => wire,
        Err(error) => {
            for job in batch {
                let _ = job.reply.send(Err(error.clone()));
            }
            return;
        }
    };
    let together: Vec<&[Statement]> = batch.iter().map(|job| &*job.statements).collect();
    if let Ok(written) = wire.transaction(&together, Some(turn)).await {
        for (job, written) in batch.into_iter().zip(written) {
            let _ = job.reply.send(Ok(written));
        }
        return;
    }
    for job in batch {
        let result = alone(line, url, &job.statements).await;
        let _ = job.reply.send(result);
    }
}

/// Deadlocks and serialisation failures are run again; any other answer is the job's own.
async fn alone(
    line: &mut Line,
    url: &str,
    statements: &[Statement],
) -> Result<Vec<Written>, Trouble> {
    let mut tries = 0;
    loop {
        let wire = line.wire(url).await?;
        match wire.transaction(&[statements], None).await {
            Ok(mut written) => return Ok(written.pop().unwrap_or_default()),
            Err(Trouble::Guard(text)) if text == RACE && tries < RETRIES_MAX => tries += 1,
            Err(error) => return Err(error),
        }
    }
}

impl Wire {
    /// One statement for all rows.
    async fn many(
        &self,
        columns: Vec<Vec<&Value>>,
        prepared: Prepared,
    ) -> Result<Written, Trouble> {
        let arrays: Vec<&(dyn ToSql + Sync)> = columns.iter().map(|one| one as _).collect();
        let done = self.client.execute(&prepared, &arrays).await;
        done.map(|_| Written::default()).map_err(|e| trouble(&e))
    }

    /// One statement; polled together with others it is sent without waiting for their answers.
    async fn one(&self, statement: &Statement, prepared: Prepared) -> Result<Written, Trouble> {
        let params = bind(&statement.params);
        let written = if prepared.columns().is_empty() {
            let affected = self.client.execute(&prepared, &params).await;
            Written {
                affected: affected.map_err(|e| trouble(&e))?,
                rows: Vec::new(),
            }
        } else {
            let rows = self.client.query(&prepared, &params).await;
            let rows = rows.map_err(|e| trouble(&e))?;
            let rows: Vec<Row> = rows.iter().map(row).collect::<Result<_, _>>()?;
            Written {
                affected: rows.len() as u64,
                rows,
            }
        };
        guard(statement, written.affected)?;
        Ok(written)
    }

    async fn control(&self, sql: &str) -> Result<Written, Trouble> {
        let done = self.client.batch_execute(sql).await;
        done.map(|()| Written::default()).map_err(|e| trouble(&e))
    }

    /// Runs jobs as one transaction: `BEGIN`, what they write together, the rest job by job,
    /// `COMMIT`, all sent at once. A commit sent behind what fails rolls back; where rows are
    /// counted or read first, it is sent after. When half has run the next batch is put together
    /// and sent, when all has run one more: the server always has something to do.
    async fn transaction(
        &self,
        jobs: &[&[Statement]],
        turn: Option<Turn<'_>>,
    ) -> Result<Vec<Vec<Written>>, Trouble> {
        let (first_half, statements) = turn.map(|turn| (turn.first_half, turn.statements)).unzip();
        // Prepared first: a text that is new here would otherwise be sent out of its order.
        let mut line = vec![sending(self.control("BEGIN"))];
        for merged in &merge(jobs) {
            let prepared = self.prepare_many(merged.sql).await?;
            line.push(sending(self.many(merged.columns(), prepared)));
        }
        let first = line.len();
        let all = jobs.iter().flat_map(|job| job.iter());
        let alone: Vec<&Statement> = all.filter(|statement| !statement.any_order).collect();
        let mut is_guarded = false;
        for statement in alone {
            let prepared = self.prepare(&statement.sql).await?;
            is_guarded |= statement.must_change.is_some() || !prepared.columns().is_empty();
            line.push(sending(self.one(statement, prepared)));
        }
        sent(&mut line).await;
        // What could not even be sent does not stop the rest: only this does.
        let all_sent = !line
            .iter()
            .any(|one| matches!(one, MaybeDone::Done(Err(_))));
        let mut commit = all_sent && !is_guarded;
        let mut ended = sending(self.control("COMMIT"));
        if commit {
            sent(std::slice::from_mut(&mut ended)).await;
        }
        let rest = line.split_off(line.len() / 2);
        let begun = answered(line).await;
        drop(first_half);
        let rest = answered(rest).await;
        drop(statements);
        let outcome = begun.and_then(|mut written| {
            written.extend(rest?);
            Ok(written)
        });
        commit |= outcome.is_ok();
        let ended = match commit {
            true => answered(vec![ended]).await,
            // Best effort: a broken connection rolls back by itself.
            false => self.control("ROLLBACK").await.map(|_| Vec::new()),
        };
        let own = outcome.and_then(|written| ended.map(|_| written))?;
        let own = own.into_iter().skip(first);
        Ok(handed_out(jobs, own))
    }
}

/// A statement on its way: polled once, it is sent.
type Sending<'a> = MaybeDone<Pin<Box<dyn Future<Output = Result<Written, Trouble>> + Send + 'a>>>;

fn sending<'a>(
    statement: impl Future<Output = Result<Written, Trouble>> + Send + 'a,
) -> Sending<'a> {
    maybe_done(Box::pin(statement))
}

/// Sends all, in their order, and waits for none.
async fn sent(line: &mut [Sending<'_>]) {
    let poll = |context: &mut Context<'_>| {
        for statement in line.iter_mut() {
            let _ = Pin::new(statement).poll(context);
        }
        Poll::Ready(())
    };
    std::future::poll_fn(poll).await;
}

/// Their answers, which come in the same order. The first that failed is why the others did.
async fn answered(line: Vec<Sending<'_>>) -> Result<Vec<Written>, Trouble> {
    let mut written = Vec::with_capacity(line.len());
    for mut statement in line {
        (&mut statement).await;
        written.extend(Pin::new(&mut statement).take_output());
    }
    written.into_iter().collect()
}
