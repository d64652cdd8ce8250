//! Faults in content files, each at its file and line, so that the person who wrote the file finds
//! the place. A loader collects all of them and reports them together; it never stops at the
//! first.
//! Does not know: what any content file means; which folder belongs to which room.
use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// One fault in a content file. Printed as `file:line: message`, which editors turn into a link.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ContentError {
    /// The file as it was opened (content folder included).
    pub file: PathBuf,
    /// Line in the file, the first is 1. Faults of a whole file (missing, unreadable) say 1.
    pub line: usize,
    /// What is wrong, and what is allowed instead.
    pub message: String,
}

impl ContentError {
    /// A fault of the whole file: missing, unreadable, wrongly named.
    pub fn of_file(file: &Path, message: impl Into<String>) -> Self {
        Self {
            file: file.to_path_buf(),
            line: 1,
            message: message.into(),
        }
    }

    /// A fault at a place in the text: `span` counts bytes, as `toml::Spanned::span()` gives it.
    pub fn at(file: &Path, text: &str, span: Range<usize>, message: impl Into<String>) -> Self {
        Self {
            file: file.to_path_buf(),
            line: line_of(text, span.start),
            message: message.into(),
        }
    }

    /// What the TOML parser found wrong, at the line where it found it.
    pub fn of_toml(file: &Path, text: &str, error: &toml::de::Error) -> Self {
        let span = error.span().unwrap_or(0..0);
        Self::at(file, text, span, error.message().trim())
    }
}

impl fmt::Display for ContentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file.display(), self.line, self.message)
    }
}

impl std::error::Error for ContentError {}

/// The line, counted from 1, in which the byte at `offset` stands; beyond the end: the last line.
pub fn line_of(text: &str, offset: usize) -> usize {
    let end = offset.min(text.len());
    1 + text.as_bytes()[..end]
        .iter()
        .filter(|byte| **byte == b'\n')
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_becomes_a_line() {
        let text = "a = 1\nb = \"hai\"\n\nc = 3";
        let lines: Vec<usize> = [0, 5, 6, 17, 99]
            .iter()
            .map(|at| line_of(text, *at))
            .collect();
        assert_eq!(lines, [1, 1, 2, 4, 4]);
    }

    #[test]
    fn a_toml_fault_is_shown_as_file_line_message() {
        let text = "a = 1\nb = \n";
        let error = toml::from_str::<toml::Table>(text).expect_err("b has no value");
        let shown = ContentError::of_toml(Path::new("content/x.toml"), text, &error).to_string();
        assert!(shown.starts_with("content/x.toml:2: "), "{shown}");
    }
}
