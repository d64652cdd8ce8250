//! Forms with files: each file is streamed to a folder and hashed on the way, within bounds.
//!
//! The first part must be the form's token, so that a forged upload is refused before its
//! bytes are taken. It does not know what a file is for, and believes nothing about its type.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::PathBuf;

use axum::body::{Body, Bytes};
use axum::extract::multipart::Field;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::header;
use futures_util::{StreamExt, stream};
use sha2::{Digest, Sha256};
use tokio::io::AsyncWriteExt;

use crate::form::{FIELD_BYTES_MAX, FIELDS_MAX, FORM_BYTES_MAX, FormData, FormError};
use crate::form::{Unreceived, UploadedFile};
use crate::problem::Problem;
use crate::site::Site;

/// Files of one form: a set of drawings, or the pages of a long contract as photos.
pub const FILES_MAX: usize = 30;
/// The whole of one form with files, in files of the greatest size: a set of drawings in parts.
pub(crate) const LARGEST_FILES_MAX: u64 = 6;
/// Of what is too much, so many times the whole of a form is still passed over, so that the other
/// fields arrive; whoever sends more is not somebody who chose a large file.
const PASSED_FORMS_MAX: u64 = 2;
/// The name of a file.
const FILE_NAME_CHARS_MAX: usize = 120;
/// Bytes of a file that wait to be written together: most scans of one page are written at once,
/// and eight files on their way hold half a megabyte.
const WAITING_BYTES_MAX: usize = 64 * 1024;
/// The token's part with its headers ends within this many bytes.
const FIRST_PART_BYTES_MAX: usize = 4 * 1024;

/// Reads a multipart request whose token has been checked. A file that is too much does not arrive
/// and says so ([`UploadedFile::fault`]); everything else of the form does.
pub(crate) async fn read(request: Request, site: &Site) -> Result<FormData, Problem> {
    let parts = Multipart::from_request(request, &()).await;
    let mut parts = parts.map_err(|_| Problem::BadRequest)?;
    let mut form = FormData::default();
    let whole = site.upload_max.saturating_mul(LARGEST_FILES_MAX);
    let mut room = Room {
        site,
        bytes: whole,
        passed: whole.saturating_mul(PASSED_FORMS_MAX),
    };
    let mut text_bytes = 0;
    while let Some(part) = parts.next_field().await.map_err(|_| Problem::BadRequest)? {
        let name = part.name().unwrap_or("").to_owned();
        if part.file_name().is_none() {
            let value = read_text(part).await?;
            text_bytes += value.len();
            if text_bytes > FORM_BYTES_MAX {
                return Err(FormError::TooLarge.into());
            }
            form.push(name, value)?;
            continue;
        }
        // What a browser sends when nothing was chosen has no name. A file of no bytes has one: it
        // is told to whoever chose it, and not passed over.
        if part.file_name() == Some("") {
            continue;
        }
        if form.files.len() >= FIELDS_MAX {
            return Err(Problem::TooLarge);
        }
        let arrived = form.files.iter().filter(|file| file.fault.is_none());
        let full = arrived.count() >= FILES_MAX;
        let file = receive(part, name, (&mut room, full)).await?;
        form.files.push(file);
    }
    Ok(form)
}

/// Reads only the texts of a multipart request; files pass by. Says whether there were any.
pub(crate) async fn read_texts(request: Request, site: &Site) -> Result<(FormData, bool), Problem> {
    let parts = Multipart::from_request(request, &()).await;
    let mut parts = parts.map_err(|_| Problem::BadRequest)?;
    let (mut form, mut had_files) = (FormData::default(), false);
    let mut bytes_left = site.upload_max.saturating_mul(LARGEST_FILES_MAX);
    let mut text_bytes = 0;
    while let Some(mut part) = parts.next_field().await.map_err(|_| Problem::BadRequest)? {
        if part.file_name().is_some() {
            while let Some(piece) = part.chunk().await.map_err(|_| Problem::BadRequest)? {
                had_files = true;
                let left = bytes_left.checked_sub(piece.len() as u64);
                bytes_left = left.ok_or(Problem::TooLarge)?;
            }
            continue;
        }
        let name = part.name().unwrap_or("").to_owned();
        let value = read_text(part).await?;
        text_bytes += value.len();
        if text_bytes > FORM_BYTES_MAX {
            return Err(FormError::TooLarge.into());
        }
        form.push(name, value)?;
    }
    Ok((form, had_files))
}

