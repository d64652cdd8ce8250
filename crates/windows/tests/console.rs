//! The console over HTTP, on both databases: every figure against an account made from the entries
//! themselves, as of the end of each period; who sees whose; and what a page says of figures that
//! do not balance.
#![allow(clippy::unwrap_used)] // A test says where it broke; that is all it must do.

#[path = "world/browser.rs"]
mod browser;
#[path = "world/mod.rs"]
mod world;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::http::StatusCode;
use browser::{Browser, Who};
use facts::agency::Right;
use jiff::Timestamp;
use jiff::civil::{Date, date};
use kernel::reader::Reader;
use kernel::rebuild::digests;
use kernel::{Decide, Entry, Migration, Statement, log};
use matters::dossier::{self, Command, Event, Phase, RefuseReason, day_of};
use world::{AN, COMMUNE, World, citizen};

static MIGRATIONS: LazyLock<Vec<Migration>> = LazyLock::new(|| {
    [
        facts::people::MIGRATIONS,
        facts::agency::MIGRATIONS,
        matters::dossier::MIGRATIONS,
        windows::console::MIGRATIONS,
    ]
    .concat()
});

fn clock() -> Timestamp {
    world::MORNING.parse().unwrap()
}

fn reader(world: &World) -> Reader {
    windows::console::reader(world.ground.journal.clone(), world.ground.law.clone())
}

/// What a reader does in the background of a house.
async fn count(world: &World) {
    let db = world.ground.db();
    log::place_all(db, "test", clock).await.unwrap();
    reader(world).catch_up(db, "test", clock).await.unwrap();
}

async fn browse(world: &World) -> Browser {
    Browser::new(world, windows::console::routes(world.ground.clone())).await
}

/// Six weeks of an office in which everything happens.
async fn live(world: &World) -> Vec<String> {
    let code = "1.004873";
    let mut ids = Vec::new();
    for _ in 0..4 {
        ids.push(world.submit(code).await);
    }
    ids.push(world.submit("2.000815").await);
    world.accept(&ids[0]).await;
    world.issue(&ids[0]).await;
    let refuse = Command::Refuse {
        reason: RefuseReason::NotCompetent,
        text: "Nơi khác giải quyết".into(),
        basis: "NĐ 118/2025/NĐ-CP".into(),
    };
    let counter = world.officer(Right::Intake).await;
    world.give(&ids[1], &counter, refuse).await.unwrap();
    world.ask_supplement(&ids[2]).await;
    world.accept(&ids[4]).await;
    // Over the end of the month: the supplement never comes, one waits too long, one is late.
    world.wait(24 * 9).await;
    world.accept(&ids[3]).await;
    ids.push(world.submit(code).await);
    let withdraw = Command::Withdraw {
        reason: "Không cần nữa".into(),
    };
    world.give(&ids[5], &citizen(AN), withdraw).await.unwrap();
    ids.push(world.submit(code).await);
    world.accept(&ids[6]).await;
    world.wait(24 * 12).await;
    world.apologise(&ids[3], "2026-12-25").await;
    world.issue(&ids[3]).await;
    world.issue(&ids[6]).await;
    ids.push(world.submit(code).await);
    world.wait(24 * 12).await;
    ids
}

/// The figures of a period, counted from the states of every dossier: another way to the same.
async fn account(world: &World, ids: &[String], from: Date, to: Date) -> BTreeMap<String, i64> {
    let mut all: BTreeMap<String, i64> = BTreeMap::new();
    for id in ids {
        let history = world.ground.journal.history(&*world.ground.law, id).await;
        let history: Vec<Entry<Event>> = history.unwrap();
        let until = |day: Date| {
            let seen = history.iter().take_while(|entry| day_of(entry.at) <= day);
            let state = seen.fold(dossier::State::default(), |state, entry| {
                world.ground.law.evolve(state, entry)
            });
            state.dossier
        };
        let (old, new) = (until(from.yesterday().unwrap()), until(to));
        let Some(new) = new else { continue };
        let ended = |phase: Phase| phase.is_terminal() || phase == Phase::Released;
        if old.as_ref().is_some_and(|old| ended(old.phase)) {
            continue;
        }
        let mut add = |name: &str| *all.entry(name.to_owned()).or_default() += 1;
        add("received");
        match &old {
            Some(_) => add("carried"),
            None => add(&format!("received_{}", new.channel.as_str())),
        }
        match new.phase {
            Phase::Submitted if new.reception.late => add("waiting_late"),
            Phase::Submitted => add("waiting"),
            Phase::Refused => add("refused"),
            Phase::Withdrawn => add("withdrawn"),
            Phase::Stopped | Phase::Rejected | Phase::ClosedUnsupplemented => add("stopped"),
            Phase::Released | Phase::Delivered => add("done"),
            _ if new.overdue => add("open_late"),
            _ => add("open_in_time"),
        }
    }
    all
}

