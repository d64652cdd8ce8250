//! Blob: the bytes that people upload, kept in a folder under their SHA-256, written once, synced
//! before they are acknowledged. The same bytes are kept once.
//!
//! Does not know: whose they are or who may see them; the dossier that names a digest does.
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use sha2::{Digest, Sha256};
use tokio::io::AsyncWriteExt;

/// Bytes looked at to tell the kind of a file; every signature of [`Media`] is shorter.
const SIGNATURE_BYTES: usize = 16;

/// The kinds of files that a citizen's phone, a scanner and an office produce. Told by the first
/// bytes, never by the name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Media {
    /// Portable Document Format.
    Pdf,
    /// Photo of most phones.
    Jpeg,
    /// Screenshot or scan.
    Png,
    /// Photo of newer iPhones.
    Heic,
    /// Photo as some chat programs keep it.
    Webp,
    /// Scan of several pages.
    Tiff,
    /// Word or Excel of today (a ZIP container).
    Office,
}

impl Media {
    /// Recognises the kind by its signature.
    #[must_use]
    pub fn of(head: &[u8]) -> Option<Self> {
        let brand = head.get(4..12);
        match head {
            _ if head.starts_with(b"%PDF-") => Some(Self::Pdf),
            _ if head.starts_with(&[0xff, 0xd8, 0xff]) => Some(Self::Jpeg),
            _ if head.starts_with(b"\x89PNG\r\n\x1a\n") => Some(Self::Png),
            _ if matches!(brand, Some(b"ftypheic" | b"ftypheix" | b"ftypmif1")) => Some(Self::Heic),
            _ if head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP") => Some(Self::Webp),
            _ if head.starts_with(b"II*\0") || head.starts_with(b"MM\0*") => Some(Self::Tiff),
            _ if head.starts_with(b"PK\x03\x04") => Some(Self::Office),
            _ => None,
        }
    }

    /// The media type under which it is served.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Heic => "image/heic",
            Self::Webp => "image/webp",
            Self::Tiff => "image/tiff",
            Self::Office => "application/octet-stream",
        }
    }

    /// Whether a browser may show it in place; all else is only offered as a download.
    #[must_use]
    pub fn shown_in_place(self) -> bool {
        matches!(self, Self::Pdf | Self::Jpeg | Self::Png | Self::Webp)
    }
}

/// A file that is safely kept.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Kept {
    /// SHA-256 in hexadecimal: its name in the store.
    pub digest: String,
    /// Bytes.
    pub size: u64,
    /// What it is.
    pub media: Media,
}

/// Why a file was not kept.
#[derive(Debug, thiserror::Error)]
pub enum Unkept {
    /// No bytes at all.
    #[error("the file is empty")]
    Empty,
    /// More bytes than allowed.
    #[error("the file is larger than {0} bytes")]
    TooLarge(u64),
    /// None of the kinds of [`Media`].
    #[error("the file is of an unknown kind")]
    UnknownKind,
    /// The disk failed or is full.
    #[error("the file could not be kept: {0}")]
    Disk(#[from] std::io::Error),
}

/// The folder of kept files. Several nodes may share it.
#[derive(Debug, Clone)]
pub struct Files {
    folder: PathBuf,
    size_max: u64,
}

static COUNT: AtomicU64 = AtomicU64::new(0);

impl Files {
    /// Keeps files of at most `size_max` bytes in `folder`, which is made when absent.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn open(folder: impl Into<PathBuf>, size_max: u64) -> std::io::Result<Self> {
        let folder = folder.into();
        std::fs::create_dir_all(folder.join("incoming"))?;
        Ok(Self { folder, size_max })
    }

    /// Starts to take in a file, piece by piece.
    ///
    /// # Errors
    /// When the disk refuses.
    pub async fn begin(&self) -> Result<Incoming, Unkept> {
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("{}-{count}", std::process::id());
        let path = self.folder.join("incoming").join(name);
        let file = tokio::fs::File::create(&path).await?;
        let store = self.clone();
        Ok(Incoming {
            store,
            path,
            file,
            hash: Sha256::new(),
            size: 0,
            head: Vec::new(),
        })
    }

    /// Keeps `bytes` that are already at hand.
    ///
    /// # Errors
    /// [`Unkept`].
    pub async fn keep(&self, bytes: &[u8]) -> Result<Kept, Unkept> {
        let mut incoming = self.begin().await?;
        incoming.write(bytes).await?;
        incoming.finish().await
    }

