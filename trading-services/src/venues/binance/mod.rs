//! Messages of Binance.

pub(super) mod parse;
