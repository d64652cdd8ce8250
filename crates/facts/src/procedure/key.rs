//! How a procedure is named: national code, case, level and version. A code alone never finds a
//! procedure: one code is handled at several levels and has several cases (1.004222 stands under
//! three names in the annex of NQ 66.7/2025/NQ-CP).
//! Does not know: what the procedure asks or does.
use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A key text longer than this is not one of ours.
const KEY_CHARS_MAX: usize = 160;
/// Case names are short slugs.
const CASE_CHARS_MAX: usize = 60;

/// The administrative level that handles a case. Districts ended on 1 July 2025.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Cấp tỉnh.
    Province,
    /// Cấp xã (xã, phường, đặc khu).
    Commune,
}

/// The way a dossier comes in. Cách thức thực hiện.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// Trực tiếp, at a one-stop counter.
    Counter,
    /// Trực tuyến.
    Online,
    /// Bưu chính, by the public postal service.
    Post,
}

/// Why a text is not a code, a level, a channel or a key.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum KeyError {
    /// Not `d.dddddd` with 1, 2 or 3 first.
    #[error("`{0}` is not a procedure code (expected like 1.001193)")]
    Code(String),
    /// No such level.
    #[error("`{0}` is not a level (allowed: province, commune)")]
    Level(String),
    /// No such channel.
    #[error("`{0}` is not a channel (allowed: counter, online, post)")]
    Channel(String),
    /// A case is a slug of a–z, 0–9 and `-`.
    #[error("`{0}` is not a case name (a–z, 0–9 and - only, at most 60)")]
    Case(String),
    /// Not `code/case/level@yyyy-mm-dd`.
    #[error("`{0}` is not a procedure key (expected like 1.001193/default/commune@2026-07-01)")]
    Key(String),
}

/// Strips the publishing body from a code (`2.000815.000.00.00.H61` → `2.000815`) and checks it
/// against
/// `^[123]\.\d{6}$`.
pub fn code(text: &str) -> Result<String, KeyError> {
    let wrong = || KeyError::Code(text.chars().take(KEY_CHARS_MAX).collect());
    let head = text.get(..8).ok_or_else(wrong)?;
    let bytes = head.as_bytes();
    let digits = bytes[2..].iter().all(u8::is_ascii_digit);
    let shape = matches!(bytes[0], b'1'..=b'3') && bytes[1] == b'.' && digits;
    let rest = &text[8..];
    let suffix = rest.is_empty() || (rest.starts_with('.') && rest.len() <= KEY_CHARS_MAX);
    if shape && suffix {
        Ok(head.to_string())
    } else {
        Err(wrong())
    }
}

/// Checks a case slug: `default`, `late-registration`.
pub fn case(text: &str) -> Result<String, KeyError> {
    let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !text.is_empty() && text.len() <= CASE_CHARS_MAX && text.chars().all(good) {
        Ok(text.to_string())
    } else {
        Err(KeyError::Case(text.chars().take(CASE_CHARS_MAX).collect()))
    }
}

impl Level {
    /// The name used in content files, keys and addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Level::Province => "province",
            Level::Commune => "commune",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Level {
    type Err = KeyError;
    fn from_str(text: &str) -> Result<Self, KeyError> {
        match text {
            "province" => Ok(Level::Province),
            "commune" => Ok(Level::Commune),
            other => Err(KeyError::Level(other.chars().take(KEY_CHARS_MAX).collect())),
        }
    }
}

impl Channel {
    /// All channels, in the order in which pages show them.
    pub const ALL: [Channel; 3] = [Channel::Online, Channel::Counter, Channel::Post];

    /// The name used in content files, FEEL expressions and addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Channel::Counter => "counter",
            Channel::Online => "online",
            Channel::Post => "post",
        }
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Channel {
    type Err = KeyError;
    fn from_str(text: &str) -> Result<Self, KeyError> {
        match text {
            "counter" => Ok(Channel::Counter),
            "online" => Ok(Channel::Online),
            "post" => Ok(Channel::Post),
            other => Err(KeyError::Channel(
                other.chars().take(KEY_CHARS_MAX).collect(),
            )),
        }
    }
}

/// Names exactly one version of one case of one procedure at one level. A dossier keeps the key
/// that it started with. As text: `1.001193/default/commune@2026-07-01`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ProcedureKey {
    /// National code without the publishing body.
    pub code: String,
    /// The case ("trường hợp"); `default` when there is only one.
    pub case: String,
    /// Who handles it.
    pub level: Level,
    /// First day on which this version holds.
    pub version: Date,
}

impl fmt::Display for ProcedureKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            code,
            case,
            level,
            version,
        } = self;
        write!(f, "{code}/{case}/{level}@{version}")
    }
}

impl FromStr for ProcedureKey {
    type Err = KeyError;
    fn from_str(text: &str) -> Result<Self, KeyError> {
        let wrong = || KeyError::Key(text.chars().take(KEY_CHARS_MAX).collect());
        let (name, version) = text.split_once('@').ok_or_else(wrong)?;
        let mut parts = name.split('/');
        let (Some(code_text), Some(case_text), Some(level), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(wrong());
        };
        Ok(Self {
            code: code(code_text)?,
            case: case(case_text)?,
            level: level.parse()?,
            version: version.parse().map_err(|_| wrong())?,
        })
    }
}

impl TryFrom<String> for ProcedureKey {
    type Error = KeyError;
    fn try_from(text: String) -> Result<Self, KeyError> {
        text.parse()
    }
}

impl From<ProcedureKey> for String {
    fn from(key: ProcedureKey) -> String {
        key.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn codes_lose_the_publishing_body() {
        assert_eq!(code("2.000815.000.00.00.H61").unwrap(), "2.000815");
        assert_eq!(code("1.001193").unwrap(), "1.001193");
        for wrong in [
            "4.001193",
            "1.00119",
            "1.0011933",
            "",
            "1.00119ộ",
            "a.bcdefg",
        ] {
            assert!(code(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_key_comes_back_from_its_text() {
        let text = "1.001193/default/commune@2026-07-01";
        let key: ProcedureKey = text.parse().unwrap();
        assert_eq!(key.to_string(), text);
        assert_eq!(serde_json::to_value(&key).unwrap(), text);
        assert!(
            "1.001193/commune@2026-07-01"
                .parse::<ProcedureKey>()
                .is_err()
        );
    }

    proptest! {
        #[test]
        fn any_key_is_written_as_it_is_read(
            text in "\\PC{0,30}|[0-9.]{1,8}/[a-z-]{1,8}/(commune|province)@20[0-9-]{8}",
        ) {
            if let Ok(key) = text.parse::<ProcedureKey>() {
                prop_assert_eq!(key.to_string().parse(), Ok(key));
            }
        }
    }
}
