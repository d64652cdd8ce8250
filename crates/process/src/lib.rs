//! How work moves from hand to hand: a model of steps, a pure stepper over it, and the conditions
//! in between.
//!
//! It deliberately knows no journal, no clock, no file and no office. Durations, terms, roles and
//! acts are opaque words to it; whoever calls gives them their meaning. The same inputs always give
//! the same state, so a state is never stored. Everything stands behind `Model` and `step`, so that
//! a BPMN 2.0 engine can later take the place of the list of steps.

mod drawing;
pub mod feel;
mod model;
mod state;
mod step;
mod written;

pub use drawing::Words;
pub use model::{
    Kind, MAX_CONSULTED, MAX_STEPS, MAX_WORD, Model, ModelError, ModelErrors, Name, Silence, Step,
};
pub use state::{OpenTask, Stage, State, TaskId};
pub use step::{Effect, Input, MAX_ROUNDS, Misstep, step};

#[cfg(test)]
mod tests;
