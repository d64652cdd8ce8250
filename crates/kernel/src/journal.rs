//! The way of a write: load, fold, decide, append with the own views, in one transaction. A command
//! id is answered once; a lost race is reloaded and decided again.
mod reading;

use std::sync::Arc;

pub use self::reading::Whole;
use crate::append::Append;
use crate::memory::{Folded, Memory};
use crate::{Ctx, Database, Decide, Entry, Json, Statement, Trouble, params};

/// How often a command that lost a race on its stream is decided again before it gives up.
const RACES_MAX: u32 = 16;

/// A command on its way to one stream.
#[derive(Debug, Clone)]
pub struct Request<C> {
    /// The stream's id within its noun.
    pub id: String,
    /// What is asked.
    pub command: C,
    /// What people wrote: one JSON document for the vault, named in the entries by digest.
    pub private: Option<Json>,
    /// Statements of the same transaction that are not views, for example a draft that is done
    /// with.
    pub along: Vec<Statement>,
    /// Who, where, when.
    pub ctx: Ctx,
}

/// The answer to a command that was accepted.
#[derive(Debug, Clone)]
pub struct Handled<S> {
    /// The stream's id within its noun: the one that was asked for, unless the command had been
    /// handled before, on another.
    pub id: String,
    /// The stream after the command.
    pub state: S,
    /// Its version.
    pub version: i64,
    /// The command had been handled before; nothing was written now.
    pub repeated: bool,
}

/// Why a command came to nothing.
#[derive(Debug, Clone)]
pub enum Failure<R> {
    /// A rule forbids it; the value says which, and people are told.
    Refused(R),
    /// The world failed.
    Trouble(Trouble),
}

impl<S> Handled<S> {
    fn now(id: &str, state: S, version: i64) -> Self {
        Self {
            id: id.to_owned(),
            state,
            version,
            repeated: false,
        }
    }
}

impl<R> From<Trouble> for Failure<R> {
    fn from(trouble: Trouble) -> Self {
        Self::Trouble(trouble)
    }
}

/// The journal of one database. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Journal {
    db: Database,
    memory: Arc<Memory>,
}

/// From where a command takes the state that it is decided on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ground {
    /// Most likely nothing has happened on the stream: nobody is asked.
    New,
    /// What this node remembers; without memory, the database.
    Remembered,
    /// What the database says now.
    Stored,
}

impl Journal {
    /// The journal kept in `db`.
    #[must_use]
    pub fn new(db: Database) -> Self {
        let memory = Arc::default();
        Self { db, memory }
    }

    /// The database, for the rooms' own queries.
    #[must_use]
    pub fn db(&self) -> &Database {
        &self.db
    }

    /// Decides `request` and appends what follows. When this returns `Ok`, it survives a crash.
    ///
    /// # Errors
    /// The rule's refusal, or [`Trouble`].
    pub async fn handle<D: Decide>(
        &self,
        noun: &D,
        request: Request<D::Command>,
    ) -> Result<Handled<D::State>, Failure<D::Refusal>> {
        self.decided(noun, request, Ground::Remembered).await
    }

    /// As [`Journal::handle`], for a stream that most likely begins with this command: it is
    /// decided on nothing, without asking what is there. Where something is, the append fails and
    /// the command is decided again on that.
    ///
    /// # Errors
    /// As [`Journal::handle`].
    pub async fn begin<D: Decide>(
        &self,
        noun: &D,
        request: Request<D::Command>,
    ) -> Result<Handled<D::State>, Failure<D::Refusal>> {
        self.decided(noun, request, Ground::New).await
    }

