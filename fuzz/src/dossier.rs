//! The dossier code, as `crates/matters` has it: its crate would bring the printer.
#[allow(dead_code)]
#[path = "../../crates/matters/src/dossier/code.rs"]
mod code;

pub use code::Code;
