//! Tệp: how files come in and go out, the same at every door. What cannot be taken is said with
//! what to do; what is handed out has a name that says what it is, and pictures are pictures.
//!
//! Lends: `keep`, `keep_for`, `sentence`, `answer`, `printed`, `Asked`, `name_or`, `called`.
//! Does not know: which paper a file is for, who may see it.
use facts::blob::{Files, KINDS, Kept, Media, Unkept};
use facts::fold::fold;
use futures_util::stream::try_unfold;
use jiff::Timestamp;
use kernel::Json;
use web::{Answer, FieldErrors, FileShown, FormData, Problem, UploadedFile, show};

use crate::{Ground, draft};

/// Letters of a paper's name in the name of its file.
const PAPER_NAME_MAX: usize = 60;

/// A file that came with a form and is safely kept.
#[derive(Debug)]
pub struct Taken {
    /// The field in which it came.
    pub field: String,
    /// What it was called.
    pub name: String,
    /// Its place in the store.
    pub kept: Kept,
}

/// Keeps what can be kept; the rest comes back as errors at the fields, with what to do.
///
/// # Errors
/// When the disk fails or is full.
pub async fn keep(
    ground: &Ground,
    uploads: &[UploadedFile],
) -> Result<(Vec<Taken>, FieldErrors), Problem> {
    let mut all = Vec::new();
    let mut errors = FieldErrors::new();
    for upload in uploads {
        match ground.keep_upload(upload).await {
            Ok(kept) => all.push(Taken {
                field: upload.field.clone(),
                name: upload.file_name.clone(),
                kept,
            }),
            Err(Unkept::Disk(error)) => return Err(Problem::unwritten(error)),
            Err(unkept) => errors.add(upload.field.clone(), sentence(&upload.file_name, &unkept)),
        }
    }
    Ok((all, errors))
}

/// As [`keep`], into the drafts of an account: what they hold together has a bound.
///
/// # Errors
/// When the database or the disk fails.
pub async fn keep_for(
    ground: &Ground,
    (owner, now): (&str, Timestamp),
    mut uploads: Vec<UploadedFile>,
) -> Result<(Vec<Taken>, FieldErrors), Problem> {
    let mut too_much = Vec::new();
    if !uploads.is_empty() {
        let mut held = draft::held(ground.db(), &ground.files, owner, now).await?;
        let mut fits = |upload: &mut UploadedFile| match held.with(upload.bytes) {
            Some(sum) => {
                held = sum;
                true
            }
            // What did not arrive has its own sentence.
            None => upload.fault.is_some(),
        };
        too_much = uploads.extract_if(.., |upload| !fits(upload)).collect();
    }
    let (taken, mut errors) = keep(ground, &uploads).await?;
    for upload in &too_much {
        errors.add(upload.field.clone(), no_room(&upload.file_name));
    }
    Ok((taken, errors))
}

fn no_room(name: &str) -> String {
    let most = show::bytes(draft::BYTES_HELD_MAX);
    format!(
        "Chưa nhận tệp “{name}”: các hồ sơ đang làm dở của bạn đã có nhiều tệp nhất được giữ ({} \
         tệp, {most}). Nộp hoặc xoá bớt hồ sơ nháp, hoặc bỏ tệp không cần, rồi chọn lại.",
        draft::FILES_HELD_MAX
    )
}

