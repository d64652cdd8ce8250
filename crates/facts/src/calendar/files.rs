//! Reads `content/holidays/<year>.toml` and `content/calendars/<agency>.toml`, and reports every
//! fault at its file and line.
//! Does not know: limits and due moments; which agencies exist.
mod holidays;
mod sessions;

pub(super) use holidays::Holidays;
pub(super) use sessions::Sessions;

use super::Calendar;
use super::note::Mark;
use crate::content::ContentError;
use jiff::civil::Date;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use sessions::Week;
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A working year has about 250 working days; far fewer means that sessions do not cover it.
const WORKING_DAYS_A_YEAR_MIN: usize = 200;
/// The calendar of every agency without a file of its own.
const DEFAULT: &str = "default";

/// The calendars of all agencies.
#[derive(Debug, Clone)]
pub struct Calendars {
    default: Calendar,
    own: BTreeMap<String, Calendar>,
}

impl Calendars {
    /// Reads `holidays/` and `calendars/` below the content folder.
    ///
    /// # Errors
    /// Every fault found, in the order of files and lines.
    pub fn load(content: &Path) -> Result<Calendars, Vec<ContentError>> {
        let mut faults = Vec::new();
        let holidays = holidays::read(&content.join("holidays"), &mut faults);
        let mut weeks = sessions::read(&content.join("calendars"), &mut faults);
        let folder = content.join("calendars");
        let Some(common) = weeks.remove(DEFAULT) else {
            faults.push(ContentError::of_file(
                &folder.join("default.toml"),
                "this file is needed",
            ));
            return Err(sorted(faults));
        };
        let default = lay_out(&holidays, &common, &common, &mut faults);
        let own = weeks
            .into_iter()
            .map(|(agency, week)| (agency, lay_out(&holidays, &week, &common, &mut faults)))
            .collect();
        match faults.is_empty() {
            true => Ok(Calendars { default, own }),
            false => Err(sorted(faults)),
        }
    }

    /// The calendar of the agency with that electronic identifier: its own, else that of the
    /// nearest agency above it (`H15.50` for `H15.50.05`), else the default.
    pub fn of(&self, agency: &str) -> &Calendar {
        let mut id = agency;
        loop {
            if let Some(calendar) = self.own.get(id) {
                return calendar;
            }
            match id.rsplit_once('.') {
                Some((above, _)) => id = above,
                None => return &self.default,
            }
        }
    }
}

fn sorted(mut faults: Vec<ContentError>) -> Vec<ContentError> {
    faults.sort();
    faults
}

fn lay_out(
    holidays: &Holidays,
    week: &Week,
    common: &Week,
    faults: &mut Vec<ContentError>,
) -> Calendar {
    let calendar = Calendar::build(week.name.clone(), holidays, |on, like| {
        let weekday = like.weekday();
        week.hours(on, weekday)
            .or_else(|| common.hours(on, weekday))
            .unwrap_or_default()
    });
    for year in holidays.first_year..=holidays.last_year {
        let days = calendar.working_days_in(year);
        if days < WORKING_DAYS_A_YEAR_MIN {
            let message = format!(
                "{year} has only {days} working days, at least {WORKING_DAYS_A_YEAR_MIN} are \
                 expected; do the sessions cover the whole year?"
            );
            faults.push(ContentError::of_file(&week.file, message));
        }
    }
    calendar
}

/// A name or a remark in both languages.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    vi: String,
    en: String,
}

/// What content says about itself, as the notes show it.
fn mark(name: &Text, basis: &str, to_verify: Option<&Text>) -> Mark {
    Mark {
        vi: name.vi.clone(),
        en: name.en.clone(),
        basis: basis.to_owned(),
        to_verify: to_verify.map(|text| (text.vi.clone(), text.en.clone())),
    }
}

/// One file being read: every fault goes to `faults` with its line.
struct Source<'a> {
    file: &'a Path,
    text: &'a str,
    faults: &'a mut Vec<ContentError>,
}

