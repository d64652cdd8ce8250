//! The world of this room's tests: a procedure that no law knows ("dog licence"), in two cases,
//! under the real calendar; and the tests themselves.
mod access;
mod costs;
mod golden;
mod letters;
mod properties;
mod stories;
mod tables;

use super::Law;
use facts::calendar::Calendars;
use facts::procedure::{Catalogue, Procedure};
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

/// Set to 1, golden files and the outcomes of stories are rewritten instead of compared.
const UPDATE: &str = "UPDATE";

static LAW: LazyLock<Law> = LazyLock::new(|| {
    let content = house().join("../../content");
    Law {
        catalogue: Arc::new(catalogue(&content)),
        calendars: Arc::new(calendars(&content)),
    }
});

fn house() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn room() -> PathBuf {
    house().join("src/dossier")
}

fn calendars(content: &Path) -> Calendars {
    Calendars::load(content).unwrap_or_else(|faults| panic!("{faults:?}"))
}

/// The dog procedures beside the lists and letters of the real content.
fn catalogue(content: &Path) -> Catalogue {
    let folder = std::env::temp_dir().join(format!("dinh_dossier_{}", std::process::id()));
    for part in ["lists", "letters"] {
        copy(&content.join(part), &folder.join(part));
    }
    copy(
        &room().join("tests/content/procedures"),
        &folder.join("procedures"),
    );
    let loaded = Catalogue::load(&folder);
    std::fs::remove_dir_all(&folder).expect("the folder is ours");
    loaded.unwrap_or_else(|faults| {
        let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
        panic!("{}", faults.join("\n"))
    })
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("the temporary folder is writable");
    for entry in std::fs::read_dir(from).expect("content is there").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).expect("a file can be copied");
        }
    }
}

fn procedure(case: &str) -> &'static Procedure {
    let found = LAW
        .catalogue
        .all()
        .find(|procedure| procedure.key.case == case);
    found.expect("the case is in the test content")
}

fn procedures() -> Vec<&'static Procedure> {
    vec![procedure("default"), procedure("breeder")]
}

/// Compares with a file, or rewrites it.
fn golden(path: &Path, text: &str) {
    if std::env::var(UPDATE).is_ok_and(|value| value == "1") {
        std::fs::write(path, text).expect("the golden file is writable");
        return;
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        kept == text,
        "{} differs: run again with UPDATE=1 and read the diff",
        path.display()
    );
}
