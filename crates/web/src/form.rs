//! What a browser sent, read within bounds: fields in order, several of one name, files.
//!
//! Texts are brought to one Unicode form (NFC) and stripped of outer blanks and of signs that
//! nobody sees here, at the edge; passwords are taken as they were when they were chosen.
//! It does not know what a field means.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header;
use axum::http::request::Parts;
use unicode_normalization::UnicodeNormalization;

use crate::field_errors::FieldErrors;
use crate::problem::Problem;
use crate::visit::Visit;

/// A form without files: long free texts fit many times over, floods do not.
pub(crate) const FORM_BYTES_MAX: usize = 1024 * 1024;
/// Fields of one form: a large repeating group has a few hundred.
pub(crate) const FIELDS_MAX: usize = 2_000;
/// Characters of a field that says nothing else: the longest address, three times a long name.
pub const LINE_CHARS_MAX: usize = 300;
/// Characters of a field in which people write sentences: four pages; as much as the law of a
/// dossier takes.
pub const TEXT_CHARS_MAX: usize = 10_000;
/// Characters of an address to come back to: a search with all its choices.
const PATH_CHARS_MAX: usize = 2_000;
/// The field of such an address.
const PATH_FIELD: &str = "next";
/// One field, whatever it is, while it comes in: what is longer is no slip of the finger.
pub(crate) const FIELD_BYTES_MAX: usize = 100_000;
/// The name of a field.
pub(crate) const NAME_BYTES_MAX: usize = 200;

/// Fields whose texts are compared with what was typed on another day: a sign that joins two
/// pictures to one belongs to a password.
const SECRETS: [&str; 3] = ["password", "again", "old"];

/// Which fields of a form are texts of up to [`TEXT_CHARS_MAX`] characters: the last part of their
/// names. All others are lines of up to [`LINE_CHARS_MAX`]. Said with the route, so that a field
/// has a bound before anybody has thought of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Texts {
    /// Only lines.
    #[default]
    None,
    /// These fields, `text` for `5.text` too.
    Named(&'static [&'static str]),
    /// Any field: questions of a procedure, which have bounds of their own.
    Any,
}

impl Texts {
    /// The most characters of the field `name`.
    fn most(self, name: &str) -> usize {
        let last = name.rsplit('.').next().unwrap_or(name);
        match self {
            _ if name == PATH_FIELD => PATH_CHARS_MAX,
            Texts::Any => TEXT_CHARS_MAX,
            Texts::Named(names) if names.contains(&last) => TEXT_CHARS_MAX,
            _ => LINE_CHARS_MAX,
        }
    }
}

/// Why a form was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormError {
    /// More bytes, fields or files than the named limits allow.
    TooLarge,
    /// Not a form at all, or cut off.
    Malformed,
}

impl From<FormError> for Problem {
    fn from(error: FormError) -> Problem {
        match error {
            FormError::TooLarge => Problem::TooLarge,
            FormError::Malformed => Problem::BadRequest,
        }
    }
}

/// A submitted form: an ordered multimap of texts, and the files that came with it.
#[derive(Debug, Default)]
pub struct FormData {
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) files: Vec<UploadedFile>,
    /// Fields that were too long, with what they may have.
    too_long: Vec<(String, usize)>,
}

