//! A browser of tests: sessions named by their cookie, pages as text.
//! Does not know: which rooms it visits.
#![allow(dead_code, clippy::unwrap_used, missing_docs)]

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use facts::agency::{Right, Viewer};
use http_body_util::BodyExt;
use jiff::Timestamp;
use tower::ServiceExt;
use web::{Brand, Kind, Routes, Sessions, SessionsAnswer, Signed, Site};

use super::world::{AN, AN_NAME, BINH, World, citizen, confirmed};

/// Who is signed in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Who {
    Nobody,
    An,
    /// Has an account of their own that the office confirmed to be An.
    Confirmed,
    Binh,
    Officer,
    Stranger,
    /// Leads the commune.
    Head,
    /// Leads the province.
    Chairman,
}

impl Who {
    /// A session's secret: at least 32 signs.
    fn secret(self) -> String {
        format!("{:0<40}", format!("{self:?}").to_lowercase())
    }
}

struct Known(Vec<(String, Signed)>);

impl Sessions for Known {
    fn resolve<'a>(&'a self, secret: &'a str, _: Timestamp) -> SessionsAnswer<'a> {
        let found = self.0.iter().find(|(known, _)| known == secret);
        let found = found.map(|(_, signed)| signed.clone());
        Box::pin(async { Ok(found) })
    }
}

fn signed(subject: &str, name: &str, viewer: Viewer) -> Signed {
    let kind = match viewer {
        Viewer::Officer { .. } => Kind::Officer,
        _ => Kind::Citizen,
    };
    Signed {
        session_id: subject.into(),
        subject: subject.into(),
        display_name: name.into(),
        standing: String::new(),
        kind,
        rights: Right::ALL
            .into_iter()
            .filter(|right| viewer.has(*right))
            .map(|right| right.as_str().to_owned())
            .collect(),
        unread: 0,
        viewer: Arc::new(viewer),
    }
}

/// The pages of a world, seen by different people.
pub struct Browser(Router);

/// An answer.
pub struct Page {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Page {
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes).unwrap()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// The body must be a whole page that shows what people wrote only as text.
    pub fn checked(self) -> Self {
        let text = self.text();
        assert!(text.starts_with("<!doctype html>"), "{text}");
        assert!(text.trim_end().ends_with("</html>"));
        for raw in ["<An>", "<b>chứng</b>", "{{", "{%", "Some(", "None"] {
            assert!(!text.contains(raw), "{raw} in {text}");
        }
        let ids = text
            .split(" id=\"")
            .skip(1)
            .map(|rest| rest.split('"').next());
        let mut ids: Vec<_> = ids.flatten().collect();
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count, "an id stands twice: {ids:?}");
        self
    }
}

impl Browser {
    pub async fn new(world: &World, routes: Routes) -> Browser {
        let officer = world.officer(Right::Intake).await;
        let Viewer::Officer { officer: id, .. } = officer.clone() else {
            panic!("no officer");
        };
        let stranger = Viewer::Officer {
            officer: "stranger".into(),
            posts: Vec::new(),
        };
        let head = world.officer(Right::Oversee).await;
        let chairman = world
            .ground
            .offices
            .viewer("nguyen-huu-thinh.tinh", world.now());
        let chairman = chairman.await.unwrap();
        let known = Known(vec![
            (Who::Head.secret(), signed("head", "Bà trưởng", head)),
            (
                Who::Chairman.secret(),
                signed("chairman", "Ông chủ tịch", chairman),
            ),
            (Who::An.secret(), signed(AN, AN_NAME, citizen(AN))),
            (
                Who::Confirmed.secret(),
                signed("account", AN_NAME, confirmed()),
            ),
            (
                Who::Binh.secret(),
                signed(BINH, "Vũ Văn Bình", citizen(BINH)),
            ),
            (Who::Officer.secret(), signed(&id, "Lê Thị Hoa", officer)),
            (
                Who::Stranger.secret(),
                signed("stranger", "Ai đó", stranger),
            ),
        ]);
        let clock = Arc::clone(&world.clock);
        let clock = move || Timestamp::from_millisecond(clock.load(Ordering::Relaxed)).unwrap();
        let brand = Brand {
            name: "Đình".into(),
            owner: "Tỉnh Đắk Lắk".into(),
            hotline: "1022".into(),
            notice: String::new(),
        };
        let site = Site::new(brand, Arc::new(known), Arc::new(clock));
        Browser(routes.into_router(Arc::new(site)))
    }

    pub async fn get(&self, who: Who, path: &str) -> Page {
        let mut request = Request::get(path).header(header::ACCEPT, "text/html");
        if who != Who::Nobody {
            request = request.header(header::COOKIE, format!("session={}", who.secret()));
        }
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// Sends the first form of `page` with this action, as it stands.
    pub async fn press(&self, who: Who, page: &Page, action: &str) -> Page {
        self.send_form(who, (page, action), action).await
    }

    /// Sends a form of `page` to an address that is not its own.
    pub async fn send_form(&self, who: Who, (page, action): (&Page, &str), to: &str) -> Page {
        let text = page.text();
        let start = text.find(&format!("action=\"{action}\"")).expect(action);
        let form = text[start..].split("</form>").next().unwrap();
        let hidden = form.split("name=\"").skip(1).filter_map(|rest| {
            let (name, rest) = rest.split_once("\" value=\"")?;
            Some(format!("{name}={}", rest.split('"').next()?))
        });
        let body = hidden.collect::<Vec<_>>().join("&");
        let request = Request::post(to)
            .header(header::COOKIE, format!("session={}", who.secret()))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    /// Sends the form of `page` with this action: its hidden fields as they stand, and these.
    pub async fn fill(
        &self,
        who: Who,
        (page, action): (&Page, &str),
        fields: &[(&str, &str)],
    ) -> Page {
        let text = page.text();
        let start = text.find(&format!("action=\"{action}\"")).expect(action);
        let form = text[start..].split("</form>").next().unwrap();
        let hidden = form.split("type=\"hidden\" name=\"").skip(1).map(|rest| {
            let (name, rest) = rest.split_once("\" value=\"").unwrap();
            format!("{name}={}", rest.split('"').next().unwrap())
        });
        let given = fields.iter().map(|(name, value)| format!("{name}={value}"));
        let body = hidden.chain(given).collect::<Vec<_>>().join("&");
        let request = Request::post(action)
            .header(header::COOKIE, format!("session={}", who.secret()))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    async fn send(&self, request: Request<Body>) -> Page {
        let answer = self.0.clone().oneshot(request).await.unwrap();
        let (parts, body) = answer.into_parts();
        Page {
            status: parts.status,
            headers: parts.headers,
            bytes: body.collect().await.unwrap().to_bytes().to_vec(),
        }
    }
}
