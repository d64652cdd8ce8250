//! What can have happened to a person's notices, and what is true after it. A notice says which
//! dossier, what about it and when; numbers, days and amounts only.
//! Does not know: sentences (`words.rs`), when somebody is told (`reaction.rs`).
use std::collections::BTreeSet;

use facts::procedure::ProcedureKey;
use jiff::Timestamp;
use matters::dossier::{self, Code};
use serde::{Deserialize, Serialize};

/// One fact about the notices of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Event {
    /// Told.
    Told {
        /// Its number among the notices of this person, from 1.
        number: u32,
        /// What.
        told: Told,
    },
    /// Read, or laid aside unread.
    Read {
        /// Which.
        numbers: Vec<u32>,
    },
}

impl Event {
    /// Name of the kind, as stored.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Told { .. } => "told",
            Self::Read { .. } => "read",
        }
    }
}

/// What a person is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// The dossier's code.
    pub code: Code,
    /// Its procedure.
    pub procedure: ProcedureKey,
    /// What happened.
    pub about: About,
    /// When it happened.
    pub at: Timestamp,
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

    /// Its name in words files; the name of the dossier's event.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Submitted { .. } => "submitted",
            Self::Accepted { .. } => "accepted",
            Self::Refused => "refused",
            Self::SupplementAsked { .. } => "supplement_asked",
            Self::SupplementReturned { .. } => "supplement_returned",
            Self::SupplementAccepted { .. } => "supplement_accepted",
            Self::ClosedUnsupplemented => "closed_unsupplemented",
            Self::FeeAsked { .. } => "fee_asked",
            Self::FeePaid { .. } => "fee_paid",
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

/// The notices of one person: how many, and which were read. Most people read all or none, so that
/// this stays small however many there are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct State {
    /// How many were told; their numbers are 1 to this.
    pub told: u32,
    /// All up to this number were read.
    read_up_to: u32,
    /// What was read beyond it, out of turn.
    read_beyond: BTreeSet<u32>,
}

impl State {
    /// Whether a notice was told and not read yet.
    #[must_use]
    pub fn is_unread(&self, number: u32) -> bool {
        number > self.read_up_to && number <= self.told && !self.read_beyond.contains(&number)
    }

    /// Numbers of those not read yet.
    pub fn unread(&self) -> impl Iterator<Item = u32> + '_ {
        (self.read_up_to + 1..=self.told).filter(|number| !self.read_beyond.contains(number))
    }

    /// The state after an event.
    #[must_use]
    pub fn after(mut self, event: &Event) -> Self {
        match event {
            Event::Told { number, .. } => self.told = *number,
            Event::Read { numbers } => {
                self.read_beyond.extend(numbers);
                while self.read_beyond.remove(&(self.read_up_to + 1)) {
                    self.read_up_to += 1;
                }
            }
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_out_of_turn_is_counted_once() {
        let read = |numbers: &[u32]| Event::Read {
            numbers: numbers.to_vec(),
        };
        let told = State {
            told: 5,
            ..State::default()
        };
        let state = told.after(&read(&[4, 2]));
        assert_eq!(state.unread().collect::<Vec<_>>(), [1, 3, 5]);
        let state = state.after(&read(&[1]));
        assert_eq!((state.read_up_to, state.read_beyond.len()), (2, 1));
        let state = state.after(&read(&[3, 5]));
        assert_eq!((state.read_up_to, state.read_beyond.len()), (5, 0));
        assert!(!state.is_unread(5) && !state.is_unread(6));
    }
}
