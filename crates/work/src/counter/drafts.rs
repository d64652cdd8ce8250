//! Unfinished intakes: drafts of a counter rather than of one officer, so that a colleague can go
//! on. The sheet stands beside the answers in the draft; it goes in the transaction that makes a
//! dossier of it.
//! Does not know: what a sheet means, who may open one (the pages ask).

use super::sheet::{Filled, Sheet};
use facts::procedure::ProcedureKey;
use jiff::{SignedDuration, Timestamp};
use kernel::{Json, Statement, Trouble};
use matters::Ground;
use matters::draft::{self, Draft};
use serde_json::json;

/// Under which name the drafts of a counter are kept.
fn owner(reception: &str) -> String {
    format!("counter:{reception}")
}

/// Sheets that one officer has open at once: people who come back with a paper, a morning's worth.
pub(super) const OF_OFFICER_MAX: usize = draft::DRAFTS_MAX;
/// Sheets of a whole counter: twenty officers with as many as they may have.
const OF_COUNTER_MAX: usize = 20 * OF_OFFICER_MAX;
/// An empty sheet that nobody touched for so long is not looked at any more: the next one of the
/// same officer for the same procedure is this one.
const LEFT_AFTER: SignedDuration = SignedDuration::from_mins(10);

/// How a sheet was opened.
pub(super) enum Begun {
    /// Under this id: the one asked for, or an empty one that the officer had left.
    Open(String),
    /// The officer, or the counter, has as many as there may be.
    TooMany,
}

/// Opens a draft; one that the same form opened before stays as it is. Sheets on which nothing
/// stands do not count, and one that was left so is used again.
pub(super) async fn begin(
    ground: &Ground,
    id: &str,
    (key, filled): (&ProcedureKey, &Filled),
    now: Timestamp,
) -> Result<Begun, Trouble> {
    let open = of_counter(ground, &filled.sheet.reception, now).await?;
    let left = |open: &&Open| {
        let since = now.duration_since(open.draft.updated_at);
        open.filled.is_empty() && since >= LEFT_AFTER && open.draft.procedure == *key
    };
    let own = |open: &&Open| open.filled.sheet.opened_by == filled.sheet.opened_by;
    if let Some(left) = open.iter().filter(own).find(left) {
        return Ok(Begun::Open(left.draft.id.clone()));
    }
    let written = open
        .iter()
        .filter(own)
        .filter(|open| !open.filled.is_empty());
    if written.count() >= OF_OFFICER_MAX || open.len() >= OF_COUNTER_MAX {
        return Ok(Begun::TooMany);
    }
    let mut draft = Draft {
        id: id.to_owned(),
        owner: owner(&filled.sheet.reception),
        dossier: String::new(),
        procedure: key.clone(),
        channel: filled.sheet.channel(),
        agency: String::new(),
        reception: String::new(),
        applicant: matters::dossier::Party::default(),
        filer: None,
        answers: Json::Null,
        papers: Vec::new(),
        return_way: None,
        post_address: String::new(),
        visited: Vec::new(),
        version: 0,
        updated_at: now,
    };
    write(&mut draft, filled);
    match draft::keep(ground.db(), &draft).await {
        Err(Trouble::Conflict(_)) | Ok(()) => Ok(Begun::Open(id.to_owned())),
        Err(trouble) => Err(trouble),
    }
}

/// Keeps a draft as it stands. One that has become a dossier meanwhile does not come back.
pub(super) async fn save(
    ground: &Ground,
    id: &str,
    filled: &Filled,
    now: Timestamp,
) -> Result<(), Trouble> {
    let owner = owner(&filled.sheet.reception);
    let edit = |draft: &mut Draft| write(draft, filled);
    draft::change(ground.db(), (id, &owner), now, edit)
        .await
        .map(drop)
}

/// The columns that lists show, and the sheet with the answers.
fn write(draft: &mut Draft, filled: &Filled) {
    let sheet = &filled.sheet;
    draft.agency.clone_from(&sheet.agency);
    draft.reception.clone_from(&sheet.reception);
    draft.applicant = sheet.applicant.party(&sheet.applicant.person);
    draft.return_way = Some(sheet.way());
    draft.answers = json!({ "sheet": sheet, "answers": filled.answers });
}

/// What ends a draft: for the transaction of the submission, or alone.
pub(super) fn done(id: &str, sheet: &Sheet) -> Statement {
    draft::delete(id, &owner(&sheet.reception))
}

/// Throws a draft away.
pub(super) async fn end(ground: &Ground, id: &str, sheet: &Sheet) -> Result<(), Trouble> {
    ground.db().write(vec![done(id, sheet)]).await.map(drop)
}

/// A draft of one of these counters, with its procedure.
pub(super) async fn load(
    ground: &Ground,
    id: &str,
    receptions: &[&str],
    now: Timestamp,
) -> Result<Option<(ProcedureKey, Filled)>, Trouble> {
    for reception in receptions {
        let found = draft::load(ground.db(), id, &owner(reception), now).await?;
        let Some(draft) = found else { continue };
        let procedure = draft.procedure.clone();
        return Ok(Some((procedure, filled(&draft)?)));
    }
    Ok(None)
}

/// An unfinished intake, with what stands on it.
pub(super) struct Open {
    /// The draft.
    pub draft: Draft,
    /// What was typed so far.
    pub filled: Filled,
}

/// The drafts of a counter, the last touched first.
pub(super) async fn of_counter(
    ground: &Ground,
    reception: &str,
    now: Timestamp,
) -> Result<Vec<Open>, Trouble> {
    let drafts = draft::list_up_to(ground.db(), &owner(reception), (now, OF_COUNTER_MAX)).await?;
    let open = |draft: Draft| {
        let filled = filled(&draft)?;
        Ok(Open { draft, filled })
    };
    drafts.into_iter().map(open).collect()
}

fn filled(draft: &Draft) -> Result<Filled, Trouble> {
    let sheet = serde_json::from_value(draft.answers["sheet"].clone());
    let sheet = sheet.map_err(|error| Trouble::Broken(format!("intake {}: {error}", draft.id)))?;
    let answers = draft.answers["answers"].clone();
    Ok(Filled { sheet, answers })
}