/// The last line of the report as a table, by the heads of its columns.
async fn report(browser: &Browser, from: Date, to: Date) -> BTreeMap<String, i64> {
    let path = format!("/console/report.csv?from={from}&to={to}");
    let page = browser.get(Who::Head, &path).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text());
    let lines: Vec<Vec<&str>> = page
        .text()
        .lines()
        .map(|line| line.split(',').collect())
        .collect();
    let heads = windows_heads();
    let total = lines.last().unwrap();
    assert!(total[0].starts_with("Tổng cộng"), "{total:?}");
    let values: Vec<i64> = total[total.len() - heads.len()..]
        .iter()
        .map(|value| value.parse().unwrap())
        .collect();
    heads.into_iter().map(str::to_owned).zip(values).collect()
}

/// The columns in the order of the form.
fn windows_heads() -> [&'static str; 22] {
    [
        "received",
        "carried",
        "received_online",
        "received_counter",
        "received_post",
        "received_elsewhere",
        "done",
        "done_early",
        "done_on_time",
        "done_late_sorry",
        "done_late",
        "open",
        "open_in_time",
        "open_late",
        "refused",
        "waiting",
        "waiting_late",
        "stopped",
        "withdrawn",
        "paid",
        "paid_online",
        "paid_direct",
    ]
}

#[tokio::test]
async fn the_report_of_any_period_is_what_the_entries_say() {
    kernel::proof::on_each(&MIGRATIONS, |db| async move {
        let world = World::open(db.clone()).await;
        let ids = live(&world).await;
        count(&world).await;
        let browser = browse(&world).await;
        for (from, to) in [
            (date(2026, 11, 1), date(2026, 11, 30)),
            (date(2026, 12, 1), date(2026, 12, 31)),
            (date(2026, 11, 23), date(2026, 11, 23)),
            (date(2026, 11, 25), date(2026, 12, 5)),
            (date(2026, 12, 3), date(2026, 12, 20)),
            (date(2026, 10, 1), date(2026, 12, 31)),
        ] {
            let (told, expected) = (
                report(&browser, from, to).await,
                account(&world, &ids, from, to).await,
            );
            for (name, value) in &told {
                let known = expected.get(name).copied().unwrap_or(0);
                let compared = !name.starts_with("paid")
                    && !name.starts_with("done_")
                    && !matches!(name.as_str(), "open" | "received_elsewhere");
                assert!(
                    !compared || known == *value,
                    "{from}–{to} {name}: {told:?} {expected:?}"
                );
            }
            let done: i64 = ["done_early", "done_on_time", "done_late_sorry", "done_late"]
                .iter()
                .map(|name| told[*name])
                .sum();
            assert_eq!(done, told["done"]);
        }
        let december = report(&browser, date(2026, 12, 1), date(2026, 12, 31)).await;
        assert_eq!(december["done_late_sorry"], 1, "{december:?}");
        assert_eq!(december["withdrawn"], 1);
        assert!(december["stopped"] >= 1, "nobody brought the supplement");

        // Counted again from the log, all at once, it is the same to the last row.
        let tables = reader(&world).tables();
        let before = digests(&db, tables).await.unwrap();
        reader(&world).reread(&db, "test", clock).await.unwrap();
        assert_eq!(digests(&db, tables).await.unwrap(), before);
    })
    .await;
}

#[tokio::test]
async fn figures_that_do_not_balance_are_not_shown() {
    kernel::proof::on_each(&MIGRATIONS, |db| async move {
        let world = World::open(db.clone()).await;
        live(&world).await;
        count(&world).await;
        let browser = browse(&world).await;
        let november = "?from=2026-11-01&to=2026-11-30";
        let page = format!("/console/report{november}");
        let good = browser.get(Who::Head, &page).await.checked();
        assert!(good.text().contains("Tổng cộng"));
        let damage = "UPDATE console_counts SET done_early = done_early + 1
            WHERE procedure_code = '1.004873' AND period = 202611";
        db.write(vec![Statement::new(damage, vec![])])
            .await
            .unwrap();
        let bad = browser.get(Who::Head, &page).await.checked();
        assert!(
            bad.text()
                .contains("Số liệu không cân đối, không hiện báo cáo")
        );
        assert!(bad.text().contains("1.004873") && bad.text().contains("dinh rebuild"));
        assert!(!bad.text().contains("Tổng cộng"), "no wrong figures");
        let table = browser
            .get(Who::Head, &format!("/console/report.csv{november}"))
            .await;
        assert_eq!(table.status, StatusCode::UNPROCESSABLE_ENTITY);
    })
    .await;
}

