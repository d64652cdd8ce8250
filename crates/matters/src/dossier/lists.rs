//! Under which names a dossier is listed. A list is a name with its dossiers in the order of their
//! submission; whatever an officer filters or searches by has a list of its own, so that showing a
//! page walks that list and nothing else, however many dossiers there are.
//! Does not know: SQL and pages (`views/`), who may see what (`access.rs` names the scopes).

use super::access::{ASKED, Facts, POST, is_owing, scopes_of};
use super::phase::Phase;
use super::state::Dossier;
use facts::fold::fold;
use facts::people::Phone;
use std::collections::BTreeSet;

/// Words of a name that can be searched; a person's has at most eight.
const WORDS_MAX: usize = 12;
/// Characters of a searchable word.
const WORD_CHARS_MAX: usize = 40;
/// Words of a name that together have a list of their own.
pub(super) const TOGETHER_MAX: usize = 3;
/// Any words of a name of up to so many are found together: nearly every person's. Of a longer one,
/// an organisation's, words that stand side by side: all combinations would be hundreds.
const FREE_WORDS_MAX: usize = 5;

/// A part of what somebody may list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    /// Owes money and can be paid.
    Owing,
    /// The promise passed.
    Overdue,
    /// In this phase.
    Phase(Phase),
    /// Of this procedure (national code).
    Procedure(String),
    /// Handed in this way.
    Channel(String),
    /// Found by this [`key`].
    Key(String),
}

impl Part {
    /// The name of this part of a scope's list; the whole list where parts are not kept.
    pub(super) fn of(&self, scope: &str) -> String {
        if !self.is_kept(scope) {
            return scope.to_owned();
        }
        match self {
            Self::Owing => format!("{scope} owing"),
            Self::Overdue => format!("{scope} overdue"),
            Self::Phase(phase) => format!("{scope} phase {}", phase.name()),
            Self::Procedure(code) => format!("{scope} procedure {code}"),
            Self::Channel(channel) => format!("{scope} channel {channel}"),
            Self::Key(key) => format!("{scope} {key}"),
        }
    }

    /// A person has few dossiers, and so has a position: their list is walked whole. Names stand
    /// in the document of the submission and in no later one, so that only who has the dossier from
    /// its first day finds it by them at once; a consulted body walks its own, shorter list.
    pub(super) fn is_kept(&self, scope: &str) -> bool {
        let has_it_from_the_first_day =
            scope.starts_with("agency:") || scope.starts_with("counter:");
        match self {
            Self::Key(_) => has_it_from_the_first_day,
            _ => !["person:", POST, ASKED]
                .iter()
                .any(|few| scope.starts_with(few)),
        }
    }
}

/// The lists on which a dossier stands now, but those by which it is searched.
pub(super) fn listed_under(dossier: &Dossier) -> BTreeSet<String> {
    let mut parts = vec![
        Part::Phase(dossier.phase),
        Part::Procedure(dossier.procedure.code.clone()),
        Part::Channel(dossier.channel.as_str().to_owned()),
    ];
    if is_owing(dossier) {
        parts.push(Part::Owing);
    }
    if dossier.overdue {
        parts.push(Part::Overdue);
    }
    let scopes = scopes_of(&Facts::of(dossier));
    let parts = |scope: &String| parts.iter().map(|part| part.of(scope)).collect::<Vec<_>>();
    let mut lists: BTreeSet<String> = scopes.iter().flat_map(parts).collect();
    lists.extend(scopes);
    lists
}

/// The lists by which a dossier is searched, from its submission to its end: by the name and the
/// telephone number of the applicant and by the serial in its code.
pub(super) fn found_under(dossier: &Dossier, name: &str, phone: &str) -> Vec<String> {
    let mut keys = keys_of_name(name);
    let phone = match phone.parse::<Phone>() {
        Ok(phone) => phone.digits(),
        Err(_) => phone.chars().filter(char::is_ascii_digit).collect(),
    };
    for number in [phone.as_str(), dossier.code.serial()] {
        if !number.is_empty() {
            keys.push(key(&[number]));
        }
    }
    keys.sort_unstable();
    keys.dedup();
    let keys: Vec<Part> = keys.into_iter().map(Part::Key).collect();
    let mut lists = Vec::new();
    for scope in scopes_of(&Facts::of(dossier)) {
        let kept = keys.iter().filter(|key| key.is_kept(&scope));
        lists.extend(kept.map(|key| key.of(&scope)));
    }
    lists
}

/// One word, or a few in any order, as a list's name has them. Words of the same count begin with
/// the same digit, so that the single words of a scope stand together.
pub(super) fn key(words: &[&str]) -> String {
    let mut together = words.to_vec();
    together.sort_unstable();
    together.dedup();
    let mut key = together.len().to_string();
    for (number, word) in together.into_iter().enumerate() {
        key.push_str(if number == 0 { "" } else { " " });
        key.push_str(word);
    }
    key
}

