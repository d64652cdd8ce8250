//! Names of people and of organisations, by one rule at every door.
//! Does not know: whose name it is.
use std::fmt;
use std::str::FromStr;

use text::{APOSTROPHE, is_combining_mark};

use crate::fold::fold;

/// Longest name of a person; the longest real Vietnamese name known is under 60.
pub const PERSON_NAME_CHARS_MAX: usize = 100;
/// Longest name of an organisation: a school with all its names.
pub const ORGANISATION_NAME_CHARS_MAX: usize = 300;
/// Marks on one letter that has no composed form; with more a text stands on its neighbours' lines.
const MARKS_MAX: usize = 3;

/// Họ, chữ đệm và tên: letters of any script with their marks, an apostrophe of one kind, hyphen,
/// dot and spaces. `Y Tơ̆ Mlô`, `H'Hen Niê`, `Nguyễn Văn An`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PersonName(String);

/// The name of an organisation: also digits and the signs of a keyboard.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OrganisationName(String);

/// Why a text is no name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameFault {
    /// Nothing was written.
    #[error("a name is missing")]
    Missing,
    /// It has a sign that no name of a person has, or no letter at all.
    #[error("a person's name has letters only")]
    NotLetters,
    /// It has a sign that no name of an organisation has, or no letter at all.
    #[error("an organisation's name has letters, digits and the signs of a keyboard")]
    NotPlain,
    /// Longer than any name.
    #[error("the name is too long")]
    TooLong,
}

impl NameFault {
    /// What to do, in Vietnamese.
    #[must_use]
    pub fn vi(self) -> &'static str {
        match self {
            NameFault::Missing => "Nhập họ và tên",
            NameFault::NotLetters => "Chỉ dùng chữ cái, viết đủ họ và tên như trên giấy tờ",
            NameFault::NotPlain => "Viết tên như trên giấy đăng ký, không dùng hình vẽ",
            NameFault::TooLong => "Tên dài quá, viết như trên giấy tờ",
        }
    }
}

impl PersonName {
    /// The name in its one form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for PersonName {
    type Err = NameFault;

    fn from_str(text: &str) -> Result<Self, NameFault> {
        let name = text::name(text);
        let kept = |sign: char| matches!(sign, APOSTROPHE | ' ' | '-' | '.' | '·');
        check(&name, PERSON_NAME_CHARS_MAX, (NameFault::NotLetters, kept))?;
        Ok(PersonName(name.into_owned()))
    }
}

impl OrganisationName {
    /// The name in its one form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for OrganisationName {
    type Err = NameFault;

    fn from_str(text: &str) -> Result<Self, NameFault> {
        let name = text::name(text);
        let kept = |sign: char| {
            sign == ' '
                || sign.is_ascii_graphic()
                || sign.is_numeric()
                || "–—“”„«»…·°®™".contains(sign)
        };
        let most = ORGANISATION_NAME_CHARS_MAX;
        check(&name, most, (NameFault::NotPlain, kept))?;
        Ok(OrganisationName(name.into_owned()))
    }
}

/// Letters with their marks, and what else may stand there.
fn check(
    name: &str,
    most: usize,
    (fault, kept): (NameFault, impl Fn(char) -> bool),
) -> Result<(), NameFault> {
    if name.is_empty() {
        return Err(NameFault::Missing);
    }
    if name.chars().count() > most {
        return Err(NameFault::TooLong);
    }
    // A mark stands on a letter; marks of some scripts are letters too.
    let mut marks = MARKS_MAX;
    let mut letters = 0;
    for sign in name.chars() {
        if is_combining_mark(sign) && marks < MARKS_MAX {
            marks += 1;
        } else if sign.is_alphabetic() && !is_combining_mark(sign) {
            (marks, letters) = (0, letters + 1);
        } else if kept(sign) {
            marks = MARKS_MAX;
        } else {
            return Err(fault);
        }
    }
    if letters == 0 { Err(fault) } else { Ok(()) }
}

