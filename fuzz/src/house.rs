//! A house of one room: the frame that every request passes (cookies, tokens, limits, headers), with
//! a page, a form and a form with files behind it.
use std::path::PathBuf;
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response, header};
use axum::response::IntoResponse;
use facts::blob::{Files, Received};
use http_body_util::BodyExt as _;
use jiff::Timestamp;
use tokio::runtime::Runtime;
use tower::ServiceExt as _;
use web::{Access, Answer, Brand, FieldErrors, Flash, FormData, Kind, QueryData, Redirect};
use web::{Routes, Sessions, SessionsAnswer, Shell, Signed, Site, Visit};

/// Bytes of the largest file: small, so that a fuzzer finds the limit.
pub const FILE_MAX: u64 = 4_096;
/// Secret of the browser that the harness plays; its cookie is in every request that asks for it.
const VISITOR: &str = "00000000000000000000000000000000";

/// The house, and the token of the browser with the cookie [`House::cookie`].
pub struct House {
    router: Router,
    runtime: Runtime,
    /// A token that holds.
    pub token: String,
    /// Where files wait and are kept.
    pub folder: PathBuf,
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"{% extends "shell.html" %}{% import "macros.html" as ui %}{% block main %}
<form method="post">{% call ui::tokens(shell) %}{% endcall %}
{% call ui::text("word", "Word", "", word, errors) %}{% endcall %}</form>{% endblock %}"#
)]
struct Page {
    shell: Shell,
    word: String,
    errors: FieldErrors,
}

async fn page(QueryData(query): QueryData, shell: Shell) -> Answer {
    let word = query.text("word").to_owned();
    let errors = FieldErrors::new();
    web::render(&Page {
        shell,
        word,
        errors,
    })
}

async fn token(visit: Visit) -> String {
    visit.csrf_token()
}

async fn sent(form: FormData) -> Redirect {
    Redirect::to(form.text("next")).with(Flash::good(form.text("word")))
}

async fn mine() -> &'static str {
    "mine"
}

struct Two;

impl Sessions for Two {
    fn resolve<'a>(&'a self, secret: &'a str, _: Timestamp) -> SessionsAnswer<'a> {
        let known = secret.starts_with("citizen");
        Box::pin(async move { Ok(known.then(signed)) })
    }
}

fn signed() -> Signed {
    Signed {
        session_id: "s".into(),
        subject: "p".into(),
        display_name: "An".into(),
        standing: String::new(),
        kind: Kind::Citizen,
        rights: Vec::new(),
        unread: 0,
        viewer: Arc::new(()),
    }
}

impl House {
    /// Opens it, over a folder of its own in memory.
    pub fn open() -> Self {
        let folder = PathBuf::from(format!("/dev/shm/dinh-fuzz-{}", std::process::id()));
        let files = Files::open(&folder, FILE_MAX).expect("a folder in memory");
        let clock = Arc::new(|| Timestamp::from_second(1_795_400_000).expect("a time"));
        let mut site = Site::new(Brand::default(), Arc::new(Two), clock);
        site.upload_folder = files.incoming();
        site.upload_max = FILE_MAX;
        site.behind_proxy = true;
        let keep = move |form: FormData| keep(form, files.clone());
        let routes = Routes::new()
            .get("/page", Access::Public, page)
            .get("/token", Access::Public, token)
            .post("/page", Access::Public, sent)
            .post("/files", Access::Public, keep)
            .get("/mine", Access::Citizen, mine);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        let mut house = Self {
            router: routes.into_router(Arc::new(site)),
            runtime: runtime.expect("a runtime"),
            token: String::new(),
            folder,
        };
        let ask = Request::get("/token").header(header::COOKIE, house.cookie());
        let (_, body) = house.answer(ask.body(Body::empty()).expect("a request"));
        house.token = String::from_utf8(body).expect("a token");
        house
    }

    /// The cookie of the browser that the harness plays.
    pub fn cookie(&self) -> String {
        format!("visitor={VISITOR}")
    }

    /// The answer to a request, and what holds of every answer.
    pub fn answer(&self, request: Request<Body>) -> (Response<()>, Vec<u8>) {
        let (head, body) = self.runtime.block_on(async {
            let answer = self
                .router
                .clone()
                .oneshot(request)
                .await
                .expect("infallible");
            let (head, body) = answer.into_parts();
            let body = body.collect().await.expect("a body in memory").to_bytes();
            (Response::from_parts(head, ()), body.to_vec())
        });
        assert_ne!(
            head.status().as_u16(),
            500,
            "{}",
            String::from_utf8_lossy(&body)
        );
        for name in [
            "content-security-policy",
            "x-content-type-options",
            "referrer-policy",
        ] {
            assert!(head.headers().contains_key(name), "{name} is missing");
        }
        if let Some(place) = head.headers().get(header::LOCATION) {
            let place = place.to_str().expect("plain signs");
            assert!(
                place.starts_with('/') && !place.starts_with("//"),
                "{place}"
            );
        }
        (head, body)
    }
}

/// Keeps what came, and tells it.
async fn keep(mut form: FormData, files: Files) -> Answer {
    let mut told = String::new();
    for file in form.take_files() {
        assert!(file.bytes > 0 && file.bytes <= FILE_MAX);
        let received = Received {
            path: file.path(),
            digest: &file.sha256,
            size: file.bytes,
        };
        if let Ok(kept) = files.adopt(received).await {
            told.push_str(&format!("{}\n", kept.digest));
        }
    }
    Ok(told.into_response())
}
