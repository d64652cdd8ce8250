//! The counter on both databases, spoken to as browsers do: from somebody who stands there with
//! papers to the result in their hand, and every sentence that says no.
use super::*;
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use facts::agency::{Offices, Right, Viewer, store};
use facts::blob::Files;
use facts::calendar::{Calendars, Limit};
use facts::place::Places;
use facts::procedure::{Catalogue, Channel, Procedure};
use http_body_util::BodyExt;
use jiff::Timestamp;
use kernel::proof::{count, on_each};
use kernel::{Ctx, Database, Journal, Migration};
use matters::dossier::{
    self, Act, Code, Command, Dossier, Law, Numbers, Opinion, Order, Paper, PaperForm, Party,
    Phase, ReturnWay, Submission,
};
use matters::draft;
use matters::letters::Letters;
use matters::{Ground, Shared};
use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock};
use tower::ServiceExt;
use web::{Brand, Kind, Sessions, SessionsAnswer, Signed, Site};

static MIGRATIONS: LazyLock<Vec<Migration>> = LazyLock::new(|| {
    [
        facts::people::MIGRATIONS,
        facts::agency::MIGRATIONS,
        dossier::MIGRATIONS,
        draft::MIGRATIONS,
    ]
    .concat()
});
/// Monday 23/11/2026, 09:00 in Vietnam.
const START: i64 = 1_795_399_200;
const WARD: &str = "H15.101";
const OTHER: &str = "H15.160";
const HOA: &str = "le-thi-hoa.bmt";
const NHUNG: &str = "nguyen-thi-hong-nhung.eakar";
const CLERK: &str = "doan-thi-mai.bmt";

struct ByName {
    offices: Offices,
}

impl Sessions for ByName {
    fn resolve<'a>(&'a self, secret: &'a str, now: Timestamp) -> SessionsAnswer<'a> {
        Box::pin(async move {
            let officer = secret.trim_end_matches('~');
            let viewer = self
                .offices
                .viewer(officer, now)
                .await
                .map_err(|e| e.to_string())?;
            let rights = viewer.posts().iter().flat_map(|post| &post.rights);
            Ok(Some(Signed {
                session_id: "s".into(),
                subject: officer.into(),
                display_name: officer.into(),
                standing: String::new(),
                kind: Kind::Officer,
                rights: rights.map(ToString::to_string).collect(),
                unread: 0,
                viewer: Arc::new(viewer),
            }))
        })
    }
}

struct Town {
    ground: Ground,
    router: Router,
    clock: Arc<AtomicI64>,
}

struct Got {
    status: StatusCode,
    place: String,
    body: String,
}

impl Got {
    #[track_caller]
    fn says(&self, text: &str) -> &Self {
        assert!(self.body.contains(text), "{:?} not in\n{}", text, self.body);
        self
    }
    #[track_caller]
    fn lacks(&self, text: &str) -> &Self {
        assert!(!self.body.contains(text), "{:?} in\n{}", text, self.body);
        self
    }
    #[track_caller]
    fn is(&self, status: u16) -> &Self {
        assert_eq!(
            self.status.as_u16(),
            status,
            "{}\n{}",
            self.place,
            self.body
        );
        self
    }
}

impl Town {
    async fn new(db: Database) -> Town {
        let content = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../content"));
        for file in Offices::load(content).unwrap() {
            db.write(store(&file)).await.unwrap();
        }
        let folder = std::env::temp_dir().join(format!("counter-{}", web::fresh_id()));
        let law = Law {
            catalogue: Arc::new(Catalogue::load(content).unwrap()),
            calendars: Arc::new(Calendars::load(content).unwrap()),
        };
        let ground = Ground::from(Shared {
            journal: Journal::new(db.clone()),
            law: Arc::new(law),
            places: Arc::new(Places::load(content).unwrap()),
            offices: Offices::new(db.clone()),
            files: Files::open(folder, 1 << 20).unwrap(),
            numbers: Arc::new(Numbers::new(db.clone())),
            letters: Arc::new(Letters::load(content, std::iter::empty()).unwrap()),
            public_url: "http://localhost".into(),
        });
        let clock = Arc::new(AtomicI64::new(START));
        let hands = clock.clone();
        let face = move || Timestamp::from_second(hands.load(Ordering::Relaxed)).unwrap();
        let sessions = Arc::new(ByName {
            offices: Offices::new(db),
        });
        let site = Site::new(Brand::default(), sessions, Arc::new(face));
        let router = routes(ground.clone()).into_router(Arc::new(site));
        Town {
            ground,
            router,
            clock,
        }
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.clock.load(Ordering::Relaxed)).unwrap()
    }

    async fn send(&self, who: &str, request: axum::http::request::Builder, body: String) -> Got {
        let cookie = format!("session={who:~<40}");
        let request = request.header(header::COOKIE, cookie);
        let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let request = request.body(Body::from(body)).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let place = parts.headers.get(header::LOCATION);
        Got {
            status: parts.status,
            place: place
                .map(|place| place.to_str().unwrap().to_owned())
                .unwrap_or_default(),
            body: String::from_utf8_lossy(&body).into_owned(),
        }
    }

    async fn get(&self, who: &str, path: &str) -> Got {
        self.send(who, Request::get(path), String::new()).await
    }

    async fn post(&self, who: &str, path: &str, fields: &[(String, String)]) -> Got {
        let id = web::fresh_id();
        self.post_again(who, path, (&id, fields)).await
    }

    async fn post_again(
        &self,
        who: &str,
        path: &str,
        (command_id, fields): (&str, &[(String, String)]),
    ) -> Got {
        let page = self.get(who, "/counter/search?q=x").await;
        let token = match page.body.find("name=\"csrf\" value=\"") {
            Some(at) => page.body[at + 19..].split('"').next().unwrap().to_owned(),
            None => String::new(),
        };
        let mut all = vec![("csrf", token.as_str()), ("command_id", command_id)];
        all.extend(
            fields
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str())),
        );
        let pairs: Vec<String> = all
            .iter()
            .map(|(name, value)| {
                format!(
                    "{}={}",
                    web::percent_encode(name),
                    web::percent_encode(value)
                )
            })
            .collect();
        self.send(who, Request::post(path), pairs.join("&")).await
    }

    fn procedure(&self, code: &str) -> Arc<Procedure> {
        let all = self
            .ground
            .catalogue()
            .published(dossier::day_of(self.now()));
        all.into_iter()
            .find(|one| one.key.code == code)
            .unwrap()
            .clone()
    }

    async fn begin(&self, who: &str, procedure: &Procedure) -> String {
        let key = procedure.key.to_string();
        let got = self
            .post(who, "/counter/intake", &fields(&[("procedure", &key)]))
            .await;
        got.is(303);
        got.place
    }

    async fn dossier(&self, code: &str) -> (String, Dossier) {
        let code: Code = code.parse().unwrap();
        let id = dossier::views::id_of(self.ground.db(), &code)
            .await
            .unwrap()
            .unwrap();
        let (state, _) = self
            .ground
            .journal
            .load(&*self.ground.law, &id)
            .await
            .unwrap();
        (id, std::sync::Arc::unwrap_or_clone(state.dossier.unwrap()))
    }

    async fn order(&self, id: &str, agency: &str, command: Command) {
        let post = facts::agency::Post {
            position: "p".into(),
            unit: "u".into(),
            agency: agency.into(),
            rights: Right::ALL.into(),
            ..Default::default()
        };
        let viewer = Viewer::Officer {
            officer: "ai".into(),
            posts: vec![post],
        };
        let ctx = Ctx {
            actor: "ai".into(),
            office: agency.into(),
            now: self.now(),
            command_id: web::fresh_id(),
        };
        let order = Order::new(&viewer, command);
        self.ground.order(id, order, ctx).await.unwrap();
    }

    /// Somebody who may be given the dossier.
    async fn appraiser(&self, dossier: &Dossier) -> String {
        let needs = (
            dossier.agency.as_str(),
            Right::Appraise,
            dossier.procedure.code.as_str(),
        );
        let able = self.ground.offices.able(needs, self.now()).await.unwrap();
        able[0].0.id.clone()
    }

    /// Everything behind the counter, until the result is there.
    async fn work_out(&self, code: &str) {
        for _ in 0..30 {
            let (id, dossier) = self.dossier(code).await;
            let Some((key, task)) = dossier.tasks.iter().next() else {
                return;
            };
            let (task_id, agency) = (key.clone(), task.agency.clone());
            let command = match task.act {
                Act::Consult if task.agency == dossier.agency => Command::AskConsult {
                    task: Some(task_id),
                    agency: "H15.08".into(),
                    term: Limit::CalendarDays(12),
                    question: "Đề nghị cho ý kiến.".into(),
                },
                Act::Consult => Command::AnswerConsult {
                    task: task_id,
                    opinion: Opinion::Agree,
                    text: String::new(),
                },
                Act::Issue => Command::Issue {
                    number: "01/UBND".into(),
                    file: "ab".repeat(32),
                },
                _ => Command::Finish {
                    task: task_id,
                    outcome: String::new(),
                    opinion: String::new(),
                    next_officer: match task.act {
                        Act::Assign => self.appraiser(&dossier).await,
                        _ => String::new(),
                    },
                },
            };
            self.order(&id, &agency, command).await;
        }
        panic!("{code} goes round in circles");
    }
}

