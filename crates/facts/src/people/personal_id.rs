//! Số định danh cá nhân: the twelve digits of the personal number, given once and for life.
//! Does not know: whether the population register has issued the number.
//!
//! Three digits say where the birth was registered, one the century and the sex, two the year, six
//! are drawn by chance (NĐ 137/2015, today Luật Căn cước 26/2023/QH15 and NĐ 70/2024). There is *no
//! check digit*. The digits were frozen when the number was given: after a correction of sex or
//! birth date they differ from the papers, and that is a hint for the officer, never an error.
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{PartialDate, Sex};

/// Twelve digits whose first three are a place of registration. Shown in full by `Display`, never
/// by `Debug`, which ends up in logs.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PersonalId(String);

/// Why a text is no personal number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PersonalIdFault {
    /// Not twelve digits.
    #[error("a personal number has 12 digits")]
    NotTwelveDigits,
    /// The first three digits are no province and no country.
    #[error("the first three digits name no place")]
    UnknownPlace,
}

impl PersonalIdFault {
    /// What to do, in Vietnamese.
    #[must_use]
    pub fn vi(self) -> &'static str {
        match self {
            PersonalIdFault::NotTwelveDigits => "Nhập đủ 12 chữ số của số định danh",
            PersonalIdFault::UnknownPlace => {
                "Ba chữ số đầu của số định danh không phải mã nơi đăng ký khai sinh: xem lại số"
            }
        }
    }
}

/// What differs between the number and the papers, for the officer to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonalIdWarning {
    /// The number was given to the other sex.
    SexDiffers,
    /// The number was given for another year of birth.
    BirthYearDiffers,
}

/// Numbers of births registered abroad begin here (three-digit country codes).
const ABROAD_FIRST: u16 = 101;

impl PersonalId {
    /// The twelve digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The year of birth when the number was given.
    pub fn birth_year(&self) -> i16 {
        let century = 1900 + i16::from(self.digit(3) / 2) * 100;
        century + i16::from(self.digit(4)) * 10 + i16::from(self.digit(5))
    }

    /// The sex when the number was given.
    pub fn sex(&self) -> Sex {
        if self.digit(3).is_multiple_of(2) {
            Sex::Male
        } else {
            Sex::Female
        }
    }

    /// The former province that registered the birth; `None` for births registered abroad.
    pub fn birth_province(&self) -> Option<&'static str> {
        birth_province(&self.0[..3])
    }

    /// What differs from the papers, as far as they say.
    pub fn warnings(&self, sex: Option<Sex>, birth: Option<PartialDate>) -> Vec<PersonalIdWarning> {
        let mut warnings = Vec::new();
        if sex.is_some_and(|sex| sex != self.sex()) {
            warnings.push(PersonalIdWarning::SexDiffers);
        }
        if birth.is_some_and(|birth| birth.year() != self.birth_year()) {
            warnings.push(PersonalIdWarning::BirthYearDiffers);
        }
        warnings
    }

    /// For lists and public pages: `066*******12`.
    pub fn masked(&self) -> String {
        format!("{}*******{}", &self.0[..3], &self.0[10..])
    }

    fn digit(&self, place: usize) -> u8 {
        self.0.as_bytes()[place] - b'0'
    }
}

impl FromStr for PersonalId {
    type Err = PersonalIdFault;

    /// Spaces, points and hyphens, as people group digits, do not count, nor do signs that nobody
    /// sees.
    fn from_str(text: &str) -> Result<Self, PersonalIdFault> {
        let number: String = text
            .chars()
            .filter(|sign| !sign.is_whitespace() && !matches!(sign, '.' | '-' | '–'))
            .filter(|sign| !text::is_invisible(*sign))
            .map(|sign| text::digit(sign).unwrap_or(sign))
            .collect();
        if number.len() != 12 || !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(PersonalIdFault::NotTwelveDigits);
        }
        let abroad = number[..3]
            .parse::<u16>()
            .is_ok_and(|place| place >= ABROAD_FIRST);
        if !abroad && birth_province(&number[..3]).is_none() {
            return Err(PersonalIdFault::UnknownPlace);
        }
        Ok(PersonalId(number))
    }
}

impl fmt::Display for PersonalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for PersonalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PersonalId({})", self.masked())
    }
}

impl TryFrom<String> for PersonalId {
    type Error = PersonalIdFault;

    fn try_from(text: String) -> Result<Self, PersonalIdFault> {
        text.parse()
    }
}

impl From<PersonalId> for String {
    fn from(id: PersonalId) -> String {
        id.0
    }
}

/// The province, as it was called when numbers were given there, of the first three digits.
pub fn birth_province(prefix: &str) -> Option<&'static str> {
    let row = PREFIXES
        .binary_search_by_key(&prefix, |(code, _)| code)
        .ok()?;
    Some(PREFIXES[row].1)
}

