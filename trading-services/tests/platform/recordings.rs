//! Small recordings of several venues, with every kind of line that is read.

/// 2024-06-01T00:00:00Z in milliseconds.
const START: u64 = 1_717_200_000_000;

/// Each recording, by what it is of.
pub(crate) fn all() -> [(&'static str, Vec<u8>); 4] {
    [("binance", binance()), ("binance-futures", usd_m()), ("bybit", bybit()), ("notes and history", notes())]
}

/// Lines, each received so many milliseconds after the start.
struct Lines(String);

impl Lines {
    fn of(venue: &str) -> Self {
        Self(format!(r#"{{"recording":1,"venue":"{venue}","symbols":["XYZUSDT"],"topics":[]}}"#) + "\n")
    }

    fn add(&mut self, millis: u64, message: &str) {
        self.0.push_str(&format!("{} {message}\n", (START + millis) * 1_000_000));
    }
}

/// Binance's spot market, without a header.
fn binance() -> Vec<u8> {
    let mut lines = Lines(String::new());
    lines.add(0, r#"{"u":9,"s":"XYZUSDT","b":"99","B":"1","a":"101","A":"1"}"#);
    lines.add(1, r#"{"lastUpdateId":10,"bids":[["99","1"],["98.5","2"]],"asks":[["101","1"]]}"#);
    for i in 0..30_u64 {
        let (time, id) = (START + i * 7_000, i + 11);
        for message in [
            format!(r#"{{"e":"trade","E":{time},"s":"XYZUSDT","t":{i},"p":"100.{i}","q":"1","T":{time},"m":false}}"#),
            format!(
                r#"{{"e":"depthUpdate","E":{time},"s":"XYZUSDT","U":{id},"u":{id},"b":[["99.{i}","{i}"]],"a":[]}}"#
            ),
            format!(
                r#"{{"stream":"xyzusdt@bookTicker","data":{{"u":{id},"s":"XYZUSDT","b":"99.{i}","B":"{i}","a":"101","A":"1"}}}}"#
            ),
        ] {
            lines.add(i * 7_000 + 2, &message);
        }
    }
    lines.add(300_000, r#"{"result":null,"id":1}"#);
    lines.add(300_001, r#"[{"e":"new"},{"e":"aggTrade","E":1,"s":"XYZUSDT","a":1,"p":"1","q":"1","T":1,"m":true}]"#);
    lines.0.into_bytes()
}

fn usd_m() -> Vec<u8> {
    let mut lines = Lines::of("binance-futures");
    for i in 0..20_u64 {
        let (time, id, previous) = (START + i * 7_000, i * 10 + 15, i * 10 + 5);
        let book = format!(
            r#"{{"e":"depthUpdate","E":{time},"T":{time},"s":"XYZUSDT","U":{},"u":{id},"pu":{previous},"b":[["99.{i}","{i}"]],"a":[]}}"#,
            previous + 1
        );
        lines.add(i * 7_000, &book);
        if i == 0 {
            lines.add(1, r#"{"lastUpdateId":10,"bids":[["99","1"]],"asks":[["101","1"]]}"#);
        }
        for message in [
            format!(
                r#"{{"e":"aggTrade","E":{time},"s":"XYZUSDT","a":{i},"p":"100.{i}","q":"1","f":{i},"l":{i},"T":{time},"m":true}}"#
            ),
            format!(
                r#"{{"e":"markPriceUpdate","E":{time},"s":"XYZUSDT","p":"100","i":"100","P":"100","r":"0.0001","T":{}}}"#,
                START + 28_800_000
            ),
            format!(
                r#"{{"e":"forceOrder","E":{time},"o":{{"s":"XYZUSDT","S":"SELL","o":"LIMIT","f":"IOC","q":"1","p":"99","ap":"99","X":"FILLED","l":"1","z":"1","T":{time}}}}}"#
            ),
        ] {
            lines.add(i * 7_000 + 2, &message);
        }
    }
    lines.0.into_bytes()
}

fn bybit() -> Vec<u8> {
    let mut lines = Lines::of("bybit");
    lines.add(0, r#"{"success":true,"ret_msg":"","conn_id":"c","req_id":"","op":"subscribe"}"#);
    let whole = format!(
        r#"{{"topic":"orderbook.50.XYZUSDT","type":"snapshot","ts":{START},"data":{{"s":"XYZUSDT","b":[["99","1"]],"a":[["101","1"]],"u":10,"seq":1}},"cts":{START}}}"#
    );
    lines.add(1, &whole);
    for i in 0..20_u64 {
        let (time, id) = (START + i * 7_000, i + 11);
        for message in [
            format!(
                r#"{{"topic":"orderbook.50.XYZUSDT","type":"delta","ts":{time},"data":{{"s":"XYZUSDT","b":[["99.{i}","{id}"]],"a":[],"u":{id},"seq":{id}}},"cts":{time}}}"#
            ),
            format!(
                r#"{{"topic":"publicTrade.XYZUSDT","type":"snapshot","ts":{time},"data":[{{"T":{time},"s":"XYZUSDT","S":"Buy","v":"1","p":"100.{i}","L":"PlusTick","i":"trade-{i}"}}]}}"#
            ),
            format!(
                r#"{{"topic":"kline.1.XYZUSDT","data":[{{"start":{START},"end":{},"interval":"1","open":"100","close":"100","high":"101","low":"99","volume":"5","turnover":"0","confirm":false,"timestamp":{time}}}],"ts":{time},"type":"snapshot"}}"#,
                START + 59_999
            ),
            format!(
                r#"{{"topic":"allLiquidation.XYZUSDT","type":"snapshot","ts":{time},"data":[{{"T":{time},"s":"XYZUSDT","S":"Sell","v":"1","p":"99"}}]}}"#
            ),
        ] {
            lines.add(i * 7_000 + 2, &message);
        }
    }
    lines.0.into_bytes()
}

/// What a live run adds to the messages of a venue.
fn notes() -> Vec<u8> {
    let mut lines = Lines::of("binance");
    for i in 0..6_u64 {
        let (time, begin) = (START + i * 60_000, START - 600_000);
        lines.add(i * 60_000, r#"{"connection":"opened","reason":"","symbols":[],"trades":["XYZUSDT"]}"#);
        let row = |minute: u64| {
            let open = begin + minute * 60_000;
            format!(r#"[{open},"5","6","4","5","1",{},"0",1,"0","0","0"]"#, open + 59_999)
        };
        let history = format!(
            r#"{{"history":{{"symbol":"XYZUSDT","timeframe":"1m","since":{begin},"time":{time}}},"body":[{},{}]}}"#,
            row(i),
            row(i + 1)
        );
        lines.add(i * 60_000 + 1, &history);
        let trade =
            format!(r#"{{"e":"trade","E":{time},"s":"XYZUSDT","t":{i},"p":"100.{i}","q":"1","T":{time},"m":false}}"#);
        lines.add(i * 60_000 + 2, &trade);
        for state in ["degraded", "replaced", "lost", "failed"] {
            lines.add(i * 60_000 + 3, &format!(r#"{{"connection":"{state}","reason":"why","symbols":["XYZUSDT"]}}"#));
        }
    }
    lines.0.into_bytes()
}
