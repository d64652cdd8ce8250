//! Telephone numbers: read however people write them, kept in one form (E.164), shown as they are
//! written here.
//! Does not know: whether anybody answers.
//!
//! Numbers of Vietnam, as they are since the area codes changed in 2017 and the mobile prefixes in
//! 2018 (QĐ 2036/QĐ-BTTTT of 2016 [M], QĐ 798/QĐ-BTTTT of 2018): mobile numbers have 10 digits with
//! the 0, fixed ones 11; 1800 and 1900 are dialled without a 0.
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A number in E.164: `+84905123456`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Phone(String);

/// The text is no telephone number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a telephone number, which abroad begins with +")]
pub struct PhoneFault;

impl PhoneFault {
    /// What to do, in Vietnamese.
    #[must_use]
    pub fn vi(self) -> &'static str {
        "Nhập số điện thoại, ví dụ 0912 345 678; số nước ngoài bắt đầu bằng dấu +"
    }
}

/// The country code of Vietnam.
const VIETNAM: &str = "84";
/// Digits of a number of another country, its code included (E.164 allows 15; shorter than 8 are
/// short codes, which cannot be called from here).
const ABROAD_DIGITS: std::ops::RangeInclusive<usize> = 8..=15;
/// No writing of a number has more signs.
const SIGNS_MAX: usize = 40;

impl Phone {
    /// The number in E.164.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The digits by which it is found: as dialled here, with the country code from abroad.
    #[must_use]
    pub fn digits(&self) -> String {
        match self.national() {
            Some(own) => dialled(own),
            None => self.0[1..].to_owned(),
        }
    }

    /// The digits under which the same number was written before there was one form.
    #[must_use]
    pub fn former_digits(&self) -> Vec<String> {
        let Some(own) = self.national().filter(|own| own.len() >= 9) else {
            return Vec::new();
        };
        let retired = RETIRED.iter().find(|(_, now)| own.starts_with(now));
        let mut all = vec![format!("{VIETNAM}{own}")];
        if let (Some((old, now)), 9) = (retired, own.len()) {
            all.push(format!("0{old}{}", &own[now.len()..]));
        }
        all
    }

    /// What follows the code of Vietnam.
    fn national(&self) -> Option<&str> {
        self.0[1..].strip_prefix(VIETNAM)
    }

    /// A text as it is shown: a number as people here write it, anything else as it is. What was
    /// kept before there was one form is read too.
    #[must_use]
    pub fn shown(text: &str) -> String {
        text.parse::<Phone>()
            .map_or_else(|_| text.to_owned(), |phone| phone.to_string())
    }

    /// A text as it is kept: a number in its one form, anything else as it is.
    #[must_use]
    pub fn kept(text: &str) -> String {
        text.parse::<Phone>()
            .map_or_else(|_| text.to_owned(), String::from)
    }
}

impl FromStr for Phone {
    type Err = PhoneFault;

    fn from_str(text: &str) -> Result<Self, PhoneFault> {
        let (plus, digits) = digits(text).ok_or(PhoneFault)?;
        let abroad = match plus {
            true => Some(digits.as_str()),
            false => digits.strip_prefix("00"),
        };
        if let Some(whole) = abroad {
            let own = whole.strip_prefix(VIETNAM).map(vietnamese);
            return match own {
                Some(own) => own.map(of_vietnam).ok_or(PhoneFault),
                None if ABROAD_DIGITS.contains(&whole.len()) && !whole.starts_with('0') => {
                    Ok(Phone(format!("+{whole}")))
                }
                None => Err(PhoneFault),
            };
        }
        // Nine digits are a mobile number without its 0, which a spreadsheet has eaten.
        let coded = digits.strip_prefix(VIETNAM).filter(|own| own.len() > 7);
        let coded = coded.and_then(vietnamese);
        let own = coded.or_else(|| vietnamese(&digits));
        own.map(of_vietnam).ok_or(PhoneFault)
    }
}

fn of_vietnam(own: String) -> Phone {
    Phone(format!("+{VIETNAM}{own}"))
}

/// Whether a plus stands before the digits, and the digits; `None` for a text with other signs.
fn digits(text: &str) -> Option<(bool, String)> {
    let text = text::line(text);
    if text.chars().count() > SIGNS_MAX {
        return None;
    }
    // "+84 (0)905 …": the zero in brackets is for those who call from inside.
    let (mut plus, mut digits) = (false, String::new());
    for sign in text.replace("(0)", "").chars() {
        match sign {
            '+' | '\u{ff0b}' if !plus && digits.is_empty() => plus = true,
            ' ' | '.' | '-' | '(' | ')' | '\u{2010}'..='\u{2015}' | '\u{2212}' => {}
            _ => digits.push(text::digit(sign)?),
        }
    }
    Some((plus, digits))
}

/// What follows the country code, from digits with or without the 0 of inland calls.
fn vietnamese(digits: &str) -> Option<String> {
    if is_service(digits) {
        return Some(digits.to_owned());
    }
    let own = digits.strip_prefix('0').unwrap_or(digits);
    let is_own = match (own.as_bytes().first()?, own.len()) {
        // Mobile.
        (b'3' | b'5' | b'7' | b'8' | b'9', 9) => true,
        // Fixed.
        (b'2', 10) => true,
        // Numbers of the internet.
        (b'6', 9) if own.starts_with("67") => true,
        // The nets of the police and the army, and of the state's offices.
        (b'6', 7..=9) => own.starts_with("69"),
        (b'8', 7) => own.starts_with("80"),
        _ => false,
    };
    if is_own {
        return Some(own.to_owned());
    }
    let retired = RETIRED.iter().find(|(old, _)| own.starts_with(old));
    let (old, now) = retired.filter(|_| own.len() == 10)?;
    Some(format!("{now}{}", &own[old.len()..]))
}

