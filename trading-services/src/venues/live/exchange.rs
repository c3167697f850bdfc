//! A live venue: its connections and its requests as one exchange.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::marker::PhantomData;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use di_core::error::BoxError;
use di_core::health::{Health, HealthCheck};
use di_core::lifecycle::Lifecycle;
use futures::StreamExt;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::candles::{CandleRequests, PAGE};
use super::door::Door;
use super::rest::{RestClient, RestClients};
use super::rules::RuleRequests;
use super::session::{Connection, Line, WAITING};
use super::status::Status;
use super::{LiveStream, Protocol, Request, Resync, Settings};
use crate::model::{BookSnapshot, Candle, EventKind, Instrument, Symbol, Ticker, Timestamp, Trade};
use crate::ports::{EventStream, ExchangeError, IConfigService, IExchange, TypedVenue};
use crate::sync::lock;
use crate::venues;
use crate::venues::candle_body::{self, Wanted};
use crate::venues::parser::{Parser, tells_more};
use crate::venues::recording::{Header, Outcome, Recorder};
use crate::venues::wire::{Message, shorten};

/// A venue that is asked and listened to over the network, by its [`Protocol`].
///
/// Nothing is done until somebody asks: a run of another venue opens no connection.
pub struct LiveExchange<P: Protocol> {
    settings: Arc<Settings>,
    exchange: Arc<venues::Settings>,
    rest: Arc<RestClient>,
    door: Arc<Door>,
    status: Arc<Status>,
    /// The stream that is open.
    open: Mutex<Option<Open>>,
    /// What becomes of the recording, if the run is recorded.
    recording: Mutex<Option<Outcome>>,
    protocol: PhantomData<fn() -> P>,
}

/// What reaches a stream that is open.
#[derive(Debug, Clone)]
struct Open {
    lines: mpsc::WeakSender<Line>,
    resyncs: Vec<mpsc::Sender<Symbol>>,
}

#[di_core::service(provides = IExchange, lifecycle, health(external, timeout = "1s"))]
impl<P: Protocol> LiveExchange<P> {
    /// The venue; nobody is asked yet.
    #[constructor]
    pub fn new(config: Arc<dyn IConfigService>, clients: Arc<RestClients>) -> Self {
        let settings = config.section::<Settings>();
        Self {
            rest: clients.at(&P::endpoints(&settings).rest),
            door: clients.door(&P::endpoints(&settings).stream),
            settings,
            exchange: config.section::<venues::Settings>(),
            status: Arc::default(),
            open: Mutex::default(),
            recording: Mutex::default(),
            protocol: PhantomData,
        }
    }
}

impl<P: Protocol> LiveExchange<P> {
    /// What a body says, in its order.
    async fn ask(&self, request: Request<'_>) -> Result<Vec<EventKind>, ExchangeError> {
        let body = self.rest.ask::<P>(&request, &self.settings).await?;
        let (mut said, mut refused) = (Vec::new(), None);
        Parser::of(P::VENUE).parse(&body, |message| match message {
            Ok(Message::Event(_, kind) | Message::Unnamed(kind)) => said.push(kind),
            Ok(Message::Snapshot(book)) => said.push(EventKind::Snapshot(book)),
            Ok(Message::HalfTop(..) | Message::Control) => {}
            Err(wrong) => refused = Some(wrong),
        });
        // What is not understood is missing in what was asked for.
        match refused {
            Some(wrong) => Err(unavailable::<P>(format!("expected {}", wrong.detail))),
            None => Ok(said),
        }
    }

