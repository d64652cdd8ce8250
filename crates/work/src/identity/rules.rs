//! What is allowed at the door: lifetimes, tries, passwords, logins. Pure.
//! Does not know: the database, the clock, HTTP.
use facts::people::{PersonalId, TaxCode};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};
use web::Kind;

use super::views::Session;

/// An officer's screen locks after this much rest (TCVN 14423:2026: 15 minutes at most).
pub const OFFICER_IDLE: SignedDuration = SignedDuration::from_mins(15);
/// A citizen fills long forms and looks for papers meanwhile.
pub const CITIZEN_IDLE: SignedDuration = SignedDuration::from_mins(60);
/// Nobody stays longer without proving again who they are: one long working day.
pub const SESSION_LIFE: SignedDuration = SignedDuration::from_hours(12);
/// How long a browser keeps the secret of its session: after the session's end it opens nothing,
/// but tells whose text came too late, and at which door that person signs in.
pub const COOKIE_LIFE: SignedDuration = SignedDuration::from_hours(24);
/// A session's last use is noted at most so often: a page is not worth a write each.
const SEEN_EVERY: SignedDuration = SignedDuration::from_secs(60);
/// Between the password and the code: time to find the telephone.
pub const STEP_LIFE: SignedDuration = SignedDuration::from_mins(10);

/// Wrong tries of one account in a window (TCVN 14423:2026: 5 at most), from one address, or by
/// one browser that was in before.
pub const ACCOUNT_TRIES_MAX: i64 = 5;
/// Wrong tries of one account in a window by browsers that were never in, from all addresses: who
/// has many addresses guesses ten times as much as who has one, and no more. Beyond it such
/// browsers wait; those that were in before go on.
pub const STRANGERS_TRIES_MAX: i64 = 50;
/// Numbers that an officer looks up at a counter in a window, three for each code with its letter:
/// nobody copies the register of people so.
pub const CARD_LOOKS_MAX: i64 = 40;
/// One-time codes that an officer prints at a counter in a window: a card check takes minutes.
pub const CARD_CODES_MAX: i64 = 10;
/// How long a browser is remembered that was in: who comes once for each affair is known again
/// after half a year.
pub const BROWSER_LIFE: SignedDuration = SignedDuration::from_hours(24 * 180);
/// Browsers remembered for one account, and accounts for one browser: a household, a counter with
/// its shifts. The longest unused goes.
pub const BROWSERS_MAX: i64 = 20;
/// Tries from one address in a window: a whole office may stand behind one.
pub const ADDRESS_TRIES_MAX: i64 = 100;
/// New accounts from one address in a window.
pub const REGISTRATIONS_MAX: i64 = 20;
/// The window in which tries are counted, and so the longest wait.
pub const TRIES_WINDOW: SignedDuration = SignedDuration::from_mins(15);

/// Shortest password with a second step (TCVN 14423:2026).
pub const PASSWORD_CHARS_MIN_WITH_STEP: usize = 8;
/// Shortest password that stands alone (TCVN 14423:2026).
pub const PASSWORD_CHARS_MIN_ALONE: usize = 14;
/// Longest: hashing must not be a way to burn our time.
pub const PASSWORD_CHARS_MAX: usize = 128;

/// Why somebody does not get in or an account is not made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// No such account, or the password or code is not the one: deliberately not said which.
    NotRecognised,
    /// The code of the present device is not the one.
    DeviceNotProved,
    /// Too many tries; again in so many seconds.
    TooManyTries {
        /// Until the window ends.
        seconds: u64,
    },
    /// The step between password and code is unknown or too old.
    StepOver,
    /// The number has an account already or belongs to somebody described otherwise:
    /// deliberately not said which.
    NumberNotFree,
    /// The one-time code is not the one, was used, or is too old: deliberately not said which.
    CodeNotRecognised,
    /// The form was sent before: the code of the first answer holds.
    PrintedBefore,
    /// The officer has an account already.
    OfficerHasAccount,
    /// Not a login: 3 to 64 of a-z, 0-9, dots and hyphens, and no personal number.
    LoginUnfit,
    /// Not all of the card was looked at.
    CardUnseen,
    /// The account is closed.
    AccountClosed,
    /// The account is open already.
    AccountOpen,
    /// The password is not good enough.
    Password(PasswordFault),
}

