//! An office document is a ZIP whose table of contents says which: Word and Excel of today, and
//! what LibreOffice writes. Any other ZIP is not one, and none with a macro is taken.
//! Does not know: what is written in it.
use std::io::Read as _;

use flate2::read::DeflateDecoder;

use super::Media;

/// Files in one document: a workbook with a picture on each of its sheets has some hundreds.
const PARTS_MAX: usize = 10_000;
/// The list of what the parts are, unpacked.
const KINDS_BYTES_MAX: u64 = 1024 * 1024;
/// The end of a ZIP with the longest note that it can have.
const TAIL_BYTES: usize = 22 + 65_535;

const END: &[u8] = b"PK\x05\x06";
const LISTED: &[u8] = b"PK\x01\x02";
const LOCAL: &[u8] = b"PK\x03\x04";

/// Why a ZIP cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// No document of the kinds that are known.
    Unknown,
    /// It carries a program.
    Macros,
    /// A password stands before it.
    Protected,
}

/// Which document these bytes are.
pub(super) fn kind(bytes: &[u8]) -> Result<Media, Fault> {
    let parts = parts(bytes).ok_or(Fault::Unknown)?;
    if parts.iter().any(|part| part.locked) {
        return Err(Fault::Protected);
    }
    if parts.iter().any(Part::is_program) {
        return Err(Fault::Macros);
    }
    let named = |name: &str| parts.iter().find(|part| part.name == name.as_bytes());
    if let Some(kinds) = named("[Content_Types].xml") {
        let text = kinds.read(bytes).ok_or(Fault::Unknown)?;
        return of_microsoft(&text);
    }
    let manifest = named("META-INF/manifest.xml").and_then(|part| part.read(bytes));
    let locked = |text: Vec<u8>| text.windows(15).any(|some| some == b"encryption-data");
    if manifest.is_some_and(locked) {
        return Err(Fault::Protected);
    }
    let kind = parts.first().filter(|part| part.name == b"mimetype");
    let text = kind
        .and_then(|part| part.read(bytes))
        .ok_or(Fault::Unknown)?;
    match text.as_slice() {
        b"application/vnd.oasis.opendocument.text" => Ok(Media::Odt),
        b"application/vnd.oasis.opendocument.spreadsheet" => Ok(Media::Ods),
        _ => Err(Fault::Unknown),
    }
}

/// The kind that the main part says it has. What could hide a word from us is not read at all:
/// Word and Excel write neither references to signs nor anything but UTF-8.
fn of_microsoft(text: &[u8]) -> Result<Media, Fault> {
    let text = std::str::from_utf8(text).map_err(|_| Fault::Unknown)?;
    let small = text.to_ascii_lowercase();
    if small.contains('\0') || small.contains("&#") || small.contains("<!doctype") {
        return Err(Fault::Unknown);
    }
    if ["vbaproject", "macroenabled", "activex"]
        .iter()
        .any(|word| small.contains(word))
    {
        return Err(Fault::Macros);
    }
    let main = |kind: &str| small.contains(&format!("officedocument.{kind}.main+xml"));
    match (
        main("wordprocessingml.document"),
        main("spreadsheetml.sheet"),
    ) {
        (true, false) => Ok(Media::Docx),
        (false, true) => Ok(Media::Xlsx),
        _ => Err(Fault::Unknown),
    }
}

/// One line of the table of contents.
struct Part<'a> {
    name: &'a [u8],
    locked: bool,
    method: usize,
    packed: usize,
    at: usize,
}

impl Part<'_> {
    /// A macro by the place where each of the programs keeps them.
    fn is_program(&self) -> bool {
        let name = self.name.to_ascii_lowercase();
        name.ends_with(b"vbaproject.bin")
            || name.starts_with(b"basic/")
            || name.starts_with(b"scripts/")
    }

    /// What it holds, when that is not too much.
    fn read(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        let head = bytes.get(self.at..)?;
        if !head.starts_with(LOCAL) {
            return None;
        }
        let begin = 30 + number(head, 26, 2)? + number(head, 28, 2)?;
        let data = head.get(begin..)?;
        let data = data.get(..self.packed)?;
        let mut out = Vec::new();
        match self.method {
            0 => data.take(KINDS_BYTES_MAX + 1).read_to_end(&mut out).ok()?,
            8 => {
                let mut limited = DeflateDecoder::new(data).take(KINDS_BYTES_MAX + 1);
                limited.read_to_end(&mut out).ok()?
            }
            _ => return None,
        };
        (out.len() as u64 <= KINDS_BYTES_MAX).then_some(out)
    }
}

/// The table of contents, in its order. `None` when it is not sound, or longer than any document's.
fn parts(bytes: &[u8]) -> Option<Vec<Part<'_>>> {
    let from = bytes.len().saturating_sub(TAIL_BYTES);
    let tail = &bytes[from..];
    let end = from + tail.windows(END.len()).rposition(|four| four == END)?;
    let end = &bytes[end..];
    let count = number(end, 10, 2)?;
    let mut at = number(end, 16, 4)?;
    if count == 0 || count > PARTS_MAX {
        return None;
    }
    let mut parts = Vec::with_capacity(count);
    for _ in 0..count {
        let line = bytes.get(at..)?;
        if !line.starts_with(LISTED) {
            return None;
        }
        let name_bytes = number(line, 28, 2)?;
        parts.push(Part {
            name: line.get(46..46 + name_bytes)?,
            locked: number(line, 8, 2)? & 1 == 1,
            method: number(line, 10, 2)?,
            packed: number(line, 20, 4)?,
            at: number(line, 42, 4)?,
        });
        at += 46 + name_bytes + number(line, 30, 2)? + number(line, 32, 2)?;
    }
    Some(parts)
}

/// A number of `width` bytes, the lowest first.
fn number(bytes: &[u8], at: usize, width: usize) -> Option<usize> {
    let bytes = bytes.get(at..at + width)?;
    Some(
        bytes
            .iter()
            .rev()
            .fold(0, |sum, byte| sum << 8 | usize::from(*byte)),
    )
}
