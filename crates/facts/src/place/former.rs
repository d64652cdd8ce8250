//! The units before 1/7/2025 and what became of them: an address with its district finds today's
//! commune.
//! Does not know: which house of a divided commune went where; it names all parts, the likeliest
//! first, and a person chooses.
use std::collections::HashMap;
use std::sync::OnceLock;

use super::{Commune, Places};
use crate::fold::{fold, sort_key};

impl Places {
    /// Today's communes of a former address, the likeliest first; empty when nothing fits. Kinds
    /// may be left out or abbreviated (`P.`, `Q.`, `TP`, `TX`, `TT`), the marks too. The province
    /// may be the former or today's. Without a district, or with one that is not known, the whole
    /// province is searched. Several answers when the commune was divided or several fit.
    pub fn resolve_old(&self, province: &str, district: &str, commune: &str) -> Vec<&Commune> {
        let former = &self.former;
        let provinces = former.provinces_named(self, province);
        let districts = former.districts_of(&provinces);
        let named = best(&Written::read(district), districts.iter().copied());
        let mut found = former.communes_named(&named, commune);
        if found.is_empty() {
            found = former.communes_named(&districts, commune);
        }
        let mut today: Vec<&Commune> = Vec::new();
        for code in found.iter().flat_map(|former| &former.codes) {
            let unit = self.latest(code);
            today.extend(unit.filter(|unit| !today.iter().any(|seen| seen.code == unit.code)));
        }
        today
    }

    /// The former names of a commune of today, whole or in part, with district and province:
    /// `Phường Phúc Xá, Quận Ba Đình, Thành phố Hà Nội`.
    pub fn formerly(&self, code: &str) -> Vec<String> {
        let all = self.former.communes.iter();
        all.filter(|former| former.codes.iter().any(|successor| successor == code))
            .map(|former| self.former.full_name(former))
            .collect()
    }
}

#[derive(Debug)]
pub(super) struct FormerProvince {
    pub code: String,
    pub name: String,
    /// Today's province.
    pub province: String,
    pub aliases: Vec<String>,
    pub written: OnceLock<Written>,
}

#[derive(Debug)]
pub(super) struct FormerDistrict {
    pub code: String,
    pub name: String,
    /// Its former province.
    pub province: String,
    pub aliases: Vec<String>,
    pub written: OnceLock<Written>,
}

#[derive(Debug)]
pub(super) struct FormerCommune {
    /// With its kind; empty for the island districts that had no communes.
    pub name: String,
    pub district: String,
    /// Today's communes, the likeliest first.
    pub codes: Vec<String>,
    pub aliases: Vec<String>,
    pub written: OnceLock<Written>,
}

#[derive(Debug)]
pub(super) struct Former {
    provinces: Vec<FormerProvince>,
    districts: Vec<FormerDistrict>,
    communes: Vec<FormerCommune>,
    /// Positions in `communes` of each district.
    by_district: HashMap<String, Vec<usize>>,
}

impl Former {
    pub fn new(
        provinces: Vec<FormerProvince>,
        districts: Vec<FormerDistrict>,
        communes: Vec<FormerCommune>,
    ) -> Self {
        let mut by_district: HashMap<String, Vec<usize>> = HashMap::new();
        for (position, commune) in communes.iter().enumerate() {
            by_district
                .entry(commune.district.clone())
                .or_default()
                .push(position);
        }
        Former {
            provinces,
            districts,
            communes,
            by_district,
        }
    }

    pub fn successor_codes(&self) -> impl Iterator<Item = &str> {
        let all = self.communes.iter();
        all.flat_map(|commune| commune.codes.iter().map(String::as_str))
    }

    /// The former provinces of that name, and those that went into today's province of that name.
    fn provinces_named(&self, places: &Places, text: &str) -> Vec<&FormerProvince> {
        let written = Written::read(text);
        let today: Vec<&str> = places
            .provinces
            .iter()
            .filter(|province| Written::read(&province.name).bare == written.bare)
            .map(|province| province.code.as_str())
            .collect();
        let mut found = best(&written, self.provinces.iter());
        for province in &self.provinces {
            let known = found.iter().any(|seen| seen.code == province.code);
            if !known && today.contains(&province.province.as_str()) {
                found.push(province);
            }
        }
        found
    }

