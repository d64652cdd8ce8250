//! What a supplement request asks for, read from the entries: the list, the office's last word, the
//! answers.
//! Does not know: drafts, pages.
use jiff::Timestamp;
use kernel::{Json, Trouble};
use matters::Ground;
use matters::dossier::{Dossier, Event, SupplementItem};

/// The open request of a dossier.
#[derive(Debug, Clone, Default)]
pub(super) struct Asked {
    /// The complete list.
    pub(super) items: Vec<SupplementItem>,
    /// Whom to ask.
    pub(super) contact: String,
    /// Why what came before was given back; empty when nothing was.
    pub(super) returned: String,
    /// The dossier is closed then.
    pub(super) close_at: Option<Timestamp>,
    /// Something came and waits for the office.
    pub(super) waits: bool,
    /// The answers as they stand.
    pub(super) answers: Json,
}

/// Reads the request from the entries of the dossier `id`.
pub(super) async fn asked(ground: &Ground, id: &str, dossier: &Dossier) -> Result<Asked, Trouble> {
    let mut asked = Asked {
        close_at: dossier.supplement.as_ref().map(|open| open.close_at),
        waits: dossier
            .supplement
            .as_ref()
            .is_some_and(|open| open.received_at.is_some()),
        ..Asked::default()
    };
    let whole = ground.journal.whole(&*ground.law, id).await?;
    for entry in &whole.entries {
        let wanted = matches!(
            entry.event,
            Event::Submitted { .. }
                | Event::SupplementAsked { .. }
                | Event::Supplemented { .. }
                | Event::SupplementReturned { .. }
        );
        if let Some(digest) = entry.private.as_ref().filter(|_| wanted) {
            // What was erased is empty: an older list is not the one that was asked for.
            let document = whole.private.get(digest).unwrap_or(&Json::Null);
            take(&mut asked, &entry.event, document);
        }
    }
    Ok(asked)
}

fn take(asked: &mut Asked, event: &Event, document: &Json) {
    let text = |key: &str| {
        document
            .get(key)
            .and_then(Json::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let answers = document
        .get("answers")
        .filter(|answers| answers.is_object());
    match event {
        Event::SupplementAsked { .. } => {
            let items = document.get("items").cloned().unwrap_or_default();
            asked.items = serde_json::from_value(items).unwrap_or_default();
            asked.contact = text("contact");
            asked.returned = String::new();
        }
        Event::SupplementReturned { .. } => asked.returned = text("text"),
        _ => {
            if let Some(answers) = answers {
                asked.answers = answers.clone();
            }
        }
    }
}
