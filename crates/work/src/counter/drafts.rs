//! Unfinished intakes: drafts of a counter rather than of one officer, so that a colleague can go
//! on. The sheet stands beside the answers in the draft; it goes in the transaction that makes a
//! dossier of it.
//! Does not know: what a sheet means, who may open one (the pages ask).

use super::sheet::{Filled, Sheet};
use facts::procedure::ProcedureKey;
use jiff::Timestamp;
use kernel::{Json, Statement, Trouble};
use matters::Ground;
use matters::draft::{self, Draft, NotMade};
use serde_json::json;

/// Under which name the drafts of a counter are kept.
fn owner(reception: &str) -> String {
    format!("counter:{reception}")
}

/// Opens a draft; one that the same form opened before stays as it is.
pub(super) async fn begin(
    ground: &Ground,
    id: &str,
    (key, filled): (&ProcedureKey, &Filled),
    now: Timestamp,
) -> Result<(), NotMade> {
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
    match draft::create(ground.db(), &draft).await {
        Err(NotMade::Trouble(Trouble::Conflict(_))) => Ok(()),
        made => made,
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
        let sheet = serde_json::from_value(draft.answers["sheet"].clone());
        let sheet = sheet.map_err(|error| Trouble::Broken(format!("intake {id}: {error}")))?;
        let answers = draft.answers["answers"].clone();
        return Ok(Some((draft.procedure, Filled { sheet, answers })));
    }
    Ok(None)
}

/// The drafts of a counter, the last touched first.
pub(super) async fn of_counter(
    ground: &Ground,
    reception: &str,
    now: Timestamp,
) -> Result<Vec<Draft>, Trouble> {
    draft::list(ground.db(), &owner(reception), now).await
}
