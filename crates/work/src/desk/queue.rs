//! The queues of an inbox: one for each kind of work, in the order of a dossier's life, and the
//! place in a list after which the next page begins. Does not know: SQL, HTML.
use facts::agency::Viewer;
use jiff::Timestamp;
use matters::dossier::QUEUES;
use matters::dossier::views::Queued;

use super::words::say;

/// The queue of everything.
pub(super) const ALL: &str = "all";
/// The queue of what is late.
pub(super) const LATE: &str = "late";

/// One tab of the inbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Queue {
    /// Name in the address.
    pub name: &'static str,
    /// What people read.
    pub label: String,
    /// How many, as people read it; with a `+` when no more were counted.
    pub count: String,
    /// None at all.
    pub empty: bool,
    /// Shown now.
    pub here: bool,
}

/// The tabs for an officer: all, each kind of work that their rights open or that waits, what
/// is late.
pub(super) fn queues(viewer: &Viewer, counts: &[Queued], here: &str) -> Vec<Queue> {
    let queue = |name: &'static str, count: i64, more: bool| Queue {
        name,
        label: say(&format!("queue.{name}")),
        count: format!("{count}{}", if more { "+" } else { "" }),
        empty: count == 0,
        here: name == here,
    };
    let all = |act: &str| {
        let counted = counts
            .iter()
            .filter(|counted| act == ALL || counted.act == act);
        counted.fold((0, false), |(sum, more), one| {
            (sum + one.all, more || one.more)
        })
    };
    let (count, more) = all(ALL);
    let mut queues = vec![queue(ALL, count, more)];
    for (act, right) in QUEUES {
        let (count, more) = all(act);
        if viewer.has(right) || count > 0 {
            queues.push(queue(act, count, more));
        }
    }
    let late = counts.iter().map(|one| one.late).sum();
    let more = counts.iter().any(|one| one.more && one.late == one.all);
    queues.push(queue(LATE, late, more));
    queues
}

/// The queue of this name; everything when there is none.
pub(super) fn named(name: &str) -> &'static str {
    let acts = QUEUES.iter().map(|(act, _)| *act).chain([LATE]);
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
    use proptest::prelude::*;

    #[test]
    fn a_queue_that_was_not_counted_to_its_end_says_so() {
        let counted = |act: &str, all, late, more| Queued {
            act: act.to_owned(),
            all,
            late,
            more,
        };
        // What the officer has of an act, and what waits in its queue, are counted apart.
        let counts = [
            counted("intake", 100, 100, true),
            counted("deliver", 3, 0, false),
            counted("deliver", 4, 1, false),
        ];
        let queues = queues(&Viewer::Anonymous, &counts, LATE);
        let shown: Vec<(&str, &str)> = queues.iter().map(|q| (q.name, &*q.count)).collect();
        let wanted = [
            (ALL, "107+"),
            ("intake", "100+"),
            ("deliver", "7"),
            (LATE, "101+"),
        ];
        assert_eq!(shown, wanted);
        assert!(queues.last().is_some_and(|late| late.here && !late.empty));
    }

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

    proptest! {
        #[test]
        fn any_word_of_an_address_is_a_place_or_none(
            text in "\\PC{0,40}|-?[0-9]{1,19}~[a-z~]{0,9}"
        ) {
            if let Some(place) = read(&text) {
                prop_assert_eq!(read(&written(&place)), Some(place));
            }
        }
    }
}
