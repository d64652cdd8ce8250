//! QR: a text as a black and white square, in SVG. It does not know what the text means.

use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};

use crate::{PrintError, QR_BYTES_MAX};

/// The QR code of a text, with its quiet zone, as an SVG file.
///
/// Error correction M: a code stays readable with a stamp or a fold over 15 % of it.
///
/// # Errors
/// [`PrintError::QrTooLong`] above [`QR_BYTES_MAX`] bytes.
pub fn qr_svg(text: &str) -> Result<String, PrintError> {
    let too_long = || PrintError::QrTooLong {
        bytes: text.len(),
        max: QR_BYTES_MAX,
    };
    if text.len() > QR_BYTES_MAX {
        return Err(too_long());
    }
    let code = QrCode::with_error_correction_level(text, EcLevel::M).map_err(|_| too_long())?;
    Ok(code.render::<svg::Color>().quiet_zone(true).build())
}
