//! The portal over HTTP, on both databases: every page whole and escaped, the lookup without a
//! name, everybody else's dossier as if it did not exist.
#![allow(clippy::unwrap_used)] // A test says where it broke; that is all it must do.

#[path = "world/browser.rs"]
mod browser;
#[path = "world/mod.rs"]
mod world;

use axum::http::StatusCode;
use browser::{Browser, Page, Who};
use matters::dossier::{Command, ReturnWay};
use world::{AN, COMMUNE, MIGRATIONS, World, citizen};

async fn browse(world: &World) -> Browser {
    let rooms = windows::portal::routes(world.ground.clone());
    let papers = matters::dossier::routes(world.ground.clone());
    Browser::new(world, rooms.merge(papers)).await
}

fn has(page: &Page, words: &[&str]) {
    for word in words {
        assert!(page.text().contains(word), "{word} in {}", page.text());
    }
}

fn lacks(page: &Page, words: &[&str]) {
    for word in words {
        assert!(!page.text().contains(word), "{word} in {}", page.text());
    }
}

#[tokio::test]
async fn everybody_finds_a_procedure_and_understands_it() {
    kernel::proof::on_each(&MIGRATIONS, |db| async move {
        let world = World::open(db).await;
        let browser = browse(&world).await;
        let home = browser.get(Who::Nobody, "/").await.checked();
        has(
            &home,
            &[
                "Bạn cần làm việc gì?",
                "Có con nhỏ",
                "Đăng ký khai sinh",
                "Buôn Ma Thuột",
            ],
        );
        let found = browser
            .get(Who::Nobody, "/procedures?q=giay+doc+than")
            .await;
        has(&found.checked(), &["1.004873", "1 thủ tục"]);
        let none = browser
            .get(Who::Nobody, "/procedures?q=khai+sinh+tau+vu+tru")
            .await;
        has(
            &none.checked(),
            &[
                "Không có thủ tục nào đủ các chữ",
                "Có thể bạn cần",
                "1.001193",
            ],
        );
        let event = browser
            .get(Who::Nobody, "/procedures?event=housing")
            .await
            .checked();
        has(&event, &["1.013225"]);
        lacks(&event, &["1.001193"]);
        let script = browser.get(Who::Nobody, "/procedures?q=%3Cscript%3E").await;
        lacks(&script.checked(), &["<script>"]);
        has(
            &browser
                .get(Who::Nobody, "/counters?q=ea+kar")
                .await
                .checked(),
            &["xã Ea Kar"],
        );
        let on = matters::dossier::day_of(world.now());
        for procedure in world.ground.catalogue().published(on) {
            let code = &procedure.key.code;
            let page = browser
                .get(Who::Nobody, &format!("/procedures/{code}"))
                .await;
            assert_eq!(page.status, StatusCode::OK, "{code}");
            let page = page.checked();
            has(
                &page,
                &[
                    &procedure.plain.what.vi,
                    "<svg",
                    "Căn cứ pháp lý",
                    "Bạn cần có",
                ],
            );
            has(
                &page,
                &["/apply/start?code=", &procedure.legal_basis[0].number],
            );
            lacks(&page, &["Cần kiểm chứng"]);
            let officer = browser
                .get(Who::Officer, &format!("/procedures/{code}"))
                .await;
            assert_eq!(
                officer.checked().text().contains("Cần kiểm chứng"),
                !procedure.to_verify.is_empty()
            );
            let schema = format!("/procedures/{code}/form.schema.json");
            let schema = browser.get(Who::Nobody, &schema).await;
            assert_eq!(schema.header("content-type"), "application/schema+json");
            let schema: serde_json::Value = serde_json::from_str(schema.text()).unwrap();
            assert!(schema["$schema"].is_string());
        }
        let gone = browser.get(Who::Nobody, "/procedures/9.999999").await;
        assert_eq!(gone.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn a_lookup_tells_the_status_and_no_name() {
    kernel::proof::on_each(&MIGRATIONS, |db| async move {
        let world = World::open(db).await;
        let browser = browse(&world).await;
        let id = world.submit("1.004873").await;
        world.accept(&id).await;
        let code = world.code(&id).await.to_string();
        let page = browser
            .get(Who::Nobody, &format!("/lookup/{code}"))
            .await
            .checked();
        assert_eq!(page.status, StatusCode::OK);
        has(
            &page,
            &[
                &code,
                "Cấp Giấy xác nhận tình trạng hôn nhân",
                "Hẹn trả kết quả",
            ],
        );
        lacks(
            &page,
            &[
                "Nguyễn",
                "Thịnh",
                "066190001234",
                "0905123456",
                "Lê Duẩn",
                AN,
                "Lê Thị Hoa",
            ],
        );
        let small = code.to_lowercase().replace('-', "%20%E2%80%93%20");
        assert_eq!(
            browser
                .get(Who::Nobody, &format!("/lookup/{small}"))
                .await
                .status,
            200
        );
        let asked = browser
            .get(Who::Nobody, &format!("/lookup?code={code}"))
            .await;
        assert_eq!(asked.header("location"), format!("/lookup/{code}"));
        let unknown = browser
            .get(Who::Nobody, "/lookup/H15.101-261123-9999")
            .await
            .checked();
        assert_eq!(unknown.status, StatusCode::NOT_FOUND);
        has(&unknown, &["Xem lại từng chữ số", "1022"]);
        let wrong = browser
            .get(Who::Nobody, "/lookup/%3Cscript%3Ehello")
            .await
            .checked();
        has(&wrong, &["không phải là mã hồ sơ", "H15.101-261123-0001"]);
        let mut last = StatusCode::OK;
        for _ in 0..30 {
            last = browser
                .get(Who::Nobody, &format!("/lookup/{code}"))
                .await
                .status;
        }
        assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
    })
    .await;
}

#[tokio::test]
async fn the_applicant_sees_what_to_do_and_who_has_it() {
    kernel::proof::on_each(&MIGRATIONS, |db| async move {
        let world = World::open(db).await;
        let browser = browse(&world).await;
        let counter = ReturnWay::Counter {
            agency: COMMUNE.into(),
        };
        let id = world.submit_to("1.004873", counter).await;
        let path = format!("/dossiers/{}", world.code(&id).await);
        let page = browser.get(Who::An, &path).await.checked();
        has(
            &page,
            &[
                "Chờ tiếp nhận",
                "Nộp hồ sơ trực tuyến",
                "Trung tâm Phục vụ hành chính công",
            ],
        );
        world.ask_supplement(&id).await;
        let page = browser.get(Who::An, &path).await.checked();
        has(
            &page,
            &[
                "Bạn cần bổ sung 2 nội dung",
                "Chụp lại trang 2 cho rõ",
                "/supplement",
                "02.pdf",
            ],
        );
        let list = browser.get(Who::An, "/dossiers").await.checked();
        has(&list, &["Đang chờ bạn", "Bạn cần bổ sung giấy tờ"]);
        let brought = world.dossier(&id).await.papers;
        let supplement = Command::Supplement {
            papers: brought,
            answers: None,
            note: String::new(),
            paper_names: serde_json::json!({}),
        };
        world.give(&id, &citizen(AN), supplement).await.unwrap();
        let page = browser.get(Who::An, &path).await.checked();
        has(&page, &["Đang xem phần bổ sung", "Bạn đã bổ sung"]);
        let office = world.officer(facts::agency::Right::Intake).await;
        world
            .give(&id, &office, Command::AcceptSupplement)
            .await
            .unwrap();
        let page = browser.get(Who::An, &path).await.checked();
        has(
            &page,
            &[
                "Hẹn trả kết quả",
                "Tư pháp - hộ tịch",
                "01.pdf",
                "/withdrawal",
            ],
        );
        world.wait(24 * 10).await;
        let page = browser.get(Who::An, &path).await.checked();
        has(
            &page,
            &["Trễ hẹn", "Chúng tôi xin lỗi bạn", "Đây là lỗi của cơ quan"],
        );
        world.apologise(&id, "2026-12-07").await;
        let page = browser.get(Who::An, &path).await.checked();
        has(
            &page,
            &["nay hẹn lại", "17:00 07/12/2026", "nghỉ ốm", "04.pdf"],
        );
        world.issue(&id).await;
        let page = browser.get(Who::An, &path).await.checked();
        lacks(&page, &["Ý kiến nội bộ", "/withdrawal"]);
        has(
            &page,
            &[
                "Kết quả của bạn đã xong",
                "15/XN-UBND",
                "Ủy ban nhân dân phường Buôn Ma Thuột",
            ],
        );
        if world.dossier(&id).await.owes() {
            has(&page, &["Bạn cần nộp"]);
            assert_eq!(
                browser.get(Who::An, &format!("{path}/result")).await.status,
                404
            );
            world.collect(&id).await;
        }
        world.deliver(&id).await;
        let page = browser.get(Who::An, &path).await.checked();
        has(
            &page,
            &["Đã trả kết quả", "Trả kết quả tại quầy", "/result"],
        );
        lacks(&page, &["Ai đang giải quyết"]);
    })
    .await;
}

#[tokio::test]
async fn letters_papers_and_the_result_open_for_those_who_may() {
    kernel::proof::on_each(&MIGRATIONS, |db| async move {
        let world = World::open(db).await;
        let browser = browse(&world).await;
        // Somebody else's file, whose digest An knows and writes into an answer of her own dossier.
        let files = &world.ground.files;
        let told = files
            .keep(&facts::blob::blank_pdf("another dossier"))
            .await
            .unwrap();
        let mut answers = world.procedure("2.000815").sample.clone();
        answers["paper_issuer"] = told.digest.clone().into();
        let id = world
            .submit_answers("2.000815", ReturnWay::Electronic, answers)
            .await;
        world.accept(&id).await;
        world.issue(&id).await;
        world.collect(&id).await;
        let dossier = world.dossier(&id).await;
        let path = format!("/dossiers/{}", dossier.code);
        let paper = dossier.papers[0].file.clone().unwrap();
        let paper = format!("{path}/papers/{paper}");
        let links = [
            format!("{path}/letters/01.pdf"),
            format!("{path}/letters/06.pdf"),
            format!("{path}/letters/fee-receipt.pdf"),
            paper.clone(),
            format!("{path}/result"),
        ];
        for link in &links {
            for who in [Who::An, Who::Officer] {
                let page = browser.get(who, link).await;
                assert_eq!(page.status, StatusCode::OK, "{link} for {who:?}");
                assert_eq!(page.header("content-type"), "application/pdf");
                assert_eq!(page.header("x-content-type-options"), "nosniff");
                assert!(
                    page.header("content-disposition")
                        .starts_with("inline; filename")
                );
                assert!(page.bytes.starts_with(b"%PDF"));
            }
            for who in [Who::Binh, Who::Stranger] {
                assert_eq!(
                    browser.get(who, link).await.status,
                    404,
                    "{link} for {who:?}"
                );
            }
            let sent = browser.get(Who::Nobody, link).await;
            assert_eq!(sent.status, StatusCode::SEE_OTHER, "{link}");
        }
        let names = browser.get(Who::An, &paper).await;
        assert!(names.header("content-disposition").contains("gi%E1%BA%A5y"));
        assert_eq!(
            browser.get(Who::Binh, &path).await.status,
            StatusCode::NOT_FOUND
        );
        let desk = browser.get(Who::Officer, &path).await;
        assert_eq!(desk.header("location"), format!("/desk{path}"));
        let other = world
            .ground
            .files
            .keep(&facts::blob::blank_pdf("somebody else's"))
            .await
            .unwrap();
        for missing in [
            format!("{path}/letters/02.pdf"),
            format!("{path}/letters/99.pdf"),
            format!("{path}/letters/01"),
            format!("{path}/papers/{}", other.digest),
            format!("{path}/papers/{}", told.digest),
            format!("{path}/papers/..%2F..%2Fetc"),
            "/dossiers/H15.101-261123-9999".to_owned(),
            "/dossiers/nothing".to_owned(),
        ] {
            assert_eq!(
                browser.get(Who::An, &missing).await.status,
                404,
                "{missing}"
            );
        }
        let empty = browser.get(Who::Binh, "/dossiers").await.checked();
        has(&empty, &["Bạn chưa có hồ sơ nào"]);
    })
    .await;
}
