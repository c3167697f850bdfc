//! Tickers of Bybit, of the stream and of bodies: spot, contracts and options differ in their fields.

use rust_decimal::Decimal;
use std::ops::Deref;

use serde::Deserialize;

use crate::model::{EventKind, Funding, Level, MarkPrice, OptionSummary, Ticker, Timestamp};
use crate::venues::wire::fields::{best, millis, optional, optional_millis, traded};
use crate::venues::wire::{Message, Refused, Symbols};

/// `tickers.<symbol>` of a pair or a contract, and such a row of `GET /v5/market/tickers`. In a change, a missing field is unchanged.
///
/// Its fields stand in the order in which they are written: each name is compared with those that stand before it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RawTicker<S> {
    symbol: S,
    price24h_pcnt: Option<S>,
    last_price: Option<S>,
    prev_price24h: Option<S>,
    high_price24h: Option<S>,
    low_price24h: Option<S>,
    mark_price: Option<S>,
    index_price: Option<S>,
    open_interest: Option<S>,
    turnover24h: Option<S>,
    volume24h: Option<S>,
    next_funding_time: Option<S>,
    funding_rate: Option<S>,
    bid1_price: Option<S>,
    bid1_size: Option<S>,
    ask1_price: Option<S>,
    ask1_size: Option<S>,
}

/// The same of an option; rows and messages name the best prices differently.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RawOption<S> {
    symbol: S,
    #[serde(alias = "bid1Price")]
    bid_price: Option<S>,
    #[serde(alias = "bid1Size")]
    bid_size: Option<S>,
    #[serde(alias = "bid1Iv")]
    bid_iv: Option<S>,
    #[serde(alias = "ask1Price")]
    ask_price: Option<S>,
    #[serde(alias = "ask1Size")]
    ask_size: Option<S>,
    #[serde(alias = "ask1Iv")]
    ask_iv: Option<S>,
    last_price: Option<S>,
    mark_price: Option<S>,
    #[serde(alias = "markIv")]
    mark_price_iv: Option<S>,
    open_interest: Option<S>,
    underlying_price: Option<S>,
    delta: Option<S>,
    gamma: Option<S>,
    vega: Option<S>,
    theta: Option<S>,
}

impl<S: Deref<Target = str>> RawTicker<S> {
    /// The ticker, mark price and funding of a contract, or the ticker of a pair.
    pub(super) fn events(self, ts: Option<u64>, symbols: &mut Symbols, mut take: impl FnMut(Result<Message, Refused>)) {
        if let Err(detail) = self.say(ts, symbols, &mut take) {
            take(Err(Refused::unreadable("tickers", detail)));
        }
    }

    fn say(
        &self,
        ts: Option<u64>,
        symbols: &mut Symbols,
        take: &mut impl FnMut(Result<Message, Refused>),
    ) -> Result<(), String> {
        let (instrument, time) = (symbols.get(&self.symbol)?, ts.map(millis).transpose()?);
        let ticker = Box::new(self.ticker(time)?);
        let mark = ticker.mark.zip(time).map(|(price, time)| MarkPrice { price, index: ticker.index, time });
        let funding =
            ticker.funding_rate.zip(time).map(|(rate, time)| Funding { rate, next: ticker.funding_time, time });
        take(Ok(Message::Event(instrument.clone(), EventKind::Ticker(ticker))));
        if let Some(mark) = mark {
            take(Ok(Message::Event(instrument.clone(), EventKind::MarkPrice(mark))));
        }
        if let Some(funding) = funding {
            take(Ok(Message::Event(instrument, EventKind::Funding(funding))));
        }
        Ok(())
    }

    fn ticker(&self, time: Option<Timestamp>) -> Result<Ticker, String> {
        // A fraction, and percent everywhere else.
        let change = optional("price24hPcnt", self.price24h_pcnt.as_deref())?;
        Ok(Ticker {
            time,
            last: traded("lastPrice", self.last_price.as_deref())?,
            bid: level("bid1Price", self.bid1_price.as_deref(), self.bid1_size.as_deref())?,
            ask: level("ask1Price", self.ask1_price.as_deref(), self.ask1_size.as_deref())?,
            open: traded("prevPrice24h", self.prev_price24h.as_deref())?,
            high: traded("highPrice24h", self.high_price24h.as_deref())?,
            low: traded("lowPrice24h", self.low_price24h.as_deref())?,
            volume: optional("volume24h", self.volume24h.as_deref())?,
            turnover: optional("turnover24h", self.turnover24h.as_deref())?,
            change_percent: change.and_then(|fraction| fraction.checked_mul(Decimal::ONE_HUNDRED)),
            mark: traded("markPrice", self.mark_price.as_deref())?,
            index: traded("indexPrice", self.index_price.as_deref())?,
            funding_rate: optional("fundingRate", self.funding_rate.as_deref())?,
            funding_time: optional_millis("nextFundingTime", self.next_funding_time.as_deref())?,
            open_interest: optional("openInterest", self.open_interest.as_deref())?,
        })
    }
}

impl<S: Deref<Target = str>> RawOption<S> {
    /// The summary.
    pub(super) fn event(self, ts: Option<u64>, symbols: &mut Symbols) -> Result<Message, Refused> {
        let event = |symbols: &mut Symbols| {
            let (instrument, time) = (symbols.get(&self.symbol)?, ts.map(millis).transpose()?);
            Ok(Message::Event(instrument, EventKind::Option(Box::new(self.summary(time)?))))
        };
        event(symbols).map_err(|detail| Refused::unreadable("tickers", detail))
    }

    fn summary(&self, time: Option<Timestamp>) -> Result<OptionSummary, String> {
        Ok(OptionSummary {
            time,
            bid: level("bidPrice", self.bid_price.as_deref(), self.bid_size.as_deref())?,
            bid_volatility: optional("bidIv", self.bid_iv.as_deref())?,
            ask: level("askPrice", self.ask_price.as_deref(), self.ask_size.as_deref())?,
            ask_volatility: optional("askIv", self.ask_iv.as_deref())?,
            last: traded("lastPrice", self.last_price.as_deref())?,
            mark: traded("markPrice", self.mark_price.as_deref())?,
            mark_volatility: optional("markPriceIv", self.mark_price_iv.as_deref())?,
            open_interest: optional("openInterest", self.open_interest.as_deref())?,
            underlying: traded("underlyingPrice", self.underlying_price.as_deref())?,
            delta: optional("delta", self.delta.as_deref())?,
            gamma: optional("gamma", self.gamma.as_deref())?,
            vega: optional("vega", self.vega.as_deref())?,
            theta: optional("theta", self.theta.as_deref())?,
        })
    }
}

/// The best level of a side; a change may name the price without the quantity, and says then too little.
fn level(field: &str, price: Option<&str>, quantity: Option<&str>) -> Result<Option<Level>, String> {
    match (price, quantity) {
        (Some(price), Some(quantity)) => best(field, price, quantity),
        _ => Ok(None),
    }
}
