//! Which acts the page of a dossier offers: exactly what `allowed` says, less what a plain look
//! at the dossier already rules out, each as a form. The likeliest comes first. Does not know:
//! how a form is read (`reading.rs`) or drawn.
use facts::agency::{Right, Viewer};
use facts::people::{Person, is_same_name};
use facts::procedure::SupplementClock;
use jiff::Timestamp;
use kernel::Trouble;
use matters::Ground;
use matters::dossier::{Act, Action, Opinion, Task, takes};
use matters::person;
use web::show;
use web::ui::Choice;

mod beside;

use super::deed::Deed;
use super::form::{ActForm, Shape};
use super::names::{Names, candidates};
use super::results;
use super::sheet::Sheet;
use super::slip::opinion_key;
use super::words::{fill, say};

/// Every opinion.
const OPINIONS: [Opinion; 3] = [Opinion::Agree, Opinion::AgreeWithRemarks, Opinion::Disagree];

/// Who is on file with the number that was typed of the applicant.
pub(super) async fn whose(ground: &Ground, sheet: &Sheet) -> Result<Option<Person>, Trouble> {
    let party = sheet.applicant();
    let typed = person::typed(&party.name, &party.personal_id);
    person::on_file(ground, &typed).await
}

/// What the forms of one page are made from.
pub(super) struct Offer<'a> {
    pub ground: &'a Ground,
    pub viewer: &'a Viewer,
    pub names: &'a Names,
    pub sheet: &'a Sheet,
    pub now: Timestamp,
}

