//! Tests of reading raw messages.

use super::parse::Parser;
use super::{OPTIONS, Options, SPOT, Spot, VENUE};
use crate::model::{Rejection, VenueId};
use crate::venues::live::{Answer, Protocol};
use crate::venues::wire::{Message, Refused};

fn one(venue: VenueId, text: &str) -> Result<Message, Refused> {
    let mut found = Vec::new();
    Parser::new(venue).parse(text, &mut |message| found.push(message));
    assert_eq!(found.len(), 1, "{text}");
    found.remove(0)
}

fn message(topic: &str, kind: &str, data: &str) -> String {
    format!(r#"{{"topic":"{topic}","ts":1700000000000,"type":"{kind}","data":{data}}}"#)
}

#[test]
fn fields_have_names_and_a_list_of_their_values_is_refused() {
    let ticker = (r#"{"symbol":"BTCUSDT","price24hPcnt":"0.5"}"#, r#"["BTCUSDT","0.5"]"#);
    let option = (r#"{"symbol":"BTC-30OCT26-90000-C","bidPrice":"5"}"#, r#"["BTC-30OCT26-90000-C","5"]"#);
    let book = (r#"{"s":"BTCUSDT","b":[["1","1"]],"a":[],"u":7}"#, r#"["BTCUSDT",[["1","1"]],[],7]"#);
    let liquidation = (
        r#"[{"T":1700000000000,"s":"BTCUSDT","S":"Buy","v":"1","p":"2"}]"#,
        r#"[[1700000000000,"BTCUSDT","Buy","1","2"]]"#,
    );
    let trade = (
        r#"[{"T":1700000000000,"s":"BTCUSDT","S":"Buy","v":"1","p":"2","i":"7"}]"#,
        r#"[[1700000000000,"BTCUSDT","Buy","1","2","7"]]"#,
    );
    let candle = (
        r#"[{"start":1672324800000,"end":1672325099999,"open":"2","high":"2","low":"2","close":"2","volume":"1","confirm":true,"timestamp":1672325100000}]"#,
        r#"[[1672324800000,1672325099999,"2","2","2","2","1",true,1672325100000]]"#,
    );
    for (venue, topic, (named, listed)) in [
        (VENUE, "publicTrade.BTCUSDT", trade),
        (VENUE, "kline.5.BTCUSDT", candle),
        (VENUE, "tickers.BTCUSDT", ticker),
        (OPTIONS, "tickers.BTC-30OCT26-90000-C", option),
        (VENUE, "orderbook.50.BTCUSDT", book),
        (VENUE, "allLiquidation.BTCUSDT", liquidation),
    ] {
        let is_event = matches!(one(venue, &message(topic, "snapshot", named)), Ok(Message::Event(..)));
        assert!(is_event, "{topic}");
        let refused = one(venue, &message(topic, "snapshot", listed)).unwrap_err();
        assert_eq!(refused.why, Rejection::Unreadable, "{topic}");
        assert!(refused.detail.contains("sequence, expected an object with named fields"), "{}", refused.detail);
    }
}

#[test]
fn answers_have_names_and_lists_of_their_values_say_nothing() {
    let symbol = "BTCUSDT".parse().unwrap();
    let is_refused = |text: &str| matches!(Options::answer(text), Some(Answer::Refused(_)));
    assert!(is_refused(r#"{"success":false,"ret_msg":"no","op":"subscribe"}"#));
    assert!(!is_refused(r#"[null,false,"no","subscribe",null]"#));
    assert!(is_refused(r#"{"success":true,"data":{"failTopics":["x"]}}"#));
    assert!(!is_refused(r#"{"success":true,"data":[["x"]]}"#));
    for (named, listed) in [
        (r#"{"result":{"timeNano":"1688639403423213947"}}"#, r#"{"result":["1688639403423213947"]}"#),
        (r#"{"result":{"nextPageCursor":"next"}}"#, r#"{"result":["next"]}"#),
        (r#"{"result":{"list":[{"symbol":"BTCUSDT"}]}}"#, r#"{"result":{"list":[["BTCUSDT"]]}}"#),
        (r#"{"result":{"list":[{"symbol":"BTCUSDT"}]}}"#, r#"{"result":[[{"symbol":"BTCUSDT"}]]}"#),
    ] {
        let says = |body: &str| {
            let (time, next) = (Spot::server_time(body).is_some(), Spot::cursor(body).is_some());
            time || next || Spot::instrument(&symbol, body).is_some()
        };
        assert!(says(named) && !says(listed), "{listed}");
    }
}

#[test]
fn what_is_wrong_with_a_message_that_has_escapes_is_where_it_says() {
    let wrong = r#""not a time""#;
    let text = r#"{"topic":"publicTrade.BTC\/USDT","ts":1700000000000,"data":[{"s":"\u5e01\u5b89","T":"not a time"}]}"#;
    let end = text.find(wrong).unwrap() + wrong.len();
    let refused = one(VENUE, text).unwrap_err();
    assert!(refused.detail.ends_with(&format!("at line 1 column {end}")), "{}", refused.detail);
}

#[test]
fn a_row_that_is_nothing_takes_no_other_one_with_it() {
    let row = r#"{"symbol":"BTCUSDT","lastPrice":"16500"}"#;
    let text = format!(r#"{{"retCode":0,"retMsg":"OK","result":{{"category":"spot","list":[5,{row}]}},"time":1}}"#);
    let mut found = Vec::new();
    Parser::new(SPOT).parse(&text, &mut |message| found.push(message));
    let [Err(refused), Ok(Message::Event(instrument, _))] = &found[..] else { panic!("{found:?}") };
    assert_eq!((refused.why, instrument.to_string().as_str()), (Rejection::Unreadable, "bybit-spot:BTCUSDT"));
}

#[test]
fn a_candle_with_too_few_values_is_refused_in_plain_words() {
    let text = r#"{"retCode":0,"retMsg":"","result":{"category":"spot","symbol":"X","list":[["1","2"]]},"time":1}"#;
    let detail = one(SPOT, text).unwrap_err().detail;
    assert!(detail.contains("invalid length 2, expected seven values"), "{detail}");
}

/// A body with one row.
fn body(row: &str) -> String {
    format!(r#"{{"retCode":0,"retMsg":"","result":{{"category":"spot","symbol":"X","list":[{row}]}},"time":1}}"#)
}

#[test]
fn a_candle_that_cannot_be_is_refused_in_streams_and_in_bodies() {
    let of = |[open, high, low, close]: [&str; 4], last: &str| {
        let row = format!(
            r#"[{{"start":1672324800000,"end":{last},"open":"{open}","close":"{close}","high":"{high}","low":"{low}","volume":"1","confirm":true,"timestamp":1672325100000}}]"#
        );
        message("kline.5.BTCUSDT", "snapshot", &row)
    };
    let last = "1672325099999";
    for (prices, last, expected) in [
        (["10", "5", "20", "10"], last, "a candle with prices between 20 and 5, found 10 and 10"),
        (["10", "12", "10.5", "11"], last, "between 10.5 and 12, found 10 and 11"),
        (["11", "10.99", "9", "10"], last, "between 9 and 10.99, found 10 and 11"),
        (
            ["10", "10", "10", "10"],
            "1672324800000",
            "a candle that ends after it begins, found one from 1672324800000 to",
        ),
        (["10", "10", "10", "10"], "7", "to 7 ms"),
    ] {
        let detail = one(VENUE, &of(prices, last)).unwrap_err().detail;
        assert!(detail.contains(expected), "{detail}");
    }
    assert!(one(VENUE, &of(["10", "10", "10", "10"], last)).is_ok());
    let row = |high: &str| body(&format!(r#"["1672324800000","10","{high}","10","10","1","10"]"#));
    assert!(one(SPOT, &row("10")).is_ok());
    let detail = one(SPOT, &row("5")).unwrap_err().detail;
    assert_eq!(detail, "a candle with prices between 10 and 5, found 10 and 10");
}

#[test]
fn a_time_that_is_written_as_a_text_is_of_digits_and_what_is_wrong_is_named() {
    let rows = [
        ("startTime", r#"["TIME","10","10","10","10","1","10"]"#),
        ("time", r#"{"execId":"7","symbol":"BTCUSDT","price":"1","size":"2","side":"Buy","time":"TIME"}"#),
        ("fundingRateTimestamp", r#"{"symbol":"ETHPERP","fundingRate":"0.0001","fundingRateTimestamp":"TIME"}"#),
    ];
    for (field, row) in rows {
        assert!(one(SPOT, &body(&row.replace("TIME", "1672324800000"))).is_ok(), "{row}");
        for wrong in ["+1672324800000", "+5", "", "soon", "1672324800000.0", "99999999999999999999"] {
            let detail = one(SPOT, &body(&row.replace("TIME", wrong))).unwrap_err().detail;
            assert_eq!(detail, format!("a time in milliseconds since 1970 in field `{field}`, found `{wrong}`"));
        }
    }
    let time = |nanos: &str| Spot::server_time(&format!(r#"{{"result":{{"timeNano":"{nanos}"}}}}"#));
    assert!(time("1688639403423213947").is_some() && time("+1688639403423213947").is_none());
}

#[test]
fn a_trade_of_nothing_is_none() {
    let row =
        |quantity: &str| format!(r#"[{{"T":1700000000000,"s":"BTCUSDT","S":"Buy","v":"{quantity}","p":"2","i":"7"}}]"#);
    let rest = |size: &str| {
        let row = r#"{"execId":"7","symbol":"BTCUSDT","price":"1","side":"Buy","time":"1700000000000","size":"#;
        body(&format!(r#"{row}"{size}"}}"#))
    };
    for topic in ["publicTrade.BTCUSDT", "allLiquidation.BTCUSDT"] {
        assert!(one(VENUE, &message(topic, "snapshot", &row("0.1"))).is_ok(), "{topic}");
        let detail = one(VENUE, &message(topic, "snapshot", &row("0"))).unwrap_err().detail;
        assert_eq!(detail, "a quantity: a decimal number above zero in field `v`, found `0`");
    }
    assert!(one(SPOT, &rest("0.1")).is_ok());
    assert_eq!(
        one(SPOT, &rest("0.0")).unwrap_err().detail,
        "a quantity: a decimal number above zero in field `size`, found `0.0`"
    );
}

#[test]
fn a_message_whose_name_is_no_symbol_says_once_what_was_expected() {
    let candle = r#"[{"start":1672324800000,"end":1672325099999,"open":"2","high":"2","low":"2","close":"2","volume":"1","confirm":true,"timestamp":1672325100000}]"#;
    let trade = r#"[{"T":1700000000000,"s":"NAME","S":"Buy","v":"1","p":"2","i":"7"}]"#.replace("NAME", "B\u{9b} C");
    for (topic, data, found) in
        [("kline.5", candle, ""), ("kline.5.", candle, ""), ("publicTrade.B C", &trade, r"B\u{9b} C")]
    {
        let detail = one(VENUE, &message(topic, "snapshot", data)).unwrap_err().detail;
        let symbol = "a symbol of 1 to 64 bytes: letters of any script, digits and `-_/:.+#`";
        assert_eq!(detail, format!("a message that names {symbol}, found `{found}`"));
    }
}

#[test]
fn a_field_that_is_wrong_has_the_name_that_it_has_in_the_message() {
    let row = body(r#"["1672324800000","<openPrice>","<highPrice>","<lowPrice>","<closePrice>","<volume>","10"]"#);
    let trade = body(
        r#"{"execId":"7","symbol":"BTCUSDT","price":"<price>","size":"<size>","side":"Buy","time":"1672324800000"}"#,
    );
    let ticker = body(
        r#"{"symbol":"BTCUSDT","lastPrice":"<lastPrice>","bid1Price":"<bid1Price>","bid1Size":"<bid1Size>","ask1Price":"<ask1Price>","ask1Size":"<ask1Size>"}"#,
    );
    let option = body(
        r#"{"symbol":"X","lastPrice":"1","bid1Price":"<bid1Price>","bid1Size":"<bid1Size>","bid1Iv":"<bid1Iv>","ask1Price":"<ask1Price>","ask1Size":"<ask1Size>","ask1Iv":"<ask1Iv>","markIv":"<markIv>"}"#,
    )
    .replace("spot", "option");
    let topic = message(
        "tickers.X",
        "snapshot",
        r#"{"symbol":"X","bidPrice":"<bidPrice>","bidSize":"<bidSize>","bidIv":"<bidIv>","askPrice":"<askPrice>","askSize":"<askSize>","askIv":"<askIv>","markPriceIv":"<markPriceIv>"}"#,
    );
    let kline = message(
        "kline.5.BTCUSDT",
        "snapshot",
        r#"[{"start":1672324800000,"end":1672325099999,"open":"<open>","close":"<close>","high":"<high>","low":"<low>","volume":"<volume>","confirm":true,"timestamp":1672325100000}]"#,
    );
    let liquidations = message(
        "allLiquidation.BTCUSDT",
        "snapshot",
        r#"[{"T":1700000000000,"s":"BTCUSDT","S":"Buy","v":"<v>","p":"<p>"}]"#,
    );
    let liquidation = message(
        "liquidation.BTCUSDT",
        "snapshot",
        r#"{"updatedTime":1700000000000,"symbol":"BTCUSDT","side":"Buy","size":"<size>","price":"<price>"}"#,
    );
    for (venue, text) in [
        (SPOT, row),
        (SPOT, trade),
        (SPOT, ticker),
        (OPTIONS, option),
        (OPTIONS, topic),
        (VENUE, kline),
        (VENUE, liquidations),
        (VENUE, liquidation),
    ] {
        let fields: Vec<_> = text.split(['<', '>']).skip(1).step_by(2).collect();
        assert!(fields.len() > 1, "{text}");
        for wrong in &fields {
            let filled = fields.iter().fold(text.clone(), |text, field| {
                text.replace(&format!("<{field}>"), if field == wrong { "no number" } else { "10" })
            });
            let detail = one(venue, &filled).unwrap_err().detail;
            assert!(detail.ends_with(&format!(" in field `{wrong}`, found `no number`")), "{detail}");
        }
    }
}

#[test]
fn a_rule_that_is_wrong_has_the_name_that_its_product_gives_it() {
    let instrument = |lot: &str| {
        let row = r#"{"symbol":"X","status":"Trading","baseCoin":"X","quoteCoin":"Y","priceFilter":{},"#;
        one(SPOT, &body(&format!(r#"{row}"lotSizeFilter":{lot}}}"#)))
    };
    assert!(instrument(r#"{"basePrecision":"0.1","minOrderAmt":"5"}"#).is_ok());
    for field in ["qtyStep", "basePrecision", "minNotionalValue", "minOrderAmt"] {
        let detail = instrument(&format!(r#"{{"{field}":"cheap"}}"#)).unwrap_err().detail;
        assert_eq!(detail, format!("a decimal number in field `{field}`, found `cheap`"));
    }
}

#[test]
fn a_refusal_shows_what_a_message_of_escapes_says() {
    let topic: String = "publicTrade.BTCUSDT".chars().map(|c| format!("\\u{:04x}", u32::from(c))).collect();
    let detail = one(VENUE, &format!(r#"{{"topic":"{topic}","ts":1700000000000,"data":7}}"#)).unwrap_err().detail;
    assert!(detail.contains(r#"found `{"topic": "publicTrade.BTCUSDT","ts":1700000000000,"data":7}`"#), "{detail}");
}
