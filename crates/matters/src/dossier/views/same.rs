//! Dossiers about the same matter: found by digests of the answers that say what they are about.
//! Does not know: which answers those are (`facts::procedure`).

use super::lines::{COLUMNS, Line, next_line};
use crate::dossier::access::scopes_for;
use crate::dossier::events::Event;
use crate::dossier::phase::Phase;
use facts::agency::Viewer;
use facts::procedure::{Catalogue, Procedure, ProcedureKey};
use kernel::{Database, Json, Lived, Statement, Trouble, Value, params};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// Dossiers about the same that are shown; with more, something else is wrong.
const SHOWN_MAX: i64 = 10;

/// The rows of what was handed in or changed. What a dossier was once about stays: an officer
/// looks.
pub(super) fn matters(
    id: &str,
    catalogue: &Catalogue,
    key: &ProcedureKey,
    happened: &[&Lived<'_, Event>],
) -> Vec<Statement> {
    let Some(procedure) = catalogue
        .get(key)
        .filter(|known| !known.same_matter.is_empty())
    else {
        return Vec::new();
    };
    let answers = happened.iter().filter_map(|lived| match lived.entry.event {
        Event::Submitted { .. } | Event::Supplemented { .. } => lived.private?.get("answers"),
        _ => None,
    });
    let digests = answers.flat_map(|answers| procedure.matters_of(answers));
    let digests: BTreeSet<String> = digests.map(|(matter, _)| digest(&matter)).collect();
    let row = |matter: String| {
        let sql = "INSERT INTO dossier_matters (matter, dossier_id) VALUES (?, ?)
          ON CONFLICT (matter, dossier_id) DO NOTHING";
        Statement::new(sql, params![matter, id])
    };
    digests.into_iter().map(row).collect()
}

fn digest(matter: &str) -> String {
    let bytes = Sha256::digest(matter.as_bytes());
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Other dossiers than `except` about the same as these answers, the newest first: to an officer
/// whoever filed them, to a citizen their own. Those that came to nothing are left out.
///
/// # Errors
/// [`Trouble`] of the database.
pub async fn about_the_same(
    db: &Database,
    viewer: &Viewer,
    (procedure, answers): (&Procedure, &Json),
    except: &str,
) -> Result<Vec<Line>, Trouble> {
    let matters = procedure.matters_of(answers);
    if matters.is_empty() {
        return Ok(Vec::new());
    }
    let wanted: Vec<(String, bool)> = matters
        .into_iter()
        .map(|(matter, while_open)| (digest(&matter), while_open))
        .collect();
    let places = vec!["?"; wanted.len()].join(", ");
    let mut values: Vec<Value> = wanted.iter().map(|(one, _)| Value::from(one)).collect();
    values.push(Value::from(except));
    let own = match viewer {
        Viewer::Officer { .. } => String::new(),
        Viewer::Citizen { .. } => {
            let scopes: Vec<String> = scopes_for(viewer).into_keys().collect();
            let lists = vec!["?"; scopes.len()].join(", ");
            if scopes.is_empty() {
                return Ok(Vec::new());
            }
            values.extend(scopes.into_iter().map(Value::from));
            format!(
                "AND EXISTS (SELECT 1 FROM dossier_lists l WHERE l.list IN ({lists})
                AND l.submitted_at = d.submitted_at AND l.dossier_id = d.id)"
            )
        }
        Viewer::Anonymous => return Ok(Vec::new()),
    };
    let sql = format!(
        "SELECT m.matter, {COLUMNS} FROM dossier_matters m JOIN dossiers d ON d.id = m.dossier_id
          WHERE m.matter IN ({places}) AND d.id <> ? {own}
          ORDER BY d.submitted_at DESC, d.id LIMIT ?"
    );
    // Each may be found by every one of its matters.
    let limit = SHOWN_MAX * i64::try_from(wanted.len()).unwrap_or(1);
    values.push(Value::from(limit));
    let mut found: Vec<Line> = Vec::new();
    for row in db.query(Statement::new(sql, values)).await? {
        let mut cells = row.cells();
        let matter = cells.string();
        let line = next_line(&mut cells);
        let while_open = wanted.iter().any(|(one, open)| *one == matter && *open);
        let known = found.iter().any(|known| known.id == line.id);
        if !known && counts(line.phase, while_open) {
            found.push(line);
        }
    }
    Ok(found)
}

/// What was refused or withdrawn is no obstacle; what may be asked for again is none once it is
/// done.
fn counts(phase: Phase, while_open: bool) -> bool {
    match phase {
        Phase::Delivered => !while_open,
        phase => !phase.is_terminal(),
    }
}
