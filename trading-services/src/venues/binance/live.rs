//! The public interface of Binance, spot and USD-M: streams, requests, errors, limits.
//!
//! Sources: <https://developers.binance.com/docs/binance-spot-api-docs> and
//! <https://developers.binance.com/docs/derivatives/usds-margined-futures>, as of November 2026.

use std::borrow::Cow;
use std::time::Duration;

use http::StatusCode;
use http::header::{HeaderMap, RETRY_AFTER};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{USD_M, VENUE};
use crate::model::{Symbol, Timestamp, VenueId};
use crate::ports::ExchangeError;
use crate::venues::live::{
    Answer, Endpoints, Limit, Plan, Protocol, Request, Resync, Rhythm, Settings, encoded, unknown_symbol,
};
use crate::venues::wire::by_name;

/// Topics of one connection.
const STREAMS: usize = 1_024;
/// Topics of one message; the limit is that of the message's size.
const TOPICS: usize = 200;
/// Spot takes 5 messages in a second, USD-M takes 10.
const PACE: Duration = Duration::from_millis(250);
/// The most levels of a book that can be asked for: what lies beyond them is not known until it changes.
const SPOT_DEPTH: usize = 5_000;
const USD_M_DEPTH: usize = 1_000;
/// How long to wait after 429 and 418 where they do not say.
const UNSAID: Duration = Duration::from_secs(60);
const UNSAID_BAN: Duration = Duration::from_secs(120);

/// Binance's spot market.
#[derive(Debug)]
pub struct Spot;

/// Binance's futures in dollars.
#[derive(Debug)]
pub struct UsdM;

