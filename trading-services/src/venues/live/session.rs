//! The connections of a subscription: made again when they are lost, replaced before they end, watched for silence.

use std::collections::HashSet;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, sleep_until, timeout, timeout_at};

use super::candles::Begun;
use super::socket::{Socket, Text};
use super::status::Status;
use super::{Answer, LiveError, Plan, Protocol, Resync, Settings};
use crate::model::{Symbol, Timestamp};
use crate::venues::recording::{Note, State};

/// Messages that wait for the platform; beyond them the venue has to wait.
pub(super) const WAITING: usize = 4_096;

/// A connection that has lived so long was a good one: the next pause is the first again.
const GOOD: Duration = Duration::from_secs(60);

/// How long a connection is still read when a second one has taken its place.
const OVERLAP: Duration = Duration::from_millis(200);

/// A message with its receive time.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) received: Timestamp,
    pub(super) text: Text,
}

impl Line {
    /// A message that was received now.
    pub(super) fn now(text: impl Into<Text>) -> Self {
        Self { received: SystemTime::now().into(), text: text.into() }
    }
}

/// One of the connections, with what makes it again.
pub(super) struct Connection {
    pub(super) index: usize,
    pub(super) plan: Plan,
    pub(super) settings: Arc<Settings>,
    pub(super) lines: mpsc::Sender<Line>,
    pub(super) resyncs: mpsc::Receiver<Symbol>,
    /// Who is to hear of the symbols whose trades have begun; nobody where no candles are asked for.
    pub(super) began: Option<mpsc::UnboundedSender<(Vec<Symbol>, Begun)>>,
    /// What was told of these trades last.
    pub(super) begun: Option<Begun>,
    pub(super) status: Arc<Status>,
}

/// How a connection ends.
enum End {
    /// Nobody reads any more.
    Unread,
    /// A second one takes its place, with what it has already received.
    Replaced(Box<Socket>, Vec<Line>),
    Lost(LiveError),
}

type Successor = Pin<Box<dyn Future<Output = Result<(Socket, Vec<Line>), LiveError>> + Send>>;

impl Connection {
    /// Connects and reads until nobody wants the messages.
    pub(super) async fn run<P: Protocol>(mut self) {
        let mut pause = pauses(&self.settings);
        loop {
            let opened = tokio::select! {
                opened = Socket::open::<P>(self.plan.path, &self.plan.topics, &self.settings) => opened,
                () = self.lines.closed() => return,
            };
            match opened {
                Ok(socket) => {
                    let started = Instant::now();
                    if !self.note::<P>(State::Opened, String::new()).await {
                        return;
                    }
                    let Some(error) = self.serve::<P>(socket).await else { return };
                    if let Some(begun) = self.begun.take() {
                        begun.end();
                    }
                    if !self.note::<P>(State::Lost, error.to_string()).await {
                        return;
                    }
                    if started.elapsed() >= GOOD {
                        pause = pauses(&self.settings);
                    }
                }
                Err(error) => {
                    if !self.note::<P>(State::Failed, error.to_string()).await {
                        return;
                    }
                }
            }
            let length = pause.next().unwrap_or(self.settings.longest_pause);
            tokio::select! {
                () = sleep(length) => {}
                () = self.lines.closed() => return,
            }
        }
    }

    /// Reads one connection after the other that took its place; `None` when nobody reads any more.
    async fn serve<P: Protocol>(&mut self, mut socket: Socket) -> Option<LiveError> {
        let (mut received, mut is_new) = (Vec::new(), true);
        loop {
            match self.read::<P>(socket, received, &mut is_new).await {
                End::Unread => return None,
                End::Lost(error) => return Some(error),
                End::Replaced(next, lines) => {
                    (socket, received) = (*next, lines);
                    if !self.note::<P>(State::Replaced, String::new()).await {
                        return None;
                    }
                }
            }
        }
    }

