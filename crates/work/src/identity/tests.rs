//! The door on both databases, as browsers and as callers of the room meet it.
mod codes;
mod kept;

use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use facts::agency::{Offices, Right};
use facts::blob::Files;
use facts::calendar::Calendars;
use facts::place::Places;
use facts::procedure::Catalogue;
use facts::{agency, people};
use http_body_util::BodyExt;
use kernel::Journal;
use kernel::proof::{count, on_each};
use matters::Shared;
use matters::dossier::{Law, Numbers};
use matters::letters::Letters;
use tower::ServiceExt;
use web::{Brand, Site};

use super::*;

static MIGRATIONS: LazyLock<Vec<Migration>> =
    LazyLock::new(|| [people::MIGRATIONS, agency::MIGRATIONS, super::MIGRATIONS].concat());
const START: i64 = 1_795_000_000;
const CLERK: &str = "H15.101/van-phong/van-thu";
const OFFICER_PASSWORD: &str = "mái đình cong";
const CITIZEN_PASSWORD: &str = "cây đa bến nước sân đình";

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(START + seconds).unwrap()
}

/// The law and the letters of content, read once for all tests.
struct Content {
    law: Arc<Law>,
    places: Arc<Places>,
    letters: Arc<Letters>,
}

static CONTENT: LazyLock<Content> = LazyLock::new(|| {
    let content = folder();
    Content {
        law: Arc::new(Law {
            catalogue: Arc::new(Catalogue::load(content).unwrap()),
            calendars: Arc::new(Calendars::load(content).unwrap()),
        }),
        places: Arc::new(Places::load(content).unwrap()),
        letters: Arc::new(Letters::load(content, std::iter::empty()).unwrap()),
    }
});

fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../content"))
}

fn ground(db: &Database) -> Ground {
    let files = std::env::temp_dir().join(format!("identity-{}", web::fresh_id()));
    Ground::from(Shared {
        journal: Journal::new(db.clone()),
        law: CONTENT.law.clone(),
        places: CONTENT.places.clone(),
        offices: Offices::new(db.clone()),
        files: Files::open(files, 1 << 20).unwrap(),
        numbers: Arc::new(Numbers::new(db.clone())),
        letters: CONTENT.letters.clone(),
        public_url: "http://localhost".into(),
    })
}

/// A town with one officer's account, a clock that the test moves, and a browser.
struct Town {
    identity: Identity,
    router: Router,
    clock: Arc<AtomicI64>,
    officer: String,
}

impl Town {
    async fn new(db: &Database, second_step: SecondStep) -> Town {
        for file in Offices::load(folder()).unwrap() {
            db.write(agency::store(&file)).await.unwrap();
        }
        let ground = ground(db);
        let identity = Identity::new(ground.clone(), Passwords::new(), second_step);
        let offices = ground.offices.clone();
        let clerk = offices.holders(CLERK, at(0)).await.unwrap().remove(0);
        let made = identity
            .add_officer(&clerk, "Van.Thu", OFFICER_PASSWORD, at(0))
            .await;
        assert!(made.is_ok());
        let clock = Arc::new(AtomicI64::new(0));
        let hands = clock.clone();
        let sessions = Arc::new(identity.clone());
        let brand = Brand {
            name: "Đình".into(),
            ..Brand::default()
        };
        let clock_face = Arc::new(move || at(hands.load(Ordering::Relaxed)));
        let mut site = Site::new(brand, sessions, clock_face);
        site.behind_proxy = true;
        let router = routes(identity.clone()).into_router(Arc::new(site));
        Town {
            identity,
            router,
            clock,
            officer: clerk.id,
        }
    }

    fn wait(&self, seconds: i64) {
        self.clock.fetch_add(seconds, Ordering::Relaxed);
    }

    fn now(&self) -> Timestamp {
        at(self.clock.load(Ordering::Relaxed))
    }
}

