//! Who is let in, told without a network.
use super::{COME_AGAIN_SECONDS, Crowd, Gate, Kind, UnderWay, seat};
use jiff::Timestamp;
use tokio::sync::Semaphore;

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

#[tokio::test]
async fn who_finds_every_seat_taken_waits_a_moment_and_no_longer() {
    let seats = Semaphore::new(1);
    let first = seat(Some(&seats)).await.expect("free");
    let leaves = async {
        tokio::task::yield_now().await;
        drop(first);
    };
    let (second, ()) = tokio::join!(seat(Some(&seats)), leaves);
    let second = second.expect("it became free");
    assert!(second.is_some());
    let (status, seconds) = seat(Some(&seats)).await.expect_err("nobody leaves");
    assert_eq!((status.as_u16(), seconds), (503, COME_AGAIN_SECONDS));
    assert!(seat(None).await.is_ok(), "who needs none does not wait");
}

#[test]
fn slow_requests_of_one_address_leave_seats_for_another() {
    let under_way = UnderWay::new(2);
    let take = |address: &str, kind| under_way.take(address.to_owned(), kind);
    let first = take("203.0.113.7", Kind::Request).expect("free");
    let second = take("203.0.113.7", Kind::Request).expect("free");
    assert!(take("203.0.113.7", Kind::Request).is_none());
    assert!(take("203.0.113.7", Kind::Upload).is_some(), "counted apart");
    assert!(take("203.0.113.8", Kind::Request).is_some());
    for _ in 0..5 {
        assert!(take("127.0.0.1", Kind::Request).is_some(), "not counted");
    }
    drop(first);
    let third = take("203.0.113.7", Kind::Request);
    assert!(third.is_some(), "given back");
    drop((second, third));
    assert!(under_way.taken.lock().unwrap().is_empty());
}
