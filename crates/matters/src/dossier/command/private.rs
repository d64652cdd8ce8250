//! What people wrote with a command: the part that goes to the vault and never into an event body.
//! Does not know: how the vault keeps it.

use super::{Command, Submission};
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
        json!({
            "applicant": self.applicant,
            "filer": self.filer.as_ref().map(|(party, _)| party),
            "answers": self.answers,
            "paper_names": self.paper_names,
        })
    }
}
