//! The frames that Binance USD-M has sent in October 2026, field by field against what is written in them.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use trading_services::venues::Inspection;

use crate::truths::{Row, as_sent, data, number, print};

/// A contract that does not end is delivered on that day.
const NEVER: u64 = 4_133_404_800_000;

/// What is read of each frame.
pub(crate) fn frames() -> Option<BTreeMap<String, (Vec<Value>, Row)>> {
    let folder = data("frames/polyoxide-binance")?;
    let mut rows = BTreeMap::new();
    for part in ["rest", "ws"] {
        for file in std::fs::read_dir(folder.join(part)).unwrap() {
            let file = file.unwrap().path();
            let text = std::fs::read_to_string(&file).unwrap();
            let message: Value = serde_json::from_str(&text).unwrap();
            let symbol = Some("BTCUSDT".parse().unwrap());
            let said = Inspection::of("binance-futures", symbol).unwrap().line(&as_sent(&text));
            let name = format!("{part}/{}", file.file_name().unwrap().to_str().unwrap());
            let row = compared(&said, &message);
            rows.insert(name, (said, row));
        }
    }
    Some(rows)
}

/// Compares every field that was read with the field of the message that it is of.
fn compared(said: &[Value], message: &Value) -> Row {
    let data = message.get("data").or_else(|| message.get("symbols")).unwrap_or(message);
    let (mut row, mut said) = (Row::default(), said.iter());
    for raw in data.as_array().map_or_else(|| vec![data], |list| list.iter().collect()) {
        let first = said.next().unwrap_or_else(|| panic!("nothing was read of {raw}"));
        compare(&mut row, first, raw);
        // It has the rate, too.
        if first["type"] == "mark" {
            compare(&mut row, said.next().unwrap(), raw);
        }
    }
    assert_eq!(said.next(), None, "{message}");
    row
}

fn compare(row: &mut Row, said: &Value, raw: &Value) {
    let kind = said["type"].as_str().unwrap();
    if kind == "ignored" {
        row.unverified += 1;
        return;
    }
    let mut expected = written(kind, raw);
    expected.insert("instrument", symbol(raw));
    for (name, ours) in said.as_object().unwrap().iter().filter(|(name, _)| *name != "type") {
        let theirs = expected.remove(name.as_str()).unwrap_or_else(|| panic!("`{name}` of {said} has no truth"));
        compare_values(row, ours, &theirs, &format!("`{name}` of {raw}"));
    }
    assert!(expected.is_empty(), "{expected:?} is not in {said}");
}

fn compare_values(row: &mut Row, ours: &Value, theirs: &Value, what: &str) {
    match (ours, theirs) {
        (Value::Array(ours), Value::Array(theirs)) => {
            assert_eq!(ours.len(), theirs.len(), "{what}");
            ours.iter().zip(theirs).for_each(|(ours, theirs)| compare_values(row, ours, theirs, what));
        }
        (Value::String(_), theirs) if number(ours).is_some() => row.compare(ours, theirs, what),
        (ours, theirs) => row.same(ours, theirs, what),
    }
}

fn symbol(raw: &Value) -> Value {
    // Bodies about one symbol do not name it.
    let name = ["s", "symbol"].iter().find_map(|name| raw[*name].as_str()).unwrap_or("BTCUSDT");
    format!("binance-futures:{name}").into()
}

/// What a row of a frame says, by the venue's documentation.
fn written(kind: &str, raw: &Value) -> BTreeMap<&'static str, Value> {
    // Streams have short names, and bodies long ones.
    let of = |names: &[&str]| names.iter().map(|name| &raw[*name]).find(|value| !value.is_null()).cloned();
    let value = |names: &[&str]| of(names).unwrap_or_default();
    let nanos = |names: &[&str]| of(names).map_or(Value::Null, |millis| json!(millis.as_u64().unwrap() * 1_000_000));
    BTreeMap::from_iter(match kind {
        "trade" => vec![
            ("price", value(&["p"])),
            ("quantity", value(&["q"])),
            ("side", if raw["m"] == true { "sell" } else { "buy" }.into()),
            ("time_ns", nanos(&["T"])),
            ("id", value(&["a"])),
            ("aggregated", true.into()),
        ],
        "book" => vec![
            ("snapshot", true.into()),
            ("bids", value(&["b", "bids"])),
            ("asks", value(&["a", "asks"])),
            ("time_ns", if raw["e"].is_null() { nanos(&["T"]) } else { nanos(&["E"]) }),
            ("last_update_id", value(&["u", "lastUpdateId"])),
        ],
        "top" => vec![
            ("bid", json!([raw["b"], raw["B"]])),
            ("ask", json!([raw["a"], raw["A"]])),
            ("time_ns", nanos(&["E"])),
            ("update_id", value(&["u"])),
        ],
        "candle" => candle(raw),
        "ticker" => vec![
            ("last", value(&["c", "lastPrice"])),
            ("open", value(&["o", "openPrice"])),
            ("high", value(&["h", "highPrice"])),
            ("low", value(&["l", "lowPrice"])),
            ("volume", value(&["v", "volume"])),
            ("turnover", value(&["q", "quoteVolume"])),
            ("change_percent", value(&["P", "priceChangePercent"])),
            ("open_interest", value(&["openInterest"])),
            ("time_ns", nanos(&["E", "closeTime", "time"])),
            ("bid", Value::Null),
            ("ask", Value::Null),
            ("mark", Value::Null),
            ("index", Value::Null),
            ("funding_rate", Value::Null),
            ("next_funding_ns", Value::Null),
        ],
        "mark" => vec![
            ("price", value(&["p", "markPrice"])),
            ("index", value(&["i", "indexPrice"])),
            ("time_ns", nanos(&["E", "time"])),
        ],
        "funding" => vec![
            ("rate", value(&["r", "lastFundingRate", "fundingRate"])),
            ("next_ns", nanos(&["T", "nextFundingTime"])),
            ("time_ns", nanos(&["E", "time", "fundingTime"])),
        ],
        "instrument" => instrument(raw),
        other => panic!("{other} of {raw}"),
    })
}