#[tokio::test]
async fn today_stands_on_the_console_within_two_seconds() {
    kernel::proof::on_each(&MIGRATIONS, |db| async move {
        let world = World::open(db).await;
        let browser = browse(&world).await;
        let empty = browser.get(Who::Head, "/console").await.checked();
        assert!(empty.text().contains("Chưa có hồ sơ nào"));
        let id = world.submit("1.004873").await;
        world.accept(&id).await;
        world.submit("1.004873").await;
        let behind = browser.get(Who::Head, "/console").await.checked();
        assert!(
            !behind.text().contains("Số liệu chưa mới"),
            "a moment is no lag"
        );
        world.wait(1).await;
        let behind = browser.get(Who::Head, "/console").await.checked();
        assert!(behind.text().contains("Số liệu chưa mới"));
        count(&world).await;
        let page = browser.get(Who::Head, "/console").await.checked();
        let text = page.text();
        assert!(!text.contains("Số liệu chưa mới"));
        assert!(text.contains("<b>2</b><span>Nhận hôm nay</span>"), "{text}");
        assert!(text.contains("<b>1</b><span>Đang giải quyết</span>"));
        assert!(text.contains("<b>0</b><span>Đang quá hạn</span>"));
        assert!(text.contains("<svg viewBox=") && text.contains("Các con số của hình"));
        // Its day comes, and passes.
        let due = world.dossier(&id).await.term.unwrap().due;
        let hours = due.duration_since(world.now()).as_hours();
        world.wait(hours - 1).await;
        count(&world).await;
        let text = browser.get(Who::Head, "/console").await;
        assert!(
            text.text().contains("<b>1</b><span>Đến hạn hôm nay</span>"),
            "{}",
            text.text()
        );
        world.wait(24).await;
        count(&world).await;
        let text = browser.get(Who::Head, "/console").await;
        assert!(
            text.text().contains("<b>1</b><span>Đang quá hạn</span>"),
            "{}",
            text.text()
        );
        assert!(
            text.text()
                .contains("<b>1</b><span>Chờ tiếp nhận quá 8 giờ</span>")
        );
    })
    .await;
}

#[tokio::test]
async fn a_leader_sees_their_agency_and_those_below_and_nobody_else_any() {
    kernel::proof::on_each(&MIGRATIONS, |db| async move {
        let world = World::open(db).await;
        world.submit("1.004873").await;
        count(&world).await;
        let browser = browse(&world).await;
        let chairman = browser.get(Who::Chairman, "/console").await.checked();
        assert!(chairman.text().contains("phường Buôn Ma Thuột"));
        let one = format!("/console/report?agency={COMMUNE}");
        let page = browser.get(Who::Chairman, &one).await.checked();
        assert!(page.text().contains("1.004873"), "{}", page.text());
        let all = browser
            .get(Who::Chairman, "/console/report")
            .await
            .checked();
        assert!(all.text().contains(&format!("agency={COMMUNE}")));
        for path in [
            "/console/report?agency=H15",
            "/console/report.csv?agency=H15",
        ] {
            let above = browser.get(Who::Head, path).await;
            assert_eq!(above.status, StatusCode::NOT_FOUND, "{path}");
        }
        for path in ["/console", "/console/report", "/console/report.csv"] {
            for who in [Who::Officer, Who::Stranger, Who::An] {
                let page = browser.get(who, path).await;
                assert_eq!(page.status, StatusCode::FORBIDDEN, "{who:?} {path}");
            }
            assert_eq!(
                browser.get(Who::Nobody, path).await.status,
                StatusCode::SEE_OTHER
            );
        }
        let wrong = "/console/report?from=2026-12-01&to=2026-11-01";
        let page = browser.get(Who::Head, wrong).await.checked();
        assert!(page.text().contains("trong vòng một năm") && !page.text().contains("Tổng cộng"));
    })
    .await;
}
