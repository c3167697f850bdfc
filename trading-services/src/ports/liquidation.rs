//! The interface of the service of liquidations.

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
