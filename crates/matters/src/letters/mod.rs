//! Letters: the Typst templates of content, ready to print. Papers are made from the entries when
//! somebody wants them, and remembered by their content while memory allows.
//!
//! Does not know: what stands in a letter (each room gives its data), nor whether somebody may read
//! it.
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use facts::content::ContentError;
use kernel::{Json, Trouble};
use print::{Cache, Press, PrintError, Template};

/// Memory for printed letters: more than a hundred of the usual 60 kB.
const CACHE_BYTES: usize = 8 * 1024 * 1024;
/// The layout that every letter may import.
const LAYOUT: &str = "layout.typ";

/// All templates of `content/letters` and the result letters of procedures.
pub struct Letters {
    by_name: BTreeMap<String, Template>,
    by_path: BTreeMap<PathBuf, Template>,
    press: Press,
}

impl Letters {
    /// Reads `content/letters/*.typ`, and `results`: letters that procedures bring themselves.
    ///
    /// # Errors
    /// Every template that cannot be read, with its file.
    pub fn load(
        content: &Path,
        results: impl Iterator<Item = PathBuf>,
    ) -> Result<Self, Vec<ContentError>> {
        let folder = content.join("letters");
        let read = |path: &Path| {
            std::fs::read_to_string(path)
                .map_err(|error| vec![ContentError::of_file(path, error.to_string())])
        };
        let layout = read(&folder.join(LAYOUT))?;
        let listing = std::fs::read_dir(&folder)
            .map_err(|error| vec![ContentError::of_file(&folder, error.to_string())])?;
        let mut by_name = BTreeMap::new();
        for path in listing.flatten().map(|entry| entry.path()) {
            let stem = path
                .file_stem()
                .and_then(|stem| stem.to_str())
                .unwrap_or_default();
            if path.extension().is_some_and(|ending| ending == "typ") && stem != "layout" {
                let template = template(stem, read(&path)?, &layout);
                by_name.insert(stem.to_owned(), template);
            }
        }
        let mut by_path = BTreeMap::new();
        for path in results {
            let template = template(&path.to_string_lossy(), read(&path)?, &layout);
            by_path.insert(path, template);
        }
        Ok(Self {
            by_name,
            by_path,
            press: Press::start(Cache::new(CACHE_BYTES)),
        })
    }

    /// Prints the letter `name` ("01" … "07", "fee-receipt", "result").
    ///
    /// # Errors
    /// [`Trouble::Broken`] that names the template and what does not fit it.
    pub async fn pdf(&self, name: &str, data: Json) -> Result<Arc<[u8]>, Trouble> {
        let known = self.by_name.get(name).cloned();
        let template = known.ok_or_else(|| Trouble::Broken(format!("no letter {name}")))?;
        self.print(template, data).await
    }

    /// Prints a procedure's own result letter.
    ///
    /// # Errors
    /// As [`Letters::pdf`].
    pub async fn result_pdf(&self, path: &Path, data: Json) -> Result<Arc<[u8]>, Trouble> {
        let known = self.by_path.get(path).cloned();
        let template = known.ok_or_else(|| Trouble::Broken(format!("no letter {path:?}")))?;
        self.print(template, data).await
    }

    /// Layout is milliseconds of work: it never holds up the threads that answer requests.
    async fn print(&self, template: Template, data: Json) -> Result<Arc<[u8]>, Trouble> {
        let (reply, answer) = tokio::sync::oneshot::channel();
        let asked = self.press.print(template, data, move |made| {
            // Whoever asked may have gone away.
            let _ = reply.send(made);
        });
        asked.map_err(|error| trouble(&error))?;
        let made = answer.await.map_err(|error| trouble(&error))?;
        made.map_err(|error| trouble(&error))
    }
}

fn trouble(error: &(dyn std::error::Error + 'static)) -> Trouble {
    match error.downcast_ref() {
        Some(PrintError::Busy) => Trouble::Overloaded,
        _ => Trouble::Broken(error.to_string()),
    }
}

fn template(name: &str, source: String, layout: &str) -> Template {
    Template::new(name, source).with(LAYOUT, layout)
}

impl std::fmt::Debug for Letters {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Letters({:?})", self.by_name.keys().collect::<Vec<_>>())
    }
}
