//! The shape of every event on the wire. A change here breaks journals that exist: events are only
//! added.
use super::{LAW, golden, procedure, room};
use crate::dossier::Event;
use crate::dossier::stories::{Stage, tell};
use kernel::{Json, body};
use std::collections::BTreeMap;

/// One event of each kind, as the stories make them.
fn examples() -> BTreeMap<&'static str, Event> {
    let mut found = BTreeMap::new();
    let mut paths: Vec<_> = std::fs::read_dir(room().join("stories"))
        .unwrap()
        .flatten()
        .collect();
    paths.sort_by_key(std::fs::DirEntry::path);
    for path in paths.iter().map(std::fs::DirEntry::path) {
        if path.extension().is_some_and(|ending| ending == "txt") {
            let text = std::fs::read_to_string(path).unwrap();
            let told = tell(&text, &super::procedures(), &LAW).unwrap();
            for entry in told.lives.into_iter().flat_map(|life| life.entries) {
                found.entry(entry.event.kind()).or_insert(entry.event);
            }
        }
    }
    found
}

/// What the journal stores.
fn stored(event: &Event) -> Json {
    serde_json::from_str(&body::write(event.kind(), event)).unwrap()
}

#[test]
fn every_event_keeps_its_shape() {
    let examples = examples();
    let kinds: Vec<&str> = examples.keys().copied().collect();
    let mut all = Event::KINDS.to_vec();
    all.sort_unstable();
    assert_eq!(kinds, all);
    let stored: BTreeMap<_, Json> = examples
        .iter()
        .map(|(kind, event)| (kind, stored(event)))
        .collect();
    let text = serde_json::to_string_pretty(&stored).unwrap() + "\n";
    golden(&room().join("tests/events.golden.json"), &text);
}

#[test]
fn an_event_comes_back_from_its_bytes() {
    for (kind, event) in examples() {
        assert_eq!(stored(&event)["kind"], kind);
        let text = body::write(kind, &event);
        assert_eq!(body::read::<Event>(kind, &text).unwrap(), event);
    }
    assert!(Stage::new(&LAW, procedure("default")).dossier().is_none());
}
