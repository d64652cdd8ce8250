//! Papers of some size, as fast as they are taken: what receiving, hashing and keeping them costs,
//! and what the server holds of them meanwhile.
//! Does not know: where they are kept.
use std::time::{Duration, Instant};

use super::journey::Client;
use super::known::PAPERS;
use super::letter::Letter;
use super::pile::Pile;
use super::players::Field;
use super::report::{Finding, Outcome};
use super::tally::Tally;
use super::wire::Line;

/// Where in a paper its bulk stands.
pub const MARK: &str = "BULK-STANDS-HERE-0";
/// Written at once: what a socket takes in one go.
const BLOCK_BYTES: usize = 256 * 1024;
/// A MiB.
pub const MIB: usize = 1024 * 1024;

/// One who brings papers.
struct Bringer {
    line: Line,
    letter: Letter,
    pile: Pile,
    mib: usize,
}

/// Plays it.
///
/// # Errors
/// When a client has nothing prepared.
pub async fn play(
    field: &Field,
    clients: Vec<Client>,
    mib: usize,
    seconds: u64,
) -> Result<Outcome, String> {
    let bringers: Result<Vec<_>, _> = clients.iter().map(|one| bringer(one, mib)).collect();
    let bringers = bringers?;
    let costs = field.costs();
    let until = Instant::now() + Duration::from_secs(seconds);
    let bringing: Vec<_> = bringers
        .into_iter()
        .map(|one| tokio::spawn(one.bring(until)))
        .collect();
    let mut tally = Tally::default();
    for one in bringing {
        tally.merge(&one.await.map_err(|error| error.to_string())?);
    }
    let brought = tally.all().count;
    let mut outcome = Outcome::of(&costs, tally, brought, clients);
    let rate = (brought * mib as u64) as f64 / outcome.seconds;
    outcome.findings = vec![Finding::new("mib_per_s", rate, "MiB a second")];
    if let Some([before, _, most]) = outcome.spent.memory_mib {
        let more = most - before;
        outcome.findings.push(Finding::new(
            "memory_more_mib",
            more,
            "MiB more than before",
        ));
    }
    Ok(outcome)
}

fn bringer(client: &Client, mib: usize) -> Result<Bringer, String> {
    let letter = client.known.letter(PAPERS, &client.citizen);
    let has_place = |letter: &Letter| letter.around("", MARK, 0).is_some();
    let no_paper = "the procedure asks for no paper: name another with --procedure";
    Ok(Bringer {
        line: client.citizen.line(),
        letter: letter.filter(has_place).ok_or(no_paper)?,
        pile: client.known.pile.clone(),
        mib,
    })
}

impl Bringer {
    /// Each paper into an application of its own.
    async fn bring(mut self, until: Instant) -> Tally {
        let (mut tally, kind) = (Tally::default(), self.letter.kind.clone());
        let block = vec![b'x'; BLOCK_BYTES];
        while Instant::now() < until {
            let Some(draft) = self.pile.next() else {
                tally.trouble("a client had no application left");
                break;
            };
            let bytes = self.mib * MIB;
            let Some([start, end]) = self.letter.around(&draft, MARK, bytes) else {
                tally.trouble("the form for papers has no place for one");
                break;
            };
            let mut request: Vec<&[u8]> = vec![&start];
            request.extend((0..bytes / BLOCK_BYTES).map(|_| &*block));
            request.push(&end);
            let sent = Instant::now();
            match self.line.exchange(&request).await {
                Ok(answer) if (300..400).contains(&answer.status) => {
                    tally.answered(&kind, sent.elapsed());
                }
                Ok(answer) => tally.failed(&kind, &format!("{kind} answered {}", answer.status)),
                Err(words) => tally.failed(&kind, &format!("{kind}: {words}")),
            }
        }
        tally
    }
}
