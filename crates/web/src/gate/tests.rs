//! Who is let in, told without a network.
use super::{Crowd, Gate};
use jiff::Timestamp;

fn at(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).unwrap()
}

#[test]
fn an_account_that_asks_too_fast_waits() {
    let gate = Gate::new(Crowd {
        per_account: 2,
        ..Crowd::default()
    });
    for _ in 0..20 {
        assert_eq!(gate.admits_account("a", at(0)), Ok(()));
    }
    assert!(gate.admits_account("a", at(0)).is_err());
    assert_eq!(gate.admits_account("b", at(0)), Ok(()));
    assert_eq!(gate.admits_account("a", at(500)), Ok(()));
}

#[test]
fn an_address_is_counted_unless_it_is_this_machine() {
    let gate = Gate::new(Crowd {
        per_address: 1,
        ..Crowd::default()
    });
    let tries = |address: &str| {
        (0..50)
            .filter(|_| gate.admits_address(address, at(0)).is_ok())
            .count()
    };
    assert_eq!(tries("203.0.113.7"), 10);
    assert_eq!(tries("127.0.0.1"), 50);
}

#[test]
fn zero_counts_nothing() {
    let gate = Gate::new(Crowd::default());
    assert!((0..10_000).all(|_| gate.admits_account("a", at(0)).is_ok()));
}
