//! What holds for every receipt and every limit, searched by random cases.
use super::*;
use proptest::prelude::*;

/// Any second from 2025 to the middle of 2028, so that the longest limits stay within 2030.
fn receipt() -> impl Strategy<Value = Timestamp> {
    let (first, last) = (
        at("2025-01-01T00:00").as_second(),
        at("2028-06-30T23:59").as_second(),
    );
    (first..last).prop_map(|second| Timestamp::from_second(second).expect("in range"))
}

fn amount_of(unit: usize, amount: u32) -> Limit {
    match unit {
        0 => Limit::WorkingDays(amount),
        1 => Limit::WorkingMinutes(amount * 37),
        2 => Limit::CalendarDays(amount),
        _ => Limit::Months(1 + amount / 8),
    }
}

fn limit() -> impl Strategy<Value = Limit> {
    let same_day = (0i8..24, 0i8..60).prop_map(|(hour, minute)| Limit::SameDay {
        cutoff: Some(jiff::civil::time(hour, minute, 0, 0)),
    });
    let by_amount = (0usize..4, 1u32..120).prop_map(|(unit, amount)| amount_of(unit, amount));
    prop_oneof![4 => by_amount, 1 => same_day, 1 => Just(Limit::SameDay { cutoff: None })]
}

fn working_limit() -> impl Strategy<Value = Limit> {
    (0usize..2, 1u32..60).prop_map(|(unit, amount)| amount_of(unit, amount))
}

fn later(from: Timestamp, seconds: i64) -> Timestamp {
    Timestamp::from_second(from.as_second() + seconds).expect("in range")
}

fn due(received: Timestamp, limit: &Limit) -> Timestamp {
    calendar()
        .due_at(received, limit)
        .expect("within the loaded years")
}

fn stopped(received: Timestamp, limit: &Limit, stops: &[Stop]) -> Timestamp {
    calendar()
        .due_after_stops(received, limit, stops)
        .expect("within the loaded years")
        .at
}

const TEN_DAYS: i64 = 10 * 86_400;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn never_due_on_a_day_off_nor_before_the_receipt(received in receipt(), limit in limit()) {
        let full = calendar().due(received, &limit).expect("within the loaded years");
        prop_assert!(calendar().is_working_day(full.day));
        prop_assert_eq!(full.day, VIETNAM.to_datetime(full.at).date());
        prop_assert!(full.at.as_second() >= received.as_second() / 60 * 60);
        prop_assert_eq!(full.at, due(received, &limit));
        prop_assert_eq!(full.why.last().map(|note| note.day), Some(full.day));
    }

    #[test]
    fn a_longer_limit_is_never_due_earlier(
        received in receipt(), unit in 0usize..4, short in 1u32..110, more in 0u32..10,
    ) {
        let long = due(received, &amount_of(unit, short + more));
        prop_assert!(due(received, &amount_of(unit, short)) <= long);
    }

    #[test]
    fn a_later_receipt_is_never_due_earlier(
        received in receipt(), wait in 0..TEN_DAYS, limit in limit(),
    ) {
        prop_assert!(due(received, &limit) <= due(later(received, wait), &limit));
    }

    #[test]
    fn a_later_cut_off_is_never_due_later(received in receipt(), early in 0i8..23) {
        let cutoff = |hour| Limit::SameDay { cutoff: Some(jiff::civil::time(hour, 0, 0, 0)) };
        prop_assert!(due(received, &cutoff(early + 1)) <= due(received, &cutoff(early)));
    }

    #[test]
    fn stop_and_resume_adds_exactly_the_stopped_working_time(
        received in receipt(), limit in working_limit(), after in 0..TEN_DAYS, stood in 0..TEN_DAYS,
    ) {
        let plain = due(received, &limit);
        let stop = Stop { from: later(received, after), to: later(received, after + stood) };
        let resumed = stopped(received, &limit, &[stop]);
        let stood = calendar().working_minutes(stop.from, stop.to);
        let begun = stop.from.as_second() / 60 < plain.as_second() / 60;
        let added = calendar().working_minutes(plain, resumed);
        prop_assert_eq!(added, if begun { stood } else { 0 });
        prop_assert!(calendar().is_working_day(VIETNAM.to_datetime(resumed).date()));
    }

    #[test]
    fn working_time_outside_the_stops_is_the_limit(
        received in receipt(), minutes in 1u32..9_000, after in 0..TEN_DAYS, stood in 0..TEN_DAYS,
    ) {
        let stop = Stop { from: later(received, after), to: later(received, after + stood) };
        let resumed = stopped(received, &Limit::WorkingMinutes(minutes), &[stop]);
        let idle = match stop.from < resumed {
            true => calendar().working_minutes(stop.from, stop.to.min(resumed)),
            false => 0,
        };
        let counted = calendar().working_minutes(received, resumed) - idle;
        prop_assert_eq!(counted, i64::from(minutes));
    }

    #[test]
    fn splitting_an_interval_changes_nothing(
        from in receipt(), first in 0..TEN_DAYS, second in 0..TEN_DAYS,
    ) {
        let middle = later(from, first);
        let to = later(middle, second);
        let parts =
            calendar().working_minutes(from, middle) + calendar().working_minutes(middle, to);
        prop_assert_eq!(parts, calendar().working_minutes(from, to));
        prop_assert_eq!(calendar().working_minutes(to, from), -parts);
    }

    #[test]
    fn splitting_a_stop_changes_nothing(
        received in receipt(), limit in limit(), after in 0..TEN_DAYS,
        first in 0..TEN_DAYS, second in 0..TEN_DAYS,
    ) {
        let from = later(received, after);
        let middle = later(from, first);
        let to = later(middle, second);
        let whole = stopped(received, &limit, &[Stop { from, to }]);
        let parts = [Stop { from: middle, to }, Stop { from, to: middle }];
        prop_assert_eq!(stopped(received, &limit, &parts), whole);
    }

    #[test]
    fn notes_count_to_the_limit(received in receipt(), amount in 1u32..100) {
        let full = calendar().due(received, &Limit::WorkingDays(amount)).expect("loaded");
        let last = full.why.last().map(|note| note.verdict);
        prop_assert_eq!(last, Some(Verdict::WorkingDay(amount)));
        let minutes = Limit::WorkingMinutes(amount * 37);
        let full = calendar().due(received, &minutes).expect("loaded");
        let counted = full.why.iter().map(|note| match note.verdict {
            Verdict::WorkingMinutes(minutes) => minutes,
            _ => 0,
        });
        prop_assert_eq!(counted.sum::<u32>(), amount * 37);
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,24}|same-day@[0-9:.T]{0,9}|[0-9.]{1,6}w[dhm]") {
        let _ = parse_received(&text);
        if let Ok(limit) = text.parse::<Limit>() {
            prop_assert_eq!(limit.to_string().parse::<Limit>(), Ok(limit));
        }
    }
}
