//! Why the world failed, in few kinds.
//!
//! Does not know: who is told.
#[cfg(doc)]
use super::Statement;

/// The world failed us. Logged with context and, where it says so, worth a retry; never shown as
/// is.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Trouble {
    /// A unique key was already taken; the text names the constraint or the columns.
    #[error("unique key taken: {0}")]
    Conflict(String),
    /// A statement with [`Statement::must_change`] changed another number of rows.
    #[error("guard failed: {0}")]
    Guard(String),
    /// The database cannot be reached or is shutting down; the write did not happen or is unknown.
    #[error("database unavailable: {0}")]
    Unavailable(String),
    /// The command id belongs to another command: of somebody else, or of another stream. What that
    /// one did is not told.
    #[error("the command id {0} belongs to another command")]
    Foreign(String),
    /// The clock is further ahead than is believed; nothing is written until an operator looks.
    #[error("{0}")]
    ClockAhead(String),
    /// The queue of writes is full: too much is asked at once.
    #[error("too many writes are waiting")]
    Overloaded,
    /// Anything else: broken SQL, full disk, damaged file, stored data of an unknown shape.
    #[error("database trouble: {0}")]
    Broken(String),
}
