//! The control slip (phiếu kiểm soát, form 06) as a timeline: every hand-over with who, when,
//! and whether in time, read from the journal and never typed. Does not know: HTML, the printed
//! form.
use jiff::Timestamp;
use kernel::Entry;
use matters::dossier::{
    Dossier, Event, Opinion, PaperForm, RefuseReason, ReturnWay, State, evolve,
};
use web::{Tone, show};

use super::names::{Names, actor};
use super::sheet::Sheet;
use super::words::{fill, say};

/// One line of the slip.
#[derive(Debug, Clone)]
pub(super) struct Line {
    /// "14:03 22/11/2026".
    pub when: String,
    /// What happened.
    pub title: String,
    /// Who.
    pub by: String,
    /// For which agency; empty for the applicant and the system.
    pub office: String,
    /// What was written.
    pub text: String,
    /// "đúng hạn"; empty where nothing was due.
    pub verdict: String,
    /// Colour of its dot.
    pub tone: Tone,
    /// Colour of the verdict.
    pub verdict_tone: Tone,
}

/// The whole slip, oldest first.
pub(super) fn lines(sheet: &Sheet, names: &Names) -> Vec<Line> {
    let mut state = State::default();
    let mut lines = Vec::new();
    for entry in &sheet.history {
        // A look hands nothing over.
        if let Event::Looked { .. } = entry.event {
            continue;
        }
        let before = state.dossier.as_deref();
        let due = before.and_then(|dossier| due_of(dossier, &entry.event));
        let (verdict, verdict_tone) = verdict(due, entry.at);
        lines.push(Line {
            when: show::moment(entry.at),
            title: title(sheet, names, before, &entry.event),
            by: actor(names, &entry.actor, &entry.office),
            office: match entry.office.as_str() {
                "" => String::new(),
                office => names.agency(office).to_owned(),
            },
            text: text(sheet, entry),
            verdict,
            tone: tone(&entry.event),
            verdict_tone,
        });
        state = evolve(state, entry);
    }
    lines
}

fn text(sheet: &Sheet, entry: &Entry<Event>) -> String {
    let mut text = sheet.text(entry);
    if let Event::SupplementAsked { .. } = entry.event {
        let items = sheet
            .written(entry)
            .and_then(|document| document.get("items")?.as_array());
        for item in items.map(Vec::as_slice).unwrap_or_default() {
            let part = |name: &str| item.get(name).and_then(|v| v.as_str()).unwrap_or_default();
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(&format!("{} – {}", part("what"), part("why")));
        }
    }
    text
}

/// Until when the thing that this event finishes was due.
fn due_of(before: &Dossier, event: &Event) -> Option<Timestamp> {
    match event {
        Event::Accepted { .. } | Event::Refused { .. } => Some(before.reception.due),
        Event::StepDone { task, .. }
        | Event::StepReturned { task, .. }
        | Event::ConsultAnswered { task, .. } => before.tasks.get(task).map(|task| task.due),
        Event::Issued { .. } => before.term.map(|term| term.due),
        _ => None,
    }
}

/// On an earlier day: before time; by the moment: in time; after it: late.
fn verdict(due: Option<Timestamp>, at: Timestamp) -> (String, Tone) {
    match due {
        None => (String::new(), Tone::Quiet),
        Some(due) if at > due => (say("verdict.late"), Tone::Bad),
        Some(due) if show::local_date(at) < show::local_date(due) => {
            (say("verdict.early"), Tone::Good)
        }
        Some(_) => (say("verdict.on_time"), Tone::Good),
    }
}

fn tone(event: &Event) -> Tone {
    match event {
        Event::ReceptionReminded
        | Event::SupplementAsked { .. }
        | Event::SupplementReturned { .. }
        | Event::StepLate { .. }
        | Event::ConsultTermPassed { .. }
        | Event::StepReturned { .. }
        | Event::Apologised { .. }
        | Event::DueReset { .. } => Tone::Warn,
        Event::ReceptionLate { .. }
        | Event::BecameOverdue { .. }
        | Event::BecameUnlawful { .. }
        | Event::Refused { .. }
        | Event::Rejected
        | Event::Stopped
        | Event::ClosedUnsupplemented => Tone::Bad,
        Event::Accepted { .. } | Event::Issued { .. } | Event::Delivered { .. } => Tone::Good,
        _ => Tone::Info,
    }
}

