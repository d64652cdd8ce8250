//! The inbox: what an officer has to do, by what is due next.
//! Does not know: what the work is (`inbox.rs` of the room makes the rows).

use super::LINES_MAX;
use super::lines::{COLUMNS, Line, line_at};
use facts::agency::{Right, Viewer};
use jiff::Timestamp;
use kernel::{Database, Row, Statement, Trouble, Value, params};

/// Which part of the inbox.
#[derive(Debug, Clone, Default)]
pub struct Inbox {
    /// Only what the officer has; otherwise also what anybody with the right may take.
    pub mine_only: bool,
    /// Only one act: `appraise`, `intake`, `deliver` …; empty: all.
    pub act: String,
    /// Only dossiers of this procedure (national code); empty: all.
    pub procedure_code: String,
    /// Only what is due before.
    pub due_before: Option<Timestamp>,
    /// Continue after this task.
    pub after: Option<(Timestamp, String, String)>,
}

/// One line of the inbox.
#[derive(Debug, Clone)]
pub struct Task {
    /// The dossier.
    pub dossier: Line,
    /// The task's name.
    pub task: String,
    /// What is to be done.
    pub act: String,
    /// The agency that does it.
    pub agency: String,
    /// Who has it; empty: whoever has the right.
    pub officer: String,
    /// Until when.
    pub due_at: Timestamp,
    /// Since when.
    pub opened_at: Timestamp,
}

impl Task {
    /// Where the next page continues.
    #[must_use]
    pub fn cursor(&self) -> (Timestamp, String, String) {
        (self.due_at, self.dossier.id.clone(), self.task.clone())
    }
}

/// One index walk: a pool (agency, right) or one officer's own tasks.
struct Branch {
    wanted: &'static str,
    params: Vec<Value>,
}

/// The next `limit` things that `viewer` may do, the one due first at the top.
///
/// # Errors
/// [`Trouble`] of the database.
pub async fn inbox(
    db: &Database,
    viewer: &Viewer,
    filter: &Inbox,
    limit: usize,
) -> Result<Vec<Task>, Trouble> {
    let branches = branches(viewer, filter);
    if branches.is_empty() {
        return Ok(Vec::new());
    }
    let limit = i64::try_from(limit.min(LINES_MAX)).unwrap_or(i64::MAX);
    let mut parts = Vec::new();
    let mut values = Vec::new();
    for (number, branch) in branches.into_iter().enumerate() {
        let (more, more_values) = conditions(filter);
        parts.push(format!(
            "SELECT * FROM (SELECT dossier_id, task, act, agency, officer, due_at, opened_at
               FROM dossier_tasks WHERE {}{more}
               ORDER BY due_at, dossier_id, task LIMIT ?) AS walk{number}",
            branch.wanted
        ));
        values.extend(branch.params);
        values.extend(more_values);
        values.push(limit.into());
    }
    let sql = format!(
        "SELECT t.task, t.act, t.agency, t.officer, t.due_at, t.opened_at, {}
           FROM ({}) AS t JOIN dossiers d ON d.id = t.dossier_id
          ORDER BY t.due_at, t.dossier_id, t.task LIMIT ?",
        COLUMNS,
        parts.join(" UNION ")
    );
    values.push(limit.into());
    let rows = db.query(Statement::new(sql, values)).await?;
    Ok(rows.iter().map(task).collect())
}

fn branches(viewer: &Viewer, filter: &Inbox) -> Vec<Branch> {
    let Viewer::Officer { officer, posts } = viewer else {
        return Vec::new();
    };
    let mut branches = vec![Branch {
        wanted: "officer = ?",
        params: params![officer],
    }];
    if filter.mine_only {
        return branches;
    }
    let mut pools: Vec<(&str, Right)> = posts
        .iter()
        .flat_map(|post| {
            post.rights
                .iter()
                .map(|right| (post.agency.as_str(), *right))
        })
        .collect();
    pools.sort_unstable();
    pools.dedup();
    branches.extend(pools.into_iter().map(|(agency, right)| Branch {
        wanted: "agency = ? AND required_right = ? AND officer = ''",
        params: params![agency, right.as_str()],
    }));
    branches
}

fn conditions(filter: &Inbox) -> (String, Vec<Value>) {
    let mut sql = String::new();
    let mut values = Vec::new();
    if !filter.act.is_empty() {
        sql.push_str(" AND act = ?");
        values.push(Value::from(&filter.act));
    }
    if !filter.procedure_code.is_empty() {
        sql.push_str(" AND dossier_id IN (SELECT p.id FROM dossiers p WHERE p.procedure_code = ?)");
        values.push(Value::from(&filter.procedure_code));
    }
    if let Some(before) = filter.due_before {
        sql.push_str(" AND due_at < ?");
        values.push(before.into());
    }
    if let Some((due, dossier, task)) = &filter.after {
        sql.push_str(" AND (due_at, dossier_id, task) > (?, ?, ?)");
        values.extend(params![*due, dossier, task]);
    }
    (sql, values)
}

fn task(row: &Row) -> Task {
    Task {
        task: row.string(0),
        act: row.string(1),
        agency: row.string(2),
        officer: row.string(3),
        due_at: row.time(4),
        opened_at: row.time(5),
        dossier: line_at(row, 6),
    }
}
