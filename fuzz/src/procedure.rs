//! The folder of a procedure: the first byte says which file is replaced. A fault names a file of
//! the content; what is read keeps the promises of a procedure.
use std::sync::LazyLock;

use facts::procedure::Catalogue;

use crate::folder::Folder;

const FOLDER: &str = "procedures/1.004873-marital-status";
const FILES: [&str; 4] = ["procedure.toml", "form.toml", "story.txt", "sample.json"];
static CONTENT: LazyLock<Folder> = LazyLock::new(|| Folder::with(&[FOLDER, "lists", "letters"]));

/// Loads the catalogue with that file.
pub fn eat(bytes: &[u8]) {
    let Some((file, rest)) = crate::choose(&FILES, bytes) else {
        return;
    };
    let file = format!("{FOLDER}/{file}");
    CONTENT.replaced(&file, rest, |folder| match Catalogue::load(folder) {
        Ok(catalogue) => {
            for procedure in catalogue.all() {
                assert!(!procedure.form.sections.is_empty());
            }
        }
        Err(faults) => {
            assert!(!faults.is_empty() && faults.iter().all(|f| !f.to_string().is_empty()))
        }
    });
}
