//! Which dossiers a post handles, by procedure: need to know. A unit or position that names fields
//! of government handles these; one that names none handles all of its agency. What nobody at work
//! handles, everybody with the right does: no field is without somebody because a file forgot it or
//! a post is vacant.
//! Does not know: dossiers, which procedures there are beyond their codes and fields.
use std::collections::{BTreeMap, BTreeSet};

use super::{Post, Right};

/// Codes of procedures.
type Codes = BTreeSet<String>;

/// The procedures that a right of a post reaches.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Reach {
    /// Every procedure.
    #[default]
    All,
    /// These.
    Only(Codes),
    /// Every one but these, which others handle.
    Except(Codes),
}

impl Reach {
    /// Whether it reaches the procedure of this code.
    pub fn has(&self, procedure: &str) -> bool {
        match self {
            Reach::All => true,
            Reach::Only(codes) => codes.contains(procedure),
            Reach::Except(codes) => !codes.contains(procedure),
        }
    }

    /// What either reaches.
    #[must_use]
    pub fn or(&self, other: &Reach) -> Reach {
        let all = |codes: Codes| match codes.is_empty() {
            true => Reach::All,
            false => Reach::Except(codes),
        };
        match (self, other) {
            (Reach::All, _) | (_, Reach::All) => Reach::All,
            (Reach::Only(a), Reach::Only(b)) => Reach::Only(a | b),
            (Reach::Except(a), Reach::Except(b)) => all(a & b),
            (Reach::Only(only), Reach::Except(except))
            | (Reach::Except(except), Reach::Only(only)) => all(except - only),
        }
    }
}

/// A position of an agency as it is filled at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seat {
    pub position: String,
    pub rights: Vec<Right>,
    /// Of the position, else of its unit; empty: all.
    pub fields: Vec<String>,
    /// It exists, and somebody is appointed to it or it is lent to somebody.
    pub is_held: bool,
}

impl Seat {
    fn has(&self, right: Right) -> bool {
        self.rights.contains(&right)
    }
}

/// Procedure codes by field.
pub(super) type Fields = BTreeMap<String, Codes>;

/// Says of a post of this agency which procedures each of its rights reaches, and for which vacant
/// positions it stands in.
pub(super) fn place(post: &mut Post, seats: &[Seat], fields: &Fields) {
    let Some(own) = seats.iter().find(|seat| seat.position == post.position) else {
        return;
    };
    for right in post.rights.iter().filter(|right| right.is_by_field()) {
        let reach = reach(own, *right, (seats, fields));
        if reach != Reach::All {
            post.reaches.push((*right, reach));
        }
    }
    let vacant = seats.iter().filter(|seat| !seat.is_held);
    let shared = vacant.filter(|seat| post.rights.iter().any(|right| seat.has(*right)));
    post.stands_in = shared.map(|seat| seat.position.clone()).collect();
}

fn reach(own: &Seat, right: Right, (seats, fields): (&[Seat], &Fields)) -> Reach {
    if own.fields.is_empty() {
        return Reach::All;
    }
    let codes_of = |seat: &Seat| -> Codes {
        let known = seat.fields.iter().filter_map(|field| fields.get(field));
        known.flatten().cloned().collect()
    };
    let others = seats
        .iter()
        .filter(|seat| seat.is_held && seat.has(right) && seat.position != own.position);
    let others: Vec<&Seat> = others.collect();
    if others.iter().any(|seat| seat.fields.is_empty()) {
        return Reach::Only(codes_of(own));
    }
    let taken: Codes = others.into_iter().flat_map(codes_of).collect();
    Reach::Except(&taken - &codes_of(own)).or(&Reach::Only(Codes::new()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn codes(words: &str) -> Codes {
        words.split_whitespace().map(str::to_owned).collect()
    }

    fn fields() -> Fields {
        let field = |name: &str, of: &str| (name.to_owned(), codes(of));
        Fields::from([field("a", "1 2"), field("b", "3"), field("c", "4")])
    }

    fn seat(position: &str, fields: &str, is_held: bool) -> Seat {
        Seat {
            position: position.to_owned(),
            rights: vec![Right::Appraise, Right::Oversee],
            fields: fields.split_whitespace().map(str::to_owned).collect(),
            is_held,
        }
    }

    fn placed(seats: &[Seat], position: &str) -> Post {
        let mut post = Post {
            position: position.to_owned(),
            rights: vec![Right::Appraise, Right::Oversee],
            ..Post::default()
        };
        place(&mut post, seats, &fields());
        post
    }

    fn reached(seats: &[Seat], position: &str) -> String {
        let post = placed(seats, position);
        let all = ["1", "2", "3", "4", "5"];
        let has = |code: &&str| post.handles(Right::Appraise, code);
        all.into_iter().filter(has).collect()
    }

    #[test]
    fn each_handles_its_fields_and_what_nobody_handles() {
        let two = [seat("p", "a", true), seat("q", "b", true)];
        assert_eq!(reached(&two, "p"), "1245");
        assert_eq!(reached(&two, "q"), "345");
        // Somebody who handles everything leaves nothing over.
        let with_all = [two[0].clone(), two[1].clone(), seat("r", "", true)];
        assert_eq!(reached(&with_all, "p"), "12");
        assert_eq!(reached(&with_all, "r"), "12345");
        // Who is not there handles nothing.
        let vacant = [two[0].clone(), seat("q", "b", false)];
        assert_eq!(reached(&vacant, "p"), "12345");
        assert_eq!(placed(&vacant, "p").stands_in, ["q"]);
        assert!(placed(&two, "p").stands_in.is_empty());
        // Oversight is of the whole agency.
        assert!(placed(&two, "p").handles(Right::Oversee, "3"));
        // One alone handles everything, as in a commune of one officer.
        assert_eq!(reached(&two[..1], "p"), "12345");
    }

    fn any_reach() -> impl Strategy<Value = Reach> {
        let some = proptest::collection::btree_set("[1-5]", 0..5);
        (0..3u8, some).prop_map(|(kind, some)| match kind {
            0 => Reach::All,
            1 => Reach::Only(some),
            _ => Reach::Except(some),
        })
    }

    proptest! {
        #[test]
        fn either_is_what_one_or_the_other_reaches(a in any_reach(), b in any_reach()) {
            for code in ["1", "2", "3", "4", "5", "6"] {
                prop_assert_eq!(a.or(&b).has(code), a.has(code) || b.has(code), "{}", code);
            }
        }

        #[test]
        fn whatever_the_files_say_somebody_handles_each_procedure(
            seats in proptest::collection::vec(("[abcd ]{0,4}", any::<bool>()), 1..5),
        ) {
            let seats: Vec<Seat> = seats.iter().enumerate().map(|(number, (named, held))| {
                let named: String = named.chars().flat_map(|one| [one, ' ']).collect();
                seat(&number.to_string(), &named, *held || number == 0)
            }).collect();
            let held: Vec<&Seat> = seats.iter().filter(|seat| seat.is_held).collect();
            for code in ["1", "2", "3", "4", "5"] {
                let handles = |seat: &&&Seat| reached(&seats, &seat.position).contains(code);
                prop_assert!(held.iter().find(handles).is_some(), "{} {:?}", code, seats);
            }
        }
    }
}
