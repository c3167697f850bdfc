//! The engine that makes trades of signals.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use di_core::error::BoxError;
use di_core::events::Topic;
use di_core::health::{Health, HealthCheck};
use di_core::service;
use rust_decimal::Decimal;

use super::size_facts::{BARS, Bars, size_facts};
use super::wind_down::{Left, Trouble, WindDown};
use super::{FundingSettler, Settings};
use crate::model::{
    Candle, CorrelationId, EventKind, InstrumentId, MarketEvent, Order, OrderId, OrderRequest, Price, Quantity,
    RoundTrip, Side, Timeframe,
};
use crate::ports::{
    AlertContext, AlertLevel, AlertOutcome, IAlertService, IClock, IConfigService, IMarketDataService, IOrderExecutor,
    IPortfolio, IRiskManager, IStateManager, ITradingEngine, Ingested, MarketDataError, MarketTick, OrderError,
    PortfolioError, PositionView, Refusals, RiskAnswer, RiskRequest, Signal, SizingFacts, StateFact, Submission,
    TradeDecision, TradingPerformance, bounded, submit_if_admitted,
};
use crate::risk::SizingMethod;
use crate::sync::lock;
use crate::{execution, risk};

/// The rule of the alert that trading has ended.
const ENDED: &str = "trading-ended";

/// Makes at most one trade of each signal. A signal in the direction of what is held does nothing; one against it closes
/// the position and, unless `trading.long_only` says otherwise, opens the other one with a second order. What opens a position takes
/// nothing beyond `risk.price_collar_percent` from the middle of the book.
///
/// When trading ends, it cancels and closes; when it had ended before the process began, at the first message of a market, before
/// any order meets it. What it cannot cancel or close is told as an alert at the highest level, once, and it is unhealthy as long
/// as that holds.
#[service(provides = ITradingEngine, health)]
pub struct TradingEngine {
    config: Arc<dyn IConfigService>,
    clock: Arc<dyn IClock>,
    market: Arc<dyn IMarketDataService>,
    risk: Arc<dyn IRiskManager>,
    executor: Arc<dyn IOrderExecutor>,
    portfolio: Arc<dyn IPortfolio>,
    kept: Arc<dyn IStateManager>,
    alerts: Arc<dyn IAlertService>,
    answered: Arc<Topic<RiskAnswer>>,
    funding: Arc<FundingSettler>,
    #[inject(default)]
    wind_down: WindDown,
    /// Whether nothing is left to do of an end of trading before this process.
    #[inject(default)]
    has_begun: AtomicBool,
    /// Whether people have yet to be told that trading has ended.
    #[inject(default)]
    is_untold: AtomicBool,
    #[inject(default)]
    bars: Bars,
    /// How many signals were not ordered, by the reason.
    #[inject(default)]
    undone: Mutex<BTreeMap<&'static str, u64>>,
}

