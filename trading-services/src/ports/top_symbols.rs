//! The interface of the service of rankings.

use rust_decimal::Decimal;

use crate::model::{InstrumentId, Timestamp, Trade};

/// An instrument by its turnover.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RankedSymbol {
    /// Which.
    pub instrument: InstrumentId,
    /// What was traded of it within the last period, in `analysis.ranking_currency`.
    pub turnover: Decimal,
}

/// Ranks instruments by their turnover.
#[di_core::interface]
pub trait ITopSymbolsService {
    /// Counts a trade, and ranks when the period is over.
    fn observe(&self, instrument: &InstrumentId, trade: &Trade, time: Timestamp);

    /// The first of the last ranking, at most so many.
    fn top_symbols(&self, limit: usize) -> Vec<RankedSymbol>;

    /// Ranks by what was traded since the last ranking, and begins to count again.
    fn update_rankings(&self, now: Timestamp);
}
