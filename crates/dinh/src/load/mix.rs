//! What a province looks at while some hand applications in: the mix of pages, asked at a constant
//! rate. Does not know: what stands on them.
use std::sync::Arc;

use super::cast::fresh_address;
use super::journey::Client;
use super::letter::Letter;
use super::pace::{Arrival, Pace};
use super::tally::Tally;
use super::wire::Line;

/// Who looks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Who {
    /// Somebody who has not signed in.
    Nobody,
    /// The same, each time from another address: lookups are counted by address.
    Passer,
    /// The applicant.
    Citizen,
    /// An officer who appraises.
    Officer,
}

/// Twelve looks in turn: mostly the portal, a third of it by people who have signed in.
const TURN: [(Who, &str); 12] = [
    (Who::Nobody, "/"),
    (Who::Nobody, "/procedures/{procedure}"),
    (Who::Officer, "/desk"),
    (Who::Citizen, "/dossiers/{code}"),
    (Who::Nobody, "/"),
    (Who::Nobody, "/procedures/{procedure}"),
    (Who::Passer, "/lookup/{code}"),
    (Who::Officer, "/desk"),
    (Who::Nobody, "/"),
    (Who::Officer, "/desk/search?q=nguyen+van"),
    (Who::Citizen, "/dossiers/{code}"),
    (Who::Nobody, "/procedures/{procedure}"),
];
/// Lookups from one address: the server allows twenty in a row.
const LOOKUPS_AN_ADDRESS: u64 = 15;

/// One who looks at all of them, each over a connection of its kind.
pub struct Visitor {
    letters: Vec<(Who, Vec<u8>, String)>,
    nobody: Line,
    passer: Line,
    citizen: Line,
    officer: Line,
    number: usize,
    lookups: u64,
}

impl Client {
    /// Who looks at what this client and an officer of their commune see.
    ///
    /// # Errors
    /// When there is no such officer.
    pub fn visitor(&self) -> Result<Visitor, String> {
        let officer = self.officers.get("appraise").ok_or("nobody appraises")?;
        let stranger = self.citizen.stranger();
        let letter = |(who, address): (Who, &str)| {
            let address = address
                .replace("{procedure}", &self.stage.procedure.key.code)
                .replace("{code}", &self.code);
            let browser = match who {
                Who::Nobody | Who::Passer => &stranger,
                Who::Citizen => &self.citizen,
                Who::Officer => officer,
            };
            let letter = Letter::get(browser, &address);
            (who, letter.written(""), letter.kind)
        };
        Ok(Visitor {
            letters: TURN.into_iter().map(letter).collect(),
            nobody: stranger.line(),
            passer: stranger.line(),
            citizen: self.citizen.line(),
            officer: officer.line(),
            number: self.number,
            lookups: 0,
        })
    }
}

impl Visitor {
    async fn look(&mut self, arrival: Arrival, tally: &mut Tally) {
        let turn = usize::try_from(arrival.turn).unwrap_or(0) % self.letters.len();
        let who = self.letters[turn].0;
        if who == Who::Passer {
            self.walk_on();
        }
        let line = match who {
            Who::Nobody => &mut self.nobody,
            Who::Passer => &mut self.passer,
            Who::Citizen => &mut self.citizen,
            Who::Officer => &mut self.officer,
        };
        let (_, request, kind) = &self.letters[turn];
        let answer = line.exchange(&[request]).await;
        tally.answered(kind, arrival.planned.elapsed());
        match answer {
            Ok(answer) if answer.status == 200 => {}
            Ok(answer) => tally.failed(kind, &format!("{kind} answered {}", answer.status)),
            Err(words) => tally.failed(kind, &format!("{kind}: {words}")),
        }
    }

    fn walk_on(&mut self) {
        if self.lookups.is_multiple_of(LOOKUPS_AN_ADDRESS) {
            let from = fresh_address(self.number, self.passer.target());
            self.passer = self.passer.from(from);
        }
        self.lookups += 1;
    }
}

/// All visitors serve one stream of arrivals, until it ends.
///
/// # Errors
/// When one breaks down.
pub async fn look_at(visitors: Vec<Visitor>, pace: &Arc<Pace>) -> Result<Looked, String> {
    let serve = |mut visitor: Visitor| {
        let pace = Arc::clone(pace);
        tokio::spawn(async move {
            let mut tally = Tally::default();
            while let Some(arrival) = pace.next().await {
                visitor.look(arrival, &mut tally).await;
            }
            (visitor, tally)
        })
    };
    let serving: Vec<_> = visitors.into_iter().map(serve).collect();
    let mut looked = Looked::default();
    for one in serving {
        let (visitor, tally) = one.await.map_err(|error| error.to_string())?;
        looked.visitors.push(visitor);
        looked.tally.merge(&tally);
    }
    Ok(looked)
}

/// What they give back.
#[derive(Default)]
pub struct Looked {
    /// Themselves.
    pub visitors: Vec<Visitor>,
    /// Times from the planned moments.
    pub tally: Tally,
}
