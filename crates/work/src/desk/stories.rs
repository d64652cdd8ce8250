//! The desk over HTTP on both databases, with the officers of `content/agencies/dak-lak.toml` and the real
//! procedures: whole lives, every kind of refusal, who may see what, the inbox, double clicks.
use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use facts::agency::{self, Offices, Right, Viewer};
use facts::blob::Files;
use facts::calendar::Calendars;
use facts::people;
use facts::place::Places;
use facts::procedure::{Catalogue, Channel, Procedure};
use http_body_util::BodyExt;
use jiff::Timestamp;
use kernel::proof::on_each;
use kernel::{Ctx, Database, Journal, Migration};
use matters::Ground;
use matters::dossier::{
    self, Act, Command, Dossier, Law, Numbers, Order, Paper, PaperForm, Party, Phase, ReturnWay,
    Submission,
};
use matters::letters::Letters;
use serde_json::{Value as Json, json};
use tower::ServiceExt;
use web::{Brand, Kind, Sessions, SessionsAnswer, Signed, Site};

const MIGRATIONS: [Migration; 3] = [people::MIGRATION, agency::MIGRATION, dossier::MIGRATION];
const WARD: &str = "H15.101";
const COUNTER: &str = "le-thi-hoa.bmt";
/// 09:00 on Monday 23/11/2026 in Viet Nam.
const START: i64 = 1_795_399_200;

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
                Some(person) => (
                    Kind::Citizen,
                    Viewer::Citizen {
                        person: person.to_owned(),
                    },
                ),
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

struct Ward {
    ground: Ground,
    router: Router,
    clock: Arc<AtomicI64>,
}

struct Reply {
    status: StatusCode,
    location: String,
    text: String,
    bytes: Vec<u8>,
}

