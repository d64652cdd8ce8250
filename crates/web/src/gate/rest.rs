//! What is left of a request's body when its answer is ready. Whoever is refused early is often
//! still sending: the rest is taken if it is short, so that the connection is good for the next
//! request; otherwise the answer says that the connection ends here. Left as it is, the connection
//! would break under the next request, which may be somebody else's where a proxy keeps it.
//!
//! Does not know: why a request was answered early.

use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use futures_util::StreamExt as _;
use hyper::body::{Frame, SizeHint};

/// How much is taken to keep a connection: a long form, or a photo that is nearly through. A new
/// connection costs less than more than that.
const BYTES_MAX: u64 = 256 * 1024;
/// And for how long: the answer waits for it.
const PATIENCE: Duration = Duration::from_secs(2);

/// Where the rest is found when nobody reads any more.
#[derive(Clone)]
pub(super) struct Rest {
    left: Arc<Mutex<Left>>,
    asks_first: bool,
}

enum Left {
    /// Somebody still has the body.
    Held,
    /// It was read to its end, or there was none.
    Nothing,
    /// It was put down before its end.
    Some(Body),
    /// The peer went away in the middle.
    Broken,
}

/// The request with its body watched, and the watch.
pub(super) fn watch(request: Request) -> (Request, Rest) {
    let expects = request.headers().contains_key(header::EXPECT);
    let whole = request.body().is_end_stream();
    let rest = Rest {
        left: Arc::new(Mutex::new(match whole {
            true => Left::Nothing,
            false => Left::Held,
        })),
        asks_first: expects,
    };
    if whole {
        return (request, rest);
    }
    let left = Arc::clone(&rest.left);
    let watched = request.map(|body| {
        Body::new(Watched {
            body: Some(body),
            left,
        })
    });
    (watched, rest)
}

impl Rest {
    /// Takes the rest, or says in the answer that the connection ends.
    pub(super) async fn settle(self, mut response: Response) -> Response {
        if !self.is_taken().await {
            let close = HeaderValue::from_static("close");
            response.headers_mut().insert(header::CONNECTION, close);
        }
        response
    }

    async fn is_taken(&self) -> bool {
        let left = {
            let mut left = self.left.lock().expect("no holder of this lock panics");
            std::mem::replace(&mut *left, Left::Held)
        };
        match left {
            Left::Nothing => true,
            Left::Held | Left::Broken => false,
            // Who asks before sending has sent nothing: reading would ask for it.
            Left::Some(_) if self.asks_first => false,
            Left::Some(body) if body.size_hint().lower() > BYTES_MAX => false,
            Left::Some(body) => {
                let taken = tokio::time::timeout(PATIENCE, drain(body)).await;
                taken.unwrap_or(false)
            }
        }
    }
}

async fn drain(body: Body) -> bool {
    let mut pieces = body.into_data_stream();
    let mut taken = 0;
    while let Some(piece) = pieces.next().await {
        let Ok(piece) = piece else { return false };
        taken += piece.len() as u64;
        if taken > BYTES_MAX {
            return false;
        }
    }
    true
}

/// A body that is given back when it is put down before its end.
struct Watched {
    body: Option<Body>,
    left: Arc<Mutex<Left>>,
}

impl Watched {
    fn tell(&self, left: Left) {
        *self.left.lock().expect("no holder of this lock panics") = left;
    }
}

impl HttpBody for Watched {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let Some(body) = &mut self.body else {
            return Poll::Ready(None);
        };
        let polled = Pin::new(body).poll_frame(context);
        match &polled {
            Poll::Ready(None) => {
                self.body = None;
                self.tell(Left::Nothing);
            }
            Poll::Ready(Some(Err(_))) => {
                self.body = None;
                self.tell(Left::Broken);
            }
            _ => {}
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(HttpBody::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        let hint = self.body.as_ref().map(HttpBody::size_hint);
        hint.unwrap_or_else(|| SizeHint::with_exact(0))
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        let Some(body) = self.body.take() else { return };
        self.tell(match body.is_end_stream() {
            true => Left::Nothing,
            false => Left::Some(body),
        });
    }
}
