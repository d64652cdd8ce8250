//! Mã số thuế: of an enterprise, of its branch, or the personal number that household businesses
//! use.
//! Does not know: whether the tax office has issued it.
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Ten digits, ten digits and a branch of three (`0101234567-001`), or twelve digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TaxCode(String);

/// Why a text is no tax code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a tax code has 10 digits, 10 and 3 for a branch, or 12")]
pub struct TaxCodeFault;

impl TaxCode {
    /// The code, a branch with its hyphen.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for TaxCode {
    type Err = TaxCodeFault;

    fn from_str(text: &str) -> Result<Self, TaxCodeFault> {
        let digits: String = text
            .chars()
            .filter(|sign| !sign.is_whitespace() && !matches!(sign, '-' | '.' | '–'))
            .filter(|sign| !text::is_invisible(*sign))
            .map(|sign| text::digit(sign).unwrap_or(sign))
            .collect();
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(TaxCodeFault);
        }
        match digits.len() {
            10 | 12 => Ok(TaxCode(digits)),
            13 => Ok(TaxCode(format!("{}-{}", &digits[..10], &digits[10..]))),
            _ => Err(TaxCodeFault),
        }
    }
}

impl fmt::Display for TaxCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for TaxCode {
    type Error = TaxCodeFault;

    fn try_from(text: String) -> Result<Self, TaxCodeFault> {
        text.parse()
    }
}

impl From<TaxCode> for String {
    fn from(code: TaxCode) -> String {
        code.0
    }
}
