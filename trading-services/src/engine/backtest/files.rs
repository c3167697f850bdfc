//! Trades and equity of a back-test as CSV, with the columns of backtesting.py.

use std::io::{self, Write};

use rust_decimal::Decimal;

use crate::model::Timestamp;
use crate::ports::{ResultPoint, ResultTrade};

/// Writes a line per round trip: `Size,EntryBar,ExitBar,EntryPrice,ExitPrice,PnL,Commission,ReturnPct,EntryTime,ExitTime`.
///
/// The bars are places in the curve, which has a point per candle; they are empty where it has none at that time.
///
/// # Errors
/// What the writer says.
pub fn write_trades(trades: &[ResultTrade], curve: &[ResultPoint], out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "Size,EntryBar,ExitBar,EntryPrice,ExitPrice,PnL,Commission,ReturnPct,EntryTime,ExitTime")?;
    let bar = |time: Timestamp| {
        let place = curve.binary_search_by_key(&time, |point| point.time);
        place.map(|place| place.to_string()).unwrap_or_default()
    };
    for trade in trades {
        let ResultTrade { size, entry_time, entry_price, exit_time, exit_price, profit, fees, .. } = trade;
        let paid = size.abs().saturating_mul(*entry_price);
        let gain = profit.checked_div(paid).unwrap_or(Decimal::ZERO).normalize();
        let (entry_bar, exit_bar) = (bar(*entry_time), bar(*exit_time));
        let (entry, exit) = (written(*entry_time), written(*exit_time));
        writeln!(
            out,
            "{size},{entry_bar},{exit_bar},{entry_price},{exit_price},{profit},{fees},{gain},{entry},{exit}"
        )?;
    }
    Ok(())
}

/// Writes a line per point of the curve: a time, `Equity`.
///
/// # Errors
/// What the writer says.
pub fn write_equity(curve: &[ResultPoint], out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "Time,Equity")?;
    for ResultPoint { time, value } in curve {
        writeln!(out, "{},{value}", written(*time))?;
    }
    Ok(())
}

/// A midnight is a day: `2004-08-19`.
fn written(time: Timestamp) -> String {
    let text = time.to_string();
    match text.strip_suffix("T00:00:00.000000000Z") {
        Some(day) => day.to_owned(),
        None => text,
    }
}
