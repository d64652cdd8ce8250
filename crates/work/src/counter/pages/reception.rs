//! `/counter/reception`: an online dossier before it is taken in (accept with every paper looked
//! at, ask for a supplement once, refuse with reason and legal basis), and a supplement that came.
//! Does not know: what follows at the desks; the whole dossier stands at `/desk`.

mod act;
mod whose;

pub(super) use act::act;

use super::view::{
    Head, MoneyRow, PaperRow, bill, desk_link, long_moment, paper_rows, people_rows, way_words,
};
use super::{Clerk, Opened, open};
use crate::counter::queues::clock;
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use facts::procedure::Channel;
use matters::dossier::{Action, Phase, RefuseReason, SupplementItem, day_of, dong};
use matters::questions::{Asker, Part};
use matters::{Alike, Ground};
use web::ui::{Choice, SummaryRow};
use web::{Answer, FieldErrors, FormData, Shell, render_with, show};
use whose::Whose;

/// Free lines of a request for supplement beside those of the papers.
const FREE_ITEMS: usize = 3;

#[derive(Template)]
#[template(path = "counter/pages/reception.html")]
struct ReceptionPage {
    shell: Shell,
    errors: FieldErrors,
    head: Head,
    submitted: bool,
    supplemented: bool,
    received: String,
    clock: String,
    clock_late: bool,
    due_if_now: String,
    people: Vec<SummaryRow>,
    whose: Whose,
    wanted_way: String,
    parts: Vec<Part>,
    remarks: Vec<String>,
    alike: Vec<Alike>,
    papers: Vec<PaperRow>,
    fees: Vec<MoneyRow>,
    total: String,
    items: Vec<Item>,
    /// What the supplement was asked for, and whether it came.
    asked: Vec<Asked>,
    note: String,
    may_accept: bool,
    may_ask: bool,
    may_refuse: bool,
    may_take_supplement: bool,
    asked_before: bool,
    reasons: Vec<Choice>,
    form: Typed,
    desk: String,
}

/// One line of the request for supplement.
struct Item {
    field: String,
    label: String,
    chosen: bool,
    what: String,
    why: String,
}

struct Asked {
    what: String,
    why: String,
    came: bool,
}

/// What was typed, to be drawn again.
#[derive(Default)]
struct Typed {
    act: String,
    reason: String,
    text: String,
    basis: String,
    contact: String,
    lacking: String,
}

impl Typed {
    fn read(form: &FormData) -> Self {
        let text = |name: &str| form.text(name).to_owned();
        Self {
            act: text("do"),
            reason: text("reason"),
            text: text("text"),
            basis: text("basis"),
            contact: text("contact"),
            lacking: text("lacking"),
        }
    }
}

/// Why a dossier is not received, in words. Lateness of the agency is none of them.
const REASONS: [(&str, RefuseReason, &str); 6] = [
    (
        "not_competent",
        RefuseReason::NotCompetent,
        "Không thuộc thẩm quyền giải quyết",
    ),
    (
        "not_eligible",
        RefuseReason::NotEligible,
        "Không đủ điều kiện",
    ),
    (
        "papers_incomplete",
        RefuseReason::PapersIncomplete,
        "Thành phần hồ sơ không đầy đủ",
    ),
    (
        "papers_invalid",
        RefuseReason::PapersInvalid,
        "Giấy tờ không hợp lệ",
    ),
    ("duplicate", RefuseReason::Duplicate, "Trùng hồ sơ đã nộp"),
    ("other", RefuseReason::Other, "Lý do khác"),
];

pub(super) async fn show(
    State(ground): State<Ground>,
    Path(code): Path<String>,
    clerk: Clerk,
) -> Answer {
    let opened = open(&ground, &clerk, &code).await?;
    page(&ground, &clerk, &opened, Drawn::default()).await
}

/// What a page shows again.
#[derive(Default)]
struct Drawn {
    errors: FieldErrors,
    typed: Typed,
    checked: Vec<String>,
    items: Vec<SupplementItem>,
}

