//! Plays in which everybody asks again as soon as they have their answer: whole lifecycles,
//! handing in, one step of an officer. They find out how much goes at the most.
//! Does not know: what is done in a lifecycle.
use std::time::{Duration, Instant};

use super::journey::Client;
use super::pile::{Handed, Submitter};
use super::players::Field;
use super::report::Outcome;
use super::tally::Tally;

/// After a refusal: a server that refuses everything is not asked ten thousand times a second.
const PAUSE: Duration = Duration::from_millis(100);

/// Whole lifecycles, one after the other.
///
/// # Errors
/// When acknowledgements can no longer be written down.
pub async fn lifecycles(
    field: &Field,
    clients: Vec<Client>,
    seconds: u64,
) -> Result<Outcome, String> {
    let costs = field.costs();
    let until = Instant::now() + Duration::from_secs(seconds);
    let playing: Vec<_> = clients
        .into_iter()
        .map(|mut client| {
            client.until = until;
            tokio::spawn(async move { client.play().await.map(|()| client) })
        })
        .collect();
    let (tally, good, clients) = gathered(playing).await?;
    Ok(Outcome::of(&costs, tally, good, clients))
}

/// The first step of an officer, again and again, on dossiers that are accepted before the time
/// counts.
///
/// # Errors
/// When one cannot be brought so far, or acknowledgements can no longer be written down.
pub async fn steps(field: &Field, clients: Vec<Client>, seconds: u64) -> Result<Outcome, String> {
    let line_up = |mut client: Client| {
        tokio::spawn(async move {
            let codes = client.line_up().await?;
            client.tally = Tally::default();
            Ok::<_, String>((client, codes))
        })
    };
    let lining_up: Vec<_> = clients.into_iter().map(line_up).collect();
    let mut ready = Vec::new();
    for one in lining_up {
        ready.push(one.await.map_err(|error| error.to_string())??);
    }
    let costs = field.costs();
    let until = Instant::now() + Duration::from_secs(seconds);
    let play = |(mut client, codes): (Client, Vec<String>)| {
        client.until = until;
        tokio::spawn(async move { client.first_steps(codes).await.map(|()| client) })
    };
    let playing: Vec<_> = ready.into_iter().map(play).collect();
    let (tally, good, clients) = gathered(playing).await?;
    Ok(Outcome::of(&costs, tally, good, clients))
}

/// Everybody when they are done: times, what came to its end, the clients.
async fn gathered(
    playing: Vec<tokio::task::JoinHandle<Result<Client, String>>>,
) -> Result<(Tally, u64, Vec<Client>), String> {
    let (mut tally, mut good, mut clients) = (Tally::default(), 0, Vec::new());
    for one in playing {
        let client = one.await.map_err(|error| error.to_string())??;
        tally.merge(&client.tally);
        good += client.lifecycles;
        clients.push(client);
    }
    Ok((tally, good, clients))
}

/// Handing in what was prepared.
///
/// # Errors
/// When a client has nothing prepared.
pub async fn submissions(
    field: &Field,
    clients: Vec<Client>,
    seconds: u64,
) -> Result<Outcome, String> {
    let submitters: Result<Vec<_>, _> = clients.iter().map(Client::submitter).collect();
    let submitters = submitters?;
    let costs = field.costs();
    let until = Instant::now() + Duration::from_secs(seconds);
    let (_, tally, good) = hand_in(submitters, until).await?;
    Ok(Outcome::of(&costs, tally, good, clients))
}

/// Everybody hands in until then, or until nothing is left. Returns them, times, and how many were
/// acknowledged.
///
/// # Errors
/// When one breaks down.
pub async fn hand_in(
    submitters: Vec<Submitter>,
    until: Instant,
) -> Result<(Vec<Submitter>, Tally, u64), String> {
    let serve = |mut submitter: Submitter| {
        tokio::spawn(async move {
            let (mut tally, mut good) = (Tally::default(), 0);
            while Instant::now() < until {
                let (handed, took) = submitter.hand_in().await;
                match handed {
                    Handed::In => {
                        tally.answered(submitter.kind(), took);
                        good += 1;
                    }
                    Handed::Busy { .. } => {
                        tally.failed(submitter.kind(), "told to come again");
                        tokio::time::sleep(PAUSE).await;
                    }
                    Handed::Lost(words) => tally.failed(submitter.kind(), &words),
                    Handed::Empty => {
                        tally.trouble("a client had nothing left to hand in");
                        break;
                    }
                }
            }
            (submitter, tally, good)
        })
    };
    let serving: Vec<_> = submitters.into_iter().map(serve).collect();
    let (mut back, mut tally, mut good) = (Vec::new(), Tally::default(), 0);
    for one in serving {
        let (submitter, one, well) = one.await.map_err(|error| error.to_string())?;
        tally.merge(&one);
        good += well;
        back.push(submitter);
    }
    Ok((back, tally, good))
}