/// What one form may still bring.
struct Room<'a> {
    site: &'a Site,
    /// Bytes of files.
    bytes: u64,
    /// Bytes that are not kept.
    passed: u64,
}

async fn read_text(mut part: Field<'_>) -> Result<String, Problem> {
    let mut bytes = Vec::new();
    while let Some(piece) = part.chunk().await.map_err(|_| Problem::BadRequest)? {
        if bytes.len() + piece.len() > FIELD_BYTES_MAX {
            return Err(Problem::TooLarge);
        }
        bytes.extend_from_slice(&piece);
    }
    String::from_utf8(bytes).map_err(|_| Problem::BadRequest)
}

/// Streams one file to the folder. What is too much is read to its end and not kept: after it come
/// fields that are.
async fn receive(
    mut part: Field<'_>,
    field: String,
    (room, full): (&mut Room<'_>, bool),
) -> Result<UploadedFile, Problem> {
    let site = room.site;
    let mut file = UploadedFile {
        field,
        file_name: plain_name(part.file_name().unwrap_or("")),
        content_type: part.content_type().unwrap_or("").to_owned(),
        bytes: 0,
        sha256: String::new(),
        fault: None,
        path: site
            .upload_folder
            .join(format!("upload-{}", crate::fresh_id())),
    };
    let mut digest = Sha256::new();
    let mut out = Out::new(file.path.clone());
    while let Some(piece) = part.chunk().await.map_err(|_| Problem::BadRequest)? {
        let before = file.bytes;
        file.bytes += piece.len() as u64;
        if file.fault.is_none() {
            file.fault = match file.bytes {
                bytes if bytes > site.upload_max => Some(Unreceived::TooLarge),
                bytes if full || bytes > room.bytes => Some(Unreceived::TooMuch),
                _ => None,
            };
        }
        if file.fault.is_some() {
            let passed = room.passed.checked_sub(piece.len() as u64);
            room.passed = passed.ok_or(Problem::TooLarge)?;
            continue;
        }
        if site.room.refuses(before, &piece) {
            tracing::error!("no file is taken: the disk is nearly full");
            return Err(Problem::NoRoom);
        }
        digest.update(&piece);
        out.write(&piece).await.map_err(Problem::unwritten)?;
    }
    if file.fault.is_some() {
        return Ok(file);
    }
    room.bytes -= file.bytes;
    out.end().await.map_err(Problem::unwritten)?;
    file.sha256 = crate::hex(&digest.finalize());
    Ok(file)
}

/// A file that is being received. What fits into one write waits for it: each call to the disk is a
/// turn of another thread.
struct Out {
    path: PathBuf,
    file: Option<tokio::fs::File>,
    waiting: Vec<u8>,
}

impl Out {
    fn new(path: PathBuf) -> Self {
        Self {
            path,
            file: None,
            waiting: Vec::new(),
        }
    }

    async fn write(&mut self, piece: &[u8]) -> io::Result<()> {
        self.waiting.extend_from_slice(piece);
        if self.waiting.len() < WAITING_BYTES_MAX {
            return Ok(());
        }
        let mut file = match self.file.take() {
            Some(file) => file,
            None => tokio::fs::File::create_new(&self.path).await?,
        };
        file.write_all(&self.waiting).await?;
        self.waiting.clear();
        self.file = Some(file);
        Ok(())
    }

    async fn end(self) -> io::Result<()> {
        let Some(mut file) = self.file else {
            let written = move || File::create_new(self.path)?.write_all(&self.waiting);
            return tokio::task::spawn_blocking(written).await?;
        };
        file.write_all(&self.waiting).await?;
        file.flush().await
    }
}

/// The last part of a file name, without characters that could mislead a reader or a shell.
fn plain_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or("");
    let kept: String = text::line(last).chars().take(FILE_NAME_CHARS_MAX).collect();
    if kept.trim_matches('.').is_empty() {
        "file".into()
    } else {
        kept
    }
}

