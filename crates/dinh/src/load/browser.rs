//! One browser: a connection that stays open, cookies, redirects, patience. It measures every
//! request under its route. Does not know: what is being done with the pages.
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{CONTENT_TYPE, COOKIE, HOST, LOCATION, ORIGIN, SET_COOKIE};
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpSocket, TcpStream};

use super::address::{resolve, route};
use super::form::Form;
use super::page::Page;
use super::tally::Tally;

/// A longer page is a fault of the server: the longest of ours is some hundred KiB.
const PAGE_BYTES_MAX: usize = 8 * 1024 * 1024;
/// More redirects than this in a row go round in a circle.
const REDIRECTS_MAX: usize = 6;
/// A form whose answer never came is sent again so often, as a browser's user would press again ...
const RESENDS_MAX: usize = 40;
/// ... after this pause; together they outlast a restart of the server.
const RESEND_PAUSE: Duration = Duration::from_millis(250);
/// Characters of a page quoted when it was not the expected one.
const QUOTE_CHARS: usize = 160;

/// Which server, and how long to wait for it.
#[derive(Debug, Clone)]
pub struct Target {
    /// Where it listens.
    pub address: SocketAddr,
    /// `host:port` as typed.
    pub host: String,
    /// For one answer.
    pub patience: Duration,
}

/// Why something did not go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mishap {
    /// No answer came: nobody knows whether it was done.
    NoAnswer(String),
    /// The server said something else than expected; nothing was done.
    Refused(String),
}

impl Mishap {
    /// In words, for the count of troubles.
    #[must_use]
    pub fn words(&self) -> &str {
        match self {
            Self::NoAnswer(words) | Self::Refused(words) => words,
        }
    }
}

/// A page that came.
#[derive(Debug, Clone)]
pub struct Seen {
    /// HTTP's status.
    pub status: u16,
    /// Path and query under which it came.
    pub address: String,
    /// The page.
    pub page: Page,
}

/// A form that was taken.
#[derive(Debug, Clone)]
pub struct Taken {
    /// Where the server sends the browser next.
    pub next: String,
}

/// One browser.
pub struct Browser {
    target: Arc<Target>,
    /// The loopback address it comes from, so that limits per address see many visitors.
    from: Option<IpAddr>,
    cookies: BTreeMap<String, String>,
    line: Option<SendRequest<Full<Bytes>>>,
}

/// What came back over the wire.
struct Raw {
    status: u16,
    location: Option<String>,
    body: Bytes,
}

/// One request, kept so that it can be sent again.
struct Call<'a> {
    method: Method,
    address: &'a str,
    content: Option<(String, Bytes)>,
}

impl Browser {
    /// A browser without cookies.
    #[must_use]
    pub fn new(target: Arc<Target>, from: Option<IpAddr>) -> Self {
        Self {
            target,
            from,
            cookies: BTreeMap::new(),
            line: None,
        }
    }

    /// Another window of the same browser: same cookies, own connection.
    #[must_use]
    pub fn window(&self) -> Self {
        Self {
            cookies: self.cookies.clone(),
            ..Self::new(Arc::clone(&self.target), self.from)
        }
    }

    /// The same way in, without any cookie.
    #[must_use]
    pub fn stranger(&self) -> Self {
        Self::new(Arc::clone(&self.target), self.from)
    }

    /// Opens a page without reading it. Returns the status.
    ///
    /// # Errors
    /// When no page came.
    pub async fn status(&mut self, tally: &mut Tally, address: &str) -> Result<u16, Mishap> {
        let call = Call {
            method: Method::GET,
            address,
            content: None,
        };
        let raw = self.measured(tally, &call).await;
        raw.map(|raw| raw.status).map_err(Mishap::NoAnswer)
    }

    /// Opens a page and follows where it leads.
    ///
    /// # Errors
    /// When none came, or one with a status of error.
    pub async fn get(&mut self, tally: &mut Tally, address: &str) -> Result<Seen, Mishap> {
        let seen = self.look(tally, address).await?;
        if seen.status >= 400 {
            return Err(unexpected("GET", &seen));
        }
        Ok(seen)
    }

    /// As [`Browser::get`], whatever the status.
    ///
    /// # Errors
    /// When no page came.
    pub async fn look(&mut self, tally: &mut Tally, address: &str) -> Result<Seen, Mishap> {
        let mut address = address.to_owned();
        for _ in 0..REDIRECTS_MAX {
            let call = Call {
                method: Method::GET,
                address: &address,
                content: None,
            };
            let raw = match self.measured(tally, &call).await {
                // A connection that the server had closed meanwhile is opened anew, once.
                Err(_) => self.measured(tally, &call).await,
                answer => answer,
            };
            let raw = raw.map_err(Mishap::NoAnswer)?;
            match raw.location {
                Some(next) if raw.status < 400 => address = resolve(&address, &next),
                _ => return Ok(seen(address, raw.status, &raw.body)),
            }
        }
        Err(Mishap::Refused(format!(
            "{address}: redirects without an end"
        )))
    }

    /// Sends a form that stands on the page `on`. The server must answer with a redirect: that is
    /// its acknowledgement. Without an answer the same form is sent again.
    ///
    /// # Errors
    /// When no answer came at all, or the page with the reason why not.
    pub async fn send(
        &mut self,
        tally: &mut Tally,
        on: &Seen,
        form: &Form,
    ) -> Result<Taken, Mishap> {
        let address = resolve(&on.address, &form.action);
        let (kind, body) = form.body();
        let call = Call {
            method: Method::POST,
            address: &address,
            content: Some((kind, Bytes::from(body))),
        };
        let mut last = String::new();
        for _ in 0..RESENDS_MAX {
            match self.measured(tally, &call).await {
                Err(words) => {
                    last = words;
                    tokio::time::sleep(RESEND_PAUSE).await;
                }
                // Busy, hasty or shutting down: nothing was done, the same form may come again.
                Ok(raw) if matches!(raw.status, 429 | 503) => {
                    last = format!("POST {} answered {}", route(&address), raw.status);
                    tokio::time::sleep(RESEND_PAUSE).await;
                }
                Ok(raw) => return taken(address, &raw),
            }
        }
        Err(Mishap::NoAnswer(last))
    }

