//! Vietnamese text compared the way people compare it: a folded form for searching and a key for
//! alphabetical order.
//! Does not know: what the text is about, or which language the reader has chosen.
use unicode_normalization::UnicodeNormalization;

/// The text without case, diacritics, apostrophes or `đ`, with runs of white space made one space:
/// `"Hoà  BÌNH"` and `"Hòa Bình"` are both `"hoa binh"`, `"Tơ̆"` is `"to"` and `"H’Hen"` `"hhen"`.
/// Composed and decomposed input give the same result, and so do both places of a tone mark. Other
/// punctuation stays.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        let before = folded.len();
        if before > 0 {
            folded.push(' ');
        }
        let begun = folded.len();
        for letter in word.nfd().filter(|letter| !is_passed_over(*letter)) {
            match plain(letter) {
                Some(plain) => folded.push_str(plain),
                None => folded.extend(letter.to_lowercase()),
            }
        }
        // A word of marks alone is none, and leaves no space.
        if folded.len() == begun {
            folded.truncate(before);
        }
    }
    folded
}

/// What does not count: marks on Latin letters, apostrophes, signs that nobody sees.
fn is_passed_over(sign: char) -> bool {
    let is_mark = matches!(sign, '\u{0300}'..='\u{036f}' | '\u{1ab0}'..='\u{1aff}'
        | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}');
    is_mark || text::is_apostrophe(sign) || text::is_invisible(sign)
}

/// The letters that no mark makes: of Vietnamese and the highlands, what old fonts put in their
/// place, and those in which foreigners' names are written.
fn plain(letter: char) -> Option<&'static str> {
    Some(match letter {
        'đ' | 'Đ' | 'ð' | 'Ð' | 'ɖ' | 'Ɖ' => "d",
        'ƀ' | 'Ƀ' => "b",
        'ø' | 'Ø' => "o",
        'ł' | 'Ł' => "l",
        'ı' => "i",
        'ß' | 'ẞ' => "ss",
        'æ' | 'Æ' => "ae",
        'œ' | 'Œ' => "oe",
        _ => return None,
    })
}

/// A key that sorts as Vietnamese dictionaries do: a ă â b c d đ e ê … o ô ơ … u ư … y, the tones
/// (level, huyền, hỏi, ngã, sắc, nặng) only deciding between words that are otherwise equal. Case,
/// and the place of the tone mark, do not count. The key has only `0-9a-z` (and other scripts'
/// letters), so databases of any collation order it alike.
pub fn sort_key(text: &str) -> String {
    let mut key = String::with_capacity(text.len() * 2);
    let mut tones = String::new();
    for (position, word) in text.split_whitespace().enumerate() {
        if position > 0 {
            key.push_str(SPACE);
        }
        tones.push(push_word(&mut key, word));
    }
    key.push_str(END);
    key.push_str(&tones);
    key
}

/// The sort key of a person's name: the given name (the last word) first, then the family and
/// middle names, as lists of people are ordered in Viet Nam.
pub fn name_sort_key(full_name: &str) -> String {
    let full_name = full_name.trim();
    match full_name.rsplit_once(char::is_whitespace) {
        Some((rest, given)) => format!("{}{END}{}", sort_key(given), sort_key(rest)),
        None => sort_key(full_name),
    }
}

/// Ends the letters, before the tones; smaller than every other pair, so a prefix sorts first.
const END: &str = "00";
const SPACE: &str = "01";
const PUNCTUATION: &str = "02";

/// Appends the letters of one word as pairs (letter, variant) and returns the tone of the word,
/// `'0'` to `'5'`.
fn push_word(key: &mut String, word: &str) -> char {
    let mut tone = '0';
    let mut letters = word.nfd().peekable();
    while let Some(letter) = letters.next() {
        let mut variant = '0';
        while let Some(mark) = letters.next_if(|next| ('\u{0300}'..='\u{036f}').contains(next)) {
            match mark {
                '\u{0300}' => tone = '1',
                '\u{0309}' => tone = '2',
                '\u{0303}' => tone = '3',
                '\u{0301}' => tone = '4',
                '\u{0323}' => tone = '5',
                _ => variant = shape(letter, mark),
            }
        }
        match letter {
            'đ' | 'Đ' => key.push_str("d1"),
            '0'..='9' => key.extend(['1', letter]),
            _ if letter.is_alphabetic() => {
                key.extend(letter.to_lowercase());
                key.push(variant);
            }
            _ => key.push_str(PUNCTUATION),
        }
    }
    tone
}

