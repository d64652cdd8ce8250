//! A connection that does not slam the door: after the last answer it takes, for a while, what the
//! peer is still sending. Closed with bytes unread, the system would tell the peer "reset", and a
//! browser in the middle of an upload would show that instead of our answer.
//!
//! Does not know: HTTP.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Sleep;

/// How long what comes after the last answer is taken. A browser reads the answer in this time and
/// stops; whoever goes on sending is cut off.
const PATIENCE: Duration = Duration::from_secs(5);
/// And how much of it: a fast line has no use for more time than this.
const BYTES_MAX: usize = 64 * 1024 * 1024;
/// Taken at once.
const PIECE_BYTES: usize = 16 * 1024;

/// A stream whose end lingers.
pub(super) struct Lingering {
    stream: TcpStream,
    end: Option<End>,
}

/// Nothing more is said; the rest is heard.
struct End {
    patience: Pin<Box<Sleep>>,
    bytes: usize,
}

impl Lingering {
    pub(super) fn new(stream: TcpStream) -> Lingering {
        Lingering { stream, end: None }
    }
}

impl AsyncRead for Lingering {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Lingering {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, pieces)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if this.end.is_none() {
            ready!(Pin::new(&mut this.stream).poll_shutdown(context))?;
        }
        let end = this.end.get_or_insert_with(|| End {
            patience: Box::pin(tokio::time::sleep(PATIENCE)),
            bytes: 0,
        });
        let mut piece = [0; PIECE_BYTES];
        while end.bytes < BYTES_MAX && end.patience.as_mut().poll(context).is_pending() {
            let mut buffer = ReadBuf::new(&mut piece);
            ready!(Pin::new(&mut this.stream).poll_read(context, &mut buffer))?;
            match buffer.filled().len() {
                0 => break,
                read => end.bytes += read,
            }
        }
        Poll::Ready(Ok(()))
    }
}
