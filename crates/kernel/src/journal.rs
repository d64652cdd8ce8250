//! The way of a write: load, fold, decide, append with the own views, in one transaction. A command
//! id is answered once; a lost race is reloaded and decided again.
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use crate::log::header;
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

impl<R> From<Trouble> for Failure<R> {
    fn from(trouble: Trouble) -> Self {
        Self::Trouble(trouble)
    }
}

/// The journal of one database. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Journal {
    db: Database,
}

impl Journal {
    /// The journal kept in `db`.
    #[must_use]
    pub fn new(db: Database) -> Self {
        Self { db }
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
        for _ in 0..RACES_MAX {
            if let Some(version) = self.handled_before(&request.ctx.command_id).await? {
                return Ok(self.again(noun, &request.id, version).await?);
            }
            let (state, version, last) = self.fold(noun, &request.id, i64::MAX).await?;
            let ctx = &request.ctx;
            let events = noun
                .decide(&state, ctx, &request.command)
                .map_err(Failure::Refused)?;
            if events.is_empty() {
                return Ok(Handled {
                    state,
                    version,
                    repeated: false,
                });
            }
            // Clocks of several nodes differ; inside a stream time never runs backwards.
            let at = last.map_or(ctx.now, |last| last.max(ctx.now));
            let append = Append::new(noun, &request, version, at);
            let (statements, state, version) = append.entries(state, events);
            match self.db.write(statements).await {
                Ok(_) => {
                    return Ok(Handled {
                        state,
                        version,
                        repeated: false,
                    });
                }
                Err(Trouble::Conflict(key)) if is_race(&key) => {}
                Err(trouble) => return Err(trouble.into()),
            }
        }
        Err(Trouble::Conflict(format!("{}/{} changes too often", D::NAME, request.id)).into())
    }

    async fn handled_before(&self, command_id: &str) -> Result<Option<i64>, Trouble> {
        let sql = "SELECT version FROM commands WHERE id = ?";
        let rows = self
            .db
            .query(Statement::new(sql, params![command_id]))
            .await?;
        Ok(rows.first().map(|row| row.int(0)))
    }

    async fn again<D: Decide>(
        &self,
        noun: &D,
        id: &str,
        version: i64,
    ) -> Result<Handled<D::State>, Trouble> {
        let (state, version, _) = self.fold(noun, id, version).await?;
        Ok(Handled {
            state,
            version,
            repeated: true,
        })
    }

    /// The state of one stream and its version (0: nothing happened yet).
    ///
    /// # Errors
    /// [`Trouble`] of the database, or an entry of unknown shape.
    pub async fn load<D: Decide>(&self, noun: &D, id: &str) -> Result<(D::State, i64), Trouble> {
        let (state, version, _) = self.fold(noun, id, i64::MAX).await?;
        Ok((state, version))
    }

    async fn fold<D: Decide>(
        &self,
        noun: &D,
        id: &str,
        up_to: i64,
    ) -> Result<(D::State, i64, Option<jiff::Timestamp>), Trouble> {
        let entries = self.history_up_to(noun, id, up_to).await?;
        let version = entries.last().map_or(0, |entry| entry.version);
        let last = entries.last().map(|entry| entry.at);
        let state = entries
            .iter()
            .fold(D::State::default(), |state, e| noun.evolve(state, e));
        Ok((state, version, last))
    }

    /// Everything that happened on one stream, oldest first.
    ///
    /// # Errors
    /// [`Trouble`] of the database, or an entry of unknown shape.
    pub async fn history<D: Decide>(
        &self,
        noun: &D,
        id: &str,
    ) -> Result<Vec<Entry<D::Event>>, Trouble> {
        self.history_up_to(noun, id, i64::MAX).await
    }

    async fn history_up_to<D: Decide>(
        &self,
        _noun: &D,
        id: &str,
        up_to: i64,
    ) -> Result<Vec<Entry<D::Event>>, Trouble> {
        let sql = "SELECT stream, version, at, actor, office, command_id, private, kind, body
                   FROM entries WHERE stream = ? AND version <= ? ORDER BY version";
        let stream = format!("{}/{id}", D::NAME);
        let rows = self
            .db
            .query(Statement::new(sql, params![stream, up_to]))
            .await?;
        rows.iter().map(|row| typed(header(row)?)).collect()
    }

    /// A document of the vault; `None` when it was erased.
    ///
    /// # Errors
    /// [`Trouble`] of the database.
    pub async fn private(&self, digest: &str) -> Result<Option<Json>, Trouble> {
        let sql = "SELECT body FROM vault WHERE digest = ?";
        let rows = self.db.query(Statement::new(sql, params![digest])).await?;
        rows.first()
            .map(|row| Sealed::open(row.text(0)))
            .transpose()
    }
}

