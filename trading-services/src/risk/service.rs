//! The risk manager.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use di_core::error::BoxError;
use di_core::health::{Health, HealthCheck, HealthStatus};
use rust_decimal::Decimal;

use super::limits::{Account, Exposure};
use super::{Settings, sizing};
use crate::model::{Currency, Instrument, InstrumentId, Price, Quantity, Timeframe, Timestamp};
use crate::ports::{
    FeatureMode, Features, IClock, IConfigService, IMarketDataService, IOrderExecutor, IPortfolio, IRiskManager,
    IStateManager, ModuleLimits, PortfolioError, PositionView, Refusals, RiskAnswer, RiskLimits, RiskMetrics,
    RiskReason, RiskRequest, SizingFacts, StateError, StateFact,
};
use crate::sync::lock;

/// Limits by the settings, over the portfolio and the orders that are open.
pub struct RiskManager {
    settings: Settings,
    config: Arc<dyn IConfigService>,
    clock: Arc<dyn IClock>,
    portfolio: Arc<dyn IPortfolio>,
    orders: Arc<dyn IOrderExecutor>,
    market: Arc<dyn IMarketDataService>,
    /// What outlives this service.
    kept: Arc<dyn IStateManager>,
    /// Why the end of trading could not be kept.
    unkept: Mutex<Option<String>>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// When orders were admitted, earliest first: within the last minute of the last question, and since.
    admitted: VecDeque<Timestamp>,
    refused: Refusals,
    /// How far the price of the last order was from the market, in percent.
    distance: Option<Decimal>,
    shadow: Shadow,
    /// The equity when the day began.
    day: Option<(Timestamp, Decimal)>,
    peak: Decimal,
    killed: Option<String>,
}

/// How often a new way would have answered otherwise.
#[derive(Debug, Default)]
struct Shadow {
    compared: u64,
    different: u64,
}

impl State {
    /// Counts an order. The clock may have jumped back since the one before.
    fn admit(&mut self, time: Timestamp) {
        let index = self.admitted.partition_point(|known| *known <= time);
        self.admitted.insert(index, time);
    }

    /// Forgets the orders that are not of the last minute. Nothing was admitted in the future: what says so is of a clock that has
    /// jumped back since.
    fn forget(&mut self, now: Timestamp) {
        while self.admitted.back().is_some_and(|time| *time > now) {
            self.admitted.pop_back();
        }
        while self.admitted.front().is_some_and(|time| !is_within_a_minute(*time, now)) {
            self.admitted.pop_front();
        }
    }

    /// The equity when this day began and the highest one, where it is so much now.
    fn highs(&self, now: Timestamp, equity: Decimal) -> (Decimal, Decimal) {
        let day = Timeframe::D1.open_of(now);
        let begin = self.day.filter(|(known, _)| *known == day).map_or(equity, |(_, begin)| begin);
        (begin, self.peak.max(equity))
    }

    fn restore(&mut self, fact: &StateFact) {
        match fact {
            StateFact::Submitted { time, .. } => self.admit(*time),
            StateFact::Day { time, equity } => self.day = Some((*time, *equity)),
            StateFact::Peak { equity } => self.peak = *equity,
            StateFact::Killed { reason } => self.killed = Some(reason.clone()),
            // What was lost before is accepted: or the next look at the account would end trading again.
            StateFact::Resumed { .. } => (self.killed, self.day, self.peak) = (None, None, Decimal::ZERO),
            _ => {}
        }
    }
}

#[di_core::service(provides = IRiskManager, health)]
impl RiskManager {
    /// A manager with the limits as they are kept: how much was lost, how many orders there were, whether trading has ended.
    ///
    /// # Errors
    /// [`StateError`] when what is kept cannot be read: to begin again would be to forget it.
    #[constructor]
    pub fn new(
        config: Arc<dyn IConfigService>,
        clock: Arc<dyn IClock>,
        portfolio: Arc<dyn IPortfolio>,
        orders: Arc<dyn IOrderExecutor>,
        market: Arc<dyn IMarketDataService>,
        kept: Arc<dyn IStateManager>,
    ) -> Result<Self, StateError> {
        let settings = (*config.section::<Settings>()).clone();
        let mut state = State::default();
        kept.facts()?.iter().for_each(|fact| state.restore(fact));
        Ok(Self {
            settings,
            config,
            clock,
            portfolio,
            orders,
            market,
            kept,
            unkept: Mutex::default(),
            state: Mutex::new(state),
        })
    }

    /// Keeps a limit. It holds here whether or not it can be kept: trading that has ended goes on for no full disk.
    fn keep(&self, fact: StateFact) -> Result<(), StateError> {
        self.kept.append(fact).inspect_err(|error| {
            tracing::error!("a limit holds until the end of this process only: {error}");
        })
    }

