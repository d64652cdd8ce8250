//! Bàn làm việc: the officer's desk. The inbox by what is due next, search, one dossier on one
//! screen with every act that the law allows this officer now, and the follow-up book (form
//! 07).
//!
//! Lends: `routes`, for the building. Does not know: how somebody signed in, the counter's
//! intake, payment and delivery (`/counter`, another room), nor what a dossier may do
//! (`matters::dossier` decides).
mod bulk;
mod deed;
mod due;
mod form;
mod names;
mod offer;
mod pages;
mod queue;
mod reading;
mod results;
mod screen;
mod sheet;
mod slip;
mod words;

pub use pages::routes;

#[cfg(test)]
mod tests;
