//! Places: the provinces and communes of Viet Nam with their codes and the days they are valid, and
//! what became of the units that existed before 1/7/2025. Read once from `content/places/`.
//! Does not know: villages below the commune, borders on a map, who governs a place.
mod address;
mod find;
mod former;
mod load;
mod search;

pub use address::AddressFault;
pub use find::{Found, Part};

use std::collections::HashMap;

use jiff::civil::Date;

/// When a unit exists as described: from a day on, until the day before `to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Validity {
    /// First day.
    pub from: Date,
    /// First day on which it no longer holds; `None` while it does.
    pub to: Option<Date>,
}

impl Validity {
    /// Whether the unit exists, as described, on that day.
    pub fn holds(&self, on: Date) -> bool {
        self.from <= on && self.to.is_none_or(|end| on < end)
    }
}

/// Tỉnh, or thành phố trực thuộc trung ương.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProvinceKind {
    /// Tỉnh.
    Province,
    /// Thành phố trực thuộc trung ương.
    City,
}

/// Xã, phường or đặc khu.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CommuneKind {
    /// Xã.
    Commune,
    /// Phường.
    Ward,
    /// Đặc khu: an island unit.
    SpecialZone,
}

/// A unit of the upper of the two levels of local government.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Province {
    /// Two digits, QĐ 19/2025/QĐ-TTg.
    pub code: String,
    /// Without its kind: `Đắk Lắk`.
    pub name: String,
    /// Tỉnh or thành phố.
    pub kind: ProvinceKind,
    /// The days this description holds.
    pub validity: Validity,
    /// The decision that it rests on.
    pub decision: String,
    sort_key: String,
}

impl Province {
    /// With its kind: `Tỉnh Đắk Lắk`.
    pub fn full_name(&self) -> String {
        let kind = match self.kind {
            ProvinceKind::Province => "Tỉnh",
            ProvinceKind::City => "Thành phố",
        };
        format!("{kind} {}", self.name)
    }
}

/// A unit of the lower level: xã, phường or đặc khu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commune {
    /// Five digits, QĐ 19/2025/QĐ-TTg.
    pub code: String,
    /// Without its kind: `Buôn Ma Thuột`.
    pub name: String,
    /// Xã, phường or đặc khu.
    pub kind: CommuneKind,
    /// Code of its province.
    pub province: String,
    /// The days this description holds.
    pub validity: Validity,
    /// The decision that it rests on.
    pub decision: String,
    folded: String,
    sort_key: String,
}

impl Commune {
    /// With its kind: `Phường Buôn Ma Thuột`.
    pub fn full_name(&self) -> String {
        format!("{} {}", self.kind_name(), self.name)
    }

    fn kind_name(&self) -> &'static str {
        match self.kind {
            CommuneKind::Commune => "Xã",
            CommuneKind::Ward => "Phường",
            CommuneKind::SpecialZone => "Đặc khu",
        }
    }
}

/// All places, in the order of the alphabet.
#[derive(Debug)]
pub struct Places {
    provinces: Vec<Province>,
    communes: Vec<Commune>,
    /// Positions in `communes` of each code.
    by_code: HashMap<String, Vec<usize>>,
    /// Codes published wrongly, and the right one.
    aliases: HashMap<String, String>,
    former: former::Former,
}

impl Places {
    /// The province of this code as it is on that day.
    pub fn province(&self, code: &str, on: Date) -> Option<&Province> {
        self.provinces(on).find(|province| province.code == code)
    }

    /// The provinces of that day by name. None before 1/7/2025.
    pub fn provinces(&self, on: Date) -> impl Iterator<Item = &Province> {
        let all = self.provinces.iter();
        all.filter(move |province| province.validity.holds(on))
    }

    /// The commune of this code as it is on that day. A code that was published wrongly finds the
    /// unit that it was meant for.
    pub fn commune(&self, code: &str, on: Date) -> Option<&Commune> {
        let versions = self.versions(code);
        versions
            .into_iter()
            .find(|commune| commune.validity.holds(on))
    }

    /// The name of a province or a commune with its kind, for people to read: as it is on that day,
    /// else as it was or will be described last, so that an old paper still says where.
    pub fn name_of(&self, code: &str, on: Date) -> Option<String> {
        let province = || {
            let last = || self.provinces.iter().rfind(|one| one.code == code);
            self.province(code, on).or_else(last)
        };
        let commune = self.commune(code, on).or_else(|| self.latest(code));
        commune
            .map(Commune::full_name)
            .or_else(|| province().map(Province::full_name))
    }

    /// The communes of a province on that day by name.
    pub fn communes_of(&self, province: &str, on: Date) -> Vec<&Commune> {
        let all = self.communes.iter();
        all.filter(|commune| commune.province == province && commune.validity.holds(on))
            .collect()
    }

    fn versions(&self, code: &str) -> Vec<&Commune> {
        let code = self.aliases.get(code).map_or(code, String::as_str);
        let positions = self.by_code.get(code).map_or(&[][..], Vec::as_slice);
        positions
            .iter()
            .map(|position| &self.communes[*position])
            .collect()
    }

    /// The description of this code that holds for good, whatever the day.
    fn latest(&self, code: &str) -> Option<&Commune> {
        let versions = self.versions(code);
        versions
            .into_iter()
            .max_by_key(|commune| commune.validity.from)
    }
}

#[cfg(test)]
mod tests;
