//! The courier: everything that leaves the house goes through its outbox. A room writes a row in
//! the transaction of what caused it; a worker carries it, tries again with growing pauses, and
//! says what became of it. Until now by e-mail (SMTP).
//!
//! Delivery is at least once: a message that was taken and whose row could not be marked is carried
//! again, under the same `Message-ID`.
//! Does not know: any word of government, what a message is about, pages, the clock (handed in).
mod mail;
mod retry;
mod views;
mod worker;

pub use mail::{MailSettings, Mailer, Security, address_is_possible, is_sender};
pub use retry::{Breaker, next_try};
pub use views::{LaneState, MIGRATIONS, add, send, states};
pub use worker::{Carrier, Courier, Lane};

/// What one try came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The other side took it; from here on it is theirs.
    Taken,
    /// Not now: they are busy, away, or not to be reached. The reason holds no personal data.
    Later(String),
    /// They will never take it: no such address, a message against their rules.
    Never(String),
}

/// A message that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parcel {
    /// Made by who sends, unique for what caused it.
    pub id: String,
    /// The address, in the notation of its lane.
    pub destination: String,
    /// One line; a lane that knows none leaves it out.
    pub subject: String,
    /// What it says: plain text, lines ended by `\n`.
    pub text: String,
    /// A page on which whoever gets it ends getting it (RFC 2369 `List-Unsubscribe`); empty for
    /// none.
    pub unsubscribe: String,
    /// When it was sent; it is not carried before.
    pub at: jiff::Timestamp,
    /// How often it was tried before.
    pub tries: u32,
}
