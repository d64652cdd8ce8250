//! A browser without a script: it follows redirects, keeps its cookies, and sends a form as it
//! stands on the
//! page, with what was typed. It knows HTML only as far as our own templates write it.
use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt;
use jiff::Timestamp;
use matters::Ground;
use std::sync::Arc;
use tower::ServiceExt;
use web::{Brand, Kind, Sessions, SessionsAnswer, Signed, Site};

/// Redirects that one press may cause.
const REDIRECTS_MAX: usize = 5;
const BOUNDARY: &str = "----a-boundary-of-the-tests";

/// The secret of a session is the person's name, repeated.
struct Everybody;

impl Sessions for Everybody {
    fn resolve<'a>(&'a self, secret: &'a str, _: Timestamp) -> SessionsAnswer<'a> {
        let person = secret.trim_end_matches('.').to_owned();
        let signed = Signed {
            session_id: "s".into(),
            subject: person.clone(),
            display_name: person.clone(),
            standing: String::new(),
            kind: Kind::Citizen,
            rights: Vec::new(),
            unread: 0,
            viewer: Arc::new(super::viewer_of(&person)),
        };
        Box::pin(async move { Ok(Some(signed)) })
    }
}

#[derive(Clone)]
pub(super) struct Browser {
    router: Router,
    cookie: String,
    at: String,
    status: StatusCode,
    page: String,
    action: String,
    autosave: String,
    fields: Vec<(String, String)>,
    multipart: bool,
    uploads: Vec<(String, String, Vec<u8>)>,
}

impl Browser {
    pub(super) fn new(ground: &Ground, person: &str) -> Self {
        let site = Site::new(Brand::default(), Arc::new(Everybody), Arc::new(super::now));
        Self {
            router: crate::apply::routes(ground.clone()).into_router(Arc::new(site)),
            cookie: format!("session={person:.<40}"),
            at: String::new(),
            status: StatusCode::OK,
            page: String::new(),
            action: String::new(),
            autosave: String::new(),
            fields: Vec::new(),
            multipart: false,
            uploads: Vec::new(),
        }
    }

    pub(super) fn at(&self) -> &str {
        &self.at
    }

    pub(super) fn status(&self) -> StatusCode {
        self.status
    }

    pub(super) fn page(&self) -> &str {
        &self.page
    }

    /// The text of the error summary.
    pub(super) fn errors(&self) -> String {
        let Some((_, rest)) = self.page.split_once("class=\"errors\"") else {
            return String::new();
        };
        rest.split("</div>").next().unwrap_or_default().to_owned()
    }

