//! A bounded kitchen for passwords: Argon2id costs 10 to 40 ms of a core, so one core is left to
//! everybody else, and on the others hashing stands behind whatever wants the processor; a short
//! queue waits, and the rest are told to come again.
//!
//! It does not know whose password it is, nor what makes a password acceptable.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use argon2::password_hash::{Output, PasswordHash, SaltString};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use tokio::sync::oneshot;

use crate::problem::Problem;

/// 19 MiB: OWASP's first choice for Argon2id with two passes.
const MEMORY_KIB: u32 = 19 * 1024;
/// Two passes over that memory.
const PASSES: u32 = 2;
/// One lane: the pool is parallel, a hash is not.
const LANES: u32 = 1;
/// Places for each seat, the seat counted: at 10 to 40 ms each, nobody waits longer than one to
/// four seconds.
const QUEUE_PER_SEAT: usize = 100;
/// How far a hash stands behind everything else for the processor (its thread's niceness). As an
/// equal it held each core for milliseconds, and in a storm of sign-ins whoever only wanted a page
/// waited eight times as long as on a quiet day.
const BEHIND: i32 = 10;
/// How long a cook waits for the next password before it goes home with its memory. Given back
/// after each hash, 19 MiB were mapped, zeroed page by page and unmapped again under the lock that
/// everybody's memory needs: others waited for that, not for the processor.
const COOK_WAITS: Duration = Duration::from_secs(2);
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
pub struct Passwords(Arc<Kitchen>);

/// What the askers and the cooks share.
struct Kitchen {
    seats: usize,
    inside_max: usize,
    table: Mutex<Table>,
    ordered: Condvar,
}

#[derive(Default)]
struct Table {
    orders: VecDeque<Order>,
    /// Orders that wait or are being cooked.
    inside: usize,
    cooks: usize,
    idle: usize,
}

/// Hashes one password in the cook's memory and tells who asked.
type Order = Box<dyn FnOnce(&mut Vec<Block>) + Send>;

impl Passwords {
    /// A pool that leaves one of the machine's cores to everybody else, if there are two.
    pub fn new() -> Passwords {
        let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get());
        let seats = cores.saturating_sub(1).max(1);
        Passwords::with_seats(seats, QUEUE_PER_SEAT * seats)
    }

    fn with_seats(seats: usize, inside_max: usize) -> Passwords {
        Passwords(Arc::new(Kitchen {
            seats,
            inside_max,
            table: Mutex::default(),
            ordered: Condvar::new(),
        }))
    }

    /// The hash to be stored, with its salt and parameters in PHC form.
    pub async fn hash(&self, password: &str) -> Result<String, PasswordTrouble> {
        let password = password.to_owned();
        self.cooked(move |memory| hash_now(&password, memory))
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
        let check = move |memory: &mut _| verify_now(&password, &stored, memory);
        let held = self.cooked(check).await?;
        Ok(held.ok_or(PasswordTrouble::Broken)? && known)
    }

    async fn cooked<T, F>(&self, work: F) -> Result<T, PasswordTrouble>
    where
        T: Send + 'static,
        F: FnOnce(&mut Vec<Block>) -> T + Send + 'static,
    {
        let (give, given) = oneshot::channel();
        self.order(Box::new(move |memory| {
            if !give.is_closed() {
                let _ = give.send(work(memory));
            }
        }))?;
        given.await.map_err(|_| PasswordTrouble::Broken)
    }

    /// Puts an order on the table, and calls one more cook when those who stand idle are too few.
    fn order(&self, order: Order) -> Result<(), PasswordTrouble> {
        let mut table = self.0.table();
        if table.inside >= self.0.inside_max {
            return Err(PasswordTrouble::Busy);
        }
        if table.idle <= table.orders.len() && table.cooks < self.0.seats {
            let kitchen = self.0.clone();
            let cook = std::thread::Builder::new().name("password".into());
            match cook.spawn(move || kitchen.cook()) {
                Ok(_) => table.cooks += 1,
                Err(_) if table.cooks == 0 => return Err(PasswordTrouble::Broken),
                Err(_) => (), // those who are there will come to it
            }
        }
        table.inside += 1;
        table.orders.push_back(order);
        self.0.ordered.notify_one();
        Ok(())
    }
}

