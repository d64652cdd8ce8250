//! Tiếp nhận và từ chối tiếp nhận (1 → 2, 1 → 3), forms 01 and 03; and what the applicant and the
//! counter may still settle afterwards: papers that are only shown, the way of the result.
//! Does not know: supplements, which may come between (`supplement.rs`).

use super::{Matter, needed, short};
use crate::dossier::access::Action;
use crate::dossier::events::Event;
use crate::dossier::parts::{Paper, PaperForm, RefuseReason, ReturnWay};
use crate::dossier::refusal::Refusal;
use process::Input;

impl Matter<'_> {
    /// Every paper was looked at; the due date is worked out now, from the moment of acceptance.
    pub(super) fn accept(&self, checked: &[String]) -> Result<Vec<Event>, Refusal> {
        self.may(Action::Accept)?;
        let unchecked: Vec<String> = self
            .dossier
            .papers
            .iter()
            .filter(|paper| !checked.contains(&paper.code))
            .map(|paper| paper.code.clone())
            .collect();
        if !unchecked.is_empty() {
            return Err(Refusal::PapersUnchecked { papers: unchecked });
        }
        let papers = self.dossier.papers.iter();
        Ok(vec![Event::Accepted {
            term: self.term_from(self.now)?,
            checked: papers.map(|paper| paper.code.clone()).collect(),
            next: self.moves(Input::Start)?,
        }])
    }

    /// Only what was to be shown can be seen, and only once.
    pub(super) fn see_paper(&self, code: &str, form: PaperForm) -> Result<Vec<Event>, Refusal> {
        self.may(Action::SeePaper)?;
        let waits = |paper: &Paper| paper.code == code && paper.form == PaperForm::ToShow;
        if !form.is_officers_word() || !self.dossier.papers.iter().any(waits) {
            return Err(Refusal::NothingToSee {
                paper: code.to_owned(),
            });
        }
        Ok(vec![Event::PaperSeen {
            paper: code.to_owned(),
            form,
        }])
    }

    /// The applicant chooses where the result goes (NĐ 118/2025/NĐ-CP), until it is handed over.
    pub(super) fn change_return_way(
        &self,
        return_way: &ReturnWay,
        address: &str,
    ) -> Result<Vec<Event>, Refusal> {
        self.may(Action::ChangeReturnWay)?;
        if *return_way == ReturnWay::Post {
            needed(address, Refusal::AddressMissing)?;
        }
        short(address)?;
        Ok(vec![Event::ReturnWayChanged {
            return_way: return_way.clone(),
        }])
    }

    /// With reason, words and legal basis; lateness of the agency is none of the reasons.
    pub(super) fn refuse(
        &self,
        reason: RefuseReason,
        text: &str,
        basis: &str,
    ) -> Result<Vec<Event>, Refusal> {
        self.may(Action::Refuse)?;
        if self.dossier.accepted_at.is_some() {
            let phase = self.dossier.phase;
            return Err(Refusal::WrongPhase {
                action: Action::Refuse,
                phase,
            });
        }
        needed(text, Refusal::ReasonMissing)?;
        needed(basis, Refusal::BasisMissing)?;
        Ok(vec![Event::Refused { reason }])
    }
}
