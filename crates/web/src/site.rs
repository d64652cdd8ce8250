//! What is the same for every request of one running program: name, menus, paths, clock.
//!
//! It is handed in by the building when it opens. It knows no page of any room.

use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use kernel::clock::Bound;

use crate::gate::{Answered, Crowd};
use crate::room::Room;
use crate::session::{Kind, Sessions};

/// Everything the web floor must be told once. Build it with `Site::new` and set fields.
pub struct Site {
    /// Names shown in the header and the footer.
    pub brand: Brand,
    /// The menus, one per kind of visitor.
    pub navigation: Navigation,
    /// Where somebody is sent who must sign in first.
    pub sign_in: SignInPaths,
    /// Resolves a session cookie to a person; asked once a request.
    pub sessions: Arc<dyn Sessions>,
    /// The only clock of the web floor.
    pub clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    /// Up to when that clock is believed: beyond it no form is taken.
    pub bound: Bound,
    /// True where people reach the program by https: cookies become `Secure` and `__Host-`.
    pub https: bool,
    /// True behind a proxy of our own: the caller's address is the last one of `X-Forwarded-For`.
    pub behind_proxy: bool,
    /// How much work is let in at once, and how much of one address or account.
    pub crowd: Crowd,
    /// Where uploads wait until a room has taken them; they are removed when dropped.
    pub upload_folder: PathBuf,
    /// Bytes of the largest file that is taken; the building hands in its setting.
    pub upload_max: u64,
    /// How much must stay free on the disks; without it no file is taken.
    pub room: Room,
    /// Told of every answered request, to count it.
    pub answered: fn(Answered),
}

impl Site {
    /// A site over plain http with no menus, keeping uploads of at most one MiB in the system's
    /// temporary folder.
    pub fn new(
        brand: Brand,
        sessions: Arc<dyn Sessions>,
        clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    ) -> Site {
        Site {
            brand,
            navigation: Navigation::default(),
            sign_in: SignInPaths::default(),
            sessions,
            clock,
            bound: Bound::default(),
            https: false,
            behind_proxy: false,
            crowd: Crowd::default(),
            upload_folder: std::env::temp_dir(),
            upload_max: 1024 * 1024,
            room: Room::default(),
            answered: |_| {},
        }
    }
}

/// The names at the head and the foot of every page.
#[derive(Clone, Debug, Default)]
pub struct Brand {
    /// Name of the service.
    pub name: String,
    /// Who runs it.
    pub owner: String,
    /// Telephone number for help; empty hides it.
    pub hotline: String,
    /// A banner above everything, for a demonstration or a trial; empty hides it.
    pub notice: String,
}

/// One entry of a menu.
#[derive(Clone, Debug, Default)]
pub struct NavLink {
    /// Path, absolute on this site.
    pub href: String,
    /// Text.
    pub label: String,
    /// Rights of which one must be held for the entry to be shown: those that its page accepts;
    /// empty shows it to everybody of the kind.
    pub rights: Vec<String>,
}

impl NavLink {
    /// An entry for everybody of its menu.
    pub fn new(href: impl Into<String>, label: impl Into<String>) -> NavLink {
        NavLink {
            href: href.into(),
            label: label.into(),
            rights: Vec::new(),
        }
    }

    /// The same entry, shown only to holders of one of `rights`.
    pub fn only_with(mut self, rights: &[&str]) -> NavLink {
        self.rights = rights.iter().map(|right| (*right).to_owned()).collect();
        self
    }
}

/// The menus, by who is looking.
#[derive(Clone, Debug, Default)]
pub struct Navigation {
    /// For visitors who have not signed in.
    pub public: Vec<NavLink>,
    /// For signed-in citizens and organisations.
    pub citizen: Vec<NavLink>,
    /// For signed-in officers.
    pub officer: Vec<NavLink>,
    /// Links of the footer, for all.
    pub footer: Vec<NavLink>,
}

/// Where to sign in and out.
#[derive(Clone, Debug)]
pub struct SignInPaths {
    /// Sign-in page of citizens.
    pub citizen: String,
    /// Sign-in page of officers.
    pub officer: String,
    /// Where the sign-out form is posted.
    pub sign_out: String,
    /// The signed-in person's own page.
    pub account: String,
    /// Where a citizen arrives who had no page in mind.
    pub citizen_home: String,
    /// Where an officer arrives who had no page in mind.
    pub officer_home: String,
}

impl Default for SignInPaths {
    fn default() -> SignInPaths {
        SignInPaths {
            citizen: "/sign-in".into(),
            officer: "/sign-in/officer".into(),
            sign_out: "/sign-out".into(),
            account: "/account".into(),
            citizen_home: "/".into(),
            officer_home: "/".into(),
        }
    }
}

impl SignInPaths {
    /// Where a kind of person arrives who had no page in mind.
    pub fn home(&self, kind: Kind) -> &str {
        match kind {
            Kind::Citizen => &self.citizen_home,
            Kind::Officer => &self.officer_home,
        }
    }

    /// The sign-in page for a kind of person.
    pub fn of(&self, kind: Kind) -> &str {
        match kind {
            Kind::Citizen => &self.citizen,
            Kind::Officer => &self.officer,
        }
    }
}
