//! Matters: what happens to somebody's affair. Floor 1. Each room owns one noun and is entered
//! through its door; `Ground` is what all rooms of this and higher floors stand on.
//!
//! Does not know: counters, desks, accounts, pages of other floors.
mod alike;
pub mod dossier;
pub mod draft;
pub mod files;
mod ground;
pub mod letters;
pub mod person;
pub mod questions;
pub mod retention;
mod standing;

pub use alike::Alike;
pub use ground::{Ground, Shared, begun_by};
pub use standing::Standing;
