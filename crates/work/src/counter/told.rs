//! What people wrote about a dossier, gathered from the private documents of its entries: who
//! applies and files, the answers as they stand, names of files, the list of the supplement.
//! Does not know: who may read it; the pages ask before they call.

use kernel::{Json, Whole};
use matters::dossier::{Event, Law, Party, SupplementItem, post_address};
use serde::de::DeserializeOwned;

/// The private side of a dossier.
#[derive(Debug, Clone, Default)]
pub(super) struct Told {
    /// Whose affair it is.
    pub applicant: Party,
    /// Who filed for them.
    pub filer: Option<Party>,
    /// The answers as they stand, supplements included.
    pub answers: Json,
    /// File names by digest.
    pub paper_names: Json,
    /// How the identity was checked at submission; empty for online dossiers.
    pub identity_checked: String,
    /// What the supplement was asked for.
    pub items: Vec<SupplementItem>,
    /// What the applicant wrote with the supplement.
    pub note: String,
    /// Where the post would deliver.
    pub post_address: String,
    /// How and by whom the result was taken.
    pub received_by: String,
}

impl Told {
    /// Reads the private documents of a dossier in order.
    pub(super) fn of(whole: &Whole<Law>) -> Self {
        let mut told = Self::default();
        for (event, document) in whole.written() {
            told.add(event, document);
        }
        let address = post_address(whole.written());
        told.post_address = address.unwrap_or_default().to_owned();
        told
    }

    fn add(&mut self, event: &Event, document: &Json) {
        let text = |key: &str| document[key].as_str().unwrap_or_default().to_owned();
        match event {
            Event::Submitted { .. } => {
                self.applicant = part(document, "applicant").unwrap_or_default();
                self.filer = part(document, "filer").flatten();
                self.answers = document["answers"].clone();
                self.paper_names = document["paper_names"].clone();
                let checked = self.paper_names["identity_checked"].as_str();
                self.identity_checked = checked.unwrap_or_default().to_owned();
            }
            Event::SupplementAsked { .. } => {
                self.items = part(document, "items").unwrap_or_default()
            }
            Event::Supplemented { .. } => {
                if !document["answers"].is_null() {
                    self.answers = document["answers"].clone();
                }
                self.note = text("note");
                self.add_names(&document["paper_names"]);
            }
            Event::Delivered { .. } => self.received_by = text("receiver"),
            _ => {}
        }
    }

    fn add_names(&mut self, names: &Json) {
        let Some(names) = names.as_object() else {
            return;
        };
        if !self.paper_names.is_object() {
            self.paper_names = Json::Object(serde_json::Map::new());
        }
        for (digest, name) in names {
            self.paper_names[digest] = name.clone();
        }
    }

    /// What a file was called; a short word for one without a name.
    pub fn file_name(&self, digest: &str) -> String {
        let name = self.paper_names.get(digest).and_then(Json::as_str);
        name.unwrap_or("Xem tệp").to_owned()
    }
}

fn part<T: DeserializeOwned>(document: &Json, key: &str) -> Option<T> {
    serde_json::from_value(document.get(key)?.clone()).ok()
}
