//! An indicator along with the market: the warm-up, then one call of TA-Lib per candle.

use std::fmt;
use std::sync::Arc;

use ta_lib::{Core, RetCode};

use super::arguments::Call;
use crate::ports::{Bar, Indicator, PriceSeries};

/// One candle as functions of TA-Lib take it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Inputs {
    pub(super) open: f64,
    pub(super) high: f64,
    pub(super) low: f64,
    pub(super) close: f64,
    pub(super) volume: f64,
    /// The series that the caller chose.
    pub(super) first: f64,
    pub(super) second: f64,
}

/// Candles by column.
#[derive(Debug, Clone, Default)]
pub(super) struct Series {
    pub(super) open: Vec<f64>,
    pub(super) high: Vec<f64>,
    pub(super) low: Vec<f64>,
    pub(super) close: Vec<f64>,
    pub(super) volume: Vec<f64>,
    pub(super) first: Vec<f64>,
    pub(super) second: Vec<f64>,
}

/// What is known of an indicator before its first candle.
pub(super) struct Opening {
    pub(super) core: Arc<Core>,
    pub(super) call: Call,
    /// Candles before the first value.
    pub(super) lookback: usize,
}

/// An indicator that follows the market: TA-Lib's own stream of one function, with the calls that its type wants. All of it is
/// one type, so that a candle costs one virtual call.
pub(super) struct LiveIndicator<S, O, U, P, const N: usize> {
    opening: Opening,
    /// The stream after the candles of the warm-up, and its values at the last of them.
    open: O,
    update: U,
    peek: P,
    state: State<S>,
    /// What it has said last.
    values: [f64; N],
}

enum State<S> {
    /// The candles so far, which are not enough.
    WarmingUp(Series),
    Running(S),
}

impl Inputs {
    #[inline]
    fn of(bar: &Bar, series: [PriceSeries; 2]) -> Self {
        let Bar { open, high, low, close, volume } = *bar;
        let [first, second] = series.map(|series| bar.get(series));
        Self { open, high, low, close, volume, first, second }
    }
}

impl Series {
    fn push(&mut self, inputs: &Inputs) {
        let Inputs { open, high, low, close, volume, first, second } = *inputs;
        self.open.push(open);
        self.high.push(high);
        self.low.push(low);
        self.close.push(close);
        self.volume.push(volume);
        self.first.push(first);
        self.second.push(second);
    }
}

impl<S, O, U, P, const N: usize> LiveIndicator<S, O, U, P, N>
where
    S: Send + 'static,
    O: Fn(&Core, &Series, &[f64]) -> Result<(S, [f64; N]), RetCode> + Send + 'static,
    U: Fn(&mut S, &Inputs) -> Result<[f64; N], RetCode> + Send + 'static,
    P: Fn(&S, &Inputs) -> Result<[f64; N], RetCode> + Send + 'static,
{
    /// The indicator before its first candle.
    pub(super) fn boxed(opening: Opening, open: O, update: U, peek: P) -> Box<dyn Indicator> {
        Box::new(Self { opening, open, update, peek, state: State::WarmingUp(Series::default()), values: [0.0; N] })
    }

    fn begin(&self, history: &Series) -> Option<(S, [f64; N])> {
        let Opening { core, call, .. } = &self.opening;
        (self.open)(core, history, &call.parameters).ok()
    }

    /// Takes a candle of the warm-up.
    #[cold]
    fn warm_up(&mut self, inputs: &Inputs) -> Option<&[f64]> {
        let State::WarmingUp(history) = &mut self.state else { return None };
        history.push(inputs);
        if history.close.len() <= self.opening.lookback {
            return None;
        }
        let history = std::mem::take(history);
        match self.begin(&history) {
            Some((stream, values)) => {
                (self.state, self.values) = (State::Running(stream), values);
                Some(&self.values)
            }
            None => {
                self.state = State::WarmingUp(history);
                None
            }
        }
    }

    #[cold]
    fn peek_early(&mut self, inputs: &Inputs) -> Option<&[f64]> {
        let State::WarmingUp(history) = &self.state else { return None };
        if history.close.len() < self.opening.lookback {
            return None;
        }
        let mut history = history.clone();
        history.push(inputs);
        (_, self.values) = self.begin(&history)?;
        Some(&self.values)
    }
}

impl<S, O, U, P, const N: usize> Indicator for LiveIndicator<S, O, U, P, N>
where
    S: Send + 'static,
    O: Fn(&Core, &Series, &[f64]) -> Result<(S, [f64; N]), RetCode> + Send + 'static,
    U: Fn(&mut S, &Inputs) -> Result<[f64; N], RetCode> + Send + 'static,
    P: Fn(&S, &Inputs) -> Result<[f64; N], RetCode> + Send + 'static,
{
    fn update(&mut self, bar: &Bar) -> Option<&[f64]> {
        // In each arm: what a function does not look at is not read.
        let series = self.opening.call.series;
        match &mut self.state {
            // It refuses what is no finite number, which no candle has.
            State::Running(stream) => {
                self.values = (self.update)(stream, &Inputs::of(bar, series)).ok()?;
                Some(&self.values)
            }
            State::WarmingUp(_) => self.warm_up(&Inputs::of(bar, series)),
        }
    }

    fn peek(&mut self, bar: &Bar) -> Option<&[f64]> {
        let series = self.opening.call.series;
        match &self.state {
            State::Running(stream) => {
                self.values = (self.peek)(stream, &Inputs::of(bar, series)).ok()?;
                Some(&self.values)
            }
            State::WarmingUp(_) => self.peek_early(&Inputs::of(bar, series)),
        }
    }
}

impl<S, O, U, P, const N: usize> fmt::Debug for LiveIndicator<S, O, U, P, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (function, is_warm) = (self.opening.call.function, matches!(self.state, State::Running(_)));
        f.debug_struct("LiveIndicator").field("function", &function).field("is_warm", &is_warm).finish()
    }
}
