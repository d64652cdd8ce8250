//! What went wrong, as a page that says what to do next. The sentences are in `problem.html`.
//!
//! Three failures only: a refusal (the person can do something), a trouble (the world; logged
//! with its context, never shown) and a bug (logged; the request fails). Internal text never
//! reaches the page: a person gets the request's number and the log has the rest. One trouble is
//! told apart: too many writes wait already, so trying again in a moment helps.

use std::error::Error;
use std::io::ErrorKind;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use kernel::Trouble;

/// Why there is no page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// 400: the request could not be understood.
    BadRequest,
    /// 401: sign in first.
    SignInNeeded,
    /// 403: signed in, but this is not theirs to see or do.
    Forbidden,
    /// 403: the form's token does not hold: an old page, cookies off, or a forgery.
    FormExpired,
    /// 404.
    NotFound,
    /// 405.
    MethodNotAllowed,
    /// 409: somebody else was faster, or the matter has moved on; with a sentence from the room.
    Conflict(String),
    /// 413: the form or a file is larger than allowed.
    TooLarge,
    /// 422: a rule says no; with a sentence from the room.
    Refused(String),
    /// 429: too many tries; again in so many seconds.
    TooMany {
        /// Seconds until the next try may succeed.
        seconds: u64,
    },
    /// 500: a bug or a trouble; the log knows more.
    Trouble,
    /// 503: too much to do at the moment.
    Busy,
    /// 507: the disk is nearly full; what has no file still goes on.
    NoRoom,
}

impl Problem {
    /// The world failed: log the cause, show none of it. A database with too much to do, wherever
    /// it stands among the causes, is [`Problem::Busy`].
    pub fn trouble(cause: impl Error + 'static) -> Problem {
        if is_overload(&cause) {
            tracing::warn!("too many writes are waiting: a visitor was asked to come again");
            return Problem::Busy;
        }
        tracing::error!(%cause, "trouble");
        Problem::Trouble
    }

    /// A file could not be written: of a full disk people are told what helps.
    pub fn unwritten(cause: std::io::Error) -> Problem {
        match cause.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
                tracing::error!(%cause, "no file is taken: the disk is full");
                Problem::NoRoom
            }
            _ => Problem::trouble(cause),
        }
    }

    /// We failed: log it as a bug.
    pub fn bug(what: &str) -> Problem {
        tracing::error!(what, "bug");
        Problem::Trouble
    }

    /// The status code of the answer.
    pub fn status(&self) -> StatusCode {
        match self {
            Problem::BadRequest => StatusCode::BAD_REQUEST,
            Problem::SignInNeeded => StatusCode::UNAUTHORIZED,
            Problem::Forbidden | Problem::FormExpired => StatusCode::FORBIDDEN,
            Problem::NotFound => StatusCode::NOT_FOUND,
            Problem::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Problem::Conflict(_) => StatusCode::CONFLICT,
            Problem::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Problem::Refused(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Problem::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Problem::Trouble => StatusCode::INTERNAL_SERVER_ERROR,
            Problem::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Problem::NoRoom => StatusCode::INSUFFICIENT_STORAGE,
        }
    }

    /// The problem behind a bare status that some library answered with.
    pub(crate) fn from_status(status: StatusCode) -> Problem {
        match status.as_u16() {
            401 => Problem::SignInNeeded,
            403 => Problem::Forbidden,
            404 => Problem::NotFound,
            405 => Problem::MethodNotAllowed,
            409 => Problem::Conflict(String::new()),
            413 => Problem::TooLarge,
            422 => Problem::Refused(String::new()),
            429 => Problem::TooMany { seconds: 60 },
            503 => Problem::Busy,
            507 => Problem::NoRoom,
            400..=499 => Problem::BadRequest,
            _ => Problem::Trouble,
        }
    }

    /// The room's sentence, if the problem carries one.
    pub fn sentence(&self) -> &str {
        match self {
            Problem::Conflict(text) | Problem::Refused(text) => text,
            _ => "",
        }
    }

    /// Seconds to wait; 0 when waiting is not the point.
    pub fn wait_seconds(&self) -> u64 {
        match self {
            Problem::TooMany { seconds } => (*seconds).max(1),
            Problem::Busy => 5,
            _ => 0,
        }
    }
}

/// Whether the error, or a cause below it, is [`Trouble::Overloaded`].
fn is_overload(error: &(dyn Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if matches!(error.downcast_ref(), Some(Trouble::Overloaded)) {
            return true;
        }
        cause = error.source();
    }
    false
}

/// Lets handlers write `?` on any error of the world: it is logged and becomes a 500, or a 503.
impl<E: Error + 'static> From<E> for Problem {
    fn from(error: E) -> Problem {
        Problem::trouble(error)
    }
}

impl IntoResponse for Problem {
    /// A bare answer that carries the problem; the outermost layer draws the page.
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        if self.wait_seconds() > 0 {
            let headers = response.headers_mut();
            headers.insert(axum::http::header::RETRY_AFTER, self.wait_seconds().into());
        }
        response.extensions_mut().insert(self);
        response
    }
}