impl FormData {
    /// Reads `a=1&b=2`. Errors when a named limit is passed or the text is not UTF-8.
    pub fn parse(bytes: &[u8]) -> Result<FormData, FormError> {
        if bytes.len() > FORM_BYTES_MAX {
            return Err(FormError::TooLarge);
        }
        let text = std::str::from_utf8(bytes).map_err(|_| FormError::Malformed)?;
        let mut form = FormData::default();
        for pair in text.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let name = decode(name).ok_or(FormError::Malformed)?;
            let value = decode(value).ok_or(FormError::Malformed)?;
            form.push(name, value)?;
        }
        Ok(form)
    }

    /// Adds one field, within the limits.
    pub(crate) fn push(&mut self, name: String, value: String) -> Result<(), FormError> {
        let full = self.fields.len() >= FIELDS_MAX;
        if full || name.len() > NAME_BYTES_MAX || value.len() > FIELD_BYTES_MAX {
            return Err(FormError::TooLarge);
        }
        let value = match SECRETS.contains(&name.as_str()) {
            true => tidy_secret(&value),
            false => text::lines(&value).into_owned(),
        };
        self.fields.push((name, value));
        Ok(())
    }

    /// Cuts every field to its bound and remembers which were longer.
    fn hold(&mut self, texts: Texts) {
        for (name, value) in &mut self.fields {
            let most = texts.most(name);
            // As many bytes are never more characters.
            if value.len() <= most {
                continue;
            }
            if let Some((end, _)) = value.char_indices().nth(most) {
                value.truncate(end);
                self.too_long.push((name.clone(), most));
            }
        }
    }

    /// The form, if none of its fields was too long.
    fn held(self) -> Result<FormData, Problem> {
        match self.too_long.first() {
            None => Ok(self),
            Some((name, most)) => Err(Problem::Refused(too_long(name, *most))),
        }
    }

    /// A sentence for each field that was too long, for a page that shows it there ([`Cut`]).
    pub fn faults(&self) -> FieldErrors {
        let mut errors = FieldErrors::new();
        for (name, most) in &self.too_long {
            errors.add(name.clone(), cut(*most));
        }
        errors
    }

    /// The first value of a field, or an empty text.
    pub fn text(&self, name: &str) -> &str {
        self.find(name).unwrap_or("")
    }

    /// The first value of a field, if it is there and not empty.
    pub fn filled(&self, name: &str) -> Option<&str> {
        self.find(name).filter(|value| !value.is_empty())
    }

    /// All values of a field, in order.
    pub fn all(&self, name: &str) -> Vec<&str> {
        let same = self.fields.iter().filter(|(key, _)| key == name);
        same.map(|(_, value)| value.as_str()).collect()
    }

    /// Whether a checkbox, button or field of this name was sent at all.
    pub fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// Every field in the order of the form, without the token of `csrf.rs`.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        let shown = self
            .fields
            .iter()
            .filter(|(name, _)| name != crate::csrf::FIELD);
        shown.map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The files of one field.
    pub fn files(&self, name: &str) -> Vec<&UploadedFile> {
        self.files
            .iter()
            .filter(|file| file.field == name)
            .collect()
    }

    /// All files, handed over.
    pub fn take_files(&mut self) -> Vec<UploadedFile> {
        std::mem::take(&mut self.files)
    }

    /// The `command_id` that `ui::tokens` put in the form: the same form sent twice has the same.
    pub fn command_id(&self) -> Result<&str, Problem> {
        let id = self.text("command_id");
        let plain = id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if (16..=64).contains(&id.len()) && plain {
            Ok(id)
        } else {
            Err(Problem::BadRequest)
        }
    }

    fn find(&self, name: &str) -> Option<&str> {
        let first = self.fields.iter().find(|(key, _)| key == name);
        first.map(|(_, value)| value.as_str())
    }
}

fn too_long(name: &str, most: usize) -> String {
    let most = crate::show::number(i64::try_from(most).unwrap_or(i64::MAX));
    format!("Một ô dài quá {most} ký tự (ô “{name}”). Xin rút gọn rồi gửi lại.")
}

fn cut(most: usize) -> String {
    let most = crate::show::number(i64::try_from(most).unwrap_or(i64::MAX));
    format!("Dài quá {most} ký tự: phần sau đã bị cắt. Xin xem lại và rút gọn.")
}

/// A form with a field that is too long is refused: what would be left of it is not what was meant.
impl<S: Send + Sync> FromRequest<S> for FormData {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<FormData, Problem> {
        Cut::from_request(request, state).await?.0.held()
    }
}

/// Extractor: a form whose fields that were too long are cut, for a page that is shown again with a
/// sentence at each of them. Its handler adds [`FormData::faults`] to what it found wrong.
#[derive(Debug)]
pub struct Cut(
    /// The form.
    pub FormData,
);

impl<S: Send + Sync> FromRequest<S> for Cut {
    type Rejection = Problem;

    async fn from_request(mut request: Request, _: &S) -> Result<Cut, Problem> {
        let texts = request.extensions().get::<Texts>().copied();
        // Who looked for the token has read it already.
        let read = request.extensions_mut().remove::<Arc<FormData>>();
        let mut form = match read.and_then(Arc::into_inner) {
            Some(form) => form,
            None => whole(request).await?,
        };
        form.hold(texts.unwrap_or_default());
        Ok(Cut(form))
    }
}

