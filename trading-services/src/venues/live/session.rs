//! The connections of a subscription: made again when they are lost, replaced before they end or when topics have stopped.

use std::collections::BTreeSet;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, sleep_until, timeout, timeout_at};

use super::candles::Begun;
use super::door::Door;
use super::link::{Link, Said};
use super::socket::{Socket, Text};
use super::status::Status;
use super::watch::{Pauses, Silence, Watch};
use super::{LiveError, Plan, Protocol, Settings};
use crate::model::{Symbol, Timestamp};
use crate::venues::recording::{Note, State};

/// Messages that wait for the platform; beyond them the venue has to wait.
pub(super) const WAITING: usize = 4_096;

/// A connection that has lived so long was a good one: the next pause is the first again.
const GOOD: Duration = Duration::from_secs(60);

/// How long a connection is still read when a second one has taken its place.
const OVERLAP: Duration = Duration::from_millis(200);

/// So far apart are two connections at most that bring the same trade.
const APART: Duration = Duration::from_secs(2);

/// The longest pause between two second connections that were made in vain for topics that have stopped: some stop for good.
const LONGEST_HEALING: Duration = Duration::from_secs(3_600);

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
    pub(super) door: Arc<Door>,
    pub(super) lines: mpsc::Sender<Line>,
    pub(super) resyncs: mpsc::Receiver<Symbol>,
    /// Who is to hear of the symbols whose trades have begun; nobody where no candles are asked for.
    pub(super) began: Option<mpsc::UnboundedSender<(Vec<Symbol>, Begun)>>,
    /// What was told of trades since the connection was made.
    pub(super) begun: Vec<Begun>,
    /// The topics that the venue does not grant; they are asked for again.
    pub(super) refused: BTreeSet<String>,
    pub(super) status: Arc<Status>,
}

/// How a connection ends.
enum End {
    /// Nobody reads any more.
    Unread,
    /// A second one takes its place, with what it has already received, with what is known of the topics' pauses, and with the
    /// topics that had stopped.
    Replaced(Box<Link>, Vec<Line>, Pauses, BTreeSet<String>),
    Lost(LiveError),
}

/// A second connection that can take over.
struct Next {
    link: Link,
    /// What it has received, and when.
    lines: Vec<(Instant, Line)>,
    /// The topics among those that have stopped which it was not granted.
    refused: BTreeSet<String>,
}

type Successor = Pin<Box<dyn Future<Output = Result<Next, LiveError>> + Send>>;

impl Connection {
    /// Connects and reads until nobody wants the messages.
    pub(super) async fn run<P: Protocol>(mut self) {
        let mut pause = pauses(&self.settings);
        loop {
            let mut wish = Duration::ZERO;
            let opened = tokio::select! {
                opened = Link::open::<P>(self.plan.path, &self.plan.topics, &self.settings, &self.door) => opened,
                () = self.lines.closed() => return,
            };
            match opened {
                Ok(link) => {
                    let started = Instant::now();
                    self.refused.clear();
                    if !self.note::<P>(State::Opened, String::new()).await {
                        return;
                    }
                    let Some(error) = self.serve::<P>(link).await else { return };
                    self.begun.drain(..).for_each(|begun| begun.end());
                    if !self.note::<P>(State::Lost, error.to_string()).await {
                        return;
                    }
                    if started.elapsed() >= GOOD {
                        pause = pauses(&self.settings);
                    }
                }
                Err(error) => {
                    wish = error.retry_after().unwrap_or_default();
                    if !self.note::<P>(State::Failed, error.to_string()).await {
                        return;
                    }
                }
            }
            let length = pause.next().unwrap_or(self.settings.longest_pause).max(wish);
            tokio::select! {
                () = sleep(length) => {}
                () = self.lines.closed() => return,
            }
        }
    }

    /// Reads one connection after the other that took its place; `None` when nobody reads any more.
    async fn serve<P: Protocol>(&mut self, mut link: Link) -> Option<LiveError> {
        let (mut received, mut known, mut is_new) = (Vec::new(), Pauses::default(), true);
        loop {
            match self.read::<P>(link, received, known, &mut is_new).await {
                End::Unread => return None,
                End::Lost(error) => return Some(error),
                End::Replaced(next, lines, pauses, stopped) => {
                    (link, received, known) = (*next, lines, pauses);
                    if !self.resume::<P>(State::Replaced, &stopped).await {
                        return None;
                    }
                }
            }
        }
    }