impl TradingEngine {
    /// The orders that bring the position to where the signal wants it: one that closes what is held against it, and one that opens
    /// the other. `Err` says why there is none.
    fn orders(&self, signal: &Signal) -> Result<Vec<OrderRequest>, &'static str> {
        let settings = self.config.section::<Settings>();
        let Signal { id, instrument, direction, price, correlation, .. } = signal;
        if !settings.enabled {
            return Err("trading is not enabled");
        }
        if self.executor.open_orders().iter().any(|order| order.request.instrument == *instrument) {
            return Err("an order is open");
        }
        let (held, side) = (self.portfolio.held(instrument), direction.side());
        let is_against = side.is_against(held);
        // Less than one lot is closed with the next order against it, but keeps nobody from opening a position.
        if self.market.is_position(instrument, held) && !is_against {
            return Err("the position is there");
        }
        if signal.doubtful && is_against {
            // What opens is refused by the risk manager; what closes, nobody would stop.
            return Err("it rests on a doubtful price");
        }
        let closes_only = settings.long_only && side == Side::Sell;
        if closes_only && !is_against {
            return Err("there is nothing to sell");
        }
        let order =
            |id, quantity, reduce_only| OrderRequest::market(id, instrument, side, quantity, reduce_only, *correlation);
        let mut opening = None;
        if !closes_only {
            let quantity = self.risk.position_size(instrument, *price, &self.facts(signal));
            let percent = self.risk.limits().price_collar_percent;
            let order = order(OrderId::of_signal(*id, false), quantity, false);
            let order = bounded(order, self.market.reference(instrument), percent);
            let held = if is_against { Decimal::ZERO } else { held };
            opening = Some(self.market.fitted(order, held)).filter(|order| !order.quantity.is_zero());
        }
        let mut orders = Vec::new();
        if is_against {
            // It is an order of its own, that no limit stops: nobody is kept in a position because another cannot be opened.
            let id = OrderId::of_signal(*id, opening.is_some());
            let quantity = Quantity::new(held.abs()).map_err(|_| "what is held is no quantity")?;
            orders.push(self.market.fitted(order(id, quantity, true), held));
        }
        orders.extend(opening);
        if orders.is_empty() { Err("its size is not known, or less than one lot") } else { Ok(orders) }
    }

    /// Makes the orders that a signal calls for, and submits them.
    fn trade(&self, signal: &Signal) -> TradeDecision {
        let orders = match self.orders(signal) {
            Ok(orders) => orders,
            Err(reason) => return TradeDecision::Nothing(reason),
        };
        let mut decision = TradeDecision::Nothing("nothing is to be ordered");
        for order in &orders {
            decision = self.submit(signal, order);
            if !matches!(decision, TradeDecision::Ordered(_)) {
                break;
            }
        }
        decision
    }

    fn submit(&self, signal: &Signal, order: &OrderRequest) -> TradeDecision {
        let request = RiskRequest {
            order,
            price: signal.price,
            reference: self.reference(signal),
            is_doubtful: signal.doubtful,
            module: None,
        };
        let publish = |answer: &RiskAnswer| {
            let _missed = self.answered.publish(answer.clone()).now();
        };
        match submit_if_admitted(&request, &*self.risk, &*self.executor, publish) {
            Submission::Submitted(order) => TradeDecision::Ordered(Box::new(order)),
            Submission::Refused(answer) => TradeDecision::Refused(Box::new(answer)),
            Submission::Failed(OrderError::NotKept(..)) => TradeDecision::Nothing("it could not be kept"),
            // The name is that of the signal.
            Submission::Failed(_) => TradeDecision::Nothing("it was executed before"),
        }
    }

    /// What the size of an order looks at; nothing where it is always the same.
    fn facts(&self, signal: &Signal) -> SizingFacts {
        let method = self.config.section::<risk::Settings>().sizing.method;
        if matches!(method, SizingMethod::Quantity | SizingMethod::Notional) {
            return SizingFacts::default();
        }
        let candles = self.market.historical(&signal.instrument, signal.timeframe, BARS).unwrap_or_default();
        let candles = if candles.is_empty() { self.bars.last(&signal.instrument) } else { candles };
        // Profits of other currencies are no measure of these.
        let currency = self.portfolio.currency_of(&signal.instrument, &*self.market);
        size_facts(&candles, &self.portfolio.outcomes(&currency))
    }

    /// The price of the market; that of the signal where nothing but candles is known.
    fn reference(&self, signal: &Signal) -> Option<Price> {
        match self.market.market_data(&signal.instrument) {
            Err(MarketDataError::UnknownInstrument { .. }) => Some(signal.price),
            _ => self.market.reference(&signal.instrument),
        }
    }

    /// Keeps the last price, and the candles of a minute and longer, those of before among them.
    fn keep(&self, event: &MarketEvent, ingested: &Ingested) {
        let MarketEvent { instrument, received: time, kind } = event;
        // A candle that a trade closes may have closed at a doubtful price: after a restart the mark is that of now.
        let price = match kind {
            EventKind::Trade(trade) => Some(trade.price).filter(|_| !ingested.doubtful),
            _ => ingested.candles.first().map(|(_, candle)| candle.close),
        };
        // None of it is urgent.
        if let Some(price) = price {
            let (instrument, time) = (instrument.clone(), *time);
            let _later = self.kept.append(StateFact::Marked { instrument, price, time });
        }
        let closed = ingested.candles.iter().map(|(timeframe, candle)| (*timeframe, candle));
        // What the venue has told of before is as closed as what its trades have made.
        let told = ingested.history.iter().flat_map(|(timeframe, all)| all.iter().map(|candle| (*timeframe, candle)));
        for (timeframe, candle) in closed.chain(told).filter(|(timeframe, _)| *timeframe != Timeframe::S1) {
            let (instrument, candle) = (instrument.clone(), candle.clone());
            let _later = self.kept.append(StateFact::Closed { instrument, timeframe, candle });
        }
    }

    /// Looks at the account, and stops when the risk manager says so; after that, looks at what was to be closed.
    fn look(&self) {
        if self.risk.observe() || self.is_untold.load(Ordering::Relaxed) {
            self.tell_ended();
        }
        self.wind_down_once();
        if self.risk.killed().is_some() {
            self.report();
        }
    }

    /// Tells people that trading has ended, and why; again with the next look while an alert of before holds this one back.
    fn tell_ended(&self) {
        if let Some(reason) = self.risk.killed() {
            let context = AlertContext { rule: ENDED, instrument: None, service: None };
            let message = format!("trading has ended: {reason}");
            let outcome = self.alerts.send_alert(&message, AlertLevel::Critical, context);
            self.is_untold.store(outcome == AlertOutcome::CoolingDown, Ordering::Relaxed);
        }
    }

    /// Cancels and closes if trading has ended and this process has not done so; false while somebody else is at it.
    fn wind_down_once(&self) -> bool {
        let Some(reason) = self.risk.killed() else { return true };
        if self.wind_down.is_done() {
            return true;
        }
        // The task of the market does not wait for a disk that another thread writes to.
        let Some(_under_way) = self.wind_down.try_begin() else { return false };
        if !self.wind_down.is_done() {
            self.cancel_and_close(&reason);
        }
        true
    }

    /// Before the first order meets the market: cancels and closes what was not before the process ended, and tells people of
    /// the end of trading if they were not told.
    #[inline]
    fn begin(&self) {
        if !self.has_begun.load(Ordering::Relaxed) {
            self.begin_once();
        }
    }

    /// Apart from `begin`, which runs with each message.
    #[cold]
    fn begin_once(&self) {
        if self.wind_down_once() {
            self.has_begun.store(true, Ordering::Relaxed);
            if self.risk.killed().is_some() && !self.was_told() {
                self.tell_ended();
            }
        }
    }

    /// Whether an alert of the last end of trading is kept. The end is durable before anybody is told of it, and a process may be
    /// killed in between; what cannot be read is told once more.
    fn was_told(&self) -> bool {
        let told = |told: bool, fact: &StateFact| match fact {
            StateFact::Killed { .. } => false,
            StateFact::Raised { alert, .. } => told || alert.rule == ENDED,
            _ => told,
        };
        self.kept.facts().is_ok_and(|facts| facts.iter().fold(false, told))
    }

    /// Tells people of what could not be done; while it is under way, nobody knows.
    fn report(&self) {
        if let Some(troubles) = self.open_troubles() {
            self.wind_down.report(&*self.alerts, troubles);
        }
    }

    fn cancel_and_close(&self, reason: &str) {
        let mut uncancelled = BTreeMap::new();
        for order in self.executor.open_orders() {
            let id = order.request.id;
            let why = match self.executor.cancel(&id, reason) {
                Ok(order) if order.status.is_final() => continue,
                Ok(order) => format!("it is {}", order.status),
                Err(error) => error.to_string(),
            };
            uncancelled.insert(id, why);
        }
        self.wind_down.set_uncancelled(uncancelled);
        if self.config.section::<risk::Settings>().flatten {
            self.close_all();
        }
        self.wind_down.done();
    }

    /// Orders what closes every position.
    fn close_all(&self) {
        let mut unordered = BTreeMap::new();
        // A later round has a higher number.
        let last = self.executor.last_order(&|request| flattening(&request.id).is_some());
        let round = last.and_then(|order| flattening(&order.request.id)).unwrap_or(0) + 1;
        for (index, view) in self.portfolio.positions().into_iter().enumerate().filter(|(_, view)| view.is_open()) {
            let held = view.position.quantity;
            let side = if held.is_sign_negative() { Side::Buy } else { Side::Sell };
            let why = match (Quantity::new(held.abs()), format!("flatten-{round}-{index}").parse()) {
                (Ok(quantity), Ok(id)) => {
                    let order =
                        OrderRequest::market(id, &view.instrument, side, quantity, true, CorrelationId::default());
                    match self.executor.submit(&self.market.fitted(order, held)) {
                        Ok(_) => continue,
                        Err(error) => error.to_string(),
                    }
                }
                (Err(error), _) => error.to_string(),
                (_, Err(error)) => error.to_string(),
            };
            unordered.insert(view.instrument, why);
        }
        self.wind_down.set_unordered(unordered);
    }

    /// Everything that was to be done and is not; `None` while somebody does it. Most of it follows from the orders and the
    /// positions, and so is the same after a restart.
    fn open_troubles(&self) -> Option<Vec<Trouble>> {
        let settled = self.wind_down.settled()?;
        let (is_killed, fault) = (self.risk.killed().is_some(), self.risk.fault());
        let left = self.wind_down.left();
        let mut found = Vec::new();
        if is_killed || fault.is_some() || !left.unordered.is_empty() || !left.uncancelled.is_empty() {
            let text = |fault| format!("trading has ended until the end of this process only: {fault}");
            found.extend(fault.map(|fault| Trouble { instrument: None, text: text(fault) }));
            found.extend(self.uncancelled_orders(&left, is_killed));
            found.extend(self.unclosed_positions(&left, is_killed));
        }
        // What was read while somebody began to cancel and close is neither how it was nor how it is.
        (self.wind_down.settled() == Some(settled)).then_some(found)
    }

    /// The orders that wait although they were to be cancelled.
    fn uncancelled_orders(&self, left: &Left, is_killed: bool) -> Vec<Trouble> {
        let orders = self.executor.open_orders().into_iter();
        let trouble = |Order { request: OrderRequest { id, instrument, reduce_only, .. }, .. }| {
            let why = match left.uncancelled.get(&id) {
                Some(why) => why,
                None if is_killed && !reduce_only => "nobody has cancelled it",
                None => return None,
            };
            let text = format!("the order {id} of {instrument} is open, which was to be cancelled: {why}");
            Some(Trouble { instrument: Some(instrument), text })
        };
        orders.filter_map(trouble).collect()
    }

    /// The positions that are held although they were to be closed.
    fn unclosed_positions(&self, left: &Left, is_killed: bool) -> Vec<Trouble> {
        let mut found = Vec::new();
        let settings = self.config.section::<risk::Settings>();
        for PositionView { instrument, position, .. } in self.portfolio.positions() {
            let held = position.quantity;
            if !self.market.is_position(&instrument, held) {
                continue;
            }
            if let Some(why) = left.unordered.get(&instrument) {
                found.push(Trouble::held(&instrument, held, why));
                continue;
            }
            if !is_killed || !settings.flatten {
                continue;
            }
            let is_closing =
                |request: &OrderRequest| request.instrument == instrument && flattening(&request.id).is_some();
            let why = match self.executor.last_order(&is_closing) {
                None => "nobody has ordered it".to_owned(),
                Some(Order { status, request, reason, .. }) if status.is_final() => match reason {
                    Some(reason) => format!("{} has ended: {reason}", request.id),
                    None => format!("{} is {status}, and was not enough", request.id),
                },
                Some(Order { submitted, .. }) if self.clock.now().since(submitted) < settings.flatten_within => {
                    continue;
                }
                Some(Order { request, submitted, .. }) => format!("{} waits since {submitted}", request.id),
            };
            found.push(Trouble::held(&instrument, held, &why));
        }
        found
    }
}

