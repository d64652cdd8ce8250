//! `/dossiers/{code}`: one dossier for its applicant and filer: what to do now, when it is
//! promised, who has it, what happened, what was sent. Everybody else gets 404, so that a code
//! alone tells nothing.
use askama::Template;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use facts::agency::{Right, Viewer};
use facts::procedure::{Procedure, Spelling, SummarySection};
use jiff::Timestamp;
use kernel::{Entry, Trouble, Whole};
use matters::Standing;
use matters::dossier::{Action, Dossier, Event, Facts, Law, Phase, Work, label, may, work};
use web::ui::{Link, Tag, TimelineItem};
use web::{Answer, Now, Problem, Redirect, Shell, SignedIn, Tone, show};

use super::super::phrases;
use super::super::standing::{self, Asked, Buttons, FeeRow, Late, Letter, Sent};
use super::super::timeline::{self, Names, Told};
use super::Portal;

/// Positions named when nobody has taken a task yet.
const POSITIONS_MAX: usize = 2;

#[derive(Template)]
#[template(path = "portal/pages/dossier.html")]
struct DossierPage {
    shell: Shell,
    crumbs: Vec<Link>,
    code: String,
    name: String,
    procedure: String,
    tag: Tag,
    meaning: String,
    /// Promised; empty when nothing is promised any more.
    due: String,
    /// The clock stands: since when.
    stopped: String,
    submitted: String,
    asked: Asked,
    late: Option<Late>,
    holders: Vec<Holder>,
    timeline: Vec<TimelineItem>,
    looks: Vec<Look>,
    papers: Vec<Sent>,
    letters: Vec<Letter>,
    bill: Vec<FeeRow>,
    total: String,
    receipt: String,
    /// What is still to be paid; empty for nothing.
    owed: String,
    answers: Vec<SummarySection>,
    return_way: String,
    buttons: Buttons,
    result_number: String,
}

/// Somebody who looked without having work on it.
struct Look {
    who: String,
    reason: String,
    when: String,
}

/// Who has the dossier now (NĐ 224/2026 Đ15.1.g).
struct Holder {
    agency: String,
    /// "Bộ phận một cửa, Công chức tư pháp".
    place: String,
    officer: String,
    /// Nobody has taken the task; the places are those that may.
    untaken: bool,
    since: String,
}

pub(super) async fn show(
    State(portal): State<Portal>,
    Path(code): Path<String>,
    Now(now): Now,
    SignedIn { viewer, .. }: SignedIn<Viewer>,
    shell: Shell,
) -> Answer {
    if matches!(*viewer, Viewer::Officer { .. }) {
        let code = super::procedures::encoded(&code);
        return Ok(Redirect::to(format!("/desk/dossiers/{code}")).into_response());
    }
    let ground = &portal.ground;
    let id = Standing::id(ground, &code).await?;
    let id = id.ok_or(Problem::NotFound)?;
    let whole = ground.journal.whole(&*ground.law, &id).await?;
    let seen = seen(&whole, &viewer)?;
    let page = page(&portal, &viewer, seen, now, shell).await?;
    web::render(&page)
}

/// The dossier and what happened with what the applicant may read of the vault, for somebody who
/// may read what was written.
fn seen<'a>(
    whole: &'a Whole<Law>,
    viewer: &Viewer,
) -> Result<(&'a Dossier, Vec<Told<'a>>), Problem> {
    let dossier = whole.state.dossier.as_deref().ok_or(Problem::NotFound)?;
    may(viewer, Action::ViewPrivate, &Facts::of(dossier)).map_err(|_| Problem::NotFound)?;
    let told = |entry: &'a Entry<Event>| {
        let open = entry.private.as_ref();
        let open = open.filter(|_| timeline::is_open(&entry.event));
        (entry, open.and_then(|digest| whole.private.get(digest)))
    };
    Ok((dossier, whole.entries.iter().map(told).collect()))
}

