//! Strategies over the network, each with what came of it.

use std::collections::BTreeSet;
use std::sync::Arc;

use rust_decimal::Decimal;
use serde::Serialize;
use utoipa::ToSchema;

use crate::model::{Order, OrderId, RoundTrip};
use crate::ports::{
    CandleNeed, IOrderExecutor, IPortfolio, ISignalService, IStrategy, ShadowRecord, Signal, StrategyMode,
    StrategyParameter,
};

/// In how many of the last signals a strategy is looked for.
const SIGNALS: usize = 300;

/// How many of the last orders and closed trades are looked through.
const TRADES: usize = 1_000;

/// A rule that looks at closed candles.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct StrategyRow {
    pub(in crate::api) name: String,
    /// `on`, `off`, or `shadow`: asked and counted without effect.
    mode: String,
    /// What the settings say.
    configured_mode: String,
    weight: Decimal,
    /// How many candles of `signals.timeframe` it needs.
    required_bars: usize,
    /// Which candles it looks at, of all lengths.
    required_data: Vec<CandleNeedRow>,
    parameters: Vec<StrategyParameterRow>,
    /// How many of the last 300 signals it wanted.
    signals: usize,
    /// How many of the last 1,000 orders follow from a signal that it wanted.
    orders: usize,
    /// How many of the last 1,000 closed trades were opened by such an order.
    closed: usize,
    /// How many of these gained.
    won: usize,
    /// What they gained after fees, in the currency of the account; `null` where nobody knows a rate.
    profit: Option<Decimal>,
    /// What would have come of its opinions while it was in shadow; `null` when it had none in this run.
    shadow: Option<ShadowRow>,
}

/// What a strategy in shadow would have done: each opinion trades at the first price of the next candle, without fees.
#[derive(Debug, Serialize, ToSchema)]
struct ShadowRow {
    opinions: u64,
    /// Positions that it would have closed.
    closed: u64,
    /// How many of these would have gained.
    won: u64,
    /// The sum of what these would have gained, in percent of what was put in.
    gain_percent: Decimal,
    /// The same of those that are open, at the last prices.
    open_percent: Decimal,
}

/// Candles of one length that a strategy looks at.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct CandleNeedRow {
    /// Their length; `null` for that of `signals.timeframe`.
    timeframe: Option<String>,
    /// How many.
    bars: usize,
}

/// A parameter with its range.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct StrategyParameterRow {
    name: String,
    value: Decimal,
    min: Decimal,
    max: Decimal,
}

/// What was done last, of which strategies are a part.
struct Done {
    signals: Vec<Signal>,
    orders: Vec<Order>,
    closed: Vec<RoundTrip>,
}

impl StrategyRow {
    /// Every strategy in its declared order, with what came of it. An order is named by its signal, and a closed trade has the name
    /// of the order that has opened it.
    pub(in crate::api) fn all(
        signals: &dyn ISignalService,
        executor: &dyn IOrderExecutor,
        portfolio: &dyn IPortfolio,
    ) -> Vec<Self> {
        let done = Done {
            signals: signals.latest_signals(SIGNALS, 0).items,
            orders: executor.latest_orders(TRADES, 0).items,
            closed: portfolio.latest_round_trips(TRADES, 0).items,
        };
        let strategies = signals.strategies();
        let mode = |strategy: &dyn IStrategy| signals.mode(strategy.name()).unwrap_or(strategy.role().mode);
        let row = |strategy: &Arc<dyn IStrategy>| {
            let shadow = signals.shadow(strategy.name()).map(ShadowRow::from);
            let wanted = signals.wanted_by(strategy.name());
            Self { shadow, ..Self::new(&**strategy, mode(&**strategy), &wanted, &done, portfolio) }
        };
        strategies.iter().map(row).collect()
    }

    /// `wanted`: the numbers of the signals that it wanted.
    fn new(
        strategy: &dyn IStrategy,
        mode: StrategyMode,
        wanted: &BTreeSet<u64>,
        done: &Done,
        portfolio: &dyn IPortfolio,
    ) -> Self {
        let (name, role) = (strategy.name(), strategy.role());
        let follows = |order: &OrderId| order.signal().is_some_and(|signal| wanted.contains(&signal));
        let closed: Vec<_> = done.closed.iter().filter(|trip| follows(&trip.order)).collect();
        let profit = closed.iter().try_fold(Decimal::ZERO, |sum, trip| {
            Some(sum.saturating_add(portfolio.in_account(&trip.currency, trip.profit).ok()?))
        });
        let parameter = |parameter: StrategyParameter| {
            let StrategyParameter { name, value, min, max } = parameter;
            StrategyParameterRow { name: name.to_owned(), value, min, max }
        };
        let need = |CandleNeed { timeframe, bars }| CandleNeedRow {
            timeframe: timeframe.map(|timeframe| timeframe.to_string()),
            bars,
        };
        let needs = strategy.required_data();
        Self {
            name: name.to_owned(),
            mode: mode.as_str().to_owned(),
            configured_mode: role.mode.as_str().to_owned(),
            weight: role.weight,
            required_bars: needs
                .iter()
                .filter(|need| need.timeframe.is_none())
                .map(|need| need.bars)
                .max()
                .unwrap_or(0),
            required_data: needs.into_iter().map(need).collect(),
            parameters: strategy.parameters().into_iter().map(parameter).collect(),
            signals: done.signals.iter().filter(|signal| signal.is_wanted_by(name)).count(),
            orders: done.orders.iter().filter(|order| follows(&order.request.id)).count(),
            won: closed.iter().filter(|trip| trip.profit > Decimal::ZERO).count(),
            closed: closed.len(),
            profit,
            shadow: None,
        }
    }
}

impl From<ShadowRecord> for ShadowRow {
    fn from(ShadowRecord { opinions, closed, won, gain_percent, open_percent }: ShadowRecord) -> Self {
        Self { opinions, closed, won, gain_percent, open_percent }
    }
}
