//! The simulated market of one symbol.

use std::collections::BTreeMap;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::RngCore;
use rust_decimal::Decimal;

use super::VENUE;
use crate::model::{
    BookDiff, BookSnapshot, BookTicker, EventKind, Instrument, InstrumentId, Level, Levels, Price, Quantity, Side,
    SnapshotOrigin, Symbol, Timestamp, Trade,
};

/// Levels that each side always has at least.
const DEPTH: i64 = 20;
/// The lowest grid price; there the market cannot fall any more.
const FLOOR: i64 = 1_000;

/// What is simulated: a grid of prices and a largest quantity, all in whole numbers so that nothing is rounded.
#[derive(Debug, Clone, Copy)]
pub(super) struct Market {
    pub(super) name: &'static str,
    /// The distance of two levels, in units of 0.01 quote currency.
    pub(super) step: i64,
    /// Decimal places of a quantity.
    pub(super) lot_scale: u32,
    /// The largest quantity of a level, in lots.
    pub(super) max_lots: u64,
}

impl Market {
    /// The grid price of a price, not so low that the book has no room below it.
    fn grid(&self, price: Price) -> Option<i64> {
        let grid = price.value().checked_mul(Decimal::ONE_HUNDRED)?.checked_div(Decimal::from(self.step))?;
        i64::try_from(grid.trunc()).ok().map(|grid| grid.max(FLOOR + DEPTH))
    }
}

/// The grid price at which every market begins.
const START: i64 = 20_000;

/// A number below `n`. The remainder is taken here because `rand`'s own ranges may change between its versions,
/// and with them every hash of a log.
pub(super) fn below(rng: &mut ChaCha8Rng, n: u64) -> u64 {
    rng.next_u64().checked_rem(n).unwrap_or(0)
}

/// One side's book: grid price to lots.
type Lots = BTreeMap<i64, u64>;

/// The true book of a symbol and what of it has not been published yet.
#[derive(Debug, Clone)]
pub(super) struct SimulatedBook {
    market: Market,
    id: InstrumentId,
    bids: Lots,
    asks: Lots,
    changed_bids: Lots,
    changed_asks: Lots,
    update_id: u64,
    published_id: u64,
    trade_id: u64,
    rising: bool,
}

impl SimulatedBook {
    /// A book around `price`, or around that at which every market begins.
    pub(super) fn new(market: Market, symbol: Symbol, price: Option<Price>, rng: &mut ChaCha8Rng) -> Self {
        let start = price.and_then(|price| market.grid(price)).unwrap_or(START);
        let mut book = Self {
            market,
            id: InstrumentId::new(VENUE, symbol),
            bids: Lots::new(),
            asks: Lots::new(),
            changed_bids: Lots::new(),
            changed_asks: Lots::new(),
            update_id: 1_000,
            published_id: 1_000,
            trade_id: 0,
            rising: below(rng, 2) == 0,
        };
        for depth in 0..DEPTH {
            let (bid, ask) = (book.lots(rng), book.lots(rng));
            book.bids.insert(start - 1 - depth, bid);
            book.asks.insert(start + depth, ask);
        }
        book
    }

    pub(super) fn symbol(&self) -> &Symbol {
        &self.id.symbol
    }

    pub(super) fn id(&self) -> InstrumentId {
        self.id.clone()
    }

    pub(super) fn instrument(&self) -> Instrument {
        Instrument {
            tick_size: Some(Decimal::new(self.market.step, 2)),
            lot_size: Some(Decimal::new(1, self.market.lot_scale)),
            ..Instrument::named(self.id())
        }
    }

    pub(super) fn snapshot(&self) -> BookSnapshot {
        BookSnapshot {
            last_update_id: self.update_id,
            bids: self.levels(&self.bids),
            asks: self.levels(&self.asks),
            time: None,
            origin: SnapshotOrigin::Request,
        }
    }

    /// Moves the book once: mostly a quantity, sometimes the price.
    pub(super) fn mutate(&mut self, rng: &mut ChaCha8Rng) {
        if below(rng, 200) == 0 {
            self.rising = !self.rising;
        }
        if below(rng, 100) < 12 {
            let with_trend = below(rng, 100) < 60;
            self.shift(self.rising == with_trend, rng);
        } else {
            let side = if below(rng, 2) == 0 { Side::Buy } else { Side::Sell };
            let depth = i64::try_from(below(rng, 16)).unwrap_or(0) - 1;
            let remove = depth > 0 && below(rng, 10) == 0;
            let lots = if remove { 0 } else { self.lots(rng) };
            let (bid, ask) = self.best();
            let price = if side == Side::Buy { (bid - depth).min(ask - 1) } else { (ask + depth).max(bid + 1) };
            self.set(side, price, lots);
        }
        self.refill(rng);
    }

