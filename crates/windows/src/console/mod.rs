//! Bàn điều hành: what those who lead and those who inspect see of the offices under them. Today
//! in figures, and the report of a period as the columns of form II.06a/VPCP have it.
//!
//! Figures come from counts by agency, procedure and day, folded from the entries by a reader that
//! follows the log (decision 22): they are as of the end of a period, not as of now, and cost the
//! same however many dossiers there are.
//!
//! Lends: `routes`, `RIGHTS`, of which one opens them, `reader`, `MIGRATIONS`. It reads and decides
//! nothing.
//! Does not know: single dossiers and their people; lists of those are the desk's.
mod chart;
mod count;
mod fold;
mod pages;
mod period;
mod reaction;
mod report;
mod views;
mod words;

pub use pages::{RIGHTS, routes};
pub use reaction::reader;
pub use views::MIGRATIONS;

#[cfg(test)]
mod tests;
