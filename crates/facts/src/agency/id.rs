//! Mã định danh điện tử: the electronic identifier of an agency (QĐ 20/2020/QĐ-TTg, amended by QĐ
//! 09/2025/QĐ-TTg), and the older form of QCVN 102:2016.
//! Does not know: which identifiers have been given out.
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The longest identifier, in characters (QĐ 20/2020/QĐ-TTg).
pub const AGENCY_ID_MAX: usize = 35;

/// `M` and two digits, then groups of two or three digits, one a level: `H15`, `H15.50.05`. `M` is
/// a letter from A to Y: `G` ministries, `H` provinces.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AgencyId(String);

/// Why a text is no identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AgencyIdFault {
    /// More than [`AGENCY_ID_MAX`] characters.
    #[error("an agency identifier has at most {AGENCY_ID_MAX} characters")]
    TooLong,
    /// Not a letter A to Y and two digits.
    #[error("an agency identifier begins with a letter A to Y and two digits, like H15")]
    FirstGroup,
    /// A group that is not two or three digits.
    #[error("after the first group come groups of two or three digits, like H15.50")]
    Group,
    /// Not the form `000.00.04.G18`.
    #[error("the older form has four groups, like 000.00.04.G18")]
    OlderForm,
}

impl AgencyId {
    /// The identifier.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The level of the agency: 1 for `H15`, 2 for `H15.50`.
    pub fn level(&self) -> usize {
        self.0.split('.').count()
    }

    /// The identifier one level up; `None` at the first.
    pub fn parent(&self) -> Option<AgencyId> {
        self.0
            .rsplit_once('.')
            .map(|(parent, _)| AgencyId(parent.to_string()))
    }

    /// Reads the older form, whose groups stand in the other order and are filled with zeros:
    /// `000.00.04.G18` is `G18.04`.
    pub fn from_older_form(text: &str) -> Result<AgencyId, AgencyIdFault> {
        let groups: Vec<&str> = text.trim().split('.').collect();
        let [fourth, third, second, first] = groups[..] else {
            return Err(AgencyIdFault::OlderForm);
        };
        let digits = |group: &str, count| {
            group.len() == count && group.bytes().all(|byte| byte.is_ascii_digit())
        };
        if !digits(fourth, 3) || !digits(third, 2) || !digits(second, 2) {
            return Err(AgencyIdFault::OlderForm);
        }
        let mut below = vec![second, third, fourth];
        while below
            .last()
            .is_some_and(|group| group.bytes().all(|byte| byte == b'0'))
        {
            below.pop();
        }
        let inner_zero = below
            .iter()
            .any(|group| group.bytes().all(|byte| byte == b'0'));
        if inner_zero {
            return Err(AgencyIdFault::OlderForm);
        }
        let mut id = first.to_string();
        for group in below {
            id.push('.');
            id.push_str(group);
        }
        id.parse()
    }

    /// The older form, for messages to systems that still use it; `None` when it has no room for
    /// this identifier.
    pub fn to_older_form(&self) -> Option<String> {
        let mut groups = self.0.split('.');
        let first = groups.next()?;
        let mut take = |width: usize| match groups.next() {
            None => Some("0".repeat(width)),
            Some(group) if group.len() == width => Some(group.to_string()),
            Some(_) => None,
        };
        let (second, third, fourth) = (take(2)?, take(2)?, take(3)?);
        let older = format!("{fourth}.{third}.{second}.{first}");
        let whole = groups.next().is_none();
        (whole && AgencyId::from_older_form(&older).as_ref() == Ok(self)).then_some(older)
    }
}

impl FromStr for AgencyId {
    type Err = AgencyIdFault;