    /// Adds a list of instruments, which may have pages.
    async fn list(&self, list: &str, found: &mut Vec<Instrument>) -> Result<(), ExchangeError> {
        // Pages that lead back to one of before would be asked for without an end.
        let (mut cursor, mut seen): (Option<String>, _) = (None, BTreeSet::new());
        loop {
            let request = Request::Instruments { list, cursor: cursor.as_deref() };
            let body = self.rest.ask::<P>(&request, &self.settings).await?;
            let (before, mut refused) = (found.len(), Vec::new());
            Parser::of(P::VENUE).parse(&body, |message| match message {
                Ok(Message::Event(_, EventKind::Instrument(instrument))) => found.push(*instrument),
                Ok(_) => refused.push("instruments, found something else".to_owned()),
                Err(wrong) => refused.push(wrong.detail),
            });
            if let Some(first) = refused.first() {
                if found.len() == before {
                    return Err(unavailable::<P>(format!("expected {first}")));
                }
                let count = refused.len();
                tracing::warn!(venue = P::VENUE.as_str(), count, first, "instruments that are not understood");
            }
            let next = P::cursor(&body).filter(|next| seen.insert(next.clone()));
            match next {
                Some(next) => cursor = Some(next),
                None => return Ok(()),
            }
        }
    }

    /// Asks for the rules of the symbols' orders, as long as the stream is read; nobody waits for them.
    fn ask_for_rules(&self, symbols: &[Symbol]) {
        let Some(lines) = lock(&self.open).as_ref().map(|open| open.lines.clone()) else { return };
        let (rest, settings, status) = (Arc::clone(&self.rest), Arc::clone(&self.settings), Arc::clone(&self.status));
        let (reopened, told) = (status.reopened(), BTreeMap::new());
        let requests = RuleRequests { rest, settings, status, lines, reopened, told };
        tokio::spawn(requests.run::<P>(symbols.to_vec()));
    }

    async fn one<T>(
        &self,
        request: Request<'_>,
        take: impl Fn(EventKind) -> Option<T> + Send,
    ) -> Result<T, ExchangeError> {
        let missing = || unavailable::<P>("its answer has nothing of what was asked for".to_owned());
        self.ask(request).await?.into_iter().find_map(take).ok_or_else(missing)
    }
}

#[di_core::interface]
impl<P: Protocol> Lifecycle for LiveExchange<P> {
    /// Waits until the recording has its name: a run without it has not done what it was asked to.
    async fn stop(&self) -> Result<(), BoxError> {
        // It stays: another one would take the place of what is recorded.
        let recording = lock(&self.recording).clone();
        if let Some(recording) = recording {
            recording.await?;
        }
        Ok(())
    }
}

#[di_core::interface]
impl<P: Protocol> HealthCheck for LiveExchange<P> {
    async fn check(&self) -> Result<Health, BoxError> {
        if !self.exchange.names(P::VENUE.as_str()) {
            return Ok(Health::healthy().with("connections", "none, it is off"));
        }
        let figures = self.status.figures();
        let (rules, candles) = (&figures.without_rules, &figures.without_candles);
        let health = if let Some(trouble) = figures.troubles.values().next() {
            Health::degraded(trouble.clone())
        } else if let Some((symbol, reason)) = rules.first_key_value() {
            let count = rules.len();
            Health::degraded(format!("orders are not fitted to the rules of {count} symbols, {symbol}: {reason}"))
        } else if let Some(symbol) = figures.unlisted.first() {
            Health::degraded(format!("the venue no longer lists {symbol}: it is halted"))
        } else if let Some((symbol, reason)) = candles.first_key_value() {
            let count = candles.len();
            Health::degraded(format!("candles of before are missing of {count} symbols, {symbol}: {reason}"))
        } else {
            Health::healthy()
        };
        Ok(health.with("opened", figures.opened).with("lost", figures.lost).with("replaced", figures.replaced))
    }
}