/// Reads just enough of a multipart body to see its first part, and gives the request back whole.
///
/// Returns the value of the first part when it is the token's, else an empty text.
pub(crate) async fn peek_token(request: Request) -> Result<(String, Request), Problem> {
    let boundary = boundary(&request).ok_or(Problem::BadRequest)?;
    let (parts, body) = request.into_parts();
    let mut stream = body.into_data_stream();
    let mut head = Vec::new();
    let mut token = None;
    while token.is_none() && head.len() < FIRST_PART_BYTES_MAX {
        let Some(piece) = stream.next().await else {
            break;
        };
        head.extend_from_slice(&piece.map_err(|_| Problem::BadRequest)?);
        token = first_part(&head, &boundary);
    }
    let head = stream::once(async { Ok::<_, axum::Error>(Bytes::from(head)) });
    let body = Body::from_stream(head.chain(stream));
    Ok((token.unwrap_or_default(), Request::from_parts(parts, body)))
}

fn boundary(request: &Request) -> Option<String> {
    let value = request.headers().get(header::CONTENT_TYPE)?.to_str().ok()?;
    let (_, rest) = value.split_once("boundary=")?;
    let text = rest.split(';').next()?.trim().trim_matches('"');
    (1..=70).contains(&text.len()).then(|| text.to_owned())
}

/// The value of the first part once it is complete: empty when it is not the token's part.
fn first_part(head: &[u8], boundary: &str) -> Option<String> {
    let mark = format!("--{boundary}\r\n");
    let Some(rest) = head.strip_prefix(mark.as_bytes()) else {
        return (head.len() > mark.len()).then(String::new);
    };
    let headers_end = rest.windows(4).position(|four| four == b"\r\n\r\n")?;
    let names = std::str::from_utf8(&rest[..headers_end]).unwrap_or("");
    let value = &rest[headers_end + 4..];
    let named = names.contains(&format!("name=\"{}\"", crate::csrf::FIELD));
    if !named || names.contains("filename") {
        return Some(String::new());
    }
    let end = format!("\r\n--{boundary}");
    let value_end = value
        .windows(end.len())
        .position(|some| some == end.as_bytes())?;
    Some(String::from_utf8_lossy(&value[..value_end]).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_first_part_is_seen_once_complete() {
        let body = b"--XX\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\nabc\r\n--XX\r\n";
        for cut in 0..body.len() - 2 {
            assert_eq!(
                first_part(&body[..cut], "XX").filter(|text| text != "abc"),
                None
            );
        }
        assert_eq!(first_part(body, "XX"), Some("abc".into()));
        assert_eq!(
            first_part(b"--YY\r\nContent-Dis", "XX"),
            Some(String::new())
        );
    }

    #[test]
    fn file_names_lose_their_folders_and_tricks() {
        assert_eq!(plain_name("C:\\Users\\x\\giấy tờ.pdf"), "giấy tờ.pdf");
        assert_eq!(plain_name("../../etc/passwd"), "passwd");
        assert_eq!(plain_name("anh\u{202e}fdp.exe"), "anhfdp.exe");
        assert_eq!(plain_name(".."), "file");
    }

    proptest! {
        #[test]
        fn no_head_crashes_the_peek(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = first_part(&bytes, "XX");
            let mut fair = b"--XX\r\n".to_vec();
            fair.extend(bytes);
            let _ = first_part(&fair, "XX");
        }
    }
}
