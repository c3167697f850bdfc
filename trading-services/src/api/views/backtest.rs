//! Back-tests over the network.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::Serialize;
use utoipa::ToSchema;

use super::EquityRow;
use crate::ports::{BacktestFigures, BacktestJob, BacktestMarket, BacktestResult, ResultPoint, ResultTrade};

/// A back-test as a job.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct BacktestRow {
    id: u64,
    /// `waiting`, `running`, `done`, `failed`, `cancelled`, or `interrupted` when the platform ended before it did.
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
    /// When it ended; `null` also when that is not known.
    ended: Option<String>,
    /// Why there is no result.
    error: Option<String>,
    figures: Option<FiguresView>,
}

/// What came of a back-test.
#[derive(Debug, Serialize, ToSchema)]
struct FiguresView {
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
    /// The value of the account over time; of a long one, some of its points, the lowest and the highest of each stretch among them.
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
    currency: String,
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
            figures: job.figures.as_ref().map(FiguresView::from),
        }
    }
}

impl From<&BacktestFigures> for FiguresView {
    fn from(figures: &BacktestFigures) -> Self {
        let BacktestFigures { currency, cash, equity, fees, trades, won, refused, max_drawdown_percent } = figures;
        Self {
            currency: currency.clone(),
            cash: *cash,
            equity: *equity,
            profit: equity.saturating_sub(*cash),
            fees: *fees,
            trades: *trades,
            won: *won,
            refused: *refused,
            max_drawdown_percent: *max_drawdown_percent,
        }
    }
}

impl BacktestView {
    pub(in crate::api) fn new(job: &BacktestJob, result: Option<&BacktestResult>) -> Self {
        let (mut curve, mut trades) = (Vec::new(), Vec::new());
        if let Some(result) = result {
            curve = result.curve.iter().map(EquityRow::from).collect();
            trades = result.trades.iter().rev().map(BacktestTrade::from).collect();
        }
        Self { row: job.into(), curve, trades }
    }
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
            currency: trade.currency.clone(),
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
