//! A mail in words: `words.vi.toml` and `words.en.toml` beside this file. Pure.
use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::civil::Date;
use web::show;

use crate::notice::events::About;
use crate::notice::words;

type Sentences = BTreeMap<String, String>;

static VI: LazyLock<Sentences> = LazyLock::new(|| read(include_str!("words.vi.toml")));
static EN: LazyLock<Sentences> = LazyLock::new(|| read(include_str!("words.en.toml")));

fn read(text: &str) -> Sentences {
    toml::from_str(text).expect("a test reads the words files")
}

/// Who did what a mail tells of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum By {
    /// An officer, by name.
    Officer(String),
    /// A time limit that passed.
    Itself,
    /// The people of the dossier themselves.
    People,
}

/// Everything that a mail says, in no language yet.
pub(super) struct Told<'a> {
    pub code: String,
    pub procedure: &'a facts::procedure::Words,
    pub about: &'a About,
    pub agency: &'a str,
    pub by: &'a By,
    pub at: Timestamp,
    /// The house's address, without a slash at its end.
    pub public_url: &'a str,
}

fn say(key: &str, language: &str, blanks: &[(&str, &str)]) -> String {
    let words = if language == "en" { &EN } else { &VI };
    let mut text = words
        .get(key)
        .cloned()
        .expect("a test names every sentence");
    for (name, value) in blanks {
        text = text.replace(&format!("{{{name}}}"), value);
    }
    text
}

/// The subject of a mail about one thing.
pub(super) fn subject(told: &Told<'_>, language: &str) -> String {
    let title = words::sentence(told.about, language).title;
    say(
        "subject",
        language,
        &[("title", &title), ("code", &told.code)],
    )
}

/// What happened, in a few lines: a whole mail's middle, or one part of a morning's mail.
pub(super) fn part(told: &Told<'_>, language: &str) -> String {
    let words::Sentence { title, text } = words::sentence(told.about, language);
    let procedure = match language {
        "en" if !told.procedure.en.is_empty() => &told.procedure.en,
        _ => &told.procedure.vi,
    };
    let code = ("code", told.code.as_str());
    let by = match told.by {
        By::Officer(name) => say("officer", language, &[("officer", name)]),
        By::Itself => say("by_itself", language, &[]),
        By::People => say("by_people", language, &[]),
    };
    let page = |room: &str| format!("{}/{room}/{}", told.public_url, told.code);
    let lines = [
        say("dossier", language, &[code, ("procedure", procedure)]),
        String::new(),
        title,
        text,
        String::new(),
        say("agency", language, &[("agency", told.agency)]),
        by,
        say("at", language, &[("at", &show::moment(told.at))]),
        String::new(),
        say("see", language, &[("link", &page("dossiers"))]),
        say("status", language, &[("link", &page("lookup"))]),
    ];
    lines.join("\n") + "\n"
}

/// A mail about one thing.
pub(super) fn whole(told: &Told<'_>, language: &str, stop: &str) -> String {
    let hello = say("hello", language, &[]);
    let foot = say("stop", language, &[("stop", stop)]);
    format!("{hello}\n\n{}\n--\n{foot}\n", part(told, language))
}

/// The subject and the head of a morning's mail.
pub(super) fn digest(day: Date, language: &str, stop: &str) -> (String, String) {
    let subject = say("digest_subject", language, &[("day", &show::day(day))]);
    (subject, say("digest_head", language, &[("stop", stop)]))
}

/// One part of a morning's mail, set apart from the one before.
pub(super) fn digest_part(told: &Told<'_>, language: &str) -> String {
    format!("\n----------\n{}", part(told, language))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sentence_is_there_and_every_blank_is_filled() {
        let procedure = facts::procedure::Words::default();
        for by in [By::Officer("Lê Thị Hoa".into()), By::Itself, By::People] {
            for language in ["vi", "en"] {
                let told = Told {
                    code: "H15.101-261130-0001".into(),
                    procedure: &procedure,
                    about: &About::Issued,
                    agency: "UBND phường",
                    by: &by,
                    at: Timestamp::UNIX_EPOCH,
                    public_url: "https://dinh.example",
                };
                let day = jiff::civil::date(2026, 11, 30);
                let (head_subject, head) = digest(day, language, "https://stop");
                let texts = [
                    subject(&told, language),
                    whole(&told, language, "https://stop"),
                    digest_part(&told, language),
                    head_subject,
                    head,
                ];
                for text in texts {
                    assert!(!text.contains(['{', '}']), "{text}");
                }
            }
        }
    }
}
