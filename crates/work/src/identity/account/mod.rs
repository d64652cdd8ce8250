//! The life of an account in the journal: made, closed, a one-time code printed and used, password
//! and device set; by whom, when, and what was looked at before.
//!
//! Lends: `Accounts` (the noun for the journal) and its words.
//! Does not know: the tables of accounts. They hold what no entry may (a password's hash, the
//! secret of a device, a personal number) and are changed in the transaction of the entry; a
//! rebuild leaves them alone.
mod events;
mod rules;
#[cfg(test)]
mod tests;

pub use events::{CloseReason, Door, Event, Printed, Resets, Seen, State, Way};
pub use rules::{CODE_LIFE, Command, NewCode, holding};

use kernel::{Ctx, Decide, Entry, Lived, Statement};

use super::Refusal;

/// The noun for the journal: one stream an account, `account/<id>`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Accounts;

impl Decide for Accounts {
    const NAME: &'static str = "account";
    type State = State;
    type Command = Command;
    type Event = Event;
    type Refusal = Refusal;

    fn kind(event: &Event) -> &'static str {
        event.kind()
    }

    fn decide(&self, state: &State, ctx: &Ctx, command: &Command) -> Result<Vec<Event>, Refusal> {
        rules::decide(state, ctx.now, command)
    }

    fn evolve(&self, state: State, entry: &Entry<Event>) -> State {
        state.after(&entry.event)
    }

    /// None: see above.
    fn views(&self, _: &State, _: &State, _: &[Lived<'_, Event>]) -> Vec<Statement> {
        Vec::new()
    }

    fn view_tables(&self) -> &'static [&'static str] {
        &[]
    }
}
