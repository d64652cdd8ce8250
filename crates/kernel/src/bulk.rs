//! Many commands of many streams as one transaction: to fill a database for a load test, or from
//! another system. Decided, folded and shown by the noun itself, so that a rebuild gives the same.
//!
//! Does not know: who else writes; the streams must be new and nobody else's.
use std::collections::HashMap;

use crate::append::Append;
use crate::memory::Folded;
use crate::{Database, Decide, Entry, Json, Lived, Request, Statement, Trouble};

/// Commands that wait to be written together.
pub struct Bulk<'a, D: Decide> {
    noun: &'a D,
    streams: HashMap<String, Stream<D>>,
    statements: Vec<Statement>,
}

/// What a bulk has of one stream: all of it.
struct Stream<D: Decide> {
    folded: Folded<D::State>,
    entries: Vec<(Entry<D::Event>, Option<Json>)>,
}

impl<D: Decide> Default for Stream<D> {
    fn default() -> Self {
        let folded = Folded {
            state: D::State::default(),
            version: 0,
            last: None,
        };
        Self {
            folded,
            entries: Vec::new(),
        }
    }
}

impl<'a, D: Decide> Bulk<'a, D> {
    /// Nothing yet.
    #[must_use]
    pub fn new(noun: &'a D) -> Self {
        Self {
            noun,
            streams: HashMap::new(),
            statements: Vec::new(),
        }
    }

    /// Decides a command on what this bulk has of its stream. Returns the state after it.
    ///
    /// # Errors
    /// The rule's refusal; nothing is kept of the command then.
    pub fn handle(&mut self, request: &Request<D::Command>) -> Result<D::State, D::Refusal> {
        let stream = self.streams.entry(request.id.clone()).or_default();
        let (before, ctx) = (&stream.folded, &request.ctx);
        let events = self.noun.decide(&before.state, ctx, &request.command)?;
        if events.is_empty() {
            return Ok(before.state.clone());
        }
        let at = before.last.map_or(ctx.now, |last| last.max(ctx.now));
        let append = Append::new(self.noun, request, before.version, at);
        let (statements, entries) = append.bare(events);
        self.statements.extend(statements);
        self.statements.extend(request.along.iter().cloned());
        for entry in entries {
            let folded = &mut stream.folded;
            folded.state = self.noun.evolve(std::mem::take(&mut folded.state), &entry);
            folded.version = entry.version;
            folded.last = Some(at);
            stream.entries.push((entry, request.private.clone()));
        }
        Ok(stream.folded.state.clone())
    }

    /// Writes everything as one transaction. Returns the number of statements.
    ///
    /// # Errors
    /// [`Trouble`]: nothing was written.
    pub async fn write(mut self, db: &Database) -> Result<usize, Trouble> {
        for stream in self.streams.values() {
            let lived = stream.entries.iter().map(|(entry, private)| Lived {
                entry,
                private: private.as_ref(),
            });
            let life: Vec<_> = lived.collect();
            let (born, now) = (D::State::default(), &stream.folded.state);
            self.statements.extend(self.noun.views(&born, now, &life));
        }
        let count = self.statements.len();
        db.write(self.statements).await?;
        Ok(count)
    }
}