/// Keeps cookies as a browser does.
#[derive(Default, Clone)]
struct Browser {
    cookies: Vec<(String, String)>,
    address: String,
}

struct Page {
    status: StatusCode,
    place: String,
    body: String,
    /// Where a script is told to go on.
    way: String,
}

impl Page {
    fn hidden(&self, name: &str) -> String {
        let mark = format!("name=\"{name}\" value=\"");
        let at = self
            .body
            .find(&mark)
            .unwrap_or_else(|| panic!("no {name}: {}", self.body));
        self.body[at + mark.len()..]
            .split('"')
            .next()
            .unwrap()
            .to_owned()
    }
}

impl Browser {
    fn at(address: &str) -> Browser {
        Browser {
            address: address.to_owned(),
            ..Browser::default()
        }
    }

    /// Its address as the proxy tells it.
    fn from(&self) -> &str {
        match self.address.as_str() {
            "" => "203.0.113.7",
            address => address,
        }
    }

    async fn get(&mut self, town: &Town, path: &str) -> Page {
        self.send(town, Request::get(path), Body::empty()).await
    }

    /// Opens `from`, then posts its form's token with these fields.
    async fn post(
        &mut self,
        town: &Town,
        from: &Page,
        path: &str,
        fields: &[(&str, &str)],
    ) -> Page {
        let mut body = format!("csrf={}", from.hidden("csrf"));
        for (name, value) in fields {
            body.push_str(&format!("&{name}={}", web::percent_encode(value)));
        }
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(
                header::USER_AGENT,
                "Mozilla/5.0 (Linux; Android 13) Chrome/120",
            );
        self.send(town, request, body.into()).await
    }

    async fn send(
        &mut self,
        town: &Town,
        request: axum::http::request::Builder,
        body: Body,
    ) -> Page {
        let line: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let request = request
            .header(header::COOKIE, line.join("; "))
            .header("x-forwarded-for", self.from())
            .body(body)
            .unwrap();
        let response = town.router.clone().oneshot(request).await.unwrap();
        for set in response.headers().get_all(header::SET_COOKIE) {
            let pair = set.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.retain(|(kept, _)| kept != name);
            if !value.is_empty() {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        let status = response.status();
        let place = response.headers().get(header::LOCATION);
        let place = place.map_or(String::new(), |place| place.to_str().unwrap().to_owned());
        let way = response.headers().get("x-way");
        let way = way.map_or(String::new(), |way| way.to_str().unwrap().to_owned());
        let body = response.into_body().collect().await.unwrap().to_bytes();
        Page {
            status,
            place,
            way,
            body: String::from_utf8_lossy(&body).into_owned(),
        }
    }

    fn secret(&self) -> Option<&str> {
        let found = self.cookies.iter().find(|(name, _)| name == "session");
        found.map(|(_, value)| value.as_str())
    }

    async fn password(&mut self, town: &Town, door: &str, login: &str, password: &str) -> Page {
        let page = self.get(town, door).await;
        let fields = [
            ("login", login),
            ("password", password),
            ("next", "/account"),
        ];
        self.post(town, &page, door, &fields).await
    }
}

fn device_in(page: &Page) -> Vec<u8> {
    let at = page.body.find("<p class=\"code\">").unwrap() + 16;
    let text = page.body[at..].split('<').next().unwrap().replace(' ', "");
    totp_rs::Secret::Encoded(text).to_bytes().unwrap()
}

fn codes_in(page: &Page) -> Vec<String> {
    let pieces = page.body.split("<li class=\"code\">").skip(1);
    pieces
        .map(|piece| piece.split('<').next().unwrap().to_owned())
        .collect()
}

async fn enrolled(town: &Town, browser: &mut Browser) -> (Vec<u8>, Vec<String>) {
    let page = browser
        .password(town, "/sign-in/officer", "van.thu", OFFICER_PASSWORD)
        .await;
    assert!(browser.secret().is_none(), "a password alone opens nothing");
    assert!(page.body.contains("<svg"));
    let device = device_in(&page);
    let code = code_at(&device, town.now()).unwrap();
    let fields = [("step", page.hidden("step")), ("code", code)];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(a, b)| (*a, b.as_str())).collect();
    let done = browser.post(town, &page, "/sign-in/enrol", &fields).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.body);
    (device, codes_in(&done))
}

