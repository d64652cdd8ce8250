//! The one thing the desk asks of the database itself: how much of each kind of work an officer
//! has. The lists come from `matters::dossier::views`, whose predicate this repeats for
//! counting only. Does not know: what the work is.
use facts::agency::Viewer;
use jiff::Timestamp;
use kernel::{Database, Row, Statement, Trouble, params};

use super::queue::Count;

/// How many tasks of each act the officer has or may take, and how many were due before `now`.
pub(super) async fn counts(
    db: &Database,
    viewer: &Viewer,
    now: Timestamp,
) -> Result<Vec<Count>, Trouble> {
    let Viewer::Officer { officer, posts } = viewer else {
        return Ok(Vec::new());
    };
    let mut pools: Vec<(&str, &str)> = posts
        .iter()
        .flat_map(|post| {
            post.rights
                .iter()
                .map(|right| (post.agency.as_str(), right.as_str()))
        })
        .collect();
    pools.sort_unstable();
    pools.dedup();
    let mut sql = String::from(
        "SELECT act, COUNT(*), CAST(SUM(CASE WHEN due_at < ? THEN 1 ELSE 0 END) AS BIGINT)
           FROM dossier_tasks WHERE officer = ?",
    );
    let mut values = params![now, officer];
    for (agency, right) in pools {
        sql.push_str(" OR (agency = ? AND required_right = ? AND officer = '')");
        values.extend(params![agency, right]);
    }
    sql.push_str(" GROUP BY act");
    let rows = db.query(Statement::new(sql, values)).await?;
    let count = |row: &Row| Count {
        act: row.string(0),
        all: row.int(1),
        late: row.int(2),
    };
    Ok(rows.iter().map(count).collect())
}
