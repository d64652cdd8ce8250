//! The law of the dossier: from a state and an order to the events that follow, or to the one rule
//! that forbids it. Pure. Guards first, then the happy path; who-may-what stands in `access.rs`
//! and is asked here, once.
//! Does not know: the clock of the machine, the database, pages.

mod applicant;
mod clock;
mod consult;
mod ending;
mod intake;
mod look;
mod money;
mod steps;
mod submit;
mod supplement;

pub use money::collecting_agency;

pub(super) use clock::next_timer;

use super::Law;
use super::access::{Action, Facts, may};
use super::command::{By, Command, Order};
use super::events::Event;
use super::parts::{Moves, Opening};
use super::refusal::Refusal;
use super::state::{Dossier, State, Task};
use facts::agency::Viewer;
use facts::calendar::{Calendar, CalendarError, Limit};
use facts::procedure::Procedure;
use jiff::Timestamp;
use kernel::Ctx;
use process::{Effect, Input, Misstep};

/// Characters in one text an officer or applicant types; a printed page holds about 3,000.
pub(super) const TEXT_CHARS_MAX: usize = 10_000;

/// What follows from `order`.
pub(super) fn decide(
    law: &Law,
    state: &State,
    ctx: &Ctx,
    order: &Order,
) -> Result<Vec<Event>, Refusal> {
    match (&state.dossier, &order.by, &order.command) {
        (Some(dossier), By::Clock, Command::TimerPassed { key }) => {
            Matter::of(law, dossier, ctx, &Viewer::Anonymous)?.timer_passed(key)
        }
        (None, By::Clock, Command::TimerPassed { .. }) => Ok(Vec::new()),
        (_, By::Clock, _) | (_, _, Command::TimerPassed { .. }) => Err(Refusal::ClockOnly),
        (None, By::Viewer(viewer), Command::Submit(submission)) => {
            submit::submit(law, ctx, viewer, submission)
        }
        (None, ..) => Err(Refusal::NoSuchDossier),
        (Some(_), _, Command::Submit(_)) => Err(Refusal::AlreadySubmitted),
        (Some(dossier), By::Viewer(viewer), command) => {
            let matter = Matter::of(law, dossier, ctx, viewer)?;
            let named = order.named.as_ref();
            Matter { named, ..matter }.decide(command)
        }
    }
}

/// One dossier under one order: all that a rule may look at.
struct Matter<'a> {
    dossier: &'a Dossier,
    procedure: &'a Procedure,
    calendar: &'a Calendar,
    viewer: &'a Viewer,
    /// The officer whom the order names, with their posts.
    named: Option<&'a Viewer>,
    now: Timestamp,
}

impl<'a> Matter<'a> {
    fn of(
        law: &'a Law,
        dossier: &'a Dossier,
        ctx: &Ctx,
        viewer: &'a Viewer,
    ) -> Result<Self, Refusal> {
        let key = &dossier.procedure;
        let procedure = law.catalogue.get(key);
        let procedure = procedure.ok_or_else(|| Refusal::NoSuchProcedure {
            key: key.to_string(),
        })?;
        let calendar = law.calendars.of(&dossier.agency);
        Ok(Self {
            dossier,
            procedure,
            calendar,
            viewer,
            named: None,
            now: ctx.now,
        })
    }

    fn decide(&self, command: &Command) -> Result<Vec<Event>, Refusal> {
        match command {
            Command::Accept { checked } => self.accept(checked),
            Command::Refuse {
                reason,
                text,
                basis,
            } => self.refuse(*reason, text, basis),
            Command::AskSupplement { items, second, .. } => {
                self.ask_supplement(items, second.as_deref())
            }
            Command::Supplement {
                papers,
                answers,
                note,
                ..
            } => self.supplement(papers, answers.as_ref(), note),
            Command::SeePaper { paper, form } => self.see_paper(paper, *form),
            Command::ChangeReturnWay {
                return_way,
                address,
            } => self.change_return_way(return_way, address),
            Command::IdentifyApplicant { person } => self.identify_applicant(person),
            Command::UndoIdentification { person, reason } => {
                self.undo_identification(person, reason)
            }
            Command::AcceptSupplement => self.accept_supplement(),
            Command::ReturnSupplement { text } => self.return_supplement(text),
            Command::Assign { task, officer } => self.assign(task, officer),
            Command::Claim { task } => self.claim(task),
            Command::Finish {
                task,
                outcome,
                opinion,
                next_officer,
            } => {
                let done = steps::Done {
                    task,
                    outcome,
                    opinion,
                    next_officer,
                };
                self.finish(&done)
            }
            Command::Return { task, to, reason } => self.return_to(task, to, reason),
            Command::AskConsult {
                task,
                agency,
                term,
                question,
            } => {
                let asked = consult::Asked {
                    task: task.as_deref(),
                    agency,
                    term,
                    question,
                };
                self.ask_consult(&asked)
            }
            Command::AnswerConsult {
                task,
                opinion,
                text,
            } => self.answer_consult(task, *opinion, text),
            Command::Continue { task, reason } => self.go_on(task, reason),
            _ => self.decide_end(command),
        }
    }

