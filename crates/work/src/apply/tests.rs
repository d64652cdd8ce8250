//! The whole application over HTTP on both databases, as a browser without a script would do it:
//! saved and
//! resumed, questions that appear, uploads and their limits, one dossier however often it is sent,
//! nobody
//! else's draft, refusals in words, supplement and withdrawal.
mod browser;

use std::path::Path;
use std::sync::{Arc, LazyLock};

use axum::http::StatusCode;
use facts::agency::{Offices, Viewer};
use facts::calendar::Calendars;
use facts::people::{Person, PersonKind};
use facts::place::Places;
use facts::procedure::Catalogue;
use jiff::Timestamp;
use kernel::proof::{count, on_each};
use kernel::{Ctx, Database, Journal, Migration};
use matters::dossier::{
    Command, Dossier, Law, Numbers, Order, Paper, PaperForm, Phase, ReturnWay, SupplementItem,
    post_address,
};
use matters::letters::Letters;
use matters::{Ground, Shared};

use browser::Browser;

static MIGRATIONS: LazyLock<Vec<Migration>> = LazyLock::new(|| {
    [
        facts::people::MIGRATIONS,
        facts::agency::MIGRATIONS,
        matters::dossier::MIGRATIONS,
        matters::draft::MIGRATIONS,
    ]
    .concat()
});
/// A commune of the sample content.
const AGENCY: &str = "H15.101";
/// 20 MB is the house's limit; the store of the tests takes less, to be quick.
const FILE_BYTES_MAX: u64 = 200_000;

struct Content {
    law: Arc<Law>,
    places: Arc<Places>,
    letters: Arc<Letters>,
}

static CONTENT: LazyLock<Content> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content");
    Content {
        law: Arc::new(Law {
            catalogue: Arc::new(Catalogue::load(&folder).expect("procedures load")),
            calendars: Arc::new(Calendars::load(&folder).expect("calendars load")),
        }),
        places: Arc::new(Places::load(&folder).expect("places load")),
        letters: Arc::new(Letters::load(&folder, std::iter::empty()).expect("letters load")),
    }
});

/// Monday, 09:00 in Vietnam.
fn now() -> Timestamp {
    "2026-11-23T02:00:00Z".parse().expect("a moment")
}

async fn ground(db: Database) -> Ground {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content");
    for office in Offices::load(&folder).expect("offices load") {
        db.write(facts::agency::store(&office))
            .await
            .expect("stored");
    }
    for (id, name, number) in [
        ("bich", "Trần Thị Bích", "066196001234"),
        ("cuong", "Lê Văn Cường", "066094004321"),
    ] {
        db.write(vec![facts::people::views::put(&person(id, name, number))])
            .await
            .expect("stored");
    }
    let files = std::env::temp_dir().join(format!("dinh-apply-{}", web::fresh_id()));
    Ground::from(Shared {
        journal: Journal::new(db.clone()),
        law: Arc::clone(&CONTENT.law),
        places: Arc::clone(&CONTENT.places),
        offices: Offices::new(db.clone()),
        files: facts::blob::Files::open(files, FILE_BYTES_MAX).expect("a folder"),
        numbers: Arc::new(Numbers::new(db)),
        letters: Arc::clone(&CONTENT.letters),
        public_url: "http://localhost".to_owned(),
    })
}

fn person(id: &str, name: &str, number: &str) -> Person {
    Person {
        id: id.to_owned(),
        kind: PersonKind::Citizen,
        personal_id: Some(number.parse().expect("a number")),
        tax_code: None,
        name: name.to_owned(),
        birth: None,
        sex: None,
        phone: Some("0912345678".to_owned()),
        email: None,
        address: None,
        valid_from: jiff::civil::date(2025, 7, 1),
        valid_to: None,
        origin: facts::people::Origin::Office,
    }
}

const LOCKED: &[u8] = include_bytes!("../../../facts/src/blob/samples/locked.pdf");
const PHOTO: &[u8] = b"\xff\xd8\xff\xe0 a photo of the birth note";