/// Gives a stored entry its event's type.
pub(crate) fn typed<E: DeserializeOwned>(entry: Entry<Json>) -> Result<Entry<E>, Trouble> {
    let event = serde_json::from_value(entry.event)
        .map_err(|e| Trouble::Broken(format!("{} {}: {e}", entry.stream, entry.version)))?;
    Ok(Entry {
        stream: entry.stream,
        version: entry.version,
        at: entry.at,
        actor: entry.actor,
        office: entry.office,
        command_id: entry.command_id,
        private: entry.private,
        event,
    })
}

/// Whether the taken key is the journal's own (somebody was faster) and not a view's.
fn is_race(key: &str) -> bool {
    key.contains("entries") || key.contains("commands")
}

/// The statements of one command, built up event by event.
struct Append<'a, D: Decide> {
    noun: &'a D,
    request: &'a Request<D::Command>,
    stream: String,
    at: jiff::Timestamp,
    sealed: Option<Sealed>,
    version: i64,
}

impl<'a, D: Decide> Append<'a, D> {
    fn new(
        noun: &'a D,
        request: &'a Request<D::Command>,
        version: i64,
        at: jiff::Timestamp,
    ) -> Self {
        let sealed = request.private.as_ref().map(Sealed::new);
        Self {
            noun,
            request,
            stream: format!("{}/{}", D::NAME, request.id),
            at,
            sealed,
            version,
        }
    }

    fn entries(
        &self,
        mut state: D::State,
        events: Vec<D::Event>,
    ) -> (Vec<Statement>, D::State, i64) {
        let last = self.version + i64::try_from(events.len()).unwrap_or(i64::MAX);
        let mut list = vec![Statement::new(
            "INSERT INTO commands (id, stream, version) VALUES (?, ?, ?)",
            params![&self.request.ctx.command_id, &self.stream, last],
        )];
        if let Some(sealed) = &self.sealed {
            list.push(Statement::new(
                "INSERT INTO vault (digest, stream, body) VALUES (?, ?, ?)",
                params![&sealed.digest, &self.stream, &sealed.body],
            ));
        }
        let mut views = Vec::new();
        for (version, event) in (self.version + 1..).zip(events) {
            let entry = self.entry(version, event);
            list.extend(insert(&entry, D::kind(&entry.event)));
            let after = self.noun.evolve(state.clone(), &entry);
            views.extend(
                self.noun
                    .views(&state, &after, &entry, self.request.private.as_ref()),
            );
            state = after;
        }
        list.extend(views);
        list.extend(self.request.along.iter().cloned());
        (list, state, last)
    }

    fn entry(&self, version: i64, event: D::Event) -> Entry<D::Event> {
        let ctx = &self.request.ctx;
        Entry {
            stream: self.stream.clone(),
            version,
            at: self.at,
            actor: ctx.actor.clone(),
            office: ctx.office.clone(),
            command_id: ctx.command_id.clone(),
            private: self.sealed.as_ref().map(|sealed| sealed.digest.clone()),
            event,
        }
    }
}

fn insert<E: serde::Serialize>(entry: &Entry<E>, kind: &str) -> [Statement; 2] {
    let body = serde_json::to_string(&entry.event).expect("events are plain data");
    [
        Statement::new(
            "INSERT INTO entries
             (stream, version, kind, body, private, actor, office, command_id, at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            params![
                &entry.stream,
                entry.version,
                kind,
                body,
                entry.private.clone(),
                &entry.actor,
                &entry.office,
                &entry.command_id,
                entry.at
            ],
        ),
        Statement::new(
            "INSERT INTO entries_unplaced (stream, version, at) VALUES (?, ?, ?)",
            params![&entry.stream, entry.version, entry.at],
        ),
    ]
}

/// A document as the vault keeps it: with a random salt, so that nobody can guess a short text from
/// its digest.
struct Sealed {
    digest: String,
    body: String,
}

impl Sealed {
    fn new(document: &Json) -> Self {
        let salt = uuid::Uuid::new_v4().simple().to_string();
        let body = serde_json::json!({ "salt": salt, "document": document }).to_string();
        let digest = Sha256::digest(body.as_bytes());
        Self {
            digest: digest.iter().map(|byte| format!("{byte:02x}")).collect(),
            body,
        }
    }

    fn open(body: &str) -> Result<Json, Trouble> {
        let mut sealed: Json =
            serde_json::from_str(body).map_err(|e| Trouble::Broken(e.to_string()))?;
        Ok(sealed["document"].take())
    }
}
