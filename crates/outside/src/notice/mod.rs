//! Thông báo: what the applicant and the filer of a dossier are told, and what they have read. Each
//! entry that concerns them is one notice, moments after it was written (NĐ 224/2026/NĐ-CP
//! Đ15.1.g): a row that follows from the entry and its place in the log (decision 26). What was
//! read is journaled.
//!
//! Lends: `Notices` (the noun for the journal), `reader` (keeps the rows), `unread` (for the page
//! shell), `routes`.
//! `mail` tells the same by e-mail.
//! Does not know: how a dossier is decided, SMS (it will follow the same log), who signs in how. A
//! notice carries no name and nothing that people wrote: who may see the dossier reads that there.
mod events;
pub mod mail;
mod pages;
mod reaction;
mod rules;
mod views;
mod words;

pub use events::{About, Event, Number, State};
pub use pages::routes;
pub use reaction::reader;
pub use rules::Command;
pub use views::{MIGRATIONS, unread};
pub use words::{Sentence, sentence};

use std::convert::Infallible;

use kernel::{Ctx, Decide, Entry, Lived, Statement};

/// The noun for the journal: one stream a person, `notice/<person>`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Notices;

impl Decide for Notices {
    const NAME: &'static str = "notice";
    type State = State;
    type Command = Command;
    type Event = Event;
    type Refusal = Infallible;

    fn kind(event: &Event) -> &'static str {
        event.kind()
    }

    fn decide(&self, state: &State, _: &Ctx, command: &Command) -> Result<Vec<Event>, Infallible> {
        Ok(rules::decide(state, *command))
    }

    fn evolve(&self, state: State, entry: &Entry<Event>) -> State {
        state.after(&entry.event)
    }

    /// The rows are the reader's, who does the same when it comes to this entry: so the person sees
    /// at once what they did, and a rebuild gives the same.
    fn views(
        &self,
        _before: &State,
        _after: &State,
        happened: &[Lived<'_, Event>],
    ) -> Vec<Statement> {
        let seen = happened.iter().flat_map(|lived| views::seen(lived.entry));
        seen.collect()
    }

    fn view_tables(&self) -> &'static [&'static str] {
        &[]
    }
}
