//! After a write: redirect, with one message for the next page, and a session begun or ended. The
//! message is signed for the browser that gets it: nobody else can put words in our mouth.
//!
//! It does not know the words of the message.

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use subtle::ConstantTimeEq as _;

/// The colour of a message, tag or banner.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// Something that went well.
    Good,
    /// Neutral news.
    #[default]
    Info,
    /// Look at this, it may become a problem.
    Warn,
    /// Wrong or late.
    Bad,
    /// Not in play: closed, old.
    Quiet,
}

impl Tone {
    /// The class name in the style sheet.
    pub fn class(self) -> &'static str {
        match self {
            Tone::Good => "good",
            Tone::Info => "info",
            Tone::Warn => "warn",
            Tone::Bad => "bad",
            Tone::Quiet => "quiet",
        }
    }

    fn parse(text: &str) -> Option<Tone> {
        [Tone::Good, Tone::Info, Tone::Warn, Tone::Bad, Tone::Quiet]
            .into_iter()
            .find(|tone| tone.class() == text)
    }
}

impl std::fmt::Display for Tone {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(self.class())
    }
}

/// A message shown once on the next page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flash {
    /// Its colour.
    pub tone: Tone,
    /// Its text.
    pub text: String,
}

/// A longer message is cut: it must fit a cookie (4 KiB, percent-encoded).
const FLASH_CHARS_MAX: usize = 300;
/// Hexadecimal digits of the signature: 128 bits.
const PROOF_BYTES: usize = 32;

impl Flash {
    /// A message that something went well.
    pub fn good(text: impl Into<String>) -> Flash {
        Flash {
            tone: Tone::Good,
            text: text.into(),
        }
    }

    /// A message that something needs attention.
    pub fn warn(text: impl Into<String>) -> Flash {
        Flash {
            tone: Tone::Warn,
            text: text.into(),
        }
    }

    /// For the browser that will hold `secret` when it asks for the next page.
    pub(crate) fn to_cookie(&self, secret: &str) -> String {
        let text: String = self.text.chars().take(FLASH_CHARS_MAX).collect();
        let text = crate::cookie::percent_encode(&text);
        let message = format!("{}.{text}", self.tone.class());
        format!("{}.{message}", proof(secret, &message))
    }

    /// `None` for what we did not say to the browser that holds `secret`.
    pub(crate) fn from_cookie(value: &str, secret: &str) -> Option<Flash> {
        let (proven, message) = value.split_once('.')?;
        let holds: bool = proof(secret, message)
            .as_bytes()
            .ct_eq(proven.as_bytes())
            .into();
        if !holds || secret.is_empty() {
            return None;
        }
        let (tone, text) = message.split_once('.')?;
        let text = crate::form::percent_decode(text)?;
        let shown = !text.is_empty() && text.chars().count() <= FLASH_CHARS_MAX;
        shown.then_some(Flash {
            tone: Tone::parse(tone)?,
            text,
        })
    }
}

fn proof(secret: &str, message: &str) -> String {
    let mut digits = crate::hex(&crate::csrf::mac(secret, "message ", message));
    digits.truncate(PROOF_BYTES);
    digits
}

/// The session cookie's fate, carried by a response to the outermost layer.
#[derive(Clone)]
pub(crate) enum SessionChange {
    Begin { secret: String, seconds: i64 },
    End,
}

/// `303 See Other` to a path of this site.
pub struct Redirect {
    path: String,
    flash: Option<Flash>,
    session: Option<SessionChange>,
}

impl Redirect {
    /// To a path of this site; a foreign address becomes `/`.
    pub fn to(path: impl AsRef<str>) -> Redirect {
        Redirect {
            path: local_path(path.as_ref()).to_owned(),
            flash: None,
            session: None,
        }
    }

    /// With a message for the next page.
    pub fn with(mut self, flash: Flash) -> Redirect {
        self.flash = Some(flash);
        self
    }

    /// And begin a session: the browser gets this new secret, kept for so many seconds.
    pub fn begin_session(mut self, secret: impl Into<String>, seconds: i64) -> Redirect {
        self.session = Some(SessionChange::Begin {
            secret: secret.into(),
            seconds,
        });
        self
    }

