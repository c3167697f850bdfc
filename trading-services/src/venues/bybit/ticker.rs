//! Tickers of Bybit, of the stream and of bodies: spot, contracts and options differ in their fields.

use rust_decimal::Decimal;
use std::ops::Deref;

use serde::Deserialize;

use super::parse::Take;
use crate::model::{EventKind, Funding, Level, MarkPrice, OptionSummary, Ticker, Timestamp};
use crate::venues::wire::fields::{best, millis, optional, optional_millis, traded};
use crate::venues::wire::{Message, Refused, Symbols};

/// `tickers.<symbol>`, and a row of `GET /v5/market/tickers`. In a change, a missing field is unchanged.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RawTicker<S> {
    symbol: S,
    last_price: Option<S>,
    high_price24h: Option<S>,
    low_price24h: Option<S>,
    prev_price24h: Option<S>,
    volume24h: Option<S>,
    turnover24h: Option<S>,
    price24h_pcnt: Option<S>,
    mark_price: Option<S>,
    index_price: Option<S>,
    open_interest: Option<S>,
    funding_rate: Option<S>,
    next_funding_time: Option<S>,
    #[serde(alias = "bidPrice")]
    bid1_price: Option<S>,
    #[serde(alias = "bidSize")]
    bid1_size: Option<S>,
    #[serde(alias = "bidIv")]
    bid1_iv: Option<S>,
    #[serde(alias = "askPrice")]
    ask1_price: Option<S>,
    #[serde(alias = "askSize")]
    ask1_size: Option<S>,
    #[serde(alias = "askIv")]
    ask1_iv: Option<S>,
    #[serde(alias = "markIv")]
    mark_price_iv: Option<S>,
    underlying_price: Option<S>,
    delta: Option<S>,
    gamma: Option<S>,
    vega: Option<S>,
    theta: Option<S>,
}

impl<S: Deref<Target = str>> RawTicker<S> {
    /// The ticker, mark price and funding of a contract, the ticker of a pair, or the summary of an option.
    pub(super) fn events(self, ts: Option<u64>, symbols: &mut Symbols, take: Take<'_>) {
        if let Err(detail) = self.say(ts, symbols, take) {
            take(Err(Refused::unreadable("tickers", detail)));
        }
    }

    fn say(&self, ts: Option<u64>, symbols: &mut Symbols, take: Take<'_>) -> Result<(), String> {
        let (instrument, time) = (symbols.get(&self.symbol)?, ts.map(millis).transpose()?);
        if self.mark_price_iv.is_some() {
            let option = EventKind::Option(Box::new(self.option(time)?));
            take(Ok(Message::Event(instrument, option)));
            return Ok(());
        }
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

    fn option(&self, time: Option<Timestamp>) -> Result<OptionSummary, String> {
        Ok(OptionSummary {
            time,
            bid: level("bidPrice", self.bid1_price.as_deref(), self.bid1_size.as_deref())?,
            bid_volatility: optional("bidIv", self.bid1_iv.as_deref())?,
            ask: level("askPrice", self.ask1_price.as_deref(), self.ask1_size.as_deref())?,
            ask_volatility: optional("askIv", self.ask1_iv.as_deref())?,
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
