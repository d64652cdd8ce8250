//! A ward's counter with fifty applications, and its inbox as the browser gets it: session, rights,
//! questions to an embedded database, page.
//! Does not know: who counts.
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use facts::agency::{self, Offices, Viewer};
use facts::blob::Files;
use facts::calendar::Calendars;
use facts::people;
use facts::place::Places;
use facts::procedure::{Catalogue, Channel, Procedure};
use jiff::Timestamp;
use kernel::{Ctx, Database, Journal, Settings};
use matters::dossier::{
    self, Command, Law, Numbers, Order, Paper, PaperForm, Party, ReturnWay, Submission,
};
use matters::letters::Letters;
use matters::{Ground, Shared};
use serde_json::json;
use tokio::runtime::Runtime;
use tower::ServiceExt;
use web::{Brand, Kind, Sessions, SessionsAnswer, Signed, Site};

use super::doings::{Doing, WARD, after, content};

/// Who sits at the counter.
const CLERK: &str = "le-thi-hoa.bmt";
/// Applications that wait.
const WAITING: usize = 50;

/// Everybody is the clerk.
struct OneClerk(Offices);

impl Sessions for OneClerk {
    fn resolve<'a>(&'a self, _: &'a str, now: Timestamp) -> SessionsAnswer<'a> {
        Box::pin(async move {
            let viewer = self
                .0
                .viewer(CLERK, now)
                .await
                .map_err(|error| error.to_string())?;
            Ok(Some(Signed {
                session_id: CLERK.to_owned(),
                subject: CLERK.to_owned(),
                display_name: "Lê Thị Hoà".to_owned(),
                standing: String::new(),
                kind: Kind::Officer,
                rights: vec!["intake".to_owned()],
                unread: 0,
                viewer: Arc::new(viewer),
            }))
        })
    }
}

/// Opens the inbox.
pub fn inbox() -> Doing {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = runtime.expect("a runtime");
    let router = runtime.block_on(opened());
    open(&runtime, &router);
    Box::new(move || open(&runtime, &router))
}

fn open(runtime: &Runtime, router: &Router) {
    let request = Request::get("/desk")
        .header(header::ACCEPT, "text/html")
        .header(header::COOKIE, format!("session={CLERK:_<40}"))
        .body(Body::empty());
    let asked = router.clone().oneshot(request.expect("a request"));
    let page = runtime.block_on(async {
        let answer = asked.await.expect("an answer");
        assert_eq!(answer.status(), StatusCode::OK);
        axum::body::to_bytes(answer.into_body(), usize::MAX)
            .await
            .expect("a page")
    });
    let page = String::from_utf8_lossy(&page);
    assert!(page.matches(WARD).count() >= 40, "a page is full: {page}");
}

async fn opened() -> Router {
    let folder = std::env::temp_dir().join(format!("dinh-hot-{}", web::fresh_id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let url = format!("sqlite:{}", folder.join("hot.db").display());
    let db = Database::open(&url, &Settings::default())
        .await
        .expect("a database");
    let tables = [people::MIGRATIONS, agency::MIGRATIONS, dossier::MIGRATIONS].concat();
    db.migrate(&tables).await.expect("tables");
    for file in Offices::load(&content()).expect("offices") {
        db.write(agency::store(&file)).await.expect("stored");
    }
    let catalogue = Arc::new(Catalogue::load(&content()).expect("procedures"));
    let calendars = Arc::new(Calendars::load(&content()).expect("calendars"));
    let offices = Offices::new(db.clone());
    let ground = Ground::from(Shared {
        journal: Journal::new(db.clone()),
        law: Arc::new(Law {
            catalogue,
            calendars,
        }),
        places: Arc::new(Places::load(&content()).expect("places")),
        offices: offices.clone(),
        files: Files::open(folder.join("files"), 1_000).expect("a folder"),
        numbers: Arc::new(Numbers::new(db)),
        letters: Arc::new(Letters::load(&content(), std::iter::empty()).expect("letters")),
        public_url: "http://localhost".to_owned(),
    });
    let viewer = offices.viewer(CLERK, after(0)).await.expect("a viewer");
    for number in 0..WAITING {
        hand_in(&ground, &viewer, number).await;
    }
    let now = Arc::new(|| after(10));
    let site = Site::new(Brand::default(), Arc::new(OneClerk(offices)), now);
    work::desk::routes(ground).into_router(Arc::new(site))
}

async fn hand_in(ground: &Ground, viewer: &Viewer, number: usize) {
    let today = dossier::day_of(after(0));
    let mut all = ground.catalogue().published(today);
    let procedure = all
        .find(|one| one.key.code == "1.004873")
        .expect("a procedure");
    let submission = Submission {
        code: ground.numbers.code(WARD, after(0)).await.expect("a code"),
        procedure: procedure.key.clone(),
        agency: WARD.to_owned(),
        reception: WARD.to_owned(),
        channel: Channel::Counter,
        applicant: Party {
            person: format!("person-{number}"),
            name: format!("Nguyễn Thị Số {number}"),
            personal_id: "066162001017".to_owned(),
            ..Party::default()
        },
        filer: None,
        papers: papers(procedure),
        answers: procedure.sample.clone().into(),
        paper_names: json!({}),
        post_address: String::new(),
        return_way: ReturnWay::Counter {
            agency: WARD.to_owned(),
        },
    };
    let ctx = Ctx {
        actor: CLERK.to_owned(),
        office: WARD.to_owned(),
        now: after(0),
        command_id: web::fresh_id(),
    };
    let order = Order::new(viewer, Command::Submit(Box::new(submission)));
    let handled = ground.order(&web::fresh_id(), order, ctx).await;
    assert!(handled.is_ok(), "{:?}", handled.err());
}

fn papers(procedure: &Procedure) -> Vec<Paper> {
    let wanted = procedure.papers_for(&procedure.sample).into_iter();
    let paper = |code: &str| Paper {
        code: code.to_owned(),
        form: PaperForm::ToShow,
        count: 1,
        file: None,
    };
    wanted.map(|one| paper(&one.code)).collect()
}
