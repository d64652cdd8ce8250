//! `/lookup`: where a dossier stands, by its code or the QR code on the receipt, without signing
//! in. Status only: no name, no answer, no paper, no officer (Luật Bảo vệ dữ
//! liệu cá nhân 91/2025/QH15).
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use jiff::Timestamp;
use kernel::Trouble;
use matters::dossier::views::{self, PublicStatus};
use matters::dossier::{Code, ExternalStatus};
use web::ui::Tag;
use web::{Answer, Now, Problem, QueryData, Redirect, Shell, Visit, show};

use super::super::phrases;
use super::Portal;

#[derive(Template)]
#[template(path = "portal/pages/lookup.html")]
struct LookupPage {
    shell: Shell,
    /// As typed.
    code: String,
    answer: Found,
}

enum Found {
    /// Nothing was asked yet.
    Nothing,
    /// The text cannot be a code.
    NotACode,
    /// There is no such dossier.
    Unknown,
    Status(Box<Status>),
}

struct Status {
    code: String,
    procedure: String,
    agency: String,
    tag: Tag,
    meaning: String,
    submitted: String,
    due: String,
    overdue: bool,
    delivered: String,
}

pub(super) async fn ask(QueryData(query): QueryData, shell: Shell) -> Answer {
    match query.filled("code") {
        Some(code) => {
            let code = super::procedures::encoded(code.trim());
            Ok(Redirect::to(format!("/lookup/{code}")).into_response())
        }
        None => web::render(&LookupPage {
            shell,
            code: String::new(),
            answer: Found::Nothing,
        }),
    }
}

pub(super) async fn show(
    State(portal): State<Portal>,
    Path(code): Path<String>,
    Now(now): Now,
    visit: Visit,
    shell: Shell,
) -> Answer {
    if let Err(seconds) = portal.lookups.take(visit.address(), now) {
        return Err(Problem::TooMany { seconds });
    }
    let answer = look(&portal, &code, now).await?;
    let status = match answer {
        Found::Status(_) | Found::Nothing => StatusCode::OK,
        Found::NotACode | Found::Unknown => StatusCode::NOT_FOUND,
    };
    let page = LookupPage {
        shell,
        code,
        answer,
    };
    web::render_with(status, &page)
}

async fn look(portal: &Portal, code: &str, now: Timestamp) -> Result<Found, Trouble> {
    // People copy the code with spaces and with the dash of a word processor.
    let tidy: String = code
        .chars()
        .filter(|sign| !sign.is_whitespace())
        .map(|sign| {
            if matches!(sign, '–' | '—' | '−') {
                '-'
            } else {
                sign
            }
        })
        .collect();
    let Ok(code) = tidy.parse::<Code>() else {
        return Ok(Found::NotACode);
    };
    let Some(found) = views::public_status(portal.ground.db(), &code).await? else {
        return Ok(Found::Unknown);
    };
    let agency = portal.ground.offices.agency(&found.agency).await?;
    let agency = agency.map_or(found.agency.clone(), |agency| agency.name);
    Ok(Found::Status(Box::new(status(portal, &found, agency, now))))
}

fn status(portal: &Portal, found: &PublicStatus, agency: String, now: Timestamp) -> Status {
    let key = found.procedure.parse().ok();
    let procedure = key.and_then(|key| portal.ground.catalogue().get(&key));
    let meaning = procedure.and_then(|procedure| procedure.status_words(found.status.code()));
    let waits = matches!(
        found.status,
        ExternalStatus::Accepted | ExternalStatus::InProgress | ExternalStatus::FeeDue
    );
    let overdue = waits && (found.overdue || found.due_at.is_some_and(|due| due < now));
    Status {
        code: found.code.clone(),
        procedure: super::procedure_name(portal, &found.procedure),
        agency,
        tag: phrases::status_tag(found.status, overdue),
        meaning: meaning.map_or_else(String::new, |words| words.vi.clone()),
        submitted: show::day(show::local_date(found.submitted_at)),
        due: found.due_at.map_or_else(String::new, show::moment),
        overdue,
        delivered: found
            .delivered_at
            .map_or_else(String::new, |at| show::day(show::local_date(at))),
    }
}
