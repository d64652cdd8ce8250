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

/// What of the log becomes rows.
enum Heard {
    /// Its place in the log.
    Of(i64, Box<Entry<dossier::Event>>, About),
    Seen(Entry<Event>),
}

async fn told(journal: &Journal, law: &Law, round: Vec<Placed>) -> Result<Vec<Statement>, Trouble> {
    let heard = round.into_iter().map(heard).filter_map(Result::transpose);
    let heard: Vec<Heard> = heard.collect::<Result<_, _>>()?;
    let whom = whom(journal, law, &heard).await?;
    let mut rows = Vec::new();
    for one in &heard {
        match one {
            Heard::Seen(entry) => rows.extend(views::seen(entry)),
            Heard::Of(number, entry, about) => {
                let Some(whom) = whom.get(entry.id()) else {
                    continue;
                };
                let news = views::News {
                    number: *number,
                    code: &whom.code,
                    procedure: &whom.procedure,
                    about,
                    at: entry.at,
                };
                let people = whom.people.iter();
                rows.extend(people.map(|person| views::tell(person, &news)));
            }
        }
    }
    Ok(rows)
}

fn heard(placed: Placed) -> Result<Option<Heard>, Trouble> {
    let number = placed.position;
    Ok(match placed.noun() {
        Law::NAME => {
            let entry: Entry<dossier::Event> = placed.typed()?;
            let about = About::of(&entry.event);
            about.map(|about| Heard::Of(number, Box::new(entry), about))
        }
        Notices::NAME => Some(Heard::Seen(placed.typed()?)),
        _ => None,
    })
}

/// By id, whom to tell of the dossiers that were heard of. Those that do not begin there are read
/// together.
async fn whom(
    journal: &Journal,
    law: &Law,
    heard: &[Heard],
) -> Result<HashMap<String, Whom>, Trouble> {
    let mut begun: HashMap<String, State> = HashMap::new();
    let mut earlier = BTreeSet::new();
    for one in heard {
        match one {
            Heard::Of(_, entry, _) if entry.version == 1 => {
                let state = law.evolve(State::default(), entry);
                begun.insert(entry.id().to_owned(), state);
            }
            Heard::Of(_, entry, _) if !begun.contains_key(entry.id()) => {
                earlier.insert(entry.id());
            }
            Heard::Of(..) | Heard::Seen(_) => {}
        }
    }
    let earlier: Vec<&str> = earlier.into_iter().collect();
    begun.extend(journal.begun(law, &earlier).await?);
    let whom = begun.into_iter().filter_map(|(id, state)| {
        let dossier = state.dossier.as_ref()?;
        Some((id, Whom::of(dossier)))
    });
    Ok(whom.collect())
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
