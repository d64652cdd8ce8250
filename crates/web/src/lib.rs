//! The window of the house: page shell, components, forms, cookies, CSRF, access, errors.
//!
//! A room writes `Routes`, templates that extend `shell.html`, and handlers that return
//! `Answer`. This crate enforces who may enter before a handler runs, reads forms within
//! bounds, and dresses every answer with the same headers. It knows no matter, no agency and
//! no database: who a session belongs to is told to it through `Sessions`, the time through
//! `Site::clock`, and every sentence stands in a template.
//!
//! What pages use, in one look:
//! `Routes`, `Access` (declare) · `Shell`, `render`, `Redirect`, `Flash` (answer) ·
//! `FormData`, `QueryData`, `FieldErrors` (read) · `Now`, `SignedIn`, `Viewing`, `Visit` (ask) ·
//! `Problem` (refuse) · `ui` (components) · `show` (dates and numbers as people read them) ·
//! `csv` (tables for a spreadsheet) · `FileShown`, `streamed` (a file as an answer).

// Templates name this crate by its public name, also when it draws its own.
extern crate self as web;

mod address;
mod assets;
mod cookie;
mod csrf;
mod field_errors;
mod file;
mod flash;
mod form;
mod gate;
mod headers;
mod kept;
mod limiter;
mod multipart;
mod passwords;
mod problem;
mod refill;
mod room;
mod routes;
mod session;
mod shell;
mod site;
mod visit;

pub mod csv;
pub mod server;
pub mod show;
pub mod ui;

pub use assets::asset;
pub use cookie::{Cookie, percent_encode, read_cookie};
pub use field_errors::FieldErrors;
pub use file::{FileShown, at_hand, streamed};
pub use flash::{Flash, Redirect, Tone, begin_session, local_path};
pub use form::{Cut, FormData, FormError, QueryData, Texts};
pub use form::{LINE_CHARS_MAX, TEXT_CHARS_MAX, Unreceived, UploadedFile};
pub use gate::{Answered, Crowd};
pub use kept::{KEPT_SECONDS, KeptForm};
pub use limiter::{Limiter, Rule};
pub use multipart::FILES_MAX;
pub use passwords::{PasswordTrouble, Passwords};
pub use problem::{Problem, plain};
pub use room::Room;
pub use routes::{Access, Listed, Routes};
pub use session::{About, Kind, Sessions, SessionsAnswer, Signed, SignedIn, Viewing};
pub use shell::{Answer, Shell, render, render_with};
pub use site::{Brand, NavLink, Navigation, SignInPaths, Site};
pub use visit::{Now, Visit};

/// A fresh unguessable name: 128 random bits as 32 hexadecimal digits.
pub fn fresh_id() -> String {
    hex(&rand::random::<[u8; 16]>())
}

/// A fresh command id: it begins with the time, so that ids of one day lie together in the
/// database's index, and ends in 80 random bits.
pub fn fresh_command_id(now: jiff::Timestamp) -> String {
    format!("{:012x}{}", now.as_millisecond(), &fresh_id()[..20])
}

/// A fresh secret for a cookie or a link: 256 random bits as 64 hexadecimal digits.
pub fn fresh_secret() -> String {
    hex(&rand::random::<[u8; 32]>())
}

/// Bytes as lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(DIGITS[usize::from(byte >> 4)] as char);
        text.push(DIGITS[usize::from(byte & 15)] as char);
    }
    text
}

#[cfg(test)]
mod tests;
