//! Files kept, refused, cleared away.
use super::*;

fn store(size_max: u64) -> Files {
    let name = format!("dinh-blob-{}", uuid::Uuid::new_v4());
    Files::open(std::env::temp_dir().join(name), size_max).expect("temporary folder")
}

#[tokio::test]
async fn bytes_come_back_under_their_digest() {
    let files = store(1_000);
    let kept = files
        .keep(&blank_pdf("giay chung sinh"))
        .await
        .expect("kept");
    let pdf = blank_pdf("giay chung sinh");
    assert_eq!((kept.size, kept.media), (pdf.len() as u64, Media::Pdf));
    let file = files
        .open_kept(&kept.digest)
        .await
        .expect("disk")
        .expect("there")
        .file;
    let bytes = file.whole().await.expect("reads");
    assert_eq!(bytes, pdf);
    assert_eq!(
        files
            .keep(&blank_pdf("giay chung sinh"))
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
    let pdf = blank_pdf("x");
    std::fs::write(&path, &pdf).expect("written");
    let written = std::fs::metadata(&path).expect("there").modified();
    let digest = hex(&Sha256::digest(&pdf));
    let received = Received {
        path: &path,
        digest: &digest,
        size: pdf.len() as u64,
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

const PHOTO: &[u8] = include_bytes!("samples/photo.heic");

/// One file of a ZIP as programs write it: stored, with its length before it.
fn zip(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut zip, mut list) = (Vec::new(), Vec::new());
    for (name, bytes) in parts {
        let at = u32::try_from(zip.len()).expect("small").to_le_bytes();
        let size = u32::try_from(bytes.len()).expect("small").to_le_bytes();
        let name_size = u16::try_from(name.len()).expect("short").to_le_bytes();
        zip.extend(b"PK\x03\x04\x14\0\0\0\0\0\0\0\0\0\0\0\0\0");
        zip.extend(
            [
                &size[..],
                &size,
                &name_size,
                &[0; 2],
                name.as_bytes(),
                bytes,
            ]
            .concat(),
        );
        list.extend(b"PK\x01\x02\x14\0\x14\0\0\0\0\0\0\0\0\0\0\0\0\0");
        list.extend([&size[..], &size, &name_size, &[0; 12], &at, name.as_bytes()].concat());
    }
    let count = u16::try_from(parts.len()).expect("few").to_le_bytes();
    let at = u32::try_from(zip.len()).expect("small").to_le_bytes();
    let size = u32::try_from(list.len()).expect("small").to_le_bytes();
    zip.extend(list);
    zip.extend(b"PK\x05\x06\0\0\0\0");
    zip.extend([&count[..], &count, &size, &at, &[0; 2]].concat());
    zip
}

fn kinds(main: &str) -> String {
    let of = "application/vnd.openxmlformats-officedocument";
    format!(
        "<?xml version=\"1.0\"?><Types><Override ContentType=\"{of}.{main}.main+xml\"/></Types>"
    )
}

const WORD: &str = "wordprocessingml.document";

#[tokio::test]
async fn office_documents_are_told_by_what_is_in_them() {
    let files = store(1_000_000);
    let odf = "application/vnd.oasis.opendocument";
    let text = format!("{odf}.text").into_bytes();
    let table = format!("{odf}.spreadsheet").into_bytes();
    for (zip, media) in [
        (
            zip(&[("[Content_Types].xml", kinds(WORD).as_bytes())]),
            Media::Docx,
        ),
        (
            zip(&[(
                "[Content_Types].xml",
                kinds("spreadsheetml.sheet").as_bytes(),
            )]),
            Media::Xlsx,
        ),
        (
            zip(&[("mimetype", &text), ("content.xml", b"<x/>")]),
            Media::Odt,
        ),
        (zip(&[("mimetype", &table)]), Media::Ods),
    ] {
        let kept = files.keep(&zip).await.expect("kept");
        assert_eq!(kept.media, media);
        let opened = files
            .open_kept(&kept.digest)
            .await
            .expect("disk")
            .expect("there");
        assert_eq!((opened.media, opened.size), (Some(media), zip.len() as u64));
    }
}

#[tokio::test]
async fn any_other_zip_a_macro_and_the_old_word_are_refused() {
    let files = store(1_000_000);
    let word = kinds(WORD);
    let list = |text: &str| zip(&[("[Content_Types].xml", text.as_bytes())]);
    let macros = [
        zip(&[
            ("[Content_Types].xml", word.as_bytes()),
            ("word/vbaProject.bin", b"x"),
        ]),
        list(&(word.clone() + "<Override ContentType=\"application/vnd.ms-office.vbaProject\"/>")),
        list("<Override ContentType=\"application/vnd.ms-word.document.macroEnabled.main+xml\"/>"),
        zip(&[
            ("mimetype", b"application/vnd.oasis.opendocument.text"),
            ("Basic/a.xml", b"x"),
        ]),
    ];
    for zip in macros {
        assert!(matches!(files.keep(&zip).await, Err(Unkept::Macros)));
    }
    let unknown = [
        zip(&[("holiday.jpg", b"x")]),
        zip(&[("mimetype", b"application/epub+zip")]),
        zip(&[
            ("a", b""),
            ("mimetype", b"application/vnd.oasis.opendocument.text"),
        ]),
        list(&word.replace(".document.main", ".template.main")),
        list(&(word.clone() + "<!-- &#118;baProject -->")),
        b"PK\x03\x04 cut off".to_vec(),
    ];
    for zip in unknown {
        assert!(matches!(files.keep(&zip).await, Err(Unkept::UnknownKind)));
    }
    let mut locked = zip(&[("[Content_Types].xml", word.as_bytes())]);
    let line = locked
        .windows(4)
        .position(|four| four == b"PK\x01\x02")
        .expect("a list");
    locked[line + 8] = 1;
    assert!(matches!(
        files.keep(&locked).await,
        Err(Unkept::Protected(_))
    ));
    let old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 a letter of 2002";
    assert!(matches!(files.keep(old).await, Err(Unkept::OldOffice)));
}

#[tokio::test]
async fn a_protected_or_damaged_pdf_is_refused() {
    let files = store(1_000_000);
    let locked = include_bytes!("samples/locked.pdf");
    let kept = files.keep(locked).await;
    assert!(
        matches!(kept, Err(Unkept::Protected(Media::Pdf))),
        "{kept:?}"
    );
    let kept = files.keep(b"%PDF-1.7 nothing more").await;
    assert!(matches!(kept, Err(Unkept::Damaged(Media::Pdf))), "{kept:?}");
}

/// A photo as libheif writes it, and one in tiles as an iPhone does.
#[tokio::test]
async fn a_heic_photo_is_kept_as_it_came_and_shown_as_jpeg() {
    let files = store(10_000_000);
    let pixels: Vec<u8> = (0..600 * 1_100 * 3)
        .map(|at| (at / 1_800 % 256) as u8)
        .collect();
    let tiles = heifer::encode_rgb8(600, 1_100, &pixels, &heifer::EncodeOptions::default());
    for (photo, size) in [(PHOTO, (96, 64)), (&tiles.expect("encoded"), (600, 1_100))] {
        let kept = files.keep(photo).await.expect("kept");
        assert_eq!(kept.media, Media::Heic);
        for _ in 0..2 {
            let shown = files
                .preview(&kept.digest)
                .await
                .expect("disk")
                .expect("a picture");
            assert_eq!(size_of_jpeg(&shown), size);
            // Lost, as after a restore: it is made again.
            std::fs::remove_file(files.preview_path(&kept.digest)).expect("there");
        }
        let opened = files
            .open_kept(&kept.digest)
            .await
            .expect("disk")
            .expect("there");
        let bytes = opened.file.whole().await.expect("reads");
        assert!(bytes == photo, "the original is what came");
    }
}

#[tokio::test]
async fn a_large_photo_is_shown_as_large_as_a_sheet_of_paper() {
    let pixels: Vec<u8> = (0..3_000 * 300 * 3)
        .map(|at| (at / 900 % 256) as u8)
        .collect();
    let wide = heifer::encode_rgb8(3_000, 300, &pixels, &heifer::EncodeOptions::default());
    let shown = preview::of_heic(&wide.expect("encoded")).expect("a picture");
    assert_eq!(size_of_jpeg(&shown), (2_400, 240));
}

#[tokio::test]
async fn a_damaged_photo_is_refused_and_no_damage_crashes_it() {
    let files = store(10_000_000);
    let cut = &PHOTO[..PHOTO.len() / 2];
    let kept = files.keep(cut).await;
    assert!(
        matches!(kept, Err(Unkept::Damaged(Media::Heic))),
        "{kept:?}"
    );
    for at in (0..PHOTO.len()).step_by(5) {
        let mut photo = PHOTO.to_vec();
        photo[at] ^= 0x5a;
        let _ = preview::of_heic(&photo);
    }
}

/// Width and height from the frame header.
fn size_of_jpeg(jpeg: &[u8]) -> (u16, u16) {
    assert!(jpeg.starts_with(&[0xff, 0xd8, 0xff]));
    let at = jpeg
        .windows(2)
        .position(|two| two == [0xff, 0xc0])
        .expect("a frame");
    let number = |at: usize| u16::from_be_bytes([jpeg[at], jpeg[at + 1]]);
    (number(at + 7), number(at + 5))
}

#[tokio::test]
async fn a_file_on_its_way_out_is_found_until_it_is_gone() {
    let files = store(10_000_000);
    let digest = files.keep(PHOTO).await.expect("kept").digest;
    let (past, future) = (SystemTime::UNIX_EPOCH, SystemTime::now() + DAY);
    assert!(files.older(&digest[..2], past).expect("reads").is_empty());
    assert_eq!(
        files.older(&digest[..2], future).expect("reads"),
        std::slice::from_ref(&digest)
    );
    // The same bytes came in after the look: the file stays.
    assert!(!files.set_aside(&digest, "2026-11-30", past).expect("moves"));
    assert!(files.is_in_place(&digest));
    assert!(
        files
            .set_aside(&digest, "2026-11-30", future)
            .expect("moves")
    );
    assert!(!files.is_in_place(&digest));
    assert!(files.open_kept(&digest).await.expect("disk").is_some());
    assert!(files.preview(&digest).await.expect("disk").is_some());
    // Somebody names it after all.
    files.back(&digest, "2026-11-30").expect("moves");
    assert!(files.is_in_place(&digest));
    assert!(files.remove_aside(&digest, "2026-11-30").expect("removes"));
    assert!(files.open_kept(&digest).await.expect("disk").is_some());
    // Nobody does.
    assert!(
        files
            .set_aside(&digest, "2026-12-01", future)
            .expect("moves")
    );
    assert_eq!(
        files.days_aside().expect("reads"),
        ["2026-11-30", "2026-12-01"]
    );
    assert_eq!(
        files.aside("2026-12-01").expect("reads"),
        std::slice::from_ref(&digest)
    );
    assert!(files.remove_aside(&digest, "2026-12-01").expect("removes"));
    assert!(files.open_kept(&digest).await.expect("disk").is_none());
    assert!(!files.preview_path(&digest).exists());
    files.end_day("2026-12-01");
    assert_eq!(files.days_aside().expect("reads"), ["2026-11-30"]);
}

const DAY: std::time::Duration = std::time::Duration::from_secs(86_400);

/// What is read of a kept file when one bit of it has changed: nothing of a small one; of a
/// large one never the last piece, so that nobody takes it for whole.
#[tokio::test]
async fn a_damaged_file_is_never_read_to_its_end() {
    let files = store(10_000_000);
    let sizes = [20, 64 * 1024, 64 * 1024 + 1, 200_000, 262_144];
    for size in sizes {
        // A picture: its inside is not looked at.
        let mut bytes = vec![0xff, 0xd8, 0xff];
        bytes.resize(size, b'x');
        let kept = files.keep(&bytes).await.expect("kept");
        let path = files.path(&kept.digest);
        let open = || files.open_kept(&kept.digest);
        let whole = open()
            .await
            .expect("disk")
            .expect("there")
            .file
            .whole()
            .await;
        assert_eq!(whole.expect("sound"), bytes, "{size}");
        for place in [7, size / 2, size - 1] {
            let mut damaged = bytes.clone();
            damaged[place] ^= 1;
            std::fs::write(&path, &damaged).expect("damaged");
            let opened = match open().await {
                Ok(opened) => opened.expect("there"),
                Err(error) => {
                    assert!(size <= 64 * 1024, "{size}");
                    assert!(error.to_string().contains(&kept.digest), "{error}");
                    continue;
                }
            };
            assert!(size > 64 * 1024, "{size}: a small one is looked at before");
            let mut reading = opened.file;
            let mut read = 0;
            let error = loop {
                match reading.next().await {
                    Ok(Some(piece)) => read += piece.len(),
                    Ok(None) => panic!("{size}: taken for whole"),
                    Err(error) => break error,
                }
            };
            assert!(read < size, "{read} of {size}");
            assert!(error.to_string().contains(&kept.digest), "{error}");
        }
        // One that was cut off, and one that grew.
        for wrong in [bytes[..size - 1].to_vec(), [&bytes[..], b"x"].concat()] {
            std::fs::write(&path, wrong).expect("damaged");
            let read = match open().await {
                Ok(opened) => opened.expect("there").file.whole().await,
                Err(error) => Err(error),
            };
            assert!(read.is_err(), "{size}");
        }
        // Whoever hands the same bytes in again mends it.
        files.keep(&bytes).await.expect("kept");
        assert!(open().await.is_ok(), "{size}");
    }
}
