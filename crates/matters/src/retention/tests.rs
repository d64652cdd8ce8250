//! Files that are named by a draft, by an entry, by what people wrote, and by nobody, on both
//! databases.
use facts::blob::blank_pdf;
use kernel::proof::on_each;
use kernel::{Migration, Statement, params};

use super::*;

const NAMED_IN_A_DRAFT: &str = "INSERT INTO drafts (owner, id, dossier, procedure_key, channel,
    agency, reception, applicant, filer, answers, papers, return_way, post_address, visited,
    version, updated_at, touched_on)
    VALUES ('person:an', ?, '', '', '', '', '', '{}', 'null', ?, '[]', 'null', '', '[]', 0, 0, 0)";

fn migrations() -> Vec<Migration> {
    [crate::draft::MIGRATIONS, MIGRATIONS].concat()
}

fn monday() -> Timestamp {
    "2026-11-30T02:00:00Z".parse().expect("a moment")
}

fn days_later(days: i64) -> Timestamp {
    monday() + SignedDuration::from_hours(24 * days)
}

/// A store with files that were written some days before Monday.
struct Shelf(Files, std::path::PathBuf);

impl Shelf {
    fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("dinh-shelf-{}", web::fresh_id()));
        Self(Files::open(&folder, 1_000_000).expect("a folder"), folder)
    }

    async fn keep(&self, note: &str, days_ago: i64) -> String {
        let digest = self.0.keep(&blank_pdf(note)).await.expect("kept").digest;
        let path = self.1.join(&digest[..2]).join(&digest);
        let file = std::fs::File::options().write(true).open(path);
        let written = SystemTime::from(days_later(-days_ago));
        file.expect("there").set_modified(written).expect("a time");
        digest
    }

    async fn has(&self, digest: &str) -> bool {
        self.0.open_kept(digest).await.expect("a disk").is_some()
    }
}

/// An entry as the journal has it, with its place and what people wrote.
fn entry(stream: &str, body: &str, written: &str) -> Vec<Statement> {
    vec![
        Statement::new(
            "INSERT INTO entries (stream, version, kind, body, private, actor, office, command_id,
               at) VALUES (?, 1, 'Submitted', ?, 'd', '', '', '', 0)",
            params![stream, body],
        ),
        Statement::new(
            "INSERT INTO vault (digest, stream, body) VALUES ('d', ?, ?)",
            params![stream, written],
        ),
        Statement::new(
            "INSERT INTO log (position, stream, version) VALUES (1, ?, 1)",
            params![stream],
        ),
    ]
}

async fn read(db: &Database) {
    let reader = reader(&kernel::Journal::new(db.clone()));
    reader.catch_up(db, "t", monday).await.expect("reads");
}

fn draft(id: &str, digest: &str) -> Statement {
    let answers = format!("{{\"note\":{{\"digest\":\"{digest}\",\"name\":\"a.pdf\"}}}}");
    Statement::new(NAMED_IN_A_DRAFT, params![id, answers])
}

async fn made(db: &Database, shelf: &Shelf, clock: fn() -> Timestamp) -> (u64, u64, u64) {
    let told = round(db, &shelf.0, "t", clock).await.expect("a round");
    (told.aside, told.back, told.removed)
}

#[tokio::test]
async fn only_what_nobody_names_goes_and_only_after_two_weeks() {
    on_each(&migrations(), async |db| {
        let shelf = Shelf::new();
        let drafted = shelf.keep("in a draft", 90).await;
        let handed_in = shelf.keep("in an entry", 90).await;
        let written = shelf.keep("in what people wrote", 90).await;
        let nobodys = shelf.keep("nobody's", 8).await;
        let young = shelf.keep("just uploaded", 6).await;
        let mut all = entry("dossier/a", &format!("[\"{handed_in}\"]"), &written);
        all.push(draft("one", &drafted));
        db.write(all).await.expect("writes");
        read(&db).await;
        assert_eq!(made(&db, &shelf, monday).await, (1, 0, 0));
        for digest in [&drafted, &handed_in, &written, &young] {
            assert!(shelf.0.is_in_place(digest));
        }
        assert!(shelf.has(&nobodys).await, "it is set aside and found");
        assert_eq!(made(&db, &shelf, monday).await, (0, 0, 0));
        assert_eq!(made(&db, &shelf, || days_later(6)).await, (1, 0, 0));
        assert!(shelf.has(&nobodys).await && shelf.has(&young).await);
        assert_eq!(made(&db, &shelf, || days_later(8)).await, (0, 0, 1));
        assert!(!shelf.has(&nobodys).await && shelf.has(&young).await);
        for digest in [&drafted, &handed_in, &written] {
            assert!(shelf.0.is_in_place(digest));
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_named_after_all_comes_back_and_the_same_bytes_keep_their_own() {
    on_each(&migrations(), async |db| {
        let shelf = Shelf::new();
        let named = shelf.keep("named later", 8).await;
        let again = shelf.keep("uploaded again", 8).await;
        assert_eq!(made(&db, &shelf, monday).await, (2, 0, 0));
        db.write(vec![draft("one", &named)]).await.expect("writes");
        assert_eq!(shelf.keep("uploaded again", -1).await, again);
        assert_eq!(made(&db, &shelf, || days_later(7)).await, (0, 1, 1));
        assert!(shelf.0.is_in_place(&named) && shelf.0.is_in_place(&again));
    })
    .await;
}

#[tokio::test]
async fn while_the_journal_is_not_read_to_its_end_everything_stays() {
    on_each(&migrations(), async |db| {
        let shelf = Shelf::new();
        let fresh = shelf.keep("just handed in", 90).await;
        let unread = entry("dossier/a", &format!("[\"{fresh}\"]"), "{}");
        db.write(unread).await.expect("writes");
        assert_eq!(made(&db, &shelf, || days_later(60)).await, (0, 0, 0));
        assert!(shelf.0.is_in_place(&fresh));
    })
    .await;
}

#[tokio::test]
async fn another_process_that_makes_the_round_is_left_alone() {
    on_each(&migrations(), async |db| {
        let shelf = Shelf::new();
        let file = shelf.keep("nobody's", 90).await;
        let other = lease::hold(&db, LEASE, "other", monday()).await;
        assert!(other.expect("writes"));
        assert_eq!(made(&db, &shelf, monday).await, (0, 0, 0));
        assert!(shelf.0.is_in_place(&file));
    })
    .await;
}
