//! Uploaded files: taken into the store, and shown back to the one who sent them.
//! Does not know: which paper a file is for.
use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use facts::blob::{self, Media, Unkept};
use futures_util::{Stream, stream};
use matters::Ground;
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use web::{Answer, FieldErrors, Problem, UploadedFile};

use super::Opened;

/// Bytes moved at once from the upload to the store.
const PIECE_BYTES: usize = 64 * 1024;
/// Bytes that tell the kind of a file.
const HEAD_BYTES: usize = 16;

/// A file that is safely kept.
pub(super) struct Kept {
    /// The field in which it came.
    pub(super) field: String,
    /// What it was called.
    pub(super) name: String,
    /// Its place in the store.
    pub(super) kept: blob::Kept,
}

/// Keeps what can be kept; the rest comes back as errors under the fields, with what to do.
pub(super) async fn keep(
    ground: &Ground,
    uploads: &[UploadedFile],
) -> Result<(Vec<Kept>, FieldErrors), Problem> {
    let mut all = Vec::new();
    let mut errors = FieldErrors::new();
    for upload in uploads {
        match ground.keep_upload(upload).await {
            Ok(kept) => all.push(Kept {
                field: upload.field.clone(),
                name: upload.file_name.clone(),
                kept,
            }),
            Err(Unkept::Disk(error)) => return Err(Problem::unwritten(error)),
            Err(unkept) => errors.add(upload.field.clone(), fault(&upload.file_name, &unkept)),
        }
    }
    Ok((all, errors))
}

fn fault(name: &str, unkept: &Unkept) -> String {
    match unkept {
        Unkept::Empty => format!("Tệp “{name}” trống. Chọn lại tệp khác."),
        Unkept::TooLarge(most) => {
            let most = web::show::bytes(*most);
            format!("Tệp “{name}” lớn hơn {most}. Chụp lại nhỏ hơn, hoặc chia làm nhiều tệp.")
        }
        Unkept::TooMuch => {
            let most = web::FILES_MAX;
            format!(
                "Tệp “{name}” chưa được nhận: mỗi lần gửi nhiều nhất {most} tệp. Gửi tệp này ở \
                 lần sau."
            )
        }
        _ => format!("Không đọc được tệp “{name}”. Chụp ảnh giấy tờ, hoặc chọn tệp PDF."),
    }
}

pub(super) async fn show(
    Opened { ground, doing, .. }: Opened,
    Path((_, digest)): Path<(String, String)>,
) -> Answer {
    if !doing.draft.has_file(&digest) {
        return Err(Problem::NotFound);
    }
    let file = ground
        .files
        .open_kept(&digest)
        .await
        .map_err(Problem::trouble)?;
    answer(file.ok_or(Problem::NotFound)?).await
}

/// A picture or a PDF opens in the browser; anything else is only downloaded.
async fn answer(mut file: tokio::fs::File) -> Answer {
    let mut head = [0; HEAD_BYTES];
    let length = file.read(&mut head).await.map_err(Problem::trouble)?;
    file.rewind().await.map_err(Problem::trouble)?;
    let media = Media::of(&head[..length]);
    let kind = media.map_or("application/octet-stream", Media::name);
    let disposition = match media.is_some_and(Media::shown_in_place) {
        true => "inline",
        false => "attachment",
    };
    let mut response: Response = Body::from_stream(pieces(file)).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(
        header::CONTENT_DISPOSITION,
        HeaderValue::from_static(disposition),
    );
    Ok(response)
}

/// The file piece by piece, so that many large ones do not fill the memory.
fn pieces(file: tokio::fs::File) -> impl Stream<Item = std::io::Result<Vec<u8>>> {
    stream::try_unfold(file, async |mut file| {
        let mut piece = vec![0; PIECE_BYTES];
        let length = file.read(&mut piece).await?;
        piece.truncate(length);
        Ok((length > 0).then_some((piece, file)))
    })
}