impl Offer<'_> {
    /// The forms, the likeliest first and open.
    pub(super) async fn forms(&self) -> Result<Vec<ActForm>, Trouble> {
        let mut forms = self.at_the_door();
        forms.extend(self.identification().await?);
        forms.extend(self.tasks().await?);
        forms.extend(self.beside().await?);
        forms.extend(self.endings());
        if let Some(first) = forms.first_mut() {
            first.first = true;
            first.open = true;
        }
        Ok(forms)
    }

    fn form(&self, deed: Deed) -> ActForm {
        ActForm::new(deed, &self.sheet.code(), deed.slug().to_owned())
    }

    /// A form of its own for each task: two consultations may be open at once.
    fn task_form(&self, deed: Deed, key: &str, task: &Task) -> ActForm {
        let plain: String = key
            .chars()
            .map(|c| if c.is_alphanumeric() { c } else { '-' })
            .collect();
        let prefix = format!("{}-{plain}", deed.slug());
        let mut form = ActForm::new(deed, &self.sheet.code(), prefix);
        let step = self.sheet.step_name(&task.step);
        let values = [("step", step), ("party", &self.party(task))];
        form.title = fill(&deed.key("title"), &values);
        form.carry("task", key);
        form
    }

    /// The consulted body: the agency asked, or as the procedure calls it.
    fn party(&self, task: &Task) -> String {
        match self.sheet.body_name(&task.party) {
            Some(name) => name.to_owned(),
            None => self.names.agency(&task.agency).to_owned(),
        }
    }

    fn at_the_door(&self) -> Vec<ActForm> {
        let mut forms = Vec::new();
        if self.sheet.may(Action::Accept) {
            forms.push(self.acceptance());
        }
        if self.sheet.may(Action::AcceptSupplement) {
            let mut form = self.form(Deed::SupplementAcceptance);
            form.hint = match self.sheet.procedure.supplement.clock {
                SupplementClock::Restart => form.word("hint_restart"),
                SupplementClock::Resume => form.word("hint_resume"),
            };
            forms.push(form);
            let mut form = self.form(Deed::SupplementReturn);
            form.hint = form.word("hint");
            form.ask("text", Shape::Area, Vec::new());
            forms.push(form);
        }
        forms
    }

    /// Where somebody filed for another: who is on file with the number that they typed.
    async fn identification(&self) -> Result<Option<ActForm>, Trouble> {
        let dossier = &self.sheet.dossier;
        if dossier.filer.is_none() || !self.sheet.may(Action::IdentifyApplicant) {
            return Ok(None);
        }
        let Some(known) = whose(self.ground, self.sheet).await? else {
            return Ok(None);
        };
        if known.id == dossier.applicant {
            return Ok(None);
        }
        let typed = self.sheet.applicant().name;
        let birth = known.birth.map(|day| day.to_string()).unwrap_or_default();
        let mut form = self.form(Deed::Identification);
        let hint = match (is_same_name(&typed, &known.name), birth.is_empty()) {
            (true, false) => "hint",
            (true, true) => "hint_no_birth",
            (false, false) => "hint_differs",
            (false, true) => "hint_differs_no_birth",
        };
        let values = [
            ("typed", typed.as_str()),
            ("name", &known.name),
            ("birth", &birth),
        ];
        form.hint = fill(&form.deed.key(hint), &values);
        Ok(Some(form))
    }

    fn acceptance(&self) -> ActForm {
        let mut form = self.form(Deed::Acceptance);
        let papers = self.sheet.dossier.papers.iter();
        let papers: Vec<Choice> = papers
            .map(|paper| Choice::new(&paper.code, self.sheet.paper_name(&paper.code)))
            .collect();
        let calendar = self.ground.law.calendars.of(&self.sheet.dossier.agency);
        let promised = self
            .sheet
            .procedure
            .limit(self.sheet.dossier.channel)
            .promised;
        let due = calendar
            .due_at(self.now, &promised)
            .map(show::moment)
            .unwrap_or_default();
        let hint = if papers.is_empty() {
            "hint_without"
        } else {
            "hint"
        };
        form.hint = fill(&form.deed.key(hint), &[("due", &due)]);
        if !papers.is_empty() {
            form.ask("checked", Shape::Checkboxes, papers);
        }
        form
    }

    /// One form for each open task that this officer may finish, and one to take it first.
    async fn tasks(&self) -> Result<Vec<ActForm>, Trouble> {
        let (mut mine, mut others) = (Vec::new(), Vec::new());
        for (key, task) in &self.sheet.dossier.tasks {
            if !self.sheet.may(Action::of_act(task.act)) || !self.can_take(task) {
                continue;
            }
            let held_by_other = !self.takes(task);
            let forms = if held_by_other {
                &mut others
            } else {
                &mut mine
            };
            match Deed::finishing(task.act) {
                Some(deed) => forms.push(self.finishing(deed, key, task).await?),
                None if task.act == Act::Consult => forms.push(self.answer(key, task)),
                None => forms.push(self.issuance()),
            }
            let is_own = task.officer.as_deref() == Some(self.own());
            if task.act != Act::Consult && self.takes(task) && !is_own {
                forms.push(self.task_form(Deed::Claim, key, task));
            }
            if task.act == Act::Consult && task.late && self.sheet.may(Action::AskConsult) {
                let mut form = self.task_form(Deed::Continuation, key, task);
                form.ask("reason", Shape::Area, Vec::new());
                others.push(form);
            }
            others.extend(self.step_return(key, task));
        }
        mine.extend(others);
        Ok(mine)
    }

    fn own(&self) -> &str {
        self.viewer.officer().unwrap_or_default()
    }

    /// It is free, or stays with a position of this officer or a vacant one beside it.
    fn takes(&self, task: &Task) -> bool {
        takes(self.viewer, task, &self.sheet.dossier.procedure.code)
    }

    /// This officer takes it or assigns; an answer is also given by the agency asked.
    fn can_take(&self, task: &Task) -> bool {
        let agency = &self.sheet.dossier.agency;
        let asked = self.viewer.post_in(&task.agency, Right::Appraise).is_some();
        let competent = self.viewer.post_in(agency, Right::Appraise).is_some();
        match task.act {
            Act::Consult => asked || competent,
            _ => self.takes(task) || self.sheet.may(Action::Assign),
        }
    }

    async fn finishing(&self, deed: Deed, key: &str, task: &Task) -> Result<ActForm, Trouble> {
        let mut form = self.task_form(deed, key, task);
        if deed != Deed::Assignment {
            form.ask("opinion", Shape::Area, Vec::new()).optional = true;
        }
        let people = match self.right_after(task) {
            Some(right) => self.people(&[right]).await?,
            None => Vec::new(),
        };
        if deed == Deed::Assignment {
            form.ask("officer", Shape::Select, people);
            form.ask("opinion", Shape::Area, Vec::new()).optional = true;
        } else if !people.is_empty() {
            form.ask("next", Shape::Select, people).optional = true;
        }
        Ok(form)
    }

    /// Who may be given work on this dossier that needs one of these rights.
    async fn people(&self, rights: &[Right]) -> Result<Vec<Choice>, Trouble> {
        let dossier = &self.sheet.dossier;
        let of = (dossier.agency.as_str(), dossier.procedure.code.as_str());
        candidates(self.ground, of, rights, self.now).await
    }

    /// The right that the step after the one of `task` needs.
    fn right_after(&self, task: &Task) -> Option<Right> {
        let steps = &self.sheet.procedure.steps;
        let here = steps.iter().position(|step| step.id == task.step);
        let choices = &self.sheet.dossier.choices;
        let after = steps.iter().skip(here.map_or(0, |index| index + 1));
        let mut after = after.filter(|step| {
            Act::from(step.act) != Act::Consult
                && step.when.as_ref().is_none_or(|when| when.holds(choices))
        });
        after.next().map(|step| Act::from(step.act).right())
    }

    fn answer(&self, key: &str, task: &Task) -> ActForm {
        let mut form = self.task_form(Deed::Answer, key, task);
        let question = self.sheet.question(key);
        if !question.is_empty() {
            form.hint = fill(&form.deed.key("hint"), &[("question", &question)]);
        }
        let opinions = OPINIONS.map(|opinion| {
            let word = opinion_key(opinion);
            Choice::new(word.trim_start_matches("opinion."), say(word))
        });
        form.ask("opinion", Shape::Radios, opinions.to_vec());
        form.ask("text", Shape::Area, Vec::new()).optional = true;
        form
    }

    fn issuance(&self) -> ActForm {
        let mut form = self.form(Deed::Issuance);
        let made = results::has_template(&self.sheet.procedure);
        form.hint = form.word(if made { "hint" } else { "hint_upload" });
        form.upload = true;
        form.ask("number", Shape::Text, Vec::new()).optional = true;
        form.ask("file", Shape::File, Vec::new()).optional = made;
        form
    }

    fn step_return(&self, key: &str, task: &Task) -> Option<ActForm> {
        let step = self.sheet.procedure.step(&task.step)?;
        let back = step.may_return_to.iter();
        let back: Vec<Choice> = back
            .map(|id| Choice::new(id, self.sheet.step_name(id)))
            .collect();
        if back.is_empty() {
            return None;
        }
        let mut form = self.task_form(Deed::StepReturn, key, task);
        form.ask("to", Shape::Radios, back);
        form.ask("reason", Shape::Area, Vec::new());
        Some(form)
    }
}
