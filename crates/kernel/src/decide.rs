//! What a noun must know to live in the journal: how to decide, how to fold, and which rows it
//! shows.
//!
//! All of it is pure. Loading, storing and retrying are the journal's.
use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{Json, Statement};

/// Who asks, from where, and when. Rules ask the machine for nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ctx {
    /// Who acts: an officer's or a person's id, or `system`.
    pub actor: String,
    /// The office for which the actor acts; empty for the public.
    pub office: String,
    /// The moment of the command.
    pub now: Timestamp,
    /// Unique per intention: a double click or a message sent again carries the same one.
    pub command_id: String,
}

/// Something that happened: an event with where, when and by whom. Appended once, never edited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry<E> {
    /// The stream, `<noun>/<id>`.
    pub stream: String,
    /// Its place in the stream, from 1.
    pub version: i64,
    /// When; never earlier than the entry before it in the stream.
    pub at: Timestamp,
    /// Who acted.
    pub actor: String,
    /// For which office.
    pub office: String,
    /// The command that caused it.
    pub command_id: String,
    /// Digest of the vault document with what people wrote; absent when there is none.
    pub private: Option<String>,
    /// What happened.
    pub event: E,
}

impl<E> Entry<E> {
    /// The stream's own id, without the noun.
    #[must_use]
    pub fn id(&self) -> &str {
        self.stream
            .split_once('/')
            .map_or(&self.stream, |(_, id)| id)
    }
}

/// An entry with its vault document.
#[derive(Debug, Clone, Copy)]
pub struct Lived<'a, E> {
    /// What happened.
    pub entry: &'a Entry<E>,
    /// What people wrote with it, if it was not erased.
    pub private: Option<&'a Json>,
}

/// A noun whose life is journaled.
pub trait Decide: Send + Sync + 'static {
    /// The noun's name; streams are `<NAME>/<id>`.
    const NAME: &'static str;
    /// The fold of a stream.
    type State: Default + Clone + Send + Sync + 'static;
    /// What can be asked.
    type Command: Send + Sync;
    /// What can have happened. Only ever added to. An enum that is derived without a tag is the
    /// quickest to read (`body.rs`).
    type Event: Serialize + DeserializeOwned + Clone + Send + Sync;
    /// Why something may not be done: a named value, shown to people.
    type Refusal: Send;

    /// The name of an event's kind, as stored.
    fn kind(event: &Self::Event) -> &'static str;

    /// What follows from `command`. Pure: the same arguments give the same answer.
    ///
    /// # Errors
    /// The rule that forbids it.
    fn decide(
        &self,
        state: &Self::State,
        ctx: &Ctx,
        command: &Self::Command,
    ) -> Result<Vec<Self::Event>, Self::Refusal>;

    /// The state after `entry`.
    fn evolve(&self, state: Self::State, entry: &Entry<Self::Event>) -> Self::State;

    /// The rows that what happened changes, from the state before to the state after: the entries
    /// of one command, written in its transaction, or a whole life from nothing. Both ways must
    /// leave the same rows.
    fn views(
        &self,
        before: &Self::State,
        after: &Self::State,
        happened: &[Lived<'_, Self::Event>],
    ) -> Vec<Statement>;

    /// The tables that [`Decide::views`] fills, emptied and filled again by a rebuild.
    fn view_tables(&self) -> &'static [&'static str];

    /// Those of them whose rows are taken from the front as work is done: the worker sweeps them,
    /// so that who looks at the front does not pass what was taken.
    fn queue_tables(&self) -> &'static [&'static str] {
        &[]
    }

    /// The command that a passed timer sends to its stream; `None` for a key it does not know.
    fn timer_passed(&self, _key: &str) -> Option<Self::Command> {
        None
    }
}
