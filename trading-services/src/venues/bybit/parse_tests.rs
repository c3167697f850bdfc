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
