//! The service that makes one signal of what the strategies say.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use di_core::dependency::Many;
use di_core::error::BoxError;
use di_core::events::Topic;
use di_core::health::{Health, HealthCheck};

use rust_decimal::Decimal;

use super::Settings;
use super::shadow::Shadows;
use crate::model::{Candle, CorrelationId, InstrumentId, Timeframe, Timestamp};
use crate::ports::{
    Direction, IClock, IConfigService, IMarketDataService, ISignalService, IStateManager, IStrategy, Latest,
    ModeSwitch, Opinion, Reason, Section, ShadowRecord, Signal, SignalStatistics, StateError, StateFact, StrategyMode,
    StrategyNeeds, StrategyRole, StrategyView, SwitchError, TradingSettings, UnknownStrategy, last,
};
use crate::sync::lock;

/// So many candles of another length than that of the signals may have closed before those of the signals that the same message
/// closes; more than that in one silence, and strategies miss the oldest.
const AHEAD: usize = 1_000;

/// Keeps the closed candles that strategies need, and the signals that came of them.
pub struct SignalService {
    config: Arc<dyn IConfigService>,
    settings: Settings,
    clock: Arc<dyn IClock>,
    market: Arc<dyn IMarketDataService>,
    strategies: Many<dyn IStrategy>,
    /// What each of them needs, in their order.
    needs: Vec<StrategyNeeds>,
    /// What outlives this service.
    kept: Arc<dyn IStateManager>,
    given: Arc<Topic<Signal>>,
    /// What an operator has said of strategies since the start.
    modes: Mutex<BTreeMap<&'static str, StrategyMode>>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    instruments: BTreeMap<InstrumentId, Bars>,
    history: VecDeque<Signal>,
    statistics: SignalStatistics,
    /// What strategies in shadow would have.
    shadows: Shadows,
    /// Numbers go on where they ended: orders are named by them.
    last_id: u64,
}

#[derive(Debug, Default)]
struct Bars {
    closed: VecDeque<Candle>,
    /// Those of other lengths that a strategy needs.
    others: BTreeMap<Timeframe, VecDeque<Candle>>,
    signalled: Option<Timestamp>,
}

#[di_core::service(provides = ISignalService, health)]
impl SignalService {
    /// A service that has seen no candle; the history, the numbers and the cool-down of signals go on after those that are kept.
    ///
    /// # Errors
    /// [`StateError`] when what is kept cannot be read: to begin again would be to forget it.
    #[constructor]
    pub fn new(
        config: Arc<dyn IConfigService>,
        clock: Arc<dyn IClock>,
        market: Arc<dyn IMarketDataService>,
        strategies: Many<dyn IStrategy>,
        kept: Arc<dyn IStateManager>,
        given: Arc<Topic<Signal>>,
    ) -> Result<Self, StateError> {
        let settings = (*config.section::<Settings>()).clone();
        let mut state = State::default();
        for fact in &*kept.facts()? {
            match fact {
                StateFact::Signalled(signal) => {
                    state.last_id = state.last_id.max(signal.id);
                    state.instruments.entry(signal.instrument.clone()).or_default().signalled = Some(signal.time);
                    if state.history.len() >= settings.history {
                        state.history.pop_front();
                    }
                    state.history.push_back((**signal).clone());
                }
                // Its signal may have been lost with the process; its name is taken all the same.
                StateFact::Submitted { request, .. } => {
                    state.last_id = state.last_id.max(request.id.signal().unwrap_or(0));
                }
                _ => {}
            }
        }
        let needs = strategies.iter().map(|strategy| StrategyNeeds::of(&**strategy, settings.timeframe)).collect();
        let (modes, state) = (Mutex::default(), Mutex::new(state));
        Ok(Self { config, settings, clock, market, strategies, needs, kept, given, modes, state })
    }

    /// How many candles of `signals.timeframe` the strategy needs that needs most.
    fn required_bars(&self) -> usize {
        let asked = self.strategies.iter().zip(&self.needs).filter(|(strategy, _)| {
            strategy.role().mode != StrategyMode::Off || self.mode_of(&***strategy) != StrategyMode::Off
        });
        asked.map(|(_, needs)| needs.bars).max().unwrap_or(0).max(1)
    }

