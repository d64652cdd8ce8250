//! Whose account is whose, through the whole house as browsers meet it, on both databases: whoever
//! makes an account with somebody's number sees nothing of theirs, until an officer has seen the
//! card; what was confirmed can be taken back, and an account that is not theirs closed.
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, header};
use facts::procedure::Procedure;
use kernel::{Statement, params};
use tower::ServiceExt;

use super::{callers, house, router};
use crate::house::House;
use crate::serve::now;

const NUMBER: &str = "066190001234";
const NAME: &str = "Nguyễn Thị An";
const PASSWORD: &str = "cây đa bến nước sân đình";

/// Keeps cookies as a browser does.
struct Browser<'a> {
    app: &'a Router,
    cookies: Vec<(String, String)>,
}

struct Page {
    status: u16,
    place: String,
    body: String,
}

impl Page {
    #[track_caller]
    fn says(&self, text: &str) -> &Self {
        assert!(self.body.contains(text), "{text:?} not in\n{}", self.body);
        self
    }

    #[track_caller]
    fn is(&self, status: u16) -> &Self {
        assert_eq!(self.status, status, "{}\n{}", self.place, self.body);
        self
    }

    /// What stands between a mark and the next quote.
    fn after(&self, mark: &str) -> String {
        let at = self.body.find(mark).expect(mark) + mark.len();
        self.body[at..].split('"').next().unwrap_or_default().into()
    }
}

impl<'a> Browser<'a> {
    fn new(app: &'a Router) -> Self {
        let cookies = Vec::new();
        Self { app, cookies }
    }

    async fn get(&mut self, path: &str) -> Page {
        self.send(Request::get(path), String::new()).await
    }

    /// Posts these fields with the token of the page `from`.
    async fn post(&mut self, from: &str, path: &str, fields: &[(String, String)]) -> Page {
        let page = self.get(from).await;
        let token = page.after("name=\"csrf\" value=\"");
        let mut all = vec![
            ("csrf".to_owned(), token),
            ("command_id".to_owned(), web::fresh_id()),
        ];
        all.extend(fields.iter().cloned());
        let pair = |(name, value): &(String, String)| {
            let (name, value) = (web::percent_encode(name), web::percent_encode(value));
            format!("{name}={value}")
        };
        let body: Vec<String> = all.iter().map(pair).collect();
        let form = "application/x-www-form-urlencoded";
        let request = Request::post(path).header(header::CONTENT_TYPE, form);
        self.send(request, body.join("&")).await
    }

