//! Answers given lately, for what every page asks and hardly anybody changes: who holds a session,
//! who sits in which office. Everything is forgotten after a short time, so that another process's
//! change is seen soon.
//!
//! Does not know: which tables those are; the room that asks does.
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use super::{Row, Statement};

/// How old an answer may be. A right that was taken away ends this much later on other nodes.
const FORGET_EVERY: Duration = Duration::from_secs(2);
/// Answers kept: a province at its worst has some 5,000 sessions in two seconds, an answer is about
/// one KiB.
const ANSWERS_MAX: usize = 16_384;

/// The answers of one database.
#[derive(Default)]
pub(super) struct Lately(Arc<Mutex<Answers>>);

#[derive(Default)]
struct Answers {
    /// Every page looks here several times. Hashed with a seed of chance, and bounded.
    known: HashMap<Statement, Arc<Vec<Row>>, foldhash::fast::RandomState>,
    /// Counts what was forgotten: an answer that was asked for before is not kept after.
    forgotten: u64,
}

/// What [`Lately::get`] says.
pub(super) enum Known {
    /// The answer.
    Yes(Arc<Vec<Row>>),
    /// None; the number belongs to [`Lately::put`].
    No(u64),
}

impl Lately {
    /// Begins to remember, and to forget, for as long as this lives.
    pub(super) fn start() -> Self {
        let lately = Self::default();
        tokio::spawn(forget_again_and_again(Arc::downgrade(&lately.0)));
        lately
    }

    pub(super) fn get(&self, statement: &Statement) -> Known {
        let answers = lock(&self.0);
        match answers.known.get(statement) {
            Some(rows) => Known::Yes(Arc::clone(rows)),
            None => Known::No(answers.forgotten),
        }
    }

    /// "There is none" is not remembered: what is looked for may be made in the next moment.
    pub(super) fn put(&self, statement: Statement, rows: &Arc<Vec<Row>>, asked_at: u64) {
        let mut answers = lock(&self.0);
        let fits = !rows.is_empty() && answers.known.len() < ANSWERS_MAX;
        if fits && answers.forgotten == asked_at {
            answers.known.insert(statement, Arc::clone(rows));
        }
    }

    pub(super) fn forget_one(&self, statement: &Statement) {
        let mut answers = lock(&self.0);
        answers.known.remove(statement);
        answers.forgotten += 1;
    }

    pub(super) fn forget(&self) {
        lock(&self.0).forget();
    }
}

impl Answers {
    fn forget(&mut self) {
        self.known.clear();
        self.forgotten += 1;
    }
}

fn lock(answers: &Mutex<Answers>) -> MutexGuard<'_, Answers> {
    answers.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn forget_again_and_again(answers: Weak<Mutex<Answers>>) {
    loop {
        tokio::time::sleep(FORGET_EVERY).await;
        let Some(answers) = answers.upgrade() else {
            return;
        };
        lock(&answers).forget();
    }
}