/// 1800 and 1900: dialled as they stand.
fn is_service(digits: &str) -> bool {
    (8..=10).contains(&digits.len()) && (digits.starts_with("1800") || digits.starts_with("1900"))
}

/// As dialled inside the country.
fn dialled(own: &str) -> String {
    match is_service(own) {
        true => own.to_owned(),
        false => format!("0{own}"),
    }
}

/// Prefixes of mobile numbers with 11 digits, and what became of them in 2018: who writes an old
/// number means the new one.
const RETIRED: [(&str, &str); 21] = [
    ("120", "70"),
    ("121", "79"),
    ("122", "77"),
    ("123", "83"),
    ("124", "84"),
    ("125", "85"),
    ("126", "76"),
    ("127", "81"),
    ("128", "78"),
    ("129", "82"),
    ("162", "32"),
    ("163", "33"),
    ("164", "34"),
    ("165", "35"),
    ("166", "36"),
    ("167", "37"),
    ("168", "38"),
    ("169", "39"),
    ("186", "56"),
    ("188", "58"),
    ("199", "59"),
];

impl fmt::Display for Phone {
    /// `0905 123 456`, `024 3825 1234`, `1900 1234`, `+821012345678`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(own) = self.national() else {
            return f.write_str(&self.0);
        };
        let digits = dialled(own);
        let cuts: &[usize] = match (digits.as_bytes(), digits.len()) {
            ([b'1', ..], _) => &[4],
            ([b'0', b'2', b'4' | b'8', ..], 11) => &[3, 7],
            (_, 11) => &[4, 8],
            (_, 8) => &[3],
            _ => &[4, 7],
        };
        let mut begun = 0;
        for cut in cuts.iter().copied().filter(|cut| *cut < digits.len()) {
            write!(f, "{} ", &digits[begun..cut])?;
            begun = cut;
        }
        f.write_str(&digits[begun..])
    }
}

impl TryFrom<String> for Phone {
    type Error = PhoneFault;

    fn try_from(text: String) -> Result<Self, PhoneFault> {
        text.parse()
    }
}

impl From<Phone> for String {
    fn from(phone: Phone) -> String {
        phone.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Result<String, PhoneFault> {
        text.parse::<Phone>().map(String::from)
    }

    #[test]
    fn one_number_in_any_writing_is_one() {
        for text in [
            "0905123456",
            "0905 123 456",
            "0905.123.456",
            "0905-123-456",
            "84905123456",
            "+84905123456",
            "+84 (0) 905 123 456",
            "+84 0905 123 456",
            "0084 905 123 456",
            "(0905) 123456",
            "905123456",
            "\u{202d}0905123456\u{202c}",
            "０９０５１２３４５６",
        ] {
            assert_eq!(read(text).as_deref(), Ok("+84905123456"), "{text}");
        }
    }

    #[test]
    fn fixed_ones_services_and_numbers_from_abroad() {
        for (text, kept, shown) in [
            ("024 3825 1234", "+842438251234", "024 3825 1234"),
            ("02623 851 234", "+842623851234", "0262 3851 234"),
            ("19001234", "+8419001234", "1900 1234"),
            ("1800 599 920", "+841800599920", "1800 599920"),
            ("069 234 2593", "+84692342593", "0692 342 593"),
            ("080 44028", "+848044028", "080 44028"),
            ("+82 10 1234 5678", "+821012345678", "+821012345678"),
            ("001 202 555 0123", "+12025550123", "+12025550123"),
        ] {
            assert_eq!(read(text).as_deref(), Ok(kept), "{text}");
            assert_eq!(Phone::shown(text), shown);
        }
    }

    /// Prefixes became others in the autumn of 2018, and old papers still have them.
    #[test]
    fn an_old_mobile_number_is_the_new_one() {
        assert_eq!(read("0168 123 4567").as_deref(), Ok("+84381234567"));
        assert_eq!(read("+841201234567").as_deref(), Ok("+84701234567"));
        let now: Phone = "0381234567".parse().unwrap();
        assert_eq!(now.former_digits(), ["84381234567", "01681234567"]);
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in [
            "",
            "abc12345678",
            "không có",
            "0905",
            "0905 123 45",
            "0905 123 4567",
            "09051234567",
            "01051234567",
            "0905123456 0912345678",
            "0905123456 / 0912345678",
            "82 10 1234 5678",
            "+0905123456",
            "+84 105 123 456",
            "+123",
            "+1234567890123456",
            "113",
            "12345678",
            "0905+123456",
        ] {
            assert_eq!(read(text), Err(PhoneFault), "{text}");
        }
        assert_eq!(Phone::shown("không có"), "không có");
        assert_eq!(Phone::kept("12 ab"), "12 ab");
    }

    proptest! {
        #[test]
        fn whatever_is_read_is_read_again(text in "\\PC{0,24}|[+(]?(0|84|00|1)?[0-9 .-]{6,14}") {
            if let Ok(phone) = text.parse::<Phone>() {
                prop_assert_eq!(phone.as_str().parse(), Ok(phone.clone()));
                prop_assert_eq!(phone.to_string().parse(), Ok(phone.clone()));
                prop_assert_eq!(&Phone::kept(&text), phone.as_str());
                for former in phone.former_digits() {
                    prop_assert_eq!(former.parse(), Ok(phone.clone()));
                }
                if phone.national().is_some() {
                    prop_assert_eq!(phone.digits().parse(), Ok(phone.clone()));
                }
                prop_assert!(ABROAD_DIGITS.contains(&(phone.as_str().len() - 1)));
            }
        }
    }
}
