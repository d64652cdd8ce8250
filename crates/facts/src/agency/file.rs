//! Reads `content/agencies/*.toml`, the offices of one province a file, and reports every fault at
//! its file and line.
//! Does not know: the database.
use std::ops::Range;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use serde::Deserialize;
use toml::Spanned;
use toml::value::Datetime;

use super::check::check;
use super::{
    Agency, AgencyId, AgencyLevel, Appointment, Delegation, Officer, Offices, Position, Right,
    Term, Unit,
};
use crate::content::ContentError;

/// The offices that one file describes, checked.
#[derive(Debug, Default)]
pub struct OfficeFile {
    /// The agencies.
    pub agencies: Vec<Agency>,
    /// Other identifiers and the agency they mean.
    pub aliases: Vec<(String, AgencyId)>,
    /// In the order of the file, which lists keep.
    pub units: Vec<Unit>,
    /// In the order of the file.
    pub positions: Vec<Position>,
    /// The officers.
    pub officers: Vec<Officer>,
    /// Who holds which position.
    pub appointments: Vec<Appointment>,
    /// Which rights are lent.
    pub delegations: Vec<Delegation>,
}

impl Offices {
    /// Reads every file of the folder `agencies` of the content folder, by name.
    pub fn load(content_dir: &Path) -> Result<Vec<OfficeFile>, Vec<ContentError>> {
        let folder = content_dir.join("agencies");
        let entries = std::fs::read_dir(&folder)
            .map_err(|error| vec![ContentError::of_file(&folder, error.to_string())])?;
        let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
        let is_toml = |path: &PathBuf| path.extension().is_some_and(|end| end == "toml");
        let mut paths: Vec<PathBuf> = paths.filter(is_toml).collect();
        paths.sort();
        let (mut files, mut faults) = (Vec::new(), Vec::new());
        for path in paths {
            let text = std::fs::read_to_string(&path)
                .map_err(|error| vec![ContentError::of_file(&path, error.to_string())]);
            match text.and_then(|text| Offices::parse(&path, &text)) {
                Ok(file) => files.push(file),
                Err(found) => faults.extend(found),
            }
        }
        if faults.is_empty() {
            Ok(files)
        } else {
            Err(faults)
        }
    }

    /// Reads the text of one file; `file` is only named in faults.
    pub fn parse(file: &Path, text: &str) -> Result<OfficeFile, Vec<ContentError>> {
        let raw: RawFile = toml::from_str(text)
            .map_err(|error| vec![ContentError::of_toml(file, text, &error)])?;
        let mut reader = Reader {
            file,
            text,
            faults: Vec::new(),
        };
        let mut offices = OfficeFile::default();
        for agency in &raw.agency {
            reader.agency(agency, &mut offices);
        }
        for officer in &raw.officer {
            reader.officer(officer, &mut offices);
        }
        for delegation in &raw.delegation {
            reader.delegation(delegation, &mut offices);
        }
        check(&raw, &offices, &mut reader);
        if reader.faults.is_empty() {
            Ok(offices)
        } else {
            Err(reader.faults)
        }
    }
}

