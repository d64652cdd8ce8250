//! The frame around every page, and how a page becomes an answer.
//!
//! A room's template struct has a field `shell: Shell` and extends `shell.html`. This file does
//! not know any page but the one that says what went wrong.

use askama::Template;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::flash::Flash;
use crate::problem::Problem;
use crate::session::Kind;
use crate::site::{Brand, NavLink};
use crate::visit::Visit;

/// What handlers return.
pub type Answer = Result<Response, Problem>;

/// Extractor: everything the frame shows. Take it last, when the page is certain to be drawn:
/// it uses up the message for the next page.
pub struct Shell {
    visit: Visit,
    /// The message for this page.
    pub flash: Option<Flash>,
    /// Dense frame for people who work here all day.
    pub desk: bool,
}

impl Shell {
    /// The frame for this request: dense for officers.
    pub fn new(visit: &Visit) -> Shell {
        let desk = visit
            .signed()
            .is_some_and(|signed| signed.kind == Kind::Officer);
        Shell {
            visit: visit.clone(),
            flash: visit.take_flash(),
            desk,
        }
    }

    /// The same page in the wide or dense frame, whoever looks.
    pub fn with_desk(mut self, desk: bool) -> Shell {
        self.desk = desk;
        self
    }

    /// Whether those who work here must know that files are refused.
    pub fn takes_no_files(&self) -> bool {
        self.desk && self.visit.site().room.is_short()
    }

    /// The names at head and foot.
    pub fn brand(&self) -> &Brand {
        &self.visit.site().brand
    }

    /// The address of an asset.
    pub fn asset(&self, name: &str) -> &'static str {
        crate::asset(name)
    }

    /// A fresh token for one form.
    pub fn csrf(&self) -> String {
        self.visit.csrf_token()
    }

    /// A fresh command id for one form.
    pub fn command_id(&self) -> String {
        crate::fresh_command_id(self.visit.now())
    }

    /// Bytes of the largest file that is taken.
    pub fn upload_max(&self) -> u64 {
        self.visit.site().upload_max
    }

    /// The same for people: `20 MB`.
    pub fn upload_max_words(&self) -> String {
        crate::show::bytes(self.upload_max())
    }

    /// Files that one form takes.
    pub fn upload_files(&self) -> usize {
        crate::multipart::FILES_MAX
    }

    /// Bytes of files that one form takes.
    pub fn upload_form(&self) -> u64 {
        let largest = crate::multipart::LARGEST_FILES_MAX;
        self.upload_max().saturating_mul(largest)
    }

    /// How much one form takes, for people: `30 tệp, 120 MB`.
    pub fn upload_form_words(&self) -> String {
        let all = crate::show::bytes(self.upload_form());
        format!("{} tệp và {all}", self.upload_files())
    }

    /// Whether somebody has signed in.
    pub fn is_signed(&self) -> bool {
        self.visit.signed().is_some()
    }

    /// Whether an officer has signed in.
    pub fn is_officer(&self) -> bool {
        self.visit
            .signed()
            .is_some_and(|signed| signed.kind == Kind::Officer)
    }

    /// Name of the person who has signed in, or empty.
    pub fn display_name(&self) -> &str {
        self.visit
            .signed()
            .map_or("", |signed| &signed.display_name)
    }

    /// The second line below the name, or empty.
    pub fn standing(&self) -> &str {
        self.visit.signed().map_or("", |signed| &signed.standing)
    }

    /// Unread notices.
    pub fn unread(&self) -> u32 {
        self.visit.signed().map_or(0, |signed| signed.unread)
    }

    /// The request's path.
    pub fn path(&self) -> &str {
        self.visit.path()
    }

    /// The request's number in the log.
    pub fn request_id(&self) -> &str {
        self.visit.request_id()
    }

    /// Where citizens sign in.
    pub fn sign_in_path(&self) -> &str {
        &self.visit.site().sign_in.citizen
    }

    /// Where this person goes on who must sign in first: the right door, and back from there.
    pub fn way(&self) -> &str {
        self.visit.way().unwrap_or(self.sign_in_path())
    }

    /// Whether a form is kept for this browser, which shows it again after signing in.
    pub fn keeps_form(&self) -> bool {
        self.visit.kept_secret().is_some()
    }

    /// Where the sign-out form is posted.
    pub fn sign_out_path(&self) -> &str {
        &self.visit.site().sign_in.sign_out
    }

    /// The signed-in person's own page.
    pub fn account_path(&self) -> &str {
        &self.visit.site().sign_in.account
    }

    /// The menu of whoever is looking, with only what their rights open.
    pub fn nav(&self) -> Vec<&NavLink> {
        let all = &self.visit.site().navigation;
        let signed = self.visit.signed();
        let links = match signed.map(|signed| signed.kind) {
            None => &all.public,
            Some(Kind::Citizen) => &all.citizen,
            Some(Kind::Officer) => &all.officer,
        };
        let opens = |link: &NavLink| {
            let held = |right| signed.is_some_and(|signed| signed.rights.contains(right));
            link.rights.is_empty() || link.rights.iter().any(held)
        };
        links.iter().filter(|link| opens(link)).collect()
    }

    /// The links of the footer.
    pub fn footer(&self) -> &[NavLink] {
        &self.visit.site().navigation.footer
    }

    /// Whether a menu entry is the page we are on, or the folder it lies in.
    pub fn is_here(&self, link: &NavLink) -> bool {
        let nearest = self
            .nav()
            .into_iter()
            .filter(|other| lies_in(self.path(), &other.href));
        nearest
            .max_by_key(|other| other.href.len())
            .is_some_and(|best| best.href == link.href)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Shell {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Shell, Problem> {
        Ok(Shell::new(Visit::of(&parts.extensions)?))
    }
}

/// A page with status 200.
pub fn render(page: &impl Template) -> Answer {
    render_with(StatusCode::OK, page)
}

/// A page with another status: 422 for a form shown again with its errors.
pub fn render_with(status: StatusCode, page: &impl Template) -> Answer {
    let html = page.render()?;
    let kind = HeaderValue::from_static("text/html; charset=utf-8");
    Ok((status, [(header::CONTENT_TYPE, kind)], html).into_response())
}

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage<'a> {
    shell: Shell,
    problem: &'a Problem,
    status: u16,
}

/// The page of a problem; a script that did not ask for a page gets one short line.
pub(crate) fn problem_page(problem: &Problem, visit: &Visit, wants_page: bool) -> Response {
    let status = problem.status();
    let short = || (status, format!("{status} {}\n", visit.request_id())).into_response();
    if !wants_page {
        return short();
    }
    let page = ProblemPage {
        shell: Shell::new(visit),
        problem,
        status: status.as_u16(),
    };
    render_with(status, &page).unwrap_or_else(|_| short())
}

fn lies_in(path: &str, folder: &str) -> bool {
    let folder = folder.split('?').next().unwrap_or("");
    path == folder || (folder != "/" && path.starts_with(&format!("{folder}/")))
}
