//! A ward with the officers of `content/agencies/dak-lak.toml`, a clock that the test moves, and a
//! browser.
use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock, OnceLock};

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use facts::agency::{self, Offices, Right, Viewer};
use facts::blob::Files;
use facts::calendar::Calendars;
use facts::people;
use facts::place::Places;
use facts::procedure::{Catalogue, Channel, PaperSource, Procedure, RequiredPaper};
use http_body_util::BodyExt;
use jiff::Timestamp;
use kernel::{Ctx, Database, Journal, Migration};
use matters::dossier::{
    self, Act, Command, Dossier, Law, Numbers, Order, Paper, PaperForm, Party, ReturnWay,
    Submission,
};
use matters::letters::Letters;
use matters::{Ground, Shared};
use serde_json::{Value as Json, json};
use tower::ServiceExt;
use web::{Brand, Kind, Sessions, SessionsAnswer, Signed, Site};

pub(super) static MIGRATIONS: LazyLock<Vec<Migration>> =
    LazyLock::new(|| [people::MIGRATIONS, agency::MIGRATIONS, dossier::MIGRATIONS].concat());
pub(super) const WARD: &str = "H15.101";
pub(super) const COUNTER: &str = "le-thi-hoa.bmt";
/// 09:00 on Monday 23/11/2026 in Viet Nam.
pub(super) const START: i64 = 1_795_399_200;

/// What all tests read once.
struct Content {
    law: Arc<Law>,
    places: Arc<Places>,
    letters: Arc<Letters>,
}

fn content() -> &'static Content {
    static READ: OnceLock<Content> = OnceLock::new();
    READ.get_or_init(|| {
        let folder = folder();
        let catalogue = Arc::new(Catalogue::load(folder).expect("procedures"));
        let own = catalogue
            .all()
            .filter_map(|procedure| procedure.result_letter.clone());
        let letters = Letters::load(folder, own.collect::<Vec<_>>().into_iter()).expect("letters");
        let calendars = Arc::new(Calendars::load(folder).expect("calendars"));
        Content {
            law: Arc::new(Law {
                catalogue,
                calendars,
            }),
            places: Arc::new(Places::load(folder).expect("places")),
            letters: Arc::new(letters),
        }
    })
}

fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../content"))
}

/// A cookie is the officer's id, made long enough; `person:` begins a citizen's.
struct ByName(Offices);

impl Sessions for ByName {
    fn resolve<'a>(&'a self, secret: &'a str, now: Timestamp) -> SessionsAnswer<'a> {
        Box::pin(async move {
            let name = secret.trim_end_matches('_');
            let (kind, viewer) = match name.strip_prefix("person-") {
                Some(person) => (Kind::Citizen, Viewer::citizen(person)),
                None => {
                    let viewer = self.0.viewer(name, now).await.map_err(|e| e.to_string())?;
                    (Kind::Officer, viewer)
                }
            };
            let held = Right::ALL.into_iter().filter(|right| viewer.has(*right));
            Ok(Some(Signed {
                session_id: name.to_owned(),
                subject: name.to_owned(),
                display_name: name.to_owned(),
                standing: String::new(),
                kind,
                rights: held.map(|right| right.as_str().to_owned()).collect(),
                unread: 0,
                viewer: Arc::new(viewer),
            }))
        })
    }
}

/// The heading of the page that asks why.
pub(super) const ASKS_WHY: &str = "Bạn xem hồ sơ này để làm gì?";

pub(super) struct Ward {
    pub(super) ground: Ground,
    router: Router,
    clock: Arc<AtomicI64>,
}

pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) location: String,
    pub(super) text: String,
    pub(super) bytes: Vec<u8>,
}

