//! Every route of the house against every kind of caller: the access that it declares is the access
//! that it gives. A route that is added stands in this sheet by itself.
mod full_disk;
mod whose;
mod wrong_clock;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use facts::agency::Officer;
use facts::people::{PartialDate, Person, PersonKind};
use jiff::civil::date;
use tower::ServiceExt;
use web::Access;
use work::identity::Client;

use super::{router, routes};
use crate::house::House;
use crate::serve::now;
use crate::settings::Settings;

/// Callers: their cookie, empty for a stranger, and the rights they hold.
struct Caller {
    name: &'static str,
    cookie: String,
    officer: bool,
    rights: Vec<String>,
}

async fn house(url: &str) -> House {
    let folder = std::env::temp_dir().join(format!("dinh-sheet-{}", web::fresh_id()));
    let environment = [
        ("DINH_DATABASE_URL", url.to_owned()),
        (
            "DINH_FILES_FOLDER",
            folder.join("files").display().to_string(),
        ),
    ];
    let environment = environment
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value));
    House::open(Settings::read(None, environment).expect("settings"))
        .await
        .expect("opens")
}

async fn callers(house: &House) -> Vec<Caller> {
    let client = Client {
        address: "127.0.0.1".into(),
        device: "test".into(),
        browser: String::new(),
    };
    let person = Person {
        id: "00000000-0000-4000-8000-000000000001".into(),
        kind: PersonKind::Citizen,
        personal_id: "066190000123".parse().ok(),
        tax_code: None,
        name: "Nguyễn Thị Hoa".into(),
        birth: Some(PartialDate::Day(date(1990, 2, 3))),
        sex: None,
        phone: None,
        email: None,
        address: None,
        valid_from: date(2025, 7, 1),
        valid_to: None,
        origin: facts::people::Origin::Office,
    };
    let identity = &house.identity;
    let password = "mot-mat-khau-rat-dai-2026";
    let citizen = identity
        .add_citizen(&person, password, now())
        .await
        .expect("citizen");
    let mut list = vec![Caller {
        name: "stranger",
        cookie: String::new(),
        officer: false,
        rights: vec![],
    }];
    let secret = identity
        .begin_session(&citizen, &client, now())
        .await
        .expect("session");
    list.push(Caller {
        name: "citizen",
        cookie: secret,
        officer: false,
        rights: vec![],
    });
    for login in ["le-thi-hoa.bmt", "h-huong-eban.bmt", "huynh-nhat-minh.bmt"] {
        let officer: Officer = house
            .ground
            .offices
            .officer(login)
            .await
            .expect("db")
            .expect("on file");
        let account = identity
            .add_officer(&officer, login, password, now())
            .await
            .expect("new");
        let secret = identity
            .begin_session(&account, &client, now())
            .await
            .expect("session");
        let viewer = house
            .ground
            .offices
            .viewer(login, now())
            .await
            .expect("viewer");
        let rights = viewer.posts().iter().flat_map(|post| post.rights.clone());
        let rights = rights.map(|right| right.as_str().to_owned()).collect();
        list.push(Caller {
            name: "officer",
            cookie: secret,
            officer: true,
            rights,
        });
    }
    list
}

/// What a caller without the form's token must get: never a page that acts.
fn expected(access: Access, caller: &Caller, method: &Method) -> &'static [u16] {
    let signed = !caller.cookie.is_empty();
    let allowed = match access {
        Access::Public => true,
        Access::SignedIn => signed,
        Access::Citizen => signed && !caller.officer,
        Access::Officer => caller.officer,
        Access::OfficerWith(right) => caller.officer && caller.rights.iter().any(|r| r == right),
        Access::OfficerWithAny(rights) => {
            caller.officer && caller.rights.iter().any(|r| rights.contains(&r.as_str()))
        }
    };
    match (allowed, signed, method == Method::GET) {
        // Past the door: the page, the room's own "no such thing", or another page.
        (true, _, true) => &[200, 303, 404, 400, 422],
        // Past the door, but a form without its token does nothing.
        (true, _, false) => &[403],
        (false, false, true) => &[303],
        (false, false, false) => &[401],
        (false, true, _) => &[403],
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_route_gives_exactly_the_access_that_it_declares() {
    for url in kernel::proof::fresh_urls().await {
        let house = house(&url).await;
        let metrics = crate::observe::start_metrics();
        let sheet = routes(&house, metrics.clone()).sheet().to_vec();
        assert!(
            sheet.len() > 30,
            "the sheet has lost routes: {}",
            sheet.len()
        );
        let app = router(&house, metrics);
        let mut faults = Vec::new();
        for caller in callers(&house).await {
            for line in &sheet {
                let path = fill(line.path);
                let mut request = Request::builder().method(line.method.clone()).uri(&path);
                if !caller.cookie.is_empty() {
                    request = request.header("cookie", format!("session={}", caller.cookie));
                }
                let request = request.body(Body::empty()).expect("a request");
                let answer = app
                    .clone()
                    .oneshot(request)
                    .await
                    .expect("an answer")
                    .status();
                let wanted = expected(line.access, &caller, &line.method);
                // Signing out is the one form whose token a stranger cannot have, and needs none.
                if !wanted.contains(&answer.as_u16()) {
                    let who = format!("{} {:?}", caller.name, caller.rights);
                    faults.push(format!("{} {path} as {who}: {answer}", line.method));
                }
            }
        }
        assert!(
            faults.is_empty(),
            "{} faults:\n{}",
            faults.len(),
            faults.join("\n")
        );
        house.ground.db().close().await;
    }
}

/// A path with something in each of its places that names nothing.
fn fill(path: &str) -> String {
    let parts = path
        .split('/')
        .map(|part| if part.starts_with('{') { "none" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn a_house_that_is_up_says_so_and_gives_its_figures_only_to_its_own_machine() {
    let url = kernel::proof::fresh_urls().await.remove(0);
    let house = house(&url).await;
    let accounts = kernel::proof::count(house.ground.db(), "accounts").await;
    assert_eq!(accounts, 0, "nobody has a password that others know");
    let app = router(&house, crate::observe::start_metrics());
    for (path, wanted) in [("/healthz", 200), ("/readyz", 200), ("/metrics", 404)] {
        let request = Request::get(path).body(Body::empty()).expect("a request");
        let answer = app.clone().oneshot(request).await.expect("an answer");
        assert_eq!(
            answer.status(),
            StatusCode::from_u16(wanted).expect("a status"),
            "{path}"
        );
    }
    let peer: std::net::SocketAddr = "127.0.0.1:4711".parse().expect("an address");
    for (forwarded, wanted) in [("", 200), ("x-forwarded-for", 404), ("x-real-ip", 404)] {
        let mut request = Request::get("/metrics").extension(axum::extract::ConnectInfo(peer));
        if !forwarded.is_empty() {
            request = request.header(forwarded, "127.0.0.1");
        }
        let request = request.body(Body::empty()).expect("a request");
        let answer = app.clone().oneshot(request).await.expect("an answer");
        assert_eq!(answer.status().as_u16(), wanted, "{forwarded}");
    }
    house.ground.db().close().await;
    let request = Request::get("/readyz")
        .body(Body::empty())
        .expect("a request");
    let answer = app.oneshot(request).await.expect("an answer");
    assert_eq!(
        answer.status(),
        StatusCode::SERVICE_UNAVAILABLE,
        "no database, not ready"
    );
}
