//! The steps inside the office: assign, claim, finish, return.
//! Does not know: which steps a procedure has (`process`), nor consultations (`consult.rs`).

use super::{Matter, needed, short};
use crate::dossier::access::Facts;
use crate::dossier::access::{Action, may};
use crate::dossier::events::Event;
use crate::dossier::parts::Act;
use crate::dossier::refusal::Refusal;
use crate::dossier::state::Task;
use process::{Input, TaskId};

/// Characters of an outcome or an id typed into a command.
const WORD_CHARS_MAX: usize = 100;

/// A step as it was finished.
pub(super) struct Done<'a> {
    pub(super) task: &'a str,
    pub(super) outcome: &'a str,
    pub(super) opinion: &'a str,
    pub(super) next_officer: &'a str,
}

impl Matter<'_> {
    pub(super) fn assign(&self, key: &str, officer: &str) -> Result<Vec<Event>, Refusal> {
        self.may(Action::Assign)?;
        self.task(key)?;
        needed(officer, Refusal::OfficerMissing)?;
        word(officer)?;
        let (task, officer) = (key.to_owned(), officer.to_owned());
        Ok(vec![Event::TaskAssigned { task, officer }])
    }

    pub(super) fn claim(&self, key: &str) -> Result<Vec<Event>, Refusal> {
        let task = self.own_task(key)?;
        let officer = self.officer().ok_or(Refusal::OfficerMissing)?;
        if task.officer.as_deref() == Some(officer) {
            return Ok(Vec::new());
        }
        Ok(vec![Event::TaskClaimed {
            task: key.to_owned(),
            officer: officer.to_owned(),
        }])
    }

    pub(super) fn finish(&self, done: &Done<'_>) -> Result<Vec<Event>, Refusal> {
        let task = self.own_task(done.task)?;
        if matches!(task.act, Act::Consult | Act::Issue) {
            return Err(Refusal::WrongAct {
                task: done.task.to_owned(),
            });
        }
        if self.consult_open() {
            return Err(Refusal::ConsultOpen);
        }
        if task.act == Act::Assign {
            needed(done.next_officer, Refusal::OfficerMissing)?;
        }
        word(done.next_officer)?;
        word(done.outcome)?;
        short(done.opinion)?;
        let next = self.moves(Input::Done {
            task: TaskId::from(done.task),
        })?;
        let assigned = self.assigned_next(&next.opens, done.next_officer);
        let mut events = vec![Event::StepDone {
            task: done.task.to_owned(),
            step: task.step.clone(),
            act: task.act,
            outcome: done.outcome.to_owned(),
            next,
        }];
        events.extend(assigned);
        Ok(events)
    }

    fn assigned_next(&self, opens: &[crate::dossier::parts::Opening], officer: &str) -> Vec<Event> {
        if officer.is_empty() {
            return Vec::new();
        }
        let assign = |task: &str| Event::TaskAssigned {
            task: task.to_owned(),
            officer: officer.to_owned(),
        };
        let opens = opens.iter().filter(|opening| opening.act != Act::Consult);
        opens.map(|opening| assign(&opening.task)).collect()
    }

    pub(super) fn return_to(
        &self,
        key: &str,
        to: &str,
        reason: &str,
    ) -> Result<Vec<Event>, Refusal> {
        let task = self.own_task(key)?;
        needed(reason, Refusal::ReasonMissing)?;
        let input = Input::ReturnTo {
            from: task.step.clone(),
            step: to.to_owned(),
        };
        let next = self.moves(input)?;
        Ok(vec![Event::StepReturned {
            task: key.to_owned(),
            to: to.to_owned(),
            next,
        }])
    }

    /// An open task whose act the viewer may do now, and that no other officer holds. Who assigns
    /// may step in.
    pub(super) fn own_task(&self, key: &str) -> Result<&Task, Refusal> {
        let task = self.task(key)?;
        self.may(Action::of_act(task.act))?;
        let steps_in = may(self.viewer, Action::Assign, &Facts::of(self.dossier)).is_ok();
        match (&task.officer, self.officer()) {
            (Some(holder), own) if own != Some(holder) && !steps_in => {
                Err(Refusal::TaskHeldByOther {
                    officer: holder.clone(),
                })
            }
            _ => Ok(task),
        }
    }

    fn consult_open(&self) -> bool {
        self.dossier
            .tasks
            .values()
            .any(|task| task.act == Act::Consult)
    }
}

fn word(text: &str) -> Result<(), Refusal> {
    if text.chars().count() > WORD_CHARS_MAX {
        Err(Refusal::TooLong)
    } else {
        Ok(())
    }
}
