//! One page asked again and again by many people who have signed in: what a list, a search or a
//! page costs by itself. Does not know: what stands on it.
use std::sync::Arc;
use std::time::Instant;

use super::browser::Browser;
use super::cast::{Cast, Stage};
use super::tally::Tally;

/// Who asks: a right that an officer holds, a citizen, or somebody who has not signed in.
pub const CITIZEN: &str = "citizen";
/// See [`CITIZEN`].
pub const NOBODY: &str = "nobody";

/// One who asks.
pub struct Asker {
    /// Signed in, or not.
    pub browser: Browser,
    /// Path and query; `{n}` counts up.
    pub address: String,
    /// When to stop.
    pub until: Instant,
    /// Where counting begins.
    pub first: usize,
}

impl Asker {
    /// Asks until the time is over. Returns the times and the number of good answers.
    pub async fn play(mut self) -> (Tally, u64) {
        let (mut tally, mut good) = (Tally::default(), 0);
        let mut number = self.first;
        while Instant::now() < self.until {
            let address = self.address.replace("{n}", &number.to_string());
            number += 1;
            match self.browser.status(&mut tally, &address).await {
                Ok(200) => good += 1,
                Ok(status) => tally.failed(&address, &format!("answered {status}")),
                Err(mishap) => tally.trouble(mishap.words()),
            }
        }
        (tally, good)
    }
}

/// The browser of client `number` for whoever asks.
///
/// # Errors
/// When nobody is called so.
pub fn browser(
    who: &str,
    (cast, stage): (&Cast, &Arc<Stage>),
    citizen: Browser,
    number: usize,
) -> Result<Browser, String> {
    match who {
        CITIZEN => Ok(citizen),
        NOBODY => Ok(citizen.stranger()),
        right => {
            let all = stage.offices.len();
            let window = cast.windows(number).remove(right);
            window.ok_or_else(|| format!("nobody of {all} communes holds {right}"))
        }
    }
}
