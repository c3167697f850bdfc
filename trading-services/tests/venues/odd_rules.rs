//! Answers about the rules of orders that are not understood.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use futures::StreamExt;
use trading_services::model::EventKind;
use trading_services::ports::IExchange;
use trading_services::venues::live::Protocol;
use trading_services::venues::{binance, bybit};

use crate::live::{
    EXCHANGE_INFO, INSTRUMENTS_INFO, PATIENCE, btc, degraded, next_tick, settings, silent, until_degraded, venue,
};
use crate::server::Bodies;

/// A venue that answers oddly until it does no longer, and what is said of it meanwhile.
async fn odd_at_first<P: Protocol>(odd: String, good: &'static str, tick: &str, expected: &str) {
    let (streams, is_back) = (silent().await, Arc::new(AtomicBool::new(false)));
    let back = Arc::clone(&is_back);
    let bodies = Bodies::start(move |_| {
        let body = if back.load(Ordering::SeqCst) { good } else { odd.as_str() };
        ("200 OK".to_owned(), body.to_owned())
    })
    .await;
    let mut settings = settings(&bodies.address, &streams.address);
    settings.exchange.order = vec![P::VENUE.as_str().to_owned()];
    let venue = venue::<P>(settings);
    let mut stream = venue.subscribe(&[btc()]).await.unwrap();
    let said = until_degraded(&venue, |_| bodies.asked().len() >= 3).await;
    assert!(said.contains("orders are not fitted to the rules of 1 symbols, BTCUSDT: expected "), "{said}");
    assert!(said.contains(expected), "{said}");
    is_back.store(true, Ordering::SeqCst);
    assert_eq!(next_tick(&mut stream).await, tick);
    assert_eq!(degraded(&venue).await, None);
}

#[tokio::test]
async fn rules_that_are_not_understood_are_not_told_and_are_asked_for_again() {
    let number = |field: &str| format!("a decimal number in field `{field}`, found `cheap`");
    let odd = EXCHANGE_INFO.replace(r#""stepSize":"0.00001000""#, r#""stepSize":"cheap""#);
    odd_at_first::<binance::Spot>(odd.clone(), EXCHANGE_INFO, "0.01", &number("stepSize")).await;
    odd_at_first::<binance::UsdM>(odd, EXCHANGE_INFO, "0.01", &number("stepSize")).await;
    let odd = INSTRUMENTS_INFO.replace(r#""qtyStep":"0.001""#, r#""qtyStep":"cheap""#);
    odd_at_first::<bybit::Contracts>(odd, INSTRUMENTS_INFO, "0.1", &number("qtyStep")).await;
    let odd = r#"{"symbols":5}"#.to_owned();
    odd_at_first::<binance::Spot>(odd, EXCHANGE_INFO, "0.01", "a list of instruments, found `{").await;
    odd_at_first::<binance::UsdM>("<html>".to_owned(), EXCHANGE_INFO, "0.01", "found `<html>`").await;
}

#[tokio::test]
async fn an_answer_that_is_not_understood_does_not_halt_what_its_venue_has_listed() {
    let (streams, asked) = (silent().await, AtomicUsize::new(0));
    let bodies = Bodies::start(move |_| {
        let body = match asked.fetch_add(1, Ordering::SeqCst) {
            0 => EXCHANGE_INFO.to_owned(),
            1 => EXCHANGE_INFO.replace(r#""stepSize":"0.00001000""#, r#""stepSize":"cheap""#),
            2 => r#"{"symbols":5}"#.to_owned(),
            3 => "{}".to_owned(),
            4 => "<html>".to_owned(),
            _ => EXCHANGE_INFO.replace(r#""tickSize":"0.01000000""#, r#""tickSize":"0.02""#),
        };
        ("200 OK".to_owned(), body)
    })
    .await;
    let mut settings = settings(&bodies.address, &streams.address);
    settings.exchange.order = vec!["binance".to_owned()];
    settings.live.rules_every = Duration::from_millis(10);
    let venue = venue::<binance::Spot>(settings);
    let mut stream = venue.subscribe(&[btc()]).await.unwrap();
    assert_eq!(next_tick(&mut stream).await, "0.01");
    assert_eq!(next_tick(&mut stream).await, "0.02", "what was told before holds until then");
    assert_eq!(degraded(&venue).await, None);
}

#[tokio::test]
async fn a_symbol_whose_rules_stay_odd_does_not_keep_the_others_from_being_told_again() {
    let streams = silent().await;
    let odd = EXCHANGE_INFO.replace(r#""stepSize":"0.00001000""#, r#""stepSize":"cheap""#);
    let bodies = Bodies::start(move |_| ("200 OK".to_owned(), odd.clone())).await;
    let mut settings = settings(&bodies.address, &streams.address);
    settings.exchange.order = vec!["binance-futures".to_owned()];
    settings.live.rules_every = Duration::from_millis(10);
    let venue = venue::<binance::UsdM>(settings);
    let mut stream = venue.subscribe(&[btc(), "ETHUSDT".parse().unwrap()]).await.unwrap();
    let mut told = 0;
    while told < 3 {
        let event = tokio::time::timeout(PATIENCE, stream.next()).await.expect("an event").unwrap().unwrap();
        if let EventKind::Instrument(instrument) = event.kind {
            assert_eq!(instrument.id.symbol.as_str(), "ETHUSDT");
            told += 1;
        }
    }
    let said = degraded(&venue).await.unwrap();
    assert!(said.contains("orders are not fitted to the rules of 1 symbols, BTCUSDT: "), "{said}");
}
