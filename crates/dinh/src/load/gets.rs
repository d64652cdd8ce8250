//! One page asked again and again by many people who have signed in: what a list, a search or a
//! page costs by itself. Does not know: what stands on it.
use std::time::Instant;

use super::browser::Browser;
use super::journey::Client;
use super::letter::{Letter, WHICH};
use super::players::Field;
use super::report::Outcome;
use super::tally::Tally;
use super::wire::Line;

/// Who asks: a right that an officer holds, a citizen, or somebody who has not signed in.
const CITIZEN: &str = "citizen";
/// See [`CITIZEN`].
const NOBODY: &str = "nobody";
/// In an address: counts up.
const COUNTED: &str = "{n}";
/// In an address: the code of the client's own dossier.
pub const OWN: &str = "{code}";
/// Where a client that counts in its addresses begins: far from the next.
const NUMBERS_EACH: usize = 1_000_000;

/// One who asks.
struct Asker {
    line: Line,
    letter: Letter,
    tally: Tally,
    good: u64,
}

/// Everybody asks for the page until the time is over.
///
/// # Errors
/// When nobody is who is to open it.
pub async fn play(
    (address, by): (&str, &str),
    field: &Field,
    clients: Vec<Client>,
    seconds: u64,
) -> Result<Outcome, String> {
    let mut askers = Vec::new();
    for client in &clients {
        let address = address.replace(COUNTED, WHICH).replace(OWN, &client.code);
        let stranger = client.citizen.stranger();
        let browser = browser(by, client, &stranger)?;
        let asker = Asker {
            line: browser.line(),
            letter: Letter::get(browser, &address),
            tally: Tally::default(),
            good: 0,
        };
        askers.push((asker, client.number * NUMBERS_EACH));
    }
    let costs = field.costs();
    let until = Instant::now() + std::time::Duration::from_secs(seconds);
    let asking: Vec<_> = askers
        .into_iter()
        .map(|(asker, first)| tokio::spawn(asker.play(first, until)))
        .collect();
    let (mut tally, mut good) = (Tally::default(), 0);
    for one in asking {
        let asker = one.await.map_err(|error| error.to_string())?;
        tally.merge(&asker.tally);
        good += asker.good;
    }
    Ok(Outcome::of(&costs, tally, good, clients))
}

impl Asker {
    async fn play(mut self, first: usize, until: Instant) -> Self {
        let mut number = first;
        while Instant::now() < until {
            let request = self.letter.written(&number.to_string());
            number += 1;
            let sent = Instant::now();
            let answer = self.line.exchange(&[&request]).await;
            let kind = &self.letter.kind;
            match answer {
                Ok(answer) if answer.status == 200 => {
                    self.tally.answered(kind, sent.elapsed());
                    self.good += 1;
                }
                Ok(answer) => self
                    .tally
                    .failed(kind, &format!("answered {}", answer.status)),
                Err(words) => self.tally.failed(kind, &words),
            }
        }
        self
    }
}

fn browser<'a>(
    who: &str,
    client: &'a Client,
    stranger: &'a Browser,
) -> Result<&'a Browser, String> {
    match who {
        CITIZEN => Ok(&client.citizen),
        NOBODY => Ok(stranger),
        right => {
            let officer = client.officers.get(right);
            officer.ok_or_else(|| format!("nobody holds {right}"))
        }
    }
}
