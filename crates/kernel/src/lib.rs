//! The kernel: an append-only journal with optimistic versions, its two databases, timers, readers
//! and leases. What happened is an *entry*; everything else is a fold of entries.
//!
//! Does not know: any word of government, HTTP, the clock (callers hand in `now`).
pub mod backup;
pub mod db;
pub mod decide;
pub mod journal;
pub mod lease;
pub mod log;
pub mod migrate;
pub mod proof;
pub mod reader;
pub mod rebuild;
pub mod timer;
pub mod worker;

pub use db::{Database, Row, Settings, Statement, Trouble, Value, Written};
pub use decide::{Ctx, Decide, Entry};
pub use journal::{Failure, Handled, Journal, Request};
pub use migrate::Migration;

/// JSON as the journal stores it.
pub type Json = serde_json::Value;

/// A list of SQL parameters: `params![id, 3, None::<String>]`.
#[macro_export]
macro_rules! params {
    ($($value:expr),* $(,)?) => { vec![$($crate::Value::from($value)),*] };
}
