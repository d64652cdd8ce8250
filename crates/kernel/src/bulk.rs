//! Many commands of many streams as one transaction: to fill a database for a load test, or from
//! another system. Decided, folded and shown by the noun itself, so that a rebuild gives the same.
//!
//! Does not know: who else writes; the streams must be new and nobody else's.
use std::collections::HashMap;

use crate::append::Append;
use crate::memory::Folded;
use crate::{Database, Decide, Request, Statement, Trouble};

/// Commands that wait to be written together.
pub struct Bulk<'a, D: Decide> {
    noun: &'a D,
    states: HashMap<String, Folded<D::State>>,
    statements: Vec<Statement>,
}

impl<'a, D: Decide> Bulk<'a, D> {
    /// Nothing yet.
    #[must_use]
    pub fn new(noun: &'a D) -> Self {
        Self {
            noun,
            states: HashMap::new(),
            statements: Vec::new(),
        }
    }

    /// Decides a command on what this bulk has of its stream. Returns the state after it.
    ///
    /// # Errors
    /// The rule's refusal; nothing is kept of the command then.
    pub fn handle(&mut self, request: &Request<D::Command>) -> Result<D::State, D::Refusal> {
        let known = self.states.get(&request.id).cloned();
        let before = known.unwrap_or_else(|| Folded {
            state: D::State::default(),
            version: 0,
            last: None,
        });
        let ctx = &request.ctx;
        let events = self.noun.decide(&before.state, ctx, &request.command)?;
        if events.is_empty() {
            return Ok(before.state);
        }
        let at = before.last.map_or(ctx.now, |last| last.max(ctx.now));
        let append = Append::new(self.noun, request, before.version, at);
        let (statements, state, version) = append.entries(before.state, events);
        self.statements.extend(statements);
        let after = Folded {
            state: state.clone(),
            version,
            last: Some(at),
        };
        self.states.insert(request.id.clone(), after);
        Ok(state)
    }

    /// The state of a stream of this bulk.
    #[must_use]
    pub fn state(&self, id: &str) -> Option<&D::State> {
        self.states.get(id).map(|known| &known.state)
    }

    /// Writes everything as one transaction. Returns the number of statements.
    ///
    /// # Errors
    /// [`Trouble`]: nothing was written.
    pub async fn write(self, db: &Database) -> Result<usize, Trouble> {
        let count = self.statements.len();
        db.write(self.statements).await?;
        Ok(count)
    }
}
