//! Yêu cầu bổ sung và bổ sung (1, 2, 4 → 5 → 4), form 02: once per dossier, the complete list in
//! one notice.
//! Does not know: how the applicant is told.

use super::submit::{check_answers, check_bounds, check_seen, fees};
use super::{Matter, needed, short};
use crate::dossier::access::Action;
use crate::dossier::command::SupplementItem;
use crate::dossier::events::Event;
use crate::dossier::parts::{Paper, SupplementClock};
use crate::dossier::refusal::Refusal;
use facts::calendar::Limit;
use facts::procedure::SupplementClock as Written;
use process::Input;
use serde_json::Value as Json;

/// A supplement given back as incomplete leaves at least this long, so that the office's own
/// reading time never closes a dossier. Ours, not law.
const RETURNED_AT_LEAST: Limit = Limit::WorkingDays(5);
/// Items of one notice; more than this is a different dossier.
const ITEMS_MAX: usize = 100;

impl Matter<'_> {
    pub(super) fn ask_supplement(
        &self,
        items: &[SupplementItem],
        second: Option<&str>,
    ) -> Result<Vec<Event>, Refusal> {
        let overridden = self.may_ask_again(second)?;
        if self.dossier.decided_at.is_some() {
            return Err(Refusal::AlreadyDecided);
        }
        if items.is_empty() {
            return Err(Refusal::SupplementListEmpty);
        }
        if items.len() > ITEMS_MAX {
            return Err(Refusal::TooLong);
        }
        for item in items {
            needed(&item.what, Refusal::SupplementListEmpty)?;
            needed(&item.why, Refusal::ReasonMissing)?;
        }
        Ok(vec![Event::SupplementAsked {
            count: u32::try_from(items.len()).unwrap_or(u32::MAX),
            papers: items.iter().filter_map(|item| item.paper.clone()).collect(),
            close_at: self.due(&self.procedure.supplement.close_after)?,
            clock: match self.procedure.supplement.clock {
                Written::Restart => SupplementClock::Restart,
                Written::Resume => SupplementClock::Resume,
            },
            overridden,
        }])
    }

    /// The first request is the counter's or the appraiser's; a second one the head's, with a
    /// reason.
    fn may_ask_again(&self, second: Option<&str>) -> Result<bool, Refusal> {
        if self.dossier.supplements_asked == 0 {
            self.may(Action::AskSupplement)?;
            return Ok(false);
        }
        let Some(reason) = second else {
            self.may(Action::AskSupplement)?;
            return Err(Refusal::SupplementAlreadyAsked);
        };
        self.may(Action::AskSecondSupplement)?;
        needed(reason, Refusal::ReasonMissing)?;
        Ok(true)
    }

    pub(super) fn supplement(
        &self,
        papers: &[Paper],
        answers: Option<&Json>,
        note: &str,
    ) -> Result<Vec<Event>, Refusal> {
        self.may(Action::Supplement)?;
        if papers.is_empty() && answers.is_none() && note.trim().is_empty() {
            return Err(Refusal::SupplementEmpty);
        }
        short(note)?;
        check_bounds(papers)?;
        check_seen(self.viewer, papers)?;
        let answers = answers.map(|answers| check_answers(self.procedure, answers, self.now));
        let answers = answers.transpose()?;
        let channel = self.dossier.channel;
        Ok(vec![Event::Supplemented {
            papers: papers.to_vec(),
            fees: answers.map(|answers| fees(self.procedure, channel, &answers)),
        }])
    }

    /// Received in full: the clock runs again, from the receipt of the supplement.
    pub(super) fn accept_supplement(&self) -> Result<Vec<Event>, Refusal> {
        self.may(Action::AcceptSupplement)?;
        let lacking = self.lacking_papers();
        if !lacking.is_empty() {
            return Err(Refusal::SupplementIncomplete { papers: lacking });
        }
        let next = match self.dossier.accepted_at {
            Some(_) => None,
            None => Some(self.moves(Input::Start)?),
        };
        Ok(vec![Event::SupplementAccepted {
            term: self.term_after_supplement()?,
            next,
        }])
    }

    fn lacking_papers(&self) -> Vec<String> {
        let Some(supplement) = &self.dossier.supplement else {
            return Vec::new();
        };
        let asked = supplement.papers.iter();
        asked
            .filter(|paper| !supplement.brought.contains(paper))
            .cloned()
            .collect()
    }

    /// The same list stays open: this is no second request.
    pub(super) fn return_supplement(&self, text: &str) -> Result<Vec<Event>, Refusal> {
        self.may(Action::AcceptSupplement)?;
        needed(text, Refusal::ReasonMissing)?;
        let at_least = self.due(&RETURNED_AT_LEAST)?;
        let close_at = self
            .dossier
            .supplement
            .as_ref()
            .map_or(at_least, |s| s.close_at);
        Ok(vec![Event::SupplementReturned {
            close_at: close_at.max(at_least),
        }])
    }
}
