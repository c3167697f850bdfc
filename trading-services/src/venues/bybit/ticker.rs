//! Tickers of Bybit, of the stream and of bodies: spot, contracts and options differ in their fields.

use rust_decimal::Decimal;

use serde::Deserialize;

use crate::model::{EventKind, Funding, Level, MarkPrice, OptionSummary, Ticker, Timestamp};
use crate::venues::wire::fields::{best, millis, optional, optional_millis, traded};
use crate::venues::wire::{Maybe, Message, Refused, Sink, Symbols, by_name};

/// `tickers.<symbol>` of a pair or a contract, and such a row of `GET /v5/market/tickers`. In a change, a missing field is unchanged.
///
/// Its fields stand in the order in which they are written: each name is compared with those that stand before it.
#[derive(Default, Deserialize)]
#[serde(remote = "Self", rename_all = "camelCase", default)]
pub(super) struct RawTicker<'a> {
    symbol: &'a str,
    price24h_pcnt: Maybe<'a>,
    last_price: Maybe<'a>,
    prev_price24h: Maybe<'a>,
    high_price24h: Maybe<'a>,
    low_price24h: Maybe<'a>,
    mark_price: Maybe<'a>,
    index_price: Maybe<'a>,
    open_interest: Maybe<'a>,
    turnover24h: Maybe<'a>,
    volume24h: Maybe<'a>,
    next_funding_time: Maybe<'a>,
    funding_rate: Maybe<'a>,
    bid1_price: Maybe<'a>,
    bid1_size: Maybe<'a>,
    ask1_price: Maybe<'a>,
    ask1_size: Maybe<'a>,
}

by_name!(RawTicker<'a>);

/// The same of an option; rows and messages name the best prices differently.
#[derive(Default, Deserialize)]
#[serde(remote = "Self", rename_all = "camelCase", default)]
pub(super) struct RawOption<'a> {
    symbol: &'a str,
    #[serde(alias = "bid1Price")]
    bid_price: Maybe<'a>,
    #[serde(alias = "bid1Size")]
    bid_size: Maybe<'a>,
    #[serde(alias = "bid1Iv")]
    bid_iv: Maybe<'a>,
    #[serde(alias = "ask1Price")]
    ask_price: Maybe<'a>,
    #[serde(alias = "ask1Size")]
    ask_size: Maybe<'a>,
    #[serde(alias = "ask1Iv")]
    ask_iv: Maybe<'a>,
    last_price: Maybe<'a>,
    mark_price: Maybe<'a>,
    #[serde(alias = "markIv")]
    mark_price_iv: Maybe<'a>,
    open_interest: Maybe<'a>,
    underlying_price: Maybe<'a>,
    delta: Maybe<'a>,
    gamma: Maybe<'a>,
    vega: Maybe<'a>,
    theta: Maybe<'a>,
}

