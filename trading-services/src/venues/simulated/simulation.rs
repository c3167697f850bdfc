//! The messages that follow from a seed.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use super::Settings;
use super::book::{Market, SimulatedBook, below};
use crate::model::{
    EventKind, InstrumentId, Liquidation, MarketEvent, PositionSide, Price, Side, Symbol, Timestamp, Trade,
};

/// How long a message is under way.
const LATENCY: Duration = Duration::from_millis(5);

/// What can be simulated.
pub(super) const MARKETS: [Market; 3] = [
    Market { name: "BTCUSDT", step: 300, lot_scale: 5, max_lots: 120_000 },
    Market { name: "ETHUSDT", step: 15, lot_scale: 4, max_lots: 200_000 },
    Market { name: "SOLUSDT", step: 1, lot_scale: 2, max_lots: 40_000 },
];

/// At which prices a run before this one has ended.
pub(super) type LastPrices = BTreeMap<Symbol, Price>;

/// All symbols of one stream, one random number after the other.
#[derive(Debug)]
pub(super) struct Simulation {
    rng: ChaCha8Rng,
    pub(super) books: Vec<SimulatedBook>,
    /// The rules of the instruments come before everything else, at the time of the start.
    rules: VecDeque<MarketEvent>,
    queue: VecDeque<(InstrumentId, EventKind)>,
    now: Timestamp,
    interval: u64,
    gap_every: u32,
    diffs: u32,
    liquidation_every: u32,
    trades: u32,
}

impl Simulation {
    /// Begins at `start` with these symbols, or with all when there are none. With prices that are kept it goes on from
    /// there, and does not repeat what happened before.
    pub(super) fn new(settings: &Settings, start: Timestamp, symbols: &[Symbol], last: &LastPrices) -> Self {
        // The bytes are laid out here: `seed_from_u64` may spread them differently in another version.
        let mut seed = [0; 32];
        let number = if last.is_empty() { settings.seed } else { settings.seed ^ start.as_nanos() };
        for (byte, value) in seed.iter_mut().zip(number.to_le_bytes()) {
            *byte = value;
        }
        Self::opened(settings, start, symbols, ChaCha8Rng::from_seed(seed), |market, symbol, rng| {
            SimulatedBook::new(market, symbol.clone(), last.get(symbol).copied(), rng)
        })
    }

    /// Another stream of the market behind this one, from `start` on: books and numbers of trades go on where they were, and what
    /// has happened does not happen again.
    pub(super) fn reopened(
        &self,
        settings: &Settings,
        start: Timestamp,
        symbols: &[Symbol],
        last: &LastPrices,
    ) -> Self {
        let known = |symbol: &Symbol| self.books.iter().find(|book| book.symbol() == symbol).cloned();
        let opened = Self::opened(settings, start.max(self.now), symbols, self.rng.clone(), |market, symbol, rng| {
            known(symbol).unwrap_or_else(|| SimulatedBook::new(market, symbol.clone(), last.get(symbol).copied(), rng))
        });
        Self { diffs: self.diffs, ..opened }
    }

    fn opened(
        settings: &Settings,
        start: Timestamp,
        symbols: &[Symbol],
        mut rng: ChaCha8Rng,
        book: impl Fn(Market, &Symbol, &mut ChaCha8Rng) -> SimulatedBook,
    ) -> Self {
        let mut books = Vec::new();
        for market in MARKETS {
            let Ok(symbol) = market.name.parse::<Symbol>() else {
                continue;
            };
            if symbols.is_empty() || symbols.contains(&symbol) {
                books.push(book(market, &symbol, &mut rng));
            }
        }
        let rules = books.iter().map(|book| MarketEvent {
            instrument: book.id(),
            received: start,
            kind: EventKind::Instrument(Box::new(book.instrument())),
        });
        let rules = rules.collect();
        let queue = books.iter().map(|book| (book.id(), EventKind::Snapshot(book.snapshot()))).collect();
        let interval = 1_000_000_000 / u64::from(settings.events_per_second.max(1));
        let Settings { gap_every, liquidation_every, .. } = *settings;
        Self { rng, books, rules, queue, now: start, interval, gap_every, diffs: 0, liquidation_every, trades: 0 }
    }

    /// Whether a message of it was read.
    pub(super) fn has_begun(&self) -> bool {
        self.rules.len() < self.books.len()
    }

    /// The next message; there is none without any symbol.
    pub(super) fn next(&mut self) -> Option<MarketEvent> {
        if let Some(rules) = self.rules.pop_front() {
            return Some(rules);
        }
        let jitter = below(&mut self.rng, self.interval + 1);
        self.now = self.now.saturating_add(Duration::from_nanos(self.interval / 2 + jitter));
        loop {
            if let Some((instrument, kind)) = self.queue.pop_front() {
                return Some(MarketEvent { instrument, received: self.now, kind });
            }
            let told = self.step()?;
            let liquidated =
                told.as_ref().and_then(|(instrument, kind)| Some((instrument.clone(), self.liquidated(kind)?)));
            self.queue.extend(told.into_iter().chain(liquidated));
        }
    }

    /// The liquidation that a trade was, if it was one. It takes no random number: everything else stays as it is without.
    fn liquidated(&mut self, kind: &EventKind) -> Option<EventKind> {
        let EventKind::Trade(Trade { price, quantity, side, time, .. }) = kind else { return None };
        self.trades = self.trades.wrapping_add(1);
        if self.trades.checked_rem(self.liquidation_every) != Some(0) {
            return None;
        }
        let liquidated = if *side == Side::Sell { PositionSide::Long } else { PositionSide::Short };
        let (price, quantity, time) = (*price, *quantity, *time);
        Some(EventKind::Liquidation(Liquidation { liquidated, price, quantity, time, id: None }))
    }

    /// One thing that happens; it may be that nobody is told (`Some(None)`). `None` without any symbol.
    fn step(&mut self) -> Option<Option<(InstrumentId, EventKind)>> {
        let count = u64::try_from(self.books.len()).unwrap_or(0);
        let chosen = usize::try_from(below(&mut self.rng, count)).unwrap_or(0);
        let book = self.books.get_mut(chosen)?;
        let sent = self.now.as_nanos().saturating_sub(u64::try_from(LATENCY.as_nanos()).unwrap_or(0));
        let time = Timestamp::from_millis(sent / 1_000_000).unwrap_or(self.now);
        let roll = below(&mut self.rng, 100);
        let kind = match roll {
            0..35 => {
                if roll < 15 {
                    book.mutate(&mut self.rng);
                }
                book.ticker()
            }
            35..60 => book.trade(time, &mut self.rng),
            _ => {
                for _ in 0..below(&mut self.rng, 4) {
                    book.mutate(&mut self.rng);
                }
                let diff = book.diff(time);
                self.diffs += u32::from(diff.is_some());
                let lost = diff.is_some() && self.diffs.checked_rem(self.gap_every) == Some(0);
                diff.filter(|_| !lost)
            }
        };
        Some(kind.map(|kind| (book.id(), kind)))
    }
}
