//! The inbox: what an officer has to do, by what is due next.
//! Does not know: what the work is (`inbox.rs` of the room makes the rows).

use super::LINES_MAX;
use super::lines::{COLUMNS, Line, next_line};
use super::reaches;
use crate::dossier::inbox::{QUEUES, open_queue, post_queue};
use facts::agency::{Post, Reach, Right, Viewer};
use jiff::Timestamp;
use kernel::{Database, Row, Statement, Trouble, Value, params};

/// Which part of the inbox.
#[derive(Debug, Clone, Default)]
pub struct Inbox {
    /// Only what stays with the officer's positions; otherwise also what anybody with the right
    /// may take.
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
    t.agency, t.officer, t.due_at";

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

/// One walk for each part of the inbox, from its front; no task stands in two. Adds their values.
fn walks(viewer: &Viewer, filter: &Inbox, limit: i64, values: &mut Vec<Value>) -> String {
    let (more, more_values) = conditions(filter);
    let mut walks = Vec::new();
    for (number, part) in parts(viewer, filter).into_iter().enumerate() {
        walks.push(format!(
            "SELECT * FROM (SELECT officer, due_at, dossier_id, task, act, agency
               FROM dossier_tasks WHERE {}{more}
               ORDER BY due_at, dossier_id, task LIMIT ?) AS walk{number}",
            part.sql
        ));
        values.extend(part.values);
        values.extend(more_values.iter().cloned());
        values.push(limit.into());
    }
    walks.join(" UNION ALL ")
}

/// Which tasks one walk passes, as a condition on their rows.
struct Tasks {
    sql: String,
    values: Vec<Value>,
}

/// What stays with the viewer's positions, with vacant ones beside them, and each queue of work
/// that their rights open; of one act when one is named.
fn parts(viewer: &Viewer, filter: &Inbox) -> Vec<Tasks> {
    let posts = viewer.posts();
    let own = posts.iter().filter_map(|post| {
        let all = |right: Right| post.has(right).then_some(Reach::All);
        of_queues(&[post_queue(&post.position)], all)
    });
    let mut parts: Vec<Tasks> = own.collect();
    if filter.mine_only {
        return parts;
    }
    let mut agencies: Vec<&str> = posts.iter().map(|post| post.agency.as_str()).collect();
    agencies.sort_unstable();
    agencies.dedup();
    for agency in agencies {
        let there = posts.iter().filter(|post| post.agency == agency);
        let there: Vec<&Post> = there.collect();
        let mut vacant: Vec<&String> = there.iter().flat_map(|post| &post.stands_in).collect();
        vacant.sort_unstable();
        vacant.dedup();
        let vacant: Vec<String> = vacant.into_iter().map(|id| post_queue(id)).collect();
        parts.extend(of_queues(&vacant, |right| reach(&there, right)));
        for (act, right) in QUEUES {
            let wanted = filter.act.is_empty() || filter.act == act;
            let Some(reach) = reach(&there, right).filter(|_| wanted) else {
                continue;
            };
            let (of_reach, of_values) = reaches("procedure_code", &reach);
            let mut values = params![open_queue(agency, act)];
            values.extend(of_values);
            let sql = format!("queue = ?{of_reach}");
            parts.push(Tasks { sql, values });
        }
    }
    parts
}

/// What these posts reach together with a right; `None` when none has it.
fn reach(posts: &[&Post], right: Right) -> Option<Reach> {
    let reaches = posts.iter().filter_map(|post| post.reach(right));
    reaches.cloned().reduce(|all, one| all.or(&one))
}

/// The tasks of these queues whose right is there, as far as it reaches.
fn of_queues(queues: &[String], reach: impl Fn(Right) -> Option<Reach>) -> Option<Tasks> {
    let mut acts = Vec::new();
    let mut values: Vec<Value> = queues.iter().map(Value::from).collect();
    for (act, right) in QUEUES {
        let Some(reach) = reach(right) else { continue };
        let (of_reach, of_values) = reaches("procedure_code", &reach);
        acts.push(format!("(act = ?{of_reach})"));
        values.push(act.into());
        values.extend(of_values);
    }
    if queues.is_empty() || acts.is_empty() {
        return None;
    }
    let places = vec!["?"; queues.len()].join(", ");
    let sql = format!("queue IN ({places}) AND ({})", acts.join(" OR "));
    Some(Tasks { sql, values })
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
    for (number, part) in self::parts(viewer, &Inbox::default())
        .into_iter()
        .enumerate()
    {
        // What is due first is counted first: of more than are counted, the late ones are there.
        parts.push(format!(
            "SELECT {number}, act, COUNT(*),
               CAST(SUM(CASE WHEN due_at < ? THEN 1 ELSE 0 END) AS BIGINT)
               FROM (SELECT act, due_at FROM dossier_tasks WHERE {}
               ORDER BY due_at, dossier_id, task LIMIT ?) AS walk{number} GROUP BY act",
            part.sql
        ));
        values.push(now.into());
        values.extend(part.values);
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
        officer: cells.string(),
        due_at: cells.time(),
    }
}
