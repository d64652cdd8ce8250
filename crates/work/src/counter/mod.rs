//! Bộ phận một cửa: the one-stop counter. Takes in people who stand there and dossiers that came
//! online, collects fees, hands results over, and shows what waits today.
//!
//! Lends: `routes`, and `RIGHTS`, of which one opens them. Keeps nothing of its own: what happens
//! here are entries of dossiers, an unfinished intake is a draft.
//! Does not know: the law of the dossier (`matters`), the desks behind the counter (linked by
//! address), who may sign in.

mod drafts;
mod entered;
mod found;
mod letters;
mod pages;
mod papers;
mod queues;
mod receive;
mod sheet;
mod told;

#[cfg(test)]
mod tests;

pub use pages::{RIGHTS, routes};
