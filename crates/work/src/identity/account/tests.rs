//! The life of an account, told without a database; and the shape of its events.
use std::collections::BTreeMap;
use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use kernel::{Json, body};

use super::super::Refusal;
use super::rules::decide;
use super::{CODE_LIFE, CloseReason, Command, Door, Event, NewCode, Resets, Seen, State, Way};

fn now() -> Timestamp {
    Timestamp::from_second(1_795_000_000).unwrap()
}

fn code(digest: &str, resets: Resets) -> NewCode {
    NewCode {
        resets,
        digest: digest.to_owned(),
        seen: vec![Seen::Card, Seen::Face, Seen::Names],
    }
}

fn open(code: Option<NewCode>) -> Command {
    Command::Open {
        door: Door::Citizen,
        subject: "p".into(),
        way: Way::Counter,
        code,
    }
}

/// The state after these commands, and all that happened; each at its moment.
fn lived(commands: &[(i64, Command)]) -> (State, Vec<Event>) {
    let mut state = State::default();
    let mut all = Vec::new();
    for (hours, command) in commands {
        let at = now() + SignedDuration::from_hours(*hours);
        let events = decide(&state, at, command).unwrap_or_else(|no| panic!("{command:?}: {no:?}"));
        state = events.iter().fold(state, State::after);
        all.extend(events);
    }
    (state, all)
}

fn refused(before: &[(i64, Command)], hours: i64, command: &Command) -> Refusal {
    let at = now() + SignedDuration::from_hours(hours);
    decide(&lived(before).0, at, command).unwrap_err()
}

fn using(digest: &str) -> Command {
    Command::UseCode {
        digest: digest.to_owned(),
    }
}

#[test]
fn a_code_works_once_within_its_time_and_only_the_newest() {
    let first = (0, open(Some(code("a", Resets::Password))));
    let unknown = Refusal::CodeNotRecognised;
    let (_, events) = lived(&[first.clone(), (72, using("a"))]);
    assert_eq!(events[2..], [Event::CodeUsed {}, Event::PasswordSet {}]);
    let only = std::slice::from_ref(&first);
    assert_eq!(refused(only, 73, &using("a")), unknown);
    assert_eq!(refused(only, 1, &using("b")), unknown);
    let once = [first.clone(), (1, using("a"))];
    assert_eq!(refused(&once, 2, &using("a")), unknown);
    let newer = [
        first.clone(),
        (1, Command::PrintCode(code("b", Resets::Both))),
    ];
    assert_eq!(refused(&newer, 2, &using("a")), unknown);
    let (_, events) = lived(&[newer.as_slice(), &[(2, using("b"))]].concat());
    let all_new = [
        Event::CodeUsed {},
        Event::PasswordSet {},
        Event::DeviceRemoved {},
    ];
    assert_eq!(events[3..], all_new);
    // Whoever remembers the password makes the letter worthless.
    let changed = [first, (1, Command::SetPassword)];
    assert_eq!(refused(&changed, 2, &using("a")), unknown);
    assert_eq!(CODE_LIFE.as_hours(), 72);
}

#[test]
fn a_closed_account_takes_nothing_until_it_is_open_again() {
    let closed = [
        (0, open(Some(code("a", Resets::Password)))),
        (1, Command::Close(CloseReason::Left)),
    ];
    for command in [
        using("a"),
        Command::PrintCode(code("b", Resets::Both)),
        Command::SetPassword,
        Command::SetDevice,
        Command::Close(CloseReason::Left),
        open(None),
    ] {
        assert_eq!(refused(&closed, 2, &command), Refusal::AccountClosed);
    }
    let again = (2, Command::Reopen(code("c", Resets::Both)));
    let (state, _) = lived(&[closed.as_slice(), std::slice::from_ref(&again)].concat());
    assert!(!state.closed && state.printed.is_some_and(|printed| printed.digest == "c"));
    assert_eq!(refused(&[], 0, &again.1), Refusal::AccountOpen);
    let twice = [(0, open(None))];
    assert_eq!(refused(&twice, 1, &open(None)), Refusal::NumberNotFree);
}

/// A change here breaks journals that exist: events are only added. `UPDATE=1` writes it anew.
#[test]
fn every_event_keeps_its_shape() {
    let until = now();
    let (_, events) = lived(&[
        (0, open(Some(code("d1", Resets::Both)))),
        (1, using("d1")),
        (2, Command::SetDevice),
        (3, Command::StopStrangers { until }),
        (4, Command::Close(CloseReason::Misused)),
        (5, Command::Reopen(code("d2", Resets::Device))),
    ]);
    let mut shapes = BTreeMap::new();
    for event in events {
        let text = body::write(event.kind(), &event);
        assert_eq!(body::read::<Event>(event.kind(), &text).unwrap(), event);
        let stored: Json = serde_json::from_str(&text).unwrap();
        shapes.entry(event.kind()).or_insert(stored);
    }
    let mut kinds = Event::KINDS.to_vec();
    kinds.sort_unstable();
    assert_eq!(shapes.keys().copied().collect::<Vec<_>>(), kinds);
    let text = serde_json::to_string_pretty(&shapes).unwrap() + "\n";
    let file =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("src/identity/account/events.golden.json");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&file, &text).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&file).unwrap_or_default(), text);
}
