//! A PDF is read as far as it takes to know that it has a page and no password: its cross
//! references, its trailers, its page tree. A file whose cross references are broken is read from
//! the front, as every viewer does.
//!
//! No library is asked: those that read PDF unpack whatever a file names, without a bound, and a
//! file of 20 MiB may unpack to 20 GiB (decision 34).
//! Does not know: what is on a page, whether a signature holds.
mod places;
mod predicted;
mod value;
mod words;

#[cfg(test)]
mod tests;

use std::collections::HashSet;

use places::Places;
use value::{Budget, Dict, Value};

/// Nodes of the page tree looked at until a page is found: the first leads to one.
const NODES_MAX: usize = 10_000;
/// References that lead to references.
const STEPS_MAX: u32 = 8;

/// Why a PDF cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// A password stands before it, or before copying and printing: an archive must be able to open
    /// it in thirty years.
    Protected,
    /// It has no page that a viewer could find.
    Broken,
}

/// Whether `bytes` are a PDF that anybody can open.
pub(super) fn check(bytes: &[u8]) -> Result<(), Fault> {
    let mut budget = Budget::for_bytes(bytes.len());
    let mut pdf = match Places::listed(bytes, &mut budget) {
        Some(places) => Pdf { places, budget },
        None => return repaired(bytes),
    };
    if pdf.places.protected {
        return Err(Fault::Protected);
    }
    match pdf.has_page() {
        true => Ok(()),
        false => repaired(bytes),
    }
}

/// The same, with the places of objects found by looking for them.
fn repaired(bytes: &[u8]) -> Result<(), Fault> {
    let mut budget = Budget::for_bytes(bytes.len());
    let places = Places::found(bytes, &mut budget);
    if places.protected {
        return Err(Fault::Protected);
    }
    let mut pdf = Pdf { places, budget };
    if pdf.has_page() {
        Ok(())
    } else {
        Err(Fault::Broken)
    }
}

struct Pdf<'a> {
    places: Places<'a>,
    budget: Budget,
}

impl Pdf<'_> {
    fn has_page(&mut self) -> bool {
        let roots: Vec<Value> = self.places.roots.iter().rev().cloned().collect();
        roots.into_iter().any(|root| {
            let catalogue = self.dict(root);
            let pages = catalogue.and_then(|root| root.get("Pages").cloned());
            pages.is_some_and(|pages| self.leads_to_page(pages))
        })
    }

    fn leads_to_page(&mut self, pages: Value) -> bool {
        let mut waiting = vec![pages];
        let mut seen = HashSet::new();
        for _ in 0..NODES_MAX {
            let Some(node) = waiting.pop() else {
                return false;
            };
            if let Value::Ref(number) = node
                && !seen.insert(number)
            {
                continue;
            }
            let Some(node) = self.dict(node) else {
                continue;
            };
            let Some(kids) = node.get("Kids").cloned() else {
                if is_page(&node) {
                    return true;
                }
                continue;
            };
            if let Some(Value::Array(kids)) = self.resolve(kids) {
                waiting.extend(kids.into_iter().rev());
            }
        }
        false
    }

    fn dict(&mut self, value: Value) -> Option<Dict> {
        match self.resolve(value)? {
            Value::Dict(dict) => Some(dict),
            _ => None,
        }
    }

    fn resolve(&mut self, mut value: Value) -> Option<Value> {
        for _ in 0..STEPS_MAX {
            match value {
                Value::Ref(number) => value = self.places.object(number, &mut self.budget)?,
                found => return Some(found),
            }
        }
        None
    }
}

/// A leaf of the page tree. Some writers leave out the type, none leaves out all of these.
fn is_page(node: &Dict) -> bool {
    node.is("Type", "Page")
        || ["Contents", "MediaBox", "Parent", "Resources"]
            .iter()
            .any(|key| node.get(key).is_some())
}