fn words(written: &[Spanned<String>]) -> Vec<String> {
    written.iter().map(|word| word.get_ref().clone()).collect()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawFile {
    #[serde(default)]
    pub agency: Vec<RawAgency>,
    #[serde(default)]
    pub officer: Vec<RawOfficer>,
    #[serde(default)]
    pub delegation: Vec<RawDelegation>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawAgency {
    pub id: Spanned<String>,
    pub name: String,
    pub level: AgencyLevel,
    pub place: Spanned<String>,
    pub parent: Option<Spanned<String>>,
    #[serde(default)]
    pub aliases: Vec<Spanned<String>>,
    valid_from: Spanned<Datetime>,
    valid_to: Option<Spanned<Datetime>>,
    #[serde(default)]
    to_verify: bool,
    #[serde(default)]
    pub unit: Vec<RawUnit>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawUnit {
    pub id: Spanned<String>,
    name: String,
    #[serde(default)]
    pub fields: Vec<Spanned<String>>,
    #[serde(default)]
    pub position: Vec<RawPosition>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPosition {
    pub id: Spanned<String>,
    title: String,
    rights: Vec<Spanned<String>>,
    #[serde(default)]
    pub fields: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawOfficer {
    pub id: Spanned<String>,
    name: String,
    email: Option<String>,
    #[serde(default)]
    pub appointment: Vec<RawAppointment>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawAppointment {
    pub position: Spanned<String>,
    valid_from: Spanned<Datetime>,
    valid_to: Option<Spanned<Datetime>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawDelegation {
    pub from_position: Spanned<String>,
    pub to_officer: Spanned<String>,
    pub rights: Vec<Spanned<String>>,
    valid_from: Spanned<Datetime>,
    valid_to: Option<Spanned<Datetime>>,
    basis: String,
}

/// Collects faults while reading.
pub(super) struct Reader<'a> {
    file: &'a Path,
    text: &'a str,
    faults: Vec<ContentError>,
}

impl Reader<'_> {
    pub fn fault(&mut self, span: Range<usize>, message: String) {
        self.faults
            .push(ContentError::at(self.file, self.text, span, message));
    }

    fn agency(&mut self, raw: &RawAgency, offices: &mut OfficeFile) {
        let Some(id) = self.id(&raw.id) else { return };
        let term = self.term(&raw.valid_from, raw.valid_to.as_ref());
        for alias in &raw.aliases {
            offices.aliases.push((alias.get_ref().clone(), id.clone()));
        }
        for unit in &raw.unit {
            let unit_id = format!("{id}/{}", unit.id.get_ref());
            for position in &unit.position {
                offices.positions.push(Position {
                    id: format!("{unit_id}/{}", position.id.get_ref()),
                    unit: unit_id.clone(),
                    agency: id.clone(),
                    title: position.title.clone(),
                    rights: self.rights(&position.rights),
                    fields: words(&position.fields),
                    term,
                });
            }
            let name = unit.name.clone();
            offices.units.push(Unit {
                id: unit_id,
                agency: id.clone(),
                name,
                fields: words(&unit.fields),
            });
        }
        offices.agencies.push(Agency {
            name: raw.name.clone(),
            level: raw.level,
            place_code: raw.place.get_ref().clone(),
            parent: raw.parent.as_ref().and_then(|parent| self.id(parent)),
            term,
            to_verify: raw.to_verify,
            id,
        });
    }

    fn officer(&mut self, raw: &RawOfficer, offices: &mut OfficeFile) {
        for appointment in &raw.appointment {
            offices.appointments.push(Appointment {
                officer: raw.id.get_ref().clone(),
                position: appointment.position.get_ref().clone(),
                term: self.term(&appointment.valid_from, appointment.valid_to.as_ref()),
            });
        }
        offices.officers.push(Officer {
            id: raw.id.get_ref().clone(),
            name: raw.name.clone(),
            email: raw.email.clone(),
        });
    }

    fn delegation(&mut self, raw: &RawDelegation, offices: &mut OfficeFile) {
        offices.delegations.push(Delegation {
            from_position: raw.from_position.get_ref().clone(),
            to_officer: raw.to_officer.get_ref().clone(),
            rights: self.rights(&raw.rights),
            term: self.term(&raw.valid_from, raw.valid_to.as_ref()),
            basis: raw.basis.clone(),
        });
    }

    fn id(&mut self, text: &Spanned<String>) -> Option<AgencyId> {
        match text.get_ref().parse() {
            Ok(id) => Some(id),
            Err(fault) => {
                self.fault(text.span(), format!("{:?}: {fault}", text.get_ref()));
                None
            }
        }
    }

    fn rights(&mut self, words: &[Spanned<String>]) -> Vec<Right> {
        let mut rights: Vec<Right> = Vec::new();
        for word in words {
            match word.get_ref().parse() {
                Ok(right) => rights.push(right),
                Err(fault) => {
                    let all = Right::ALL.map(Right::as_str).join(", ");
                    self.fault(word.span(), format!("{fault}; there are {all}"));
                }
            }
        }
        rights.sort_unstable();
        rights.dedup();
        rights
    }

    fn term(&mut self, from: &Spanned<Datetime>, to: Option<&Spanned<Datetime>>) -> Term {
        let term = Term {
            from: self.date(from),
            to: to.map(|end| self.date(end)),
        };
        if let (Some(end), Some(last)) = (to, term.to)
            && last <= term.from
        {
            self.fault(
                end.span(),
                format!("valid_to {last} is not after {}", term.from),
            );
        }
        term
    }

    fn date(&mut self, written: &Spanned<Datetime>) -> Date {
        let text = written.get_ref().to_string();
        text.parse().unwrap_or_else(|_| {
            self.fault(
                written.span(),
                format!("{text} is not a day like 2025-07-01"),
            );
            Date::ZERO
        })
    }
}
