//! The engine that makes trades of signals.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use di_core::events::Topic;
use di_core::service;
use rust_decimal::Decimal;

use super::Settings;
use crate::model::{
    Candle, CorrelationId, EventKind, InstrumentId, MarketEvent, OrderId, OrderKind, OrderRequest, Price, Quantity,
    RoundTrip, Side, TimeInForce, Timeframe, Timestamp,
};
use crate::ports::{
    Direction, Freshness, IConfigService, IMarketDataService, IOrderExecutor, IPortfolio, IRiskManager, IStateManager,
    ITradingEngine, Ingested, MarketDataError, MarketTick, OrderError, PortfolioError, PositionView, RiskAnswer,
    RiskRequest, Signal, SizingFacts, StateFact, TradeDecision, TradingPerformance,
};
use crate::risk::SizingMethod;
use crate::{execution, risk};

/// Candles that the size of an order looks at.
const BARS: usize = 14;

/// Round trips that it takes to say how often one gains.
const ENOUGH_ROUND_TRIPS: usize = 20;

/// Makes at most one trade of each signal. A signal in the direction of what is held does nothing; one against it closes
/// the position and, unless `trading.long_only` says otherwise, opens the other one with the same order.
#[service(provides = ITradingEngine)]
pub struct TradingEngine {
    config: Arc<dyn IConfigService>,
    market: Arc<dyn IMarketDataService>,
    risk: Arc<dyn IRiskManager>,
    executor: Arc<dyn IOrderExecutor>,
    portfolio: Arc<dyn IPortfolio>,
    kept: Arc<dyn IStateManager>,
    answered: Arc<Topic<RiskAnswer>>,
    #[inject(default)]
    refused: AtomicU64,
}

