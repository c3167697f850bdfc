//! Limits on how long a client may keep a connection, and on how many there are.

use std::future::Future;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use tokio::time::{Instant, Sleep, sleep};

/// A client that neither sends nor takes anything for so long is cut off, unless something that it has asked for is under way.
const IDLE: Duration = Duration::from_secs(15);

/// No connection lasts longer, but for those that stay: a client that sends a byte now and then does not keep one for ever.
const WHOLE: Duration = Duration::from_secs(120);

/// So many connections that have not asked anything yet; one more, and the oldest of them is cut off. Who asks at once is
/// always answered, however many others only hold the line.
const SILENT: usize = 256;

/// So many connections in all; one more, and the one is cut off that has said nothing for the longest time.
const CONNECTIONS: usize = 768;

/// Accepts connections that end by themselves.
#[derive(Debug)]
pub(super) struct Patient {
    listener: TcpListener,
    room: Arc<Semaphore>,
    /// Every connection, the oldest first, with what ends it.
    connections: Vec<(Peer, oneshot::Sender<()>)>,
    /// How many there may be.
    most: usize,
    begin: Instant,
}

/// A connection with its deadlines.
#[derive(Debug)]
pub(super) struct Timed {
    stream: TcpStream,
    idle: Pin<Box<Sleep>>,
    end: Instant,
    peer: Peer,
    /// Another one needs the room; nothing once that is known.
    evicted: Option<oneshot::Receiver<()>>,
    is_evicted: bool,
    begin: Instant,
    _room: Option<OwnedSemaphorePermit>,
}

/// Who is at the other end.
#[derive(Debug, Clone, Default)]
pub(super) struct Peer(Arc<State>);

#[derive(Debug, Default)]
struct State {
    has_asked: AtomicBool,
    stays: AtomicBool,
    /// How many of its requests are under way.
    under_way: AtomicUsize,
    /// When something was sent or taken last, in milliseconds since the listener began.
    used: AtomicU64,
}

/// A request is under way: its client waits, and need not say anything.
#[derive(Debug)]
pub(super) struct UnderWay(Peer);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.0.under_way.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Peer {
    /// It has asked something.
    pub(super) fn asks(&self) {
        self.0.has_asked.store(true, Ordering::Relaxed);
    }

    /// It may stay as long as it takes what it is sent.
    pub(super) fn stays(&self) {
        self.0.stays.store(true, Ordering::Relaxed);
    }

    /// It has sent all that it asks, and waits for the answer as long as what is returned lives.
    pub(super) fn waits(&self) -> UnderWay {
        self.0.under_way.fetch_add(1, Ordering::Relaxed);
        UnderWay(self.clone())
    }

    fn is_silent(&self) -> bool {
        !self.0.has_asked.load(Ordering::Relaxed)
    }

    fn is_waiting(&self) -> bool {
        self.0.under_way.load(Ordering::Relaxed) > 0
    }

    /// Whether it may be cut off when another one needs the room.
    fn may_go(&self) -> bool {
        !self.is_waiting() && !self.0.stays.load(Ordering::Relaxed)
    }

    fn used(&self) -> u64 {
        self.0.used.load(Ordering::Relaxed)
    }

    fn uses(&self, since: Duration) {
        self.0.used.store(u64::try_from(since.as_millis()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }
}

impl Connected<IncomingStream<'_, Patient>> for Peer {
    fn connect_info(stream: IncomingStream<'_, Patient>) -> Self {
        stream.io().peer.clone()
    }
}

impl Patient {
    pub(super) fn new(listener: TcpListener) -> Self {
        Self::with_room(listener, CONNECTIONS)
    }

    fn with_room(listener: TcpListener, most: usize) -> Self {
        let room = Arc::new(Semaphore::new(most));
        Self { listener, room, connections: Vec::new(), most, begin: Instant::now() }
    }

