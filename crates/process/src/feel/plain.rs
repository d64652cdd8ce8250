//! The two conditions that nearly every `when` is, a truth by its name and a text that is compared
//! with another, answered without the library: working one out costs it thirty times as much.
//! Whatever is not plain, a value of another type too, is the library's to say.
//!
//! Does not know: contexts, the evaluator.
use dsntk_feel_parser::AstNode;
use serde_json::Value as Json;

use super::json::is_date;

/// A condition that is plain.
pub(super) enum Plain {
    /// `mother_known`
    Named(String),
    /// `purpose = "marriage"`; the text is no date and has no escapes.
    Equal(String, String),
}

impl Plain {
    /// The tree as [`super::tree::check`] left it.
    pub(super) fn of(node: &AstNode) -> Option<Self> {
        match node {
            AstNode::Name(name) => Some(Self::Named(name.to_string())),
            AstNode::Eq(left, right) => match (&**left, &**right) {
                (AstNode::Name(name), AstNode::String(text)) if is_plain(text) => {
                    Some(Self::Equal(name.to_string(), text.clone()))
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether it holds; `None` where the library must say.
    pub(super) fn holds<'a>(&self, find: impl Fn(&str) -> Option<&'a Json>) -> Option<bool> {
        match self {
            Self::Named(name) => match find(name) {
                None | Some(Json::Null) => Some(false),
                Some(Json::Bool(truth)) => Some(*truth),
                Some(_) => None,
            },
            Self::Equal(name, text) => match find(name) {
                None | Some(Json::Null) => Some(false),
                Some(Json::String(value)) if !is_date(value) => Some(value == text),
                Some(_) => None,
            },
        }
    }
}

fn is_plain(text: &str) -> bool {
    !text.contains('\\') && !is_date(text)
}
