//! The one thread that writes to SQLite. Commands that wait share a transaction: rows that may
//! stand in any order are written table by table, in the order of their keys, so that each page is
//! met once. When one command fails, all are run again, each in its own savepoint, so that nobody
//! pays for another's mistake; without a failure nobody pays for savepoints, which copy every page
//! that a command changes.
//!
//! Does not know: what the tables mean, except that the log is written in the order of waiting.
use std::sync::mpsc::Receiver;

use rusqlite::{CachedStatement, Connection};

use super::merge::{Merged, handed_out, merge};
use super::sqlite::{closed, collect};
use super::sqlite_carrier::Carrier;
use super::sqlite_value::trouble;
use super::{GROUP_MAX, Job, Statement, Trouble, Value, Written, guard};
use crate::log;

/// Runs what comes, as long as somebody may come.
pub(super) fn write_until_closed(path: &str, connection: &Connection, jobs: &Receiver<Job>) {
    let carrier = match Carrier::start(path, connection) {
        Ok(carrier) => carrier,
        // Nobody writes without one: the next write is told that the database is closed.
        Err(error) => return tracing::error!(%error, "nobody writes to SQLite"),
    };
    while let Ok(first) = jobs.recv() {
        let mut group = vec![first];
        while group.len() < GROUP_MAX {
            match jobs.try_recv() {
                Ok(job) => group.push(job),
                Err(_) => break,
            }
        }
        commit_group(connection, group);
        carrier.rest(connection);
    }
}

/// What each job of a group gave, or why the whole group came to nothing.
type Outcome = Result<Vec<Result<Vec<Written>, Trouble>>, Trouble>;

/// Replies only after the commit.
fn commit_group(connection: &Connection, group: Vec<Job>) {
    let jobs: Vec<&[Statement]> = group.iter().map(|job| &*job.statements).collect();
    let mut outcome = transaction(connection, || together(connection, &jobs));
    if outcome.is_err() {
        outcome = transaction(connection, || one_by_one(connection, &jobs));
    }
    match outcome {
        Ok(results) => {
            for (job, result) in group.into_iter().zip(results) {
                let _ = job.reply.send(result);
            }
        }
        Err(error) => {
            for job in group {
                let _ = job.reply.send(Err(error.clone()));
            }
        }
    }
}

fn transaction(connection: &Connection, run: impl FnOnce() -> Outcome) -> Outcome {
    let control = |sql: &str| connection.execute_batch(sql).map_err(|e| trouble(&e));
    let outcome = control("BEGIN IMMEDIATE")
        .and_then(|()| run())
        .and_then(|results| {
            place(connection)?;
            control("COMMIT")?;
            Ok(results)
        });
    if outcome.is_err() && !connection.is_autocommit() {
        let _ = control("ROLLBACK");
    }
    outcome
}

/// All of them or none.
fn together(connection: &Connection, jobs: &[&[Statement]]) -> Outcome {
    for merged in merge(jobs) {
        write_rows(connection, merged)?;
    }
    let alone = jobs.iter().copied().flatten();
    let alone = alone.filter(|statement| !statement.any_order);
    let own: Result<Vec<Written>, Trouble> = alone
        .map(|statement| execute(connection, statement))
        .collect();
    let written = handed_out(jobs, own?.into_iter());
    Ok(written.into_iter().map(Ok).collect())
}

/// Many rows of one table, one statement prepared for all.
fn write_rows(connection: &Connection, mut merged: Merged<'_>) -> Result<(), Trouble> {
    let in_order = merged.sql == log::WAIT;
    if !in_order {
        merged.rows.sort_unstable();
    }
    let mut prepared = prepare(connection, merged.sql)?;
    for row in merged.rows {
        let params = rusqlite::params_from_iter(bound(merged.sql, row));
        prepared.execute(params).map_err(|e| trouble(&e))?;
    }
    Ok(())
}

/// Each in its own savepoint.
fn one_by_one(connection: &Connection, jobs: &[&[Statement]]) -> Outcome {
    jobs.iter()
        .map(|statements| in_savepoint(connection, statements))
        .collect()
}

/// The inner result is the job's own; the outer one dooms the whole group.
fn in_savepoint(
    connection: &Connection,
    statements: &[Statement],
) -> Result<Result<Vec<Written>, Trouble>, Trouble> {
    let control = |sql: &str| {
        connection
            .prepare_cached(sql)
            .and_then(|mut s| s.execute([]))
            .map_err(|e| trouble(&e))
    };
    control("SAVEPOINT job")?;
    let result: Result<Vec<Written>, Trouble> = statements
        .iter()
        .map(|statement| execute(connection, statement))
        .collect();
    if result.is_err() {
        // A full disk or an I/O error may already have rolled everything back.
        if connection.is_autocommit() {
            return Err(result.err().unwrap_or_else(closed));
        }
        control("ROLLBACK TO job")?;
    }
    control("RELEASE job")?;
    Ok(result)
}

/// Entries that still wait for a place: they came from a copy of a PostgreSQL database.
fn place(connection: &Connection) -> Result<(), Trouble> {
    if !PLACING.with(|known| known.get()) {
        let there = "SELECT 1 FROM sqlite_master WHERE name = 'entries_unplaced'";
        let found = connection
            .prepare_cached(there)
            .and_then(|mut s| s.exists([]));
        if !found.map_err(|e| trouble(&e))? {
            return Ok(());
        }
        PLACING.with(|known| known.set(true));
    }
    let mut any = connection
        .prepare_cached("SELECT 1 FROM entries_unplaced LIMIT 1")
        .map_err(|e| trouble(&e))?;
    if any.exists([]).map_err(|e| trouble(&e))? {
        for statement in log::place(i64::MAX) {
            execute(connection, &statement)?;
        }
    }
    Ok(())
}

thread_local! {
    /// Whether this writer thread has seen the journal's tables (they come with the first
    /// migration).
    static PLACING: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

/// The statement as SQLite runs it. One writer means that the order of inserting is the log order:
/// no entry waits for its place.
fn prepare<'c>(connection: &'c Connection, sql: &str) -> Result<CachedStatement<'c>, Trouble> {
    let sql = match sql {
        log::WAIT => log::NEXT,
        sql => sql,
    };
    connection.prepare_cached(sql).map_err(|e| trouble(&e))
}

/// What of a row's values that takes.
fn bound<'v>(sql: &str, values: &'v [Value]) -> &'v [Value] {
    match sql {
        log::WAIT => &values[..2],
        _ => values,
    }
}

fn execute(connection: &Connection, statement: &Statement) -> Result<Written, Trouble> {
    let mut prepared = prepare(connection, &statement.sql)?;
    let params = rusqlite::params_from_iter(bound(&statement.sql, &statement.params));
    let written = if prepared.column_count() > 0 {
        let rows = collect(&mut prepared, params)?;
        Written {
            affected: rows.len() as u64,
            rows,
        }
    } else {
        let affected = prepared.execute(params).map_err(|e| trouble(&e))? as u64;
        Written {
            affected,
            rows: Vec::new(),
        }
    };
    guard(statement, written.affected)?;
    Ok(written)
}