#[tokio::test]
async fn an_officer_enrols_a_device_and_comes_back_with_codes() {
    on_each(&MIGRATIONS, |db| async move {
        let town = Town::new(&db, SecondStep::Required).await;
        let mut browser = Browser::default();
        let (device, sheet) = enrolled(&town, &mut browser).await;
        assert_eq!(sheet.len(), 8);
        let account = browser.get(&town, "/account").await;
        assert!(account.body.contains("van.thu") && account.body.contains("Chrome · Android"));

        town.wait(60);
        let code = code_at(&device, town.now()).unwrap();
        for (given, status) in [
            ("000000", StatusCode::UNPROCESSABLE_ENTITY),
            (code.as_str(), StatusCode::SEE_OTHER),
            (code.as_str(), StatusCode::UNPROCESSABLE_ENTITY),
            (sheet[0].as_str(), StatusCode::SEE_OTHER),
            (sheet[0].as_str(), StatusCode::UNPROCESSABLE_ENTITY),
        ] {
            let mut other = Browser::default();
            let page = other
                .password(&town, "/sign-in/officer", " VAN.THU", OFFICER_PASSWORD)
                .await;
            let step = page.hidden("step");
            let fields = [("step", step.as_str()), ("code", given)];
            let page = other.post(&town, &page, "/sign-in/code", &fields).await;
            assert_eq!(page.status, status, "{given}");
            assert_eq!(other.secret().is_some(), status == StatusCode::SEE_OTHER);
        }
    })
    .await;
}

#[tokio::test]
async fn a_session_is_the_officer_with_the_posts_in_force() {
    on_each(&MIGRATIONS, |db| async move {
        let town = Town::new(&db, SecondStep::WhenEnrolled).await;
        let mut browser = Browser::default();
        let page = browser
            .password(&town, "/sign-in/officer", "van.thu", OFFICER_PASSWORD)
            .await;
        assert_eq!(
            (page.status, page.place.as_str()),
            (StatusCode::SEE_OTHER, "/account")
        );
        let secret = browser.secret().unwrap().to_owned();
        let signed = town
            .identity
            .resolve(&secret, town.now())
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            (signed.subject.as_str(), signed.kind),
            (&*town.officer, Kind::Officer)
        );
        assert!(signed.rights.contains(&"issue".to_owned()) && !signed.standing.is_empty());
        let viewer = signed.viewer.downcast::<Viewer>().unwrap();
        assert!(viewer.has(Right::Issue) && !viewer.has(Right::Administer));
        // Rest of more than a quarter of an hour, or a long day with pages all the time.
        town.wait(14 * 60);
        assert!(
            town.identity
                .resolve(&secret, town.now())
                .await
                .unwrap()
                .is_some()
        );
        for _ in 0..(12 * 60 / 14) {
            town.wait(14 * 60);
            town.identity.resolve(&secret, town.now()).await.unwrap();
        }
        assert!(
            town.identity
                .resolve(&secret, town.now())
                .await
                .unwrap()
                .is_none()
        );
        assert!(
            town.identity
                .resolve("not a secret", town.now())
                .await
                .unwrap()
                .is_none()
        );
    })
    .await;
}