fn title(sheet: &Sheet, names: &Names, before: Option<&Dossier>, event: &Event) -> String {
    let key = format!("event.{}", event.kind());
    let at = |moment: &Timestamp| show::moment(*moment);
    let task_step = |task: &str| step_of(sheet, before, task);
    let values: Vec<(&str, String)> = match event {
        Event::Accepted { term, .. } | Event::SupplementAccepted { term, .. } => {
            vec![("due", at(&term.due))]
        }
        Event::Refused { reason } => vec![("reason", say(reason_key(*reason)))],
        Event::SupplementAsked {
            count, close_at, ..
        } => {
            vec![("count", count.to_string()), ("until", at(close_at))]
        }
        Event::SupplementReturned { close_at } => vec![("until", at(close_at))],
        Event::TaskAssigned { task, officer, .. } => {
            vec![
                ("step", task_step(task)),
                ("officer", names.officer(officer).to_owned()),
            ]
        }
        Event::PaperSeen { paper, form } => vec![
            ("paper", sheet.paper_name(paper)),
            ("form", say(paper_form_key(*form))),
        ],
        Event::ReturnWayChanged { return_way } => vec![("way", way(names, return_way))],
        Event::TaskClaimed { task, .. } | Event::StepLate { task } => {
            vec![("step", task_step(task))]
        }
        Event::StepDone { step, .. } => vec![("step", sheet.step_name(step).to_owned())],
        Event::StepReturned { to, .. } => vec![("step", sheet.step_name(to).to_owned())],
        Event::ConsultAsked { agency, due, .. } => {
            vec![
                ("agency", names.agency(agency).to_owned()),
                ("until", at(due)),
            ]
        }
        Event::ConsultAnswered { opinion, .. } => vec![("opinion", say(opinion_key(*opinion)))],
        Event::FeeAsked { amount, .. } => vec![("amount", show::dong(*amount))],
        Event::FeePaid {
            amount,
            receipt_no: number,
            ..
        }
        | Event::FeeRefunded {
            amount,
            slip_no: number,
            ..
        } => {
            vec![("amount", show::dong(*amount)), ("number", number.clone())]
        }
        Event::Issued { number, .. } => vec![("number", number.clone())],
        Event::BecameOverdue { due } => vec![("due", at(due))],
        Event::BecameUnlawful { legal_due } => vec![("due", at(legal_due))],
        Event::Apologised { old_due, new_due } | Event::DueReset { old_due, new_due } => {
            vec![("old", at(old_due)), ("due", at(new_due))]
        }
        _ => Vec::new(),
    };
    let values: Vec<(&str, &str)> = values.iter().map(|(n, v)| (*n, v.as_str())).collect();
    fill(&key, &values)
}

/// The word of a paper's form.
pub(super) fn paper_form_key(form: PaperForm) -> &'static str {
    match form {
        PaperForm::Original => "paper_form.original",
        PaperForm::Copy => "paper_form.copy",
        PaperForm::Electronic => "paper_form.electronic",
        PaperForm::Data => "paper_form.data",
        PaperForm::Shown => "paper_form.shown",
        PaperForm::ToShow => "paper_form.to_show",
    }
}

/// Where the result goes, in words.
pub(super) fn way(names: &Names, way: &ReturnWay) -> String {
    match way {
        ReturnWay::Counter { agency } => {
            fill("who.return_counter", &[("agency", names.agency(agency))])
        }
        ReturnWay::Post => say("who.return_post"),
        ReturnWay::Electronic => say("who.return_electronic"),
    }
}

/// The step of a task: from the state before, else from the task's own name (`appraise#1`).
fn step_of(sheet: &Sheet, before: Option<&Dossier>, task: &str) -> String {
    let known = before.and_then(|dossier| dossier.tasks.get(task));
    let step = known.map(|task| task.step.as_str());
    let step = step.unwrap_or_else(|| task.split(['#', '/']).next().unwrap_or(task));
    sheet.step_name(step).to_owned()
}

/// The word of a reason.
pub(super) fn reason_key(reason: RefuseReason) -> &'static str {
    match reason {
        RefuseReason::NotCompetent => "refuse_reason.not_competent",
        RefuseReason::NotEligible => "refuse_reason.not_eligible",
        RefuseReason::PapersIncomplete => "refuse_reason.papers_incomplete",
        RefuseReason::PapersInvalid => "refuse_reason.papers_invalid",
        RefuseReason::Duplicate => "refuse_reason.duplicate",
        RefuseReason::Other => "refuse_reason.other",
    }
}

/// The word of an opinion.
pub(super) fn opinion_key(opinion: Opinion) -> &'static str {
    match opinion {
        Opinion::Agree => "opinion.agree",
        Opinion::AgreeWithRemarks => "opinion.agree_with_remarks",
        Opinion::Disagree => "opinion.disagree",
    }
}
