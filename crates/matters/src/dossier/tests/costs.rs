//! What a page of a list costs does not grow with the number of dossiers: steps of SQLite's
//! machine, and rows that PostgreSQL reads, counted for each thing that can be asked. What an
//! officer looks for stands among the oldest dossiers, so that nobody finds it by good luck.
use super::{LAW, stories};
use crate::dossier::views::{self, Book, Inbox, Search};
use crate::dossier::{Code, Event, MIGRATIONS, Phase, State, evolve};
use facts::agency::{Post, Right, Viewer};
use facts::procedure::Channel;
use jiff::{SignedDuration, Timestamp};
use kernel::{Database, Entry, Lived, Settings, Statement, proof};
use serde_json::json;
use std::collections::BTreeMap;

/// Dossiers of the small database and of the large one.
const SIZES: [usize; 2] = [1_000, 16_000];
/// Dossiers of each rare kind, in either.
const RARE: usize = 5;
/// Lines of a page.
const PAGE: usize = 20;
/// Steps or rows that may come to it: a deeper tree, one word more that begins alike.
const SLACK: u64 = 400;

const FAMILIES: [&str; 8] = [
    "Nguyễn", "Nguyễn", "Nguyễn", "Trần", "Trần", "Lê", "Đặng", "Ngô",
];
const MIDDLES: [&str; 4] = ["Văn", "Thị", "Minh", "Ngọc"];
const GIVEN: [&str; 10] = [
    "An", "Anh", "Bình", "Dũng", "Hoa", "Hùng", "Lan", "Năm", "Sơn", "Yến",
];

/// Every name but the one that is looked for.
fn name(number: usize) -> String {
    let mixed = number.wrapping_mul(2_654_435_761) >> 8;
    let [family, middle, given] = [
        FAMILIES[mixed % 8],
        MIDDLES[mixed / 8 % 4],
        GIVEN[mixed / 32 % 10],
    ];
    match (number < RARE, family, middle, given) {
        (true, ..) => "Đặng Thị Năm".to_owned(),
        (_, "Đặng", "Thị", "Năm") => "Đặng Văn Năm".to_owned(),
        _ => format!("{family} {middle} {given}"),
    }
}

/// A dossier that somebody has handed in and has to pay for, and its first entry.
fn sample() -> (State, Entry<Event>) {
    let lives = stories::all().into_iter().flat_map(|(_, told)| told.lives);
    let firsts = lives.filter_map(|life| life.entries.into_iter().next());
    let mut handed_in = firsts.map(|first| (evolve(State::default(), &first), first));
    let owes = |state: &State| state.dossier.as_deref().is_some_and(|it| it.owes());
    handed_in
        .find(|(state, _)| owes(state))
        .expect("a dossier that owes money")
}

fn arrival(number: usize) -> Timestamp {
    let start: Timestamp = "2026-07-01T01:00:00Z".parse().unwrap();
    start + SignedDuration::from_secs(number as i64 * 600)
}

/// The rows of the `number`-th dossier: the first ones are rare in every way.
fn rows(number: usize, sample: &(State, Entry<Event>)) -> Vec<Statement> {
    let (mut state, mut entry) = sample.clone();
    let at = arrival(number);
    let dossier = state
        .dossier
        .as_mut()
        .map(std::sync::Arc::make_mut)
        .expect("a dossier");
    let rare = number < RARE;
    dossier.code = Code::new("H15.101", at, number as u64 + 1).unwrap();
    dossier.agency = "H15.101".into();
    dossier.reception_agency = "H15.101".into();
    dossier.submitted_at = at;
    dossier.accepted_at = Some(at);
    dossier.applicant = format!("p{}", if rare { 0 } else { 1 + number / 3 });
    dossier.phase = match number {
        _ if rare => Phase::SupplementAsked,
        _ if number.is_multiple_of(10) => Phase::Submitted,
        _ => Phase::Delivered,
    };
    dossier.overdue = rare;
    dossier.channel = if rare { Channel::Post } else { Channel::Online };
    match rare {
        true => dossier.procedure.code = "9.999999".into(),
        false => dossier.fees.clear(),
    }
    entry.stream = format!("dossier/d{number:06}");
    let phone = format!("09{number:08}");
    let private = json!({ "applicant": { "name": name(number), "phone": phone } });
    let happened = Lived {
        entry: &entry,
        private: Some(&private),
    };
    views::statements(&LAW.catalogue, &State::default(), &state, &[happened])
}

