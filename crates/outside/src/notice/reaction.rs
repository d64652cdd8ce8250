//! The reaction: an entry of a dossier that concerns its people becomes a notice to each of them,
//! once. The command id is made of the reader's name and the entry's place, so reading an entry
//! twice tells nothing twice.
//! Does not know: where notices are shown.
use std::collections::BTreeSet;
use std::sync::Arc;

use kernel::log::Placed;
use kernel::reader::{React, Reaction, Reader};
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
        react: React::Commands(Arc::new(move |placed| {
            let (journal, law) = (journal.clone(), Arc::clone(&law));
            Box::pin(async move { react(&journal, &law, placed).await })
        })),
    }
}

async fn react(journal: &Journal, law: &Law, placed: Placed) -> Result<Vec<Reaction>, Trouble> {
    let Some(id) = placed.entry.stream.strip_prefix(DOSSIERS) else {
        return Ok(Vec::new());
    };
    let event: dossier::Event = serde_json::from_value(placed.entry.event)
        .map_err(|error| Trouble::Broken(format!("{}: {error}", placed.entry.stream)))?;
    let Some(about) = About::of(&event) else {
        return Ok(Vec::new());
    };
    // Code, procedure and people of a dossier never change after its first entry.
    let state = journal.state_since(law, (id, placed.entry.version));
    let Some(dossier) = state.await?.dossier else {
        return Ok(Vec::new());
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
    let reaction = |person: &str| Reaction {
        lane: person.to_owned(),
        act: Box::pin(tell(
            journal.clone(),
            person.to_owned(),
            told.clone(),
            placed.position,
        )),
    };
    Ok(people.into_iter().map(reaction).collect())
}

async fn tell(journal: Journal, person: String, told: Told, position: i64) -> Result<(), Trouble> {
    let ctx = Ctx {
        actor: ACTOR.to_owned(),
        office: String::new(),
        now: told.at,
        command_id: format!("{}/{person}", Reader::command_id(NAME, position)),
    };
    let request = Request {
        id: person.clone(),
        command: Command::Tell(told),
        private: None,
        along: Vec::new(),
        ctx,
    };
    let told = journal.handle(&Notices, request).await;
    views::forget_unread(journal.db(), &person);
    match told {
        Ok(_) => Ok(()),
        Err(Failure::Trouble(trouble)) => Err(trouble),
        Err(Failure::Refused(refusal)) => {
            Err(Trouble::Broken(format!("telling was refused: {refusal:?}")))
        }
    }
}
