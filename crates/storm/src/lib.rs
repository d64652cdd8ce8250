//! The storm: one program that plays real commands over HTTP against the real binary, throws
//! faults at it by chance that can be repeated, and lets a judge decide who knows nothing of the
//! program's code: only its tables, its pages, and what the writers were told.
//!
//! It knows no crate of the house. It is not part of the program.
pub mod base;
pub mod book;
pub mod digests;
pub mod disk;
pub mod episode;
pub mod fault;
pub mod house;
pub mod judge;
pub mod node;
pub mod pages;
pub mod proxy;
pub mod random;
pub mod server;
pub mod views;
pub mod weather;
