//! Answers of market data.

use std::time::Duration;

use crate::model::{BookTop, Candle, Instrument, InstrumentId, Price, Timeframe, Timestamp, Trade};

/// What came of one message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ingested {
    /// The best of both sides, when the message changed the book.
    pub top: Option<BookTop>,
    /// Candles that the message closed, oldest first within a timeframe.
    pub candles: Vec<(Timeframe, Candle)>,
    /// Candles of before that are known now, for the venue has told them: nobody decides on them any more.
    pub history: Vec<(Timeframe, Vec<Candle>)>,
    /// Depth messages that are missing before this one.
    pub gap: Option<Gap>,
    /// Whether the message, a snapshot that was asked for, has made the book whole again after a gap.
    pub resynced: bool,
    /// Whether the book cannot go on without a snapshot: whoever owns the venue fetches one and hands it in as an event.
    pub needs_snapshot: bool,
    /// Whether the book is crossed after the message.
    pub crossed: bool,
    /// The best price of a book that was dropped because of the message, whose price shows that it is of another instrument.
    pub foreign_book: Option<Price>,
    /// The venue's own best prices, where they differ from the book's.
    pub mismatch: Option<Box<TopMismatch>>,
    /// The rules of orders that held until this message, which has told others.
    pub old_rules: Option<Box<Instrument>>,
    /// Whether the message is a trade whose price is doubtful. It is in the candles all the same.
    pub doubtful: bool,
}

/// Depth messages that are missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    /// The update that should have come next.
    pub expected: u64,
    /// The first update that came.
    pub found: u64,
}

/// One symbol at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarketView {
    /// Which.
    pub instrument: InstrumentId,
    /// The best of both sides.
    pub top: BookTop,
    /// Whether the book is complete; if not, there is no price.
    pub synchronised: bool,
    /// For how long changes have waited for a snapshot, if they do.
    pub waiting: Option<Duration>,
    /// Whether that is longer than `market_data.snapshot_within`.
    pub is_overdue: bool,
    /// The longest candle that forms and whose beginning nobody has told for minutes.
    pub unknown_candle: Option<Timeframe>,
    /// The last trade.
    pub last_trade: Option<Trade>,
    /// When something was received last.
    pub last_event: Timestamp,
    /// How long ago that is.
    pub age: Duration,
    /// What to think of the age.
    pub freshness: Freshness,
    /// Whether the last trade is at a price that is doubtful, and that no other has confirmed.
    pub is_doubtful: bool,
}

/// Whether data are recent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// Something came within `market_data.stale_after`.
    Fresh,
    /// Nothing did.
    Degraded,
}

/// What was counted since the start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MarketCounters {
    /// Messages.
    pub events: u64,
    /// Messages that the venue has sent unasked [about the market](crate::model::MarketEvent::is_about_the_market).
    pub about_the_market: u64,
    /// Trades.
    pub trades: u64,
    /// Depth messages.
    pub diffs: u64,
    /// Snapshots in the stream.
    pub snapshots: u64,
    /// The venue's own best prices.
    pub book_tickers: u64,
    /// Breaks in the chain of depth messages.
    pub gaps: u64,
    /// Breaks that a snapshot asked for has healed.
    pub resyncs: u64,
    /// How often the venue's best prices were compared with the book at the same update.
    pub book_top_checks: u64,
    /// How often they differed.
    pub book_top_mismatches: u64,
    /// Changes after which the book was crossed.
    pub crossed_books: u64,
    /// Candles closed.
    pub candles: u64,
    /// Candles that the venue has told, and that were not known before.
    pub candles_told: u64,
    /// Candles that are missing between those that the venue has told.
    pub candles_missing: u64,
    /// Changes that waited for a snapshot and are of no use: it had them already, or the connection was lost before it came.
    pub diffs_dropped: u64,
    /// Messages that were counted and not taken; [`Account`](super::Account) has the reasons.
    pub rejected: u64,
    /// Messages of other kinds.
    pub others: u64,
    /// Trades whose price is doubtful.
    pub doubtful: u64,
}

/// The venue's best prices and the book's, where they differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopMismatch {
    /// At which update.
    pub update_id: u64,
    /// What the book says.
    pub book: BookTop,
    /// What the venue says.
    pub venue: BookTop,
}
