//! What the fuzz targets do with bytes: one module a target, each with `eat`, which must come back
//! from anything. Beside "it does not panic" each holds what must be true of what was read.
//!
//! It knows the parsers and nothing behind them. Files of rooms above the printer are read here as
//! they stand, because their crates would bring Typst into every build of a target.

// `found.rs` names its dossier code by the crate that owns it.
extern crate self as matters;

pub mod answers;
pub mod backup;
pub mod code;
pub mod content;
pub mod cookie;
pub mod dossier;
pub mod feel;
pub mod form;
pub mod page;
pub mod paper;
pub mod procedure;
pub mod typed;
pub mod upload;

mod folder;
mod house;

#[allow(dead_code)]
#[path = "../../crates/work/src/counter/found.rs"]
mod found;

/// The first byte chooses one of `choices`, the rest is the text.
fn choose<'a, T>(choices: &'a [T], bytes: &'a [u8]) -> Option<(&'a T, &'a [u8])> {
    let (first, rest) = bytes.split_first()?;
    Some((&choices[usize::from(*first) % choices.len()], rest))
}
