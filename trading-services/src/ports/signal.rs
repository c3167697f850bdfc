//! Signals and the opinions behind them.

use std::fmt;

use di_core::events::Event;

use crate::model::{CorrelationId, InstrumentId, Price, Side, Timeframe, Timestamp};

/// Which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Buy.
    Long,
    /// Sell.
    Short,
}

impl Direction {
    /// The side of an order that goes this way.
    ///
    /// ```
    /// use trading_services::model::Side;
    /// use trading_services::ports::Direction;
    ///
    /// assert_eq!([Direction::Long.side(), Direction::Short.side()], [Side::Buy, Side::Sell]);
    /// ```
    pub const fn side(self) -> Side {
        match self {
            Self::Long => Side::Buy,
            Self::Short => Side::Sell,
        }
    }
}

/// What one strategy thinks of a candle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opinion {
    /// Which way it would go.
    pub direction: Direction,
    /// Why, for people.
    pub reason: String,
    /// Whether something that it rests on beside the candles that the strategy was shown has trades at doubtful prices.
    pub doubtful: bool,
}

/// Why a signal was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// The strategy that wanted it.
    pub strategy: &'static str,
    /// What it saw.
    pub text: String,
}

/// A call to act, at the close of a candle; as an event, the topic `signal.given`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signal {
    /// Rising from 1.
    pub id: u64,
    /// When it was given, by the injected clock.
    pub time: Timestamp,
    /// The message that closed the candle.
    pub correlation: CorrelationId,
    /// Of which instrument.
    pub instrument: InstrumentId,
    /// The length of the candle.
    pub timeframe: Timeframe,
    /// When the candle began.
    pub bar: Timestamp,
    /// Which way.
    pub direction: Direction,
    /// The close of the candle.
    pub price: Price,
    /// Whether a candle that it rests on has trades at doubtful prices.
    pub doubtful: bool,
    /// Why; one per strategy that wanted it, in their declared order.
    pub reasons: Vec<Reason>,
}

/// What was counted since the start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SignalStatistics {
    /// Candles that were looked at.
    pub bars: u64,
    /// Signals to buy.
    pub long: u64,
    /// Signals to sell.
    pub short: u64,
    /// Candles about which strategies contradicted each other.
    pub contradictions: u64,
    /// Signals that were suppressed within a cool-down.
    pub cooled_down: u64,
    /// Opinions of strategies in shadow.
    pub shadowed: u64,
}

impl Event for Signal {
    const TOPIC: &'static str = "signal.given";
    // `ISignalService::history` remembers them, as many as `signals.history` says.
    const HISTORY: usize = 0;
}

impl SignalStatistics {
    /// Signals given.
    pub fn signals(&self) -> u64 {
        self.long + self.short
    }
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Long => "long",
            Self::Short => "short",
        })
    }
}

impl Signal {
    /// Whether that strategy wanted it.
    pub fn is_wanted_by(&self, strategy: &str) -> bool {
        self.reasons.iter().any(|reason| reason.strategy == strategy)
    }
}

impl fmt::Display for Signal {
    /// `binance:BTCUSDT 1m long at 61837.63 (breakout: ..; crossover: ..)`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { instrument, timeframe, direction, price, doubtful, reasons, .. } = self;
        write!(f, "{instrument} {timeframe} {direction} at {price} (")?;
        for (index, Reason { strategy, text }) in reasons.iter().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            write!(f, "{separator}{strategy}: {text}")?;
        }
        f.write_str(if *doubtful { "; it rests on doubtful trades)" } else { ")" })
    }
}
