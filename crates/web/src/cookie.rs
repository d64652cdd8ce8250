//! Cookies: reading one from the header, writing one with the safe attributes always on.
//!
//! It does not know what a cookie is for.

use axum::http::{HeaderMap, HeaderValue, header};

/// Longer cookie headers are not searched: browsers keep one cookie below 4 KiB.
const COOKIE_HEADER_BYTES_MAX: usize = 16 * 1024;

/// The value of cookie `name`, if the request carries exactly one such cookie.
///
/// Two cookies of one name mean that somebody planted the second: neither is believed.
pub fn read_cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut found = None;
    for line in headers.get_all(header::COOKIE) {
        let line = line.to_str().ok()?;
        if line.len() > COOKIE_HEADER_BYTES_MAX {
            return None;
        }
        for pair in line.split(';') {
            let Some((key, value)) = pair.trim().split_once('=') else {
                continue;
            };
            if key == name {
                if found.is_some() {
                    return None;
                }
                found = Some(value);
            }
        }
    }
    found
}

/// A cookie to be set: always `HttpOnly`, `SameSite=Lax`, `Path=/`.
#[derive(Clone, Debug)]
pub struct Cookie {
    name: String,
    value: String,
    seconds: Option<i64>,
    secure: bool,
}

impl Cookie {
    /// A cookie that ends with the browser. `https` adds `Secure` and the `__Host-` prefix.
    /// The value must be made of cookie characters (`percent_encode` encodes any text).
    pub fn new(name: &str, value: impl Into<String>, https: bool) -> Cookie {
        Cookie {
            name: full_name(name, https),
            value: value.into(),
            seconds: None,
            secure: https,
        }
    }

    /// The value of our own cookie `name`, under the name that it is kept by; see [`read_cookie`].
    pub fn read<'a>(name: &str, headers: &'a HeaderMap, https: bool) -> Option<&'a str> {
        read_cookie(headers, &full_name(name, https))
    }

    /// The same cookie kept for so many seconds; 0 deletes it.
    pub fn for_seconds(mut self, seconds: i64) -> Cookie {
        self.seconds = Some(seconds);
        self
    }

    /// The header value; `None` when the value has characters a cookie must not have.
    pub fn header(&self) -> Option<HeaderValue> {
        if !self.value.bytes().all(is_cookie_byte) {
            return None;
        }
        let mut text = format!(
            "{}={}; Path=/; HttpOnly; SameSite=Lax",
            self.name, self.value
        );
        if let Some(seconds) = self.seconds {
            text.push_str(&format!("; Max-Age={seconds}"));
        }
        if self.secure {
            text.push_str("; Secure");
        }
        HeaderValue::from_str(&text).ok()
    }
}

/// The name under which a cookie is really kept.
pub(crate) fn full_name(name: &str, https: bool) -> String {
    if https {
        format!("__Host-{name}")
    } else {
        name.to_owned()
    }
}

const HEX: &[u8; 16] = b"0123456789ABCDEF";

/// Any text as characters that cookies and query strings carry: percent-encoded UTF-8.
pub fn percent_encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(byte as char);
        } else {
            out.push('%');
            for half in [byte >> 4, byte & 0xf] {
                out.push(char::from(HEX[usize::from(half)]));
            }
        }
    }
    out
}

fn is_cookie_byte(byte: u8) -> bool {
    matches!(byte, 0x21 | 0x23..=0x2b | 0x2d..=0x3a | 0x3c..=0x5b | 0x5d..=0x7e)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn headers(line: &str) -> HeaderMap {
        let mut map = HeaderMap::new();
        map.insert(
            header::COOKIE,
            HeaderValue::from_bytes(line.as_bytes()).unwrap(),
        );
        map
    }

    #[test]
    fn reads_one_among_many_and_distrusts_doubles() {
        assert_eq!(read_cookie(&headers("a=1; s=abc; b=2"), "s"), Some("abc"));
        assert_eq!(read_cookie(&headers("s=1; s=2"), "s"), None);
        assert_eq!(read_cookie(&headers("xs=1"), "s"), None);
        assert_eq!(read_cookie(&HeaderMap::new(), "s"), None);
    }

    #[test]
    fn secure_cookies_are_bound_to_the_host() {
        let value = Cookie::new("s", "v", true)
            .for_seconds(60)
            .header()
            .unwrap();
        let expected = "__Host-s=v; Path=/; HttpOnly; SameSite=Lax; Max-Age=60; Secure";
        assert_eq!(value, expected);
        assert!(Cookie::new("s", "a; Domain=evil", false).header().is_none());
    }

    proptest! {
        #[test]
        fn any_header_is_read_without_a_crash(line in "[ -~]{0,200}", name in "[a-z_-]{1,12}") {
            let _ = read_cookie(&headers(&line), &name);
        }

        #[test]
        fn any_text_survives_a_cookie(text in "\\PC{0,80}") {
            let line = format!("x=1; f={}", percent_encode(&text));
            let map = headers(&line);
            let back = crate::form::percent_decode(read_cookie(&map, "f").unwrap());
            prop_assert_eq!(back, Some(text));
        }
    }
}
