//! Bodies of Binance's REST interface, spot and USD-M.

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::candle;
use super::parse::Said;
use super::ticker::level;
use super::trade::{self, Names};
use crate::model::{CandleUpdate, EventKind, Funding, MarkPrice, Rejection, Ticker};
use crate::venues::wire::fields::{decimal, maybe_millis, millis, optional, traded};
use crate::venues::wire::{Message, Refused, Symbols, by_name, shorten};

/// The fields of a row of `GET /api/v3/trades`
const TRADE: Names = Names { price: "price", quantity: "qty", time: "time" };

/// What the first values of a candle are; a list does not name them.
const CANDLE: candle::Names =
    candle::Names { open_time: "open time", prices: ["open", "high", "low", "close"], volume: "volume" };

/// One object of a body; which one it is, its fields say.
pub(super) fn body(text: &str, symbols: &mut Symbols) -> Said {
    let expected = "a body of Binance";
    let raw: RawBody<'_> = serde_json::from_str(text).map_err(|error| Refused::json(None, expected, text, &error))?;
    if let Some(code) = raw.code {
        let reason = raw.msg.as_deref().unwrap_or_default();
        let detail = format!("an answer, found the error {code}: {}", shorten(reason));
        return Err(Refused { why: Rejection::Unreadable, kind: Some("error".to_owned()), detail });
    }
    if raw.symbols.is_some() {
        return Err(Refused::unreadable("exchangeInfo", format!("a list of instruments, found {}", shorten(text))));
    }
    let kind = raw.kind();
    raw.events(symbols)
        .map_err(|detail| Refused::unreadable(kind, detail))?
        .ok_or_else(|| Refused::unknown(kind, "a ticker, trade, mark price, funding, open interest or the instruments"))
}

/// A candle of `GET /api/v3/klines`: a list of values.
pub(super) fn candle(text: &str) -> Result<Message, Refused> {
    /// All twelve of them.
    #[derive(Deserialize)]
    #[serde(expecting = "twelve values")]
    struct Long<'a>(
        u64,
        &'a str,
        &'a str,
        &'a str,
        &'a str,
        &'a str,
        u64,
        IgnoredAny,
        u64,
        IgnoredAny,
        IgnoredAny,
        IgnoredAny,
    );
    let Long(open_time, o, h, l, c, v, close_time, _, trades, ..) =
        serde_json::from_str(text).map_err(|error| Refused::json(None, "a candle of twelve values", text, &error))?;
    let (candle, interval) = candle::candle((open_time, close_time), [o, h, l, c], v, trades, &CANDLE)
        .map_err(|detail| Refused::unreadable("klines", detail))?;
    // Whether it is closed depends on when it was asked for, which the body does not say: the last one may still form.
    Ok(Message::Unnamed(EventKind::Candle(CandleUpdate { interval, candle, closed: false, time: None })))
}

#[derive(Deserialize)]
#[serde(remote = "Self", rename_all = "camelCase")]
struct RawBody<'a> {
    code: Option<i64>,
    /// It may have quotes.
    msg: Option<String>,
    symbols: Option<IgnoredAny>,
    symbol: Option<&'a str>,
    time: Option<u64>,
    // A ticker.
    close_time: Option<u64>,
    last_price: Option<&'a str>,
    bid_price: Option<&'a str>,
    bid_qty: Option<&'a str>,
    ask_price: Option<&'a str>,
    ask_qty: Option<&'a str>,
    open_price: Option<&'a str>,
    high_price: Option<&'a str>,
    low_price: Option<&'a str>,
    volume: Option<&'a str>,
    quote_volume: Option<&'a str>,
    price_change_percent: Option<&'a str>,
    // Mark price and funding.
    mark_price: Option<&'a str>,
    index_price: Option<&'a str>,
    last_funding_rate: Option<&'a str>,
    next_funding_time: Option<u64>,
    funding_rate: Option<&'a str>,
    funding_time: Option<u64>,
    open_interest: Option<&'a str>,
    // A trade, single or aggregated.
    id: Option<u64>,
    price: Option<&'a str>,
    qty: Option<&'a str>,
    is_buyer_maker: Option<bool>,
    a: Option<u64>,
    p: Option<&'a str>,
    q: Option<&'a str>,
    #[serde(rename = "T")]
    trade_time: Option<u64>,
    m: Option<bool>,
}

