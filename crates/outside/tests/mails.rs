//! Notices by e-mail on both databases: who is told what, once, how they choose, and that a page of
//! choices opens to nobody without the link of a mail.
#![allow(clippy::unwrap_used)] // A test says where it broke; that is all it must do.

#[path = "../../windows/tests/world/browser.rs"]
mod browser;
#[path = "../../windows/tests/world/mod.rs"]
mod world;

use axum::http::StatusCode;
use browser::{Browser, Who};
use jiff::Timestamp;
use kernel::reader::Reader;
use kernel::{Database, Migration, Statement, lease, log, params};
use outside::notice;
use outside::notice::mail::{self, Letterbox, Pace};
use world::{AN_EMAIL, MIGRATIONS, World};

fn migrations() -> Vec<Migration> {
    let mut all = MIGRATIONS.to_vec();
    all.extend_from_slice(notice::MIGRATIONS);
    all.extend_from_slice(courier::MIGRATIONS);
    all.extend_from_slice(mail::MIGRATIONS);
    all
}

fn morning() -> Timestamp {
    world::MORNING.parse().unwrap()
}

fn a_week_later() -> Timestamp {
    morning() + jiff::SignedDuration::from_hours(7 * 24)
}

async fn letterbox(world: &World, clock: fn() -> Timestamp) -> Letterbox {
    Letterbox::open(world.ground.clone(), clock).await.unwrap()
}

/// Places what waits and lets the reader see all of it.
async fn write_mails(world: &World, reader: &Reader) {
    let db = world.ground.db();
    for name in [log::LEASE, &reader.lease()] {
        lease::hold(db, name, "test", world.now()).await.unwrap();
    }
    if !db.places_entries_itself() {
        while log::lead(db, "test").await.unwrap() > 0 {}
    }
    while reader.round(db, "test").await.unwrap() > 0 {}
}

/// What waits in the outbox: to whom, subject, text.
async fn outbox(db: &Database) -> Vec<(String, String, String)> {
    let sql = "SELECT destination, subject, body FROM outgoing ORDER BY at, id";
    let rows = db.query(Statement::new(sql, params![])).await.unwrap();
    rows.iter()
        .map(|row| (row.string(0), row.string(1), row.string(2)))
        .collect()
}

#[tokio::test]
async fn a_change_is_one_mail_that_names_agency_person_and_time() {
    kernel::proof::on_each(&migrations(), |db| async move {
        let world = World::open(db.clone()).await;
        let letterbox = letterbox(&world, morning).await;
        let reader = mail::reader(&letterbox);
        let id = world.submit("1.004873").await;
        world.accept(&id).await;
        write_mails(&world, &reader).await;
        let mails = outbox(&db).await;
        assert_eq!(mails.len(), 2, "{mails:?}");
        let (to, subject, text) = &mails[1];
        let code = world.dossier(&id).await.code.to_string();
        assert_eq!(to, AN_EMAIL);
        assert_eq!(subject, &format!("Hồ sơ đã được tiếp nhận · hồ sơ {code}"));
        let officer = world.officer_name().await;
        for wanted in [
            "Cơ quan: Ủy ban nhân dân",
            &format!("Người thực hiện: {officer}"),
            "Thời điểm: 09:00 23/11/2026",
            &format!("https://dinh.example/lookup/{code}"),
            &letterbox.link(AN_EMAIL),
        ] {
            assert!(text.contains(wanted), "{wanted} in {text}");
        }
        assert!(mails[0].2.contains("Người thực hiện: người nộp hồ sơ"));
        assert!(!text.contains(world::AN_NAME), "no name in a mail");
        // However often the reader looks, nobody gets it twice.
        let sql = "DELETE FROM readers WHERE name = 'mail'";
        db.write(vec![Statement::new(sql, vec![])]).await.unwrap();
        write_mails(&world, &reader).await;
        assert_eq!(outbox(&db).await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn who_gets_mail_chooses_on_the_page_of_the_mail() {
    kernel::proof::on_each(&migrations(), |db| async move {
        let world = World::open(db.clone()).await;
        let letterbox = letterbox(&world, morning).await;
        let reader = mail::reader(&letterbox);
        let browser = Browser::new(&world, mail::routes(letterbox.clone())).await;
        let link = letterbox.link(AN_EMAIL);
        let page = link.strip_prefix("https://dinh.example").unwrap();
        let choose = async |pace: &str, language: &str| {
            assert_eq!(browser.get(Who::Nobody, page).await.status, StatusCode::OK);
            let shown = browser.get(Who::Binh, page).await.checked();
            let fields = [("pace", pace), ("language", language)];
            let sent = browser.fill(Who::Binh, (&shown, page), &fields).await;
            assert_eq!(sent.header("location"), page);
        };
        choose("never", "vi").await;
        let id = world.submit("1.004873").await;
        write_mails(&world, &reader).await;
        assert_eq!(outbox(&db).await, [], "an end is an end");
        choose("daily", "en").await;
        world.accept(&id).await;
        world.ask_supplement(&id).await;
        write_mails(&world, &reader).await;
        let mails = outbox(&db).await;
        assert_eq!(mails.len(), 1, "{mails:?}");
        assert_eq!(mails[0].1, "News of your dossiers, 24/11/2026");
        assert!(
            mails[0].2.matches("----------").count() == 2,
            "{}",
            mails[0].2
        );
        let chosen = mail::choice_of(&db, " AN@dinh.example").await.unwrap();
        assert_eq!((chosen.pace, &*chosen.language), (Pace::Daily, "en"));
        let forged = format!("{}0", &page[..page.len() - 1]);
        let forged = if forged == page {
            format!("{}1", &page[..page.len() - 1])
        } else {
            forged
        };
        let answer = browser.get(Who::Nobody, &forged).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn old_news_is_written_to_nobody() {
    kernel::proof::on_each(&migrations(), |db| async move {
        let world = World::open(db.clone()).await;
        let id = world.submit("1.004873").await;
        world.accept(&id).await;
        let late = letterbox(&world, a_week_later).await;
        write_mails(&world, &mail::reader(&late)).await;
        assert_eq!(outbox(&db).await, []);
        // Switched on in a house that is years old: it begins with what comes.
        let fresh = letterbox(&world, morning).await;
        let reader = mail::reader(&fresh);
        let sql = "DELETE FROM readers WHERE name = 'mail'";
        db.write(vec![Statement::new(sql, vec![])]).await.unwrap();
        reader.begin_now(&db).await.unwrap();
        write_mails(&world, &reader).await;
        assert_eq!(outbox(&db).await, []);
    })
    .await;
}
