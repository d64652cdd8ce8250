//! `/desk/dossiers/{code}`: the whole dossier on one screen, and every act that is open to this
//! officer. Does not know: what an act leads to (`acts.rs`).
use askama::Template;
use axum::http::StatusCode;
use facts::agency::Viewer;
use facts::calendar::DayNote;
use facts::procedure::{SummarySection, ToVerify};
use jiff::Timestamp;
use kernel::Trouble;
use matters::dossier::views::{Inbox, inbox};
use matters::dossier::{Action, Event, asks_why};
use matters::{Alike, Ground, Standing};
use web::ui::{SummaryRow, Tag};
use web::{Answer, FieldErrors, Problem, Shell, show};

use super::Asked;
use super::acts::Ask;
use super::search::status;
use super::why;
use crate::desk::due::DueWords;
use crate::desk::form::{ActForm, Typed};
use crate::desk::names::Names;
use crate::desk::offer::Offer;
use crate::desk::screen::{
    Document, Holder, PaperRow, View, drawing, elsewhere, facts, fees, holders, letters, paper_row,
};
use crate::desk::sheet::{Sheet, with_spelling};
use crate::desk::slip::{self, Line};
use crate::desk::words::Spell;

#[derive(Template)]
#[template(path = "desk/pages/dossier.html")]
struct DossierPage {
    shell: Shell,
    code: String,
    procedure: String,
    procedure_key: String,
    status: Tag,
    external: u8,
    facts: Vec<SummaryRow>,
    promised: Option<DueWords>,
    legal: String,
    why: Vec<String>,
    holders: Vec<Holder>,
    private: bool,
    answers: Vec<SummarySection>,
    /// What to look at in them.
    remarks: Vec<String>,
    /// Other dossiers about the same.
    alike: Vec<Alike>,
    papers: Vec<PaperRow>,
    fees: Vec<SummaryRow>,
    supplement: Vec<(String, String)>,
    supplement_note: String,
    drawing: String,
    slip: Vec<Line>,
    to_verify: Vec<ToVerify>,
    letters: Vec<Document>,
    elsewhere: Vec<Document>,
    forms: Vec<ActForm>,
    refusal: String,
    typed: Vec<String>,
    next: String,
}

/// What went wrong with the form that was sent, so that the page can show it again, filled.
pub(super) struct Fault<'a> {
    pub typed: Typed<'a>,
    pub errors: FieldErrors,
    pub refusal: String,
    /// Only more rows were asked for: nothing is wrong.
    pub only_more: bool,
}

pub(super) async fn show(ask: Ask) -> Answer {
    let sheet = ask.sheet().await?;
    page(&ask, &sheet, None).await
}

/// The page, with the form that went wrong filled as it was typed.
pub(super) async fn page(ask: &Ask, sheet: &Sheet, fault: Option<Fault<'_>>) -> Answer {
    let Ask { room, asked, .. } = ask;
    let (ground, now) = (&room.ground, asked.now);
    let reads = sheet.may(Action::ViewPrivate);
    if reads && asks_why(&asked.viewer, &sheet.dossier, &sheet.history, now) {
        return why::page(ask, sheet, &why::Said::after(fault), FieldErrors::new());
    }
    let names = names(ground, sheet, now).await.map_err(Problem::trouble)?;
    let viewer: &Viewer = &asked.viewer;
    let offer = Offer {
        ground,
        viewer,
        names: &names,
        sheet,
        now,
    };
    let mut forms = offer.forms().await.map_err(Problem::trouble)?;
    let (mut refusal, mut typed) = (String::new(), Vec::new());
    let mut code = StatusCode::OK;
    if let Some(fault) = fault {
        if !fault.only_more {
            code = StatusCode::UNPROCESSABLE_ENTITY;
        }
        let words = fault.typed.words();
        refusal = refill(&mut forms, fault);
        if !refusal.is_empty() {
            typed = words;
        }
    }
    let next = next(ground, asked, &sheet.id)
        .await
        .map_err(Problem::trouble)?;
    let page = DossierPage {
        alike: alike(ground, viewer, sheet)
            .await
            .map_err(Problem::trouble)?,
        forms,
        refusal,
        typed,
        next: next.unwrap_or_default(),
        ..read(
            &View {
                ground,
                sheet,
                names: &names,
                now,
            },
            Shell::new(&asked.visit),
        )
    };
    web::render_with(code, &page)
}

/// Puts the fault at its form; what belongs to no form of the page is told above it.
fn refill(forms: &mut [ActForm], fault: Fault<'_>) -> String {
    let wanted = |form: &&mut ActForm| form.key == fault.typed.key();
    let Some(form) = forms.iter_mut().find(wanted) else {
        return fault.refusal;
    };
    form.refill(&fault.typed);
    form.open = true;
    form.errors = fault.errors;
    if !fault.refusal.is_empty() && form.errors.is_empty() {
        form.errors.add(&form.key, &fault.refusal);
    }
    String::new()
}

