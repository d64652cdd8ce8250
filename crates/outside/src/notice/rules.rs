//! What can be asked of a person's notices, and what forbids it.
//! Does not know: who asks; the page only asks for the signed-in person.
use super::events::{Event, State, Told};

/// What can be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Tell something.
    Tell(Told),
    /// One notice was read.
    Read {
        /// Its number.
        number: u32,
    },
    /// All are read.
    ReadAll,
}

/// Why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// There is no notice of that number.
    NoSuchNotice,
}

/// What follows from a command. Reading twice changes nothing.
///
/// # Errors
/// `NoSuchNotice`.
pub fn decide(state: &State, command: &Command) -> Result<Vec<Event>, Refusal> {
    let numbers = match command {
        Command::Tell(told) => {
            let number = state.told + 1;
            let told = told.clone();
            return Ok(vec![Event::Told { number, told }]);
        }
        Command::Read { number } if *number == 0 || *number > state.told => {
            return Err(Refusal::NoSuchNotice);
        }
        Command::Read { number } if !state.is_unread(*number) => Vec::new(),
        Command::Read { number } => vec![*number],
        Command::ReadAll => state.unread().collect(),
    };
    if numbers.is_empty() {
        return Ok(Vec::new());
    }
    Ok(vec![Event::Read { numbers }])
}
