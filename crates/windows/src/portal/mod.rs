//! Cổng dịch vụ công: what anybody sees of the house. The front page, the procedures in plain
//! words, the lookup of a dossier by its code, and for those who have signed in their own dossiers.
//!
//! Lends: `routes`. It reads and decides nothing; every button leads to the room that does.
//! Does not know: how an application is filled in (`apply`), what officers see (`desk`), sessions.
mod guide;
mod pages;
mod phrases;
mod standing;
mod timeline;
mod views;

pub use pages::routes;
