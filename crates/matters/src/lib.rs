//! Matters: what happens to somebody's affair. Floor 1. Each room owns one noun and is entered through its door.
//! Does not know: counters, desks, accounts, pages of other floors.
pub mod dossier;