by_name!(RawBody<'a>);

impl RawBody<'_> {
    fn kind(&self) -> &'static str {
        if self.last_price.is_some() {
            "ticker"
        } else if self.funding_rate.is_some() {
            "fundingRate"
        } else if self.mark_price.is_some() {
            "premiumIndex"
        } else if self.open_interest.is_some() {
            "openInterest"
        } else if self.a.is_some() {
            "aggTrades"
        } else if self.id.is_some() {
            "trades"
        } else {
            "body"
        }
    }

    fn events(self, symbols: &mut Symbols) -> Result<Option<Vec<Message>>, String> {
        let instrument = self.symbol.map(|symbol| symbols.get(symbol)).transpose()?;
        let say = |kind| match &instrument {
            Some(instrument) => Message::Event(instrument.clone(), kind),
            None => Message::Unnamed(kind),
        };
        let said = match self.kind() {
            "ticker" => {
                let ticker = Ticker {
                    time: self.close_time.map(|time| millis("closeTime", time)).transpose()?,
                    last: traded("lastPrice", self.last_price)?,
                    bid: level(["bidPrice", "bidQty"], self.bid_price, self.bid_qty)?,
                    ask: level(["askPrice", "askQty"], self.ask_price, self.ask_qty)?,
                    open: traded("openPrice", self.open_price)?,
                    high: traded("highPrice", self.high_price)?,
                    low: traded("lowPrice", self.low_price)?,
                    volume: optional("volume", self.volume)?,
                    turnover: optional("quoteVolume", self.quote_volume)?,
                    change_percent: optional("priceChangePercent", self.price_change_percent)?,
                    ..Ticker::default()
                };
                vec![say(EventKind::Ticker(Box::new(ticker)))]
            }
            "fundingRate" => {
                let time = millis("fundingTime", self.funding_time.ok_or("a number in field `fundingTime`")?)?;
                let rate = decimal("fundingRate", self.funding_rate.unwrap_or_default())?;
                vec![say(EventKind::Funding(Funding { rate, next: None, time }))]
            }
            "premiumIndex" => {
                let time = millis("time", self.time.ok_or("a number in field `time`")?)?;
                let mut said = Vec::new();
                if let Some(price) = traded("markPrice", self.mark_price)? {
                    let index = traded("indexPrice", self.index_price)?;
                    said.push(say(EventKind::MarkPrice(MarkPrice { price, index, time })));
                }
                if let Some(rate) = optional("lastFundingRate", self.last_funding_rate)? {
                    let next = maybe_millis("nextFundingTime", self.next_funding_time)?;
                    said.push(say(EventKind::Funding(Funding { rate, next, time })));
                }
                said
            }
            "openInterest" => {
                let open_interest = optional("openInterest", self.open_interest)?;
                let time = self.time.map(|time| millis("time", time)).transpose()?;
                vec![say(EventKind::Ticker(Box::new(Ticker { time, open_interest, ..Ticker::default() })))]
            }
            "aggTrades" => {
                let (Some(id), Some(p), Some(q), Some(time), Some(m)) =
                    (self.a, self.p, self.q, self.trade_time, self.m)
                else {
                    return Err("the fields `a`, `p`, `q`, `T` and `m` of a trade".to_owned());
                };
                vec![say(EventKind::Trade(trade::trade(id, (p, q), time, m, true, &trade::SHORT)?))]
            }
            "trades" => {
                let (Some(id), Some(p), Some(q), Some(time), Some(m)) =
                    (self.id, self.price, self.qty, self.time, self.is_buyer_maker)
                else {
                    return Err("the fields `id`, `price`, `qty`, `time` and `isBuyerMaker` of a trade".to_owned());
                };
                vec![say(EventKind::Trade(trade::trade(id, (p, q), time, m, false, &TRADE)?))]
            }
            _ => return Ok(None),
        };
        Ok(Some(said))
    }
}
