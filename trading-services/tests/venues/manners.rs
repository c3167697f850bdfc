//! Manners that venues ask of their clients: pings, sizes and pace of messages, topics of a connection; and the metrics of all that.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures::{SinkExt, StreamExt};
use metrics_exporter_prometheus::PrometheusBuilder;
use serde_json::Value;
use tokio_tungstenite::tungstenite::Message;
use trading_services::model::{EventKind, Symbol};
use trading_services::ports::{IExchange, TypedVenue};
use trading_services::venues::live::Protocol;
use trading_services::venues::{binance, bybit};

use crate::live::{PATIENCE, accept, btc, next, settings, venue};
use crate::server::{Bodies, Streams};

fn symbols(count: usize) -> Vec<Symbol> {
    (0..count).map(|index| format!("COIN{index}USDT").parse().unwrap()).collect()
}

#[test]
fn no_connection_has_more_topics_than_its_venue_allows_and_none_is_left_out() {
    fn check<P: Protocol>(most: usize, each: usize) {
        let symbols = symbols(450);
        let plans = P::plans(&symbols);
        let topics: BTreeSet<_> = plans.iter().flat_map(|plan| &plan.topics).collect();
        assert!(plans.len() > 1 && plans.iter().all(|plan| plan.topics.len() <= most), "{}", P::VENUE);
        assert_eq!(topics.len(), symbols.len() * each, "{}", P::VENUE);
        for symbol in &symbols {
            let books = plans.iter().filter(|plan| plan.books.contains(symbol)).count();
            let trades = plans.iter().filter(|plan| plan.trades.contains(symbol)).count();
            assert_eq!((books, trades), (1, 1), "{symbol}");
            assert!(topics.contains(&P::book_topic(symbol)));
        }
    }
    check::<binance::Spot>(1_024, 5);
    check::<binance::UsdM>(1_024, 7);
    check::<bybit::Spot>(500, 5);
    check::<bybit::Contracts>(500, 6);
}

#[tokio::test]
async fn bybit_is_asked_for_ten_topics_at_a_time_and_not_too_fast() {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&heard);
    let streams = Streams::start(move |mut peer| {
        let log = Arc::clone(&log);
        async move {
            while let Some(text) = peer.hear().await {
                log.lock().unwrap().push((Instant::now(), text));
            }
        }
    })
    .await;
    let venue = venue::<bybit::Contracts>(settings("http://127.0.0.1:1", &streams.address));
    let _stream = venue.open(&symbols(5)).await.unwrap();
    let all = async {
        while heard.lock().unwrap().len() < 3 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(PATIENCE, all).await.unwrap();
    let heard = heard.lock().unwrap();
    let count = |text: &str| serde_json::from_str::<Value>(text).unwrap()["args"].as_array().unwrap().len();
    assert_eq!(heard.iter().map(|(_, text)| count(text)).collect::<Vec<_>>(), [10, 10, 10]);
    // What is sent 100 ms apart may be received a little closer.
    assert!(heard[2].0 - heard[0].0 >= Duration::from_millis(150), "{heard:?}");
}

#[tokio::test]
async fn pings_of_the_venue_are_answered_with_what_they_say() {
    let streams = Streams::start(|mut peer| async move {
        peer.hear().await;
        peer.say(r#"{"result":null,"id":1}"#).await;
        peer.socket.send(Message::Ping("1770123456789".into())).await.unwrap();
        while let Some(Ok(message)) = peer.socket.next().await {
            if let Message::Pong(payload) = message {
                assert_eq!(&payload[..], b"1770123456789");
                peer.say(r#"{"stream":"btcusdt@trade","data":{"e":"trade","E":1723161255343,"s":"BTCUSDT","t":1,"p":"61837.63000000","q":"0.02000000","T":1723161255342,"m":true,"M":true}}"#).await;
            }
        }
    })
    .await;
    let venue = venue::<binance::Spot>(settings("http://127.0.0.1:1", &streams.address));
    let mut stream = venue.open(&[btc()]).await.unwrap();
    while !matches!(next(&mut stream).await.kind, EventKind::Trade(_)) {}
}

#[tokio::test]
async fn bybit_hears_every_twenty_seconds_that_we_are_there() {
    let streams = Streams::start(|mut peer| async move {
        accept(&mut peer).await;
        while let Some(text) = peer.hear().await {
            assert_eq!(text, r#"{"op":"ping"}"#);
            peer.say(r#"{"topic":"publicTrade.BTCUSDT","type":"snapshot","ts":1,"data":[{"T":1672304486865,"s":"BTCUSDT","S":"Buy","v":"0.001","p":"16578.50","L":"PlusTick","i":"7"}]}"#).await;
        }
    })
    .await;
    let venue = venue::<bybit::Spot>(settings("http://127.0.0.1:1", &streams.address));
    let (mut stream, opened) = (venue.open(&[btc()]).await.unwrap(), Instant::now());
    while !matches!(next(&mut stream).await.kind, EventKind::Trade(_)) {}
    let waited = opened.elapsed();
    assert!(waited > Duration::from_secs(19), "{waited:?}");
}

#[tokio::test]
async fn requests_connections_and_their_ends_are_counted() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let handle = recorder.handle();
    // All tasks of the test are on its thread.
    let _guard = metrics::set_default_local_recorder(&recorder);
    let bodies = Bodies::start(|_| ("200 OK".to_owned(), r#"{"serverTime":1}"#.to_owned())).await;
    let streams = Streams::start(|mut peer| async move { accept(&mut peer).await }).await;
    let venue = venue::<binance::Spot>(settings(&bodies.address, &streams.address));
    venue.check_connection().await.unwrap();
    let mut stream = venue.open(&[btc()]).await.unwrap();
    while streams.connections() < 3 {
        next(&mut stream).await;
    }
    let text = handle.render();
    assert!(text.contains(r#"venue_requests_total{venue="binance",status="200"} 1"#), "{text}");
    for state in ["opened", "lost"] {
        let line = format!(r#"venue_connections_total{{venue="binance",state="{state}"}} "#);
        let count = text.lines().find_map(|found| found.strip_prefix(&line)?.parse::<u64>().ok());
        assert!(count >= Some(2), "{text}");
    }
}
