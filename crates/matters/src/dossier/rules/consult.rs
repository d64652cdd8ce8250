//! Lấy ý kiến: asking another body within a term. Waiting for it never stops the legal clock; when
//! its term has passed, somebody goes on explicitly, with a reason (NĐ 118/2025/NĐ-CP).
//! Does not know: how the other agency is reached.

use super::{Matter, needed, short};
use crate::dossier::access::{Action, holds};
use crate::dossier::events::Event;
use crate::dossier::parts::{Act, Opinion};
use crate::dossier::refusal::Refusal;
use crate::dossier::state::Task;
use facts::agency::Right;
use facts::calendar::Limit;
use process::{Input, TaskId};

/// Consultations open at once beside the process.
const CONSULTS_MAX: usize = 32;

/// A consultation as it was asked for.
pub(super) struct Asked<'a> {
    pub(super) task: Option<&'a str>,
    pub(super) agency: &'a str,
    pub(super) term: &'a Limit,
    pub(super) question: &'a str,
}

impl Matter<'_> {
    pub(super) fn ask_consult(&self, asked: &Asked<'_>) -> Result<Vec<Event>, Refusal> {
        self.may(Action::AskConsult)?;
        if asked.agency.trim().is_empty() || asked.agency == self.dossier.agency {
            return Err(Refusal::ConsultAgencyWrong);
        }
        needed(asked.question, Refusal::ReasonMissing)?;
        let (task, due) = match asked.task {
            Some(key) => (key.to_owned(), self.consult(key)?.due),
            None => (self.new_consult()?, self.due(asked.term)?),
        };
        Ok(vec![Event::ConsultAsked {
            task,
            agency: asked.agency.to_owned(),
            due,
        }])
    }

    fn new_consult(&self) -> Result<String, Refusal> {
        let open = self.dossier.tasks.len();
        if open >= CONSULTS_MAX {
            return Err(Refusal::TooLong);
        }
        Ok(format!("ask:{}", self.dossier.asked + 1))
    }

    pub(super) fn answer_consult(
        &self,
        key: &str,
        opinion: Opinion,
        text: &str,
    ) -> Result<Vec<Event>, Refusal> {
        let task = self.consult(key)?;
        self.may(Action::AnswerConsult)?;
        let asked = holds(self.viewer, Right::Appraise, &task.agency);
        if !asked && !holds(self.viewer, Right::Appraise, &self.dossier.agency) {
            return Err(Refusal::NotAllowed {
                action: Action::AnswerConsult,
            });
        }
        match opinion {
            Opinion::Agree => short(text)?,
            Opinion::AgreeWithRemarks | Opinion::Disagree => needed(text, Refusal::ReasonMissing)?,
        }
        let next = if task.step.is_empty() {
            self.beside(vec![key.to_owned()])
        } else {
            self.moves(Input::Answered {
                task: TaskId::from(key),
            })?
        };
        Ok(vec![Event::ConsultAnswered {
            task: key.to_owned(),
            opinion,
            next,
        }])
    }

    /// Explicitly, with a reason, and only after the term.
    pub(super) fn go_on(&self, key: &str, reason: &str) -> Result<Vec<Event>, Refusal> {
        let task = self.consult(key)?;
        self.may(Action::AskConsult)?;
        if !task.late {
            return Err(Refusal::ConsultTermNotPassed);
        }
        needed(reason, Refusal::ReasonMissing)?;
        let next = if task.step.is_empty() {
            self.beside(vec![key.to_owned()])
        } else {
            self.moves(Input::Continue {
                step: task.step.clone(),
            })?
        };
        Ok(vec![Event::ConsultContinued {
            task: key.to_owned(),
            next,
        }])
    }

    fn consult(&self, key: &str) -> Result<&Task, Refusal> {
        let task = self.task(key)?;
        if task.act != Act::Consult {
            return Err(Refusal::WrongAct {
                task: key.to_owned(),
            });
        }
        Ok(task)
    }
}