/// Everybody and every agency that the page names.
pub(super) async fn names(
    ground: &Ground,
    sheet: &Sheet,
    now: Timestamp,
) -> Result<Names, Trouble> {
    let actors = sheet.history.iter().map(|entry| entry.actor.clone());
    let given = sheet.history.iter().filter_map(|entry| match &entry.event {
        Event::TaskAssigned { officer, .. } => Some(officer.clone()),
        _ => None,
    });
    let people: Vec<String> = actors.chain(given).collect();
    Names::read(ground, people, now).await
}

/// The first other dossier of the inbox.
pub(super) async fn next(
    ground: &Ground,
    asked: &Asked,
    id: &str,
) -> Result<Option<String>, Trouble> {
    /// One dossier may have several tasks at the top of an inbox.
    const LOOKED_AT: usize = 8;
    let tasks = inbox(ground.db(), &asked.viewer, &Inbox::default(), LOOKED_AT).await?;
    let other = tasks.into_iter().find(|task| task.dossier_id != id);
    Ok(other.map(|task| task.code))
}

fn read(view: &View<'_>, shell: Shell) -> DossierPage {
    let View {
        ground, sheet, now, ..
    } = *view;
    let dossier = &sheet.dossier;
    let calendar = ground.law.calendars.of(&dossier.agency);
    let running = dossier.term.filter(|_| dossier.finished_at.is_none());
    let why = sheet.why(calendar).map(|due| due.why).unwrap_or_default();
    let empty = serde_json::Value::Null;
    let answers = sheet.answers().unwrap_or(&empty);
    let summary = with_spelling(ground, now, |how| {
        sheet.procedure.form.summary(answers, how)
    });
    let supplement = dossier.supplement.as_ref();
    DossierPage {
        shell,
        code: sheet.code(),
        procedure: sheet.procedure.name.vi.clone(),
        procedure_key: sheet.procedure.key.code.clone(),
        status: status(dossier.phase),
        external: dossier.phase.external().code(),
        facts: facts(view),
        promised: running.map(|term| DueWords::of(calendar, term.due, now)),
        legal: dossier
            .term
            .map(|term| show::moment(term.legal_due))
            .unwrap_or_default(),
        why: why.iter().map(DayNote::vi).collect(),
        holders: holders(view),
        private: sheet.may(Action::ViewPrivate),
        answers: summary,
        remarks: remarks(sheet, answers),
        alike: Vec::new(),
        papers: dossier
            .papers
            .iter()
            .map(|paper| paper_row(sheet, paper))
            .collect(),
        fees: fees(view),
        supplement: sheet.asked_items(),
        supplement_note: supplement
            .map(|s| show::moment(s.close_at))
            .unwrap_or_default(),
        drawing: drawing(sheet),
        slip: slip::lines(sheet, view.names),
        to_verify: sheet.procedure.to_verify.clone(),
        letters: letters(sheet),
        elsewhere: elsewhere(sheet),
        forms: Vec::new(),
        refusal: String::new(),
        typed: Vec::new(),
        next: String::new(),
    }
}

/// Other dossiers about the same; nothing for who may not read the answers.
async fn alike(ground: &Ground, viewer: &Viewer, sheet: &Sheet) -> Result<Vec<Alike>, Trouble> {
    match sheet.answers() {
        Some(answers) => {
            let about = (&*sheet.procedure, answers);
            ground.alike(viewer, about, &sheet.id).await
        }
        None => Ok(Vec::new()),
    }
}

/// What to look at in the answers, as of the day on which they were handed in.
fn remarks(sheet: &Sheet, answers: &serde_json::Value) -> Vec<String> {
    let day = matters::dossier::day_of(sheet.dossier.submitted_at);
    let warnings = sheet.procedure.form.warnings(answers, day).into_iter();
    warnings.map(|warning| warning.message.vi).collect()
}

/// Papers, steps and officers of a refusal by their names.
pub(super) struct Spelled<'a> {
    pub sheet: &'a Sheet,
    pub names: &'a Names,
}

impl Spell for Spelled<'_> {
    fn spell(&self, name: &str, value: &str) -> Option<String> {
        match name {
            "papers" => {
                let papers = value.split(", ").map(|code| self.sheet.paper_name(code));
                Some(papers.collect::<Vec<_>>().join(", "))
            }
            "officer" => Some(self.names.officer(value).to_owned()),
            "step" => Some(self.sheet.step_name(value).to_owned()),
            _ => None,
        }
    }
}

impl Ask {
    /// The dossier, or 404: what one may not see does not exist.
    pub(super) async fn sheet(&self) -> Result<Sheet, Problem> {
        let found = self.opened().await;
        found.map_err(Problem::trouble)?.ok_or(Problem::NotFound)
    }

    /// The dossier, if one may see it.
    pub(super) async fn opened(&self) -> Result<Option<Sheet>, Trouble> {
        Sheet::open(&self.room.ground, &self.asked.viewer, &self.code).await
    }

    /// How it stands, to act on it, or 404.
    pub(super) async fn standing(&self) -> Result<Standing, Problem> {
        let (ground, viewer) = (&self.room.ground, &self.asked.viewer);
        let found = Standing::remembered(ground, viewer, &self.code).await;
        found.map_err(Problem::trouble)?.ok_or(Problem::NotFound)
    }
}
