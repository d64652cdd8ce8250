//! Readers follow the log: each remembers one number and reacts to every entry after it, in order.
//! A reaction is a command with an id made of the reader and the place, so that reading twice does
//! nothing twice.
use std::sync::Arc;

use futures_util::future::BoxFuture;

use crate::log::{self, Placed};
use crate::{Database, Statement, Trouble, lease, params};

/// Entries read in one round.
const ROUND_MAX: i64 = 200;

/// What a reader does with one entry.
pub type React = Arc<dyn Fn(Placed) -> BoxFuture<'static, Result<(), Trouble>> + Send + Sync>;

/// One line of the house's list of reactions.
#[derive(Clone)]
pub struct Reader {
    /// Its name in the database; never changed once it has run.
    pub name: &'static str,
    /// What it does.
    pub react: React,
}

impl Reader {
    /// The command id of this reader's reaction to the entry at `position`.
    #[must_use]
    pub fn command_id(name: &str, position: i64) -> String {
        format!("reader/{name}/{position}")
    }

    /// The name of the lease under which it runs.
    #[must_use]
    pub fn lease(&self) -> String {
        format!("reader/{}", self.name)
    }

    /// One round: reacts to what is new. Returns how many entries it read.
    ///
    /// # Errors
    /// [`Trouble`] of the reaction or the database; what was done before it is kept.
    pub async fn round(&self, db: &Database, holder: &str) -> Result<u64, Trouble> {
        let from = position(db, self.name).await?;
        let entries = log::after(db, from, ROUND_MAX).await?;
        let mut count = 0;
        let mut at = from;
        let mut outcome = Ok(());
        for placed in entries {
            let place = placed.position;
            outcome = (self.react)(placed).await;
            if outcome.is_err() {
                break;
            }
            at = place;
            count += 1;
        }
        if at > from {
            db.write(vec![
                lease::fence(&self.lease(), holder),
                advance(self.name, at),
            ])
            .await?;
        }
        outcome.map(|()| count)
    }
}

/// The last place that reader `name` has dealt with.
///
/// # Errors
/// [`Trouble`] of the database.
pub async fn position(db: &Database, name: &str) -> Result<i64, Trouble> {
    let sql = "SELECT position FROM readers WHERE name = ?";
    let rows = db.query(Statement::new(sql, params![name])).await?;
    Ok(rows.first().map_or(0, |row| row.int(0)))
}

/// Lets reader `name` begin behind everything that has a place by now: what was filled in from
/// elsewhere is not news.
///
/// # Errors
/// [`Trouble`] of the database.
pub async fn skip_to_end(db: &Database, name: &str) -> Result<(), Trouble> {
    let head = log::head(db).await?;
    db.write(vec![advance(name, head)]).await.map(|_| ())
}

fn advance(name: &str, position: i64) -> Statement {
    let sql = "INSERT INTO readers (name, position) VALUES (?, ?)
               ON CONFLICT (name) DO UPDATE SET position = excluded.position
               WHERE readers.position < excluded.position";
    Statement::new(sql, params![name, position])
}
