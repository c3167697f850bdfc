//! The interface of the service of indicators.

use std::fmt::Debug;

use crate::model::Candle;
use crate::ports::{Bar, IndicatorError, IndicatorInfo, IndicatorSpec, IndicatorTable, Values};

/// One indicator that follows the market, candle by candle.
pub trait Indicator: Debug + Send {
    /// Takes the next closed candle; `None` during the warm-up.
    fn update(&mut self, bar: &Bar) -> Option<Values>;

    /// What [`update`](Self::update) would say of a candle that still forms; nothing is kept.
    fn peek(&self, bar: &Bar) -> Option<Values>;
}

/// Computes indicators: over candles that are there, and along with candles that come.
#[di_core::interface]
pub trait IIndicatorService {
    /// Every indicator, by name.
    fn available(&self) -> Vec<IndicatorInfo>;

    /// How many candles it takes until it has its first value.
    ///
    /// # Errors
    /// [`IndicatorError`] when there is no such indicator, or not with these parameters.
    fn required_data(&self, spec: &IndicatorSpec) -> Result<usize, IndicatorError>;

    /// All outputs over `candles`, oldest first.
    ///
    /// # Errors
    /// As [`required_data`](Self::required_data).
    fn calculate(&self, spec: &IndicatorSpec, candles: &[Candle]) -> Result<IndicatorTable, IndicatorError>;

    /// The indicator before its first candle. It says of each candle what [`calculate`](Self::calculate) says of it.
    ///
    /// # Errors
    /// As [`required_data`](Self::required_data).
    fn open(&self, spec: &IndicatorSpec) -> Result<Box<dyn Indicator>, IndicatorError>;
}
