//! The way of a write: load, fold, decide, append with the own views, in one transaction. A command
//! id is answered once; a lost race is reloaded and decided again.
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::append::{Append, Sealed};
use crate::log;
use crate::memory::{Folded, Memory};
use crate::{Ctx, Database, Decide, Entry, Json, Statement, Trouble, params};

/// How often a command that lost a race on its stream is decided again before it gives up.
const RACES_MAX: u32 = 16;

/// Streams that are read with one question. The text of the question is the same for fewer.
const STREAMS_TOGETHER: usize = 64;

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
    /// The stream after the command.
    pub state: S,
    /// Its version.
    pub version: i64,
    /// The command had been handled before; nothing was written now.
    pub repeated: bool,
}

/// One stream with everything about it.
#[derive(Debug, Clone)]
pub struct Whole<D: Decide> {
    /// The fold.
    pub state: D::State,
    /// Its version (0: nothing happened yet).
    pub version: i64,
    /// What happened, oldest first.
    pub entries: Vec<Entry<D::Event>>,
    /// Documents of the vault by digest; those that were erased are missing.
    pub private: BTreeMap<String, Json>,
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
    fn now(state: S, version: i64) -> Self {
        Self {
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
                if let Some(before) = self.handled_before(noun, &request).await? {
                    return Ok(before);
                }
            }
            let events = decided.map_err(Failure::Refused)?;
            if events.is_empty() {
                return Ok(Handled::now(state, version));
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
                    return Ok(Handled::now(now.state, version));
                }
                Err(Trouble::Conflict(key)) if is_race(&key) => {
                    if let Some(before) = self.handled_before(noun, &request).await? {
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
        request: &Request<D::Command>,
    ) -> Result<Option<Handled<D::State>>, Trouble> {
        let sql = "SELECT version FROM commands WHERE id = ?";
        let asked = Statement::new(sql, params![&request.ctx.command_id]);
        let rows = self.db.query(asked).await?;
        let Some(version) = rows.first().map(|row| row.int(0)) else {
            return Ok(None);
        };
        let entries = self.entries::<D>(&request.id, Versions(1, version)).await?;
        let then = folded(noun, None, &entries);
        Ok(Some(Handled {
            state: then.state,
            version: then.version,
            repeated: true,
        }))
    }

    /// The state of one stream and its version (0: nothing happened yet).
    ///
    /// # Errors
    /// [`Trouble`] of the database, or an entry of unknown shape.
    pub async fn load<D: Decide>(&self, noun: &D, id: &str) -> Result<(D::State, i64), Trouble> {
        let now = self.fold(noun, id).await?;
        Ok((now.state, now.version))
    }

    /// The state of one stream after its entry `version`, or a later one: what this node remembers,
    /// if that is new enough, without asking the database.
    ///
    /// # Errors
    /// As [`Journal::load`].
    pub async fn state_since<D: Decide>(
        &self,
        noun: &D,
        (id, version): (&str, i64),
    ) -> Result<D::State, Trouble> {
        match self.memory.get::<D::State>(&stream::<D>(id)) {
            Some(known) if known.version >= version => Ok(known.state),
            _ => Ok(self.fold(noun, id).await?.state),
        }
    }

    /// What the database holds: the remembered state and the entries after it.
    async fn fold<D: Decide>(&self, noun: &D, id: &str) -> Result<Folded<D::State>, Trouble> {
        let stream = stream::<D>(id);
        let known = self.memory.get::<D::State>(&stream);
        let from = known.as_ref().map_or(1, |known| known.version + 1);
        let entries = self.entries::<D>(id, Versions(from, i64::MAX)).await?;
        let now = folded(noun, known, &entries);
        if !entries.is_empty() {
            self.memory.put(&stream, &now);
        }
        Ok(now)
    }

    /// Everything that happened on one stream, oldest first.
    ///
    /// # Errors
    /// [`Trouble`] of the database, or an entry of unknown shape.
    pub async fn history<D: Decide>(
        &self,
        _noun: &D,
        id: &str,
    ) -> Result<Vec<Entry<D::Event>>, Trouble> {
        self.entries::<D>(id, Versions(1, i64::MAX)).await
    }

    /// As [`Journal::history`] for many streams, by id; those on which nothing happened are missing.
    ///
    /// # Errors
    /// As [`Journal::history`].
    pub async fn histories<D: Decide>(
        &self,
        _noun: &D,
        ids: &[&str],
    ) -> Result<HashMap<String, Vec<Entry<D::Event>>>, Trouble> {
        self.together::<D>(ids, i64::MAX).await
    }

    /// States of these streams after their first entry or later, by id: what this node remembers,
    /// else the first entry. For what never changes after it.
    ///
    /// # Errors
    /// As [`Journal::history`].
    pub async fn begun<D: Decide>(
        &self,
        noun: &D,
        ids: &[&str],
    ) -> Result<HashMap<String, D::State>, Trouble> {
        let mut begun = HashMap::with_capacity(ids.len());
        let mut unknown = Vec::new();
        for id in ids {
            match self.memory.get::<D::State>(&stream::<D>(id)) {
                Some(known) => _ = begun.insert((*id).to_owned(), known.state),
                None => unknown.push(*id),
            }
        }
        for (id, entries) in self.together::<D>(&unknown, 1).await? {
            begun.insert(id, folded(noun, None, &entries).state);
        }
        Ok(begun)
    }

    /// Entries up to version `last` of these streams, by id.
    async fn together<D: Decide>(
        &self,
        ids: &[&str],
        last: i64,
    ) -> Result<HashMap<String, Vec<Entry<D::Event>>>, Trouble> {
        let mut found: HashMap<String, Vec<Entry<D::Event>>> = HashMap::new();
        for ids in ids.chunks(STREAMS_TOGETHER) {
            let places = ["?"; STREAMS_TOGETHER].join(", ");
            let sql = format!(
                "SELECT stream, version, at, actor, office, command_id, private, kind, body
                 FROM entries WHERE version <= ? AND stream IN ({places})
                 ORDER BY stream, version"
            );
            // A short question names its last stream again.
            let ids = ids
                .iter()
                .chain(std::iter::repeat_n(&ids[ids.len() - 1], STREAMS_TOGETHER));
            let mut values = params![last];
            values.extend(ids.take(STREAMS_TOGETHER).map(|id| stream::<D>(id).into()));
            for row in &self.db.query(Statement::new(sql, values)).await? {
                let entry: Entry<D::Event> = log::entry(row)?;
                found.entry(entry.id().to_owned()).or_default().push(entry);
            }
        }
        Ok(found)
    }

    async fn entries<D: Decide>(
        &self,
        id: &str,
        Versions(first, last): Versions,
    ) -> Result<Vec<Entry<D::Event>>, Trouble> {
        let sql = "SELECT stream, version, at, actor, office, command_id, private, kind, body
                   FROM entries WHERE stream = ? AND version >= ? AND version <= ?
                   ORDER BY version";
        let asked = Statement::new(sql, params![stream::<D>(id), first, last]);
        let rows = self.db.query(asked).await?;
        rows.iter().map(log::entry).collect()
    }

    /// Everything about one stream in one question: its entries and what of the vault they name.
    ///
    /// # Errors
    /// [`Trouble`] of the database, or an entry of unknown shape.
    pub async fn whole<D: Decide>(&self, noun: &D, id: &str) -> Result<Whole<D>, Trouble> {
        let sql = "SELECT e.stream, e.version, e.at, e.actor, e.office, e.command_id, e.private,
                          e.kind, e.body, v.body
                   FROM entries e LEFT JOIN vault v ON v.stream = e.stream AND v.digest = e.private
                   WHERE e.stream = ? ORDER BY e.version";
        let stream = stream::<D>(id);
        let rows = self.db.query(Statement::new(sql, params![&stream])).await?;
        let mut entries = Vec::with_capacity(rows.len());
        let mut private = BTreeMap::new();
        for row in &rows {
            let entry: Entry<D::Event> = log::entry(row)?;
            if let (Some(digest), Some(body)) = (&entry.private, row.opt_text(9))
                && !private.contains_key(digest)
            {
                private.insert(digest.clone(), Sealed::open(body)?);
            }
            entries.push(entry);
        }
        let now = folded(noun, None, &entries);
        self.memory.put(&stream, &now);
        Ok(Whole {
            state: now.state,
            version: now.version,
            entries,
            private,
        })
    }

    /// What people wrote with an entry; `None` when they wrote nothing, or it was erased.
    ///
    /// # Errors
    /// [`Trouble`] of the database.
    pub async fn private<E>(&self, entry: &Entry<E>) -> Result<Option<Json>, Trouble> {
        let sql = "SELECT body FROM vault WHERE stream = ? AND digest = ?";
        let Some(digest) = &entry.private else {
            return Ok(None);
        };
        let asked = Statement::new(sql, params![&entry.stream, digest]);
        let rows = self.db.query(asked).await?;
        rows.first()
            .map(|row| Sealed::open(row.text(0)))
            .transpose()
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
