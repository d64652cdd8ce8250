//! A form with files: the bytes are the body after the part with a token that holds, up to the files
//! that are kept. Nothing stays behind where files wait, and what is kept is what its name says.
use std::collections::BTreeSet;
use std::sync::LazyLock;

use axum::body::Body;
use axum::http::{Request, header};
use sha2::{Digest, Sha256};

use crate::house::House;

static HOUSE: LazyLock<House> = LazyLock::new(House::open);

/// Sends it.
pub fn eat(bytes: &[u8]) {
    let token = &HOUSE.token;
    let first = format!("--B\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{token}\r\n");
    let request = Request::post("/files")
        .header(header::COOKIE, HOUSE.cookie())
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=B")
        .body(Body::from([first.as_bytes(), bytes].concat()));
    let (head, told) = HOUSE.answer(request.expect("a request"));
    let waiting = std::fs::read_dir(HOUSE.folder.join("incoming")).expect("our folder");
    assert_eq!(waiting.count(), 0, "nothing waits after {}", head.status());
    if head.status() == 200 {
        // The same bytes twice are kept once.
        let told = String::from_utf8_lossy(&told).into_owned();
        for digest in told.lines().collect::<BTreeSet<_>>() {
            let path = HOUSE.folder.join(&digest[..2]).join(digest);
            let kept = std::fs::read(&path).expect("a file that is kept");
            let real: String = Sha256::digest(&kept)
                .iter()
                .map(|b| format!("{b:02x}"))
                .collect();
            assert_eq!(real, digest);
            std::fs::remove_file(path).expect("removed");
        }
    }
}
