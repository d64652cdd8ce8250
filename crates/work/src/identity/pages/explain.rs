//! From what went wrong to what the person reads: a sentence beside a field, or a page.
//! Does not know: which form it was.
use axum::http::StatusCode;
use jiff::Timestamp;
use web::{FieldErrors, Problem};

use super::super::words::{self, word};
use super::super::{Failure, Refusal};

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
