//! Lưu giữ: the round that removes files which nobody names any more: no draft, no entry, nothing
//! that people wrote. One process makes it, in small steps. A file is set aside when it has lain
//! for a week and nobody names it; a week later it is asked for again, and only then removed. In
//! doubt it stays.
//!
//! Why nothing is lost: drafts are read first, then the reader must have come to the end of the
//! journal, then its rows are asked. A name that comes later comes with an upload, whose file is
//! young, or from a draft or an entry that was seen. What is set aside is found as before.
//!
//! Lends: `reader` (keeps the names that the journal has), `round`, `Told`, `MIGRATIONS`.
//! Does not know: what a file is for, what day it is; the building says.
mod views;

#[cfg(test)]
mod tests;

pub use views::{MIGRATIONS, reader};

use std::collections::HashSet;
use std::time::{Duration, SystemTime};

use facts::blob::Files;
use jiff::{SignedDuration, Timestamp};
use kernel::{Database, Trouble, lease};
use web::show::local_date;

/// The lease of the one who makes the round.
const LEASE: &str = "files/round";
/// Days for which a file lies that nobody names, and for which it then lies aside: longer than a
/// request, a backup, or the mending of a mistake over a weekend.
const DAYS_UNNAMED: i64 = 7;
/// Between two steps, so that a round of a million files is not felt.
const PAUSE: Duration = Duration::from_millis(50);
/// How often it is looked whether the reader has come to the end; each time after [`PAUSE`].
const LOOKS_MAX: u32 = 100;

/// What a round did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Told {
    /// Files set aside.
    pub aside: u64,
    /// Files put back, because somebody names them.
    pub back: u64,
    /// Files removed.
    pub removed: u64,
}

/// One round, unless another process makes it.
///
/// # Errors
/// [`Trouble`] of the database or the disk; the next round goes on.
pub async fn round(
    db: &Database,
    files: &Files,
    holder: &str,
    clock: fn() -> Timestamp,
) -> Result<Told, Trouble> {
    let mut told = Told::default();
    let now = clock();
    if !lease::hold(db, LEASE, holder, now).await? {
        return Ok(told);
    }
    let drafts = views::in_drafts(db).await?;
    if !read_to_the_end(db).await? {
        return Ok(told);
    }
    let read = views::position(db).await?;
    let week = SignedDuration::from_hours(24 * DAYS_UNNAMED);
    let before = SystemTime::from(now - week);
    let (today, last) = (
        local_date(now).to_string(),
        local_date(now - week).to_string(),
    );
    let step = Step {
        db,
        files,
        drafts,
        read,
        today,
        before,
    };
    let mut held = now;
    for part in Files::parts() {
        if !still(db, holder, (&mut held, clock())).await? {
            return Ok(told);
        }
        let count = step.set_aside(&part).await?;
        told.aside += count;
        if count > 0 {
            tokio::time::sleep(PAUSE).await;
        }
    }
    for day in step.days(&last).await? {
        if !still(db, holder, (&mut held, clock())).await? {
            return Ok(told);
        }
        step.end(&day, &mut told).await?;
    }
    lease::release(db, LEASE, holder).await?;
    Ok(told)
}

/// Whether it is still ours to make, taking the lease again when that is due.
async fn still(
    db: &Database,
    holder: &str,
    (held, now): (&mut Timestamp, Timestamp),
) -> Result<bool, Trouble> {
    if (*held..*held + lease::RENEW_AFTER).contains(&now) {
        return Ok(true);
    }
    *held = now;
    lease::hold(db, LEASE, holder, now).await
}

/// Waits a moment for the reader. A house that is never quiet makes its round later.
async fn read_to_the_end(db: &Database) -> Result<bool, Trouble> {
    for _ in 0..LOOKS_MAX {
        if views::all_read(db).await? {
            return Ok(true);
        }
        tokio::time::sleep(PAUSE).await;
    }
    Ok(false)
}

struct Step<'a> {
    db: &'a Database,
    files: &'a Files,
    drafts: HashSet<String>,
    /// How far the reader had come when the round began.
    read: i64,
    today: String,
    before: SystemTime,
}

impl Step<'_> {
    /// Sets aside what nobody names in one part of the store.
    async fn set_aside(&self, part: &str) -> Result<u64, Trouble> {
        let (part, before) = (part.to_owned(), self.before);
        let old = self
            .on_disk(move |files| files.older(&part, before))
            .await?;
        let unnamed = self.unnamed(old).await?;
        let today = self.today.clone();
        self.on_disk(move |files| {
            let mut count = 0;
            for digest in unnamed {
                count += u64::from(files.set_aside(&digest, &today, before)?);
            }
            Ok(count)
        })
        .await
    }

    /// Days whose files have lain aside long enough.
    async fn days(&self, last: &str) -> Result<Vec<String>, Trouble> {
        let mut days = self.on_disk(|files| files.days_aside()).await?;
        days.retain(|day| day.as_str() <= last);
        Ok(days)
    }

    /// Removes what was set aside on a day and is still nobody's; the rest goes back, and its
    /// second name lies aside for another week.
    async fn end(&self, day: &str, told: &mut Told) -> Result<(), Trouble> {
        let name = day.to_owned();
        let all = self.on_disk(move |files| files.aside(&name)).await?;
        let unnamed: HashSet<String> = self.unnamed(all.clone()).await?.into_iter().collect();
        let (day, today) = (day.to_owned(), self.today.clone());
        let (back, removed) = self
            .on_disk(move |files| {
                let (mut back, mut removed) = (0, 0);
                for digest in all {
                    if unnamed.contains(&digest) {
                        removed += u64::from(files.remove_aside(&digest, &day)?);
                    } else {
                        files.back(&digest, &day)?;
                        files.aside_longer(&digest, (&day, &today))?;
                        back += 1;
                    }
                }
                files.end_day(&day);
                Ok((back, removed))
            })
            .await?;
        told.back += back;
        told.removed += removed;
        Ok(())
    }

    async fn unnamed(&self, mut digests: Vec<String>) -> Result<Vec<String>, Trouble> {
        digests.retain(|digest| !self.drafts.contains(digest));
        let named = views::in_journal(self.db, &digests).await?;
        if views::position(self.db).await? < self.read {
            let begun = "the names that the journal has are being read again";
            return Err(Trouble::Unavailable(begun.to_owned()));
        }
        digests.retain(|digest| !named.contains(digest));
        Ok(digests)
    }

    async fn on_disk<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Files) -> std::io::Result<T> + Send + 'static,
    ) -> Result<T, Trouble> {
        let files = self.files.clone();
        let done = tokio::task::spawn_blocking(move || work(&files)).await;
        let failed = |error: std::io::Error| Trouble::Unavailable(error.to_string());
        done.map_err(|error| failed(std::io::Error::other(error)))?
            .map_err(failed)
    }
}