    fn districts_of(&self, provinces: &[&FormerProvince]) -> Vec<&FormerDistrict> {
        let of = |province: &&FormerProvince| {
            let code = province.code.clone();
            self.districts
                .iter()
                .filter(move |district| district.province == code)
        };
        provinces.iter().flat_map(of).collect()
    }

    /// The communes of that name in these districts. In a district that had none, its only unit.
    fn communes_named(&self, districts: &[&FormerDistrict], text: &str) -> Vec<&FormerCommune> {
        let positions = districts
            .iter()
            .filter_map(|one| self.by_district.get(&one.code));
        let communes: Vec<&FormerCommune> = positions
            .flatten()
            .map(|position| &self.communes[*position])
            .collect();
        match communes[..] {
            [only] if only.name.is_empty() => vec![only],
            _ => best(&Written::read(text), communes.into_iter()),
        }
    }

    /// The communes of that name, those in the district or province that stands around it if any
    /// does; the nearest in writing only.
    pub fn named(&self, places: &Places, name: &str, around: &[String]) -> Vec<&FormerCommune> {
        let near = best(&Written::read(name), self.communes.iter());
        let around: Vec<Written> = around.iter().map(|text| Written::read(text)).collect();
        let fits = |commune: &&&FormerCommune| {
            around
                .iter()
                .all(|written| self.stands_in(places, commune, written))
        };
        let there: Vec<&FormerCommune> = near.iter().filter(fits).copied().collect();
        match there.is_empty() {
            // A district that nobody knows must not hide the commune.
            true => near,
            false => there,
        }
    }

    fn stands_in(&self, places: &Places, commune: &FormerCommune, around: &Written) -> bool {
        let mut districts = self.districts.iter();
        let Some(district) = districts.find(|one| one.code == commune.district) else {
            return false;
        };
        let mut provinces = self.provinces.iter();
        let province = provinces.find(|one| one.code == district.province);
        let today = province.and_then(|one| {
            let mut today = places.provinces.iter();
            today.find(|today| today.code == one.province)
        });
        around.distance(district).is_some()
            || province.is_some_and(|one| around.distance(one).is_some())
            || today.is_some_and(|one| Written::read(&one.name).is_named(around))
    }

    pub(super) fn full_name(&self, commune: &FormerCommune) -> String {
        let district = self
            .districts
            .iter()
            .find(|one| one.code == commune.district);
        let province = district.and_then(|district| {
            self.provinces
                .iter()
                .find(|one| one.code == district.province)
        });
        let mut parts = vec![commune.name.as_str()];
        parts.extend(district.map(|one| one.name.as_str()));
        parts.extend(province.map(|one| one.name.as_str()));
        parts.retain(|part| !part.is_empty());
        parts.join(", ")
    }
}

/// A unit that has a name and other names under which it is known.
trait Named {
    /// Its own name taken apart: when first needed, for most of 10,000 never are.
    fn written(&self) -> &Written;
    fn aliases(&self) -> &[String];
}

impl Named for FormerProvince {
    fn written(&self) -> &Written {
        self.written.get_or_init(|| Written::read(&self.name))
    }
    fn aliases(&self) -> &[String] {
        &self.aliases
    }
}

impl Named for FormerDistrict {
    fn written(&self) -> &Written {
        self.written.get_or_init(|| Written::read(&self.name))
    }
    fn aliases(&self) -> &[String] {
        &self.aliases
    }
}

impl Named for FormerCommune {
    fn written(&self) -> &Written {
        self.written.get_or_init(|| Written::read(&self.name))
    }
    fn aliases(&self) -> &[String] {
        &self.aliases
    }
}

/// Those that fit best; several when equally good.
fn best<'a, T: Named>(written: &Written, units: impl Iterator<Item = &'a T>) -> Vec<&'a T> {
    let fits = units.filter_map(|unit| Some((written.distance(unit)?, unit)));
    let fits: Vec<(u8, &T)> = fits.collect();
    let least = fits.iter().map(|(distance, _)| *distance).min();
    let best = fits
        .into_iter()
        .filter(|(distance, _)| Some(*distance) == least);
    best.map(|(_, unit)| unit).collect()
}

