//! Tests of reading raw messages.

use super::parse::Parser;
use super::{OPTIONS, VENUE};
use crate::model::{Rejection, VenueId};
use crate::venues::wire::{Message, Refused};

fn one(venue: VenueId, text: &str) -> Result<Message, Refused> {
    let mut found = Vec::new();
    Parser::new(venue).parse(text, |message| found.push(message));
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
    for (venue, topic, (named, listed)) in [
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
