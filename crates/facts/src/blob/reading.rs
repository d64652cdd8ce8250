//! A kept file on its way to somebody: hashed piece by piece, and its last piece handed out only
//! when all of them fit the name. What was sent cannot be taken back, but nobody gets a damaged
//! file to its end.
//!
//! Does not know: who reads it.
use std::io::{Error, ErrorKind};

use sha2::{Digest as _, Sha256};
use tokio::fs::File;
use tokio::io::AsyncReadExt as _;

use super::hex;

/// Bytes read at once. A file that is not larger is looked at before anything of it is sent.
const PIECE_BYTES: usize = 64 * 1024;

/// A kept file while it is read.
#[derive(Debug)]
pub struct Reading {
    file: File,
    digest: String,
    hash: Sha256,
    /// The next piece: read, and not yet handed out.
    held: Vec<u8>,
}

impl Reading {
    pub(super) async fn begin(file: File, digest: &str, size: u64) -> std::io::Result<Self> {
        let mut reading = Self {
            file,
            digest: digest.to_owned(),
            hash: Sha256::new(),
            held: Vec::new(),
        };
        reading.held = reading.piece().await?;
        if size <= PIECE_BYTES as u64 {
            reading.fits()?;
        }
        Ok(reading)
    }

    /// The next piece; `None` at the end.
    ///
    /// # Errors
    /// When the disk fails, or instead of the last piece when the file is not what was kept.
    pub async fn next(&mut self) -> std::io::Result<Option<Vec<u8>>> {
        if self.held.is_empty() {
            return Ok(None);
        }
        let following = self.piece().await?;
        if following.is_empty() {
            self.fits()?;
        }
        Ok(Some(std::mem::replace(&mut self.held, following)))
    }

    /// All of it; only where it is small, or must be at hand at once.
    ///
    /// # Errors
    /// As [`Reading::next`].
    pub async fn whole(mut self) -> std::io::Result<Vec<u8>> {
        let mut all = Vec::new();
        while let Some(piece) = self.next().await? {
            all.extend(piece);
        }
        Ok(all)
    }

    async fn piece(&mut self) -> std::io::Result<Vec<u8>> {
        let mut piece = Vec::with_capacity(PIECE_BYTES);
        let mut some = (&mut self.file).take(PIECE_BYTES as u64);
        some.read_to_end(&mut piece).await?;
        self.hash.update(&piece);
        Ok(piece)
    }

    fn fits(&self) -> std::io::Result<()> {
        if hex(&self.hash.clone().finalize()) == self.digest {
            return Ok(());
        }
        Err(damaged(&self.digest))
    }
}

/// Told in the log too: whoever is sent the file learns no more than that it broke off.
pub(super) fn damaged(digest: &str) -> Error {
    let words = format!("the file {digest} does not fit its digest");
    tracing::error!(words, "a kept file is damaged: restore it from a backup");
    Error::new(ErrorKind::InvalidData, words)
}
