//! A bounded kitchen for passwords: Argon2id costs about 40 ms of a core, so only as many run
//! at once as there are cores, behind everything else that wants the processor; a short queue
//! waits, and the rest are told to come again.
//!
//! It does not know whose password it is, nor what makes a password acceptable.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

use crate::problem::Problem;

/// 19 MiB: OWASP's first choice for Argon2id with two passes.
const MEMORY_KIB: u32 = 19 * 1024;
/// Two passes over that memory.
const PASSES: u32 = 2;
/// One lane: the pool is parallel, a hash is not.
const LANES: u32 = 1;
/// Waiting places for each core: at 40 ms each, nobody waits longer than about two seconds.
const QUEUE_PER_CORE: usize = 50;
/// How far a hash stands behind everything else for the processor (its thread's niceness). As an
/// equal it held each core for milliseconds, and in a storm of sign-ins whoever only wanted a page
/// waited eight times as long as on a quiet day.
const BEHIND: i32 = 10;
/// What stands in for the hash of somebody who has no account: with our own parameters, so that
/// looking takes as long, and of no password (no input is known whose hash is all zeros). Nothing
/// is hashed for it, so a program that has just started holds no 19 MiB.
static NOBODY: LazyLock<String> = LazyLock::new(|| {
    let (salt, hash) = ("A".repeat(22), "A".repeat(43)); // 16 and 32 bytes of zeros
    format!("$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}${salt}${hash}")
});
/// Longer passwords are refused: hashing must not be a way to burn our time.
const PASSWORD_BYTES_MAX: usize = 1024;

/// Why there is no answer about a password. With `?` in a page it becomes 503 or 500.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordTrouble {
    /// The queue is full; try again in a moment.
    Busy,
    /// The stored hash cannot be read, the password is absurdly long, or the machine failed.
    Broken,
}

impl From<PasswordTrouble> for Problem {
    fn from(trouble: PasswordTrouble) -> Problem {
        match trouble {
            PasswordTrouble::Busy => Problem::Busy,
            PasswordTrouble::Broken => Problem::bug("a password could not be hashed or read"),
        }
    }
}

/// The pool. Clones share it.
#[derive(Clone)]
pub struct Passwords {
    seats: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
    waiting_max: usize,
}

impl Passwords {
    /// A pool as wide as the machine has cores.
    pub fn new() -> Passwords {
        let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get());
        Passwords::with_seats(cores, QUEUE_PER_CORE * cores)
    }

    fn with_seats(seats: usize, waiting_max: usize) -> Passwords {
        Passwords {
            seats: Arc::new(Semaphore::new(seats)),
            waiting: Arc::new(AtomicUsize::new(0)),
            waiting_max,
        }
    }

    /// The hash to be stored, with its salt and parameters in PHC form.
    pub async fn hash(&self, password: &str) -> Result<String, PasswordTrouble> {
        let password = password.to_owned();
        self.seated(move || hash_now(&password))
            .await?
            .ok_or(PasswordTrouble::Broken)
    }

    /// Whether `password` belongs to `stored`. Without a stored hash it works as long and says
    /// no: how long an answer takes must not tell which accounts exist.
    pub async fn verify(
        &self,
        password: &str,
        stored: Option<&str>,
    ) -> Result<bool, PasswordTrouble> {
        let known = stored.is_some();
        let stored = stored.unwrap_or(&NOBODY).to_owned();
        let password = password.to_owned();
        let held = self.seated(move || verify_now(&password, &stored)).await?;
        Ok(held.ok_or(PasswordTrouble::Broken)? && known)
    }

    async fn seated<T, F>(&self, work: F) -> Result<T, PasswordTrouble>
    where
        T: Send + 'static,
        F: FnOnce() -> T + Send + 'static,
    {
        let _place = Place::take(&self.waiting, self.waiting_max).ok_or(PasswordTrouble::Busy)?;
        let seat = self.seats.clone().acquire_owned().await;
        let seat = seat.map_err(|_| PasswordTrouble::Broken)?;
        let (give, given) = tokio::sync::oneshot::channel();
        let cook = std::thread::Builder::new().name("password".into());
        let cooking = cook.spawn(move || {
            // Best effort: on another system it only takes turns with the rest as an equal.
            let _ = rustix::process::nice(BEHIND);
            let _ = give.send(work());
            drop(seat);
        });
        cooking.map_err(|_| PasswordTrouble::Broken)?;
        given.await.map_err(|_| PasswordTrouble::Broken)
    }
}

impl Default for Passwords {
    fn default() -> Passwords {
        Passwords::new()
    }
}

/// One place in the queue, given back when dropped (also when the asker goes away).
struct Place<'a>(&'a AtomicUsize);

impl Place<'_> {
    fn take(waiting: &AtomicUsize, max: usize) -> Option<Place<'_>> {
        let before = waiting.fetch_add(1, Ordering::AcqRel);
        let place = Place(waiting);
        (before < max).then_some(place)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

fn kitchen() -> Option<Argon2<'static>> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).ok()?;
    Some(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hash_now(password: &str) -> Option<String> {
    if password.len() > PASSWORD_BYTES_MAX {
        return None;
    }
    let salt = SaltString::encode_b64(&rand::random::<[u8; 16]>()).ok()?;
    let hash = kitchen()?.hash_password(password.as_bytes(), &salt).ok()?;
    Some(hash.to_string())
}

fn verify_now(password: &str, stored: &str) -> Option<bool> {
    if password.len() > PASSWORD_BYTES_MAX {
        return Some(false);
    }
    let stored = PasswordHash::new(stored).ok()?;
    Some(
        kitchen()?
            .verify_password(password.as_bytes(), &stored)
            .is_ok(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn hashes_and_verifies() {
        let pool = Passwords::with_seats(1, 10);
        let stored = pool.hash("đình làng có mái cong").await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert_eq!(
            pool.verify("đình làng có mái cong", Some(&stored)).await,
            Ok(true)
        );
        assert_eq!(pool.verify("another", Some(&stored)).await, Ok(false));
        assert_eq!(pool.verify("another", None).await, Ok(false));
        let of = |hash: &str| {
            hash.split('$')
                .take(4)
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        assert_eq!(of(&NOBODY), of(&stored), "nobody is looked up as slowly");
        assert_eq!(verify_now("", &NOBODY), Some(false));
        assert_eq!(
            pool.verify("x", Some("junk")).await,
            Err(PasswordTrouble::Broken)
        );
        assert_eq!(
            pool.hash(&"x".repeat(2000)).await,
            Err(PasswordTrouble::Broken)
        );
    }

    #[tokio::test]
    async fn a_full_queue_refuses() {
        let pool = Passwords::with_seats(1, 2);
        let three = tokio::join!(pool.hash("a"), pool.hash("b"), pool.hash("c"));
        assert!(three.0.is_ok() && three.1.is_ok());
        assert_eq!(three.2, Err(PasswordTrouble::Busy));
        assert!(pool.hash("d").await.is_ok());
    }
}
