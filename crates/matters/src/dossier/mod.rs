//! Hồ sơ, the heart of the house: one affair of one applicant under one procedure, from submission
//! to the result in hand, under the law in force (NĐ 118/2025/NĐ-CP, NĐ 367/2025/NĐ-CP, TT
//! 03/2025/TT-VPCP).
//!
//! Lends: `Law` (the noun for the journal), `Order` and `Command` (what can be asked), `Refusal`
//! (why not), `State` and `Dossier` (what is true), `Event` (what happened), `Phase`, `Code`,
//! `Numbers`, who-may-what (`may`, `allowed`, `Action`, `Facts`), the lists and searches of
//! `views`, the data of the letters.
//! Does not know: HTML, how a form is filled in, how people are told.
//!
//! A page makes an `Order`, calls `Order::request(id, ctx)` and hands it to `Journal::handle(&law,
//! request)`.

mod access;
mod code;
mod command;
mod events;
mod fold;
mod inbox;
pub mod letters;
mod lists;
mod look;
mod pages;
mod parts;
mod phase;
mod refusal;
mod rules;
mod state;
pub mod stories;
pub mod views;
mod words;

#[cfg(test)]
mod tests;

pub use access::{Action, Facts, allowed, drafts, holds, may, takes};
pub use code::{Code, NotACode, day_of};
pub use command::{By, Command, Order, Party, Submission, SupplementItem, post_address};
pub use events::Event;
pub use fold::evolve;
pub use inbox::{QUEUES, Work, is_work_of, work};
pub use look::asks_why;
pub use pages::routes;
pub use parts::{
    Act, FeeDue, Filer, Handover, LookReason, Moves, Opening, Opinion, Paper, PaperForm, PayMethod,
    Receiver, RefuseReason, ReturnWay, SupplementClock, Term,
};
pub use phase::{ExternalStatus, Phase};
pub use refusal::{Refusal, dong};
pub use rules::collecting_agency;
pub use state::{Dossier, Payment, Receipt, Reception, ResultIssued, State, Supplement, Task};
pub use views::{MIGRATIONS, Numbers};
pub use words::label;

use facts::calendar::Calendars;
use facts::procedure::Catalogue;
use kernel::{Ctx, Decide, Entry, Lived, Statement};
use std::sync::Arc;

/// The law of the dossier, with the procedures and calendars that it needs. The noun for the
/// journal.
#[derive(Clone)]
pub struct Law {
    /// Every version of every procedure.
    pub catalogue: Arc<Catalogue>,
    /// Every agency's calendar.
    pub calendars: Arc<Calendars>,
}

impl Decide for Law {
    const NAME: &'static str = "dossier";
    type State = State;
    type Command = Order;
    type Event = Event;
    type Refusal = Refusal;

    fn kind(event: &Event) -> &'static str {
        event.kind()
    }

    fn decide(&self, state: &State, ctx: &Ctx, order: &Order) -> Result<Vec<Event>, Refusal> {
        rules::decide(self, state, ctx, order)
    }

    fn evolve(&self, state: State, entry: &Entry<Event>) -> State {
        evolve(state, entry)
    }

    fn views(
        &self,
        before: &State,
        after: &State,
        happened: &[Lived<'_, Event>],
    ) -> Vec<Statement> {
        views::statements(&self.catalogue, before, after, happened)
    }

    fn view_tables(&self) -> &'static [&'static str] {
        views::TABLES
    }

    fn queue_tables(&self) -> &'static [&'static str] {
        views::QUEUES
    }

    fn timer_passed(&self, key: &str) -> Option<Order> {
        Some(Order::timer(key))
    }
}
