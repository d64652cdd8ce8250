//! Style sheet, script, fonts and pictures: in the binary, named by their content, compressed
//! once at the first use, kept by browsers for a year.
//!
//! It does not know which page uses what.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use flate2::{Compression, write::GzEncoder};
use sha2::{Digest, Sha256};
use std::io::Write;

use crate::problem::Problem;

/// Where assets are served.
pub(crate) const ROUTE: &str = "/assets/{name}";
/// A year: the name changes with the content.
const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

struct Asset {
    plain_name: &'static str,
    url: String,
    kind: &'static str,
    body: Vec<u8>,
    gzip: Option<Vec<u8>>,
}

macro_rules! font {
    ($name:literal) => {
        (
            $name,
            "font/woff2",
            include_bytes!(concat!("../assets/fonts/", $name)).as_slice(),
        )
    };
}

const FONTS: [(&str, &str, &[u8]); 9] = [
    font!("vietnamese-400.woff2"),
    font!("vietnamese-600.woff2"),
    font!("vietnamese-700.woff2"),
    font!("latin-400.woff2"),
    font!("latin-600.woff2"),
    font!("latin-700.woff2"),
    font!("latin-ext-400.woff2"),
    font!("latin-ext-600.woff2"),
    font!("latin-ext-700.woff2"),
];

const PICTURES: [(&str, &str, &[u8]); 5] = [
    (
        "mark.svg",
        "image/svg+xml",
        include_bytes!("../assets/mark.svg"),
    ),
    (
        "roofs.svg",
        "image/svg+xml",
        include_bytes!("../assets/roofs.svg"),
    ),
    (
        "icons.svg",
        "image/svg+xml",
        include_bytes!("../assets/icons.svg"),
    ),
    (
        "arrow.svg",
        "image/svg+xml",
        include_bytes!("../assets/arrow.svg"),
    ),
    (
        "tick.svg",
        "image/svg+xml",
        include_bytes!("../assets/tick.svg"),
    ),
];

const SCRIPT: &str = include_str!("../assets/dinh.js");
const SEND_SCRIPT: &str = include_str!("../assets/send.js");
const DESK_SCRIPT: &str = include_str!("../assets/desk.js");
const STYLE: &str = include_str!("../assets/dinh.css");
const DESK_STYLE: &str = include_str!("../assets/desk.css");

static ASSETS: LazyLock<Vec<Asset>> = LazyLock::new(|| {
    let plain = FONTS.iter().chain(PICTURES.iter());
    let mut all: Vec<Asset> = plain
        .map(|(name, kind, body)| asset_of(name, kind, body.to_vec()))
        .collect();
    let scripts = [
        ("dinh.js", SCRIPT),
        ("send.js", SEND_SCRIPT),
        ("desk.js", DESK_SCRIPT),
    ];
    for (name, script) in scripts {
        let kind = "text/javascript; charset=utf-8";
        all.push(asset_of(name, kind, without_comments(script).into_bytes()));
    }
    for (name, style) in [("dinh.css", STYLE), ("desk.css", DESK_STYLE)] {
        let style = with_urls(&without_comments(style), &all);
        let kind = "text/css; charset=utf-8";
        all.push(asset_of(name, kind, style.into_bytes()));
    }
    all
});

/// The address of an asset by its plain name, with its content's hash in it.
/// An unknown name gives an address that answers 404; a test of every template finds it.
pub fn asset(name: &str) -> &'static str {
    let found = ASSETS.iter().find(|asset| asset.plain_name == name);
    found.map_or("/assets/unknown", |asset| asset.url.as_str())
}

fn asset_of(name: &'static str, kind: &'static str, body: Vec<u8>) -> Asset {
    let hash = crate::hex(&Sha256::digest(&body)[..6]);
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    let url = format!("/assets/{stem}.{hash}.{ending}");
    let gzip = (!kind.starts_with("font/")).then(|| squeeze(&body));
    Asset {
        plain_name: name,
        url,
        kind,
        body,
        gzip: gzip.flatten(),
    }
}

