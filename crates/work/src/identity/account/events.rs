//! What can have happened to an account, and what that makes true. Ids, moments and digests only:
//! a login that is a personal number, a password or a code never stands here.
//! Does not know: what is allowed (`rules.rs`), how somebody proves who they are.
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use web::Kind;

/// One fact about an account. Only ever added to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// Made.
    Opened {
        /// Whose door it opens.
        door: Door,
        /// Id of the person or of the officer.
        subject: String,
        /// How it came about.
        way: Way,
    },
    /// Nobody enters by it any more; its sessions ended.
    Closed {
        /// Why.
        reason: CloseReason,
    },
    /// Open again.
    Reopened {},
    /// A one-time code was printed; the one before it does not hold any more.
    CodePrinted {
        /// What may be set anew with it.
        resets: Resets,
        /// Digest of the code.
        digest: String,
        /// Until when it holds.
        until: Timestamp,
        /// What the officer looked at before.
        seen: Vec<Seen>,
    },
    /// The code was used.
    CodeUsed {},
    /// The password is another; all sessions before ended.
    PasswordSet {},
    /// A device for the second step was enrolled; the one before it does not count any more.
    DeviceSet {},
    /// There is no second step any more.
    DeviceRemoved {},
    /// So many wrong tries came from browsers that were never in that such browsers must wait.
    StrangersStopped {
        /// Until when.
        until: Timestamp,
    },
}

impl Event {
    /// All kinds, as stored.
    pub const KINDS: [&'static str; 9] = [
        "opened",
        "closed",
        "reopened",
        "code_printed",
        "code_used",
        "password_set",
        "device_set",
        "device_removed",
        "strangers_stopped",
    ];

    /// Name of the kind, as stored.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Opened { .. } => "opened",
            Self::Closed { .. } => "closed",
            Self::Reopened {} => "reopened",
            Self::CodePrinted { .. } => "code_printed",
            Self::CodeUsed {} => "code_used",
            Self::PasswordSet {} => "password_set",
            Self::DeviceSet {} => "device_set",
            Self::DeviceRemoved {} => "device_removed",
            Self::StrangersStopped { .. } => "strangers_stopped",
        }
    }
}

/// The door of an account, as stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Door {
    /// People and organisations.
    Citizen,
    /// Officers.
    Officer,
}

impl From<Kind> for Door {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Citizen => Self::Citizen,
            Kind::Officer => Self::Officer,
        }
    }
}

/// How an account came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// Its holder made it, over the net; nobody looked at a card.
    Registered,
    /// An officer of a counter made it after looking at the card.
    Counter,
    /// Who administers the agency made it.
    Office,
    /// Whoever runs the program made it, on its command line.
    CommandLine,
}

/// Why an account was closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CloseReason {
    /// Its holder left or works elsewhere.
    Left,
    /// Somebody else may be using it.
    Misused,
    /// It should not have been made.
    Mistake,
    /// An officer of a counter saw the card of whoever has its number: it is not theirs, or they
    /// want it gone.
    NotTheirs,
}

impl CloseReason {
    /// Those of officers, in the order of the form.
    pub const ALL: [Self; 3] = [Self::Left, Self::Misused, Self::Mistake];

    /// The word in forms and on the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Misused => "misused",
            Self::Mistake => "mistake",
            Self::NotTheirs => "not_theirs",
        }
    }

    /// The reason of this word.
    #[must_use]
    pub fn read(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == word)
    }
}

/// What may be set anew with a one-time code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Resets {
    /// The password; a second step stays and is asked for.
    Password,
    /// The second step; the present password is asked for.
    Device,
    /// Both.
    Both,
}

impl Resets {
    /// All, in the order of the form.
    pub const ALL: [Self; 3] = [Self::Password, Self::Device, Self::Both];

    /// The word in forms and on the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Device => "device",
            Self::Both => "both",
        }
    }

    /// The choice of this word.
    #[must_use]
    pub fn read(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == word)
    }

    /// Whether the password is set anew.
    #[must_use]
    pub fn password(self) -> bool {
        self != Self::Device
    }

    /// Whether the second step is.
    #[must_use]
    pub fn device(self) -> bool {
        self != Self::Password
    }
}

/// What an officer looked at before a code was printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Seen {
    /// Thẻ căn cước: the card itself, whose number is that of the account.
    Card,
    /// The face is that of the picture on the card.
    Face,
    /// Name and date of birth are those on file.
    Names,
    /// Giấy đăng ký and the paper by which this person acts for the organisation.
    Authority,
}

impl Seen {
    /// The word in forms.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Face => "face",
            Self::Names => "names",
            Self::Authority => "authority",
        }
    }
}

/// A one-time code that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Printed {
    /// What may be set anew with it.
    pub resets: Resets,
    /// Digest of the code.
    pub digest: String,
    /// Until when it holds.
    pub until: Timestamp,
}

/// An account as far as its entries tell. One that was made before accounts were journaled has no
/// first entry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct State {
    /// How it came about, and whose it is.
    pub opened: Option<(Door, String, Way)>,
    /// Nobody may enter by it.
    pub closed: bool,
    /// The code that was printed last, unless it was used or does not count any more.
    pub printed: Option<Printed>,
}

impl State {
    /// The state after an event.
    #[must_use]
    pub fn after(mut self, event: &Event) -> Self {
        match event {
            Event::Opened { door, subject, way } => {
                self.opened = Some((*door, subject.clone(), *way));
            }
            Event::Closed { .. } => {
                self.closed = true;
                self.printed = None;
            }
            Event::Reopened {} => self.closed = false,
            Event::CodePrinted {
                resets,
                digest,
                until,
                ..
            } => {
                self.printed = Some(Printed {
                    resets: *resets,
                    digest: digest.clone(),
                    until: *until,
                });
            }
            // Whoever knows the password again needs no code that somebody else may find.
            Event::CodeUsed {} | Event::PasswordSet {} => self.printed = None,
            Event::DeviceSet {} | Event::DeviceRemoved {} | Event::StrangersStopped { .. } => {}
        }
        self
    }
}