    /// Makes room for one more.
    fn admit(&mut self, peer: &Peer) -> oneshot::Receiver<()> {
        self.connections.retain(|(_, evict)| !evict.is_closed());
        let silent = self.connections.iter().filter(|(peer, _)| peer.is_silent()).count();
        let goes = if silent >= SILENT {
            self.connections.iter().position(|(peer, _)| peer.is_silent())
        } else if self.connections.len() >= self.most {
            let others = self.connections.iter().enumerate().filter(|(_, (peer, _))| peer.may_go());
            others.min_by_key(|(_, (peer, _))| peer.used()).map(|(index, _)| index)
        } else {
            None
        };
        if let Some(index) = goes {
            // It may be gone already.
            let _gone = self.connections.remove(index).1.send(());
        }
        let (evict, evicted) = oneshot::channel();
        peer.uses(self.begin.elapsed());
        self.connections.push((peer.clone(), evict));
        evicted
    }
}

impl Listener for Patient {
    type Io = Timed;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Timed, SocketAddr) {
        let (stream, address) = Listener::accept(&mut self.listener).await;
        let peer = Peer::default();
        let evicted = Some(self.admit(&peer));
        // The one that was cut off leaves its place at once; where none could be, somebody has to go by himself.
        let room = Arc::clone(&self.room).acquire_owned().await.ok();
        let (idle, begin, end) = (Box::pin(sleep(IDLE)), self.begin, Instant::now() + WHOLE);
        (Timed { stream, idle, end, peer, evicted, is_evicted: false, begin, _room: room }, address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

impl Timed {
    /// When it is over if nothing more comes.
    fn deadline(&self) -> Instant {
        let idle = Instant::now() + IDLE;
        if self.peer.may_go() { idle.min(self.end) } else { idle }
    }

    /// Whether its time is over, or another one needs the room.
    fn is_over(&mut self, context: &mut Context<'_>) -> bool {
        if let Some(evicted) = &mut self.evicted
            && let Poll::Ready(told) = Pin::new(evicted).poll(context)
        {
            // A listener that has ended cuts nobody off.
            (self.evicted, self.is_evicted) = (None, told.is_ok());
        }
        if self.is_evicted && self.peer.may_go() {
            return true;
        }
        if self.idle.as_mut().poll(context).is_pending() {
            return false;
        }
        if !self.peer.is_waiting() {
            return true;
        }
        // Whoever waits for an answer says nothing meanwhile, and has time to take it when it comes.
        let next = Instant::now() + IDLE;
        self.end = self.end.max(next);
        self.idle.as_mut().reset(next);
        self.idle.as_mut().poll(context).is_ready()
    }

    /// Passes on what has come of reading or writing, as long as there is time.
    fn bounded<T>(&mut self, context: &mut Context<'_>, done: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if done.is_ready() {
            self.peer.uses(self.begin.elapsed());
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

    #[tokio::test(start_paused = true)]
    async fn a_client_that_waits_for_an_answer_is_not_cut_off_however_long_it_takes() {
        let mut listener = Patient::new(TcpListener::bind("127.0.0.1:0").await.unwrap());
        let mut client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let (mut connection, _) = listener.accept().await;
        let waits = connection.peer.waits();
        let read = tokio::time::timeout(Duration::from_secs(400), connection.read_u8()).await;
        assert!(read.is_err(), "it is still read from: {read:?}");
        drop(waits);
        connection.write_all(b"answer").await.unwrap();
        assert_eq!(client.read_u8().await.unwrap(), b'a');
        // After that it is one like others.
        assert_eq!(connection.read_u8().await.unwrap_err().kind(), ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn when_there_is_no_room_the_one_goes_that_has_said_nothing_for_the_longest_time() {
        let mut listener = Patient::with_room(TcpListener::bind("127.0.0.1:0").await.unwrap(), 8);
        let address = listener.local_addr().unwrap();
        let (mut clients, mut connections) = (Vec::new(), Vec::new());
        for number in 0..8_u64 {
            clients.push(TcpStream::connect(address).await.unwrap());
            let (connection, _) = listener.accept().await;
            connection.peer.asks();
            connection.peer.uses(Duration::from_secs(100 + number));
            connections.push(connection);
        }
        // The oldest ones are a viewer and somebody who waits, and then there is one who has just asked again.
        connections[0].peer.stays();
        let _waits = connections[1].peer.waits();
        connections[2].peer.uses(Duration::from_secs(10_000));
        clients.push(TcpStream::connect(address).await.unwrap());
        let (next, ()) = tokio::join!(listener.accept(), async {
            let error = connections[3].read_u8().await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::TimedOut);
            drop(connections.remove(3));
        });
        for (client, connection) in clients.iter_mut().zip(&mut connections).take(3) {
            client.write_all(b"x").await.unwrap();
            assert_eq!(connection.read_u8().await.unwrap(), b'x');
        }
        drop(next);
    }
}