/// A body has lists of twelve values, and a stream an object.
fn candle(raw: &Value) -> Vec<(&'static str, Value)> {
    let (is_body, k) = (raw.is_array(), &raw["k"]);
    let value = |index: usize, name: &str| if is_body { raw[index].clone() } else { k[name].clone() };
    let nanos = |millis: &Value| millis.as_u64().unwrap() * 1_000_000;
    let (begin, last) = (nanos(&value(0, "t")), nanos(&value(6, "T")));
    vec![
        ("open_time_ns", begin.into()),
        ("interval_ns", (last + 1_000_000 - begin).into()),
        ("open", value(1, "o")),
        ("high", value(2, "h")),
        ("low", value(3, "l")),
        ("close", value(4, "c")),
        ("volume", value(5, "v")),
        ("closed", if is_body { false.into() } else { k["x"].clone() }),
        ("time_ns", if is_body { Value::Null } else { nanos(&raw["E"]).into() }),
    ]
}

fn instrument(raw: &Value) -> Vec<(&'static str, Value)> {
    let filter = |kind: &str, name: &str| -> Value {
        let filters = raw["filters"].as_array().unwrap();
        filters
            .iter()
            .find(|filter| filter["filterType"] == kind)
            .map(|filter| filter[name].clone())
            .unwrap_or_default()
    };
    let date = raw["deliveryDate"].as_u64().filter(|date| *date != NEVER);
    vec![
        ("kind", if raw["symbol"].as_str().unwrap().contains('_') { "future" } else { "perpetual" }.into()),
        ("status", if raw["status"] == "TRADING" { "trading" } else { "halted" }.into()),
        ("base", raw["baseAsset"].clone()),
        ("quote", raw["quoteAsset"].clone()),
        ("tick_size", filter("PRICE_FILTER", "tickSize")),
        ("lot_size", filter("LOT_SIZE", "stepSize")),
        ("min_quantity", filter("LOT_SIZE", "minQty")),
        ("min_notional", filter("MIN_NOTIONAL", "notional")),
        ("contract_size", 1.into()),
        ("expiry_ns", json!(date.map(|date| date * 1_000_000))),
        ("strike", Value::Null),
    ]
}

#[test]
fn frames_of_october_2026_are_read_field_by_field_as_they_are_written() {
    let Some(rows) = frames() else { return };
    let kinds = |name: &str| -> Vec<&str> { rows[name].0.iter().map(|said| said["type"].as_str().unwrap()).collect() };
    for (file, expected) in [
        ("rest/agg_trades.json", &["trade"; 3][..]),
        ("rest/depth.json", &["book"]),
        ("rest/exchange_info.json", &["instrument"; 5]),
        ("rest/funding_info.json", &["ignored"; 3]),
        ("rest/funding_rate.json", &["funding"; 3]),
        ("rest/funding_rate_2019.json", &["funding"; 2]),
        ("rest/klines.json", &["candle"; 2]),
        ("rest/open_interest.json", &["ticker"]),
        ("rest/premium_index.json", &["mark", "funding", "mark", "funding", "mark", "funding"]),
        ("rest/ticker_24hr.json", &["ticker"; 3]),
        ("rest/time.json", &["ignored"]),
        ("ws/stream_all_markPrice_arr_1s.json", &["mark", "funding", "ignored"]),
        ("ws/stream_all_ticker_arr.json", &["ticker", "ignored"]),
        ("ws/stream_btcusdt_aggTrade.json", &["trade"]),
        ("ws/stream_btcusdt_bookTicker.json", &["top"]),
        ("ws/stream_btcusdt_depth20_100ms.json", &["book"]),
        ("ws/stream_btcusdt_kline_1m.json", &["candle"]),
        ("ws/stream_btcusdt_markPrice_1s.json", &["mark", "funding"]),
        ("ws/stream_btcusdt_ticker.json", &["ticker"]),
    ] {
        assert_eq!(kinds(file), expected, "{file}");
    }
    assert_eq!(rows.len(), 19, "every file is expected to be something");
    let of_coin_m = &rows["ws/stream_all_ticker_arr.json"].0[1]["reason"];
    assert!(of_coin_m.as_str().unwrap().contains("COIN-M"), "{of_coin_m}");
    assert_eq!(rows["rest/exchange_info.json"].0[2]["instrument"], "binance-futures:币安人生USDT");
    assert_eq!(rows["rest/exchange_info.json"].0[3]["status"], "halted");
    assert_eq!(rows["rest/exchange_info.json"].0[4]["kind"], "future");
    print(&rows.into_iter().map(|(name, (_, row))| (name, row)).collect());
}
