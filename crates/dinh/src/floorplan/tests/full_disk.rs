//! A house on a small disk of its own that runs full: files are refused with a sentence while what
//! has no file goes on, and are taken again when there is room.
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use storm::disk::Disk;
use tower::ServiceExt;

use super::{callers, router};
use crate::house::House;
use crate::settings::Settings;

/// Of the 384 MiB of the disk; what is left beside it is filled.
const RESERVE_MIB: u64 = 64;

async fn house_on(disk: &Disk) -> House {
    let at = |name: &str| disk.folder.join(name).display().to_string();
    let environment = [
        ("DINH_DATABASE_URL", format!("sqlite:{}", at("dinh.db"))),
        ("DINH_FILES_FOLDER", at("files")),
        ("DINH_FILES_RESERVE_MIB", RESERVE_MIB.to_string()),
    ];
    let environment = environment.map(|(name, value)| (name.to_owned(), value));
    let settings = Settings::read(None, environment.into_iter()).expect("settings");
    House::open(settings).await.expect("opens")
}

async fn ask(app: &Router, request: axum::http::request::Builder, body: String) -> (u16, String) {
    let request = request.body(Body::from(body)).expect("a request");
    let answer = app.clone().oneshot(request).await.expect("an answer");
    let status = answer.status().as_u16();
    let body = to_bytes(answer.into_body(), usize::MAX).await;
    let body = body.expect("a body in memory");
    (status, String::from_utf8_lossy(&body).into_owned())
}

/// The desk of an officer, and what becomes of a form with a file, and of one without.
async fn round(app: &Router, cookie: &str) -> (String, u16, u16) {
    let desk = Request::get("/desk").header("cookie", cookie);
    let (status, desk) = ask(app, desk, String::new()).await;
    assert_eq!(status, 200);
    let at = desk.find("name=\"csrf\" value=\"").expect("a token") + 19;
    let token = desk[at..].split('"').next().unwrap_or_default();
    let send = async |file: &str| {
        let part = "--X\r\nContent-Disposition: form-data; name=";
        let named = "\"paper\"; filename=\"giay.pdf\"";
        let body =
            format!("{part}\"csrf\"\r\n\r\n{token}\r\n{part}{named}\r\n\r\n{file}\r\n--X--\r\n");
        let request = Request::post("/sign-in/officer")
            .header("cookie", cookie)
            .header("content-type", "multipart/form-data; boundary=X");
        ask(app, request, body).await.0
    };
    let (with_file, without) = (send("%PDF-1.7 x").await, send("").await);
    (desk, with_file, without)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_takes_no_files_and_all_else_goes_on() {
    let name = format!("dinh-full-disk-{}", web::fresh_id());
    let disk = Disk::new(std::env::temp_dir().join(name)).expect("a folder");
    if !disk.mounted {
        println!("skipped: mounting a small disk is not allowed here");
        return;
    }
    let house = house_on(&disk).await;
    let cookie = format!("session={}", callers(&house).await.remove(2).cookie);
    let app = router(&house, crate::observe::start_metrics());
    let (desk, with_file, without) = round(&app, &cookie).await;
    assert!(!desk.contains("tạm thời không nhận tệp"));
    assert!(
        with_file != 507 && without != 507,
        "{with_file} {without}: there is room"
    );

    let left = super::super::room(&house).left().expect("a disk");
    let filler = disk.folder.join("filler");
    let size = usize::try_from(left - RESERVE_MIB * 1024 * 1024 + 4_096).expect("a small disk");
    std::fs::write(&filler, vec![b'x'; size]).expect("there is room for it");
    let (desk, with_file, without) = round(&app, &cookie).await;
    assert!(desk.contains("tạm thời không nhận tệp"), "officers see it");
    assert_eq!(with_file, 507);
    assert_ne!(without, 507, "a form without a file goes on");
    let (status, ready) = ask(&app, Request::get("/readyz"), String::new()).await;
    assert_eq!(status, 503, "send people elsewhere");
    assert!(
        ready.contains("disk is nearly full") && ready.contains("MiB"),
        "{ready}"
    );
    let office = house.ground.offices.officer("le-thi-hoa.bmt").await;
    let officer = office.expect("the database answers").expect("on file");
    let password = "mot-mat-khau-khac-2026-dai";
    let account = house
        .identity
        .add_officer(&officer, "hoa.again", password, crate::serve::now());
    assert!(account.await.is_ok(), "the database still writes");

    std::fs::remove_file(&filler).expect("removed");
    let (_, with_file, _) = round(&app, &cookie).await;
    assert_ne!(with_file, 507, "there is room again");
    let (status, _) = ask(&app, Request::get("/readyz"), String::new()).await;
    assert_eq!(status, 200);
    house.ground.db().close().await;
}