    /// `is_new` until all subscriptions are answered: a connection that takes the place of another one is not.
    async fn read<P: Protocol>(
        &mut self,
        mut link: Link,
        received: Vec<Line>,
        known: Pauses,
        is_new: &mut bool,
    ) -> End {
        let settings = Arc::clone(&self.settings);
        let mut watch = Watch::of::<P>(&self.plan.topics, settings.silent_after).with_pauses(&known);
        for line in received {
            if P::answer(&line.text).is_none() {
                watch.saw::<P>(&line.text);
            }
            if self.lines.send(line).await.is_err() {
                return End::Unread;
            }
        }
        if watch.is_whole() && self.refused.is_empty() {
            self.status.well(self.index);
        }
        let opened = Instant::now();
        let mut idle = opened + settings.idle_timeout;
        let mut look = opened + watch.pace();
        let mut ping = P::PING.map(|(_, every)| opened + every);
        let mut retry = (!self.refused.is_empty()).then(|| opened + settings.longest_pause);
        // When a second connection is to be made, and one that brings what this one does not.
        let (mut end, mut heal) = (Some(opened + settings.life), None);
        let mut healing_pause = settings.longest_pause;
        let mut successor: Option<Successor> = None;
        loop {
            if *is_new && link.requests.are_answered() {
                *is_new = false;
                let trades = self.plan.trades.clone();
                self.tell_begun(trades);
            }
            let (send_due, answer_due) = (link.requests.due(), link.answer_due(&settings));
            tokio::select! {
                message = link.next::<P>() => {
                    idle = Instant::now() + settings.idle_timeout;
                    let (text, said) = match message {
                        Ok(Some(message)) => message,
                        Ok(None) => continue,
                        Err(error) => return End::Lost(error),
                    };
                    match said {
                        Said::Market => {
                            let back = match watch.stopped().is_empty() {
                                true => None,
                                false => P::topic(&text).filter(|topic| watch.stopped().contains(*topic)),
                            };
                            // What had stopped may have left something out.
                            if let Some(topic) = back
                                && !self.resume::<P>(State::Resumed, &BTreeSet::from([topic.to_owned()])).await
                            {
                                return End::Unread;
                            }
                            if watch.saw::<P>(&text) && self.refused.is_empty() {
                                self.status.well(self.index);
                            }
                        }
                        Said::Granted(topics) => if !self.granted::<P>(topics, &watch).await {
                            return End::Unread;
                        },
                        Said::Refused(topic, reason) => {
                            retry = retry.or(Some(Instant::now() + settings.longest_pause));
                            if !self.refused::<P>(topic, reason).await {
                                return End::Unread;
                            }
                        }
                        Said::Alive => {}
                        // Where it was said before, the second connection is being made.
                        Said::Closing => end = end.map(|_| Instant::now()),
                    }
                    if self.lines.send(Line::now(text)).await.is_err() {
                        link.socket.close().await;
                        return End::Unread;
                    }
                }
                () = until(send_due) => if let Err(error) = link.send().await {
                    return End::Lost(error);
                },
                () = sleep_until(idle) => {
                    let (what, limit) = ("expected a message", settings.idle_timeout);
                    return End::Lost(LiveError::TimedOut { what, limit });
                }
                () = until(answer_due) => {
                    let (what, limit) = ("expected an answer to each subscription", settings.silent_after);
                    return End::Lost(LiveError::TimedOut { what, limit });
                }
                () = sleep_until(look) => {
                    look = Instant::now() + watch.pace();
                    match watch.look() {
                        Some(Silence::Whole(limit)) => return End::Lost(LiveError::Silent(limit)),
                        Some(silence) => {
                            if matches!(&silence, Silence::Some { stopped, .. } if !stopped.is_empty()) {
                                heal = Some(Instant::now());
                            }
                            if !self.silent::<P>(&silence).await {
                                return End::Unread;
                            }
                        }
                        None => {}
                    }
                }
                () = until(ping) => if let Some((text, every)) = P::PING {
                    ping = Some(Instant::now() + every);
                    link.requests.ping(text);
                },
                () = until(retry) => {
                    retry = None;
                    for topic in &self.refused {
                        link.requests.ask(std::slice::from_ref(topic), false);
                    }
                }
                () = until(end), if successor.is_none() => {
                    (end, heal) = (None, None);
                    successor = Some(self.succeed::<P>(BTreeSet::new()));
                }
                () = until(heal), if successor.is_none() => {
                    heal = None;
                    // What the venue does not grant, a second connection does not bring either.
                    let missed: BTreeSet<String> = watch.stopped().difference(&self.refused).cloned().collect();
                    if !missed.is_empty() {
                        successor = Some(self.succeed::<P>(missed));
                    }
                }
                next = ready(&mut successor) => match next {
                    Ok(Next { link: next, lines, refused }) => {
                        self.refused.extend(refused);
                        // What the old one has still under way the new one may not have: both are read for a while.
                        if self.drain(&mut link.socket).await.is_err() {
                            return End::Unread;
                        }
                        link.socket.close().await;
                        // Of trades that come twice no more are remembered than two connections are apart.
                        let is_known = |received: Instant, text: &str| {
                            let last = P::topic(text).and_then(|topic| watch.last_trades(topic));
                            last.is_some_and(|last| received + APART < last)
                        };
                        let lines = lines.into_iter().filter(|(received, line)| !is_known(*received, &line.text));
                        let lines = lines.map(|(_, line)| line).collect();
                        return End::Replaced(Box::new(next), lines, watch.pauses(), watch.stopped().clone());
                    }
                    // The old one is still there; it is tried again.
                    Err(error) => {
                        tracing::info!(venue = P::VENUE.as_str(), %error, "no second connection");
                        successor = None;
                        let wish = error.retry_after().unwrap_or_default();
                        match end {
                            None => end = Some(Instant::now() + settings.longest_pause.max(wish)),
                            Some(_) => {
                                // Another topic that stops is healed at once.
                                heal = heal.or(Some(Instant::now() + healing_pause.max(wish)));
                                healing_pause = (healing_pause * 2).min(LONGEST_HEALING.max(settings.longest_pause));
                            }
                        }
                    }
                },
                Some(symbol) = self.resyncs.recv() => {
                    if self.plan.books.contains(&symbol) {
                        let topic = [P::book_topic(&symbol)];
                        link.requests.ask(&topic, true);
                        link.requests.ask(&topic, false);
                    }
                }
                () = self.lines.closed() => {
                    link.socket.close().await;
                    return End::Unread;
                }
            }
        }
    }

