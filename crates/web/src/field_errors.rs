//! What is wrong with a form, field by field, in the order in which it was found.
//! Does not know: which fields a form has.

/// What is wrong with a form, field by field, in the order of the form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldErrors {
    items: Vec<(String, String)>,
}

impl FieldErrors {
    /// No error yet.
    pub fn new() -> FieldErrors {
        FieldErrors::default()
    }

    /// Adds a sentence that says what is wrong and what to do.
    pub fn add(&mut self, field: impl Into<String>, message: impl Into<String>) {
        self.items.push((field.into(), message.into()));
    }

    /// Adds what something else found wrong.
    pub fn add_all(&mut self, others: &FieldErrors) {
        self.items.extend(others.items.iter().cloned());
    }

    /// The first sentence about a field, or an empty text.
    pub fn of(&self, field: impl AsRef<str>) -> &str {
        let first = self.items.iter().find(|(name, _)| name == field.as_ref());
        first.map_or("", |(_, message)| message)
    }

    /// Whether something is wrong with this field.
    pub fn has(&self, field: impl AsRef<str>) -> bool {
        self.items.iter().any(|(name, _)| name == field.as_ref())
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// All, as (field, sentence).
    pub fn items(&self) -> &[(String, String)] {
        &self.items
    }
}
