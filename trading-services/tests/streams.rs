//! Five hundred streams as fast as loopback is: nothing is lost, and a reader who pauses holds back the venue, not the memory.

#![cfg(feature = "live")]
#![expect(clippy::unwrap_used, reason = "a test may unwrap: its failure is the message")]

use std::alloc::System;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures::{SinkExt, StreamExt};
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::Message;
use trading_services::config::{ConfigManager, Settings};
use trading_services::model::{EventKind, Symbol};
use trading_services::ports::TypedVenue;
use trading_services::venues::binance;
use trading_services::venues::live::LiveExchange;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// Each has five streams.
const SYMBOLS: usize = 100;
/// How often every stream says something.
const ROUNDS: u64 = 240;
/// What the platform may hold while nobody reads: 4,096 messages wait, each of less than a kilobyte.
const MEMORY: usize = 8 * 1024 * 1024;

/// What the five streams of a symbol say.
fn messages(symbol: &str, round: u64) -> [String; 5] {
    let name = symbol.to_lowercase();
    let (time, next) = (1_723_161_255_342 + round, round + 1);
    [
        format!(
            r#"{{"stream":"{name}@trade","data":{{"e":"trade","E":{time},"s":"{symbol}","t":{next},"p":"61837.63000000","q":"0.02000000","T":{time},"m":true,"M":true}}}}"#
        ),
        format!(
            r#"{{"stream":"{name}@depth@100ms","data":{{"e":"depthUpdate","E":{time},"s":"{symbol}","U":{next},"u":{next},"b":[["61730.17000000","{next}.00000000"]],"a":[["61837.64000000","1.54698000"]]}}}}"#
        ),
        format!(
            r#"{{"stream":"{name}@bookTicker","data":{{"u":{next},"s":"{symbol}","b":"61837.63000000","B":"3.78826000","a":"61837.64000000","A":"1.54698000"}}}}"#
        ),
        format!(
            r#"{{"stream":"{name}@kline_1m","data":{{"e":"kline","E":{time},"s":"{symbol}","k":{{"t":1723161240000,"T":1723161299999,"s":"{symbol}","i":"1m","f":1,"L":2,"o":"61837.63","c":"61837.64","h":"61837.64","l":"61837.63","v":"{next}","n":{next},"x":false,"q":"1","V":"1","Q":"1","B":"0"}}}}}}"#
        ),
        format!(
            r#"{{"stream":"{name}@ticker","data":{{"e":"24hrTicker","E":{time},"s":"{symbol}","p":"1","P":"0.1","w":"1","c":"61837.63","Q":"1","o":"61000","h":"62000","l":"60000","v":"{next}","q":"{next}","O":1,"C":2,"F":1,"L":2,"n":2}}}}"#
        ),
    ]
}

/// Waits for the subscriptions to five hundred streams, and says everything as fast as it can.
async fn serve(stream: TcpStream, symbols: Vec<String>, sent: Arc<AtomicU64>) {
    let mut socket = tokio_tungstenite::accept_async(stream).await.unwrap();
    let mut topics = 0;
    while topics < SYMBOLS * 5 {
        let Some(Ok(Message::Text(asked))) = socket.next().await else { return };
        topics += asked.matches('@').count() - asked.matches("@100ms").count();
        socket.send(Message::text(r#"{"result":null,"id":1}"#)).await.unwrap();
    }
    for round in 0..ROUNDS {
        for message in symbols.iter().flat_map(|symbol| messages(symbol, round)) {
            socket.send(Message::text(message)).await.unwrap();
            sent.fetch_add(1, Ordering::Relaxed);
        }
    }
    while let Some(Ok(_)) = socket.next().await {}
}

fn held() -> usize {
    let stats = ALLOCATOR.stats();
    stats.bytes_allocated.saturating_sub(stats.bytes_deallocated)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_hundred_streams_lose_nothing_and_a_pause_of_the_reader_takes_no_more_memory() {
    let names: Vec<String> = (0..SYMBOLS).map(|index| format!("S{index:02}USDT")).collect();
    let (sent, listener) = (Arc::new(AtomicU64::new(0)), TcpListener::bind("127.0.0.1:0").await.unwrap());
    let mut settings = Settings::default();
    settings.live.binance.stream = format!("ws://{}", listener.local_addr().unwrap());
    let (server, connections) = ((names.clone(), Arc::clone(&sent)), Arc::new(AtomicU64::new(0)));
    let made = Arc::clone(&connections);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            made.fetch_add(1, Ordering::Relaxed);
            let (names, sent) = server.clone();
            tokio::spawn(serve(stream, names, sent));
        }
    });
    let venue = LiveExchange::<binance::Spot>::new(Arc::new(ConfigManager::new(Arc::new(settings))), Arc::default());
    let symbols: Vec<Symbol> = names.iter().map(|name| name.parse().unwrap()).collect();
    let mut stream = venue.open(&symbols).await.unwrap();

    let all = ROUNDS * SYMBOLS as u64 * 5;
    let (mut seen, mut trades, mut most) = (0, BTreeMap::<Symbol, u64>::new(), 0);
    let before = held();
    while seen < all {
        let event = stream.next().await.unwrap().unwrap();
        match event.kind {
            EventKind::Control => continue,
            EventKind::Trade(trade) => {
                let next = trades.entry(event.instrument.symbol).or_default();
                *next += 1;
                assert_eq!(trade.id.to_string(), next.to_string(), "in their order, none twice");
            }
            EventKind::Diff(_) | EventKind::BookTicker(_) | EventKind::Candle(_) | EventKind::Ticker(_) => {}
            other => panic!("expected what was sent, found {other:?}"),
        }
        seen += 1;
        if seen % 20_000 == 0 {
            // The venue goes on until it is held back.
            tokio::time::sleep(Duration::from_millis(50)).await;
            most = most.max(held().saturating_sub(before));
        }
    }
    assert_eq!((seen, sent.load(Ordering::Relaxed), trades.len()), (all, all, SYMBOLS));
    assert!(trades.values().all(|count| *count == ROUNDS), "of every stream everything");
    assert_eq!(connections.load(Ordering::Relaxed), 1);
    // All of it would be several times as much.
    assert!(most < MEMORY, "{most} bytes while nobody read");
}