impl<'a> Source<'a> {
    fn fault(&mut self, span: Range<usize>, message: impl Into<String>) {
        self.faults
            .push(ContentError::at(self.file, self.text, span, message));
    }

    /// The top-level entries; keys other than `known` are faults.
    fn table(&mut self, known: &[&str]) -> BTreeMap<String, Spanned<DeValue<'a>>> {
        let (table, errors) = DeTable::parse_recoverable(self.text);
        for error in errors {
            self.faults
                .push(ContentError::of_toml(self.file, self.text, &error));
        }
        let mut entries = BTreeMap::new();
        for (key, value) in table.into_inner() {
            if !known.contains(&key.get_ref().as_ref()) {
                let message = format!("unknown key `{}`, expected one of {known:?}", key.get_ref());
                self.fault(key.span(), message);
                continue;
            }
            entries.insert(key.get_ref().to_string(), value);
        }
        entries
    }

    /// The value under that key; a missing or unfit one is a fault and gives `None`.
    fn value<T: DeserializeOwned>(
        &mut self,
        value: Option<Spanned<DeValue>>,
        key: &str,
    ) -> Option<T> {
        let Some(value) = value else {
            self.fault(0..0, format!("`{key}` is missing"));
            return None;
        };
        self.fit(value)
    }

    fn fit<T: DeserializeOwned>(&mut self, value: Spanned<DeValue>) -> Option<T> {
        let span = value.span();
        let deserializer = toml::de::ValueDeserializer::from(value);
        match T::deserialize(deserializer) {
            Ok(fitting) => Some(fitting),
            Err(error) => {
                let span = error.span().unwrap_or(span);
                self.fault(span, error.message().trim());
                None
            }
        }
    }

    /// Every fitting entry of an array of tables, with its place; the others are faults.
    fn entries<T: DeserializeOwned>(&mut self, value: Option<Spanned<DeValue>>) -> Vec<Spanned<T>> {
        let Some(value) = value else {
            return Vec::new();
        };
        let span = value.span();
        let DeValue::Array(array) = value.into_inner() else {
            self.fault(span, "expected an array of tables, [[like_this]]");
            return Vec::new();
        };
        let entry = |value: Spanned<DeValue>| {
            let span = value.span();
            self.fit(value).map(|fitting| Spanned::new(span, fitting))
        };
        array.into_iter().filter_map(entry).collect()
    }

    fn date(&mut self, written: &Spanned<toml::value::Datetime>) -> Option<Date> {
        let date = written
            .get_ref()
            .date
            .filter(|_| written.get_ref().time.is_none());
        let Some(date) = date else {
            self.fault(written.span(), "expected a date without a time, 2026-11-24");
            return None;
        };
        let civil = Date::new(date.year as i16, date.month as i8, date.day as i8);
        civil
            .map_err(|error| self.fault(written.span(), error.to_string()))
            .ok()
    }
}

/// Every `<name>.toml` of a folder with its text, in the order of names; what cannot be read is a
/// fault.
fn toml_files(folder: &Path, faults: &mut Vec<ContentError>) -> Vec<(String, PathBuf, String)> {
    let listing = match std::fs::read_dir(folder) {
        Ok(listing) => listing,
        Err(error) => {
            faults.push(ContentError::of_file(
                folder,
                format!("cannot be read: {error}"),
            ));
            return Vec::new();
        }
    };
    let mut files: Vec<PathBuf> = listing
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    files.retain(|file| {
        file.extension()
            .is_some_and(|extension| extension == "toml")
    });
    files.sort();
    let mut read = Vec::with_capacity(files.len());
    for file in files {
        let name = file
            .file_stem()
            .map(|stem| stem.to_string_lossy().into_owned());
        match std::fs::read_to_string(&file) {
            Ok(text) => read.push((name.unwrap_or_default(), file, text)),
            Err(error) => {
                faults.push(ContentError::of_file(
                    &file,
                    format!("cannot be read: {error}"),
                ));
            }
        }
    }
    read
}
