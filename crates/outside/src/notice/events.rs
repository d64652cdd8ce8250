//! What an entry of a dossier tells its people, and what can have happened to what they were told.
//! A notice says which dossier, what about it and when; numbers, days and amounts only.
//! Does not know: sentences (`words.rs`), when somebody is told (`reaction.rs`).
use std::collections::BTreeSet;

use jiff::Timestamp;
use matters::dossier;
use serde::{Deserialize, Serialize};

/// The number of a notice: the place in the log of the entry that it tells of.
pub type Number = i64;

/// One fact about the notices of a person. That something was told is no fact of its own: it
/// follows from the dossier's entry (decision 26).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Event {
    /// Read, or laid aside unread.
    Seen {
        /// Which.
        number: Number,
    },
    /// The same of all that were told up to this one.
    SeenUpTo {
        /// The newest of them.
        number: Number,
    },
    /// What earlier programs wrote, when telling was an entry: it changes nothing any more.
    #[serde(other)]
    Earlier,
}

impl Event {
    /// Name of the kind, as stored.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Seen { .. } => "seen",
            Self::SeenUpTo { .. } => "seen_up_to",
            Self::Earlier => "earlier",
        }
    }
}

/// What happened to the dossier, as far as the notice needs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "about", rename_all = "snake_case")]
pub enum About {
    /// Handed in.
    Submitted {
        /// Until when it is accepted, refused or sent back.
        reception_due: Timestamp,
    },
    /// Handed in at the counter, or by somebody else, in the name of who is told.
    SubmittedInYourName {
        /// Until when it is accepted, refused or sent back.
        reception_due: Timestamp,
    },
    /// The office found out that a dossier which somebody filed is of who is told.
    Identified,
    /// Accepted.
    Accepted {
        /// The promise.
        due: Timestamp,
    },
    /// Not received.
    Refused,
    /// A supplement is asked for.
    SupplementAsked {
        /// How many items.
        count: u32,
        /// The dossier is closed then.
        close_at: Timestamp,
    },
    /// The supplement does not cover the list.
    SupplementReturned {
        /// The dossier is closed then.
        close_at: Timestamp,
    },
    /// The supplement is accepted.
    SupplementAccepted {
        /// The new promise.
        due: Timestamp,
    },
    /// Closed without a supplement.
    ClosedUnsupplemented,
    /// Money is due.
    FeeAsked {
        /// Whole đồng.
        amount: i64,
    },
    /// Money came in.
    FeePaid {
        /// Whole đồng.
        amount: i64,
        /// Number of the receipt.
        receipt_no: String,
    },
    /// Money was paid back.
    FeeRefunded {
        /// Whole đồng.
        amount: i64,
        /// Number of the slip.
        slip_no: String,
    },
    /// The promise passed.
    BecameOverdue {
        /// The promise.
        due: Timestamp,
    },
    /// An apology with a new day.
    Apologised {
        /// The promise that was not kept.
        old_due: Timestamp,
        /// The new one.
        new_due: Timestamp,
    },
    /// The head moved the day.
    DueReset {
        /// Before.
        old_due: Timestamp,
        /// After.
        new_due: Timestamp,
    },
    /// The result is there.
    Issued,
    /// The result was handed over.
    Delivered,
    /// Withdrawn.
    Withdrawn,
    /// Stopped.
    Stopped,
    /// The decision is no.
    Rejected,
}

