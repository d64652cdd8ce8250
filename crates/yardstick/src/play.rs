//! Plays with the reference service as `dinh load` plays with the program: connections that stay
//! open, one request after the other on each.
//! Does not know: what the service does.
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The size of what is handed in: a filled form.
const BODY_BYTES: usize = 1_000;
/// Longer answers are none of that service's.
const ANSWER_BYTES: usize = 4_096;

/// Measures and prints.
///
/// # Errors
/// When the service does not answer, or not with "created".
pub async fn measure(server: SocketAddr, clients: usize, seconds: u64) -> Result<(), String> {
    let started = Instant::now();
    let until = started + Duration::from_secs(seconds);
    let playing: Vec<_> = (0..clients)
        .map(|_| tokio::spawn(play(server, until)))
        .collect();
    let mut times = Vec::new();
    for one in playing {
        let one = one.await.map_err(|error| error.to_string())?;
        times.extend(one.map_err(|error| format!("{server}: {error}"))?);
    }
    let took = started.elapsed().as_secs_f64();
    times.sort_unstable();
    let percentile = |share: f64| {
        let at = (share * times.len() as f64) as usize;
        let time = times.get(at).or(times.last());
        time.map_or(0.0, |time| time.as_secs_f64() * 1_000.0)
    };
    let line = serde_json::json!({
        "what": format!("reference service, {clients} clients"),
        "engine": "postgres",
        "per_s": (times.len() as f64 / took).round(),
        "p50_ms": percentile(0.50),
        "p99_ms": percentile(0.99),
    });
    println!("{line}");
    Ok(())
}

async fn play(server: SocketAddr, until: Instant) -> std::io::Result<Vec<Duration>> {
    let body = format!("{{\"form\":\"{}\"}}", "x".repeat(BODY_BYTES));
    let length = body.len();
    let request = format!(
        "POST /dossiers HTTP/1.1\r\nhost: {server}\r\ncontent-length: {length}\r\n\r\n{body}"
    );
    let mut stream = TcpStream::connect(server).await?;
    stream.set_nodelay(true)?;
    let mut answer = vec![0; ANSWER_BYTES];
    let mut times = Vec::new();
    while Instant::now() < until {
        let sent = Instant::now();
        stream.write_all(request.as_bytes()).await?;
        // Head and body are one small packet.
        let bytes = stream.read(&mut answer).await?;
        if !answer[..bytes].starts_with(b"HTTP/1.1 201") {
            return Err(std::io::ErrorKind::InvalidData.into());
        }
        times.push(sent.elapsed());
    }
    Ok(times)
}
