//! Content, the government as data: the folder that a setting names, the repository's own when run
//! from there, or the copy inside the program, unpacked beside the data.
use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};
use sha2::{Digest, Sha256};

/// The repository's `content/` as it was when the program was built.
static WITHIN: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../content");

/// The folder to load content from; unpacks the program's own copy when `chosen` is none.
///
/// # Errors
/// When the copy cannot be written beside the data.
pub fn folder(chosen: Option<&Path>, data: &Path) -> std::io::Result<PathBuf> {
    if let Some(chosen) = chosen {
        return Ok(chosen.to_owned());
    }
    let target = data.join(format!("content-{}", version()));
    if !target.exists() {
        // Another process may unpack at the same moment: each does so aside, and one name wins.
        let aside = data.join(format!("content-unpacking-{}", std::process::id()));
        std::fs::create_dir_all(&aside)?;
        WITHIN.extract(&aside)?;
        if std::fs::rename(&aside, &target).is_err() {
            std::fs::remove_dir_all(&aside)?;
        }
    }
    Ok(target)
}

/// Names the embedded content by its bytes, so that a new program never reads an old copy.
fn version() -> String {
    let mut hash = Sha256::new();
    add(&WITHIN, &mut hash);
    hash.finalize()
        .iter()
        .take(6)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn add(folder: &Dir<'_>, hash: &mut Sha256) {
    for file in folder.files() {
        hash.update(file.path().to_string_lossy().as_bytes());
        hash.update(file.contents());
    }
    for inner in folder.dirs() {
        add(inner, hash);
    }
}
