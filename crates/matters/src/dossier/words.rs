//! The sentences of this room, from `words.vi.toml` and `words.en.toml`: a label for each status,
//! phase, event and act, a sentence for each refusal.
//! Does not know: which language a reader has chosen; a tag says it (`en…`, otherwise Vietnamese).

use super::access::Action;
use super::parts::Paper;
use super::phase::Phase;
use super::refusal::Refusal;
use super::state::Dossier;
use std::collections::BTreeMap;
use std::sync::LazyLock;
use web::Tone;
use web::ui::Tag;

type Sections = BTreeMap<String, BTreeMap<String, String>>;

static VI: LazyLock<Sections> = LazyLock::new(|| read(include_str!("words.vi.toml")));
static EN: LazyLock<Sections> = LazyLock::new(|| read(include_str!("words.en.toml")));

fn read(text: &str) -> Sections {
    toml::from_str(text).expect("words files are part of the program; a test reads them")
}

/// The label of `name` in `section`: `label("phase", "submitted", "vi")`. What has no label is
/// shown by its name. Sections: `status`, `phase`, `act`, `action`, `event`, `refusal`,
/// `refuse_reason`, `paper_form`, `pay_method`, `opinion`, `received_by`.
#[must_use]
pub fn label<'a>(section: &str, name: &'a str, language: &str) -> &'a str {
    let words: &'static Sections = if language.starts_with("en") { &EN } else { &VI };
    let found = words.get(section).and_then(|section| section.get(name));
    found.map_or(name, String::as_str)
}

impl Phase {
    /// What people read.
    #[must_use]
    pub fn label(self, language: &str) -> &'static str {
        label("phase", self.name(), language)
    }
}

impl Dossier {
    /// The mark of a paper that a supplement brought, louder for the newest.
    #[must_use]
    pub fn supplement_tag(&self, paper: &Paper, language: &str) -> Option<Tag> {
        let (at, newest) = self.supplemented_at(paper)?;
        let name = if newest { "newest" } else { "earlier" };
        let words = label("supplement", name, language);
        let words = words.replace("{when}", &web::show::moment(at));
        let tone = if newest { Tone::Info } else { Tone::Quiet };
        Some(Tag::new(tone, words))
    }
}

impl Action {
    /// What stands on its button.
    #[must_use]
    pub fn label(self, language: &str) -> &'static str {
        label("action", self.name(), language)
    }
}

impl Refusal {
    /// The sentence that people read.
    #[must_use]
    pub fn sentence(&self, language: &str) -> String {
        let mut sentence = label("refusal", self.name(), language).to_owned();
        for (name, value) in self.details() {
            sentence = sentence.replace(&format!("{{{name}}}"), &value);
        }
        if let Self::WrongPhase { action, phase } = self {
            let (action, phase) = (action.label(language), phase.label(language));
            sentence = sentence
                .replace("{action}", action)
                .replace("{phase}", phase);
        }
        sentence
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dossier::{Act, Event, ExternalStatus};

    fn all() -> Vec<(&'static str, Vec<&'static str>)> {
        vec![
            (
                "status",
                ExternalStatus::ALL.iter().map(|one| one.name()).collect(),
            ),
            ("phase", Phase::ALL.iter().map(|one| one.name()).collect()),
            ("act", Act::ALL.iter().map(|one| one.name()).collect()),
            ("action", Action::all().map(Action::name).collect()),
            ("event", Event::KINDS.to_vec()),
            ("refusal", Refusal::NAMES.to_vec()),
        ]
    }

    #[test]
    fn everything_has_its_words_in_both_languages_and_no_word_is_idle() {
        for words in [&*VI, &*EN] {
            for (section, names) in all() {
                let known: Vec<&str> = words[section].keys().map(String::as_str).collect();
                for name in &names {
                    assert!(known.contains(name), "[{section}] {name}");
                }
                if section != "act" {
                    assert_eq!(known.len(), names.len(), "[{section}] has idle words");
                }
            }
        }
        let names = |words: &Sections| -> Vec<(String, Vec<String>)> {
            let keys = |(name, section): (&String, &BTreeMap<String, String>)| {
                (name.clone(), section.keys().cloned().collect())
            };
            words.iter().map(keys).collect()
        };
        assert_eq!(names(&VI), names(&EN));
    }

    #[test]
    fn placeholders_are_filled() {
        let refusal = Refusal::AmountWrong { due: 1_250_000 };
        assert_eq!(refusal.sentence("vi"), "Số tiền phải đúng 1.250.000 đồng.");
        let refusal = Refusal::WrongPhase {
            action: Action::Accept,
            phase: Phase::Refused,
        };
        assert!(
            !refusal.sentence("en").contains('{'),
            "{}",
            refusal.sentence("en")
        );
    }
}
