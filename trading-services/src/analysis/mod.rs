//! Analysis: what can be computed of candles and books before anybody decides.

pub mod indicators;

pub use indicators::IndicatorService;
