//! Trades in a CSV file.

use std::path::Path;

use super::table::{Table, milliseconds};
use crate::data::CandleFileError;
use crate::model::{Price, Quantity, Timestamp};

/// What a candle needs of a trade.
#[derive(Debug, Clone)]
pub(super) struct FileTrade {
    pub(super) time: Timestamp,
    pub(super) price: Price,
    pub(super) quantity: Quantity,
}

/// A file of trades, read line by line.
pub(super) struct TradeFile {
    pub(super) table: Table,
    time: usize,
    price: usize,
    amount: usize,
}

impl TradeFile {
    pub(super) fn open(path: &Path) -> Result<Self, CandleFileError> {
        let table = Table::open(path)?;
        let column = |name| table.column(&[name], "timestamp, price and amount");
        let (time, price, amount) = (column("timestamp")?, column("price")?, column("amount")?);
        Ok(Self { table, time, price, amount })
    }

    pub(super) fn next_trade(&mut self) -> Result<Option<FileTrade>, CandleFileError> {
        if !self.table.advance()? {
            return Ok(None);
        }
        let time = self.table.field(self.time);
        let time = milliseconds(time).map_err(|seems| {
            let time = time.escape_debug();
            self.table.line_error(format!("expected a timestamp in milliseconds since 1970, found `{time}`{seems}"))
        })?;
        let (price, quantity) = (self.table.parsed("price", self.price)?, self.table.parsed("amount", self.amount)?);
        Ok(Some(FileTrade { time, price, quantity }))
    }
}
