//! Floor 0: what rarely changes, with validity dates. Each room owns one noun and is entered
//! through its door. Nothing here is journaled; only what happens in an office is.
//! Does not know: dossiers, desks, pages.
pub mod address;
pub mod agency;
pub mod blob;
pub mod calendar;
pub mod content;
pub mod fold;
pub mod number;
pub mod people;
pub mod place;
pub mod procedure;
