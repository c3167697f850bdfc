//! The interface of the service of liquidations.

use std::fmt;
use std::time::Duration;

use rust_decimal::Decimal;

use crate::model::{InstrumentId, Liquidation, PositionSide, Timestamp};

/// What was liquidated of one side within the window.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LiquidatedSide {
    /// What it was worth.
    pub notional: Decimal,
    /// How many positions.
    pub count: u64,
}

/// Liquidations of one instrument within the window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiquidationReport {
    /// Of which instrument.
    pub instrument: InstrumentId,
    /// Positions that had bought.
    pub long: LiquidatedSide,
    /// Positions that had sold.
    pub short: LiquidatedSide,
    /// The side that is liquidated for more than the threshold: each sale or purchase sets off others.
    pub cascade: Option<PositionSide>,
}

impl fmt::Display for LiquidationReport {
    /// `binance:BTCUSDT: a cascade: 612000 of long positions were liquidated`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (side, name) = match self.cascade {
            Some(PositionSide::Long) => (&self.long, "long"),
            Some(PositionSide::Short) => (&self.short, "short"),
            None => return write!(f, "{}: no cascade", self.instrument),
        };
        let notional = side.notional.round_dp(2).normalize();
        write!(f, "{}: a cascade: {notional} of {name} positions were liquidated", self.instrument)
    }
}

/// When liquidations are a cascade.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LiquidationConfig {
    /// How far back it looks.
    pub window: Duration,
    /// From which worth of one side on it is a cascade, in quote currency.
    pub threshold: Decimal,
}

/// Watches liquidations for cascades.
#[di_core::interface]
pub trait ILiquidationService {
    /// Takes a liquidation, received at a time.
    fn observe(&self, instrument: &InstrumentId, liquidation: &Liquidation, time: Timestamp);

    /// What was liquidated within the window until that time.
    fn detect_liquidations(&self, instrument: &InstrumentId, now: Timestamp) -> LiquidationReport;

    /// When liquidations are a cascade.
    fn config(&self) -> LiquidationConfig;
}