impl TradingEngine {
    /// The order that brings the position to where the signal wants it; `Err` says why there is none.
    fn order(&self, signal: &Signal) -> Result<OrderRequest, &'static str> {
        let settings = self.config.section::<Settings>();
        let Signal { id, instrument, direction, price, correlation, .. } = signal;
        if !settings.enabled {
            return Err("trading is not enabled");
        }
        if self.executor.open_orders().iter().any(|order| order.request.instrument == *instrument) {
            return Err("an order is open");
        }
        let (held, side) = (self.portfolio.held(instrument), side_of(*direction));
        let is_against = !held.is_zero() && held.is_sign_negative() == (side == Side::Buy);
        // Less than one lot is closed with the next order against it, but keeps nobody from opening a position.
        if self.market.is_position(instrument, held) && !is_against {
            return Err("the position is there");
        }
        let closes_only = settings.long_only && side == Side::Sell;
        if closes_only && !is_against {
            return Err("there is nothing to sell");
        }
        let opened = if closes_only {
            Decimal::ZERO
        } else {
            self.risk.position_size(instrument, *price, &self.facts(signal)).value()
        };
        let closed = if is_against { held.abs() } else { Decimal::ZERO };
        let quantity = closed.checked_add(opened).and_then(|quantity| Quantity::new(quantity).ok());
        let id = format!("signal-{id}").parse().map_err(|_| "it has no name")?;
        let quantity = quantity.unwrap_or(Quantity::ZERO);
        let order =
            self.market.fitted(market_order(id, instrument, side, quantity, opened.is_zero(), *correlation), held);
        if order.quantity.is_zero() { Err("its size is not known, or less than one lot") } else { Ok(order) }
    }

    /// What the size of an order looks at; nothing where it is always the same.
    fn facts(&self, signal: &Signal) -> SizingFacts {
        let method = self.config.section::<risk::Settings>().sizing.method;
        if matches!(method, SizingMethod::Quantity | SizingMethod::Notional) {
            return SizingFacts::default();
        }
        let range = |candle: &Candle| candle.high.value() - candle.low.value();
        let candles = self.market.historical(&signal.instrument, signal.timeframe, BARS).unwrap_or_default();
        let volatility = candles.iter().map(range).sum::<Decimal>().checked_div(Decimal::from(candles.len()));
        let trips = self.portfolio.round_trips();
        let mean = |trips: &[&RoundTrip]| {
            let sum: Decimal = trips.iter().map(|trip| trip.profit.abs()).sum();
            sum.checked_div(Decimal::from(trips.len()))
        };
        let (won, lost): (Vec<_>, Vec<_>) = trips.iter().partition(|trip| trip.profit > Decimal::ZERO);
        let is_enough = trips.len() >= ENOUGH_ROUND_TRIPS;
        let win_rate = Decimal::from(won.len()).checked_div(Decimal::from(trips.len())).filter(|_| is_enough);
        let payoff = mean(&won).zip(mean(&lost)).and_then(|(won, lost)| won.checked_div(lost));
        let stop_distance = volatility.map(|volatility| volatility.saturating_mul(Decimal::TWO));
        SizingFacts { stop_distance, volatility, win_rate, payoff }
    }

    /// The price of the market; that of the signal where nothing but candles is known.
    fn reference(&self, signal: &Signal) -> Option<Price> {
        match self.market.market_data(&signal.instrument) {
            Ok(view) if view.freshness == Freshness::Fresh && view.synchronised => view.top.middle(),
            Ok(_) => None,
            Err(MarketDataError::UnknownInstrument { .. }) => Some(signal.price),
            Err(_) => None,
        }
    }

    /// Keeps the last price, and the candles of a minute and longer.
    fn keep(&self, instrument: &InstrumentId, time: Timestamp, ingested: &Ingested) {
        // None of it is urgent.
        if let Some((_, candle)) = ingested.candles.first() {
            let (instrument, price) = (instrument.clone(), candle.close);
            let _later = self.kept.append(StateFact::Marked { instrument, price, time });
        }
        for (timeframe, candle) in ingested.candles.iter().filter(|(timeframe, _)| *timeframe != Timeframe::S1) {
            let (instrument, timeframe, candle) = (instrument.clone(), *timeframe, candle.clone());
            let _later = self.kept.append(StateFact::Closed { instrument, timeframe, candle });
        }
    }

    /// Looks at the account, and stops when the risk manager says so.
    fn look(&self) {
        if self.risk.observe() {
            let reason = self.risk.killed().unwrap_or_default();
            self.wind_down(&reason);
        }
    }

    fn wind_down(&self, reason: &str) {
        for order in self.executor.open_orders() {
            let _known = self.executor.cancel(&order.request.id, reason);
        }
        if self.config.section::<risk::Settings>().flatten {
            self.flatten(reason);
        }
    }
}

impl ITradingEngine for TradingEngine {
    fn execute_trade(&self, signal: &Signal) -> TradeDecision {
        let order = match self.order(signal) {
            Ok(order) => order,
            Err(reason) => return TradeDecision::Nothing(reason),
        };
        let answer = self.risk.check_risk_limits(&RiskRequest {
            order: &order,
            price: signal.price,
            reference: self.reference(signal),
            is_doubtful: signal.doubtful,
            module: None,
        });
        let is_admitted = answer.is_admitted();
        let _missed = self.answered.publish(answer.clone()).now();
        if !is_admitted {
            self.refused.fetch_add(1, Ordering::Relaxed);
            return TradeDecision::Refused(Box::new(answer));
        }
        match self.executor.submit(&order) {
            Ok(order) => TradeDecision::Ordered(Box::new(order)),
            // The name is that of the signal: it was executed before.
            Err(OrderError::NotKept(..)) => TradeDecision::Nothing("it could not be kept"),
            Err(_) => TradeDecision::Nothing("it was executed before"),
        }
    }

