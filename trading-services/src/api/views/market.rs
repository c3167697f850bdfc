//! Markets over the network: best prices, books, candles, trades.

use rust_decimal::Decimal;
use serde::Serialize;
use utoipa::ToSchema;

use crate::model::{BookDepth, Candle, InstrumentId, Level, Timeframe, Trade};
use crate::ports::{Freshness, IMarketDataService, MarketDataError, MarketView};

/// The market of one instrument.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct MarketRow {
    /// Venue and symbol: `simulated:BTCUSDT`.
    instrument: String,
    venue: String,
    symbol: String,
    bid: Option<Decimal>,
    ask: Option<Decimal>,
    /// The price of the last trade.
    last: Option<Decimal>,
    last_side: Option<String>,
    /// Whether the book is complete; if not, it has no prices.
    synchronised: bool,
    /// Whether something was received recently.
    fresh: bool,
    /// When something was received last.
    last_event: String,
}

/// One price of a book and all that waits there.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct LevelView {
    price: Decimal,
    quantity: Decimal,
}

/// The best levels of a book, the best first.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(in crate::api) struct BookView {
    bids: Vec<LevelView>,
    asks: Vec<LevelView>,
}

/// A candle.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct CandleView {
    /// When it began, in seconds since 1970.
    pub(in crate::api) time: u64,
    open: Decimal,
    high: Decimal,
    low: Decimal,
    close: Decimal,
    volume: Decimal,
    trades: u64,
    /// Whether nothing of it will change any more.
    closed: bool,
}

/// A trade of the market.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct TradeRow {
    id: String,
    time: String,
    /// `buy` or `sell`: the side of the one who took.
    side: String,
    price: Decimal,
    quantity: Decimal,
}

impl From<&MarketView> for MarketRow {
    fn from(view: &MarketView) -> Self {
        let best = |level: Option<Level>| level.filter(|_| view.synchronised).map(|level| level.price.value());
        Self {
            instrument: view.instrument.to_string(),
            venue: view.instrument.venue.as_str().to_owned(),
            symbol: view.instrument.symbol.as_str().to_owned(),
            bid: best(view.top.bid),
            ask: best(view.top.ask),
            last: view.last_trade.as_ref().map(|trade| trade.price.value()),
            last_side: view.last_trade.as_ref().map(|trade| trade.side.to_string()),
            synchronised: view.synchronised,
            fresh: view.freshness == Freshness::Fresh,
            last_event: view.last_event.to_string(),
        }
    }
}

impl From<BookDepth> for BookView {
    fn from(depth: BookDepth) -> Self {
        let side = |levels: Vec<Level>| {
            let view = |level: Level| LevelView { price: level.price.value(), quantity: level.quantity.value() };
            levels.into_iter().map(view).collect()
        };
        Self { bids: side(depth.bids), asks: side(depth.asks) }
    }
}

impl CandleView {
    /// The last `limit` closed candles, oldest first, and the one that still forms.
    ///
    /// # Errors
    /// [`MarketDataError::UnknownInstrument`].
    pub(in crate::api) fn last(
        market: &dyn IMarketDataService,
        instrument: &InstrumentId,
        timeframe: Timeframe,
        limit: usize,
    ) -> Result<Vec<Self>, MarketDataError> {
        let (closed, forming) =
            (market.historical(instrument, timeframe, limit)?, market.forming(instrument, timeframe)?);
        let rows = closed.iter().map(|candle| Self::new(candle, true));
        Ok(rows.chain(forming.iter().map(|candle| Self::new(candle, false))).collect())
    }

    fn new(candle: &Candle, closed: bool) -> Self {
        Self {
            time: candle.open_time.as_millis() / 1_000,
            open: candle.open.value(),
            high: candle.high.value(),
            low: candle.low.value(),
            close: candle.close.value(),
            volume: candle.volume.value(),
            trades: candle.trades,
            closed,
        }
    }
}

impl From<&Trade> for TradeRow {
    fn from(trade: &Trade) -> Self {
        Self {
            id: trade.id.to_string(),
            time: trade.time.to_string(),
            side: trade.side.to_string(),
            price: trade.price.value(),
            quantity: trade.quantity.value(),
        }
    }
}