impl Ward {
    pub(super) async fn new(db: Database) -> Ward {
        for file in Offices::load(folder()).expect("offices") {
            db.write(agency::store(&file)).await.expect("stored");
        }
        let Content {
            law,
            places,
            letters,
        } = content();
        let unique = format!("dinh-desk-{}", web::fresh_id());
        let files = Files::open(std::env::temp_dir().join(unique), 20_000_000).expect("a folder");
        let offices = Offices::new(db.clone());
        let ground = Ground::from(Shared {
            journal: Journal::new(db.clone()),
            law: law.clone(),
            places: places.clone(),
            offices: offices.clone(),
            files,
            numbers: Arc::new(Numbers::new(db)),
            letters: letters.clone(),
            public_url: "http://localhost".into(),
        });
        let clock = Arc::new(AtomicI64::new(START));
        let hands = clock.clone();
        let face = move || Timestamp::from_second(hands.load(Ordering::Relaxed)).expect("a time");
        let site = Site::new(Brand::default(), Arc::new(ByName(offices)), Arc::new(face));
        let router = crate::desk::routes(ground.clone()).into_router(Arc::new(site));
        Ward {
            ground,
            router,
            clock,
        }
    }

    pub(super) fn now(&self) -> Timestamp {
        Timestamp::from_second(self.clock.load(Ordering::Relaxed)).expect("a time")
    }

    pub(super) fn wait(&self, minutes: i64) {
        self.clock.fetch_add(minutes * 60, Ordering::Relaxed);
    }

    /// Somebody of the ward who holds the right, the one who takes in dossiers excepted.
    pub(super) async fn holder(&self, right: Right) -> String {
        let positions = self
            .ground
            .offices
            .positions_with(right, WARD, self.now())
            .await;
        for position in positions.expect("positions") {
            let holders = self.ground.offices.holders(&position.id, self.now()).await;
            if let Some(officer) = holders.expect("holders").into_iter().next() {
                return officer.id;
            }
        }
        panic!("nobody may {right}");
    }

    pub(super) fn procedure(&self, code: &str) -> Arc<Procedure> {
        let today = web::show::local_date(self.now());
        let mut published = self.ground.catalogue().published(today);
        published
            .find(|procedure| procedure.key.code == code)
            .expect("a procedure")
            .clone()
    }

    /// Handed in at the counter; returns id and code.
    pub(super) async fn submit(&self, code: &str, name: &str, patch: Json) -> (String, String) {
        let procedure = self.procedure(code);
        let mut answers = procedure.sample.clone();
        for (key, value) in patch.as_object().into_iter().flatten() {
            answers[key] = value.clone();
        }
        let number = self
            .ground
            .numbers
            .code(WARD, self.now())
            .await
            .expect("a code");
        let to_show = |paper: &RequiredPaper| {
            let mut ways = paper.satisfied_by.iter();
            ways.any(|way| way.source == PaperSource::ShowOnly)
        };
        let paper = |paper: &&RequiredPaper| Paper {
            code: paper.code.clone(),
            form: match to_show(paper) {
                true => PaperForm::ToShow,
                false => PaperForm::Original,
            },
            count: 1,
            file: None,
        };
        let submission = Submission {
            code: number.clone(),
            procedure: procedure.key.clone(),
            agency: WARD.into(),
            reception: WARD.into(),
            channel: Channel::Counter,
            applicant: Party {
                person: format!("person-of-{name}"),
                name: name.to_owned(),
                personal_id: "066162001017".into(),
                ..Party::default()
            },
            filer: None,
            papers: procedure.papers_for(&answers).iter().map(paper).collect(),
            answers: answers.into(),
            paper_names: json!({}),
            post_address: String::new(),
            return_way: ReturnWay::Counter {
                agency: WARD.into(),
            },
        };
        let id = web::fresh_id();
        let viewer = self
            .ground
            .offices
            .viewer(COUNTER, self.now())
            .await
            .expect("a viewer");
        let order = Order::new(&viewer, Command::Submit(Box::new(submission)));
        let ctx = Ctx {
            actor: COUNTER.into(),
            office: WARD.into(),
            now: self.now(),
            command_id: web::fresh_id(),
        };
        let handled = self.ground.order(&id, order, ctx).await;
        assert!(handled.is_ok(), "{code}: {:?}", handled.err());
        (id, number.to_string())
    }

    pub(super) async fn dossier(&self, id: &str) -> Dossier {
        let (state, _) = self
            .ground
            .journal
            .load(&*self.ground.law, id)
            .await
            .expect("loaded");
        std::sync::Arc::unwrap_or_clone(state.dossier.expect("a dossier"))
    }