/// What is wrong with a new password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordFault {
    /// Fewer characters than the rule asks for.
    TooShort {
        /// What it asks for.
        chars_min: usize,
    },
    /// More than [`PASSWORD_CHARS_MAX`].
    TooLong,
    /// One of the first that anybody would try: the login in it, or few different characters.
    Guessable,
}

/// Whether a session can still be used: not ended, not rested too long, not too old. One that was
/// last used long after now was so by a clock that was wrong; it would otherwise never rest.
pub fn is_alive(session: &Session, now: Timestamp) -> bool {
    let idle_max = match session.door {
        Kind::Officer => OFFICER_IDLE,
        Kind::Citizen => CITIZEN_IDLE,
    };
    let rested = now.duration_since(session.seen_at);
    let age = now.duration_since(session.created_at);
    session.ended_at.is_none() && rested.abs() <= idle_max && age <= SESSION_LIFE
}

/// Whether a last use is old enough to be noted again.
pub fn is_worth_noting(seen_at: Timestamp, now: Timestamp) -> bool {
    now.duration_since(seen_at) >= SEEN_EVERY
}

/// How long a password must be, with or without a second step beside it.
pub fn password_chars_min(with_step: bool) -> usize {
    if with_step {
        PASSWORD_CHARS_MIN_WITH_STEP
    } else {
        PASSWORD_CHARS_MIN_ALONE
    }
}

/// The rule for a new password.
pub fn check_password(password: &str, login: &str, chars_min: usize) -> Result<(), PasswordFault> {
    let chars = password.chars().count();
    if chars < chars_min {
        return Err(PasswordFault::TooShort { chars_min });
    }
    if chars > PASSWORD_CHARS_MAX {
        return Err(PasswordFault::TooLong);
    }
    /// `aaaaaaaaaaaaaa` and `12121212121212` are no passwords.
    const DIFFERENT_MIN: usize = 5;
    let mut different: Vec<char> = password.to_lowercase().chars().collect();
    different.sort_unstable();
    different.dedup();
    let runs = is_a_run(password);
    let names_login = !login.is_empty() && password.to_lowercase().contains(&login.to_lowercase());
    if different.len() < DIFFERENT_MIN || runs || names_login {
        return Err(PasswordFault::Guessable);
    }
    Ok(())
}

/// `12345678`, `abcdefgh`: nearly every sign follows the one before.
fn is_a_run(password: &str) -> bool {
    let signs: Vec<u32> = password.chars().map(u32::from).collect();
    let steps = signs
        .windows(2)
        .filter(|two| two[1].abs_diff(two[0]) <= 1)
        .count();
    steps * 4 >= signs.len().saturating_sub(1) * 3
}

/// A citizen's login as kept: the personal number or the tax code, however it was grouped.
pub fn citizen_login(text: &str) -> Option<String> {
    if let Ok(number) = text.parse::<PersonalId>() {
        return Some(number.as_str().to_owned());
    }
    text.parse::<TaxCode>()
        .ok()
        .map(|code| code.as_str().to_owned())
}

/// An officer's login as kept: case does not count.
pub fn officer_login(text: &str) -> String {
    text.trim().to_lowercase()
}

/// A new officer's login as kept, if it is one: nothing that could be a citizen's.
pub fn new_officer_login(text: &str) -> Option<String> {
    const CHARS: std::ops::RangeInclusive<usize> = 3..=64;
    let login = officer_login(text);
    let plain =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-".contains(&byte);
    let fits = CHARS.contains(&login.len()) && login.bytes().all(plain);
    (fits && citizen_login(&login).is_none()).then_some(login)
}

/// The word for a door in the database.
pub fn door_word(door: Kind) -> &'static str {
    match door {
        Kind::Citizen => "citizen",
        Kind::Officer => "officer",
    }
}

/// What is kept of a secret with 128 bits or more: it cannot be turned back.
pub fn secret_hash(secret: &str) -> String {
    web::hex(&Sha256::digest(secret.as_bytes()))
}

