//! Recorded messages of Binance and Bybit, against what other libraries have made of them.
//!
//! The test prints a table of all files: how many values were compared, how many are equal, and how many messages have no
//! truth to compare with. The numbers are part of the test.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;

use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use trading_services::data::{Markets, Settings};
use trading_services::model::{EventKind, MarketEvent, Timestamp};
use trading_services::venues::{Inspection, MessageReader};

/// The recorded data, or `None` with a clear word when they are not there.
pub(crate) fn data(name: &str) -> Option<PathBuf> {
    let default = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    let path = std::env::var_os("TRADING_DATA").map_or_else(default, PathBuf::from).join(name);
    if path.exists() {
        return Some(path);
    }
    // Not `println!`: the test harness would hide it.
    let mut terminal = std::io::stderr();
    writeln!(terminal, "skipped: recorded data are missing at {}; set TRADING_DATA", path.display()).unwrap();
    None
}

pub(crate) fn read(name: &str) -> Option<String> {
    data(name).map(|path| std::fs::read_to_string(path).unwrap())
}

/// What was compared of a file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) checked: usize,
    pub(crate) equal: usize,
    pub(crate) unverified: usize,
}

impl std::iter::Sum for Row {
    fn sum<I: Iterator<Item = Self>>(rows: I) -> Self {
        rows.fold(Self::default(), |all, row| Self {
            checked: all.checked + row.checked,
            equal: all.equal + row.equal,
            unverified: all.unverified + row.unverified,
        })
    }
}

impl Row {
    /// Compares a number of ours, a text, with a number of the truth.
    pub(crate) fn compare(&mut self, ours: &Value, truth: &Value, what: &str) {
        self.checked += 1;
        let (read, expected) = (number(ours), number(truth));
        let is_long = read.is_some_and(|read| read.normalize().mantissa().unsigned_abs() >= 10_u128.pow(15));
        // The other library has a double, and has rounded to it what has more than its fifteen digits.
        let is_equal = read == expected || (is_long && truth.is_f64() && read.map(rounded) == expected.map(rounded));
        assert!(read.is_some() && is_equal, "{what}: expected {truth}, read {ours}");
        self.equal += 1;
    }

    pub(crate) fn same(&mut self, ours: &Value, truth: &Value, what: &str) {
        self.checked += 1;
        assert_eq!(ours, truth, "{what}");
        self.equal += 1;
    }
}

/// As it is written: no digit is lost on the way.
pub(crate) fn number(value: &Value) -> Option<Decimal> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    text.parse().or_else(|_| Decimal::from_scientific(&text)).ok()
}

fn rounded(number: Decimal) -> f64 {
    number.to_string().parse().unwrap()
}

/// Prints the table, a row per file.
pub(crate) fn print(rows: &BTreeMap<String, Row>) {
    let mut out = std::io::stderr();
    writeln!(out, "{:<58} {:>8} {:>8} {:>10}", "file", "checked", "equal", "unverified").unwrap();
    for (file, Row { checked, equal, unverified }) in rows {
        writeln!(out, "{file:<58} {checked:>8} {equal:>8} {unverified:>10}").unwrap();
    }
}

fn nanos(time: &Value) -> u64 {
    time.as_str().unwrap().parse::<Timestamp>().unwrap().as_nanos()
}

fn levels(row: &mut Row, ours: &Value, truth: &Value) {
    let (ours, truth) = (ours.as_array().unwrap(), truth.as_array().unwrap());
    assert_eq!(ours.len(), truth.len());
    for (ours, truth) in ours.iter().zip(truth) {
        row.compare(&ours[0], &truth["price"], "a price");
        row.compare(&ours[1], &truth["amount"], "a quantity");
    }
}

