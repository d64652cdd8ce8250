//! The kernel: an append-only journal with optimistic versions, its two databases, timers, readers
//! and leases. What happened is an *entry*; everything else is a fold of entries.
//!
//! Does not know: any word of government, HTTP, the clock (callers hand in `now`).
pub mod along;
mod append;
pub mod backup;
pub mod body;
pub mod bulk;
pub mod clock;
pub mod db;
pub mod decide;
pub mod journal;
pub mod lease;
pub mod log;
mod memory;
pub mod migrate;
pub mod proof;
pub mod reader;
pub mod rebuild;
pub mod sound;
pub mod timer;
pub mod worker;

pub use bulk::Bulk;
pub use db::{Cells, Database, RoundTrips, Row, Settings, Statement, Trouble, Value, Written};
pub use decide::{Ctx, Decide, Entry, Lived};
pub use journal::{Failure, Handled, Journal, Request, Whole};
pub use migrate::Migration;

/// JSON as the journal stores it.
pub type Json = serde_json::Value;

/// A list of SQL parameters: `params![id, 3, None::<String>]`.
#[macro_export]
macro_rules! params {
    ($($value:expr),* $(,)?) => { vec![$($crate::Value::from($value)),*] };
}
