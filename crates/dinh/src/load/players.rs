//! Everybody who plays: citizens registered, officers signed in, forms learned before the time
//! counts. Does not know: what is told at the end.
use std::sync::Arc;
use std::time::Instant;

use facts::people::PersonalId;
use kernel::{Database, Json};

use super::Asked;
use super::book::Book;
use super::browser::Browser;
use super::cast::{self, Cast, Stage};
use super::journey::{Client, Play};
use super::known::Known;
use super::prepared::Stock;
use super::tally::Tally;
use super::watch::{Costs, Watched};
use super::wire::Target;
use crate::demo;
use crate::serve::now;

/// Registrations at the same time: hashing passwords is slow on purpose and must not queue for
/// longer than a browser waits.
const REGISTERING: usize = 4;
/// Clients that learn at the same time.
const LEARNING: usize = 8;
/// Addresses of citizens begin behind those of officers.
const CITIZENS_FROM: usize = 20_000;

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
    /// Whether the server runs in this process.
    pub one_process: bool,
}

/// A registered citizen.
struct Citizen {
    number: usize,
    browser: Browser,
    personal_id: Option<PersonalId>,
    answers: Json,
}

/// Everybody, signed in.
pub struct Troupe {
    /// A citizen each, with the officers of their commune.
    pub clients: Vec<Client>,
    /// What signing in took.
    pub doors: Tally,
}

impl Troupe {
    /// Registers citizens, signs officers in, and lets everybody learn what their play needs.
    ///
    /// # Errors
    /// What went wrong, in words.
    pub async fn gather(asked: &Asked, field: &Field, book: &Book) -> Result<Self, String> {
        let count = usize::try_from(asked.clients).unwrap_or(1);
        let mut doors = Tally::default();
        let cast = Cast::sign_in(&field.stage, &field.target, count, &mut doors).await?;
        let citizens = citizens(&field.stage, &field.target, count, &mut doors).await?;
        let mut clients = Vec::with_capacity(count);
        let mut citizens = citizens.into_iter();
        loop {
            let mut group = Vec::new();
            for citizen in citizens.by_ref().take(LEARNING) {
                let number = citizen.personal_id.clone();
                let client = client(asked, field, citizen, (&cast, book));
                group.push(tokio::spawn(learned(client, field.lesson(asked, number))));
            }
            if group.is_empty() {
                break;
            }
            for one in group {
                clients.push(one.await.map_err(|error| error.to_string())??);
            }
        }
        Ok(Self { clients, doors })
    }
}

fn client(asked: &Asked, field: &Field, citizen: Citizen, (cast, book): (&Cast, &Book)) -> Client {
    Client {
        citizen: citizen.browser,
        officers: cast.windows(citizen.number),
        stage: Arc::clone(&field.stage),
        number: citizen.number,
        login: citizen
            .personal_id
            .map(|id| id.as_str().to_owned())
            .unwrap_or_default(),
        code: String::new(),
        answers: citizen.answers,
        play: asked.play,
        known: Known::default(),
        tally: Tally::default(),
        book: book.clone(),
        until: Instant::now() + LEARNING_TIME,
        lifecycles: 0,
    }
}

/// What a client does before the time counts.
enum Lesson {
    /// Nothing: the play shows everything.
    None,
    /// One lifecycle, so that there is a dossier.
    Dossier,
    /// One lifecycle, and copies of its application.
    Stock(Stock),
}

/// A lifecycle of one client takes a second on a busy machine.
const LEARNING_TIME: std::time::Duration = std::time::Duration::from_secs(600);

impl Field {
    /// Begins to count what server and database cost.
    #[must_use]
    pub fn costs(&self) -> Costs {
        let server = match self.one_process {
            true => Some(Watched::own()),
            false => Watched::listening(self.target.address.port()),
        };
        Costs::start(server, self.database_port.and_then(Watched::listening))
    }

    fn lesson(&self, asked: &Asked, number: Option<PersonalId>) -> Lesson {
        let count = usize::try_from(asked.prepared_each()).unwrap_or(usize::MAX);
        match (&self.db, number) {
            (Some(db), Some(number)) => Lesson::Stock(Stock {
                db: db.clone(),
                number,
                count,
            }),
            _ if asked.needs_a_dossier() => Lesson::Dossier,
            _ => Lesson::None,
        }
    }
}

/// A client that has played one lifecycle page by page and knows its forms.
async fn learned(mut client: Client, lesson: Lesson) -> Result<Client, String> {
    match lesson {
        Lesson::None => {}
        Lesson::Dossier => {
            let play = std::mem::replace(&mut client.play, Play::Pages);
            client.learn(None).await?;
            client.play = play;
        }
        Lesson::Stock(stock) => client.learn(Some(stock)).await?,
    }
    client.tally = Tally::default();
    Ok(client)
}

/// Registers a citizen for each client, a few at the same time, with the answers they will give.
async fn citizens(
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