by_name!(RawOption<'a>);

/// What the fields of an option are called.
#[derive(Debug)]
pub(super) struct Names {
    time: &'static str,
    bid: [&'static str; 2],
    bid_volatility: &'static str,
    ask: [&'static str; 2],
    ask_volatility: &'static str,
    mark_volatility: &'static str,
}

/// In messages of the stream.
pub(super) const STREAM: Names = Names {
    time: "ts",
    bid: ["bidPrice", "bidSize"],
    bid_volatility: "bidIv",
    ask: ["askPrice", "askSize"],
    ask_volatility: "askIv",
    mark_volatility: "markPriceIv",
};

/// In rows of bodies.
pub(super) const BODY: Names = Names {
    time: "time",
    bid: ["bid1Price", "bid1Size"],
    bid_volatility: "bid1Iv",
    ask: ["ask1Price", "ask1Size"],
    ask_volatility: "ask1Iv",
    mark_volatility: "markIv",
};

impl RawTicker<'_> {
    /// The ticker, mark price and funding of a contract, or the ticker of a pair.
    pub(super) fn events(&self, time: (&str, Option<u64>), symbols: &mut Symbols, sink: &mut (impl Sink + ?Sized)) {
        if let Err(detail) = self.say(time, symbols, sink) {
            sink.put(Err(Refused::unreadable("tickers", detail)));
        }
    }

    fn say(
        &self,
        (field, time): (&str, Option<u64>),
        symbols: &mut Symbols,
        sink: &mut (impl Sink + ?Sized),
    ) -> Result<(), String> {
        let (instrument, time) = (symbols.get(self.symbol)?, time.map(|time| millis(field, time)).transpose()?);
        let ticker = self.ticker(time)?;
        let mark = ticker.mark.zip(time).map(|(price, time)| MarkPrice { price, index: ticker.index, time });
        let funding =
            ticker.funding_rate.zip(time).map(|(rate, time)| Funding { rate, next: ticker.funding_time, time });
        sink.event(instrument.clone(), EventKind::Ticker(ticker));
        if let Some(mark) = mark {
            sink.event(instrument.clone(), EventKind::MarkPrice(mark));
        }
        if let Some(funding) = funding {
            sink.event(instrument, EventKind::Funding(funding));
        }
        Ok(())
    }

    fn ticker(&self, time: Option<Timestamp>) -> Result<Box<Ticker>, String> {
        // A fraction, and percent everywhere else.
        let change = optional("price24hPcnt", self.price24h_pcnt.0)?;
        Ok(Box::new(Ticker {
            time,
            last: traded("lastPrice", self.last_price.0)?,
            bid: level(["bid1Price", "bid1Size"], self.bid1_price.0, self.bid1_size.0)?,
            ask: level(["ask1Price", "ask1Size"], self.ask1_price.0, self.ask1_size.0)?,
            open: traded("prevPrice24h", self.prev_price24h.0)?,
            high: traded("highPrice24h", self.high_price24h.0)?,
            low: traded("lowPrice24h", self.low_price24h.0)?,
            volume: optional("volume24h", self.volume24h.0)?,
            turnover: optional("turnover24h", self.turnover24h.0)?,
            change_percent: change.and_then(|fraction| fraction.checked_mul(Decimal::ONE_HUNDRED)),
            mark: traded("markPrice", self.mark_price.0)?,
            index: traded("indexPrice", self.index_price.0)?,
            funding_rate: optional("fundingRate", self.funding_rate.0)?,
            funding_time: optional_millis("nextFundingTime", self.next_funding_time.0)?,
            open_interest: optional("openInterest", self.open_interest.0)?,
        }))
    }
}

impl RawOption<'_> {
    /// The summary.
    pub(super) fn event(self, time: Option<u64>, symbols: &mut Symbols, names: &Names) -> Result<Message, Refused> {
        let event = |symbols: &mut Symbols| {
            let (instrument, time) =
                (symbols.get(self.symbol)?, time.map(|time| millis(names.time, time)).transpose()?);
            Ok(Message::Event(instrument, EventKind::Option(Box::new(self.summary(time, names)?))))
        };
        event(symbols).map_err(|detail| Refused::unreadable("tickers", detail))
    }

    fn summary(&self, time: Option<Timestamp>, names: &Names) -> Result<OptionSummary, String> {
        Ok(OptionSummary {
            time,
            bid: level(names.bid, self.bid_price.0, self.bid_size.0)?,
            bid_volatility: optional(names.bid_volatility, self.bid_iv.0)?,
            ask: level(names.ask, self.ask_price.0, self.ask_size.0)?,
            ask_volatility: optional(names.ask_volatility, self.ask_iv.0)?,
            last: traded("lastPrice", self.last_price.0)?,
            mark: traded("markPrice", self.mark_price.0)?,
            mark_volatility: optional(names.mark_volatility, self.mark_price_iv.0)?,
            open_interest: optional("openInterest", self.open_interest.0)?,
            underlying: traded("underlyingPrice", self.underlying_price.0)?,
            delta: optional("delta", self.delta.0)?,
            gamma: optional("gamma", self.gamma.0)?,
            vega: optional("vega", self.vega.0)?,
            theta: optional("theta", self.theta.0)?,
        })
    }
}

/// The best level of a side; a change may name the price without the quantity, and says then too little.
fn level(fields: [&str; 2], price: Option<&str>, quantity: Option<&str>) -> Result<Option<Level>, String> {
    match (price, quantity) {
        (Some(price), Some(quantity)) => best(fields, price, quantity),
        _ => Ok(None),
    }
}
