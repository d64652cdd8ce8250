//! Text: what people type and paste, brought to one form. One place says which signs nobody sees,
//! which signs are an apostrophe, and what one line is, for whatever comes in by a form, is checked
//! as an answer, is compared in a search or goes out on paper.
//!
//! It does not know what a text means: a name, a number, a letter.
use std::borrow::Cow;

use unicode_normalization::{UnicodeNormalization, is_nfc, is_nfkc};

pub use unicode_normalization::char::is_combining_mark;

/// The apostrophe of names, as the key of every keyboard and the population register write it.
pub const APOSTROPHE: char = '\'';

/// A sign that takes no ink and that nobody types: what chats, web pages and office programs leave
/// in a text that is copied. Joiners, direction marks, soft hyphens, byte order marks, fillers,
/// variation selectors, tags, control characters. Vietnamese and the languages of the highlands
/// need none of them; a tab and the end of a line are white space and no such sign.
#[must_use]
pub fn is_invisible(sign: char) -> bool {
    let control = sign.is_control() && !matches!(sign, '\n' | '\r' | '\t');
    control
        || matches!(
            sign,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
                | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
                | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
                | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
        )
}

/// Whatever people mean by an apostrophe: telephones and office programs put another one than the
/// key has, and the letters of some languages (H’Hen, K’Ho) have theirs.
#[must_use]
pub fn is_apostrophe(sign: char) -> bool {
    matches!(
        sign,
        '\'' | '`' | '\u{b4}' | '\u{2b9}' | '\u{2bb}'..='\u{2bd}' | '\u{2c8}' | '\u{2ca}'
            | '\u{2cb}' | '\u{374}' | '\u{55a}' | '\u{5f3}' | '\u{2018}'..='\u{201b}'
            | '\u{2032}' | '\u{2035}' | '\u{a78c}' | '\u{ff07}' | '\u{ff40}'
    )
}

/// One line: composed (NFC), one space between words, none around, no sign that nobody sees.
#[must_use]
pub fn line(text: &str) -> Cow<'_, str> {
    match is_tidy_line(text) {
        true => Cow::Borrowed(text),
        false => Cow::Owned(tidied_line(text)),
    }
}

fn tidied_line(text: &str) -> String {
    // First without what nobody sees: it may stand between a letter and its accent.
    let clean: String = text.chars().filter(|sign| !is_invisible(*sign)).collect();
    let words: Vec<&str> = clean.split_whitespace().collect();
    words.join(" ").nfc().collect()
}

/// Most texts are: they were tidied when they were typed, and are checked again when handed in.
fn is_tidy_line(text: &str) -> bool {
    let mut before = ' ';
    let is_tidy = text.chars().all(|now| {
        let is_double = before == ' ' && now == ' ';
        before = now;
        now == ' ' && !is_double || !now.is_whitespace() && !is_invisible(now)
    });
    is_tidy && (before != ' ' || text.is_empty()) && is_nfc(text)
}

/// Several lines: composed, one kind of line end, nothing blank around, no sign that nobody sees.
#[must_use]
pub fn lines(text: &str) -> Cow<'_, str> {
    match are_tidy(text) {
        true => Cow::Borrowed(text),
        false => Cow::Owned(tidied_lines(text)),
    }
}

fn tidied_lines(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    let text = text.replace(['\r', '\u{2028}', '\u{2029}'], "\n");
    let clean: String = text.chars().filter(|sign| !is_invisible(*sign)).collect();
    clean.trim().nfc().collect()
}

/// Most of what is sent.
fn are_tidy(text: &str) -> bool {
    let stray = |sign: char| is_invisible(sign) || matches!(sign, '\r' | '\u{2028}' | '\u{2029}');
    text.trim().len() == text.len() && !text.contains(stray) && is_nfc(text)
}

/// A name: one line whose apostrophes are all [`APOSTROPHE`], and whose letters are plain ones.
/// Letters that only look otherwise (`𝗔𝗻`, `Ａｎ`, `ﬁ`) come from programs that draw them so.
#[must_use]
pub fn name(text: &str) -> Cow<'_, str> {
    let other = |sign: char| sign != APOSTROPHE && is_apostrophe(sign);
    match is_tidy_line(text) && !text.contains(other) && is_nfkc(text) {
        true => Cow::Borrowed(text),
        false => Cow::Owned(tidied_name(text)),
    }
}