/// Every word of a name, every two and every three together; some twice, when a word is.
fn keys(words: &[String]) -> Vec<String> {
    let words: Vec<&str> = words.iter().take(WORDS_MAX).map(String::as_str).collect();
    let span = match words.len() {
        0..=FREE_WORDS_MAX => FREE_WORDS_MAX,
        _ => TOGETHER_MAX,
    };
    let mut keys = Vec::new();
    for (first, one) in words.iter().enumerate() {
        keys.push(key(&[one]));
        let near = &words[first + 1..words.len().min(first + span)];
        for (second, two) in near.iter().enumerate() {
            keys.push(key(&[one, two]));
            let more = near[second + 1..].iter();
            keys.extend(more.map(|three| key(&[one, two, three])));
        }
    }
    keys
}

/// The folded words of a text, letters and digits only. An apostrophe parts words.
pub(super) fn words(text: &str) -> Vec<String> {
    let parted: String = text.replace(text::is_apostrophe, " ");
    let folded = fold(&parted);
    let parts = folded.split(|letter: char| !letter.is_ascii_alphanumeric());
    let parts = parts.filter(|part| !part.is_empty());
    parts
        .map(|part| part.chars().take(WORD_CHARS_MAX).collect())
        .collect()
}

/// The words of a name whose apostrophes part none: `H'Hen` is `hhen`, as it may be typed.
fn joined(name: &str) -> Vec<String> {
    match name.contains(text::is_apostrophe) {
        true => words(&fold(name)),
        false => Vec::new(),
    }
}

/// Every word by which a name is found: of `H'Hen` the words `h`, `hen` and `hhen`.
pub(super) fn words_of_name(name: &str) -> Vec<String> {
    let mut all = words(name);
    for word in joined(name) {
        if !all.contains(&word) {
            all.push(word);
        }
    }
    all
}

fn keys_of_name(name: &str) -> Vec<String> {
    let mut all = keys(&words(name));
    all.extend(keys(&joined(name)));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys_of(name: &str) -> BTreeSet<String> {
        keys_of_name(name).into_iter().collect()
    }

    #[test]
    fn a_name_is_found_by_any_of_its_words() {
        let wanted = [
            "1dang",
            "1nam",
            "1thi",
            "2dang nam",
            "2dang thi",
            "2nam thi",
            "3dang nam thi",
        ];
        assert!(keys_of("Đặng Thị Năm").iter().eq(&wanted));
        assert!(keys_of("Y").iter().eq(["1y"]));
        assert!(keys_of("Lê Lê").iter().eq(["1le"]));
        assert!(keys_of("").is_empty());
        assert!(keys_of("Y Tơ\u{306} Mlô").contains(&key(&["to", "mlo"])));
        for name in ["H'Hen Mlô", "H’Hen Mlô"] {
            let keys = keys_of(name);
            for words in [["h", "hen"], ["hhen", "mlo"], ["hen", "mlo"]] {
                assert!(keys.contains(&key(&words)), "{words:?}");
            }
            assert_eq!(words_of_name(name), ["h", "hen", "mlo", "hhen"]);
        }
        assert_eq!(keys_of("Tôn Nữ Thị Ngọc Anh").len(), 5 + 10 + 10);
    }

    #[test]
    fn a_long_name_is_found_by_what_stands_together_in_it() {
        let name = "Công ty trách nhiệm hữu hạn một thành viên Thương mại Ea Kar Xanh Tươi";
        let keys = keys_of(name);
        assert!(keys.contains(&key(&["thuong", "mai", "vien"])));
        assert!(keys.contains(&key(&["trach", "ty"])));
        assert!(!keys.contains(&key(&["cong", "mai"])));
        assert!(keys.len() <= 4 * WORDS_MAX, "{}", keys.len());
    }

    #[test]
    fn the_order_of_words_is_nothing() {
        assert_eq!(key(&["van", "an", "van"]), "2an van");
        assert_eq!(key(&["0912345678"]), "10912345678");
    }

    #[test]
    fn parts_are_kept_where_they_are_asked_for() {
        let phase = Part::Phase(Phase::Released);
        assert_eq!(phase.of("agency:H15.1"), "agency:H15.1 phase released");
        assert_eq!(phase.of("person:p"), "person:p");
        assert_eq!(Part::Owing.of("person:p"), "person:p");
        let key = Part::Key(key(&["an"]));
        assert_eq!(key.of("counter:H15.1"), "counter:H15.1 1an");
        assert_eq!(key.of("consulted:H15.1"), "consulted:H15.1");
    }
}
