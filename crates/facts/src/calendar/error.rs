//! Why a due moment cannot be reckoned. None of these is the citizen's doing: they point at a
//! missing year of content or at a limit that no law has. The sentences stand in the words files.
//! Does not know: content faults, which are found at load (`ContentError`).
use super::note::{EN, VI, Words, fill};
use std::fmt;

/// The calendar refuses to guess.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CalendarError {
    /// The receipt, or the day the limit would end, lies outside the loaded years.
    OutsideYears {
        /// First year loaded.
        first: i16,
        /// Last year loaded.
        last: i16,
    },
    /// A limit of nothing. What is answered at once has the limit `same-day`.
    Empty,
    /// Longer than any limit the law sets; most likely a wrong unit.
    TooLong {
        /// The longest limit of that unit, as it is written.
        most: String,
    },
    /// A stop that ends before it begins.
    StopBackwards,
    /// More stops than one dossier can have.
    TooManyStops {
        /// The largest number allowed.
        most: usize,
    },
}

impl CalendarError {
    /// The sentence in Vietnamese.
    pub fn vi(&self) -> String {
        self.sentence(&VI)
    }

    /// The sentence in English; also what `Display` shows.
    pub fn en(&self) -> String {
        self.sentence(&EN)
    }

    fn sentence(&self, words: &Words) -> String {
        let words = &words.refusal;
        match self {
            CalendarError::OutsideYears { first, last } => {
                fill(&words.outside_years, &[("first", first), ("last", last)])
            }
            CalendarError::Empty => words.empty.clone(),
            CalendarError::TooLong { most } => fill(&words.too_long, &[("most", most)]),
            CalendarError::StopBackwards => words.stop_backwards.clone(),
            CalendarError::TooManyStops { most } => fill(&words.too_many_stops, &[("most", most)]),
        }
    }
}

impl fmt::Display for CalendarError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.en())
    }
}

impl std::error::Error for CalendarError {}