/// The place of a changed vowel after its plain one: a ă â, e ê, o ô ơ, u ư.
fn shape(letter: char, mark: char) -> char {
    match (mark, letter.to_ascii_lowercase()) {
        ('\u{0306}', _) => '1',
        ('\u{0302}', 'a') => '2',
        ('\u{0302}', _) => '1',
        ('\u{031b}', 'o') => '2',
        ('\u{031b}', _) => '1',
        _ => '0',
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn folding_forgets_case_marks_and_the_place_of_the_tone() {
        assert_eq!(fold("  Hoà\tBÌNH "), "hoa binh");
        assert_eq!(fold("Hòa Bình"), "hoa binh");
        assert_eq!(fold("ĐẮK LẮK"), "dak lak");
        assert_eq!(fold("Nguyễn Thị Đượm"), "nguyen thi duom");
        assert_eq!(fold("quẹo ướt ửng ỹ"), "queo uot ung y");
        assert_eq!(fold("Buôn Đôn, số 12/3"), "buon don, so 12/3");
        assert_eq!(fold("Y Tơ\u{306} Mlô, Ƀăn Ê\u{306}"), "y to mlo, ban e");
        assert_eq!(fold("H’Hen H'HEN HʼHen ’"), "hhen hhen hhen");
        assert_eq!(fold("Ðặng \u{202d}An\u{200b}h\u{202c}"), "dang anh");
        assert_eq!(fold(""), "");
        assert_eq!(fold("an \u{0301}\u{0302} binh \u{0348}"), "an binh");
    }

    proptest! {
        #[test]
        fn folding_twice_is_folding_once(
            text in "\\PC{0,30}|[ aàÀđƀßÆ’'\u{200b}\u{0300}-\u{036f}\r]{0,12}"
        ) {
            let folded = fold(&text);
            prop_assert_eq!(fold(&folded), folded);
        }
    }

    #[test]
    fn composed_and_decomposed_text_are_the_same() {
        let composed = "Thừa Thiên Huế, Đồng Nai, Cần Thơ";
        let decomposed: String = composed.nfd().collect();
        assert_ne!(composed, decomposed);
        assert_eq!(fold(composed), fold(&decomposed));
        assert_eq!(sort_key(composed), sort_key(&decomposed));
    }

    #[test]
    fn letters_come_in_the_order_of_the_alphabet() {
        assert_sorted(&[
            "an", "ăn", "ân", "ba", "da", "đa", "em", "êm", "oan", "ôn", "ơn", "ung", "ưng", "yên",
        ]);
        assert_sorted(&[
            "Cao Bằng",
            "Cần Thơ",
            "Đà Nẵng",
            "Đắk Lắk",
            "Điện Biên",
            "Đồng Nai",
            "Gia Lai",
        ]);
    }

    #[test]
    fn tones_decide_only_between_equal_letters() {
        assert_sorted(&["ma", "mà", "mả", "mã", "má", "mạ"]);
        assert_sorted(&["bà con", "ba mươi", "bà mươi"]);
        assert_sorted(&["Lan", "Lan Anh", "Lán Anh", "Lan Bình", "Lang"]);
        assert_sorted(&["xã 1", "xã 10", "xã 2", "xã An"]);
    }

    #[test]
    fn either_tone_position_sorts_alike() {
        assert_eq!(sort_key("Hoà Thuỷ"), sort_key("Hòa Thủy"));
    }

    #[test]
    fn people_are_ordered_by_given_name() {
        let mut names = [
            "Trần Văn Bình",
            "Nguyễn Thị Ánh",
            "Lê Văn An",
            "Đỗ Văn Bình",
            "Y Ban",
        ];
        names.sort_by_key(|name| name_sort_key(name));
        assert_eq!(
            names,
            [
                "Lê Văn An",
                "Nguyễn Thị Ánh",
                "Y Ban",
                "Đỗ Văn Bình",
                "Trần Văn Bình"
            ]
        );
    }

    fn assert_sorted(words: &[&str]) {
        for pair in words.windows(2) {
            assert!(
                sort_key(pair[0]) < sort_key(pair[1]),
                "{} before {}",
                pair[0],
                pair[1]
            );
        }
    }
}
