//! One connection that stays open and speaks as little HTTP/1.1 as a load generator needs: it
//! shares the machine with the server, so what it costs is measured as if the server had cost it.
//! Does not know: cookies, pages, what is being asked.
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

/// A longer answer is a fault of the server: the longest page of ours is some hundred KiB.
const ANSWER_BYTES_MAX: usize = 8 * 1024 * 1024;
/// A longer head is a fault of the server.
const HEAD_BYTES_MAX: usize = 64 * 1024;
/// Room for the next piece of an answer: most pages come in one.
const PIECE_BYTES: usize = 32 * 1024;

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

/// One connection, opened when it is needed and again when it was closed.
pub struct Line {
    target: Arc<Target>,
    from: Option<IpAddr>,
    stream: Option<TcpStream>,
}

/// What came back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// HTTP's status.
    pub status: u16,
    /// Where to go next.
    pub location: Option<String>,
    /// Seconds after which to come again.
    pub retry_after: Option<u64>,
    /// Lines of `Set-Cookie`.
    pub cookies: Vec<String>,
    /// The page.
    pub body: Vec<u8>,
}

impl Line {
    /// A line to this server, not yet open, from this address of the machine.
    #[must_use]
    pub fn new(target: Arc<Target>, from: Option<IpAddr>) -> Self {
        let stream = None;
        Self {
            target,
            from,
            stream,
        }
    }

    /// Another line of the same machine.
    #[must_use]
    pub fn another(&self) -> Self {
        Self::new(Arc::clone(&self.target), self.from)
    }

    /// Another line, as if it came from another machine.
    #[must_use]
    pub fn from(&self, from: Option<IpAddr>) -> Self {
        Self::new(Arc::clone(&self.target), from)
    }

    /// The server at its end.
    #[must_use]
    pub fn target(&self) -> &Arc<Target> {
        &self.target
    }

    /// Sends a request, piece by piece, and waits for its answer. Without one the line is closed.
    ///
    /// # Errors
    /// Why none came, in words that are the same each time.
    pub async fn exchange(&mut self, request: &[&[u8]]) -> Result<Answer, String> {
        let open = self.stream.take().filter(is_open);
        let patience = self.target.patience;
        match tokio::time::timeout(patience, self.over(open, request)).await {
            Ok(Ok((answer, stream))) => {
                self.stream = stream;
                Ok(answer)
            }
            Ok(Err(error)) => Err(error.kind().to_string()),
            Err(_) => Err("no answer in time".to_owned()),
        }
    }

    async fn over(
        &self,
        open: Option<TcpStream>,
        request: &[&[u8]],
    ) -> std::io::Result<(Answer, Option<TcpStream>)> {
        let mut stream = match open {
            Some(stream) => stream,
            None => self.open().await?,
        };
        for piece in request {
            stream.write_all(piece).await?;
        }
        let (answer, closes) = receive(&mut stream).await?;
        Ok((answer, (!closes).then_some(stream)))
    }

    async fn open(&self) -> std::io::Result<TcpStream> {
        let address = self.target.address;
        let stream = match self.from {
            Some(from) if address.is_ipv4() => {
                let socket = TcpSocket::new_v4()?;
                socket.bind(SocketAddr::new(from, 0))?;
                socket.connect(address).await?
            }
            _ => TcpStream::connect(address).await?,
        };
        stream.set_nodelay(true)?;
        Ok(stream)
    }
}

/// Nothing comes on a line that waits, unless it was closed.
fn is_open(stream: &TcpStream) -> bool {
    let nothing = stream.try_read(&mut [0]);
    nothing.is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock)
}

/// Reads one answer, and whether the line is over after it.
async fn receive(stream: &mut TcpStream) -> std::io::Result<(Answer, bool)> {
    let mut came = Vec::with_capacity(PIECE_BYTES);
    let head = loop {
        more(stream, &mut came).await?;
        match end_of_head(&came) {
            Some(end) => break Head::read(&came[..end], end)?,
            None if came.len() > HEAD_BYTES_MAX => return Err(broken()),
            None => {}
        }
    };
    let mut answer = head.answer;
    answer.body = match head.length {
        Length::Exactly(bytes) if bytes > ANSWER_BYTES_MAX => return Err(broken()),
        Length::Exactly(bytes) => {
            while came.len() < head.end + bytes {
                more(stream, &mut came).await?;
            }
            came.drain(..head.end);
            came
        }
        Length::Chunks => loop {
            match unchunked(&came[head.end..])? {
                Some(body) => break body,
                None => more(stream, &mut came).await?,
            }
        },
    };
    Ok((answer, head.closes))
}

async fn more(stream: &mut TcpStream, came: &mut Vec<u8>) -> std::io::Result<()> {
    came.reserve(PIECE_BYTES);
    match stream.read_buf(came).await? {
        0 => Err(std::io::ErrorKind::UnexpectedEof.into()),
        _ if came.len() > ANSWER_BYTES_MAX + HEAD_BYTES_MAX => Err(broken()),
        _ => Ok(()),
    }
}

fn broken() -> std::io::Error {
    std::io::ErrorKind::InvalidData.into()
}

/// How long the body is.
enum Length {
    Exactly(usize),
    Chunks,
}

