//! A sentence for each refusal, from `words.vi.toml` and `words.en.toml`.
//! Does not know: which language a reader has chosen.
use std::collections::BTreeMap;
use std::sync::LazyLock;

type Sentences = BTreeMap<String, String>;

static VI: LazyLock<Sentences> = LazyLock::new(|| read(include_str!("words.vi.toml")));
static EN: LazyLock<Sentences> = LazyLock::new(|| read(include_str!("words.en.toml")));

fn read(text: &str) -> Sentences {
    toml::from_str(text).expect("a test reads the words files")
}

/// The sentence of a name; `language` is a tag such as `vi` or `en`.
pub(super) fn sentence<'a>(name: &'a str, language: &str) -> &'a str {
    let words: &'static Sentences = if language.starts_with("en") { &EN } else { &VI };
    words.get(name).map_or(name, String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_have_the_same_sentences() {
        assert_eq!(VI.keys().collect::<Vec<_>>(), EN.keys().collect::<Vec<_>>());
    }
}