/// The first words of names that say the kind of a unit, as written and abbreviated.
const KINDS: &[(&[&str], &str)] = &[
    (&["thi", "tran"], "thitran"),
    (&["thi", "xa"], "thixa"),
    (&["thanh", "pho"], "thanhpho"),
    (&["dac", "khu"], "dackhu"),
    (&["tinh"], "tinh"),
    (&["phuong"], "phuong"),
    (&["quan"], "quan"),
    (&["huyen"], "huyen"),
    (&["xa"], "xa"),
    (&["tp"], "thanhpho"),
    (&["tx"], "thixa"),
    (&["tt"], "thitran"),
    (&["p"], "phuong"),
    (&["q"], "quan"),
    (&["h"], "huyen"),
    (&["x"], "xa"),
    (&["t"], "tinh"),
];

/// A name as somebody wrote it, taken apart.
#[derive(Debug)]
pub(super) struct Written {
    /// The kind in folded letters without spaces; empty when not written.
    kind: &'static str,
    /// The name without its kind: folded, only letters and digits, no zeros before a number.
    bare: String,
    /// The same with its kind.
    whole: String,
    /// The name without its kind, marks included.
    toned: String,
}

impl Written {
    /// Whether the name without its kind is the same, marks aside.
    pub(super) fn is_named(&self, other: &Self) -> bool {
        !self.bare.is_empty() && self.bare == other.bare
    }

    /// Whether the name without its kind begins with the other.
    pub(super) fn begins_with(&self, other: &Self) -> bool {
        !other.bare.is_empty() && self.bare.starts_with(&other.bare)
    }

    pub(super) fn read(text: &str) -> Self {
        let words = words(text);
        let folded: Vec<String> = words.iter().map(|word| fold(word)).collect();
        let (length, kind) = KINDS
            .iter()
            .find(|(first, _)| {
                words.len() > first.len() && first.iter().zip(&folded).all(|(a, b)| *a == b)
            })
            .map_or((0, ""), |(first, kind)| (first.len(), *kind));
        Written {
            kind,
            bare: letters(&folded[length..]),
            whole: letters(&folded),
            toned: sort_key(&words[length..].join(" ")),
        }
    }

    /// How far the unit is from what was written; `None` when it is another one.
    fn distance(&self, unit: &impl Named) -> Option<u8> {
        if self.bare.is_empty() {
            return None;
        }
        let name = unit.written();
        if name.bare == self.bare || name.bare == self.whole {
            let other_kind = !self.kind.is_empty() && self.kind != name.kind;
            return Some(u8::from(other_kind) * 2 + u8::from(self.toned != name.toned));
        }
        let known = |alias: &String| {
            *alias == self.whole
                || *alias == self.bare
                || self.kind.is_empty()
                    && KINDS.iter().any(|(_, kind)| {
                        alias
                            .strip_prefix(kind)
                            .is_some_and(|rest| rest == self.bare)
                    })
                || alias
                    .strip_prefix(self.kind)
                    .is_some_and(|rest| rest == self.bare)
        };
        unit.aliases().iter().any(known).then_some(4)
    }
}

/// Words and numbers; points, commas and hyphens separate, and so does a digit after a kind (`Q1`).
fn words(text: &str) -> Vec<String> {
    let separates = |letter: char| letter.is_whitespace() || ".,;-–".contains(letter);
    let mut words = Vec::new();
    for word in text.split(separates).filter(|word| !word.is_empty()) {
        let digits = word
            .find(|letter: char| letter.is_ascii_digit())
            .unwrap_or(0);
        let (kind, number) = word.split_at(digits);
        let folded = fold(kind);
        if KINDS.iter().any(|(first, _)| *first == [folded.as_str()]) {
            words.push(kind.to_string());
            words.push(number.to_string());
        } else {
            words.push(word.to_string());
        }
    }
    words
}

fn letters(words: &[String]) -> String {
    let mut all = String::new();
    for word in words {
        let number = word.bytes().all(|byte| byte.is_ascii_digit());
        let word = if number {
            word.trim_start_matches('0')
        } else {
            word
        };
        all.extend(word.chars().filter(|letter| letter.is_alphanumeric()));
    }
    all
}

#[cfg(test)]
impl Former {
    /// Today's codes and the whole former name of every unit.
    pub fn full_names(&self) -> impl Iterator<Item = (&[String], String)> {
        self.communes
            .iter()
            .map(|one| (one.codes.as_slice(), self.full_name(one)))
    }
}
