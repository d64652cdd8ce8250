//! How a dossier ends: result issued and handed over (4 → 9 → 10), withdrawn (7), stopped or
//! rejected (8). Lateness blocks none of it. Withdrawal, stop and rejection end with the decision
//! (NĐ 118/2025 Đ21).
//! Does not know: signatures, postal services.

use super::{Matter, needed, short};
use crate::dossier::access::{Action, step_to_draft};
use crate::dossier::events::Event;
use crate::dossier::parts::{Act, Handover, Receiver};
use crate::dossier::refusal::Refusal;
use process::{Input, Stage, TaskId};

impl Matter<'_> {
    /// The draft belongs to who has the step: nobody else puts another in its place.
    pub(super) fn draft_result(&self, file: &str) -> Result<Vec<Event>, Refusal> {
        self.may(Action::DraftResult)?;
        let step = step_to_draft(self.viewer, self.dossier);
        let (key, task) = step.ok_or(Refusal::StepNotHeld)?;
        needed(file, Refusal::FileMissing)?;
        // Who drafts has taken the step.
        let officer = self.officer().ok_or(Refusal::OfficerMissing)?;
        let claimed = self.claimed(key, task, officer)?;
        let drafted = Event::ResultDrafted {
            file: file.to_owned(),
        };
        Ok(claimed.into_iter().chain([drafted]).collect())
    }

    /// Numbered, with its file; the last step of the process is done with it.
    pub(super) fn issue(&self, number: &str, file: &str) -> Result<Vec<Event>, Refusal> {
        self.may(Action::Issue)?;
        let task = self
            .dossier
            .tasks
            .iter()
            .find(|(_, task)| task.act == Act::Issue);
        let next = match task {
            Some((key, _)) => {
                self.own_task(key)?;
                self.moves(Input::Done {
                    task: TaskId::from(key.as_str()),
                })?
            }
            None if self.dossier.process.stage == Stage::Finished => self.beside(Vec::new()),
            None => {
                return Err(Refusal::NoSuchTask {
                    task: Act::Issue.name().to_owned(),
                });
            }
        };
        needed(number, Refusal::ResultIncomplete)?;
        needed(file, Refusal::ResultIncomplete)?;
        Ok(vec![Event::Issued {
            number: number.to_owned(),
            file: file.to_owned(),
            next,
        }])
    }

    /// To somebody known: the applicant, the filer, or a bearer of an authorisation.
    pub(super) fn deliver(&self, handover: &Handover, name: &str) -> Result<Vec<Event>, Refusal> {
        self.may(Action::Deliver)?;
        short(name)?;
        match handover {
            Handover::Counter { receiver } => self.check_receiver(receiver, name)?,
            Handover::Post { item } => needed(item, Refusal::PostalItemMissing)?,
            Handover::Electronic => {}
        }
        if self.dossier.owes() {
            return Err(Refusal::FeeUnpaid {
                due: self.dossier.owed(),
            });
        }
        Ok(vec![Event::Delivered {
            handover: handover.clone(),
        }])
    }

    fn check_receiver(&self, receiver: &Receiver, name: &str) -> Result<(), Refusal> {
        match receiver {
            Receiver::Applicant => Ok(()),
            Receiver::Filer if self.dossier.filer.is_some() => Ok(()),
            Receiver::Filer => Err(Refusal::ReceiverNotAuthorised),
            Receiver::Authorised { authorisation } => {
                needed(name, Refusal::ReceiverMissing)?;
                needed(authorisation, Refusal::ReceiverNotAuthorised)
            }
        }
    }

    pub(super) fn withdraw(&self, reason: &str) -> Result<Vec<Event>, Refusal> {
        self.undecided(Action::Withdraw)?;
        short(reason)?;
        Ok(vec![Event::Withdrawn])
    }

    pub(super) fn stop(&self, text: &str, basis: &str) -> Result<Vec<Event>, Refusal> {
        self.undecided(Action::Stop)?;
        needed(text, Refusal::ReasonMissing)?;
        needed(basis, Refusal::BasisMissing)?;
        Ok(vec![Event::Stopped])
    }

    pub(super) fn reject(&self, text: &str, basis: &str) -> Result<Vec<Event>, Refusal> {
        self.undecided(Action::Reject)?;
        needed(text, Refusal::ReasonMissing)?;
        needed(basis, Refusal::BasisMissing)?;
        Ok(vec![Event::Rejected])
    }

    fn undecided(&self, action: Action) -> Result<(), Refusal> {
        match self.may(action) {
            // Released and delivered dossiers are decided, whatever the phase table says of them.
            Err(Refusal::WrongPhase { .. }) | Ok(()) if self.dossier.decided_at.is_some() => {
                Err(Refusal::AlreadyDecided)
            }
            other => other,
        }
    }
}