/// Fills every section of the birth registration with its sample, as far as the papers.
async fn fill_form(browser: &mut Browser, draft: &str) {
    let procedure = CONTENT
        .law
        .catalogue
        .all()
        .find(|one| one.key.code == "1.001193");
    let procedure = procedure.expect("birth registration");
    let sample = procedure.form.fields(&procedure.sample);
    for section in ["child", "evidence", "mother", "father", "requester"] {
        let path = format!("/apply/{draft}/form/{section}");
        browser.get(&path).await;
        // Questions appear after the answers on which they hang: a few rounds, never lost text.
        for _ in 0..4 {
            browser.fill(&sample);
            browser.press("go", "on").await;
            if !browser.at().starts_with(&path) {
                break;
            }
        }
        assert!(
            !browser.at().starts_with(&path),
            "{section}: {}",
            browser.errors()
        );
    }
    assert_eq!(browser.at(), format!("/apply/{draft}/papers"));
}

/// Begins a birth registration and gives the id of the draft.
async fn begin(browser: &mut Browser) -> String {
    browser
        .get("/apply/start?code=1.001193&case=default&level=commune")
        .await;
    browser.set("agency", AGENCY);
    browser.set("whom", "self");
    browser.press("", "").await;
    let path = browser.at().to_owned();
    path.strip_prefix("/apply/")
        .expect("the overview")
        .to_owned()
}

/// As far as the page on which it is handed in.
async fn ready(browser: &mut Browser) -> String {
    let draft = begin(browser).await;
    fill_form(browser, &draft).await;
    browser.upload("paper:birth-note", "chứng sinh.jpg", PHOTO);
    browser.press("", "").await;
    assert_eq!(
        browser.at(),
        format!("/apply/{draft}/receive"),
        "{}",
        browser.errors()
    );
    browser.set("way", "counter");
    browser.press("", "").await;
    assert_eq!(browser.at(), format!("/apply/{draft}/check"));
    draft
}

/// Presses once more with the promise given. Returns the dossier's id, which the next page has.
async fn hand_in(browser: &mut Browser) -> String {
    browser.set("promise", "yes");
    browser.press("", "").await;
    became(browser)
}

/// The dossier that the page says was handed in.
fn became(browser: &Browser) -> String {
    let at = browser.at();
    let id = at.strip_prefix("/apply/done/");
    id.unwrap_or_else(|| panic!("{at}: {}", browser.errors()))
        .to_owned()
}

