//! Reads `content/places/*.csv`; every fault is reported with its file and line.
//! Does not know: how the files were made (content/places/SOURCES.md tells).
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use jiff::civil::Date;

use super::former::{Former, FormerCommune, FormerDistrict, FormerProvince};
use super::{Commune, CommuneKind, Places, Province, ProvinceKind, Validity};
use crate::content::ContentError;
use crate::fold::{fold, sort_key};

impl Places {
    /// Reads the folder `places` of the content folder.
    pub fn load(content_dir: &Path) -> Result<Places, Vec<ContentError>> {
        let path = content_dir.join("places");
        let mut folder = Folder {
            path,
            faults: Vec::new(),
        };
        let mut provinces = folder.table("provinces.csv", PROVINCE, province);
        let mut communes = folder.table("communes.csv", COMMUNE, commune);
        let aliases = folder.table("code_aliases.csv", ALIAS, |row| {
            Ok((row.text(0)?.to_string(), row.text(1)?.to_string()))
        });
        let former = former(&mut folder);
        provinces
            .sort_by(|a, b| (&a.sort_key, a.validity.from).cmp(&(&b.sort_key, b.validity.from)));
        communes.sort_by(|a, b| (&a.sort_key, &a.code).cmp(&(&b.sort_key, &b.code)));
        let mut by_code: HashMap<String, Vec<usize>> = HashMap::new();
        for (position, commune) in communes.iter().enumerate() {
            by_code
                .entry(commune.code.clone())
                .or_default()
                .push(position);
        }
        let places = Places {
            provinces,
            communes,
            by_code,
            aliases: aliases.into_iter().collect(),
            former,
        };
        places.check(&mut folder);
        if folder.faults.is_empty() {
            Ok(places)
        } else {
            Err(folder.faults)
        }
    }

    /// What one line cannot tell: names of units that no file has, two descriptions of one day.
    fn check(&self, folder: &mut Folder) {
        let provinces: HashSet<&str> = self.provinces.iter().map(|p| p.code.as_str()).collect();
        for commune in &self.communes {
            if !provinces.contains(commune.province.as_str()) {
                let message = format!("{}: no province {}", commune.code, commune.province);
                folder.fault("communes.csv", message);
            }
        }
        for (code, positions) in &self.by_code {
            let all = positions
                .iter()
                .map(|position| self.communes[*position].validity);
            let mut validities: Vec<Validity> = all.collect();
            validities.sort_by_key(|validity| validity.from);
            if validities
                .windows(2)
                .any(|pair| pair[0].to.is_none_or(|to| to > pair[1].from))
            {
                folder.fault(
                    "communes.csv",
                    format!("{code}: two descriptions hold on one day"),
                );
            }
        }
        for code in self.former.successor_codes() {
            if !self.by_code.contains_key(code) {
                folder.fault("successions.csv", format!("no commune {code}"));
            }
        }
    }
}

const PROVINCE: &[&str] = &["code", "name", "kind", "valid_from", "valid_to", "decision"];
const COMMUNE: &[&str] = &[
    "code",
    "name",
    "kind",
    "province",
    "valid_from",
    "valid_to",
    "decision",
];
const ALIAS: &[&str] = &["alias", "code", "reason"];
const FORMER_PROVINCE: &[&str] = &["code", "name", "province", "aliases"];
const FORMER_DISTRICT: &[&str] = &["code", "name", "former_province", "aliases"];
const SUCCESSION: &[&str] = &[
    "former_code",
    "former_name",
    "former_district",
    "codes",
    "aliases",
];

fn province(row: &Row) -> Result<Province, String> {
    let name = row.text(1)?.to_string();
    Ok(Province {
        code: row.digits(0, 2)?,
        sort_key: sort_key(&name),
        name,
        kind: match row.text(2)? {
            "tinh" => ProvinceKind::Province,
            "thanh-pho" => ProvinceKind::City,
            other => return Err(format!("kind {other:?}: allowed are tinh, thanh-pho")),
        },
        validity: row.validity(3)?,
        decision: row.text(5)?.to_string(),
    })
}

