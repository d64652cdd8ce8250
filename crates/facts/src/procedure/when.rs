//! FEEL in content: conditions (`when`) and amounts. Checked when content is loaded, so that a
//! wrong expression never meets a citizen.
//! Does not know: which names a form has; the loader tells.
use std::str::FromStr;

use process::feel::{Condition, Expression, FeelError};
use serde_json::Value as Json;

/// A FEEL condition over the answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct When(Condition);

impl When {
    /// As it stands in the content file.
    pub fn text(&self) -> &str {
        self.0.text()
    }

    /// Whether it holds for these answers (a JSON object). A name without a value is null, and null
    /// does not hold; an expression that cannot be worked out does not hold either and is logged.
    pub fn holds(&self, answers: &Json) -> bool {
        self.holds_where(|name| answers.get(name))
    }

    /// As [`When::holds`], with each answer where `find` finds it.
    pub(super) fn holds_where<'a>(&self, find: impl Fn(&str) -> Option<&'a Json>) -> bool {
        self.0.holds_where(find).unwrap_or_else(|error| {
            tracing::warn!(%error, "a condition of a procedure could not be worked out");
            false
        })
    }

    /// Whether it is false for answers where `find` finds them; null is not false.
    pub(super) fn fails_where<'a>(&self, find: impl Fn(&str) -> Option<&'a Json>) -> bool {
        self.0.fails_where(find).unwrap_or_else(|error| {
            tracing::warn!(%error, "a rule of a procedure could not be worked out");
            false
        })
    }

    /// The names that it mentions, sorted.
    pub fn names(&self) -> &[String] {
        self.0.names()
    }

    /// Whether it can be worked out for these answers, for the loader.
    pub(super) fn trial(&self, answers: &Json) -> Result<bool, FeelError> {
        self.0.holds(answers)
    }
}

impl FromStr for When {
    type Err = FeelError;
    fn from_str(text: &str) -> Result<Self, FeelError> {
        Condition::parse(text).map(When)
    }
}

/// Whole đồng: fixed, or worked out from the answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Amount {
    /// Always the same.
    Fixed(i64),
    /// A FEEL expression that gives a number of đồng; fractions of a đồng are dropped.
    Feel(Expression),
}

impl Amount {
    /// The amount for these answers; `None` when it cannot be worked out from them (yet).
    pub fn of(&self, answers: &Json) -> Option<i64> {
        match self {
            Amount::Fixed(amount) => Some(*amount),
            Amount::Feel(expression) => match expression.evaluate(answers) {
                Ok(value) => whole(&value),
                Err(error) => {
                    tracing::warn!(%error, "an amount of a procedure could not be worked out");
                    None
                }
            },
        }
    }
}

fn whole(value: &Json) -> Option<i64> {
    let whole = value.as_i64().or_else(|| {
        let fraction = value.as_f64().filter(|n| n.is_finite())?;
        (fraction.abs() < 9e15).then_some(fraction as i64)
    })?;
    Some(whole.max(0))
}
