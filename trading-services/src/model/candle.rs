//! A candle: what happened to a price within one timeframe.

use std::time::Duration;

use crate::model::{Price, Quantity, Timeframe, Timestamp};

/// The date of an answer has no fractions of a second, and a venue tells a candle as closed a moment after its end.
pub(crate) const MARGIN: Duration = Duration::from_secs(2);

/// What happened to a price within one timeframe.
///
/// A candle without trades is flat at the previous close and has zero volume.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candle {
    /// When it began; it ends one timeframe later, that moment excluded.
    pub open_time: Timestamp,
    /// The first price.
    pub open: Price,
    /// The highest price.
    pub high: Price,
    /// The lowest price.
    pub low: Price,
    /// The last price.
    pub close: Price,
    /// The sum of the quantities, in base currency.
    pub volume: Quantity,
    /// How many trades; zero in a flat candle.
    pub trades: u64,
    /// How many of these have a price that is doubtful; they are in the candle all the same.
    pub doubtful: u64,
}

impl Candle {
    /// The flat candle of a timeframe in which nothing was traded.
    pub fn flat(open_time: Timestamp, price: Price) -> Self {
        let volume = Quantity::ZERO;
        Self { open_time, open: price, high: price, low: price, close: price, volume, trades: 0, doubtful: 0 }
    }

    /// When it ends, if it lasts that long.
    pub(crate) fn end(&self, length: Duration) -> Timestamp {
        self.open_time.saturating_add(length)
    }

    /// Whether nothing of it changes any more, as a venue has told it whose clock was `told` then.
    pub(crate) fn is_settled(&self, length: Duration, told: Timestamp) -> bool {
        self.end(length).saturating_add(MARGIN) <= told
    }

    /// The time between its end and the beginning of `next`, if there is any.
    pub(crate) fn gap(&self, next: &Self, length: Duration) -> Option<(Timestamp, Timestamp)> {
        let end = self.end(length);
        (end < next.open_time).then_some((end, next.open_time))
    }

    /// The candle of this time and of `next`, which follows it; `None` when their volume does not fit.
    ///
    /// ```
    /// use trading_services::model::{Candle, Timestamp};
    ///
    /// let at = |price: &str| Ok::<_, Box<dyn std::error::Error>>(Candle::flat(Timestamp::default(), price.parse()?));
    /// let both = at("5")?.followed_by(&at("7")?).ok_or("too much")?;
    /// assert_eq!([both.open, both.high, both.low, both.close].map(|price| price.to_string()), ["5", "7", "5", "7"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn followed_by(&self, next: &Self) -> Option<Self> {
        // What was not traded has no price of its own.
        let (first, last) = match (self.trades, next.trades) {
            (0, 1..) => (next, next),
            (1.., 0) => (self, self),
            _ => (self, next),
        };
        Some(Self {
            open_time: self.open_time,
            open: first.open,
            high: first.high.max(last.high),
            low: first.low.min(last.low),
            close: last.close,
            volume: self.volume.checked_add(next.volume)?,
            trades: self.trades.saturating_add(next.trades),
            doubtful: self.doubtful.saturating_add(next.doubtful),
        })
    }
}

/// A candle as its venue publishes it, while it forms and when it is closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CandleUpdate {
    /// How long it lasts; venues have more lengths than [`Timeframe`](crate::model::Timeframe).
    pub interval: Duration,
    /// The candle until now.
    pub candle: Candle,
    /// Whether nothing of it will change any more.
    pub closed: bool,
    /// When it was said, by the venue's clock.
    pub time: Option<Timestamp>,
}

/// Candles that a venue was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CandleHistory {
    /// How long each lasts.
    pub timeframe: Timeframe,
    /// From when on it was asked.
    pub since: Timestamp,
    /// The venue's clock when it answered: what ends later still forms.
    pub time: Timestamp,
    /// What it has told, oldest first.
    pub candles: Vec<Candle>,
}
