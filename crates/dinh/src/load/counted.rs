//! Round trips to the database, counted: what noise cannot touch. A page or an act that needs more
//! than is written here fails; whoever needs fewer writes the smaller number.
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use kernel::Database;

use super::Asked;
use super::book::Book;
use super::cast::Stage;
use super::journey::{Client, Play};
use super::own::{Folder, OwnServer};
use super::pile::Handed;
use super::players::{Field, Troupe};
use super::tally::Tally;
use super::wire::Target;
use crate::settings::Settings;

/// Pages: who opens them, and the most questions each may ask, everything warm.
const PAGES: [(&str, &str, u64); 10] = [
    ("", "/", 1),
    ("", "/procedures?q=khai+sinh", 0),
    ("", "/procedures/1.004873", 0),
    ("appraise", "/desk", 3),
    ("appraise", "/desk/search?q={code}", 1),
    // A name that nobody has: looked for whole, and as the beginning of one.
    ("appraise", "/desk/search?q=nguyen", 3),
    // One of them: whether they have work on it, or have said why they look.
    ("appraise", "/desk/dossiers/{code}", 3),
    ("intake", "/counter", 3),
    // One of them: whether the office has confirmed the account.
    ("", "/dossiers", 3),
    ("", "/dossiers/{code}", 1),
];
/// Handing in a prepared application: its draft is read, everything is written. A number for its
/// code is taken from the database once in up to 256 submissions, and is not counted.
const SUBMISSION: u64 = 2;
/// The ten requests of a lifecycle by its acts together, numbers for receipt and result included.
const LIFECYCLE: u64 = 16;

struct House {
    server: OwnServer,
    db: Database,
    client: Client,
    code: String,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_page_and_no_act_asks_the_database_more_often() {
    let folder = Folder::new().expect("a folder");
    let mut house = open(&folder.0).await;
    let mut faults = Vec::new();
    for (right, address, most) in PAGES {
        let address = address.replace("{code}", &house.code);
        // The first opens sessions and offices, the second counts.
        house.open(right, &address).await;
        let counted = house.open(right, &address).await;
        eprintln!("{counted} of {most}: {right} {address}");
        if counted > most {
            faults.push(format!("{address} asks {counted} times, {most} allowed"));
        }
    }
    let submission = house.handed_in().await.min(house.handed_in().await);
    let lifecycle = house.played().await.min(house.played().await);
    let acts = [
        ("a submission", submission, SUBMISSION),
        ("a lifecycle", lifecycle, LIFECYCLE),
    ];
    for (act, counted, most) in acts {
        eprintln!("{counted} of {most}: {act}");
        if counted > most {
            faults.push(format!("{act} asks {counted} times, {most} allowed"));
        }
    }
    house.server.stop().await.expect("stops");
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

impl House {
    fn trips(&self) -> u64 {
        let trips = self.db.round_trips();
        trips.asked + trips.written
    }

    async fn open(&mut self, right: &str, address: &str) -> u64 {
        let before = self.trips();
        let browser = match right {
            "" => &mut self.client.citizen,
            right => self.client.officers.get_mut(right).expect("an officer"),
        };
        let seen = browser.look(&mut Tally::default(), address).await;
        assert_eq!(seen.expect("an answer").status, 200, "{address}");
        self.trips() - before
    }

    async fn handed_in(&mut self) -> u64 {
        let before = self.trips();
        let mut submitter = self.client.submitter().expect("learned");
        let (handed, _) = submitter.hand_in().await;
        assert!(matches!(handed, Handed::In), "an application is handed in");
        self.trips() - before
    }

    async fn played(&mut self) -> u64 {
        let before = self.trips();
        let played = self.client.lifecycle().await;
        assert!(
            played.is_ok(),
            "a lifecycle: {:?}",
            self.client.tally.troubles
        );
        self.trips() - before
    }
}

async fn open(folder: &Path) -> House {
    let mut settings = Settings::read(None, std::iter::empty()).expect("settings");
    settings.worker = false;
    let content = crate::content::folder(None, folder).expect("content");
    let today = matters::dossier::day_of(crate::serve::now());
    let stage = Arc::new(Stage::read(&content, "1.004873", today).expect("a stage"));
    let server = OwnServer::start(&mut settings, folder)
        .await
        .expect("a server");
    let target = Arc::new(Target {
        address: server.address,
        host: server.address.to_string(),
        patience: Duration::from_secs(60),
    });
    let db = server.db.clone();
    let field = Field {
        stage,
        target,
        db: Some(db.clone()),
        database_port: None,
        one_process: true,
    };
    let asked = Asked::quiet(Play::Acts);
    let book = Book::open(None).expect("a book");
    let troupe = Troupe::gather(&asked, &field, &book).await;
    let mut client = troupe.expect("everybody").clients.remove(0);
    client.until = Instant::now() + Duration::from_secs(600);
    let code = client.code.clone();
    House {
        server,
        db,
        client,
        code,
    }
}
