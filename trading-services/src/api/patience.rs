//! Limits on how long a client may keep a connection.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::serve::Listener;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, Sleep, sleep};

/// A client that sends nothing for so long is cut off.
const IDLE: Duration = Duration::from_secs(15);

/// No connection lasts longer: a client that sends a byte now and then does not keep one for ever.
const WHOLE: Duration = Duration::from_secs(120);

/// Accepts connections that end by themselves.
#[derive(Debug)]
pub(super) struct Patient(pub(super) TcpListener);

/// A connection with its deadlines.
#[derive(Debug)]
pub(super) struct Timed {
    stream: TcpStream,
    idle: Pin<Box<Sleep>>,
    end: Instant,
}

impl Listener for Patient {
    type Io = Timed;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Timed, SocketAddr) {
        let (stream, address) = Listener::accept(&mut self.0).await;
        (Timed { stream, idle: Box::pin(sleep(IDLE)), end: Instant::now() + WHOLE }, address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

impl AsyncRead for Timed {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if let Poll::Ready(read) = Pin::new(&mut self.stream).poll_read(context, buffer) {
            let next = (Instant::now() + IDLE).min(self.end);
            self.idle.as_mut().reset(next);
            return Poll::Ready(if Instant::now() < self.end { read } else { Err(ErrorKind::TimedOut.into()) });
        }
        ready!(self.idle.as_mut().poll(context));
        Poll::Ready(Err(ErrorKind::TimedOut.into()))
    }
}

impl AsyncWrite for Timed {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    /// How long a client is heard that sends a byte each so many seconds, in seconds.
    async fn heard(pause: u64) -> u64 {
        let mut listener = Patient(TcpListener::bind("127.0.0.1:0").await.unwrap());
        let mut client = TcpStream::connect(listener.0.local_addr().unwrap()).await.unwrap();
        let (mut connection, _) = listener.accept().await;
        let begin = Instant::now();
        tokio::spawn(async move {
            while client.write_all(b"x").await.is_ok() {
                sleep(Duration::from_secs(pause)).await;
            }
        });
        while connection.read_u8().await.is_ok() {}
        begin.elapsed().as_secs()
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_is_silent_and_one_that_drips_are_cut_off() {
        assert_eq!(heard(1_000).await, 15);
        assert!((120..=130).contains(&heard(10).await));
    }
}