#[tokio::test]
async fn a_birth_is_registered_from_the_first_question_to_the_code() {
    on_each(&MIGRATIONS, async |db| {
        let ground = ground(db.clone()).await;
        let mut bich = Browser::new(&ground, "bich");
        let draft = ready(&mut bich).await;
        let page = bich.page();
        for word in [
            "02/11/2026",
            "chứng sinh.jpg",
            "Không mất tiền",
            "Trần Thị Bích",
        ] {
            assert!(page.contains(word), "{word}");
        }
        bich.press("", "").await;
        assert_eq!(bich.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert!(bich.errors().contains("cam đoan"));
        let dossier = hand_in(&mut bich).await;
        assert_ne!(dossier, draft);
        // Eight working hours from Monday, 09:00; the 24th is a day off from 2026 on.
        assert!(bich.page().contains("H15.101-261123-"), "{}", bich.page());
        assert!(bich.page().contains("25/11/2026"), "{}", bich.page());
        assert_eq!(count(&db, "drafts").await, 0);
        bich.get("/apply").await;
        assert!(bich.page().contains("Không có hồ sơ nào làm dở"));
        let (state, _) = ground
            .journal
            .load(&*ground.law, &dossier)
            .await
            .expect("loads");
        let dossier = state.dossier.expect("a dossier");
        assert_eq!(dossier.phase, Phase::Submitted);
        let codes: Vec<&str> = dossier
            .papers
            .iter()
            .map(|paper| paper.code.as_str())
            .collect();
        assert_eq!(codes, ["declaration", "birth-note", "identity"]);
    })
    .await;
}

#[tokio::test]
async fn pressed_twice_or_in_two_tabs_it_is_one_dossier() {
    on_each(&MIGRATIONS, async |db| {
        let ground = ground(db.clone()).await;
        let mut bich = Browser::new(&ground, "bich");
        let draft = ready(&mut bich).await;
        bich.set("promise", "yes");
        let mut again = bich.clone();
        let mut other_tab = bich.clone();
        other_tab.get(&format!("/apply/{draft}/check")).await;
        other_tab.set("promise", "yes");
        let ((), ()) = tokio::join!(bich.press("", ""), again.press("", ""));
        other_tab.press("", "").await;
        let dossier = became(&bich);
        for tab in [&bich, &again, &other_tab] {
            assert_eq!(became(tab), dossier);
            assert!(tab.page().contains("Đã nộp hồ sơ"));
        }
        assert_eq!(count(&db, "dossiers").await, 1);
        // Going back in the browser leads on, too.
        bich.get(&format!("/apply/{draft}/form/child")).await;
        assert_eq!(became(&bich), dossier);
        let mut cuong = Browser::new(&ground, "cuong");
        for id in [&draft, &dossier] {
            cuong.get(&format!("/apply/done/{id}")).await;
            assert_eq!(cuong.status(), StatusCode::NOT_FOUND);
        }
        cuong.get(&format!("/apply/{draft}")).await;
        assert_eq!(cuong.status(), StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn what_was_typed_is_there_again_and_nobody_elses() {
    on_each(&MIGRATIONS, async |db| {
        let ground = ground(db.clone()).await;
        let mut bich = Browser::new(&ground, "bich");
        let draft = begin(&mut bich).await;
        let page = format!("/apply/{draft}/form/child");
        bich.get(&page).await;
        bich.set("child_name", "Lê Hoàng An");
        bich.set("child_birth_date-day", "31");
        bich.set("child_birth_date-month", "2");
        // The script saves while she types, right or wrong.
        assert_eq!(bich.autosave().await, StatusCode::OK);
        let mut phone = Browser::new(&ground, "bich");
        phone.get("/apply").await;
        assert!(phone.page().contains(&format!("/apply/{draft}")));
        phone.get(&page).await;
        assert_eq!(phone.value("child_name"), "Lê Hoàng An");
        assert_eq!(phone.value("child_birth_date-day"), "31");
        phone.press("go", "on").await;
        assert_eq!(phone.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            phone.errors().contains("Ngày, tháng, năm sinh"),
            "{}",
            phone.errors()
        );
        assert_eq!(phone.value("child_birth_date-month"), "02");
        // Known from the account, not asked again.
        phone.get(&format!("/apply/{draft}/form/requester")).await;
        assert_eq!(phone.value("requester_name"), "Trần Thị Bích");
        let mut cuong = Browser::new(&ground, "cuong");
        for path in ["", "/form/child", "/papers", "/check"] {
            cuong.get(&format!("/apply/{draft}{path}")).await;
            assert_eq!(cuong.status(), StatusCode::NOT_FOUND, "{path}");
        }
        phone.get(&format!("/apply/{draft}")).await;
        phone.press_in("/delete").await;
        assert_eq!(count(&db, "drafts").await, 0);
    })
    .await;
}

#[tokio::test]
async fn who_writes_the_digest_of_anothers_file_does_not_open_it() {
    on_each(&MIGRATIONS, async |db| {
        let ground = ground(db.clone()).await;
        let mut bich = Browser::new(&ground, "bich");
        let hers = begin(&mut bich).await;
        fill_form(&mut bich, &hers).await;
        bich.upload("paper:birth-note", "chứng sinh.jpg", PHOTO);
        bich.press("_upload", "paper:birth-note").await;
        let href = bich.link_to("chứng sinh.jpg");
        let (_, digest) = href.rsplit_once('/').expect("an address of a file");
        bich.get(&href).await;
        assert_eq!(bich.status(), StatusCode::OK);
        // Somebody else knows the digest and writes it wherever a form takes text.
        let mut cuong = Browser::new(&ground, "cuong");
        let his = begin(&mut cuong).await;
        let page = format!("/apply/{his}/form/child");
        let opens = format!("/apply/{his}/files/{digest}");
        for field in [
            "child_name",
            "child_birth_place.detail",
            "child_birth_place",
            "child_origin.digest",
        ] {
            cuong.get(&page).await;
            cuong.set(field, digest);
            assert_eq!(cuong.autosave().await, StatusCode::OK, "{field}");
            cuong.get(&opens).await;
            assert_eq!(cuong.status(), StatusCode::NOT_FOUND, "{field}");
        }
        cuong.get(&page).await;
        assert_eq!(cuong.value("child_name"), digest, "the text itself is kept");
        cuong.get(&href).await;
        assert_eq!(cuong.status(), StatusCode::NOT_FOUND, "her draft is hers");
        // The same bytes handed in by both: each opens them through their own draft.
        fill_form(&mut cuong, &his).await;
        cuong.upload("paper:birth-note", "của tôi.jpg", PHOTO);
        cuong.press("_upload", "paper:birth-note").await;
        assert_eq!(cuong.link_to("của tôi.jpg"), opens);
        for (browser, path) in [(&mut cuong, &opens), (&mut bich, &href)] {
            browser.get(path).await;
            assert_eq!(browser.status(), StatusCode::OK);
        }
    })
    .await;
}

#[tokio::test]
async fn papers_are_kept_or_refused_with_what_to_do() {
    on_each(&MIGRATIONS, async |db| {
        let ground = ground(db.clone()).await;
        let mut bich = Browser::new(&ground, "bich");
        let draft = begin(&mut bich).await;
        fill_form(&mut bich, &draft).await;
        assert!(bich.page().contains("chưa nối được với kho dữ liệu đó"));
        bich.press("", "").await;
        assert!(bich.errors().contains("Chụp hoặc tải lên: Giấy chứng sinh"));
        let large = [PHOTO, &vec![0; FILE_BYTES_MAX as usize]].concat();
        bich.upload("paper:birth-note", "to quá.jpg", &large);
        bich.upload("paper:birth-note", "virus.exe", b"MZ not a paper");
        bich.upload("paper:birth-note", "mặt trước.jpg", PHOTO);
        bich.press("", "").await;
        assert_eq!(bich.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert!(bich.errors().contains("to quá.jpg") && bich.errors().contains("virus.exe"));
        assert!(
            bich.page().contains("mặt trước.jpg"),
            "the good one is kept"
        );
        bich.upload("paper:birth-note", "rỗng.jpg", b"");
        bich.upload("paper:birth-note", "khoá.pdf", LOCKED);
        bich.press("_upload", "paper:birth-note").await;
        assert_eq!(bich.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            bich.errors().contains("Tệp rỗng “rỗng.jpg”"),
            "{}",
            bich.errors()
        );
        assert!(
            bich.errors().contains("Tệp “khoá.pdf” có mật khẩu"),
            "{}",
            bich.errors()
        );
        let back = facts::blob::blank_pdf("back");
        bich.upload("paper:birth-note", "mặt sau.pdf", &back);
        bich.press("_upload", "paper:birth-note").await;
        assert!(bich.page().contains("mặt sau.pdf"));
        let href = bich.link_to("mặt sau.pdf");
        bich.get(&href).await;
        assert_eq!(bich.page().as_bytes(), back);
        let mut cuong = Browser::new(&ground, "cuong");
        cuong.get(&href).await;
        assert_eq!(cuong.status(), StatusCode::NOT_FOUND);
        bich.get(&format!("/apply/{draft}/papers")).await;
        let digest = href.rsplit('/').next().expect("a digest").to_owned();
        bich.press("_remove", &format!("birth-note:{digest}")).await;
        assert!(!bich.page().contains("mặt sau.pdf") && bich.page().contains("mặt trước.jpg"));
    })
    .await;
}

/// Files for another, typed so, from the first page to the code.
async fn filed_for(
    bich: &mut Browser,
    ground: &Ground,
    (name, number): (&str, &str),
) -> matters::dossier::Dossier {
    bich.get("/apply/start?code=1.001193").await;
    bich.set("agency", AGENCY);
    bich.set("whom", "other");
    bich.press("", "").await;
    let draft = bich
        .at()
        .strip_prefix("/apply/")
        .expect("the overview")
        .to_owned();
    bich.get(&format!("/apply/{draft}/person")).await;
    bich.set("name", name);
    bich.set("personal_id", number);
    bich.press("", "").await;
    assert!(bich.errors().contains("nơi ở") && bich.errors().contains("giấy uỷ quyền"));
    bich.set("address", "Buôn Akô Dhông");
    bich.upload("paper:authorisation", "uỷ quyền.jpg", PHOTO);
    bich.press("", "").await;
    assert_eq!(
        bich.at(),
        format!("/apply/{draft}/form/child"),
        "{}",
        bich.errors()
    );
    fill_form(bich, &draft).await;
    bich.upload("paper:birth-note", "chứng sinh.jpg", PHOTO);
    bich.press("", "").await;
    bich.set("way", "electronic");
    bich.press("", "").await;
    let dossier = hand_in(bich).await;
    let (state, _) = ground
        .journal
        .load(&*ground.law, &dossier)
        .await
        .expect("loads");
    Arc::unwrap_or_clone(state.dossier.expect("a dossier"))
}

#[tokio::test]
async fn somebody_files_for_another_with_an_authorisation() {
    on_each(&MIGRATIONS, async |db| {
        let ground = ground(db.clone()).await;
        let mut bich = Browser::new(&ground, "bich");
        let before = kernel::proof::count(&db, "people").await;
        bich.get("/apply/start?code=1.001193").await;
        bich.set("agency", AGENCY);
        bich.set("whom", "other");
        bich.press("", "").await;
        let draft = bich
            .at()
            .strip_prefix("/apply/")
            .expect("the overview")
            .to_owned();
        bich.get(&format!("/apply/{draft}/person")).await;
        bich.set("name", "12345 😀");
        bich.set("phone", "không có");
        bich.press("", "").await;
        for told in ["Chỉ dùng chữ cái", "Nhập số điện thoại, ví dụ"] {
            assert!(bich.errors().contains(told), "{told}: {}", bich.errors());
        }
        bich.set("name", "Y Tơ\u{306}\u{200b} Niê");
        bich.set("personal_id", "\u{202d}066 090 000 111\u{202c}");
        bich.set("phone", "84905123456");
        bich.press("", "").await;
        assert!(bich.errors().contains("nơi ở") && bich.errors().contains("giấy uỷ quyền"));
        assert!(
            !bich.errors().contains("số điện thoại"),
            "{}",
            bich.errors()
        );
        assert_eq!(bich.value("phone"), "0905 123 456");
        bich.set("address", "Buôn Akô Dhông");
        bich.upload("paper:authorisation", "rỗng.jpg", b"");
        bich.press("", "").await;
        assert!(
            bich.errors().contains("Tệp rỗng “rỗng.jpg”"),
            "{}",
            bich.errors()
        );
        bich.upload("paper:authorisation", "uỷ quyền.jpg", PHOTO);
        bich.press("", "").await;
        assert_eq!(
            bich.at(),
            format!("/apply/{draft}/form/child"),
            "{}",
            bich.errors()
        );
        fill_form(&mut bich, &draft).await;
        bich.upload("paper:birth-note", "chứng sinh.jpg", PHOTO);
        bich.press("", "").await;
        bich.set("way", "electronic");
        bich.press("", "").await;
        let dossier = hand_in(&mut bich).await;
        let (state, _) = ground
            .journal
            .load(&*ground.law, &dossier)
            .await
            .expect("loads");
        let dossier = state.dossier.expect("a dossier");
        assert_eq!(
            dossier.filer.as_ref().map(|filer| filer.person.as_str()),
            Some("bich")
        );
        let number = "066090000111".parse().expect("a number");
        let found = facts::people::views::by_personal_id(&db, &number)
            .await
            .expect("reads");
        assert_eq!(found, None, "what a third party types is nobody on file");
        assert_eq!(kernel::proof::count(&db, "people").await, before);
        let nobody = facts::people::views::by_id(&db, &dossier.applicant).await;
        assert_eq!(nobody.expect("reads"), None);
    })
    .await;
}

/// A number that somebody else has on file, under any name, does not bring a dossier to them.
#[tokio::test]
async fn a_typed_number_leads_to_nobodys_account() {
    on_each(&MIGRATIONS, async |db| {
        let ground = ground(db.clone()).await;
        let cuong = facts::people::views::by_id(&db, "cuong").await;
        let cuong = cuong.expect("reads").expect("on file");
        for name in [cuong.name.as_str(), "Tên Bịa"] {
            let mut bich = Browser::new(&ground, "bich");
            let number = cuong.personal_id.as_ref().expect("a number").as_str();
            let dossier = filed_for(&mut bich, &ground, (name, number)).await;
            assert_ne!(dossier.applicant, "cuong");
            let viewer = viewer_of("cuong");
            let may = matters::dossier::may(
                &viewer,
                matters::dossier::Action::View,
                &matters::dossier::Facts::of(&dossier),
            );
            assert!(may.is_err());
            let all = matters::dossier::views::Search::default();
            let listed = matters::dossier::views::list(&db, &viewer, &all, 9).await;
            assert_eq!(listed.expect("reads"), []);
        }
        let same = facts::people::views::by_id(&db, "cuong").await;
        assert_eq!(same.expect("reads"), Some(cuong));
    })
    .await;
}

/// The counter asks for a supplement.
async fn counter_asks(ground: &Ground, dossier: &str) -> String {
    let officers = ground.offices.officers(AGENCY, now()).await.expect("reads");
    for officer in officers {
        let viewer = ground
            .offices
            .viewer(&officer.id, now())
            .await
            .expect("reads");
        let command = Command::AskSupplement {
            items: vec![
                SupplementItem {
                    paper: Some("birth-note".to_owned()),
                    what: "Chụp lại giấy chứng sinh".to_owned(),
                    why: "Ảnh mờ, không đọc được số".to_owned(),
                },
                SupplementItem {
                    paper: None,
                    what: "Sửa tên con cho đúng dấu".to_owned(),
                    why: "Khác với giấy chứng sinh".to_owned(),
                },
            ],
            contact: "Chị Hoa, 0262 3 851 234".to_owned(),
            second: None,
        };
        let ctx = Ctx {
            actor: officer.id.clone(),
            office: AGENCY.to_owned(),
            now: now(),
            command_id: web::fresh_id(),
        };
        if let Ok(handled) = ground
            .order(dossier, Order::new(&viewer, command), ctx)
            .await
        {
            return handled.state.dossier.expect("a dossier").code.to_string();
        }
    }
    panic!("nobody at the counter may ask");
}

async fn dossier_of(ground: &Ground, id: &str) -> Arc<Dossier> {
    let (state, _) = ground.journal.load(&*ground.law, id).await.expect("loads");
    state.dossier.expect("a dossier")
}

/// One more file of this paper: all that came before are still there, the new one is the last.
fn added_to(before: &Dossier, after: &Dossier, code: &str) {
    let of = |dossier: &Dossier| -> Vec<Paper> {
        let papers = dossier.papers.iter().filter(|paper| paper.code == code);
        papers.cloned().collect()
    };
    let (before, papers) = (of(before), of(after));
    assert!(!before.is_empty());
    assert_eq!(papers[..before.len()], before);
    assert_eq!(papers.len(), before.len() + 1);
    assert!(
        before
            .iter()
            .all(|paper| after.supplemented_at(paper).is_none())
    );
    let newest = papers.last().and_then(|paper| after.supplemented_at(paper));
    assert!(newest.is_some_and(|(_, newest)| newest));
}

#[tokio::test]
async fn a_supplement_shows_exactly_what_was_asked_and_is_sent_once() {
    on_each(&MIGRATIONS, async |db| {
        let ground = ground(db.clone()).await;
        let mut bich = Browser::new(&ground, "bich");
        ready(&mut bich).await;
        let dossier = hand_in(&mut bich).await;
        let code = counter_asks(&ground, &dossier).await;
        let page = format!("/dossiers/{code}/supplement");
        bich.get(&page).await;
        for word in [
            "Chụp lại giấy chứng sinh",
            "Ảnh mờ",
            "Sửa tên con",
            "Chị Hoa",
        ] {
            assert!(bich.page().contains(word), "{word}");
        }
        bich.set("note", "Em gửi lại");
        bich.press("_send", "1").await;
        assert!(bich.errors().contains("Giấy chứng sinh"), "{}", bich.page());
        assert_eq!(bich.value("note"), "Em gửi lại");
        bich.press("_edit", "child").await;
        assert!(bich.at().ends_with("/form/child"), "{}", bich.at());
        bich.set("child_name", "Lê Hoàng Ân");
        bich.press("go", "on").await;
        assert_eq!(bich.at(), page, "{}", bich.errors());
        assert!(bich.page().contains("Bạn đã sửa tờ khai"));
        bich.upload("paper:birth-note", "rõ.jpg", &[PHOTO, b" sharp"].concat());
        let mut cuong = Browser::new(&ground, "cuong");
        cuong.get(&page).await;
        assert_eq!(cuong.status(), StatusCode::NOT_FOUND);
        // A button whose name was lost on the way only keeps.
        bich.press("", "").await;
        assert_eq!(bich.at(), page, "{}", bich.errors());
        let before = dossier_of(&ground, &dossier).await;
        assert_eq!(before.phase, Phase::SupplementAsked);
        bich.press("_send", "1").await;
        assert_eq!(bich.at(), format!("/dossiers/{code}"), "{}", bich.errors());
        let after = dossier_of(&ground, &dossier).await;
        assert_eq!(after.phase, Phase::SupplementReceived);
        added_to(&before, &after, "birth-note");
        assert_eq!(count(&db, "drafts").await, 0);
        let entries = ground.journal.history(&*ground.law, &dossier).await;
        let entries = entries.expect("reads");
        let last = entries.last().expect("written");
        let written = ground.journal.private(last).await;
        let names = written.expect("reads").expect("kept")["paper_names"].to_string();
        assert!(names.contains("rõ.jpg"), "{names}");
    })
    .await;
}

#[tokio::test]
async fn papers_to_be_shown_are_not_said_to_be_seen() {
    on_each(&MIGRATIONS, async |db| {
        let ground = ground(db.clone()).await;
        let mut bich = Browser::new(&ground, "bich");
        ready(&mut bich).await;
        let dossier = hand_in(&mut bich).await;
        let loaded = ground.journal.load(&*ground.law, &dossier).await;
        let dossier = loaded.expect("loads").0.dossier.expect("a dossier");
        let papers = &dossier.papers;
        let identity = papers.iter().find(|paper| paper.code == "identity");
        assert_eq!(identity.expect("asked for").form, PaperForm::ToShow);
    })
    .await;
}

#[tokio::test]
async fn the_way_of_the_result_is_changed_until_it_is_there() {
    on_each(&MIGRATIONS, async |db| {
        let ground = ground(db.clone()).await;
        let mut bich = Browser::new(&ground, "bich");
        ready(&mut bich).await;
        let dossier = hand_in(&mut bich).await;
        let load = async || {
            let loaded = ground.journal.load(&*ground.law, &dossier).await;
            let dossier = loaded.expect("loads").0.dossier.expect("a dossier");
            dossier.as_ref().clone()
        };
        let code = load().await.code.to_string();
        let page = format!("/dossiers/{code}/return-way");
        bich.get(&page).await;
        bich.set("way", "post");
        bich.set("address", "");
        bich.press("", "").await;
        assert!(bich.errors().contains("địa chỉ"), "{}", bich.page());
        bich.set("address", "12 Lê Duẩn, phường Buôn Ma Thuột");
        bich.press("", "").await;
        assert_eq!(bich.at(), format!("/dossiers/{code}"), "{}", bich.errors());
        assert_eq!(load().await.return_way, ReturnWay::Post);
        bich.get(&page).await;
        assert_eq!(bich.value("address"), "12 Lê Duẩn, phường Buôn Ma Thuột");
        let mut cuong = Browser::new(&ground, "cuong");
        cuong.get(&page).await;
        assert_eq!(cuong.status(), StatusCode::NOT_FOUND);
        bich.get(&format!("/dossiers/{code}/withdrawal")).await;
        bich.press("", "").await;
        bich.get(&page).await;
        assert!(bich.page().contains("Không đổi được cách nhận kết quả"));
    })
    .await;
}

#[tokio::test]
async fn the_post_delivers_elsewhere_and_the_applicant_lives_where_they_live() {
    on_each(&MIGRATIONS, async |db| {
        let ground = ground(db.clone()).await;
        let mut bich = Browser::new(&ground, "bich");
        let draft = ready(&mut bich).await;
        bich.get(&format!("/apply/{draft}/receive")).await;
        let home = bich.value("address").to_owned();
        let parents = "3 Ngô Quyền, phường Buôn Ma Thuột";
        bich.set("way", "post");
        bich.set("address", parents);
        bich.press("", "").await;
        assert!(bich.page().contains(parents), "{}", bich.page());
        bich.get(&format!("/apply/{draft}/receive")).await;
        assert_eq!(bich.value("address"), parents);
        bich.get(&format!("/apply/{draft}/check")).await;
        let id = hand_in(&mut bich).await;
        let whole = ground.journal.whole(&*ground.law, &id).await;
        let whole = whole.expect("loads");
        let (_, document) = whole.written().next().expect("written");
        assert_eq!(document["applicant"]["address"], home.as_str());
        assert_eq!(post_address(whole.written()), Some(parents));
        let code = whole.state.dossier.expect("a dossier").code.to_string();
        bich.get(&format!("/dossiers/{code}/return-way")).await;
        assert_eq!(bich.value("address"), parents);
    })
    .await;
}

#[tokio::test]
async fn a_dossier_is_withdrawn_once_and_the_refusal_is_a_sentence() {
    on_each(&MIGRATIONS, async |db| {
        let ground = ground(db.clone()).await;
        let mut bich = Browser::new(&ground, "bich");
        ready(&mut bich).await;
        let dossier = hand_in(&mut bich).await;
        let (state, _) = ground
            .journal
            .load(&*ground.law, &dossier)
            .await
            .expect("loads");
        let code = state.dossier.expect("a dossier").code.to_string();
        let page = format!("/dossiers/{code}/withdrawal");
        bich.get(&page).await;
        assert!(bich.page().contains("Điều 21"));
        let mut late = bich.clone();
        bich.press("", "").await;
        assert_eq!(bich.at(), format!("/dossiers/{code}"));
        late.get(&page).await;
        assert!(late.page().contains("Không rút được hồ sơ này"));
        bich.get(&format!("/dossiers/{code}/supplement")).await;
        assert!(bich.page().contains("không chờ bổ sung"));
        let mut cuong = Browser::new(&ground, "cuong");
        cuong.get(&page).await;
        assert_eq!(cuong.status(), StatusCode::NOT_FOUND);
        assert_eq!(viewer_of("bich"), Viewer::citizen("bich"));
    })
    .await;
}

fn viewer_of(person: &str) -> Viewer {
    Viewer::citizen(person)
}

#[tokio::test]
async fn what_does_not_fit_is_said_at_the_question_and_before_handing_in() {
    on_each(&MIGRATIONS, async |db| {
        let ground = ground(db.clone()).await;
        let mut bich = Browser::new(&ground, "bich");
        let draft = ready(&mut bich).await;
        let page = format!("/apply/{draft}/form/mother");
        let born = |browser: &mut Browser, year: &str| {
            browser.set("mother_birth_date-day", "");
            browser.set("mother_birth_date-month", "");
            browser.set("mother_birth_date-year", year);
        };
        bich.get(&page).await;
        born(&mut bich, "2024");
        bich.press("go", "on").await;
        assert_eq!(bich.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            bich.errors().contains("chưa đủ 12 tuổi"),
            "{}",
            bich.errors()
        );
        // A warning is read once; who goes on without a change has read it.
        born(&mut bich, "2010");
        bich.press("go", "on").await;
        assert_eq!((bich.at(), bich.status()), (page.as_str(), StatusCode::OK));
        assert!(
            bich.page().contains("Mẹ chưa đủ 18 tuổi"),
            "{}",
            bich.page()
        );
        bich.press("go", "on").await;
        assert_eq!(bich.at(), format!("/apply/{draft}/form/father"));
        bich.get(&format!("/apply/{draft}/check")).await;
        assert!(
            bich.page().contains("Xem lại trước khi nộp"),
            "{}",
            bich.page()
        );
        assert!(bich.page().contains("Mẹ chưa đủ 18 tuổi"));
        hand_in(&mut bich).await;
    })
    .await;
}

#[tokio::test]
async fn who_registers_a_child_twice_is_told_before_handing_in() {
    on_each(&MIGRATIONS, async |db| {
        let ground = ground(db.clone()).await;
        let mut bich = Browser::new(&ground, "bich");
        ready(&mut bich).await;
        assert!(!bich.page().contains("cùng việc này"));
        let first = hand_in(&mut bich).await;
        let loaded = ground.journal.load(&*ground.law, &first).await;
        let code = loaded
            .expect("loads")
            .0
            .dossier
            .expect("a dossier")
            .code
            .to_string();
        ready(&mut bich).await;
        assert!(
            bich.page().contains("Có hồ sơ khác về cùng việc này"),
            "{}",
            bich.page()
        );
        assert!(bich.page().contains(&code));
        // What others have filed is nobody's to know.
        let mut cuong = Browser::new(&ground, "cuong");
        ready(&mut cuong).await;
        assert!(!cuong.page().contains("cùng việc này") && !cuong.page().contains(&code));
        // One that was withdrawn is no obstacle.
        bich.get(&format!("/dossiers/{code}/withdrawal")).await;
        bich.press("", "").await;
        ready(&mut bich).await;
        assert!(!bich.page().contains("cùng việc này"));
    })
    .await;
}

#[tokio::test]
async fn a_place_is_found_by_its_old_name_without_a_script() {
    on_each(&MIGRATIONS, async |db| {
        let ground = ground(db.clone()).await;
        let mut bich = Browser::new(&ground, "bich");
        let draft = begin(&mut bich).await;
        bich.get(&format!("/apply/{draft}/form/child")).await;
        bich.set("child_name", "Lê Hoàng An");
        bich.set("child_birth_place._find", "xã Cư Êbur, TP Buôn Ma Thuột");
        // As with the Enter key, which presses the first button of the page.
        bich.press("go", "on").await;
        assert!(bich.page().contains("(cũ) nay là"), "{}", bich.page());
        assert_eq!(bich.value("child_name"), "Lê Hoàng An");
        bich.press("_take", "child_birth_place=66=24133").await;
        assert_eq!(bich.value("child_birth_place.commune"), "24133");
        bich.set("child_birth_place._find", "Cống Vị, Ba Đình, Hà Nội");
        bich.press("_find", "child_birth_place").await;
        assert!(
            bich.page().contains("đã chia, phần lớn nay là"),
            "{}",
            bich.page()
        );
        assert!(bich.page().contains("đã chia, một phần nay là"));
    })
    .await;
}
