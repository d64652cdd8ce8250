//! FEEL, the expression language of DMN: conditions and small calculations in content.
//!
//! It knows no question and no answer by name: whoever calls checks `names()` against what it has,
//! and hands the values in. It is a closed part of FEEL. Left out on purpose: everything that looks
//! at the clock (`today()`, `now()`: the caller hands in a variable `today`), external functions,
//! loops and contexts. What is left out is refused when parsed, with a plain sentence.
//!
//! - A name that has no value is null. Logic is three-valued; a condition that is null does not
//!   hold.
//! - A string that is an ISO date is a date wherever it stands, in the values and in the text, so
//!   `birth_date < "2020-07-01"`, `birth_date < @"2020-07-01"` and `birth_date.year < 2020` all
//!   mean what they say.
//! - The evaluator is built once, when parsed, and shared: it is `Send + Sync`. Only the values
//!   that an expression names are converted, so the cost does not grow with the form. Figures
//!   (unoptimised build): `area > 100` 0.9 µs, three comparisons with a list 9 µs, reading them
//!   0.1–0.3 ms; `cargo test -p process -- --nocapture measure` shows yours. The plainest
//!   conditions need no evaluator at all (`plain.rs`).

mod json;
mod plain;
mod survey;
mod tree;

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::str::FromStr;
use std::sync::Arc;

use dsntk_feel::context::FeelContext;
use dsntk_feel::values::Value;
use dsntk_feel::{Evaluator, FeelScope, Name};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use plain::Plain;

/// Characters in one expression. A rule longer than that is a decision table.
pub const MAX_LENGTH: usize = 1_000;
/// Words, numbers, texts and signs in one expression; bounds the work and the stack of the parser.
pub const MAX_TOKENS: usize = 250;
/// Brackets within brackets.
pub const MAX_NESTING: usize = 16;
/// Depth of the parsed tree (a chain of forty `or` is forty deep); bounds the stack of the
/// evaluator.
pub const MAX_DEPTH: usize = 64;
/// Subtractions within one another: four cost 81 times one when a value is missing (`tree`).
pub const MAX_SUBTRACTIONS: usize = 4;
/// Items of one list in the values: with at most two `some`/`every` in one expression this bounds
/// the work.
pub const MAX_ITEMS: usize = 500;
/// `some`/`every` variables in one expression.
pub const MAX_QUANTIFIED: usize = 2;

/// The library says no more than "syntax error".
const NO_SENTENCE: &str =
    "it is not a FEEL expression; look for a missing operator, bracket or quotation mark";

/// An expression that gives a value.
#[derive(Clone)]
pub struct Expression {
    inner: Arc<Inner>,
}

/// An expression that holds or does not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Condition {
    expression: Expression,
}

/// What is wrong with an expression, with its text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}`: {problem}")]
pub struct FeelError {
    /// The expression (its beginning, when it is too long).
    pub text: String,
    /// What is wrong with it.
    pub problem: Problem,
}

/// The ways in which an expression can be wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// Nothing is written.
    #[error("the expression is empty")]
    Empty,
    /// More than a limit of this module allows.
    #[error("too big: {0}")]
    TooBig(String),
    /// It cannot be read as FEEL.
    #[error("cannot be read: {0}")]
    Unreadable(String),
    /// It is FEEL, but outside the part that is allowed here.
    #[error("not allowed here: {0}")]
    NotAllowed(String),
    /// A condition gave something other than true, false or null.
    #[error("a condition must give true or false, this gives {0}")]
    NotTrueOrFalse(String),
    /// The values or the result are outside what can be calculated with.
    #[error("cannot be calculated: {0}")]
    Incalculable(String),
}

struct Inner {
    text: String,
    names: Vec<String>,
    paths: Vec<String>,
    keys: Vec<Name>,
    plain: Option<Plain>,
    evaluator: Evaluator,
}

impl Expression {
    /// Reads an expression. Every plain word that is no keyword and no function is taken as a
    /// variable.
    pub fn parse(text: &str) -> Result<Expression, FeelError> {
        let wrong = |problem| FeelError {
            text: beginning(text),
            problem,
        };
        let survey = survey::survey(text).map_err(wrong)?;
        let scope = FeelScope::default();
        for word in &survey.words {
            scope.set_name(Name::from(word.as_str()));
        }
        let parse = || dsntk_feel_parser::parse_expression(&scope, &survey.spaced, false);
        let mut node = guarded(parse)
            .map_err(wrong)?
            .map_err(|_| wrong(Problem::Unreadable(NO_SENTENCE.to_owned())))?;
        let tree = tree::check(&mut node).map_err(wrong)?;
        let plain = Plain::of(&node);
        let evaluator = guarded(|| dsntk_feel_evaluator::prepare(&node)).map_err(wrong)?;
        let keys = tree
            .names
            .iter()
            .map(|name| Name::from(name.as_str()))
            .collect();
        let names = tree.names.into_iter().collect();
        let paths = tree.paths.into_iter().collect();
        let inner = Inner {
            text: text.trim().to_owned(),
            names,
            paths,
            keys,
            plain,
            evaluator,
        };
        Ok(Expression {
            inner: Arc::new(inner),
        })
    }

