//! Insertions, updates and deletions of several commands together. A batch of sixty submissions
//! inserts into each table sixty times with the same text. SQLite then prepares it once and meets
//! each page once; for PostgreSQL, read from arrays, it is one message, one plan and one walk
//! through the executor, however many rows.
//!
//! Does not know: how statements are sent.
use super::{Statement, Value, Written};

/// Statements of one text, as one.
#[derive(Debug)]
pub(super) struct Merged<'a> {
    /// The text of each.
    pub(super) sql: &'a str,
    /// The values of each.
    pub(super) rows: Vec<&'a [Value]>,
}

impl<'a> Merged<'a> {
    /// An array for each parameter.
    pub(super) fn columns(&self) -> Vec<Vec<&'a Value>> {
        let count = self.rows.first().map_or(0, |row| row.len());
        let column = |at: usize| self.rows.iter().map(|row| &row[at]).collect();
        (0..count).map(column).collect()
    }
}

/// The statements that say they may stand in any order, for all jobs, in the order in which their
/// texts first appear.
pub(super) fn merge<'a>(jobs: &[&'a [Statement]]) -> Vec<Merged<'a>> {
    let mut merged: Vec<Merged<'a>> = Vec::new();
    for statement in jobs.iter().copied().flatten() {
        if !statement.any_order {
            continue;
        }
        let sql: &'a str = &statement.sql;
        let known = merged.iter_mut().find(|known| is_same(known.sql, sql));
        match known {
            Some(known) => known.rows.push(&statement.params),
            None => merged.push(Merged {
                sql,
                rows: vec![&statement.params],
            }),
        }
    }
    merged
}

/// A batch has some twenty texts, nearly all of them written in the program: where they stand says
/// more, and sooner, than what they say.
fn is_same(one: &str, other: &str) -> bool {
    std::ptr::eq(one, other) || one == other
}

/// What was written, by job; a merged statement wrote its one row.
pub(super) fn handed_out(
    jobs: &[&[Statement]],
    mut own: impl Iterator<Item = Written>,
) -> Vec<Vec<Written>> {
    let mut of = |statement: &Statement| match statement.any_order {
        true => Written {
            affected: 1,
            rows: Vec::new(),
        },
        false => own.next().unwrap_or_default(),
    };
    jobs.iter()
        .map(|job| job.iter().map(&mut of).collect())
        .collect()
}

/// The text of many: each `?` of one row's text becomes a column of the arrays `$1`, `$2` …, whose
/// elements are of these `types`.
///
/// `INSERT … VALUES (?, ?) …` selects its rows from them, `UPDATE … WHERE key = ?` and
/// `DELETE … WHERE key = ?` are joined with them. The arrays stand in a list of what is selected,
/// not behind `FROM`, where each of them would first be laid down as a table of its own: for the
/// 35 columns of a dossier that cost 40 µs a statement.
pub(super) fn of_many(sql: &str, types: &[&str]) -> String {
    let text = with_columns(sql);
    let column = |(n, name)| format!("unnest(${n}::{name}[]) AS p{n}");
    let columns: Vec<String> = (1..).zip(types).map(column).collect();
    let rows = format!("(SELECT {}) AS given", columns.join(", "));
    if let Some((start, rest)) = text.split_once("VALUES (") {
        let (row, end) = rest.split_once(')').unwrap_or((rest, ""));
        return format!("{start}SELECT {row} FROM {rows}{end}");
    }
    let join = match text.starts_with("DELETE") {
        true => "USING",
        false => "FROM",
    };
    let (start, key) = text.split_once(" WHERE ").unwrap_or((&text, "TRUE"));
    format!("{start} {join} {rows} WHERE {key}")
}

/// The text with `given.p1`, `given.p2` … for its parameters.
fn with_columns(sql: &str) -> String {
    let mut parts = sql.split('?');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for (number, part) in (1..).zip(parts) {
        text.push_str(&format!("given.p{number}{part}"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params;

    #[test]
    fn rows_of_one_text_become_one_statement() {
        let insert = |n: i64| {
            let sql = "INSERT INTO t (a, b) VALUES (?, ?) ON CONFLICT (a) DO NOTHING";
            Statement::new(sql, params![n, "x"]).any_order()
        };
        let own = || Statement::new("DELETE FROM u", vec![]);
        let gone = || Statement::new("DELETE FROM t WHERE a = ?", params![7i64]).any_order();
        let jobs = [vec![insert(1), own()], vec![own(), gone(), insert(2)]];
        let jobs: Vec<&[Statement]> = jobs.iter().map(Vec::as_slice).collect();
        let merged = merge(&jobs);
        assert_eq!(merged.len(), 2);
        let (one, two, x, seven) = (Value::Int(1), Value::Int(2), Value::from("x"), 7.into());
        assert_eq!(merged[0].columns(), [[&one, &two], [&x, &x]]);
        assert_eq!(merged[1].columns(), [[&seven]]);
        let written = handed_out(
            &jobs,
            [5, 6]
                .map(|affected| Written {
                    affected,
                    rows: Vec::new(),
                })
                .into_iter(),
        );
        let affected: Vec<Vec<u64>> = written
            .iter()
            .map(|job| job.iter().map(|one| one.affected).collect())
            .collect();
        assert_eq!(affected, [vec![1, 5], vec![6, 1, 1]]);
    }

    #[test]
    fn the_text_of_many_reads_arrays() {
        let insert = "INSERT INTO t (a, b, c) VALUES (?, 1, ?)
            ON CONFLICT (a) DO UPDATE SET b = excluded.b";
        let many = "INSERT INTO t (a, b, c) SELECT given.p1, 1, given.p2 \
            FROM (SELECT unnest($1::int8[]) AS p1, unnest($2::text[]) AS p2) AS given
            ON CONFLICT (a) DO UPDATE SET b = excluded.b";
        assert_eq!(of_many(insert, &["int8", "text"]), many);
        let update = "UPDATE t SET a = ?, b = ? WHERE c = ?";
        let many = "UPDATE t SET a = given.p1, b = given.p2 FROM \
            (SELECT unnest($1::int8[]) AS p1, unnest($2::text[]) AS p2, unnest($3::text[]) AS p3) \
            AS given WHERE c = given.p3";
        assert_eq!(of_many(update, &["int8", "text", "text"]), many);
        let delete = "DELETE FROM t WHERE a = ? AND b = ?";
        let many = "DELETE FROM t USING \
            (SELECT unnest($1::text[]) AS p1, unnest($2::int8[]) AS p2) \
            AS given WHERE a = given.p1 AND b = given.p2";
        assert_eq!(of_many(delete, &["text", "int8"]), many);
    }
}
