//! The second step: codes of a telephone (TOTP, RFC 6238) and recovery codes on paper. Pure.
//! Does not know: whose codes they are.
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use totp_rs::{Algorithm, Secret, TOTP};

/// Seconds that one code holds; every app assumes it.
const STEP_SECONDS: u64 = 30;
/// Digits of a code; every app assumes it.
const DIGITS: usize = 6;
/// Codes of so many steps before and after now are taken: clocks of telephones differ.
const SKEW_STEPS: i64 = 1;
/// Bytes of a secret: what RFC 4226 recommends.
const SECRET_BYTES: usize = 20;
/// Recovery codes on one sheet.
pub const RECOVERY_CODES: usize = 8;
/// Signs of a recovery code: 60 bits.
const RECOVERY_SIGNS: usize = 12;
/// Letters and digits that nobody confuses on paper: 32 of them.
const RECOVERY_ALPHABET: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz23456789+";

/// A fresh secret for a device.
pub fn new_secret() -> Vec<u8> {
    rand::random::<[u8; SECRET_BYTES]>().to_vec()
}

/// The secret as an app takes it by hand, in groups of four.
pub fn secret_in_groups(secret: &[u8]) -> String {
    let text = in_base32(secret);
    let groups: Vec<&str> = text
        .as_bytes()
        .chunks(4)
        .map(|four| std::str::from_utf8(four).unwrap_or(""))
        .collect();
    groups.join(" ")
}

/// The address that an app reads from the QR code.
pub fn enrolment_address(secret: &[u8], service: &str, login: &str) -> String {
    let service = web::percent_encode(service);
    let login = web::percent_encode(login);
    let secret = in_base32(secret);
    format!("otpauth://totp/{service}:{login}?secret={secret}&issuer={service}")
}

fn in_base32(secret: &[u8]) -> String {
    Secret::Raw(secret.to_vec()).to_encoded().to_string()
}

/// The time step whose code this is, if it is one of those around now.
pub fn matching_step(secret: &[u8], code: &str, now: Timestamp) -> Option<i64> {
    let digits: String = code.chars().filter(|sign| !sign.is_whitespace()).collect();
    let current = now.as_second().div_euclid(STEP_SECONDS as i64);
    (current - SKEW_STEPS..=current + SKEW_STEPS).find(|step| {
        let at = u64::try_from(step * STEP_SECONDS as i64).unwrap_or(0);
        generator(secret).is_some_and(|totp| totp.check(&digits, at))
    })
}

/// No skew of its own: the steps are walked here, so that a used one is known.
fn generator(secret: &[u8]) -> Option<TOTP> {
    TOTP::new(Algorithm::SHA1, DIGITS, 0, STEP_SECONDS, secret.to_vec()).ok()
}

/// A fresh sheet of recovery codes, `abcd-efgh-jkmn`.
pub fn new_recovery_codes() -> Vec<String> {
    (0..RECOVERY_CODES).map(|_| new_recovery_code()).collect()
}

fn new_recovery_code() -> String {
    let random: [u8; RECOVERY_SIGNS] = rand::random();
    let mut code = String::with_capacity(RECOVERY_SIGNS + 2);
    for (place, byte) in random.iter().enumerate() {
        if place > 0 && place % 4 == 0 {
            code.push('-');
        }
        code.push(RECOVERY_ALPHABET[usize::from(byte % 32)] as char);
    }
    code
}

/// What is kept of a recovery code, or nothing if the text cannot be one.
pub fn recovery_hash(account: &str, code: &str) -> Option<String> {
    let plain = code.to_lowercase();
    let plain: String = plain
        .chars()
        .filter(|sign| !sign.is_whitespace() && *sign != '-')
        .collect();
    let fits = plain.bytes().all(|byte| RECOVERY_ALPHABET.contains(&byte));
    let whole = fits && plain.len() == RECOVERY_SIGNS;
    whole.then(|| web::hex(&Sha256::digest(format!("{account} {plain}"))))
}

/// The code of a device at a moment, for tests of other rooms and for demonstrations.
pub fn code_at(secret: &[u8], now: Timestamp) -> Option<String> {
    let at = u64::try_from(now.as_second()).ok()?;
    Some(generator(secret)?.generate(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn the_codes_are_those_of_the_standard() {
        // RFC 6238, appendix B, SHA-1, the last six digits.
        let secret = b"12345678901234567890";
        for (second, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (2_000_000_000, "279037"),
        ] {
            assert_eq!(code_at(secret, at(second)).as_deref(), Some(code));
            assert_eq!(matching_step(secret, code, at(second)), Some(second / 30));
            assert_eq!(
                matching_step(secret, code, at(second + 30)),
                Some(second / 30)
            );
            assert_eq!(matching_step(secret, code, at(second + 90)), None);
        }
        assert_eq!(matching_step(secret, "287 082", at(59)), Some(1));
        assert_eq!(matching_step(secret, "", at(59)), None);
    }

    #[test]
    fn an_app_gets_what_it_expects() {
        let secret = b"12345678901234567890";
        let address = enrolment_address(secret, "Đình", "hoa.tt");
        assert_eq!(
            address,
            "otpauth://totp/%C4%90%C3%ACnh:hoa.tt?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
             &issuer=%C4%90%C3%ACnh"
        );
        assert!(secret_in_groups(secret).starts_with("GEZD GNBV "));
    }

    #[test]
    fn recovery_codes_are_read_as_people_copy_them() {
        let codes = new_recovery_codes();
        assert_eq!(codes.len(), RECOVERY_CODES);
        let hash = recovery_hash("a", &codes[0]).unwrap();
        let copied = codes[0].to_uppercase().replace('-', " ");
        assert_eq!(recovery_hash("a", &copied), Some(hash.clone()));
        assert_ne!(recovery_hash("b", &codes[0]), Some(hash));
        assert_eq!(recovery_hash("a", "123456"), None);
    }
}