    /// And end the session in this browser.
    pub fn end_session(mut self) -> Redirect {
        self.session = Some(SessionChange::End);
        self
    }
}

impl IntoResponse for Redirect {
    fn into_response(self) -> Response {
        let mut response = StatusCode::SEE_OTHER.into_response();
        let path: String = self
            .path
            .chars()
            .filter(|sign| !sign.is_control())
            .collect();
        let place = ascii_path(&path);
        let place = HeaderValue::from_str(&place).unwrap_or(HeaderValue::from_static("/"));
        response.headers_mut().insert(header::LOCATION, place);
        if let Some(flash) = self.flash {
            response.extensions_mut().insert(flash);
        }
        if let Some(session) = self.session {
            response.extensions_mut().insert(session);
        }
        response
    }
}

/// The answer to a script that sent a form: the page to go to.
const NEXT_PAGE: &str = "x-next-page";

/// Where a script finds the next page: of a redirect that it followed itself it would see the page,
/// and use up the message that the person should see there.
pub(crate) fn tell_script(response: &mut Response) {
    if response.status() != StatusCode::SEE_OTHER {
        return;
    }
    if let Some(place) = response.headers_mut().remove(header::LOCATION) {
        let name = HeaderName::from_static(NEXT_PAGE);
        response.headers_mut().insert(name, place);
        *response.status_mut() = StatusCode::NO_CONTENT;
    }
}

/// Lets a page that is drawn (not a redirect) begin a session, as `Redirect::begin_session` does.
pub fn begin_session(mut page: Response, secret: impl Into<String>, seconds: i64) -> Response {
    let secret = secret.into();
    page.extensions_mut()
        .insert(SessionChange::Begin { secret, seconds });
    page
}

/// A path that stays on this site, or `/`. Guards every `next=` against open redirects.
pub fn local_path(path: &str) -> &str {
    let second = path.as_bytes().get(1);
    let stays = path.starts_with('/') && !matches!(second, Some(b'/' | b'\\'));
    let clean = !path.chars().any(|sign| sign.is_control() || sign == '\\');
    if stays && clean { path } else { "/" }
}

fn ascii_path(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_graphic() {
            out.push(byte as char);
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_message_survives_its_cookie() {
        let flash = Flash::good("Đã nộp; mã 01 & 02");
        let cookie = flash.to_cookie("secret of one");
        let read = |cookie: &str, secret| Flash::from_cookie(cookie, secret);
        assert_eq!(read(&cookie, "secret of one"), Some(flash.clone()));
        assert_eq!(read(&cookie, "secret of two"), None);
        assert_eq!(read(&flash.to_cookie(""), ""), None);
        for forged in ["loud.x", "good.%zz", "good.x", "0.good.x", ""] {
            assert_eq!(read(forged, "secret of one"), None, "{forged}");
        }
        for index in 0..cookie.len() {
            let mut bent = cookie.clone().into_bytes();
            bent[index] = if bent[index] == b'a' { b'b' } else { b'a' };
            let bent = String::from_utf8(bent).unwrap();
            assert_eq!(read(&bent, "secret of one"), None, "{bent}");
        }
    }

    #[test]
    fn no_redirect_leaves_the_site() {
        for evil in [
            "//evil.example",
            "https://evil.example",
            "/\\evil",
            "",
            "x",
            "/a\r\nb",
        ] {
            assert_eq!(local_path(evil), "/", "{evil:?}");
        }
        assert_eq!(local_path("/a/b?c=d#e"), "/a/b?c=d#e");
        let response = Redirect::to("/tìm?q=a").into_response();
        assert_eq!(response.headers()[header::LOCATION], "/t%C3%ACm?q=a");
    }

    proptest! {
        #[test]
        fn any_cookie_is_a_message_or_none(value in "\\PC{0,60}|(good|bad)\\.[%0-9A-F+.]{0,40}") {
            let signed = format!("{}.{value}", proof("s", &value));
            for cookie in [&value, &signed] {
                if let Some(flash) = Flash::from_cookie(cookie, "s") {
                    prop_assert_eq!(Flash::from_cookie(&flash.to_cookie("s"), "s"), Some(flash));
                }
            }
        }
    }
}
