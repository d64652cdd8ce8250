//! What pages make of an outcome: a sentence beside its field, a problem, the cookies of whoever
//! came in; and who asks.
//! Does not know: which page.
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use jiff::Timestamp;
use web::{Cookie, FieldErrors, Problem, Visit};

use super::super::words::{self, word};
use super::super::{Begun, Client, Failure, Refusal, rules};

/// Cookie with the secret by which a browser that was in is known again.
const BROWSER: &str = "browser";

/// The answer, with the cookies of a session that has begun and of the browser.
pub(super) fn entered(visit: &Visit, answer: Response, begun: Begun) -> Response {
    let seconds = rules::COOKIE_LIFE.as_secs();
    let mut answer = web::begin_session(answer, begun.secret, seconds);
    let known = Cookie::new(BROWSER, begun.browser, visit.site().https);
    if let Some(known) = known.for_seconds(rules::BROWSER_LIFE.as_secs()).header() {
        answer.headers_mut().append(header::SET_COOKIE, known);
    }
    answer
}

/// Puts a refusal beside its field; a trouble becomes a page of its own.
pub(super) fn explain(
    failure: Failure,
    field: &str,
    errors: &mut FieldErrors,
    now: Timestamp,
) -> Result<StatusCode, Problem> {
    match failure {
        Failure::Refusal(refusal) => {
            errors.add(field, words::refusal(&refusal, now));
            let many = matches!(refusal, Refusal::TooManyTries { .. });
            let refused = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(if many {
                StatusCode::TOO_MANY_REQUESTS
            } else {
                refused
            })
        }
        other => Err(other.into()),
    }
}

pub(super) fn explain_code(
    failure: Failure,
    errors: &mut FieldErrors,
    now: Timestamp,
) -> Result<StatusCode, Problem> {
    if let Failure::Refusal(Refusal::NotRecognised) = failure {
        errors.add("code", word("code_not_recognised"));
        return Ok(StatusCode::UNPROCESSABLE_ENTITY);
    }
    explain(failure, "code", errors, now)
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Problem {
        match failure {
            Failure::Refusal(Refusal::TooManyTries { seconds }) => Problem::TooMany { seconds },
            Failure::Refusal(_) => Problem::Forbidden,
            Failure::Password(trouble) => trouble.into(),
            Failure::Trouble(trouble) => Problem::trouble(trouble),
        }
    }
}

pub(super) fn client(visit: &Visit, headers: &HeaderMap) -> Client {
    let browser = headers
        .get(header::USER_AGENT)
        .and_then(|value| value.to_str().ok());
    let device = rules::device_name(browser.unwrap_or(""));
    let known = Cookie::read(BROWSER, headers, visit.site().https);
    Client {
        address: visit.address().to_owned(),
        device,
        browser: known.unwrap_or_default().to_owned(),
    }
}
