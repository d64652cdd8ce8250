//! Documents of the vault and uploaded files against the digests that name them: looked at whenever
//! all of them pass by, in a backup, in a restore, in a check.
//!
//! Does not know: who damaged them.
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use sha2::{Digest, Sha256};

use super::tar::hex;
use super::write::INCOMING;
use crate::{Value, append};

/// The table of documents.
const VAULT: &str = "vault";
/// Pictures made of files bear the names of those files: what they hold is made anew at any time.
const PREVIEWS: &str = "previews";
/// Letters of a SHA-256: only a file with such a name says what it holds.
const DIGEST_LETTERS: usize = 64;
/// The most that are named; beyond it the disk is lost, and who reads knows.
const NAMED_MAX: usize = 10_000;

/// Names of what is damaged, up to a bound.
pub(crate) fn name(damaged: &mut Vec<String>, words: String) {
    match damaged.len() {
        NAMED_MAX => damaged.push("and more".to_owned()),
        count if count < NAMED_MAX => damaged.push(words),
        _ => {}
    }
}

/// Which columns of a table of documents say what.
#[derive(Debug, Clone, Copy)]
pub(super) struct Documents {
    digest: usize,
    stream: usize,
    body: usize,
}

impl Documents {
    /// `None` for any other table.
    pub(super) fn of(table: &str, columns: &[String]) -> Option<Self> {
        let at = |name: &str| columns.iter().position(|column| column == name);
        (table == VAULT).then_some(())?;
        Some(Self {
            digest: at("digest")?,
            stream: at("stream")?,
            body: at("body")?,
        })
    }

    /// Names the document of this row if it does not fit.
    pub(super) fn look(self, row: &[Value], damaged: &mut Vec<String>) {
        let [stream, digest, body] =
            [self.stream, self.digest, self.body].map(|at| match &row[at] {
                Value::Text(text) => text.as_str(),
                _ => "",
            });
        if append::digest(body) != digest {
            name(damaged, append::damaged(stream, digest));
        }
    }
}

/// What passes through it is hashed.
pub(super) struct Hashed<I> {
    inner: I,
    hash: Sha256,
}

impl<I> Hashed<I> {
    pub(super) fn new(inner: I) -> Self {
        let hash = Sha256::new();
        Self { inner, hash }
    }

    /// Names the file at `path`, whose last part is its digest, if what passed does not fit.
    pub(super) fn look(self, path: &str, damaged: &mut Vec<String>) {
        if path.split('/').any(|part| part == PREVIEWS) {
            return;
        }
        let digest = path.rsplit('/').next().unwrap_or_default();
        let is_digest = digest.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !is_digest || digest.len() != DIGEST_LETTERS {
            return;
        }
        if hex(&self.hash.finalize()) != digest {
            name(
                damaged,
                format!("the file {digest} does not fit its digest"),
            );
        }
    }
}

impl<I: Read> Read for Hashed<I> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(bytes)?;
        self.hash.update(&bytes[..count]);
        Ok(count)
    }
}

impl<I: Write> Write for Hashed<I> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.inner.write(bytes)?;
        self.hash.update(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// Every file below `folder` that is not what its name says.
///
/// # Errors
/// When the disk fails.
pub fn damaged_files(folder: &Path) -> io::Result<Vec<String>> {
    let mut damaged = Vec::new();
    walk(folder, &mut damaged)?;
    Ok(damaged)
}

fn walk(folder: &Path, damaged: &mut Vec<String>) -> io::Result<()> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Ok(());
    };
    for entry in entries {
        let entry = entry?;
        let (path, own) = (entry.path(), entry.file_name());
        if path.is_dir() {
            if own != INCOMING && own != PREVIEWS {
                walk(&path, damaged)?;
            }
            continue;
        }
        let mut hashed = Hashed::new(File::open(&path)?);
        io::copy(&mut hashed, &mut io::sink())?;
        hashed.look(&own.to_string_lossy(), damaged);
    }
    Ok(())
}