    /// How many candles of another length the strategy needs that needs most of them, whether or not it is on: it may be
    /// switched on.
    fn required_others(&self, timeframe: Timeframe) -> usize {
        let others = self.needs.iter().flat_map(|needs| &needs.others);
        others.filter(|(other, _)| *other == timeframe).map(|(_, bars)| *bars).max().unwrap_or(0)
    }

    /// Takes closed candles of another length than that of the signals, for strategies that look at them.
    fn learn_others(&self, instrument: &InstrumentId, timeframe: Timeframe, candles: &[Candle]) {
        let required = self.required_others(timeframe);
        if required == 0 {
            return;
        }
        let mut state = lock(&self.state);
        let bars = state.instruments.entry(instrument.clone()).or_default();
        let closed = bars.others.entry(timeframe).or_default();
        insert(closed, candles);
        closed.drain(..closed.len().saturating_sub(required.saturating_add(AHEAD)));
    }

    fn mode_of(&self, strategy: &dyn IStrategy) -> StrategyMode {
        lock(&self.modes).get(strategy.name()).copied().unwrap_or(strategy.role().mode)
    }

    fn named(&self, name: &str) -> Result<&dyn IStrategy, UnknownStrategy> {
        let found = self.strategies.iter().find(|strategy| strategy.name() == name);
        found.map(|strategy| &**strategy).ok_or_else(|| {
            let known: Vec<_> = self.strategies.iter().map(|strategy| strategy.name()).collect();
            UnknownStrategy { name: name.chars().take(100).collect(), known: known.join(", ") }
        })
    }

    /// The settings of a strategy that was off at the start are not checked for what it needs then.
    fn check_needs(&self, strategy: &dyn IStrategy) -> Result<(), SwitchError> {
        let (own, built) = (self.settings.timeframe, self.market.supported_timeframes());
        let names = |built: &[Timeframe]| built.iter().map(|length| length.as_str()).collect::<Vec<_>>().join(", ");
        for found in strategy.required_data().into_iter().filter_map(|need| need.timeframe) {
            let expected = if found <= own {
                format!("longer than `signals.timeframe`, which is {own}")
            } else if !built.contains(&found) {
                format!("one of `market_data.timeframes`, which are {}", names(&built))
            } else {
                continue;
            };
            return Err(SwitchError::Candles { strategy: strategy.name(), found, expected });
        }
        Ok(())
    }

    /// The signal that the candle gives; it is in the history then.
    fn decide(
        &self,
        instrument: &InstrumentId,
        timeframe: Timeframe,
        candle: &Candle,
        correlation: CorrelationId,
    ) -> Option<Signal> {
        if timeframe != self.settings.timeframe {
            self.learn_others(instrument, timeframe, std::slice::from_ref(candle));
            return None;
        }
        let mut state = lock(&self.state);
        let State { instruments, history, statistics, shadows, last_id } = &mut *state;
        if !instruments.contains_key(instrument) {
            instruments.insert(instrument.clone(), Bars::default());
        }
        let Bars { closed, others, signalled } = instruments.get_mut(instrument)?;
        if closed.back().is_some_and(|last| candle.open_time <= last.open_time) {
            return None;
        }
        let capacity = self.required_bars();
        while closed.len() >= capacity {
            closed.pop_front();
        }
        closed.push_back(candle.clone());
        statistics.bars += 1;
        shadows.close(instrument, candle, self.config.section::<TradingSettings>().long_only);

        // What has closed after this candle, with the same message, nobody knew when this one closed.
        let end = candle.end(timeframe.duration());
        let others: Vec<_> =
            others.iter_mut().map(|(length, candles)| (*length, known(candles, *length, end))).collect();
        let view = StrategyView { instrument, bars: closed.make_contiguous(), others: &others };
        let agreed = self.agree(&view, candle, shadows);
        statistics.shadowed = shadows.opinions();
        let Ok(agreed) = agreed else {
            statistics.contradictions += 1;
            return None;
        };
        let Side { direction, reasons, doubtful, .. } = agreed?;
        let time = self.clock.now();
        // Nothing was signalled in the future: a recording that is replayed again begins before what is kept of it.
        if signalled.is_some_and(|last| last <= time && time.since(last) < self.settings.cool_down) {
            statistics.cooled_down += 1;
            return None;
        }
        *signalled = Some(time);
        match direction {
            Direction::Long => statistics.long += 1,
            Direction::Short => statistics.short += 1,
        }
        *last_id += 1;
        let (id, instrument, bar, price) = (*last_id, instrument.clone(), candle.open_time, candle.close);
        let signal = Signal { id, time, correlation, instrument, timeframe, bar, direction, price, doubtful, reasons };
        if history.len() >= self.settings.history {
            history.pop_front();
        }
        history.push_back(signal.clone());
        // It is not urgent: an order that follows is, and comes after it.
        let _later = self.kept.append(StateFact::Signalled(Box::new(signal.clone())));
        Some(signal)
    }

