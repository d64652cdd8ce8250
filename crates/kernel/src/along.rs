//! States along the log: of each entry of a noun, in log order, what was true before it and after.
//! For readers that keep rows; the views of a noun are given the same by the journal.
//!
//! Does not know: what is counted.
use std::sync::Arc;

use crate::log::Placed;
use crate::memory::{Folded, Memory};
use crate::{Decide, Entry, Journal, Trouble};

/// A walk along the log. It remembers the states of lately; what it does not remember, or
/// remembers from elsewhere in the log, it folds again.
pub struct Along<D: Decide> {
    journal: Journal,
    noun: Arc<D>,
    memory: Memory,
}

/// One entry with what it changed.
pub struct Step<D: Decide> {
    /// What was true before.
    pub before: Arc<D::State>,
    /// What happened.
    pub entry: Entry<D::Event>,
    /// What is true after.
    pub after: Arc<D::State>,
}

impl<D: Decide> Along<D> {
    /// A walk that begins anywhere.
    #[must_use]
    pub fn new(journal: Journal, noun: Arc<D>) -> Self {
        let memory = Memory::default();
        Self {
            journal,
            noun,
            memory,
        }
    }

    /// The entry with the states around it; `None` for an entry of another noun.
    ///
    /// # Errors
    /// [`Trouble`] of the database, or an entry of unknown shape.
    pub async fn step(&self, placed: Placed) -> Result<Option<Step<D>>, Trouble> {
        if placed.noun() != D::NAME {
            return Ok(None);
        }
        let entry: Entry<D::Event> = placed.typed()?;
        let before = self.before(&entry).await?;
        let after = self.noun.evolve(D::State::clone(&before), &entry);
        let after = Arc::new(after);
        let folded = Folded {
            state: Arc::clone(&after),
            version: entry.version,
            last: Some(entry.at),
        };
        self.memory.put(&entry.stream, &folded);
        Ok(Some(Step {
            before,
            entry,
            after,
        }))
    }

    async fn before(&self, entry: &Entry<D::Event>) -> Result<Arc<D::State>, Trouble> {
        if entry.version == 1 {
            return Ok(Arc::default());
        }
        let known = self.memory.get::<Arc<D::State>>(&entry.stream);
        if let Some(known) = known.filter(|known| known.version == entry.version - 1) {
            return Ok(known.state);
        }
        let whole = self.journal.history(&*self.noun, entry.id()).await?;
        let earlier = whole.iter().take_while(|one| one.version < entry.version);
        let fold = |state, one| self.noun.evolve(state, one);
        Ok(Arc::new(earlier.fold(D::State::default(), fold)))
    }
}
