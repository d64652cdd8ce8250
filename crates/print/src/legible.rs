//! Legible: data as the embedded fonts can show it.
//!
//! People type and paste anything. Letters are put together (NFC), so that every Vietnamese letter
//! is one sign of the font; invisible signs, which could turn a name around on paper, are dropped;
//! what no font here can show becomes a visible replacement sign instead of an empty box. This also
//! keeps scripts away on which Typst 0.15 is known to panic (right to left with combining marks).

use serde_json::Value;
use unicode_normalization::UnicodeNormalization;

use crate::world;

/// What stands for a sign that cannot be shown.
const REPLACEMENT: char = '□';

/// The same data with every text made legible. Keys are the programmer's and stay.
pub(crate) fn legible(data: &Value) -> Value {
    match data {
        Value::String(text) => Value::String(legible_text(text)),
        Value::Array(items) => items.iter().map(legible).collect(),
        Value::Object(pairs) => pairs
            .iter()
            .map(|(key, value)| (key.clone(), legible(value)))
            .collect(),
        plain => plain.clone(),
    }
}

fn legible_text(text: &str) -> String {
    text.nfc()
        .filter(|sign| !text::is_invisible(*sign))
        .map(shown)
        .collect()
}

fn shown(sign: char) -> char {
    if matches!(sign, '\n' | '\r' | '\t') || (!is_right_to_left(sign) && world::shows(sign)) {
        sign
    } else {
        REPLACEMENT
    }
}

/// Hebrew is the only such script in the fonts.
fn is_right_to_left(sign: char) -> bool {
    matches!(sign, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}')
}
