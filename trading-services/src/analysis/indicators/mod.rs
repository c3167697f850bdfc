//! All functions of TA-Lib by name and parameters: over candles that are there, and along with candles that come.

mod arguments;
mod batch;
mod chosen;
mod functions;
mod service;
mod stream;

pub use service::IndicatorService;