async fn whole(request: Request) -> Result<FormData, Problem> {
    let visit = Visit::of(request.extensions())?.clone();
    match content_type(request.headers()) {
        "application/x-www-form-urlencoded" => {
            let body = axum::body::to_bytes(request.into_body(), FORM_BYTES_MAX).await;
            Ok(FormData::parse(&body.map_err(|_| Problem::TooLarge)?)?)
        }
        "multipart/form-data" => crate::multipart::read(request, visit.site()).await,
        "" => Ok(FormData::default()),
        _ => Err(Problem::BadRequest),
    }
}

/// Extractor: the query string, as a form.
#[derive(Debug, Default)]
pub struct QueryData(
    /// The pairs.
    pub FormData,
);

impl<S: Send + Sync> FromRequestParts<S> for QueryData {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<QueryData, Problem> {
        let query = parts.uri.query().unwrap_or("");
        let mut form = FormData::parse(query.as_bytes())?;
        form.hold(Texts::None);
        Ok(QueryData(form.held()?))
    }
}

/// A file that was uploaded: it lies in a folder of ours and is removed when this is dropped.
#[derive(Debug)]
pub struct UploadedFile {
    /// Field of the form.
    pub field: String,
    /// The last part of the name it had on the sender's device; never used as a path.
    pub file_name: String,
    /// What the browser said it is; not to be believed.
    pub content_type: String,
    /// Length in bytes.
    pub bytes: u64,
    /// SHA-256 of the content, lower-case hexadecimal.
    pub sha256: String,
    /// Why it did not arrive: then there is nothing at its path.
    pub fault: Option<Unreceived>,
    pub(crate) path: PathBuf,
}

/// Why a file of a form did not arrive, although the rest of the form did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreceived {
    /// Larger than one file may be.
    TooLarge,
    /// More files, or more bytes of files, than one form may bring.
    TooMuch,
}