impl About {
    /// What the applicant is told about an entry; `None` for the office's own steps.
    #[must_use]
    pub fn of(event: &dossier::Event) -> Option<Self> {
        use dossier::Event as Happened;
        let about = match event {
            Happened::Submitted { reception_due, .. } => Self::Submitted {
                reception_due: *reception_due,
            },
            Happened::ApplicantIdentified { .. } => Self::Identified,
            Happened::Accepted { term, .. } => Self::Accepted { due: term.due },
            Happened::Refused { .. } => Self::Refused,
            Happened::SupplementAsked {
                count, close_at, ..
            } => Self::SupplementAsked {
                count: *count,
                close_at: *close_at,
            },
            Happened::SupplementReturned { close_at } => Self::SupplementReturned {
                close_at: *close_at,
            },
            Happened::SupplementAccepted { term, .. } => Self::SupplementAccepted { due: term.due },
            Happened::ClosedUnsupplemented => Self::ClosedUnsupplemented,
            Happened::FeeAsked { amount, .. } => Self::FeeAsked { amount: *amount },
            Happened::FeePaid {
                amount, receipt_no, ..
            } => Self::FeePaid {
                amount: *amount,
                receipt_no: receipt_no.clone(),
            },
            Happened::FeeRefunded {
                amount, slip_no, ..
            } => Self::FeeRefunded {
                amount: *amount,
                slip_no: slip_no.clone(),
            },
            Happened::BecameOverdue { due } => Self::BecameOverdue { due: *due },
            Happened::Apologised { old_due, new_due } => Self::Apologised {
                old_due: *old_due,
                new_due: *new_due,
            },
            Happened::DueReset { old_due, new_due } => Self::DueReset {
                old_due: *old_due,
                new_due: *new_due,
            },
            Happened::Issued { .. } => Self::Issued,
            Happened::Delivered { .. } => Self::Delivered,
            Happened::Withdrawn => Self::Withdrawn,
            Happened::Stopped => Self::Stopped,
            Happened::Rejected => Self::Rejected,
            _ => return None,
        };
        Some(about)
    }

    /// What of it is told to somebody in whose name the dossier stands and who did not hand it in
    /// at a screen of their own.
    #[must_use]
    pub fn in_your_name(&self) -> Self {
        match self {
            Self::Submitted { reception_due } => Self::SubmittedInYourName {
                reception_due: *reception_due,
            },
            other => other.clone(),
        }
    }

    /// Its name in words files; the name of the dossier's event.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Submitted { .. } => "submitted",
            Self::SubmittedInYourName { .. } => "submitted_in_your_name",
            Self::Identified => "identified",
            Self::Accepted { .. } => "accepted",
            Self::Refused => "refused",
            Self::SupplementAsked { .. } => "supplement_asked",
            Self::SupplementReturned { .. } => "supplement_returned",
            Self::SupplementAccepted { .. } => "supplement_accepted",
            Self::ClosedUnsupplemented => "closed_unsupplemented",
            Self::FeeAsked { .. } => "fee_asked",
            Self::FeePaid { .. } => "fee_paid",
            Self::FeeRefunded { .. } => "fee_refunded",
            Self::BecameOverdue { .. } => "became_overdue",
            Self::Apologised { .. } => "apologised",
            Self::DueReset { .. } => "due_reset",
            Self::Issued => "issued",
            Self::Delivered => "delivered",
            Self::Withdrawn => "withdrawn",
            Self::Stopped => "stopped",
            Self::Rejected => "rejected",
        }
    }
}

/// Which notices of one person were read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct State {
    /// All up to this number were.
    up_to: Number,
    /// What was read beyond it, out of turn.
    beyond: BTreeSet<Number>,
}

impl State {
    /// Whether a notice of this number was read.
    #[must_use]
    pub fn has_seen(&self, number: Number) -> bool {
        number <= self.up_to || self.beyond.contains(&number)
    }

    /// Whether all up to this number were read at once.
    #[must_use]
    pub fn has_seen_up_to(&self, number: Number) -> bool {
        number <= self.up_to
    }

    /// The state after an event.
    #[must_use]
    pub fn after(mut self, event: &Event) -> Self {
        match event {
            Event::Seen { number } => {
                self.beyond.insert(*number);
            }
            Event::SeenUpTo { number } => {
                self.up_to = self.up_to.max(*number);
                self.beyond = self.beyond.split_off(&(self.up_to + 1));
            }
            Event::Earlier => {}
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_stays_read() {
        let state = State::default().after(&Event::Seen { number: 7 });
        assert!(state.has_seen(7) && !state.has_seen(6) && !state.has_seen_up_to(7));
        let state = state.after(&Event::SeenUpTo { number: 9 });
        assert!(state.has_seen(6) && state.has_seen_up_to(9) && !state.has_seen(10));
        assert!(state.beyond.is_empty());
        let again = state.clone().after(&Event::SeenUpTo { number: 3 });
        assert_eq!(again, state);
    }

    #[test]
    fn what_an_earlier_program_wrote_is_read_and_changes_nothing() {
        for body in [
            r#"{"kind":"told","number":1,"told":{"code":"x"}}"#,
            r#"{"kind":"read","numbers":[1,2]}"#,
        ] {
            let event: Event = serde_json::from_str(body).expect("an event");
            assert_eq!(event, Event::Earlier);
            assert_eq!(State::default().after(&event), State::default());
        }
    }
}
