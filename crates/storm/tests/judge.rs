//! The judge before small worlds made by hand: it says nothing of a sound one, and names each bug.
use storm::book::Line;
use storm::judge::{faults, faults_at_rest};
use storm::views::{Entry, Facts};

/// What the right clock says.
const NOW: i64 = 5_000;

fn entry(stream: &str, version: i64, command: &str, kind: &str) -> Entry {
    Entry {
        stream: format!("dossier/{stream}"),
        version,
        command: command.into(),
        kind: kind.into(),
        at: 100 * version,
        body: serde_json::json!({
            "code": stream, "agency": "H15", "receipt_no": "0000001", "due": "d",
            "applicant": format!("of {stream}"),
        }),
    }
}

/// Two dossiers: one is paid for and issued, one was never received and was reminded of.
fn sound() -> Facts {
    let entries = vec![
        entry("A", 1, "c1", "submitted"),
        entry("A", 2, "c2", "accepted"),
        entry("A", 3, "c3", "fee_paid"),
        entry("A", 4, "c3", "issued"),
        entry("B", 1, "c4", "submitted"),
        entry("B", 2, "timer/dossier/B/remind/150", "reception_reminded"),
        entry("B", 3, "timer/dossier/B/reception/250", "reception_late"),
    ];
    let mut facts = Facts::default();
    for (place, one) in (1..).zip(&entries) {
        facts.log.push((place, one.stream.clone(), one.version));
        let done = (one.stream.clone(), one.version);
        facts.commands.insert(one.command.clone(), done);
    }
    for code in ["A", "B"] {
        facts.codes.insert(code.into(), format!("dossier/{code}"));
    }
    let receipt = ["H15", "2026", "0000001", "dossier/A"].map(str::to_owned);
    let [agency, year, number, stream] = receipt;
    facts.receipts.push((agency, year, number, stream));
    facts.readers.insert("notice".into(), 7);
    for (person, number) in [("A", 1), ("A", 2), ("A", 3), ("A", 4), ("B", 5)] {
        facts.notices.push((format!("of {person}"), number));
    }
    facts
        .timers
        .push(("dossier/B".into(), "close".into(), 9_000));
    facts.entries = entries;
    facts
}

fn book() -> Vec<Line> {
    let line = |(command, name, far): (&str, &str, &str)| Line {
        command: command.into(),
        name: name.into(),
        far: far.into(),
    };
    let told = [
        ("c1", "A", "taken"),
        ("c1", "A", "submitted"),
        ("c2", "A", "accepted"),
    ];
    told.into_iter()
        .chain([("c3", "A", "issued")])
        .map(line)
        .collect()
}

#[test]
fn a_sound_world_has_no_faults() {
    assert_eq!(faults(&sound(), &book(), NOW), Vec::<String>::new());
    assert_eq!(faults_at_rest(&sound(), 5_000), Vec::<String>::new());
}

#[test]
fn each_planted_bug_is_named() {
    type Plant = fn(&mut Facts);
    let planted: [(&str, Plant); 15] = [
        ("acknowledged and not there: c2", |facts| {
            drop(facts.commands.remove("c2"))
        }),
        ("c3: entries", |facts| drop(facts.entries.remove(3))),
        ("c1: entries", |facts| {
            facts.entries[1].command = "c1".into()
        }),
        ("version 3 instead of 2", |facts| {
            facts.entries[1].version = 3
        }),
        ("earlier than before", |facts| facts.entries[2].at = 1),
        ("the log has 8 at place 7", |facts| facts.log[6].0 = 8),
        ("2 places", |facts| {
            facts.unplaced.push(("dossier/A".into(), 1))
        }),
        ("no place", |facts| drop(facts.log.pop())),
        ("a place without an entry", |facts| {
            facts.log.push((8, "dossier/C".into(), 1))
        }),
        ("code A was given to", |facts| {
            facts.entries[4].body["code"] = "A".into()
        }),
        ("receipt 0000001 of H15 in 2026 stands twice", |facts| {
            facts.receipts.push(facts.receipts[0].clone());
        }),
        ("reception_late \"d\" twice", |facts| {
            facts.entries[5].kind = "reception_late".into()
        }),
        ("before its time", |facts| facts.entries[6].at = 240),
        // What six seconds with a clock forty days ahead leave: a deadline that was heard early,
        // and something that happened in a month that has not come.
        ("B 3: reception_late dated 40 days ahead", |facts| {
            facts.entries[6].at = NOW + 40 * 24 * 3_600_000;
        }),
        ("A 4: issued dated 15 days ahead", |facts| {
            facts.entries[3].at = NOW + 15 * 24 * 3_600_000;
        }),
    ];
    for (words, plant) in planted {
        let mut facts = sound();
        plant(&mut facts);
        let found = faults(&facts, &book(), NOW);
        assert!(
            found.iter().any(|finding| finding.contains(words)),
            "{words}: {found:?}"
        );
    }
}

#[test]
fn what_is_left_undone_is_named_when_the_house_rests() {
    type Plant = fn(&mut Facts);
    let planted: [(&str, Plant); 8] = [
        ("1 entries without a place", |facts| {
            facts.unplaced.push(("x".into(), 1))
        }),
        ("reader notice stands at 6 of 7", |facts| {
            facts.readers.insert("notice".into(), 6);
        }),
        ("timer close of 4000 was never heard", |facts| {
            facts.timers[0].2 = 4_000
        }),
        ("reception_late 0 times", |facts| drop(facts.entries.pop())),
        ("of A was not told of place 3", |facts| {
            drop(facts.notices.remove(2))
        }),
        ("of B was told of place 5 for nothing", |facts| {
            facts.notices.push(facts.notices[4].clone());
        }),
        ("of A was told of place 6 for nothing", |facts| {
            facts.notices.push(("of A".into(), 6));
        }),
        ("became_overdue 0 times", |facts| {
            drop(facts.entries.remove(3))
        }),
    ];
    for (words, plant) in planted {
        let mut facts = sound();
        plant(&mut facts);
        let found = faults_at_rest(&facts, 5_000);
        assert!(
            found.iter().any(|finding| finding.contains(words)),
            "{words}: {found:?}"
        );
    }
}
