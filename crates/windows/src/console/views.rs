//! The table of counts: the only SQL of this room.
//! Does not know: pages, what the counts mean together.
use std::collections::BTreeMap;
use std::sync::LazyLock;

use futures_util::future::try_join_all;
use kernel::{Database, Migration, Row, Statement, Trouble, Value, params};

use super::count::{COLUMNS, Count, Counts};
use super::period::Range;
use super::reaction::Key;

/// The table of this room.
pub const MIGRATIONS: &[Migration] = &[Migration {
    name: "windows/0001_counts",
    sql: include_str!("schema.sql"),
}];

/// Emptied and filled again by a rebuild.
pub(super) const TABLES: &[&str] = &["console_counts"];

static ADD: LazyLock<String> = LazyLock::new(|| {
    let columns = Count::ALL.map(Count::column);
    let more = columns.map(|name| format!("{name} = console_counts.{name} + excluded.{name}"));
    format!(
        "INSERT INTO console_counts (agency, procedure_code, period, {}) VALUES (?, ?, ?{})
         ON CONFLICT (agency, period, procedure_code) DO UPDATE SET {}",
        columns.join(", "),
        ", ?".repeat(COLUMNS),
        more.join(", ")
    )
});

/// Adds to a row.
pub(super) fn add((agency, procedure, period): Key<'_>, counts: &Counts) -> Statement {
    let mut values = params![agency, procedure, period];
    values.extend(counts.values().iter().map(|value| Value::from(*value)));
    Statement::new(ADD.as_str(), values)
}

static SUMS: LazyLock<String> = LazyLock::new(|| {
    let sum = |count: Count| format!("CAST(SUM({}) AS BIGINT)", count.column());
    Count::ALL.map(sum).join(", ")
});

/// Sums by agency and procedure.
pub(super) type Sums = BTreeMap<(String, String), Counts>;

/// The sums of these rows of each agency and procedure.
///
/// # Errors
/// [`Trouble`] of the database.
pub(super) async fn sums(
    db: &Database,
    agencies: &[String],
    ranges: &[Range],
) -> Result<Sums, Trouble> {
    let parts = ranges.iter().map(|range| sum(db, agencies, *range));
    let mut all = Sums::new();
    for (key, counts) in try_join_all(parts).await?.into_iter().flatten() {
        *all.entry(key).or_default() += &counts;
    }
    Ok(all)
}

async fn sum(
    db: &Database,
    agencies: &[String],
    (first, last): Range,
) -> Result<Vec<((String, String), Counts)>, Trouble> {
    let sql = format!(
        "SELECT agency, procedure_code, {} FROM console_counts
          WHERE agency IN ({}) AND period >= ? AND period <= ? AND procedure_code <> ''
          GROUP BY agency, procedure_code",
        *SUMS,
        places(agencies.len())
    );
    let mut values: Vec<Value> = agencies.iter().map(Value::from).collect();
    values.extend(params![first, last]);
    let rows = db.query(Statement::new(sql, values)).await?;
    let one = |row: &Row| ((row.string(0), row.string(1)), counts(row, 2));
    Ok(rows.iter().map(one).collect())
}

/// The rows of whole agencies in these periods.
///
/// # Errors
/// [`Trouble`] of the database.
pub(super) async fn of_agencies(
    db: &Database,
    agencies: &[String],
    periods: &[i64],
) -> Result<BTreeMap<(String, i64), Counts>, Trouble> {
    let columns = Count::ALL.map(Count::column).join(", ");
    let sql = format!(
        "SELECT agency, period, {columns} FROM console_counts
          WHERE agency IN ({}) AND period IN ({}) AND procedure_code = ''",
        places(agencies.len()),
        places(periods.len())
    );
    let mut values: Vec<Value> = agencies.iter().map(Value::from).collect();
    values.extend(periods.iter().map(|period| Value::from(*period)));
    let rows = db.query(Statement::new(sql, values)).await?;
    let one = |row: &Row| ((row.string(0), row.int(1)), counts(row, 2));
    Ok(rows.iter().map(one).collect())
}

/// The sums of all these agencies in each period from the first to the last.
///
/// # Errors
/// [`Trouble`] of the database.
pub(super) async fn by_period(
    db: &Database,
    agencies: &[String],
    (first, last): Range,
) -> Result<BTreeMap<i64, Counts>, Trouble> {
    let sql = format!(
        "SELECT period, {} FROM console_counts
          WHERE agency IN ({}) AND period >= ? AND period <= ? AND procedure_code = ''
          GROUP BY period",
        *SUMS,
        places(agencies.len())
    );
    let mut values: Vec<Value> = agencies.iter().map(Value::from).collect();
    values.extend(params![first, last]);
    let rows = db.query(Statement::new(sql, values)).await?;
    Ok(rows
        .iter()
        .map(|row| (row.int(0), counts(row, 1)))
        .collect())
}

/// `?, ?, ?`; an empty list is asked as one that nothing equals.
fn places(count: usize) -> String {
    if count == 0 {
        return "NULL".to_owned();
    }
    vec!["?"; count].join(", ")
}

fn counts(row: &Row, first: usize) -> Counts {
    let mut values = [0; COLUMNS];
    for (place, value) in values.iter_mut().enumerate() {
        *value = row.int(first + place);
    }
    Counts::from(values)
}
