//! The interface of the service of indicators.

use std::fmt::Debug;

use crate::model::Candle;
use crate::ports::{Bar, IndicatorError, IndicatorInfo, IndicatorSpec, IndicatorTable};

/// One indicator that follows the market, candle by candle.
///
/// What it says are its outputs at that candle, in TA-Lib's order. They are in the indicator itself, until it is asked again: no
/// room is made for what another function may have.
///
/// ```
/// use trading_services::analysis::IndicatorService;
/// use trading_services::ports::{Bar, IIndicatorService};
///
/// let mut bands = IndicatorService::default().open(&"bbands:2,1,1".parse()?)?;
/// assert_eq!(bands.update(&Bar { close: 1.0, ..Bar::default() }), None);
/// let Some([upper, middle, lower]) = bands.update(&Bar { close: 3.0, ..Bar::default() }) else { panic!("two are enough") };
/// assert_eq!((*upper, *middle, *lower), (3.0, 2.0, 1.0));
/// # Ok::<(), trading_services::ports::IndicatorError>(())
/// ```
pub trait Indicator: Debug + Send {
    /// Takes the next closed candle; `None` during the warm-up.
    fn update(&mut self, bar: &Bar) -> Option<&[f64]>;

    /// What [`update`](Self::update) would say of a candle that still forms, which is not taken.
    fn peek(&mut self, bar: &Bar) -> Option<&[f64]>;
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
