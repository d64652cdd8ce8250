//! Thông báo: what the applicant and the filer of a dossier are told, and what they have read. Each
//! entry that concerns them causes one notice, moments after it was written (NĐ 224/2026/NĐ-CP
//! Đ15.1.g).
//!
//! Lends: `Notices` (the noun for the journal), `reader` (the reaction), `unread` (for the page
//! shell), `routes`.
//! Does not know: how a dossier is decided, e-mail and SMS (they will read the same stream), who
//! signs in how. A notice carries no name and nothing that people wrote: who may see the dossier
//! reads that there.
mod events;
mod pages;
mod reaction;
mod rules;
mod views;
mod words;

pub use events::{About, Event, State, Told};
pub use pages::routes;
pub use reaction::{NAME, reader};
pub use rules::{Command, Refusal};
pub use views::{MIGRATION, unread};
pub use words::{Sentence, sentence};

use kernel::{Ctx, Decide, Entry, Json, Statement};

/// The noun for the journal: one stream a person, `notice/<person>`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Notices;

impl Decide for Notices {
    const NAME: &'static str = "notice";
    type State = State;
    type Command = Command;
    type Event = Event;
    type Refusal = Refusal;

    fn kind(event: &Event) -> &'static str {
        event.kind()
    }

    fn decide(&self, state: &State, _: &Ctx, command: &Command) -> Result<Vec<Event>, Refusal> {
        rules::decide(state, command)
    }

    fn evolve(&self, state: State, entry: &Entry<Event>) -> State {
        state.after(&entry.event)
    }

    fn views(
        &self,
        _before: &State,
        _after: &State,
        entry: &Entry<Event>,
        _private: Option<&Json>,
    ) -> Vec<Statement> {
        views::statements(entry)
    }

    fn view_tables(&self) -> &'static [&'static str] {
        &["notices"]
    }
}