async fn filled(db: &Database, count: usize) {
    let sample = sample();
    for first in (0..count).step_by(200) {
        let numbers = first..count.min(first + 200);
        let statements = numbers.flat_map(|number| rows(number, &sample)).collect();
        db.write(statements).await.unwrap();
    }
    db.analyze().await.unwrap();
}

fn officer() -> Viewer {
    let post = Post {
        position: "p".into(),
        unit: "u".into(),
        agency: "H15.101".into(),
        rights: vec![Right::Intake, Right::Appraise, Right::CollectFee],
        ..Post::default()
    };
    Viewer::Officer {
        officer: "Hoa".into(),
        posts: vec![post],
    }
}

fn text(text: &str) -> Search {
    Search {
        text: text.to_owned(),
        ..Search::default()
    }
}

/// What an officer may look for, and how many lines the first page has: the same in both sizes.
fn searches() -> Vec<(&'static str, Search, usize)> {
    let all = Search::default();
    vec![
        ("everything", all.clone(), PAGE),
        ("a common word", text("nguyen"), PAGE),
        ("two common words", text("nguyen van"), PAGE),
        ("a rare name of common words", text("dang thi nam"), RARE),
        ("its words in another order", text("nam dang thi"), RARE),
        ("a common beginning", text("ngu"), PAGE),
        ("a rare beginning", text("dang thi na"), RARE),
        ("a beginning of very many", text("n"), PAGE),
        ("nobody", text("dang xyz"), 0),
        ("a telephone number", text("0900 000 003"), 1),
        ("a serial", text("0003"), 1),
        ("a code", text("H15.101-260701-0003"), 1),
        ("a day", text("260701"), PAGE),
        (
            "a rare word and phase",
            Search {
                phase: Some(Phase::SupplementAsked),
                ..text("dang")
            },
            RARE,
        ),
        (
            "two of what is common",
            Search {
                phase: Some(Phase::Submitted),
                ..text("nguyen")
            },
            PAGE,
        ),
        (
            "a rare phase",
            Search {
                phase: Some(Phase::SupplementAsked),
                ..all.clone()
            },
            RARE,
        ),
        (
            "no such phase",
            Search {
                phase: Some(Phase::Stopped),
                ..all.clone()
            },
            0,
        ),
        (
            "a common phase",
            Search {
                phase: Some(Phase::Delivered),
                ..all.clone()
            },
            PAGE,
        ),
        (
            "a rare procedure",
            Search {
                procedure_code: "9.999999".into(),
                ..all.clone()
            },
            RARE,
        ),
        (
            "a rare channel",
            Search {
                channel: "post".into(),
                ..all.clone()
            },
            RARE,
        ),
        (
            "no such channel",
            Search {
                channel: "counter".into(),
                ..all.clone()
            },
            0,
        ),
        (
            "what is late",
            Search {
                overdue_only: true,
                ..all.clone()
            },
            RARE,
        ),
        (
            "what is owed",
            Search {
                unpaid_only: true,
                ..all.clone()
            },
            RARE,
        ),
        (
            "late and common",
            Search {
                overdue_only: true,
                channel: "online".into(),
                ..all.clone()
            },
            0,
        ),
        (
            "a person",
            Search {
                applicants: vec!["p0".into()],
                ..all
            },
            RARE,
        ),
    ]
}

/// What was read since the last time this was asked: steps of SQLite, rows of PostgreSQL.
struct Meter {
    db: Database,
    before: u64,
}