    /// What has changed since the last diff; `None` when nothing has.
    pub(super) fn diff(&mut self, time: Timestamp) -> Option<EventKind> {
        if self.published_id == self.update_id {
            return None;
        }
        let first_update_id = self.published_id + 1;
        self.published_id = self.update_id;
        let (bids, asks) = (std::mem::take(&mut self.changed_bids), std::mem::take(&mut self.changed_asks));
        Some(EventKind::Diff(BookDiff {
            first_update_id,
            last_update_id: self.update_id,
            previous_update_id: None,
            bids: self.levels(&bids),
            asks: self.levels(&asks),
            time,
        }))
    }

    /// Somebody takes from the best level.
    pub(super) fn trade(&mut self, time: Timestamp, rng: &mut ChaCha8Rng) -> Option<EventKind> {
        let side = if (below(rng, 100) < 55) == self.rising { Side::Buy } else { Side::Sell };
        let (bid, ask) = self.best();
        let (resting, price) = if side == Side::Buy { (Side::Sell, ask) } else { (Side::Buy, bid) };
        let book = if resting == Side::Buy { &self.bids } else { &self.asks };
        let available = book.get(&price).copied()?;
        let taken = 1 + below(rng, available);
        self.set(resting, price, available - taken);
        self.refill(rng);
        self.trade_id += 1;
        let level = self.level(price, taken)?;
        let id = self.trade_id.into();
        Some(EventKind::Trade(Trade {
            id,
            price: level.price,
            quantity: level.quantity,
            side,
            time,
            aggregated: false,
        }))
    }

    /// The best of both sides as the venue would publish them now.
    pub(super) fn ticker(&self) -> Option<EventKind> {
        let (bid, ask) = (self.bids.last_key_value()?, self.asks.first_key_value()?);
        Some(EventKind::BookTicker(BookTicker {
            update_id: Some(self.update_id),
            bid: Some(self.level(*bid.0, *bid.1)?),
            ask: Some(self.level(*ask.0, *ask.1)?),
            time: None,
        }))
    }

    fn best(&self) -> (i64, i64) {
        let bid = self.bids.last_key_value().map_or(START - 1, |(price, _)| *price);
        (bid, self.asks.first_key_value().map_or(bid + 1, |(price, _)| *price))
    }

    fn shift(&mut self, up: bool, rng: &mut ChaCha8Rng) {
        let (bid, ask) = self.best();
        let lots = self.lots(rng);
        if up {
            self.set(Side::Sell, ask, 0);
            self.set(Side::Buy, (bid + 1).min(ask), lots);
        } else if bid > FLOOR {
            self.set(Side::Buy, bid, 0);
            self.set(Side::Sell, (ask - 1).max(bid), lots);
        }
    }

    fn set(&mut self, side: Side, price: i64, lots: u64) {
        let (book, changed) = match side {
            Side::Buy => (&mut self.bids, &mut self.changed_bids),
            Side::Sell => (&mut self.asks, &mut self.changed_asks),
        };
        if lots == 0 {
            book.remove(&price);
        } else {
            book.insert(price, lots);
        }
        changed.insert(price, lots);
        self.update_id += 1;
    }

    fn refill(&mut self, rng: &mut ChaCha8Rng) {
        while self.bids.len() < DEPTH as usize {
            let worst = self.bids.first_key_value().map_or(self.best().1, |(price, _)| *price);
            let lots = self.lots(rng);
            self.set(Side::Buy, worst - 1, lots);
        }
        while self.asks.len() < DEPTH as usize {
            let worst = self.asks.last_key_value().map_or(self.best().0, |(price, _)| *price);
            let lots = self.lots(rng);
            self.set(Side::Sell, worst + 1, lots);
        }
    }

    fn lots(&self, rng: &mut ChaCha8Rng) -> u64 {
        // The product of two numbers: small quantities are common and large ones rare, as in real books.
        let max = self.market.max_lots;
        1 + below(rng, max) * below(rng, 1_000) / 1_000
    }

    fn levels(&self, lots: &Lots) -> Levels {
        lots.iter().filter_map(|(price, lots)| self.level(*price, *lots)).collect()
    }

    fn level(&self, price: i64, lots: u64) -> Option<Level> {
        let price = Price::new(Decimal::new(price.checked_mul(self.market.step)?, 2)).ok()?;
        let quantity = Quantity::new(Decimal::new(i64::try_from(lots).ok()?, self.market.lot_scale)).ok()?;
        Some(Level { price, quantity })
    }
}
