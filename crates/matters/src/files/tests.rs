//! Names that say what a file is; sentences that say what to do.
use facts::blob::{Media, Unkept};

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

/// What the picker offers is what is taken: each kind but HEIC, which iPhones turn into JPEG only
/// when it is not offered.
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
    let photo = include_bytes!("../../../facts/src/blob/samples/photo.heic");
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
