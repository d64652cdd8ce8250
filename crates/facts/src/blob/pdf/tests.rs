//! PDFs as programs write them, damaged ones, protected ones, and ones that mean harm.
use super::*;
use proptest::prelude::*;

const TABLES: &[u8] = include_bytes!("../samples/tables.pdf");
const PACKED: &[u8] = include_bytes!("../samples/packed.pdf");
const LINEAR: &[u8] = include_bytes!("../samples/linear.pdf");
const LOCKED: &[u8] = include_bytes!("../samples/locked.pdf");
const LOCKED_OLD: &[u8] = include_bytes!("../samples/locked-old.pdf");
const RESTRICTED: &[u8] = include_bytes!("../samples/restricted.pdf");

#[test]
fn what_programs_write_is_taken() {
    for pdf in [TABLES, PACKED, LINEAR, &crate::blob::blank_pdf("Giấy")] {
        assert_eq!(check(pdf), Ok(()));
    }
}

#[test]
fn a_password_is_seen_whatever_it_protects_and_wherever_it_is_said() {
    for pdf in [LOCKED, LOCKED_OLD, RESTRICTED] {
        assert_eq!(check(pdf), Err(Fault::Protected));
        // Also when the cross references lead nowhere.
        let broken = replaced(pdf, b"startxref", b"startxxxx");
        assert_eq!(check(&broken), Err(Fault::Protected));
    }
    let named = replaced(LOCKED_OLD, b"/Encrypt", b"/#45ncrypt");
    assert_eq!(check(&named), Err(Fault::Protected));
    // The word alone protects nothing.
    let note = crate::blob::blank_pdf("trailer /Encrypt 5 0 R");
    assert_eq!(check(&note), Ok(()));
}

#[test]
fn a_file_without_a_page_is_damaged() {
    for pdf in [
        &b"%PDF-1.7"[..],
        b"%PDF-1.7 giay chung sinh",
        b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n",
        &TABLES[..200],
        &replaced(&crate::blob::blank_pdf(""), b"/Kids[3 0 R]", b"/Kids[]"),
        &replaced(
            &crate::blob::blank_pdf(""),
            b"/Kids[3 0 R]",
            b"/Kids[2 0 R]",
        ),
    ] {
        assert_eq!(
            check(pdf),
            Err(Fault::Broken),
            "{}",
            String::from_utf8_lossy(pdf)
        );
    }
}

#[test]
fn broken_cross_references_are_mended_as_viewers_do() {
    for pdf in [TABLES, PACKED] {
        assert_eq!(check(&replaced(pdf, b"startxref", b"startxxxx")), Ok(()));
        let moved = [&pdf[..9], b"% a line more\n", &pdf[9..]].concat();
        assert_eq!(check(&moved), Ok(()));
    }
}

/// A stream that says it holds objects and unpacks to a hundred times what may be.
#[test]
fn a_bomb_is_left_unopened() {
    use std::io::Write as _;
    let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    let zeros = vec![b' '; 1 << 20];
    for _ in 0..200 {
        packed.write_all(&zeros).expect("memory");
    }
    let packed = packed.finish().expect("memory");
    let mut bomb =
        b"%PDF-1.7\n1 0 obj<</Type/ObjStm/N 100000/First 0/Filter/FlateDecode/Length ".to_vec();
    bomb.extend(format!("{}>>stream\n", packed.len()).into_bytes());
    bomb.extend(&packed);
    bomb.extend(
        b"\nendstream endobj\n2 0 obj<</Type/XRef/Root 3 0 R/Size 4/W[1 2 1]/Filter/FlateDecode",
    );
    bomb.extend(b"/Index[0 4000000000]>>stream\n");
    let at = bomb.len();
    bomb.extend(&packed);
    bomb.extend(format!("\nendstream endobj\nstartxref\n{at}\n%%EOF").into_bytes());
    let began = std::time::Instant::now();
    assert_eq!(check(&bomb), Err(Fault::Broken));
    assert!(began.elapsed().as_secs() < 10, "{:?}", began.elapsed());
}

/// Each of these would be read again and again by whoever did not count.
#[test]
fn what_is_made_to_be_read_for_ever_ends() {
    let again = |piece: &str| [b"%PDF-1.7\n".to_vec(), piece.repeat(100_000).into_bytes()].concat();
    for hostile in [
        again("1 0 obj ("),
        again("1 0 obj ["),
        again("1 0 obj <<"),
        again("1 0 obj <<//"),
        again("1 0 obj %"),
        again("trailer<</Root 1 0 R/Prev 9>>"),
        again("1 1 1 1 1 1 1 1 "),
        again("xref 0 9 startxref 9 "),
    ] {
        let began = std::time::Instant::now();
        assert_eq!(check(&hostile), Err(Fault::Broken));
        assert!(began.elapsed().as_secs() < 20, "{:?}", began.elapsed());
    }
}

fn replaced(pdf: &[u8], word: &[u8], by: &[u8]) -> Vec<u8> {
    let mut out = pdf.to_vec();
    let mut at = 0;
    while let Some(found) = out[at..].windows(word.len()).position(|some| some == word) {
        out.splice(at + found..at + found + word.len(), by.iter().copied());
        at += found + by.len();
    }
    assert_ne!(out, pdf, "the word stands in it");
    out
}

proptest! {
    #[test]
    fn no_bytes_crash_it(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = check(&bytes);
    }

    /// Sound files with some bytes changed or cut: whatever comes out, it comes.
    #[test]
    fn no_damage_crashes_it(
        sample in 0..5_usize,
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut pdf = [TABLES, PACKED, LINEAR, LOCKED, RESTRICTED][sample].to_vec();
        for (at, byte) in &changes {
            let at = at.index(pdf.len());
            pdf[at] = *byte;
        }
        let _ = check(&pdf);
        let _ = check(&pdf[..cut.index(pdf.len())]);
    }
}
