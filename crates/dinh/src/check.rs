//! `dinh check`: reads a whole content folder as the program would and reports every fault.
use std::path::Path;

use facts::calendar::Calendars;
use facts::content::ContentError;
use facts::place::Places;
use facts::procedure::Catalogue;

/// Prints what the folder holds.
///
/// # Errors
/// All faults, one a line, each with its file and line.
pub fn print(folder: &Path) -> Result<(), String> {
    let mut faults = Vec::new();
    let mut keep = |found: Vec<ContentError>| faults.extend(found);
    if let Err(found) = Calendars::load(folder) {
        keep(found);
    }
    if let Err(found) = Places::load(folder) {
        keep(found);
    }
    match Catalogue::load(folder) {
        Ok(catalogue) => println!("{} procedures", catalogue.all().count()),
        Err(found) => keep(found),
    }
    if faults.is_empty() {
        Ok(())
    } else {
        Err(list(&faults))
    }
}

/// One fault a line.
#[must_use]
pub fn list(faults: &[ContentError]) -> String {
    let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
    lines.join("\n")
}
