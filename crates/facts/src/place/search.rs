//! Finding communes by what people type: without diacritics, with either tone position, the kind
//! and the province written or not, the end of the name not yet typed.
//! Does not know: names before 1/7/2025 (former.rs does).
use jiff::civil::Date;

use super::{Commune, Places};
use crate::fold::{fold, sort_key};

impl Places {
    /// The communes of that day which the text can mean, the likeliest first: equal name, name that
    /// begins so, word that begins so, then all words found in kind, name and province. Equal marks
    /// before folded ones, then the alphabet. Digits find the code.
    pub fn search(&self, text: &str, on: Date, limit: usize) -> Vec<&Commune> {
        let query = Query::read(text);
        if query.words.is_empty() {
            return Vec::new();
        }
        let provinces: Vec<(&str, String)> = self
            .provinces(on)
            .map(|province| (province.code.as_str(), fold(&province.name)))
            .collect();
        let mut found: Vec<(u8, &Commune)> = Vec::new();
        for commune in self
            .communes
            .iter()
            .filter(|commune| commune.validity.holds(on))
        {
            let province = provinces.iter().find(|(code, _)| *code == commune.province);
            let province = province.map_or("", |(_, name)| name.as_str());
            if let Some(rank) = query.rank(commune, province) {
                found.push((rank, commune));
            }
        }
        // The sort is stable and `communes` is in the order of the alphabet.
        found.sort_by_key(|(rank, commune)| (*rank, commune.sort_key != query.sort_key));
        found.truncate(limit);
        found.into_iter().map(|(_, commune)| commune).collect()
    }
}

struct Query {
    /// Folded, the words separated by one space.
    folded: String,
    words: Vec<String>,
    /// Of the name without its kind, marks included.
    sort_key: String,
}

impl Query {
    fn read(text: &str) -> Self {
        let text = text.replace([',', '.', ';', '-'], " ");
        let folded = fold(&text);
        let kind_words = match folded.split(' ').collect::<Vec<_>>()[..] {
            ["xa" | "phuong", _, ..] => 1,
            ["dac", "khu", _, ..] => 2,
            _ => 0,
        };
        let name: Vec<&str> = text.split_whitespace().skip(kind_words).collect();
        Query {
            words: folded.split_whitespace().map(str::to_string).collect(),
            sort_key: sort_key(&name.join(" ")),
            folded,
        }
    }

    fn rank(&self, commune: &Commune, province: &str) -> Option<u8> {
        let name = commune.folded.as_str();
        let kind = fold(commune.kind_name());
        let without_kind = self.folded.strip_prefix(&kind).map(str::trim_start);
        let text = without_kind
            .filter(|rest| !rest.is_empty())
            .unwrap_or(&self.folded);
        if name == text || name == self.folded || commune.code == self.folded {
            return Some(0);
        }
        if name.starts_with(text) || name.starts_with(&self.folded) {
            return Some(1);
        }
        if name.contains(&format!(" {text}")) {
            return Some(2);
        }
        let place = format!("{kind} {name} {province}");
        let begins = |word: &String| place.split(' ').any(|part| part.starts_with(word.as_str()));
        self.words.iter().all(begins).then_some(3)
    }
}
