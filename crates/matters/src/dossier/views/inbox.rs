//! The inbox: what an officer has to do, by what is due next.
//! Does not know: what the work is (`inbox.rs` of the room makes the rows).

use super::LINES_MAX;
use super::lines::{COLUMNS, Line, next_line};
use crate::dossier::inbox::{QUEUES, officer_of, open_queue, own_queue};
use facts::agency::Viewer;
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
    /// Id of the dossier.
    pub dossier_id: String,
    /// Its code, as text.
    pub code: String,
    /// Its procedure's key, as text.
    pub procedure: String,
    /// How it came: `counter`, `online` or `post`.
    pub channel: String,
    /// Its applicant's name; empty once erased.
    pub applicant_name: String,
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
}

impl Task {
    /// Where the next page continues.
    #[must_use]
    pub fn cursor(&self) -> (Timestamp, String, String) {
        (self.due_at, self.dossier_id.clone(), self.task.clone())
    }
}

/// In the order in which [`task`] takes them out.
const TASK: &str = "d.id, d.code, d.procedure_key, d.channel, d.applicant_name, t.task, t.act,
    t.agency, t.queue, t.due_at";

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
    let rows = walked(db, viewer, std::slice::from_ref(filter), (TASK, limit)).await?;
    Ok(rows.into_iter().map(task).collect())
}

/// For each of these acts the dossiers of the next `limit` things that `viewer` may do, the one
/// due first at the top; all with one question.
///
/// # Errors
/// [`Trouble`] of the database.
pub async fn waiting<const ACTS: usize>(
    db: &Database,
    viewer: &Viewer,
    acts: [&str; ACTS],
    limit: usize,
) -> Result<[Vec<Line>; ACTS], Trouble> {
    let of_act = |act: &str| Inbox {
        act: act.to_owned(),
        ..Inbox::default()
    };
    let columns = format!("t.part, {COLUMNS}");
    let rows = walked(db, viewer, &acts.map(of_act), (&columns, limit)).await?;
    let mut waiting = acts.map(|_| Vec::new());
    for row in rows {
        let mut cells = row.cells();
        let part = usize::try_from(cells.int()).unwrap_or_default();
        waiting[part].push(next_line(&mut cells));
    }
    Ok(waiting)
}

/// These columns of the first so many tasks `t` of each filter, and of their dossiers `d`.
async fn walked(
    db: &Database,
    viewer: &Viewer,
    filters: &[Inbox],
    (columns, limit): (&str, usize),
) -> Result<Vec<Row>, Trouble> {
    let limit = i64::try_from(limit.min(LINES_MAX)).unwrap_or(i64::MAX);
    let mut parts = Vec::new();
    let mut values = Vec::new();
    for (part, filter) in filters.iter().enumerate() {
        let walks = walks(viewer, filter, limit, &mut values);
        if !walks.is_empty() {
            parts.push(format!(
                "SELECT * FROM (SELECT {part} AS part, walked.* FROM ({walks}) AS walked
                   ORDER BY due_at, dossier_id, task LIMIT ?) AS part{part}"
            ));
            values.push(limit.into());
        }
    }
    if parts.is_empty() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT {columns} FROM ({}) AS t CROSS JOIN dossiers d WHERE d.id = t.dossier_id
          ORDER BY t.part, t.due_at, t.dossier_id, t.task",
        parts.join(" UNION ALL ")
    );
    db.query(Statement::new(sql, values)).await
}

/// One walk for each queue, from its front; no task stands in two. Adds their values.
fn walks(viewer: &Viewer, filter: &Inbox, limit: i64, values: &mut Vec<Value>) -> String {
    let mut queues = queues(viewer, &filter.act);
    if filter.mine_only {
        queues.truncate(1);
    }
    let (more, more_values) = conditions(filter);
    let mut walks = Vec::new();
    for (number, queue) in queues.into_iter().enumerate() {
        walks.push(format!(
            "SELECT * FROM (SELECT queue, due_at, dossier_id, task, act, agency
               FROM dossier_tasks WHERE queue = ?{more}
               ORDER BY due_at, dossier_id, task LIMIT ?) AS walk{number}"
        ));
        values.push(queue.into());
        values.extend(more_values.iter().cloned());
        values.push(limit.into());
    }
    walks.join(" UNION ALL ")
}