    /// What the strategies agree on, by their weights: `Err` when they agree too little. Each is shown what it needs of all that
    /// is known.
    fn agree(
        &self,
        all: &StrategyView<'_>,
        candle: &Candle,
        shadows: &mut Shadows,
    ) -> Result<Option<Side>, Contradiction> {
        let (mut long, mut short) = (Side::of(Direction::Long), Side::of(Direction::Short));
        for (strategy, needs) in self.strategies.iter().zip(&self.needs) {
            let (StrategyRole { weight, .. }, mode) = (strategy.role(), self.mode_of(&**strategy));
            if mode != StrategyMode::Shadow {
                shadows.end(strategy.name());
            }
            if mode == StrategyMode::Off {
                continue;
            }
            let others: Vec<_> =
                needs.others.iter().map(|(length, count)| (*length, last(all.of(*length), *count))).collect();
            let view = StrategyView { bars: last(all.bars, needs.bars), others: &others, ..*all };
            let Some(Opinion { direction, reason, doubtful }) = strategy.evaluate_view(&view) else {
                continue;
            };
            if mode == StrategyMode::Shadow {
                shadows.hear(strategy.name(), all.instrument, direction, candle.close);
                continue;
            }
            let side = if direction == Direction::Long { &mut long } else { &mut short };
            side.weight = side.weight.saturating_add(weight);
            let mut seen = view.bars.iter().chain(others.iter().flat_map(|(_, candles)| *candles));
            side.doubtful |= doubtful || seen.any(|candle| candle.doubtful > 0);
            side.reasons.push(Reason { strategy: strategy.name(), text: reason });
        }
        let all = long.weight.saturating_add(short.weight);
        let difference = (long.weight - short.weight).abs();
        let side = if long.weight >= short.weight { long } else { short };
        if all.is_zero() {
            return Ok(None);
        }
        if difference.is_zero() || difference < all.saturating_mul(self.settings.agreement) {
            return Err(Contradiction);
        }
        Ok(Some(side))
    }
}

/// Those who want the same.
#[derive(Debug)]
struct Side {
    direction: Direction,
    weight: Decimal,
    reasons: Vec<Reason>,
    /// Whether a candle that one of them was shown has trades at doubtful prices, or what else its opinion rests on.
    doubtful: bool,
}

impl Side {
    fn of(direction: Direction) -> Self {
        Self { direction, weight: Decimal::ZERO, reasons: Vec::new(), doubtful: false }
    }
}

/// Adds candles at their places; one that is there stays.
fn insert(closed: &mut VecDeque<Candle>, candles: &[Candle]) {
    for candle in candles {
        if let Err(place) = closed.binary_search_by_key(&candle.open_time, |known| known.open_time) {
            closed.insert(place, candle.clone());
        }
    }
}

/// Those of the candles of that length that have closed by `end`.
fn known(candles: &mut VecDeque<Candle>, length: Timeframe, end: Timestamp) -> &[Candle] {
    let count = candles.partition_point(|candle| candle.end(length.duration()) <= end);
    candles.make_contiguous().get(..count).unwrap_or_default()
}