/// Why a file was not taken, and what to do.
#[must_use]
pub fn sentence(name: &str, unkept: &Unkept) -> String {
    match unkept {
        Unkept::Empty => {
            format!("Tệp rỗng “{name}” (0 byte): chụp hoặc quét lại, rồi chọn lại tệp.")
        }
        Unkept::TooLarge(most) => {
            let most = show::bytes(*most);
            format!("Tệp “{name}” lớn hơn {most}. Chụp lại nhỏ hơn, hoặc chia làm nhiều tệp.")
        }
        Unkept::TooMuch => {
            let most = web::FILES_MAX;
            format!(
                "Tệp “{name}” chưa được nhận: mỗi lần gửi nhiều nhất {most} tệp. Lưu rồi chọn lại \
                 tệp này."
            )
        }
        Unkept::UnknownKind => format!("Không nhận tệp “{name}”. Chỉ nhận {KINDS}."),
        Unkept::OldOffice => format!(
            "Tệp “{name}” là Word, Excel đời cũ (.doc, .xls) hoặc có mật khẩu. Mở tệp, chọn Lưu \
             thành .docx, .xlsx hoặc PDF không mật khẩu, rồi chọn lại."
        ),
        Unkept::Macros => format!(
            "Tệp “{name}” có macro (chương trình bên trong). Lưu thành .docx, .xlsx không macro \
             hoặc PDF, rồi chọn lại."
        ),
        Unkept::Protected(Media::Pdf) => format!(
            "Tệp “{name}” có mật khẩu hoặc bị khoá. Mở tệp, chọn In rồi Lưu thành PDF (không đặt \
             mật khẩu), rồi chọn lại."
        ),
        Unkept::Protected(_) => {
            format!("Tệp “{name}” có mật khẩu. Lưu lại không đặt mật khẩu, rồi chọn lại.")
        }
        Unkept::Damaged(Media::Heic) => format!(
            "Không đọc được ảnh “{name}”. Chụp màn hình ảnh đó, hoặc gửi lại ảnh dạng JPG (iPhone: \
             Cài đặt, Camera, Định dạng, Tương thích nhất)."
        ),
        Unkept::Damaged(_) => format!(
            "Tệp “{name}” bị hỏng, không mở được. Quét hoặc xuất lại thành PDF, hoặc chụp ảnh giấy."
        ),
        Unkept::Disk(_) => format!("Chưa lưu được tệp “{name}”. Thử lại sau ít phút."),
    }
}

/// Whether somebody wants to look at a file, or the very bytes that were handed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// To look at; a picture that browsers cannot draw comes as one that they can.
    Shown,
    /// The original, to keep.
    Original,
}

impl Asked {
    /// As the address says: `?original`.
    #[must_use]
    pub fn of(query: &FormData) -> Self {
        if query.has("original") {
            Self::Original
        } else {
            Self::Shown
        }
    }
}

/// A file of the store as an answer; 404 when it is not there (any more).
///
/// # Errors
/// [`Problem`]: not there, or the disk failed.
pub async fn answer(files: &Files, digest: &str, name: &str, asked: Asked) -> Answer {
    let opened = files.open_kept(digest).await?.ok_or(Problem::NotFound)?;
    if asked == Asked::Shown
        && opened.media == Some(Media::Heic)
        && let Some(jpeg) = files.preview(digest).await?
    {
        let name = without_ending(name, Media::Heic);
        return Ok(web::at_hand(
            jpeg,
            &shown(Some(Media::Jpeg), name, &fold(name)),
        ));
    }
    let media = opened.media;
    let mut shown = shown(media, name, "");
    let plain = fold(name);
    shown.plain_name = &plain;
    shown.in_place &= asked == Asked::Shown;
    let pieces = try_unfold(opened.file, |mut file| async move {
        let piece = file.next().await;
        piece.map(|piece| piece.map(|piece| (piece, file)))
    });
    Ok(web::streamed(pieces, opened.size, &shown))
}

/// A PDF that was made just now.
///
/// # Errors
/// None; it is an answer like the others.
pub fn printed(pdf: &[u8], name: &str) -> Answer {
    Ok(web::at_hand(
        pdf.to_vec(),
        &shown(Some(Media::Pdf), name, &fold(name)),
    ))
}

fn shown<'a>(media: Option<Media>, name: &'a str, plain_name: &'a str) -> FileShown<'a> {
    FileShown {
        kind: media.map_or("application/octet-stream", Media::name),
        endings: media.map_or(&[], Media::endings),
        in_place: media.is_some_and(Media::shown_in_place),
        name,
        plain_name,
    }
}

fn without_ending(name: &str, media: Media) -> &str {
    let cut = |ending: &&str| {
        let (stem, last) = name.rsplit_once('.')?;
        last.eq_ignore_ascii_case(ending).then_some(stem)
    };
    media.endings().iter().find_map(cut).unwrap_or(name)
}

/// What a file is called: as who sent it called it, else after the dossier and the paper, such as
/// `000.00.15.H15-261130-0001-giay-chung-sinh`.
#[must_use]
pub fn name_or(own: &str, code: &str, paper: &str) -> String {
    // What a file without a name is called when it comes in.
    if !matches!(own.trim(), "" | "file") {
        return own.to_owned();
    }
    let mut words = String::new();
    for letter in fold(paper).chars().take(PAPER_NAME_MAX) {
        match letter {
            'a'..='z' | '0'..='9' => words.push(letter),
            _ if words.ends_with('-') || words.is_empty() => {}
            _ => words.push('-'),
        }
    }
    let words = words.trim_end_matches('-');
    match (code, words) {
        ("", "") => "giay-to".to_owned(),
        ("", words) => words.to_owned(),
        (code, "") => format!("{code}-giay-to"),
        (code, words) => format!("{code}-{words}"),
    }
}

