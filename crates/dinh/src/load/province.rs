//! A province at its worst hour: applications and looks at pages arrive at constant rates, whoever
//! waits. Every answer is counted from the planned moment of its request.
//! Does not know: what is handed in.
use std::sync::Arc;

use super::journey::Client;
use super::mix;
use super::pace::Pace;
use super::pile::{Handed, Submitter};
use super::players::Field;
use super::report::{Finding, Outcome};
use super::tally::{Tally, Times};

/// Applications and looks a second.
#[derive(Clone, Copy)]
pub struct Rates {
    /// Handed in.
    pub submissions: u64,
    /// Pages.
    pub looks: u64,
}

/// Plays it.
///
/// # Errors
/// When a client has nothing prepared.
pub async fn play(
    field: &Field,
    clients: Vec<Client>,
    rates: Rates,
    seconds: u64,
) -> Result<Outcome, String> {
    let submitters: Result<Vec<_>, _> = clients.iter().map(Client::submitter).collect();
    let visitors: Result<Vec<_>, _> = clients.iter().map(Client::visitor).collect();
    let (submitters, visitors) = (submitters?, visitors?);
    let costs = field.costs();
    let looks = Pace::start(rates.looks, seconds);
    let looking = tokio::spawn(async move { mix::look_at(visitors, &looks).await });
    let pace = Pace::start(rates.submissions, seconds);
    let (mut tally, good) = hand_in(submitters, &pace).await?;
    let looked = looking.await.map_err(|error| error.to_string())??;
    let looks = looked.tally.all();
    let submissions = tally.all();
    tally.merge(&looked.tally);
    Ok(Outcome {
        findings: findings(&submissions, &looks),
        ..Outcome::of(&costs, tally, good, clients)
    })
}

fn findings(submissions: &Times, looks: &Times) -> Vec<Finding> {
    let of = |times: &Times, share| times.percentile(share);
    vec![
        Finding::new(
            "submissions_p50_ms",
            of(submissions, 0.50),
            "ms: applications, p50",
        ),
        Finding::new(
            "submissions_p99_ms",
            of(submissions, 0.99),
            "ms: applications, p99",
        ),
        Finding::new("looks_p50_ms", of(looks, 0.50), "ms: pages, p50"),
        Finding::new("looks_p99_ms", of(looks, 0.99), "ms: pages, p99"),
    ]
}

/// Everybody serves one stream of arrivals until it ends.
async fn hand_in(submitters: Vec<Submitter>, pace: &Arc<Pace>) -> Result<(Tally, u64), String> {
    let serve = |mut submitter: Submitter| {
        let pace = Arc::clone(pace);
        tokio::spawn(async move {
            let (mut tally, mut good) = (Tally::default(), 0);
            while let Some(arrival) = pace.next().await {
                let (handed, _) = submitter.hand_in().await;
                tally.answered(submitter.kind(), arrival.planned.elapsed());
                match handed {
                    Handed::In => good += 1,
                    Handed::Busy { .. } => tally.failed(submitter.kind(), "told to come again"),
                    Handed::Lost(words) => tally.failed(submitter.kind(), &words),
                    Handed::Empty => tally.failed(submitter.kind(), "nothing left to hand in"),
                }
            }
            (tally, good)
        })
    };
    let serving: Vec<_> = submitters.into_iter().map(serve).collect();
    let (mut tally, mut good) = (Tally::default(), 0);
    for one in serving {
        let (one, well) = one.await.map_err(|error| error.to_string())?;
        tally.merge(&one);
        good += well;
    }
    Ok((tally, good))
}