    pub(super) fn value(&self, name: &str) -> &str {
        let found = self.fields.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value)
    }

    /// The address behind a link with this text.
    pub(super) fn link_to(&self, text: &str) -> String {
        let (before, _) = self
            .page
            .split_once(&format!(">{text}<"))
            .expect("such a link");
        let (_, href) = before.rsplit_once("href=\"").expect("an address");
        href.split('"').next().unwrap_or_default().to_owned()
    }

    pub(super) fn set(&mut self, name: &str, value: &str) {
        self.fields.retain(|(known, _)| known != name);
        self.fields.push((name.to_owned(), value.to_owned()));
    }

    /// Types what the page asks for: `x.day` is the field `x-day`, a whole date is its three
    /// fields.
    pub(super) fn fill(&mut self, sample: &[(String, String)]) {
        for (name, value) in sample {
            let asks = |field: &str| self.page.contains(&format!("name=\"{field}\""));
            if asks(&format!("{name}-day")) {
                let mut parts = value.splitn(3, '-').chain(["", ""]);
                for part in ["year", "month", "day"] {
                    let text = parts.next().unwrap_or_default().to_owned();
                    self.set(&format!("{name}-{part}"), &text);
                }
            } else if asks(name) {
                self.set(name, value);
            }
        }
    }

    pub(super) fn upload(&mut self, field: &str, name: &str, bytes: &[u8]) {
        self.uploads
            .push((field.to_owned(), name.to_owned(), bytes.to_vec()));
    }

    pub(super) async fn get(&mut self, path: &str) {
        let request = Request::get(path).body(Body::empty()).expect("a request");
        self.follow(path.to_owned(), request).await;
    }

    /// Presses a button of the form on the page; no name for one without a name.
    pub(super) async fn press(&mut self, name: &str, value: &str) {
        let mut fields = std::mem::take(&mut self.fields);
        if !name.is_empty() {
            fields.push((name.to_owned(), value.to_owned()));
        }
        let path = self.action.clone();
        let (kind, body) = match self.multipart {
            true => self.parts(&fields),
            false => (
                "application/x-www-form-urlencoded".to_owned(),
                encoded(&fields),
            ),
        };
        self.uploads.clear();
        let request = Request::post(&path).header(header::CONTENT_TYPE, kind);
        let request = request.body(Body::from(body)).expect("a request");
        self.follow(path, request).await;
    }

    /// Presses the button of the form whose address ends so.
    pub(super) async fn press_in(&mut self, end: &str) {
        let html = self.page.clone();
        let action = format!("{end}\"");
        let (before, rest) = html.split_once(&action).expect("such a form");
        let (_, start) = before.rsplit_once("<form").expect("a form");
        self.read_form(&format!("<form{start}{action}{rest}"));
        self.press("", "").await;
    }

    pub(super) async fn autosave(&mut self) -> StatusCode {
        let request = Request::post(&self.autosave)
            .header(header::COOKIE, &self.cookie)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(encoded(&self.fields)))
            .expect("a request");
        let response = self.router.clone().oneshot(request).await.expect("answers");
        response.status()
    }

    async fn follow(&mut self, path: String, mut request: Request<Body>) {
        self.at = path;
        for _ in 0..REDIRECTS_MAX {
            let cookie = self.cookie.parse().expect("a cookie");
            request.headers_mut().insert(header::COOKIE, cookie);
            let response = self.router.clone().oneshot(request).await.expect("answers");
            let (parts, body) = response.into_parts();
            self.status = parts.status;
            if parts.status != StatusCode::SEE_OTHER {
                let bytes = body.collect().await.expect("a body").to_bytes();
                self.page = String::from_utf8_lossy(&bytes).into_owned();
                let html = self.page.clone();
                self.read_main_form(&html);
                return;
            }
            let next = parts.headers[header::LOCATION].to_str().expect("ASCII");
            self.at = next.split(['#', '?']).next().unwrap_or_default().to_owned();
            let address = next.split('#').next().unwrap_or_default();
            request = Request::get(address)
                .body(Body::empty())
                .expect("a request");
        }
        panic!("redirects without end at {}", self.at);
    }

    /// The form of the page: the one that asks.
    fn read_main_form(&mut self, html: &str) {
        let (_, main) = html.split_once("<main").unwrap_or(("", ""));
        let at = main
            .find("<form class=\"ask\"")
            .or_else(|| main.find("<form"));
        self.read_form(at.map_or("", |at| &main[at..]));
    }

    fn read_form(&mut self, html: &str) {
        let form = html.split("</form>").next().unwrap_or_default();
        let tag = form.split('>').next().unwrap_or_default();
        self.action = attribute(tag, "action");
        self.autosave = attribute(tag, "data-autosave");
        self.multipart = tag.contains("multipart/form-data");
        self.fields = fields(form);
    }

    fn parts(&self, fields: &[(String, String)]) -> (String, Vec<u8>) {
        let mut body = Vec::new();
        for (name, value) in fields {
            let part = format!(
                "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            );
            body.extend(part.into_bytes());
        }
        for (field, name, bytes) in &self.uploads {
            let head = format!(
                "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{field}\"; \
                 filename=\"{name}\"\r\nContent-Type: image/jpeg\r\n\r\n"
            );
            body.extend(head.into_bytes());
            body.extend(bytes);
            body.extend(b"\r\n");
        }
        body.extend(format!("--{BOUNDARY}--\r\n").into_bytes());
        (format!("multipart/form-data; boundary={BOUNDARY}"), body)
    }
}

fn encoded(fields: &[(String, String)]) -> Vec<u8> {
    let one = |text: &str| {
        text.bytes()
            .map(|byte| format!("%{byte:02X}"))
            .collect::<String>()
    };
    let pairs = fields
        .iter()
        .map(|(name, value)| format!("{}={}", one(name), one(value)));
    pairs.collect::<Vec<_>>().join("&").into_bytes()
}

/// Every field as it stands: buttons and files are not sent by themselves.
fn fields(html: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    let mut select = String::new();
    for piece in html.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').unwrap_or((piece, ""));
        let has = |word: &str| tag.split_whitespace().any(|part| part == word);
        let name = attribute(tag, "name");
        if tag.starts_with("input") {
            let choice = tag.contains("type=\"radio\"") || tag.contains("type=\"checkbox\"");
            if !tag.contains("type=\"file\"") && (!choice || has("checked")) {
                found.push((name, attribute(tag, "value")));
            }
        } else if tag.starts_with("select") {
            select = name;
        } else if tag.starts_with("option") {
            let first = !found.iter().any(|(known, _)| *known == select);
            if has("selected") || first {
                found.retain(|(known, _)| *known != select);
                found.push((select.clone(), attribute(tag, "value")));
            }
        } else if tag.starts_with("textarea") {
            found.push((name, unescaped(text)));
        }
    }
    found
}

fn attribute(tag: &str, name: &str) -> String {
    let Some((_, rest)) = tag.split_once(&format!(" {name}=\"")) else {
        return String::new();
    };
    unescaped(rest.split('"').next().unwrap_or_default())
}

fn unescaped(text: &str) -> String {
    let pairs = [
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&#38;", "&"),
    ];
    pairs
        .iter()
        .fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}
