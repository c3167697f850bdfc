//! Bybit's contracts and options live, against doubles that send their recorded frames.

use std::collections::BTreeSet;

use serde_json::Value;
use trading_services::model::{EventKind, Symbol};
use trading_services::ports::TypedVenue;
use trading_services::venues::bybit;
use trading_services::venues::live::Protocol;

use crate::live::{accept, next, settings, venue};
use crate::server::Streams;
use crate::truths::read;

/// The frames of the fifth version of Bybit's protocol among the recorded pairs of a product.
fn frames(file: &str) -> Option<Vec<String>> {
    let text = read(file)?;
    let pairs = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["message"].clone());
    let is_v5 = |message: &Value| {
        let topic = message["topic"].as_str().unwrap_or_default();
        message.get("ts").is_some() && topic.contains('.') && !topic.starts_with("instrument")
    };
    Some(pairs.filter(is_v5).map(|message| message.to_string()).collect())
}

async fn kinds<P: Protocol>(
    path: &'static str,
    frames: Vec<String>,
    symbols: &[&str],
    last: &str,
) -> Vec<&'static str> {
    let streams = Streams::start(move |mut peer| {
        let frames = frames.clone();
        async move {
            assert_eq!(peer.path, path);
            accept(&mut peer).await;
            for frame in frames {
                peer.say(&frame).await;
            }
            peer.stay().await;
        }
    })
    .await;
    let venue = venue::<P>(settings("http://127.0.0.1:1", &streams.address));
    let symbols: Vec<Symbol> = symbols.iter().map(|symbol| symbol.parse().unwrap()).collect();
    let (mut stream, mut kinds) = (venue.open(&symbols).await.unwrap(), BTreeSet::new());
    while !kinds.contains(last) {
        let event = next(&mut stream).await;
        assert!(!matches!(event.kind, EventKind::NotTaken(_)), "{event:?}");
        kinds.insert(event.kind.as_str());
    }
    kinds.into_iter().collect()
}

#[tokio::test]
async fn contracts_run_live_against_their_recorded_frames() {
    let Some(frames) = frames("pairs/bybit.jsonl") else { return };
    assert_eq!(frames.len(), 8);
    let kinds = kinds::<bybit::Contracts>("/v5/public/linear", frames, &["BTCUSDT", "BTCPERP"], "liquidation").await;
    for kind in ["book_ticker", "liquidation", "mark_price", "snapshot", "ticker", "trade"] {
        assert!(kinds.contains(&kind), "{kind}: {kinds:?}");
    }
}

#[tokio::test]
async fn options_run_live_against_their_recorded_frames() {
    let Some(frames) = frames("pairs/bybit-options.jsonl") else { return };
    assert_eq!(frames.len(), 3);
    let symbols = ["BTC-28APR23-29500-C", "SOL-28APR23-30-C", "SOL-28APR23-24-C"];
    let kinds = kinds::<bybit::Options>("/v5/public/option", frames, &symbols, "option").await;
    for kind in ["option", "snapshot", "trade"] {
        assert!(kinds.contains(&kind), "{kind}: {kinds:?}");
    }
}