/// The head of an answer, read.
struct Head {
    answer: Answer,
    length: Length,
    closes: bool,
    end: usize,
}

impl Head {
    fn read(bytes: &[u8], end: usize) -> std::io::Result<Self> {
        let text = std::str::from_utf8(bytes).map_err(|_| broken())?;
        let mut lines = text.split("\r\n");
        let status = lines.next().and_then(|line| line.get(9..12));
        let status = status.and_then(|digits| digits.parse().ok());
        let mut head = Self {
            answer: Answer {
                status: status.ok_or_else(broken)?,
                ..Answer::default()
            },
            length: Length::Exactly(0),
            closes: false,
            end,
        };
        for line in lines {
            if let Some((name, value)) = line.split_once(':') {
                head.field(name, value.trim())?;
            }
        }
        Ok(head)
    }

    fn field(&mut self, name: &str, value: &str) -> std::io::Result<()> {
        let is = |wanted: &str| name.eq_ignore_ascii_case(wanted);
        if is("content-length") {
            self.length = Length::Exactly(value.parse().map_err(|_| broken())?);
        } else if is("transfer-encoding") {
            self.length = Length::Chunks;
        } else if is("connection") {
            self.closes = value.eq_ignore_ascii_case("close");
        } else if is("location") {
            self.answer.location = Some(value.to_owned());
        } else if is("retry-after") {
            self.answer.retry_after = value.parse().ok();
        } else if is("set-cookie") {
            self.answer.cookies.push(value.to_owned());
        }
        Ok(())
    }
}

/// Behind the empty line.
fn end_of_head(bytes: &[u8]) -> Option<usize> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
    end.map(|at| at + 4)
}

/// A body that came in chunks; `None` while some are missing.
fn unchunked(mut rest: &[u8]) -> std::io::Result<Option<Vec<u8>>> {
    let mut body = Vec::new();
    loop {
        let Some(line) = rest.windows(2).position(|two| two == b"\r\n") else {
            return Ok(None);
        };
        let digits = std::str::from_utf8(&rest[..line]).map_err(|_| broken())?;
        let digits = digits.split(';').next().unwrap_or_default().trim();
        let length = usize::from_str_radix(digits, 16).map_err(|_| broken())?;
        let Some(chunk) = rest.get(line + 2..line + 2 + length + 2) else {
            return Ok(None);
        };
        if length == 0 {
            return Ok(Some(body));
        }
        body.extend_from_slice(&chunk[..length]);
        rest = &rest[line + 2 + length + 2..];
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use tokio::net::TcpListener;

    /// A server that answers each connection's requests with these bytes, piece by piece.
    async fn answering(pieces: Vec<Vec<u8>>) -> Line {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut asked = [0; 1024];
                while stream.read(&mut asked).await.is_ok_and(|bytes| bytes > 0) {
                    for piece in &pieces {
                        let _ = stream.write_all(piece).await;
                        tokio::task::yield_now().await;
                    }
                }
            }
        });
        let target = Target {
            address,
            host: address.to_string(),
            patience: Duration::from_secs(5),
        };
        Line::new(Arc::new(target), None)
    }

    #[tokio::test]
    async fn an_answer_is_read_whole_and_the_line_stays_open() {
        let head = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 2\r\n\
                    set-cookie: a=b; Path=/\r\nLocation: /x\r\nContent-Length: 5\r\n\r\nhe";
        let mut line = answering(vec![head.into(), b"llo".to_vec()]).await;
        for _ in 0..3 {
            let answer = line.exchange(&[b"GET / ", b"HTTP/1.1\r\n\r\n"]).await;
            let answer = answer.expect("an answer");
            assert_eq!((answer.status, answer.retry_after), (503, Some(2)));
            assert_eq!(answer.location.as_deref(), Some("/x"));
            assert_eq!(answer.cookies, ["a=b; Path=/"]);
            assert_eq!(answer.body, b"hello");
            assert!(line.stream.is_some());
        }
    }

    #[tokio::test]
    async fn a_line_that_is_to_be_closed_is_opened_anew() {
        let whole = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 1\r\n\r\nx";
        let mut line = answering(vec![whole.into()]).await;
        for _ in 0..2 {
            assert_eq!(
                line.exchange(&[b"x"]).await.map(|answer| answer.status),
                Ok(200)
            );
            assert!(line.stream.is_none());
        }
    }

    #[tokio::test]
    async fn nonsense_is_no_answer() {
        let mut line = answering(vec![b"nonsense\r\n\r\n".to_vec()]).await;
        assert!(line.exchange(&[b"x"]).await.is_err());
    }

    proptest! {
        #[test]
        fn chunks_come_together(
            parts in prop::collection::vec(".{1,40}", 0..6),
            cut in 0usize..400,
        ) {
            let mut sent = String::new();
            for part in &parts {
                sent += &format!("{:x};a=b\r\n{part}\r\n", part.len());
            }
            sent += "0\r\n\r\n";
            let whole = unchunked(sent.as_bytes()).expect("chunks");
            prop_assert_eq!(whole, Some(parts.concat().into_bytes()));
            let cut = cut.min(sent.len() - 1);
            if let Ok(some) = unchunked(&sent.as_bytes()[..cut]) {
                prop_assert_eq!(some, None);
            }
        }
    }
}
