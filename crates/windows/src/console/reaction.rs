//! The reader that keeps the counts: a round of entries becomes a few rows, in one transaction with
//! its place in the log, so that each entry counts exactly once (decision 22).
//! Does not know: what counts (`fold.rs`).
use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
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
pub(super) type Key<'a> = (&'a str, &'a str, i64);

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
    let mut rows = Rows::default();
    for step in along.walk(round).await? {
        let Some(dossier) = &step.after.dossier else {
            continue;
        };
        let changes = fold::changes(&step.before, &step.entry, &step.after);
        let (agency, procedure) = (&dossier.agency, &dossier.procedure.code);
        rows.add((agency, procedure), &changes, period::of_procedure);
        rows.add((agency, ""), &changes, period::of_agency);
    }
    Ok(rows.statements())
}

/// What a round adds, by agency, procedure and row of a period: an entry touches twenty rows of two
/// names.
#[derive(Default)]
struct Rows(BTreeMap<String, BTreeMap<String, BTreeMap<i64, Counts>>>);

impl Rows {
    /// Each change counts in the rows of its day.
    fn add<const PERIODS: usize>(
        &mut self,
        (agency, procedure): (&str, &str),
        changes: &[fold::Change],
        periods: fn(Date) -> [i64; PERIODS],
    ) {
        let rows = known(known(&mut self.0, agency), procedure);
        for change in changes {
            for row in periods(change.day) {
                rows.entry(row).or_default().add(change.count, change.by);
            }
        }
    }

    /// A row of nothing but zeros is written too: which rows there are must not depend on what was
    /// read together.
    fn statements(&self) -> Vec<Statement> {
        let mut list = Vec::new();
        for (agency, procedures) in &self.0 {
            for (procedure, rows) in procedures {
                let add =
                    |(row, counts): (&i64, &Counts)| views::add((agency, procedure, *row), counts);
                list.extend(rows.iter().map(add));
            }
        }
        list
    }
}

/// The value of a name; a name is copied only when it is new.
fn known<'a, V: Default>(map: &'a mut BTreeMap<String, V>, name: &str) -> &'a mut V {
    if !map.contains_key(name) {
        map.insert(name.to_owned(), V::default());
    }
    map.get_mut(name).expect("just put there")
}
