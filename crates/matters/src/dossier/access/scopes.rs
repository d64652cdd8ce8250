//! The lists on which a dossier stands and those that a viewer may walk, from the same table as
//! `may(View)`.
//! Does not know: SQL, what else a list is divided by.

use super::Facts;
use super::table::{VIEW_COMPETENT, VIEW_CONSULTED, VIEW_COUNTER};
use facts::agency::{Reach, Viewer};
use std::collections::BTreeMap;

/// The scopes of a dossier: who stands to it how. Each is a list on which it stands (`lists.rs`).
pub(in crate::dossier) fn scopes_of(facts: &Facts<'_>) -> Vec<String> {
    let mut scopes = vec![format!("agency:{}", facts.agency)];
    // Whoever has a right at a counter of the competent agency sees the dossier as the agency's
    // already, and whoever took it in sees it as its counter's.
    if facts.reception != facts.agency {
        scopes.push(format!("counter:{}", facts.reception));
    }
    if facts.return_agency != facts.agency && facts.return_agency != facts.reception {
        scopes.push(format!("return:{}", facts.return_agency));
    }
    scopes.extend(
        facts
            .consulted
            .iter()
            .map(|agency| format!("consulted:{agency}")),
    );
    let people = [facts.applicant, facts.filer]
        .into_iter()
        .filter(|person| !person.is_empty());
    scopes.extend(people.map(|person| format!("person:{person}")));
    let given = facts
        .tasks
        .values()
        .filter(|task| !task.position.is_empty());
    scopes.extend(given.map(|task| match task.agency == facts.agency {
        true => format!("{POST}{}", task.position),
        false => format!("{ASKED}{}", task.position),
    }));
    scopes.sort();
    scopes.dedup();
    scopes
}

/// How the list of what a position was given begins; the position follows.
pub(in crate::dossier) const POST: &str = "post:";
/// The same of what a position of an agency that was asked was given.
pub(in crate::dossier) const ASKED: &str = "asked:";

/// The scopes under which `viewer` may list dossiers, each with the procedures that it reaches: the
/// list predicate is that one of them is a scope of the dossier and reaches its procedure
/// (`views/lists.rs`). It agrees with `may(View)`; a test compares them on every combination.
pub(in crate::dossier) fn scopes_for(viewer: &Viewer) -> BTreeMap<String, Reach> {
    let mut scopes = BTreeMap::new();
    match viewer {
        Viewer::Citizen { .. } => {
            let own = viewer.people();
            scopes.extend(own.map(|person| (format!("person:{person}"), Reach::All)));
        }
        Viewer::Officer { posts, .. } => {
            for post in posts {
                for (kind, rights) in [
                    ("agency", VIEW_COMPETENT),
                    ("counter", VIEW_COUNTER),
                    ("return", VIEW_COUNTER),
                    ("consulted", VIEW_CONSULTED),
                ] {
                    let reaches = rights.iter().filter_map(|right| post.reach(*right));
                    add(&mut scopes, format!("{kind}:{}", post.agency), reaches);
                }
                for (given, rights) in [(POST, VIEW_COMPETENT), (ASKED, VIEW_CONSULTED)] {
                    if rights.iter().any(|right| post.has(*right)) {
                        scopes.insert(format!("{given}{}", post.position), Reach::All);
                    }
                }
            }
        }
        _ => {}
    }
    scopes
}

/// A scope reaches what it reached and what these reach.
fn add<'r>(
    scopes: &mut BTreeMap<String, Reach>,
    scope: String,
    reaches: impl Iterator<Item = &'r Reach>,
) {
    for reach in reaches {
        let known = scopes.get(&scope);
        let both = known.map_or_else(|| reach.clone(), |known| known.or(reach));
        scopes.insert(scope.clone(), both);
    }
}

/// The procedures whose dossiers `viewer` may see as those of the competent `agency`; `None`: none.
pub(in crate::dossier) fn reach_in(viewer: &Viewer, agency: &str) -> Option<Reach> {
    scopes_for(viewer).remove(&format!("agency:{agency}"))
}
