//! What whoever gets mail has chosen, and the token that opens their page. Pure.
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};

/// How often.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Pace {
    /// At each change.
    #[default]
    Each,
    /// One mail a morning with all of the day before.
    Daily,
    /// None.
    Never,
}

impl Pace {
    /// All, in the order of the page.
    pub const ALL: [Self; 3] = [Self::Each, Self::Daily, Self::Never];

    /// As stored and in the form.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Each => "each",
            Self::Daily => "daily",
            Self::Never => "never",
        }
    }

    /// From what is stored or was sent.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|pace| pace.as_str() == word)
    }
}

/// What was chosen for one address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// How often.
    pub pace: Pace,
    /// `vi` or `en`.
    pub language: String,
}

impl Default for Choice {
    fn default() -> Self {
        Self {
            pace: Pace::default(),
            language: "vi".into(),
        }
    }
}

/// Hexadecimal digits of each half of a token: 128 bits of the address's digest, 128 of the proof.
const HALF: usize = 32;

/// The name of an address in our tables. Capitals do not count: mail servers do not look at them.
pub(super) fn digest(address: &str) -> String {
    let lower = address.trim().to_lowercase();
    let mut digest = web::hex(&Sha256::digest(lower.as_bytes()));
    digest.truncate(HALF);
    digest
}

/// The token of an address, for its link.
pub(super) fn token(secret: &[u8], digest: &str) -> String {
    let mut proof = web::hex(&proof(secret, digest).finalize().into_bytes());
    proof.truncate(HALF);
    format!("{digest}{proof}")
}

/// The digest of the address whose token this is; `None` for one that we did not make.
pub(super) fn opened(secret: &[u8], token: &str) -> Option<String> {
    let (digest, given) = token.split_at_checked(HALF)?;
    let given: Option<Vec<u8>> = (0..given.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(given.get(at..at + 2)?, 16).ok())
        .collect();
    let given = given.filter(|given| given.len() == HALF / 2)?;
    // In constant time.
    proof(secret, digest).verify_truncated_left(&given).ok()?;
    Some(digest.to_owned())
}

fn proof(secret: &[u8], digest: &str) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("any length will do");
    mac.update(b"mail/");
    mac.update(digest.as_bytes());
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_opens_the_page_of_its_address_and_no_other() {
        let an = digest("an@example.vn");
        assert_eq!(an, digest(" An@Example.vn"));
        let link = token(b"secret", &an);
        assert_eq!(opened(b"secret", &link), Some(an.clone()));
        assert_eq!(opened(b"other", &link), None);
        let binh = digest("binh@example.vn");
        let mixed = format!("{binh}{}", &link[HALF..]);
        for wrong in [&mixed, &link[..63], &an, "", "ồ", &"z".repeat(64)] {
            assert_eq!(opened(b"secret", wrong), None, "{wrong}");
        }
        assert_eq!(opened(b"secret", &format!("{link}00")), None);
    }

    #[test]
    fn every_pace_is_read_as_it_is_written() {
        for pace in Pace::ALL {
            assert_eq!(Pace::of(pace.as_str()), Some(pace));
        }
        assert_eq!(Pace::of("hourly"), None);
    }
}
