//! The whole web floor spoken to over HTTP: access, tokens, limits, headers, escaping, errors.

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use http_body_util::BodyExt;
use jiff::Timestamp;
use tower::ServiceExt;

use crate::*;

struct Two;

impl Sessions for Two {
    fn resolve<'a>(&'a self, secret: &'a str, _: Timestamp) -> SessionsAnswer<'a> {
        let kind = match secret.trim_end_matches('0') {
            "citizen" => Some(Kind::Citizen),
            "officer" => Some(Kind::Officer),
            _ => None,
        };
        let signed = kind.map(|kind| Signed {
            session_id: "s1".into(),
            subject: "p1".into(),
            display_name: "<b>An</b>".into(),
            standing: String::new(),
            kind,
            rights: vec!["Approve".into()],
            unread: 0,
            viewer: Arc::new(format!("{kind:?}")),
        });
        let broken = secret.starts_with("broken");
        Box::pin(async move {
            if broken {
                Err("no database".into())
            } else {
                Ok(signed)
            }
        })
    }
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"{% extends "shell.html" %}{% import "macros.html" as ui %}{% block main %}
<form method="post">{% call ui::tokens(shell) %}{% endcall %}
{% call ui::text("word", "Word", "", name, errors) %}{% endcall %}</form>{% endblock %}"#
)]
struct FormPage {
    shell: Shell,
    // Named like what a macro has inside: a page need not know the names of macros.
    name: String,
    errors: FieldErrors,
}

async fn form_page(QueryData(query): QueryData, shell: Shell) -> Answer {
    let name = query.text("word").to_owned();
    render(&FormPage {
        shell,
        name,
        errors: FieldErrors::new(),
    })
}

async fn form_sent(form: FormData) -> Answer {
    use axum::response::IntoResponse;
    if form.has("boom") {
        panic!("a bug on purpose");
    }
    let files = form.files.iter();
    let files: Vec<_> = files
        .map(|file| match file.fault {
            Some(fault) => format!("{} {fault:?}", file.file_name),
            None => format!("{} {} {}", file.file_name, file.bytes, &file.sha256[..8]),
        })
        .collect();
    let there = |file: &UploadedFile| file.path().exists() == file.fault.is_none();
    assert!(
        form.files.iter().all(there),
        "files wait until the form is dropped"
    );
    Ok(format!("{}|{}", form.text("word"), files.join(",")).into_response())
}

async fn moved() -> Redirect {
    Redirect::to("/form").with(Flash::good("Đã lưu"))
}

async fn begun() -> Redirect {
    let redirect = Redirect::to("/form").with(Flash::good("Chào bạn"));
    redirect.begin_session(session_secret("citizen"), 60)
}

async fn ended() -> Redirect {
    let redirect = Redirect::to("/form").with(Flash::good("Tạm biệt"));
    redirect.end_session()
}

#[derive(Debug, thiserror::Error)]
#[error("no number: {0}")]
struct Around(#[source] kernel::Trouble);

/// A page whose write finds the queue full, at once or as the cause of another error; or a form
/// with somebody else's command id.
async fn overloaded(QueryData(query): QueryData) -> Answer {
    if query.has("foreign") {
        Err(Around(kernel::Trouble::Foreign("foreign-command".into())))?;
    }
    if query.has("around") {
        Err(Around(kernel::Trouble::Overloaded))?;
    }
    Err(kernel::Trouble::Overloaded.into())
}

async fn address(visit: Visit) -> String {
    visit.address().to_owned()
}

/// It says something to the log itself.
async fn file() -> &'static str {
    tracing::info!("on the way");
    "a file"
}

async fn unavailable() -> Answer {
    Err(kernel::Trouble::Unavailable("secret".into()).into())
}

async fn who(SignedIn { viewer, .. }: SignedIn<String>) -> String {
    viewer.to_string()
}

