//! Notices on both databases: one for each entry that concerns the applicant, once, however often
//! the reader looks; read by their owner only.
#![allow(clippy::unwrap_used)] // A test says where it broke; that is all it must do.

#[path = "../../windows/tests/world/browser.rs"]
mod browser;
#[path = "../../windows/tests/world/mod.rs"]
mod world;

use axum::http::StatusCode;
use browser::{Browser, Who};
use facts::agency::Right;
use kernel::{Database, Migration, Statement, lease, log, params};
use matters::dossier::Command;
use outside::notice;
use world::{AN, BINH, MIGRATIONS, World};

fn migrations() -> Vec<Migration> {
    let mut all = MIGRATIONS.to_vec();
    all.extend_from_slice(notice::MIGRATIONS);
    all
}

/// Places what waits and lets the reader see all of it.
async fn tell(world: &World) {
    let db = world.ground.db();
    let reader = notice::reader(world.ground.journal.clone(), world.ground.law.clone());
    lease::hold(db, log::LEASE, "test", world.now())
        .await
        .unwrap();
    lease::hold(db, &reader.lease(), "test", world.now())
        .await
        .unwrap();
    if !db.places_entries_itself() {
        while log::lead(db, "test").await.unwrap() > 0 {}
    }
    while reader.round(db, "test").await.unwrap() > 0 {}
}

/// Empties what the reader keeps and lets it see all again.
async fn reread(world: &World) {
    let db = world.ground.db();
    for table in ["notices", "notice_applicants"] {
        let empty = Statement::new(format!("DELETE FROM {table}"), vec![]);
        db.write(vec![empty]).await.unwrap();
    }
    forget_place(db).await;
    tell(world).await;
}

async fn forget_place(db: &Database) {
    let sql = "DELETE FROM readers WHERE name = 'notice'";
    db.write(vec![Statement::new(sql, vec![])]).await.unwrap();
}

/// The numbers of what a person was told, the oldest first.
async fn numbers(db: &Database, person: &str) -> Vec<i64> {
    let sql = "SELECT number FROM notices WHERE person = ? ORDER BY number";
    let rows = db
        .query(Statement::new(sql, params![person]))
        .await
        .unwrap();
    rows.iter().map(|row| row.int(0)).collect()
}

#[tokio::test]
async fn each_entry_of_concern_tells_once() {
    kernel::proof::on_each(&migrations(), |db| async move {
        let world = World::open(db.clone()).await;
        let rooms = notice::routes(world.ground.clone());
        let browser = Browser::new(&world, rooms).await;
        let id = world.submit("1.004873").await;
        world.accept(&id).await;
        tell(&world).await;
        assert_eq!(notice::unread(&db, &[AN]).await.unwrap(), 2);
        assert_eq!(notice::unread(&db, &[BINH]).await.unwrap(), 0);
        forget_place(&db).await;
        tell(&world).await;
        assert_eq!(notice::unread(&db, &[AN]).await.unwrap(), 2, "told twice");
        world.wait(24 * 10).await;
        world.apologise(&id, "2026-12-07").await;
        world.issue(&id).await;
        if world.dossier(&id).await.owes() {
            world.collect(&id).await;
        }
        world.deliver(&id).await;
        tell(&world).await;
        let page = browser.get(Who::An, "/notices").await.checked();
        for words in [
            "Đã nhận hồ sơ bạn gửi",
            "Hẹn trả kết quả: 17:00 27/11/2026",
            "Hồ sơ trễ hẹn, chúng tôi xin lỗi",
            "Hẹn mới: 17:00 07/12/2026",
            "Đã có kết quả",
            "Đã trả kết quả",
        ] {
            assert!(page.text().contains(words), "{words} in {}", page.text());
        }
        let shown = page.text().matches("<li class=\"card").count();
        assert_eq!(shown, numbers(&db, AN).await.len());
        assert!(!page.text().contains("Ý kiến nội bộ"));
        let before = u32::try_from(shown).unwrap();
        let oldest = format!("/notices/{}/read", numbers(&db, AN).await[0]);
        let pressed = browser.press(Who::An, &page, &oldest).await;
        assert_eq!(pressed.header("location"), "/notices");
        assert_eq!(notice::unread(&db, &[AN]).await.unwrap(), before - 1);
        let page = browser.get(Who::An, "/notices").await.checked();
        assert!(page.text().contains("Đã đọc"));
        browser.press(Who::An, &page, "/notices/read").await;
        assert_eq!(notice::unread(&db, &[AN]).await.unwrap(), 0);
        let empty = browser.get(Who::Binh, "/notices").await.checked();
        assert!(empty.text().contains("Chưa có thông báo"));
        assert_eq!(
            browser.get(Who::Officer, "/notices").await.status,
            StatusCode::FORBIDDEN
        );
    })
    .await;
}

