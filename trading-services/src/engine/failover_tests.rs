//! Tests of the change from one venue to another.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::StreamExt;
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::failover::Failover;
use crate::data::{self, Markets};
use crate::model::{
    BookSnapshot, BookTop, CandleHistory, EventKind, Instrument, InstrumentId, Level, MarketEvent, SnapshotOrigin,
    Symbol, Timeframe, Timestamp, VenueId,
};
use crate::ports::{EventStream, ExchangeError, ExchangeStatus, IExchange, IExchangeManager};
use crate::sync::lock;
use crate::venues;

const TIMEOUT: Duration = Duration::from_secs(10);

/// A venue that says what it is told to; each subscription is a stream of its own.
struct Venue {
    name: &'static str,
    open: Mutex<Option<mpsc::UnboundedSender<EventKind>>>,
}

impl Venue {
    fn new(name: &'static str) -> Arc<Self> {
        Arc::new(Self { name, open: Mutex::default() })
    }

    fn says(&self, kind: EventKind) {
        lock(&self.open).as_ref().unwrap().send(kind).unwrap();
    }

    fn dies(&self) {
        *lock(&self.open) = None;
    }

    fn instrument(&self) -> InstrumentId {
        InstrumentId::new(VenueId::new(self.name), "BTCUSDT".parse().unwrap())
    }
}

#[di_core::interface]
impl IExchange for Venue {
    fn name(&self) -> &'static str {
        self.name
    }

    async fn instruments(&self) -> Result<Vec<Instrument>, ExchangeError> {
        Ok(Vec::new())
    }

    async fn check_connection(&self) -> Result<(), ExchangeError> {
        Ok(())
    }

    async fn order_book(&self, _: &Symbol) -> Result<BookSnapshot, ExchangeError> {
        Err(ExchangeError::Unsupported { exchange: self.name, what: "be asked for a book" })
    }

    async fn subscribe(&self, _: &[Symbol]) -> Result<EventStream, ExchangeError> {
        let (sender, receiver) = mpsc::unbounded_channel();
        *lock(&self.open) = Some(sender);
        let instrument = self.instrument();
        let event = move |(kind, receiver): (EventKind, _)| {
            let event = MarketEvent { instrument: instrument.clone(), received: Timestamp::from_nanos(7), kind };
            (Ok(event), receiver)
        };
        let next = |mut receiver: mpsc::UnboundedReceiver<EventKind>| async move {
            match receiver.recv().await {
                Some(kind) => Some((kind, receiver)),
                // Who has died says nothing, not even that.
                None => std::future::pending().await,
            }
        };
        let stream = futures::stream::unfold(receiver, move |receiver| {
            let (next, event) = (next(receiver), event.clone());
            async move { next.await.map(event) }
        });
        Ok(stream.boxed())
    }
}

struct Manager(Vec<Arc<Venue>>);

#[di_core::interface]
impl IExchangeManager for Manager {
    fn available_exchanges(&self) -> Vec<&'static str> {
        self.0.iter().map(|venue| venue.name).collect()
    }

    fn exchange_status(&self, _: Option<&str>) -> Result<Vec<ExchangeStatus>, ExchangeError> {
        Ok(Vec::new())
    }

    fn primary(&self) -> Result<Arc<dyn IExchange>, ExchangeError> {
        self.exchange(self.0[0].name)
    }

    fn exchange(&self, name: &str) -> Result<Arc<dyn IExchange>, ExchangeError> {
        let found = self.0.iter().find(|venue| venue.name == name).cloned();
        found.map(|venue| venue as _).ok_or_else(|| ExchangeError::UnknownExchange {
            name: name.to_owned(),
            known: "those of the test".to_owned(),
        })
    }

    fn record_heartbeat(&self, _: &str) {}

    fn record_error(&self, _: &str) {}
}

fn book(bid: u32) -> EventKind {
    let level = |price: u32| {
        vec![Level { price: crate::model::Price::new(price.into()).unwrap(), quantity: "1".parse().unwrap() }]
    };
    EventKind::Snapshot(BookSnapshot {
        last_update_id: 5,
        bids: level(bid).into(),
        asks: level(bid + 1).into(),
        time: None,
        origin: SnapshotOrigin::Stream,
    })
}

