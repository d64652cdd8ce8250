//! Finding today's commune by what somebody calls a place: its name of today, or the former name on
//! an old paper, with or without district and province.
//! Does not know: which house of a divided commune went where; a person chooses.
use jiff::civil::Date;

use super::former::Written;
use super::{Commune, Places};

/// Communes of today's name among what is found; the former ones follow.
const TODAY_MAX: usize = 5;

/// What a place that somebody names may be today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found<'p> {
    /// Today's commune.
    pub commune: &'p Commune,
    /// The former unit that was meant: `Xã Cư ÊBur, Thành phố Buôn Ma Thuột, Tỉnh Đắk Lắk`; empty
    /// when today's name was.
    pub formerly: String,
    /// How much of the former unit it is.
    pub part: Part,
}

/// How much of a former unit went into a commune of today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// All of it.
    Whole,
    /// It was divided; most addresses are here.
    Most,
    /// It was divided; some are here.
    Some,
}

impl Places {
    /// The communes of that day which `text` may mean, at most `limit`: those of that name today,
    /// then those that a former unit of that name became. After a comma, or after the word for its
    /// kind, may stand district and province: `xã Cư Êbur, TP Buôn Ma Thuột`.
    pub fn find(&self, text: &str, on: Date, limit: usize) -> Vec<Found<'_>> {
        let parts = parts(text);
        let Some((name, around)) = parts.split_first() else {
            return Vec::new();
        };
        let mut found = self.named_today(name, around, on);
        for (commune, formerly, part) in self.named_formerly(name, around, on) {
            let known = found
                .iter_mut()
                .find(|known: &&mut Found<'_>| known.commune.code == commune.code);
            match known {
                // A unit that kept its name is told of once.
                Some(known) if part == Part::Whole && known.formerly.is_empty() => {}
                _ => found.push(Found {
                    commune,
                    formerly,
                    part,
                }),
            }
        }
        found.truncate(limit);
        found
    }

    fn named_today(&self, name: &str, around: &[String], on: Date) -> Vec<Found<'_>> {
        let there = |commune: &&Commune| {
            let province = self.province(&commune.province, on);
            let province = province.map(|one| Written::read(&one.name));
            let is = |text: &String| {
                province
                    .as_ref()
                    .is_some_and(|own| own.is_named(&Written::read(text)))
            };
            around.is_empty() || around.iter().any(is)
        };
        let named = Written::read(name);
        let begins = |commune: &&Commune| Written::read(&commune.name).begins_with(&named);
        let all = self.search(name, on, usize::MAX).into_iter();
        let found = all.filter(there).filter(begins).take(TODAY_MAX);
        found
            .map(|commune| Found {
                commune,
                formerly: String::new(),
                part: Part::Whole,
            })
            .collect()
    }

    /// Today's commune, the former unit, how much of it.
    fn named_formerly(
        &self,
        name: &str,
        around: &[String],
        on: Date,
    ) -> Vec<(&Commune, String, Part)> {
        let mut found = Vec::new();
        for former in self.former.named(self, name, around) {
            let today = |code: &String| self.commune(code, on).or_else(|| self.latest(code));
            let communes: Vec<&Commune> = former.codes.iter().filter_map(today).collect();
            let formerly = self.former.full_name(former);
            for (place, commune) in communes.iter().enumerate() {
                let part = match (communes.len(), place) {
                    (1, _) => Part::Whole,
                    (_, 0) => Part::Most,
                    _ => Part::Some,
                };
                found.push((*commune, formerly.clone(), part));
            }
        }
        found
    }
}

/// The name and what stands around it: after commas, and after a word for a district or a province
/// that is not the first one.
fn parts(text: &str) -> Vec<String> {
    const AROUND: [&[&str]; 8] = [
        &["thành", "phố"],
        &["thị", "xã"],
        &["tp"],
        &["tx"],
        &["tp."],
        &["quận"],
        &["huyện"],
        &["tỉnh"],
    ];
    let mut parts = Vec::new();
    for piece in text.split([',', ';', '(', ')']) {
        let words: Vec<&str> = piece.split_whitespace().collect();
        let small: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
        let mut begin = 0;
        for at in 1..words.len() {
            let opens = |kind: &&&[&str]| {
                small.len() > at + kind.len()
                    && kind.iter().zip(&small[at..]).all(|(a, b)| *a == b.as_str())
            };
            if AROUND.iter().any(|kind| opens(&kind)) {
                parts.push(words[begin..at].join(" "));
                begin = at;
            }
        }
        parts.push(words[begin..].join(" "));
    }
    parts.retain(|part| !part.is_empty());
    parts
}