impl Ward {
    async fn new(db: Database) -> Ward {
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
        let ground = Ground {
            journal: Journal::new(db.clone()),
            law: law.clone(),
            places: places.clone(),
            offices: offices.clone(),
            files,
            numbers: Arc::new(Numbers::new(db)),
            letters: letters.clone(),
            public_url: "http://localhost".into(),
        };
        let clock = Arc::new(AtomicI64::new(START));
        let hands = clock.clone();
        let face = move || Timestamp::from_second(hands.load(Ordering::Relaxed)).expect("a time");
        let site = Site::new(Brand::default(), Arc::new(ByName(offices)), Arc::new(face));
        let router = super::routes(ground.clone()).into_router(Arc::new(site));
        Ward {
            ground,
            router,
            clock,
        }
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.clock.load(Ordering::Relaxed)).expect("a time")
    }

    fn wait(&self, minutes: i64) {
        self.clock.fetch_add(minutes * 60, Ordering::Relaxed);
    }

    /// Somebody of the ward who holds the right, the one who takes in dossiers excepted.
    async fn holder(&self, right: Right) -> String {
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

    fn procedure(&self, code: &str) -> Arc<Procedure> {
        let today = web::show::local_date(self.now());
        let mut published = self.ground.catalogue().published(today);
        published
            .find(|procedure| procedure.key.code == code)
            .expect("a procedure")
            .clone()
    }

    /// Handed in at the counter; returns id and code.
    async fn submit(&self, code: &str, name: &str, patch: Json) -> (String, String) {
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
        let paper = |code: &str| Paper {
            code: code.to_owned(),
            form: PaperForm::Original,
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
            papers: procedure
                .papers_for(&answers)
                .iter()
                .map(|p| paper(&p.code))
                .collect(),
            answers,
            paper_names: json!({}),
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

    async fn dossier(&self, id: &str) -> Dossier {
        let (state, _) = self
            .ground
            .journal
            .load(&*self.ground.law, id)
            .await
            .expect("loaded");
        *state.dossier.expect("a dossier")
    }

    async fn send(&self, who: &str, request: axum::http::request::Builder, body: String) -> Reply {
        let cookie = format!("session={who:_<40}");
        let request = request
            .header(header::COOKIE, cookie)
            .body(Body::from(body));
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

    async fn get(&self, who: &str, path: &str) -> Reply {
        let request = Request::get(path).header(header::ACCEPT, "text/html");
        self.send(who, request, String::new()).await
    }

    async fn page(&self, who: &str, path: &str) -> String {
        let reply = self.get(who, path).await;
        assert_eq!(reply.status, StatusCode::OK, "{who} {path}: {}", reply.text);
        reply.text
    }

    async fn post_as(&self, who: &str, path: &str, fields: &[(&str, &str)], id: &str) -> Reply {
        let page = self.get(who, "/desk").await.text;
        let token = page
            .split("name=\"csrf\" value=\"")
            .nth(1)
            .unwrap_or_default();
        let token = token.split('"').next().unwrap_or_default();
        let mut body = format!("csrf={}&command_id={id}", escape(token));
        for (name, value) in fields {
            body.push_str(&format!("&{}={}", escape(name), escape(value)));
        }
        let request = Request::post(path)
            .header(header::ACCEPT, "text/html")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(who, request, body).await
    }

    async fn post(&self, who: &str, path: &str, fields: &[(&str, &str)]) -> Reply {
        self.post_as(who, path, fields, &web::fresh_id()).await
    }

    /// An act that must succeed.
    async fn act(&self, who: &str, code: &str, deed: &str, fields: &[(&str, &str)]) {
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
    async fn refused(&self, who: &str, code: &str, deed: &str, told: (&[(&str, &str)], &str)) {
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

    async fn accept(&self, id: &str, code: &str) {
        let papers = self.dossier(id).await.papers;
        let checked: Vec<(&str, &str)> = papers
            .iter()
            .map(|paper| ("checked", paper.code.as_str()))
            .collect();
        self.act(COUNTER, code, "acceptance", &checked).await;
    }

    /// Does whatever the process asks for until the result is issued.
    async fn until_issued(&self, id: &str, code: &str) {
        for _ in 0..20 {
            self.wait(5);
            let dossier = self.dossier(id).await;
            let Some((key, task)) = dossier.tasks.iter().next() else {
                return;
            };
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
                Act::Issue => self.act(&who, code, "issuance", &[]).await,
                Act::Appraise => {
                    self.act(&who, code, "claim", &[task_field]).await;
                    let fields = [task_field, ("opinion", "Hồ sơ đủ điều kiện")];
                    self.act(&who, code, "appraisal", &fields).await;
                }
                Act::Endorse => self.act(&who, code, "endorsement", &[task_field]).await,
                Act::Approve => self.act(&who, code, "approval", &[task_field]).await,
            }
        }
    }
}

fn escape(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn codes(page: &str) -> Vec<String> {
    let parts = page.split("data-row href=\"/desk/dossiers/").skip(1);
    parts
        .map(|part| part.split('"').next().unwrap_or_default().to_owned())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_procedure_goes_from_the_counter_to_its_result() {
    on_each(&MIGRATIONS, |db| async move {
        let ward = Ward::new(db).await;
        let clerk = ward.holder(Right::Issue).await;
        for code in ["1.001193", "1.004873", "2.000815", "1.013225"] {
            let patch = if code == "1.013225" {
                json!({ "near_dyke": true })
            } else {
                json!({})
            };
            let (id, number) = ward.submit(code, "Đoàn Phú Thịnh", patch).await;
            ward.accept(&id, &number).await;
            ward.until_issued(&id, &number).await;
            let dossier = ward.dossier(&id).await;
            assert_eq!(dossier.phase, Phase::Released, "{code}");
            let result = dossier.result.expect("a result");
            assert!(
                result.number.starts_with(char::is_numeric),
                "{}",
                result.number
            );
            let file = ward
                .ground
                .files
                .open_kept(&result.file)
                .await
                .expect("a store");
            assert!(file.is_some(), "{code}: the result is kept");
            let page = ward.page(&clerk, &format!("/desk/dossiers/{number}")).await;
            assert!(page.contains(&result.number) && page.contains("Hồ sơ đủ điều kiện"));
            assert!(page.contains("trước hạn") || page.contains("đúng hạn"));
            let book = ward.page(COUNTER, "/desk/book").await;
            assert!(book.contains(&number), "{code} stands in the book");
        }
        let pdf = ward.get(COUNTER, "/desk/book.pdf").await;
        assert!(pdf.bytes.starts_with(b"%PDF"), "{}", pdf.text);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_a_sentence_at_its_form_and_nothing_typed_is_lost() {
    on_each(&MIGRATIONS, |db| async move {
        let ward = Ward::new(db).await;
        let head = ward.holder(Right::Oversee).await;
        let assigner = ward.holder(Right::Assign).await;
        let (id, code) = ward.submit("1.013225", "Vũ Mỹ Duyên", json!({})).await;
        ward.refused(COUNTER, &code, "acceptance", (&[], "papers_unchecked"))
            .await;
        let words = [
            ("reason", "other"),
            ("text", ""),
            ("basis", "Điều 5 Luật Xây dựng"),
        ];
        ward.refused(COUNTER, &code, "refusal", (&words, "reason_missing"))
            .await;
        let words = [
            ("reason", "other"),
            ("text", "Ngoài thẩm quyền của phường"),
            ("basis", ""),
        ];
        ward.refused(COUNTER, &code, "refusal", (&words, "basis_missing"))
            .await;
        ward.refused(
            COUNTER,
            &code,
            "supplement-request",
            (&[], "supplement_list_empty"),
        )
        .await;
        ward.accept(&id, &code).await;
        ward.refused(COUNTER, &code, "acceptance", (&[], "wrong_phase"))
            .await;
        let task = ward
            .dossier(&id)
            .await
            .tasks
            .keys()
            .next()
            .expect("a task")
            .clone();
        let give = [("task", task.as_str()), ("officer", "")];
        ward.refused(&assigner, &code, "assignment", (&give, "officer_missing"))
            .await;
        let day_off = [
            ("day-day", "28"),
            ("day-month", "11"),
            ("day-year", "2026"),
            ("reason", "Cần xem thực địa lần nữa"),
        ];
        ward.refused(&head, &code, "due-date", (&day_off, "new_due_day_off"))
            .await;
        let no_basis = [("text", "Chủ đầu tư đang có tranh chấp"), ("basis", "")];
        ward.refused(&head, &code, "stop", (&no_basis, "wrong_phase"))
            .await;
        let ask = [
            ("what", "Bản vẽ móng"),
            ("why", "Bản vẽ thiếu mặt cắt"),
            ("paper", "drawings"),
        ];
        let more = [ask[0], ask[1], ask[2], ("more", "yes")];
        let path = format!("/desk/dossiers/{code}/supplement-request");
        let wider = ward.post(COUNTER, &path, &more).await;
        assert_eq!(wider.status, StatusCode::OK);
        assert!(wider.text.contains("Bản vẽ móng") && wider.text.contains("Mục 2"));
        ward.act(COUNTER, &code, "supplement-request", &ask).await;
        ward.refused(
            COUNTER,
            &code,
            "supplement-acceptance",
            (&[], "wrong_phase"),
        )
        .await;
        assert_eq!(ward.dossier(&id).await.phase, Phase::SupplementAsked);
        assert!(
            ward.page(&head, &format!("/desk/dossiers/{code}"))
                .await
                .contains("Bản vẽ móng")
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_agency_and_other_people_see_nothing() {
    on_each(&MIGRATIONS, |db| async move {
        let ward = Ward::new(db).await;
        let (_, code) = ward.submit("1.004873", "Đoàn Phú Thịnh", json!({})).await;
        let path = format!("/desk/dossiers/{code}");
        for who in ["nguyen-thi-hong-nhung.eakar", "nguyen-thi-my-duyen.stp"] {
            assert_eq!(
                ward.get(who, &path).await.status,
                StatusCode::NOT_FOUND,
                "{who}"
            );
            assert!(codes(&ward.page(who, "/desk/search?q=thinh").await).is_empty());
            assert!(!ward.page(who, "/desk/book").await.contains(&code));
            let book = ward.get(who, "/desk/book?agency=H15.101").await;
            assert_eq!(book.status, StatusCode::NOT_FOUND);
        }
        let stranger = "nguyen-thi-hong-nhung.eakar";
        let reply = ward
            .post(stranger, &format!("{path}/acceptance"), &[])
            .await;
        assert_eq!(reply.status, StatusCode::NOT_FOUND);
        let citizen = ward.get("person-an", &path).await;
        assert_eq!(citizen.status, StatusCode::FORBIDDEN);
        let inspector = ward.page("vu-duc-long.bmt", &path).await;
        assert!(inspector.contains("Đoàn Phú Thịnh"));
        assert!(
            !inspector.contains("class=\"fold act\""),
            "an auditor changes nothing"
        );
        let clerk = ward.holder(Right::Issue).await;
        let reply = ward.post(&clerk, &format!("{path}/acceptance"), &[]).await;
        assert_eq!(reply.status, StatusCode::FORBIDDEN);
        let found = codes(&ward.page(COUNTER, "/desk/search?q=doan+phu+thinh").await);
        assert_eq!(found, [code]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_inbox_is_in_the_order_of_what_is_due_page_after_page() {
    on_each(&MIGRATIONS, |db| async move {
        let ward = Ward::new(db).await;
        let mut submitted = Vec::new();
        for number in 0..43 {
            let code = if number % 4 == 0 {
                "1.013225"
            } else {
                "2.000815"
            };
            submitted.push(ward.submit(code, "Hoàng Thị Bích", json!({})).await);
            ward.wait(2);
        }
        let first = ward.page(COUNTER, "/desk?queue=intake").await;
        let mut seen = codes(&first);
        assert_eq!(seen.len(), 40);
        let next = first
            .split("rel=\"next\" href=\"")
            .nth(1)
            .expect("a next page");
        let next = next
            .split('"')
            .next()
            .expect("an address")
            .replace("&#38;", "&");
        seen.extend(codes(
            &ward.page(COUNTER, &next.replace("&amp;", "&")).await,
        ));
        let expected: Vec<String> = submitted.iter().map(|(_, code)| code.clone()).collect();
        assert_eq!(seen, expected, "all, each once, the earliest due first");
        let houses = codes(&ward.page(COUNTER, "/desk?procedure=1.013225").await);
        assert_eq!(houses.len(), 11);
        let (id, code) = &submitted[1];
        ward.accept(id, code).await;
        let appraiser = ward.holder(Right::Appraise).await;
        let task = ward
            .dossier(id)
            .await
            .tasks
            .keys()
            .next()
            .expect("a task")
            .clone();
        let pick = format!("{id}~{task}");
        let reply = ward
            .post(&appraiser, "/desk/claims", &[("pick", &pick)])
            .await;
        assert_eq!(reply.status, StatusCode::SEE_OTHER);
        assert_eq!(
            ward.dossier(id).await.tasks[&task].officer.as_ref(),
            Some(&appraiser)
        );
        assert_eq!(
            codes(&ward.page(&appraiser, "/desk?mine=yes").await),
            [code.clone()]
        );
        ward.wait(60 * 24 * 7);
        let late = codes(&ward.page(&appraiser, "/desk?queue=late").await);
        assert_eq!(late, [code.clone()]);
        assert!(ward.page(&appraiser, "/desk").await.contains("Quá hạn"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_double_click_is_one_act_with_one_answer() {
    on_each(&MIGRATIONS, |db| async move {
        let ward = Ward::new(db).await;
        let (id, code) = ward.submit("2.000815", "Phạm Mỹ Duyên", json!({})).await;
        let papers = ward.dossier(&id).await.papers;
        let checked: Vec<(&str, &str)> = papers
            .iter()
            .map(|paper| ("checked", paper.code.as_str()))
            .collect();
        let path = format!("/desk/dossiers/{code}/acceptance");
        let command = web::fresh_id();
        let (one, two) = tokio::join!(
            ward.post_as(COUNTER, &path, &checked, &command),
            ward.post_as(COUNTER, &path, &checked, &command),
        );
        for reply in [&one, &two] {
            assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.text);
            assert_eq!(reply.location, format!("/desk/dossiers/{code}"));
        }
        let history = ward
            .ground
            .journal
            .history(&*ward.ground.law, &id)
            .await
            .expect("history");
        let accepted = history
            .iter()
            .filter(|entry| entry.event.kind() == "accepted")
            .count();
        assert_eq!(accepted, 1);
    })
    .await;
}

impl Ward {
    /// The applicant brings papers, at the counter, which is another room.
    async fn supplement(&self, id: &str, papers: &[&str]) {
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

    async fn task(&self, id: &str) -> String {
        self.dossier(id)
            .await
            .tasks
            .keys()
            .next()
            .expect("a task")
            .clone()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_supplement_is_asked_once_and_again_only_by_the_head() {
    on_each(&MIGRATIONS, |db| async move {
        let ward = Ward::new(db).await;
        let head = ward.holder(Right::Oversee).await;
        let (id, code) = ward.submit("1.013225", "Vũ Mỹ Duyên", json!({})).await;
        ward.accept(&id, &code).await;
        let ask = [
            ("what", "Bản vẽ móng"),
            ("why", "Thiếu mặt cắt"),
            ("paper", "drawings"),
        ];
        ward.act(COUNTER, &code, "supplement-request", &ask).await;
        ward.supplement(&id, &[]).await;
        ward.refused(
            COUNTER,
            &code,
            "supplement-acceptance",
            (&[], "supplement_incomplete"),
        )
        .await;
        ward.refused(
            COUNTER,
            &code,
            "supplement-return",
            (&[("text", "")], "reason_missing"),
        )
        .await;
        let lacking = [("text", "Chưa có bản vẽ móng")];
        ward.act(COUNTER, &code, "supplement-return", &lacking)
            .await;
        ward.supplement(&id, &["drawings"]).await;
        ward.act(COUNTER, &code, "supplement-acceptance", &[]).await;
        ward.refused(
            COUNTER,
            &code,
            "supplement-request",
            (&ask, "supplement_already_asked"),
        )
        .await;
        let again = [
            ask[0],
            ask[1],
            ask[2],
            ("second", "Công trình có thay đổi thiết kế"),
        ];
        ward.refused(
            COUNTER,
            &code,
            "supplement-request",
            (&again, "not_allowed"),
        )
        .await;
        ward.act(&head, &code, "supplement-request", &again).await;
        let page = ward.page(&head, &format!("/desk/dossiers/{code}")).await;
        assert!(
            page.contains("Công trình có thay đổi thiết kế"),
            "the override is on the slip"
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn steps_and_opinions_are_held_to_their_rules() {
    on_each(&MIGRATIONS, |db| async move {
        let ward = Ward::new(db).await;
        let assigner = ward.holder(Right::Assign).await;
        let appraiser = ward.holder(Right::Appraise).await;
        let head = ward.holder(Right::Oversee).await;
        let (id, code) = ward.submit("1.013225", "Vũ Mỹ Duyên", json!({})).await;
        ward.accept(&id, &code).await;
        let task = ward.task(&id).await;
        let give = [
            ("task", task.as_str()),
            ("officer", "truong-cong-thanh.bmt"),
        ];
        ward.act(&assigner, &code, "assignment", &give).await;
        let task = ward.task(&id).await;
        let own = ("task", task.as_str());
        if appraiser != "truong-cong-thanh.bmt" {
            let opinion = [own, ("opinion", "Đã xem bản vẽ")];
            ward.refused(
                &appraiser,
                &code,
                "appraisal",
                (&opinion, "task_held_by_other"),
            )
            .await;
        }
        let appraiser = "truong-cong-thanh.bmt";
        let question = ("question", "Đất có nằm trong hành lang đê không?");
        let nobody = [("agency", ""), ("term", "5wd"), question];
        ward.refused(
            appraiser,
            &code,
            "consultation",
            (&nobody, "consult_agency_wrong"),
        )
        .await;
        let ask = [("agency", "H15.08"), ("term", "5wd"), question];
        ward.act(appraiser, &code, "consultation", &ask).await;
        let consult = ward.dossier(&id).await.tasks;
        let consult = consult.iter().find(|(_, task)| task.act == Act::Consult);
        let consult = consult.expect("a consultation").0.clone();
        let opinion = [own, ("opinion", "Đủ điều kiện")];
        ward.refused(appraiser, &code, "appraisal", (&opinion, "consult_open"))
            .await;
        let early = [("task", consult.as_str()), ("reason", "Không thấy trả lời")];
        ward.refused(
            appraiser,
            &code,
            "continuation",
            (&early, "consult_term_not_passed"),
        )
        .await;
        let answer = [
            ("task", consult.as_str()),
            ("opinion", "agree"),
            ("text", "Ngoài hành lang đê"),
        ];
        let asked = ward.page("phan-xuan-linh.sxd", "/desk/search").await;
        assert!(
            codes(&asked).is_empty(),
            "the director of the agency asked does not appraise"
        );
        ward.act(appraiser, &code, "consultation-answer", &answer)
            .await;
        ward.act(appraiser, &code, "appraisal", &opinion).await;
        let task = ward.task(&id).await;
        let back = [("task", task.as_str()), ("to", "appraise"), ("reason", "")];
        ward.refused(&assigner, &code, "step-return", (&back, "reason_missing"))
            .await;
        let back = [back[0], back[1], ("reason", "Thiếu biên bản thực địa")];
        ward.act(&assigner, &code, "step-return", &back).await;
        let reason = ("reason", "Mưa lũ kéo dài");
        let day = |day| {
            [
                ("day-day", day),
                ("day-month", "12"),
                ("day-year", "2026"),
                reason,
            ]
        };
        ward.act(&head, &code, "apology", &day("21")).await;
        ward.refused(&head, &code, "apology", (&day("22"), "reappointed_already"))
            .await;
        ward.act(&head, &code, "due-date", &day("23")).await;
        let stop = [
            ("text", "Có tranh chấp đất"),
            ("basis", "Điều 21 NĐ 118/2025"),
        ];
        ward.act(&head, &code, "stop", &stop).await;
        ward.refused(&head, &code, "stop", (&stop, "wrong_phase"))
            .await;
    })
    .await;
}