    async fn measured(&mut self, tally: &mut Tally, call: &Call<'_>) -> Result<Raw, String> {
        let kind = format!("{} {}", call.method, route(call.address));
        let started = Instant::now();
        let patience = self.target.patience;
        let raw = match tokio::time::timeout(patience, self.exchange(call)).await {
            Ok(Ok(raw)) => raw,
            Ok(Err(words)) => return Err(self.failed(tally, &kind, &words)),
            Err(_) => return Err(self.failed(tally, &kind, "no answer in time")),
        };
        tally.answered(&kind, started.elapsed());
        // 404 is an answer; what a journey does not expect it counts itself.
        if raw.status >= 500 {
            tally.failed(&kind, &format!("{kind} answered {}", raw.status));
        }
        Ok(raw)
    }

    fn failed(&mut self, tally: &mut Tally, kind: &str, words: &str) -> String {
        self.line = None;
        let words = format!("{kind}: {words}");
        tally.failed(kind, &words);
        words
    }

    async fn exchange(&mut self, call: &Call<'_>) -> Result<Raw, String> {
        let request = self.request(call)?;
        let mut line = match self.line.take().filter(|line| !line.is_closed()) {
            Some(line) => line,
            None => self.connect().await?,
        };
        line.ready().await.map_err(|error| error.to_string())?;
        let response = line
            .send_request(request)
            .await
            .map_err(|error| error.to_string())?;
        self.keep_cookies(&response);
        let raw = receive(response).await?;
        self.line = Some(line);
        Ok(raw)
    }

    fn request(&self, call: &Call<'_>) -> Result<Request<Full<Bytes>>, String> {
        let mut request = Request::builder()
            .method(&call.method)
            .uri(call.address)
            .header(HOST, &self.target.host)
            .header("accept", "text/html,application/xhtml+xml")
            .header("user-agent", "dinh-load");
        if !self.cookies.is_empty() {
            let pairs: Vec<String> = self
                .cookies
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            request = request.header(COOKIE, pairs.join("; "));
        }
        let mut body = Bytes::new();
        if let Some((kind, content)) = &call.content {
            request = request
                .header(CONTENT_TYPE, kind)
                .header(ORIGIN, format!("http://{}", self.target.host));
            body = content.clone();
        }
        request
            .body(Full::new(body))
            .map_err(|error| error.to_string())
    }

    async fn connect(&self) -> Result<SendRequest<Full<Bytes>>, String> {
        let stream = self.open().await.map_err(|error| plain_words(&error))?;
        stream
            .set_nodelay(true)
            .map_err(|error| error.to_string())?;
        let (line, connection) = handshake(TokioIo::new(stream))
            .await
            .map_err(|error| error.to_string())?;
        tokio::spawn(connection);
        Ok(line)
    }

    async fn open(&self) -> std::io::Result<TcpStream> {
        let address = self.target.address;
        match self.from {
            Some(from) if address.is_ipv4() => {
                let socket = TcpSocket::new_v4()?;
                socket.bind(SocketAddr::new(from, 0))?;
                socket.connect(address).await
            }
            _ => TcpStream::connect(address).await,
        }
    }

    fn keep_cookies(&mut self, response: &Response<Incoming>) {
        for line in response.headers().get_all(SET_COOKIE) {
            let Ok(line) = line.to_str() else { continue };
            let mut parts = line.split(';').map(str::trim);
            let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else {
                continue;
            };
            if parts.any(|part| part.eq_ignore_ascii_case("max-age=0")) {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

async fn receive(response: Response<Incoming>) -> Result<Raw, String> {
    let status = response.status().as_u16();
    let location = response
        .headers()
        .get(LOCATION)
        .and_then(|value| value.to_str().ok());
    let location = location.map(str::to_owned);
    let body = Limited::new(response.into_body(), PAGE_BYTES_MAX)
        .collect()
        .await;
    let body = body.map_err(|error| error.to_string())?.to_bytes();
    Ok(Raw {
        status,
        location,
        body,
    })
}

fn seen(address: String, status: u16, body: &[u8]) -> Seen {
    Seen {
        status,
        address,
        page: Page::read(&String::from_utf8_lossy(body)),
    }
}

fn taken(address: String, raw: &Raw) -> Result<Taken, Mishap> {
    match &raw.location {
        Some(next) if (300..400).contains(&raw.status) => Ok(Taken {
            next: resolve(&address, next),
        }),
        _ => Err(unexpected("POST", &seen(address, raw.status, &raw.body))),
    }
}

/// A page that was not the expected one, with the words that say why.
fn unexpected(method: &str, seen: &Seen) -> Mishap {
    let words = seen
        .page
        .words()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    let start = words
        .find("Cần sửa")
        .or_else(|| words.find("Đăng xuất"))
        .unwrap_or(0);
    let quote: String = words[start..].chars().take(QUOTE_CHARS).collect();
    let route = route(&seen.address);
    Mishap::Refused(format!(
        "{method} {route} answered {}: {quote}",
        seen.status
    ))
}

/// Errors of the operating system without numbers that differ each time.
fn plain_words(error: &std::io::Error) -> String {
    error.kind().to_string()
}
