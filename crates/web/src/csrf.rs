//! The token that proves a form was drawn by us for this very browser.
//!
//! The token is a nonce and an HMAC of it under the browser's own cookie secret (the session's,
//! or the visitor's before sign-in). So it needs no storage, is bound to the session, works on
//! every node, and differs on each page (a compressed page cannot leak it). It does not know
//! how the token travels: see `visit.rs` (form field, first multipart part, or header).

use hmac::{Hmac, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// Field of every form, and always the first part of a multipart form.
pub(crate) const FIELD: &str = "csrf";
/// Header for scripts of our own pages.
pub(crate) const HEADER: &str = "x-csrf-token";
/// 16 hexadecimal digits of nonce, a dot, 64 of HMAC.
pub(crate) const TOKEN_BYTES: usize = 16 + 1 + 64;

/// A fresh token for the browser that holds `secret`.
pub(crate) fn token(secret: &str) -> String {
    let nonce = crate::hex(&rand::random::<[u8; 8]>());
    let proof = proof(secret, &nonce);
    format!("{nonce}.{proof}")
}

/// Whether `token` was made for the browser that holds `secret`.
pub(crate) fn holds(secret: &str, token: &str) -> bool {
    if token.len() != TOKEN_BYTES || secret.is_empty() {
        return false;
    }
    let Some((nonce, given)) = token.split_once('.') else {
        return false;
    };
    proof(secret, nonce)
        .as_bytes()
        .ct_eq(given.as_bytes())
        .into()
}

fn proof(secret: &str, nonce: &str) -> String {
    crate::hex(&mac(secret, "form token ", nonce))
}

/// An HMAC under the secret of a browser; `purpose` keeps one use from standing in for another.
pub(crate) fn mac(secret: &str, purpose: &str, text: &str) -> [u8; 32] {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes a key of any length");
    mac.update(purpose.as_bytes());
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_holds_for_its_browser_only() {
        let token = token("secret of one");
        assert_eq!(token.len(), TOKEN_BYTES);
        assert!(holds("secret of one", &token));
        assert!(!holds("secret of two", &token));
        assert!(!holds("", &token));
        assert!(!holds("secret of one", ""));
        let mut bent = token.clone().into_bytes();
        bent[3] ^= 1;
        assert!(!holds("secret of one", std::str::from_utf8(&bent).unwrap()));
    }

    #[test]
    fn no_two_pages_carry_the_same_token() {
        assert_ne!(token("s"), token("s"));
    }
}
