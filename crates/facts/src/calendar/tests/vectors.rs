//! Receipt, limit, due: each line is a case that a citizen or an officer could check by hand.
use super::*;
use expect::check;

mod expect {
    use super::*;

    /// The first line of `dinh due` for that receipt and limit.
    #[track_caller]
    pub fn check(received: &str, limit: &str, due: &str) {
        let limit: Limit = limit.parse().expect(limit);
        let text = explain(at(received), &limit, calendar()).expect("within the loaded years");
        assert_eq!(text.lines().next(), Some(due), "{text}");
        let full = calendar().due(at(received), &limit).expect("as above");
        assert_eq!(Ok(full.at), calendar().due_at(at(received), &limit));
    }
}

#[test]
fn the_test_vectors_of_the_law() {
    check("2026-11-23T14:00+07:00", "3wd", "2026-11-27");
    check("2026-11-23T14:00+07:00", "24wh", "2026-11-27T14:00");
    check("2026-11-23T15:10", "same-day@15:00", "2026-11-25");
    check("2026-11-23T14:59", "same-day@15:00", "2026-11-23");
    check("2026-08-21T10:00", "3wd", "2026-08-25");
    check("2026-08-28T16:00", "1wd", "2026-09-03");
    check("2026-02-13T14:00", "3wd", "2026-02-25");
    check("2026-04-24T09:00", "2wd", "2026-04-29");
    check("2026-12-30T10:00", "3wd", "2027-01-05");
    check("2026-11-19T09:00", "15cd", "2026-12-04");
}

#[test]
fn the_same_vectors_in_hours() {
    check("2026-08-21T10:00", "24wh", "2026-08-25T10:00");
    check("2026-08-28T16:00", "8wh", "2026-09-03T16:00");
    check("2026-02-13T14:00", "24wh", "2026-02-25T14:00");
    check("2026-04-24T09:00", "16wh", "2026-04-29T09:00");
    check("2026-12-30T10:00", "24wh", "2027-01-05T10:00");
    check("2026-11-19T10:00", "8wh", "2026-11-20T10:00");
}
