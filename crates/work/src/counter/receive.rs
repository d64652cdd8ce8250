//! Tiếp nhận at the counter: submit and accept in one act of the officer. Two commands to one
//! stream, whose ids come from the one form; the dossier has the id of its draft. So a double
//! click, a second window or a repeat after a crash between the two ends in the same single
//! dossier.
//! Does not know: pages, how the sheet was filled in.

use std::sync::Arc;

use super::entered::Entered;
use super::sheet::{Filled, Ids, Sheet};
use facts::agency::Viewer;
use facts::people;
use facts::procedure::Procedure;
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{Ctx, Failure, Statement, Trouble};
use matters::Ground;
use matters::dossier::{Code, Command, Dossier, Order, Phase, Refusal};
use matters::draft;
use matters::person::{self, Acting, Seen};
use matters::questions::Asker;

/// How often a lost race is looked at again; each loser finds what the winner wrote.
const RACES_MAX: u32 = 3;

/// The choice that corrects the person on file.
pub(super) const CORRECT: &str = "correct";
/// The choice that says that the person on file is somebody else.
pub(super) const OTHER: &str = "other";
/// The choice that takes over what is on file.
pub(super) const KEEP: &str = "keep";

/// Whether the dossier was there before this act.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Written {
    Before,
    Now,
}

/// One act of receiving: who, with which form, of which draft.
pub(super) struct Receiving<'a> {
    /// What rooms share.
    pub ground: &'a Ground,
    /// The officer.
    pub viewer: &'a Viewer,
    /// Their name in the journal.
    pub actor: &'a str,
    /// Id of the draft.
    pub draft: &'a str,
    /// Id of the posted form.
    pub command_id: &'a str,
    /// When.
    pub now: Timestamp,
}

