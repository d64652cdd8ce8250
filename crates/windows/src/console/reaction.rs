//! The reader that keeps the counts: a round of entries becomes a few rows, in one transaction with
//! its place in the log, so that each entry counts exactly once (decision 22).
//! Does not know: what counts (`fold.rs`).
use std::collections::BTreeMap;
use std::sync::Arc;

use kernel::along::Along;
use kernel::log::Placed;
use kernel::reader::{React, Reader};
use kernel::{Journal, Statement, Trouble};
use matters::dossier::Law;

use super::count::Counts;
use super::{fold, period, views};

/// The reader's name in the database; never changed.
pub(super) const NAME: &str = "console";

/// Agency, procedure (empty: all of the agency), row of a period.
pub(super) type Key = (String, String, i64);

/// The reader for the house's list.
#[must_use]
pub fn reader(journal: Journal, law: Arc<Law>) -> Reader {
    let along = Arc::new(Along::new(journal, law));
    let counting = move |round| {
        let along = Arc::clone(&along);
        async move { counted(&along, round).await }
    };
    Reader {
        name: NAME,
        react: React::rows(views::TABLES, counting),
    }
}

async fn counted(along: &Along<Law>, round: Vec<Placed>) -> Result<Vec<Statement>, Trouble> {
    let mut rows: BTreeMap<Key, Counts> = BTreeMap::new();
    for placed in round {
        let Some(step) = along.step(placed).await? else {
            continue;
        };
        let Some(dossier) = &step.after.dossier else {
            continue;
        };
        let (agency, procedure) = (&dossier.agency, &dossier.procedure.code);
        for change in fold::changes(&step.before, &step.entry, &step.after) {
            let mut add = |procedure: &str, row: i64| {
                let key = (agency.clone(), procedure.to_owned(), row);
                rows.entry(key).or_default().add(change.count, change.by);
            };
            for row in period::of_procedure(change.day) {
                add(procedure, row);
            }
            for row in period::of_agency(change.day) {
                add("", row);
            }
        }
    }
    // A row of nothing but zeros is written too: which rows there are must not depend on what was
    // read together.
    Ok(rows
        .iter()
        .map(|(key, counts)| views::add(key, counts))
        .collect())
}
