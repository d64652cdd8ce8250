//! The picture of a process: an SVG of boxes and arrows, for people and for screen readers.
//!
//! It knows no page and no colour: lines and letters take the colour of the text around (`currentColor`), and a page may style
//! the classes. It says nothing of its own: names come from the model, labels of roles and durations from the caller.

use std::fmt::Write;

use crate::model::{Kind, Model, Step};

/// How the opaque words of a model are to be read on the picture.
pub struct Words<'a> {
    /// The picture's name for screen readers.
    pub title: &'a str,
    /// The label of a role or of a consulted party.
    pub role: &'a dyn Fn(&str) -> String,
    /// The label of a duration or term.
    pub duration: &'a dyn Fn(&str) -> String,
}

impl Model {
    /// Draws the steps with their Vietnamese names; roles and durations as they are written in the model.
    pub fn draw(&self) -> String {
        let names: Vec<&str> = self
            .steps()
            .iter()
            .map(|step| step.name.vi.as_str())
            .collect();
        let title = names.join(" → ");
        let plain = |word: &str| word.to_owned();
        self.draw_with(&Words {
            title: &title,
            role: &plain,
            duration: &plain,
        })
    }

    /// Draws the steps with their Vietnamese names and the caller's labels.
    pub fn draw_with(&self, words: &Words) -> String {
        String::new()
    }
}