/// The queue of what the viewer has, then each that their rights open; of one act when one is
/// named.
fn queues(viewer: &Viewer, act: &str) -> Vec<String> {
    let Viewer::Officer { officer, posts } = viewer else {
        return Vec::new();
    };
    let mut queues = vec![own_queue(officer)];
    for (queue, right) in QUEUES
        .iter()
        .filter(|(queue, _)| act.is_empty() || act == *queue)
    {
        let open = posts.iter().filter(|post| post.rights.contains(right));
        let mut agencies: Vec<&str> = open.map(|post| post.agency.as_str()).collect();
        agencies.sort_unstable();
        agencies.dedup();
        queues.extend(agencies.into_iter().map(|agency| open_queue(agency, queue)));
    }
    queues
}

fn conditions(filter: &Inbox) -> (String, Vec<Value>) {
    let mut sql = String::new();
    let mut values = Vec::new();
    if !filter.act.is_empty() {
        sql.push_str(" AND act = ?");
        values.push(Value::from(&filter.act));
    }
    if !filter.procedure_code.is_empty() {
        sql.push_str(" AND procedure_code = ?");
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

/// Up to so many tasks of a queue are counted; beyond, how many there are changes nothing for who
/// takes the next one, and counting them all would cost more than the page.
pub const QUEUED_MAX: i64 = 100;

/// How much of one kind of work there is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queued {
    /// The act.
    pub act: String,
    /// All of it, up to [`QUEUED_MAX`] in each queue.
    pub all: i64,
    /// What is late of it, as far as counted.
    pub late: i64,
    /// There may be more.
    pub more: bool,
}

/// How many tasks of each act `viewer` has or may take, and how many were due before `now`.
///
/// # Errors
/// [`Trouble`] of the database.
pub async fn queued(
    db: &Database,
    viewer: &Viewer,
    now: Timestamp,
) -> Result<Vec<Queued>, Trouble> {
    let mut parts = Vec::new();
    let mut values = Vec::new();
    for (number, queue) in queues(viewer, "").into_iter().enumerate() {
        // What is due first is counted first: of more than are counted, the late ones are there.
        parts.push(format!(
            "SELECT {number}, act, COUNT(*),
               CAST(SUM(CASE WHEN due_at < ? THEN 1 ELSE 0 END) AS BIGINT)
               FROM (SELECT act, due_at FROM dossier_tasks WHERE queue = ?
               ORDER BY due_at, dossier_id, task LIMIT ?) AS walk{number} GROUP BY act"
        ));
        values.push(now.into());
        values.push(queue.into());
        values.push(QUEUED_MAX.into());
    }
    if parts.is_empty() {
        return Ok(Vec::new());
    }
    let asked = Statement::new(parts.join(" UNION ALL "), values);
    let rows = db.query(asked).await?;
    let walked = |walk: i64| {
        rows.iter()
            .filter(|row| row.int(0) == walk)
            .map(|row| row.int(2))
            .sum()
    };
    let count = |row: &Row| {
        let walked: i64 = walked(row.int(0));
        Queued {
            act: row.string(1),
            all: row.int(2),
            late: row.int(3),
            more: walked == QUEUED_MAX,
        }
    };
    Ok(rows.iter().map(count).collect())
}

fn task(row: Row) -> Task {
    let mut cells = row.cells();
    Task {
        dossier_id: cells.string(),
        code: cells.string(),
        procedure: cells.string(),
        channel: cells.string(),
        applicant_name: cells.string(),
        task: cells.string(),
        act: cells.string(),
        agency: cells.string(),
        officer: officer_of(&cells.string()).to_owned(),
        due_at: cells.time(),
    }
}
