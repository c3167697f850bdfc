//! An indicator along with the market: the warm-up, then one call of TA-Lib per candle.

use std::fmt;
use std::sync::Arc;

use ta_lib::abstract_api::FuncId;
use ta_lib::{Core, RetCode};

use super::arguments::Call;
use super::functions;
use crate::ports::{Bar, Indicator, Values};

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

/// A function of TA-Lib after its warm-up.
pub(super) trait Stream: Send {
    fn update(&mut self, bar: &Inputs) -> Result<Values, RetCode>;
    fn peek(&self, bar: &Inputs) -> Result<Values, RetCode>;
}

/// TA-Lib's own stream with the calls that its type wants.
pub(super) struct Streaming<S, U, P> {
    pub(super) stream: S,
    pub(super) update: U,
    pub(super) peek: P,
}

impl<S, U, P> Stream for Streaming<S, U, P>
where
    S: Send,
    U: Fn(&mut S, &Inputs) -> Result<Values, RetCode> + Send,
    P: Fn(&S, &Inputs) -> Result<Values, RetCode> + Send,
{
    fn update(&mut self, bar: &Inputs) -> Result<Values, RetCode> {
        (self.update)(&mut self.stream, bar)
    }

    fn peek(&self, bar: &Inputs) -> Result<Values, RetCode> {
        (self.peek)(&self.stream, bar)
    }
}

/// An indicator that follows the market.
pub(super) struct LiveIndicator {
    core: Arc<Core>,
    call: Call,
    /// Candles before the first value.
    lookback: usize,
    state: State,
}

enum State {
    /// The candles so far, which are not enough.
    WarmingUp(Series),
    Running(Box<dyn Stream>),
}

impl Inputs {
    pub(super) fn of(bar: &Bar, call: &Call) -> Self {
        let Bar { open, high, low, close, volume } = *bar;
        let [first, second] = call.series.map(|series| bar.get(series));
        Self { open, high, low, close, volume, first, second }
    }
}

impl Series {
    pub(super) fn push(&mut self, inputs: &Inputs) {
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

impl LiveIndicator {
    pub(super) fn new(core: Arc<Core>, call: Call, lookback: usize) -> Self {
        Self { core, call, lookback, state: State::WarmingUp(Series::default()) }
    }

    fn function(&self) -> FuncId {
        self.call.function
    }

    fn begin(&self, history: &Series) -> Option<(Box<dyn Stream>, Values)> {
        functions::open(&self.core, self.function(), history, &self.call.parameters).ok()
    }
}

impl Indicator for LiveIndicator {
    fn update(&mut self, bar: &Bar) -> Option<Values> {
        let inputs = Inputs::of(bar, &self.call);
        let history = match &mut self.state {
            // It refuses what is no finite number, which no candle has.
            State::Running(stream) => return stream.update(&inputs).ok(),
            State::WarmingUp(history) => history,
        };
        history.push(&inputs);
        if history.close.len() <= self.lookback {
            return None;
        }
        let history = std::mem::take(history);
        match self.begin(&history) {
            Some((stream, values)) => {
                self.state = State::Running(stream);
                Some(values)
            }
            None => {
                self.state = State::WarmingUp(history);
                None
            }
        }
    }

    fn peek(&self, bar: &Bar) -> Option<Values> {
        let inputs = Inputs::of(bar, &self.call);
        match &self.state {
            State::Running(stream) => stream.peek(&inputs).ok(),
            State::WarmingUp(history) if history.close.len() < self.lookback => None,
            State::WarmingUp(history) => {
                let mut history = history.clone();
                history.push(&inputs);
                self.begin(&history).map(|(_, values)| values)
            }
        }
    }
}

impl fmt::Debug for LiveIndicator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_warm = matches!(self.state, State::Running(_));
        f.debug_struct("LiveIndicator").field("function", &self.function()).field("is_warm", &is_warm).finish()
    }
}