fn tidied_name(text: &str) -> String {
    // Apostrophes first: some would fall apart into a space and an accent.
    let plain = text.chars().filter(|sign| !is_invisible(*sign));
    let plain = plain.map(|sign| match is_apostrophe(sign) {
        true => APOSTROPHE,
        false => sign,
    });
    let plain: String = plain.nfkc().collect();
    tidied_line(&plain)
}

/// The digit that a sign is, also one as wide as a Chinese letter, which keyboards of East Asia
/// type.
#[must_use]
pub fn digit(sign: char) -> Option<char> {
    match sign {
        '0'..='9' => Some(sign),
        '\u{ff10}'..='\u{ff19}' => char::from_digit(sign as u32 - 0xff10, 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Signs that make trouble: invisible, blank, combining, composed, compatible, apostrophes.
    const TROUBLE: &str = "[ aơeĐệ0'\u{302}\u{306}\u{323}\u{31b}\u{34f}\u{ad}\u{200b}-\u{200f}\
        \u{202a}-\u{202e}\u{feff}\u{fe0f}\u{2018}-\u{201b}\u{b4}\u{2bc}\u{2028}\t\n\r\u{a0}\u{7}\
        \u{3000}\u{ff21}\u{1d5d4}\u{fb01}\u{340}\u{0}]{0,14}";

    #[test]
    fn what_nobody_sees_goes_and_words_stay_apart() {
        assert_eq!(line("\u{202d}066190004321\u{202c}"), "066190004321");
        assert_eq!(line("Nguyễn\u{200b}Văn An"), "NguyễnVăn An");
        assert_eq!(line(" Nguyễn \u{feff} Văn\u{a0}An\t"), "Nguyễn Văn An");
        assert_eq!(line("Nguye\u{302}\u{ad}\u{303}n"), "Nguyễn");
        assert_eq!(lines("một\r\nhai\rba\u{2028}bốn "), "một\nhai\nba\nbốn");
    }

    #[test]
    fn letters_without_a_composed_form_keep_their_marks() {
        let mother = "Y To\u{306}\u{31b} Mlô";
        assert_eq!(line(mother), "Y Tơ\u{306} Mlô");
        assert_eq!(name(mother), "Y Tơ\u{306} Mlô");
    }

    #[test]
    fn all_apostrophes_are_one() {
        for kind in ["'", "’", "‘", "ʼ", "´", "`", "＇", "′", "‛", "ʹ"] {
            assert_eq!(name(&format!("H{kind}Hen  Mlô")), "H'Hen Mlô", "{kind}");
        }
    }

    #[test]
    fn letters_that_are_only_drawn_otherwise_are_plain() {
        assert_eq!(name("𝗔𝗻 Ｎｇｕｙễｎ"), "An Nguyễn");
        assert_eq!(digit('９'), Some('9'));
        assert_eq!(digit('٣'), None);
    }

    proptest! {
        #[test]
        fn tidying_twice_is_tidying_once(text in TROUBLE) {
            let one = tidied_line(&text);
            let (several, named) = (tidied_lines(&text), tidied_name(&text));
            prop_assert_eq!(is_tidy_line(&text), one == text);
            prop_assert_eq!(are_tidy(&text), several == text);
            prop_assert_eq!(tidied_name(&named), named.clone());
            let at_once = name(&text).into_owned();
            prop_assert_eq!(&at_once, &named);
            for tidy in [&one, &several, &named] {
                prop_assert!(!tidy.contains(is_invisible), "{:?}", tidy);
                prop_assert_eq!(tidy.trim(), tidy);
            }
            prop_assert_eq!(line(&one).into_owned(), one.clone());
            prop_assert_eq!(lines(&several).into_owned(), several.clone());
            prop_assert_eq!(line(&named).into_owned(), named.clone());
        }

        #[test]
        fn any_text_comes_back(text in "\\PC{0,40}|.{0,40}") {
            prop_assert!(is_tidy_line(&line(&text)));
            prop_assert!(are_tidy(&lines(&text)));
            let twice = name(&name(&text)).into_owned();
            prop_assert_eq!(twice, tidied_name(&text));
        }
    }
}
