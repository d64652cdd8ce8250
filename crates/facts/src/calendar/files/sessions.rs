//! Working sessions per weekday with validity dates, one file an agency.
//! Does not know: holidays; which agency stands above which.
use super::super::note::Mark;
use super::{Source, Text, mark, toml_files};
use crate::content::ContentError;
use jiff::civil::{Date, Weekday};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use toml::Spanned;
use toml::value::Datetime;

/// A day has a morning, an afternoon and perhaps an evening; more is a mistake.
const SESSIONS_A_DAY_MAX: usize = 4;

/// The sessions of a day as minutes from midnight (from, to), in order; empty on a day off.
pub type Sessions = Arc<[(u32, u32)]>;

/// The working week of one file.
#[derive(Debug)]
pub struct Week {
    /// Where it was read.
    pub file: PathBuf,
    /// What it is called.
    pub name: Mark,
    rules: Vec<Rule>,
}

#[derive(Debug)]
struct Rule {
    days: Vec<Weekday>,
    hours: Sessions,
    valid_from: Date,
    valid_to: Date,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    days: Spanned<Vec<Spanned<String>>>,
    hours: Spanned<Vec<Spanned<String>>>,
    valid_from: Spanned<Datetime>,
    valid_to: Option<Spanned<Datetime>>,
    basis: String,
    to_verify: Option<Text>,
}

impl Week {
    /// What this file says about that weekday on that date; `None` when it says nothing.
    pub fn hours(&self, on: Date, weekday: Weekday) -> Option<Sessions> {
        let holds = |rule: &&Rule| {
            rule.days.contains(&weekday) && rule.valid_from <= on && on <= rule.valid_to
        };
        self.rules.iter().find(holds).map(|rule| rule.hours.clone())
    }
}

/// Reads every calendar file; the key is the file's name, an agency's identifier or `default`.
pub(super) fn read(folder: &Path, faults: &mut Vec<ContentError>) -> BTreeMap<String, Week> {
    let mut weeks = BTreeMap::new();
    for (name, file, text) in toml_files(folder, faults) {
        let source = Source {
            file: &file,
            text: &text,
            faults,
        };
        if let Some(week) = read_week(source) {
            weeks.insert(name, week);
        }
    }
    weeks
}

fn read_week(mut source: Source) -> Option<Week> {
    let mut table = source.table(&["name", "sessions"]);
    let name: Option<Text> = source.value(table.remove("name"), "name");
    let entries = source.entries::<Entry>(table.remove("sessions"));
    let mut rules: Vec<Rule> = Vec::new();
    let mut basis = String::new();
    let mut to_verify = None;
    for entry in entries {
        let span = entry.span();
        let entry = entry.into_inner();
        let Some(rule) = read_rule(&mut source, &entry) else {
            continue;
        };
        if rules.iter().any(|other| clashes(other, &rule)) {
            source.fault(
                span,
                "an earlier entry holds for one of these weekdays at the same time",
            );
        }
        rules.push(rule);
        basis = entry.basis;
        to_verify = to_verify.or(entry.to_verify);
    }
    if rules.is_empty() {
        source.fault(0..0, "`[[sessions]]` is missing");
    }
    let name = mark(&name?, &basis, to_verify.as_ref());
    Some(Week {
        file: source.file.to_path_buf(),
        name,
        rules,
    })
}

fn clashes(one: &Rule, other: &Rule) -> bool {
    let together = one.valid_from <= other.valid_to && other.valid_from <= one.valid_to;
    together && one.days.iter().any(|day| other.days.contains(day))
}

fn read_rule(source: &mut Source, entry: &Entry) -> Option<Rule> {
    let days = entry.days.get_ref().iter().map(|day| {
        let weekday = weekday(day.get_ref());
        if weekday.is_none() {
            let message = format!("`{}` is no weekday; write mon, tue … sun", day.get_ref());
            source.fault(day.span(), message);
        }
        weekday
    });
    let days: Vec<Weekday> = days.collect::<Vec<_>>().into_iter().flatten().collect();
    if entry.days.get_ref().is_empty() {
        source.fault(entry.days.span(), "`days` names no weekday");
    }
    let hours = read_hours(source, &entry.hours);
    let valid_from = source.date(&entry.valid_from);
    let valid_to = match &entry.valid_to {
        Some(written) => source.date(written),
        None => Some(Date::MAX),
    };
    let (valid_from, valid_to) = (valid_from?, valid_to?);
    if valid_to < valid_from {
        source.fault(
            entry.valid_from.span(),
            "`valid_to` lies before `valid_from`",
        );
    }
    Some(Rule {
        days,
        hours,
        valid_from,
        valid_to,
    })
}

fn read_hours(source: &mut Source, written: &Spanned<Vec<Spanned<String>>>) -> Sessions {
    if written.get_ref().len() > SESSIONS_A_DAY_MAX {
        source.fault(
            written.span(),
            format!("at most {SESSIONS_A_DAY_MAX} sessions a day"),
        );
    }
    let mut hours: Vec<(u32, u32)> = Vec::new();
    for session in written.get_ref() {
        let Some((from, to)) = session_minutes(session.get_ref()) else {
            let message = format!("`{}` is no session; write 08:00-12:00", session.get_ref());
            source.fault(session.span(), message);
            continue;
        };
        if hours.last().is_some_and(|before| before.1 > from) {
            source.fault(
                session.span(),
                "sessions must be in order and must not overlap",
            );
        }
        hours.push((from, to));
    }
    hours.into()
}

fn session_minutes(text: &str) -> Option<(u32, u32)> {
    let (from, to) = text.split_once('-')?;
    let (from, to) = (minute(from)?, minute(to)?);
    (from < to).then_some((from, to))
}

/// `08:00` as minutes from midnight; `24:00` is the end of the day.
fn minute(text: &str) -> Option<u32> {
    let (hour, minute) = text.trim().split_once(':')?;
    if hour.len() != 2 || minute.len() != 2 {
        return None;
    }
    let (hour, minute): (u32, u32) = (hour.parse().ok()?, minute.parse().ok()?);
    let total = hour * 60 + minute;
    (minute < 60 && total <= 24 * 60).then_some(total)
}

fn weekday(text: &str) -> Option<Weekday> {
    Some(match text {
        "mon" => Weekday::Monday,
        "tue" => Weekday::Tuesday,
        "wed" => Weekday::Wednesday,
        "thu" => Weekday::Thursday,
        "fri" => Weekday::Friday,
        "sat" => Weekday::Saturday,
        "sun" => Weekday::Sunday,
        _ => return None,
    })
}
