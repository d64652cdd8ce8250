//! Blob: the bytes that people upload, kept in a folder under their SHA-256, written once, synced
//! before they are acknowledged. The same bytes are kept once, and only what anybody can open.
//! Whoever reads them gets those that were kept, or an error (`reading`).
//!
//! Does not know: whose they are or who may see them; the dossier that names a digest does.
mod leaving;
mod look;
mod media;
mod office;
mod pdf;
mod preview;
mod reading;

pub use look::media_of;
pub use media::{ACCEPT, KINDS, Media};
pub use reading::Reading;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use look::signature;
use media::Signature;
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

/// Files read whole at once, to see what is in them: each holds at most its own size and what it
/// unpacks to, 100 MiB together.
const LOOKED_AT_ONCE: usize = 2;
/// Pictures made at once, see [`preview`].
const PREVIEWS_AT_ONCE: usize = 1;

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
    /// Word or Excel until 2003, or a document of today with a password: both look alike, and what
    /// program is in the first nobody can tell without running Office.
    #[error("the file is an office document of the old kind, or one with a password")]
    OldOffice,
    /// An office document with a program in it.
    #[error("the document carries macros")]
    Macros,
    /// A password stands before it.
    #[error("the file is protected by a password")]
    Protected(Media),
    /// It says what it is, and no program can open it.
    #[error("the file is damaged")]
    Damaged(Media),
    /// The disk failed or is full.
    #[error("the file could not be kept: {0}")]
    Disk(#[from] std::io::Error),
}

/// A kept file, opened.
pub struct Opened {
    /// At its first byte; what is read is compared with the digest.
    pub file: Reading,
    /// Bytes.
    pub size: u64,
    /// What it is; `None` for a file of a kind that was taken once and is no more.
    pub media: Option<Media>,
}

/// The folder of kept files. Several nodes may share it.
#[derive(Debug, Clone)]
pub struct Files {
    folder: PathBuf,
    size_max: u64,
    looks: Arc<Semaphore>,
    previews: Arc<Semaphore>,
}

impl Files {
    /// Keeps files of at most `size_max` bytes in `folder`, which is made when absent.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn open(folder: impl Into<PathBuf>, size_max: u64) -> std::io::Result<Self> {
        let folder = folder.into();
        std::fs::create_dir_all(folder.join("incoming"))?;
        Ok(Self {
            folder,
            size_max,
            looks: Arc::new(Semaphore::new(LOOKED_AT_ONCE)),
            previews: Arc::new(Semaphore::new(PREVIEWS_AT_ONCE)),
        })
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
        let media = self.look(path, digest).await?;
        let naming = Naming {
            path: path.to_owned(),
            target: self.path(digest),
            root: self.folder.clone(),
        };
        tokio::task::spawn_blocking(move || naming.carry_out())
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
    /// When the disk fails, or a small file is not what was kept.
    pub async fn open_kept(&self, digest: &str) -> std::io::Result<Option<Opened>> {
        let Some(path) = self.place(digest).await? else {
            return Ok(None);
        };
        let media = match signature(path.clone()).await? {
            Some(Signature::Is(media)) => Some(media),
            Some(Signature::Zip) => {
                let looked = self.read_whole(&path, media_of).await?;
                looked.and_then(Result::ok)
            }
            Some(Signature::OldOffice) | None => None,
        };
        let file = tokio::fs::File::open(path).await?;
        let size = file.metadata().await?.len();
        let file = Reading::begin(file, digest, size).await?;
        Ok(Some(Opened { file, size, media }))
    }

    /// How many bytes a kept file has; `None` when there is none of that digest.
    ///
    /// # Errors
    /// When the disk fails.
    pub async fn size_of(&self, digest: &str) -> std::io::Result<Option<u64>> {
        match self.place(digest).await? {
            Some(path) => Ok(Some(tokio::fs::metadata(path).await?.len())),
            None => Ok(None),
        }
    }

    /// Where a kept file lies: under its name, or on its way out (see [`leaving`]).
    async fn place(&self, digest: &str) -> std::io::Result<Option<PathBuf>> {
        if !is_digest(digest) {
            return Ok(None);
        }
        let path = self.path(digest);
        if tokio::fs::try_exists(&path).await? {
            return Ok(Some(path));
        }
        let (files, digest) = (self.clone(), digest.to_owned());
        tokio::task::spawn_blocking(move || files.on_its_way_out(&digest))
            .await
            .map_err(std::io::Error::other)?
    }

    fn preview_path(&self, digest: &str) -> PathBuf {
        self.folder.join("previews").join(&digest[..2]).join(digest)
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
    fn carry_out(&self) -> std::io::Result<()> {
        std::fs::File::open(&self.path)?.sync_all()?;
        let folder = self.target.parent().unwrap_or(&self.root);
        match std::fs::rename(&self.path, &self.target) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                std::fs::create_dir_all(folder)?;
                sync_folder(&self.root)?;
                std::fs::rename(&self.path, &self.target)?;
            }
            named => named?,
        }
        sync_folder(folder)
    }
}

fn is_digest(text: &str) -> bool {
    text.len() == 64
        && text
            .bytes()
            .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
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

/// A PDF of one empty page that bears a note: for trying out, and for tests.
#[must_use]
pub fn blank_pdf(note: &str) -> Vec<u8> {
    let note: String = note
        .chars()
        .filter(|sign| *sign != '\n' && *sign != '\r')
        .collect();
    let mut pdf = format!("%PDF-1.7\n%{note}\n").into_bytes();
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>",
    ];
    let mut table = "xref\n0 4\n0000000000 65535 f \n".to_owned();
    for (at, object) in objects.iter().enumerate() {
        table.push_str(&format!("{:010} 00000 n \n", pdf.len()));
        pdf.extend_from_slice(format!("{} 0 obj{object}endobj\n", at + 1).as_bytes());
    }
    let at = pdf.len();
    let end = format!("{table}trailer<</Size 4/Root 1 0 R>>\nstartxref\n{at}\n%%EOF\n");
    pdf.extend_from_slice(end.as_bytes());
    pdf
}

#[cfg(test)]
mod tests;
