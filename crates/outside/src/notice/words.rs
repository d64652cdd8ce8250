//! What a notice says, in words: `words.vi.toml` and `words.en.toml` beside this file, a title and
//! a text for each kind.
//! Does not know: who reads it.
use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use web::{Tone, show};

use super::events::About;

#[derive(Debug, Deserialize)]
struct Pair {
    title: String,
    text: String,
}

type Sentences = BTreeMap<String, Pair>;

static VI: LazyLock<Sentences> = LazyLock::new(|| read(include_str!("words.vi.toml")));
static EN: LazyLock<Sentences> = LazyLock::new(|| read(include_str!("words.en.toml")));

fn read(text: &str) -> Sentences {
    toml::from_str(text).expect("a test reads the words files")
}

/// A notice in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    /// What happened, in a few words.
    pub title: String,
    /// What it means and what to do.
    pub text: String,
}

/// The words of a notice; `language` is a tag such as `vi` or `en`.
#[must_use]
pub fn sentence(about: &About, language: &str) -> Sentence {
    let words = if language.starts_with("en") { &EN } else { &VI };
    let pair = words.get(about.name()).expect("a test names every kind");
    Sentence {
        title: fill(&pair.title, about),
        text: fill(&pair.text, about),
    }
}

fn fill(text: &str, about: &About) -> String {
    let mut filled = text.to_owned();
    for (name, value) in blanks(about) {
        filled = filled.replace(name, &value);
    }
    filled
}

fn blanks(about: &About) -> Vec<(&'static str, String)> {
    match about {
        About::Submitted { reception_due } | About::SubmittedInYourName { reception_due } => {
            vec![("{due}", show::moment(*reception_due))]
        }
        About::Accepted { due }
        | About::SupplementAccepted { due }
        | About::BecameOverdue { due } => vec![("{due}", show::moment(*due))],
        About::SupplementAsked { count, close_at } => vec![
            ("{count}", count.to_string()),
            ("{close}", show::day(show::local_date(*close_at))),
        ],
        About::SupplementReturned { close_at } => {
            vec![("{close}", show::day(show::local_date(*close_at)))]
        }
        About::FeeAsked { amount } => vec![("{amount}", show::dong(*amount))],
        About::FeePaid { amount, receipt_no } => vec![
            ("{amount}", show::dong(*amount)),
            ("{receipt}", receipt_no.clone()),
        ],
        About::FeeRefunded { amount, slip_no } => vec![
            ("{amount}", show::dong(*amount)),
            ("{slip}", slip_no.clone()),
        ],
        About::Apologised { old_due, new_due } | About::DueReset { old_due, new_due } => vec![
            ("{old}", show::day(show::local_date(*old_due))),
            ("{new}", show::moment(*new_due)),
        ],
        _ => Vec::new(),
    }
}

/// The colour: what asks something of the reader stands out.
pub(super) fn tone(about: &About) -> Tone {
    match about {
        About::SubmittedInYourName { .. }
        | About::Identified
        | About::SupplementAsked { .. }
        | About::SupplementReturned { .. }
        | About::FeeAsked { .. } => Tone::Warn,
        About::Refused
        | About::ClosedUnsupplemented
        | About::BecameOverdue { .. }
        | About::Stopped
        | About::Rejected => Tone::Bad,
        About::Issued | About::Delivered | About::FeePaid { .. } => Tone::Good,
        _ => Tone::Info,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_have_the_same_notices_and_blanks() {
        let holes = |text: &str| {
            let mut found: Vec<String> = text
                .split('{')
                .skip(1)
                .filter_map(|rest| rest.split_once('}'))
                .map(|(name, _)| name.to_owned())
                .collect();
            found.sort();
            found.dedup();
            found
        };
        assert_eq!(VI.keys().collect::<Vec<_>>(), EN.keys().collect::<Vec<_>>());
        for (name, vi) in VI.iter() {
            assert_eq!(holes(&vi.text), holes(&EN[name].text), "{name}");
        }
    }
}
