//! Connections, within limits that a slow or a hostile peer cannot stretch: so many at once, so
//! many from one address, so long for a head, so large a head. Asked to stop, it takes no new ones
//! and finishes what is under way.
//!
//! It does not know what is served, nor who asks; how much work may be under way is `gate.rs`.

mod linger;

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tower::ServiceExt as _;

use linger::Lingering;

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
                    Some(seat) => talk(stream, peer, router.clone(), &graceful, seat),
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
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    graceful: &GracefulShutdown,
    seat: Seat,
) {
    // Small answers must not wait for others to fill a packet.
    let _ = stream.set_nodelay(true);
    let _ = socket2::SockRef::from(&stream).set_tcp_user_timeout(Some(SEND_PATIENCE));
    let answer = move |request: hyper::Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().oneshot(request)
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

/// Who sits where: connections by address.
struct Seats {
    limits: Limits,
    taken: Arc<Mutex<Taken>>,
}

#[derive(Default)]
struct Taken {
    all: usize,
    by_address: HashMap<IpAddr, usize>,
}

struct Seat {
    address: IpAddr,
    head_patience: Duration,
    taken: Arc<Mutex<Taken>>,
}

impl Seats {
    fn new(limits: Limits) -> Seats {
        Seats {
            limits,
            taken: Arc::default(),
        }
    }

    fn take(&self, address: IpAddr) -> Option<Seat> {
        let mut taken = self.taken.lock().expect("no holder of this lock panics");
        let of_address = taken.by_address.get(&address).copied().unwrap_or(0);
        let too_many = self.limits.per_address > 0 && of_address >= self.limits.per_address;
        if too_many || taken.all >= self.limits.connections {
            return None;
        }
        taken.all += 1;
        taken.by_address.insert(address, of_address + 1);
        Some(Seat {
            address,
            head_patience: self.limits.head_patience,
            taken: Arc::clone(&self.taken),
        })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.taken.lock().expect("no holder of this lock panics");
        taken.all -= 1;
        match taken.by_address.get(&self.address).copied() {
            Some(count) if count > 1 => {
                taken.by_address.insert(self.address, count - 1);
            }
            _ => {
                taken.by_address.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests;
