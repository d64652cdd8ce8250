//! Blob: the bytes that people upload, kept in a folder under their SHA-256, written once, synced
//! before they are acknowledged. The same bytes are kept once.
//!
//! Does not know: whose they are or who may see them; the dossier that names a digest does.
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use sha2::{Digest, Sha256};

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
    /// It came with more files, or more bytes, than one form may bring.
    #[error("the file is one too many")]
    TooMuch,
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

    /// Where files wait that are still being received; on the same disk, so that keeping one is
    /// giving it its name.
    #[must_use]
    pub fn incoming(&self) -> PathBuf {
        self.folder.join("incoming")
    }

    /// Keeps `bytes` that are already at hand.
    ///
    /// # Errors
    /// [`Unkept`]; nothing is kept then.
    pub async fn keep(&self, bytes: &[u8]) -> Result<Kept, Unkept> {
        // A name that no other node that shares the folder can think of.
        let path = self.incoming().join(uuid::Uuid::new_v4().to_string());
        let waiting = Waiting(path);
        tokio::fs::write(&waiting.0, bytes).await?;
        let digest = hex(&Sha256::digest(bytes));
        let received = Received {
            path: &waiting.0,
            digest: &digest,
            size: bytes.len() as u64,
        };
        self.adopt(received).await
    }

    /// Keeps a file that was received whole: syncs its bytes, then gives it its name and syncs
    /// that. From then on it survives a crash. Its bytes are not written again.
    ///
    /// # Errors
    /// [`Unkept`]; the file is then left where it is, for its owner to remove.
    pub async fn adopt(&self, received: Received<'_>) -> Result<Kept, Unkept> {
        let Received { path, digest, size } = received;
        if size == 0 {
            return Err(Unkept::Empty);
        }
        if size > self.size_max {
            return Err(self.too_large());
        }
        let naming = Naming {
            path: path.to_owned(),
            target: self.path(digest),
            root: self.folder.clone(),
        };
        let media = tokio::task::spawn_blocking(move || naming.carry_out())
            .await
            .map_err(std::io::Error::other)??;
        Ok(Kept {
            digest: digest.to_owned(),
            size,
            media,
        })
    }

    /// Why a file of more than the largest size is not kept.
    #[must_use]
    pub fn too_large(&self) -> Unkept {
        Unkept::TooLarge(self.size_max)
    }

    /// Removes what a crash left waiting: files untouched since `before`. Says how many.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn clear_incoming(&self, before: SystemTime) -> std::io::Result<usize> {
        let mut cleared = 0;
        for entry in std::fs::read_dir(self.incoming())? {
            let entry = entry?;
            let touched = entry.metadata()?.modified()?;
            if touched < before && std::fs::remove_file(entry.path()).is_ok() {
                cleared += 1;
            }
        }
        Ok(cleared)
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

/// A file that waits in [`Files::incoming`], hashed while it came in.
#[derive(Debug, Clone, Copy)]
pub struct Received<'a> {
    /// Where it lies.
    pub path: &'a Path,
    /// SHA-256 of its bytes, lower-case hexadecimal.
    pub digest: &'a str,
    /// Bytes.
    pub size: u64,
}

/// A received file on its way to its name.
struct Naming {
    path: PathBuf,
    target: PathBuf,
    root: PathBuf,
}

impl Naming {
    /// Waits for the disk, from the first step to the last on one thread.
    fn carry_out(&self) -> Result<Media, Unkept> {
        let mut file = std::fs::File::open(&self.path)?;
        let mut head = Vec::with_capacity(SIGNATURE_BYTES);
        let mut signature = (&mut file).take(SIGNATURE_BYTES as u64);
        signature.read_to_end(&mut head)?;
        let media = Media::of(&head).ok_or(Unkept::UnknownKind)?;
        file.sync_all()?;
        let folder = self.target.parent().unwrap_or(&self.root);
        match std::fs::rename(&self.path, &self.target) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                std::fs::create_dir_all(folder)?;
                sync_folder(&self.root)?;
                std::fs::rename(&self.path, &self.target)?;
            }
            named => named?,
        }
        sync_folder(folder)?;
        Ok(media)
    }
}

/// What names a folder holds survives a crash.
fn sync_folder(folder: &Path) -> std::io::Result<()> {
    std::fs::File::open(folder)?.sync_all()
}

/// A file of ours that waits; cleared away unless it was given its name.
struct Waiting(PathBuf);

impl Drop for Waiting {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::AsyncReadExt as _;

    fn store(size_max: u64) -> Files {
        let name = format!("dinh-blob-{}", uuid::Uuid::new_v4());
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

    #[tokio::test]
    async fn a_received_file_is_given_its_name_without_being_written_again() {
        let files = store(1_000);
        let path = files.incoming().join("upload-1");
        std::fs::write(&path, b"%PDF-1.7 x").expect("written");
        let written = std::fs::metadata(&path).expect("there").modified();
        let digest = hex(&Sha256::digest(b"%PDF-1.7 x"));
        let received = Received {
            path: &path,
            digest: &digest,
            size: 10,
        };
        let kept = files.adopt(received).await.expect("kept");
        assert!(!path.exists());
        let kept = std::fs::metadata(files.path(&kept.digest)).expect("there");
        assert_eq!(kept.modified().expect("a time"), written.expect("a time"));
    }

    #[tokio::test]
    async fn what_a_crash_left_is_cleared_and_what_still_comes_in_is_not() {
        let files = store(1_000);
        std::fs::write(files.incoming().join("left"), b"x").expect("written");
        let day = std::time::Duration::from_secs(86_400);
        let now = SystemTime::now();
        assert_eq!(files.clear_incoming(now - day).expect("reads"), 0);
        assert_eq!(files.clear_incoming(now + day).expect("reads"), 1);
    }
}