    /// Keeps that trading has ended. Nobody who asks what is admitted waits for it.
    fn keep_end(&self, reason: String) {
        let fault = self.keep(StateFact::Killed { reason }).err().map(|error| error.to_string());
        *lock(&self.unkept) = fault;
    }

    /// The same, if it could not be kept before and the store is back.
    fn keep_end_again(&self) {
        if self.fault().is_some()
            && self.kept.fault().is_none()
            && let Some(reason) = self.killed()
        {
            self.keep_end(reason);
        }
    }

    /// The equity now, with the day and the peak brought up to it.
    fn equity(&self, state: &mut State) -> Result<Decimal, PortfolioError> {
        let equity = self.portfolio.equity()?;
        self.note(state, self.clock.now(), equity);
        Ok(equity)
    }

    /// Brings the day and the peak up to an equity.
    fn note(&self, state: &mut State, now: Timestamp, equity: Decimal) {
        let day = Timeframe::D1.open_of(now);
        if state.day.is_none_or(|(known, _)| known != day) {
            state.day = Some((day, equity));
            let _told = self.keep(StateFact::Day { time: day, equity });
        }
        if equity > state.peak {
            state.peak = equity;
            let _told = self.keep(StateFact::Peak { equity });
        }
    }

    /// What a module may use of an equity.
    fn share(&self, equity: Decimal) -> Decimal {
        let share = equity.max(Decimal::ZERO).saturating_mul(self.settings.module_share_percent);
        share.checked_div(Decimal::ONE_HUNDRED).unwrap_or_default()
    }

    /// The size of an order, all of it computed in the currency of the account; `None` when what it needs is not known.
    fn size(&self, instrument: &InstrumentId, price: Price, facts: &SizingFacts) -> Option<Quantity> {
        let equity = self.portfolio.equity().unwrap_or_default();
        let in_account = |amount: Decimal| self.in_account(instrument, amount).ok();
        let facts = SizingFacts {
            stop_distance: facts.stop_distance.and_then(in_account),
            volatility: facts.volatility.and_then(in_account),
            ..*facts
        };
        sizing::size(&self.settings.sizing, equity, Price::new(in_account(price.value())?).ok()?, &facts)
    }

    /// What so much of what an instrument is paid in is worth in the currency of the account.
    fn in_account(&self, instrument: &InstrumentId, amount: Decimal) -> Result<Decimal, PortfolioError> {
        self.portfolio.in_account(&self.portfolio.currency_of(instrument, &*self.market), amount)
    }

    /// The same, which asks once for each currency, however many limits and positions look at it.
    fn worth(&self) -> impl Fn(&InstrumentId, Decimal) -> Option<Decimal> {
        let (currencies, rates) = (RefCell::new(BTreeMap::new()), RefCell::new(BTreeMap::new()));
        move |instrument, amount| {
            if amount.is_zero() {
                return Some(amount);
            }
            let currency = || self.portfolio.currency_of(instrument, &*self.market);
            let currency: Currency = currencies.borrow_mut().entry(instrument.clone()).or_insert_with(currency).clone();
            let rate = || self.portfolio.in_account(&currency, Decimal::ONE).ok();
            let rate: Option<Decimal> = *rates.borrow_mut().entry(currency.clone()).or_insert_with(rate);
            amount.checked_mul(rate?)
        }
    }

    /// What is held in another currency than its market is paid in, as an older store may say.
    fn misread(&self) -> Option<String> {
        let held = self.portfolio.positions().into_iter().filter(PositionView::is_open);
        let other = held.filter_map(|view| {
            let (_, quote) = self.market.currencies(&view.instrument)?;
            let PositionView { instrument, currency, .. } = view;
            (quote != currency)
                .then(|| format!("{instrument} is held in {currency}, and its market is paid in {quote}"))
        });
        let other: Vec<_> = other.collect();
        (!other.is_empty()).then(|| other.join("; "))
    }

    /// What the market asks for an instrument.
    fn price(&self, instrument: &InstrumentId) -> Option<Decimal> {
        self.market.market_data(instrument).ok()?.top.middle().map(Price::value)
    }

    /// The limits that an order would break, by the way that `features.new_risk` says.
    fn broken(&self, account: &Account<'_>, request: &RiskRequest<'_>, shadow: &mut Shadow) -> Vec<RiskReason> {
        let (old, new) = (Exposure::ByOrder, Exposure::ByReach);
        let check = |exposure| account.check(&self.settings, exposure, request);
        match self.config.section::<Features>().new_risk {
            FeatureMode::Off => check(old),
            FeatureMode::On => check(new),
            FeatureMode::Shadow => {
                let (answer, other) = (check(old), check(new));
                shadow.compared += 1;
                if answer != other {
                    shadow.different += 1;
                    metrics::counter!("risk_shadow_differences_total").increment(1);
                    let id = &request.order.id;
                    tracing::info!("{id}: `features.new_risk` would have said {other:?}, and not {answer:?}");
                }
                answer
            }
        }
    }

