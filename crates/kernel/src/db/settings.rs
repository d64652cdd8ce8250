//! How a database is run.
//!
//! Does not know: where the numbers come from.

/// How to run the database. Durations are milliseconds.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Connections that read. PostgreSQL loses throughput above about 16 on two cores.
    pub readers: usize,
    /// PostgreSQL connections that write batches: of four one begins, two run statements, and the
    /// others wait for the disk.
    pub writers: usize,
    /// Writes that may wait before new ones are refused with [`Trouble::Overloaded`].
    pub queue: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            readers: 4,
            writers: 4,
            queue: 4096,
        }
    }
}