    /// Topics were granted; false when nobody reads any more.
    async fn granted<P: Protocol>(&mut self, topics: Vec<String>, watch: &Watch) -> bool {
        let late: BTreeSet<String> = topics.into_iter().filter(|topic| self.refused.remove(topic)).collect();
        if !late.is_empty() && self.refused.is_empty() && watch.is_whole() {
            self.status.well(self.index);
        }
        self.resume::<P>(State::Resumed, &late).await
    }

    /// Says that topics bring something again which did not meanwhile: of those with trades, candles of before are asked for.
    /// False when nobody reads any more.
    async fn resume<P: Protocol>(&mut self, connection: State, topics: &BTreeSet<String>) -> bool {
        let is_back = |symbol: &&Symbol| topics.contains(&P::trade_topic(symbol));
        let trades: Vec<Symbol> = match &self.began {
            Some(_) => self.plan.trades.iter().filter(is_back).cloned().collect(),
            None => Vec::new(),
        };
        if trades.is_empty() && connection == State::Resumed {
            return true;
        }
        let note = Note { connection, reason: String::new(), symbols: Vec::new(), trades: trades.clone() };
        if !self.tell::<P>(note).await {
            return false;
        }
        self.tell_begun(trades);
        true
    }

    /// A topic was refused; false when nobody reads any more.
    async fn refused<P: Protocol>(&mut self, topic: String, reason: String) -> bool {
        !self.refused.insert(topic) || self.note::<P>(State::Degraded, LiveError::Refused(reason).to_string()).await
    }

