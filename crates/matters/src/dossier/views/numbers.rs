//! Numbers that are given once: codes per agency and day, receipts and results per agency and
//! year. Any number of nodes reserve blocks from one row; what a node does not use is a gap, never
//! a double.
//! Does not know: what the numbers are printed on.

use crate::dossier::code::{Code, NotACode, day_of, short_day};
use jiff::{SignedDuration, Timestamp};
use kernel::{Database, Statement, Trouble, params};
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::Mutex;

/// The largest block a node reserves: only an agency that gives so many numbers in a second gets
/// it, so that nobody waits for the counter; a crash then leaves a gap of that second.
const BLOCK_MAX: u64 = 256;
/// A block used up faster than this doubles the next one.
const BUSY: SignedDuration = SignedDuration::from_secs(1);
/// Series remembered by a node; a province has about 170 agencies. Beyond it the memory is
/// emptied, which only leaves gaps.
const SERIES_MAX: usize = 1_000;

/// What is numbered, and from when the counting begins anew.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Series {
    /// `dossier`, `receipt`, `refund` or `result`.
    pub name: &'static str,
    /// The agency that numbers.
    pub agency: String,
    /// A day (`261123`) or a year (`2026`).
    pub period: String,
}

impl Series {
    /// Codes of an agency on the Vietnamese day of `now`.
    #[must_use]
    pub fn dossiers(agency: &str, now: Timestamp) -> Self {
        Self {
            name: "dossier",
            agency: agency.to_owned(),
            period: short_day(day_of(now)),
        }
    }

    /// Receipts of an agency in the Vietnamese year of `now`.
    #[must_use]
    pub fn receipts(agency: &str, now: Timestamp) -> Self {
        let period = day_of(now).year().to_string();
        Self {
            name: "receipt",
            agency: agency.to_owned(),
            period,
        }
    }

    /// Slips of what an agency paid back in the Vietnamese year of `now`.
    #[must_use]
    pub fn refunds(agency: &str, now: Timestamp) -> Self {
        Self {
            name: "refund",
            ..Self::receipts(agency, now)
        }
    }

    /// Results of an agency in the Vietnamese year of `now`.
    #[must_use]
    pub fn results(agency: &str, now: Timestamp) -> Self {
        Self {
            name: "result",
            ..Self::receipts(agency, now)
        }
    }
}

/// Takes `count` numbers of a series at once. The one row it returns has the number after the last
/// one taken.
#[must_use]
pub fn reserve_numbers(series: &Series, count: u64) -> Statement {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    let sql = "INSERT INTO dossier_numbers (series, agency, period, next) VALUES (?, ?, ?, ?)
      ON CONFLICT (series, agency, period) DO UPDATE SET next = dossier_numbers.next + ?
      RETURNING next";
    let Series {
        name,
        agency,
        period,
    } = series;
    Statement::new(sql, params![*name, agency, period, count + 1, count])
}

/// Hands out numbers on one node. Cheap to clone.
#[derive(Clone)]
pub struct Numbers {
    db: Database,
    held: Arc<Mutex<HashMap<Series, Arc<Mutex<Block>>>>>,
}

/// Numbers reserved and not yet given: from `next` up to, but without, `end`.
#[derive(Debug, Default)]
struct Block {
    next: u64,
    end: u64,
    size: u64,
    since: Timestamp,
    /// Given, and given back: what they were for was refused.
    spare: Vec<u64>,
}

/// Why no number was given.
#[derive(Debug, Clone, thiserror::Error)]
pub enum NoNumber {
    /// The agency has no electronic identifier.
    #[error(transparent)]
    Agency(#[from] NotACode),
    /// The database failed.
    #[error("no number could be counted: {0}")]
    Trouble(#[from] Trouble),
}

impl Numbers {
    /// Numbers kept in `db`.
    #[must_use]
    pub fn new(db: Database) -> Self {
        Self {
            db,
            held: Arc::default(),
        }
    }

    /// A new dossier code of the competent agency.
    ///
    /// # Errors
    /// No electronic identifier, or [`Trouble`].
    pub async fn code(&self, agency: &str, now: Timestamp) -> Result<Code, NoNumber> {
        // Refuses an impossible agency before a number is lost on it.
        Code::new(agency, now, 0)?;
        let number = self.next(&Series::dossiers(agency, now), now).await?;
        Ok(Code::new(agency, now, number)?)
    }

    /// A new receipt number of the collecting agency: `0000001`.
    ///
    /// # Errors
    /// [`Trouble`] of the database.
    pub async fn receipt(&self, agency: &str, now: Timestamp) -> Result<String, Trouble> {
        let number = self.next(&Series::receipts(agency, now), now).await?;
        Ok(format!("{number:07}"))
    }

    /// A new number for a slip of what is paid back: `H0000001`.
    ///
    /// # Errors
    /// [`Trouble`] of the database.
    pub async fn refund(&self, agency: &str, now: Timestamp) -> Result<String, Trouble> {
        let number = self.next(&Series::refunds(agency, now), now).await?;
        Ok(format!("H{number:07}"))
    }

    /// A new number for a result of the agency.
    ///
    /// # Errors
    /// [`Trouble`] of the database.
    pub async fn result(&self, agency: &str, now: Timestamp) -> Result<u64, Trouble> {
        self.next(&Series::results(agency, now), now).await
    }

    /// The next number of a series; from the block in hand, or from a new one.
    ///
    /// # Errors
    /// [`Trouble`] of the database.
    pub async fn next(&self, series: &Series, now: Timestamp) -> Result<u64, Trouble> {
        let block = self.block(series).await;
        let mut block = block.lock().await;
        if let Some(number) = block.spare.pop() {
            return Ok(number);
        }
        if block.next == block.end {
            self.refill(series, &mut block, now).await?;
        }
        let number = block.next;
        block.next += 1;
        Ok(number)
    }

    /// A code of which nothing was written, to be given again: what it was for was refused. Never
    /// one of which that is not certain.
    pub async fn give_back(&self, code: &Code, now: Timestamp) {
        let series = Series::dossiers(code.agency(), now);
        let Ok(number) = code.serial().parse() else {
            return;
        };
        // Midnight may have come meanwhile: then the number is of another series, and a gap.
        if Code::new(code.agency(), now, number).as_ref() == Ok(code) {
            let block = self.block(&series).await;
            block.lock().await.spare.push(number);
        }
    }

    async fn block(&self, series: &Series) -> Arc<Mutex<Block>> {
        let mut held = self.held.lock().await;
        if held.len() >= SERIES_MAX && !held.contains_key(series) {
            held.clear();
        }
        held.entry(series.clone()).or_default().clone()
    }

    async fn refill(
        &self,
        series: &Series,
        block: &mut Block,
        now: Timestamp,
    ) -> Result<(), Trouble> {
        let busy = block.size > 0 && now.duration_since(block.since) < BUSY;
        let size = if busy {
            (block.size * 2).min(BLOCK_MAX)
        } else {
            1
        };
        let written = self.db.write(vec![reserve_numbers(series, size)]).await?;
        let end = written
            .first()
            .and_then(|written| written.rows.first())
            .map(|row| row.int(0));
        let end = end.and_then(|end| u64::try_from(end).ok());
        let end = end.ok_or_else(|| Trouble::Broken("a counter returned no number".to_owned()))?;
        *block = Block {
            next: end - size,
            end,
            size,
            since: now,
            spare: Vec::new(),
        };
        Ok(())
    }
}
