//! A file as an answer: the kind told by its first bytes, shown in place only when a browser can do
//! that without harm, everything else offered as a download.
//! Does not know: whose file it is.

use axum::body::{Body, Bytes};
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use facts::blob::{Files, Media};
use futures_util::stream::{Stream, try_unfold};
use std::io::SeekFrom;
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use web::{Answer, Problem};

/// Bytes read at once: one answer holds no more of the file than this.
const CHUNK_BYTES: usize = 64 * 1024;
/// Bytes that tell the kind; the longest signature of [`Media`] has 12.
const HEAD_BYTES: usize = 16;
/// Longer names are cut: they only serve to recognise the file.
const NAME_CHARS_MAX: usize = 120;
/// What strangers upload may show itself and load or run nothing.
const ALONE: &str = "default-src 'none'; img-src 'self'; object-src 'self'; \
    style-src 'unsafe-inline'; frame-ancestors 'none'";

/// A file of the store, streamed; 404 when it is not there (any more).
pub(super) async fn kept(files: &Files, digest: &str, name: &str) -> Answer {
    let mut file = files.open_kept(digest).await?.ok_or(Problem::NotFound)?;
    let size = file.metadata().await?.len();
    let mut head = [0; HEAD_BYTES];
    let read = file.read(&mut head).await?;
    file.seek(SeekFrom::Start(0)).await?;
    let media = Media::of(&head[..read]);
    let mut response = Body::from_stream(chunks(file)).into_response();
    describe(&mut response, media, name);
    response
        .headers_mut()
        .insert(header::CONTENT_LENGTH, size.into());
    Ok(response)
}

/// A PDF that was made just now.
pub(super) fn printed(pdf: &[u8], name: &str) -> Response {
    let mut response = Body::from(Bytes::copy_from_slice(pdf)).into_response();
    describe(&mut response, Some(Media::Pdf), name);
    response
}

fn chunks(file: File) -> impl Stream<Item = std::io::Result<Bytes>> {
    try_unfold(file, |mut file| async move {
        let mut chunk = Vec::with_capacity(CHUNK_BYTES);
        let limit = u64::try_from(CHUNK_BYTES).unwrap_or(u64::MAX);
        let read = (&mut file).take(limit).read_to_end(&mut chunk).await?;
        Ok((read > 0).then(|| (Bytes::from(chunk), file)))
    })
}

fn describe(response: &mut Response, media: Option<Media>, name: &str) {
    let shown = media.is_some_and(Media::shown_in_place);
    let kind = media.map_or("application/octet-stream", Media::name);
    let way = if shown { "inline" } else { "attachment" };
    let named = format!(
        "{way}; filename*=UTF-8''{}",
        encoded(&with_ending(name, media))
    );
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    if let Ok(named) = HeaderValue::from_str(&named) {
        headers.insert(header::CONTENT_DISPOSITION, named);
    }
    let policy = HeaderName::from_static("content-security-policy");
    headers.insert(policy, HeaderValue::from_static(ALONE));
    let sniff = HeaderName::from_static("x-content-type-options");
    headers.insert(sniff, HeaderValue::from_static("nosniff"));
}

/// The name with an ending that fits what the file is, whatever it was called.
fn with_ending(name: &str, media: Option<Media>) -> String {
    let name: String = name.chars().filter(|sign| !sign.is_control()).collect();
    let name: String = name.chars().take(NAME_CHARS_MAX).collect();
    let ending = match media {
        Some(Media::Pdf) => "pdf",
        Some(Media::Jpeg) => "jpg",
        Some(Media::Png) => "png",
        Some(Media::Heic) => "heic",
        Some(Media::Webp) => "webp",
        Some(Media::Tiff) => "tiff",
        // Word and Excel are one kind here; only their own names tell them apart.
        Some(Media::Office) | None => "",
    };
    let stem = match name.trim() {
        "" => "paper",
        given => given,
    };
    let ends = |ending: &str| stem.to_lowercase().ends_with(&format!(".{ending}"));
    if ending.is_empty() || ends(ending) || (ending == "jpg" && ends("jpeg")) {
        stem.to_owned()
    } else {
        format!("{stem}.{ending}")
    }
}

/// RFC 8187: everything but letters, digits and a few signs by its bytes.
fn encoded(name: &str) -> String {
    let mut out = String::with_capacity(name.len() * 3);
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => out.push(byte.into()),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_break_the_header_or_lie_about_the_kind() {
        let name = with_ending("Sổ đỏ\r\nSet-Cookie: a=b.exe", Some(Media::Pdf));
        assert_eq!(name, "Sổ đỏSet-Cookie: a=b.exe.pdf");
        assert!(encoded(&name).is_ascii());
        assert!(!encoded(&name).contains([':', '\r', '"', ';']));
        assert_eq!(with_ending("anh.JPEG", Some(Media::Jpeg)), "anh.JPEG");
        assert_eq!(with_ending("", Some(Media::Png)), "paper.png");
    }
}
