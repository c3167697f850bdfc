//! Files of candles: read, and made of files of trades.

mod error;
mod gaps;
mod read;
mod table;
mod trades;
mod write;

use std::path::Path;
use std::time::Duration;

pub use error::CandleFileError;
pub use gaps::{CandleGap, gaps};
pub use read::read_candles;
pub use write::write_candles;

use crate::model::{Timeframe, Timestamp};

/// A pause of so long is believed when the trades after it are as late.
const LONG: Duration = Duration::from_secs(86_400);

/// What was done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CandleReport {
    /// Trades read.
    pub trades: u64,
    /// Candles written.
    pub candles: u64,
    /// Of these, flat ones of timeframes without trades.
    pub flat: u64,
    /// Trades that no candle has, because they are dated after the others by much.
    pub refused: u64,
    /// Whether the last line has no end, and may have been cut.
    pub is_cut: bool,
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
    let mut candles = write::CandleFile::create(out, &[input])?;
    let mut builder = crate::data::CandleBuilder::new(timeframe);
    let (mut last, mut next) = (None, trades.next_trade());
    let outcome = loop {
        let trade = match next {
            Ok(Some(trade)) => trade,
            Ok(None) => break Ok(()),
            Err(error) => break Err(error),
        };
        let line = trades.table.line();
        next = trades.next_trade();
        report.trades += 1;
        if let (Some(last), Ok(Some(next))) = (last, &next)
            && is_out_of_line(last, trade.time, next.time)
        {
            report.refused += 1;
            continue;
        }
        last = Some(trade.time);
        match builder.push(trade.time, trade.price, trade.quantity, false) {
            Ok(closed) => candles.write(&closed, report)?,
            Err(error) => {
                report.trades -= 1;
                break Err(trades.table.error_in(line, error.to_string()));
            }
        }
    };
    candles.write(builder.finish().as_slice(), report)?;
    candles.finish()?;
    outcome?;
    report.is_cut = trades.table.is_cut();
    if report.trades == 0 {
        return Err(trades.table.line_error("expected at least one trade, found nothing to read".to_owned()));
    }
    Ok(())
}

/// Whether a trade is dated long after the one before it, and the next one is not.
fn is_out_of_line(last: Timestamp, time: Timestamp, next: Timestamp) -> bool {
    time.since(last) > LONG && time.since(next) > LONG
}