    fn from_str(text: &str) -> Result<Self, AgencyIdFault> {
        let text = text.trim();
        if text.len() > AGENCY_ID_MAX {
            return Err(AgencyIdFault::TooLong);
        }
        let mut groups = text.split('.');
        match groups.next().unwrap_or_default().as_bytes() {
            [b'A'..=b'Y', b'0'..=b'9', b'0'..=b'9'] => {}
            _ => return Err(AgencyIdFault::FirstGroup),
        }
        for group in groups {
            let digits = group.bytes().all(|byte| byte.is_ascii_digit());
            if !digits || !(2..=3).contains(&group.len()) {
                return Err(AgencyIdFault::Group);
            }
        }
        Ok(AgencyId(text.to_string()))
    }
}

impl fmt::Display for AgencyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for AgencyId {
    type Error = AgencyIdFault;

    fn try_from(text: String) -> Result<Self, AgencyIdFault> {
        text.parse()
    }
}

impl From<AgencyId> for String {
    fn from(id: AgencyId) -> String {
        id.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Result<AgencyId, AgencyIdFault> {
        text.parse()
    }

    #[test]
    fn identifiers_are_read() {
        for text in ["H15", "H15.50", "H15.50.05", "G18.004", "A00.99.999.10"] {
            assert_eq!(read(text).unwrap().as_str(), text);
        }
        let id = read("H15.50.05").unwrap();
        assert_eq!(
            (id.level(), id.parent()),
            (3, Some(read("H15.50").unwrap()))
        );
        assert_eq!(read("H15").unwrap().parent(), None);
    }

    #[test]
    fn what_is_no_identifier_is_refused() {
        for text in [
            "",
            "Z15",
            "h15",
            "H1",
            "H155",
            "15",
            "H15é",
            "000.00.04.G18",
        ] {
            assert_eq!(read(text), Err(AgencyIdFault::FirstGroup), "{text}");
        }
        for text in ["H15.", "H15.5", "H15.5555", "H15..50", "H15.5A", "H15.50."] {
            assert_eq!(read(text), Err(AgencyIdFault::Group), "{text}");
        }
        let long = format!("H15{}", ".500".repeat(8));
        assert_eq!((long.len(), read(&long).is_ok()), (35, true));
        assert_eq!(read(&format!("{long}.50")), Err(AgencyIdFault::TooLong));
    }

    #[test]
    fn the_older_form_is_read_backwards() {
        let older = |text: &str| AgencyId::from_older_form(text).map(String::from);
        assert_eq!(older("000.00.04.G18"), Ok("G18.04".into()));
        assert_eq!(older("000.00.00.H22"), Ok("H22".into()));
        assert_eq!(older("013.05.50.H15"), Ok("H15.50.05.013".into()));
        for text in ["G18.04", "000.05.00.H15", "000.00.G18", "00.00.04.G18"] {
            assert_eq!(older(text), Err(AgencyIdFault::OlderForm), "{text}");
        }
        assert_eq!(
            read("H15.50").unwrap().to_older_form(),
            Some("000.00.50.H15".into())
        );
        assert_eq!(read("H15.101").unwrap().to_older_form(), None);
    }

    proptest! {
        #[test]
        fn reading_never_panics(text in "\\PC{0,40}") {
            let _ = read(&text);
            let _ = AgencyId::from_older_form(&text);
        }

        #[test]
        fn well_formed_identifiers_are_read(text in "[A-Y][0-9]{2}(\\.[0-9]{2,3}){0,6}") {
            let id = read(&text).unwrap();
            prop_assert_eq!(id.to_string(), text.clone());
            prop_assert_eq!(id.level(), 1 + text.matches('.').count());
        }

        #[test]
        fn the_older_form_goes_there_and_back(text in "[A-Y][0-9]{2}(\\.[0-9]{2}){0,2}") {
            let id = read(&text).unwrap();
            if let Some(older) = id.to_older_form() {
                prop_assert_eq!(AgencyId::from_older_form(&older), Ok(id));
            }
        }

        #[test]
        fn only_the_alphabet_of_the_decision_is_accepted(text in "[A-Z0-9.]{0,36}") {
            if let Ok(id) = read(&text) {
                prop_assert!(id.as_str().len() <= AGENCY_ID_MAX);
                prop_assert!(!id.as_str().starts_with('Z'));
            }
        }
    }
}