    async fn send(&mut self, request: axum::http::request::Builder, body: String) -> Page {
        let line: Vec<String> = self
            .cookies
            .iter()
            .map(|(n, v)| format!("{n}={v}"))
            .collect();
        let request = request.header(header::COOKIE, line.join("; "));
        let request = request.body(Body::from(body)).expect("a request");
        let answer = self.app.clone().oneshot(request).await.expect("an answer");
        let (parts, body) = answer.into_parts();
        for set in parts.headers.get_all(header::SET_COOKIE) {
            let pair = set.to_str().expect("text").split(';').next();
            let (name, value) = pair.and_then(|pair| pair.split_once('=')).expect("a pair");
            self.cookies.retain(|(kept, _)| kept != name);
            if !value.is_empty() {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        let body = to_bytes(body, usize::MAX).await.expect("in memory");
        let place = parts.headers.get(header::LOCATION);
        Page {
            status: parts.status.as_u16(),
            place: place
                .map_or("", |place| place.to_str().expect("text"))
                .to_owned(),
            body: String::from_utf8_lossy(&body).into_owned(),
        }
    }

    async fn registers(&mut self, name: &str, birth: [&str; 3]) -> Page {
        let [day, month, year] = birth;
        let form = fields(&[
            ("personal_id", NUMBER),
            ("name", name),
            ("birth-day", day),
            ("birth-month", month),
            ("birth-year", year),
            ("password", PASSWORD),
            ("again", PASSWORD),
        ]);
        self.post("/register", "/register", &form).await
    }

    /// Sees nothing of this dossier: not in the list, not its page.
    async fn sees_nothing_of(&mut self, code: &str) {
        let list = self.get("/dossiers").await;
        list.is(200).says("Tài khoản chưa xác nhận");
        assert!(!list.body.contains(code), "{}", list.body);
        self.get(&format!("/dossiers/{code}")).await.is(404);
        let notices = self.get("/notices").await;
        assert!(!notices.is(200).body.contains(code));
    }
}

fn fields(all: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    all.iter().map(owned).collect()
}

/// The whole sheet of a procedure's sample, every paper there, and the button.
fn sheet(procedure: &Procedure) -> Vec<(String, String)> {
    let mut all = fields(&[
        ("applicant.name", NAME),
        ("applicant.number", NUMBER),
        ("applicant.birth", "07/11/1990"),
        ("applicant.phone", "0912345678"),
        ("identity", "card"),
        ("agency", "H15.101"),
        ("channel", "counter"),
        ("return_way", "counter"),
        ("return_agency", "H15.101"),
        ("do", "receive"),
    ]);
    for question in procedure.form.questions() {
        all.push(("_asked".to_owned(), question.id.clone()));
    }
    all.extend(procedure.form.fields(&procedure.sample));
    for paper in &procedure.papers {
        all.push((format!("paper.{}", paper.code), "original".to_owned()));
    }
    all
}

/// Somebody stands at the counter with a card and hands in; the code.
async fn handed_in_at_the_counter(house: &House, hoa: &mut Browser<'_>) -> String {
    let today = web::show::local_date(now());
    let all = house.ground.catalogue().published(today);
    let procedure = all.into_iter().find(|one| one.key.code == "1.004873");
    let procedure = procedure.expect("published").clone();
    let begin = fields(&[("procedure", &procedure.key.to_string())]);
    let intake = hoa.post("/counter/intake", "/counter/intake", &begin).await;
    let place = intake.is(303).place.clone();
    let got = hoa.post(&place, &place, &sheet(&procedure)).await;
    let place = got.is(303).place.clone();
    let code = place.strip_prefix("/counter/received/");
    code.expect("received").to_owned()
}

async fn kinds(house: &House, stream: &str) -> Vec<String> {
    let sql = "SELECT kind FROM entries WHERE stream = ? ORDER BY version";
    let asked = Statement::new(sql, params![stream]);
    let rows = house.ground.db().query(asked).await.expect("reads");
    rows.iter().map(|row| row.string(0)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_number_opens_nothing_before_the_counter_has_seen_the_card() {
    for url in kernel::proof::fresh_urls().await {
        let house = house(&url).await;
        let officer = callers(&house).await.remove(2).cookie;
        let app = router(&house, crate::observe::start_metrics());
        let mut hoa = Browser::new(&app);
        hoa.cookies.push(("session".to_owned(), officer));

        // Somebody takes the number first, with a birth date of their own.
        let mut squatter = Browser::new(&app);
        squatter
            .registers("Kẻ Lạ", ["1", "1", "1980"])
            .await
            .is(303);
        squatter.get("/account").await.says("Chưa xác nhận");
        let code = handed_in_at_the_counter(&house, &mut hoa).await;
        squatter.sees_nothing_of(&code).await;
        let mut an = Browser::new(&app);
        let taken = an.registers(NAME, ["7", "11", "1990"]).await;
        taken.is(422).says("Số này đã có tài khoản");

        let account = not_confirmed(&mut hoa).await;
        let path = |act: &str| format!("/counter/people/{account}/{act}");
        let because = fields(&[("closure", "Không phải người có thẻ")]);
        let page = format!("/counter/people/{account}");
        hoa.post(&page, &path("closure"), &[]).await.is(422);
        hoa.post(&page, &path("closure"), &because).await.is(303);
        let out = squatter.get("/dossiers").await;
        assert!(out.is(303).place.starts_with("/sign-in"), "{}", out.place);

        // Her own account, with everything that is printed on the card: that is no card.
        an.registers(NAME, ["", "", "1990"]).await.is(303);
        an.sees_nothing_of(&code).await;
        confirmed_and_taken_back(&house, (&mut hoa, &mut an), &code).await;
        house.ground.db().close().await;
    }
}

/// The page of the number, where the account differs and cannot be confirmed; the account's id.
async fn not_confirmed(hoa: &mut Browser<'_>) -> String {
    let nobody = fields(&[("number", "066190009999")]);
    let page = hoa
        .post("/counter/people", "/counter/people", &nobody)
        .await;
    page.is(422).says("Chưa có ai với số này");
    let number = fields(&[("number", NUMBER)]);
    let found = hoa
        .post("/counter/people", "/counter/people", &number)
        .await;
    let page = hoa.get(&found.is(303).place).await;
    page.is(200).says(NAME).says("Kẻ Lạ").says("khác");
    page.says("Tài khoản khác với thông tin đã lưu");
    assert!(!page.body.contains("/confirmation\""), "{}", page.body);
    let action = page.body.find("/closure\"").expect("a form");
    let before = &page.body[..action];
    let account = before.rsplit('/').next().expect("an id").to_owned();
    let seen = fields(&[("seen", "card"), ("compared", "yes")]);
    let path = format!("/counter/people/{account}/confirmation");
    let refused = hoa.post(&found.place, &path, &seen).await;
    refused.is(422).says("sửa bên ghi sai trước");
    account
}

async fn confirmed_and_taken_back(
    house: &House,
    (hoa, an): (&mut Browser<'_>, &mut Browser<'_>),
    code: &str,
) {
    let number = fields(&[("number", NUMBER)]);
    let found = hoa
        .post("/counter/people", "/counter/people", &number)
        .await;
    let place = found.is(303).place.clone();
    let page = hoa.get(&place).await;
    let before = page.body.find("/confirmation\"").expect("a form");
    let account = page.body[..before].rsplit('/').next().expect("an id");
    let path = |act: &str| format!("/counter/people/{account}/{act}");
    let unseen = hoa.post(&place, &path("confirmation"), &[]).await;
    unseen.is(422).says("Chọn giấy tờ đã xem");
    let seen = fields(&[("seen", "card"), ("compared", "yes")]);
    hoa.post(&place, &path("confirmation"), &seen).await.is(303);
    let list = an.get("/dossiers").await;
    list.is(200).says(code);
    assert!(!list.body.contains("Tài khoản chưa xác nhận"));
    an.get(&format!("/dossiers/{code}"))
        .await
        .is(200)
        .says(NAME);
    an.get("/account").await.says("Đã xác nhận");

    hoa.post(&place, &path("undo"), &[]).await.is(422);
    let because = fields(&[("reason", "Nhầm người")]);
    hoa.post(&place, &path("undo"), &because).await.is(303);
    an.sees_nothing_of(code).await;
    let told = kinds(house, &format!("person/{account}")).await;
    assert_eq!(told, ["confirmed", "confirmation_undone"]);
    // Nobody who is not an officer of a counter comes near.
    an.get(&place).await.is(403);
    an.get("/counter/people").await.is(403);
}