impl Default for Passwords {
    fn default() -> Passwords {
        Passwords::new()
    }
}

impl Kitchen {
    fn table(&self) -> MutexGuard<'_, Table> {
        // Nobody panics with the lock in hand: orders are cooked without it.
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One cook's day: the same memory for password after password.
    fn cook(&self) {
        // Best effort: on another system it only takes turns with the rest as an equal.
        let _ = rustix::process::nice(BEHIND);
        let mut memory = Vec::new();
        while let Some(order) = self.next() {
            // Whoever asked for one that panics sees its sender dropped.
            let _ = catch_unwind(AssertUnwindSafe(|| order(&mut memory)));
            self.table().inside -= 1;
        }
    }

    /// The next order; none after a while without any, and then the cook is no longer counted.
    fn next(&self) -> Option<Order> {
        let mut table = self.table();
        table.idle += 1;
        let waited =
            (self.ordered).wait_timeout_while(table, COOK_WAITS, |table| table.orders.is_empty());
        table = waited.map_or_else(|poisoned| poisoned.into_inner().0, |(table, _)| table);
        table.idle -= 1;
        let order = table.orders.pop_front();
        table.cooks -= usize::from(order.is_none());
        order
    }
}

/// The hash of `password` with these parameters, cooked in `memory`, which grows as it must.
fn hashed(password: &str, salt: &[u8], params: Params, memory: &mut Vec<Block>) -> Option<Output> {
    let length = params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN);
    if memory.len() < params.block_count() {
        memory.resize(params.block_count(), Block::default());
    }
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    Output::init_with(length, |out| {
        let done = argon.hash_password_into_with_memory(password.as_bytes(), salt, out, memory);
        done.map_err(Into::into)
    })
    .ok()
}

fn hash_now(password: &str, memory: &mut Vec<Block>) -> Option<String> {
    if password.len() > PASSWORD_BYTES_MAX {
        return None;
    }
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).ok()?;
    let salt = rand::random::<[u8; 16]>();
    let hash = hashed(password, &salt, params.clone(), memory)?;
    let salt = SaltString::encode_b64(&salt).ok()?;
    let stored = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: (&params).try_into().ok()?,
        salt: Some(salt.as_salt()),
        hash: Some(hash),
    };
    Some(stored.to_string())
}

/// Whether it is the password; none when what is stored is not one of our hashes.
fn verify_now(password: &str, stored: &str, memory: &mut Vec<Block>) -> Option<bool> {
    if password.len() > PASSWORD_BYTES_MAX {
        return Some(false);
    }
    let stored = PasswordHash::new(stored).ok()?;
    let ours = stored.algorithm == Algorithm::Argon2id.ident()
        && stored.version == Some(Version::V0x13.into());
    if !ours {
        return None;
    }
    let mut salt = [0u8; 64];
    let salt = stored.salt?.decode_b64(&mut salt).ok()?;
    let params = Params::try_from(&stored).ok()?;
    // Outputs compare in constant time.
    Some(hashed(password, salt, params, memory)? == stored.hash?)
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
        assert_eq!(verify_now("", &NOBODY, &mut Vec::new()), Some(false));
        assert_eq!(
            pool.verify("x", Some("junk")).await,
            Err(PasswordTrouble::Broken)
        );
        assert_eq!(
            pool.hash(&"x".repeat(2000)).await,
            Err(PasswordTrouble::Broken)
        );
    }

    /// A vector of the reference implementation (P-H-C/phc-winner-argon2, `src/test.c`), cooked in
    /// memory that another password, with other parameters, has left behind.
    #[test]
    fn the_reference_hash_is_verified_in_used_memory() {
        let reference = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$\
                         CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
        let mut memory = Vec::new();
        let ours = hash_now("password", &mut memory).unwrap();
        assert_eq!(verify_now("password", reference, &mut memory), Some(true));
        assert_eq!(verify_now("passwort", reference, &mut memory), Some(false));
        assert_eq!(verify_now("password", &ours, &mut memory), Some(true));
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
