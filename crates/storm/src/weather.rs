//! The weather over one process: wrong clock, failing writes, lying fsync, from a small C library
//! that is loaded before the C library's own (`shim/weather.c`). The program has no hook for it.
//!
//! Does not know: which process, what it makes of it.
use std::fs::File;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The library's source; compiled once a run with the machine's C compiler.
const SOURCE: &str = include_str!("../shim/weather.c");

/// `ENOSPC` and `EROFS` of Linux.
pub const NO_SPACE: i64 = 28;
/// See [`NO_SPACE`].
pub const READ_ONLY: i64 = 30;

/// Compiles the library into `folder`.
///
/// # Errors
/// When there is no C compiler.
pub fn library(folder: &Path) -> Result<PathBuf, String> {
    let source = folder.join("weather.c");
    let library = folder.join("weather.so");
    std::fs::write(&source, SOURCE).map_err(|e| format!("{}: {e}", source.display()))?;
    let mut compiler = Command::new("cc");
    compiler.args(["-shared", "-fPIC", "-O2", "-o"]);
    compiler.arg(&library).arg(&source).arg("-ldl");
    match compiler.status() {
        Ok(status) if status.success() => Ok(library),
        Ok(status) => Err(format!("cc: {status}")),
        Err(error) => Err(format!("cc: {error}")),
    }
}

/// The file that one process (or one database server with its children) looks at.
#[derive(Debug)]
pub struct Weather {
    /// Its path.
    pub path: PathBuf,
    file: File,
}

impl Weather {
    /// Calm weather.
    ///
    /// # Errors
    /// When the file cannot be made.
    pub fn new(path: PathBuf) -> Result<Self, String> {
        let mut file = File::create(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        file.write_all(&[0; 24]).map_err(|e| e.to_string())?;
        Ok(Self { path, file })
    }

    fn set(&self, slot: u64, value: i64) {
        let mut file = &self.file;
        let done = file
            .seek(SeekFrom::Start(slot * 8))
            .and_then(|_| file.write_all(&value.to_ne_bytes()));
        done.expect("a small file of our own");
    }

    /// How far the wall clock is off, in milliseconds.
    pub fn clock(&self, ms: i64) {
        self.set(0, ms);
    }

    /// With which error writes fail; 0 for none.
    pub fn writes_fail(&self, errno: i64) {
        self.set(1, errno);
    }

    /// From now on fsync answers "done" and does nothing.
    pub fn fsync_lies(&self) {
        self.set(2, 1);
    }
}
