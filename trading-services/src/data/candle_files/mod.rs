//! Files of trades made into files of candles.

mod error;
mod trades;
mod write;

use std::path::Path;

pub use error::CandleFileError;

use crate::model::Timeframe;

/// What was done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CandleReport {
    /// Trades read.
    pub trades: u64,
    /// Candles written.
    pub candles: u64,
    /// Of these, flat ones of timeframes without trades.
    pub flat: u64,
}

/// Reads a CSV of trades (columns `timestamp` in milliseconds, `price`, `amount`; others are ignored), sorted by time,
/// and writes a CSV of candles (`timestamp,open,high,low,close,volume`). Timeframes without trades are flat with zero volume.
///
/// # Errors
/// [`CandleFileError`] with file, line and what was expected. The candles of the trades before are written all the same;
/// the report says how many.
pub fn build_candles(trades: &Path, timeframe: Timeframe, out: &Path) -> (CandleReport, Result<(), CandleFileError>) {
    let mut report = CandleReport::default();
    let result = build(trades, timeframe, out, &mut report);
    (report, result)
}

fn build(input: &Path, timeframe: Timeframe, out: &Path, report: &mut CandleReport) -> Result<(), CandleFileError> {
    // The input is opened first: a wrong name must not leave an empty output behind.
    let mut trades = trades::TradeFile::open(input)?;
    let mut candles = write::CandleFile::create(out)?;
    let mut builder = crate::data::CandleBuilder::new(timeframe);
    let outcome = loop {
        let trade = match trades.next_trade() {
            Ok(Some(trade)) => trade,
            Ok(None) => break Ok(()),
            Err(error) => break Err(error),
        };
        match builder.push(trade.time, trade.price, trade.quantity, false) {
            Ok(closed) => candles.write(&closed, report)?,
            Err(error) => break Err(trades.line_error(error.to_string())),
        }
        report.trades += 1;
    };
    candles.write(builder.finish().as_slice(), report)?;
    candles.finish()?;
    outcome
}