    async fn send(
        &self,
        who: &str,
        request: axum::http::request::Builder,
        body: impl Into<Body>,
    ) -> Reply {
        let cookie = format!("session={who:_<40}");
        let request = request.header(header::COOKIE, cookie).body(body.into());
        let response = self
            .router
            .clone()
            .oneshot(request.expect("a request"))
            .await;
        let response = response.expect("an answer");
        let status = response.status();
        let location = response.headers().get(header::LOCATION);
        let location = location
            .and_then(|v| v.to_str().ok())
            .unwrap_or_default()
            .to_owned();
        let bytes = response
            .into_body()
            .collect()
            .await
            .expect("a body")
            .to_bytes()
            .to_vec();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Reply {
            status,
            location,
            text,
            bytes,
        }
    }

    pub(super) async fn get(&self, who: &str, path: &str) -> Reply {
        let request = Request::get(path).header(header::ACCEPT, "text/html");
        self.send(who, request, String::new()).await
    }

    /// The page; who has no work on a dossier says first why they look.
    pub(super) async fn page(&self, who: &str, path: &str) -> String {
        let mut reply = self.get(who, path).await;
        if reply.text.contains(ASKS_WHY) {
            let said = self.look(who, path, "supervise").await;
            assert_eq!(said.status, StatusCode::SEE_OTHER, "{}", said.text);
            reply = self.get(who, path).await;
        }
        assert_eq!(reply.status, StatusCode::OK, "{who} {path}: {}", reply.text);
        reply.text
    }

    /// Says why they look at the dossier of this page.
    pub(super) async fn look(&self, who: &str, path: &str, reason: &str) -> Reply {
        let fields = [("reason", reason)];
        self.post(who, &format!("{path}/look"), &fields).await
    }

    pub(super) async fn post_as(
        &self,
        who: &str,
        path: &str,
        fields: &[(&str, &str)],
        id: &str,
    ) -> Reply {
        let token = self.token(who).await;
        let mut body = format!("csrf={}&command_id={id}", escape(&token));
        for (name, value) in fields {
            body.push_str(&format!("&{}={}", escape(name), escape(value)));
        }
        let request = Request::post(path)
            .header(header::ACCEPT, "text/html")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(who, request, body).await
    }

    async fn token(&self, who: &str) -> String {
        let page = self.get(who, "/desk").await.text;
        let token = page.split("name=\"csrf\" value=\"").nth(1);
        let token = token.and_then(|rest| rest.split('"').next());
        token.unwrap_or_default().to_owned()
    }

    /// An act with a file, as a browser sends it; an empty name: no file was chosen.
    pub(super) async fn post_file(&self, who: &str, path: &str, file: (&str, &[u8])) -> Reply {
        let part = "--X\r\nContent-Disposition: form-data; name=";
        let (token, id) = (self.token(who).await, web::fresh_id());
        let (name, bytes) = file;
        let head = format!(
            "{part}\"csrf\"\r\n\r\n{token}\r\n{part}\"command_id\"\r\n\r\n{id}\r\n\
             {part}\"file\"; filename=\"{name}\"\r\n\r\n"
        );
        let body = [head.as_bytes(), bytes, b"\r\n--X--\r\n"].concat();
        let request = Request::post(path)
            .header(header::ACCEPT, "text/html")
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=X");
        self.send(who, request, body).await
    }

    pub(super) async fn post(&self, who: &str, path: &str, fields: &[(&str, &str)]) -> Reply {
        self.post_as(who, path, fields, &web::fresh_id()).await
    }

    /// An act that must succeed.
    pub(super) async fn act(&self, who: &str, code: &str, deed: &str, fields: &[(&str, &str)]) {
        let reply = self
            .post(who, &format!("/desk/dossiers/{code}/{deed}"), fields)
            .await;
        assert_eq!(
            reply.status,
            StatusCode::SEE_OTHER,
            "{who} {deed}: {}",
            reply.text
        );
        assert_eq!(reply.location, format!("/desk/dossiers/{code}"));
    }

