//! Back-tests over the network.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::Serialize;
use utoipa::ToSchema;

use super::EquityRow;
use crate::ports::{BacktestJob, BacktestMarket, BacktestResult, ResultPoint, ResultTrade};

/// A curve has at most about so many points: more than a screen has.
const POINTS: usize = 600;

/// So many trades, the last ones.
const TRADES: usize = 500;

/// A back-test as a job.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct BacktestRow {
    id: u64,
    /// `waiting`, `running`, `done`, `failed`, `cancelled`.
    state: String,
    /// How far it is, from 0 to 100.
    progress_percent: Decimal,
    /// The strategies that decide; none for those that the settings have on.
    strategies: Vec<String>,
    parameters: BTreeMap<String, String>,
    /// What it trades on.
    market: String,
    /// By the clock of the machine.
    created: String,
    ended: Option<String>,
    /// Why there is no result.
    error: Option<String>,
    figures: Option<BacktestFigures>,
}

/// What came of a back-test.
#[derive(Debug, Serialize, ToSchema)]
struct BacktestFigures {
    currency: String,
    cash: Decimal,
    equity: Decimal,
    /// What was gained after fees.
    profit: Decimal,
    fees: Decimal,
    trades: usize,
    won: usize,
    /// Orders that the risk manager did not admit.
    refused: usize,
    /// The deepest fall below an earlier peak.
    max_drawdown_percent: Option<Decimal>,
}

/// A back-test with all that came of it.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct BacktestView {
    #[serde(flatten)]
    row: BacktestRow,
    /// The value of the account over time; of a long one, some of its points.
    curve: Vec<EquityRow>,
    /// What was opened and closed again, the newest first; the last 500.
    trades: Vec<BacktestTrade>,
}

/// What was opened and closed again in a back-test.
#[derive(Debug, Serialize, ToSchema)]
struct BacktestTrade {
    instrument: String,
    /// `long` or `short`.
    side: String,
    /// How much, below zero for a short position.
    size: Decimal,
    entry_time: String,
    entry_price: Decimal,
    exit_time: String,
    exit_price: Decimal,
    fees: Decimal,
    /// What was gained after fees.
    profit: Decimal,
}

impl From<&BacktestJob> for BacktestRow {
    fn from(job: &BacktestJob) -> Self {
        let market = match &job.request.market {
            BacktestMarket::Simulated { seed, messages } => format!("simulation {seed}, {messages} messages"),
            BacktestMarket::Candles { instrument, timeframe } => format!("{instrument}, candles of {timeframe}"),
        };
        Self {
            id: job.id,
            state: job.state.to_string(),
            progress_percent: Decimal::new(job.permille.into(), 1),
            strategies: job.request.strategies.clone(),
            parameters: job.request.parameters.clone(),
            market,
            created: job.created.to_string(),
            ended: job.ended.map(|time| time.to_string()),
            error: job.error.clone(),
            figures: job.result.as_deref().map(|result| BacktestFigures::new(result, job.max_drawdown_percent)),
        }
    }
}

impl BacktestFigures {
    fn new(result: &BacktestResult, max_drawdown_percent: Option<Decimal>) -> Self {
        Self {
            currency: result.currency.clone(),
            cash: result.cash,
            equity: result.equity,
            profit: result.equity.saturating_sub(result.cash),
            fees: result.fees,
            trades: result.trades.len(),
            won: result.trades.iter().filter(|trade| trade.profit > Decimal::ZERO).count(),
            refused: result.refused.len(),
            max_drawdown_percent,
        }
    }
}

impl From<&BacktestJob> for BacktestView {
    fn from(job: &BacktestJob) -> Self {
        let (mut curve, mut trades) = (Vec::new(), Vec::new());
        if let Some(result) = &job.result {
            curve = thinned(&result.curve).map(EquityRow::from).collect();
            trades = result.trades.iter().rev().take(TRADES).map(BacktestTrade::from).collect();
        }
        Self { row: job.into(), curve, trades }
    }
}

/// The first point, the last one, and those between at even steps.
fn thinned(points: &[ResultPoint]) -> impl Iterator<Item = &ResultPoint> {
    let step = points.len().div_ceil(POINTS).max(1);
    let last = points.len().saturating_sub(1);
    points.iter().enumerate().filter(move |(place, _)| place % step == 0 || *place == last).map(|(_, point)| point)
}

impl From<&ResultTrade> for BacktestTrade {
    fn from(trade: &ResultTrade) -> Self {
        Self {
            instrument: trade.instrument.clone(),
            side: trade.side.clone(),
            size: trade.size,
            entry_time: trade.entry_time.to_string(),
            entry_price: trade.entry_price,
            exit_time: trade.exit_time.to_string(),
            exit_price: trade.exit_price,
            fees: trade.fees,
            profit: trade.profit,
        }
    }
}

impl From<&ResultPoint> for EquityRow {
    fn from(point: &ResultPoint) -> Self {
        Self { time: point.time.to_string(), equity: point.value.round_dp(8) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Timestamp;

    #[test]
    fn a_thinned_curve_begins_and_ends_as_the_whole_one() {
        for count in [0_u64, 1, POINTS as u64, 12_345] {
            let point = |time| ResultPoint { time: Timestamp::from_nanos(time), value: Decimal::from(time) };
            let all: Vec<_> = (0..count).map(point).collect();
            let some: Vec<_> = thinned(&all).collect();
            assert_eq!((some.first().copied(), some.last().copied()), (all.first(), all.last()));
            assert!(some.len() <= POINTS + 1);
        }
    }
}
