//! Our services on the path of a trade: clock, market data, orders and portfolio, and the risk manager for what is ordered.

use std::sync::Arc;
use std::time::Duration;

use di_core::prelude::*;
use rust_decimal::Decimal;
use trading_services::app::{TradingApp, TradingAppInputs};
use trading_services::config::Settings;
use trading_services::engine::Platform;
use trading_services::model::{
    BookSnapshot, CorrelationId, EventKind, InstrumentId, Level, MarketEvent, Price, Quantity, Side, SnapshotOrigin,
    Timeframe, Timestamp, Trade,
};
use trading_services::ports::{Direction, IOrderExecutor, Signal, TradeDecision};
use trading_services::risk::SizingMethod;

use crate::{Ran, Runs, Tape};

pub(crate) struct Ours {
    /// Ends with the run, and the services with it.
    app: TradingApp,
    platform: Platform,
    trades: Vec<(MarketEvent, Option<Signal>)>,
    next: usize,
    orders: u64,
}

impl Runs for Ours {
    fn new(tape: &Tape, is_idle: bool) -> Self {
        let mut settings = Settings::default();
        settings.http.enabled = false;
        // Before the first trade, whose time the clock takes.
        settings.simulation.start = Timestamp::from_nanos(1);
        // At once, as with the other; and as many as there are trades.
        settings.execution.latency = Duration::ZERO;
        settings.risk.orders_per_minute = usize::MAX;
        settings.risk.sizing.method = SizingMethod::Quantity;
        settings.risk.sizing.quantity = Decimal::new(1, 3);
        // So that each signal is one order: it opens, and the next one closes.
        settings.trading.long_only = true;
        let app = TradingApp::build(TradingAppInputs { settings: Arc::new(settings) }).expect("the platform is built");
        let platform = app.get::<Platform>().clone();
        let instrument: InstrumentId = "simulated:BTCUSDT".parse().expect("an instrument");
        let trade = |(number, price)| {
            let event = trade(&instrument, number, price);
            let signal = (!is_idle).then(|| signal(&event, number, price));
            (event, signal)
        };
        let trades = tape.prices().enumerate().map(trade).collect();
        let mut ours = Self { app, platform, trades, next: 0, orders: 0 };
        ours.observe(&book(&instrument, tape));
        ours
    }

    fn take(&mut self) {
        let trades = std::mem::take(&mut self.trades);
        if let Some((event, signal)) = trades.get(self.next) {
            self.observe(event);
            if let Some(signal) = signal {
                let decision = self.platform.trading.execute_trade(signal);
                assert!(matches!(decision, TradeDecision::Ordered(_)), "{decision:?}");
                self.orders += 1;
            }
        }
        self.trades = trades;
        self.next += 1;
    }

    fn ran(&self) -> Ran {
        let executor: &dyn IOrderExecutor = self.app.get();
        Ran { orders: self.orders, fills: executor.latest_fills(0, 0).total as u64 }
    }
}

impl Ours {
    fn observe(&mut self, event: &MarketEvent) {
        let Platform { clock, market, trading, .. } = &self.platform;
        clock.advance_to(event.received);
        let ingested = market.ingest(event).expect("the message is right");
        trading.observe(event, &ingested);
    }
}

fn time(number: usize) -> Timestamp {
    Timestamp::default().saturating_add(Tape::after(number))
}

/// What the orders meet; nobody changes it.
fn book(instrument: &InstrumentId, tape: &Tape) -> MarketEvent {
    let level = |price: Decimal| Level {
        price: Price::new(price).expect("a price"),
        quantity: Quantity::new(Decimal::ONE_HUNDRED).expect("a quantity"),
    };
    let (bid, ask) = tape.around();
    let (bids, asks) = (vec![level(bid)].into(), vec![level(ask)].into());
    let book = BookSnapshot { last_update_id: 1, bids, asks, time: None, origin: SnapshotOrigin::Stream };
    MarketEvent { instrument: instrument.clone(), received: time(0), kind: EventKind::Snapshot(book) }
}

fn trade(instrument: &InstrumentId, number: usize, price: Decimal) -> MarketEvent {
    let trade = Trade {
        id: (number as u64).into(),
        price: Price::new(price).expect("a price"),
        quantity: Quantity::new(Decimal::ONE).expect("a quantity"),
        side: Side::Buy,
        time: time(number),
        aggregated: false,
    };
    MarketEvent { instrument: instrument.clone(), received: time(number), kind: EventKind::Trade(trade) }
}

fn signal(event: &MarketEvent, number: usize, price: Decimal) -> Signal {
    Signal {
        id: number as u64,
        time: event.received,
        correlation: CorrelationId(number as u64),
        instrument: event.instrument.clone(),
        timeframe: Timeframe::M1,
        bar: event.received,
        direction: if number.is_multiple_of(2) { Direction::Long } else { Direction::Short },
        price: Price::new(price).expect("a price"),
        doubtful: false,
        reasons: Vec::new(),
    }
}