    /// How much is at risk with this day and this peak; what is not known changes neither.
    fn metrics(&self, state: &State) -> RiskMetrics {
        let (is_killed, now) = (state.killed.is_some(), self.clock.now());
        let orders_last_minute = state.admitted.iter().filter(|time| is_within_a_minute(**time, now)).count();
        let last_distance_percent = state.distance;
        let unknown = RiskMetrics { is_killed, orders_last_minute, last_distance_percent, ..RiskMetrics::default() };
        let Ok(equity) = self.portfolio.equity() else { return unknown };
        let ((begin, peak), positions) = (state.highs(now, equity), self.portfolio.positions());
        let exposure =
            positions.iter().try_fold(Decimal::ZERO, |sum, view| Some(sum.saturating_add(view.worth?.abs())));
        let Some(exposure) = exposure else { return unknown };
        RiskMetrics {
            equity,
            peak,
            drawdown_percent: lost_percent(peak, equity),
            daily_loss_percent: lost_percent(begin, equity),
            day_profit: equity.saturating_sub(begin),
            exposure,
            leverage: exposure.checked_div(equity).unwrap_or_default(),
            orders_last_minute,
            last_distance_percent,
            is_killed,
            is_known: true,
        }
    }
}

impl IRiskManager for RiskManager {
    fn check_risk_limits(&self, request: &RiskRequest<'_>) -> RiskAnswer {
        let (now, mut reasons) = (self.clock.now(), Vec::new());
        let (positions, open) = (self.portfolio.positions(), self.orders.open_orders());
        let mut state = lock(&self.state);
        let equity = self.equity(&mut state);
        let price = |id: &InstrumentId| self.price(id);
        let worth = self.worth();
        let account = Account {
            equity: equity.clone().unwrap_or_default(),
            positions: &positions,
            open: &open,
            market: &price,
            worth: &worth,
        };
        state.forget(now);
        if let Some(fault) = self.kept.fault() {
            reasons.push(RiskReason::NotKept(fault));
        }
        let (rules, met) = (self.market.rules(&request.order.instrument), account.met_by(request.order));
        // What its name says is known before the venue has told the rules.
        let rules = rules.unwrap_or_else(|| Instrument::named(request.order.instrument.clone()));
        if let Err(unfit) = rules.check(request.order, request.price, met) {
            reasons.push(RiskReason::Unfit(unfit));
        }
        if !request.order.only_reduces(met) {
            state.distance = request.distance_percent().or(state.distance);
            if let Some(reason) = &state.killed {
                reasons.push(RiskReason::Killed(reason.clone()));
            }
            if request.is_doubtful {
                reasons.push(RiskReason::DoubtfulData);
            }
            if state.admitted.len() >= self.settings.orders_per_minute {
                reasons.push(RiskReason::Rate { limit: self.settings.orders_per_minute });
            }
            match (&equity, self.in_account(&request.order.instrument, Decimal::ONE)) {
                (Ok(_), Ok(_)) => reasons.extend(self.broken(&account, request, &mut state.shadow)),
                (Err(error), _) => reasons.push(RiskReason::Unknown(format!("the value of the account: {error}"))),
                (_, Err(error)) => reasons.push(RiskReason::Unknown(format!("the value of the order: {error}"))),
            }
            if let (Some(module), Ok(equity)) = (request.module, equity) {
                let limit = self.share(equity);
                match account.used_by(module, &self.portfolio.owned(module), Some(request)) {
                    Some(value) if value > limit => reasons.push(RiskReason::Share { value, limit }),
                    Some(_) => {}
                    None => reasons.push(RiskReason::Unknown(format!("what `{module}` uses"))),
                }
            }
        }
        if reasons.is_empty() {
            state.admit(now);
        } else {
            count_refused(&mut state.refused, &reasons);
        }
        RiskAnswer { request: request.order.clone(), time: now, reasons }
    }

    fn position_size(&self, instrument: &InstrumentId, price: Price, facts: &SizingFacts) -> Quantity {
        let size = self.size(instrument, price, facts).unwrap_or(Quantity::ZERO);
        self.market.rules(instrument).map_or(size, |rules| rules.whole_lots(size))
    }

    fn portfolio_limits(&self, module: &str) -> ModuleLimits {
        let equity = self.portfolio.equity().unwrap_or_default();
        let (positions, open) = (self.portfolio.positions(), self.orders.open_orders());
        let (price, worth) = (|id: &InstrumentId| self.price(id), self.worth());
        let account = Account { equity, positions: &positions, open: &open, market: &price, worth: &worth };
        ModuleLimits {
            share_percent: self.settings.module_share_percent,
            notional: self.share(equity),
            used: account.used_by(module, &self.portfolio.owned(module), None),
        }
    }

