//! What the writers were told: one line for each acknowledgement, written and synced outside the
//! system before the writer goes on.
//!
//! Does not know: what became of it.
use std::path::{Path, PathBuf};

/// One acknowledgement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The command that was acknowledged.
    pub command: String,
    /// The dossier's code; while its code was not told yet, its id.
    pub name: String,
    /// How far the dossier had come: `taken`, `submitted`, `accepted`, `issued`, `delivered`.
    pub far: String,
}

/// The files of all writers that ever ran.
#[derive(Debug, Clone, Default)]
pub struct Book {
    files: Vec<PathBuf>,
}

impl Book {
    /// A new file for a new writer.
    pub fn open(&mut self, folder: &Path) -> PathBuf {
        let file = folder.join(format!("acknowledged-{}.tsv", self.files.len()));
        self.files.push(file.clone());
        file
    }

    /// Whether the newest writer was told anything yet.
    #[must_use]
    pub fn begun(&self) -> bool {
        let size = self
            .files
            .last()
            .and_then(|file| std::fs::metadata(file).ok());
        size.is_some_and(|data| data.len() > 0)
    }

    /// All lines so far. A last line without its end is still being written.
    ///
    /// # Errors
    /// A line that is none.
    pub fn lines(&self) -> Result<Vec<Line>, String> {
        let mut all = Vec::new();
        for file in &self.files {
            let text = std::fs::read_to_string(file).unwrap_or_default();
            let whole = text.rfind('\n').map_or("", |end| &text[..end]);
            for line in whole.lines() {
                all.push(parse(line)?);
            }
        }
        Ok(all)
    }
}

/// Command id, name, state and route, separated by tabs.
///
/// # Errors
/// Anything else.
pub fn parse(line: &str) -> Result<Line, String> {
    let columns: Vec<&str> = line.split('\t').collect();
    let [command, name, far, _] = columns[..] else {
        return Err(format!("a broken line: {line}"));
    };
    Ok(Line {
        command: command.to_owned(),
        name: name.to_owned(),
        far: far.to_owned(),
    })
}