    /// `is_new` until all subscriptions are granted: a connection that takes the place of another one is not.
    async fn read<P: Protocol>(&mut self, mut socket: Socket, received: Vec<Line>, is_new: &mut bool) -> End {
        let settings = Arc::clone(&self.settings);
        let mut watch = Watch::of::<P>(&self.plan.topics);
        for line in received {
            watch.saw::<P>(&line.text);
            if self.lines.send(line).await.is_err() {
                return End::Unread;
            }
        }
        let opened = Instant::now();
        let (mut idle, mut silent) = (opened + settings.idle_timeout, Some(opened + settings.silent_after));
        let mut ping = P::PING.map(|(_, every)| opened + every);
        let mut end = Some(opened + settings.life);
        let mut successor: Option<Successor> = None;
        loop {
            if *is_new && socket.unanswered == 0 {
                *is_new = false;
                self.tell_begun();
            }
            tokio::select! {
                message = socket.next() => {
                    idle = Instant::now() + settings.idle_timeout;
                    let text = match message {
                        Ok(Some(text)) => text,
                        Ok(None) => continue,
                        Err(error) => return End::Lost(error),
                    };
                    match P::answer(&text) {
                        None => {
                            if watch.saw::<P>(&text) {
                                self.status.well(self.index);
                            }
                        }
                        Some(Answer::Accepted) => socket.unanswered = socket.unanswered.saturating_sub(1),
                        Some(Answer::Refused(reason)) => {
                            socket.unanswered = socket.unanswered.saturating_sub(1);
                            if !self.note::<P>(State::Degraded, format!("a subscription was refused: {reason}")).await {
                                return End::Unread;
                            }
                        }
                        Some(Answer::Alive) => {}
                        Some(Answer::Closing) => end = Some(Instant::now()),
                    }
                    if self.lines.send(Line::now(text)).await.is_err() {
                        socket.close().await;
                        return End::Unread;
                    }
                }
                () = sleep_until(idle) => {
                    let (what, limit) = ("expected a message", settings.idle_timeout);
                    return End::Lost(LiveError::TimedOut { what, limit });
                }
                () = until(silent) => {
                    silent = None;
                    if socket.unanswered > 0 {
                        let (what, limit) = ("expected an answer to each subscription", settings.silent_after);
                        return End::Lost(LiveError::TimedOut { what, limit });
                    }
                    if let Some(reason) = watch.silence() {
                        if !self.note::<P>(State::Degraded, reason).await {
                            return End::Unread;
                        }
                        if !watch.has_seen {
                            return End::Lost(LiveError::Silent(settings.silent_after));
                        }
                    }
                }
                () = until(ping) => {
                    if let Some((text, every)) = P::PING {
                        ping = Some(Instant::now() + every);
                        if let Err(error) = socket.send(text).await {
                            return End::Lost(error);
                        }
                    }
                }
                () = until(end) => {
                    end = None;
                    successor = Some(succeed::<P>(self.plan.clone(), Arc::clone(&settings)));
                }
                next = ready(&mut successor) => match next {
                    Ok((next, lines)) => {
                        // What the old one has still under way the new one may not have: both are read for a while.
                        if self.drain(&mut socket).await.is_err() {
                            return End::Unread;
                        }
                        socket.close().await;
                        return End::Replaced(Box::new(next), lines);
                    }
                    // The old one is still there; it is tried again.
                    Err(error) => {
                        tracing::info!(venue = P::VENUE.as_str(), %error, "no second connection");
                        successor = None;
                        end = Some(Instant::now() + settings.longest_pause);
                    }
                },
                Some(symbol) = self.resyncs.recv() => {
                    let is_here = self.plan.books.contains(&symbol);
                    if let (true, Resync::Resubscribe(topic)) = (is_here, P::resync(&symbol)) {
                        let topics = [topic];
                        for message in [P::subscriptions(&topics, true), P::subscriptions(&topics, false)].concat() {
                            if let Err(error) = socket.send(&message).await {
                                return End::Lost(error);
                            }
                            socket.unanswered += 1;
                        }
                    }
                }
                () = self.lines.closed() => {
                    socket.close().await;
                    return End::Unread;
                }
            }
        }
    }