fn commune(row: &Row) -> Result<Commune, String> {
    let name = row.text(1)?.to_string();
    Ok(Commune {
        code: row.digits(0, 5)?,
        folded: fold(&name),
        sort_key: sort_key(&name),
        name,
        kind: match row.text(2)? {
            "xa" => CommuneKind::Commune,
            "phuong" => CommuneKind::Ward,
            "dac-khu" => CommuneKind::SpecialZone,
            other => return Err(format!("kind {other:?}: allowed are xa, phuong, dac-khu")),
        },
        province: row.digits(3, 2)?,
        validity: row.validity(4)?,
        decision: row.text(6)?.to_string(),
    })
}

fn former(folder: &mut Folder) -> Former {
    let provinces = folder.table("former_provinces.csv", FORMER_PROVINCE, |row| {
        Ok(FormerProvince {
            code: row.digits(0, 2)?,
            name: row.text(1)?.to_string(),
            province: row.digits(2, 2)?,
            aliases: row.list(3, '|'),
            written: OnceLock::new(),
        })
    });
    let districts = folder.table("former_districts.csv", FORMER_DISTRICT, |row| {
        Ok(FormerDistrict {
            code: row.digits(0, 3)?,
            name: row.text(1)?.to_string(),
            province: row.digits(2, 2)?,
            aliases: row.list(3, '|'),
            written: OnceLock::new(),
        })
    });
    let communes = folder.table("successions.csv", SUCCESSION, |row| {
        Ok(FormerCommune {
            name: row.0.get(1).unwrap_or_default().to_string(),
            district: row.digits(2, 3)?,
            codes: row.text(3)?.split(' ').map(str::to_string).collect(),
            aliases: row.list(4, '|'),
            written: OnceLock::new(),
        })
    });
    Former::new(provinces, districts, communes)
}

/// One line of a file.
struct Row(csv::StringRecord);

impl Row {
    fn text(&self, column: usize) -> Result<&str, String> {
        match self.0.get(column) {
            Some(text) if !text.is_empty() => Ok(text),
            _ => Err(format!("column {} is empty", column + 1)),
        }
    }

    fn digits(&self, column: usize, count: usize) -> Result<String, String> {
        let text = self.text(column)?;
        if text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(text.to_string());
        }
        Err(format!("{text:?} is not a code of {count} digits"))
    }

    fn validity(&self, column: usize) -> Result<Validity, String> {
        let from = date(self.text(column)?)?;
        let to = match self.0.get(column + 1) {
            None | Some("") => None,
            Some(text) => Some(date(text)?),
        };
        match to {
            Some(end) if end <= from => Err(format!("valid_to {end} is not after {from}")),
            _ => Ok(Validity { from, to }),
        }
    }

    fn list(&self, column: usize, separator: char) -> Vec<String> {
        let text = self.0.get(column).unwrap_or_default();
        let parts = text.split(separator).filter(|part| !part.is_empty());
        parts.map(str::to_string).collect()
    }
}

fn date(text: &str) -> Result<Date, String> {
    text.parse()
        .map_err(|_| format!("{text:?} is not a date like 2025-07-01"))
}

/// The folder being read, and what was wrong so far.
struct Folder {
    path: PathBuf,
    faults: Vec<ContentError>,
}

impl Folder {
    /// Reads all rows of one file; those with a fault are left out and reported.
    fn table<T>(
        &mut self,
        name: &str,
        columns: &[&str],
        read: impl Fn(&Row) -> Result<T, String>,
    ) -> Vec<T> {
        let file = self.path.join(name);
        let mut reader = match csv::Reader::from_path(&file) {
            Ok(reader) => reader,
            Err(error) => {
                self.faults
                    .push(ContentError::of_file(&file, error.to_string()));
                return Vec::new();
            }
        };
        if reader.headers().map_or(true, |headers| headers != columns) {
            let message = format!("the first line must be {}", columns.join(","));
            self.faults.push(ContentError::of_file(&file, message));
            return Vec::new();
        }
        let mut rows = Vec::new();
        for record in reader.records() {
            let (position, row) = match record {
                Ok(record) => (record.position().cloned(), read(&Row(record))),
                Err(error) => (error.position().cloned(), Err(error.to_string())),
            };
            match row {
                Ok(row) => rows.push(row),
                Err(message) => {
                    let line = position.map_or(1, |position| position.line());
                    let line = usize::try_from(line).unwrap_or(usize::MAX);
                    self.faults.push(ContentError {
                        file: file.clone(),
                        line,
                        message,
                    });
                }
            }
        }
        rows
    }

    fn fault(&mut self, name: &str, message: String) {
        self.faults
            .push(ContentError::of_file(&self.path.join(name), message));
    }
}
