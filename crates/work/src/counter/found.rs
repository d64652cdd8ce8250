//! Reads what was typed or scanned into a search field: a dossier code, wherever it stands in the
//! text of a QR code, or words to look for. Pure.
//! Does not know: dossiers.

use matters::dossier::Code;

/// What somebody is looking for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wanted {
    /// Nothing was typed.
    Nothing,
    /// One dossier.
    Code(Code),
    /// Words of a name, a telephone number, the end of a code.
    Words(String),
}

/// Reads the field. Scanners type the whole address of a QR code: the code is the part that is one.
pub(super) fn wanted(text: &str) -> Wanted {
    let text = text.trim();
    if text.is_empty() {
        return Wanted::Nothing;
    }
    let of_code = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '.' | '-');
    let mut parts = text.split(|sign: char| !of_code(sign));
    match parts.find_map(|part| part.parse::<Code>().ok()) {
        Some(code) => Wanted::Code(code),
        None => Wanted::Words(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_code_is_found_wherever_it_stands() {
        let code = Wanted::Code("H15.101-261123-0001".parse().unwrap());
        for text in [
            "H15.101-261123-0001",
            " h15.101-261123-0001\n",
            "https://dinh.example/lookup?code=H15.101-261123-0001",
            "http://127.0.0.1:8080/lookup/H15.101-261123-0001?from=qr",
        ] {
            assert_eq!(wanted(text), code, "{text}");
        }
    }

    #[test]
    fn all_else_is_words() {
        assert_eq!(wanted("  "), Wanted::Nothing);
        assert_eq!(wanted(" Nguyễn An "), Wanted::Words("Nguyễn An".into()));
        assert_eq!(wanted("0001"), Wanted::Words("0001".into()));
    }

    proptest! {
        #[test]
        fn whatever_a_scanner_reads_is_a_code_or_words(
            text in "\\PC{0,60}|.{0,9}[A-Y][0-9]{2}-26[01][0-9][0-3][0-9]-[0-9]{4}.{0,9}",
        ) {
            match wanted(&text) {
                Wanted::Nothing => prop_assert!(text.trim().is_empty()),
                Wanted::Code(code) => {
                    prop_assert_eq!(wanted(&code.to_string()), Wanted::Code(code));
                }
                Wanted::Words(words) => prop_assert_eq!(words, text.trim()),
            }
        }
    }
}
