//! `/desk`: what this officer has to do, by what is due next; many taken or approved at once.
//! Does not know: what the work is, nor the law.
use askama::Template;
use axum::extract::State;
use axum::response::IntoResponse;
use jiff::Timestamp;
use kernel::Failure;
use matters::Ground;
use matters::dossier::views::{Inbox, Task, inbox, queued};
use matters::dossier::{Command, Order, State as Fold};
use web::ui::Choice;
use web::{Answer, Flash, FormData, Problem, QueryData, Redirect, Shell, Tone};

use super::{Asked, Room};
use crate::desk::bulk::{outcome, picked};
use crate::desk::due::DueWords;
use crate::desk::names::Names;
use crate::desk::queue::{self, Queue, queues};
use crate::desk::words::{refusal, say};

/// Lines of one page: a screen and a half.
const LINES: usize = 40;

/// One line of the inbox.
struct Row {
    code: String,
    procedure: String,
    applicant: String,
    step: String,
    holder: String,
    channel: String,
    due: DueWords,
    pick: String,
}

#[derive(Template)]
#[template(path = "desk/pages/inbox.html")]
struct InboxPage {
    shell: Shell,
    queues: Vec<Queue>,
    rows: Vec<Row>,
    queue: &'static str,
    procedure: String,
    procedures: Vec<Choice>,
    mine: bool,
    next: String,
    first: bool,
    claimable: bool,
    approvable: bool,
}

/// The filters of an inbox as its address has them.
struct Filter {
    queue: &'static str,
    procedure: String,
    mine: bool,
    after: Option<queue::Place>,
}

impl Filter {
    fn of(query: &FormData) -> Self {
        Self {
            queue: queue::named(query.text("queue")),
            procedure: query.text("procedure").to_owned(),
            mine: query.has("mine"),
            after: queue::read(query.text("after")),
        }
    }

    fn inbox(&self, now: Timestamp) -> Inbox {
        let late = self.queue == queue::LATE;
        let act = if late || self.queue == queue::ALL {
            ""
        } else {
            self.queue
        };
        Inbox {
            mine_only: self.mine,
            act: act.to_owned(),
            procedure_code: self.procedure.clone(),
            due_before: late.then_some(now),
            after: self.after.clone(),
        }
    }
}

pub(super) async fn show(
    State(room): State<Room>,
    asked: Asked,
    QueryData(query): QueryData,
) -> Answer {
    let ground = &room.ground;
    let filter = Filter::of(&query);
    let now = asked.now;
    let counts = queued(ground.db(), &asked.viewer, now)
        .await
        .map_err(Problem::trouble)?;
    let found = inbox(ground.db(), &asked.viewer, &filter.inbox(now), LINES + 1).await;
    let mut tasks = found.map_err(Problem::trouble)?;
    let more = tasks.len() > LINES;
    tasks.truncate(LINES);
    let next = tasks
        .last()
        .filter(|_| more)
        .map(|task| queue::written(&task.cursor()));
    let officers: Vec<String> = tasks.iter().map(|task| task.officer.clone()).collect();
    let names = Names::read(ground, officers, now)
        .await
        .map_err(Problem::trouble)?;
    let rows: Vec<Row> = tasks
        .iter()
        .map(|task| row(ground, &names, task, now))
        .collect();
    let free = tasks
        .iter()
        .any(|task| task.officer.is_empty() && is_step(&task.act));
    web::render(&InboxPage {
        queues: queues(&asked.viewer, &counts, filter.queue),
        rows,
        queue: filter.queue,
        procedures: procedures(ground, now),
        procedure: filter.procedure,
        mine: filter.mine,
        next: next.unwrap_or_default(),
        first: filter.after.is_none(),
        claimable: free,
        approvable: filter.queue == "approve" && !tasks.is_empty(),
        shell: Shell::new(&asked.visit),
    })
}

/// A step of the process, which somebody takes; the counter's work is nobody's own.
fn is_step(act: &str) -> bool {
    matches!(act, "assign" | "appraise" | "endorse" | "approve" | "issue")
}

