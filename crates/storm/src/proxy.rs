//! A small TCP proxy: it spreads connections over the ends that are well, and on demand it is
//! slow, silent or cuts everything, as networks do.
//!
//! Does not know: what is said through it.
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Bytes passed on at once.
const PIECE: usize = 16 * 1024;
/// How often a silent line looks whether it may speak again.
const LOOK: Duration = Duration::from_millis(20);
/// How often each end is asked whether it is well, and how long it may take to answer.
const ASK_EVERY: Duration = Duration::from_millis(300);
/// See [`ASK_EVERY`].
const ANSWER_WITHIN: Duration = Duration::from_millis(1_000);

/// An end behind the proxy.
#[derive(Debug)]
struct End {
    address: SocketAddr,
    well: AtomicBool,
    /// Counts up when all its lines are to be cut.
    cut: watch::Sender<u64>,
}

/// The proxy while it runs; it ends with its owner.
#[derive(Debug)]
pub struct Proxy {
    /// Where it listens.
    pub port: u16,
    ends: Arc<Vec<End>>,
    delay_ms: Arc<AtomicU64>,
    silent: Arc<AtomicBool>,
    tasks: Vec<JoinHandle<()>>,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
        self.cut();
    }
}

impl Proxy {
    /// Listens for connections to the one server at `port` of this machine.
    ///
    /// # Errors
    /// When no port is free.
    pub async fn before(port: u16) -> Result<Self, String> {
        Self::over(&[port]).await
    }

    /// The same over several HTTP servers; only those whose `/readyz` answers are used.
    ///
    /// # Errors
    /// When no port is free.
    pub async fn balancing(ports: &[u16]) -> Result<Self, String> {
        let mut proxy = Self::over(ports).await?;
        for number in 0..ports.len() {
            let ends = Arc::clone(&proxy.ends);
            proxy.tasks.push(tokio::spawn(async move {
                loop {
                    ends[number].look().await;
                    tokio::time::sleep(ASK_EVERY).await;
                }
            }));
        }
        Ok(proxy)
    }

    async fn over(ports: &[u16]) -> Result<Self, String> {
        let listener = TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.map_err(|e| e.to_string())?;
        let port = listener.local_addr().map_err(|e| e.to_string())?.port();
        let end = |port: &u16| End {
            address: SocketAddr::from(([127, 0, 0, 1], *port)),
            well: AtomicBool::new(true),
            cut: watch::Sender::new(0),
        };
        let ends: Arc<Vec<End>> = Arc::new(ports.iter().map(end).collect());
        let mut proxy = Self {
            port,
            ends,
            delay_ms: Arc::default(),
            silent: Arc::default(),
            tasks: Vec::new(),
        };
        let ends = Arc::clone(&proxy.ends);
        let (delay_ms, silent) = (Arc::clone(&proxy.delay_ms), Arc::clone(&proxy.silent));
        let turn = AtomicUsize::new(0);
        proxy.tasks.push(tokio::spawn(async move {
            while let Ok((stream, from)) = listener.accept().await {
                let first = turn.fetch_add(1, Ordering::Relaxed);
                let line = Line {
                    ends: Arc::clone(&ends),
                    delay_ms: Arc::clone(&delay_ms),
                    silent: Arc::clone(&silent),
                };
                tokio::spawn(line.carry(stream, from.ip(), first));
            }
        }));
        Ok(proxy)
    }

    /// Each piece waits so long before it is passed on.
    pub fn delay(&self, ms: u64) {
        self.delay_ms.store(ms, Ordering::Relaxed);
    }

    /// Lines stay open and nothing is passed on.
    pub fn silence(&self, silent: bool) {
        self.silent.store(silent, Ordering::Relaxed);
    }

    /// Every line breaks at once; new ones are taken.
    pub fn cut(&self) {
        self.ends.iter().for_each(End::break_lines);
    }
}

impl End {
    fn break_lines(&self) {
        self.cut.send_modify(|count| *count += 1);
    }

    /// An end that falls ill loses its lines: whoever waits there asks another.
    async fn look(&self) {
        let well = tokio::time::timeout(ANSWER_WITHIN, ready(self.address)).await;
        let well = well.unwrap_or(false);
        if self.well.swap(well, Ordering::Relaxed) && !well {
            self.break_lines();
        }
    }
}

/// Whether an HTTP server says that it is ready.
pub async fn ready(address: SocketAddr) -> bool {
    let answer = crate::pages::get(address, None, "/readyz").await;
    answer.is_ok_and(|answer| answer.status == 200)
}

struct Line {
    ends: Arc<Vec<End>>,
    delay_ms: Arc<AtomicU64>,
    silent: Arc<AtomicBool>,
}

impl Line {
    /// The server sees the address of the client, as behind a proxy that keeps it.
    async fn carry(self, client: TcpStream, from: IpAddr, first: usize) {
        let count = self.ends.len();
        let turns = (0..count).map(|n| &self.ends[(first + n) % count]);
        for end in turns.filter(|end| end.well.load(Ordering::Relaxed)) {
            let mut cut = end.cut.subscribe();
            let Ok(server) = dial(end.address, from).await else {
                continue;
            };
            let _ = (client.set_nodelay(true), server.set_nodelay(true));
            let (client_in, client_out) = client.into_split();
            let (server_in, server_out) = server.into_split();
            tokio::select! {
                _ = cut.changed() => {}
                () = self.pass(client_in, server_out) => {}
                () = self.pass(server_in, client_out) => {}
            }
            return;
        }
    }

    async fn pass(
        &self,
        mut from: tokio::net::tcp::OwnedReadHalf,
        mut to: tokio::net::tcp::OwnedWriteHalf,
    ) {
        let mut piece = vec![0; PIECE];
        while let Ok(count) = from.read(&mut piece).await {
            while self.silent.load(Ordering::Relaxed) {
                tokio::time::sleep(LOOK).await;
            }
            match self.delay_ms.load(Ordering::Relaxed) {
                0 => {}
                ms => tokio::time::sleep(Duration::from_millis(ms)).await,
            }
            if count == 0 || to.write_all(&piece[..count]).await.is_err() {
                return;
            }
        }
    }
}

/// A connection that comes from the given address of this machine.
pub(crate) async fn dial(to: SocketAddr, from: IpAddr) -> std::io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::new(from, 0))?;
    socket.connect(to).await
}