    async fn decided<D: Decide>(
        &self,
        noun: &D,
        request: Request<D::Command>,
        mut ground: Ground,
    ) -> Result<Handled<D::State>, Failure<D::Refusal>> {
        for _ in 0..RACES_MAX {
            let Folded {
                state,
                version,
                last,
            } = self.ground(noun, &request.id, &mut ground).await?;
            let decided = noun.decide(&state, &request.ctx, &request.command);
            if !matches!(&decided, Ok(events) if !events.is_empty()) {
                // Nothing to write: a race cannot show that the state was behind, so look.
                if ground != Ground::Stored {
                    ground = Ground::Stored;
                    continue;
                }
                let before = self.handled_before(noun, &request.ctx.command_id).await?;
                if let Some(before) = before {
                    return Ok(before);
                }
            }
            let events = decided.map_err(Failure::Refused)?;
            if events.is_empty() {
                return Ok(Handled::now(&request.id, state, version));
            }
            // Clocks of several nodes differ; inside a stream time never runs backwards.
            let at = last.map_or(request.ctx.now, |last| last.max(request.ctx.now));
            let append = Append::new(noun, &request, version, at);
            let (statements, state, version) = append.entries(&state, events);
            match self.db.write(statements).await {
                Ok(_) => {
                    let last = Some(at);
                    let now = Folded {
                        state,
                        version,
                        last,
                    };
                    self.memory.put(&append.stream, &now);
                    return Ok(Handled::now(&request.id, now.state, version));
                }
                Err(Trouble::Conflict(key)) if is_race(&key) => {
                    let before = self.handled_before(noun, &request.ctx.command_id).await?;
                    if let Some(before) = before {
                        return Ok(before);
                    }
                    ground = Ground::Stored;
                }
                Err(trouble) => return Err(trouble.into()),
            }
        }
        Err(Trouble::Conflict(format!("{}/{} changes too often", D::NAME, request.id)).into())
    }

    /// The state to decide on; says where it came from in the end.
    async fn ground<D: Decide>(
        &self,
        noun: &D,
        id: &str,
        ground: &mut Ground,
    ) -> Result<Folded<D::State>, Trouble> {
        let remembered = || self.memory.get::<D::State>(&stream::<D>(id));
        let found = match ground {
            Ground::New => Some(Folded {
                state: D::State::default(),
                version: 0,
                last: None,
            }),
            Ground::Remembered => remembered(),
            Ground::Stored => None,
        };
        if let Some(found) = found {
            return Ok(found);
        }
        *ground = Ground::Stored;
        self.fold(noun, id).await
    }

    /// The answer that this command got when it was handled, if it was.
    async fn handled_before<D: Decide>(
        &self,
        noun: &D,
        command_id: &str,
    ) -> Result<Option<Handled<D::State>>, Trouble> {
        let Some((id, version)) = self.went_to::<D>(command_id).await? else {
            return Ok(None);
        };
        let entries = self.entries::<D>(&id, Versions(1, version)).await?;
        let then = folded(noun, None, &entries);
        Ok(Some(Handled {
            id,
            state: then.state,
            version: then.version,
            repeated: true,
        }))
    }

    /// The id of the stream that this command changed, if it was handled.
    ///
    /// # Errors
    /// [`Trouble`] of the database; [`Trouble::Broken`] when it was a command to another noun.
    pub async fn changed_by<D: Decide>(
        &self,
        _noun: &D,
        command_id: &str,
    ) -> Result<Option<String>, Trouble> {
        let went = self.went_to::<D>(command_id).await?;
        Ok(went.map(|(id, _)| id))
    }

    /// The stream that this command changed and its version then.
    async fn went_to<D: Decide>(&self, command: &str) -> Result<Option<(String, i64)>, Trouble> {
        let sql = "SELECT stream, version FROM commands WHERE id = ?";
        let rows = self.db.query(Statement::new(sql, params![command])).await?;
        let Some(row) = rows.first() else {
            return Ok(None);
        };
        let (stream, version) = (row.text(0), row.int(1));
        match stream.split_once('/') {
            Some((noun, id)) if noun == D::NAME => Ok(Some((id.to_owned(), version))),
            _ => Err(Trouble::Broken(format!("{command}: went to {stream}"))),
        }
    }
}

/// Entries from the first to the last version, both included.
struct Versions(i64, i64);

fn stream<D: Decide>(id: &str) -> String {
    format!("{}/{id}", D::NAME)
}

/// The state after `entries`, which follow on `known`.
fn folded<D: Decide>(
    noun: &D,
    known: Option<Folded<D::State>>,
    entries: &[Entry<D::Event>],
) -> Folded<D::State> {
    let Folded {
        state,
        version,
        last,
    } = known.unwrap_or_else(|| Folded {
        state: D::State::default(),
        version: 0,
        last: None,
    });
    Folded {
        state: entries.iter().fold(state, |state, e| noun.evolve(state, e)),
        version: entries.last().map_or(version, |entry| entry.version),
        last: entries.last().map_or(last, |entry| Some(entry.at)),
    }
}

/// Whether the taken key is the journal's own (somebody was faster) and not a view's.
fn is_race(key: &str) -> bool {
    key.contains("entries") || key.contains("commands")
}