#[di_core::interface]
impl<P: Protocol> IExchange for LiveExchange<P> {
    fn name(&self) -> &'static str {
        P::VENUE.as_str()
    }

    async fn instruments(&self) -> Result<Vec<Instrument>, ExchangeError> {
        let mut found = Vec::new();
        for list in P::lists(&self.exchange.symbols) {
            self.list(&list, &mut found).await?;
        }
        // Each venue has some.
        if found.is_empty() {
            return Err(unavailable::<P>("expected instruments, found none".to_owned()));
        }
        Ok(found)
    }

    async fn check_connection(&self) -> Result<(), ExchangeError> {
        self.ask(Request::Time).await.map(drop)
    }

    async fn server_time(&self) -> Result<Timestamp, ExchangeError> {
        let body = self.rest.ask::<P>(&Request::Time, &self.settings).await?;
        let wrong = || format!("expected the time of the server, found {}", shorten(&body));
        P::server_time(&body).ok_or_else(|| unavailable::<P>(wrong()))
    }

    async fn order_book(&self, symbol: &Symbol) -> Result<BookSnapshot, ExchangeError> {
        let take = |kind| if let EventKind::Snapshot(book) = kind { Some(book) } else { None };
        self.one(Request::Book(symbol), take).await
    }

    async fn resync(&self, symbol: &Symbol) -> Result<Option<BookSnapshot>, ExchangeError> {
        let open = lock(&self.open).clone();
        let Some((open, lines)) = open.and_then(|open| open.lines.upgrade().map(|lines| (open, lines))) else {
            return self.order_book(symbol).await.map(Some);
        };
        match P::RESYNC {
            // It takes its place among the messages, where a recording has it, too.
            Resync::Request => {
                let body = self.rest.ask::<P>(&Request::Book(symbol), &self.settings).await?;
                let line = Line::now(P::snapshot(symbol, &body));
                // Whoever asks may be the one who reads: to wait for room here would be to wait for oneself.
                tokio::spawn(async move { lines.send(line).await });
            }
            Resync::Resubscribe => {
                for connection in &open.resyncs {
                    // A connection that has no room for another wish has one for this book already.
                    let _ = connection.try_send(symbol.clone());
                }
            }
        }
        Ok(None)
    }

    async fn ticker(&self, symbol: &Symbol) -> Result<Ticker, ExchangeError> {
        let take = |kind| if let EventKind::Ticker(ticker) = kind { Some(*ticker) } else { None };
        self.one(Request::Ticker(symbol), take).await
    }

    async fn trades(&self, symbol: &Symbol, limit: usize) -> Result<Vec<Trade>, ExchangeError> {
        let take = |kind| if let EventKind::Trade(trade) = kind { Some(trade) } else { None };
        let mut trades: Vec<Trade> =
            self.ask(Request::Trades(symbol, limit)).await?.into_iter().filter_map(take).collect();
        trades.sort_by_key(|trade| trade.time);
        Ok(trades.split_off(trades.len().saturating_sub(limit)))
    }

    async fn candles(
        &self,
        symbol: &Symbol,
        interval: Duration,
        since: Timestamp,
        limit: usize,
    ) -> Result<Vec<Candle>, ExchangeError> {
        let (mut candles, mut from): (Vec<Candle>, _) = (Vec::new(), since);
        while candles.len() < limit {
            let wanted = (limit - candles.len()).min(PAGE);
            let request = Request::Candles(symbol, interval, from, wanted);
            let (body, now) = self.rest.dated::<P>(&request, &self.settings).await?;
            let asked = Wanted { symbol, length: interval, since: from.as_millis() };
            let mut refused = None;
            let mut page = candle_body::candles(&mut Parser::of(P::VENUE), P::VENUE, &asked, &body, |wrong| {
                refused.get_or_insert(wrong.detail);
            });
            if let Some(wrong) = refused {
                return Err(unavailable::<P>(format!("expected {wrong}")));
            }
            // The last one may still form.
            page.retain(|candle| candle.is_settled(interval, now));
            let Some(last) = page.last() else { break };
            from = last.end(interval);
            candles.append(&mut page);
        }
        candles.truncate(limit);
        Ok(candles)
    }

    async fn subscribe(&self, symbols: &[Symbol]) -> Result<EventStream, ExchangeError> {
        let stream = self.connect(symbols, true).await?;
        self.ask_for_rules(symbols);
        Ok(stream.boxed())
    }
}

