//! The reader that keeps the notices: an entry of a dossier that concerns its people becomes a row
//! for each of them, in one transaction with the reader's place in the log, so that each is told
//! once. What they marked as read it marks again.
//! Does not know: where notices are shown.
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use facts::procedure::{Channel, ProcedureKey};
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

/// Whom to tell of a dossier, and which one it is. All but the last stands in its first entry.
struct Whom {
    code: Code,
    procedure: ProcedureKey,
    applicant: String,
    filer: String,
    is_online: bool,
    /// Whom the office said it to be of, up to the entry that is looked at.
    identified: Option<String>,
}

/// What of the log becomes rows.
enum Heard {
    /// Its place in the log.
    Of(i64, Box<Entry<dossier::Event>>, About),
    /// A dossier that is nobody's but the filer's again: no news to anybody.
    Undone(Box<Entry<dossier::Event>>),
    Seen(Entry<Event>),
}

impl Heard {
    /// The entry of a dossier.
    fn of_dossier(&self) -> Option<&Entry<dossier::Event>> {
        match self {
            Heard::Of(_, entry, _) | Heard::Undone(entry) => Some(entry),
            Heard::Seen(_) => None,
        }
    }
}

/// What is kept of whom the office said a dossier to be of.
fn kept(entry: &Entry<dossier::Event>) -> Option<Statement> {
    match &entry.event {
        dossier::Event::ApplicantIdentified { person } => {
            Some(views::identified(entry.id(), person))
        }
        dossier::Event::IdentificationUndone { .. } => Some(views::not_identified(entry.id())),
        _ => None,
    }
}

async fn told(journal: &Journal, law: &Law, round: Vec<Placed>) -> Result<Vec<Statement>, Trouble> {
    let heard = round.into_iter().map(heard).filter_map(Result::transpose);
    let heard: Vec<Heard> = heard.collect::<Result<_, _>>()?;
    let mut whom = whom(journal, law, &heard).await?;
    let mut rows = Vec::new();
    for one in &heard {
        match one {
            Heard::Seen(entry) => rows.extend(views::seen(entry)),
            Heard::Undone(entry) => {
                if let Some(whom) = whom.get_mut(entry.id()) {
                    whom.follow(&entry.event);
                }
                rows.extend(kept(entry));
            }
            Heard::Of(number, entry, about) => {
                let Some(whom) = whom.get_mut(entry.id()) else {
                    continue;
                };
                whom.follow(&entry.event);
                rows.extend(kept(entry));
                let told = whom.told(&entry.event);
                rows.extend(told.iter().map(|person| {
                    let about = whom.about(person, about);
                    let news = views::News {
                        number: *number,
                        code: &whom.code,
                        procedure: &whom.procedure,
                        about: &about,
                        at: entry.at,
                    };
                    views::tell(person, &news)
                }));
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
            match About::of(&entry.event) {
                Some(about) => Some(Heard::Of(number, Box::new(entry), about)),
                None => matches!(entry.event, dossier::Event::IdentificationUndone { .. })
                    .then(|| Heard::Undone(Box::new(entry))),
            }
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
    for entry in heard.iter().filter_map(Heard::of_dossier) {
        if entry.version == 1 {
            let state = law.evolve(State::default(), entry);
            begun.insert(entry.id().to_owned(), state);
        } else if !begun.contains_key(entry.id()) {
            earlier.insert(entry.id());
        }
    }
    let earlier: Vec<&str> = earlier.into_iter().collect();
    begun.extend(journal.begun(law, &earlier).await?);
    let mut identified = views::applicants(journal.db(), &earlier).await?;
    let whom = begun.into_iter().filter_map(|(id, state)| {
        let whom = Whom::of(state.dossier.as_ref()?, identified.remove(&id));
        Some((id, whom))
    });
    Ok(whom.collect())
}

impl Whom {
    /// People without a record here (no person id) are told by paper and at the counter.
    fn of(dossier: &Dossier, identified: Option<String>) -> Self {
        Self {
            code: dossier.code.clone(),
            procedure: dossier.procedure.clone(),
            applicant: dossier.first_applicant.clone(),
            filer: match &dossier.filer {
                Some(filer) => filer.person.clone(),
                None => dossier.first_applicant.clone(),
            },
            is_online: dossier.channel == Channel::Online,
            identified,
        }
    }

    /// What an entry says of whose dossier it is.
    fn follow(&mut self, event: &dossier::Event) {
        match event {
            dossier::Event::ApplicantIdentified { person } => {
                self.identified = Some(person.clone());
            }
            dossier::Event::IdentificationUndone { .. } => self.identified = None,
            _ => {}
        }
    }

    /// Who is told of an entry: that the office found out whose it is, only that person.
    fn told(&self, event: &dossier::Event) -> BTreeSet<&str> {
        let identified = self.identified.as_deref().unwrap_or_default();
        let all = match event {
            dossier::Event::ApplicantIdentified { .. } => [identified; 3],
            _ => [self.applicant.as_str(), self.filer.as_str(), identified],
        };
        all.into_iter()
            .filter(|person| !person.is_empty())
            .collect()
    }

    /// Who filed at a screen of their own knows what they did; others hear that it stands in their
    /// name.
    fn about(&self, person: &str, about: &About) -> About {
        match self.is_online && person == self.filer {
            true => about.clone(),
            false => about.in_your_name(),
        }
    }
}
