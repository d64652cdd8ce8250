//! Connections, within limits that a slow or a hostile peer cannot stretch: so many at once, so
//! many from one address, so long for a head, so large a head. A few are kept for this very
//! machine, which asks how we do. Asked to stop, it takes no new ones and finishes what is under
//! way.
//!
//! It does not know what is served, nor who asks; how much work may be under way is `gate.rs`.

mod linger;
mod seats;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tower::ServiceExt as _;

use linger::Lingering;
use seats::{Seat, Seats};

/// A head must be there within this time, the wait between two requests included: a telephone on a
/// bad line needs seconds, whoever needs longer holds a seat that others want.
pub const HEAD_PATIENCE: Duration = Duration::from_secs(20);
/// Bytes of a head: cookies, a long search and whatever proxies add fit many times.
const HEAD_BYTES_MAX: usize = 64 * 1024;
/// Lines of a head; browsers send about twenty.
const HEAD_LINES_MAX: usize = 100;
/// A peer that takes none of our bytes for so long is gone, or wants to hold us.
const SEND_PATIENCE: Duration = Duration::from_secs(30);
/// Connections that may wait to be accepted. Of a crowd that comes at once, those beyond it hear
/// nothing and try again a second later; the usual 128 are fewer than one village. The system holds
/// it to a limit of its own (`net.core.somaxconn`, 4,096).
const KNOCKING_MAX: i32 = 4_096;
/// The pause after the system had no descriptor left for a new connection.
const OUT_OF_DESCRIPTORS: Duration = Duration::from_millis(50);

/// Descriptors that are no connections: the database, logs, files on their way in and out.
const DESCRIPTORS_KEPT: usize = 512;
/// At least so many addresses share what there is, when descriptors are few.
const ADDRESSES_MIN: usize = 4;

/// How many connections there may be.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// At once.
    pub connections: usize,
    /// Of one address; 0 where all come from our own proxy.
    pub per_address: usize,
    /// How long a head may take: [`HEAD_PATIENCE`].
    pub head_patience: Duration,
}

impl Limits {
    /// Asks the system for as many descriptors as it gives, and fits the limits to them: with none
    /// left nothing is answered, and no page, file or journal could be opened either.
    #[must_use]
    pub fn within_descriptors(self) -> Limits {
        use rustix::process::{Resource, getrlimit, setrlimit};
        let mut given = getrlimit(Resource::Nofile);
        let raised = rustix::process::Rlimit {
            current: given.maximum,
            ..given
        };
        if setrlimit(Resource::Nofile, raised).is_ok() {
            given = raised;
        }
        let most = given.current.and_then(|most| usize::try_from(most).ok());
        self.fitted(most.unwrap_or(usize::MAX))
    }

    fn fitted(self, descriptors: usize) -> Limits {
        let room = descriptors.saturating_sub(DESCRIPTORS_KEPT).max(1);
        if room >= self.connections {
            return self;
        }
        let of_address = (room / ADDRESSES_MIN).max(1);
        tracing::warn!(
            wanted = self.connections,
            taken = room,
            "the system gives few descriptors (ulimit -n): fewer connections are taken"
        );
        Limits {
            connections: room,
            per_address: self.per_address.min(of_address),
            ..self
        }
    }
}

/// Serves until `stop`; then gives what is under way `patience` to finish. Returns whether it did.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    mut stop: watch::Receiver<bool>,
    patience: Duration,
) -> bool {
    make_room_to_knock(&listener);
    let seats = Seats::new(limits);
    let graceful = GracefulShutdown::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => match seats.take(peer.ip()) {
                    Some(seat) => talk((stream, peer), router.clone(), &graceful, seat),
                    None => tracing::debug!("a connection too many was closed"),
                },
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(OUT_OF_DESCRIPTORS).await;
                }
            },
            () = told(&mut stop) => break,
        }
    }
    drop(listener);
    tokio::select! {
        () = graceful.shutdown() => true,
        () = tokio::time::sleep(patience) => false,
    }
}

/// A second call only makes the queue longer.
fn make_room_to_knock(listener: &TcpListener) {
    if let Err(error) = socket2::SockRef::from(listener).listen(KNOCKING_MAX) {
        tracing::warn!(%error, "few connections may wait to be accepted");
    }
}

async fn told(stop: &mut watch::Receiver<bool>) {
    // An error says that nobody can tell any more: the program is ending too.
    let _ = stop.wait_for(|stop| *stop).await;
}

/// One connection, on a task of its own; its seat is given back when it ends.
fn talk(
    (stream, peer): (TcpStream, SocketAddr),
    router: Router,
    graceful: &GracefulShutdown,
    seat: Seat,
) {
    // Small answers must not wait for others to fill a packet.
    let _ = stream.set_nodelay(true);
    let _ = socket2::SockRef::from(&stream).set_tcp_user_timeout(Some(SEND_PATIENCE));
    let kept = seat.is_kept;
    let answer = move |request: hyper::Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        let router = router.clone();
        async move {
            match kept {
                true => answer_watch(router, request).await,
                false => router.oneshot(request).await,
            }
        }
    };
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(seat.head_patience)
        .max_buf_size(HEAD_BYTES_MAX)
        .max_headers(HEAD_LINES_MAX)
        .serve_connection(
            TokioIo::new(Lingering::new(stream)),
            hyper::service::service_fn(answer),
        );
    let connection = graceful.watch(connection);
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "a connection ended early");
        }
        drop(seat);
    });
}

/// On a seat kept for this machine only its own question is answered: a proxy on this machine
/// would fill these seats too. Each is free again after one answer.
async fn answer_watch(
    router: Router,
    request: hyper::Request<Body>,
) -> Result<Response, Infallible> {
    let own = crate::address::is_own_machine(request.headers(), request.extensions());
    let mut response = match own && crate::gate::is_watch(request.uri().path()) {
        true => router.oneshot(request).await?,
        false => {
            let full = StatusCode::SERVICE_UNAVAILABLE;
            crate::gate::come_again(full, crate::gate::COME_AGAIN_SECONDS)
        }
    };
    let close = HeaderValue::from_static("close");
    response.headers_mut().insert(header::CONNECTION, close);
    Ok(response)
}

#[cfg(test)]
mod tests;
