//! Reads TOML so that every fault is found in one go, each at its line: a missing key, a wrong
//! type, a key nobody knows. Readers give a harmless value after a fault and go on.
//! Does not know: what any key means.
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;
use std::str::FromStr;

use jiff::civil::Date;
use toml::de::{DeTable, DeValue};

use super::words::Words;
use crate::content::ContentError;

/// Content files are written by hand; a megabyte is a mistake.
pub(super) const FILE_BYTES_MAX: u64 = 1_000_000;
/// Faults shown at once; more help nobody.
const FAULTS_MAX: usize = 200;
/// Longest text in a content file.
const TEXT_CHARS_MAX: usize = 5_000;

/// One file being read, with the faults found so far.
pub(super) struct File<'a> {
    pub(super) path: &'a Path,
    pub(super) text: &'a str,
    faults: RefCell<Vec<ContentError>>,
}

/// One table of it. `done` reports the keys that nobody asked for.
pub(super) struct Table<'a> {
    pub(super) file: &'a File<'a>,
    table: &'a DeTable<'a>,
    /// Where it stands, for faults that concern it as a whole.
    pub(super) span: Range<usize>,
    asked: RefCell<BTreeSet<&'static str>>,
}

type Value<'a> = (&'a DeValue<'a>, Range<usize>);

impl<'a> File<'a> {
    pub(super) fn new(path: &'a Path, text: &'a str) -> Self {
        Self {
            path,
            text,
            faults: RefCell::default(),
        }
    }

    /// Parses the text; syntax faults are all reported and give nothing.
    pub(super) fn parse(&self) -> Option<DeTable<'a>> {
        let (table, errors) = DeTable::parse_recoverable(self.text);
        for error in &errors {
            let fault = ContentError::of_toml(self.path, self.text, error);
            self.faults.borrow_mut().push(fault);
        }
        errors.is_empty().then(|| table.into_inner())
    }

    pub(super) fn root(&'a self, table: &'a DeTable<'a>) -> Table<'a> {
        Table::new(self, table, 0..0)
    }

    pub(super) fn fault(&self, span: Range<usize>, message: impl Into<String>) {
        let mut faults = self.faults.borrow_mut();
        if faults.len() < FAULTS_MAX {
            faults.push(ContentError::at(self.path, self.text, span, message));
        }
    }

    pub(super) fn into_faults(self) -> Vec<ContentError> {
        self.faults.into_inner()
    }
}

impl<'a> Table<'a> {
    fn new(file: &'a File<'a>, table: &'a DeTable<'a>, span: Range<usize>) -> Self {
        let asked = RefCell::default();
        Self {
            file,
            table,
            span,
            asked,
        }
    }

    /// A fault of the table as a whole.
    pub(super) fn fault(&self, message: impl Into<String>) {
        self.file.fault(self.span.clone(), message);
    }

    /// A fault at the value of a key, or at the table when the key is missing.
    pub(super) fn fault_at(&self, key: &str, message: impl Into<String>) {
        let span = self.table.get(key).map(|value| value.span());
        self.file.fault(span.unwrap_or(self.span.clone()), message);
    }

    /// Reports keys that nobody asked for, with what is allowed.
    pub(super) fn done(self) {
        let asked = self.asked.borrow();
        for (key, _) in self.table {
            if !asked.contains(key.get_ref().as_ref()) {
                let allowed: Vec<&str> = asked.iter().copied().collect();
                let message = format!(
                    "unknown key `{}` (allowed: {})",
                    key.get_ref(),
                    allowed.join(", ")
                );
                self.file.fault(key.span(), message);
            }
        }
    }

