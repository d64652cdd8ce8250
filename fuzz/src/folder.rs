//! A copy of our content in memory's folder, in which one file at a time is replaced.
use std::fs;
use std::path::{Path, PathBuf};

/// The copy; each process has its own.
pub struct Folder(PathBuf);

impl Folder {
    /// With these parts of the content, files or folders.
    pub fn with(parts: &[&str]) -> Self {
        let content = Path::new(env!("CARGO_MANIFEST_DIR")).join("../content");
        let folder = PathBuf::from(format!("/dev/shm/dinh-fuzz-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        for part in parts {
            copy(&content.join(part), &folder.join(part));
        }
        Self(folder)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Does `work` while `bytes` stand in place of `file`.
    pub fn replaced<T>(&self, file: &str, bytes: &[u8], work: impl FnOnce(&Path) -> T) -> T {
        let path = self.0.join(file);
        let before = fs::read(&path).expect("a file of the copy");
        fs::write(&path, bytes).expect("room in memory");
        let done = work(&self.0);
        fs::write(&path, before).expect("room in memory");
        done
    }
}

fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        for entry in fs::read_dir(from).expect("our own content").flatten() {
            copy(&entry.path(), &to.join(entry.file_name()));
        }
    } else {
        fs::create_dir_all(to.parent().expect("inside the copy")).expect("a folder");
        fs::copy(from, to).expect("a copy");
    }
}
