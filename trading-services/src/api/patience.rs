//! Limits on how long a client may keep a connection, and on how many there are.

use std::collections::VecDeque;
use std::future::Future;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use tokio::time::{Instant, Sleep, sleep};

/// A client that neither sends nor takes anything for so long is cut off.
const IDLE: Duration = Duration::from_secs(15);

/// No connection lasts longer, but for those that stay: a client that sends a byte now and then does not keep one for ever.
const WHOLE: Duration = Duration::from_secs(120);

/// So many connections that have not asked anything yet; one more, and the oldest of them is cut off. Who asks at once is
/// always answered, however many others only hold the line.
const SILENT: usize = 256;

/// So many connections in all.
const CONNECTIONS: usize = 768;

/// Accepts connections that end by themselves.
#[derive(Debug)]
pub(super) struct Patient {
    listener: TcpListener,
    room: Arc<Semaphore>,
    /// Those that may not have asked anything yet, the oldest first.
    silent: VecDeque<(Peer, oneshot::Sender<()>)>,
}

/// A connection with its deadlines.
#[derive(Debug)]
pub(super) struct Timed {
    stream: TcpStream,
    idle: Pin<Box<Sleep>>,
    end: Instant,
    peer: Peer,
    /// Another one needs the room.
    evicted: oneshot::Receiver<()>,
    _room: Option<OwnedSemaphorePermit>,
}

/// Who is at the other end.
#[derive(Debug, Clone)]
pub(super) struct Peer {
    has_asked: Arc<AtomicBool>,
    stays: Arc<AtomicBool>,
}

impl Peer {
    /// It has asked something.
    pub(super) fn asks(&self) {
        self.has_asked.store(true, Ordering::Relaxed);
    }

    /// It may stay as long as it takes what it is sent.
    pub(super) fn stays(&self) {
        self.stays.store(true, Ordering::Relaxed);
    }
}

impl Connected<IncomingStream<'_, Patient>> for Peer {
    fn connect_info(stream: IncomingStream<'_, Patient>) -> Self {
        stream.io().peer.clone()
    }
}

impl Patient {
    pub(super) fn new(listener: TcpListener) -> Self {
        Self { listener, room: Arc::new(Semaphore::new(CONNECTIONS)), silent: VecDeque::new() }
    }

    /// Makes room for one more that has asked nothing yet.
    fn admit(&mut self, peer: &Peer) -> oneshot::Receiver<()> {
        self.silent.retain(|(peer, evict)| !peer.has_asked.load(Ordering::Relaxed) && !evict.is_closed());
        if self.silent.len() >= SILENT
            && let Some((_, evict)) = self.silent.pop_front()
        {
            // It may be gone already.
            let _gone = evict.send(());
        }
        let (evict, evicted) = oneshot::channel();
        self.silent.push_back((peer.clone(), evict));
        evicted
    }
}

impl Listener for Patient {
    type Io = Timed;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Timed, SocketAddr) {
        let room = Arc::clone(&self.room).acquire_owned().await.ok();
        let (stream, address) = Listener::accept(&mut self.listener).await;
        let peer = Peer { has_asked: Arc::default(), stays: Arc::default() };
        let evicted = self.admit(&peer);
        let (idle, end) = (Box::pin(sleep(IDLE)), Instant::now() + WHOLE);
        (Timed { stream, idle, end, peer, evicted, _room: room }, address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

impl Timed {
    /// When it is over if nothing more comes.
    fn deadline(&self) -> Instant {
        let idle = Instant::now() + IDLE;
        if self.peer.stays.load(Ordering::Relaxed) { idle } else { idle.min(self.end) }
    }

    /// Whether its time is over, or another one needs the room.
    fn is_over(&mut self, context: &mut Context<'_>) -> bool {
        let is_evicted = !self.peer.has_asked.load(Ordering::Relaxed)
            && matches!(Pin::new(&mut self.evicted).poll(context), Poll::Ready(Ok(())));
        is_evicted || self.idle.as_mut().poll(context).is_ready()
    }

    /// Passes on what has come of reading or writing, as long as there is time.
    fn bounded<T>(&mut self, context: &mut Context<'_>, done: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if done.is_ready() {
            let deadline = self.deadline();
            self.idle.as_mut().reset(deadline);
            let is_over = deadline <= Instant::now();
            return if is_over { Poll::Ready(Err(ErrorKind::TimedOut.into())) } else { done };
        }
        if self.is_over(context) { Poll::Ready(Err(ErrorKind::TimedOut.into())) } else { Poll::Pending }
    }
}

impl AsyncRead for Timed {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        self.bounded(context, read)
    }
}

impl AsyncWrite for Timed {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.bounded(context, written)
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
        let mut listener = Patient::new(TcpListener::bind("127.0.0.1:0").await.unwrap());
        let mut client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
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

    #[tokio::test]
    async fn of_many_that_ask_nothing_the_oldest_makes_room_and_one_that_has_asked_stays() {
        let mut listener = Patient::new(TcpListener::bind("127.0.0.1:0").await.unwrap());
        let address = listener.local_addr().unwrap();
        let (mut clients, mut connections) = (Vec::new(), Vec::new());
        for _ in 0..SILENT + 2 {
            clients.push(TcpStream::connect(address).await.unwrap());
            let (connection, _) = listener.accept().await;
            if connections.is_empty() {
                connection.peer.asks();
            }
            connections.push(connection);
        }
        let error = connections[1].read_u8().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimedOut, "the oldest that has asked nothing");
        for index in [0, 2] {
            clients[index].write_all(b"x").await.unwrap();
            assert_eq!(connections[index].read_u8().await.unwrap(), b'x');
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_that_stays_may_last_as_long_as_it_is_used() {
        let mut listener = Patient::new(TcpListener::bind("127.0.0.1:0").await.unwrap());
        let mut client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (mut connection, _) = listener.accept().await;
        connection.peer.stays();
        for _ in 0..30 {
            sleep(Duration::from_secs(10)).await;
            client.write_all(b"x").await.unwrap();
            connection.read_u8().await.unwrap();
        }
    }
}