    fn limits(&self) -> RiskLimits {
        let settings = &self.settings;
        RiskLimits {
            order_notional: settings.max_order_notional,
            position_notional: settings.max_position_notional,
            leverage: settings.max_leverage,
            orders_per_minute: settings.orders_per_minute,
            price_collar_percent: settings.price_collar_percent,
            module_share_percent: settings.module_share_percent,
            daily_loss_percent: settings.max_daily_loss_percent,
            drawdown_percent: settings.max_drawdown_percent,
            // A reload changes it at once.
            flatten: self.config.section::<Settings>().flatten,
        }
    }

    fn risk_metrics(&self) -> RiskMetrics {
        // Who only looks must not decide when a day or a peak is noted.
        self.metrics(&lock(&self.state))
    }

    fn refusals(&self) -> Refusals {
        lock(&self.state).refused.clone()
    }

    fn count_overtaken(&self, reasons: &[RiskReason]) {
        count_refused(&mut lock(&self.state).refused, reasons);
    }

    fn observe(&self, equity: Option<Decimal>) -> bool {
        self.keep_end_again();
        // What is not known ends nothing; it is in the health, and nothing is opened.
        let Some(equity) = equity.or_else(|| self.portfolio.equity().ok()) else { return false };
        let (begin, peak) = {
            let (mut state, now) = (lock(&self.state), self.clock.now());
            self.note(&mut state, now, equity);
            state.highs(now, equity)
        };
        let two = |value: Decimal| value.round_dp(2).normalize();
        let loss = lost_percent(begin, equity);
        if loss >= self.settings.max_daily_loss_percent {
            return self.kill(&format!("{} percent of the equity were lost within the day", two(loss)));
        }
        let fall = lost_percent(peak, equity);
        fall >= self.settings.max_drawdown_percent
            && self.kill(&format!("the equity is {} percent below its peak", two(fall)))
    }

    fn kill(&self, reason: &str) -> bool {
        let (is_first, reason) = {
            let mut state = lock(&self.state);
            (state.killed.is_none(), state.killed.get_or_insert_with(|| reason.to_owned()).clone())
        };
        if is_first || self.fault().is_some() {
            self.keep_end(reason);
        }
        is_first
    }

    fn killed(&self) -> Option<String> {
        lock(&self.state).killed.clone()
    }

    fn fault(&self) -> Option<String> {
        lock(&self.unkept).clone()
    }
}

#[di_core::interface]
impl HealthCheck for RiskManager {
    async fn check(&self) -> Result<Health, BoxError> {
        let state = lock(&self.state);
        let health = match &state.killed {
            None => Health::healthy(),
            Some(reason) => Health::degraded(format!("trading has ended: {reason}")),
        };
        let health = match self.fault() {
            None => health,
            Some(fault) => Health::unhealthy(format!("trading has ended until the end of this process only: {fault}")),
        };
        let health = match self.portfolio.equity() {
            Ok(_) => health,
            Err(error) => Health::unhealthy(format!("no loss ends trading, for the account has no value: {error}"))
                .suggest("subscribe to a market between the two currencies, or declare the rate in `portfolio.rates`"),
        };
        let health = match self.misread() {
            Some(what) if health.status() == HealthStatus::Healthy => {
                Health::degraded(what).suggest("close the position: the next one is in the currency of its market")
            }
            Some(what) => health.with("currencies", what),
            None => health,
        };
        let health = health.with("refused", state.refused.orders);
        let Shadow { compared, different } = state.shadow;
        if compared == 0 {
            return Ok(health);
        }
        Ok(health.with("new_risk", format_args!("{different} of {compared} answers would be others")))
    }
}

fn count_refused(refused: &mut Refusals, reasons: &[RiskReason]) {
    refused.count(reasons);
    for reason in reasons {
        metrics::counter!("orders_refused_total", "reason" => reason.kind()).increment(1);
    }
}

/// How far an equity is below a higher one, in percent.
fn lost_percent(high: Decimal, equity: Decimal) -> Decimal {
    let lost = high.saturating_sub(equity).max(Decimal::ZERO);
    // Most of the time nothing is lost, and dividing takes long.
    if lost.is_zero() {
        return Decimal::ZERO;
    }
    lost.saturating_mul(Decimal::ONE_HUNDRED).checked_div(high).unwrap_or_default()
}

fn is_within_a_minute(time: Timestamp, now: Timestamp) -> bool {
    time <= now && now.since(time) < Duration::from_secs(60)
}

impl std::fmt::Debug for RiskManager {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RiskManager").field("settings", &self.settings).finish_non_exhaustive()
    }
}
