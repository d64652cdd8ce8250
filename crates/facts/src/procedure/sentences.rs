//! The sentences of form checks, from `words.vi.toml` and `words.en.toml` beside this file.
//! Does not know: which answer is wrong; it only fills in the name of the question.
use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::words::Words;

type Sentences = BTreeMap<String, String>;

static VI: LazyLock<Sentences> = LazyLock::new(|| read(include_str!("words.vi.toml")));
static EN: LazyLock<Sentences> = LazyLock::new(|| read(include_str!("words.en.toml")));

fn read(text: &str) -> Sentences {
    toml::from_str(text).expect("the words files are checked by a test")
}

/// A sentence as it stands.
pub(super) fn plain(key: &str) -> Words {
    let of = |words: &Sentences| words.get(key).cloned().unwrap_or_else(|| key.to_string());
    Words::new(of(&VI), of(&EN))
}

/// A sentence about a question. A sentence that begins with the label keeps its capital; inside a
/// sentence the label begins small.
pub(super) fn about(key: &str, label: &Words) -> Words {
    let sentence = plain(key);
    let fill = |sentence: &str, label: &str| {
        let label = label.trim_end_matches(['?', ':', ' ']);
        if sentence.starts_with("{label}") || sentence.contains(": {label}") {
            sentence.replace("{label}", label)
        } else {
            sentence.replace("{label}", &small(label))
        }
    };
    Words::new(fill(&sentence.vi, &label.vi), fill(&sentence.en, &label.en))
}

/// The same with a bound.
pub(super) fn bounded(key: &str, label: &Words, bound: impl std::fmt::Display) -> Words {
    let sentence = about(key, label);
    let bound = bound.to_string();
    let fill = |text: &str| text.replace("{min}", &bound).replace("{max}", &bound);
    Words::new(fill(&sentence.vi), fill(&sentence.en))
}

/// The same with two readings of one number.
pub(super) fn either(key: &str, label: &Words, [here, english]: &[String; 2]) -> Words {
    let sentence = about(key, label);
    let fill = |text: &str| text.replace("{here}", here).replace("{english}", english);
    Words::new(fill(&sentence.vi), fill(&sentence.en))
}

/// The first letter small, unless the word is an abbreviation.
fn small(label: &str) -> String {
    let mut chars = label.chars();
    let Some(first) = chars.next() else {
        return String::new();
    };
    if chars.clone().next().is_some_and(char::is_uppercase) {
        return label.to_string();
    }
    first.to_lowercase().chain(chars).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_have_the_same_sentences() {
        let keys = |words: &Sentences| words.keys().cloned().collect::<Vec<_>>();
        assert_eq!(keys(&VI), keys(&EN));
    }

    #[test]
    fn labels_begin_small_inside_a_sentence() {
        let label = Words::new("Họ và tên người được khai sinh", "Name of the child");
        let words = about("missing", &label);
        assert_eq!(words.vi, "Nhập họ và tên người được khai sinh");
        assert_eq!(words.en, "Enter name of the child");
    }
}
