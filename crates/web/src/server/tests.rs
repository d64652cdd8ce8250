//! Real sockets against the limits: crowds, large heads, slow heads, early refusals, the good end.
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::{get, post};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::{Limits, make_room_to_knock, serve};

struct Running {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    ended: JoinHandle<bool>,
}

async fn start(limits: Limits) -> Running {
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
        .route("/healthz", get(|| async { "well" }))
        .route("/slow", get(slow));
    start_with(router, limits).await
}

async fn start_with(router: Router, limits: Limits) -> Running {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
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
    let third = ask(running.address, PLAIN).await;
    assert!(third.starts_with("HTTP/1.1 503"), "{third}");
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

/// Connections from another address of this machine, which say nothing.
async fn crowd_from(host: &str, to: SocketAddr, count: usize) -> Vec<TcpStream> {
    let mut crowd = Vec::new();
    for _ in 0..count {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(format!("{host}:0").parse().unwrap()).unwrap();
        crowd.push(socket.connect(to).await.unwrap());
    }
    crowd
}

#[tokio::test]
async fn the_connections_of_one_address_leave_room_for_another() {
    let running = start(Limits {
        connections: 400,
        per_address: 100,
        head_patience: Duration::from_secs(20),
    })
    .await;
    let crowd = crowd_from("127.0.0.2", running.address, 600).await;
    for _ in 0..50 {
        let answer = ask(running.address, PLAIN).await;
        assert!(answer.ends_with("here"), "{answer}");
    }
    drop(crowd);
}

#[tokio::test]
async fn when_every_connection_is_taken_this_machine_still_learns_how_we_do() {
    let running = start(Limits {
        connections: 100,
        per_address: 0,
        head_patience: Duration::from_secs(20),
    })
    .await;
    let crowd = crowd_from("127.0.0.2", running.address, 300).await;
    // Those of the crowd that sit on kept seats say nothing and lose them soon.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let watch = "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n";
    for _ in 0..30 {
        let well = ask(running.address, watch).await;
        assert!(
            well.starts_with("HTTP/1.1 200") && well.ends_with("well"),
            "{well}"
        );
        assert!(well.contains("connection: close"), "{well}");
    }
    let page = ask(running.address, PLAIN).await;
    assert!(page.starts_with("HTTP/1.1 503"), "{page}");
    assert!(page.contains("Hệ thống đang bận"), "{page}");
    let forwarded = "GET /healthz HTTP/1.1\r\nhost: x\r\nx-forwarded-for: 203.0.113.9\r\n\r\n";
    let forwarded = ask(running.address, forwarded).await;
    assert!(forwarded.starts_with("HTTP/1.1 503"), "{forwarded}");
    drop(crowd);
}

#[test]
fn with_few_descriptors_fewer_connections_are_taken() {
    let wanted = Limits {
        connections: 4_096,
        per_address: 1_024,
        ..WIDE
    };
    let few = wanted.fitted(1_024);
    assert_eq!((few.connections, few.per_address), (512, 128));
    let many = wanted.fitted(65_536);
    assert_eq!((many.connections, many.per_address), (4_096, 1_024));
    assert_eq!(wanted.fitted(3).connections, 1);
}

/// The whole web floor behind a socket.
async fn start_floor() -> Running {
    use crate::{Access, Brand, FormData, Problem, Routes, Sessions, SessionsAnswer, Site};
    struct Nobody;
    impl Sessions for Nobody {
        fn resolve<'a>(&'a self, _: &'a str, _: jiff::Timestamp) -> SessionsAnswer<'a> {
            Box::pin(async { Ok(None) })
        }
    }
    async fn taken(_: FormData) -> &'static str {
        "taken"
    }
    async fn refused() -> Problem {
        Problem::Refused("no".into())
    }
    let clock = std::sync::Arc::new(jiff::Timestamp::now);
    let site = Site::new(Brand::default(), std::sync::Arc::new(Nobody), clock);
    let routes = Routes::new()
        .get("/", Access::Public, || async { "here" })
        .post("/form", Access::Public, taken)
        .post("/refused", Access::Public, refused)
        .post("/mine", Access::SignedIn, taken);
    start_with(routes.into_router(std::sync::Arc::new(site)), WIDE).await
}

/// One answer of a connection that may go on: its head, and its body by its length.
async fn answer_on(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let byte = stream.read_u8().await.expect("an answer");
        head.push(byte);
    }
    let head = String::from_utf8(head).unwrap();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    let mut body = vec![0; length.expect("a length").parse().unwrap()];
    stream.read_exact(&mut body).await.unwrap();
    head + &String::from_utf8_lossy(&body)
}

/// Refused before the body was read: the connection is good for the next request.
#[tokio::test]
async fn after_an_early_refusal_the_next_request_on_the_connection_is_answered() {
    const BYTES: usize = 100_000;
    let running = start_floor().await;
    let multipart = "content-type: multipart/form-data; boundary=X\r\n";
    let plain = "content-type: application/x-www-form-urlencoded\r\n";
    for (path, kind, status) in [
        ("/mine", plain, "401"),
        ("/mine", multipart, "401"),
        ("/form", multipart, "403"),
        ("/form", "", "403"),
        ("/refused", "sec-fetch-site: cross-site\r\n", "403"),
        ("/nowhere", plain, "404"),
        ("/", plain, "405"),
    ] {
        let mut stream = TcpStream::connect(running.address).await.unwrap();
        let head =
            format!("POST {path} HTTP/1.1\r\nhost: x\r\n{kind}content-length: {BYTES}\r\n\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        // A slow line: the refusal is ready before the body is there.
        for _ in 0..4 {
            tokio::time::sleep(Duration::from_millis(30)).await;
            stream.write_all(&[b'x'; BYTES / 4]).await.unwrap();
        }
        let refused = answer_on(&mut stream).await;
        assert!(
            refused.starts_with(&format!("HTTP/1.1 {status}")),
            "{path}: {refused}"
        );
        assert!(!refused.contains("connection: close"), "{path}: {refused}");
        stream
            .write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
            .await
            .unwrap();
        let next = answer_on(&mut stream).await;
        assert!(next.ends_with("here"), "{path}: {next}");
    }
}

/// More than is worth taking: the answer says that the connection ends, and is read whole.
#[tokio::test]
async fn an_early_refusal_of_a_large_body_says_that_the_connection_ends() {
    const BYTES: usize = 8 * 1024 * 1024;
    let running = start_floor().await;
    let plain = "content-type: application/x-www-form-urlencoded\r\n";
    for (path, kind, status) in [
        ("/mine", "", "401"),
        ("/form", plain, "413"),
        (
            "/form",
            "content-type: multipart/form-data; boundary=X\r\n",
            "403",
        ),
    ] {
        let mut stream = TcpStream::connect(running.address).await.unwrap();
        let head =
            format!("POST {path} HTTP/1.1\r\nhost: x\r\n{kind}content-length: {BYTES}\r\n\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        for _ in 0..BYTES / 1024 / 64 {
            stream.write_all(&[b'x'; 64 * 1024]).await.unwrap();
        }
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status}")),
            "{path}: {answer}"
        );
        assert!(answer.contains("connection: close"), "{path}: {answer}");
        assert!(answer.contains("</html>"), "{path}: {answer}");
    }
}

/// Who asks before sending is told no, and sends nothing.
#[tokio::test]
async fn who_asks_before_sending_is_refused_without_a_body() {
    let running = start_floor().await;
    let mut stream = TcpStream::connect(running.address).await.unwrap();
    let head =
        "POST /mine HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 9\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    let answer = answer_on(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    assert!(answer.contains("connection: close"), "{answer}");
}
