//! Whose dossier it is, where somebody filed for another: what they typed is a name on a paper
//! until the office has compared it with the person on file.
//! Does not know: the people room; the page has compared.

use super::{Matter, needed};
use crate::dossier::access::Action;
use crate::dossier::events::Event;
use crate::dossier::refusal::Refusal;

impl Matter<'_> {
    /// From now on the dossier stands among those of this person.
    pub(super) fn identify_applicant(&self, person: &str) -> Result<Vec<Event>, Refusal> {
        self.may_identify(person)?;
        Ok(vec![Event::ApplicantIdentified {
            person: person.to_owned(),
        }])
    }

    /// It was somebody else: the dossier is nobody's but the filer's again.
    pub(super) fn undo_identification(
        &self,
        person: &str,
        reason: &str,
    ) -> Result<Vec<Event>, Refusal> {
        self.may_identify(person)?;
        needed(reason, Refusal::ReasonMissing)?;
        Ok(vec![Event::IdentificationUndone {
            person: person.to_owned(),
        }])
    }

    /// Whoever files for themselves is who they are: that is a question of their account.
    fn may_identify(&self, person: &str) -> Result<(), Refusal> {
        self.may(Action::IdentifyApplicant)?;
        let filer = self.dossier.filer.as_ref();
        let filer = filer.ok_or(Refusal::NothingToIdentify)?;
        if person.is_empty() || person == self.dossier.applicant || person == filer.person {
            return Err(Refusal::NothingToIdentify);
        }
        Ok(())
    }
}
