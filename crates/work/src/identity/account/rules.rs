//! What can be asked of an account, and what follows. Pure.
//! Does not know: passwords, who may ask (the pages), rows.
use jiff::{SignedDuration, Timestamp};

use super::super::Refusal;
use super::events::{CloseReason, Door, Event, Printed, Resets, Seen, State, Way};

/// How long a printed code holds: a letter of Friday afternoon is used on Monday morning.
pub const CODE_LIFE: SignedDuration = SignedDuration::from_hours(72);

/// A code that is about to be printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCode {
    /// What may be set anew with it.
    pub resets: Resets,
    /// Digest of the code.
    pub digest: String,
    /// What the officer looked at before.
    pub seen: Vec<Seen>,
}

/// What can be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Make it, with a code where it has no password yet.
    Open {
        /// Whose door it opens.
        door: Door,
        /// Id of the person or of the officer.
        subject: String,
        /// How it comes about.
        way: Way,
        /// By which its holder sets the first password.
        code: Option<NewCode>,
    },
    /// Close it.
    Close(CloseReason),
    /// Open it again; its holder gets a code, for who entered before is not known any more.
    Reopen(NewCode),
    /// Print a code.
    PrintCode(NewCode),
    /// Use the code of this digest.
    UseCode {
        /// Digest of what was typed.
        digest: String,
    },
    /// The holder changed the password.
    SetPassword,
    /// The holder enrolled a device.
    SetDevice,
    /// Browsers that were never in must wait.
    StopStrangers {
        /// Until when.
        until: Timestamp,
    },
}

/// What follows from a command.
///
/// # Errors
/// The rule that forbids it.
pub fn decide(state: &State, now: Timestamp, command: &Command) -> Result<Vec<Event>, Refusal> {
    if state.closed && !matches!(command, Command::Reopen(_)) {
        return Err(Refusal::AccountClosed);
    }
    Ok(match command {
        Command::Open {
            door,
            subject,
            way,
            code,
        } => {
            if state.opened.is_some() {
                return Err(Refusal::NumberNotFree);
            }
            let opened = Event::Opened {
                door: *door,
                subject: subject.clone(),
                way: *way,
            };
            let printed = code.iter().map(|code| printed(code, now));
            std::iter::once(opened).chain(printed).collect()
        }
        Command::Close(reason) => vec![Event::Closed { reason: *reason }],
        Command::Reopen(_) if !state.closed => return Err(Refusal::AccountOpen),
        Command::Reopen(code) => vec![Event::Reopened {}, printed(code, now)],
        Command::PrintCode(code) => vec![printed(code, now)],
        Command::UseCode { digest } => used(holding(state, digest, now)?),
        Command::SetPassword => vec![Event::PasswordSet {}],
        Command::SetDevice => vec![Event::DeviceSet {}],
        Command::StopStrangers { until } => vec![Event::StrangersStopped { until: *until }],
    })
}

fn printed(code: &NewCode, now: Timestamp) -> Event {
    Event::CodePrinted {
        resets: code.resets,
        digest: code.digest.clone(),
        until: now + CODE_LIFE,
        seen: code.seen.clone(),
    }
}

fn used(printed: &Printed) -> Vec<Event> {
    let mut events = vec![Event::CodeUsed {}];
    if printed.resets.password() {
        events.push(Event::PasswordSet {});
    }
    if printed.resets.device() {
        events.push(Event::DeviceRemoved {});
    }
    events
}

/// The printed code of this digest, if it holds. Unknown, used and too old look the same.
///
/// # Errors
/// [`Refusal::CodeNotRecognised`].
pub fn holding<'a>(state: &'a State, digest: &str, now: Timestamp) -> Result<&'a Printed, Refusal> {
    let printed = state.printed.as_ref().filter(|_| !state.closed);
    printed
        .filter(|printed| printed.digest == digest && now <= printed.until)
        .ok_or(Refusal::CodeNotRecognised)
}
