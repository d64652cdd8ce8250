//! The cookie header: session, visitor and the message for the next page. What a page writes into
//! the message comes back; a message is text on the page, never markup.
use std::sync::LazyLock;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Request, header};

use crate::house::House;

static HOUSE: LazyLock<House> = LazyLock::new(House::open);

/// Sends the header with a request for a page, and with one for a page of somebody signed in.
pub fn eat(bytes: &[u8]) {
    let Ok(value) = HeaderValue::from_bytes(bytes) else {
        return;
    };
    let mut headers = HeaderMap::new();
    headers.insert(header::COOKIE, value.clone());
    for name in ["session", "visitor", "flash", ""] {
        let _ = web::read_cookie(&headers, name);
    }
    for address in ["/page", "/mine"] {
        let request = Request::get(address).header(header::COOKIE, value.clone());
        let (_, page) = HOUSE.answer(request.body(Body::empty()).expect("a request"));
        let page = String::from_utf8(page).expect("a page is text");
        assert!(!page.contains("<script>"), "{page}");
    }
}
