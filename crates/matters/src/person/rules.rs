//! What an office may do with what is known of a person, and why not. Pure.
//! Does not know: tables; the acts (`acts.rs`) have compared the descriptions.
use facts::agency::{Right, Viewer};
use facts::people::Difference;
use kernel::Ctx;

use super::events::{Event, Seen, State};
use super::words;

/// Characters of a reason: half a printed page.
const REASON_CHARS_MAX: usize = 2_000;

/// A command and who gives it.
#[derive(Debug, Clone)]
pub struct Order {
    /// Who asks.
    pub by: Viewer,
    /// What for.
    pub command: Command,
}

/// What can be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Xác nhận tài khoản.
    Confirm {
        /// Id of the person on file.
        person: String,
        /// The paper.
        seen: Seen,
        /// In what the account and the person on file differ; with any it is not confirmed.
        differences: Vec<Difference>,
    },
    /// Bỏ xác nhận.
    Undo {
        /// Why.
        reason: String,
    },
    /// Sửa thông tin.
    Correct {
        /// What is changed.
        fields: Vec<Difference>,
        /// The paper.
        seen: Seen,
        /// Why.
        reason: String,
    },
}

/// Why it may not be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Only an officer who takes people in may do this, in the office where they sit.
    NotAllowed,
    /// Somebody else was faster.
    AlreadyConfirmed,
    /// There is nothing to undo.
    NotConfirmed,
    /// Account and person on file differ: one of them is to be corrected first.
    Differs {
        /// In what.
        fields: Vec<Difference>,
    },
    /// Nothing is different from before.
    NothingChanged,
    /// The reason is missing.
    ReasonMissing,
    /// A reason longer than the house takes.
    TooLong,
    /// The number is on file for somebody else.
    NumberTaken,
}

impl Refusal {
    /// Name in words files.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::NotAllowed => "not_allowed",
            Self::AlreadyConfirmed => "already_confirmed",
            Self::NotConfirmed => "not_confirmed",
            Self::Differs { .. } => "differs",
            Self::NothingChanged => "nothing_changed",
            Self::ReasonMissing => "reason_missing",
            Self::TooLong => "too_long",
            Self::NumberTaken => "number_taken",
        }
    }

    /// The sentence that people read.
    #[must_use]
    pub fn sentence(&self, language: &str) -> String {
        words::sentence(self.name(), language).to_owned()
    }
}

/// What follows.
///
/// # Errors
/// The rule that forbids it.
pub(super) fn decide(state: &State, ctx: &Ctx, order: &Order) -> Result<Vec<Event>, Refusal> {
    if order.by.post_in(&ctx.office, Right::Intake).is_none() {
        return Err(Refusal::NotAllowed);
    }
    let event = match &order.command {
        Command::Confirm {
            person,
            seen,
            differences,
        } => {
            if state.confirmed_as.is_some() {
                return Err(Refusal::AlreadyConfirmed);
            }
            if !differences.is_empty() {
                let fields = differences.clone();
                return Err(Refusal::Differs { fields });
            }
            Event::Confirmed {
                person: person.clone(),
                seen: *seen,
            }
        }
        Command::Undo { reason } => {
            let person = state.confirmed_as.clone().ok_or(Refusal::NotConfirmed)?;
            needed(reason)?;
            Event::ConfirmationUndone { person }
        }
        Command::Correct {
            fields,
            seen,
            reason,
        } => {
            if fields.is_empty() {
                return Err(Refusal::NothingChanged);
            }
            needed(reason)?;
            Event::Corrected {
                fields: fields.clone(),
                seen: *seen,
            }
        }
    };
    Ok(vec![event])
}

fn needed(reason: &str) -> Result<(), Refusal> {
    wrong_reason(reason).map_or(Ok(()), Err)
}

/// What is wrong with a reason, if anything is.
#[must_use]
pub fn wrong_reason(reason: &str) -> Option<Refusal> {
    match reason.trim().chars().count() {
        0 => Some(Refusal::ReasonMissing),
        count if count > REASON_CHARS_MAX => Some(Refusal::TooLong),
        _ => None,
    }
}