fn routes() -> Routes {
    Routes::new()
        .get("/form", Access::Public, form_page)
        .post("/form", Access::Public, form_sent)
        .post("/moved", Access::Public, moved)
        .post("/begin", Access::Public, begun)
        .post("/end", Access::Public, ended)
        .get("/address", Access::Public, address)
        .get("/files/{digest}", Access::Public, file)
        .get(
            "/counter",
            Access::OfficerWithAny(&["Issue", "Approve"]),
            who,
        )
        .get("/mine", Access::Citizen, who)
        .post("/mine", Access::Citizen, who)
        .get("/desk", Access::Officer, who)
        .get("/approve", Access::OfficerWith("Approve"), who)
        .get("/issue", Access::OfficerWith("Issue"), who)
        .get("/either", Access::SignedIn, who)
}

/// Pages that the world fails.
fn failing() -> Routes {
    Routes::new()
        .get("/overloaded", Access::Public, overloaded)
        .get("/unavailable", Access::Public, unavailable)
}

fn site(https: bool) -> Arc<Site> {
    let clock = Arc::new(|| Timestamp::from_second(1_790_000_000).unwrap());
    let mut site = Site::new(Brand::default(), Arc::new(Two), clock);
    site.https = https;
    Arc::new(site)
}

struct Got {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

async fn send(request: Request<Body>) -> Got {
    send_to(site(false), request).await
}

async fn send_to(site: Arc<Site>, request: Request<Body>) -> Got {
    let response = routes()
        .merge(failing())
        .into_router(site)
        .oneshot(request)
        .await
        .unwrap();
    let (parts, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let body = String::from_utf8_lossy(&body).into_owned();
    Got {
        status: parts.status,
        headers: parts.headers,
        body,
    }
}

async fn get(path: &str, cookie: &str) -> Got {
    let request = Request::get(path).header(header::COOKIE, cookie);
    send(request.body(Body::empty()).unwrap()).await
}

/// Cookie and token of a browser that has opened the form.
async fn visitor() -> (String, String) {
    let got = get("/form", "").await;
    let cookie = got.headers[header::SET_COOKIE].to_str().unwrap();
    let cookie = cookie.split(';').next().unwrap().to_owned();
    (cookie, token_in(&got.body))
}

fn token_in(page: &str) -> String {
    let at = page.find("name=\"csrf\" value=\"").unwrap() + 19;
    page[at..].split('"').next().unwrap().to_owned()
}

async fn post(path: &str, cookie: &str, body: String) -> Got {
    let request = Request::post(path)
        .header(header::COOKIE, cookie)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    send(request.body(body.into()).unwrap()).await
}

fn session(kind: &str) -> String {
    format!("session={}", session_secret(kind))
}

fn session_secret(kind: &str) -> String {
    format!("{kind:0<40}")
}

#[tokio::test]
async fn every_answer_wears_the_same_headers() {
    for path in ["/form", "/nowhere", asset("dinh.css")] {
        let got = get(path, "").await;
        let policy = got.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("default-src 'self'") && policy.contains("frame-ancestors 'none'"));
        assert!(!policy.contains("unsafe"));
        assert_eq!(got.headers["x-content-type-options"], "nosniff");
        assert_eq!(got.headers["x-request-id"].len(), 12);
        assert_eq!(got.headers["referrer-policy"], "same-origin");
        assert!(!got.headers.contains_key("access-control-allow-origin"));
        let kind = got.headers[header::CONTENT_TYPE].to_str().unwrap();
        assert!(kind.ends_with("charset=utf-8"), "{kind}");
        assert!(!got.headers.contains_key("strict-transport-security"));
    }
    let request = Request::get("/form").body(Body::empty()).unwrap();
    let secure = send_to(site(true), request).await;
    assert!(secure.headers.contains_key("strict-transport-security"));
    let cookie = secure.headers[header::SET_COOKIE].to_str().unwrap();
    assert!(cookie.starts_with("__Host-visitor=") && cookie.ends_with("; Secure"));
}

/// What was counted in the test below: it alone hands this counter in.
static COUNTED: std::sync::Mutex<Vec<crate::Answered>> = std::sync::Mutex::new(Vec::new());

#[tokio::test]
async fn an_answer_is_counted_under_its_route_and_no_name_is_made_up() {
    let mut site = Site::new(
        Brand::default(),
        Arc::new(Two),
        Arc::new(|| Timestamp::from_second(1_790_000_000).unwrap()),
    );
    site.answered = |answered| COUNTED.lock().unwrap().push(answered);
    let site = Arc::new(site);
    for (method, path) in [
        ("GET", "/form?name=nguyen"),
        ("GET", "/desk"),
        ("GET", "/unavailable"),
        ("POST", "/form"),
        ("GET", "/nguyen-van-an"),
        ("BREW", "/form"),
    ] {
        let request = Request::builder().method(method).uri(path);
        send_to(site.clone(), request.body(Body::empty()).unwrap()).await;
    }
    let counted = COUNTED.lock().unwrap();
    let counted = counted.iter();
    let counted: Vec<_> = counted
        .map(|answered| (answered.method, answered.route, answered.status.as_u16()))
        .collect();
    assert_eq!(
        counted,
        [
            ("GET", "/form", 200),
            ("GET", "/desk", 303),
            ("GET", "/unavailable", 500),
            ("POST", "/form", 403),
            ("GET", "none", 404),
            ("other", "none", 405),
        ]
    );
}

#[tokio::test]
async fn assets_are_kept_for_ever_and_compressed_once() {
    let got = get(asset("dinh.css"), "").await;
    assert_eq!(
        got.headers[header::CACHE_CONTROL],
        "public, max-age=31536000, immutable"
    );
    let request = Request::get(asset("dinh.css")).header(header::ACCEPT_ENCODING, "gzip, br");
    let small = send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(small.headers[header::CONTENT_ENCODING], "gzip");
    assert_eq!(
        get("/assets/unknown", "").await.status,
        StatusCode::NOT_FOUND
    );
    let signed = get("/either", &session("citizen")).await;
    assert_eq!(signed.headers[header::CACHE_CONTROL], "no-store");
}

#[tokio::test]
async fn a_form_is_taken_only_with_the_token_of_its_browser() {
    let (cookie, token) = visitor().await;
    let good = post("/form", &cookie, format!("csrf={token}&word=a")).await;
    assert_eq!((good.status, good.body.as_str()), (StatusCode::OK, "a|"));
    let (other, _) = visitor().await;
    for (cookie, body) in [
        (cookie.as_str(), "word=a".to_owned()),
        (cookie.as_str(), "csrf=&word=a".to_owned()),
        (other.as_str(), format!("csrf={token}&word=a")),
        ("", format!("csrf={token}&word=a")),
    ] {
        let got = post("/form", cookie, body).await;
        assert_eq!(got.status, StatusCode::FORBIDDEN);
        assert!(got.body.contains("tải lại trang"));
    }
    let request = Request::post("/form").header(header::COOKIE, &cookie);
    let request = request
        .header("x-csrf-token", &token)
        .header("sec-fetch-site", "cross-site");
    let got = send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(got.status, StatusCode::FORBIDDEN);
    let request = Request::post("/form").header(header::COOKIE, &cookie);
    let request = request.header("x-csrf-token", &token);
    let got = send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(got.status, StatusCode::OK);
}

#[tokio::test]
async fn the_token_of_a_visitor_does_not_hold_after_sign_in() {
    let (cookie, token) = visitor().await;
    let both = format!("{cookie}; {}", session("citizen"));
    let got = post("/form", &both, format!("csrf={token}")).await;
    assert_eq!(got.status, StatusCode::FORBIDDEN);
    let page = get("/form", &session("citizen")).await;
    let body = format!("csrf={}&word=b", token_in(&page.body));
    let got = post("/form", &session("citizen"), body).await;
    assert_eq!(got.body, "b|");
}

fn multipart(parts: &[(&str, Option<&str>, &[u8])]) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, file, value) in parts {
        let file = file
            .map(|file| format!("; filename=\"{file}\""))
            .unwrap_or_default();
        let head = format!("--X\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n");
        out.extend_from_slice(head.as_bytes());
        out.extend_from_slice(value);
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(b"--X--\r\n");
    out
}

