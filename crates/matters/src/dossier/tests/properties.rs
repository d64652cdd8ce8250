//! Whatever people do in whatever order: nothing panics, and what the law promises holds.
use super::{LAW, procedure};
use crate::dossier::stories::{Deed, Mishap, Stage};
use crate::dossier::views::Cursor;
use crate::dossier::{Code, Event, State, Term, evolve, work};
use jiff::ToSpan as _;
use jiff::civil::date;
use kernel::{Entry, body};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

const VERBS: [&str; 29] = [
    "submits",
    "accepts",
    "refuses",
    "asks",
    "supplements",
    "brings",
    "takes",
    "gives-back",
    "pays",
    "charges",
    "assigns",
    "claims",
    "appraises",
    "endorses",
    "approves",
    "finishes",
    "returns",
    "consults",
    "answers",
    "continues",
    "drafts",
    "issues",
    "delivers",
    "withdraws",
    "stops",
    "rejects",
    "apologises",
    "resets",
    "waits",
];
const ACTORS: [&str; 5] = ["An", "Hoa", "Minh", "Mai", "Lãnh"];

fn deeds() -> impl Strategy<Value = Vec<(usize, usize, u32, u8)>> {
    let deed = (0..VERBS.len(), 0..ACTORS.len(), 1u32..2000, 0u8..4);
    prop::collection::vec(deed, 0..40)
}

/// The particulars that make some of the acts possible.
fn options(verb: &str, choice: u8) -> (String, Vec<(String, Json)>) {
    let object = match (verb, choice) {
        ("apologises" | "resets", day) => format!("2027-03-{:02}", 10 + day),
        ("returns", 0) => "appraise".to_owned(),
        ("pays", _) => String::new(),
        (_, 3) => String::new(),
        _ => "Lý do".to_owned(),
    };
    let mut options = Vec::new();
    if verb == "asks" && choice > 1 {
        options.push(("@papers".to_owned(), json!(["photo"])));
        options.push(("@second".to_owned(), json!("Sót")));
    }
    if verb == "submits" && choice > 0 {
        options.push(("dangerous".to_owned(), json!(true)));
    }
    (object, options)
}

fn play(case: &str, deeds: &[(usize, usize, u32, u8)]) -> Vec<Entry<Event>> {
    let mut stage = Stage::new(&LAW, procedure(case));
    stage.enter("An", "citizen").unwrap();
    stage.enter("Hoa", "intake+deliver+collect_fee").unwrap();
    stage
        .enter("Minh", "assign+appraise+endorse+approve+issue")
        .unwrap();
    stage.enter("Mai", "appraise@H15.200").unwrap();
    stage.enter("Lãnh", "oversee").unwrap();
    let mut at = date(2026, 11, 23).at(8, 0, 0, 0);
    // The first acts are the usual ones, so that chance begins inside a life.
    let usual = [(0, 0, 1, 0), (1, 1, 1, 0), (10, 2, 1, 0)];
    for (verb, actor, minutes, choice) in usual.iter().chain(deeds) {
        at = at.checked_add(i64::from(*minutes).minutes()).unwrap();
        let (object, options) = options(VERBS[*verb], *choice);
        let (actor, verb) = (ACTORS[*actor].to_owned(), VERBS[*verb].to_owned());
        let done = stage.perform(&Deed {
            at,
            actor,
            verb,
            object,
            options,
        });
        if let Err(Mishap::Unreadable(message)) = done {
            panic!("{message}");
        }
    }
    let folded = stage.entries.iter().fold(State::default(), evolve);
    assert_eq!(folded, stage.state, "folding is deterministic");
    stage.entries
}

fn term_may_change(event: &Event) -> bool {
    matches!(
        event,
        Event::Accepted { .. }
            | Event::SupplementAccepted { .. }
            | Event::FeePaid { term: Some(_), .. }
            | Event::Apologised { .. }
            | Event::DueReset { .. }
    )
}

fn check(entries: &[Entry<Event>]) {
    let mut state = State::default();
    let (mut asked, mut apologies) = (0, 0);
    for entry in entries {
        let before = state.dossier.clone();
        let kind = entry.event.kind();
        let stored = body::write(kind, &entry.event);
        assert_eq!(body::read::<Event>(kind, &stored).unwrap(), entry.event);
        state = evolve(state, entry);
        let after = state
            .dossier
            .as_deref()
            .expect("every life begins with a submission");
        if let Event::SupplementAsked { overridden, .. } = entry.event {
            asked += 1;
            assert!(
                asked == 1 || overridden,
                "one supplement unless the head overrides"
            );
        }
        apologies += u32::from(matches!(entry.event, Event::Apologised { .. }));
        assert!(apologies <= 1, "one apology");
        let Some(before) = before else { continue };
        assert!(
            !before.phase.is_terminal(),
            "{:?} after {:?}",
            entry.event,
            before.phase
        );
        let term = |term: Option<Term>| term.map(|term| (term.due, term.legal_due));
        assert!(
            term(before.term) == term(after.term) || term_may_change(&entry.event),
            "{:?} moved the clock",
            entry.event
        );
        assert!(before.decided_at.is_none() || !matches!(entry.event, Event::Withdrawn));
        let handed = matches!(after.phase.name(), "released" | "delivered");
        assert_eq!(after.result.is_some(), handed);
        let to_do = !work(after).is_empty();
        let at_rest = !to_do && after.tasks.is_empty();
        assert!(!after.phase.is_terminal() || at_rest);
        let waits = after.phase.name() == "supplement_asked";
        assert!(
            after.finished_at.is_some() || to_do || waits,
            "nobody has {:?}",
            after.phase
        );
        assert_eq!(Code::new("H15.101", entries[0].at, 1).unwrap(), after.code);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn any_order_of_acts_keeps_the_law(deeds in deeds()) {
        check(&play("default", &deeds));
    }

    #[test]
    fn any_order_of_acts_keeps_the_law_where_the_clock_resumes(deeds in deeds()) {
        check(&play("breeder", &deeds));
    }
}

proptest! {
    #[test]
    fn any_word_of_an_address_is_a_place_in_a_list_or_none(
        text in "\\PC{0,40}|-?[0-9]{1,19}\\.[a-z0-9.-]{0,9}",
    ) {
        if let Ok(cursor) = text.parse::<Cursor>() {
            prop_assert_eq!(cursor.to_string().parse(), Ok(cursor));
        }
    }
}