#[tokio::test]
async fn wrong_and_unknown_look_the_same_and_are_counted() {
    on_each(&MIGRATIONS, |db| async move {
        let town = Town::new(&db, SecondStep::WhenEnrolled).await;
        let mut said = Vec::new();
        for login in ["van.thu", "nobody"] {
            let mut browser = Browser::default();
            for _ in 0..5 {
                let page = browser
                    .password(&town, "/sign-in/officer", login, "wrong")
                    .await;
                assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
            }
            let page = browser
                .password(&town, "/sign-in/officer", login, OFFICER_PASSWORD)
                .await;
            assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
            let text = page.body.split("id=\"login-error\"").nth(1).unwrap();
            said.push(text.split("</span>").nth(1).unwrap().to_owned());
        }
        assert_eq!(said[0], said[1]);
        town.wait(15 * 60);
        let mut browser = Browser::default();
        let page = browser
            .password(&town, "/sign-in/officer", "van.thu", OFFICER_PASSWORD)
            .await;
        assert_eq!(page.status, StatusCode::SEE_OTHER);
    })
    .await;
}

const NEW: [(&str, &str); 7] = [
    ("personal_id", "066 190 000 123"),
    ("name", "Nguyễn Thị  Thu Hà"),
    ("birth-day", "5"),
    ("birth-month", "11"),
    ("birth-year", "1990"),
    ("password", CITIZEN_PASSWORD),
    ("again", CITIZEN_PASSWORD),
];

#[tokio::test]
async fn a_citizen_registers_once_and_a_stranger_learns_nothing() {
    on_each(&MIGRATIONS, |db| async move {
        let town = Town::new(&db, SecondStep::Required).await;
        let mut browser = Browser::default();
        let form = browser.get(&town, "/register").await;
        let page = browser.post(&town, &form, "/register", &NEW).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
        assert!(
            browser
                .get(&town, "/account")
                .await
                .body
                .contains("Nguyễn Thị Thu Hà")
        );
        assert_eq!(count(&db, "people").await, 1);

        let mut stranger = Browser::default();
        let form = stranger.get(&town, "/register").await;
        let page = stranger.post(&town, &form, "/register", &NEW).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.body.contains("Số này đã có tài khoản"));
        assert!(
            !page.body.contains(CITIZEN_PASSWORD),
            "a password is never shown again"
        );
        let mut other = NEW;
        (other[1].1, other[6].1) = ("Trần Văn Lạ", "another");
        let page = stranger.post(&town, &form, "/register", &other).await;
        assert!(page.body.contains("chưa giống nhau"));

        let mut vague = NEW;
        (vague[0].1, vague[2].1, vague[3].1) = ("066148000125", "", "");
        vague[4].1 = "1948";
        let form = stranger.get(&town, "/register").await;
        let page = stranger.post(&town, &form, "/register", &vague).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);

        let mut again = Browser::default();
        let page = again
            .password(&town, "/sign-in", "066190000123", CITIZEN_PASSWORD)
            .await;
        assert_eq!(page.status, StatusCode::SEE_OTHER);
        let form = again.get(&town, "/register/organisation").await;
        let fields = [
            ("tax_code", "6000123456"),
            ("name", "Công ty TNHH Cà phê Ban Mê"),
            ("password", CITIZEN_PASSWORD),
            ("again", CITIZEN_PASSWORD),
        ];
        let page = again
            .post(&town, &form, "/register/organisation", &fields)
            .await;
        assert_eq!(page.status, StatusCode::SEE_OTHER);
    })
    .await;
}