    /// Opens a kept file for reading; `None` when there is none of that digest.
    ///
    /// # Errors
    /// When the disk fails.
    pub async fn open_kept(&self, digest: &str) -> std::io::Result<Option<tokio::fs::File>> {
        if digest.len() != 64 || !digest.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Ok(None);
        }
        match tokio::fs::File::open(self.path(digest)).await {
            Ok(file) => Ok(Some(file)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Two levels of folders keep each one small at a million files.
    fn path(&self, digest: &str) -> PathBuf {
        self.folder.join(&digest[..2]).join(digest)
    }
}

/// A file on its way into the store. Dropped before [`Incoming::finish`], it leaves nothing.
#[derive(Debug)]
pub struct Incoming {
    store: Files,
    path: PathBuf,
    file: tokio::fs::File,
    hash: Sha256,
    size: u64,
    head: Vec<u8>,
}

impl Incoming {
    /// Takes the next piece.
    ///
    /// # Errors
    /// [`Unkept::TooLarge`] as soon as it is, or the disk's error.
    pub async fn write(&mut self, piece: &[u8]) -> Result<(), Unkept> {
        self.size += piece.len() as u64;
        if self.size > self.store.size_max {
            return Err(Unkept::TooLarge(self.store.size_max));
        }
        let wanted = SIGNATURE_BYTES
            .saturating_sub(self.head.len())
            .min(piece.len());
        self.head.extend_from_slice(&piece[..wanted]);
        self.hash.update(piece);
        self.file.write_all(piece).await?;
        Ok(())
    }

    /// Syncs the bytes and their name to the disk; from then on the file survives a crash.
    ///
    /// # Errors
    /// [`Unkept`]; nothing is kept then.
    pub async fn finish(mut self) -> Result<Kept, Unkept> {
        if self.size == 0 {
            return Err(Unkept::Empty);
        }
        let media = Media::of(&self.head).ok_or(Unkept::UnknownKind)?;
        self.file.flush().await?;
        self.file.sync_all().await?;
        let hash = std::mem::take(&mut self.hash);
        let digest: String = hash
            .finalize()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let target = self.store.path(&digest);
        let folder = target.parent().unwrap_or(Path::new(".")).to_owned();
        tokio::fs::create_dir_all(&folder).await?;
        tokio::fs::rename(&self.path, &target).await?;
        for name in [folder.as_path(), self.store.folder.as_path()] {
            tokio::fs::File::open(name).await?.sync_all().await?;
        }
        Ok(Kept {
            digest,
            size: self.size,
            media,
        })
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        // After a finish the name is gone already; otherwise this clears an abandoned upload.
        let _ = std::fs::remove_file(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::AsyncReadExt;

    fn store(size_max: u64) -> Files {
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("dinh-blob-{}-{count}", std::process::id());
        Files::open(std::env::temp_dir().join(name), size_max).expect("temporary folder")
    }

    #[tokio::test]
    async fn bytes_come_back_under_their_digest() {
        let files = store(1_000);
        let kept = files.keep(b"%PDF-1.7 giay chung sinh").await.expect("kept");
        assert_eq!((kept.size, kept.media), (24, Media::Pdf));
        let mut file = files
            .open_kept(&kept.digest)
            .await
            .expect("disk")
            .expect("there");
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).await.expect("reads");
        assert_eq!(bytes, b"%PDF-1.7 giay chung sinh");
        assert_eq!(
            files
                .keep(b"%PDF-1.7 giay chung sinh")
                .await
                .expect("again"),
            kept
        );
    }

    #[tokio::test]
    async fn what_must_not_be_kept_leaves_nothing_behind() {
        let files = store(20);
        assert!(matches!(files.keep(b"").await, Err(Unkept::Empty)));
        assert!(matches!(
            files.keep(b"#!/bin/sh").await,
            Err(Unkept::UnknownKind)
        ));
        assert!(matches!(
            files.keep(&[0; 21]).await,
            Err(Unkept::TooLarge(20))
        ));
        let left = std::fs::read_dir(files.folder.join("incoming"))
            .expect("folder")
            .count();
        assert_eq!(left, 0);
        assert!(
            files
                .open_kept("../../etc/passwd")
                .await
                .expect("disk")
                .is_none()
        );
    }
}