    /// Says that topics are silent; the books of those that have stopped are none any more. False when nobody reads any more.
    async fn silent<P: Protocol>(&self, silence: &Silence) -> bool {
        let Silence::Some { stopped, .. } = silence else { return true };
        let has_stopped = |symbol: &&Symbol| stopped.contains(&P::book_topic(symbol));
        let symbols = self.plan.books.iter().filter(has_stopped).cloned().collect();
        self.tell::<P>(Note { connection: State::Degraded, reason: silence.reason(), symbols, trades: Vec::new() })
            .await
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

    /// From now on no trade of these symbols is missing: candles of before can be asked for.
    fn tell_begun(&mut self, trades: Vec<Symbol>) {
        if let (Some(began), false) = (&self.began, trades.is_empty()) {
            let begun = Begun::now();
            // Who has gone wants none.
            let _ = began.send((trades, begun.clone()));
            self.begun.push(begun);
        }
    }

    /// Says among the messages what has happened to the connection; false when nobody reads any more.
    async fn note<P: Protocol>(&self, connection: State, reason: String) -> bool {
        let (is_over, is_new) = (matches!(connection, State::Lost), matches!(connection, State::Opened));
        let symbols = if is_over { self.plan.books.clone() } else { Vec::new() };
        let trades = if is_new && self.began.is_some() { self.plan.trades.clone() } else { Vec::new() };
        self.tell::<P>(Note { connection, reason, symbols, trades }).await
    }

    async fn tell<P: Protocol>(&self, note: Note) -> bool {
        self.status.note(P::VENUE.as_str(), self.index, &note);
        self.lines.send(Line::now(note.line())).await.is_ok()
    }

    /// A second connection with the same topics, but for those that are refused. It can take over when the venue has granted
    /// all of them, and has brought something of one that is `missed`, or of any where none is. Of those that are missed, the venue
    /// may refuse some: what has ended for good keeps no other one from being brought.
    fn succeed<P: Protocol>(&self, missed: BTreeSet<String>) -> Successor {
        let (path, settings, door) = (self.plan.path, Arc::clone(&self.settings), Arc::clone(&self.door));
        let topics: Vec<String> =
            self.plan.topics.iter().filter(|topic| !self.refused.contains(*topic)).cloned().collect();
        Box::pin(async move {
            let mut link = Link::open::<P>(path, &topics, &settings, &door).await?;
            let limit = settings.silent_after;
            let (mut lines, mut refused) = (Vec::new(), BTreeSet::new());
            let (mut is_heard, mut is_healed) = (false, missed.is_empty());
            let first = async {
                while !(is_heard && is_healed && link.requests.are_answered()) {
                    let due = link.requests.due();
                    let (text, said) = tokio::select! {
                        message = link.next::<P>() => match message? {
                            Some(message) => message,
                            None => continue,
                        },
                        () = until(due) => {
                            link.send().await?;
                            continue;
                        }
                    };
                    match said {
                        Said::Refused(topic, reason) => {
                            let is_missed = missed.contains(&topic);
                            refused.insert(topic);
                            if !is_missed || refused.is_superset(&missed) {
                                return Err(LiveError::Refused(reason));
                            }
                        }
                        Said::Closing => return Err(LiveError::Closed),
                        Said::Granted(_) | Said::Alive => {}
                        Said::Market => {
                            if let Some(topic) = P::topic(&text) {
                                is_healed |= missed.contains(topic);
                                is_heard |= topics.iter().any(|known| known == topic);
                            }
                        }
                    }
                    lines.push((Instant::now(), Line::now(text)));
                }
                Ok(())
            };
            timeout(limit, first).await.map_err(|_| LiveError::Silent(limit))??;
            Ok(Next { link, lines, refused })
        })
    }
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

/// Waits for the second connection, for ever if none is being made.
async fn ready(successor: &mut Option<Successor>) -> Result<Next, LiveError> {
    match successor {
        Some(successor) => successor.await,
        None => std::future::pending().await,
    }
}
