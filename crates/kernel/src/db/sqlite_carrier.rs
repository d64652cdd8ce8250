//! Carries pages from the write-ahead log into the database file on a thread of its own: done by
//! the one who writes, as SQLite does by itself, it held up everybody for 40 ms after each 32 MiB.
//!
//! Does not know: what is written.
use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::Connection;

use super::Trouble;
use super::sqlite::{Access, connect};
use super::sqlite_value::trouble;

/// Pages of the log from which they are carried: 64 MiB. A page that many commands change is then
/// carried once, not after each thousandth page (SQLite's default was a third of the writer's time
/// under load; with half of this a submission cost a tenth more); reading so much again after a
/// crash takes 0.2 s.
const CARRY_FROM: i64 = 16_384;
/// Pages that whoever writes carries alone, between two commits, so that the log begins anew.
const REST_MAX: i64 = 1_024;
/// Pages beyond which whoever writes carries first: the thread does not keep up.
const LOG_MAX: i64 = 2 * CARRY_FROM;
/// How long nothing is carried after it failed: on a full disk it would fail, and be told, after
/// each commit.
const FAILED_PAUSE: Duration = Duration::from_secs(1);

thread_local! {
    /// Pages in the log after this thread's last commit.
    static PAGES: Cell<i64> = const { Cell::new(0) };
}

/// The thread that carries, and what it and the writer tell each other.
pub(super) struct Carrier {
    ask: SyncSender<()>,
    only_rest: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Carrier {
    /// Begins to carry for `writer`, on whose thread this is called.
    pub(super) fn start(path: &str, writer: &Connection) -> Result<Self, Trouble> {
        let carrying = connect(path, Access::Write)?;
        let (ask, asked) = sync_channel(1);
        let only_rest = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&only_rest);
        let thread = std::thread::Builder::new()
            .name("sqlite-carrier".into())
            .spawn(move || carry_until_closed(&carrying, &asked, &told))
            .map_err(|e| Trouble::Unavailable(e.to_string()))?;
        writer.wal_hook(Some(|_, pages| {
            PAGES.set(pages.into());
            Ok(())
        }));
        Ok(Self {
            ask,
            only_rest,
            thread: Some(thread),
        })
    }

    /// Called between two commits.
    pub(super) fn rest(&self, writer: &Connection) {
        let pages = PAGES.get();
        if self.only_rest.swap(false, Ordering::Relaxed) || pages >= LOG_MAX {
            carried(writer);
        } else if pages >= CARRY_FROM {
            // Full: it is being carried.
            let _ = self.ask.try_send(());
        }
    }
}

impl Drop for Carrier {
    fn drop(&mut self) {
        let (nobody, _) = sync_channel(0);
        self.ask = nobody;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn carry_until_closed(connection: &Connection, asked: &Receiver<()>, only_rest: &AtomicBool) {
    while asked.recv().is_ok() {
        let mut before = i64::MAX;
        // While it carries, more is written: again, until little is left or it gets no less.
        loop {
            let Some(left) = carried(connection) else {
                std::thread::sleep(FAILED_PAUSE);
                break;
            };
            if left <= REST_MAX || left >= before {
                only_rest.store(true, Ordering::Relaxed);
                break;
            }
            before = left;
        }
    }
}

/// Carries what can be carried without waiting for anybody, and says how many pages are left.
fn carried(connection: &Connection) -> Option<i64> {
    let pages = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| {
        Ok((row.get::<_, i64>(1)?, row.get::<_, i64>(2)?))
    });
    match pages {
        Ok((in_log, carried)) => Some(in_log - carried),
        Err(error) => {
            let error = trouble(&error);
            tracing::warn!(%error, "pages of the log were not carried into the database");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes until the log has begun anew twice, and looks how long it ever became.
    #[test]
    fn the_log_begins_anew_while_somebody_writes() {
        let folder = std::env::temp_dir().join(format!("dinh-carrier-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let path = folder.join("carried.db");
        let path = path.to_str().expect("a path");
        let writer = connect(path, Access::Write).expect("a database");
        let carrier = Carrier::start(path, &writer).expect("a thread");
        writer
            .execute_batch("CREATE TABLE t (a INTEGER PRIMARY KEY, b BLOB)")
            .expect("a table");
        let (mut longest, mut begun, mut before) = (0, 0, 0);
        for _ in 0..20_000 {
            writer
                .execute_batch("INSERT INTO t (b) VALUES (zeroblob(65536))")
                .expect("written");
            carrier.rest(&writer);
            let pages = PAGES.get();
            begun += usize::from(pages < before);
            longest = longest.max(pages);
            before = pages;
            if begun == 2 {
                break;
            }
        }
        assert_eq!(begun, 2, "the longest was {longest} pages");
        assert!(longest < LOG_MAX + REST_MAX, "{longest}");
        drop(carrier);
        let rows: i64 = writer
            .query_row("SELECT COUNT(*) FROM t", [], |row| row.get(0))
            .expect("counted");
        assert!(rows > 0);
        let _ = std::fs::remove_dir_all(folder);
    }
}
