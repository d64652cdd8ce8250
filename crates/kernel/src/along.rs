//! States along the log: of each entry of a noun, in log order, what was true before it and after.
//! For readers that keep rows; the views of a noun are given the same by the journal.
//!
//! Does not know: what is counted.
use std::collections::{HashMap, HashSet};
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

    /// A round of entries with the states around them; those of other nouns are left out.
    ///
    /// # Errors
    /// [`Trouble`] of the database, or an entry of unknown shape.
    pub async fn walk(&self, round: Vec<Placed>) -> Result<Vec<Step<D>>, Trouble> {
        let ours = round.into_iter().filter(|one| one.noun() == D::NAME);
        let entries = ours.map(Placed::typed).collect::<Result<Vec<_>, _>>()?;
        let mut states = self.before(&entries).await?;
        let step = |entry: Entry<D::Event>| {
            let before = states.remove(&entry.stream).unwrap_or_default();
            let after = Arc::new(self.noun.evolve(D::State::clone(&before), &entry));
            states.insert(entry.stream.clone(), Arc::clone(&after));
            let folded = Folded {
                state: Arc::clone(&after),
                version: entry.version,
                last: Some(entry.at),
            };
            self.memory.put(&entry.stream, &folded);
            Step {
                before,
                entry,
                after,
            }
        };
        Ok(entries.into_iter().map(step).collect())
    }

    /// By stream, the states before their first entries of the round. What is not remembered is
    /// read together.
    async fn before(
        &self,
        entries: &[Entry<D::Event>],
    ) -> Result<HashMap<String, Arc<D::State>>, Trouble> {
        let mut states = HashMap::new();
        let mut unknown = HashMap::new();
        let mut seen = HashSet::new();
        for entry in entries {
            if !seen.insert(&entry.stream) || entry.version == 1 {
                continue;
            }
            let known = self.memory.get::<Arc<D::State>>(&entry.stream);
            match known.filter(|known| known.version == entry.version - 1) {
                Some(known) => _ = states.insert(entry.stream.clone(), known.state),
                None => _ = unknown.insert(entry.id(), entry),
            }
        }
        let ids: Vec<&str> = unknown.keys().copied().collect();
        for (id, history) in self.journal.histories(&*self.noun, &ids).await? {
            let first = unknown[id.as_str()];
            let earlier = history.iter().filter(|one| one.version < first.version);
            let fold = |state, one| self.noun.evolve(state, one);
            let state = earlier.fold(D::State::default(), fold);
            states.insert(first.stream.clone(), Arc::new(state));
        }
        Ok(states)
    }
}