struct Contradiction;

#[di_core::interface]
impl HealthCheck for SignalService {
    async fn check(&self) -> Result<Health, BoxError> {
        let (required, state) = (self.required_bars(), lock(&self.state));
        let is_warm = |bars: &&Bars| bars.closed.len() >= required;
        let warm = state.instruments.values().filter(is_warm).count();
        // Of others, only the last signal is known.
        let seen = state.instruments.values().filter(|bars| !bars.closed.is_empty() || !bars.others.is_empty()).count();
        let health = Health::healthy().with("bars", state.statistics.bars).with("signals", state.statistics.signals());
        Ok(health.with("warmed_up", format_args!("{warm} of {seen} instruments")))
    }
}

impl ISignalService for SignalService {
    fn generate(&self, instrument: &InstrumentId, timeframe: Timeframe, candle: &Candle, correlation: CorrelationId) {
        if let Some(signal) = self.decide(instrument, timeframe, candle, correlation) {
            // No lock is held here: who hears of it may ask for the history. Nobody is waited for.
            let _missed = self.given.publish(signal).now();
        }
    }

    fn learn(&self, instrument: &InstrumentId, timeframe: Timeframe, candles: &[Candle]) {
        if candles.is_empty() {
            return;
        }
        if timeframe != self.settings.timeframe {
            return self.learn_others(instrument, timeframe, candles);
        }
        let (capacity, mut state) = (self.required_bars(), lock(&self.state));
        let Bars { closed, .. } = state.instruments.entry(instrument.clone()).or_default();
        insert(closed, candles);
        closed.drain(..closed.len().saturating_sub(capacity));
    }

    fn history(&self, instrument: Option<&InstrumentId>, limit: usize) -> Vec<Signal> {
        let state = lock(&self.state);
        let newest_first = state.history.iter().rev();
        let wanted = newest_first.filter(|signal| instrument.is_none_or(|wanted| *wanted == signal.instrument));
        wanted.take(limit).cloned().collect()
    }

    fn latest_signals(&self, limit: usize, offset: usize) -> Latest<Signal> {
        let history = &lock(&self.state).history;
        Latest { items: history.iter().rev().skip(offset).take(limit).cloned().collect(), total: history.len() }
    }

    fn wanted_by(&self, strategy: &str) -> BTreeSet<u64> {
        let history = &lock(&self.state).history;
        history.iter().filter(|signal| signal.is_wanted_by(strategy)).map(|signal| signal.id).collect()
    }

    fn strategies(&self) -> &Many<dyn IStrategy> {
        &self.strategies
    }

    fn mode(&self, strategy: &str) -> Result<StrategyMode, UnknownStrategy> {
        self.named(strategy).map(|strategy| self.mode_of(strategy))
    }

    fn set_mode(&self, strategy: &str, mode: StrategyMode, reason: &str) -> Result<StrategyMode, SwitchError> {
        let strategy = self.named(strategy)?;
        if mode != StrategyMode::Off {
            self.check_needs(strategy)?;
        }
        let mut modes = lock(&self.modes);
        let before = modes.insert(strategy.name(), mode).unwrap_or(strategy.role().mode);
        if before != mode {
            let (key, reason) = (format!("{}.{}.mode", Settings::NAME, strategy.name()), reason.to_owned());
            // As configurations have them.
            let [before, after] = [before, mode].map(|mode| toml::Value::from(mode.as_str()).to_string());
            let switch = ModeSwitch { time: SystemTime::now().into(), key, before, after, reason };
            // It is done; switches are kept in their order, for the lock is held.
            let _later = self.kept.append(StateFact::Switched(Box::new(switch)));
        }
        Ok(before)
    }

    fn shadow(&self, strategy: &str) -> Option<ShadowRecord> {
        lock(&self.state).shadows.record(strategy)
    }

    fn statistics(&self) -> SignalStatistics {
        lock(&self.state).statistics
    }
}

impl std::fmt::Debug for SignalService {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignalService").field("strategies", &self.strategies).finish_non_exhaustive()
    }
}
