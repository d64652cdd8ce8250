//! The stories of what an office may do with what is known of a person, and the acts on both
//! databases.
use facts::agency::{Post, Right, Viewer};
use facts::people::Difference;
use jiff::Timestamp;
use kernel::{Ctx, Decide, Entry};

use super::{Command, Event, Order, People, Refusal, Seen, State};

fn officer(agency: &str, right: Right) -> Viewer {
    let post = Post {
        position: "p".into(),
        unit: "u".into(),
        agency: agency.into(),
        rights: vec![right],
        reaches: Vec::new(),
        stands_in: Vec::new(),
    };
    Viewer::Officer {
        officer: "hoa".into(),
        posts: vec![post],
    }
}

/// A stream as a story tells it.
#[derive(Default)]
struct Stage {
    state: State,
    happened: Vec<Event>,
}

impl Stage {
    fn asks(&mut self, by: Viewer, command: Command) -> Result<&'static str, Refusal> {
        let ctx = Ctx {
            actor: "hoa".into(),
            office: "H15.1".into(),
            now: Timestamp::UNIX_EPOCH,
            command_id: "c".into(),
        };
        let events = People.decide(&self.state, &ctx, &Order { by, command })?;
        let mut kind = "";
        for event in events {
            let entry = Entry {
                stream: "person/a".into(),
                version: 1,
                at: ctx.now,
                actor: ctx.actor.clone(),
                office: ctx.office.clone(),
                command_id: ctx.command_id.clone(),
                private: None,
                event,
            };
            self.state = People.evolve(self.state.clone(), &entry);
            kind = People::kind(&entry.event);
            self.happened.push(entry.event);
        }
        Ok(kind)
    }
}

fn confirm(differences: &[Difference]) -> Command {
    Command::Confirm {
        person: "on-file".into(),
        seen: Seen::Card,
        differences: differences.to_vec(),
    }
}

fn undo(reason: &str) -> Command {
    Command::Undo {
        reason: reason.into(),
    }
}

fn correct(fields: &[Difference], reason: &str) -> Command {
    Command::Correct {
        fields: fields.to_vec(),
        seen: Seen::Passport,
        reason: reason.into(),
    }
}

/// Everything that can happen, in one life.
fn story() -> Stage {
    let hoa = || officer("H15.1", Right::Intake);
    let mut stage = Stage::default();
    for nobody in [
        Viewer::Anonymous,
        Viewer::citizen("a"),
        officer("H15.1", Right::Approve),
        officer("H15.2", Right::Intake),
    ] {
        assert_eq!(stage.asks(nobody, confirm(&[])), Err(Refusal::NotAllowed));
    }
    assert_eq!(stage.asks(hoa(), undo("x")), Err(Refusal::NotConfirmed));
    let fields = vec![Difference::Birth];
    let differs = Err(Refusal::Differs { fields });
    assert_eq!(stage.asks(hoa(), confirm(&[Difference::Birth])), differs);
    let nothing = Err(Refusal::NothingChanged);
    assert_eq!(stage.asks(hoa(), correct(&[], "x")), nothing);
    let missing = Err(Refusal::ReasonMissing);
    let birth = [Difference::Name, Difference::Birth];
    assert_eq!(stage.asks(hoa(), correct(&birth, " ")), missing);
    let long = "x".repeat(2_001);
    assert_eq!(
        stage.asks(hoa(), correct(&birth, &long)),
        Err(Refusal::TooLong)
    );
    assert_eq!(
        stage.asks(hoa(), correct(&birth, "Theo thẻ")),
        Ok("corrected")
    );
    assert_eq!(stage.asks(hoa(), confirm(&[])), Ok("confirmed"));
    assert_eq!(stage.state.confirmed_as.as_deref(), Some("on-file"));
    let again = Err(Refusal::AlreadyConfirmed);
    assert_eq!(stage.asks(hoa(), confirm(&[])), again);
    assert_eq!(stage.asks(hoa(), undo("")), Err(Refusal::ReasonMissing));
    let undone = stage.asks(hoa(), undo("Nhầm người"));
    assert_eq!(undone, Ok("confirmation_undone"));
    assert_eq!(stage.state, State::default());
    stage
}

#[test]
fn an_office_confirms_corrects_and_takes_back() {
    assert_eq!(story().happened.len(), 3);
}

#[test]
fn every_event_keeps_its_shape_and_carries_no_name() {
    let stored: Vec<String> = story()
        .happened
        .iter()
        .map(|event| serde_json::to_string(event).unwrap())
        .collect();
    let known = include_str!("events.golden.txt");
    assert_eq!(stored.join("\n") + "\n", known);
    for line in known.lines() {
        assert!(serde_json::from_str::<Event>(line).is_ok(), "{line}");
    }
}

#[test]
fn every_refusal_has_a_sentence() {
    for refusal in [
        Refusal::NotAllowed,
        Refusal::AlreadyConfirmed,
        Refusal::NotConfirmed,
        Refusal::Differs { fields: Vec::new() },
        Refusal::NothingChanged,
        Refusal::ReasonMissing,
        Refusal::TooLong,
        Refusal::NumberTaken,
    ] {
        for language in ["vi", "en"] {
            assert_ne!(refusal.sentence(language), refusal.name());
        }
    }
}