impl fmt::Display for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for OrganisationName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A name as it is kept: composed Unicode (NFC), one kind of apostrophe, one space between words,
/// none around.
#[must_use]
pub fn tidy_name(text: &str) -> String {
    text::name(text).into_owned()
}

/// Whether two texts are one name: case, marks, apostrophes and spaces aside, as officers type
/// them. `H’Hen Mlô`, `H'HEN MLÔ` and `h hen mlo` are one.
#[must_use]
pub fn is_same_name(one: &str, other: &str) -> bool {
    let bare = |name: &str| fold(&text::name(name)).replace(' ', "");
    bare(one) == bare(other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn person(text: &str) -> Result<String, NameFault> {
        text.parse::<PersonName>().map(|name| name.0)
    }

    #[test]
    fn names_of_every_people_of_the_country_are_names() {
        for name in [
            "Y Tơ\u{306} Mlô",
            "H'Hen Niê",
            "Ƀăn Kpă Ŏŭ",
            "K'Brêô\u{306}",
            "Nguyễn Thị Ê\u{306}",
            "Châu Sóc-Kha",
            "Lê V. An",
            "Inrasara Phú Trạm",
            "ꨌꩌ ꨀꨯꨱꩀ",
            "Müller O'Neill",
        ] {
            assert_eq!(person(name).as_deref(), Ok(name));
        }
        assert_eq!(person(" H’Hen\u{200b}  Mlô "), Ok("H'Hen Mlô".into()));
    }

    #[test]
    fn what_is_no_name_is_refused() {
        assert_eq!(person(" \u{200b} "), Err(NameFault::Missing));
        for text in [
            "12345 😀",
            "An 2",
            "😀",
            "'",
            ". -",
            "An\n<b>",
            "\u{306}",
            "An \u{306}",
        ] {
            assert_eq!(person(text), Err(NameFault::NotLetters), "{text}");
        }
        assert_eq!(
            person(&format!("A{}n", "\u{317}\u{330}\u{331}\u{30b}\u{311}")),
            Err(NameFault::NotLetters)
        );
        assert_eq!(person(&"An ".repeat(60)), Err(NameFault::TooLong));
    }

    #[test]
    fn organisations_have_digits_and_signs() {
        let read = |text: &str| text.parse::<OrganisationName>().map(|name| name.0);
        for name in [
            "Công ty TNHH MTV Cà phê 719 & Cộng sự (Đắk Lắk)",
            "HTX “Ea Tu” – chi nhánh số 2",
        ] {
            assert_eq!(read(name).as_deref(), Ok(name));
        }
        assert_eq!(read("12345 😀"), Err(NameFault::NotPlain));
        assert_eq!(read("12345"), Err(NameFault::NotPlain));
        assert_eq!(read(""), Err(NameFault::Missing));
    }

    #[test]
    fn one_name_however_it_is_typed() {
        for other in [
            "H’Hen Mlô",
            "H'HEN MLÔ",
            "h hen mlo",
            "HHen\u{a0}Mlô",
            "HʼHen Mlo\u{302}",
        ] {
            assert!(is_same_name("H'Hen Mlô", other), "{other}");
        }
        assert!(is_same_name("Ƀăn Đê", "Ban De"));
        assert!(!is_same_name("H'Hen Mlô", "H'Hoa Mlô"));
    }

    proptest! {
        #[test]
        fn a_name_is_read_as_it_was_written(text in "\\PC{0,30}|[ aơĐ’'.\u{306}\u{323}1]{0,10}") {
            if let Ok(name) = text.parse::<PersonName>() {
                prop_assert_eq!(name.as_str().parse(), Ok(name.clone()));
                prop_assert!(is_same_name(name.as_str(), &text));
                prop_assert!(!name.as_str().contains(text::is_invisible));
                prop_assert!(text.parse::<OrganisationName>().is_ok());
            }
            if let Ok(name) = text.parse::<OrganisationName>() {
                prop_assert_eq!(name.as_str().parse(), Ok(name.clone()));
            }
        }
    }
}
