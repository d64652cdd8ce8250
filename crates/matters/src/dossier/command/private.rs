//! What people wrote with a command: the part that goes to the vault and never into an event body;
//! and what of it several rooms read again.
//! Does not know: how the vault keeps it.

use super::{Command, Submission};
use crate::dossier::events::Event;
use serde_json::{Value as Json, json};

impl Command {
    /// What people wrote: the vault document of the entry. `None` when nothing was written.
    #[must_use]
    pub fn private(&self) -> Option<Json> {
        let document = match self {
            Self::Submit(submission) => submission.private(),
            Self::Refuse { text, basis, .. }
            | Self::Stop { text, basis }
            | Self::Reject { text, basis } => json!({ "text": text, "basis": basis }),
            Self::AskSupplement {
                items,
                contact,
                second,
            } => {
                json!({ "items": items, "contact": contact, "second": second })
            }
            Self::Supplement {
                answers,
                note,
                paper_names,
                ..
            } => json!({ "answers": answers, "note": note, "paper_names": paper_names }),
            Self::ChangeReturnWay { address, .. } if !address.is_empty() => {
                json!({ "address": address })
            }
            Self::Look { text, .. } if !text.is_empty() => json!({ "text": text }),
            Self::ReturnSupplement { text } | Self::AnswerConsult { text, .. } => {
                json!({ "text": text })
            }
            Self::Finish { opinion, .. } if !opinion.is_empty() => json!({ "text": opinion }),
            Self::AskConsult { question, .. } => json!({ "text": question }),
            Self::Deliver { receiver_name, .. } if !receiver_name.is_empty() => {
                json!({ "receiver": receiver_name })
            }
            Self::Return { reason, .. }
            | Self::Continue { reason, .. }
            | Self::UndoIdentification { reason, .. }
            | Self::Withdraw { reason }
            | Self::Apologise { reason, .. }
            | Self::ResetDue { reason, .. } => json!({ "text": reason }),
            _ => return None,
        };
        Some(document)
    }
}

impl Submission {
    fn private(&self) -> Json {
        let mut document = json!({
            "applicant": self.applicant.in_one_form(),
            "filer": self.filer.as_ref().map(|(party, _)| party.in_one_form()),
        });
        // As they are: the macro would make them anew, piece by piece.
        document["answers"] = Json::clone(&self.answers);
        document["paper_names"] = self.paper_names.clone();
        if !self.post_address.is_empty() {
            document["post_address"] = Json::from(self.post_address.as_str());
        }
        document
    }
}

/// Where the post would deliver a result, from the life of its dossier with what was written: as
/// was said last, else where the applicant lives. Nothing when that was erased.
pub fn post_address<'a>(told: impl IntoIterator<Item = (&'a Event, &'a Json)>) -> Option<&'a str> {
    let said = |(event, document): (&Event, &'a Json)| {
        let places = match event {
            Event::Submitted { .. } => ["/post_address", "/applicant/address"],
            Event::ReturnWayChanged { .. } => ["/address"; 2],
            _ => return None,
        };
        let mut texts = places
            .into_iter()
            .filter_map(|at| document.pointer(at)?.as_str());
        texts.find(|text| !text.is_empty())
    };
    told.into_iter().filter_map(said).last()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dossier::{Party, ReturnWay};

    /// As the journal has one.
    fn submitted() -> Event {
        let events: Json =
            serde_json::from_str(include_str!("../tests/events.golden.json")).unwrap();
        kernel::body::read("submitted", &events["submitted"].to_string()).unwrap()
    }

    /// Whatever door it came by.
    #[test]
    fn a_party_is_kept_in_one_form() {
        let typed = Party {
            name: "H’Hen  Mlô".to_owned(),
            personal_id: "066 190 004 399".to_owned(),
            phone: "0905 123 456".to_owned(),
            ..Party::default()
        };
        let kept = typed.in_one_form();
        let told = (
            kept.name.as_str(),
            kept.personal_id.as_str(),
            kept.phone.as_str(),
        );
        assert_eq!(told, ("H'Hen Mlô", "066190004399", "+84905123456"));
        let old = Party {
            personal_id: "hộ chiếu C1234567".to_owned(),
            phone: "không có".to_owned(),
            ..Party::default()
        };
        assert_eq!(old.in_one_form(), old);
    }

    #[test]
    fn the_post_delivers_where_was_said_last() {
        let changed = |return_way| Event::ReturnWayChanged { return_way };
        let [post, electronic] = [ReturnWay::Post, ReturnWay::Electronic].map(changed);
        let [here, there] = ["here", "there"].map(|at| json!({ "address": at }));
        let (submitted, nowhere) = (submitted(), json!({ "address": "" }));
        let living = json!({ "applicant": { "address": "home" } });
        let told = json!({ "applicant": { "address": "home" }, "post_address": "parents" });
        assert_eq!(post_address([(&submitted, &living)]), Some("home"));
        assert_eq!(post_address([(&submitted, &told)]), Some("parents"));
        let moves = [
            (&submitted, &told),
            (&post, &here),
            (&post, &there),
            (&electronic, &nowhere),
        ];
        assert_eq!(post_address(moves), Some("there"));
        assert_eq!(
            post_address([(&submitted, &nowhere), (&Event::Withdrawn, &here)]),
            None
        );
    }
}
