//! Everybody who plays: citizens registered, officers signed in, forms learned before the time
//! counts. Does not know: what is told at the end.
use std::sync::Arc;
use std::time::Instant;

use facts::people::PersonalId;
use kernel::{Database, Json};

use super::Asked;
use super::book::Book;
use super::browser::{Browser, Target};
use super::cast::{self, Cast, Stage};
use super::gets::{self, Asker};
use super::journey::{Client, Play};
use super::known::Known;
use super::prepared::Stock;
use super::tally::Tally;
use crate::demo;
use crate::serve::now;

/// Registrations at the same time: hashing passwords is slow on purpose and must not queue for
/// longer than a browser waits.
const REGISTERING: usize = 4;
/// Clients that learn at the same time.
const LEARNING: usize = 8;
/// Addresses of citizens begin behind those of officers.
const CITIZENS_FROM: usize = 20_000;
/// Where a client that counts in its addresses begins: far from the next.
const NUMBERS_EACH: usize = 1_000_000;

/// Where it is played.
pub struct Field {
    /// Communes and procedure.
    pub stage: Arc<Stage>,
    /// The server.
    pub target: Arc<Target>,
    /// Its database, when applications are to be prepared.
    pub db: Option<Database>,
    /// The port of the database's server, for its cost.
    pub database_port: Option<u16>,
}

/// A registered citizen.
pub struct Citizen {
    number: usize,
    browser: Browser,
    personal_id: Option<PersonalId>,
    answers: Json,
}

/// One who plays.
pub enum Player {
    /// Lifecycles.
    Client(Box<Client>, Option<PersonalId>),
    /// One page.
    Asker(Asker),
}

/// What one player has done.
pub struct Played {
    /// Times of answers.
    pub tally: Tally,
    /// Lifecycles, applications or pages.
    pub good: u64,
    /// The client, to ask for codes.
    pub client: Option<Client>,
}

impl Player {
    /// Plays until the time is over.
    ///
    /// # Errors
    /// When acknowledgements can no longer be written down.
    pub async fn play(self, until: Instant) -> Result<Played, String> {
        match self {
            Self::Client(mut client, _) => {
                client.until = until;
                client.play().await?;
                Ok(Played {
                    tally: std::mem::take(&mut client.tally),
                    good: client.lifecycles,
                    client: Some(*client),
                })
            }
            Self::Asker(mut asker) => {
                asker.until = until;
                let (tally, good) = asker.play().await;
                Ok(Played {
                    tally,
                    good,
                    client: None,
                })
            }
        }
    }
}

/// Before the play.
pub struct Opening<'a> {
    /// How it is to be played.
    pub asked: &'a Asked,
    /// Where.
    pub field: &'a Field,
    /// Officers.
    pub cast: &'a Cast,
    /// Acknowledgements.
    pub book: &'a Book,
}

impl Opening<'_> {
    /// The player whose citizen this is.
    ///
    /// # Errors
    /// When nobody is who is to open the page.
    pub fn player(&self, citizen: Citizen) -> Result<Player, String> {
        let (stage, number) = (&self.field.stage, citizen.number);
        if let Some(address) = &self.asked.get {
            let who = (self.cast, stage);
            return Ok(Player::Asker(Asker {
                browser: gets::browser(&self.asked.by, who, citizen.browser, number)?,
                address: address.clone(),
                until: Instant::now(),
                first: number * NUMBERS_EACH,
            }));
        }
        let client = Client {
            citizen: citizen.browser,
            officers: self.cast.windows(number),
            stage: Arc::clone(stage),
            office: number % stage.offices.len(),
            answers: citizen.answers,
            play: self.asked.play,
            known: Known::default(),
            tally: Tally::default(),
            book: self.book.clone(),
            until: Instant::now() + LEARNING_TIME,
            lifecycles: 0,
        };
        Ok(Player::Client(Box::new(client), citizen.personal_id))
    }
}

/// A lifecycle of one client takes a second on a busy machine.
const LEARNING_TIME: std::time::Duration = std::time::Duration::from_secs(600);

/// Every client plays one lifecycle page by page and learns its forms; a few at the same time.
///
/// # Errors
/// What went wrong, in words.
pub async fn learned(
    asked: &Asked,
    field: &Field,
    players: Vec<Player>,
) -> Result<Vec<Player>, String> {
    let Some(db) = field.db.clone().filter(|_| asked.play != Play::Pages) else {
        return Ok(players);
    };
    let count = usize::try_from(asked.seconds * asked.prepared).unwrap_or(1);
    let mut ready = Vec::with_capacity(players.len());
    let mut players = players.into_iter();
    loop {
        let mut group = Vec::new();
        for player in players.by_ref().take(LEARNING) {
            let db = db.clone();
            group.push(tokio::spawn(learn(player, db, count)));
        }
        if group.is_empty() {
            return Ok(ready);
        }
        for one in group {
            ready.push(one.await.map_err(|error| error.to_string())??);
        }
    }
}

async fn learn(mut player: Player, db: Database, count: usize) -> Result<Player, String> {
    if let Player::Client(client, Some(number)) = &mut player {
        let number = number.clone();
        client.learn(Stock { db, number, count }).await?;
        client.tally = Tally::default();
    }
    Ok(player)
}

/// Registers a citizen for each client, a few at the same time, with the answers they will give.
///
/// # Errors
/// What went wrong, in words.
pub async fn citizens(
    stage: &Arc<Stage>,
    target: &Arc<Target>,
    clients: usize,
    doors: &mut Tally,
) -> Result<Vec<Citizen>, String> {
    let seed = now().as_millisecond().unsigned_abs();
    let mut all = Vec::new();
    for first in (0..clients).step_by(REGISTERING) {
        let mut group = Vec::new();
        for number in first..clients.min(first + REGISTERING) {
            let (stage, target) = (Arc::clone(stage), Arc::clone(target));
            group.push(tokio::spawn(registered((stage, target), seed, number)));
        }
        for one in group {
            let (citizen, tally) = one.await.map_err(|error| error.to_string())??;
            doors.merge(&tally);
            all.push(citizen);
        }
    }
    Ok(all)
}

async fn registered(
    (stage, target): (Arc<Stage>, Arc<Target>),
    seed: u64,
    number: usize,
) -> Result<(Citizen, Tally), String> {
    let today = matters::dossier::day_of(now());
    let mut tally = Tally::default();
    let person = cast::citizen(seed, number, today);
    let from = cast::address(CITIZENS_FROM + number, &target);
    let mut browser = Browser::new(target, from);
    let registered = cast::register(&mut browser, &mut tally, &person).await;
    registered.map_err(|mishap| mishap.words().to_owned())?;
    let agency = &stage.offices[number % stage.offices.len()].agency;
    let citizen = Citizen {
        number,
        browser,
        answers: demo::answers(&stage.procedure.sample, &person, agency, today),
        personal_id: person.personal_id,
    };
    Ok((citizen, tally))
}