impl UploadedFile {
    /// Where the bytes lie until this value is dropped.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for UploadedFile {
    fn drop(&mut self) {
        // It may already have been moved to its final place; nothing is lost then.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// The media type of a request without its parameters, lower case is expected of browsers.
pub(crate) fn content_type(headers: &axum::http::HeaderMap) -> &str {
    let value = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    value.unwrap_or("").split(';').next().unwrap_or("").trim()
}

/// One Unicode form, no outer blanks, no control characters.
fn tidy_secret(text: &str) -> String {
    let kept = |sign: &char| !sign.is_control() || matches!(sign, '\n' | '\t');
    let composed: String = text.chars().filter(kept).nfc().collect();
    composed.trim().to_owned()
}

/// `%C3%A0+b` → `à b`; `None` when it is not UTF-8 or a percent sign stands alone.
fn decode(text: &str) -> Option<String> {
    match text.contains('+') {
        true => percent_decode(&text.replace('+', " ")),
        false => percent_decode(text),
    }
}

/// `%C3%A0` → `à`; `None` when it is not UTF-8 or a percent sign stands alone.
pub(crate) fn percent_decode(text: &str) -> Option<String> {
    if !text.contains('%') {
        return Some(text.to_owned());
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let high = char::from(rest.next()?).to_digit(16)?;
        let low = char::from(rest.next()?).to_digit(16)?;
        bytes.push(u8::try_from(high * 16 + low).ok()?);
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_vietnamese_in_one_unicode_form() {
        let form = FormData::parse("name=Nguye%CC%82%CC%83n+V%C4%83n+&x=1&x=2&on".as_bytes());
        let form = form.unwrap();
        assert_eq!(form.text("name"), "Nguyễn Văn");
        assert_eq!(form.all("x"), ["1", "2"]);
        assert!(form.has("on") && form.filled("on").is_none());
        assert_eq!(form.text("nothing"), "");
    }

    #[test]
    fn a_sign_between_a_letter_and_its_mark_does_not_keep_them_apart() {
        let form = FormData::parse(b"name=Nguye%CC%82%00%CC%83n").unwrap();
        assert_eq!(form.text("name"), "Nguyễn");
    }

    /// What a chat puts around and into what is copied from it.
    #[test]
    fn what_nobody_sees_is_stripped_from_every_field_but_a_password() {
        let pasted = "number=%E2%80%AD066190004321%E2%80%AC&name=Nguy%E1%BB%85n%E2%80%8B+V%C4%83n\
            &password=%E2%9D%A4%EF%B8%8F+long";
        let form = FormData::parse(pasted.as_bytes()).unwrap();
        assert_eq!(form.text("number"), "066190004321");
        assert_eq!(form.text("name"), "Nguyễn Văn");
        assert_eq!(form.text("password"), "\u{2764}\u{fe0f} long");
    }

    #[test]
    fn limits_are_refused_not_cut() {
        let many = "a=1&".repeat(FIELDS_MAX + 1);
        assert_eq!(
            FormData::parse(many.as_bytes()).unwrap_err(),
            FormError::TooLarge
        );
        let long = format!("a={}", "x".repeat(FIELD_BYTES_MAX + 1));
        assert_eq!(
            FormData::parse(long.as_bytes()).unwrap_err(),
            FormError::TooLarge
        );
        let name = format!("{}=1", "n".repeat(NAME_BYTES_MAX + 1));
        assert_eq!(
            FormData::parse(name.as_bytes()).unwrap_err(),
            FormError::TooLarge
        );
        let huge = vec![b'a'; FORM_BYTES_MAX + 1];
        assert_eq!(FormData::parse(&huge).unwrap_err(), FormError::TooLarge);
        assert_eq!(FormData::parse(b"a=%f").unwrap_err(), FormError::Malformed);
        assert_eq!(FormData::parse(b"a=%ff").unwrap_err(), FormError::Malformed);
    }

    #[test]
    fn every_field_has_a_bound_in_characters() {
        let (line, text) = ("ề".repeat(LINE_CHARS_MAX), "ề".repeat(TEXT_CHARS_MAX));
        let read = |name: &str, value: &str, texts| {
            let mut form = FormData::default();
            form.push(name.into(), value.into()).unwrap();
            form.hold(texts);
            let shown = (form.text(name).chars().count(), form.faults().has(name));
            assert_eq!(form.held().is_err(), shown.1, "{name} {texts:?}");
            shown
        };
        let more = |text: &str| format!("{text}x");
        let reason = Texts::Named(&["reason"]);
        for (name, value, texts, expected) in [
            ("name", &line, Texts::None, (LINE_CHARS_MAX, false)),
            ("name", &more(&line), Texts::None, (LINE_CHARS_MAX, true)),
            ("name", &more(&line), reason, (LINE_CHARS_MAX, true)),
            ("reason", &text, reason, (TEXT_CHARS_MAX, false)),
            ("5.reason", &text, reason, (TEXT_CHARS_MAX, false)),
            ("reason", &more(&text), reason, (TEXT_CHARS_MAX, true)),
            ("why", &more(&text), Texts::Any, (TEXT_CHARS_MAX, true)),
            (
                "next",
                &more(&line),
                Texts::None,
                (LINE_CHARS_MAX + 1, false),
            ),
            ("next", &text, Texts::None, (PATH_CHARS_MAX, true)),
        ] {
            assert_eq!(read(name, value, texts), expected, "{name} {texts:?}");
        }
    }

    #[test]
    fn a_command_id_is_plain_and_long_enough() {
        let id = |text: &str| {
            let form = FormData::parse(format!("command_id={text}").as_bytes()).unwrap();
            form.command_id().map(str::to_owned).ok()
        };
        assert_eq!(id(&crate::fresh_id()).map(|text| text.len()), Some(32));
        assert_eq!(id("short"), None);
        assert_eq!(id("0123456789abcdef'or"), None);
    }

    proptest! {
        #[test]
        fn no_bytes_crash_the_parser(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = FormData::parse(&bytes);
        }

        #[test]
        fn what_a_browser_encodes_is_what_we_read(
            pairs in proptest::collection::vec(("[a-z\\[\\]0-9.]{1,10}", "\\PC{0,30}"), 0..8)
        ) {
            let body: Vec<String> = pairs.iter().map(|(name, value)| {
                let name = crate::cookie::percent_encode(name);
                format!("{name}={}", crate::cookie::percent_encode(value).replace("%20", "+"))
            }).collect();
            let form = FormData::parse(body.join("&").as_bytes()).unwrap();
            let tidy = |(name, value): &(String, String)| {
                (name.clone(), text::lines(value).into_owned())
            };
            let expected: Vec<_> = pairs.iter().map(tidy).collect();
            prop_assert_eq!(form.fields, expected);
        }
    }
}