/// Mergers of provinces never change numbers that were given, nor this table. Sorted.
const PREFIXES: [(&str, &str); 63] = [
    ("001", "Hà Nội"),
    ("002", "Hà Giang"),
    ("004", "Cao Bằng"),
    ("006", "Bắc Kạn"),
    ("008", "Tuyên Quang"),
    ("010", "Lào Cai"),
    ("011", "Điện Biên"),
    ("012", "Lai Châu"),
    ("014", "Sơn La"),
    ("015", "Yên Bái"),
    ("017", "Hoà Bình"),
    ("019", "Thái Nguyên"),
    ("020", "Lạng Sơn"),
    ("022", "Quảng Ninh"),
    ("024", "Bắc Giang"),
    ("025", "Phú Thọ"),
    ("026", "Vĩnh Phúc"),
    ("027", "Bắc Ninh"),
    ("030", "Hải Dương"),
    ("031", "Hải Phòng"),
    ("033", "Hưng Yên"),
    ("034", "Thái Bình"),
    ("035", "Hà Nam"),
    ("036", "Nam Định"),
    ("037", "Ninh Bình"),
    ("038", "Thanh Hoá"),
    ("040", "Nghệ An"),
    ("042", "Hà Tĩnh"),
    ("044", "Quảng Bình"),
    ("045", "Quảng Trị"),
    ("046", "Thừa Thiên Huế"),
    ("048", "Đà Nẵng"),
    ("049", "Quảng Nam"),
    ("051", "Quảng Ngãi"),
    ("052", "Bình Định"),
    ("054", "Phú Yên"),
    ("056", "Khánh Hoà"),
    ("058", "Ninh Thuận"),
    ("060", "Bình Thuận"),
    ("062", "Kon Tum"),
    ("064", "Gia Lai"),
    ("066", "Đắk Lắk"),
    ("067", "Đắk Nông"),
    ("068", "Lâm Đồng"),
    ("070", "Bình Phước"),
    ("072", "Tây Ninh"),
    ("074", "Bình Dương"),
    ("075", "Đồng Nai"),
    ("077", "Bà Rịa - Vũng Tàu"),
    ("079", "Thành phố Hồ Chí Minh"),
    ("080", "Long An"),
    ("082", "Tiền Giang"),
    ("083", "Bến Tre"),
    ("084", "Trà Vinh"),
    ("086", "Vĩnh Long"),
    ("087", "Đồng Tháp"),
    ("089", "An Giang"),
    ("091", "Kiên Giang"),
    ("092", "Cần Thơ"),
    ("093", "Hậu Giang"),
    ("094", "Sóc Trăng"),
    ("095", "Bạc Liêu"),
    ("096", "Cà Mau"),
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn number(text: &str) -> PersonalId {
        text.parse().unwrap()
    }

    #[test]
    fn the_digits_are_read() {
        let id = number("066 090 000 123");
        assert_eq!(id.birth_province(), Some("Đắk Lắk"));
        assert_eq!((id.birth_year(), id.sex()), (1990, Sex::Male));
        let id = number("001315000123");
        assert_eq!((id.birth_year(), id.sex()), (2015, Sex::Female));
        assert_eq!(number("150199000123").birth_province(), None);
        assert_eq!(number("001999000123").birth_year(), 2399);
    }

    #[test]
    fn there_is_no_check_digit() {
        for last in 0..10 {
            assert!(format!("06609000012{last}").parse::<PersonalId>().is_ok());
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in [
            "",
            "06609000012",
            "0660900001234",
            "06609000012a",
            "٠66090000123",
        ] {
            let fault = text.parse::<PersonalId>().unwrap_err();
            assert_eq!(fault, PersonalIdFault::NotTwelveDigits, "{text}");
        }
        for text in ["000090000123", "003090000123", "100090000123"] {
            let fault = text.parse::<PersonalId>().unwrap_err();
            assert_eq!(fault, PersonalIdFault::UnknownPlace, "{text}");
        }
    }

    #[test]
    fn what_differs_from_the_papers_is_a_warning() {
        let id = number("066090000123");
        let birth = |text: &str| Some(text.parse().unwrap());
        assert!(id.warnings(None, None).is_empty());
        assert!(id.warnings(Some(Sex::Male), birth("05/1990")).is_empty());
        let both = [
            PersonalIdWarning::SexDiffers,
            PersonalIdWarning::BirthYearDiffers,
        ];
        assert_eq!(id.warnings(Some(Sex::Female), birth("12/05/1991")), both);
    }

    #[test]
    fn logs_do_not_show_it() {
        assert_eq!(
            format!("{:?}", number("066090000123")),
            "PersonalId(066*******23)"
        );
    }

    #[test]
    fn the_table_is_sorted() {
        assert!(PREFIXES.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }

    proptest! {
        #[test]
        fn reading_never_panics(text in "\\PC{0,20}") {
            let _ = text.parse::<PersonalId>();
        }

        #[test]
        fn the_year_is_the_one_of_its_digits(row in 0usize..63, rest in "[0-9]{9}") {
            let id = number(&format!("{}{rest}", PREFIXES[row].0));
            prop_assert_eq!(id.birth_year() % 100, rest[1..3].parse::<i16>().unwrap());
            prop_assert!(id.warnings(Some(id.sex()), None).is_empty());
        }
    }
}