impl<P: Protocol> TypedVenue for LiveExchange<P> {
    type Stream = LiveStream;

    async fn open(&self, symbols: &[Symbol]) -> Result<LiveStream, ExchangeError> {
        self.connect(symbols, false).await
    }
}

impl<P: Protocol> LiveExchange<P> {
    /// The stream of new connections. That of a run has candles of before among its events, which are asked for, and is recorded.
    async fn connect(&self, symbols: &[Symbol], is_run: bool) -> Result<LiveStream, ExchangeError> {
        let exchange = P::VENUE.as_str();
        if symbols.is_empty() {
            return Err(ExchangeError::NotConfigured { exchange, key: "exchange.symbols" });
        }
        let plans = P::plans(symbols);
        let recorder = match self.settings.record.as_ref().filter(|_| is_run) {
            Some(path) => {
                if lock(&self.recording).is_some() {
                    // Another one would take its place.
                    let message = format!(
                        "`live.record` = {} is of one run, whose recording has ended: start the platform anew",
                        path.display()
                    );
                    return Err(ExchangeError::Source(message.into()));
                }
                let topics = plans.iter().flat_map(|plan| plan.topics.iter().cloned()).collect();
                let recorder = Recorder::create(path.clone(), Header::new(exchange, symbols, topics)).await;
                let recorder = recorder.map_err(|error| ExchangeError::Source(error.into()))?;
                *lock(&self.recording) = Some(recorder.outcome());
                Some(recorder)
            }
            None => None,
        };
        let (lines, receiver) = mpsc::channel(WAITING);
        let (mut connections, mut resyncs) = (JoinSet::new(), Vec::new());
        self.status.forget_requests();
        let (began, wanted) = mpsc::unbounded_channel();
        let began = (is_run && CandleRequests::can_ask::<P>(&self.settings)).then_some(began);
        for (index, plan) in plans.into_iter().enumerate() {
            let (sender, waiting) = mpsc::channel(64);
            if !plan.books.is_empty() {
                resyncs.push(sender.clone());
            }
            let connection = Connection {
                index,
                plan,
                settings: Arc::clone(&self.settings),
                door: Arc::clone(&self.door),
                lines: lines.clone(),
                resyncs: waiting,
                began: began.clone(),
                begun: Vec::new(),
                refused: BTreeSet::new(),
                status: Arc::clone(&self.status),
            };
            connections.spawn(connection.run::<P>());
        }
        if began.is_some() {
            let (rest, settings, status) =
                (Arc::clone(&self.rest), Arc::clone(&self.settings), Arc::clone(&self.status));
            let requests = CandleRequests::new::<P>(rest, settings, status, lines.downgrade());
            connections.spawn(requests.run::<P>(wanted));
        }
        *lock(&self.open) = Some(Open { lines: lines.downgrade(), resyncs });
        let only = if let [symbol] = symbols { Some(symbol.clone()) } else { None };
        Ok(LiveStream {
            lines: receiver,
            reader: venues::MessageReader::new(P::VENUE).about(only),
            recorder,
            only: tells_more(P::VENUE).then(|| symbols.iter().cloned().collect()),
            unrecorded: None,
            ready: VecDeque::new(),
            last: Timestamp::default(),
            _connections: Arc::new(connections),
        })
    }
}

/// The error of a venue whose answer is not what was asked for.
fn unavailable<P: Protocol>(reason: String) -> ExchangeError {
    ExchangeError::Unavailable { exchange: P::VENUE.as_str(), reason }
}

impl<P: Protocol> std::fmt::Debug for LiveExchange<P> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LiveExchange").field("exchange", &P::VENUE).finish_non_exhaustive()
    }
}
