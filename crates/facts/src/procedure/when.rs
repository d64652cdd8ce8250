//! FEEL in content: conditions (`when`) and amounts. Checked when content is loaded, so that a wrong
//! expression never meets a citizen.
//! Does not know: which names a form has; the loader tells.

/// A FEEL condition over the answers, with its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct When {
    pub(super) text: String,
}

impl When {
    /// As it stands in the content file.
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// Whole đồng: fixed, or worked out from the answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Amount {
    /// Always the same.
    Fixed(i64),
    /// A FEEL expression that gives a number of đồng.
    Feel(String),
}

/// A time limit as written ("3wd"), until the calendar's own type stands beside it.
pub type Limit = String;
