//! A file as an answer, whoever asks and wherever it is kept: streamed, under a name that says what
//! it is, shown in place only when a browser can do that without harm.
//! Does not know: whose file it is, what kinds there are.
use axum::body::{Body, Bytes};
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream::Stream;

/// Longer names are cut: they only serve to recognise the file.
const NAME_CHARS_MAX: usize = 120;
/// What strangers upload may show itself and load or run nothing.
const ALONE: &str = "default-src 'none'; img-src 'self'; object-src 'self'; \
    style-src 'unsafe-inline'; frame-ancestors 'none'";

/// What a file is and how it is called.
#[derive(Debug, Clone)]
pub struct FileShown<'a> {
    /// Its media type.
    pub kind: &'static str,
    /// Endings that its name may have, the usual one first; none: whatever the name has.
    pub endings: &'static [&'static str],
    /// Whether the browser may show it; all else is only downloaded.
    pub in_place: bool,
    /// The name as people gave it, or as the house calls it.
    pub name: &'a str,
    /// The same in plain letters, for programs that know no others.
    pub plain_name: &'a str,
}

/// A file, streamed piece by piece from where it is read; an error breaks the connection off before
/// its end.
pub fn streamed<S>(pieces: S, size: u64, shown: &FileShown<'_>) -> Response
where
    S: Stream<Item = std::io::Result<Vec<u8>>> + Send + 'static,
{
    let mut response = Body::from_stream(pieces).into_response();
    let length = HeaderValue::from(size);
    response
        .headers_mut()
        .insert(header::CONTENT_LENGTH, length);
    describe(&mut response, shown);
    response
}

/// A file whose bytes are at hand.
#[must_use]
pub fn at_hand(bytes: Vec<u8>, shown: &FileShown<'_>) -> Response {
    let mut response = Body::from(Bytes::from(bytes)).into_response();
    describe(&mut response, shown);
    response
}

fn describe(response: &mut Response, shown: &FileShown<'_>) {
    let way = if shown.in_place {
        "inline"
    } else {
        "attachment"
    };
    let plain = with_ending(shown.plain_name, shown.endings);
    let plain = plain.chars().filter(|sign| is_plain(*sign) || *sign == ' ');
    let plain: String = plain.collect();
    let named = encoded(&with_ending(shown.name, shown.endings));
    let named = format!("{way}; filename=\"{plain}\"; filename*=UTF-8''{named}");
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(shown.kind));
    if let Ok(named) = HeaderValue::from_str(&named) {
        headers.insert(header::CONTENT_DISPOSITION, named);
    }
    let policy = HeaderName::from_static("content-security-policy");
    headers.insert(policy, HeaderValue::from_static(ALONE));
    let sniff = HeaderName::from_static("x-content-type-options");
    headers.insert(sniff, HeaderValue::from_static("nosniff"));
}

/// The name with an ending that fits what the file is, whatever it was called.
fn with_ending(name: &str, endings: &[&str]) -> String {
    let name: String = name.chars().filter(|sign| !sign.is_control()).collect();
    let name: String = name.chars().take(NAME_CHARS_MAX).collect();
    let name = name.trim();
    let small = name.to_lowercase();
    let fits = |ending: &&str| small.ends_with(&format!(".{ending}"));
    match endings.first() {
        Some(usual) if !endings.iter().any(fits) => format!("{name}.{usual}"),
        _ => name.to_owned(),
    }
}

fn is_plain(sign: char) -> bool {
    sign.is_ascii_alphanumeric() || matches!(sign, '-' | '_' | '.')
}

/// RFC 8187: everything but letters, digits and a few signs by its bytes.
fn encoded(name: &str) -> String {
    let mut out = String::with_capacity(name.len() * 3);
    for byte in name.bytes() {
        match char::from(byte) {
            sign if is_plain(sign) => out.push(sign),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn named(name: &str, plain_name: &str) -> String {
        let shown = FileShown {
            kind: "application/pdf",
            endings: &["pdf"],
            in_place: true,
            name,
            plain_name,
        };
        let response = at_hand(Vec::new(), &shown);
        let named = response.headers()[header::CONTENT_DISPOSITION].to_str();
        named.expect("plain signs").to_owned()
    }

    #[test]
    fn a_name_comes_in_the_two_ways_that_programs_read() {
        assert_eq!(
            named("Giấy chứng sinh.PDF", "giay chung sinh.pdf"),
            "inline; filename=\"giay chung sinh.pdf\"; \
             filename*=UTF-8''Gi%E1%BA%A5y%20ch%E1%BB%A9ng%20sinh.PDF"
        );
    }

    #[test]
    fn a_name_cannot_break_the_header_or_lie_about_the_kind() {
        let evil = "Sổ đỏ\r\nSet-Cookie: a=\"b;.exe";
        let name = named(evil, evil);
        assert!(name.is_ascii() && name.ends_with(".exe.pdf"), "{name}");
        assert_eq!(name.matches('"').count(), 2, "{name}");
        assert_eq!(name.matches(';').count(), 2, "{name}");
        assert_eq!(with_ending("anh.JPEG", &["jpg", "jpeg"]), "anh.JPEG");
        assert_eq!(with_ending("thư.docx", &[]), "thư.docx");
    }

    proptest! {
        #[test]
        fn any_name_makes_one_sound_header(name in "\\PC{0,200}|.{0,200}") {
            let named = named(&name, &name);
            prop_assert!(named.is_ascii());
            prop_assert_eq!(named.matches('"').count(), 2);
            prop_assert!(named.ends_with("pdf") || named.to_lowercase().ends_with("pdf"));
        }
    }
}
