//! The public interface of Bybit v5: streams, requests, errors, limits.
//!
//! Source: <https://bybit-exchange.github.io/docs/v5/intro>, as of November 2026.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::time::Duration;

use http::StatusCode;
use http::header::HeaderMap;
use serde::Deserialize;

use super::{OPTIONS, SPOT, VENUE};
use crate::model::{InstrumentId, Symbol, Timestamp, VenueId, read_whole};
use crate::ports::ExchangeError;
use crate::venues::live::{
    Answer, Endpoints, Limit, Plan, Protocol, Request, Resync, Rhythm, Settings, encoded, unknown_symbol,
};
use crate::venues::wire::{by_name, shorten};

/// Spot takes so many topics in a message; the others take 21,000 characters.
const TOPICS: usize = 10;
/// Topics of one connection: far below what a connection may have, so that one loss is not everything.
const STREAMS: usize = 500;
/// We say every 20 seconds that we are there.
const PING: Option<(&str, Duration)> = Some((r#"{"op":"ping"}"#, Duration::from_secs(20)));
const PACE: Duration = Duration::from_millis(100);
/// How long to wait after too many requests, where it is not said.
const UNSAID: Duration = Duration::from_secs(5);
/// The longest window of a limit; those of <https://bybit-exchange.github.io/docs/v5/rate-limit> have seconds.
const WINDOW: Duration = Duration::from_secs(60);
/// The firewall opens again after ten minutes.
const BAN: Duration = Duration::from_secs(600);

/// Linear and inverse contracts.
#[derive(Debug)]
pub struct Contracts;

/// Spot.
#[derive(Debug)]
pub struct Spot;

/// Options.
#[derive(Debug)]
pub struct Options;

/// What all products have in common.
macro_rules! common {
    ($venue:expr) => {
        const VENUE: VenueId = $venue;
        const PING: Option<(&'static str, Duration)> = PING;
        const PACE: Duration = PACE;
        const TOPICS: usize = TOPICS;
        const RESYNC: Resync = Resync::Resubscribe;
        /// All products together: <https://bybit-exchange.github.io/docs/v5/rate-limit>
        const LIMIT: Limit = Limit { weight: 600, window: Duration::from_secs(5) };
        /// All products together: <https://bybit-exchange.github.io/docs/v5/ws/connect>
        const CONNECTIONS: Limit = Limit { weight: 500, window: Duration::from_secs(300) };

        fn endpoints(settings: &Settings) -> &Endpoints {
            &settings.bybit
        }

        fn subscription(topics: &[String], ends: bool, _id: u64) -> String {
            let op = if ends { "unsubscribe" } else { "subscribe" };
            serde_json::json!({"op": op, "args": topics}).to_string()
        }

        fn answer(text: &str) -> Option<Answer> {
            answer(text)
        }

        fn topic(text: &str) -> Option<&str> {
            topic(text)
        }

        fn rhythm(topic: &str) -> Rhythm {
            match topic.split_once('.') {
                Some(("allLiquidation", _)) => Rhythm::Rare,
                // Options are traded once in a while.
                Some(("publicTrade", _)) if $venue == OPTIONS => Rhythm::Rare,
                Some(("publicTrade" | "kline", _)) => Rhythm::Trades,
                _ => Rhythm::Steady,
            }
        }

        fn instrument(symbol: &Symbol, body: &str) -> Option<String> {
            instrument(symbol, body)
        }

        fn server_time(body: &str) -> Option<Timestamp> {
            server_time(body)
        }

        fn cursor(body: &str) -> Option<String> {
            cursor(body)
        }

        fn weight(_request: &Request<'_>) -> u32 {
            1
        }

        fn check(
            status: StatusCode,
            headers: &HeaderMap,
            body: &str,
            symbol: Option<&Symbol>,
            now: Duration,
        ) -> Result<(), ExchangeError> {
            check($venue.as_str(), status, headers, body, symbol, now)
        }

        fn pause(headers: &HeaderMap, now: Duration) -> Option<Duration> {
            pause(headers, now)
        }
    };
}

impl Protocol for Contracts {
    common!(VENUE);

    fn plans(symbols: &[Symbol]) -> Vec<Plan> {
        let kinds = ["publicTrade.", "orderbook.50.", "orderbook.1.", "kline.1.", "tickers.", "allLiquidation."];
        let (inverse, linear): (Vec<_>, Vec<_>) = symbols.iter().cloned().partition(is_inverse);
        let mut all = plans("/v5/public/linear", &linear, &kinds);
        all.extend(plans("/v5/public/inverse", &inverse, &kinds));
        all
    }

    fn book_topic(symbol: &Symbol) -> String {
        format!("orderbook.50.{symbol}")
    }

    fn trade_topic(symbol: &Symbol) -> String {
        format!("publicTrade.{symbol}")
    }

    fn path(request: &Request<'_>) -> Option<String> {
        let category = match request {
            Request::Instruments { list, .. } => list,
            _ if request.symbol().is_some_and(is_inverse) => "inverse",
            _ => "linear",
        };
        path(category, 500, request)
    }

    fn lists(_symbols: &[Symbol]) -> Vec<String> {
        ["linear", "inverse"].map(str::to_owned).to_vec()
    }
}

impl Protocol for Spot {
    common!(SPOT);

    fn plans(symbols: &[Symbol]) -> Vec<Plan> {
        plans("/v5/public/spot", symbols, &["publicTrade.", "orderbook.50.", "orderbook.1.", "kline.1.", "tickers."])
    }

    fn book_topic(symbol: &Symbol) -> String {
        format!("orderbook.50.{symbol}")
    }

    fn trade_topic(symbol: &Symbol) -> String {
        format!("publicTrade.{symbol}")
    }

    fn path(request: &Request<'_>) -> Option<String> {
        path("spot", 200, request)
    }
}

impl Protocol for Options {
    common!(OPTIONS);

    /// Trades come by what the options are about, and through one connection.
    fn plans(symbols: &[Symbol]) -> Vec<Plan> {
        let (mut plans, mut told) =
            (plans("/v5/public/option", symbols, &["orderbook.25.", "tickers."]), BTreeSet::new());
        for plan in &mut plans {
            let bases: BTreeSet<&str> = symbols
                .iter()
                .filter(|symbol| plan.books.contains(symbol))
                .map(base)
                .filter(|base| told.insert(*base))
                .collect();
            plan.trades = symbols.iter().filter(|symbol| bases.contains(base(symbol))).cloned().collect();
            plan.topics.extend(bases.iter().map(|base| format!("publicTrade.{base}")));
        }
        plans
    }

    /// Without a coin, the venue lists the options on bitcoin only.
    fn lists(symbols: &[Symbol]) -> Vec<String> {
        let coins: BTreeSet<&str> = ["BTC", "ETH", "SOL"].into_iter().chain(symbols.iter().map(base)).collect();
        coins.into_iter().map(str::to_owned).collect()
    }

    fn book_topic(symbol: &Symbol) -> String {
        format!("orderbook.25.{symbol}")
    }

    fn trade_topic(symbol: &Symbol) -> String {
        format!("publicTrade.{}", base(symbol))
    }

    fn path(request: &Request<'_>) -> Option<String> {
        match request {
            Request::Candles(..) => None,
            _ => path("option", 25, request),
        }
    }
}

fn is_inverse(symbol: &Symbol) -> bool {
    InstrumentId::new(VENUE, symbol.clone()).is_inverse()
}

/// What an option is about: `BTC` of `BTC-26JUN26-100000-C-USDT`.
fn base(option: &Symbol) -> &str {
    option.as_str().split('-').next().unwrap_or_default()
}

fn plans(path: &'static str, symbols: &[Symbol], kinds: &[&str]) -> Vec<Plan> {
    Plan::all(path, symbols, kinds, STREAMS, |symbol, kind| format!("{kind}{symbol}"))
}

fn answer(text: &str) -> Option<Answer> {
    #[derive(Deserialize)]
    #[serde(remote = "Self")]
    struct Reply {
        topic: Option<serde::de::IgnoredAny>,
        success: Option<bool>,
        ret_msg: Option<String>,
        op: Option<String>,
        data: Option<Topics>,
    }
    by_name!(Reply);
    /// Of options.
    #[derive(Deserialize)]
    #[serde(remote = "Self")]
    struct Topics {
        #[serde(rename = "failTopics", default)]
        failed: Vec<String>,
    }
    by_name!(Topics);
    if text.starts_with(r#"{"topic""#) {
        return None;
    }
    let reply: Reply = serde_json::from_str(text).ok()?;
    if reply.topic.is_some() {
        return None;
    }
    if reply.op.as_deref() == Some("pong") || reply.ret_msg.as_deref() == Some("pong") {
        return Some(Answer::Alive);
    }
    // What is subscribed to needs no second time.
    let is_there = reply.ret_msg.as_deref().is_some_and(|reason| reason.contains("already subscribed"));
    let failed = reply.data.map(|data| data.failed).unwrap_or_default();
    match reply.success {
        Some(true) if failed.is_empty() => Some(Answer::Accepted),
        Some(_) if is_there => Some(Answer::Accepted),
        Some(_) => {
            let reason = reply.ret_msg.filter(|reason| !reason.is_empty()).unwrap_or_else(|| failed.join(", "));
            Some(Answer::Refused(reason))
        }
        None => None,
    }
}

/// `{"topic":"..",..}`
fn topic(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once(r#""topic":""#)?;
    rest.split_once('"').map(|(topic, _)| topic)
}

/// The body as it is, if it lists that symbol.
fn instrument(symbol: &Symbol, body: &str) -> Option<String> {
    #[derive(Deserialize)]
    #[serde(remote = "Self")]
    struct Body<'a> {
        #[serde(borrow)]
        result: List<'a>,
    }
    by_name!(Body<'a>);
    #[derive(Deserialize)]
    #[serde(remote = "Self")]
    struct List<'a> {
        #[serde(borrow)]
        list: Vec<Named<'a>>,
    }
    by_name!(List<'a>);
    #[derive(Deserialize)]
    #[serde(remote = "Self")]
    struct Named<'a> {
        #[serde(borrow)]
        symbol: Cow<'a, str>,
    }
    by_name!(Named<'a>);
    let said: Body<'_> = serde_json::from_str(body).ok()?;
    said.result.list.iter().any(|named| named.symbol == symbol.as_str()).then(|| body.trim().to_owned())
}

/// `{"result":{"timeSecond":"..","timeNano":".."},..}`
fn server_time(body: &str) -> Option<Timestamp> {
    #[derive(Deserialize)]
    #[serde(remote = "Self")]
    struct Body<'a> {
        #[serde(borrow)]
        result: Time<'a>,
    }
    by_name!(Body<'a>);
    #[derive(Deserialize)]
    #[serde(remote = "Self")]
    struct Time<'a> {
        #[serde(rename = "timeNano")]
        nanos: &'a str,
    }
    by_name!(Time<'a>);
    let said: Body<'_> = serde_json::from_str(body).ok()?;
    read_whole(said.result.nanos).map(Timestamp::from_nanos)
}

fn path(category: &str, depth: usize, request: &Request<'_>) -> Option<String> {
    let base = "/v5/market";
    Some(match request {
        Request::Time => format!("{base}/time"),
        Request::Instruments { list, cursor } => {
            let cursor = cursor.map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
            let coin = if category == "option" { format!("&baseCoin={list}") } else { String::new() };
            // Spot has no pages.
            let limit = if category == "spot" { "" } else { "&limit=1000" };
            format!("{base}/instruments-info?category={category}{coin}{limit}{cursor}")
        }
        Request::Instrument(symbol) => {
            format!("{base}/instruments-info?category={category}&symbol={}", encoded(symbol))
        }
        Request::Book(symbol) => {
            format!("{base}/orderbook?category={category}&symbol={}&limit={depth}", encoded(symbol))
        }
        Request::Ticker(symbol) => format!("{base}/tickers?category={category}&symbol={}", encoded(symbol)),
        Request::Trades(symbol, limit) => {
            let most = if category == "spot" { 60 } else { 1_000 };
            let limit = (*limit).clamp(1, most);
            format!("{base}/recent-trade?category={category}&symbol={}&limit={limit}", encoded(symbol))
        }
        Request::Candles(symbol, interval, since, limit) => format!(
            "{base}/kline?category={category}&symbol={}&interval={}&start={}&limit={}",
            encoded(symbol),
            self::interval(*interval)?,
            since.as_millis(),
            (*limit).clamp(1, 1_000)
        ),
    })
}

/// The name of a length of candles: minutes, or a letter.
fn interval(length: Duration) -> Option<&'static str> {
    Some(match length.as_secs() {
        60 => "1",
        180 => "3",
        300 => "5",
        900 => "15",
        1_800 => "30",
        3_600 => "60",
        7_200 => "120",
        14_400 => "240",
        21_600 => "360",
        43_200 => "720",
        86_400 => "D",
        604_800 => "W",
        _ => return None,
    })
}

fn cursor(body: &str) -> Option<String> {
    #[derive(Deserialize)]
    #[serde(remote = "Self")]
    struct Outer {
        result: Option<Inner>,
    }
    by_name!(Outer);
    #[derive(Deserialize)]
    #[serde(remote = "Self")]
    struct Inner {
        #[serde(rename = "nextPageCursor")]
        next: Option<String>,
    }
    by_name!(Inner);
    let outer: Outer = serde_json::from_str(body).ok()?;
    outer.result?.next.filter(|next| !next.is_empty())
}

/// The errors of <https://bybit-exchange.github.io/docs/v5/error>
fn check(
    exchange: &'static str,
    status: StatusCode,
    headers: &HeaderMap,
    body: &str,
    symbol: Option<&Symbol>,
    now: Duration,
) -> Result<(), ExchangeError> {
    #[derive(Deserialize)]
    #[serde(remote = "Self", rename_all = "camelCase")]
    struct Reply {
        ret_code: i64,
        ret_msg: String,
    }
    by_name!(Reply);
    let reply: Option<Reply> = serde_json::from_str(body).ok();
    let code = reply.as_ref().map(|reply| reply.ret_code);
    let reason = reply.map_or_else(|| format!("status {}", status.as_u16()), |reply| reply.ret_msg);
    if status.is_success() && code == Some(0) {
        return Ok(());
    }
    // The firewall in front of the venue answers in HTML.
    let is_of_region = body.contains("country") || body.contains("region");
    Err(match (status.as_u16(), code) {
        (403, None) if is_of_region => {
            let reason = format!("status 403, for our region: {}", shorten(body));
            ExchangeError::Forbidden { exchange, reason }
        }
        (403, _) if is_of_region => ExchangeError::Forbidden { exchange, reason },
        (451, _) => ExchangeError::Forbidden { exchange, reason },
        (403, _) => ExchangeError::Banned { exchange, retry_after: BAN },
        (429, _) | (_, Some(10_006 | 10_018)) => {
            ExchangeError::RateLimited { exchange, retry_after: until_reset(headers, now).unwrap_or(UNSAID) }
        }
        (503, _) => ExchangeError::Maintenance { exchange, reason },
        (500.., _) | (_, Some(10_016 | 10_000 | 10_019)) => ExchangeError::Unavailable { exchange, reason },
        (_, Some(code @ 10_001)) => {
            let symbol = symbol.filter(|_| reason.to_lowercase().contains("symbol"));
            unknown_symbol(exchange, symbol, code, reason)
        }
        (_, Some(code)) => ExchangeError::Refused { exchange, code, reason },
        (_, None) => ExchangeError::Unavailable { exchange, reason },
    })
}

/// Until the limit begins again, where the headers say when; `now` is by the clock of the venue, as the header is. No limit
/// lasts longer than a [`WINDOW`]: where the headers contradict each other, one of them is wrong.
fn until_reset(headers: &HeaderMap, now: Duration) -> Option<Duration> {
    let reset: u64 = headers.get("x-bapi-limit-reset-timestamp")?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_millis(reset).saturating_sub(now).clamp(Duration::from_millis(1), WINDOW))
}

/// Until the limit begins again, when nothing is left of it.
fn pause(headers: &HeaderMap, now: Duration) -> Option<Duration> {
    let left: u64 = headers.get("x-bapi-limit-status")?.to_str().ok()?.parse().ok()?;
    (left == 0).then(|| until_reset(headers, now).unwrap_or(Duration::from_secs(1)))
}
