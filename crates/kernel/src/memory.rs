//! States that this node folded lately. A command is decided on the remembered state without asking
//! the database: if somebody else was faster, the version is taken, and it is decided again on what
//! is really there. So a memory that is behind costs time, never correctness.
//!
//! Does not know: nouns; a state is kept as what it is.
use std::any::Any;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

/// Streams in each of the two halves. A dossier's state is one to four KiB: with both halves full,
/// some 16 MiB.
const HALF_MAX: usize = 2_048;

/// What is remembered of one stream.
#[derive(Debug, Clone)]
pub(crate) struct Folded<S> {
    pub state: S,
    pub version: i64,
    /// Time of the last entry.
    pub last: Option<Timestamp>,
}

type Kept = Folded<Box<dyn Any + Send>>;

/// Two halves: what is used moves to the young one; when that is full it becomes the old one, and
/// what nobody used since is forgotten.
#[derive(Default)]
pub(crate) struct Memory(Mutex<Halves>);

#[derive(Default)]
struct Halves {
    young: HashMap<String, Kept>,
    old: HashMap<String, Kept>,
}

impl std::fmt::Debug for Memory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Memory")
    }
}

impl Memory {
    /// The state of a stream as this node last saw it.
    pub(crate) fn get<S: Clone + 'static>(&self, stream: &str) -> Option<Folded<S>> {
        let mut halves = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = halves.old.remove(stream) {
            halves.put(stream.to_owned(), kept);
        }
        let kept = halves.young.get(stream)?;
        let state = kept.state.downcast_ref::<S>()?.clone();
        Some(Folded {
            state,
            version: kept.version,
            last: kept.last,
        })
    }

    /// Remembers a committed state, unless a later one is known already.
    pub(crate) fn put<S: Clone + Send + 'static>(&self, stream: &str, folded: &Folded<S>) {
        let mut halves = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = halves.young.get(stream).or_else(|| halves.old.get(stream));
        if folded.version == 0 || known.is_some_and(|kept| kept.version >= folded.version) {
            return;
        }
        halves.old.remove(stream);
        let kept = Folded {
            state: Box::new(folded.state.clone()) as Box<dyn Any + Send>,
            version: folded.version,
            last: folded.last,
        };
        halves.put(stream.to_owned(), kept);
    }
}

impl Halves {
    fn put(&mut self, stream: String, kept: Kept) {
        if self.young.len() >= HALF_MAX && !self.young.contains_key(&stream) {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(stream, kept);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(version: i64) -> Folded<String> {
        Folded {
            state: format!("state {version}"),
            version,
            last: None,
        }
    }

    #[test]
    fn the_latest_stays_and_an_earlier_one_does_not_replace_it() {
        let memory = Memory::default();
        memory.put("a", &folded(2));
        memory.put("a", &folded(1));
        assert_eq!(memory.get::<String>("a").map(|it| it.version), Some(2));
        assert!(memory.get::<i64>("a").is_none(), "another noun's type");
        memory.put("b", &folded(0));
        assert!(memory.get::<String>("b").is_none(), "nothing happened yet");
    }

    #[test]
    fn it_stays_bounded_and_keeps_what_is_used() {
        let memory = Memory::default();
        memory.put("used", &folded(1));
        for number in 0..HALF_MAX * 5 {
            memory.put(&format!("s{number}"), &folded(1));
            assert!(memory.get::<String>("used").is_some(), "{number}");
        }
        let halves = memory.0.lock().expect("no panic while held");
        assert!(halves.young.len() + halves.old.len() <= 2 * HALF_MAX);
    }
}
