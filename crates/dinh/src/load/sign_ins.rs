//! A storm of sign-ins: passwords are slow to check on purpose, and who only reads must not feel
//! it. Pages are looked at, at a constant rate, first alone and then while everybody signs in.
//! Does not know: how passwords are checked.
use std::time::{Duration, Instant};

use super::journey::{Client, main_form};
use super::letter::Letter;
use super::mix;
use super::pace::Pace;
use super::players::Field;
use super::report::{Finding, Outcome};
use super::tally::{Tally, Times};
use super::wire::Line;
use crate::demo::PASSWORD;

/// The citizens' door.
const DOOR: &str = "/sign-in";
/// After "busy": whoever is told to come again does not come at once.
const PAUSE: Duration = Duration::from_millis(250);

/// One who signs in again and again.
struct Knocker {
    line: Line,
    letter: Letter,
}

/// Plays it, each half for so long.
///
/// # Errors
/// When the door cannot be opened before the storm.
pub async fn play(
    field: &Field,
    clients: Vec<Client>,
    rate: u64,
    seconds: u64,
) -> Result<Outcome, String> {
    let visitors: Result<Vec<_>, _> = clients.iter().map(Client::visitor).collect();
    let mut knockers = Vec::new();
    for client in &clients {
        knockers.push(knocker(client).await?);
    }
    let costs = field.costs();
    let quiet = mix::look_at(visitors?, &Pace::start(rate, seconds)).await?;
    let until = Instant::now() + Duration::from_secs(seconds);
    let storm: Vec<_> = knockers
        .into_iter()
        .map(|one| tokio::spawn(one.knock(until)))
        .collect();
    let looked = mix::look_at(quiet.visitors, &Pace::start(rate, seconds)).await?;
    let mut tally = Tally::default();
    for one in storm {
        tally.merge(&one.await.map_err(|error| error.to_string())?);
    }
    let entered = tally.all();
    let (before, within) = (quiet.tally.all(), looked.tally.all());
    tally.add("pages, quiet", &before);
    tally.merge(&looked.tally);
    let mut outcome = Outcome::of(&costs, tally, entered.count, clients);
    outcome.findings = findings(&before, &within, entered.count as f64 / seconds as f64);
    Ok(outcome)
}

fn findings(before: &Times, within: &Times, entered: f64) -> Vec<Finding> {
    let (quiet, storm) = (before.percentile(0.99), within.percentile(0.99));
    vec![
        Finding::new("quiet_p99_ms", quiet, "ms: pages, p99, quiet"),
        Finding::new(
            "storm_p50_ms",
            within.percentile(0.50),
            "ms: pages, p50, in the storm",
        ),
        Finding::new("storm_p99_ms", storm, "ms: pages, p99, in the storm"),
        Finding::new(
            "storm_times",
            storm / quiet.max(0.001),
            "times the quiet p99",
        ),
        Finding::new("sign_ins_per_s", entered, "sign-ins a second"),
    ]
}

async fn knocker(client: &Client) -> Result<Knocker, String> {
    let mut stranger = client.citizen.stranger();
    let page = stranger.get(&mut Tally::default(), DOOR).await;
    let page = page.map_err(|mishap| mishap.words().to_owned())?;
    let mut form = main_form(&page).map_err(|mishap| mishap.words().to_owned())?;
    form.set("login", &client.login);
    form.set("password", PASSWORD);
    Ok(Knocker {
        line: stranger.line(),
        letter: Letter::form(&stranger, &page, &form),
    })
}

impl Knocker {
    async fn knock(mut self, until: Instant) -> Tally {
        let mut tally = Tally::default();
        let kind = self.letter.kind.clone();
        while Instant::now() < until {
            let sent = Instant::now();
            match self.line.exchange(&[&self.letter.written("")]).await {
                Ok(answer) if (300..400).contains(&answer.status) => {
                    tally.answered(&kind, sent.elapsed());
                }
                Ok(answer) => {
                    tally.failed(&kind, &format!("{kind} answered {}", answer.status));
                    tokio::time::sleep(PAUSE).await;
                }
                Err(words) => tally.failed(&kind, &format!("{kind}: {words}")),
            }
        }
        tally
    }
}
