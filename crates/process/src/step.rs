//! The stepper: `step(model, state, input, vars)` gives the next state and what has to happen
//! because of it.
//!
//! It does not know who does a task, when a term passes or why somebody goes back: it is told. It
//! stores nothing. Invariants (held by the tests): a task is opened once and closed at most once;
//! at most one step is current; after `Effect::Finished` nothing is open.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::model::{Kind, Model, Silence};
use crate::state::{OpenTask, Stage, State, TaskId};

/// How often one step may be opened again in one matter. A matter that was sent back a hundred
/// times is an error of somebody.
pub const MAX_ROUNDS: u32 = 100;

/// What has happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Input {
    /// The matter begins.
    Start,
    /// The task of a task step is done.
    Done {
        /// Which task.
        task: TaskId,
    },
    /// A consulted party has answered, in time or late.
    Answered {
        /// Which question.
        task: TaskId,
    },
    /// The term of a question has passed without an answer.
    TermPassed {
        /// Which question.
        task: TaskId,
    },
    /// Go on without the answers that are still missing; allowed when the term of each has passed.
    Continue {
        /// The consultation, which must be the current step.
        step: String,
    },
    /// Back to an earlier step.
    ReturnTo {
        /// The step that sends back, which must be the current one.
        from: String,
        /// Where it goes.
        step: String,
    },
}

/// What has to happen now, in this order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// Somebody has something to do.
    Open {
        /// The new task.
        task: TaskId,
        /// Its step.
        step: String,
        /// Who does it; in a consultation, who is asked.
        role: String,
        /// What is to be done.
        act: String,
        /// How long the step may take, uninterpreted.
        duration: String,
        /// Consultations only: how long the party has, uninterpreted.
        term: Option<String>,
    },
    /// A task is no longer open: done, answered, consented by silence, passed over or sent back.
    Close {
        /// Which task.
        task: TaskId,
    },
    /// The last step is behind us.
    Finished,
}

/// Why an input is refused. The state stays as it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Misstep {
    /// Anything but `Start` came first.
    #[error("the process has not started")]
    NotStarted,
    /// `Start` came twice.
    #[error("the process has already started")]
    AlreadyStarted,
    /// The process is over.
    #[error("the process is finished")]
    Finished,
    /// The task is not open: closed before, or never opened.
    #[error("no open task {0}")]
    NoSuchTask(TaskId),
    /// `Done` for a question that has to be answered.
    #[error("{0} is a question to a consulted party; it is answered, not done")]
    IsConsultation(TaskId),
    /// `Answered`, `TermPassed` or `Continue` for something that is no consultation.
    #[error("step {0} is no consultation")]
    NotConsultation(String),
    /// `Continue` or `ReturnTo` from a step that is not the current one.
    #[error("the process is not at step {0}")]
    NotAtStep(String),
    /// `Continue` while a party still has time.
    #[error("the term of {0} has not passed")]
    TermNotPassed(TaskId),
    /// The model does not allow this way back.
    #[error("step {from} may not return to {step}")]
    NotReturnable {
        /// The step that wants to send back.
        from: String,
        /// Where it may not.
        step: String,
    },
    /// The condition of the step to return to does not hold.
    #[error("step {0} does not apply here")]
    StepNotApplicable(String),
    /// The step was opened `MAX_ROUNDS` times.
    #[error("step {0} was opened {MAX_ROUNDS} times already")]
    TooManyRounds(String),
    /// A condition could not be evaluated on these variables.
    #[error("the condition of step {step}: {message}")]
    ConditionFailed {
        /// Whose condition.
        step: String,
        /// Why.
        message: String,
    },
    /// The state names a step that this model does not have: it comes from another model.
    #[error("the model has no step {0}")]
    OtherModel(String),
}

/// Moves on by one input. Conditions see `vars` at the moment their step is reached.
pub fn step(
    model: &Model,
    state: &State,
    input: Input,
    vars: &Json,
) -> Result<(State, Vec<Effect>), Misstep> {
    let mut walk = Walk {
        model,
        vars,
        state: state.clone(),
        effects: Vec::new(),
    };
    match (&state.stage, input) {
        (Stage::NotStarted, Input::Start) => walk.advance(0)?,
        (Stage::NotStarted, _) => return Err(Misstep::NotStarted),
        (Stage::Finished, Input::Start) => return Err(Misstep::AlreadyStarted),
        (Stage::Finished, _) => return Err(Misstep::Finished),
        (Stage::At(current), input) => {
            let Some(here) = model.position(current) else {
                return Err(Misstep::OtherModel(current.clone()));
            };
            walk.at(here, input)?;
        }
    }
    Ok((walk.state, walk.effects))
}

/// One call of `step` under way: the state being made and the effects so far.
struct Walk<'a> {
    model: &'a Model,
    vars: &'a Json,
    state: State,
    effects: Vec<Effect>,
}

