//! One browser: a connection that stays open, cookies, redirects, patience. It measures every
//! request under its route. Does not know: what is being done with the pages.
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::address::{resolve, route};
use super::form::Form;
use super::page::Page;
use super::tally::Tally;
use super::wire::{Answer, Line, Target};

/// More redirects than this in a row go round in a circle.
const REDIRECTS_MAX: usize = 6;
/// A form whose answer never came is sent again so often, as a browser's user would press again ...
const RESENDS_MAX: usize = 40;
/// ... after this pause; together they outlast a restart of the server.
const RESEND_PAUSE: Duration = Duration::from_millis(250);
/// Characters of a page quoted when it was not the expected one.
const QUOTE_CHARS: usize = 160;

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
    /// The loopback address it comes from lets limits per address see many visitors.
    line: Line,
    cookies: BTreeMap<String, String>,
}

/// One request, kept so that it can be sent again.
struct Call<'a> {
    method: &'static str,
    address: &'a str,
    content: Option<(String, Vec<u8>)>,
}

impl Browser {
    /// A browser without cookies.
    #[must_use]
    pub fn new(target: Arc<Target>, from: Option<IpAddr>) -> Self {
        Self {
            line: Line::new(target, from),
            cookies: BTreeMap::new(),
        }
    }

    /// Another window of the same browser: same cookies, own connection.
    #[must_use]
    pub fn window(&self) -> Self {
        Self {
            line: self.line.another(),
            cookies: self.cookies.clone(),
        }
    }

    /// The same way in, without any cookie.
    #[must_use]
    pub fn stranger(&self) -> Self {
        Self {
            line: self.line.another(),
            cookies: BTreeMap::new(),
        }
    }

    /// Another connection of this browser, for requests that were written before.
    #[must_use]
    pub fn line(&self) -> Line {
        self.line.another()
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
                method: "GET",
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
            method: "POST",
            address: &address,
            content: Some((kind, body)),
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

    async fn measured(&mut self, tally: &mut Tally, call: &Call<'_>) -> Result<Answer, String> {
        let kind = format!("{} {}", call.method, route(call.address));
        let kind_of_body = call.content.as_ref().map(|(kind, _)| kind.as_str());
        let body = call.content.as_ref().map_or(&[][..], |(_, body)| body);
        let request = finished(&self.head(call.method, call.address, kind_of_body), body);
        let started = Instant::now();
        let answer = match self.line.exchange(&[&request]).await {
            Ok(answer) => answer,
            Err(words) => {
                let words = format!("{kind}: {words}");
                tally.failed(&kind, &words);
                return Err(words);
            }
        };
        tally.answered(&kind, started.elapsed());
        // 404 is an answer; what a journey does not expect it counts itself.
        if answer.status >= 500 {
            tally.failed(&kind, &format!("{kind} answered {}", answer.status));
        }
        self.keep_cookies(&answer);
        Ok(answer)
    }

    /// The head of a request as this browser writes it, up to what only a body brings: its length
    /// and the empty line.
    #[must_use]
    pub fn head(&self, method: &str, address: &str, content: Option<&str>) -> String {
        let host = &self.line.target().host;
        let mut head = format!(
            "{method} {address} HTTP/1.1\r\nhost: {host}\r\n\
             accept: text/html,application/xhtml+xml\r\nuser-agent: dinh-load\r\n"
        );
        let cookies = self.cookies.iter();
        let cookies: Vec<String> = cookies
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        if !cookies.is_empty() {
            let _ = write!(head, "cookie: {}\r\n", cookies.join("; "));
        }
        if let Some(kind) = content {
            let _ = write!(head, "content-type: {kind}\r\norigin: http://{host}\r\n");
        }
        head
    }

    fn keep_cookies(&mut self, answer: &Answer) {
        for line in &answer.cookies {
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

fn seen(address: String, status: u16, body: &[u8]) -> Seen {
    Seen {
        status,
        address,
        page: Page::read(&String::from_utf8_lossy(body)),
    }
}

fn taken(address: String, raw: &Answer) -> Result<Taken, Mishap> {
    match &raw.location {
        Some(next) if (300..400).contains(&raw.status) => Ok(Taken {
            next: resolve(&address, next),
        }),
        _ => Err(unexpected("POST", &seen(address, raw.status, &raw.body))),
    }
}

/// A whole request.
#[must_use]
pub fn finished(head: &str, body: &[u8]) -> Vec<u8> {
    let length = match body.len() {
        0 => String::new(),
        bytes => format!("content-length: {bytes}\r\n"),
    };
    [head.as_bytes(), length.as_bytes(), b"\r\n", body].concat()
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