/// How many seconds until a window that began at `since` is over.
pub fn seconds_left(since: Timestamp, now: Timestamp) -> u64 {
    let left = TRIES_WINDOW - now.duration_since(since);
    u64::try_from(left.as_secs()).unwrap_or(0).max(1)
}

/// The browser and the device, as a person would name them, from what the browser says.
pub fn device_name(user_agent: &str) -> String {
    let first_of = |names: &[(&str, &'static str)]| {
        let found = names.iter().find(|(mark, _)| user_agent.contains(mark));
        found.map_or("", |(_, name)| *name)
    };
    let browser = first_of(&[
        ("Zalo", "Zalo"),
        ("coc_coc", "Cốc Cốc"),
        ("Edg", "Edge"),
        ("OPR", "Opera"),
        ("SamsungBrowser", "Samsung Internet"),
        ("Firefox", "Firefox"),
        ("Chrome", "Chrome"),
        ("Safari", "Safari"),
    ]);
    let system = first_of(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        ("", "") => String::new(),
        (one, "") | ("", one) => one.to_owned(),
        (browser, system) => format!("{browser} · {system}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(door: Kind, seen_min: i64, created_min: i64) -> Session {
        let at = |minute: i64| Timestamp::from_second(minute * 60).unwrap();
        Session {
            id: "s".into(),
            account: "a".into(),
            door,
            subject: "p".into(),
            display_name: "An".into(),
            standing: String::new(),
            address: String::new(),
            device: String::new(),
            created_at: at(created_min),
            seen_at: at(seen_min),
            ended_at: None,
        }
    }

    #[test]
    fn sessions_end_by_rest_and_by_age() {
        let now = Timestamp::from_second(1_000 * 60).unwrap();
        assert!(is_alive(&session(Kind::Officer, 985, 900), now));
        assert!(!is_alive(&session(Kind::Officer, 984, 900), now));
        assert!(is_alive(&session(Kind::Citizen, 940, 900), now));
        assert!(!is_alive(&session(Kind::Citizen, 939, 900), now));
        assert!(!is_alive(&session(Kind::Citizen, 1_000, 279), now));
        // Last used tomorrow, by the clock of that moment.
        assert!(!is_alive(&session(Kind::Citizen, 2_440, 2_440), now));
        let ended = Session {
            ended_at: Some(now),
            ..session(Kind::Citizen, 999, 999)
        };
        assert!(!is_alive(&ended, now));
    }

    #[test]
    fn passwords_anybody_would_try_are_refused() {
        let check = |text: &str| check_password(text, "001090000123", 8);
        assert_eq!(check("mái đình cong"), Ok(()));
        assert_eq!(check("ngắn"), Err(PasswordFault::TooShort { chars_min: 8 }));
        for bad in [
            "aaaaaaaaaaaa",
            "121212121212",
            "123456789",
            "abcdefghij",
            "x001090000123y",
        ] {
            assert_eq!(check(bad), Err(PasswordFault::Guessable), "{bad}");
        }
        assert_eq!(check(&"ab cd ef".repeat(30)), Err(PasswordFault::TooLong));
    }

    #[test]
    fn logins_are_read_as_people_write_them() {
        assert_eq!(
            citizen_login("066 090 000 123").as_deref(),
            Some("066090000123")
        );
        assert_eq!(citizen_login("6000123456").as_deref(), Some("6000123456"));
        assert_eq!(citizen_login("an"), None);
        assert_eq!(officer_login(" Hoa.TT "), "hoa.tt");
        assert_eq!(new_officer_login(" Hoa.TT ").as_deref(), Some("hoa.tt"));
        for unfit in ["", "ab", "hoa tt", "hoà.tt", "066090000123", "6000123456"] {
            assert_eq!(new_officer_login(unfit), None, "{unfit}");
        }
    }

    #[test]
    fn devices_have_names() {
        let phone = "Mozilla/5.0 (Linux; Android 13) AppleWebKit Chrome/120 Mobile Safari";
        assert_eq!(device_name(phone), "Chrome · Android");
        assert_eq!(device_name("curl/8"), "");
    }
}
