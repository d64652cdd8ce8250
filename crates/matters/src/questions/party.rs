//! Who applies, as far as the form asked: what the register of people does not know of them.
//! Does not know: who they are; the caller says.
use facts::procedure::{Spelling, in_words};
use kernel::Json;

use super::Asker;
use crate::dossier::Party;

impl Asker<'_> {
    /// Fills what is empty of the applicant from the answers: the one way from a form to the
    /// applicant's address in form 01, in the follow-up book and on a parcel.
    pub fn complete(&self, party: &mut Party, answers: &Json) {
        let answers = self.kept(answers);
        if party.address.trim().is_empty() {
            party.address = self.applicant_address(&answers);
        }
        for question in self.form.questions() {
            let slot = match question.source.as_deref() {
                Some("applicant.phone") => &mut party.phone,
                Some("applicant.email") => &mut party.email,
                _ => continue,
            };
            let answer = answers.get(&question.id).and_then(Json::as_str);
            if let Some(text) = answer.filter(|_| slot.trim().is_empty()) {
                text.clone_into(slot);
            }
        }
    }

    /// Where these answers say that the applicant lives; empty where they do not.
    #[must_use]
    pub fn applicant_address(&self, answers: &Json) -> String {
        let Some((question, answer)) = self.form.applicant_address(answers) else {
            return String::new();
        };
        let place = |code: &str| self.places.name_of(code, self.today);
        in_words(question, answer, &Spelling { place: &place }).vi
    }
}
