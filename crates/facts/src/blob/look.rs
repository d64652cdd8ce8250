//! What a file is, as far as anybody can open it, and the picture that is made of one that browsers
//! cannot draw.
//! Does not know: under which name it is kept.
use std::io::Read as _;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::media::{Media, Signature};
use super::reading::damaged;
use super::{Files, Unkept, Waiting, hex, office, pdf, preview};

/// Bytes looked at to tell the kind of a file; every signature is shorter.
const SIGNATURE_BYTES: usize = 16;

impl Files {
    /// What a received file is, as far as anybody can open it. Of a picture that browsers cannot
    /// draw, one that they can is made now: whether it can be read is known before it is taken.
    pub(super) async fn look(&self, path: &Path, digest: &str) -> Result<Media, Unkept> {
        match signature(path.to_owned()).await? {
            Some(Signature::Is(Media::Heic)) => {
                let shown = self.make_preview(path, digest).await?;
                let media = Media::Heic;
                shown.map(|_| media).ok_or(Unkept::Damaged(media))
            }
            Some(Signature::Is(Media::Pdf) | Signature::Zip) => {
                let looked = self.read_whole(path, media_of).await?;
                looked.unwrap_or(Err(Unkept::Damaged(Media::Pdf)))
            }
            Some(Signature::Is(media)) => Ok(media),
            Some(Signature::OldOffice) => Err(Unkept::OldOffice),
            None => Err(Unkept::UnknownKind),
        }
    }

    /// Lets `look` see all bytes of a file; `None` when it failed at them, which is logged.
    pub(super) async fn read_whole<T: Send + 'static>(
        &self,
        path: &Path,
        look: impl FnOnce(&[u8]) -> T + Send + 'static,
    ) -> std::io::Result<Option<T>> {
        let _one = self.looks.acquire().await.map_err(std::io::Error::other)?;
        let bytes = tokio::fs::read(path).await?;
        let looked = tokio::task::spawn_blocking(move || look(&bytes)).await;
        Ok(looked
            .inspect_err(|error| tracing::error!(%error, "a look into a file failed"))
            .ok())
    }

    /// A picture of a kept file that browsers cannot draw, as JPEG: made when it came, or now, when
    /// it came before that was done. `None` when there is none.
    ///
    /// # Errors
    /// When the disk fails.
    pub async fn preview(&self, digest: &str) -> std::io::Result<Option<Vec<u8>>> {
        let Some(path) = self.place(digest).await? else {
            return Ok(None);
        };
        match tokio::fs::read(self.preview_path(digest)).await {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                match signature(path.clone()).await? {
                    Some(Signature::Is(Media::Heic)) => self.make_preview(&path, digest).await,
                    _ => Ok(None),
                }
            }
            Err(error) => Err(error),
        }
    }

    async fn make_preview(&self, path: &Path, digest: &str) -> std::io::Result<Option<Vec<u8>>> {
        let _one = self
            .previews
            .acquire()
            .await
            .map_err(std::io::Error::other)?;
        let bytes = tokio::fs::read(path).await?;
        if hex(&Sha256::digest(&bytes)) != digest {
            return Err(damaged(digest));
        }
        let made = tokio::task::spawn_blocking(move || preview::of_heic(&bytes)).await;
        let made = made.inspect_err(|error| tracing::error!(%error, "a picture was not read"));
        let Ok(Some(jpeg)) = made else {
            return Ok(None);
        };
        let path = self.preview_path(digest);
        if let Some(folder) = path.parent() {
            tokio::fs::create_dir_all(folder).await?;
        }
        let waiting = Waiting(self.incoming().join(uuid::Uuid::new_v4().to_string()));
        tokio::fs::write(&waiting.0, &jpeg).await?;
        tokio::fs::rename(&waiting.0, path).await?;
        Ok(Some(jpeg))
    }
}

/// What a file is, told by all of its bytes; an error when it cannot be taken.
///
/// # Errors
/// [`Unkept`], never of the disk.
pub fn media_of(bytes: &[u8]) -> Result<Media, Unkept> {
    let head = &bytes[..bytes.len().min(SIGNATURE_BYTES)];
    match Signature::of(head).ok_or(Unkept::UnknownKind)? {
        Signature::OldOffice => Err(Unkept::OldOffice),
        Signature::Zip => office::kind(bytes).map_err(|fault| match fault {
            office::Fault::Macros => Unkept::Macros,
            office::Fault::Protected => Unkept::Protected(Media::Docx),
            office::Fault::Unknown => Unkept::UnknownKind,
        }),
        Signature::Is(Media::Pdf) => match pdf::check(bytes) {
            Ok(()) => Ok(Media::Pdf),
            Err(pdf::Fault::Protected) => Err(Unkept::Protected(Media::Pdf)),
            Err(pdf::Fault::Broken) => Err(Unkept::Damaged(Media::Pdf)),
        },
        Signature::Is(Media::Heic) => {
            let shown = preview::of_heic(bytes).ok_or(Unkept::Damaged(Media::Heic));
            shown.map(|_| Media::Heic)
        }
        Signature::Is(media) => Ok(media),
    }
}

/// What the first bytes tell.
pub(super) async fn signature(path: PathBuf) -> std::io::Result<Option<Signature>> {
    let read = move || {
        let mut head = Vec::with_capacity(SIGNATURE_BYTES);
        let file = std::fs::File::open(path)?;
        file.take(SIGNATURE_BYTES as u64).read_to_end(&mut head)?;
        Ok(Signature::of(&head))
    };
    tokio::task::spawn_blocking(read)
        .await
        .map_err(std::io::Error::other)?
}