    /// An act that must be refused with this sentence, on the page of the dossier.
    pub(super) async fn refused(
        &self,
        who: &str,
        code: &str,
        deed: &str,
        told: (&[(&str, &str)], &str),
    ) {
        // As people do, they have opened the page before.
        self.page(who, &format!("/desk/dossiers/{code}")).await;
        let reply = self
            .post(who, &format!("/desk/dossiers/{code}/{deed}"), told.0)
            .await;
        assert_eq!(
            reply.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{deed}: {}",
            reply.text
        );
        let sentence = dossier::label("refusal", told.1, "vi");
        let sentence = sentence
            .split(['{', '"', ':'])
            .next()
            .unwrap_or_default()
            .trim();
        assert!(
            reply.text.contains(sentence),
            "{deed}: no {sentence:?} in {}",
            reply.text
        );
        for (name, typed) in told
            .0
            .iter()
            .filter(|(name, _)| !matches!(*name, "task" | "paper"))
        {
            assert!(reply.text.contains(typed), "{deed}: {name} lost {typed:?}");
        }
    }

    pub(super) async fn accept(&self, id: &str, code: &str) {
        let papers = self.dossier(id).await.papers;
        let checked: Vec<(&str, &str)> = papers
            .iter()
            .map(|paper| ("checked", paper.code.as_str()))
            .collect();
        self.act(COUNTER, code, "acceptance", &checked).await;
    }

    /// Does whatever the process asks for until the result is issued.
    pub(super) async fn until_issued(&self, id: &str, code: &str) {
        if let Some(who) = self.until_issue(id, code).await {
            self.act(&who, code, "issuance", &[]).await;
        }
    }

    /// The same until it waits for its result, and who then issues it.
    pub(super) async fn until_issue(&self, id: &str, code: &str) -> Option<String> {
        for _ in 0..20 {
            self.wait(5);
            let dossier = self.dossier(id).await;
            let (key, task) = dossier.tasks.iter().next()?;
            let who = self.holder(task.act.right()).await;
            let who = task.officer.clone().unwrap_or(who);
            let task_field = ("task", key.as_str());
            match task.act {
                Act::Assign => {
                    let officer = self.holder(Right::Appraise).await;
                    let fields = [task_field, ("officer", officer.as_str())];
                    self.act(&who, code, "assignment", &fields).await;
                }
                Act::Consult => {
                    let fields = [task_field, ("opinion", "agree")];
                    self.act(&who, code, "consultation-answer", &fields).await;
                }
                Act::Issue => return Some(who),
                Act::Appraise => {
                    self.act(&who, code, "claim", &[task_field]).await;
                    let fields = [task_field, ("opinion", "Hồ sơ đủ điều kiện")];
                    self.act(&who, code, "appraisal", &fields).await;
                }
                Act::Endorse => self.act(&who, code, "endorsement", &[task_field]).await,
                Act::Approve => self.act(&who, code, "approval", &[task_field]).await,
            }
        }
        None
    }
}

fn escape(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

pub(super) fn codes(page: &str) -> Vec<String> {
    let parts = page.split("data-row href=\"/desk/dossiers/").skip(1);
    parts
        .map(|part| part.split('"').next().unwrap_or_default().to_owned())
        .collect()
}

impl Ward {
    /// The applicant brings papers, at the counter, which is another room.
    pub(super) async fn supplement(&self, id: &str, papers: &[&str]) {
        let viewer = self
            .ground
            .offices
            .viewer(COUNTER, self.now())
            .await
            .expect("a viewer");
        let paper = |code: &&str| Paper {
            code: (*code).to_owned(),
            form: PaperForm::Copy,
            count: 1,
            file: None,
        };
        let papers = papers.iter().map(paper).collect();
        let command = Command::Supplement {
            papers,
            answers: None,
            note: "Gửi kèm".into(),
            paper_names: json!({}),
        };
        let ctx = Ctx {
            actor: COUNTER.into(),
            office: WARD.into(),
            now: self.now(),
            command_id: web::fresh_id(),
        };
        let handled = self
            .ground
            .order(id, Order::new(&viewer, command), ctx)
            .await;
        assert!(handled.is_ok(), "{:?}", handled.err());
    }

    pub(super) async fn task(&self, id: &str) -> String {
        self.dossier(id)
            .await
            .tasks
            .keys()
            .next()
            .expect("a task")
            .clone()
    }
}