fn fields(all: &[(&str, &str)]) -> Vec<(String, String)> {
    all.iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

/// The whole sheet of a procedure's sample, every paper there, and the button.
fn sheet(procedure: &Procedure, more: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut all = fields(more);
    let has = |all: &[(String, String)], name: &str| all.iter().any(|(known, _)| known == name);
    for (name, value) in [
        ("applicant.name", "Nguyễn Thị An"),
        ("applicant.number", "066190001234"),
        ("applicant.phone", "0912345678"),
        ("identity", "card"),
        ("agency", WARD),
        ("channel", "counter"),
        ("return_way", "counter"),
        ("return_agency", WARD),
        ("do", "receive"),
    ] {
        if !has(&all, name) {
            all.push((name.to_owned(), value.to_owned()));
        }
    }
    for question in procedure.form.questions() {
        all.push(("_asked".to_owned(), question.id.clone()));
    }
    for (name, value) in procedure.form.fields(&procedure.sample) {
        if name.contains('[') {
            all.push(("_asked".to_owned(), name.clone()));
        }
        all.push((name, value));
    }
    for paper in &procedure.papers {
        let name = format!("paper.{}", paper.code);
        if !has(&all, &name) {
            all.push((name, "original".to_owned()));
        }
    }
    all
}

async fn received(town: &Town, who: &str, procedure: &Procedure, more: &[(&str, &str)]) -> String {
    let draft = town.begin(who, procedure).await;
    let got = town.post(who, &draft, &sheet(procedure, more)).await;
    got.is(303);
    got.place
        .strip_prefix("/counter/received/")
        .expect(&got.place)
        .to_owned()
}

#[tokio::test]
async fn from_the_counter_to_the_result_in_hand_for_each_procedure() {
    on_each(&MIGRATIONS, |db| async move {
        let town = Town::new(db).await;
        for code in ["1.001193", "1.004873", "2.000815", "1.013225"] {
            let procedure = town.procedure(code);
            let code = received(&town, HOA, &procedure, &[]).await;
            let page = town.get(HOA, &format!("/counter/received/{code}")).await;
            page.is(200)
                .says(&code)
                .says("Cách tính ngày hẹn")
                .says("letters/01.pdf");
            let (_, before) = town.dossier(&code).await;
            assert!(before.accepted_at.is_some() && before.agency == WARD);
            town.work_out(&code).await;
            if before.owes() {
                let path = format!("/counter/return/{code}");
                town.get(HOA, &path)
                    .await
                    .is(200)
                    .says("Thu phí, lệ phí trước khi trao kết quả");
                collect(&town, HOA, &code, before.amount_due())
                    .await
                    .is(303);
            }
            let handed = fields(&[
                ("way", "counter"),
                ("receiver", "applicant"),
                ("identity", "card"),
            ]);
            town.post(HOA, &format!("/counter/return/{code}"), &handed)
                .await
                .is(303);
            let (_, after) = town.dossier(&code).await;
            assert_eq!(after.phase, Phase::Delivered, "{code}");
            let page = town.get(HOA, &format!("/counter/return/{code}")).await;
            page.says("Sổ ký nhận")
                .says("Nguyễn Thị An. Đã đối chiếu thẻ căn cước");
        }
        assert_eq!(
            count(town.ground.db(), "people").await,
            1,
            "one person, registered once"
        );
    })
    .await;
}

/// The number of the applicant written otherwise for whoever files: once three codes were lost on
/// it, and the officer saw that the program had failed.
#[tokio::test]
async fn one_number_is_one_person_however_it_is_written() {
    on_each(&MIGRATIONS, |db| async move {
        let town = Town::new(db).await;
        let procedure = town.procedure("2.000815");
        let first = received(&town, HOA, &procedure, &[]).await;
        let filer = [
            ("applicant.name", "H’Hen\u{200b} Mlô"),
            ("applicant.number", "066190004399"),
            ("applicant.phone", "84905123456"),
            ("by_filer", "on"),
            ("filer.name", "Y Tơ\u{306} Mlô"),
            ("filer.number", "\u{202d}066 190 004 399\u{202c}"),
            ("authorisation", "số 1 ngày 20/11/2026"),
        ];
        let draft = town.begin(HOA, &procedure).await;
        let refused = town.post(HOA, &draft, &sheet(&procedure, &filer)).await;
        refused
            .is(422)
            .says("Số này là của người nộp đã ghi ở trên");
        let mut same = filer;
        same[4].1 = "H'HEN MLÔ";
        let second = received(&town, HOA, &procedure, &same).await;
        let serial = |code: &str| {
            code.parse::<Code>()
                .unwrap()
                .serial()
                .parse::<u32>()
                .unwrap()
        };
        assert_eq!(serial(&second), serial(&first) + 1, "no code is lost");
        let (id, dossier) = town.dossier(&second).await;
        let whole = town
            .ground
            .journal
            .whole(&*town.ground.law, &id)
            .await
            .unwrap();
        let (_, document) = whole.written().next().expect("written");
        assert_eq!(document["answers"]["requester_phone"], "+84935111222");
        assert_eq!(document["applicant"]["phone"], "+84905123456");
        assert_eq!(document["filer"]["personal_id"], "066190004399");
        let filer = dossier.filer.unwrap();
        assert_eq!(dossier.applicant, filer.person);
        let number = "066190004399".parse().unwrap();
        let person = facts::people::views::by_personal_id(town.ground.db(), &number).await;
        let person = person.unwrap().unwrap();
        assert_eq!(
            (person.id, person.name.as_str()),
            (dossier.applicant, "H'Hen Mlô")
        );
        assert_eq!(person.phone.as_deref(), Some("+84905123456"));
        // By any writing of the number, and by the telephone.
        for text in [
            "066190004399",
            "066 190 004 399",
            "066.190.004.399",
            "0905 123 456",
            "%2B84905123456",
            "84905123456",
            "h'hen mlo",
            "hhen",
        ] {
            let found = town
                .get(
                    HOA,
                    &format!("/counter/search?q={}", text.replace(' ', "+")),
                )
                .await;
            found
                .is(200)
                .says(&second)
                .says("Hồ sơ tìm thấy <span class=\"soft\">(1)");
        }
    })
    .await;
}

/// A refusal is not worth a number.
#[tokio::test]
async fn what_the_law_refuses_loses_no_code() {
    on_each(&MIGRATIONS, |db| async move {
        let town = Town::new(db).await;
        let numbers = &town.ground.numbers;
        let first = numbers.code(WARD, town.now()).await.unwrap();
        let second = numbers.code(WARD, town.now()).await.unwrap();
        numbers.give_back(&first, town.now()).await;
        assert_eq!(numbers.code(WARD, town.now()).await.unwrap(), first);
        numbers.give_back(&second, town.now()).await;
        // The day after it is of another series.
        let tomorrow = town.now() + jiff::SignedDuration::from_hours(24);
        numbers.give_back(&second, tomorrow).await;
        assert_ne!(numbers.code(WARD, tomorrow).await.unwrap(), second);
        assert_eq!(numbers.code(WARD, town.now()).await.unwrap(), second);
    })
    .await;
}

/// What the forms online refuse, the counter refuses too, in the same words.
#[tokio::test]
async fn the_counter_refuses_what_is_no_name_birth_or_telephone() {
    on_each(&MIGRATIONS, |db| async move {
        let town = Town::new(db).await;
        let procedure = town.procedure("2.000815");
        for (field, value, sentence) in [
            ("applicant.name", "12345 😀", "Chỉ dùng chữ cái"),
            (
                "applicant.birth",
                "12/05/2060",
                "Ngày sinh không được sau hôm nay",
            ),
            ("applicant.birth", "1890", "cách nay quá 130 năm"),
            (
                "applicant.phone",
                "abc12345678",
                "Nhập số điện thoại, ví dụ",
            ),
            ("applicant.phone", "không có", "Nhập số điện thoại, ví dụ"),
        ] {
            let draft = town.begin(HOA, &procedure).await;
            let got = town
                .post(HOA, &draft, &sheet(&procedure, &[(field, value)]))
                .await;
            got.is(422).says(sentence);
        }
        assert_eq!(count(town.ground.db(), "people").await, 0);
    })
    .await;
}

async fn collect(town: &Town, who: &str, code: &str, amount: i64) -> Got {
    let amount = amount.to_string();
    let paid = fields(&[("amount", &amount), ("method", "cash")]);
    town.post(who, &format!("/counter/fees/{code}"), &paid)
        .await
}

#[tokio::test]
async fn a_fee_is_taken_once_exactly_with_a_receipt() {
    on_each(&MIGRATIONS, |db| async move {
        let town = Town::new(db).await;
        let code = received(&town, HOA, &town.procedure("2.000815"), &[]).await;
        let path = format!("/counter/fees/{code}");
        town.get(HOA, &path).await.is(200).says("12.000 đ");
        collect(&town, HOA, &code, 11_000)
            .await
            .is(422)
            .says("12.000");
        let transfer = fields(&[("amount", "12000"), ("method", "transfer")]);
        town.post(HOA, &path, &transfer)
            .await
            .is(422)
            .says("Ghi mã giao dịch");
        let transfer = fields(&[
            ("amount", "12000"),
            ("method", "transfer"),
            ("reference", "FT2632"),
        ]);
        let id = web::fresh_id();
        town.post_again(HOA, &path, (&id, &transfer)).await.is(303);
        town.post_again(HOA, &path, (&id, &transfer)).await.is(303);
        town.post(HOA, &path, &transfer).await.is(422);
        let page = town.get(HOA, &path).await;
        page.says("Đã thu 12.000 đ")
            .says("0000001")
            .says("Chuyển khoản");
        assert_eq!(count(town.ground.db(), "dossier_receipts").await, 1);
        let pdf = town.get(HOA, &format!("{path}/fee-receipt.pdf")).await;
        assert!(pdf.is(200).body.starts_with("%PDF"));
        let today = town.get(HOA, "/counter").await;
        assert!(
            !today
                .is(200)
                .body
                .contains(&format!("/counter/fees/{code}"))
        );
    })
    .await;
}

#[tokio::test]
async fn the_same_sheet_sent_twice_is_one_dossier() {
    on_each(&MIGRATIONS, |db| async move {
        let town = Town::new(db).await;
        let procedure = town.procedure("2.000815");
        let draft = town.begin(HOA, &procedure).await;
        let sheet = sheet(&procedure, &[]);
        let id = web::fresh_id();
        let first = town.post_again(HOA, &draft, (&id, &sheet)).await;
        let again = town.post_again(HOA, &draft, (&id, &sheet)).await;
        let window = town.post(HOA, &draft, &sheet).await;
        assert_eq!((&first.place, &first.place), (&again.place, &window.place));
        assert_eq!(town.get(HOA, &draft).await.place, first.place);
        assert_eq!(count(town.ground.db(), "dossiers").await, 1);
        let key = procedure.key.to_string();
        let begin = fields(&[("procedure", &key)]);
        let one = town.post_again(HOA, "/counter/intake", (&id, &begin)).await;
        let two = town.post_again(HOA, "/counter/intake", (&id, &begin)).await;
        assert_eq!(one.place, two.place);
    })
    .await;
}

#[tokio::test]
async fn received_here_decided_elsewhere_filed_by_somebody_authorised() {
    on_each(&MIGRATIONS, |db| async move {
        let town = Town::new(db).await;
        let procedure = town.procedure("1.004873");
        let filed = [
            ("agency", OTHER),
            ("by_filer", "yes"),
            ("filer.name", "Trần Văn Bảy"),
            ("filer.number", "066075001111"),
            (
                "authorisation",
                "Số 12 ngày 20/11/2026, UBND phường Buôn Ma Thuột",
            ),
        ];
        let code = received(&town, HOA, &procedure, &filed).await;
        assert!(code.starts_with("H15.160-"), "{code}");
        let page = town.get(HOA, &format!("/counter/received/{code}")).await;
        page.says("phi địa giới").says("Ea Kar");
        let (_, dossier) = town.dossier(&code).await;
        assert_eq!(
            (dossier.reception_agency.as_str(), dossier.return_agency()),
            (WARD, WARD)
        );
        assert!(dossier.filer.is_some());
        town.work_out(&code).await;
        if dossier.owes() {
            collect(&town, HOA, &code, dossier.amount_due())
                .await
                .is(303);
        }
        let handed = fields(&[
            ("way", "counter"),
            ("receiver", "filer"),
            ("identity", "vneid"),
        ]);
        town.post(HOA, &format!("/counter/return/{code}"), &handed)
            .await
            .is(303);
        town.get(HOA, &format!("/counter/return/{code}"))
            .await
            .says("Trần Văn Bảy. Đã đối chiếu");
        let forgotten = [("by_filer", "yes"), ("filer.name", "Trần Văn Bảy")];
        let draft = town.begin(HOA, &procedure).await;
        let got = town.post(HOA, &draft, &sheet(&procedure, &forgotten)).await;
        got.is(422)
            .says("Ghi số, ngày của giấy uỷ quyền")
            .says("Nguyễn Thị An");
    })
    .await;
}

#[tokio::test]
async fn what_lacks_is_said_and_nothing_is_lost() {
    on_each(&MIGRATIONS, |db| async move {
        let town = Town::new(db).await;
        let procedure = town.procedure("1.013225");
        let paper = procedure
            .papers
            .iter()
            .find(|one| one.mandatory && one.when.is_none())
            .unwrap();
        let absent = format!("paper.{}", paper.code);
        let more = [
            (absent.as_str(), ""),
            ("identity", ""),
            ("applicant.number", "123"),
        ];
        let draft = town.begin(HOA, &procedure).await;
        let got = town.post(HOA, &draft, &sheet(&procedure, &more)).await;
        got.is(422)
            .says("Số định danh có đủ 12 số")
            .says("Đối chiếu giấy tờ của người có mặt");
        got.says("Giữ phiếu, hẹn mang thêm")
            .says("Nguyễn Thị An")
            .says(&paper.name.vi);
        assert_eq!(count(town.ground.db(), "dossiers").await, 0);
        let pdf = town.get(HOA, &format!("{draft}/letters/02.pdf")).await;
        assert!(pdf.is(200).body.starts_with("%PDF"));
        let refuse = fields(&[("do", "refuse"), ("refusal_text", "Không thuộc thẩm quyền")]);
        town.post(HOA, &draft, &refuse)
            .await
            .is(422)
            .says("Ghi căn cứ pháp lý");
        let refuse = fields(&[
            ("do", "refuse"),
            ("refusal_basis", "NĐ 118/2025/NĐ-CP, Điều 17"),
        ]);
        town.post(HOA, &draft, &refuse)
            .await
            .is(200)
            .says("In mẫu 03");
        let pdf = town.get(HOA, &format!("{draft}/letters/03.pdf")).await;
        assert!(pdf.is(200).body.starts_with("%PDF"));
        town.get(HOA, "/counter")
            .await
            .says(&draft)
            .says("Nguyễn Thị An");
        town.post(
            HOA,
            &format!("{draft}/save"),
            &fields(&[("authorisation", "x")]),
        )
        .await
        .is(204);
        town.get(HOA, &draft).await.is(200).says("Nguyễn Thị An");
        town.post(HOA, &draft, &fields(&[("do", "discard")]))
            .await
            .is(303);
        town.get(HOA, &draft).await.is(404);
    })
    .await;
}

#[tokio::test]
async fn people_are_found_by_number_and_by_name_without_marks() {
    on_each(&MIGRATIONS, |db| async move {
        let town = Town::new(db).await;
        let procedure = town.procedure("2.000815");
        received(&town, HOA, &procedure, &[]).await;
        let draft = town.begin(HOA, &procedure).await;
        let by_number = fields(&[
            ("applicant.name", ""),
            ("applicant.number", "066 190 001234"),
            ("do", "find"),
        ]);
        town.post(HOA, &draft, &by_number).await.is(303);
        town.get(HOA, &draft)
            .await
            .says("Nguyễn Thị An")
            .says("Đã có trong sổ");
        let draft = town.begin(HOA, &procedure).await;
        let by_name = fields(&[("applicant.name", "nguyen thi an"), ("do", "find")]);
        town.post(HOA, &draft, &by_name).await.is(303);
        let page = town.get(HOA, &draft).await;
        page.says("Có phải người này?").says("066*******34");
        let at = page.body.find("name=\"use\" value=\"").unwrap() + 18;
        let person = page.body[at..].split('"').next().unwrap().to_owned();
        // Chosen, they are as the search showed them; what is kept of them comes with their papers.
        town.post(HOA, &draft, &fields(&[("use", &person)]))
            .await
            .is(303);
        let page = town.get(HOA, &draft).await;
        page.says("Nguyễn Thị An").says("Đã có trong sổ");
        page.lacks("066190001234");
        let compared = fields(&[("identity", "card"), ("do", "find")]);
        town.post(HOA, &draft, &compared).await.is(303);
        town.get(HOA, &draft).await.says("066190001234");
        // An id that no search has shown is nobody's.
        let draft = town.begin(HOA, &procedure).await;
        town.post(
            HOA,
            &draft,
            &fields(&[("use", &person), ("identity", "card")]),
        )
        .await
        .is(303);
        town.get(HOA, &draft).await.lacks("066190001234");
        let draft = town.begin(HOA, &procedure).await;
        let other = [("applicant.name", "Lê Văn Khác")];
        let got = town.post(HOA, &draft, &sheet(&procedure, &other)).await;
        got.is(422)
            .says("Số này đã lưu với thông tin khác")
            .says("Nguyễn Thị An")
            .says("Lê Văn Khác");
        let searched = town.get(HOA, "/counter/search?q=nguyen+thi+an").await;
        searched.is(200).says("Nguyễn Thị An");
    })
    .await;
}

/// Who is on file with the number of every sheet here.
async fn on_file(town: &Town) -> Option<facts::people::Person> {
    let number = "066190001234".parse().unwrap();
    facts::people::views::by_personal_id(town.ground.db(), &number)
        .await
        .unwrap()
}

#[tokio::test]
async fn name_and_birth_are_compared_with_who_is_on_file() {
    on_each(&MIGRATIONS, |db| async move {
        let town = Town::new(db).await;
        let procedure = town.procedure("2.000815");
        let born = |birth: &'static str| ("applicant.birth", birth);
        let code = received(&town, HOA, &procedure, &[born("07/11/1990")]).await;
        let an = on_file(&town).await.unwrap();
        assert_eq!(town.dossier(&code).await.1.applicant, an.id);
        // The year alone fits the day of that year.
        let code = received(&town, HOA, &procedure, &[born("1990")]).await;
        assert_eq!(town.dossier(&code).await.1.applicant, an.id);

        let draft = town.begin(HOA, &procedure).await;
        let other_day = [born("08/11/1990")];
        let got = town.post(HOA, &draft, &sheet(&procedure, &other_day)).await;
        got.is(422).says("chọn một cách").says("07/11/1990");
        assert_eq!(count(town.ground.db(), "dossiers").await, 2);
        // Somebody else: nothing is written to who is on file, nor does the dossier come to them.
        let another = [born("08/11/1990"), ("applicant.choice", "other")];
        let code = received(&town, HOA, &procedure, &another).await;
        let stranger = town.dossier(&code).await.1.applicant;
        assert_ne!(stranger, an.id);
        assert_eq!(on_file(&town).await, Some(an.clone()));
        let known = facts::people::views::by_id(town.ground.db(), &stranger).await;
        assert_eq!(known.unwrap(), None);
        // The same, and what is on file is right.
        let keep = [born("08/11/1990"), ("applicant.choice", "keep")];
        let code = received(&town, HOA, &procedure, &keep).await;
        assert_eq!(town.dossier(&code).await.1.applicant, an.id);
        assert_eq!(on_file(&town).await, Some(an.clone()));
        // The same, and the card is right: corrected, and the journal knows by whom.
        let correct = [born("08/11/1990"), ("applicant.choice", "correct")];
        let code = received(&town, HOA, &procedure, &correct).await;
        assert_eq!(town.dossier(&code).await.1.applicant, an.id);
        let now = on_file(&town).await.unwrap();
        assert_eq!(
            (now.id.as_str(), now.birth.unwrap().to_string()),
            (an.id.as_str(), "08/11/1990".to_owned())
        );
        let people = matters::person::People;
        let whole = town.ground.journal.whole(&people, &an.id).await.unwrap();
        assert_eq!(whole.entries.len(), 1);
        assert_eq!(
            (
                whole.entries[0].event.kind(),
                whole.entries[0].actor.as_str()
            ),
            ("corrected", HOA)
        );
        let body = serde_json::to_string(&whole.entries[0].event).unwrap();
        assert!(!body.contains("1990") && !body.contains("An"), "{body}");
        let (_, written) = whole.written().next().unwrap();
        assert_eq!(written["before"]["birth"], "1990-11-07");
    })
    .await;
}

#[tokio::test]
async fn who_is_not_there_is_no_entry_of_the_people_room() {
    on_each(&MIGRATIONS, |db| async move {
        let town = Town::new(db).await;
        let procedure = town.procedure("1.004873");
        let filed = [
            ("by_filer", "yes"),
            ("filer.name", "Trần Văn Bảy"),
            ("filer.number", "066075001111"),
            ("authorisation", "Số 12 ngày 20/11/2026"),
        ];
        let code = received(&town, HOA, &procedure, &filed).await;
        let (id, dossier) = town.dossier(&code).await;
        assert_eq!(on_file(&town).await, None);
        let filer = dossier.filer.clone().unwrap().person;
        let known = facts::people::views::by_id(town.ground.db(), &filer).await;
        assert_eq!(known.unwrap().unwrap().name, "Trần Văn Bảy");
        assert_eq!(count(town.ground.db(), "people").await, 1);
        // They come with their card: on file now, and the officer says that it is the same person.
        let own = received(&town, HOA, &procedure, &[]).await;
        let an = on_file(&town).await.unwrap();
        let path = format!("/counter/reception/{code}");
        town.get(HOA, &path).await.is(200).says("Cùng một người");
        let identify = fields(&[("do", "identify")]);
        town.post(HOA, &path, &identify).await.is(303);
        assert_eq!(town.dossier(&code).await.1.applicant, an.id);
        let theirs = Viewer::Citizen {
            person: "account".into(),
            confirmed_as: Some(an.id.clone()),
        };
        let codes = async || -> Vec<String> {
            let all = dossier::views::Search::default();
            let lines = dossier::views::list(town.ground.db(), &theirs, &all, 9).await;
            let mut codes: Vec<String> = lines.unwrap().into_iter().map(|line| line.code).collect();
            codes.sort();
            codes
        };
        let mut both = vec![code.clone(), own.clone()];
        both.sort();
        assert_eq!(codes().await, both);
        // It was not: with a reason.
        let separate = fields(&[("do", "separate")]);
        town.post(HOA, &path, &separate).await.is(422);
        let separate = fields(&[("do", "separate"), ("separation", "Trùng số")]);
        town.post(HOA, &path, &separate).await.is(303);
        assert_eq!(codes().await, [own]);
        assert_ne!(town.dossier(&code).await.1.applicant, an.id);
        assert!(!id.is_empty());
    })
    .await;
}

#[tokio::test]
async fn nobody_reads_the_register_through_a_search() {
    on_each(&MIGRATIONS, |db| async move {
        let town = Town::new(db).await;
        let procedure = town.procedure("2.000815");
        received(&town, HOA, &procedure, &[]).await;
        let draft = town.begin(HOA, &procedure).await;
        let search = async |name: &str| {
            let typed = fields(&[("applicant.name", name), ("do", "find")]);
            town.post(HOA, &draft, &typed).await.is(303);
            town.get(HOA, &draft).await
        };
        for short in ["", "an", "%%%", "n g"] {
            search(short).await.lacks("Có phải người này?");
        }
        search("nguyen thi").await.says("Có phải người này?");
        for _ in 0..90 {
            town.get(HOA, &draft).await;
        }
        let ended = town.get(HOA, &draft).await;
        ended
            .says("tìm người quá nhiều")
            .lacks("Có phải người này?");
    })
    .await;
}

#[tokio::test]
async fn each_door_opens_to_its_right_only() {
    on_each(&MIGRATIONS, |db| async move {
        let town = Town::new(db).await;
        let code = received(&town, HOA, &town.procedure("2.000815"), &[]).await;
        for path in [
            "/counter",
            "/counter/search",
            "/counter/intake",
            "/counter/return",
            "/counter/fees",
            &format!("/counter/reception/{code}"),
            &format!("/counter/fees/{code}"),
            &format!("/counter/return/{code}"),
            &format!("/counter/received/{code}"),
        ] {
            town.get(CLERK, path).await.is(403);
        }
        // Another commune's counter has the rights, but for it this dossier is not there.
        for page in ["reception", "fees", "return", "received"] {
            town.get(NHUNG, &format!("/counter/{page}/{code}"))
                .await
                .is(404);
        }
        let draft = town.begin(HOA, &town.procedure("2.000815")).await;
        town.get(NHUNG, &draft).await.is(404);
        let handed = fields(&[("way", "electronic")]);
        town.post(NHUNG, &format!("/counter/return/{code}"), &handed)
            .await
            .is(404);
        town.get(HOA, "/counter/fees/H15.101-261123-9999")
            .await
            .is(404);
    })
    .await;
}

/// An online dossier of a citizen, at the ward's counter.
async fn online(town: &Town, code: &str) -> String {
    let procedure = town.procedure(code);
    let number = town.ground.numbers.code(WARD, town.now()).await.unwrap();
    let applicant = Party {
        person: "p-1".into(),
        name: "Y Bhăm Êban".into(),
        phone: "0905123456".into(),
        ..Party::default()
    };
    let paper = |paper: &facts::procedure::RequiredPaper| Paper {
        code: paper.code.clone(),
        form: PaperForm::Electronic,
        count: 1,
        file: None,
    };
    let submission = Submission {
        code: number.clone(),
        procedure: procedure.key.clone(),
        agency: WARD.into(),
        reception: WARD.into(),
        channel: Channel::Online,
        applicant,
        filer: None,
        answers: procedure.sample.clone().into(),
        papers: procedure
            .papers_for(&procedure.sample)
            .into_iter()
            .map(paper)
            .collect(),
        paper_names: kernel::Json::Null,
        post_address: String::new(),
        return_way: ReturnWay::Counter {
            agency: WARD.into(),
        },
    };
    let viewer = Viewer::citizen("p-1");
    let command = Command::Submit(Box::new(submission));
    let ctx = Ctx {
        actor: "p-1".into(),
        office: String::new(),
        now: town.now(),
        command_id: web::fresh_id(),
    };
    let id = web::fresh_id();
    town.ground
        .order(&id, Order::new(&viewer, command), ctx)
        .await
        .unwrap();
    number.to_string()
}

fn ticked(dossier: &Dossier) -> Vec<(String, String)> {
    let codes = dossier
        .papers
        .iter()
        .map(|paper| ("checked".to_owned(), paper.code.clone()));
    codes.chain(fields(&[("do", "accept")])).collect()
}

#[tokio::test]
async fn an_online_dossier_is_looked_at_paper_by_paper_then_accepted() {
    on_each(&MIGRATIONS, |db| async move {
        let town = Town::new(db).await;
        let code = online(&town, "1.004873").await;
        let path = format!("/counter/reception/{code}");
        town.get(HOA, "/counter")
            .await
            .says(&path)
            .says("Mới đến")
            .says("Y Bhăm Êban");
        town.clock.fetch_add(3 * 3600, Ordering::Relaxed);
        town.get(HOA, "/counter").await.says("Đã chờ quá 02 giờ");
        let found = town
            .get(
                HOA,
                &format!("/counter/search?q=http://x/lookup?code={code}"),
            )
            .await;
        assert_eq!(found.is(303).place, path);
        town.post(HOA, &path, &fields(&[("do", "accept")]))
            .await
            .is(422);
        let (_, dossier) = town.dossier(&code).await;
        town.post(HOA, &path, &ticked(&dossier)).await.is(303);
        let (_, dossier) = town.dossier(&code).await;
        assert_eq!(dossier.phase, Phase::Accepted);
        town.post(HOA, &path, &ticked(&dossier))
            .await
            .is(422)
            .says("Y Bhăm Êban");
    })
    .await;
}

#[tokio::test]
async fn a_supplement_is_asked_once_and_a_refusal_says_why() {
    on_each(&MIGRATIONS, |db| async move {
        let town = Town::new(db).await;
        let code = online(&town, "1.013225").await;
        let path = format!("/counter/reception/{code}");
        town.post(HOA, &path, &fields(&[("do", "ask")]))
            .await
            .is(422);
        let (id, dossier) = town.dossier(&code).await;
        let paper = dossier.papers[0].code.clone();
        let (tick, why) = (format!("paper.{paper}"), format!("why.paper.{paper}"));
        let half = fields(&[("do", "ask"), (&tick, "yes"), ("contact", "bà Hoa")]);
        town.post(HOA, &path, &half).await.is(422).says("bà Hoa");
        let whole = fields(&[
            ("do", "ask"),
            (&tick, "yes"),
            (&why, "Trang 2 mờ, chụp lại"),
        ]);
        town.post(HOA, &path, &whole).await.is(303);
        town.post(HOA, &path, &whole).await.is(422);
        let brought = Command::Supplement {
            papers: vec![dossier.papers[0].clone()],
            answers: None,
            note: "Tôi đã chụp lại.".into(),
            paper_names: kernel::Json::Null,
        };
        town.order(&id, WARD, brought).await;
        town.get(HOA, "/counter")
            .await
            .says("Mới bổ sung")
            .says(&path);
        town.get(HOA, &path)
            .await
            .says("Trang 2 mờ, chụp lại")
            .says("Tôi đã chụp lại.");
        town.post(HOA, &path, &fields(&[("do", "take")]))
            .await
            .is(303);
        assert!(town.dossier(&code).await.1.accepted_at.is_some());

        let code = online(&town, "1.004873").await;
        let path = format!("/counter/reception/{code}");
        let bare = fields(&[("do", "refuse"), ("text", "Đã có hồ sơ trước")]);
        town.post(HOA, &path, &bare)
            .await
            .is(422)
            .says("Chọn lý do")
            .says("Đã có hồ sơ trước");
        let whole = fields(&[
            ("do", "refuse"),
            ("reason", "duplicate"),
            ("text", "Đã có hồ sơ trước"),
            ("basis", "NĐ 118/2025/NĐ-CP"),
        ]);
        town.post(HOA, &path, &whole).await.is(303);
        assert_eq!(town.dossier(&code).await.1.phase, Phase::Refused);
    })
    .await;
}

#[tokio::test]
async fn lateness_is_apologised_for_and_blocks_nothing() {
    on_each(&MIGRATIONS, |db| async move {
        let town = Town::new(db).await;
        let code = received(&town, HOA, &town.procedure("1.001193"), &[]).await;
        town.clock.fetch_add(5 * 24 * 3600, Ordering::Relaxed);
        let (id, _) = town.dossier(&code).await;
        for timer in ["due", "legal_due"] {
            let ctx = Ctx {
                actor: "clock".into(),
                office: String::new(),
                now: town.now(),
                command_id: web::fresh_id(),
            };
            town.ground
                .order(&id, Order::timer(timer), ctx)
                .await
                .unwrap();
        }
        town.work_out(&code).await;
        assert!(town.dossier(&code).await.1.overdue);
        let path = format!("/counter/return/{code}");
        town.get(HOA, "/counter/return")
            .await
            .says("Trễ hẹn, xin lỗi người nhận");
        town.get(HOA, &path)
            .await
            .says("Trễ hẹn: xin lỗi người nhận trước khi trao");
        let nobody = fields(&[("way", "counter"), ("receiver", "applicant")]);
        town.post(HOA, &path, &nobody)
            .await
            .is(422)
            .says("Đối chiếu giấy tờ của người nhận");
        let bare = [
            ("way", "counter"),
            ("receiver", "authorised"),
            ("identity", "card"),
        ];
        town.post(HOA, &path, &fields(&bare)).await.is(422);
        town.post(HOA, &path, &fields(&[("way", "post")]))
            .await
            .is(422);
        let posted = fields(&[("way", "post"), ("item", "EK123456789VN")]);
        town.post(HOA, &path, &posted).await.is(303);
        town.get(HOA, &path).await.says("Gửi qua bưu điện");
    })
    .await;
}

/// The addresses of sheets on a page.
fn sheets_on(page: &Got) -> std::collections::BTreeSet<String> {
    let parts = page.body.split("href=\"/counter/intake/").skip(1);
    parts
        .map(|part| part.split('"').next().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn empty_sheets_do_not_count_and_at_the_bound_the_open_ones_are_shown() {
    on_each(&MIGRATIONS, |db| async move {
        let town = Town::new(db).await;
        let procedure = town.procedure("2.000815");
        let mut sheets = Vec::new();
        for _ in 0..drafts::OF_OFFICER_MAX + 3 {
            sheets.push(town.begin(HOA, &procedure).await);
        }
        for (number, sheet) in sheets.iter().take(drafts::OF_OFFICER_MAX).enumerate() {
            let name = format!("Người {number}");
            let typed = fields(&[("applicant.name", &name), ("do", "keep")]);
            town.post(HOA, sheet, &typed).await.is(303);
        }
        let key = procedure.key.to_string();
        let asks = fields(&[("procedure", &key)]);
        let full = town.post(HOA, "/counter/intake", &asks).await;
        full.is(422).says("mỗi cán bộ giữ nhiều nhất 30 phiếu");
        assert_eq!(sheets_on(&full).len(), drafts::OF_OFFICER_MAX);
        let today = town.get(HOA, "/counter").await;
        today.says("Phiếu bạn đang nhập <span class=\"soft\">(30)</span>");
        // As the page offers it.
        let dropped = town
            .post(HOA, &sheets[0], &fields(&[("do", "discard")]))
            .await;
        assert_eq!(dropped.is(303).place, "/counter");
        let fresh = town.begin(HOA, &procedure).await;
        assert!(!sheets.contains(&fresh));
        // Ten minutes later an empty one is nobody's: it is used again.
        town.clock.fetch_add(11 * 60, Ordering::Relaxed);
        let again = town.begin(HOA, &procedure).await;
        assert!(again == fresh || sheets[drafts::OF_OFFICER_MAX..].contains(&again));
        town.get(HOA, &again).await.is(200);
    })
    .await;
}

#[tokio::test]
async fn each_officer_of_a_counter_has_sheets_of_their_own() {
    on_each(&MIGRATIONS, |db| async move {
        let town = Town::new(db).await;
        let procedure = town.procedure("2.000815");
        let sheet = town.begin(HOA, &procedure).await;
        let id = sheet.rsplit('/').next().unwrap();
        let typed = fields(&[("applicant.name", "Nguyễn Thị An"), ("do", "keep")]);
        town.post(HOA, &sheet, &typed).await.is(303);
        // The same sheets, opened by a colleague.
        let (key, filled) = drafts::load(&town.ground, id, &[WARD], town.now())
            .await
            .unwrap()
            .unwrap();
        assert_eq!(filled.sheet.opened_by, HOA);
        for number in 0..drafts::OF_OFFICER_MAX {
            let mut filled = filled.clone();
            filled.sheet.opened_by = "a-colleague".to_owned();
            let id = draft::id_from("test", &number.to_string());
            let begun = drafts::begin(&town.ground, &id, (&key, &filled), town.now()).await;
            assert!(matches!(begun, Ok(drafts::Begun::Open(_))), "{number}");
        }
        let mut one_more = filled.clone();
        one_more.sheet.opened_by = "a-colleague".to_owned();
        let id = draft::id_from("test", "one more");
        let begun = drafts::begin(&town.ground, &id, (&key, &one_more), town.now()).await;
        assert!(matches!(begun, Ok(drafts::Begun::TooMany)));
        let own = town.begin(HOA, &procedure).await;
        let today = town.get(HOA, "/counter").await;
        today
            .says("Phiếu bạn đang nhập <span class=\"soft\">(1)</span>")
            .says("Phiếu đồng nghiệp đang nhập <span class=\"soft\">(30)</span>");
        town.get(HOA, &own).await.is(200);
    })
    .await;
}

/// Somebody whom the office knows by name only.
async fn known_by_name(town: &Town, id: &str, name: &str) {
    let person = facts::people::Person {
        id: id.to_owned(),
        kind: facts::people::PersonKind::Citizen,
        personal_id: None,
        tax_code: None,
        name: name.to_owned(),
        birth: "1952".parse().ok(),
        sex: None,
        phone: Some("0912000111".to_owned()),
        email: None,
        address: None,
        valid_from: dossier::day_of(town.now()),
        valid_to: None,
        origin: facts::people::Origin::Office,
    };
    let put = facts::people::views::put(&person);
    town.ground.db().write(vec![put]).await.unwrap();
}

#[tokio::test]
async fn who_was_chosen_without_a_number_can_be_let_go_and_nobody_found_is_said() {
    on_each(&MIGRATIONS, |db| async move {
        let town = Town::new(db).await;
        let procedure = town.procedure("2.000815");
        for (id, name) in [("p1", "H'Bia Niê"), ("p2", "H'Bia Niê")] {
            known_by_name(&town, id, name).await;
        }
        let sheet = town.begin(HOA, &procedure).await;
        let find = |name: &str| fields(&[("applicant.name", name), ("do", "find")]);
        town.post(HOA, &sheet, &find("h'bia niê")).await.is(303);
        let page = town.get(HOA, &sheet).await;
        page.says("Có phải người này?");
        assert!(!page.body.contains("Bỏ chọn"));
        town.post(HOA, &sheet, &fields(&[("use", "p1"), ("identity", "card")]))
            .await
            .is(303);
        let chosen = town.get(HOA, &sheet).await;
        chosen
            .says("Đã có trong sổ")
            .says("Bỏ chọn")
            .says("0912 000 111");
        // The page sends what stands on it, the person chosen too.
        let let_go = fields(&[
            ("applicant.person", "p1"),
            ("applicant.name", "H'Bia Niê"),
            ("applicant.birth", "1952"),
            ("applicant.phone", "0912 000 111"),
            ("let_go", "applicant"),
        ]);
        town.post(HOA, &sheet, &let_go).await.is(303);
        let page = town.get(HOA, &sheet).await;
        page.says("Có phải người này?").says("value=\"p2\"");
        assert!(!page.body.contains("Đã có trong sổ"), "{}", page.body);
        let phones = ["0912000111", "0912 000 111", "+84912000111"];
        assert!(
            !phones.iter().any(|phone| page.body.contains(phone)),
            "{}",
            page.body
        );
        for (name, said) in [
            ("Không Có Ai", "Không tìm thấy ai tên như vậy trong sổ"),
            ("An", "Gõ ít nhất ba chữ cái"),
        ] {
            town.post(HOA, &sheet, &find(name)).await.is(303);
            town.get(HOA, &sheet).await.says(said);
        }
        let number = fields(&[
            ("applicant.name", ""),
            ("applicant.number", "066190004399"),
            ("do", "find"),
        ]);
        town.post(HOA, &sheet, &number).await.is(303);
        town.get(HOA, &sheet)
            .await
            .says("Chưa có ai trong sổ với số này");
    })
    .await;
}

/// A supplement with other answers, asked for and taken in at the counter.
async fn corrected(town: &Town, code: &str, changes: &[(&str, i64)]) {
    let (id, dossier) = town.dossier(code).await;
    let item = dossier::SupplementItem {
        paper: None,
        what: "Khai lại số bản".into(),
        why: "Khai nhầm".into(),
    };
    let asked = Command::AskSupplement {
        items: vec![item],
        contact: String::new(),
        second: None,
    };
    town.order(&id, WARD, asked).await;
    let procedure = town.ground.catalogue().get(&dossier.procedure).unwrap();
    let mut answers = procedure.sample.clone();
    for (question, number) in changes {
        answers[*question] = (*number).into();
    }
    let brought = Command::Supplement {
        papers: Vec::new(),
        answers: Some(answers),
        note: "Sửa lại".into(),
        paper_names: kernel::Json::Null,
    };
    town.order(&id, WARD, brought).await;
    town.order(&id, WARD, Command::AcceptSupplement).await;
}

#[tokio::test]
async fn a_receipt_is_what_was_paid_and_what_is_owed_is_worked_out_anew() {
    on_each(&MIGRATIONS, |db| async move {
        let town = Town::new(db).await;
        let procedure = town.procedure("2.000815");
        let code = received(&town, HOA, &procedure, &[]).await;
        let path = format!("/counter/fees/{code}");
        collect(&town, HOA, &code, 12_000).await.is(303);
        let receipt = format!("{path}/fee-receipt.pdf?number=0000001");
        let printed = town.get(HOA, &receipt).await;
        printed.is(200);
        corrected(&town, &code, &[("copies", 5)]).await;
        let again = town.get(HOA, &receipt).await;
        assert!(again.body == printed.body, "the receipt changed afterwards");
        town.get(HOA, &path)
            .await
            .says("Thu thêm đúng")
            .says("8.000 đ");
        town.get(HOA, "/counter/fees")
            .await
            .says(&code)
            .says("8.000 đ");
        town.work_out(&code).await;
        town.get(HOA, &format!("/counter/return/{code}"))
            .await
            .says("Chưa thu 8.000 đ");
        collect(&town, HOA, &code, 20_000).await.is(422);
        collect(&town, HOA, &code, 8_000).await.is(303);
        town.get(HOA, &path)
            .await
            .says("Đã thu 12.000 đ")
            .says("Đã thu 8.000 đ")
            .says("0000002");
        let second = town
            .get(HOA, &format!("{path}/fee-receipt.pdf?number=0000002"))
            .await;
        assert!(second.is(200).body != printed.body);
        let handed = fields(&[
            ("way", "counter"),
            ("receiver", "applicant"),
            ("identity", "card"),
        ]);
        let place = format!("/counter/return/{code}");
        town.post(HOA, &place, &handed).await.is(303);
    })
    .await;
}

#[tokio::test]
async fn what_was_paid_too_much_is_paid_back_with_a_slip() {
    on_each(&MIGRATIONS, |db| async move {
        let town = Town::new(db).await;
        let code = received(&town, HOA, &town.procedure("2.000815"), &[]).await;
        let path = format!("/counter/fees/{code}");
        let back = |amount: &'static str| fields(&[("amount", amount), ("method", "cash")]);
        let refund = format!("{path}/refund");
        collect(&town, HOA, &code, 12_000).await.is(303);
        town.post(HOA, &refund, &back("12000")).await.is(422);
        corrected(&town, &code, &[("copies", 1)]).await;
        town.get(HOA, &path)
            .await
            .says("Hoàn lại đúng")
            .says("8.000 đ");
        town.get(HOA, "/counter/fees")
            .await
            .says(&code)
            .says("Phải hoàn lại");
        town.work_out(&code).await;
        town.get(HOA, &format!("/counter/return/{code}"))
            .await
            .says("Phải hoàn lại 8.000 đ");
        town.post(HOA, &refund, &back("4000")).await.is(422);
        let id = web::fresh_id();
        for _ in 0..2 {
            let got = town.post_again(HOA, &refund, (&id, &back("8000"))).await;
            got.is(303);
        }
        town.get(HOA, &path)
            .await
            .says("Đã hoàn 8.000 đ")
            .says("H0000001");
        let slip = town.get(HOA, &format!("{path}/fee-refund.pdf")).await;
        assert!(slip.is(200).body.starts_with("%PDF"));
        let (_, dossier) = town.dossier(&code).await;
        assert_eq!((dossier.owed(), dossier.overpaid()), (0, 0));
        let list = town.get(HOA, "/counter/fees").await;
        assert!(!list.is(200).body.contains(&code));
    })
    .await;
}

#[tokio::test]
async fn the_post_needs_an_address_and_the_form_may_know_it() {
    on_each(&MIGRATIONS, |db| async move {
        let town = Town::new(db).await;
        let procedure = town.procedure("2.000815");
        let by_post = [("return_way", "post")];
        let draft = town.begin(HOA, &procedure).await;
        let got = town.post(HOA, &draft, &sheet(&procedure, &by_post)).await;
        got.is(422).says("Ghi địa chỉ để bưu điện giao");
        let told = [
            ("return_way", "post"),
            ("post_address", "3 Ngô Quyền, Ea Kar"),
        ];
        let code = received(&town, HOA, &procedure, &told).await;
        town.get(HOA, &format!("/counter/received/{code}"))
            .await
            .says("3 Ngô Quyền, Ea Kar");
        // The form asks where one lives: so the post knows, and form 01 and the book too.
        let procedure = town.procedure("1.004873");
        let code = received(&town, HOA, &procedure, &by_post).await;
        town.get(HOA, &format!("/counter/received/{code}"))
            .await
            .says("Tổ dân phố 9, ");
        let code: Code = code.parse().unwrap();
        let line = dossier::views::by_code(town.ground.db(), &code).await;
        let line = line.unwrap().unwrap();
        assert!(
            line.applicant_address.starts_with("Tổ dân phố 9, ")
                && line.applicant_address.contains("Huế"),
            "{}",
            line.applicant_address
        );
    })
    .await;
}

#[tokio::test]
async fn a_child_that_is_registered_already_is_said_at_the_counter() {
    on_each(&MIGRATIONS, |db| async move {
        let town = Town::new(db).await;
        let procedure = town.procedure("1.001193");
        let first = received(&town, HOA, &procedure, &[]).await;
        let draft = town.begin(HOA, &procedure).await;
        let find = [("do", "find")];
        town.post(HOA, &draft, &sheet(&procedure, &find))
            .await
            .is(303);
        town.get(HOA, &draft)
            .await
            .says("Có hồ sơ khác về cùng việc này")
            .says(&first);
        let second = received(&town, HOA, &procedure, &[]).await;
        assert_ne!(first, second, "an officer decides, not the house");
        // Another child of the same mother is another matter.
        let mut sibling = sheet(&procedure, &find);
        for (name, value) in &mut sibling {
            match name.as_str() {
                "child_name" => *value = "Lê Hoàng Bảo".into(),
                "birth_note_number" => *value = "2026.0046.99999".into(),
                _ => {}
            }
        }
        let draft = town.begin(HOA, &procedure).await;
        town.post(HOA, &draft, &sibling).await.is(303);
        let page = town.get(HOA, &draft).await;
        assert!(!page.is(200).body.contains("cùng việc này"));
    })
    .await;
}

#[tokio::test]
async fn an_old_name_of_a_commune_is_looked_up_at_the_counter() {
    on_each(&MIGRATIONS, |db| async move {
        let town = Town::new(db).await;
        let procedure = town.procedure("1.004873");
        let draft = town.begin(HOA, &procedure).await;
        let find = fields(&[
            ("_asked", "person_residence"),
            ("person_residence.detail", "Buôn Cư Êbur"),
            ("person_residence._find", "xã Cư Êbur, TP Buôn Ma Thuột"),
            ("_find", "person_residence"),
        ]);
        let got = town.post(HOA, &draft, &find).await;
        got.is(303);
        let place = got.place.split('#').next().unwrap().to_owned();
        let page = town.get(HOA, &place).await;
        page.is(200)
            .says("Xã Cư ÊBur, Thành phố Buôn Ma Thuột, Tỉnh Đắk Lắk (cũ) nay là")
            .says("value=\"person_residence=66=24133\"");
        let take = fields(&[
            ("_asked", "person_residence"),
            ("person_residence.detail", "Buôn Cư Êbur"),
            ("_take", "person_residence=66=24133"),
        ]);
        town.post(HOA, &draft, &take).await.is(303);
        town.get(HOA, &draft)
            .await
            .says("value=\"24133\" selected")
            .says("Buôn Cư Êbur");
        let nothing = fields(&[
            ("_asked", "person_residence"),
            ("person_residence._find", "Sao Hoả"),
        ]);
        let got = town.post(HOA, &draft, &nothing).await;
        let place = got.is(303).place.split('#').next().unwrap().to_owned();
        town.get(HOA, &place).await.says("Không tìm thấy “Sao Hoả”");
    })
    .await;
}

#[tokio::test]
async fn a_warning_is_shown_at_its_question_and_at_reception() {
    on_each(&MIGRATIONS, |db| async move {
        let town = Town::new(db).await;
        let procedure = town.procedure("1.001193");
        let mut young = sheet(&procedure, &[]);
        let born = young
            .iter_mut()
            .find(|(name, _)| name == "mother_birth_date");
        born.unwrap().1 = "2010".into();
        let code = {
            let draft = town.begin(HOA, &procedure).await;
            let got = town.post(HOA, &draft, &young).await;
            got.is(303);
            got.place.rsplit('/').next().unwrap().to_owned()
        };
        town.get(HOA, &format!("/counter/reception/{code}"))
            .await
            .says("Cần xem lại trong tờ khai")
            .says("Mẹ chưa đủ 18 tuổi khi sinh con")
            .says("Họ, chữ đệm, tên người đi đăng ký");
        let born = young
            .iter_mut()
            .find(|(name, _)| name == "mother_birth_date");
        born.unwrap().1 = "2024".into();
        let draft = town.begin(HOA, &procedure).await;
        town.post(HOA, &draft, &young)
            .await
            .is(422)
            .says("mẹ chưa đủ 12 tuổi khi sinh con");
    })
    .await;
}