async fn page(
    portal: &Portal,
    viewer: &Viewer,
    (dossier, told): (&Dossier, Vec<Told<'_>>),
    now: Timestamp,
    shell: Shell,
) -> Result<DossierPage, Trouble> {
    let ground = &portal.ground;
    let procedure = ground.catalogue().get(&dossier.procedure).cloned();
    let procedure = procedure.as_deref();
    let names = names(portal, dossier, &told).await?;
    let calendar = ground.law.calendars.of(&dossier.agency);
    let late = standing::late(dossier, &told, calendar, now);
    let still = late.as_ref().is_some_and(|late| !late.over);
    let status = dossier.phase.external();
    let meaning = procedure.and_then(|procedure| procedure.status_words(status.code()));
    let name = procedure.map_or_else(String::new, |procedure| procedure.name.vi.clone());
    let due = dossier.term.filter(|_| dossier.finished_at.is_none());
    Ok(DossierPage {
        crumbs: vec![
            Link::new("/", phrases::say("crumb", "home")),
            Link::new("/dossiers", phrases::say("crumb", "mine")),
            Link::new("", dossier.code.to_string()),
        ],
        code: dossier.code.to_string(),
        procedure: format!("/procedures/{}", dossier.procedure.code),
        tag: tag(dossier, still),
        meaning: meaning.map_or_else(String::new, |words| words.vi.clone()),
        due: due.map_or_else(String::new, |term| show::moment(term.due)),
        stopped: match (dossier.stopped_since, dossier.finished_at) {
            (Some(since), None) => show::day(show::local_date(since)),
            _ => String::new(),
        },
        submitted: show::moment(dossier.submitted_at),
        asked: standing::asked(dossier, procedure, &told, &names),
        late,
        holders: holders(portal, dossier, &names, now).await?,
        timeline: timeline::timeline(dossier, procedure, &told, &names),
        looks: looks(&told, &names),
        papers: standing::sent(dossier, procedure, &told),
        letters: standing::letters(dossier, &told),
        bill: standing::bill(dossier, procedure),
        total: show::dong(dossier.amount_due()),
        receipt: {
            let receipts = dossier.payment.receipts.iter();
            let numbers: Vec<&str> = receipts.map(|one| one.number.as_str()).collect();
            numbers.join(", ")
        },
        owed: match dossier.owed() {
            0 => String::new(),
            owed => show::dong(owed),
        },
        answers: answers(portal, procedure, &told, now),
        return_way: standing::return_way(dossier, &told, &names),
        buttons: standing::buttons(viewer, dossier),
        result_number: dossier
            .result
            .as_ref()
            .map_or_else(String::new, |result| result.number.clone()),
        name,
        shell,
    })
}

/// Every look of somebody who had no work on it, the last first.
fn looks(told: &[Told<'_>], names: &Names) -> Vec<Look> {
    let look = |(entry, _): &Told<'_>| {
        let Event::Looked { reason, .. } = &entry.event else {
            return None;
        };
        Some(Look {
            who: format!(
                "{}, {}",
                names.officer(&entry.actor),
                names.agency(&entry.office)
            ),
            reason: label("look_reason", reason.name(), "vi").to_owned(),
            when: show::moment(entry.at),
        })
    };
    told.iter().rev().filter_map(look).collect()
}

fn tag(dossier: &Dossier, late: bool) -> Tag {
    match dossier.phase {
        Phase::SupplementReceived => {
            Tag::new(Tone::Info, phrases::say("status", "supplement_received"))
        }
        Phase::Rejected => Tag::new(Tone::Bad, phrases::say("status", "rejected")),
        phase => phrases::status_tag(phase.external(), late),
    }
}

async fn names(portal: &Portal, dossier: &Dossier, told: &[Told<'_>]) -> Result<Names, Trouble> {
    let (mut agencies, officers) = timeline::ids(told);
    agencies.extend([
        dossier.agency.clone(),
        dossier.reception_agency.clone(),
        dossier.return_agency().to_owned(),
    ]);
    agencies.extend(dossier.tasks.values().map(|task| task.agency.clone()));
    let offices = &portal.ground.offices;
    let mut names = Names::default();
    for id in agencies {
        if let Some(agency) = offices.agency(&id).await? {
            names.agencies.insert(id, agency.name);
        }
    }
    let officers: Vec<String> = officers.into_iter().collect();
    for officer in offices.officers_of(&officers).await? {
        names.officers.insert(officer.id, officer.name);
    }
    Ok(names)
}

async fn holders(
    portal: &Portal,
    dossier: &Dossier,
    names: &Names,
    now: Timestamp,
) -> Result<Vec<Holder>, Trouble> {
    let mut list = Vec::new();
    for one in work(dossier).values() {
        let (place, officer) = place(portal, one, now).await?;
        list.push(Holder {
            agency: names.agency(&one.agency),
            place,
            officer,
            untaken: one.officer.is_empty() && task_of_desk(one.right),
            since: show::moment(one.opened_at),
        });
    }
    Ok(list)
}

/// At a counter whoever sits there does it; a desk's task is taken by one officer.
fn task_of_desk(right: Right) -> bool {
    !matches!(right, Right::Intake | Right::Deliver | Right::CollectFee)
}

/// The position that has a task, and the officer if one has taken it; otherwise the positions that
/// may.
async fn place(portal: &Portal, one: &Work, now: Timestamp) -> Result<(String, String), Trouble> {
    let offices = &portal.ground.offices;
    let units = offices.units(&one.agency).await?;
    let mut positions = offices.positions_with(one.right, &one.agency, now).await?;
    let mut officer = String::new();
    if !one.officer.is_empty() {
        let posts = offices.posts_of(&one.officer, now).await?;
        let held = |id: &str| posts.iter().any(|post| post.position == id);
        positions.retain(|position| held(&position.id));
        officer = offices
            .officer(&one.officer)
            .await?
            .map_or_else(String::new, |found| found.name);
    }
    let named = |position: &facts::agency::Position| {
        let unit = units.iter().find(|unit| unit.id == position.unit);
        let unit = unit.map_or("", |unit| unit.name.as_str());
        if task_of_desk(one.right) {
            format!("{} ({unit})", position.title)
        } else {
            unit.to_owned()
        }
    };
    let mut places: Vec<String> = positions.iter().map(named).collect();
    places.dedup();
    places.truncate(POSITIONS_MAX);
    Ok((places.join("; "), officer))
}

fn answers(
    portal: &Portal,
    procedure: Option<&Procedure>,
    told: &[Told<'_>],
    now: Timestamp,
) -> Vec<SummarySection> {
    let on = super::today(now);
    let places = &portal.ground.places;
    let spelling = Spelling {
        place: &|code| places.name_of(code, on),
    };
    let found = procedure.zip(standing::answers(told));
    found.map_or_else(Vec::new, |(procedure, answers)| {
        procedure.form.summary(answers, &spelling)
    })
}