    fn observe(&self, event: &MarketEvent, ingested: &Ingested) {
        let (instrument, time) = (&event.instrument, event.received);
        if let EventKind::Trade(trade) = &event.kind {
            self.portfolio.mark(instrument, trade.price);
        }
        if self.executor.is_waiting(instrument) {
            if let EventKind::Trade(trade) = &event.kind {
                self.executor.observe(instrument, time, MarketTick::Trade(trade));
            }
            let levels = self.config.section::<execution::Settings>().book_levels;
            if let Ok(Some(depth)) = self.market.depth(instrument, levels) {
                self.executor.observe(instrument, time, MarketTick::Book(&depth));
            }
        }
        if ingested.candles.iter().any(|(timeframe, _)| *timeframe == Timeframe::M1) {
            // An account whose value is not known has no point in the curve; its orders are refused.
            let _point = self.portfolio.record(time);
        }
        if !ingested.candles.is_empty() {
            self.keep(instrument, time, ingested);
            self.look();
        }
    }

    fn observe_bar(&self, instrument: &InstrumentId, candle: &Candle) {
        let time = candle.open_time;
        self.executor.observe(instrument, time, MarketTick::Open(candle.open));
        self.executor.observe(instrument, time, MarketTick::Bar(candle));
        self.portfolio.mark(instrument, candle.close);
        let _point = self.portfolio.record(time);
        self.look();
    }

    fn halt(&self, reason: &str) {
        self.risk.kill(reason);
        self.wind_down(reason);
    }

    fn flatten(&self, reason: &str) {
        let orders = self.executor.orders();
        let round = orders.iter().filter_map(|order| flattening(&order.request.id)).max().unwrap_or(0) + 1;
        for (index, view) in self.portfolio.positions().into_iter().enumerate() {
            let held = view.position.quantity;
            if held.is_zero() {
                continue;
            }
            let side = if held.is_sign_negative() { Side::Buy } else { Side::Sell };
            let (Ok(quantity), Ok(id)) = (Quantity::new(held.abs()), format!("flatten-{round}-{index}").parse()) else {
                continue;
            };
            let order = market_order(id, &view.instrument, side, quantity, true, CorrelationId::default());
            if let Err(error) = self.executor.submit(&self.market.fitted(order, held)) {
                tracing::error!("{held} of {} stay held, which were to be closed ({reason}): {error}", view.instrument);
            }
        }
    }

    fn positions(&self) -> Vec<PositionView> {
        self.portfolio.positions()
    }

    fn round_trips(&self) -> Vec<RoundTrip> {
        self.portfolio.round_trips()
    }

    fn performance_metrics(&self) -> Result<TradingPerformance, PortfolioError> {
        let trips = self.portfolio.round_trips();
        let count = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
        Ok(TradingPerformance {
            equity: self.portfolio.equity()?,
            pnl: self.portfolio.pnl()?,
            orders: count(self.executor.orders().len()),
            refused: self.refused.load(Ordering::Relaxed),
            fills: count(self.executor.fills().len()),
            round_trips: count(trips.len()),
            won: count(trips.iter().filter(|trip| trip.profit > Decimal::ZERO).count()),
        })
    }
}

/// In which round an order was made that flattens; names are not given again after a restart.
fn flattening(id: &OrderId) -> Option<u64> {
    id.as_str().strip_prefix("flatten-")?.split('-').next()?.parse().ok()
}

fn side_of(direction: Direction) -> Side {
    match direction {
        Direction::Long => Side::Buy,
        Direction::Short => Side::Sell,
    }
}

fn market_order(
    id: OrderId,
    instrument: &InstrumentId,
    side: Side,
    quantity: Quantity,
    reduce_only: bool,
    correlation: CorrelationId,
) -> OrderRequest {
    let (kind, time_in_force, instrument) = (OrderKind::Market, TimeInForce::default(), instrument.clone());
    OrderRequest { id, instrument, side, quantity, kind, time_in_force, reduce_only, correlation }
}

impl std::fmt::Debug for TradingEngine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TradingEngine").finish_non_exhaustive()
    }
}