/// Compares what one message was read as with what the mapper of the pairs made of it. Tickers of derivatives gather what
/// earlier messages said: `state` does, too.
fn pair(row: &mut Row, said: &[Value], truth: &Value, state: &mut BTreeMap<String, Value>) {
    let expected = truth.as_array().unwrap();
    for said in said {
        for key in ["last", "mark", "index", "funding_rate", "next_funding_ns", "open_interest", "rate", "next_ns"] {
            let name = match key {
                "rate" => "funding_rate",
                "next_ns" => "next_funding_ns",
                other => other,
            };
            if !said[key].is_null() {
                state.insert(format!("{}{name}", said["instrument"]), said[key].clone());
            }
        }
        let price = |key: &str| format!("{}{key}", said["instrument"]);
        match said["type"].as_str().unwrap() {
            // The mapper takes the last price from aggregated trades only.
            "trade" if said["aggregated"] == true => drop(state.insert(price("last"), said["price"].clone())),
            "mark" => drop(state.insert(price("mark"), said["price"].clone())),
            _ => {}
        }
    }
    if expected.is_empty() {
        // The mapper says nothing of answers, of trades without a market, and of much that we read all the same.
        row.unverified += 1;
        return;
    }
    let kinds: Vec<_> = said.iter().map(|said| said["type"].as_str().unwrap()).collect();
    if kinds == ["ignored"] {
        row.unverified += 1;
        return;
    }
    let singles = expected.len() == said.len();
    for (index, truth) in expected.iter().enumerate() {
        let ours = &said[if singles { index } else { 0 }];
        let symbol = ours["instrument"].as_str().unwrap().split_once(':').unwrap();
        assert_eq!((Some(symbol.0), Some(symbol.1)), (truth["exchange"].as_str(), truth["symbol"].as_str()));
        row.checked += 1;
        row.equal += 1;
        match truth["type"].as_str().unwrap() {
            "trade" => {
                row.compare(&ours["price"], &truth["price"], "price");
                row.compare(&ours["quantity"], &truth["amount"], "quantity");
                row.same(&ours["side"], &truth["side"], "side");
                row.same(&ours["id"], &truth["id"], "id");
                row.same(&ours["time_ns"], &nanos(&truth["timestamp"]).into(), "time");
            }
            "book_change" => {
                row.same(&ours["snapshot"], &truth["isSnapshot"], "snapshot");
                if !ours["time_ns"].is_null() {
                    row.same(&ours["time_ns"], &nanos(&truth["timestamp"]).into(), "time");
                }
                levels(row, &ours["bids"], &truth["bids"]);
                levels(row, &ours["asks"], &truth["asks"]);
            }
            "book_ticker" => {
                for (side, price, amount) in [("bid", "bidPrice", "bidAmount"), ("ask", "askPrice", "askAmount")] {
                    let Some(ours) = ours.get(side) else {
                        // The other side of a change of depth 1 was in a message that the file has not.
                        row.unverified += 1;
                        continue;
                    };
                    row.compare(&ours[0], &truth[price], price);
                    row.compare(&ours[1], &truth[amount], amount);
                }
            }
            "derivative_ticker" => {
                for (key, name) in [
                    ("last", "lastPrice"),
                    ("mark", "markPrice"),
                    ("index", "indexPrice"),
                    ("funding_rate", "fundingRate"),
                    ("open_interest", "openInterest"),
                ] {
                    let known = state.get(&format!("{}{key}", ours["instrument"])).cloned().unwrap_or_default();
                    if truth[name].is_null() {
                        row.same(&known, &Value::Null, name);
                    } else {
                        row.compare(&known, &truth[name], name);
                    }
                }
                let next = state.get(&format!("{}next_funding_ns", ours["instrument"])).cloned().unwrap_or_default();
                let truth = &truth["fundingTimestamp"];
                row.same(&next, &if truth.is_null() { Value::Null } else { nanos(truth).into() }, "funding time");
            }
            "liquidation" => {
                row.compare(&ours["price"], &truth["price"], "price");
                row.compare(&ours["quantity"], &truth["amount"], "quantity");
                row.same(&ours["time_ns"], &nanos(&truth["timestamp"]).into(), "time");
                // The side of the order that closes the position.
                let side = if ours["liquidated"] == "long" { "sell" } else { "buy" };
                row.same(&side.into(), &truth["side"], "side");
            }
            "option_summary" => {
                row.same(&ours["right"], &truth["optionType"], "right");
                row.same(&ours["expiry_ns"], &nanos(&truth["expirationDate"]).into(), "expiry");
                for (ours, name) in [
                    (&ours["strike"], "strikePrice"),
                    (&ours["bid"][0], "bestBidPrice"),
                    (&ours["bid"][1], "bestBidAmount"),
                    (&ours["bid_iv"], "bestBidIV"),
                    (&ours["ask"][0], "bestAskPrice"),
                    (&ours["ask"][1], "bestAskAmount"),
                    (&ours["ask_iv"], "bestAskIV"),
                    (&ours["last"], "lastPrice"),
                    (&ours["open_interest"], "openInterest"),
                    (&ours["mark"], "markPrice"),
                    (&ours["mark_iv"], "markIV"),
                    (&ours["delta"], "delta"),
                    (&ours["gamma"], "gamma"),
                    (&ours["vega"], "vega"),
                    (&ours["theta"], "theta"),
                    (&ours["underlying"], "underlyingPrice"),
                ] {
                    row.compare(ours, &truth[name], name);
                }
            }
            other => panic!("a truth of the kind {other}"),
        }
    }
}