impl Walk<'_> {
    fn at(&mut self, here: usize, input: Input) -> Result<(), Misstep> {
        match input {
            Input::Start => Err(Misstep::AlreadyStarted),
            Input::Done { task } => self.done(here, &task),
            Input::Answered { task } => self.answered(here, &task),
            Input::TermPassed { task } => self.term_passed(here, &task),
            Input::Continue { step } => self.go_on(here, step),
            Input::ReturnTo { from, step } => self.return_to(here, from, step),
        }
    }

    fn done(&mut self, here: usize, task: &TaskId) -> Result<(), Misstep> {
        let index = self.find(task)?;
        if self.model.steps()[here].kind != Kind::Task {
            return Err(Misstep::IsConsultation(task.clone()));
        }
        self.close(index);
        self.advance(here + 1)
    }

    fn answered(&mut self, here: usize, task: &TaskId) -> Result<(), Misstep> {
        let index = self.find(task)?;
        self.silence(here)?;
        self.close(index);
        self.advance_when_nothing_is_open(here)
    }

    fn term_passed(&mut self, here: usize, task: &TaskId) -> Result<(), Misstep> {
        let index = self.find(task)?;
        match self.silence(here)? {
            Silence::Consent => {
                self.close(index);
                self.advance_when_nothing_is_open(here)
            }
            Silence::Wait => {
                self.state.open[index].late = true;
                Ok(())
            }
        }
    }

    fn go_on(&mut self, here: usize, step: String) -> Result<(), Misstep> {
        if self.model.steps()[here].id != step {
            return Err(Misstep::NotAtStep(step));
        }
        self.silence(here)?;
        if let Some(waited) = self.state.open.iter().find(|open| !open.late) {
            return Err(Misstep::TermNotPassed(waited.task.clone()));
        }
        self.close_all();
        self.advance(here + 1)
    }

    fn return_to(&mut self, here: usize, from: String, step: String) -> Result<(), Misstep> {
        let current = &self.model.steps()[here];
        if current.id != from {
            return Err(Misstep::NotAtStep(from));
        }
        let target = self
            .model
            .position(&step)
            .filter(|_| current.may_return_to.contains(&step));
        let Some(target) = target else {
            return Err(Misstep::NotReturnable { from, step });
        };
        if !self.applies(target)? {
            return Err(Misstep::StepNotApplicable(step));
        }
        self.close_all();
        self.open(target)
    }

    fn find(&self, task: &TaskId) -> Result<usize, Misstep> {
        let found = self.state.open.iter().position(|open| open.task == *task);
        found.ok_or_else(|| Misstep::NoSuchTask(task.clone()))
    }

    fn silence(&self, here: usize) -> Result<Silence, Misstep> {
        match &self.model.steps()[here].kind {
            Kind::Consult { silence, .. } => Ok(*silence),
            Kind::Task => Err(Misstep::NotConsultation(
                self.model.steps()[here].id.clone(),
            )),
        }
    }

    fn close(&mut self, index: usize) {
        let task = self.state.open.remove(index).task;
        self.effects.push(Effect::Close { task });
    }

    fn close_all(&mut self) {
        while !self.state.open.is_empty() {
            self.close(0);
        }
    }

    fn advance_when_nothing_is_open(&mut self, here: usize) -> Result<(), Misstep> {
        if self.state.open.is_empty() {
            self.advance(here + 1)
        } else {
            Ok(())
        }
    }

    /// Opens the first step at or after `from` whose condition holds, or finishes.
    fn advance(&mut self, from: usize) -> Result<(), Misstep> {
        for index in from..self.model.steps().len() {
            if self.applies(index)? {
                return self.open(index);
            }
        }
        self.state.stage = Stage::Finished;
        self.effects.push(Effect::Finished);
        Ok(())
    }

    fn applies(&self, index: usize) -> Result<bool, Misstep> {
        let Some(condition) = self.model.condition(index) else {
            return Ok(true);
        };
        condition
            .holds(self.vars)
            .map_err(|error| Misstep::ConditionFailed {
                step: self.model.steps()[index].id.clone(),
                message: error.to_string(),
            })
    }

    fn open(&mut self, index: usize) -> Result<(), Misstep> {
        let step = &self.model.steps()[index];
        let round = self.state.rounds.entry(step.id.clone()).or_default();
        if *round >= MAX_ROUNDS {
            return Err(Misstep::TooManyRounds(step.id.clone()));
        }
        *round += 1;
        let round = *round;
        self.state.stage = Stage::At(step.id.clone());
        match &step.kind {
            Kind::Task => {
                let task = TaskId(format!("{}#{round}", step.id));
                self.open_task(index, task, &step.role);
            }
            Kind::Consult { with, .. } => {
                for party in with {
                    let task = TaskId(format!("{}/{party}#{round}", step.id));
                    self.open_task(index, task, party);
                }
            }
        }
        Ok(())
    }

    fn open_task(&mut self, index: usize, task: TaskId, role: &str) {
        let step = &self.model.steps()[index];
        let term = match &step.kind {
            Kind::Consult { term, .. } => Some(term.clone()),
            Kind::Task => None,
        };
        let role = role.to_owned();
        self.state.open.push(OpenTask {
            task: task.clone(),
            role: role.clone(),
            late: false,
        });
        self.effects.push(Effect::Open {
            task,
            step: step.id.clone(),
            role,
            act: step.act.clone(),
            duration: step.duration.clone(),
            term,
        });
    }
}
