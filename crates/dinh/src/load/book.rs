//! The book of what the server acknowledged, kept outside of it: in memory, and in a file of lines
//! when asked for, written before the next request. Does not know: how to look anything up.
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// How far a dossier has come, as its applicant would say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Far {
    /// Handed in.
    Submitted,
    /// Received by the counter, and in the offices.
    Accepted,
    /// The result is there.
    Issued,
    /// The result was handed over.
    Delivered,
}

impl Far {
    /// The word in the file of acknowledgements.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Submitted => "submitted",
            Self::Accepted => "accepted",
            Self::Issued => "issued",
            Self::Delivered => "delivered",
        }
    }
}

/// What is known of one dossier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// What was acknowledged last.
    pub far: Far,
    /// A further step was asked for and never answered: it may have happened.
    pub perhaps: Option<Far>,
}

/// Acknowledged dossiers by code. Clones share one book.
#[derive(Clone)]
pub struct Book(Arc<Mutex<Inner>>);

struct Inner {
    known: BTreeMap<String, Known>,
    file: Option<File>,
}

impl Inner {
    fn line(&mut self, columns: [&str; 4]) -> Result<(), String> {
        let Some(file) = &mut self.file else {
            return Ok(());
        };
        let line = columns.join("\t") + "\n";
        file.write_all(line.as_bytes())
            .and_then(|()| file.sync_data())
            .map_err(|error| error.to_string())
    }
}

impl Book {
    /// An empty book; with a path, every acknowledgement is also a line of that file:
    /// command id, code, state and route, separated by tabs.
    ///
    /// # Errors
    /// When the file cannot be made.
    pub fn open(path: Option<&Path>) -> Result<Self, String> {
        let file = path.map(File::create).transpose();
        let shown = path
            .map(|path| path.display().to_string())
            .unwrap_or_default();
        let file = file.map_err(|error| format!("{shown}: {error}"))?;
        let known = BTreeMap::new();
        Ok(Self(Arc::new(Mutex::new(Inner { known, file }))))
    }

    /// The server said that this was done.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn acknowledged(&self, code: &str, far: Far, line: [&str; 2]) -> Result<(), String> {
        let [command_id, route] = line;
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        inner.line([command_id, code, far.word(), route])?;
        let known = Known { far, perhaps: None };
        inner.known.insert(code.to_owned(), known);
        Ok(())
    }

    /// The server took an application whose code it has not told yet: a line with the dossier's id.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn handed_in(&self, command_id: &str, id: &str) -> Result<(), String> {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        inner.line([command_id, id, "taken", "POST /apply/{}/check"])
    }

    /// Nobody knows whether this was done.
    pub fn unanswered(&self, code: &str, far: Far) {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = inner.known.get_mut(code) {
            known.perhaps = Some(far);
        }
    }

    /// All of it.
    #[must_use]
    pub fn known(&self) -> Vec<(String, Known)> {
        let inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        inner
            .known
            .iter()
            .map(|(code, known)| (code.clone(), known.clone()))
            .collect()
    }
}