async fn upload(cookie: &str, body: Vec<u8>) -> Got {
    let request = Request::post("/form")
        .header(header::COOKIE, cookie)
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=X");
    send(request.body(body.into()).unwrap()).await
}

#[tokio::test]
async fn files_come_after_the_token_and_within_limits() {
    let (cookie, token) = visitor().await;
    let token = ("csrf", None, token.as_bytes());
    let paper = ("paper", Some("a b.pdf"), b"abc".as_slice());
    let word = ("word", None, "chữ".as_bytes());
    let empty = ("paper", Some(""), b"".as_slice());
    let good = upload(&cookie, multipart(&[token, word, paper, empty])).await;
    assert_eq!(good.body, "chữ|a b.pdf 3 ba7816bf");
    // A file of no bytes was chosen by somebody, who must hear of it.
    let hollow = ("paper", Some("rỗng.pdf"), b"".as_slice());
    let told = upload(&cookie, multipart(&[token, word, hollow])).await;
    assert_eq!(told.body, "chữ|rỗng.pdf 0 e3b0c442");
    let late = upload(&cookie, multipart(&[word, paper, token])).await;
    assert_eq!(late.status, StatusCode::FORBIDDEN);
    let most = vec![7; site(false).upload_max as usize];
    let most = upload(&cookie, multipart(&[token, ("f", Some("h"), &most)])).await;
    assert_eq!(most.status, StatusCode::OK);
    let cut = &multipart(&[token, paper])[..150];
    assert_eq!(
        upload(&cookie, cut.to_vec()).await.status,
        StatusCode::BAD_REQUEST
    );
}