/// What both have in common, and how much they may ask.
macro_rules! common {
    ($venue:expr, weight: $weight:literal, trades: $trades:literal) => {
        const VENUE: VenueId = $venue;
        const PING: Option<(&'static str, Duration)> = None;
        const PACE: Duration = PACE;
        const TOPICS: usize = TOPICS;
        const RESYNC: Resync = Resync::Request;
        const LIMIT: Limit = Limit { weight: $weight, window: Duration::from_secs(60) };
        const CONNECTIONS: Limit = Limit { weight: 300, window: Duration::from_secs(300) };

        fn subscription(topics: &[String], ends: bool, id: u64) -> String {
            subscription(topics, ends, id)
        }

        fn answer(text: &str) -> Option<Answer> {
            answer(text)
        }

        fn topic(text: &str) -> Option<&str> {
            topic(text)
        }

        fn rhythm(topic: &str) -> Rhythm {
            match topic.split_once('@') {
                Some((_, "forceOrder")) => Rhythm::Rare,
                Some((_, "trade" | "aggTrade" | "kline_1m")) => Rhythm::Trades,
                _ => Rhythm::Steady,
            }
        }

        fn book_topic(symbol: &Symbol) -> String {
            format!("{}@depth@100ms", symbol.as_str().to_lowercase())
        }

        fn trade_topic(symbol: &Symbol) -> String {
            format!("{}@{}", symbol.as_str().to_lowercase(), $trades)
        }

        fn snapshot(symbol: &Symbol, body: &str) -> String {
            let name = symbol.as_str().to_lowercase();
            format!(r#"{{"stream":"{name}@depthSnapshot","data":{}}}"#, body.trim())
        }

        fn instrument(symbol: &Symbol, body: &str) -> Option<String> {
            instrument(symbol, body)
        }

        fn server_time(body: &str) -> Option<Timestamp> {
            server_time(body)
        }

        fn check(
            status: StatusCode,
            headers: &HeaderMap,
            body: &str,
            symbol: Option<&Symbol>,
            _now: Duration,
        ) -> Result<(), ExchangeError> {
            check($venue.as_str(), status, headers, body, symbol)
        }

        fn used(headers: &HeaderMap) -> Option<u32> {
            headers.get("x-mbx-used-weight-1m")?.to_str().ok()?.parse().ok()
        }
    };
}

impl Protocol for Spot {
    common!(VENUE, weight: 6_000, trades: "trade");

    fn path(request: &Request<'_>) -> Option<String> {
        path("/api/v3", SPOT_DEPTH, request)
    }

    /// <https://developers.binance.com/docs/binance-spot-api-docs/rest-api/market-data-endpoints>
    fn weight(request: &Request<'_>) -> u32 {
        match request {
            Request::Time => 1,
            Request::Instruments { .. } | Request::Instrument(_) => 20,
            Request::Book(_) => match SPOT_DEPTH {
                ..=100 => 5,
                101..=500 => 25,
                501..=1_000 => 50,
                _ => 250,
            },
            Request::Ticker(_) | Request::Candles(..) => 2,
            Request::Trades(..) => 25,
        }
    }

    fn endpoints(settings: &Settings) -> &Endpoints {
        &settings.binance
    }

    fn plans(symbols: &[Symbol]) -> Vec<Plan> {
        plans("/stream", symbols, &["trade", "depth@100ms", "bookTicker", "kline_1m", "ticker"])
    }
}

impl Protocol for UsdM {
    common!(USD_M, weight: 2_400, trades: "aggTrade");

    /// It cannot be asked for one instrument: the rules of all come with one answer.
    fn path(request: &Request<'_>) -> Option<String> {
        let all = Request::Instruments { list: "", cursor: None };
        path("/fapi/v1", USD_M_DEPTH, if matches!(request, Request::Instrument(_)) { &all } else { request })
    }

    /// <https://developers.binance.com/docs/derivatives/usds-margined-futures/market-data/rest-api>
    fn weight(request: &Request<'_>) -> u32 {
        match request {
            Request::Time | Request::Instruments { .. } | Request::Instrument(_) | Request::Ticker(_) => 1,
            Request::Book(_) => match USD_M_DEPTH {
                ..=50 => 2,
                51..=100 => 5,
                101..=500 => 10,
                _ => 20,
            },
            Request::Trades(..) => 5,
            Request::Candles(.., ..100) => 1,
            Request::Candles(.., ..500) => 2,
            Request::Candles(..) => 5,
        }
    }

    fn endpoints(settings: &Settings) -> &Endpoints {
        &settings.binance_futures
    }

    /// Since March 2026 there are paths by kind; on the old one a subscription is acknowledged, and nothing ever comes.
    fn plans(symbols: &[Symbol]) -> Vec<Plan> {
        let market = ["aggTrade", "kline_1m", "ticker", "markPrice@1s", "forceOrder"];
        let without_trades = |plan| Plan { trades: Vec::new(), ..plan };
        let without_books = |plan| Plan { books: Vec::new(), ..plan };
        let books = plans("/public/stream", symbols, &["depth@100ms", "bookTicker"]).into_iter().map(without_trades);
        books.chain(plans("/market/stream", symbols, &market).into_iter().map(without_books)).collect()
    }
}

fn plans(path: &'static str, symbols: &[Symbol], kinds: &[&str]) -> Vec<Plan> {
    Plan::all(path, symbols, kinds, STREAMS, |symbol, kind| format!("{}@{kind}", symbol.as_str().to_lowercase()))
}

fn subscription(topics: &[String], ends: bool, id: u64) -> String {
    let method = if ends { "UNSUBSCRIBE" } else { "SUBSCRIBE" };
    serde_json::json!({"method": method, "params": topics, "id": id}).to_string()
}

fn answer(text: &str) -> Option<Answer> {
    #[derive(Deserialize)]
    #[serde(remote = "Self")]
    struct Reply {
        id: Option<serde_json::Value>,
        error: Option<Error>,
        e: Option<String>,
        data: Option<Data>,
    }
    by_name!(Reply);
    #[derive(Deserialize)]
    #[serde(remote = "Self")]
    struct Data {
        e: Option<String>,
    }
    by_name!(Data);
    /// How the announcement of the end begins, by itself and within an envelope.
    const SHUTDOWN: &str = "serverShutdown";
    let begins = |prefix: &str| text.starts_with(prefix);
    let may_be = begins(r#"{"result""#) || begins(r#"{"error""#) || begins(r#"{"id""#) || begins(r#"{"code""#);
    let may_be_shutdown = text.len() < 300 && text.contains(SHUTDOWN);
    if !(may_be || may_be_shutdown) {
        return None;
    }
    let reply: Reply = serde_json::from_str(text).ok()?;
    if [reply.e, reply.data.and_then(|data| data.e)].into_iter().flatten().any(|kind| kind == SHUTDOWN) {
        return Some(Answer::Closing);
    }
    if let Some(Error { code, msg }) = reply.error {
        return Some(Answer::Refused(format!("{msg} (code {code})")));
    }
    reply.id.map(|_| Answer::Accepted)
}

/// `{"stream":"..","data":..}`
fn topic(text: &str) -> Option<&str> {
    text.strip_prefix(r#"{"stream":""#)?.split_once('"').map(|(topic, _)| topic)
}

/// `{"serverTime":..}`
fn server_time(body: &str) -> Option<Timestamp> {
    #[derive(Deserialize)]
    #[serde(remote = "Self")]
    struct Body {
        #[serde(rename = "serverTime")]
        millis: u64,
    }
    by_name!(Body);
    let said: Body = serde_json::from_str(body).ok()?;
    Timestamp::from_millis(said.millis)
}

/// What it says of that symbol alone: USD-M cannot be asked for one, and has hundreds.
fn instrument(symbol: &Symbol, body: &str) -> Option<String> {
    #[derive(Deserialize)]
    #[serde(remote = "Self")]
    struct Info<'a> {
        #[serde(borrow)]
        symbols: Vec<&'a RawValue>,
    }
    by_name!(Info<'a>);
    #[derive(Deserialize)]
    #[serde(remote = "Self")]
    struct Named<'a> {
        #[serde(borrow)]
        symbol: Cow<'a, str>,
    }
    by_name!(Named<'a>);
    let info: Info<'_> = serde_json::from_str(body).ok()?;
    let is_it = |raw: &&&RawValue| {
        serde_json::from_str::<Named<'_>>(raw.get()).is_ok_and(|named| named.symbol == symbol.as_str())
    };
    info.symbols.iter().find(is_it).map(|raw| format!(r#"{{"symbols":[{}]}}"#, raw.get()))
}

fn path(base: &str, depth: usize, request: &Request<'_>) -> Option<String> {
    Some(match request {
        Request::Time => format!("{base}/time"),
        Request::Instruments { .. } => format!("{base}/exchangeInfo"),
        Request::Instrument(symbol) => format!("{base}/exchangeInfo?symbol={}", encoded(symbol)),
        Request::Book(symbol) => format!("{base}/depth?symbol={}&limit={depth}", encoded(symbol)),
        Request::Ticker(symbol) => format!("{base}/ticker/24hr?symbol={}", encoded(symbol)),
        Request::Trades(symbol, limit) => {
            format!("{base}/trades?symbol={}&limit={}", encoded(symbol), (*limit).clamp(1, 1_000))
        }
        Request::Candles(symbol, interval, since, limit) => format!(
            "{base}/klines?symbol={}&interval={}&startTime={}&limit={}",
            encoded(symbol),
            self::interval(*interval)?,
            since.as_millis(),
            (*limit).clamp(1, 1_000)
        ),
    })
}

/// The name of a length of candles.
fn interval(length: Duration) -> Option<&'static str> {
    Some(match length.as_secs() {
        1 => "1s",
        60 => "1m",
        180 => "3m",
        300 => "5m",
        900 => "15m",
        1_800 => "30m",
        3_600 => "1h",
        7_200 => "2h",
        14_400 => "4h",
        21_600 => "6h",
        28_800 => "8h",
        43_200 => "12h",
        86_400 => "1d",
        604_800 => "1w",
        _ => return None,
    })
}

#[derive(Deserialize)]
#[serde(remote = "Self")]
struct Error {
    code: i64,
    msg: String,
}
by_name!(Error);

/// The errors of <https://developers.binance.com/docs/binance-spot-api-docs/errors>
fn check(
    exchange: &'static str,
    status: StatusCode,
    headers: &HeaderMap,
    body: &str,
    symbol: Option<&Symbol>,
) -> Result<(), ExchangeError> {
    if status.is_success() {
        return Ok(());
    }
    let error: Option<Error> = serde_json::from_str(body).ok();
    let reason = match &error {
        Some(error) => error.msg.clone(),
        None => format!("status {}", status.as_u16()),
    };
    let seconds = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok()).map(Duration::from_secs);
    Err(match (status.as_u16(), error) {
        (429, _) | (_, Some(Error { code: -1003, .. })) if status.as_u16() != 418 => {
            ExchangeError::RateLimited { exchange, retry_after: seconds.unwrap_or(UNSAID) }
        }
        (418, _) => ExchangeError::Banned { exchange, retry_after: seconds.unwrap_or(UNSAID_BAN) },
        (403 | 451, _) => ExchangeError::Forbidden { exchange, reason },
        (503, _) => ExchangeError::Maintenance { exchange, reason },
        (500.., _) => ExchangeError::Unavailable { exchange, reason },
        (_, Some(Error { code: -1121, .. })) => unknown_symbol(exchange, symbol, -1121, reason),
        (_, Some(Error { code, .. })) => ExchangeError::Refused { exchange, code, reason },
        (_, None) => ExchangeError::Unavailable { exchange, reason },
    })
}
