//! The queues of an inbox: one for each kind of work, in the order of a dossier's life, and the
//! place in a list after which the next page begins. Does not know: SQL, HTML.
use facts::agency::{Right, Viewer};
use jiff::Timestamp;

use super::words::say;

/// Every kind of work that an inbox holds, with the right that it needs.
const ACTS: [(&str, Right); 10] = [
    ("intake", Right::Intake),
    ("supplement", Right::Intake),
    ("assign", Right::Assign),
    ("appraise", Right::Appraise),
    ("consult", Right::Appraise),
    ("endorse", Right::Endorse),
    ("approve", Right::Approve),
    ("issue", Right::Issue),
    ("collect_fee", Right::CollectFee),
    ("deliver", Right::Deliver),
];
/// The queue of everything.
pub(super) const ALL: &str = "all";
/// The queue of what is late.
pub(super) const LATE: &str = "late";

/// How much of one kind of work there is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Count {
    /// The act.
    pub act: String,
    /// All of it.
    pub all: i64,
    /// What is late of it.
    pub late: i64,
}

/// One tab of the inbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Queue {
    /// Name in the address.
    pub name: &'static str,
    /// What people read.
    pub label: String,
    /// How many.
    pub count: i64,
    /// Shown now.
    pub here: bool,
}

/// The tabs for an officer: all, each kind of work that their rights open or that waits, what
/// is late.
pub(super) fn queues(viewer: &Viewer, counts: &[Count], here: &str) -> Vec<Queue> {
    let queue = |name: &'static str, count: i64| Queue {
        name,
        label: say(&format!("queue.{name}")),
        count,
        here: name == here,
    };
    let count = |act: &str| {
        counts
            .iter()
            .filter(|c| c.act == act)
            .map(|c| c.all)
            .sum::<i64>()
    };
    let mut queues = vec![queue(ALL, counts.iter().map(|count| count.all).sum())];
    for (act, right) in ACTS {
        if viewer.has(right) || count(act) > 0 {
            queues.push(queue(act, count(act)));
        }
    }
    queues.push(queue(LATE, counts.iter().map(|count| count.late).sum()));
    queues
}

/// The queue of this name; everything when there is none.
pub(super) fn named(name: &str) -> &'static str {
    let acts = ACTS.iter().map(|(act, _)| *act).chain([LATE]);
    acts.into_iter().find(|act| *act == name).unwrap_or(ALL)
}

/// A place in an inbox: due, dossier, task.
pub(super) type Place = (Timestamp, String, String);

/// A place as one word of an address.
pub(super) fn written(place: &Place) -> String {
    format!("{}~{}~{}", place.0.as_millisecond(), place.1, place.2)
}

/// The place of a word, if it is one.
pub(super) fn read(text: &str) -> Option<Place> {
    let mut parts = text.splitn(3, '~');
    let (at, id, task) = (parts.next()?, parts.next()?, parts.next()?);
    let at = Timestamp::from_millisecond(at.parse().ok()?).ok()?;
    Some((at, id.to_owned(), task.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_survives_an_address() {
        let at = Timestamp::from_millisecond(1_795_400_000_123).expect("a time");
        let place = (at, "0192-ab".to_owned(), "consult/power~1#2".to_owned());
        assert_eq!(read(&written(&place)), Some(place));
        for wrong in ["", "x~y~z", "12~y"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
        assert_eq!(named("nothing"), ALL);
    }
}
