//! What is offered beside the steps: supplement, consultation, draft, fee, new days, and the
//! ways in which a dossier ends. Does not know: the steps of the process (`offer.rs`).
use facts::agency::Right;
use kernel::Trouble;
use matters::dossier::{Act, Action, PaperForm, RefuseReason, ReturnWay, Task, drafts};
use web::show;
use web::ui::Choice;

use super::Offer;
use crate::desk::deed::Deed;
use crate::desk::form::{ActForm, Item, Shape};
use crate::desk::results;
use crate::desk::slip::reason_key;
use crate::desk::words::{fill, limit, say};

/// Rows of an empty supplement list; a button adds more.
const ITEMS_AT_FIRST: usize = 2;
/// The term offered first for a consultation outside the process.
const CONSULT_TERM: &str = "5wd";
/// Every reason for which a dossier may be refused.
const REASONS: [RefuseReason; 6] = [
    RefuseReason::NotCompetent,
    RefuseReason::NotEligible,
    RefuseReason::PapersIncomplete,
    RefuseReason::PapersInvalid,
    RefuseReason::Duplicate,
    RefuseReason::Other,
];

impl Offer<'_> {
    /// What is offered beside the steps.
    pub(super) async fn beside(&self) -> Result<Vec<ActForm>, Trouble> {
        let sheet = self.sheet;
        let mut forms: Vec<ActForm> = self.supplement_request().into_iter().collect();
        forms.extend(self.paper_seen());
        if sheet.may(Action::AskConsult) {
            forms.push(self.consultation());
        }
        if sheet.may(Action::DraftResult) && drafts(self.viewer, &sheet.dossier) {
            let mut form = self.form(Deed::Draft);
            let made = results::has_template(&sheet.procedure);
            form.hint = form.word(if made { "hint" } else { "hint_upload" });
            form.upload = true;
            form.ask("file", Shape::File, Vec::new()).optional = made;
            forms.push(form);
        }
        if sheet.may(Action::Assign) && !self.assignable().is_empty() {
            forms.push(self.reassignment().await?);
        }
        if sheet.may(Action::AskFee) && sheet.dossier.owes() {
            let mut form = self.form(Deed::FeeRequest);
            let amount = show::dong(sheet.dossier.owed());
            form.hint = fill(&form.deed.key("hint"), &[("amount", &amount)]);
            forms.push(form);
        }
        if sheet.may(Action::ChangeReturnWay) {
            forms.push(self.return_way());
        }
        let running = sheet.dossier.term.is_some();
        if sheet.may(Action::Apologise) && running && sheet.dossier.apology.is_none() {
            forms.push(self.new_day(Deed::Apology));
        }
        if sheet.may(Action::ResetDue) && running {
            forms.push(self.new_day(Deed::DueDate));
        }
        Ok(forms)
    }

    fn supplement_request(&self) -> Option<ActForm> {
        let second = self.sheet.dossier.supplements_asked > 0;
        let action = match second {
            true => Action::AskSecondSupplement,
            false => Action::AskSupplement,
        };
        if !self.sheet.may(action) || self.sheet.dossier.decided_at.is_some() {
            return None;
        }
        let mut form = self.form(Deed::SupplementRequest);
        form.warning = form.word(if second { "second_hint" } else { "hint" });
        let papers = self.sheet.procedure.papers.iter();
        form.papers = papers
            .map(|paper| Choice::new(&paper.code, &paper.name.vi))
            .collect();
        form.items = (1..=ITEMS_AT_FIRST)
            .map(|number| Item {
                number,
                ..Item::default()
            })
            .collect();
        form.ask("contact", Shape::Text, Vec::new()).optional = true;
        if second {
            form.ask("second", Shape::Area, Vec::new());
        }
        Some(form)
    }

    /// For papers that were promised to be shown: what the officer saw.
    fn paper_seen(&self) -> Option<ActForm> {
        let papers = self.sheet.dossier.papers.iter();
        let papers = papers.filter(|paper| paper.form == PaperForm::ToShow);
        let papers: Vec<Choice> = papers
            .map(|paper| Choice::new(&paper.code, self.sheet.paper_name(&paper.code)))
            .collect();
        let first = papers.first()?.value.clone();
        if !self.sheet.may(Action::SeePaper) {
            return None;
        }
        let mut form = self.form(Deed::PaperSeen);
        form.hint = form.word("hint");
        form.ask("paper", Shape::Radios, papers).value = first;
        let ways = ["shown", "data"].map(|way| Choice::new(way, form.word(way)));
        form.ask("form", Shape::Radios, ways.to_vec());
        Some(form)
    }

    /// The applicant asks for it at the counter or on the telephone.
    fn return_way(&self) -> ActForm {
        let mut form = self.form(Deed::ReturnWay);
        form.hint = form.word("hint");
        let dossier = &self.sheet.dossier;
        let way = match &dossier.return_way {
            ReturnWay::Counter { .. } => "counter",
            ReturnWay::Post => "post",
            ReturnWay::Electronic => "electronic",
        };
        let ways = ["counter", "post", "electronic"]
            .map(|one| Choice::new(one, say(&format!("way.{one}"))));
        form.ask("way", Shape::Radios, ways.to_vec()).value = way.to_owned();
        let counters = self.names.other_agencies("");
        let counter = form.ask("counter", Shape::Select, counters);
        counter.value = dossier.return_agency().to_owned();
        counter.optional = true;
        let address = form.ask("address", Shape::Text, Vec::new());
        address.value = self.sheet.post_address().unwrap_or_default().to_owned();
        address.optional = true;
        form
    }

    fn consultation(&self) -> ActForm {
        let mut form = self.form(Deed::Consultation);
        form.hint = form.word("hint");
        let open = self.sheet.dossier.tasks.iter();
        let open = open.filter(|(_, task)| task.act == Act::Consult && !task.step.is_empty());
        let mut tasks: Vec<Choice> = open
            .map(|(key, task)| Choice::new(key, self.party(task)))
            .collect();
        if !tasks.is_empty() {
            tasks.push(Choice::new("", form.word("task_new")));
            let first = tasks[0].value.clone();
            form.ask("task", Shape::Radios, tasks).value = first;
        }
        let agencies = self.names.other_agencies(&self.sheet.dossier.agency);
        form.ask("agency", Shape::Select, agencies);
        let terms = ["3wd", CONSULT_TERM, "10wd", "15wd", "12cd"].map(|text| {
            let read = text.parse().map(|term| limit(&term));
            Choice::new(text, read.unwrap_or_else(|_| text.to_owned()))
        });
        let term = form.ask("term", Shape::Select, terms.to_vec());
        term.value = CONSULT_TERM.to_owned();
        form.ask("question", Shape::Area, Vec::new());
        form
    }

    /// The steps of this office; an opinion is given by whom the agency asked chooses.
    fn assignable(&self) -> Vec<(&String, &Task)> {
        let tasks = self.sheet.dossier.tasks.iter();
        tasks.filter(|(_, task)| task.act != Act::Consult).collect()
    }

    async fn reassignment(&self) -> Result<ActForm, Trouble> {
        let mut form = self.form(Deed::Reassignment);
        let tasks = self.assignable();
        let mut rights: Vec<Right> = tasks.iter().map(|(_, task)| task.act.right()).collect();
        rights.dedup();
        let label = |task: &Task| match &task.officer {
            Some(officer) => {
                format!(
                    "{} ({})",
                    self.sheet.step_name(&task.step),
                    self.names.officer(officer)
                )
            }
            None => self.sheet.step_name(&task.step).to_owned(),
        };
        let choices: Vec<Choice> = tasks
            .into_iter()
            .map(|(key, task)| Choice::new(key, label(task)))
            .collect();
        match choices.as_slice() {
            [only] => form.carry("task", &only.value),
            _ => {
                form.ask("task", Shape::Radios, choices);
            }
        }
        let people = self.people(&rights).await?;
        form.ask("officer", Shape::Select, people);
        Ok(form)
    }

    fn new_day(&self, deed: Deed) -> ActForm {
        let mut form = self.form(deed);
        form.hint = form.word("hint");
        form.ask("day", Shape::Date, Vec::new());
        form.ask("reason", Shape::Area, Vec::new());
        form
    }

    /// The ways in which it ends without a result.
    pub(super) fn endings(&self) -> Vec<ActForm> {
        let sheet = self.sheet;
        let undecided = sheet.dossier.decided_at.is_none();
        let mut forms = Vec::new();
        if sheet.may(Action::Refuse) && sheet.dossier.accepted_at.is_none() {
            let mut form = self.form(Deed::Refusal);
            form.hint = form.word("hint");
            let reasons = REASONS.map(|reason| {
                let word = reason_key(reason);
                Choice::new(word.trim_start_matches("refuse_reason."), say(word))
            });
            form.ask("reason", Shape::Select, reasons.to_vec());
            form.ask("text", Shape::Area, Vec::new());
            form.ask("basis", Shape::Text, Vec::new());
            forms.push(form);
        }
        for (deed, action) in [
            (Deed::Rejection, Action::Reject),
            (Deed::Stop, Action::Stop),
        ] {
            if sheet.may(action) && undecided {
                let mut form = self.form(deed);
                form.ask("text", Shape::Area, Vec::new());
                form.ask("basis", Shape::Text, Vec::new());
                forms.push(form);
            }
        }
        if sheet.may(Action::Withdraw) && undecided {
            let mut form = self.form(Deed::Withdrawal);
            form.ask("reason", Shape::Area, Vec::new()).optional = true;
            forms.push(form);
        }
        forms
    }
}
