//! What went wrong, as a page that says what to do next. The sentences are in `problem.html`.
//!
//! Three failures only: a refusal (the person can do something), a trouble (the world; logged
//! with its context, never shown) and a bug (logged; the request fails). Internal text never
//! reaches the page: a person gets the request's number and the log has the rest. One trouble is
//! told apart: too many writes wait already, so trying again in a moment helps; the command id of a
//! form is somebody else's; the clock of the machine is not believed.

use std::error::Error;
use std::io::ErrorKind;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use kernel::Trouble;

/// A form that carries the id of another command.
const FOREIGN: &str = "Biểu mẫu này mang mã của một lần gửi khác nên chưa được ghi nhận. \
    Xin mở lại trang rồi gửi lại.";

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
    /// 503: the clock of the machine is not believed, so nothing is written.
    ClockAhead,
    /// 507: the disk is nearly full; what has no file still goes on.
    NoRoom,
}

impl Problem {
    /// The world failed: log the cause, show none of it. A database with too much to do, wherever
    /// it stands among the causes, is [`Problem::Busy`].
    pub fn trouble(cause: impl Error + 'static) -> Problem {
        match beneath(&cause) {
            Some(Trouble::Overloaded) => {
                tracing::warn!("too many writes are waiting: a visitor was asked to come again");
                Problem::Busy
            }
            Some(Trouble::Foreign(_)) => {
                tracing::warn!(%cause, "a form was sent with the id of another command");
                Problem::Conflict(FOREIGN.to_owned())
            }
            // The operator was told once; each visitor need not tell it again.
            Some(Trouble::ClockAhead(_)) => Problem::ClockAhead,
            _ => {
                tracing::error!(%cause, "trouble");
                Problem::Trouble
            }
        }
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
            Problem::Busy | Problem::ClockAhead => StatusCode::SERVICE_UNAVAILABLE,
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
            Problem::ClockAhead => 60,
            _ => 0,
        }
    }
}

/// Marks an answer that no page is drawn over.
#[derive(Clone, Copy)]
pub(crate) struct Plain;

/// What a machine that asks how we do is told: it goes out in these words, whatever the status.
pub fn plain(status: StatusCode, words: String) -> Response {
    let mut response = (status, words).into_response();
    response.extensions_mut().insert(Plain);
    response
}

/// The [`Trouble`] that the error is, or that stands among its causes.
fn beneath<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a Trouble> {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(trouble) = error.downcast_ref() {
            return Some(trouble);
        }
        cause = error.source();
    }
    None
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
