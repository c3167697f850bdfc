//! Connections that stop, end, or refuse, while the venue is there.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use futures::{SinkExt, StreamExt};
use serde_json::Value;
use tokio::sync::broadcast;
use tokio_tungstenite::tungstenite::Message;
use trading_services::config::Settings;
use trading_services::data::{self, Markets};
use trading_services::model::{EventKind, Symbol, TradeId};
use trading_services::ports::{IExchange, TypedVenue};
use trading_services::venues::{binance, bybit};

use crate::live::{PATIENCE, accept, book, btc, degraded, next, settings, take, until_degraded, venue};
use crate::server::{Bodies, Peer, Streams};

const TICK: Duration = Duration::from_millis(5);
const ACCEPTED: &str = r#"{"success":true,"ret_msg":"","conn_id":"1","op":"subscribe"}"#;

/// Settings in which that venue is in use; it has streams, and answers no request.
fn streaming(venue: &str, streams: &Streams) -> Settings {
    let mut settings = settings("http://127.0.0.1:1", &streams.address);
    settings.exchange.order = vec![venue.to_owned()];
    settings
}

/// A book of Bybit's, or a change of it; all have the same prices.
fn depth(kind: &str, number: u64) -> String {
    let topic = format!(r#""topic":"orderbook.50.BTCUSDT","type":"{kind}","ts":{}"#, 1_672_304_484_978 + number);
    let data = format!(
        r#""data":{{"s":"BTCUSDT","b":[["16493.50","0.006"]],"a":[["16611.00","0.029"]],"u":{number},"seq":{number}}}"#
    );
    format!("{{{topic},{data}}}")
}

fn ticker(number: u64) -> String {
    let ts = 1_672_304_484_978 + number;
    format!(
        r#"{{"topic":"tickers.BTCUSDT","ts":{ts},"type":"snapshot","cs":{number},"data":{{"symbol":"BTCUSDT","lastPrice":"16500","highPrice24h":"16600","lowPrice24h":"16400","prevPrice24h":"16450","volume24h":"100","turnover24h":"1650000","price24hPcnt":"0.003"}}}}"#
    )
}

fn trade(symbol: &str, number: u64) -> String {
    let time = 1_672_304_486_865 + number;
    format!(
        r#"{{"topic":"publicTrade.{symbol}","type":"snapshot","ts":{time},"data":[{{"T":{time},"s":"{symbol}","S":"Buy","v":"0.001","p":"16578.50","L":"PlusTick","i":"{number}"}}]}}"#
    )
}

/// Numbers that all connections of a venue are told at the same time, one with each tick.
fn ticking() -> broadcast::Sender<u64> {
    let (numbers, _) = broadcast::channel(4_096);
    let sender = numbers.clone();
    tokio::spawn(async move {
        for number in 1.. {
            // Nobody may listen yet.
            let _ = sender.send(number);
            tokio::time::sleep(TICK).await;
        }
    });
    numbers
}

/// The topics of a request of Bybit's.
fn topics(request: &str) -> Vec<String> {
    let request: Value = serde_json::from_str(request).unwrap();
    request["args"].as_array().into_iter().flatten().map(|topic| topic.as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_connection_that_only_shows_that_it_is_there_is_made_again() {
    let streams = Streams::start(|mut peer| async move {
        accept(&mut peer).await;
        peer.say(&depth("snapshot", 1)).await;
        for number in 2..20 {
            peer.say(&depth("delta", number)).await;
            tokio::time::sleep(TICK).await;
        }
        while !peer.is_gone {
            peer.say(r#"{"success":true,"ret_msg":"pong","conn_id":"1","op":"ping"}"#).await;
            let _ = peer.socket.send(Message::Ping(Vec::new().into())).await;
            tokio::time::sleep(TICK).await;
        }
    })
    .await;
    let mut settings = streaming("bybit-spot", &streams);
    settings.live.silent_after = Duration::from_millis(200);
    let venue = venue::<bybit::Spot>(settings);
    let mut stream = venue.open(&[btc()]).await.unwrap();
    let mut markets = Markets::new(&data::Settings::default(), &[]);
    let mut interrupted = 0;
    while interrupted < 2 {
        let event = take(&mut stream, &venue, &mut markets).await;
        if matches!(event.kind, EventKind::Interrupted) {
            interrupted += 1;
            assert_eq!(book(&markets), None, "nobody knows it any more");
            let said = degraded(&venue).await.unwrap();
            assert!(said.contains("nothing came for"), "{said}");
        }
    }
    assert!(streams.connections() >= 2, "{}", streams.connections());
}

#[tokio::test]
async fn a_topic_that_stops_while_others_go_on_is_brought_by_a_second_connection() {
    let streams = Streams::start(|mut peer| async move {
        accept(&mut peer).await;
        peer.say(&depth("snapshot", 1)).await;
        for number in 2.. {
            if number < 50 || peer.index > 0 {
                peer.say(&depth("delta", number)).await;
            }
            for message in [ticker(number), trade("BTCUSDT", number)] {
                peer.say(&message).await;
            }
            if peer.is_gone {
                return;
            }
            tokio::time::sleep(TICK).await;
        }
    })
    .await;
    let mut settings = streaming("bybit-spot", &streams);
    settings.live.silent_after = Duration::from_millis(500);
    let venue = venue::<bybit::Spot>(settings);
    let mut stream = venue.open(&[btc()]).await.unwrap();
    let mut markets = Markets::new(&data::Settings::default(), &[]);
    let mut interrupted = 0;
    while interrupted == 0 || book(&markets).is_none() {
        let event = take(&mut stream, &venue, &mut markets).await;
        if matches!(event.kind, EventKind::Interrupted) {
            interrupted += 1;
            assert_eq!(book(&markets), None, "a book that nobody changes any more is none");
            let said = degraded(&venue).await.unwrap();
            assert!(said.contains("bring nothing") && said.contains("orderbook.50.BTCUSDT"), "{said}");
        }
    }
    assert_eq!((interrupted, streams.connections()), (1, 2), "the other topics were never interrupted");
}

#[tokio::test]
async fn trades_that_a_second_connection_brings_again_have_their_candles_of_before_asked_for() {
    let streams = Streams::start(|mut peer| async move {
        accept(&mut peer).await;
        for number in 1.. {
            if number < 400 || peer.index > 0 {
                peer.say(&trade("BTCUSDT", number)).await;
            }
            peer.say(&ticker(number)).await;
            if peer.is_gone {
                return;
            }
            tokio::time::sleep(TICK).await;
        }
    })
    .await;
    let mut settings = streaming("bybit-spot", &streams);
    settings.live.candles = 10;
    settings.live.silent_after = Duration::from_millis(200);
    let venue = venue::<bybit::Spot>(settings);
    let mut stream = venue.subscribe(&[btc()]).await.unwrap();
    let (mut begun, mut is_back) = (0, false);
    while !is_back {
        let event = tokio::time::timeout(PATIENCE, stream.next()).await.expect("an event").unwrap().unwrap();
        match event.kind {
            EventKind::TradesBegin => begun += 1,
            EventKind::Trade(_) => {
                let health = format!("{:?}", di_core::health::HealthCheck::check(&venue).await.unwrap());
                is_back = health.contains(r#""replaced": "1""#);
            }
            _ => {}
        }
    }
    assert_eq!((begun, streams.connections()), (2, 2), "with the connection, and with the one that took its place");
}

#[tokio::test]
async fn a_topic_that_has_ended_for_good_keeps_no_other_one_from_being_brought() {
    for is_refused in [false, true] {
        let streams = Streams::start(move |mut peer| async move {
            for number in 1.. {
                while let Some(asked) = peer.hear_soon(1).await {
                    // From the second connection on the venue does not know that topic any more, or says nothing of it.
                    let answer = match is_refused && peer.index > 0 && asked.contains("orderbook.50") {
                        true => {
                            r#"{"success":false,"ret_msg":"error:handler not found","conn_id":"1","op":"subscribe"}"#
                        }
                        false => ACCEPTED,
                    };
                    peer.say(answer).await;
                }
                if number < 40 && peer.index == 0 {
                    peer.say(&depth(if number == 1 { "snapshot" } else { "delta" }, number)).await;
                }
                // The tickers stop later, and others bring them.
                if number < 1_000 || peer.index > 0 {
                    peer.say(&ticker(number)).await;
                }
                peer.say(&trade("BTCUSDT", number)).await;
                if peer.is_gone {
                    return;
                }
            }
        })
        .await;
        let mut settings = streaming("bybit-spot", &streams);
        // Requests are sent a tenth of a second apart.
        settings.live.silent_after = Duration::from_millis(1_500);
        let venue = venue::<bybit::Spot>(settings);
        let mut stream = venue.open(&[btc()]).await.unwrap();
        let mut last = 0;
        // A second connection has taken over when the tickers go on where the first one has none.
        while last < 1_100 {
            if let EventKind::Ticker(ticker) = next(&mut stream).await.kind {
                last = last.max(ticker.time.unwrap().as_millis() - 1_672_304_484_978);
            }
        }
        let health = format!("{:?}", di_core::health::HealthCheck::check(&venue).await.unwrap());
        assert!(health.contains(r#""replaced": "1""#), "{health}");
    }
}

#[tokio::test]
async fn trades_that_are_granted_late_have_their_candles_of_before_asked_for() {
    let is_open = Arc::new(AtomicBool::new(false));
    let opens = Arc::clone(&is_open);
    let streams = Streams::start(move |mut peer| {
        let opens = Arc::clone(&opens);
        async move {
            let mut trades = false;
            for number in 1.. {
                while let Some(text) = peer.hear_soon(1).await {
                    let has_trades = topics(&text).iter().any(|topic| topic.starts_with("publicTrade"));
                    if has_trades && !opens.load(Ordering::SeqCst) {
                        peer.say(r#"{"success":false,"ret_msg":"not now","conn_id":"1","op":"subscribe"}"#).await;
                        continue;
                    }
                    trades |= has_trades;
                    peer.say(ACCEPTED).await;
                }
                peer.say(&ticker(number)).await;
                if trades {
                    peer.say(&trade("BTCUSDT", number)).await;
                }
                if peer.is_gone {
                    return;
                }
            }
        }
    })
    .await;
    let mut settings = streaming("bybit-spot", &streams);
    settings.live.candles = 10;
    let venue = venue::<bybit::Spot>(settings);
    let mut stream = venue.subscribe(&[btc()]).await.unwrap();
    let (mut begun, mut trades) = (0, 0);
    while trades == 0 {
        let event = tokio::time::timeout(PATIENCE, stream.next()).await.expect("an event").unwrap().unwrap();
        match event.kind {
            EventKind::TradesBegin => begun += 1,
            EventKind::Trade(_) => trades += 1,
            // It has been refused by itself: with others, it would only be asked for once more.
            EventKind::Ticker(_) if degraded(&venue).await.is_some_and(|said| said.contains("not now")) => {
                is_open.store(true, Ordering::SeqCst);
            }
            _ => {}
        }
    }
    assert_eq!(begun, 2, "with the connection, and when they are granted");
    assert_eq!(streams.connections(), 1);
}

#[tokio::test]
async fn a_second_connection_that_has_waited_for_long_repeats_no_trade_that_the_first_has_brought() {
    const EARLY: u64 = 300;
    let (numbers, started) = (ticking(), tokio::time::Instant::now());
    let streams = Streams::start(move |mut peer| {
        let mut numbers = numbers.subscribe();
        async move {
            peer.hear().await;
            if peer.index == 0 {
                peer.say(ACCEPTED).await;
            }
            // The second one is granted when these are long over.
            for number in 1.. {
                if peer.index > 0 && number == EARLY {
                    tokio::time::sleep(Duration::from_secs(3)).await;
                    peer.say(ACCEPTED).await;
                    while numbers.try_recv().is_ok() {}
                }
                let number = match peer.index == 0 || number >= EARLY {
                    true => match numbers.recv().await {
                        Ok(number) => number,
                        Err(_) => return,
                    },
                    false => number,
                };
                peer.say(&trade("BTCUSDT", number)).await;
                if peer.is_gone {
                    return;
                }
            }
        }
    })
    .await;
    let mut settings = streaming("bybit-spot", &streams);
    settings.live.life = Duration::from_secs(2).saturating_sub(started.elapsed());
    let venue = venue::<bybit::Spot>(settings);
    let mut stream = venue.open(&[btc()]).await.unwrap();
    let mut count = [0_u32; EARLY as usize];
    let is_replaced = async || {
        format!("{:?}", di_core::health::HealthCheck::check(&venue).await.unwrap()).contains(r#""replaced": "1""#)
    };
    let mut after = 0;
    while after < 50 {
        if let EventKind::Trade(trade) = next(&mut stream).await.kind {
            let TradeId::Number(id) = trade.id else { panic!("{trade:?}") };
            if let Some(count) = usize::try_from(id).ok().and_then(|id| count.get_mut(id)) {
                *count += 1;
            }
            after += u32::from(is_replaced().await);
        }
    }
    assert!(count.contains(&1) && count.iter().all(|count| *count <= 1), "{count:?}");
}

/// Trades of two symbols, the same on all connections; the second half of what is subscribed to is granted late.
async fn slow_bybit() -> Streams {
    let numbers = ticking();
    Streams::start(move |mut peer: Peer| {
        let mut numbers = numbers.subscribe();
        async move {
            let mut granted = BTreeSet::new();
            let mut late = (None, Vec::new());
            loop {
                tokio::select! {
                    number = numbers.recv() => {
                        let Ok(number) = number else { return };
                        for symbol in ["BTCUSDT", "ETHUSDT"] {
                            if granted.contains(&format!("publicTrade.{symbol}")) {
                                peer.say(&trade(symbol, number)).await;
                            }
                        }
                    }
                    heard = peer.hear() => match heard {
                        Some(text) if granted.is_empty() => {
                            granted.extend(topics(&text));
                            peer.say(ACCEPTED).await;
                        }
                        Some(text) if text.contains("subscribe") => {
                            late = (Some(tokio::time::Instant::now() + Duration::from_millis(400)), topics(&text));
                        }
                        Some(_) => {}
                        None => return,
                    },
                    () = async { match late.0 { Some(time) => tokio::time::sleep_until(time).await, None => std::future::pending().await } } => {
                        late.0 = None;
                        granted.extend(late.1.drain(..));
                        peer.say(ACCEPTED).await;
                    }
                }
            }
        }
    })
    .await
}

#[tokio::test]
async fn a_second_connection_takes_over_when_all_of_its_subscriptions_are_granted() {
    let streams = slow_bybit().await;
    let mut settings = streaming("bybit", &streams);
    settings.live.life = Duration::from_millis(700);
    let venue = venue::<bybit::Contracts>(settings);
    // Twelve topics are two messages; the trades of the second symbol are in the second one.
    let symbols: [Symbol; 2] = [btc(), "ETHUSDT".parse().unwrap()];
    let mut stream = venue.open(&symbols).await.unwrap();
    let mut seen: [BTreeSet<u64>; 2] = Default::default();
    while streams.connections() < 4 {
        let event = next(&mut stream).await;
        assert!(!matches!(event.kind, EventKind::Interrupted), "none was lost");
        if let EventKind::Trade(trade) = event.kind {
            let TradeId::Number(id) = trade.id else { panic!("{trade:?}") };
            seen[usize::from(event.instrument.symbol != btc())].insert(id);
        }
    }
    for seen in seen {
        let (first, last) = (*seen.first().unwrap(), *seen.last().unwrap());
        assert_eq!(seen.len() as u64, last - first + 1, "every number from {first} to {last}");
    }
}

#[tokio::test]
async fn a_shutdown_that_is_announced_twice_leads_to_one_second_connection_and_no_loss() {
    let streams = Streams::start(|mut peer| async move {
        peer.hear().await;
        if peer.index > 0 {
            // It takes a while, and the first one says again that it goes.
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
        peer.say(r#"{"result":null,"id":1}"#).await;
        for number in 0.. {
            let trade = r#"{"stream":"btcusdt@trade","data":{"e":"trade","E":1723161255343,"s":"BTCUSDT","t":NUMBER,"p":"61837.63000000","q":"0.02000000","T":1723161255342,"m":true,"M":true}}"#;
            peer.say(&trade.replace("NUMBER", &number.to_string())).await;
            if peer.index == 0 && (10..20).contains(&number) {
                peer.say(r#"{"e":"serverShutdown","E":1770123456789}"#).await;
            }
            if peer.is_gone {
                return;
            }
            tokio::time::sleep(TICK).await;
        }
    })
    .await;
    let venue = venue::<binance::Spot>(streaming("binance", &streams));
    let mut stream = venue.open(&[btc()]).await.unwrap();
    let end = tokio::time::Instant::now() + Duration::from_millis(1_500);
    while tokio::time::Instant::now() < end {
        let event = next(&mut stream).await;
        assert!(!matches!(event.kind, EventKind::Interrupted), "none was lost");
    }
    assert_eq!(streams.connections(), 2);
    let health = format!("{:?}", di_core::health::HealthCheck::check(&venue).await.unwrap());
    assert!(health.contains(r#""replaced": "1""#) && degraded(&venue).await.is_none(), "{health}");
}

#[tokio::test]
async fn a_topic_that_is_refused_does_not_take_others_with_it_and_is_asked_for_again() {
    let is_open = Arc::new(AtomicBool::new(false));
    let opens = Arc::clone(&is_open);
    let streams = Streams::start(move |mut peer| {
        let opens = Arc::clone(&opens);
        async move {
            while let Some(text) = peer.hear().await {
                let topics = topics(&text);
                if topics.iter().any(|topic| topic.starts_with("kline")) && !opens.load(Ordering::SeqCst) {
                    let refused =
                        r#"{"success":false,"ret_msg":"error:handler not found","conn_id":"1","op":"subscribe"}"#;
                    peer.say(refused).await;
                    continue;
                }
                peer.say(ACCEPTED).await;
                for topic in topics {
                    match topic.split('.').next() {
                        Some("orderbook") => {
                            peer.say(&depth("snapshot", 1).replace("orderbook.50.BTCUSDT", &topic)).await;
                        }
                        Some("tickers") => peer.say(&ticker(1)).await,
                        Some("publicTrade") => peer.say(&trade("BTCUSDT", 1)).await,
                        Some("kline") => peer.say(KLINE).await,
                        _ => {}
                    }
                }
            }
        }
    })
    .await;
    let venue = venue::<bybit::Spot>(streaming("bybit-spot", &streams));
    let mut stream = venue.open(&[btc()]).await.unwrap();
    let mut kinds = BTreeSet::new();
    while !kinds.is_superset(&BTreeSet::from(["trade", "ticker", "snapshot", "book_ticker"])) {
        kinds.insert(next(&mut stream).await.kind.as_str());
    }
    // The others bring something, and still it is not well.
    until_degraded(&venue, |said| said.contains("refused: error:handler not found")).await;
    is_open.store(true, Ordering::SeqCst);
    while !kinds.contains("candle") {
        kinds.insert(next(&mut stream).await.kind.as_str());
    }
    let well = async {
        while degraded(&venue).await.is_some() {
            tokio::time::sleep(TICK).await;
        }
    };
    tokio::time::timeout(PATIENCE, well).await.expect("it is well");
    assert_eq!(streams.connections(), 1);
}

const KLINE: &str = r#"{"topic":"kline.1.BTCUSDT","data":[{"start":1672324800000,"end":1672324859999,"interval":"1","open":"16649.5","close":"16677","high":"16677","low":"16608","volume":"2.081","turnover":"34666.4005","confirm":false,"timestamp":1672324988882}],"ts":1672324988882,"type":"snapshot"}"#;

#[tokio::test]
async fn a_book_that_is_asked_for_again_in_vain_ends_the_connection() {
    let ends = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&ends);
    let streams = Streams::start(move |mut peer| {
        let count = Arc::clone(&count);
        async move {
            accept(&mut peer).await;
            peer.say(&depth("snapshot", 1)).await;
            // A change is missing.
            peer.say(&depth("delta", 3)).await;
            loop {
                peer.say(&ticker(1)).await;
                match peer.hear_soon(5).await {
                    Some(text) if text.contains("unsubscribe") => _ = count.fetch_add(1, Ordering::SeqCst),
                    _ if peer.is_gone => return,
                    _ => {}
                }
            }
        }
    })
    .await;
    let mut settings = streaming("bybit-spot", &streams);
    settings.live.silent_after = Duration::from_millis(300);
    let venue = venue::<bybit::Spot>(settings);
    let mut stream = venue.open(&[btc()]).await.unwrap();
    let mut markets = Markets::new(&data::Settings::default(), &[]);
    while streams.connections() < 2 {
        take(&mut stream, &venue, &mut markets).await;
    }
    assert!(ends.load(Ordering::SeqCst) >= 1);
}

#[tokio::test]
async fn a_venue_that_does_not_let_us_in_is_left_alone_for_as_long_as_it_says() {
    for (status, most) in [
        ("429 Too Many Requests\r\nretry-after: 3600", 1),
        ("418 I'm a teapot\r\nretry-after: 3600", 1),
        ("403 Forbidden", 1),
        ("503 Service Unavailable", 100),
    ] {
        let bodies = Bodies::start(move |_| (status.to_owned(), String::new())).await;
        let mut settings = settings("http://127.0.0.1:1", &bodies.address.replace("http", "ws"));
        settings.exchange.order = vec!["binance".to_owned()];
        settings.live.longest_pause = Duration::from_secs(5);
        let venue = venue::<binance::Spot>(settings);
        let mut stream = venue.open(&[btc()]).await.unwrap();
        let _ = next(&mut stream).await;
        let said = degraded(&venue).await.unwrap();
        assert!(said.contains(&format!("the venue has answered {}", &status[..3])), "{said}");
        tokio::time::sleep(Duration::from_millis(300)).await;
        let asked = bodies.asked().len();
        assert!((asked > 1) == (most > 1) && asked <= most, "{status}: {asked}");
    }
}