    fn get(&self, key: &'static str) -> Option<Value<'a>> {
        self.asked.borrow_mut().insert(key);
        self.table
            .get(key)
            .map(|value| (value.get_ref(), value.span()))
    }

    fn required(&self, key: &'static str) -> Option<Value<'a>> {
        let found = self.get(key);
        if found.is_none() {
            self.fault(format!("`{key}` is missing"));
        }
        found
    }

    fn wrong(&self, key: &str, expected: &str, value: Value<'a>) {
        let message = format!("`{key}` must be {expected}, this is {}", value.0.type_str());
        self.file.fault(value.1, message);
    }

    pub(super) fn has(&self, key: &'static str) -> bool {
        self.get(key).is_some()
    }

    pub(super) fn text(&self, key: &'static str) -> String {
        match self.required(key) {
            Some(value) => self.as_text(key, value),
            None => String::new(),
        }
    }

    /// A text that may be left out.
    pub(super) fn text_opt(&self, key: &'static str) -> Option<String> {
        self.get(key).map(|value| self.as_text(key, value))
    }

    fn as_text(&self, key: &str, value: Value<'a>) -> String {
        match value.0.as_str() {
            Some(text) if text.chars().count() > TEXT_CHARS_MAX => {
                let message = format!("`{key}` has more than {TEXT_CHARS_MAX} characters");
                self.file.fault(value.1, message);
                String::new()
            }
            Some(text) => text.trim().to_string(),
            None => {
                self.wrong(key, "text in \"…\"", value);
                String::new()
            }
        }
    }

    /// A text that some type can read; the fault carries that type's own words.
    pub(super) fn parsed<T>(&self, key: &'static str) -> Option<T>
    where
        T: FromStr,
        T::Err: std::fmt::Display,
    {
        let value = self.required(key)?;
        self.as_parsed(key, value)
    }

    /// The same for a key that may be left out.
    pub(super) fn parsed_opt<T>(&self, key: &'static str) -> Option<T>
    where
        T: FromStr,
        T::Err: std::fmt::Display,
    {
        let value = self.get(key)?;
        self.as_parsed(key, value)
    }

    fn as_parsed<T>(&self, key: &str, value: Value<'a>) -> Option<T>
    where
        T: FromStr,
        T::Err: std::fmt::Display,
    {
        let Some(text) = value.0.as_str() else {
            self.wrong(key, "text in \"…\"", value);
            return None;
        };
        match text.trim().parse() {
            Ok(parsed) => Some(parsed),
            Err(error) => {
                self.file.fault(value.1, format!("{key}: {error}"));
                None
            }
        }
    }

    /// A whole number within bounds (both allowed).
    pub(super) fn integer(&self, key: &'static str, bounds: Range<i64>) -> Option<i64> {
        let value = self.get(key)?;
        let Some(number) = value.0.as_integer() else {
            self.wrong(key, "a whole number", value);
            return None;
        };
        let number = i64::from_str_radix(number.as_str(), number.radix()).ok();
        match number.filter(|n| (bounds.start..=bounds.end).contains(n)) {
            Some(number) => Some(number),
            None => {
                let Range { start, end } = bounds;
                self.file.fault(
                    value.1,
                    format!("`{key}` must lie between {start} and {end}"),
                );
                None
            }
        }
    }

    /// A number with or without a fraction.
    pub(super) fn decimal(&self, key: &'static str) -> Option<f64> {
        let value = self.get(key)?;
        let text = match value.0 {
            DeValue::Integer(number) => number.as_str().to_string(),
            DeValue::Float(number) => number.as_str().to_string(),
            _ => String::new(),
        };
        let number = text.parse::<f64>().ok().filter(|n| n.is_finite());
        if number.is_none() {
            self.wrong(key, "a number", value);
        }
        number
    }

    pub(super) fn flag(&self, key: &'static str, otherwise: bool) -> bool {
        let Some(value) = self.get(key) else {
            return otherwise;
        };
        match value.0.as_bool() {
            Some(flag) => flag,
            None => {
                self.wrong(key, "true or false", value);
                otherwise
            }
        }
    }

    /// A date, written bare (2026-07-01) or as text.
    pub(super) fn date(&self, key: &'static str) -> Option<Date> {
        let value = self.get(key)?;
        let text = match value.0 {
            DeValue::Datetime(moment) => moment.to_string(),
            DeValue::String(text) => text.to_string(),
            _ => String::new(),
        };
        let date = text.parse().ok();
        if date.is_none() {
            self.wrong(key, "a date such as 2026-07-01", value);
        }
        date
    }

    /// One word of a closed list.
    pub(super) fn word<T: Copy>(&self, key: &'static str, list: &[(&str, T)]) -> Option<T> {
        let value = self.required(key)?;
        let Some(text) = value.0.as_str() else {
            self.wrong(key, "text in \"…\"", value);
            return None;
        };
        let found = list
            .iter()
            .find(|(name, _)| *name == text)
            .map(|(_, word)| *word);
        if found.is_none() {
            let allowed: Vec<&str> = list.iter().map(|(name, _)| *name).collect();
            let allowed = allowed.join(", ");
            self.file.fault(
                value.1,
                format!("{key}: unknown `{text}` (allowed: {allowed})"),
            );
        }
        found
    }

    /// Required `{ vi = "…", en = "…" }`.
    pub(super) fn words(&self, key: &'static str) -> Words {
        match self.required(key) {
            Some(value) => self.as_words(key, value),
            None => Words::default(),
        }
    }

    /// The same; empty when left out.
    pub(super) fn words_opt(&self, key: &'static str) -> Words {
        match self.get(key) {
            Some(value) => self.as_words(key, value),
            None => Words::default(),
        }
    }

    fn as_words(&self, key: &str, value: Value<'a>) -> Words {
        let Some(table) = value.0.as_table() else {
            self.wrong(key, "{ vi = \"…\", en = \"…\" }", value);
            return Words::default();
        };
        let table = Table::new(self.file, table, value.1);
        let words = Words::new(table.text("vi"), table.text("en"));
        if words.vi.is_empty() && table.has("vi") {
            table.fault(format!("`{key}.vi` is empty"));
        }
        table.done();
        words
    }

    /// A list of `{ vi, en }`; empty when left out.
    pub(super) fn words_list(&self, key: &'static str) -> Vec<Words> {
        let values = self.list(key);
        values
            .into_iter()
            .map(|value| self.as_words(key, value))
            .collect()
    }

    /// A list of texts; empty when left out.
    pub(super) fn texts(&self, key: &'static str) -> Vec<String> {
        let values = self.list(key);
        values
            .into_iter()
            .map(|value| self.as_text(key, value))
            .collect()
    }

    fn list(&self, key: &'static str) -> Vec<Value<'a>> {
        let Some(value) = self.get(key) else {
            return Vec::new();
        };
        match value.0.as_array() {
            Some(list) => list
                .iter()
                .map(|item| (item.get_ref(), item.span()))
                .collect(),
            None => {
                self.wrong(key, "a list", value);
                Vec::new()
            }
        }
    }

    /// A table; `None` when left out.
    pub(super) fn table(&self, key: &'static str) -> Option<Table<'a>> {
        let value = self.get(key)?;
        self.as_table(key, value)
    }

    /// A required table.
    pub(super) fn table_required(&self, key: &'static str) -> Option<Table<'a>> {
        let value = self.required(key)?;
        self.as_table(key, value)
    }

    /// All tables of a `[[key]]` list.
    pub(super) fn tables(&self, key: &'static str) -> Vec<Table<'a>> {
        let values = self.list(key);
        values
            .into_iter()
            .filter_map(|value| self.as_table(key, value))
            .collect()
    }

    fn as_table(&self, key: &str, value: Value<'a>) -> Option<Table<'a>> {
        match value.0.as_table() {
            Some(table) => Some(Table::new(self.file, table, value.1)),
            None => {
                self.wrong(key, "a table", value);
                None
            }
        }
    }
}
