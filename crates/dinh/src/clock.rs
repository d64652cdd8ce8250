//! `dinh clock`: whether the clock of this machine is believed, and the operator's word that it is
//! right, kept in the journal. Servers that wait go on by themselves within a second.
//!
//! Does not know: what is believed (the kernel's).
use clap::{Args, Subcommand};
use kernel::clock::{Bound, Seen, accept};

use crate::house::open_database;
use crate::serve::now;
use crate::settings::Settings;

/// Clocks of several nodes differ by less.
const NOISE: jiff::SignedDuration = jiff::SignedDuration::from_hours(1);

/// What is asked about the clock.
#[derive(Args)]
pub struct Asked {
    #[command(subcommand)]
    word: Option<Word>,
}

/// What an operator can say.
#[derive(Subcommand, Clone, Copy)]
enum Word {
    /// The clock is right, however far it is ahead: deadlines that passed are heard, entries are
    /// written again.
    Accept,
}

/// Tells how the clock stands, and keeps the operator's word.
///
/// # Errors
/// A sentence when the clock is not believed, or the database failed.
pub async fn run(asked: &Asked, settings: &Settings) -> Result<(), String> {
    let db = open_database(settings).await?;
    let bound = Bound::new(db.clone(), settings.clock_step);
    let words = |trouble: kernel::Trouble| trouble.to_string();
    let now = now();
    let seen = Seen::ask(&db).await.map_err(words)?;
    println!("the clock of this machine: {now}");
    let told = [
        ("seen before", seen.newest),
        ("the database's clock", seen.database),
    ];
    for (what, at) in told {
        println!("{what}: {}", at.map_or("-".to_owned(), |at| at.to_string()));
    }
    let ahead = bound.ahead(now).await.map_err(words)?;
    // What was believed by mistake is taken back by the same word.
    let is_behind = seen.newest.is_some_and(|newest| newest > now + NOISE);
    let answer = match (ahead, asked.word) {
        (ahead, Some(Word::Accept)) if ahead.is_some() || is_behind => {
            accept(&db, now).await.map_err(words)?;
            println!("accepted, and kept in the journal: the house goes on from here");
            Ok(())
        }
        (None, _) => {
            println!("it is believed; nothing waits");
            Ok(())
        }
        (Some(ahead), _) => Err(ahead.to_string()),
    };
    db.close().await;
    answer
}

/// A demonstration that was put away for weeks goes on where it is opened: nobody's deadline hangs
/// on it.
///
/// # Errors
/// A sentence when the database failed.
pub async fn accept_for_a_demonstration(house: &crate::house::House) -> Result<(), String> {
    let words = |trouble: kernel::Trouble| trouble.to_string();
    let journal = &house.ground.journal;
    if journal.bound().ahead(now()).await.map_err(words)?.is_some() {
        accept(journal.db(), now()).await.map_err(words)?;
    }
    Ok(())
}
