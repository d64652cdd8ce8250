//! Xem hồ sơ ngoài việc được giao: who has no work on a dossier says why before they read what
//! people wrote. The applicant sees it (Luật Bảo vệ dữ liệu cá nhân 91/2025/QH15).
//! Does not know: which pages ask (`dossier::look`).

use super::{Matter, needed, short};
use crate::dossier::access::Action;
use crate::dossier::code::VIETNAM;
use crate::dossier::events::Event;
use crate::dossier::parts::LookReason;
use crate::dossier::refusal::Refusal;
use jiff::{Timestamp, ToSpan};

/// Characters of the words beside a reason: two sentences.
const WORDS_CHARS_MAX: usize = 500;

impl Matter<'_> {
    pub(super) fn look(&self, reason: LookReason, text: &str) -> Result<Vec<Event>, Refusal> {
        let action = Action::ViewPrivate;
        self.may(action)?;
        let dossier = self.dossier;
        let mut near = vec![dossier.agency.as_str(), &dossier.reception_agency];
        near.push(dossier.return_agency());
        near.extend(dossier.consulted.iter().map(String::as_str));
        let mut posts = self.viewer.posts().iter();
        let post = posts.find(|post| near.contains(&post.agency.as_str()));
        // An applicant reads their own dossier and says nothing.
        let post = post.ok_or(Refusal::NotAllowed { action })?;
        match reason {
            LookReason::Other => needed(text, Refusal::ReasonMissing)?,
            _ => short(text)?,
        }
        if text.chars().count() > WORDS_CHARS_MAX {
            return Err(Refusal::TooLong);
        }
        Ok(vec![Event::Looked {
            reason,
            position: post.position.clone(),
            until: end_of_day(self.now),
        }])
    }
}

/// The next midnight in Vietnam.
fn end_of_day(now: Timestamp) -> Timestamp {
    let today = VIETNAM.to_datetime(now).date();
    let tomorrow = today.checked_add(1.day()).unwrap_or(today);
    let midnight = VIETNAM.to_timestamp(tomorrow.at(0, 0, 0, 0));
    midnight.unwrap_or(now)
}
