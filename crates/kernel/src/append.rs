//! What one command appends: its id, its private document, its entries and the rows of their views,
//! as statements of one transaction.
//!
//! Does not know: whether the command is allowed, how the transaction is run.
use sha2::{Digest, Sha256};

use crate::log::WAIT;
use crate::{Decide, Entry, Json, Lived, Request, Statement, Trouble, body, params};

/// The statements of one command.
pub(crate) struct Append<'a, D: Decide> {
    noun: &'a D,
    request: &'a Request<D::Command>,
    pub(crate) stream: String,
    at: jiff::Timestamp,
    sealed: Option<Sealed>,
    version: i64,
}

impl<'a, D: Decide> Append<'a, D> {
    pub(crate) fn new(
        noun: &'a D,
        request: &'a Request<D::Command>,
        version: i64,
        at: jiff::Timestamp,
    ) -> Self {
        let sealed = request.private.as_ref().map(Sealed::new);
        let stream = format!("{}/{}", D::NAME, request.id);
        Self {
            noun,
            request,
            stream,
            at,
            sealed,
            version,
        }
    }

    /// The statements, the state after them and its version.
    pub(crate) fn entries(
        &self,
        state: &D::State,
        events: Vec<D::Event>,
    ) -> (Vec<Statement>, D::State, i64) {
        let (mut list, entries) = self.bare(events);
        let last = entries.last().map_or(self.version, |entry| entry.version);
        let private = self.request.private.as_ref();
        let evolve = |state, entry| self.noun.evolve(state, entry);
        let after = entries.iter().fold(state.clone(), evolve);
        let lived = entries.iter().map(|entry| Lived { entry, private });
        let happened: Vec<_> = lived.collect();
        list.extend(self.noun.views(state, &after, &happened));
        list.extend(self.request.along.iter().cloned());
        (list, after, last)
    }

    /// The statements without those of views, and the entries that they append.
    pub(crate) fn bare(&self, events: Vec<D::Event>) -> (Vec<Statement>, Vec<Entry<D::Event>>) {
        let last = self.version + i64::try_from(events.len()).unwrap_or(i64::MAX);
        let mut list = vec![
            Statement::new(
                "INSERT INTO commands (id, stream, version) VALUES (?, ?, ?)",
                params![&self.request.ctx.command_id, &self.stream, last],
            )
            .any_order(),
        ];
        if let Some(sealed) = &self.sealed {
            let vault = Statement::new(
                "INSERT INTO vault (digest, stream, body) VALUES (?, ?, ?)",
                params![&sealed.digest, &self.stream, &sealed.body],
            );
            list.push(vault.any_order());
        }
        let numbered = (self.version + 1..).zip(events);
        let entries: Vec<_> = numbered
            .map(|(version, event)| self.entry(version, event))
            .collect();
        let inserted = entries
            .iter()
            .flat_map(|entry| insert(entry, D::kind(&entry.event)));
        list.extend(inserted);
        (list, entries)
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
    let body = body::write(kind, &entry.event);
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
        )
        .any_order(),
        Statement::new(WAIT, params![&entry.stream, entry.version, entry.at]).any_order(),
    ]
}

/// The name of a sealed body.
pub(crate) fn digest(body: &str) -> String {
    format!("{:x}", Sha256::digest(body.as_bytes()))
}

/// A document that is not what was written, by its name; its content is told nobody.
pub(crate) fn damaged(stream: &str, digest: &str) -> String {
    format!("{stream}: the vault document {digest} does not fit its digest")
}

/// A document as the vault keeps it: with a random salt, so that nobody can guess a short text from
/// its digest.
pub(crate) struct Sealed {
    digest: String,
    body: String,
}

#[derive(serde::Serialize)]
struct Salted<'a> {
    salt: String,
    document: &'a Json,
}

impl Sealed {
    fn new(document: &Json) -> Self {
        let salted = Salted {
            salt: uuid::Uuid::new_v4().simple().to_string(),
            document,
        };
        let body = serde_json::to_string(&salted).expect("a document is JSON");
        let digest = digest(&body);
        Self { digest, body }
    }

    /// The document of a sealed body, if it is the one that the entry names.
    pub(crate) fn open(stream: &str, named: &str, body: &str) -> Result<Json, Trouble> {
        if digest(body) != named {
            return Err(Trouble::Broken(damaged(stream, named)));
        }
        let mut sealed: Json =
            serde_json::from_str(body).map_err(|e| Trouble::Broken(e.to_string()))?;
        Ok(sealed["document"].take())
    }
}