impl Meter {
    async fn read(&mut self) -> u64 {
        let now = match self.db.engine() {
            "sqlite" => self.db.steps(),
            _ => rows_read(&self.db).await,
        };
        now - std::mem::replace(&mut self.before, now)
    }
}

/// One connection reads here, so what it has counted it can also hand over and look up.
async fn rows_read(db: &Database) -> u64 {
    let ask = async |sql: &'static str| db.query(Statement::new(sql, vec![])).await.unwrap();
    ask("SELECT 1 FROM (SELECT pg_stat_force_next_flush()) AS flushed").await;
    let sum = "SELECT CAST(SUM(COALESCE(idx_tup_fetch, 0) + seq_tup_read) + (SELECT
        SUM(idx_tup_read) FROM pg_stat_user_indexes) AS BIGINT) FROM pg_stat_user_tables";
    ask(sum).await[0].int(0) as u64
}

/// What each question costs.
async fn costs(url: &str, count: usize) -> BTreeMap<String, u64> {
    let settings = Settings {
        readers: 1,
        ..Settings::default()
    };
    let db = Database::open(url, &settings).await.unwrap();
    db.migrate(MIGRATIONS).await.unwrap();
    filled(&db, count).await;
    let viewer = officer();
    let mut meter = Meter {
        db: db.clone(),
        before: 0,
    };
    meter.read().await;
    let mut costs = BTreeMap::new();
    for (what, mut search, lines) in searches() {
        let page = views::list(&db, &viewer, &search, PAGE).await.unwrap();
        assert_eq!(page.len(), lines, "{what} of {count}");
        costs.insert(what.to_owned(), meter.read().await);
        if let Some(last) = page.last().filter(|_| lines == PAGE) {
            search.after = Some(last.cursor());
            views::list(&db, &viewer, &search, PAGE).await.unwrap();
            costs.insert(format!("{what}, page 2"), meter.read().await);
        }
    }
    let mut inbox = Inbox::default();
    views::inbox(&db, &viewer, &inbox, PAGE).await.unwrap();
    costs.insert("the inbox".into(), meter.read().await);
    inbox.act = "appraise".into();
    views::inbox(&db, &viewer, &inbox, PAGE).await.unwrap();
    costs.insert("an empty queue".into(), meter.read().await);
    let acts = ["intake", "appraise"];
    let waiting = views::waiting(&db, &viewer, acts, PAGE).await.unwrap();
    assert!(waiting.iter().all(|lines| lines.len() <= PAGE));
    costs.insert("two queues with one question".into(), meter.read().await);
    views::queued(&db, &viewer, Timestamp::MAX).await.unwrap();
    costs.insert("the queues".into(), meter.read().await);
    let book = Book {
        agency: "H15.101".into(),
        from: arrival(count - 2 * PAGE),
        to: Timestamp::MAX,
        after: None,
    };
    let page = views::book(&db, &viewer, &book, PAGE).await.unwrap();
    assert_eq!(page.len(), PAGE, "the newest of the book of {count}");
    costs.insert("the newest of the book".into(), meter.read().await);
    db.close().await;
    costs
}

#[tokio::test]
async fn a_page_costs_the_same_however_many_dossiers_there_are() {
    let [small, large] = SIZES;
    let fresh = proof::fresh_urls().await;
    for (url, again) in fresh.iter().zip(proof::fresh_urls().await) {
        let (few, many) = (costs(url, small).await, costs(&again, large).await);
        let mut faults = Vec::new();
        for (what, cost) in &many {
            eprintln!("{:>7} {cost:>7} {what}", few[what]);
            if *cost > few[what] + few[what] / 2 + SLACK {
                faults.push(format!(
                    "{what}: {cost} of {large}, {} of {small}",
                    few[what]
                ));
            }
        }
        assert!(faults.is_empty(), "{url}\n{}", faults.join("\n"));
    }
}
