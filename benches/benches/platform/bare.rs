//! The bare twins: structs with the fields that ours reads, borrowed, and nothing around them.
//!
//! Each is told what it gets, and reads it with one call of `serde_json`. Numbers become exact decimals by
//! `rust_decimal`'s own function, times stay milliseconds, sides and names stay texts. Nothing looks at the values: no
//! instrument is found, no price refused.

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer};

/// A decimal that is written as a text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Exact(Decimal);

impl<'de> Deserialize<'de> for Exact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <&str>::deserialize(deserializer)?;
        Decimal::from_str_exact(text).map(Self).map_err(serde::de::Error::custom)
    }
}

/// What a twin has read, to be compared with what ours has.
pub(crate) trait Numbers {
    /// Prices and quantities, in the order of the fields.
    fn numbers(&self) -> Vec<Decimal>;
}

/// `<symbol>@trade` of Binance
#[derive(Deserialize)]
pub(crate) struct BinanceTrade<'a> {
    #[serde(rename = "s")]
    _symbol: &'a str,
    #[serde(rename = "t")]
    _id: u64,
    p: Exact,
    q: Exact,
    #[serde(rename = "T")]
    _time: u64,
    #[serde(rename = "m")]
    _buyer_is_maker: bool,
}

/// `<symbol>@depth` of Binance
#[derive(Deserialize)]
pub(crate) struct BinanceDelta<'a> {
    #[serde(rename = "s")]
    _symbol: &'a str,
    #[serde(rename = "E")]
    _time: u64,
    #[serde(rename = "U")]
    _first: u64,
    #[serde(rename = "u")]
    _last: u64,
    b: Vec<(Exact, Exact)>,
    a: Vec<(Exact, Exact)>,
}

/// `GET /api/v3/depth` of Binance
#[derive(Deserialize)]
pub(crate) struct BinanceSnapshot {
    #[serde(rename = "lastUpdateId")]
    _last: u64,
    bids: Vec<(Exact, Exact)>,
    asks: Vec<(Exact, Exact)>,
}

/// `<symbol>@bookTicker` of Binance
#[derive(Deserialize)]
pub(crate) struct BinanceBest<'a> {
    #[serde(rename = "u")]
    _update: u64,
    #[serde(rename = "s")]
    _symbol: &'a str,
    b: Exact,
    #[serde(rename = "B")]
    bid_quantity: Exact,
    a: Exact,
    #[serde(rename = "A")]
    ask_quantity: Exact,
}

/// `<symbol>@ticker` of Binance
#[derive(Deserialize)]
pub(crate) struct BinanceTicker<'a> {
    #[serde(rename = "s")]
    _symbol: &'a str,
    #[serde(rename = "E")]
    _time: u64,
    c: Exact,
    o: Exact,
    h: Exact,
    l: Exact,
    v: Exact,
    q: Exact,
    #[serde(rename = "P")]
    _change_percent: Exact,
}

/// `<symbol>@kline_<interval>` of Binance
#[derive(Deserialize)]
pub(crate) struct BinanceKline<'a> {
    #[serde(rename = "s")]
    _symbol: &'a str,
    #[serde(rename = "E")]
    _time: u64,
    k: BinanceCandle,
}

#[derive(Deserialize)]
struct BinanceCandle {
    #[serde(rename = "t")]
    _open_time: u64,
    #[serde(rename = "T")]
    _close_time: u64,
    o: Exact,
    h: Exact,
    l: Exact,
    c: Exact,
    v: Exact,
    #[serde(rename = "n")]
    _trades: u64,
    #[serde(rename = "x")]
    _closed: bool,
}

/// `publicTrade.<symbol>` of Bybit
#[derive(Deserialize)]
pub(crate) struct BybitTrade<'a> {
    #[serde(rename = "T")]
    _time: u64,
    #[serde(rename = "s")]
    _symbol: &'a str,
    #[serde(rename = "S")]
    _side: &'a str,
    v: Exact,
    p: Exact,
    #[serde(rename = "i")]
    _id: &'a str,
}

