//! Which files the entries name.
//!
//! Does not know: where files are, whether they are whole.
use std::collections::BTreeSet;

use serde_json::Value as Json;

use crate::views::Facts;

/// Digests of the uploaded and issued files that entries name.
#[must_use]
pub fn named(facts: &Facts) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for entry in &facts.entries {
        collect(&entry.body, &mut all);
    }
    all
}

fn collect(value: &Json, all: &mut BTreeSet<String>) {
    match value {
        Json::Object(fields) => {
            for (key, inner) in fields {
                match inner.as_str().filter(|_| key == "digest" || key == "file") {
                    Some(digest) => drop(all.insert(digest.to_owned())),
                    None => collect(inner, all),
                }
            }
        }
        Json::Array(list) => list.iter().for_each(|inner| collect(inner, all)),
        _ => {}
    }
}
