//! Messages of venues.

use crate::model::{
    BookDiff, BookSnapshot, BookTicker, CandleHistory, CandleUpdate, Funding, Instrument, InstrumentId, Liquidation,
    MarkPrice, NotTaken, OptionSummary, SnapshotOrigin, Ticker, Timestamp, Trade,
};

/// One statement of a venue and when it arrived here. A message of a venue gives one or several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarketEvent {
    /// What it is about.
    pub instrument: InstrumentId,
    /// When it was received, by the receiver's clock: this drives simulated and replayed time.
    pub received: Timestamp,
    /// What it says.
    pub kind: EventKind,
}

/// What an event says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventKind {
    /// A trade.
    Trade(Trade),
    /// A whole book.
    Snapshot(BookSnapshot),
    /// A change of a book.
    Diff(BookDiff),
    /// The venue's own statement of the best prices.
    BookTicker(BookTicker),
    /// The venue's own candle.
    Candle(CandleUpdate),
    /// Candles that the venue was asked for.
    History(Box<CandleHistory>),
    /// Statistics of a day.
    Ticker(Box<Ticker>),
    /// A position that was closed by force.
    Liquidation(Liquidation),
    /// The price at which positions are valued.
    MarkPrice(MarkPrice),
    /// The rate of the next funding.
    Funding(Funding),
    /// The state of an option.
    Option(Box<OptionSummary>),
    /// The rules of an instrument.
    Instrument(Box<Instrument>),
    /// What the venue says of the connection, and not of the market: the answer to a subscription, a keep-alive.
    Control,
    /// The connection to the venue was lost: what is known of the book no longer holds.
    Interrupted,
    /// Another venue is heard in place of this one: its book does not hold any more, and nothing is waited for.
    Left,
    /// From here on its trades come, and none is missing; what was traded before comes as [`History`](Self::History), or is
    /// not known.
    TradesBegin,
    /// A message that was not understood, to be counted.
    NotTaken(NotTaken),
}

impl MarketEvent {
    /// When it happened by the venue's clock, where the message says so.
    pub fn venue_time(&self) -> Option<Timestamp> {
        match &self.kind {
            EventKind::Trade(trade) => Some(trade.time),
            EventKind::Snapshot(snapshot) => snapshot.time,
            EventKind::Diff(diff) => Some(diff.time),
            EventKind::BookTicker(ticker) => ticker.time,
            EventKind::Candle(update) => update.time,
            EventKind::Ticker(ticker) => ticker.time,
            EventKind::Liquidation(liquidation) => Some(liquidation.time),
            EventKind::MarkPrice(mark) => Some(mark.time),
            EventKind::Funding(funding) => Some(funding.time),
            EventKind::Option(option) => option.time,
            EventKind::History(_)
            | EventKind::Instrument(_)
            | EventKind::Control
            | EventKind::Interrupted
            | EventKind::Left
            | EventKind::TradesBegin
            | EventKind::NotTaken(_) => None,
        }
    }
}

impl MarketEvent {
    /// Whether the venue has sent it unasked and it says something of the market: only that shows that its stream is alive.
    pub fn is_about_the_market(&self) -> bool {
        match &self.kind {
            EventKind::Snapshot(snapshot) => snapshot.origin != SnapshotOrigin::Request,
            EventKind::Trade(_)
            | EventKind::Diff(_)
            | EventKind::BookTicker(_)
            | EventKind::Candle(_)
            | EventKind::Ticker(_)
            | EventKind::Liquidation(_)
            | EventKind::MarkPrice(_)
            | EventKind::Funding(_)
            | EventKind::Option(_) => true,
            EventKind::History(_)
            | EventKind::Instrument(_)
            | EventKind::Control
            | EventKind::Interrupted
            | EventKind::Left
            | EventKind::TradesBegin
            | EventKind::NotTaken(_) => false,
        }
    }
}

impl EventKind {
    /// The name in metrics and summaries: `book_ticker`.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Trade(_) => "trade",
            Self::Snapshot(_) => "snapshot",
            Self::Diff(_) => "diff",
            Self::BookTicker(_) => "book_ticker",
            Self::Candle(_) => "candle",
            Self::History(_) => "history",
            Self::Ticker(_) => "ticker",
            Self::Liquidation(_) => "liquidation",
            Self::MarkPrice(_) => "mark_price",
            Self::Funding(_) => "funding",
            Self::Option(_) => "option",
            Self::Instrument(_) => "instrument",
            Self::Control => "control",
            Self::Interrupted => "interrupted",
            Self::Left => "left",
            Self::TradesBegin => "trades_begin",
            Self::NotTaken(_) => "not_taken",
        }
    }
}