/// `orderbook.<depth>.<symbol>` of Bybit
#[derive(Deserialize)]
pub(crate) struct BybitBook<'a> {
    #[serde(rename = "s")]
    _symbol: &'a str,
    b: Vec<(Exact, Exact)>,
    a: Vec<(Exact, Exact)>,
    #[serde(rename = "u")]
    _update: u64,
}

/// `tickers.<symbol>` of Bybit, of a contract
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BybitTicker<'a> {
    #[serde(rename = "symbol")]
    _symbol: &'a str,
    #[serde(rename = "price24hPcnt")]
    _change: Exact,
    last_price: Exact,
    prev_price24h: Exact,
    high_price24h: Exact,
    low_price24h: Exact,
    volume24h: Exact,
    turnover24h: Exact,
    #[serde(rename = "markPrice")]
    _mark: Exact,
    #[serde(rename = "indexPrice")]
    _index: Exact,
    #[serde(rename = "openInterest")]
    _open_interest: Exact,
    #[serde(rename = "fundingRate")]
    _funding_rate: Exact,
    #[serde(rename = "nextFundingTime")]
    _next_funding: &'a str,
    #[serde(rename = "bid1Price")]
    _bid: Exact,
    #[serde(rename = "bid1Size")]
    _bid_size: Exact,
    #[serde(rename = "ask1Price")]
    _ask: Exact,
    #[serde(rename = "ask1Size")]
    _ask_size: Exact,
}

/// `kline.<interval>.<symbol>` of Bybit
#[derive(Deserialize)]
pub(crate) struct BybitKline {
    #[serde(rename = "start")]
    _start: u64,
    #[serde(rename = "end")]
    _end: u64,
    open: Exact,
    high: Exact,
    low: Exact,
    close: Exact,
    volume: Exact,
    #[serde(rename = "confirm")]
    _confirm: bool,
    #[serde(rename = "timestamp")]
    _time: u64,
}

/// The numbers of fields, in that order.
macro_rules! numbers {
    ($($name:ty: $($($field:ident).+)*;)*) => { $(
        impl Numbers for $name {
            fn numbers(&self) -> Vec<Decimal> {
                vec![$(self.$($field).+.0),*]
            }
        }
    )* };
}

/// The numbers of both sides.
macro_rules! levels {
    ($($name:ty: $bids:ident $asks:ident;)*) => { $(
        impl Numbers for $name {
            fn numbers(&self) -> Vec<Decimal> {
                self.$bids.iter().chain(&self.$asks).flat_map(|(price, quantity)| [price.0, quantity.0]).collect()
            }
        }
    )* };
}

numbers! {
    BinanceTrade<'_>: p q;
    BinanceBest<'_>: b bid_quantity a ask_quantity;
    BinanceTicker<'_>: c o h l v q;
    BinanceKline<'_>: k.o k.h k.l k.c k.v;
    BybitTrade<'_>: p v;
    BybitTicker<'_>: last_price prev_price24h high_price24h low_price24h volume24h turnover24h;
    BybitKline: open high low close volume;
}

levels! {
    BinanceDelta<'_>: b a;
    BinanceSnapshot: bids asks;
    BybitBook<'_>: b a;
}

/// `{"stream":"..","data":..}`
#[derive(Deserialize)]
pub(crate) struct Binance<'a, D> {
    #[serde(rename = "stream")]
    _stream: &'a str,
    data: D,
}

/// `{"topic":"..","type":"..","ts":..,"data":..}`
#[derive(Deserialize)]
pub(crate) struct Bybit<'a, D> {
    #[serde(rename = "topic")]
    _topic: &'a str,
    #[serde(rename = "type")]
    _kind: &'a str,
    #[serde(rename = "ts")]
    _time: u64,
    data: D,
}

impl<D: Numbers> Numbers for Binance<'_, D> {
    fn numbers(&self) -> Vec<Decimal> {
        self.data.numbers()
    }
}

impl<D: Numbers> Numbers for Bybit<'_, D> {
    fn numbers(&self) -> Vec<Decimal> {
        self.data.numbers()
    }
}

impl<D: Numbers> Numbers for Vec<D> {
    fn numbers(&self) -> Vec<Decimal> {
        self.iter().flat_map(Numbers::numbers).collect()
    }
}
