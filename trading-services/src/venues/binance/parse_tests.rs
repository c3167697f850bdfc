//! Tests of reading raw messages.

use super::parse::Parser;
use super::{Spot, VENUE};
use crate::model::{EventKind, Rejection, Side, SnapshotOrigin};
use crate::venues::live::{Answer, Protocol};
use crate::venues::wire::{Message, Refused};

const TRADE: &str = r#"{"stream":"btcusdt@trade","data":{"e":"trade","E":1723161255343,"s":"BTCUSDT","t":3735683259,"p":"61837.63000000","q":"0.02000000","T":1723161255342,"m":true,"M":true}}"#;

fn all(text: &str) -> Vec<Result<Message, Refused>> {
    let mut found = Vec::new();
    Parser::new(VENUE).parse(text, &mut |message| found.push(message));
    found
}

fn one(text: &str) -> Result<Message, Refused> {
    let mut found = all(text);
    assert_eq!(found.len(), 1, "{text}");
    found.remove(0)
}

fn kind(text: &str) -> EventKind {
    match one(text) {
        Ok(Message::Event(_, kind)) => kind,
        other => panic!("expected an event, found {other:?}"),
    }
}

#[test]
fn a_trade_is_read_with_the_side_of_the_taker() {
    let EventKind::Trade(trade) = kind(TRADE) else { panic!("no trade") };
    assert_eq!((trade.id, trade.side), (3_735_683_259.into(), Side::Sell));
    assert_eq!((trade.price.to_string(), trade.time.as_millis()), ("61837.63".to_owned(), 1_723_161_255_342));
    assert!(!trade.aggregated);
}

#[test]
fn the_usual_shape_and_any_other_say_the_same() {
    let data = TRADE.split_once("\"data\":").unwrap().1.strip_suffix('}').unwrap();
    let spaced = TRADE.replace("\",\"", "\", \"").replace("{\"stream\"", "{ \"stream\"");
    for other in [data, &spaced, &data.replace("\"e\":\"trade\",", "").replace("\"s\"", "\"e\":\"trade\",\"s\"")] {
        assert_eq!(one(other), one(TRADE), "{other}");
    }
}

#[test]
fn every_cut_of_a_message_is_unreadable_and_says_what_was_expected() {
    for end in 0..TRADE.len() {
        let refused = one(&TRADE[..end]).unwrap_err();
        assert!(refused.why == Rejection::Unreadable && refused.detail.contains("message"), "{end}: {refused:?}");
    }
}

#[test]
fn wrong_fields_are_named() {
    let refused = one(&TRADE.replace("61837.63000000", "-1")).unwrap_err();
    assert_eq!(refused.detail, "a price: a decimal number above zero in field `p`, found `-1`");
    assert!(one(&TRADE.replace("\"t\":3735683259,", "")).unwrap_err().detail.contains("missing field `t`"));
}

#[test]
fn what_is_about_the_connection_is_no_market_event() {
    for text in [
        r#"{"result":null,"id":1}"#,
        r#"{"result":null,"id":"abc-1"}"#,
        r#"{"result":null,"id":null}"#,
        r#"{"stream":"x","data":{"e":"serverShutdown","E":1699999980000}}"#,
    ] {
        assert_eq!(one(text), Ok(Message::Control), "{text}");
    }
}

