//! Applications that wait to be handed in, and those that were; and who hands them in, over one
//! connection, as fast or as slowly as they are told to.
//! Does not know: when.
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::journey::Client;
use super::known::SUBMIT;
use super::letter::Letter;
use super::wire::Line;

/// One citizen's applications by the ids of their drafts. Clones share one pile.
#[derive(Clone, Default)]
pub struct Pile(Arc<Mutex<Ids>>);

#[derive(Default)]
struct Ids {
    waiting: Vec<String>,
    handed_in: Vec<HandedIn>,
}

/// One application that was acknowledged.
#[derive(Debug, Clone)]
pub struct HandedIn {
    /// The draft that it was.
    pub draft: String,
    /// The address of the page that tells its code.
    pub told_at: String,
}

impl Pile {
    /// All of these wait.
    #[must_use]
    pub fn of(waiting: Vec<String>) -> Self {
        let handed_in = Vec::new();
        Self(Arc::new(Mutex::new(Ids { waiting, handed_in })))
    }

    fn ids(&self) -> MutexGuard<'_, Ids> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes one.
    #[must_use]
    pub fn next(&self) -> Option<String> {
        self.ids().waiting.pop()
    }

    /// What was acknowledged.
    #[must_use]
    pub fn handed_in(&self) -> Vec<HandedIn> {
        self.ids().handed_in.clone()
    }
}

impl Client {
    /// Who hands in this client's prepared applications.
    ///
    /// # Errors
    /// When none are prepared.
    pub fn submitter(&self) -> Result<Submitter, String> {
        let letter = self.known.letter(SUBMIT, &self.citizen);
        Ok(Submitter {
            line: self.citizen.line(),
            letter: Arc::new(letter.ok_or("a client has learned no form for handing in")?),
            pile: self.known.pile.clone(),
        })
    }
}

/// What became of one application.
pub enum Handed {
    /// Acknowledged.
    In,
    /// The server is busy and says so; nothing was done, it waits again.
    Busy {
        /// Whether it also said when to come again.
        retry_after: bool,
    },
    /// Something else came, or nothing.
    Lost(String),
    /// None waits any more.
    Empty,
}

/// Hands applications in.
pub struct Submitter {
    line: Line,
    letter: Arc<Letter>,
    pile: Pile,
}

impl Submitter {
    /// Another connection for the same applications.
    #[must_use]
    pub fn another(&self) -> Self {
        Self {
            line: self.line.another(),
            letter: Arc::clone(&self.letter),
            pile: self.pile.clone(),
        }
    }

    /// The name of what it does, for the table.
    #[must_use]
    pub fn kind(&self) -> &str {
        &self.letter.kind
    }

    /// Hands the next one in. Returns also how long the answer took from the sending.
    pub async fn hand_in(&mut self) -> (Handed, Duration) {
        let Some(draft) = self.pile.next() else {
            return (Handed::Empty, Duration::ZERO);
        };
        let request = self.letter.written(&draft);
        let sent = Instant::now();
        let answer = self.line.exchange(&[&request]).await;
        let took = sent.elapsed();
        let handed = match answer {
            Ok(answer) if (300..400).contains(&answer.status) => {
                let told_at = answer.location.unwrap_or_default();
                let handed_in = HandedIn { draft, told_at };
                self.pile.ids().handed_in.push(handed_in);
                Handed::In
            }
            Ok(answer) if matches!(answer.status, 429 | 503) => {
                self.pile.ids().waiting.push(draft);
                Handed::Busy {
                    retry_after: answer.retry_after.is_some(),
                }
            }
            Ok(answer) => Handed::Lost(format!("answered {}", answer.status)),
            Err(words) => Handed::Lost(words),
        };
        (handed, took)
    }
}
