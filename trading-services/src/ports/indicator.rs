//! Indicators: what is asked for, what they look at, and what they answer.

use std::fmt;
use std::str::FromStr;

use crate::model::{Candle, to_f64};

/// A candle in floating point. Indicators are statistics: nothing that is paid is computed from it.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Bar {
    /// The first price.
    pub open: f64,
    /// The highest price.
    pub high: f64,
    /// The lowest price.
    pub low: f64,
    /// The last price.
    pub close: f64,
    /// The sum of the quantities.
    pub volume: f64,
}

/// One column of the candles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PriceSeries {
    /// First prices.
    Open,
    /// Highest prices.
    High,
    /// Lowest prices.
    Low,
    /// Last prices.
    Close,
    /// Volumes.
    Volume,
}

/// Which indicator, with which parameters, over which series.
///
/// As a text: a name, then parameters by position or by name, then series: `rsi`, `rsi:14`, `macd:12,26,signalperiod=9`,
/// `sma:30@volume`. What is not said has TA-Lib's default; the series are then those that TA-Lib takes, closes where it
/// takes any one series, highs and lows where it takes any two.
///
/// ```
/// use trading_services::ports::{IndicatorSpec, PriceSeries};
///
/// let spec: IndicatorSpec = "sma:30@volume".parse()?;
/// assert_eq!((spec.name.as_str(), spec.series.as_slice()), ("SMA", &[PriceSeries::Volume][..]));
/// assert_eq!(spec.to_string(), "SMA:30@volume");
/// # Ok::<(), trading_services::ports::IndicatorError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct IndicatorSpec {
    /// TA-Lib's name, in capital letters.
    pub name: String,
    /// Values in TA-Lib's order, or under TA-Lib's name; names after positions.
    pub parameters: Vec<Parameter>,
    /// What it looks at, where it may look at any series.
    pub series: Vec<PriceSeries>,
}

/// The value of one parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// The name, unless it is known by its position.
    pub name: Option<String>,
    /// The value as written: a number, or the name of a moving average.
    pub value: String,
}

/// An indicator and what it takes, as `available` lists it.
#[derive(Debug, Clone, PartialEq)]
pub struct IndicatorInfo {
    /// TA-Lib's name.
    pub name: &'static str,
    /// TA-Lib's group.
    pub group: &'static str,
    /// What it is.
    pub hint: &'static str,
    /// Names and defaults of the parameters, in order.
    pub parameters: Vec<(String, String)>,
    /// Names of the outputs, in order; one without a name is called as the indicator is.
    pub outputs: Vec<String>,
    /// Whether it can be computed from candles alone, without that series are chosen.
    pub from_candles: bool,
}

/// The outputs of an indicator over many candles.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct IndicatorTable {
    /// Names of the outputs, in order.
    pub outputs: Vec<String>,
    /// Per output a value per candle.
    pub columns: Vec<IndicatorColumn>,
}

/// One output of an indicator, a value per candle: `None` during the warm-up, and where there is no finite value.
///
/// ```
/// use trading_services::ports::IndicatorColumn;
///
/// let column = IndicatorColumn::new(1, vec![1.5, f64::INFINITY, 3.0]);
/// assert_eq!(column.iter().collect::<Vec<_>>(), [None, Some(1.5), None, Some(3.0)]);
/// assert_eq!((column.get(4), column.last()), (None, Some(3.0)));
/// assert_eq!(column, IndicatorColumn::new(0, vec![f64::NAN, 1.5, f64::NAN, 3.0]));
/// ```
#[derive(Debug, Clone, Default)]
pub struct IndicatorColumn {
    first: usize,
    values: Vec<f64>,
}

impl PartialEq for IndicatorColumn {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

/// Why an indicator cannot be computed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IndicatorError {
    /// The text names none.
    #[error("expected an indicator like `rsi:14` or `macd:12,26,signalperiod=9`, found `{}`", .0.escape_debug())]
    Form(String),
    /// TA-Lib has none of that name.
    #[error("expected an indicator of TA-Lib, found `{}`; `indicators --list` has them all", .0.escape_debug())]
    Unknown(String),
    /// A parameter is not one of the indicator's, or out of range.
    #[error("{indicator}: expected {expected}, found `{}`", found.escape_debug())]
    Argument {
        /// Of which indicator.
        indicator: String,
        /// What would have been accepted.
        expected: String,
        /// What was there.
        found: String,
    },
    /// The library refused what it was given.
    #[error("{indicator}: {reason}")]
    Library {
        /// Which indicator.
        indicator: String,
        /// What it said.
        reason: String,
    },
}

