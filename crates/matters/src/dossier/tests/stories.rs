//! Every story is told as it is written, and together they show every event and every refusal.
use super::{LAW, golden, procedures, room};
use crate::dossier::stories::{Told, run, tell};
use crate::dossier::{Event, Refusal};
use facts::procedure::Catalogue;
use std::collections::BTreeSet;

pub(super) fn all() -> Vec<(std::path::PathBuf, Told)> {
    let mut paths: Vec<_> = std::fs::read_dir(room().join("stories"))
        .unwrap()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "txt"))
        .collect();
    paths.sort();
    let told = |path: std::path::PathBuf| {
        let text = std::fs::read_to_string(&path).unwrap();
        let told = tell(&text, &procedures(), &LAW);
        let told = told.unwrap_or_else(|fault| panic!("{}:{fault}", path.display()));
        (path, told)
    };
    paths.into_iter().map(told).collect()
}

#[test]
fn stories_come_out_as_told() {
    for (path, told) in all() {
        golden(&path, &told.text);
    }
}

#[test]
fn every_event_and_every_refusal_occurs_in_a_story() {
    let (mut events, mut refusals) = (BTreeSet::new(), BTreeSet::new());
    for (_, told) in all() {
        events.extend(told.events);
        refusals.extend(told.refusals);
    }
    let unseen: Vec<_> = Event::KINDS
        .iter()
        .filter(|kind| !events.contains(*kind))
        .collect();
    assert!(unseen.is_empty(), "no story shows {unseen:?}");
    // They cannot come from a story: the content of the tests is whole, and a story is one dossier.
    let told_elsewhere = ["content_broken", "number_taken"];
    let unseen: Vec<_> = Refusal::NAMES
        .iter()
        .filter(|name| !refusals.contains(*name) && !told_elsewhere.contains(name))
        .collect();
    assert!(unseen.is_empty(), "no story shows {unseen:?}");
}

#[test]
fn the_journeys_of_real_procedures_come_out_as_told() {
    let content = super::house().join("../../content");
    let catalogue = Catalogue::load(&content).unwrap_or_else(|faults| panic!("{faults:?}"));
    let law = crate::dossier::Law {
        catalogue: catalogue.into(),
        calendars: LAW.calendars.clone(),
    };
    let mut faults = Vec::new();
    for procedure in law.catalogue.all() {
        for story in &procedure.stories {
            for fault in run(story, procedure, &law).err().into_iter().flatten() {
                faults.push(format!("{}/story.txt:{fault}", procedure.folder.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
