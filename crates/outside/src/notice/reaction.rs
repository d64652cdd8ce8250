//! The reaction: an entry of a dossier that concerns its people becomes a notice to each of them,
//! once. The command id is made of the reader's name and the entry's place, so reading an entry
//! twice tells nothing twice.
//! Does not know: where notices are shown.
use std::collections::BTreeSet;
use std::sync::Arc;

use kernel::log::Placed;
use kernel::reader::Reader;
use kernel::{Ctx, Failure, Journal, Request, Trouble};
use matters::dossier::{self, Law};

use super::events::{About, Told};
use super::rules::Command;
use super::{Notices, views};

/// The reader's name in the database; never changed.
pub const NAME: &str = "notice";
/// Who acts when nobody pressed a button.
const ACTOR: &str = "system";
/// Streams that this reader listens to.
const DOSSIERS: &str = "dossier/";

/// The reaction for the house's list.
#[must_use]
pub fn reader(journal: Journal, law: Arc<Law>) -> Reader {
    Reader {
        name: NAME,
        react: Arc::new(move |placed| {
            let (journal, law) = (journal.clone(), Arc::clone(&law));
            Box::pin(async move { react(&journal, &law, placed).await })
        }),
    }
}

async fn react(journal: &Journal, law: &Law, placed: Placed) -> Result<(), Trouble> {
    let Some(id) = placed.entry.stream.strip_prefix(DOSSIERS) else {
        return Ok(());
    };
    let event: dossier::Event = serde_json::from_value(placed.entry.event.clone())
        .map_err(|error| Trouble::Broken(format!("{}: {error}", placed.entry.stream)))?;
    let Some(about) = About::of(&event) else {
        return Ok(());
    };
    let (state, _) = journal.load(law, id).await?;
    let Some(dossier) = state.dossier else {
        return Ok(());
    };
    let told = Told {
        code: dossier.code.clone(),
        procedure: dossier.procedure.clone(),
        about,
        at: placed.entry.at,
    };
    // People without a record here (no person id) are told by paper and at the counter.
    let people: BTreeSet<&str> = [dossier.applicant.as_str(), dossier.filed_by()]
        .into_iter()
        .filter(|person| !person.is_empty())
        .collect();
    for person in people {
        tell(journal, person, &told, &placed).await?;
    }
    Ok(())
}

async fn tell(
    journal: &Journal,
    person: &str,
    told: &Told,
    placed: &Placed,
) -> Result<(), Trouble> {
    let ctx = Ctx {
        actor: ACTOR.to_owned(),
        office: String::new(),
        now: placed.entry.at,
        command_id: format!("{}/{person}", Reader::command_id(NAME, placed.position)),
    };
    let request = Request {
        id: person.to_owned(),
        command: Command::Tell(told.clone()),
        private: None,
        along: Vec::new(),
        ctx,
    };
    let told = journal.handle(&Notices, request).await;
    views::forget_unread(journal.db(), person);
    match told {
        Ok(_) => Ok(()),
        Err(Failure::Trouble(trouble)) => Err(trouble),
        Err(Failure::Refused(refusal)) => {
            Err(Trouble::Broken(format!("telling was refused: {refusal:?}")))
        }
    }
}