fn history() -> EventKind {
    let time = Timestamp::from_nanos(7);
    EventKind::History(Box::new(CandleHistory { timeframe: Timeframe::M1, since: time, time, candles: Vec::new() }))
}

/// The stream of two venues, what came of it, and the books.
struct Run {
    stream: Failover,
    markets: Markets,
}

impl Run {
    async fn of(first: &Arc<Venue>, second: &Arc<Venue>) -> Self {
        let settings = venues::Settings {
            order: vec![first.name.to_owned(), second.name.to_owned()],
            symbols: vec!["BTCUSDT".parse().unwrap()],
            heartbeat_timeout: TIMEOUT,
            ..venues::Settings::default()
        };
        let manager = Arc::new(Manager(vec![Arc::clone(first), Arc::clone(second)]));
        let stream = first.subscribe(&settings.symbols).await.unwrap();
        let venue: Arc<dyn IExchange> = Arc::clone(first) as _;
        let stream = Failover::new(manager, &settings, venue, stream);
        Self { stream, markets: Markets::new(&data::Settings::default(), &[]) }
    }

    /// The next events, as venue and kind, until none comes for so long.
    async fn read(&mut self, patience: Duration) -> Vec<String> {
        let mut said = Vec::new();
        while let Ok(Some(event)) = timeout(patience, self.stream.next()).await {
            let event = event.unwrap();
            said.push(format!("{} {}", event.instrument.venue, event.kind.as_str()));
            let _ = self.markets.ingest(&event);
        }
        said
    }

    fn top(&self, venue: &Venue) -> BookTop {
        let found = self.markets.books().find(|(id, _)| **id == venue.instrument());
        found.map(|(_, book)| book.top()).unwrap_or_default()
    }
}

#[tokio::test(start_paused = true)]
async fn the_book_of_a_venue_that_was_left_is_none_beside_that_of_the_other_one() {
    let (first, second) = (Venue::new("bybit-spot"), Venue::new("binance"));
    let mut run = Run::of(&first, &second).await;
    first.says(book(100));
    assert_eq!(run.read(TIMEOUT / 2).await, ["bybit-spot snapshot"]);
    assert!(run.top(&first).bid.is_some());
    first.dies();
    let speaks = Arc::clone(&second);
    tokio::spawn(async move {
        tokio::time::sleep(TIMEOUT).await;
        // Candles of before show nothing of the stream, and stay in their order.
        speaks.says(history());
        speaks.says(book(200));
    });
    assert_eq!(run.read(TIMEOUT * 2).await, ["bybit-spot left", "binance history", "binance snapshot"]);
    assert_eq!(run.top(&first), BookTop::default(), "nobody changes it any more");
    assert_eq!(run.top(&second).bid.map(|level| level.price.to_string()).as_deref(), Some("200"));
}

#[tokio::test(start_paused = true)]
async fn the_way_back_leaves_no_book_behind_either_and_both_changes_are_counted() {
    let recorder = metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder();
    let _counting = metrics::set_default_local_recorder(&recorder);
    let (first, second) = (Venue::new("bybit-spot"), Venue::new("binance"));
    let mut run = Run::of(&first, &second).await;
    first.dies();
    let (back, speaks) = (Arc::clone(&first), Arc::clone(&second));
    tokio::spawn(async move {
        tokio::time::sleep(TIMEOUT + TIMEOUT / 2).await;
        speaks.says(book(200));
        loop {
            tokio::time::sleep(TIMEOUT / 4).await;
            // It is tried again after a while.
            if lock(&back.open).is_some() {
                return back.says(book(100));
            }
            speaks.says(book(200));
        }
    });
    let said = run.read(TIMEOUT * 2).await;
    let begins: Vec<&str> = said.iter().map(String::as_str).filter(|said| *said != "binance snapshot").collect();
    assert_eq!(begins, ["binance left", "bybit-spot snapshot"]);
    assert_eq!(run.top(&second), BookTop::default());
    assert!(run.top(&first).bid.is_some());
    let counted = recorder.handle().render();
    for venue in ["binance", "bybit-spot"] {
        let line = format!("venue_failovers_total{{venue=\"{venue}\"}} 1\n");
        assert!(counted.contains(&line), "{counted}");
    }
}
