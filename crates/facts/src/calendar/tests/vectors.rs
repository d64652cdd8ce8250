//! Receipt, limit, due: each line is a case that a citizen or an officer could check by hand.
use super::*;

/// The first line of `dinh due` for that receipt and limit, and the same from the short ways.
#[track_caller]
fn check(received: &str, limit: &str, due: &str) {
    let limit: Limit = limit.parse().expect(limit);
    let text = explain(at(received), &limit, calendar()).expect("within the loaded years");
    assert_eq!(text.lines().next(), Some(due), "{text}");
    let full = calendar().due(at(received), &limit).expect("as above");
    assert_eq!(Ok(full.at), calendar().due_at(at(received), &limit));
    let without_stops = calendar().due_after_stops(at(received), &limit, &[]);
    assert_eq!(without_stops, Ok(full));
}

#[track_caller]
fn check_stopped(received: &str, limit: &str, stops: &[(&str, &str)], due: &str) {
    let stops: Vec<Stop> = stops
        .iter()
        .map(|(from, to)| Stop {
            from: at(from),
            to: at(to),
        })
        .collect();
    let limit: Limit = limit.parse().expect(limit);
    let reckoned = calendar().due_after_stops(at(received), &limit, &stops);
    let reckoned = reckoned.expect("within the loaded years");
    assert_eq!(reckoned.at, at(due), "{:#?}", reckoned.why);
    assert_eq!(reckoned.why.last().map(|note| note.day), Some(reckoned.day));
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

/// The supplement came ten working days after it was asked: three full working days from then.
#[test]
fn restart_counts_anew_from_the_supplement() {
    check("2026-11-09T09:00", "3wd", "2026-11-12");
    let asked = at("2026-11-11T09:00");
    let supplemented = calendar()
        .due_at(asked, &Limit::WorkingDays(10))
        .expect("loaded");
    assert_eq!(supplemented, at("2026-11-26T17:00"));
    check("2026-11-26T17:00", "3wd", "2026-12-01");
}

#[test]
fn resume_adds_what_the_clock_stood() {
    let two_days = [("2026-11-10T10:00", "2026-11-12T10:00")];
    check_stopped("2026-11-09T09:00", "3wd", &two_days, "2026-11-16T17:00");
    check_stopped("2026-11-09T09:00", "8wh", &two_days, "2026-11-10T09:00");
    check_stopped("2026-11-09T11:00", "8wh", &two_days, "2026-11-12T11:00");
    check_stopped("2026-11-09T09:00", "15cd", &two_days, "2026-11-26T17:00");
    let over_a_weekend = [("2026-11-13T17:00", "2026-11-16T08:00")];
    check_stopped(
        "2026-11-12T09:00",
        "2wd",
        &over_a_weekend,
        "2026-11-16T17:00",
    );
    let half_a_day = [("2026-11-10T13:00", "2026-11-10T17:00")];
    check_stopped("2026-11-09T09:00", "3wd", &half_a_day, "2026-11-13T12:00");
}

#[test]
fn a_stop_that_begins_when_the_limit_has_ended_adds_nothing() {
    let after_hours = [("2026-11-10T09:00", "2026-11-12T09:00")];
    check_stopped("2026-11-09T09:00", "8wh", &after_hours, "2026-11-10T09:00");
    let after_days = [("2026-11-12T17:00", "2026-11-19T09:00")];
    check_stopped("2026-11-09T09:00", "3wd", &after_days, "2026-11-12T17:00");
    check_stopped("2026-11-09T09:00", "3cd", &after_days, "2026-11-12T17:00");
}

#[test]
fn hours_count_within_sessions_only() {
    check("2026-11-19T12:30", "1wh", "2026-11-19T14:00");
    check("2026-11-19T18:00", "8wh", "2026-11-20T17:00");
    check("2026-11-21T09:00", "8wh", "2026-11-23T17:00");
    check("2026-11-19T08:00", "4wh", "2026-11-19T12:00");
    check("2026-11-19T11:59", "2wm", "2026-11-19T13:01");
    check("2026-11-20T16:00", "0.5wd", "2026-11-23T11:00");
}

#[test]
fn days_and_months_that_end_on_a_day_off_move_to_the_next_working_day() {
    check("2026-11-20T09:00", "1cd", "2026-11-23");
    check("2026-11-09T09:00", "15cd", "2026-11-25");
    check("2026-01-31T09:00", "1mo", "2026-03-02");
    check("2028-01-31T09:00", "1mo", "2028-02-29");
    check("2026-11-23T09:00", "1mo", "2026-12-23");
    check("2026-10-24T09:00", "1mo", "2026-11-25");
}

#[test]
fn same_day_ends_with_the_last_session() {
    check("2026-11-23T16:59", "same-day", "2026-11-23");
    check("2026-11-23T17:01", "same-day", "2026-11-25");
    check("2026-11-23T15:00", "same-day@15:00", "2026-11-23");
    check("2026-11-23T17:30", "same-day@18:00", "2026-11-25");
    check("2026-11-21T09:00", "same-day@15:00", "2026-11-23");
    check("2026-11-23T06:00", "same-day@15:00", "2026-11-23");
    check("2026-08-22T09:00", "same-day@15:00", "2026-08-22");
}

#[test]
fn an_offset_is_honoured_and_without_one_it_is_vietnam_time() {
    assert_eq!(at("2026-11-23T07:00Z"), at("2026-11-23T14:00"));
    assert_eq!(at("2026-11-23T14:00:30+07:00"), at("2026-11-23T14:00:30"));
    assert_eq!(at("2026-11-23T09:00+02:00"), at("2026-11-23 14:00"));
    for wrong in [
        "",
        "2026-11-23",
        "14:00",
        "2026-02-30T10:00",
        "2026-11-23T25:00",
        "x+07:00",
    ] {
        assert!(parse_received(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn the_year_tables_of_the_state_are_the_days_off() {
    let off = [
        "2025-01-27 2025-01-31 2025-04-07 2025-04-30 2025-05-01 2025-05-02 2025-09-01 2025-09-02",
        "2026-01-01 2026-01-02 2026-02-16 2026-02-20 2026-04-27 2026-08-31 2026-09-02 2026-11-24",
        "2027-01-01 2027-02-04 2027-02-10 2027-04-16 2027-05-03 2027-09-02 2027-09-03 2027-11-24",
        "2028-01-03 2028-01-25 2028-01-26 2028-04-04 2028-05-02 2028-09-01 2028-09-04 2028-11-24",
        "2029-01-01 2029-02-12 2029-02-13 2029-04-23 2029-05-01 2029-09-03 2029-09-04 2029-11-26",
        "2030-01-01 2030-02-01 2030-02-05 2030-02-06 2030-04-12 2030-09-02 2030-09-03 2030-11-25",
    ];
    for day in off.iter().flat_map(|year| year.split(' ')) {
        assert!(
            !calendar().is_working_day(day.parse().expect(day)),
            "{day} is off"
        );
    }
    let worked = "2025-04-26 2025-11-24 2026-01-10 2026-08-22 2027-02-11 2027-05-04 2030-02-07";
    for day in worked.split(' ') {
        assert!(
            calendar().is_working_day(day.parse().expect(day)),
            "{day} is worked"
        );
    }
}

#[test]
fn beyond_the_loaded_years_it_refuses() {
    let refusal = calendar().due(at("2030-12-30T09:00"), &Limit::WorkingDays(5));
    let refusal = refusal.expect_err("2031 is not loaded");
    assert_eq!(
        refusal,
        CalendarError::OutsideYears {
            first: 2025,
            last: 2030
        }
    );
    assert!(refusal.en().contains("content/holidays"), "{refusal}");
    assert!(refusal.vi().contains("2030"), "{}", refusal.vi());
    for limit in [
        Limit::CalendarDays(9),
        Limit::Months(1),
        Limit::WorkingMinutes(9000),
    ] {
        assert!(calendar().due(at("2030-12-30T09:00"), &limit).is_err());
    }
    assert!(
        calendar()
            .due(at("2024-12-31T09:00"), &Limit::CalendarDays(3))
            .is_err()
    );
    assert!(
        calendar()
            .due(at("2024-12-31T09:00"), &Limit::WorkingDays(0))
            .is_err()
    );
    assert_eq!(
        calendar().end_of_day("2031-01-02".parse().expect("a date")),
        None
    );
}

#[test]
fn limits_of_nothing_and_endless_ones_are_refused() {
    let refused = |limit| calendar().due_at(at("2026-11-23T14:00"), &limit);
    assert_eq!(refused(Limit::WorkingDays(0)), Err(CalendarError::Empty));
    assert!(matches!(
        refused(Limit::Months(u32::MAX)),
        Err(CalendarError::TooLong { .. })
    ));
    assert!(matches!(
        refused(Limit::WorkingMinutes(u32::MAX)),
        Err(CalendarError::TooLong { .. })
    ));
    let backwards = [Stop {
        from: at("2026-11-24T09:00"),
        to: at("2026-11-23T09:00"),
    }];
    let due =
        calendar().due_after_stops(at("2026-11-23T08:00"), &Limit::WorkingDays(3), &backwards);
    assert_eq!(due, Err(CalendarError::StopBackwards));
}

#[test]
fn every_day_says_why() {
    let text = explain(at("2026-11-23T14:00"), &Limit::WorkingDays(3), calendar());
    let text = text.expect("loaded");
    for line in [
        "2026-11-23  thứ Hai: ngày tiếp nhận, không tính | Mon: day of receipt, not counted",
        "2026-11-24  thứ Ba: không tính; nghỉ lễ: Ngày Văn hoá Việt Nam | Tue: not counted; \
         holiday: Vietnam Culture Day",
        "2026-11-25  thứ Tư: ngày làm việc thứ 1 | Wed: working day 1",
        "2026-11-27  thứ Sáu: ngày làm việc thứ 3 | Fri: working day 3",
    ] {
        assert!(
            text.lines().any(|written| written == line),
            "{line}\nis not in\n{text}"
        );
    }
    assert!(!text.contains('{'), "{text}");
    let tet = explain(at("2027-02-03T09:00"), &Limit::WorkingDays(1), calendar()).expect("loaded");
    assert!(tet.contains("to be verified: two proposals"), "{tet}");
}
