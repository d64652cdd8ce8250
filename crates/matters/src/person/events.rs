//! What can have happened to what the office knows of a person: ids, papers and names of fields.
//! What they are called, before and after, stands in the private document of the same entry.
//! Does not know: what may happen (`rules.rs`).
use facts::people::Difference;
use serde::{Deserialize, Serialize};

/// The paper that the officer had in hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Seen {
    /// Thẻ căn cước.
    Card,
    /// Căn cước điện tử, VNeID mức 2.
    Vneid,
    /// Hộ chiếu, or another paper with a picture.
    Passport,
    /// Giấy đăng ký of an organisation, shown by whoever may act for it.
    Registration,
}

impl Seen {
    /// All, in the order in which a page offers them.
    pub const ALL: [Seen; 4] = [Seen::Card, Seen::Vneid, Seen::Passport, Seen::Registration];

    /// Name in forms and in the journal.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Seen::Card => "card",
            Seen::Vneid => "vneid",
            Seen::Passport => "passport",
            Seen::Registration => "registration",
        }
    }

    /// The paper of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Seen> {
        Seen::ALL.into_iter().find(|seen| seen.name() == name)
    }
}

/// One fact about a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Event {
    /// Xác nhận tài khoản: the account of this stream is the person on file. Private: what both
    /// said.
    Confirmed {
        /// Id of the person on file.
        person: String,
        /// The paper.
        seen: Seen,
    },
    /// Bỏ xác nhận: it is not. Private: the reason.
    ConfirmationUndone {
        /// Id of the person on file.
        person: String,
    },
    /// Sửa thông tin. Private: before, after, the reason.
    Corrected {
        /// What was changed.
        fields: Vec<Difference>,
        /// The paper.
        seen: Seen,
    },
}

impl Event {
    /// Name of the kind, as stored.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Confirmed { .. } => "confirmed",
            Self::ConfirmationUndone { .. } => "confirmation_undone",
            Self::Corrected { .. } => "corrected",
        }
    }
}

/// What is true of a person's stream.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct State {
    /// The person on file whom the office confirmed this account to be.
    pub confirmed_as: Option<String>,
}

impl State {
    /// The state after an event.
    #[must_use]
    pub fn after(mut self, event: &Event) -> Self {
        match event {
            Event::Confirmed { person, .. } => self.confirmed_as = Some(person.clone()),
            Event::ConfirmationUndone { .. } => self.confirmed_as = None,
            Event::Corrected { .. } => {}
        }
        self
    }
}