    /// Reads a connection that was replaced for a moment more.
    async fn drain(&self, socket: &mut Socket) -> Result<(), mpsc::error::SendError<Line>> {
        let end = Instant::now() + OVERLAP;
        while let Ok(Ok(message)) = timeout_at(end, socket.next()).await {
            if let Some(text) = message {
                self.lines.send(Line::now(text)).await?;
            }
        }
        Ok(())
    }

    /// From now on no trade is missing: candles of before can be asked for.
    fn tell_begun(&mut self) {
        if let (Some(began), false) = (&self.began, self.plan.trades.is_empty()) {
            let begun = Begun::now();
            // Who has gone wants none.
            let _ = began.send((self.plan.trades.clone(), begun.clone()));
            self.begun = Some(begun);
        }
    }

    /// Says among the messages what has happened; false when nobody reads any more.
    async fn note<P: Protocol>(&self, connection: State, reason: String) -> bool {
        let (is_over, is_new) = (matches!(connection, State::Lost), matches!(connection, State::Opened));
        let symbols = if is_over { self.plan.books.clone() } else { Vec::new() };
        let trades = if is_new && self.began.is_some() { self.plan.trades.clone() } else { Vec::new() };
        let note = Note { connection, reason, symbols, trades };
        self.status.note(P::VENUE.as_str(), self.index, &note);
        self.lines.send(Line::now(note.line())).await.is_ok()
    }
}

/// Which topics have brought something.
struct Watch {
    unseen: HashSet<String>,
    has_seen: bool,
}

impl Watch {
    fn of<P: Protocol>(topics: &[String]) -> Self {
        Self { unseen: topics.iter().filter(|topic| !P::is_rare(topic)).cloned().collect(), has_seen: false }
    }

    /// Notes a message about the market; true when nothing is missed any more.
    fn saw<P: Protocol>(&mut self, text: &str) -> bool {
        let is_first = !std::mem::replace(&mut self.has_seen, true);
        if self.unseen.is_empty() {
            return is_first;
        }
        P::topic(text).is_some_and(|topic| self.unseen.remove(topic)) && self.unseen.is_empty()
    }

    fn silence(&self) -> Option<String> {
        let first = self.unseen.iter().min()?;
        Some(format!("{} of the subscriptions bring nothing, among them {first}", self.unseen.len()))
    }
}

/// A second connection that has brought something about the market.
fn succeed<P: Protocol>(plan: Plan, settings: Arc<Settings>) -> Successor {
    Box::pin(async move {
        let mut socket = Socket::open::<P>(plan.path, &plan.topics, &settings).await?;
        let limit = settings.silent_after;
        let first = async {
            let mut lines = Vec::new();
            loop {
                let Some(text) = socket.next().await? else { continue };
                let answer = P::answer(&text);
                if matches!(answer, Some(Answer::Accepted | Answer::Refused(_))) {
                    socket.unanswered = socket.unanswered.saturating_sub(1);
                }
                let is_over = answer.is_none();
                lines.push(Line::now(text));
                if is_over {
                    return Ok::<_, LiveError>(lines);
                }
            }
        };
        let lines = timeout(limit, first).await.map_err(|_| LiveError::Silent(limit))??;
        Ok((socket, lines))
    })
}

/// Pauses that double, with jitter, so that many do not come back at the same moment.
pub(super) fn pauses(settings: &Settings) -> ExponentialBackoff {
    let builder = ExponentialBuilder::default()
        .with_min_delay(settings.first_pause)
        .with_max_delay(settings.longest_pause)
        .without_max_times()
        .with_jitter();
    builder.build()
}

/// Waits until then, for ever if there is no time.
pub(super) async fn until(time: Option<Instant>) {
    match time {
        Some(time) => sleep_until(time).await,
        None => std::future::pending().await,
    }
}

async fn ready(successor: &mut Option<Successor>) -> Result<(Socket, Vec<Line>), LiveError> {
    match successor {
        Some(successor) => successor.await,
        None => std::future::pending().await,
    }
}