/// A line of a file of pairs. Messages are raw: in another order of their fields they are read in another way.
#[derive(Deserialize)]
struct Pair<'a> {
    #[serde(borrow)]
    message: &'a RawValue,
    expected: Value,
}

#[derive(Deserialize)]
struct Capture<'a> {
    #[serde(borrow)]
    http_response: &'a RawValue,
    parsed_response: Value,
}

/// A message as its venue has sent it, without the spaces and lines in which a file lays it out.
pub(crate) fn as_sent(text: &str) -> String {
    let (mut is_in_text, mut is_escaped) = (false, false);
    let is_kept = |character: &char| {
        let is_kept = is_in_text || !character.is_ascii_whitespace();
        match character {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = is_in_text,
            '"' => is_in_text = !is_in_text,
            _ => {}
        }
        is_kept
    };
    text.chars().filter(is_kept).collect()
}

#[test]
fn messages_are_read_in_the_order_in_which_they_were_sent() {
    let laid_out = "{ \"e\" : \"trade\",\n \"a\": \" x \\\" y \\\\\",\n\t\"T\": [1, 2] }";
    assert_eq!(as_sent(laid_out), r#"{"e":"trade","a":" x \" y \\","T":[1,2]}"#);
    let Some(pairs) = read("pairs/binance.jsonl") else { return };
    let Pair { message, .. } = serde_json::from_str(pairs.lines().next().unwrap()).unwrap();
    let begin = r#"{"stream":"bnbbtc@trade","data":{"e":"trade","E":1554076800945,"#;
    assert!(as_sent(message.get()).starts_with(begin), "{message}");
}

/// The message of a pair whose truth has levels of other messages: a snapshot with what was applied to it.
fn is_gathered(message: &Value, truth: &Value) -> bool {
    let amounts = |levels: &Value, key: Option<&str>| -> Vec<Option<Decimal>> {
        let amount = |level: &Value| number(&key.map_or_else(|| level[1].clone(), |key| level[key].clone()));
        levels.as_array().map(|levels| levels.iter().map(amount).collect()).unwrap_or_default()
    };
    message["generated"] == true
        && truth[0]["type"] == "book_change"
        && ["bids", "asks"]
            .iter()
            .any(|side| amounts(&message["data"][side], None) != amounts(&truth[0][side], Some("amount")))
}

/// The pairs, each compared with what its mapper has made of it.
pub(crate) fn pairs() -> Option<BTreeMap<String, Row>> {
    let mut rows = BTreeMap::new();
    for (file, venue) in [
        ("binance", "binance"),
        ("binance-futures", "binance-futures"),
        ("bybit", "bybit"),
        ("bybit-spot", "bybit-spot"),
        ("bybit-options", "bybit-options"),
    ] {
        let name = format!("pairs/{file}.jsonl");
        let pairs = read(&name)?;
        let (mut row, mut state) = (Row::default(), BTreeMap::new());
        let mut inspection = Inspection::of(venue, None).unwrap();
        for line in pairs.lines() {
            let Pair { message, expected } = serde_json::from_str(line).unwrap();
            let said = inspection.line(&as_sent(message.get()));
            assert!(!said.is_empty(), "{line}");
            if is_gathered(&serde_json::from_str(message.get()).unwrap(), &expected) {
                row.unverified += 1;
                continue;
            }
            pair(&mut row, &said, &expected, &mut state);
        }
        rows.insert(name, row);
    }
    Some(rows)
}

#[test]
fn the_pairs_are_read_as_their_mapper_reads_them() {
    let Some(rows) = pairs() else { return };
    print(&rows);
    let found: Vec<_> = rows.values().map(|row| (row.checked, row.equal, row.unverified)).collect();
    assert_eq!(found, PAIRS, "binance-futures, binance, bybit-options, bybit-spot, bybit in order of the names");
}

/// Values compared, equal, and messages without a truth. Of Bybit these are those of protocols before v5.
const PAIRS: [(usize, usize, usize); 5] = [(30, 30, 3), (21, 21, 2), (32, 32, 0), (18, 18, 4), (56, 56, 20)];

#[test]
fn a_trade_that_the_market_has_not_made_is_ignored_and_says_why() {
    let Some(pairs) = read("pairs/binance-futures.jsonl") else { return };
    let line = pairs.lines().find(|line| line.contains("INSURANCE_FUND")).unwrap();
    let Pair { message, .. } = serde_json::from_str(line).unwrap();
    let said = Inspection::of("binance-futures", None).unwrap().line(&as_sent(message.get()));
    assert_eq!(said.len(), 1);
    assert_eq!(said[0]["type"], "ignored");
    assert!(said[0]["reason"].as_str().unwrap().contains("INSURANCE_FUND"), "{said:?}");
}

/// The captured bodies, each compared with what another library has made of it.
pub(crate) fn bodies() -> Option<BTreeMap<String, Row>> {
    let mut rows = BTreeMap::new();
    for venue in ["binance", "bybit"] {
        for method in ["fetch_ticker_BTC_USDT", "fetch_ticker_ETH_USDT", "fetch_tickers_BTC_ETH"] {
            let (said, truth) = capture(venue, method)?;
            let mut row = Row::default();
            let truths: Vec<&Value> = if method.starts_with("fetch_tickers") {
                truth.as_object().unwrap().values().collect()
            } else {
                vec![&truth]
            };
            for truth in truths {
                let symbol = truth["symbol"].as_str().unwrap().replace('/', "");
                let is_it =
                    |said: &&Value| said["instrument"].as_str().is_some_and(|id| id.ends_with(&format!(":{symbol}")));
                let ours = said.iter().find(is_it).unwrap();
                for (ours, name) in [
                    (&ours["last"], "last"),
                    (&ours["high"], "high"),
                    (&ours["low"], "low"),
                    (&ours["open"], "open"),
                    (&ours["bid"][0], "bid"),
                    (&ours["bid"][1], "bidVolume"),
                    (&ours["ask"][0], "ask"),
                    (&ours["ask"][1], "askVolume"),
                    (&ours["change_percent"], "percentage"),
                    (&ours["volume"], "baseVolume"),
                    (&ours["turnover"], "quoteVolume"),
                ] {
                    row.compare(ours, &truth[name], name);
                }
            }
            rows.insert(format!("captures/{venue}/{method}.json"), row);
        }
        let (said, truth) = capture(venue, "fetch_order_book_BTC_USDT")?;
        let mut row = Row::default();
        for side in ["bids", "asks"] {
            let (ours, truth) = (said[0][side].as_array().unwrap(), truth[side].as_array().unwrap());
            assert_eq!(ours.len(), truth.len());
            for (ours, truth) in ours.iter().zip(truth) {
                row.compare(&ours[0], &truth[0], "price");
                row.compare(&ours[1], &truth[1], "quantity");
            }
        }
        rows.insert(format!("captures/{venue}/fetch_order_book_BTC_USDT.json"), row);
        let (mut said, truth) = capture(venue, "fetch_ohlcv_BTC_USDT")?;
        said.sort_by_key(|said| said["open_time_ns"].as_u64());
        let mut row = Row::default();
        for (ours, truth) in said.iter().zip(truth.as_array().unwrap()) {
            row.same(&(ours["open_time_ns"].as_u64().unwrap() / 1_000_000).into(), &truth[0], "open time");
            for (index, name) in ["open", "high", "low", "close", "volume"].into_iter().enumerate() {
                row.compare(&ours[name], &truth[index + 1], name);
            }
        }
        assert_eq!(said.len(), 3);
        rows.insert(format!("captures/{venue}/fetch_ohlcv_BTC_USDT.json"), row);
    }
    Some(rows)
}

#[test]
fn bodies_are_read_as_another_library_reads_them() {
    let Some(rows) = bodies() else { return };
    print(&rows);
    let total: usize = rows.values().map(|row| row.equal).sum();
    assert_eq!((rows.len(), total), (10, 2 * (11 + 11 + 22 + 20 + 18)));
}

#[test]
fn lists_of_instruments_are_read_whole() {
    // The truth beside them is of another request than the body.
    let Some((said, _)) = capture("bybit", "fetch_markets") else { return };
    assert!(said.len() == 350 && said.iter().all(|said| said["type"] == "instrument" && said["kind"] == "option"));
    assert!(said.iter().all(|said| !said["strike"].is_null() && !said["tick_size"].is_null()));
    let Some((said, _)) = capture("binance", "fetch_markets") else { return };
    assert!(said.len() == 1 && said[0]["reason"].as_str().unwrap().contains("COIN-M"), "{said:?}");
}

/// What a captured body is read as, and what another library made of it.
fn capture(venue: &str, method: &str) -> Option<(Vec<Value>, Value)> {
    let text = read(&format!("captures/{venue}/{method}.json"))?;
    let capture: Capture<'_> = serde_json::from_str(&text).unwrap();
    let symbol = Some("BTCUSDT".parse().unwrap());
    let said = Inspection::of(venue, symbol).unwrap().line(&as_sent(capture.http_response.get()));
    Some((said, capture.parsed_response))
}

#[test]
fn the_book_of_bybit_follows_its_nine_numbers() {
    let Some(frames) = read("frames/tickvault/bybit_orderbook.jsonl") else { return };
    let (mut reader, mut markets) = (MessageReader::of("bybit-spot").unwrap(), Markets::new(&Settings::default(), &[]));
    let mut last = None;
    for line in frames.lines() {
        reader.read(Timestamp::from_nanos(1_787_612_486_500_000_000), line, format_args!("here"), |event| {
            let _ = markets.ingest(&event);
            if let MarketEvent { kind: EventKind::Diff(diff), .. } = event {
                last = Some(diff.last_update_id);
            }
        });
    }
    let counters = markets.counters;
    assert_eq!((counters.snapshots, counters.diffs, counters.gaps, counters.rejected), (1, 8, 0, 0));
    let (_, book) = markets.books().next().unwrap();
    assert_eq!((book.last_update_id(), last), (Some(217_107_092), Some(217_107_092)));
    let best = |level: trading_services::model::Level| (level.price.to_string(), level.quantity.to_string());
    assert_eq!(book.top().bid.map(best), Some(("78715".to_owned(), "1.278364".to_owned())));
    assert_eq!(book.top().ask.map(best), Some(("78715.1".to_owned(), "0.0297".to_owned())));
    assert_eq!((book.bids().count(), book.asks().count()), (50, 50), "what leaves the depth is removed by the venue");
}

#[test]
fn an_older_protocol_of_bybit_is_passed_over_line_by_line_and_nothing_is_lost() {
    let Some(recording) = read("recordings/bybit-v2/BYBIT.ws.26.0") else { return };
    let mut inspection = Inspection::of("bybit", None).unwrap();
    let mut read = 0;
    for line in recording.lines().filter(|line| line.starts_with(|first: char| first.is_ascii_digit())) {
        let (_, message) = line.split_once(": ").unwrap();
        let said = inspection.line(message);
        assert!(said.len() == 1 && said[0]["type"] == "ignored", "{said:?}");
        read += 1;
    }
    assert!(read > 100, "{read}");
}
