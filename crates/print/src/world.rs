//! World: everything that a template can see while it is laid out, and nothing else.
//!
//! The fonts and Typst's library are made once for the process. There is no disk, no network, no
//! package and no clock: `datetime.today()` is an error in a template, so a date is always data.

use std::path::PathBuf;
use std::sync::LazyLock;

use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{DiagSpan, FileId, Source};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World, WorldExt};

use crate::Template;
use crate::template::file_id;

/// Liberation Serif has the measures of Times New Roman, which administrative papers must look
/// like, covers Vietnamese, and may be given away (SIL Open Font License, `fonts/LICENSE.txt`).
static FONT_FILES: [&[u8]; 4] = [
    include_bytes!("../fonts/LiberationSerif-Regular.ttf"),
    include_bytes!("../fonts/LiberationSerif-Bold.ttf"),
    include_bytes!("../fonts/LiberationSerif-Italic.ttf"),
    include_bytes!("../fonts/LiberationSerif-BoldItalic.ttf"),
];

static OFFICE: LazyLock<Office> = LazyLock::new(Office::new);

/// Whether all four fonts have this sign.
pub(crate) fn shows(sign: char) -> bool {
    OFFICE
        .fonts
        .iter()
        .all(|font| font.info().coverage.contains(sign as u32))
}

/// What all documents share.
struct Office {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    data_id: FileId,
    qr_id: FileId,
}

impl Office {
    fn new() -> Self {
        let files = FONT_FILES.iter().map(|bytes| Bytes::new(*bytes));
        let fonts: Vec<Font> = files.flat_map(Font::iter).collect();
        Self {
            library: LazyHash::new(Library::default()),
            book: LazyHash::new(FontBook::from_fonts(&fonts)),
            fonts,
            data_id: file_id("data.json"),
            qr_id: file_id("qr.svg"),
        }
    }
}

/// The world of one document.
pub(crate) struct Desk {
    template: Template,
    data: Bytes,
    qr: Option<Bytes>,
}

impl Desk {
    pub(crate) fn new(template: &Template, data: Vec<u8>, qr: Option<String>) -> Self {
        let qr = qr.map(|svg| Bytes::new(svg.into_bytes()));
        Self {
            template: template.clone(),
            data: Bytes::new(data),
            qr,
        }
    }

    pub(crate) fn template(&self) -> &Template {
        &self.template
    }

    /// The name and the line (from 1; 0 if there is none) of a place in the texts.
    pub(crate) fn place(&self, span: impl Into<DiagSpan>) -> (String, usize) {
        let span = span.into();
        let Some(id) = span.id() else {
            return (self.template.name().to_owned(), 0);
        };
        let file = if id == self.template.main().id() {
            self.template.name().to_owned()
        } else {
            id.get().vpath().get_without_slash().to_owned()
        };
        let start = self.range(span).map(|range| range.start);
        let source = self.template.source(id);
        let line = source
            .zip(start)
            .and_then(|(text, at)| text.lines().byte_to_line(at));
        (file, line.map_or(0, |index| index + 1))
    }
}

impl World for Desk {
    fn library(&self) -> &LazyHash<Library> {
        &OFFICE.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &OFFICE.book
    }

    fn main(&self) -> FileId {
        self.template.main().id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        self.template
            .source(id)
            .cloned()
            .ok_or_else(|| not_found(id))
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == OFFICE.data_id {
            return Ok(self.data.clone());
        }
        if id == OFFICE.qr_id {
            return self.qr.clone().ok_or_else(|| not_found(id));
        }
        let source = self.source(id)?;
        Ok(Bytes::from_string(source.text().to_owned()))
    }

    fn font(&self, index: usize) -> Option<Font> {
        OFFICE.fonts.get(index).cloned()
    }

    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}

fn not_found(id: FileId) -> FileError {
    FileError::NotFound(PathBuf::from(id.get().vpath().get_without_slash()))
}
