//! The addresses of requests, beside those that another library asks for.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;
use trading_services::model::{Symbol, Timestamp};
use trading_services::venues::live::{Protocol, Request};
use trading_services::venues::{binance, bybit};

use crate::truths::read;

/// Path and parameters of an address, without its host.
fn parts(address: &str) -> (String, BTreeMap<String, String>) {
    let rest =
        address.split_once("://").map_or(address, |(_, rest)| rest.split_once('/').map_or(rest, |(_, path)| path));
    let rest = rest.trim_start_matches('/');
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    (path.to_owned(), pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
}

/// The length that a name means: `15m`; months have none.
fn length(name: &str) -> Option<Duration> {
    let (count, unit) = name.split_at(name.len() - 1);
    let seconds = match unit {
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        "w" => 604_800,
        _ => return None,
    };
    Some(Duration::from_secs(count.parse::<u64>().unwrap() * seconds))
}

/// What we would ask for, by the product that the address is of.
fn ours(address: &str, request: &Request<'_>) -> Option<String> {
    if address.contains("category=spot") {
        bybit::Spot::path(request)
    } else if address.contains("api.bybit.com") {
        bybit::Contracts::path(request)
    } else if address.contains("fapi.binance.com") {
        binance::UsdM::path(request)
    } else {
        binance::Spot::path(request)
    }
}

#[test]
fn addresses_are_those_of_another_library() {
    let Some(requests) = read("captures/requests.json") else { return };
    let requests: Value = serde_json::from_str(&requests).unwrap();
    let mut compared = 0;
    for case in requests["cases"].as_array().unwrap() {
        let address = case["http"][0]["url"].as_str().unwrap_or_default();
        let is_ours =
            ["api.bybit.com", "//api.binance.com", "fapi.binance.com"].iter().any(|host| address.contains(host));
        if !is_ours {
            continue;
        }
        let (path, mut expected) = parts(address);
        let symbol: Symbol = expected.get("symbol").map_or("BTCUSDT", String::as_str).parse().unwrap();
        let since = case["args"][2].as_u64().unwrap_or(1_000);
        let request = match case["method"].as_str().unwrap() {
            "fetch_time" => Request::Time,
            "fetch_ticker" => Request::Ticker(&symbol),
            "fetch_order_book" => Request::Book(&symbol),
            // Of Binance the other library takes the sums; we take the single trades.
            "fetch_trades" if address.contains("bybit") => Request::Trades(&symbol, 5),
            "fetch_ohlcv" => {
                let Some(length) = length(case["args"][1].as_str().unwrap()) else { continue };
                let limit = expected["limit"].parse().unwrap();
                Request::Candles(&symbol, length, Timestamp::from_millis(since).unwrap(), limit)
            }
            _ => continue,
        };
        let Some(asked) = ours(address, &request) else { continue };
        let (our_path, mut asked) = parts(&asked);
        // We always say from when on, and how many levels and trades.
        for name in ["start", "startTime", "limit"] {
            if !expected.contains_key(name) || (name == "limit" && path.ends_with(['h', 'k'])) {
                asked.remove(name);
                expected.remove(name);
            }
        }
        assert_eq!((our_path, asked), (path, expected), "{address}");
        compared += 1;
    }
    assert!(compared > 60, "{compared}");
}
