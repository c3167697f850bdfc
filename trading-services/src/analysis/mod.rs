//! Analysis: what can be computed of candles, books and trades before anybody decides.

pub mod confluence;
pub mod indicators;
mod liquidations;
mod rankings;
mod settings;

pub use confluence::AnalysisService;
pub use indicators::IndicatorService;
pub use liquidations::LiquidationService;
pub use rankings::TopSymbols;
pub use settings::Settings;