/// The name beside a digest that is the answer to a question for a file.
#[must_use]
pub fn called<'a>(answers: &'a Json, digest: &str) -> Option<&'a str> {
    match answers {
        Json::Object(map) if map.get("digest").and_then(Json::as_str) == Some(digest) => {
            map.get("name").and_then(Json::as_str)
        }
        Json::Object(map) => map.values().find_map(|value| called(value, digest)),
        Json::Array(items) => items.iter().find_map(|item| called(item, digest)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_called_as_its_owner_called_it_or_after_the_paper() {
        let code = "000.00.15.H15-261130-0001";
        assert_eq!(name_or("IMG_01.jpg", code, "Giấy chứng sinh"), "IMG_01.jpg");
        assert_eq!(
            name_or("", code, "Giấy chứng sinh (bản chính), nếu có"),
            "000.00.15.H15-261130-0001-giay-chung-sinh-ban-chinh-neu-co"
        );
        assert_eq!(
            name_or("file", code, ""),
            "000.00.15.H15-261130-0001-giay-to"
        );
        assert_eq!(name_or(" ", "", "Đơn đăng ký"), "don-dang-ky");
        assert_eq!(name_or("", "", ""), "giay-to");
    }

    #[test]
    fn every_refusal_names_the_file_and_says_what_to_do() {
        for unkept in [
            Unkept::Empty,
            Unkept::TooLarge(20 * 1024 * 1024),
            Unkept::TooMuch,
            Unkept::UnknownKind,
            Unkept::OldOffice,
            Unkept::Macros,
            Unkept::Protected(Media::Pdf),
            Unkept::Protected(Media::Docx),
            Unkept::Damaged(Media::Heic),
            Unkept::Damaged(Media::Pdf),
        ] {
            let told = sentence("thư.pdf", &unkept);
            assert!(told.contains("“thư.pdf”"), "{told}");
            let advice = ["chọn lại", "Chụp", "Chỉ nhận", "chụp"];
            assert!(advice.iter().any(|word| told.contains(word)), "{told}");
        }
    }

    /// What the picker offers is what is taken: each kind but HEIC, which iPhones turn into JPEG
    /// only when it is not offered.
    #[test]
    fn the_picker_offers_what_is_taken() {
        use facts::blob::ACCEPT;
        let all = [
            Media::Pdf,
            Media::Jpeg,
            Media::Png,
            Media::Heic,
            Media::Webp,
            Media::Tiff,
            Media::Docx,
            Media::Xlsx,
            Media::Odt,
            Media::Ods,
        ];
        for media in all {
            let ending = media.endings().iter().map(|ending| format!(".{ending}"));
            let mut names = ending.chain([media.name().to_owned()]);
            let offered = names.any(|name| ACCEPT.split(',').any(|one| one == name));
            assert_eq!(offered, media != Media::Heic, "{media:?}");
        }
        assert_eq!(ACCEPT.split(',').count(), all.len() - 1);
    }

    #[tokio::test]
    async fn a_heic_photo_is_shown_as_a_picture_and_fetched_as_it_came() {
        let name = format!("dinh-files-{}", web::fresh_id());
        let store = Files::open(std::env::temp_dir().join(name), 1_000_000).expect("a folder");
        let photo = include_bytes!("../../facts/src/blob/samples/photo.heic");
        let digest = store.keep(photo).await.expect("kept").digest;
        let head = async |asked| {
            let answer = answer(&store, &digest, "IMG_7.HEIC", asked)
                .await
                .expect("an answer");
            ["content-type", "content-disposition"].map(|name| {
                let value = answer.headers()[name].to_str().expect("plain signs");
                value.to_owned()
            })
        };
        let [kind, named] = head(Asked::Shown).await;
        assert_eq!(kind, "image/jpeg");
        assert_eq!(
            named,
            "inline; filename=\"img_7.jpg\"; filename*=UTF-8''IMG_7.jpg"
        );
        let [kind, named] = head(Asked::Original).await;
        assert_eq!(kind, "image/heic");
        assert!(
            named.starts_with("attachment;") && named.ends_with("IMG_7.HEIC"),
            "{named}"
        );
        let gone = answer(&store, &"0".repeat(64), "x", Asked::Shown).await;
        assert!(matches!(gone, Err(Problem::NotFound)));
    }
}
