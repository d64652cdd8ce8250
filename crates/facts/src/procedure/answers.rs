//! Answers on their way from a page to the law, with the word of the form that checked them:
//! whoever takes them need not check again what was checked a moment ago, and must check all else.
//! Does not know: what a check is.
use std::ops::Deref;

use jiff::civil::Date;
use serde::{Serialize, Serializer};
use serde_json::Value as Json;

use super::form::Form;
use super::schema::Compiled;

/// Answers to a form. They cannot be changed: what was checked stays what it was.
#[derive(Debug, Clone)]
pub struct Answers {
    given: Json,
    passed: Option<Passed>,
}

/// Which form had nothing to say against them, and on which day.
#[derive(Debug, Clone)]
struct Passed {
    form: Compiled,
    day: Date,
}

impl Answers {
    /// Answers that `form` checked and tidied on `day`.
    pub(super) fn passed(form: &Form, day: Date, tidied: Json) -> Self {
        let form = form.compiled.clone();
        Self {
            given: tidied,
            passed: Some(Passed { form, day }),
        }
    }

    /// Whether this very form passed them on this very day.
    #[must_use]
    pub fn have_passed(&self, form: &Form, day: Date) -> bool {
        let same = |passed: &Passed| passed.day == day && passed.form.is(&form.compiled);
        self.passed.as_ref().is_some_and(same)
    }

    /// The bare answers; nobody vouches for them any more.
    #[must_use]
    pub fn into_json(self) -> Json {
        self.given
    }
}

/// Answers that nobody has checked.
impl From<Json> for Answers {
    fn from(given: Json) -> Self {
        let passed = None;
        Self { given, passed }
    }
}

impl Deref for Answers {
    type Target = Json;
    fn deref(&self) -> &Json {
        &self.given
    }
}

impl PartialEq for Answers {
    fn eq(&self, other: &Self) -> bool {
        self.given == other.given
    }
}

impl Serialize for Answers {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.given.serialize(serializer)
    }
}