    /// The value for these variables (a JSON object). Numbers, texts, truth, null and lists; dates
    /// as ISO texts.
    pub fn evaluate(&self, vars: &Json) -> Result<Json, FeelError> {
        let wrong = |problem| self.wrong(problem);
        json::from_value(&self.value(|name| vars.get(name))?).map_err(wrong)
    }

    /// The variables mentioned, sorted: `applicant` for `applicant.age`.
    pub fn names(&self) -> &[String] {
        &self.inner.names
    }

    /// The variables with the path followed into them, sorted: `applicant.age`.
    pub fn paths(&self) -> &[String] {
        &self.inner.paths
    }

    /// The expression as written.
    pub fn text(&self) -> &str {
        &self.inner.text
    }

    fn value<'a>(&self, find: impl Fn(&str) -> Option<&'a Json>) -> Result<Value, FeelError> {
        let mut context = FeelContext::default();
        for (name, key) in self.inner.names.iter().zip(&self.inner.keys) {
            let value = find(name).unwrap_or(&Json::Null);
            context.set_entry(
                key,
                json::to_value(value).map_err(|problem| self.wrong(problem))?,
            );
        }
        let scope = FeelScope::from(context);
        guarded(|| (self.inner.evaluator)(&scope)).map_err(|problem| self.wrong(problem))
    }

    fn wrong(&self, problem: Problem) -> FeelError {
        FeelError {
            text: self.inner.text.clone(),
            problem,
        }
    }
}

impl Condition {
    /// Reads a condition.
    pub fn parse(text: &str) -> Result<Condition, FeelError> {
        Ok(Condition {
            expression: Expression::parse(text)?,
        })
    }

    /// Whether it holds for these variables (a JSON object). Null does not hold; a number or a text
    /// is an error.
    pub fn holds(&self, vars: &Json) -> Result<bool, FeelError> {
        self.holds_where(|name| vars.get(name))
    }

    /// As [`Condition::holds`], with each variable where `find` finds it: nothing is put together
    /// for one question.
    pub fn holds_where<'a>(
        &self,
        find: impl Fn(&str) -> Option<&'a Json>,
    ) -> Result<bool, FeelError> {
        let plain = self.expression.inner.plain.as_ref();
        match plain.and_then(|plain| plain.holds(&find)) {
            Some(holds) => Ok(holds),
            None => self.worked_out(find),
        }
    }

    /// Whether it is false for these variables. Null is not false: what is not known breaks no
    /// rule.
    pub fn fails_where<'a>(
        &self,
        find: impl Fn(&str) -> Option<&'a Json>,
    ) -> Result<bool, FeelError> {
        Ok(self.truth(find)? == Some(false))
    }

    fn worked_out<'a>(&self, find: impl Fn(&str) -> Option<&'a Json>) -> Result<bool, FeelError> {
        Ok(self.truth(find)?.unwrap_or(false))
    }

    fn truth<'a>(
        &self,
        find: impl Fn(&str) -> Option<&'a Json>,
    ) -> Result<Option<bool>, FeelError> {
        match self.expression.value(find)? {
            Value::Boolean(holds) => Ok(Some(holds)),
            Value::Null(_) => Ok(None),
            other => {
                let problem = Problem::NotTrueOrFalse(other.type_of().to_string());
                Err(self.expression.wrong(problem))
            }
        }
    }

    /// The variables mentioned, sorted: `applicant` for `applicant.age`.
    pub fn names(&self) -> &[String] {
        self.expression.names()
    }

    /// The variables with the path followed into them, sorted: `applicant.age`.
    pub fn paths(&self) -> &[String] {
        self.expression.paths()
    }

    /// The condition as written.
    pub fn text(&self) -> &str {
        self.expression.text()
    }
}

/// The library is not ours: should it panic on some text or value, the matter must see an error and
/// the program live on. Nothing is shared with the closure that a panic could leave half changed:
/// the scope is made for one call.
fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, Problem> {
    catch_unwind(AssertUnwindSafe(work))
        .map_err(|_| Problem::Incalculable("the FEEL library gave up on it".to_owned()))
}

fn beginning(text: &str) -> String {
    const SHOWN: usize = 200;
    text.trim().chars().take(SHOWN).collect()
}

impl fmt::Debug for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Expression").field(&self.inner.text).finish()
    }
}

/// The same text means the same.
impl PartialEq for Expression {
    fn eq(&self, other: &Expression) -> bool {
        self.inner.text == other.inner.text
    }
}

impl Eq for Expression {}

impl FromStr for Expression {
    type Err = FeelError;

    fn from_str(text: &str) -> Result<Expression, FeelError> {
        Expression::parse(text)
    }
}

impl FromStr for Condition {
    type Err = FeelError;

    fn from_str(text: &str) -> Result<Condition, FeelError> {
        Condition::parse(text)
    }
}

impl TryFrom<String> for Condition {
    type Error = FeelError;

    fn try_from(text: String) -> Result<Condition, FeelError> {
        Condition::parse(&text)
    }
}

impl From<Condition> for String {
    fn from(condition: Condition) -> String {
        condition.text().to_owned()
    }
}

#[cfg(test)]
mod tests;