impl Receiving<'_> {
    /// Submits and accepts. `done` ends the draft, in the transaction of the submission.
    pub async fn receive(
        &self,
        filled: &Filled,
        procedure: &Procedure,
        asker: &Asker<'_>,
        done: Vec<Statement>,
    ) -> Result<Code, Failure<Refusal>> {
        self.correct_people(&filled.sheet).await?;
        let (id, mut dossier) = self.submit(filled, procedure, asker, done).await?;
        if dossier.phase == Phase::Submitted {
            dossier = self.accept(&id, &dossier).await?;
        }
        Ok(dossier.code)
    }

    /// Who is on file otherwise than their papers say is corrected first, each journaled on its
    /// own.
    async fn correct_people(&self, sheet: &Sheet) -> Result<(), Failure<Refusal>> {
        let people = [("applicant", &sheet.applicant), ("filer", &sheet.filer)];
        for (role, entered) in people {
            if entered.choice != CORRECT || !sheet.has_seen(role) {
                continue;
            }
            let Some(known) = on_record(self.ground, entered).await? else {
                continue;
            };
            if entered.differences(&known).is_empty() {
                continue;
            }
            let acting = Acting {
                by: self.viewer,
                ctx: self.ctx(&sheet.reception, &format!("correct-{role}")),
            };
            let seen = Seen::from_name(&sheet.identity).unwrap_or(Seen::Passport);
            let how = (seen, "Theo giấy tờ xuất trình khi tiếp nhận hồ sơ");
            let now = entered.corrected(&known);
            match person::correct(self.ground, acting, (&known, &now), how).await {
                Ok(()) => {}
                Err(Failure::Trouble(trouble)) => return Err(trouble.into()),
                // The page compared and asked; whoever was faster left something else.
                Err(Failure::Refused(_)) => {
                    return Err(Trouble::Conflict("people".to_owned()).into());
                }
            }
        }
        Ok(())
    }

    async fn submit(
        &self,
        filled: &Filled,
        procedure: &Procedure,
        asker: &Asker<'_>,
        done: Vec<Statement>,
    ) -> Result<(String, Dossier), Failure<Refusal>> {
        let mut code = None;
        let mut submitted = Err(Trouble::Conflict("intake".to_owned()).into());
        for _ in 0..RACES_MAX {
            if let Some(there) = self.ground.begun_from(self.draft).await? {
                submitted = Ok((there, Written::Before));
                break;
            }
            match self
                .submit_once(filled, procedure, asker, (done.clone(), &mut code))
                .await
            {
                // Another window was faster, or another counter registered the same person: look
                // again.
                Err(Failure::Refused(Refusal::AlreadySubmitted))
                | Err(Failure::Trouble(Trouble::Conflict(_))) => {}
                other => {
                    submitted = other.map(|there| (there, Written::Now));
                    break;
                }
            }
        }
        let unused = match &submitted {
            Ok((_, written)) => *written == Written::Before,
            Err(Failure::Refused(_)) => true,
            // Perhaps of the code itself.
            Err(_) => false,
        };
        if let Some(code) = code.filter(|_| unused) {
            self.ground.numbers.give_back(&code, self.now).await;
        }
        submitted.map(|(there, _)| there)
    }

    async fn submit_once(
        &self,
        filled: &Filled,
        procedure: &Procedure,
        asker: &Asker<'_>,
        (done, code): (Vec<Statement>, &mut Option<Code>),
    ) -> Result<(String, Dossier), Failure<Refusal>> {
        let sheet = &filled.sheet;
        let (ids, mut along) = self.people(filled, asker.today).await?;
        let code = match code {
            Some(code) => code.clone(),
            None => code.insert(self.code(&sheet.agency).await?).clone(),
        };
        let submission = filled.submission(code, procedure, asker, &ids);
        let order = Order::new(self.viewer, Command::Submit(Box::new(submission)));
        along.extend(done);
        let ctx = self.ctx(&sheet.reception, "submit");
        let handled = self.ground.begin(self.draft, order, ctx, along).await?;
        Ok((handled.id, dossier(handled.state)?))
    }

    /// One for all tries: a lost race loses no number.
    async fn code(&self, agency: &str) -> Result<Code, Trouble> {
        let code = self.ground.numbers.code(agency, self.now).await;
        code.map_err(|error| Trouble::Broken(error.to_string()))
    }

    async fn accept(&self, id: &str, taken_in: &Dossier) -> Result<Dossier, Failure<Refusal>> {
        let checked = taken_in
            .papers
            .iter()
            .map(|paper| paper.code.clone())
            .collect();
        let order = Order::new(self.viewer, Command::Accept { checked });
        let ctx = self.ctx(&taken_in.reception_agency, "accept");
        dossier(self.ground.order(id, order, ctx).await?.state)
    }

    fn ctx(&self, office: &str, part: &str) -> Ctx {
        Ctx {
            actor: self.actor.to_owned(),
            office: office.to_owned(),
            now: self.now,
            command_id: format!("{}-{part}", self.command_id),
        }
    }

    /// Ids of applicant and filer.
    async fn people(&self, filled: &Filled, today: Date) -> Result<(Ids, Vec<Statement>), Trouble> {
        let sheet = &filled.sheet;
        let mut along = Vec::new();
        let applicant = self.person(sheet, "applicant", today, &mut along).await?;
        let mut ids = Ids {
            applicant,
            ..Ids::default()
        };
        if sheet.by_filer {
            let same =
                !sheet.filer.number.is_empty() && sheet.filer.number == sheet.applicant.number;
            ids.filer = match same {
                true => ids.applicant.clone(),
                false => self.person(sheet, "filer", today, &mut along).await?,
            };
        }
        Ok((ids, along))
    }

    /// Their id on file; somebody whom the office has not on file and who showed their papers is
    /// from now on. Who is only written about, or is not the person who has that number, gets an
    /// id that nobody has.
    async fn person(
        &self,
        sheet: &Sheet,
        role: &str,
        today: Date,
        along: &mut Vec<Statement>,
    ) -> Result<String, Trouble> {
        let entered = match role {
            "filer" => &sheet.filer,
            _ => &sheet.applicant,
        };
        let known = on_record(self.ground, entered).await?;
        if let Some(known) = &known
            && entered.differences(known).is_empty()
        {
            return Ok(known.id.clone());
        }
        let id = derived_id(self.draft, role);
        if known.is_none() && sheet.has_seen(role) {
            along.push(people::views::put(&entered.record(&id, today)));
        }
        Ok(id)
    }
}

/// The record of whoever was typed: by number, otherwise the one that was chosen from the search.
pub(super) async fn on_record(
    ground: &Ground,
    entered: &Entered,
) -> Result<Option<people::Person>, Trouble> {
    if let Some(number) = entered.personal_id() {
        return people::views::by_personal_id(ground.db(), &number).await;
    }
    if let Some(code) = entered.tax_code() {
        return people::views::by_tax_code(ground.db(), &code).await;
    }
    match entered.person.is_empty() {
        true => Ok(None),
        false => people::views::on_file(ground.db(), &entered.person).await,
    }
}

/// An id that depends only on the draft and the role: repeating the act names the same person.
fn derived_id(draft: &str, role: &str) -> String {
    draft::id_from(role, draft)
}

fn dossier(state: matters::dossier::State) -> Result<Dossier, Failure<Refusal>> {
    let there = state.dossier.map(Arc::unwrap_or_clone);
    there
        .ok_or_else(|| Failure::Trouble(Trouble::Broken("a submission left no dossier".to_owned())))
}

#[cfg(test)]
mod tests {
    use super::derived_id;

    #[test]
    fn ids_are_the_same_again_and_differ_by_role() {
        assert_eq!(derived_id("d", "applicant"), derived_id("d", "applicant"));
        assert_ne!(derived_id("d", "applicant"), derived_id("d", "filer"));
        assert!(derived_id("d", "filer").parse::<uuid::Uuid>().is_ok());
    }
}
