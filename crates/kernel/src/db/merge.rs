//! Insertions of several commands as one statement. A batch of sixty submissions inserts into each
//! table sixty times with the same text: `VALUES (…), (…), …` does that with one plan and one walk
//! through the executor. Deletions by key likewise, with `OR`.
//!
//! Does not know: how statements are sent.
use std::collections::HashMap;

use super::{Statement, Value, Written};

/// Rows of one merged insertion. Counts are powers of two, so that few texts are prepared: at most
/// seven for each insertion of the house.
const ROWS_MAX: usize = 64;
/// PostgreSQL numbers parameters with sixteen bits.
const PARAMETERS_MAX: usize = 32_767;

/// The insertions and deletions that say they may stand in any order, for all jobs, in the order in
/// which their texts first appear.
pub(super) fn merge(jobs: &[&[Statement]]) -> Vec<Statement> {
    let mut order: Vec<&Statement> = Vec::new();
    let mut rows: HashMap<&str, Vec<&[Value]>> = HashMap::new();
    for job in jobs {
        for statement in job.iter().filter(|statement| statement.any_order) {
            let known = rows.entry(&statement.sql).or_default();
            if known.is_empty() {
                order.push(statement);
            }
            known.push(&statement.params);
        }
    }
    let chunked = order
        .into_iter()
        .flat_map(|first| chunks(first, &rows[&*first.sql]));
    chunked.collect()
}

/// What was written, by job; a merged insertion wrote its one row.
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

fn chunks(first: &Statement, mut rows: &[&[Value]]) -> Vec<Statement> {
    let most = (PARAMETERS_MAX / first.params.len().max(1)).clamp(1, ROWS_MAX);
    let mut list = Vec::new();
    while !rows.is_empty() {
        let count = 1 << rows.len().min(most).ilog2();
        let (now, later) = rows.split_at(count);
        list.push(Statement::new(
            text(&first.sql, first.params.len(), count),
            now.iter().copied().flatten().cloned().collect(),
        ));
        rows = later;
    }
    list
}

/// `INSERT … VALUES (?, ?) …` with its row, or `DELETE … WHERE a = ?` with its condition, `count`
/// times.
fn text(sql: &str, columns: usize, count: usize) -> String {
    if let Some((table, key)) = sql
        .split_once(" WHERE ")
        .filter(|_| sql.starts_with("DELETE"))
    {
        let keys = vec![format!("({key})"); count].join(" OR ");
        return format!("{table} WHERE {keys}");
    }
    let row = format!("({})", vec!["?"; columns].join(", "));
    let start = sql
        .find("VALUES")
        .map_or(sql.len(), |at| at + "VALUES".len());
    let end = sql[start..]
        .find(')')
        .map_or(sql.len(), |at| start + at + 1);
    format!(
        "{} {}{}",
        &sql[..start],
        vec![row; count].join(", "),
        &sql[end..]
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::params;

    fn insert(a: i64, b: &str) -> Statement {
        let sql = "INSERT INTO t (a, b) VALUES (?, ?) ON CONFLICT (a) DO NOTHING";
        Statement::new(sql, params![a, b]).any_order()
    }

    #[test]
    fn keys_of_one_text_are_deleted_together() {
        let gone = |n: i64| {
            let sql = "DELETE FROM t WHERE a = ? AND b = ?";
            vec![Statement::new(sql, params![n, "x"]).any_order()]
        };
        let jobs = [gone(1), gone(2)];
        let jobs: Vec<&[Statement]> = jobs.iter().map(Vec::as_slice).collect();
        let merged = merge(&jobs);
        let text = "DELETE FROM t WHERE (a = ? AND b = ?) OR (a = ? AND b = ?)";
        assert_eq!(merged[0].sql, text);
        assert_eq!(merged[0].params, params![1i64, "x", 2i64, "x"]);
    }

    #[test]
    fn rows_of_one_text_become_few_statements() {
        let jobs: Vec<Vec<Statement>> = (0..7)
            .map(|n| vec![insert(n, "x"), Statement::new("DELETE FROM u", vec![])])
            .collect();
        let jobs: Vec<&[Statement]> = jobs.iter().map(Vec::as_slice).collect();
        let merged = merge(&jobs);
        let texts: Vec<&str> = merged.iter().map(|one| &*one.sql).collect();
        let four = "INSERT INTO t (a, b) VALUES (?, ?), (?, ?), (?, ?), (?, ?) \
                    ON CONFLICT (a) DO NOTHING";
        assert_eq!(texts[0], four);
        let counts: Vec<usize> = merged.iter().map(|one| one.params.len()).collect();
        assert_eq!(counts, [8, 4, 2]);
        assert_eq!(merged[2].params, params![6i64, "x"]);
    }
}
