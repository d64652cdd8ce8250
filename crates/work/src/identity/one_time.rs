//! One-time codes as they are printed and typed. Pure.
//! Does not know: whose code it is, how long it holds.
use sha2::{Digest, Sha256};

/// Signs of a code: 80 bits, so nobody guesses one in the days that it holds.
const SIGNS: usize = 16;
/// Signs between two dashes, as people read them out.
const GROUP: usize = 4;
/// Digits and letters that nobody confuses on paper (Crockford's): no I, L, O, U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A fresh code, `7K3F-9QWD-2MXA-R5TB`.
pub fn fresh() -> String {
    let mut code = String::new();
    for (place, byte) in rand::random::<[u8; SIGNS]>().into_iter().enumerate() {
        if place > 0 && place % GROUP == 0 {
            code.push('-');
        }
        code.push(char::from(ALPHABET[usize::from(byte % 32)]));
    }
    code
}

/// What is kept of the code of an account, or nothing if what was typed cannot be one. Case, dashes
/// and blanks do not count; O is zero, I and L are one.
pub fn digest(account: &str, typed: &str) -> Option<String> {
    // Longer texts are no code, and are not walked.
    const TYPED_BYTES_MAX: usize = 80;
    if typed.len() > TYPED_BYTES_MAX {
        return None;
    }
    let signs = typed
        .chars()
        .filter(|sign| !sign.is_whitespace() && !"-–—._".contains(*sign));
    let plain: String = signs
        .map(|sign| match sign.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .collect();
    let fits = plain.bytes().all(|byte| ALPHABET.contains(&byte));
    let whole = fits && plain.len() == SIGNS;
    whole.then(|| web::hex(&Sha256::digest(format!("one-time {account} {plain}"))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_people_copy_it() {
        let code = fresh();
        assert_eq!(code.len(), SIGNS + 3);
        assert_ne!(code, fresh());
        let kept = digest("a", &code).unwrap();
        let copied = code.to_lowercase().replace('-', " ").replace('0', "o");
        assert_eq!(digest("a", &copied.replace('1', "l")), Some(kept.clone()));
        assert_ne!(digest("b", &code), Some(kept));
        for wrong in ["", "123456", "7K3F-9QWD-2MXA-R5T", "7K3F-9QWD-2MXA-R5T!"] {
            assert_eq!(digest("a", wrong), None);
        }
        assert_eq!(digest("a", &"7".repeat(10_000)), None);
    }
}
