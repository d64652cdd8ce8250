//! Thư báo: the same notices by e-mail, to the address that was given with the dossier, at each
//! change and moments after it (NĐ 224/2026/NĐ-CP Đ15.1.g: which agency, who, when). Whoever gets
//! them chooses on a page of the mail itself: each at once, one mail a morning, or none; and in
//! which language.
//!
//! An address is known by its digest only; the address itself stands in the dossier's private
//! document and, until it is carried, in the outbox.
//! Does not know: how mail is carried (`courier`), who signs in.
mod choice;
mod compose;
mod pages;
mod reaction;
mod views;

use std::sync::Arc;

use jiff::Timestamp;
use kernel::{Database, Trouble};
use matters::Ground;

pub use choice::{Choice, Pace};
pub use pages::routes;
pub use reaction::reader;
pub use views::{MIGRATIONS, choice_of};

/// The lane of the outbox.
pub const LANE: &str = "mail";

/// What the rooms of mail share. Cheap to clone.
#[derive(Clone)]
pub struct Letterbox {
    ground: Ground,
    /// Makes the links of mails: who has none of ours cannot make another's.
    secret: Arc<[u8]>,
    /// The time of day, handed in by the building.
    clock: fn() -> Timestamp,
}

impl Letterbox {
    /// Over this ground; the secret is made at the first start and kept.
    ///
    /// # Errors
    /// [`Trouble`] of the database.
    pub async fn open(ground: Ground, clock: fn() -> Timestamp) -> Result<Self, Trouble> {
        let secret = views::secret(ground.db()).await?;
        Ok(Self {
            ground,
            secret: secret.into_bytes().into(),
            clock,
        })
    }

    /// The page of choices of an address.
    #[must_use]
    pub fn link(&self, address: &str) -> String {
        let token = choice::token(&self.secret, &choice::digest(address));
        format!("{}/mail/{token}", self.ground.public_url)
    }

    fn db(&self) -> &Database {
        self.ground.db()
    }
}