/// One file too many loses neither the words nor the other files, whatever its place.
#[tokio::test]
async fn a_file_that_is_too_much_loses_nothing_but_itself() {
    let (cookie, token) = visitor().await;
    let token = ("csrf", None, token.as_bytes());
    let paper = ("paper", Some("a b.pdf"), b"abc".as_slice());
    let word = ("word", None, "chữ".as_bytes());
    let heavy = vec![7; 2 * site(false).upload_max as usize];
    let heavy = ("photo", Some("big.jpg"), heavy.as_slice());
    let kept = "chữ|a b.pdf 3 ba7816bf,big.jpg TooLarge";
    let got = upload(&cookie, multipart(&[token, paper, heavy, word])).await;
    assert_eq!((got.status, got.body.as_str()), (StatusCode::OK, kept));
    let kept = "chữ|big.jpg TooLarge,a b.pdf 3 ba7816bf";
    let got = upload(&cookie, multipart(&[token, heavy, word, paper])).await;
    assert_eq!(got.body, kept);
    let mut many = vec![token];
    many.extend(vec![paper; FILES_MAX + 1]);
    many.push(word);
    let got = upload(&cookie, multipart(&many)).await;
    assert!(got.body.starts_with("chữ|a b.pdf 3"), "{}", got.body);
    assert_eq!(got.body.matches("ba7816bf").count(), FILES_MAX);
    assert!(got.body.ends_with(",a b.pdf TooMuch"), "{}", got.body);
    // Seven of the largest: the form has room for six.
    let most = vec![7; site(false).upload_max as usize];
    let most = ("photo", Some("m"), most.as_slice());
    let got = upload(
        &cookie,
        multipart(&[&[token][..], &[most; 7], &[paper, word]].concat()),
    )
    .await;
    assert_eq!(got.body.matches("m 1048576").count(), 6, "{}", got.body);
    assert!(got.body.contains("m TooMuch"), "{}", got.body);
}

