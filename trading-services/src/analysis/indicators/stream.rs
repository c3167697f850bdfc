//! An indicator along with the market: the warm-up, then one call of TA-Lib per candle.

use std::fmt;
use std::sync::Arc;

use ta_lib::{Core, RetCode};

use super::arguments::Call;
use crate::ports::{Bar, Indicator};

/// Candles by column.
#[derive(Debug, Clone, Default)]
pub(super) struct Series {
    pub(super) open: Vec<f64>,
    pub(super) high: Vec<f64>,
    pub(super) low: Vec<f64>,
    pub(super) close: Vec<f64>,
    pub(super) volume: Vec<f64>,
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
struct LiveIndicator<S, O, U, P, const N: usize> {
    /// `None` during the warm-up.
    stream: Option<S>,
    /// What it has said last.
    values: [f64; N],
    update: U,
    peek: P,
    opening: Opening,
    /// The stream after the candles of the warm-up, and its values at the last of them.
    open: O,
    /// The candles of the warm-up so far.
    history: Series,
}

/// The indicator before its first candle.
pub(super) fn boxed<S, O, U, P, const N: usize>(opening: Opening, open: O, update: U, peek: P) -> Box<dyn Indicator>
where
    S: Send + 'static,
    O: Fn(&Core, &Series, &[f64]) -> Result<(S, [f64; N]), RetCode> + Send + 'static,
    U: Fn(&mut S, &Bar) -> Result<[f64; N], RetCode> + Send + 'static,
    P: Fn(&S, &Bar) -> Result<[f64; N], RetCode> + Send + 'static,
{
    Box::new(LiveIndicator { stream: None, values: [0.0; N], update, peek, opening, open, history: Series::default() })
}

impl Series {
    fn push(&mut self, bar: &Bar) {
        let Bar { open, high, low, close, volume } = *bar;
        self.open.push(open);
        self.high.push(high);
        self.low.push(low);
        self.close.push(close);
        self.volume.push(volume);
    }
}

impl<S, O, U, P, const N: usize> LiveIndicator<S, O, U, P, N>
where
    O: Fn(&Core, &Series, &[f64]) -> Result<(S, [f64; N]), RetCode>,
{
    fn begin(&self, history: &Series) -> Option<(S, [f64; N])> {
        let Opening { core, call, .. } = &self.opening;
        (self.open)(core, history, &call.parameters).ok()
    }

    /// Takes a candle of the warm-up.
    #[cold]
    #[inline(never)]
    fn warm_up(&mut self, bar: &Bar) -> Option<&[f64]> {
        self.history.push(bar);
        if self.history.close.len() <= self.opening.lookback {
            return None;
        }
        let (stream, values) = self.begin(&self.history)?;
        (self.stream, self.values, self.history) = (Some(stream), values, Series::default());
        Some(&self.values)
    }

    #[cold]
    #[inline(never)]
    fn peek_early(&mut self, bar: &Bar) -> Option<&[f64]> {
        if self.history.close.len() < self.opening.lookback {
            return None;
        }
        let mut history = self.history.clone();
        history.push(bar);
        (_, self.values) = self.begin(&history)?;
        Some(&self.values)
    }
}

// What is rare is called with the candle as it came: then nothing of it is put on the stack of these two.
impl<S, O, U, P, const N: usize> Indicator for LiveIndicator<S, O, U, P, N>
where
    S: Send,
    O: Fn(&Core, &Series, &[f64]) -> Result<(S, [f64; N]), RetCode> + Send,
    U: Fn(&mut S, &Bar) -> Result<[f64; N], RetCode> + Send,
    P: Fn(&S, &Bar) -> Result<[f64; N], RetCode> + Send,
{
    fn update(&mut self, bar: &Bar) -> Option<&[f64]> {
        let Some(stream) = &mut self.stream else { return self.warm_up(bar) };
        // It refuses what is no finite number, which no candle has.
        self.values = (self.update)(stream, bar).ok()?;
        Some(&self.values)
    }

    fn peek(&mut self, bar: &Bar) -> Option<&[f64]> {
        let Some(stream) = &self.stream else { return self.peek_early(bar) };
        self.values = (self.peek)(stream, bar).ok()?;
        Some(&self.values)
    }
}

impl<S, O, U, P, const N: usize> fmt::Debug for LiveIndicator<S, O, U, P, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (function, is_warm) = (self.opening.call.function, self.stream.is_some());
        f.debug_struct("LiveIndicator").field("function", &function).field("is_warm", &is_warm).finish()
    }
}