impl ITradingEngine for TradingEngine {
    fn execute_trade(&self, signal: &Signal) -> TradeDecision {
        let decision = self.trade(signal);
        if let TradeDecision::Nothing(reason) = &decision {
            *lock(&self.undone).entry(*reason).or_default() += 1;
        }
        decision
    }

    fn observe(&self, event: &MarketEvent, ingested: &Ingested) {
        // It is paid on what was held before this message.
        self.funding.observe(event);
        self.begin();
        let (instrument, time) = (&event.instrument, event.received);
        // A doubtful price values nothing and sets nothing off: if the market has moved, the next trade says so.
        let trade = if let EventKind::Trade(trade) = &event.kind { Some(trade) } else { None };
        let trade = trade.filter(|_| !ingested.doubtful);
        if let Some(trade) = trade {
            self.portfolio.mark(instrument, trade.price);
        }
        if self.executor.is_waiting(instrument) {
            if let Some(trade) = trade {
                self.executor.observe(instrument, time, MarketTick::Trade(trade));
            }
            let levels = self.config.section::<execution::Settings>().book_levels;
            if let Ok(Some(depth)) = self.market.depth(instrument, levels) {
                self.executor.observe(instrument, time, MarketTick::Book(&depth));
            }
            // A fill deep in the book is no price of the market.
            if let Some(trade) = trade {
                self.portfolio.mark(instrument, trade.price);
            }
        }
        if ingested.candles.iter().any(|(timeframe, _)| *timeframe == Timeframe::M1) {
            // An account whose value is not known has no point in the curve; its orders are refused.
            let _point = self.portfolio.record(time);
        }
        if !(ingested.candles.is_empty() && ingested.history.is_empty()) {
            self.keep(event, ingested);
        }
        if !ingested.candles.is_empty() {
            self.look();
        }
    }