impl Bar {
    /// The value of one series.
    pub fn get(&self, series: PriceSeries) -> f64 {
        match series {
            PriceSeries::Open => self.open,
            PriceSeries::High => self.high,
            PriceSeries::Low => self.low,
            PriceSeries::Close => self.close,
            PriceSeries::Volume => self.volume,
        }
    }
}

impl From<&Candle> for Bar {
    fn from(candle: &Candle) -> Self {
        let Candle { open, high, low, close, volume, .. } = candle;
        let [open, high, low, close] = [open, high, low, close].map(|price| to_f64(price.value()));
        Self { open, high, low, close, volume: to_f64(volume.value()) }
    }
}

impl IndicatorColumn {
    /// The values from the candle `first` on, as a library has written them: nothing is copied.
    pub fn new(first: usize, values: Vec<f64>) -> Self {
        Self { first, values }
    }

    /// The value at a candle, counted from 0.
    pub fn get(&self, row: usize) -> Option<f64> {
        row.checked_sub(self.first).and_then(|row| finite(*self.values.get(row)?))
    }

    /// The value at the last candle.
    pub fn last(&self) -> Option<f64> {
        finite(*self.values.last()?)
    }

    /// The values in the order of the candles.
    pub fn iter(&self) -> impl Iterator<Item = Option<f64>> {
        std::iter::repeat_n(None, self.first).chain(self.values.iter().map(|value| finite(*value)))
    }
}

fn finite(value: f64) -> Option<f64> {
    Some(value).filter(|value| value.is_finite())
}

impl PriceSeries {
    const ALL: [Self; 5] = [Self::Open, Self::High, Self::Low, Self::Close, Self::Volume];

    /// Its name: `close`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::High => "high",
            Self::Low => "low",
            Self::Close => "close",
            Self::Volume => "volume",
        }
    }
}

impl FromStr for IndicatorSpec {
    type Err = IndicatorError;

    fn from_str(text: &str) -> Result<Self, IndicatorError> {
        let (head, series) = match text.split_once('@') {
            Some((head, series)) => (head, series.split(',').map(series_of).collect::<Result<_, _>>()?),
            None => (text, Vec::new()),
        };
        let (name, parameters) = head.split_once(':').unwrap_or((head, ""));
        let is_name = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        if !is_name(name) {
            return Err(IndicatorError::Form(text.to_owned()));
        }
        let parameters = parameters.split(',').map(str::trim).filter(|part| !part.is_empty());
        let parameters = parameters.map(|part| match part.split_once('=') {
            Some((name, value)) => Parameter { name: Some(name.to_ascii_lowercase()), value: value.to_owned() },
            None => Parameter { name: None, value: part.to_owned() },
        });
        Ok(Self { name: name.to_ascii_uppercase(), parameters: parameters.collect(), series })
    }
}

fn series_of(text: &str) -> Result<PriceSeries, IndicatorError> {
    let known = PriceSeries::ALL.into_iter().find(|series| series.as_str() == text.trim());
    known.ok_or_else(|| IndicatorError::Argument {
        indicator: "@".to_owned(),
        expected: "open, high, low, close or volume".to_owned(),
        found: text.to_owned(),
    })
}

impl fmt::Display for IndicatorSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        for (index, Parameter { name, value }) in self.parameters.iter().enumerate() {
            f.write_str(if index == 0 { ":" } else { "," })?;
            if let Some(name) = name {
                write!(f, "{name}=")?;
            }
            f.write_str(value)?;
        }
        for (index, series) in self.series.iter().enumerate() {
            write!(f, "{}{}", if index == 0 { '@' } else { ',' }, series.as_str())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spec_is_written_as_it_was_read() {
        for text in ["RSI", "RSI:14", "MACD:12,26,signalperiod=9", "ADD@open,close", "SMA:3@volume"] {
            assert_eq!(text.to_lowercase().parse::<IndicatorSpec>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn what_names_no_indicator_is_refused() {
        for text in ["", ":14", "r si", "rsi@", "rsi@price"] {
            assert!(text.parse::<IndicatorSpec>().unwrap_err().to_string().contains("expected"), "{text}");
        }
    }
}