/// The checks of the forms and of the counter, in the same words.
#[tokio::test]
async fn registration_takes_and_refuses_what_the_other_doors_do() {
    on_each(&MIGRATIONS, |db| async move {
        let town = Town::new(&db, SecondStep::Required).await;
        let mut browser = Browser::default();
        let form = browser.get(&town, "/register").await;
        let with = |changes: &[(&'static str, &'static str)]| {
            let mut fields = NEW.to_vec();
            fields.push(("phone", ""));
            for (name, value) in changes {
                let field = fields.iter_mut().find(|(known, _)| known == name).unwrap();
                field.1 = value;
            }
            fields
        };
        for (changes, sentence) in [
            (&[("name", "12345 😀")][..], "Chỉ dùng chữ cái"),
            (
                &[("birth-year", "2060")],
                "Ngày sinh không được sau hôm nay",
            ),
            (&[("birth-year", "1890")], "cách nay quá 130 năm"),
            (&[("phone", "abc12345678")], "Nhập số điện thoại, ví dụ"),
            (&[("phone", "không có")], "Nhập số điện thoại, ví dụ"),
        ] {
            let page = browser
                .post(&town, &form, "/register", &with(changes))
                .await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
            assert!(page.body.contains(sentence), "{sentence}: {}", page.body);
        }
        assert_eq!(count(&db, "people").await, 0);
        let changes = [
            ("personal_id", "\u{202d}066-190.000 123\u{202c}"),
            ("name", "H’Hen\u{200b} Tơ\u{306} Mlô"),
            ("phone", "+82 10 1234 5678"),
        ];
        let page = browser
            .post(&town, &form, "/register", &with(&changes))
            .await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
        let on_file = people::views::search(&db, "hhen to mlo", 2).await.unwrap();
        assert_eq!(
            on_file,
            [],
            "what an account says of itself is nobody on file"
        );
        let found = people::views::claims(&db, "066190000123").await.unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].name, "H'Hen Tơ\u{306} Mlô");
        assert_eq!(found[0].phone.as_deref(), Some("+821012345678"));
        let number = found[0].personal_id.as_ref().map(|number| number.as_str());
        assert_eq!(number, Some("066190000123"));

        let form = browser.get(&town, "/register/organisation").await;
        let organisation = [
            ("tax_code", "6000 123 456"),
            ("name", "12345 😀"),
            ("phone", "19"),
            ("password", CITIZEN_PASSWORD),
            ("again", CITIZEN_PASSWORD),
        ];
        let page = browser
            .post(&town, &form, "/register/organisation", &organisation)
            .await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.body.contains("không dùng hình vẽ"), "{}", page.body);
        assert!(
            page.body.contains("Nhập số điện thoại, ví dụ"),
            "{}",
            page.body
        );
    })
    .await;
}