    /// A look, money, the result, and every way in which a dossier ends.
    fn decide_end(&self, command: &Command) -> Result<Vec<Event>, Refusal> {
        match command {
            Command::Look { reason, text } => self.look(*reason, text),
            Command::AskFee => self.ask_fee(),
            Command::CollectFee {
                receipt_no,
                amount,
                method,
                reference,
            } => {
                let paid = money::Paid {
                    receipt_no,
                    amount: *amount,
                    method: *method,
                    reference,
                };
                self.collect_fee(&paid)
            }
            Command::RefundFee {
                slip_no,
                amount,
                method,
                reference,
            } => self.refund_fee(&money::Paid {
                receipt_no: slip_no,
                amount: *amount,
                method: *method,
                reference,
            }),
            Command::DraftResult { file } => self.draft_result(file),
            Command::Issue { number, file } => self.issue(number, file),
            Command::Deliver {
                handover,
                receiver_name,
            } => self.deliver(handover, receiver_name),
            Command::Withdraw { reason } => self.withdraw(reason),
            Command::Stop { text, basis } => self.stop(text, basis),
            Command::Reject { text, basis } => self.reject(text, basis),
            Command::Apologise { new_day, reason } => self.apologise(*new_day, reason),
            Command::ResetDue { new_day, reason } => self.reset_due(*new_day, reason),
            // Submissions and timers were told apart before; anything else stands above.
            _ => Err(Refusal::ClockOnly),
        }
    }

    /// Who may, and in which phase: the table of `access.rs`.
    fn may(&self, action: Action) -> Result<(), Refusal> {
        may(self.viewer, action, &Facts::of(self.dossier))
    }

    fn officer(&self) -> Option<&str> {
        self.viewer.officer()
    }

    /// An open task, for somebody who may see the dossier at all.
    fn task(&self, key: &str) -> Result<&'a Task, Refusal> {
        self.may(Action::View)?;
        self.dossier
            .tasks
            .get(key)
            .ok_or_else(|| Refusal::NoSuchTask {
                task: key.to_owned(),
            })
    }

    fn due(&self, limit: &Limit) -> Result<Timestamp, Refusal> {
        self.calendar
            .due_at(self.now, limit)
            .map_err(calendar_missing)
    }

    /// Moves the process on, and says when each task that opens is due.
    fn moves(&self, input: Input) -> Result<Moves, Refusal> {
        let Dossier {
            process, choices, ..
        } = self.dossier;
        let (process, effects) =
            process::step(&self.procedure.process, process, input, choices).map_err(misstep)?;
        let mut moves = Moves {
            process,
            ..Moves::default()
        };
        for effect in effects {
            match effect {
                Effect::Close { task } => moves.closes.push(task.0),
                Effect::Finished => {}
                open @ Effect::Open { .. } => moves.opens.extend(self.opening(open)?),
            }
        }
        Ok(moves)
    }

    fn opening(&self, effect: Effect) -> Result<Option<Opening>, Refusal> {
        let Effect::Open {
            task,
            step,
            role,
            act,
            duration,
            term,
        } = effect
        else {
            return Ok(None);
        };
        let limit = term.as_ref().unwrap_or(&duration);
        let limit: Limit = limit.parse().map_err(|error| content_broken(&error))?;
        let act = super::parts::Act::from_name(&act)
            .ok_or_else(|| content_broken(&format!("step {step}: unknown act {act}")))?;
        let party = if term.is_some() { role } else { String::new() };
        Ok(Some(Opening {
            task: task.0,
            step,
            act,
            party,
            due: self.due(&limit)?,
        }))
    }

    /// The process as it is: for what happens beside it.
    fn beside(&self, closes: Vec<String>) -> Moves {
        Moves {
            process: self.dossier.process.clone(),
            opens: Vec::new(),
            closes,
        }
    }
}

fn misstep(misstep: Misstep) -> Refusal {
    match misstep {
        Misstep::NoSuchTask(task) => Refusal::NoSuchTask { task: task.0 },
        Misstep::TermNotPassed(_) => Refusal::ConsultTermNotPassed,
        Misstep::NotReturnable { step, .. } | Misstep::StepNotApplicable(step) => {
            Refusal::NotReturnable { step }
        }
        other => content_broken(&other),
    }
}

fn content_broken(error: &impl std::fmt::Display) -> Refusal {
    Refusal::ContentBroken {
        message: error.to_string(),
    }
}

fn calendar_missing(error: CalendarError) -> Refusal {
    Refusal::CalendarMissing {
        message: error.to_string(),
    }
}

/// A text that must be there and may not be endless.
fn needed(text: &str, missing: Refusal) -> Result<(), Refusal> {
    if text.trim().is_empty() {
        return Err(missing);
    }
    short(text)
}

/// A text that may be empty.
fn short(text: &str) -> Result<(), Refusal> {
    if text.chars().count() > TEXT_CHARS_MAX {
        Err(Refusal::TooLong)
    } else {
        Ok(())
    }
}
