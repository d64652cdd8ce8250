//! The steps inside the office: assign, claim, finish, return.
//! Does not know: which steps a procedure has (`process`), nor consultations (`consult.rs`).

use super::{Matter, needed, short};
use crate::dossier::access::{Action, Facts, able_post, may, post_for, takes};
use crate::dossier::events::Event;
use crate::dossier::parts::{Act, Opening};
use crate::dossier::refusal::Refusal;
use crate::dossier::state::Task;
use facts::agency::Viewer;
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
        let task = self.task(key)?;
        needed(officer, Refusal::OfficerMissing)?;
        word(officer)?;
        let given = self.given(key, (&task.agency, task.act), officer)?;
        Ok(vec![given])
    }

    /// Work goes to an officer who holds a post with its right, in the agency that does it, for the
    /// field of the dossier: they were looked up when the order was given.
    fn given(
        &self,
        task: &str,
        (agency, act): (&str, Act),
        officer: &str,
    ) -> Result<Event, Refusal> {
        let is_meant = |named: &&Viewer| named.officer() == Some(officer);
        let named = self.named.filter(is_meant);
        let procedure = &self.dossier.procedure.code;
        let post = named.and_then(|named| able_post(named, (agency, act.right()), procedure));
        let post = post.ok_or_else(|| Refusal::OfficerNotAble {
            officer: officer.to_owned(),
        })?;
        Ok(Event::TaskAssigned {
            task: task.to_owned(),
            officer: officer.to_owned(),
            position: post.position.clone(),
        })
    }

    pub(super) fn claim(&self, key: &str) -> Result<Vec<Event>, Refusal> {
        let task = self.own_task(key)?;
        let officer = self.officer().ok_or(Refusal::OfficerMissing)?;
        Ok(self.claimed(key, task, officer)?.into_iter().collect())
    }

    /// The task as this officer's, in the position in which they do it; nothing when it is.
    pub(super) fn claimed(
        &self,
        key: &str,
        task: &Task,
        officer: &str,
    ) -> Result<Option<Event>, Refusal> {
        let procedure = &self.dossier.procedure.code;
        let needs = (task.agency.as_str(), task.act.right());
        let post = post_for(self.viewer, task, procedure)
            .or_else(|| able_post(self.viewer, needs, procedure));
        let post = post.ok_or_else(|| held(task))?;
        let is_theirs = task.officer.as_deref() == Some(officer);
        if is_theirs && task.position == post.position {
            return Ok(None);
        }
        Ok(Some(Event::TaskClaimed {
            task: key.to_owned(),
            officer: officer.to_owned(),
            position: post.position.clone(),
        }))
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
        let assigned = self.assigned_next(&next.opens, done.next_officer)?;
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

    fn assigned_next(&self, opens: &[Opening], officer: &str) -> Result<Vec<Event>, Refusal> {
        if officer.is_empty() {
            return Ok(Vec::new());
        }
        let agency = self.dossier.agency.as_str();
        let opens = opens.iter().filter(|opening| opening.act != Act::Consult);
        opens
            .map(|opening| self.given(&opening.task, (agency, opening.act), officer))
            .collect()
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

    /// An open task whose act the viewer may do now, and that stays with no other position. Who
    /// assigns may step in.
    pub(super) fn own_task(&self, key: &str) -> Result<&Task, Refusal> {
        let task = self.task(key)?;
        self.may(Action::of_act(task.act))?;
        let steps_in = may(self.viewer, Action::Assign, &Facts::of(self.dossier)).is_ok();
        // An opinion is given by either agency; nobody has to take it first.
        let is_open = task.act == Act::Consult && task.officer.is_none();
        let takes = takes(self.viewer, task, &self.dossier.procedure.code);
        match takes || steps_in || is_open {
            true => Ok(task),
            false => Err(held(task)),
        }
    }

    fn consult_open(&self) -> bool {
        self.dossier
            .tasks
            .values()
            .any(|task| task.act == Act::Consult)
    }
}

/// Somebody else does this task: who has it, or whose field it is.
fn held(task: &Task) -> Refusal {
    match &task.officer {
        Some(officer) => Refusal::TaskHeldByOther {
            officer: officer.clone(),
        },
        None => Refusal::NotAllowed {
            action: Action::of_act(task.act),
        },
    }
}

fn word(text: &str) -> Result<(), Refusal> {
    if text.chars().count() > WORD_CHARS_MAX {
        Err(Refusal::TooLong)
    } else {
        Ok(())
    }
}
