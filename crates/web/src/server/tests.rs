//! Real sockets against the limits: crowds, large heads, slow heads, the good end.
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::{get, post};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::{Limits, make_room_to_knock, serve};

struct Running {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    ended: JoinHandle<bool>,
}

async fn start(limits: Limits) -> Running {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let slow = || async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        "done"
    };
    let router = Router::new()
        .route("/", get(|| async { "here" }))
        .route(
            "/full",
            post(|| async { (StatusCode::INSUFFICIENT_STORAGE, "no room") }),
        )
        .route("/slow", get(slow));
    let (stop, stopping) = watch::channel(false);
    let patience = Duration::from_secs(5);
    let ended = tokio::spawn(serve(listener, router, limits, stopping, patience));
    Running {
        address,
        stop,
        ended,
    }
}

/// Everything that comes back until the other side closes.
async fn ask(address: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // A connection that is refused may be reset: then nothing came back.
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

const PLAIN: &str = "GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
const WIDE: Limits = Limits {
    connections: 100,
    per_address: 0,
    head_patience: Duration::from_millis(300),
};

/// Nobody is accepted here. Whoever finds no room to wait tries again after a second.
#[tokio::test]
async fn a_crowd_may_wait_to_be_accepted() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    make_room_to_knock(&listener);
    let address = listener.local_addr().unwrap();
    let mut crowd = Vec::new();
    for number in 0..300 {
        let knock = TcpStream::connect(address);
        let heard = tokio::time::timeout(Duration::from_millis(900), knock).await;
        crowd.push(heard.unwrap_or_else(|_| panic!("number {number} found no room")));
    }
}

#[tokio::test]
async fn one_address_takes_only_its_seats_and_gives_them_back() {
    let running = start(Limits {
        connections: 10,
        per_address: 2,
        ..WIDE
    })
    .await;
    let held = [
        TcpStream::connect(running.address).await.unwrap(),
        TcpStream::connect(running.address).await.unwrap(),
    ];
    // The two are accepted before the third, in order.
    assert_eq!(ask(running.address, PLAIN).await, "");
    drop(held);
    for _ in 0..100 {
        if ask(running.address, PLAIN).await.ends_with("here") {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the seats never became free");
}

#[tokio::test]
async fn a_head_too_large_is_refused() {
    let running = start(WIDE).await;
    let cookie = "c".repeat(4 * super::HEAD_BYTES_MAX);
    let large = format!("GET / HTTP/1.1\r\nhost: x\r\ncookie: {cookie}\r\n\r\n");
    let answer = ask(running.address, &large).await;
    assert!(!answer.contains("here"), "{answer}");
    let lines: String = (0..=super::HEAD_LINES_MAX)
        .map(|line| format!("x-{line}: y\r\n"))
        .collect();
    let many = format!("GET / HTTP/1.1\r\nhost: x\r\n{lines}\r\n");
    let answer = ask(running.address, &many).await;
    assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
}

#[tokio::test]
async fn a_head_that_dribbles_in_is_given_up() {
    let running = start(WIDE).await;
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    stream
        .write_all(b"GET / HTTP/1.1\r\nhost: x\r\n")
        .await
        .unwrap();
    let started = std::time::Instant::now();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    assert!(!String::from_utf8_lossy(&answer).contains("here"));
    assert!(started.elapsed() >= WIDE.head_patience);
}

#[tokio::test]
async fn what_is_under_way_is_finished_before_the_end() {
    let running = start(WIDE).await;
    let address = running.address;
    let slow =
        tokio::spawn(async move { ask(address, "GET /slow HTTP/1.1\r\nhost: x\r\n\r\n").await });
    tokio::time::sleep(Duration::from_millis(100)).await;
    running.stop.send(true).unwrap();
    assert!(slow.await.unwrap().ends_with("done"));
    assert!(running.ended.await.unwrap(), "everything was finished");
    assert!(TcpStream::connect(address).await.is_err(), "nobody listens");
}

#[tokio::test]
async fn who_is_refused_in_the_middle_of_an_upload_reads_the_answer() {
    const BYTES: usize = 24 * 1024 * 1024;
    let running = start(WIDE).await;
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    let head = format!("POST /full HTTP/1.1\r\nhost: x\r\ncontent-length: {BYTES}\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    // As a browser does: everything is sent before the answer is looked at.
    for _ in 0..BYTES / 1024 / 64 {
        stream.write_all(&[b'x'; 64 * 1024]).await.unwrap();
    }
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 507"), "{answer}");
    assert!(answer.ends_with("no room"), "{answer}");
}