/// What is far too much is refused with how much is taken.
#[tokio::test]
async fn a_flood_of_files_is_refused_with_its_reason() {
    let (cookie, token) = visitor().await;
    let flood = vec![7; 14 * site(false).upload_max as usize];
    let parts = [
        ("csrf", None, token.as_bytes()),
        ("f", Some("h"), flood.as_slice()),
    ];
    let got = upload(&cookie, multipart(&parts)).await;
    assert_eq!(got.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(
        got.body.contains("Mỗi tệp tối đa 1\u{a0}MB"),
        "{}",
        got.body
    );
    assert!(got.body.contains("30 tệp và 6\u{a0}MB"));
}

#[tokio::test]
async fn without_room_a_file_is_refused_in_two_languages_and_a_form_without_goes_on() {
    let mut full = Site::new(Brand::default(), Arc::new(Two), Arc::new(Timestamp::now));
    full.room = Room::new(vec![std::env::temp_dir()], u64::MAX);
    let full = Arc::new(full);
    let (cookie, token) = visitor().await;
    let send = async |file: (&str, Option<&str>, &[u8])| {
        let request = Request::post("/form")
            .header(header::COOKIE, &cookie)
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=X");
        let body = multipart(&[("csrf", None, token.as_bytes()), file]);
        send_to(Arc::clone(&full), request.body(body.into()).unwrap()).await
    };
    let got = send(("paper", Some("a.pdf"), b"abc")).await;
    assert_eq!(got.status, StatusCode::INSUFFICIENT_STORAGE);
    assert!(got.body.contains("gửi lại sau") && got.body.contains("send them later"));
    let empty = send(("paper", Some(""), b"")).await;
    assert_eq!(empty.status, StatusCode::OK);
}

#[tokio::test]
async fn a_flood_is_refused_with_its_reason() {
    let (cookie, token) = visitor().await;
    let flood = format!("csrf={token}&word={}", "x".repeat(form::FORM_BYTES_MAX));
    let got = post("/form", &cookie, flood).await;
    assert_eq!(got.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(got.body.contains("quá lớn"));
}

#[tokio::test]
async fn a_full_house_says_so_and_forms_with_files_have_seats_of_their_own() {
    let mut full = Site::new(Brand::default(), Arc::new(Two), Arc::new(Timestamp::now));
    full.crowd.requests = 0;
    let full = Arc::new(full);
    let request = Request::get("/form").body(Body::empty()).unwrap();
    let got = send_to(Arc::clone(&full), request).await;
    assert_eq!(got.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(got.headers[header::RETRY_AFTER], "2");
    assert!(got.headers.contains_key("content-security-policy"));
    assert!(got.body.contains("Hệ thống đang bận"));
    let upload = Request::post("/form")
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x")
        .body(Body::empty())
        .unwrap();
    let got = send_to(full, upload).await;
    assert_eq!(
        got.status,
        StatusCode::FORBIDDEN,
        "it came as far as the token"
    );
}

#[tokio::test]
async fn what_people_type_is_never_markup() {
    let got = get("/form?word=%22%3E%3Cscript%3E", &session("citizen")).await;
    assert!(!got.body.contains("\"><script>") && !got.body.contains("<b>An</b>"));
    assert!(got.body.contains("&#60;b&#62;An"));
    assert!(got.body.contains("value=\"&#34;&#62;&#60;script&#62;\""));
}

#[tokio::test]
async fn the_access_sheet_is_what_happens() {
    for listed in routes().sheet() {
        for (kind, cookie) in [
            ("", String::new()),
            ("citizen", session("citizen")),
            ("officer", session("officer")),
        ] {
            let request = Request::builder().method(&listed.method).uri(listed.path);
            let request = request.header(header::COOKIE, &cookie);
            let got = send(request.body(Body::empty()).unwrap()).await.status;
            let is_get = listed.method == "GET";
            let expected = match (listed.access, kind) {
                (Access::Public, _) => StatusCode::OK,
                (_, "") if is_get => StatusCode::SEE_OTHER,
                (_, "") => StatusCode::UNAUTHORIZED,
                (Access::SignedIn, _) => StatusCode::OK,
                (Access::Citizen, "citizen") => StatusCode::OK,
                (Access::Officer, "officer") => StatusCode::OK,
                (Access::OfficerWith("Approve"), "officer") => StatusCode::OK,
                (Access::OfficerWithAny(["Issue", "Approve"]), "officer") => StatusCode::OK,
                _ => StatusCode::FORBIDDEN,
            };
            // Without a token whoever may enter gets no further than the token's refusal.
            let no_token = !is_get && expected == StatusCode::OK;
            let expected = if no_token {
                StatusCode::FORBIDDEN
            } else {
                expected
            };
            assert_eq!(got, expected, "{} {} {kind}", listed.method, listed.path);
        }
    }
}

#[tokio::test]
async fn a_stranger_is_sent_to_the_right_door_and_back() {
    let got = get("/approve?a=1", "").await;
    assert_eq!(
        got.headers[header::LOCATION],
        "/sign-in/officer?next=%2Fapprove%3Fa%3D1"
    );
    assert_eq!(
        get("/mine", "").await.headers[header::LOCATION],
        "/sign-in?next=%2Fmine"
    );
    assert_eq!(get("/desk", &session("officer")).await.body, "Officer");
}

#[tokio::test]
async fn a_message_is_shown_once() {
    let (cookie, token) = visitor().await;
    let got = post("/moved", &cookie, format!("csrf={token}")).await;
    assert_eq!(got.status, StatusCode::SEE_OTHER);
    let flash = got.headers[header::SET_COOKIE].to_str().unwrap();
    let flash = flash.split(';').next().unwrap();
    let page = get("/form", &format!("{cookie}; {flash}")).await;
    assert!(page.body.contains("Đã lưu"));
    let cleared = page.headers[header::SET_COOKIE].to_str().unwrap();
    assert!(cleared.starts_with("flash=;") && cleared.contains("Max-Age=0"));
}

/// The cookies that an answer sets, as the next request brings them.
fn brought(got: &Got) -> String {
    let all = got.headers.get_all(header::SET_COOKIE).iter();
    let all = all.map(|cookie| cookie.to_str().unwrap().split(';').next().unwrap());
    all.collect::<Vec<_>>().join("; ")
}

#[tokio::test]
async fn a_message_that_we_did_not_say_to_this_browser_is_not_shown() {
    let (cookie, token) = visitor().await;
    let got = post("/moved", &cookie, format!("csrf={token}")).await;
    let flash = brought(&got);
    let (other, _) = visitor().await;
    for cookies in [
        format!("{other}; {flash}"),
        format!("{cookie}; {}; {flash}", session("citizen")),
        flash.clone(),
        format!("{cookie}; flash=good.%C4%90%C3%A3%20l%C6%B0u"),
    ] {
        let page = get("/form", &cookies).await;
        assert!(!page.body.contains("Đã lưu"), "{cookies}");
    }
}

#[tokio::test]
async fn a_message_finds_its_way_where_a_session_begins_or_ends() {
    let (cookie, token) = visitor().await;
    let got = post("/begin", &cookie, format!("csrf={token}")).await;
    let page = get("/form", &format!("{cookie}; {}", brought(&got))).await;
    assert!(page.body.contains("Chào bạn"));
    let token = token_in(&page.body);
    let got = post("/end", &session("citizen"), format!("csrf={token}")).await;
    let cookies: Vec<_> = brought(&got)
        .split("; ")
        .filter(|cookie| !cookie.ends_with('='))
        .map(str::to_owned)
        .collect();
    let page = get("/form", &cookies.join("; ")).await;
    assert!(page.body.contains("Tạm biệt"), "{cookies:?}");
}

#[tokio::test]
async fn a_script_is_told_the_next_page_and_leaves_the_message_to_it() {
    let (cookie, token) = visitor().await;
    let sent = Request::post("/moved")
        .header(header::COOKIE, &cookie)
        .header("x-csrf-token", &token)
        .header("x-script", "form");
    let told = send(sent.body(Body::empty()).unwrap()).await;
    assert_eq!(told.status, StatusCode::NO_CONTENT);
    assert_eq!(told.headers["x-next-page"], "/form");
    assert!(!told.headers.contains_key(header::LOCATION));
    let page = get("/form", &format!("{cookie}; {}", brought(&told))).await;
    assert!(page.body.contains("Đã lưu"));
    let wrong = Request::post("/moved").header("x-script", "form");
    let wrong = send(wrong.body(Body::empty()).unwrap()).await;
    assert_eq!(wrong.status, StatusCode::FORBIDDEN, "a page that says why");
}

#[tokio::test]
async fn a_full_queue_of_writes_asks_people_to_come_again() {
    for path in ["/overloaded", "/overloaded?around"] {
        let got = get(path, "").await;
        assert_eq!(got.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
        assert_eq!(got.headers[header::RETRY_AFTER], "5");
        assert!(got.body.contains("Hệ thống đang bận"));
        assert!(got.body.contains("chờ vài giây rồi tải lại trang"));
    }
    let other = get("/unavailable", "").await;
    assert_eq!(other.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(!other.body.contains("secret"));
}

#[tokio::test]
async fn the_command_id_of_somebody_else_is_a_conflict_with_what_to_do() {
    let got = get("/overloaded?foreign", "").await;
    assert_eq!(got.status, StatusCode::CONFLICT);
    assert!(got.body.contains("mang mã của một lần gửi khác"));
    assert!(!got.body.contains("foreign-command"), "no id is shown");
}

#[tokio::test]
async fn the_address_is_the_proxys_word_only_behind_a_proxy() {
    for (behind_proxy, told) in [(false, ""), (true, "203.0.113.9")] {
        let mut site = Arc::into_inner(site(false)).expect("one owner");
        site.behind_proxy = behind_proxy;
        let request = Request::get("/address").header("x-forwarded-for", "10.0.0.1, 203.0.113.9");
        let request = request.body(Body::empty()).unwrap();
        assert_eq!(send_to(Arc::new(site), request).await.body, told);
    }
}

/// A request as our own server hands it in: from a socket of this machine.
fn through_a_socket(path: &str) -> axum::http::request::Builder {
    let peer: std::net::SocketAddr = "127.0.0.1:4711".parse().unwrap();
    Request::get(path).extension(axum::extract::ConnectInfo(peer))
}

#[tokio::test]
async fn of_several_forwarded_lines_the_proxys_is_the_last() {
    let mut site = Arc::into_inner(site(false)).expect("one owner");
    site.behind_proxy = true;
    let request = through_a_socket("/address")
        .header("x-forwarded-for", "198.51.100.1")
        .header("x-forwarded-for", "10.0.0.1, 203.0.113.9");
    let request = request.body(Body::empty()).unwrap();
    assert_eq!(send_to(Arc::new(site), request).await.body, "203.0.113.9");
}

#[tokio::test]
async fn a_proxy_that_does_not_tell_who_asks_is_refused() {
    let mut site = Arc::into_inner(site(false)).expect("one owner");
    site.behind_proxy = true;
    let site = Arc::new(site);
    let untold = through_a_socket("/address").body(Body::empty()).unwrap();
    let untold = send_to(Arc::clone(&site), untold).await;
    assert_eq!(untold.status, StatusCode::MISDIRECTED_REQUEST);
    assert!(untold.body.contains("X-Forwarded-For"));
    let watch = through_a_socket("/healthz").body(Body::empty()).unwrap();
    let watch = send_to(site, watch).await;
    assert_eq!(watch.status, StatusCode::NOT_FOUND, "it came to the routes");
}

/// What the log says of one request, at the finest level.
async fn logged(path: &str) -> String {
    use std::io::Write;
    #[derive(Clone, Default)]
    struct Lines(Arc<std::sync::Mutex<Vec<u8>>>);
    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let lines = Lines::default();
    let writer = lines.clone();
    let logs = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let _until_here = tracing::subscriber::set_default(logs);
    get(path, "").await;
    String::from_utf8(lines.0.lock().unwrap().clone()).unwrap()
}

#[tokio::test]
async fn a_log_line_names_the_route_and_never_the_path() {
    let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    let found = logged(&format!("/files/{digest}?name=Nguyen+Van+An")).await;
    assert!(found.contains("answered"), "{found}");
    assert!(found.contains("/files/{digest}"), "{found}");
    assert!(found.contains("on the way"), "{found}");
    assert!(
        !found.contains(digest) && !found.contains("Nguyen"),
        "{found}"
    );
    let lost = logged(&format!("/nowhere/{digest}")).await;
    assert!(
        lost.contains("route=\"none\"") && !lost.contains(digest),
        "{lost}"
    );
}

#[tokio::test]
async fn a_menu_shows_what_any_of_its_rights_opens() {
    let mut site = Arc::into_inner(site(false)).expect("one owner");
    site.navigation.officer = vec![
        NavLink::new("/desk", "For all"),
        NavLink::new("/counter", "For either").only_with(&["Issue", "Approve"]),
        NavLink::new("/issue", "For issuers").only_with(&["Issue"]),
    ];
    let request = Request::get("/form").header(header::COOKIE, session("officer"));
    let request = request.body(Body::empty()).unwrap();
    let page = send_to(Arc::new(site), request).await.body;
    assert!(page.contains("For all") && page.contains("For either"));
    assert!(!page.contains("For issuers"));
}

#[tokio::test]
async fn bugs_and_troubles_are_pages_that_tell_nothing() {
    let (cookie, token) = visitor().await;
    let bug = post("/form", &cookie, format!("csrf={token}&boom=1")).await;
    assert_eq!(bug.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(!bug.body.contains("on purpose"));
    assert!(
        bug.body
            .contains(bug.headers["x-request-id"].to_str().unwrap())
    );
    let trouble = get("/form", &session("broken")).await;
    assert_eq!(trouble.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(!trouble.body.contains("no database"));
    let unknown = post("/desk", &session("officer"), String::new()).await;
    assert_eq!(unknown.status, StatusCode::METHOD_NOT_ALLOWED);
    assert!(unknown.body.contains("<main"));
    let request = Request::get("/nowhere").header(header::ACCEPT, "application/json");
    let short = send(request.body(Body::empty()).unwrap()).await;
    assert!(short.status == StatusCode::NOT_FOUND && !short.body.contains('<'));
}

#[test]
fn each_problem_has_its_status() {
    let all = [
        (Problem::BadRequest, 400),
        (Problem::SignInNeeded, 401),
        (Problem::Forbidden, 403),
        (Problem::FormExpired, 403),
        (Problem::NotFound, 404),
        (Problem::MethodNotAllowed, 405),
        (Problem::Conflict("x".into()), 409),
        (Problem::TooLarge, 413),
        (Problem::Refused("x".into()), 422),
        (Problem::TooMany { seconds: 3 }, 429),
        (Problem::Trouble, 500),
        (Problem::Busy, 503),
    ];
    assert_eq!(Problem::ClockAhead.status().as_u16(), 503);
    for (problem, status) in all {
        assert_eq!(problem.status().as_u16(), status);
        assert_eq!(
            Problem::from_status(problem.status()).status().as_u16(),
            status
        );
    }
}
