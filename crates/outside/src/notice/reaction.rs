//! The reader that keeps the notices: an entry of a dossier that concerns its people becomes a row
//! for each of them, in one transaction with the reader's place in the log, so that each is told
//! once. What they marked as read it marks again.
//! Does not know: where notices are shown.
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use facts::procedure::ProcedureKey;
use kernel::log::Placed;
use kernel::reader::{React, Reader};
use kernel::{Decide, Entry, Journal, Statement, Trouble};
use matters::dossier::{self, Code, Dossier, Law, State};

use super::events::{About, Event};
use super::{Notices, views};

/// The reader's name in the database; never changed.
const NAME: &str = "notice";

/// The reader for the house's list.
#[must_use]
pub fn reader(journal: Journal, law: Arc<Law>) -> Reader {
    let telling = move |round| {
        let (journal, law) = (journal.clone(), Arc::clone(&law));
        async move { told(&journal, &law, round).await }
    };
    Reader {
        name: NAME,
        react: React::rows(views::TABLES, telling),
    }
}

/// What of a dossier never changes after its first entry: whom to tell, and which one it is.
struct Whom {
    code: Code,
    procedure: ProcedureKey,
    people: BTreeSet<String>,
}

async fn told(journal: &Journal, law: &Law, round: Vec<Placed>) -> Result<Vec<Statement>, Trouble> {
    let mut rows = Vec::new();
    let mut known: HashMap<String, Whom> = HashMap::new();
    for placed in round {
        let number = placed.position;
        match placed.noun() {
            Law::NAME => {
                let entry: Entry<dossier::Event> = placed.typed()?;
                let Some(about) = About::of(&entry.event) else {
                    continue;
                };
                if !known.contains_key(entry.id()) {
                    let Some(dossier) = dossier(journal, law, &entry).await?.dossier else {
                        continue;
                    };
                    known.insert(entry.id().to_owned(), Whom::of(&dossier));
                }
                let whom = &known[entry.id()];
                let news = views::News {
                    number,
                    code: &whom.code,
                    procedure: &whom.procedure,
                    about: &about,
                    at: entry.at,
                };
                let people = whom.people.iter();
                rows.extend(people.map(|person| views::tell(person, &news)));
            }
            Notices::NAME => rows.extend(views::seen(&placed.typed::<Event>()?)),
            _ => {}
        }
    }
    Ok(rows)
}

/// The dossier at its entry or later.
async fn dossier(
    journal: &Journal,
    law: &Law,
    entry: &Entry<dossier::Event>,
) -> Result<State, Trouble> {
    match entry.version {
        1 => Ok(law.evolve(State::default(), entry)),
        version => journal.state_since(law, (entry.id(), version)).await,
    }
}

impl Whom {
    /// People without a record here (no person id) are told by paper and at the counter.
    fn of(dossier: &Dossier) -> Self {
        let people = [dossier.applicant.as_str(), dossier.filed_by()];
        let people = people.into_iter().filter(|person| !person.is_empty());
        Self {
            code: dossier.code.clone(),
            procedure: dossier.procedure.clone(),
            people: people.map(str::to_owned).collect(),
        }
    }
}
