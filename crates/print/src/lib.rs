//! Print: a template and some data become a PDF, the same bytes every time.
//!
//! Typst runs inside the program, over a world without a disk and without a network: the template,
//! its includes, `/data.json`, `/qr.svg` and four embedded fonts are all that a template can see.
//! This crate deliberately knows no government word, no clock and no file: who asks hands over the
//! text of the template and the data, and what a letter says stands in the template.

mod cache;
mod legible;
mod press;
mod qr;
mod template;
mod world;

pub use cache::Cache;
pub use press::Press;
pub use qr::qr_svg;
pub use template::Template;

use std::panic::{AssertUnwindSafe, catch_unwind};

use serde_json::Value;
use typst::diag::{SourceDiagnostic, Warned};
use typst::foundations::Smart;
use typst_layout::PagedDocument;
use typst_pdf::PdfOptions;

use world::Desk;

/// The data of one document, as JSON, in bytes. A book page with 1,000 rows is about 400 kB; more
/// is a mistake of the caller and would hold a processor for seconds.
pub const DATA_BYTES_MAX: usize = 1024 * 1024;

/// The pages of one document. A book is printed by period, so 500 sheets are an archive box.
pub const PAGES_MAX: usize = 500;

/// The bytes of the text in a QR code. Denser codes are not read by a cheap telephone from paper.
pub const QR_BYTES_MAX: usize = 300;

/// How many documents a remembered piece of layout survives without being used again. Templates
/// are used over and over, so their parts stay; the text of one letter leaves memory soon.
const MEMORY_AGE_MAX: usize = 16;

/// Why no PDF was made. Each names the template in words that its author understands.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PrintError {
    /// The data is longer than [`DATA_BYTES_MAX`].
    #[error("{template}: the data is {bytes} bytes, at most {max} are allowed")]
    DataTooLarge {
        /// Name of the template.
        template: String,
        /// Length of the data as JSON.
        bytes: usize,
        /// The limit.
        max: usize,
    },
    /// The document would be longer than [`PAGES_MAX`].
    #[error("{template}: the document has {pages} pages, at most {max} are allowed")]
    TooManyPages {
        /// Name of the template.
        template: String,
        /// Pages of the document.
        pages: usize,
        /// The limit.
        max: usize,
    },
    /// The text does not fit into a QR code.
    #[error("the text of the QR code is {bytes} bytes, at most {max} are allowed")]
    QrTooLong {
        /// Length of the text.
        bytes: usize,
        /// The limit.
        max: usize,
    },
    /// Too many documents wait already; worth to ask again in a moment.
    #[error("too many documents are waiting to be printed")]
    Busy,
    /// The layout engine has failed on this document; what it said is in the log of the process.
    #[error("{template}: the layout engine failed on this data")]
    Engine {
        /// Name of the template.
        template: String,
    },
    /// The template and the data do not fit together, or the template is wrong.
    #[error("{file}:{line}: {message}{}", called_text(called_from))]
    Template {
        /// Name of the template, or of the included file where it went wrong.
        file: String,
        /// Line in that file, from 1; 0 if the mistake has no line.
        line: usize,
        /// What is wrong.
        message: String,
        /// `file:line` of the place in the template that led there, if that is another one.
        called_from: Option<String>,
    },
}

fn called_text(called_from: &Option<String>) -> String {
    called_from
        .as_ref()
        .map(|place| format!(" (called from {place})"))
        .unwrap_or_default()
}

/// Lays the template out with the data and returns the bytes of a PDF file.
///
/// The template reads the data with `json("/data.json")`. If the data has a text `qr`, its QR code
/// is the picture `/qr.svg`. Texts are printed as the fonts can show them: composed (NFC), without
/// invisible signs, and with □ for what no font here has. The same template and data give the same
/// bytes. This takes milliseconds of processor time; call it off the async threads.
///
/// # Errors
/// See [`PrintError`]: data or document too large, a mistake in the template with its line.
pub fn pdf(template: &Template, data: &Value) -> Result<Vec<u8>, PrintError> {
    pdf_of_bytes(template, data_bytes(template, data)?, qr_of(data)?)
}

fn data_bytes(template: &Template, data: &Value) -> Result<Vec<u8>, PrintError> {
    let bytes = legible::legible(data).to_string().into_bytes();
    if bytes.len() > DATA_BYTES_MAX {
        let template = template.name().to_owned();
        return Err(PrintError::DataTooLarge {
            template,
            bytes: bytes.len(),
            max: DATA_BYTES_MAX,
        });
    }
    Ok(bytes)
}

fn qr_of(data: &Value) -> Result<Option<String>, PrintError> {
    match data.get("qr").and_then(Value::as_str) {
        Some(text) if !text.is_empty() => qr_svg(text).map(Some),
        _ => Ok(None),
    }
}

fn pdf_of_bytes(
    template: &Template,
    data: Vec<u8>,
    qr: Option<String>,
) -> Result<Vec<u8>, PrintError> {
    let desk = Desk::new(template, data, qr);
    // A text that somebody typed must not take down the thread that prints for everybody.
    let made = catch_unwind(AssertUnwindSafe(|| {
        lay_out(&desk).and_then(|document| export(&desk, &document))
    }));
    typst::comemo::evict(MEMORY_AGE_MAX);
    made.unwrap_or_else(|_| {
        Err(PrintError::Engine {
            template: template.name().to_owned(),
        })
    })
}

fn lay_out(desk: &Desk) -> Result<PagedDocument, PrintError> {
    let Warned { output, .. } = typst::compile::<PagedDocument>(desk);
    let document = output.map_err(|mistakes| plain_words(desk, &mistakes))?;
    let pages = document.pages().len();
    if pages > PAGES_MAX {
        let template = desk.template().name().to_owned();
        return Err(PrintError::TooManyPages {
            template,
            pages,
            max: PAGES_MAX,
        });
    }
    Ok(document)
}

fn export(desk: &Desk, document: &PagedDocument) -> Result<Vec<u8>, PrintError> {
    // No time stamp and no program version in the file: the same letter has the same digest.
    let options = PdfOptions {
        creator: Smart::Custom(None),
        ..PdfOptions::default()
    };
    typst_pdf::pdf(document, &options).map_err(|mistakes| plain_words(desk, &mistakes))
}

fn plain_words(desk: &Desk, mistakes: &[SourceDiagnostic]) -> PrintError {
    let Some(first) = mistakes.first() else {
        let file = desk.template().name().to_owned();
        let message = "the document could not be made".to_owned();
        return PrintError::Template {
            file,
            line: 0,
            message,
            called_from: None,
        };
    };
    let (file, line) = desk.place(first.span);
    let mut message = first.message.to_string();
    for hint in &first.hints {
        message.push_str("; ");
        message.push_str(&hint.v);
    }
    let callers = first.trace.iter().map(|call| desk.place(call.span));
    let called_from = callers
        .filter(|(caller, at)| caller == desk.template().name() && (caller, *at) != (&file, line))
        .map(|(caller, at)| format!("{caller}:{at}"))
        .next();
    PrintError::Template {
        file,
        line,
        message,
        called_from,
    }
}

#[cfg(test)]
mod tests;