fn row(ground: &Ground, names: &Names, task: &Task, now: Timestamp) -> Row {
    let calendar = ground.law.calendars.of(&task.agency);
    let known = procedure_of(ground, &task.procedure);
    let step = known.and_then(|procedure| procedure.step(task.task.split(['#', '/']).next()?));
    let act = say(&format!("act.{}", task.act));
    let pick = is_step(&task.act);
    Row {
        code: task.code.clone(),
        procedure: known.map_or_else(|| task.procedure.clone(), |p| p.name.vi.clone()),
        applicant: task.applicant_name.clone(),
        step: step.map_or(act, |step| step.name.vi.clone()),
        holder: match task.officer.as_str() {
            "" => String::new(),
            officer => names.officer(officer).to_owned(),
        },
        channel: say(&format!("channel.{}", task.channel)),
        due: DueWords::of(calendar, task.due_at, now),
        pick: if pick {
            format!("{}~{}", task.dossier_id, task.task)
        } else {
            String::new()
        },
    }
}

/// The procedure of a key as text.
pub(super) fn procedure_of<'a>(
    ground: &'a Ground,
    key: &str,
) -> Option<&'a std::sync::Arc<facts::procedure::Procedure>> {
    ground.catalogue().get(&key.parse().ok()?)
}

/// The procedures in force, to choose from.
pub(super) fn procedures(ground: &Ground, now: Timestamp) -> Vec<Choice> {
    let today = web::show::local_date(now);
    let mut choices: Vec<Choice> = Vec::new();
    for procedure in ground.catalogue().published(today) {
        if !choices
            .iter()
            .any(|choice| choice.value == procedure.key.code)
        {
            choices.push(Choice::new(&procedure.key.code, &procedure.name.vi));
        }
    }
    choices
}

/// What a bulk act does with one task.
enum Bulk {
    Claim,
    Approve,
}

pub(super) async fn claim(state: State<Room>, asked: Asked, form: FormData) -> Answer {
    all(state, asked, form, &Bulk::Claim).await
}

pub(super) async fn approve(state: State<Room>, asked: Asked, form: FormData) -> Answer {
    all(state, asked, form, &Bulk::Approve).await
}

/// One order after another, each with its own command id, so that a double click repeats none.
async fn all(State(room): State<Room>, asked: Asked, form: FormData, bulk: &Bulk) -> Answer {
    let command_id = form.command_id()?.to_owned();
    let (mut done, mut failed) = (0, Vec::new());
    let picks = picked(&form.all("pick"));
    for (id, task) in picks {
        let ground = &room.ground;
        let loaded = ground
            .journal
            .load(&*ground.law, &id)
            .await
            .map_err(Problem::trouble)?;
        let Fold {
            dossier: Some(dossier),
        } = loaded.0
        else {
            continue;
        };
        let command = match bulk {
            Bulk::Claim => Command::Claim { task: task.clone() },
            Bulk::Approve => Command::Finish {
                task: task.clone(),
                outcome: String::new(),
                opinion: String::new(),
                next_officer: String::new(),
            },
        };
        let ctx = asked.ctx(&dossier, format!("{command_id}.{id}.{task}"));
        match ground
            .order(&id, Order::new(&asked.viewer, command), ctx)
            .await
        {
            Ok(_) => done += 1,
            Err(Failure::Refused(why)) => failed.push(refusal(&why, &Plain)),
            Err(Failure::Trouble(cause)) => return Err(Problem::trouble(cause)),
        }
    }
    let (key, queue) = match bulk {
        Bulk::Claim => ("done.claims", queue::named(form.text("queue"))),
        Bulk::Approve => ("done.approvals", "approve"),
    };
    let text = outcome(key, done, &failed);
    let flash = match (done, failed.is_empty()) {
        (1.., true) => Flash::good(text),
        _ => Flash {
            tone: Tone::Warn,
            text,
        },
    };
    Ok(Redirect::to(format!("/desk?queue={queue}"))
        .with(flash)
        .into_response())
}

/// Codes stay codes: a bulk act has no one dossier whose names would be known.
struct Plain;

impl crate::desk::words::Spell for Plain {
    fn spell(&self, _: &str, _: &str) -> Option<String> {
        None
    }
}
