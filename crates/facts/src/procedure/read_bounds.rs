//! The bounds of one answer, as `form.toml` gives them: which days, from what to what, how long.
//! Does not know: the kinds that have them.
use super::form::{DateRange, Length, Span};
use super::reader::Table;
use crate::people::LIFE_YEARS_MAX;

/// The greatest whole number an answer can be: a thousand times the money of the nation.
const INTEGER_MAX: i64 = 1_000_000_000_000_000;
/// The longest time back to a day that a paper names.
const YEARS_MAX: i64 = 400;

/// A day of birth is somebody's who lives, unless the form says how long ago it may be: the father
/// of a woman of eighty.
pub(super) fn dates(table: &Table<'_>, id: &str) -> DateRange {
    let years = table.integer("years", 1..YEARS_MAX);
    let years = years.and_then(|years| i16::try_from(years).ok());
    let is_birth = id.ends_with("birth_date");
    DateRange {
        future: table.flag("future", false),
        past: table.flag("past", true),
        years: years.or(is_birth.then_some(LIFE_YEARS_MAX)),
    }
}

pub(super) fn integers(table: &Table<'_>) -> Span<i64> {
    let min = table.integer("min", -INTEGER_MAX..INTEGER_MAX).unwrap_or(0);
    let max = table
        .integer("max", -INTEGER_MAX..INTEGER_MAX)
        .unwrap_or(INTEGER_MAX);
    if min > max {
        table.fault_at("max", "`max` is less than `min`");
    }
    Span { min, max }
}

pub(super) fn decimals(table: &Table<'_>) -> Span<f64> {
    let min = table.decimal("min").unwrap_or(0.0);
    let max = table.decimal("max").unwrap_or(1e12);
    if min > max {
        table.fault_at("max", "`max` is less than `min`");
    }
    Span { min, max }
}

pub(super) fn length(table: &Table<'_>, most: i64) -> Length {
    let min = table.integer("min", 0..most).unwrap_or(1);
    let max = table.integer("max", 1..most).unwrap_or(most);
    if min > max {
        table.fault_at("max", "`max` is less than `min`");
    }
    Length {
        min: usize::try_from(min).unwrap_or(0),
        max: usize::try_from(max).unwrap_or(1),
    }
}