#[test]
fn an_unknown_kind_is_named_and_nonsense_is_unreadable() {
    let refused = one(r#"{"e":"outboundAccountPosition"}"#).unwrap_err();
    assert_eq!((refused.why, refused.kind.as_deref()), (Rejection::UnknownKind, Some("outboundAccountPosition")));
    for text in ["{}", "1", "\"a\"", "nonsense", "{\"e\":1}", "[1]", "[[]]", "[{}]"] {
        assert_eq!(one(text).unwrap_err().why, Rejection::Unreadable, "{text}");
    }
    assert_eq!(all("[]"), []);
}

#[test]
fn an_array_says_what_each_of_its_parts_says() {
    let ticker = r#"{"e":"24hrMiniTicker","E":1,"s":"BTCUSDT","c":"1","o":"2","h":"3","l":"0.5","v":"10","q":"20"}"#;
    let found = all(&format!(r#"{{"stream":"!miniTicker@arr","data":[{ticker},{{"e":"new"}},{ticker}]}}"#));
    assert!(matches!(&found[..], [Ok(Message::Event(..)), Err(_), Ok(Message::Event(..))]), "{found:?}");
}

#[test]
fn a_side_where_nobody_waits_is_written_with_zeros() {
    let EventKind::BookTicker(ticker) =
        kind(r#"{"u":5,"s":"BTCUSDT","b":"0.00000000","B":"0.00000000","a":"101.0","A":"2.0"}"#)
    else {
        panic!("no ticker")
    };
    assert_eq!((ticker.bid, ticker.ask.unwrap().price.to_string().as_str()), (None, "101"));
}

#[test]
fn a_partial_book_has_its_symbol_from_the_name_of_the_stream() {
    let text =
        r#"{"stream":"btcusdt@depth5@100ms","data":{"lastUpdateId":5,"bids":[["99","1"]],"asks":[["101","1"]]}}"#;
    let Ok(Message::Event(instrument, EventKind::Snapshot(book))) = one(text) else { panic!("no snapshot") };
    assert_eq!((instrument.to_string().as_str(), book.origin), ("binance:BTCUSDT", SnapshotOrigin::Partial));
}

#[test]
fn escapes_other_scripts_and_numbers_with_an_exponent_are_read() {
    let trade = |symbol: &str, price: &str| {
        format!(r#"{{"e":"trade","E":1,"s":"{symbol}","t":1,"p":"{price}","q":"1","T":1699999980000,"m":true}}"#)
    };
    for (symbol, expected) in [("BTC\\/USDT", "binance:BTC/USDT"), ("币安人生USDT", "binance:币安人生USDT")] {
        let Ok(Message::Event(instrument, _)) = one(&trade(symbol, "1")) else { panic!("no event") };
        assert_eq!(instrument.to_string(), expected);
    }
    for (written, expected) in [("1e-8", "0.00000001"), ("1.1E-8", "0.000000011"), ("2.5e3", "2500")] {
        let EventKind::Trade(trade) = kind(&trade("X", written)) else { panic!("no trade") };
        assert_eq!(trade.price.to_string(), expected, "{written}");
    }
}

#[test]
fn a_message_with_escapes_says_what_the_plain_one_says() {
    let book = r#"{"stream":"btcusdt@depth20@100ms","data":{"e":"depthUpdate","E":1,"T":1,"s":"BTCUSDT","U":95,"u":110,"pu":94,"b":[["100","2"]],"a":[]}}"#;
    let diff = book.replace("@depth20", "@depth");
    assert!(matches!((kind(book), kind(&diff)), (EventKind::Snapshot(_), EventKind::Diff(_))));
    for plain in [TRADE, book, &diff] {
        for (written, escaped) in [
            ("@", r"\u0040"),
            ("usdt@", r"usd\u0074@"),
            ("\"stream\"", r#""\u0073tream""#),
            ("\"data\"", r#""d\u0061ta""#),
            ("\"e\"", r#""\u0065""#),
            ("\"s\"", r#""\u0073""#),
            ("\"BTCUSDT\"", r#""BTC\u0055SDT""#),
            ("\"depthUpdate\"", r#""depth\u0055pdate""#),
            ("\"trade\"", r#""tr\u0061de""#),
        ] {
            let text = plain.replace(written, escaped);
            assert_eq!(one(&text), one(plain), "{text}");
        }
    }
}

#[test]
fn an_escape_outside_of_texts_is_no_json() {
    let text = r#"{"u":40\u0030217,"s":"BNBUSDT","b":"25.35","B":"1","a":"25.36","A":"1"}"#;
    assert_eq!(one(text).unwrap_err().why, Rejection::Unreadable);
}

#[test]
fn the_last_change_before_a_change_is_read_where_it_is_there() {
    let text = r#"{"e":"depthUpdate","E":1,"s":"BTCUSDT","U":95,"u":110,"b":[["100","2"]],"a":[],"pu":94}"#;
    let EventKind::Diff(diff) = kind(text) else { panic!("no diff") };
    assert_eq!((diff.first_update_id, diff.last_update_id, diff.previous_update_id), (95, 110, Some(94)));
}

#[test]
fn fields_have_names_and_a_list_of_their_values_is_refused() {
    let kline = r#"{"e":"kline","E":1,"s":"BTCUSDT","k":[1699999980000,1700000039999,"1","2","1","2","3",5,true]}"#;
    let instruments = r#"{"symbols":[["BTCUSDT","TRADING","BTC","USDT",null,null,null,[]]]}"#;
    let filters = r#"{"symbols":[{"symbol":"BTCUSDT","status":"TRADING","baseAsset":"BTC","quoteAsset":"USDT","filters":[["PRICE_FILTER","1",null,null,null,null]]}]}"#;
    for text in [kline, instruments, filters] {
        let detail = one(text).unwrap_err().detail;
        assert!(detail.contains("sequence, expected an object with named fields"), "{detail}");
    }
}

#[test]
fn answers_have_names_and_lists_of_their_values_say_nothing() {
    let symbol = "BTCUSDT".parse().unwrap();
    let is_refused = |text: &str| matches!(Spot::answer(text), Some(Answer::Refused(_)));
    assert!(is_refused(r#"{"id":1,"error":{"code":-1121,"msg":"no"}}"#));
    assert!(!is_refused(r#"{"id":1,"error":[-1121,"no"]}"#));
    for (named, listed) in [
        (r#"{"serverTime":1700000000000}"#, "[1700000000000]"),
        (r#"{"symbols":[{"symbol":"BTCUSDT"}]}"#, r#"{"symbols":[["BTCUSDT"]]}"#),
        (r#"{"symbols":[{"symbol":"BTCUSDT"}]}"#, r#"[[{"symbol":"BTCUSDT"}]]"#),
    ] {
        let says = |body: &str| Spot::server_time(body).is_some() || Spot::instrument(&symbol, body).is_some();
        assert!(says(named) && !says(listed), "{listed}");
    }
}

#[test]
fn a_candle_with_too_few_values_is_refused_in_plain_words() {
    let detail = one(r#"[[1,"2"]]"#).unwrap_err().detail;
    assert!(detail.contains("invalid length 2, expected twelve values"), "{detail}");
}
