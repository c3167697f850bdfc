//! Errors of market data.

use crate::model::{InstrumentId, NotTaken, Price, Rejection, Timeframe, Timestamp, TradeId};

/// Why there is no answer about the market.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MarketDataError {
    /// Nothing was received about that instrument.
    #[error("unknown instrument `{instrument}`: expected one of {known}")]
    UnknownInstrument {
        /// The instrument that was asked for.
        instrument: InstrumentId,
        /// The instruments that something was received about.
        known: String,
    },
    /// No candles of that length are built.
    #[error("timeframe {0} is not configured in `market_data.timeframes`")]
    UnknownTimeframe(Timeframe),
    /// The message was counted and not taken.
    #[error("message rejected: {0}")]
    Rejected(#[from] ValidationError),
}

/// Why a message was not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ValidationError {
    /// It was not understood.
    #[error("{}", .0.detail)]
    NotUnderstood(NotTaken),
    /// A trade of nothing.
    #[error("expected trade {id} to have a quantity above zero")]
    EmptyTrade {
        /// The trade's id.
        id: TradeId,
    },
    /// A trade that was told before, singly or as part of a sum.
    #[error("expected each trade once, found trade {id} again")]
    RepeatedTrade {
        /// The trade's id.
        id: TradeId,
    },
    /// A trade whose candle is closed.
    #[error("expected a trade at or after {open}, when the open candle began, found trade {id} at {time}")]
    LateTrade {
        /// The trade's id.
        id: TradeId,
        /// When it was.
        time: Timestamp,
        /// When the open candle began.
        open: Timestamp,
    },
    /// A trade that has not happened yet.
    #[error("expected a trade before it is received at {received}, found trade {id} at {time}")]
    FutureTrade {
        /// The trade's id.
        id: TradeId,
        /// When it was.
        time: Timestamp,
        /// When it was received.
        received: Timestamp,
    },
    /// A trade that no candle has room for.
    #[error("expected a volume that fits 96 bits, found trade {id}")]
    LargeTrade {
        /// The trade's id.
        id: TradeId,
    },
    /// A change of a book that ends before it begins.
    #[error("expected a depth message's first update {first} to be at most its last {last}")]
    BackwardDiff {
        /// The first update.
        first: u64,
        /// The last update.
        last: u64,
    },
    /// A change of a book that came before.
    #[error("expected changes after update {book}, found {last}")]
    RepeatedDiff {
        /// The book's last update.
        book: u64,
        /// The change's last update.
        last: u64,
    },
    /// Too many changes wait for a snapshot.
    #[error("expected a snapshot after many changes: the oldest was dropped")]
    DroppedDiff,
    /// A snapshot that is older than the book.
    #[error("expected a snapshot after update {book}, found {snapshot}")]
    OldSnapshot {
        /// The book's last update.
        book: u64,
        /// The snapshot's update.
        snapshot: u64,
    },
    /// A snapshot, or a book after a change, in which somebody pays more than somebody else asks.
    #[error("expected a book in which bids are below asks")]
    CrossedBook,
    /// A snapshot whose prices cannot be those of the instrument.
    #[error("expected a book around {last}, the last known price, found one around {found}")]
    ForeignSnapshot {
        /// The last known price.
        last: Price,
        /// The best price of the snapshot.
        found: Price,
    },
    /// Best prices at which somebody pays more than somebody else asks.
    #[error("expected the best bid {bid} to be below the best ask {ask}")]
    CrossedTicker {
        /// The best bid.
        bid: Price,
        /// The best ask.
        ask: Price,
    },
}

impl ValidationError {
    /// Under which reason the message is counted.
    pub fn rejection(&self) -> Rejection {
        match self {
            Self::NotUnderstood(not_taken) => not_taken.why,
            Self::RepeatedTrade { .. } | Self::RepeatedDiff { .. } => Rejection::Duplicate,
            Self::LateTrade { .. } | Self::OldSnapshot { .. } => Rejection::Late,
            Self::FutureTrade { .. } => Rejection::AheadOfTime,
            Self::DroppedDiff => Rejection::OutOfSequence,
            Self::EmptyTrade { .. }
            | Self::LargeTrade { .. }
            | Self::BackwardDiff { .. }
            | Self::CrossedBook
            | Self::ForeignSnapshot { .. }
            | Self::CrossedTicker { .. } => Rejection::Doubtful,
        }
    }
}
