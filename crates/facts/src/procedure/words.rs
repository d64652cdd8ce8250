//! A sentence in the two languages of our screens. Vietnamese is always there and comes first;
//! English follows for visitors and for foreigners living here.
//! Does not know: who reads it, nor how it is shown.
use serde::{Deserialize, Serialize};

/// One sentence (or name) in Vietnamese and English.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Words {
    /// Vietnamese, the language of the law.
    pub vi: String,
    /// English, a help and never the authority.
    pub en: String,
}

impl Words {
    /// Joins a Vietnamese and an English sentence.
    pub fn new(vi: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            vi: vi.into(),
            en: en.into(),
        }
    }

    /// The sentence for a language tag: English for `en…`, otherwise Vietnamese.
    pub fn pick(&self, language: &str) -> &str {
        if language.starts_with("en") && !self.en.is_empty() {
            &self.en
        } else {
            &self.vi
        }
    }

    /// True when nothing is written in Vietnamese.
    pub fn is_empty(&self) -> bool {
        self.vi.is_empty()
    }
}

/// What is wrong with one answer, said as what to do ("Nhập họ và tên người được khai sinh").
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// Where: `child_name`, `residence.commune`, `children[0].name` (groups count from 0).
    pub field: String,
    /// What to do about it.
    pub message: Words,
}
