//! A whole request as text: `METHOD ADDRESS`, headers, an empty line, the body. `@COOKIE@` and
//! `@TOKEN@` stand for those of a browser that opened the page before.
use std::sync::LazyLock;

use axum::body::Body;
use axum::http::Request;

use crate::house::House;

static HOUSE: LazyLock<House> = LazyLock::new(House::open);

/// Sends it.
pub fn eat(bytes: &[u8]) {
    if let Some(request) = request(bytes) {
        HOUSE.answer(request);
    }
}

fn request(bytes: &[u8]) -> Option<Request<Body>> {
    let end = bytes.windows(2).position(|two| two == b"\n\n");
    let (head, body) = match end {
        Some(end) => (&bytes[..end], &bytes[end + 2..]),
        None => (bytes, &[][..]),
    };
    let mut lines = head.split(|byte| *byte == b'\n');
    let first = std::str::from_utf8(lines.next()?).ok()?;
    let (method, address) = first.split_once(' ')?;
    let mut request = Request::builder().method(method).uri(address);
    for line in lines {
        let at = line.iter().position(|byte| *byte == b':')?;
        let value = filled(line[at + 1..].trim_ascii());
        request = request.header(&line[..at], value);
    }
    request.body(Body::from(filled(body))).ok()
}

/// With the cookie and the token of the harness where they are asked for.
fn filled(bytes: &[u8]) -> Vec<u8> {
    let mut text = bytes.to_vec();
    for (mark, value) in [
        ("@COOKIE@", HOUSE.cookie()),
        ("@TOKEN@", HOUSE.token.clone()),
    ] {
        let found = text
            .windows(mark.len())
            .position(|some| some == mark.as_bytes());
        if let Some(at) = found {
            text.splice(at..at + mark.len(), value.into_bytes());
        }
    }
    text
}