/// Puts hashed addresses where the style sheet names a plain file: `url(mark.svg)`.
fn with_urls(style: &str, assets: &[Asset]) -> String {
    assets.iter().fold(style.to_owned(), |text, asset| {
        text.replace(
            &format!("url({})", asset.plain_name),
            &format!("url({})", asset.url),
        )
    })
}

/// What a phone need not load: comment lines and indentation. Our scripts and styles have no text
/// over lines.
fn without_comments(text: &str) -> String {
    let lines = text.lines().map(str::trim_start);
    lines
        .filter(|line| !line.starts_with("//") && !line.is_empty())
        .fold(String::new(), |text, line| text + line + "\n")
}

fn squeeze(body: &[u8]) -> Option<Vec<u8>> {
    let mut out = GzEncoder::new(Vec::new(), Compression::best());
    out.write_all(body).ok()?;
    out.finish().ok()
}

/// Answers `/assets/{name}`.
pub(crate) async fn serve(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let url = format!("/assets/{name}");
    let Some(asset) = ASSETS.iter().find(|asset| asset.url == url) else {
        return Problem::NotFound.into_response();
    };
    let tag = format!("\"{name}\"");
    let fixed = [
        (header::CONTENT_TYPE, HeaderValue::from_static(asset.kind)),
        (header::CACHE_CONTROL, FOREVER),
        (header::VARY, HeaderValue::from_static("accept-encoding")),
    ];
    let etag = [(header::ETAG, tag.clone())];
    if headers
        .get(header::IF_NONE_MATCH)
        .is_some_and(|given| given.as_bytes() == tag.as_bytes())
    {
        return (axum::http::StatusCode::NOT_MODIFIED, fixed, etag).into_response();
    }
    match &asset.gzip {
        Some(gzip) if accepts_gzip(&headers) => {
            let encoding: [(HeaderName, &str); 1] = [(header::CONTENT_ENCODING, "gzip")];
            (fixed, etag, encoding, gzip.as_slice()).into_response()
        }
        _ => (fixed, etag, asset.body.as_slice()).into_response(),
    }
}

fn accepts_gzip(headers: &HeaderMap) -> bool {
    let accepted = headers
        .get(header::ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok());
    accepted.is_some_and(|list| list.split(',').any(|one| one.trim().starts_with("gzip")))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Own style and script stay small: people open these pages on a 2019 telephone over 3G.
    const STYLE_BYTES_MAX: usize = 40 * 1024;
    const SCRIPT_BYTES_MAX: usize = 6 * 1024;
    const FIRST_LOAD_BYTES_MAX: usize = 200 * 1024;

    #[test]
    fn the_first_load_is_light() {
        let style = without_comments(STYLE).len();
        assert!(style < STYLE_BYTES_MAX, "{style}");
        let script = without_comments(SCRIPT).len();
        assert!(script < SCRIPT_BYTES_MAX, "{script}");
        let sender = without_comments(SEND_SCRIPT).len();
        assert!(sender < SCRIPT_BYTES_MAX, "{sender}");
        let sent = ASSETS
            .iter()
            .filter(|asset| !asset.plain_name.starts_with("latin-ext"));
        let bytes: usize = sent
            .map(|asset| asset.gzip.as_ref().unwrap_or(&asset.body).len())
            .sum();
        assert!(
            bytes < FIRST_LOAD_BYTES_MAX - 30 * 1024,
            "{bytes} leave no room for the page"
        );
    }

    #[test]
    fn the_style_sheet_names_only_assets_that_exist() {
        let style = ASSETS
            .iter()
            .find(|asset| asset.plain_name == "dinh.css")
            .unwrap();
        let style = std::str::from_utf8(&style.body).unwrap();
        for piece in style.split("url(").skip(1) {
            let url = piece.split(')').next().unwrap();
            assert!(ASSETS.iter().any(|asset| asset.url == url), "{url}");
        }
    }

    #[test]
    fn names_carry_the_content() {
        let url = asset("dinh.css");
        assert!(url.starts_with("/assets/dinh.") && url.ends_with(".css") && url.len() > 25);
        assert_eq!(asset("nothing.css"), "/assets/unknown");
    }
}