#[tokio::test]
async fn people_see_and_end_their_own_sessions_only() {
    on_each(&MIGRATIONS, |db| async move {
        let town = Town::new(&db, SecondStep::WhenEnrolled).await;
        let mut one = Browser::default();
        let mut two = Browser::default();
        for browser in [&mut one, &mut two] {
            browser
                .password(&town, "/sign-in/officer", "van.thu", OFFICER_PASSWORD)
                .await;
        }
        let mut citizen = Browser::default();
        let form = citizen.get(&town, "/register").await;
        citizen.post(&town, &form, "/register", &NEW).await;

        let account = one.get(&town, "/account").await;
        let second = account.hidden("session");
        let foreign = citizen.get(&town, "/account").await;
        let fields = [("session", second.as_str())];
        citizen
            .post(&town, &foreign, "/account/sessions/end", &fields)
            .await;
        assert_eq!(two.get(&town, "/account").await.status, StatusCode::OK);
        one.post(&town, &account, "/account/sessions/end", &fields)
            .await;
        assert_eq!(
            two.get(&town, "/account").await.status,
            StatusCode::SEE_OTHER
        );

        two.password(&town, "/sign-in/officer", "van.thu", OFFICER_PASSWORD)
            .await;
        let form = one.get(&town, "/account/password").await;
        let fields = [
            ("old", OFFICER_PASSWORD),
            ("password", "một câu mới dài hơn"),
            ("again", "một câu mới dài hơn"),
        ];
        let before = one.secret().unwrap().to_owned();
        let mut wrong = fields;
        wrong[0].1 = "not the old one";
        let page = one.post(&town, &form, "/account/password", &wrong).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        let page = one.post(&town, &form, "/account/password", &fields).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
        assert_ne!(one.secret(), Some(before.as_str()), "the secret is changed");
        assert!(
            town.identity
                .resolve(&before, town.now())
                .await
                .unwrap()
                .is_none()
        );
        assert_eq!(
            two.get(&town, "/account").await.status,
            StatusCode::SEE_OTHER
        );

        let page = one.get(&town, "/account").await;
        one.post(&town, &page, "/sign-out", &[]).await;
        assert!(one.secret().is_none());
        assert_eq!(citizen.get(&town, "/account").await.status, StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn a_step_is_over_after_its_time_and_belongs_to_its_account() {
    on_each(&MIGRATIONS, |db| async move {
        let town = Town::new(&db, SecondStep::Required).await;
        let mut browser = Browser::default();
        let page = browser
            .password(&town, "/sign-in/officer", "van.thu", OFFICER_PASSWORD)
            .await;
        let code = code_at(&device_in(&page), town.now()).unwrap();
        let step = page.hidden("step");
        // A step for enrolling is no step for a code, and the other way round.
        let fields = [("step", step.as_str()), ("code", code.as_str())];
        let wrong = browser.post(&town, &page, "/sign-in/code", &fields).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        town.wait(601);
        let late = browser.post(&town, &page, "/sign-in/enrol", &fields).await;
        assert_eq!(
            (late.status, late.place.as_str()),
            (StatusCode::SEE_OTHER, "/sign-in")
        );
        assert!(browser.secret().is_none());
    })
    .await;
}

#[tokio::test]
async fn no_secret_lies_in_the_tables() {
    on_each(&MIGRATIONS, |db| async move {
        let town = Town::new(&db, SecondStep::Required).await;
        let mut browser = Browser::default();
        let (_, sheet) = enrolled(&town, &mut browser).await;
        let secret = browser.secret().unwrap();
        let account = town
            .identity
            .resolve(secret, town.now())
            .await
            .unwrap()
            .unwrap();
        let account = town.identity.account_of(&account.session_id).await.unwrap();
        assert!(account.password.starts_with("$argon2id$"));
        for hidden in [secret, &sheet[0]] {
            let found = views::session_by_hash(&db, hidden).await.unwrap();
            assert!(found.is_none());
            let used = views::use_recovery_code(&account.id, hidden, town.now());
            assert_eq!(db.write(vec![used]).await.unwrap()[0].affected, 0);
        }
    })
    .await;
}

#[tokio::test]
async fn tries_counted_by_a_wrong_clock_lock_nobody_out() {
    on_each(&MIGRATIONS, |db| async move {
        let minute = |count: i64| Timestamp::from_second(count * 60).expect("a moment");
        let count = async |now: Timestamp| {
            let start = now - super::rules::TRIES_WINDOW;
            let counted = vec![super::views::count_try("key", now, start)];
            db.write(counted).await.expect("counted")[0].rows[0].int(0)
        };
        assert_eq!(count(minute(50_000)).await, 1, "a month ahead");
        assert_eq!(count(minute(50_001)).await, 2);
        assert_eq!(count(minute(1_000)).await, 1, "the clock was set right");
        assert_eq!(count(minute(1_001)).await, 2);
        assert_eq!(
            count(minute(999)).await,
            3,
            "clocks of two nodes differ a little"
        );
    })
    .await;
}

#[tokio::test]
async fn what_happens_to_an_account_is_in_the_journal_and_a_rebuild_leaves_it_working() {
    on_each(&MIGRATIONS, |db| async move {
        let town = Town::new(&db, SecondStep::Required).await;
        let mut browser = Browser::default();
        let (device, _) = enrolled(&town, &mut browser).await;
        let form = browser.get(&town, "/account/password").await;
        let fields = [
            ("old", OFFICER_PASSWORD),
            ("password", "một câu mới dài hơn"),
            ("again", "một câu mới dài hơn"),
        ];
        let page = browser
            .post(&town, &form, "/account/password", &fields)
            .await;
        assert_eq!(page.status, StatusCode::SEE_OTHER);
        let journal = &town.identity.0.ground.journal;
        let account = views::account_by_login(&db, Kind::Officer, "van.thu").await;
        let account = account.unwrap().unwrap();
        let noun = kernel::rebuild::Known(Arc::new(Accounts));
        kernel::rebuild::rebuild(journal, &noun).await.unwrap();
        let life = journal.history(&Accounts, &account.id).await.unwrap();
        let told: Vec<(&str, &str)> = life
            .iter()
            .map(|entry| (entry.event.kind(), entry.actor.as_str()))
            .collect();
        let own = town.officer.as_str();
        let all = [
            ("opened", "system"),
            ("device_set", own),
            ("password_set", own),
        ];
        assert_eq!(told, all);
        town.wait(60);
        let mut other = Browser::default();
        let page = other
            .password(&town, "/sign-in/officer", "van.thu", "một câu mới dài hơn")
            .await;
        let code = code_at(&device, town.now()).unwrap();
        let step = page.hidden("step");
        let fields = [("step", step.as_str()), ("code", code.as_str())];
        let page = other.post(&town, &page, "/sign-in/code", &fields).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER);
    })
    .await;
}

#[tokio::test]
async fn who_guesses_locks_out_neither_another_address_nor_a_browser_that_was_in() {
    on_each(&MIGRATIONS, |db| async move {
        let town = Town::new(&db, SecondStep::WhenEnrolled).await;
        let door = "/sign-in/officer";
        let mut own = Browser::at("10.0.0.1");
        let page = own.password(&town, door, "van.thu", OFFICER_PASSWORD).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER);
        own.cookies.retain(|(name, _)| name == "browser");
        assert_eq!(own.cookies.len(), 1, "the browser is known again");
        // Five wrong ones from one address stop that address, and no other.
        for address in 0..11 {
            let mut stranger = Browser::at(&format!("192.0.2.{address}"));
            for _ in 0..5 {
                stranger.password(&town, door, "van.thu", "wrong").await;
            }
            let page = stranger
                .password(&town, door, "van.thu", OFFICER_PASSWORD)
                .await;
            assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
            if address == 0 {
                let mut elsewhere = Browser::at("198.51.100.1");
                let page = elsewhere
                    .password(&town, door, "van.thu", OFFICER_PASSWORD)
                    .await;
                assert_eq!(page.status, StatusCode::SEE_OTHER, "{address}");
            }
        }
        // Fifty of all addresses stop every browser that was never in, and are kept once.
        let mut new = Browser::at("198.51.100.2");
        let page = new.password(&town, door, "van.thu", OFFICER_PASSWORD).await;
        assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
        let account = views::account_by_login(&db, Kind::Officer, "van.thu").await;
        let account = account.unwrap().unwrap();
        let journal = &town.identity.0.ground.journal;
        let life = journal.history(&Accounts, &account.id).await.unwrap();
        let stopped = life
            .iter()
            .filter(|entry| entry.event.kind() == "strangers_stopped");
        assert_eq!(stopped.count(), 1);
        // The own browser goes on, even from the address that guesses, under a fresh secret.
        let before = own.cookies.clone();
        own.address = "192.0.2.0".into();
        let page = own.password(&town, door, "van.thu", OFFICER_PASSWORD).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER);
        let browser = own.cookies.iter().find(|(name, _)| name == "browser");
        assert_ne!(browser, before.first());
        // A copy of the old secret is worth nothing any more; and five wrong ones stop this one.
        let mut copy = Browser::at("192.0.2.0");
        copy.cookies = before;
        let page = copy
            .password(&town, door, "van.thu", OFFICER_PASSWORD)
            .await;
        assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
        own.cookies.retain(|(name, _)| name == "browser");
        for _ in 0..5 {
            own.password(&town, door, "van.thu", "wrong").await;
        }
        let page = own.password(&town, door, "van.thu", OFFICER_PASSWORD).await;
        assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
    })
    .await;
}

#[tokio::test]
async fn an_enrolment_is_over_when_the_device_is_set_and_another_asks_for_the_present_one() {
    on_each(&MIGRATIONS, |db| async move {
        let town = Town::new(&db, SecondStep::Required).await;
        let door = "/sign-in/officer";
        // Whoever knew the password before, and left the page with the QR code open.
        let mut early = Browser::at("192.0.2.1");
        let waiting = early
            .password(&town, door, "van.thu", OFFICER_PASSWORD)
            .await;
        let mut browser = Browser::default();
        let (device, sheet) = enrolled(&town, &mut browser).await;
        let step = waiting.hidden("step");
        let code = code_at(&device_in(&waiting), town.now()).unwrap();
        let fields = [("step", step.as_str()), ("code", code.as_str())];
        let page = early.post(&town, &waiting, "/sign-in/enrol", &fields).await;
        assert_eq!(page.place, "/sign-in");
        assert!(early.secret().is_none());

        let path = "/account/second-step";
        let form = browser.get(&town, path).await;
        for (password, code) in [
            (OFFICER_PASSWORD, ""),
            (OFFICER_PASSWORD, "000000"),
            ("wrong", sheet[0].as_str()),
        ] {
            let fields = [("old", password), ("code", code)];
            let page = browser.post(&town, &form, path, &fields).await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{code}");
            assert!(!page.body.contains("card qr"), "no new device: {code}");
        }
        town.wait(60);
        let code = code_at(&device, town.now()).unwrap();
        let fields = [("old", OFFICER_PASSWORD), ("code", code.as_str())];
        let page = browser.post(&town, &form, path, &fields).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        let (new, step) = (device_in(&page), page.hidden("step"));
        let code = code_at(&new, town.now()).unwrap();
        let fields = [("step", step.as_str()), ("code", code.as_str())];
        let done = browser.post(&town, &page, "/sign-in/enrol", &fields).await;
        assert_eq!(done.status, StatusCode::OK, "{}", done.body);
        let fresh = browser.get(&town, "/account").await;
        let again = browser.post(&town, &fresh, "/sign-in/enrol", &fields).await;
        assert_eq!(again.place, "/sign-in");
    })
    .await;
}

#[tokio::test]
async fn a_name_without_an_end_is_told_at_its_field_and_makes_no_account() {
    on_each(&MIGRATIONS, |db| async move {
        let town = Town::new(&db, SecondStep::Required).await;
        let endless = "Nguyễn ".repeat(9_000);
        let mut browser = Browser::default();
        let form = browser.get(&town, "/register").await;
        let mut fields = NEW;
        let name = fields.iter().position(|(name, _)| *name == "name").unwrap();
        fields[name].1 = &endless;
        let page = browser.post(&town, &form, "/register", &fields).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.body.contains("id=\"name-error\""), "{}", page.body);
        assert!(page.body.contains("Dài quá 300 ký tự"), "{}", page.body);
        assert!(page.body.len() < 40_000, "{}", page.body.len());
        let organisation = [
            ("tax_code", "6000123456"),
            ("name", endless.as_str()),
            ("password", CITIZEN_PASSWORD),
            ("again", CITIZEN_PASSWORD),
        ];
        let path = "/register/organisation";
        let page = browser.post(&town, &form, path, &organisation).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.body.contains("Dài quá 300 ký tự"), "{}", page.body);
        assert_eq!(count(&db, "people").await, 0);
        // A door that shows no fields says it on a page.
        let login = [("login", endless.as_str()), ("password", "x")];
        let page = browser.post(&town, &form, "/sign-in", &login).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.body.contains("dài quá 300 ký tự"), "{}", page.body);
    })
    .await;
}
