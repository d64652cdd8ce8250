//! What can be asked of a person's notices, and what follows. Reading twice changes nothing, and
//! nothing forbids it: whether there is such a notice, the page has looked.
//! Does not know: who asks; the page only asks for the signed-in person.
use super::events::{Event, Number, State};

/// What can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// One notice was read.
    Read(Number),
    /// All up to this one are.
    ReadUpTo(Number),
}

/// What follows from a command.
#[must_use]
pub fn decide(state: &State, command: Command) -> Vec<Event> {
    match command {
        Command::Read(number) if !state.has_seen(number) => vec![Event::Seen { number }],
        Command::ReadUpTo(number) if !state.has_seen_up_to(number) => {
            vec![Event::SeenUpTo { number }]
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_twice_is_once() {
        let one = decide(&State::default(), Command::Read(5));
        assert_eq!(one, [Event::Seen { number: 5 }]);
        let state = State::default().after(&one[0]);
        assert_eq!(decide(&state, Command::Read(5)), []);
        let all = decide(&state, Command::ReadUpTo(5));
        assert_eq!(all, [Event::SeenUpTo { number: 5 }]);
        assert_eq!(decide(&state.after(&all[0]), Command::ReadUpTo(4)), []);
    }
}
