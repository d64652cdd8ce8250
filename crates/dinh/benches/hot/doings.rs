//! The hot functions, each with what it needs, ready to be done again and again: timed by a
//! benchmark, counted by a test.
//! Does not know: who counts.
use std::hint::black_box;
use std::path::{Path, PathBuf};

use facts::calendar::{Calendar, Calendars, Limit};
use facts::procedure::{Catalogue, Channel};
use jiff::{SignedDuration, Timestamp};
use kernel::Entry;
use matters::dossier::{Event, PaperForm, ReturnWay, State, evolve};
use print::{Cache, Template};
use serde_json::{Value as Json, json};

/// What [`ready`] knows.
pub const NAMES: [&str; 7] = [
    "deadline",
    "deadline with its reasons",
    "form",
    "stream of 1,000 entries",
    "inbox page",
    "form 01 as PDF, first time",
    "form 01 as PDF, again",
];
/// The calendar of this ward.
pub const WARD: &str = "H15.101";
/// 09:00 on Monday 23/11/2026 in Viet Nam.
pub const START: i64 = 1_795_399_200;
/// Entries of the long stream.
const ENTRIES: i64 = 1_000;
/// More than one form.
const CACHE_BYTES: usize = 1024 * 1024;

/// One thing to be done.
pub type Doing = Box<dyn FnMut()>;

/// Everything it needs, made; only what it returns is measured.
pub fn ready(name: &str) -> Doing {
    match name {
        "deadline" => deadline(),
        "deadline with its reasons" => reasons(),
        "form" => form(),
        "stream of 1,000 entries" => stream(),
        "inbox page" => super::office::inbox(),
        "form 01 as PDF, first time" => first_paper(),
        "form 01 as PDF, again" => paper_again(),
        _ => panic!("nothing is called {name}"),
    }
}

/// The content of the repository.
pub fn content() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content")
}

/// So many minutes after the start.
pub fn after(minutes: i64) -> Timestamp {
    Timestamp::from_second(START).expect("a moment") + SignedDuration::from_mins(minutes)
}

fn calendar() -> Calendar {
    let all = Calendars::load(&content()).expect("calendars");
    all.of(WARD).clone()
}

fn twenty_days() -> Limit {
    "20wd".parse().expect("a limit")
}

fn deadline() -> Doing {
    let (calendar, limit, received) = (calendar(), twenty_days(), after(0));
    Box::new(move || {
        black_box(calendar.due_at(black_box(received), &limit)).expect("a due moment");
    })
}

fn reasons() -> Doing {
    let (calendar, limit, received) = (calendar(), twenty_days(), after(0));
    Box::new(move || {
        black_box(calendar.due(black_box(received), &limit)).expect("a due moment");
    })
}

fn form() -> Doing {
    let catalogue = Catalogue::load(&content()).expect("procedures");
    let today = matters::dossier::day_of(after(0));
    let birth = catalogue
        .published(today)
        .find(|one| one.key.code == "1.001193");
    let birth = birth.expect("birth registration").clone();
    Box::new(move || {
        let checked = birth.form.check(black_box(&birth.sample), today);
        assert!(black_box(checked).is_ok(), "the sample is good");
    })
}

/// Entries as the journal keeps them: read from their JSON, and folded.
fn stream() -> Doing {
    let texts: Vec<String> = (1..=ENTRIES).map(text).collect();
    Box::new(move || {
        let mut state = State::default();
        for (text, version) in texts.iter().zip(1..) {
            let event = serde_json::from_str(text).expect("an event");
            state = evolve(state, &entry(version, event));
        }
        assert!(black_box(state).dossier.is_some(), "a dossier");
    })
}

fn text(version: i64) -> String {
    let way = ReturnWay::Counter {
        agency: WARD.to_owned(),
    };
    let event = match version {
        1 => Event::Submitted {
            code: "H15.101-261123-0001".parse().expect("a code"),
            procedure: "1.004873/default/commune@2026-03-01"
                .parse()
                .expect("a key"),
            agency: WARD.to_owned(),
            reception: WARD.to_owned(),
            channel: Channel::Counter,
            applicant: "somebody".to_owned(),
            filer: None,
            papers: Vec::new(),
            fees: Vec::new(),
            choices: json!({}),
            return_way: way,
            remind_at: after(120),
            reception_due: after(480),
        },
        version if version % 2 == 0 => Event::PaperSeen {
            paper: format!("paper-{}", version % 10),
            form: PaperForm::Shown,
        },
        _ => Event::ReturnWayChanged { return_way: way },
    };
    serde_json::to_string(&event).expect("JSON")
}

fn entry(version: i64, event: Event) -> Entry<Event> {
    Entry {
        stream: "dossier/1".to_owned(),
        version,
        at: after(version),
        actor: "somebody".to_owned(),
        office: WARD.to_owned(),
        command_id: String::new(),
        private: None,
        event,
    }
}

fn form_01() -> (Template, Json) {
    let letters = content().join("letters");
    let read = |file: &str| std::fs::read_to_string(letters.join(file)).expect("a letter");
    let template = Template::new("01.typ", read("01.typ")).with("layout.typ", read("layout.typ"));
    let data = serde_json::from_str(&read("examples/01.json")).expect("an example");
    (template, data)
}

fn first_paper() -> Doing {
    let (template, mut data) = form_01();
    let mut number = 0;
    Box::new(move || {
        number += 1;
        data["code"] = json!(format!("H57.15.01-261123-{number:04}"));
        black_box(print::pdf(&template, &data)).expect("a PDF");
    })
}

fn paper_again() -> Doing {
    let (template, data) = form_01();
    let cache = Cache::new(CACHE_BYTES);
    cache.pdf(&template, &data).expect("a PDF");
    Box::new(move || {
        black_box(cache.pdf(&template, black_box(&data))).expect("a PDF");
    })
}
