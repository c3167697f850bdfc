//! Tests of reading raw messages.

use super::parse::Parser;
use super::{Spot, USD_M, VENUE};
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
fn a_kind_is_named_without_what_a_terminal_obeys_and_not_longer_than_a_name() {
    let long = "\u{202e}".repeat(50);
    for (written, named) in
        [("new\u{9b}\u{202e}Kind", r"new\u{9b}\u{202e}Kind".to_owned()), (&long, r"\u{202e}".repeat(40))]
    {
        let refused = one(&format!(r#"{{"e":"{written}"}}"#)).unwrap_err();
        assert!(refused.detail.ends_with(&format!("found `{named}`")), "{}", refused.detail);
        assert_eq!((refused.why, refused.kind.as_ref()), (Rejection::UnknownKind, Some(&named)));
        let mut found = Vec::new();
        Parser::new(USD_M).parse(&format!(r#"{{"e":"{written}","st":2}}"#), &mut |message| found.push(message));
        let [Err(refused)] = &found[..] else { panic!("{found:?}") };
        assert_eq!((refused.why, refused.kind.as_ref()), (Rejection::OtherMarket, Some(&named)));
    }
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

#[test]
fn a_candle_that_cannot_be_is_refused_in_streams_and_in_bodies() {
    let first = 1_700_000_040_000_u64;
    let of = |[open, high, low, close]: [&str; 4], last: u64| {
        let body = format!(r#"[[{first},"{open}","{high}","{low}","{close}","3",{last},"6",5,"1","2","0"]]"#);
        let prices = format!(r#""o":"{open}","c":"{close}","h":"{high}","l":"{low}""#);
        let kline = format!(r#"{{"t":{first},"T":{last},"s":"BTCUSDT",{prices},"v":"3","n":5,"x":true}}"#);
        [body, format!(r#"{{"e":"kline","E":1700000100000,"s":"BTCUSDT","k":{kline}}}"#)]
    };
    let last = first + 59_999;
    for (prices, last, expected) in [
        (["10", "5", "20", "10"], last, "a candle with prices between 20 and 5, found 10 and 10"),
        (["10", "12", "10.5", "11"], last, "between 10.5 and 12, found 10 and 11"),
        (["12", "12", "10.5", "10"], last, "between 10.5 and 12, found 10 and 12"),
        (["10", "10.99", "9", "11.0"], last, "between 9 and 10.99, found 10 and 11"),
        (["11", "10.99", "9", "10"], last, "between 9 and 10.99, found 10 and 11"),
        (["10", "10", "10", "10"], first, "a candle that ends after it begins, found one from 1700000040000 to"),
        (["10", "10", "10", "10"], first - 1, "to 1700000039999 ms"),
    ] {
        for text in of(prices, last) {
            let refused = one(&text).unwrap_err();
            assert!(refused.why == Rejection::Unreadable && refused.detail.contains(expected), "{refused:?}");
        }
    }
    for prices in [["10", "11", "9", "10.5"], ["10", "10", "10", "10.0"], ["11", "11", "9", "9"]] {
        assert!(of(prices, last).iter().all(|text| one(text).is_ok()), "{prices:?}");
    }
}

#[test]
fn nothing_is_what_is_empty_or_zero_and_what_is_no_number_is_refused() {
    let ticker = |last: &str, bid: &str, quantity: &str| {
        format!(
            r#"{{"e":"24hrTicker","E":1700000000000,"s":"BTCUSDT","c":"{last}","o":"1","h":"1","l":"1","v":"1","q":"1","b":"{bid}","B":"{quantity}"}}"#
        )
    };
    for (last, bid, quantity) in [("", "", ""), ("0", "0", "0.00"), ("0.000", "1.5", "0"), ("0e-8", "0.0", "")] {
        let EventKind::Ticker(ticker) = kind(&ticker(last, bid, quantity)) else { panic!("no ticker") };
        assert_eq!((ticker.last, ticker.bid), (None, None), "{last} {bid} {quantity}");
    }
    for (last, bid, quantity, expected) in [
        ("-1", "1", "1", "a price: a decimal number above zero in field `c`, found `-1`"),
        ("1", "0.0.0", "0", "in field `b`, found `0.0.0`"),
        ("1", "..", "..", "in field `b`, found `..`"),
        ("1", "0", "5", "a price: a decimal number above zero in field `b`, found `0`"),
        ("1", "", "5", "a price: a decimal number above zero in field `b`, found ``"),
        ("1", "-1", "0", "in field `b`, found `-1`"),
        ("1", "1", ".", "a quantity: a decimal number, zero or above in field `B`, found `.`"),
        ("1", "1", "-0.1", "in field `B`, found `-0.1`"),
    ] {
        let best = format!(r#"{{"u":5,"s":"BTCUSDT","b":"{bid}","B":"{quantity}","a":"101.0","A":"2.0"}}"#);
        let refused = one(&ticker(last, bid, quantity)).unwrap_err();
        assert!(refused.detail.contains(expected), "{}", refused.detail);
        assert!(last != "1" || one(&best).unwrap_err().detail.contains(expected), "{best}");
    }
}

#[test]
fn a_trade_of_nothing_is_none() {
    let data = TRADE.split_once("\"data\":").unwrap().1.strip_suffix('}').unwrap();
    let aggregated = data.replace("\"e\":\"trade\"", "\"e\":\"aggTrade\"").replace("\"t\":", "\"a\":");
    let body = r#"[{"id":28457,"price":"4.1","qty":"0.02000000","quoteQty":"48","time":1499865549590,"isBuyerMaker":true,"symbol":"BTCUSDT"}]"#;
    let liquidation =
        r#"{"e":"forceOrder","E":1,"o":{"s":"BTCUSDT","S":"SELL","q":"0.02000000","p":"9910","T":1568014460893}}"#;
    for (text, field) in [(TRADE, "q"), (&aggregated, "q"), (body, "qty"), (liquidation, "q")] {
        assert!(one(text).is_ok(), "{text}");
        let refused = one(&text.replace("0.02000000", "0.000")).unwrap_err();
        let expected = format!("a quantity: a decimal number above zero in field `{field}`, found `0.000`");
        assert_eq!((refused.why, refused.detail), (Rejection::Unreadable, expected));
    }
}

#[test]
fn a_field_that_is_wrong_has_the_name_that_it_has_in_the_message() {
    let trade = r#"[{"id":5,"price":"<price>","qty":"<qty>","time":<time>,"isBuyerMaker":true,"symbol":"BTCUSDT"}]"#;
    let aggregated = r#"[{"a":5,"p":"<p>","q":"<q>","T":<T>,"m":true}]"#;
    let candle =
        r#"[[<open time>,"<open>","<high>","<low>","<close>","<volume>",18446744073709551615,"6",5,"1","2","0"]]"#;
    let ticker = r#"{"symbol":"X","lastPrice":"1","bidPrice":"<bidPrice>","bidQty":"<bidQty>","askPrice":"<askPrice>","askQty":"<askQty>"}"#;
    let best = r#"{"u":5,"s":"BTCUSDT","b":"<b>","B":"<B>","a":"<a>","A":"<A>"}"#;
    let kline = r#"{"e":"kline","E":<E>,"s":"BTCUSDT","k":{"t":<t>,"T":18446744073709551615,"o":"<o>","c":"<c>","h":"<h>","l":"<l>","v":"<v>","n":5,"x":true}}"#;
    for text in [trade, aggregated, candle, ticker, best, kline] {
        // What is quoted is a decimal, and a time is not.
        let fields: Vec<_> = text.split(['<', '>']).skip(1).step_by(2).collect();
        assert!(fields.len() > 2, "{text}");
        for wrong in &fields {
            let filled = fields.iter().fold(text.to_owned(), |text, field| {
                let is_wrong = field == wrong;
                let text = text.replace(&format!("\"<{field}>\""), if is_wrong { "\"-7\"" } else { "\"10\"" });
                text.replace(&format!("<{field}>"), if is_wrong { "18446744073709551614" } else { "1700000040000" })
            });
            let detail = one(&filled).unwrap_err().detail;
            assert!(detail.contains(&format!(" in field `{wrong}`, found `")), "{detail}");
        }
    }
}

#[test]
fn a_refusal_shows_the_begin_of_what_was_found_and_nothing_that_a_terminal_obeys() {
    let long = "7".repeat(100_000);
    let book = r#"{"e":"depthUpdate","E":1,"s":"BTCUSDT","U":95,"u":110,"b":[["100","2"]],"a":[]}"#;
    for (text, expected) in [
        (TRADE.replace("61837.63000000", &long), "777…`"),
        (TRADE.replace("1723161255342", &format!("\"{long}\"")), "expected u64 at line 1 column 100"),
        (TRADE.replace("\"T\":1723161255342", "\"T\":18446744073709551615"), "found `18446744073709551615`"),
        (book.replace("\"100\"", &format!("\"{long}\"")), "777…` at line 1 column 100"),
        (book.replace("\"2\"", &format!("\"{long}\"")), "777…` at line 1 column 100"),
        (book.replace("\"100\"", "\"\u{9b}\u{202e}1\""), "found `\\u{9b}\\u{202e}1` at line 1 column "),
        (TRADE.replace("61837.63000000", "\u{9b}\u{202e}1"), "found `\\u{9b}\\u{202e}1`"),
    ] {
        let detail = one(&text).unwrap_err().detail;
        assert!(detail.contains(expected) && detail.len() < 500, "{detail}");
        assert!(!detail.contains(['\u{9b}', '\u{202e}']), "{detail:?}");
    }
}