async fn page(ground: &Ground, clerk: &Clerk, opened: &Opened, drawn: Drawn) -> Answer {
    let dossier = &opened.dossier;
    let status = match drawn.errors.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let calendar = ground.law.calendars.of(&dossier.reception_agency);
    let (parts, remarks) = parts(ground, opened);
    let mut papers = paper_rows(opened);
    for paper in &mut papers {
        paper.checked = drawn.checked.contains(&paper.code);
    }
    render_with(
        status,
        &ReceptionPage {
            head: Head::of(ground, opened).await?,
            submitted: dossier.phase == Phase::Submitted,
            supplemented: dossier.phase == Phase::SupplementReceived,
            received: format!(
                "{}, {}",
                channel_words(dossier.channel),
                show::moment(dossier.submitted_at)
            ),
            clock: clock(calendar, clerk.now, dossier.reception.due),
            clock_late: clerk.now > dossier.reception.due,
            due_if_now: due_if_now(ground, clerk, opened),
            people: people_rows(opened),
            whose: whose::whose(ground, opened).await?,
            wanted_way: way_words(ground, (&dossier.return_way, &opened.told.post_address)).await?,
            parts,
            remarks,
            alike: match opened.may(Action::ViewPrivate) {
                true => {
                    let about = (&*opened.procedure, &opened.told.answers);
                    ground.alike(&clerk.viewer, about, &opened.id).await?
                }
                false => Vec::new(),
            },
            papers,
            fees: bill(opened),
            total: format!("{} đ", dong(dossier.amount_due())),
            items: items(opened, &drawn.items),
            asked: asked(opened),
            note: opened.told.note.clone(),
            may_accept: opened.may(Action::Accept),
            may_ask: opened.may(Action::AskSupplement) && dossier.supplements_asked == 0,
            may_refuse: opened.may(Action::Refuse) && dossier.accepted_at.is_none(),
            may_take_supplement: opened.may(Action::AcceptSupplement),
            asked_before: dossier.supplements_asked > 0,
            reasons: REASONS
                .iter()
                .map(|(name, _, words)| Choice::new(*name, *words))
                .collect(),
            form: drawn.typed,
            desk: desk_link(opened),
            errors: drawn.errors,
            shell: clerk.shell(),
        },
    )
}

fn channel_words(channel: Channel) -> &'static str {
    match channel {
        Channel::Counter => "Nộp tại quầy",
        Channel::Online => "Nộp trực tuyến",
        Channel::Post => "Nhận qua bưu chính",
    }
}

/// The due moment if it were accepted now: shown before the officer accepts.
fn due_if_now(ground: &Ground, clerk: &Clerk, opened: &Opened) -> String {
    let calendar = ground.law.calendars.of(&opened.dossier.agency);
    let limit = &opened.procedure.limit(opened.dossier.channel).promised;
    calendar
        .due_at(clerk.now, limit)
        .map(long_moment)
        .unwrap_or_default()
}

/// What was answered, and what to look at in it.
fn parts(ground: &Ground, opened: &Opened) -> (Vec<Part>, Vec<String>) {
    if !opened.may(Action::ViewPrivate) {
        return (Vec::new(), Vec::new());
    }
    let asker = Asker {
        form: &opened.procedure.form,
        places: &ground.places,
        today: day_of(opened.dossier.submitted_at),
        province: "",
    };
    let remarks = asker.remarks(&opened.told.answers).into_iter();
    (
        asker.record(&opened.told.answers),
        remarks.map(|remark| remark.text).collect(),
    )
}

/// One line a required paper, and some free ones; what was typed stands in them again.
fn items(opened: &Opened, typed: &[SupplementItem]) -> Vec<Item> {
    let item = |field: String, label: String, code: Option<&str>| {
        let known = |one: &&SupplementItem| code.is_some() && one.paper.as_deref() == code;
        let before = typed.iter().find(known);
        Item {
            chosen: before.is_some(),
            what: before.map_or_else(|| label.clone(), |one| one.what.clone()),
            why: before.map(|one| one.why.clone()).unwrap_or_default(),
            field,
            label,
        }
    };
    let papers = opened.procedure.papers_for(&opened.told.answers);
    let of_paper = |paper: &&facts::procedure::RequiredPaper| {
        item(
            format!("paper.{}", paper.code),
            paper.name.vi.clone(),
            Some(&paper.code),
        )
    };
    let mut all: Vec<Item> = papers.iter().map(of_paper).collect();
    let mut free = typed.iter().filter(|one| one.paper.is_none());
    for number in 0..FREE_ITEMS {
        let mut empty = item(format!("free.{number}"), String::new(), None);
        if let Some(one) = free.next() {
            (empty.what, empty.why) = (one.what.clone(), one.why.clone());
        }
        all.push(empty);
    }
    all
}

fn asked(opened: &Opened) -> Vec<Asked> {
    let brought = opened
        .dossier
        .supplement
        .as_ref()
        .map(|one| one.brought.clone());
    let brought = brought.unwrap_or_default();
    let line = |item: &SupplementItem| Asked {
        what: match &item.paper {
            Some(code) if item.what.is_empty() => opened.procedure.paper_name(code).vi,
            _ => item.what.clone(),
        },
        why: item.why.clone(),
        came: item
            .paper
            .as_ref()
            .is_none_or(|code| brought.contains(code)),
    };
    opened.told.items.iter().map(line).collect()
}
