//! Người dân, as the office knows them: that an account is a person on file, that it is not, and
//! what was corrected of somebody after their papers were seen. The description itself is a fact
//! (`facts::people`); here stands who changed it, when, and on which paper.
//!
//! Lends: `People` (the noun for the journal), `Order` and `Command`, `Refusal`, and the acts of
//! the office (`confirm`, `undo`, `correct`), each the order and the rows in one transaction.
//! Does not know: how an account is opened, closed or entered, dossiers, pages.
mod acts;
mod events;
mod rules;
mod words;

pub use acts::{Acting, confirm, correct, on_file, papers, typed, undo};
pub use events::{Event, Seen, State};
pub use rules::{Command, Order, Refusal, wrong_reason};

use kernel::{Ctx, Decide, Entry, Lived, Statement};

/// The noun for the journal: one stream an account's claim or a person on file, `person/<id>`.
#[derive(Debug, Clone, Copy, Default)]
pub struct People;

impl Decide for People {
    const NAME: &'static str = "person";
    type State = State;
    type Command = Order;
    type Event = Event;
    type Refusal = Refusal;

    fn kind(event: &Event) -> &'static str {
        event.kind()
    }

    fn decide(&self, state: &State, ctx: &Ctx, order: &Order) -> Result<Vec<Event>, Refusal> {
        rules::decide(state, ctx, order)
    }

    fn evolve(&self, state: State, entry: &Entry<Event>) -> State {
        state.after(&entry.event)
    }

    /// Facts are not made from entries: their rows go along with the command.
    fn views(&self, _: &State, _: &State, _: &[Lived<'_, Event>]) -> Vec<Statement> {
        Vec::new()
    }

    fn view_tables(&self) -> &'static [&'static str] {
        &[]
    }
}

#[cfg(test)]
mod tests;
