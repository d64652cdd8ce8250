//! One file that somebody hands in: PDF, office document, picture. Whatever it is, it is told or
//! refused, within the time and memory that a run allows.
use facts::blob::media_of;

/// Looks into it, as it is and as each of the kinds that are read whole.
pub fn eat(bytes: &[u8]) {
    let _ = media_of(bytes);
    for head in [&b"%PDF-1.7\n"[..], b"PK\x03\x04", b"\0\0\0\x18ftypheic"] {
        let _ = media_of(&[head, bytes].concat());
    }
}