#[tokio::test]
async fn what_came_meanwhile_stays_unread() {
    kernel::proof::on_each(&migrations(), |db| async move {
        let world = World::open(db.clone()).await;
        let browser = Browser::new(&world, notice::routes(world.ground.clone())).await;
        let id = world.submit("1.004873").await;
        world.accept(&id).await;
        tell(&world).await;
        let page = browser.get(Who::An, "/notices").await.checked();
        let another = world.submit("1.004873").await;
        tell(&world).await;
        browser.press(Who::An, &page, "/notices/read").await;
        assert_eq!(notice::unread(&db, &[AN]).await.unwrap(), 1, "{another}");
        // A place in the log that told this person nothing.
        let oldest = format!("/notices/{}/read", numbers(&db, AN).await[0]);
        let sent = browser.send_form(Who::An, (&page, &oldest), "/notices/999999/read");
        assert_eq!(sent.await.status, StatusCode::NOT_FOUND);
        assert_eq!(notice::unread(&db, &[AN]).await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_rebuild_gives_the_same_notices() {
    kernel::proof::on_each(&migrations(), |db| async move {
        let world = World::open(db.clone()).await;
        let browser = Browser::new(&world, notice::routes(world.ground.clone())).await;
        let id = world.submit("1.004873").await;
        world.ask_supplement(&id).await;
        tell(&world).await;
        let page = browser.get(Who::An, "/notices").await.checked();
        let oldest = format!("/notices/{}/read", numbers(&db, AN).await[0]);
        browser.press(Who::An, &page, &oldest).await;
        let rows = || async {
            let sql = "SELECT person, number, code, about, at, read_at FROM notices
                ORDER BY person, number";
            let rows = db.query(Statement::new(sql, params![])).await.unwrap();
            rows.iter().map(|row| row.0.clone()).collect::<Vec<_>>()
        };
        let before = rows().await;
        assert_eq!(before.len(), 2);
        tell(&world).await;
        assert_eq!(
            rows().await,
            before,
            "the reader marks what the person marked"
        );
        let (journal, law) = (world.ground.journal.clone(), world.ground.law.clone());
        let reader = notice::reader(journal, law);
        lease::release(&db, &reader.lease(), "test").await.unwrap();
        let clock = jiff::Timestamp::now;
        reader.reread(&db, "rebuild", clock).await.unwrap();
        assert_eq!(rows().await, before);
    })
    .await;
}

/// Whoever was confirmed to be a person is told of all that is handed in in that person's name.
#[tokio::test]
async fn a_confirmed_account_is_told_of_each_dossier_in_its_name() {
    kernel::proof::on_each(&migrations(), |db| async move {
        let world = World::open(db.clone()).await;
        let browser = Browser::new(&world, notice::routes(world.ground.clone())).await;
        let theirs = ["account", AN];
        let unread = async || notice::unread(&db, &theirs).await.unwrap();
        world.submit_at_the_counter("1.004873").await;
        tell(&world).await;
        let page = browser.get(Who::Confirmed, "/notices").await.checked();
        assert!(page.text().contains("Có hồ sơ nộp đứng tên bạn"));
        assert!(!page.text().contains("Đã nhận hồ sơ bạn gửi"));
        assert_eq!(unread().await, 1);

        // What Bình typed of them is Bình's alone, until the office says whose it is.
        let id = world.submit_for_another("1.004873").await;
        tell(&world).await;
        assert_eq!(unread().await, 1);
        let counter = world.officer(Right::Intake).await;
        let identify = |person: &str| Command::IdentifyApplicant {
            person: person.into(),
        };
        world.give(&id, &counter, identify(AN)).await.unwrap();
        world.accept(&id).await;
        tell(&world).await;
        let page = browser.get(Who::Confirmed, "/notices").await.checked();
        for told in [
            "Có hồ sơ do người khác nộp thay bạn",
            "Hồ sơ đã được tiếp nhận",
        ] {
            assert!(page.text().contains(told), "{told} in {}", page.text());
        }
        db.forget_lately();
        assert_eq!(unread().await, 3);
        let before = numbers(&db, AN).await;
        forget_place(&db).await;
        tell(&world).await;
        assert_eq!(numbers(&db, AN).await, before, "told again otherwise");
        browser.press(Who::Confirmed, &page, "/notices/read").await;
        assert_eq!(unread().await, 0);

        // It was somebody else: from then on nobody but Bình is told.
        let undo = Command::UndoIdentification {
            person: "typed-again".into(),
            reason: "Trùng số".into(),
        };
        world.give(&id, &counter, undo).await.unwrap();
        world.issue(&id).await;
        tell(&world).await;
        assert_eq!(numbers(&db, AN).await, before);
        assert_eq!(
            numbers(&db, "typed").await.len(),
            numbers(&db, BINH).await.len()
        );
        reread(&world).await;
        assert_eq!(numbers(&db, AN).await, before, "a rebuild tells the same");
    })
    .await;
}
