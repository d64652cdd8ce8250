//! The way of a write: load, fold, decide, append with the own views, in one transaction. A command
//! id is answered once; a lost race is reloaded and decided again.
mod reading;

use std::sync::Arc;

pub use self::reading::Whole;
use crate::append::Append;
use crate::clock::Bound;
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
    bound: Bound,
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
        Self {
            db,
            memory: Arc::default(),
            bound: Bound::default(),
        }
    }

    /// The same, which appends nothing at a moment beyond `bound`.
    #[must_use]
    pub fn within(mut self, bound: Bound) -> Self {
        self.bound = bound;
        self
    }

    /// Up to when the clock is believed.
    #[must_use]
    pub fn bound(&self) -> &Bound {
        &self.bound
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
        // The id by which a stream begins is the house's own, and each try brings another name.
        let asker = match ground {
            Ground::New => Asker::Anybody,
            Ground::Remembered | Ground::Stored => Asker::Only {
                id: &request.id,
                actor: &request.ctx.actor,
            },
        };
        let command_id = &request.ctx.command_id;
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
                if let Some(before) = self.handled_before(noun, command_id, asker).await? {
                    return Ok(before);
                }
            }
            let events = decided.map_err(Failure::Refused)?;
            if events.is_empty() {
                return Ok(Handled::now(&request.id, state, version));
            }
            self.bound.admits(request.ctx.now).await?;
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
                    if let Some(before) = self.handled_before(noun, command_id, asker).await? {
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

    /// The answer that this command got when it was handled, if it was and `asker` may know.
    async fn handled_before<D: Decide>(
        &self,
        noun: &D,
        command_id: &str,
        asker: Asker<'_>,
    ) -> Result<Option<Handled<D::State>>, Trouble> {
        let Some(went) = self.went_to::<D>(command_id).await? else {
            return Ok(None);
        };
        if !asker.may_know(&went) {
            return Err(Trouble::Foreign(command_id.to_owned()));
        }
        let Went { id, version, .. } = went;
        let entries = self.entries::<D>(&id, Versions(1, version)).await?;
        let then = folded(noun, None, &entries);
        Ok(Some(Handled {
            id,
            state: then.state,
            version: then.version,
            repeated: true,
        }))
    }

    /// The id of the stream that this command changed, if it was handled. Only for ids that no
    /// visitor can send.
    ///
    /// # Errors
    /// [`Trouble`] of the database; [`Trouble::Foreign`] when it was a command to another noun.
    pub async fn changed_by<D: Decide>(
        &self,
        _noun: &D,
        command_id: &str,
    ) -> Result<Option<String>, Trouble> {
        let went = self.went_to::<D>(command_id).await?;
        Ok(went.map(|went| went.id))
    }

    /// Where this command went.
    async fn went_to<D: Decide>(&self, command: &str) -> Result<Option<Went>, Trouble> {
        let sql = "SELECT c.stream, c.version, e.actor FROM commands c
             JOIN entries e ON e.stream = c.stream AND e.version = c.version WHERE c.id = ?";
        let rows = self.db.query(Statement::new(sql, params![command])).await?;
        let Some(row) = rows.first() else {
            return Ok(None);
        };
        match row.text(0).split_once('/') {
            Some((noun, id)) if noun == D::NAME => Ok(Some(Went {
                id: id.to_owned(),
                version: row.int(1),
                actor: row.string(2),
            })),
            _ => Err(Trouble::Foreign(command.to_owned())),
        }
    }
}

/// The stream that a command changed, its version then, and whose command it was.
struct Went {
    id: String,
    version: i64,
    actor: String,
}

/// Who may be told what a command did: whoever sends the same id again, not whoever learnt it.
#[derive(Clone, Copy)]
enum Asker<'a> {
    /// The same actor on the same stream.
    Only { id: &'a str, actor: &'a str },
    /// Anybody: no visitor can send such an id.
    Anybody,
}

impl Asker<'_> {
    fn may_know(self, went: &Went) -> bool {
        match self {
            Self::Only { id, actor } => went.id == id && went.actor == actor,
            Self::Anybody => true,
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
