//! The demonstration shows what it promises, on both databases, whatever the day.
use std::sync::Arc;

use facts::people::Sex;
use jiff::Timestamp;
use jiff::civil::date;
use kernel::{Database, Statement};
use matters::Ground;
use matters::dossier::views::{self, LINES_MAX, Search};
use matters::dossier::{Act, Dossier, Phase};
use sha2::Digest as _;

use super::world::World;
use super::{answers, history, world};
use crate::house::House;
use crate::settings::Settings;

async fn house(url: &str) -> House {
    let folder = std::env::temp_dir().join(format!("dinh-shown-{}", web::fresh_id()));
    let environment = [
        ("DINH_DATABASE_URL", url.to_owned()),
        ("DINH_FILES_FOLDER", folder.display().to_string()),
    ];
    let environment = environment.map(|(name, value)| (name.to_owned(), value));
    House::open(Settings::read(None, environment.into_iter()).expect("settings"))
        .await
        .expect("opens")
}

async fn dossier(ground: &Ground, id: &str) -> Arc<Dossier> {
    let loaded = ground.journal.load(&*ground.law, id).await;
    loaded.expect("loads").0.dossier.expect("a dossier")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_state_that_a_visitor_looks_for_is_there() {
    for url in kernel::proof::fresh_urls().await {
        let house = house(&url).await;
        let world = world::settle(&house).await.expect("a world");
        who_asks_about_themselves_stands_in_the_form(&house, &world);
        // No ninety days around it: only what is shown always.
        let made = history::play(&house, &world, 0, monday())
            .await
            .expect("plays");
        assert_eq!(made, 6 * world.communes.len());
        let ground = &house.ground;
        for commune in &world.communes {
            let agency = commune.id.as_str();
            let head = ground
                .offices
                .officers(agency, monday())
                .await
                .expect("reads");
            let mut lines = Vec::new();
            for officer in head {
                let viewer = ground
                    .offices
                    .viewer(&officer.id, monday())
                    .await
                    .expect("reads");
                let all = Search::default();
                let listed = views::list(ground.db(), &viewer, &all, LINES_MAX);
                let mut seen = listed.await.expect("reads");
                seen.retain(|line| line.agency == agency);
                // Most see the dossiers of their fields; who leads sees all.
                if seen.len() > lines.len() {
                    lines = seen;
                }
            }
            let count = |phase: Phase| lines.iter().filter(|line| line.phase == phase).count();
            for phase in [
                Phase::SupplementAsked,
                Phase::FeeDue,
                Phase::Refused,
                Phase::Withdrawn,
                Phase::Consulting,
            ] {
                assert_eq!(count(phase), 1, "{agency} {phase:?}");
            }
            let mut late = 0;
            for line in lines.iter().filter(|line| line.finished_at.is_none()) {
                late += usize::from(dossier(ground, &line.id).await.apology.is_some());
            }
            assert_eq!(late, 1, "{agency} has nothing late");
            let asked = lines.iter().find(|line| line.phase == Phase::Consulting);
            let dossier = dossier(ground, &asked.expect("counted").id).await;
            let open = dossier.tasks.values();
            let bodies = open.filter(|task| task.act == Act::Consult && task.agency != agency);
            assert!(
                bodies.count() > 1,
                "opinions are asked for at the same time"
            );
        }
        ground.db().close().await;
    }
}

/// Of each sample that is about the one who asks, for every citizen.
fn who_asks_about_themselves_stands_in_the_form(house: &House, world: &World) {
    let about_oneself = house.ground.catalogue().all();
    let about_oneself = about_oneself.filter(|one| one.sample["for_self"] == true);
    let mut seen = 0;
    for procedure in about_oneself {
        for person in &world.citizens {
            let on = date(2026, 11, 20);
            let given = answers(&procedure.sample, person, &world.communes[0], on);
            assert_eq!(given["person_name"], *person.name);
            let number = person.personal_id.as_ref().map(|number| number.as_str());
            assert_eq!(given["person_personal_id"].as_str(), number);
            let partner = given["partner_name"].as_str().unwrap_or_default();
            assert_eq!(
                partner.contains("Văn"),
                person.sex == Some(Sex::Female),
                "{partner}"
            );
            seen += 1;
        }
    }
    assert!(seen > 1, "{seen}");
}

/// Monday 2026-11-23, ten o'clock in Vietnam.
fn monday() -> Timestamp {
    let at = date(2026, 11, 23).at(3, 0, 0, 0);
    at.to_zoned(jiff::tz::TimeZone::UTC)
        .expect("a moment")
        .timestamp()
}

/// Every row of every table with what the engine itself keeps of it, so that a row that was written
/// again as it was is seen too; of a file its bytes.
async fn bytes_of(url: &str) -> Vec<String> {
    if let Some(path) = url.strip_prefix("sqlite:") {
        let log = std::fs::read(format!("{path}-wal")).unwrap_or_default();
        return [std::fs::read(path).expect("the database"), log]
            .iter()
            .map(|bytes| format!("{} {:x}", bytes.len(), sha2::Sha256::digest(bytes)))
            .collect();
    }
    let db = Database::open_to_read(url, &kernel::Settings::default()).await;
    let db = db.expect("opens");
    let mut rows = Vec::new();
    for table in db.tables().await.expect("tables") {
        let sql = format!(
            "SELECT COALESCE(MD5(STRING_AGG(CAST(ctid AS TEXT) || CAST(xmin AS TEXT) ||
                 CAST(t AS TEXT), ',' ORDER BY ctid)), '') FROM {table} t"
        );
        let digest = db.query(Statement::new(sql, vec![])).await.expect("rows");
        rows.push(format!("{table} {}", digest[0].text(0)));
    }
    let refused = Statement::new("DELETE FROM entries", vec![]);
    assert!(
        db.write(vec![refused]).await.is_err(),
        "nothing can be written"
    );
    db.close().await;
    rows
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_check_finds_what_differs_and_writes_nothing() {
    for url in kernel::proof::fresh_urls().await {
        let house = house(&url).await;
        let world = world::settle(&house).await.expect("a world");
        history::play(&house, &world, 0, monday())
            .await
            .expect("plays");
        let kept = house
            .ground
            .files
            .keep(&facts::blob::blank_pdf("a scan"))
            .await
            .expect("kept");
        let db = house.ground.db();
        let placed = kernel::log::place_all(db, "test", crate::serve::now).await;
        placed.expect("each entry has its place");
        let scratch = std::env::temp_dir().join(format!("dinh-scratch-{}", web::fresh_id()));
        std::fs::create_dir_all(&scratch).expect("a folder");
        let settings = &house.settings;
        let check = || crate::rebuild::check(settings, &scratch);
        let path = settings
            .files_folder
            .join(&kept.digest[..2])
            .join(&kept.digest);

        let before = bytes_of(&url).await;
        assert_eq!(check().await, Ok(()), "a house that goes on, on {url}");
        assert_eq!(bytes_of(&url).await, before, "{url}");

        let meddled = [
            (
                "dossiers",
                "UPDATE dossiers SET agency = 'H99' WHERE code = (SELECT MIN(code) FROM dossiers)",
            ),
            (
                "dated before the entry before it",
                "UPDATE entries SET at = at - 999999999 WHERE version = 3",
            ),
            (
                "version 5 instead of 4",
                "UPDATE entries SET version = version + 1 WHERE version = 4 AND NOT EXISTS
                (SELECT 1 FROM entries e WHERE e.stream = entries.stream AND e.version > 4)",
            ),
            (
                "vault document",
                "UPDATE vault SET body = body || ' '
                  WHERE digest = (SELECT MIN(digest) FROM vault)",
            ),
            (
                "the log has no place 2",
                "DELETE FROM log WHERE position = 2",
            ),
        ];
        for (words, sql) in meddled {
            db.write(vec![Statement::new(sql, vec![])])
                .await
                .expect("meddled");
            let before = bytes_of(&url).await;
            let found = check().await.expect_err("found");
            assert!(found.contains(words), "{words}: {found}");
            assert_eq!(bytes_of(&url).await, before, "{words} on {url}");
        }
        std::fs::write(&path, b"%PDF-1.7 a scam").expect("damaged");
        let found = check().await.expect_err("found");
        assert!(
            found.contains(&format!("the file {}", kept.digest)),
            "{found}"
        );
        house.ground.db().close().await;
        let before = bytes_of(&url).await;
        assert_eq!(check().await, Err(found), "a house that stands still");
        assert_eq!(bytes_of(&url).await, before, "{url}");
        let left = std::fs::read_dir(&scratch).expect("a folder").count();
        assert_eq!(left, 0, "nothing is left of the copies");
    }
}