    fn observe_bar(&self, instrument: &InstrumentId, candle: &Candle) {
        self.begin();
        self.bars.observe(instrument, candle);
        let time = candle.open_time;
        self.executor.observe(instrument, time, MarketTick::Open(candle.open));
        self.executor.observe(instrument, time, MarketTick::Bar(candle));
        self.portfolio.mark(instrument, candle.close);
        let _point = self.portfolio.record(time);
        self.look();
    }

    fn halt(&self, reason: &str) {
        let under_way = self.wind_down.begin();
        if self.risk.kill(reason) {
            self.tell_ended();
        }
        self.cancel_and_close(reason);
        drop(under_way);
        self.report();
    }

    fn flatten(&self) {
        let under_way = self.wind_down.begin();
        self.close_all();
        drop(under_way);
        self.report();
    }

    fn ended(&self) -> Option<String> {
        self.risk.killed()
    }

    fn undone(&self) -> BTreeMap<&'static str, u64> {
        lock(&self.undone).clone()
    }

    fn refusals(&self) -> Refusals {
        self.risk.refusals()
    }

    fn troubles(&self) -> Vec<String> {
        let Some(troubles) = self.open_troubles() else { return self.wind_down.reported() };
        troubles.into_iter().map(|trouble| trouble.text).collect()
    }

    fn positions(&self) -> Vec<PositionView> {
        self.portfolio.positions()
    }

    fn round_trips(&self) -> Vec<RoundTrip> {
        self.portfolio.round_trips()
    }

    fn performance_metrics(&self) -> Result<TradingPerformance, PortfolioError> {
        // Only how many there are: this is asked a few times a second, as long as the platform runs.
        let count = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
        Ok(TradingPerformance {
            equity: self.portfolio.equity()?,
            pnl: self.portfolio.pnl()?,
            orders: count(self.executor.latest_orders(0, 0).total),
            refused: self.risk.refusals().orders,
            fills: count(self.executor.latest_fills(0, 0).total),
            round_trips: count(self.portfolio.latest_round_trips(0, 0).total),
            won: count(self.portfolio.won()),
            unknown_funding: count(self.portfolio.unknown_funding()),
        })
    }
}

#[di_core::interface]
impl HealthCheck for TradingEngine {
    async fn check(&self) -> Result<Health, BoxError> {
        let troubles = self.troubles();
        Ok(match troubles.first() {
            None => Health::healthy(),
            Some(first) => Health::unhealthy(first.clone())
                .with("troubles", troubles.len())
                .suggest("stop all trading again, which cancels and closes again; or close at the venue"),
        })
    }
}

/// In which round an order was made that flattens; names are not given again after a restart.
fn flattening(id: &OrderId) -> Option<u64> {
    id.as_str().strip_prefix("flatten-")?.split('-').next()?.parse().ok()
}

impl std::fmt::Debug for TradingEngine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TradingEngine").finish_non_exhaustive()
    }
}
