//! Answers with candles that are late, wrong or refused: they are asked for again, and join nothing.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use trading_services::model::{EventKind, Timeframe, Timestamp};
use trading_services::ports::{ExchangeError, IExchange};
use trading_services::venues::{MessageReader, binance, bybit};

use crate::candles::{Run, all};
use crate::day::{BEGIN, Day, Format, MIDNIGHT, parameter};
use crate::live::{btc, degraded, settings, until_degraded, venue};
use crate::server::Bodies;

#[tokio::test]
async fn too_many_requests_are_waited_out_and_until_then_the_venue_is_degraded() {
    let day = Day::new(0, 600);
    let (streams, of_day) = (day.streams(Format::Binance, true).await, day.clone());
    let (count, began) = (AtomicUsize::new(0), Instant::now());
    let bodies = Bodies::start(move |path| {
        if path.contains("klines") && count.fetch_add(1, Ordering::SeqCst) == 2 {
            return ("429 Too Many Requests\r\nretry-after: 1".to_owned(), String::new());
        }
        of_day.answer(path)
    })
    .await;
    let run = Run::<binance::Spot>::new(&bodies, &streams, |_| {});
    let reading = run.read(all(day.last(), 5));
    let missing = |said: &str| said.contains("candles of before are missing of 1 symbols, BTCUSDT: ");
    tokio::join!(reading, until_degraded(&run.venue, missing));
    assert!(began.elapsed() >= Duration::from_secs(1), "the time that it has named");
    let asked: Vec<_> = bodies.asked().into_iter().filter(|path| path.contains("klines")).collect();
    let refused = parameter(&asked[2], "interval");
    assert!(asked[3..].iter().any(|path| parameter(path, "interval") == refused), "it is asked again: {asked:?}");
    assert_eq!(degraded(&run.venue).await, None);
    run.assert_is(day.last(), true);
}

#[tokio::test]
async fn a_venue_that_tells_of_another_symbol_or_garbage_is_asked_again_and_joins_nothing() {
    let day = Day::new(0, 600);
    let (streams, of_day, asked) = (day.streams(Format::Bybit, true).await, day.clone(), AtomicUsize::new(0));
    let bodies = Bodies::start(move |path| {
        let (status, body) = of_day.answer(path);
        if !path.contains("kline") {
            return (status, body);
        }
        let body = match asked.fetch_add(1, Ordering::SeqCst) {
            0 => body.replace("BTCUSDT", "ETHUSDT"),
            1 => "<html>".to_owned(),
            2 => spoil(&body),
            3 => r#"{"retCode":0,"retMsg":"OK","result":{"category":"spot","symbol":"BTCUSDT","list":[]},"time":1}"#
                .to_owned(),
            _ => body,
        };
        (status, body)
    })
    .await;
    let run = Run::<bybit::Spot>::new(&bodies, &streams, |_| {});
    run.read(all(day.last(), 5)).await;
    run.assert_is(day.last(), false);
    assert_eq!(degraded(&run.venue).await.filter(|said| said.contains("candles")), None);
}

/// The body of Bybit with its second row spoilt: its highest price is below the others.
fn spoil(body: &str) -> String {
    let mut rows: Vec<_> = body.split(r#"[""#).map(str::to_owned).collect();
    assert!(rows.len() > 3, "{body}");
    let mut fields: Vec<_> = rows[2].split(r#"",""#).map(str::to_owned).collect();
    "0.01".clone_into(&mut fields[2]);
    rows[2] = fields.join(r#"",""#);
    rows.join(r#"[""#)
}

#[tokio::test]
async fn an_answer_with_a_row_that_is_not_understood_joins_nothing_and_is_asked_for_again() {
    let day = Day::new(0, 600);
    let (streams, of_day, asked) = (day.streams(Format::Bybit, true).await, day.clone(), AtomicUsize::new(0));
    let bodies = Bodies::start(move |path| {
        let (status, body) = of_day.answer(path);
        let is_spoilt = path.contains("kline") && asked.fetch_add(1, Ordering::SeqCst) == 0;
        (status, if is_spoilt { spoil(&body) } else { body })
    })
    .await;
    let run = Run::<bybit::Spot>::new(&bodies, &streams, |_| {});
    let (mut is_done, mut refused) = (all(day.last(), 5), 0);
    run.read(|event| {
        refused += usize::from(matches!(event.kind, EventKind::NotTaken(_)));
        is_done(event)
    })
    .await;
    run.assert_is(day.last(), false);
    let minutes = |path: &&String| path.contains("kline") && parameter(path, "interval") == "1";
    assert!(bodies.asked().iter().filter(minutes).count() >= 2, "{:?}", bodies.asked());
    assert_eq!(refused, 0, "what joins nothing is not recorded");
}

#[test]
fn a_recorded_answer_with_a_row_that_is_not_understood_is_not_taken() {
    let read = |high: &str| {
        let row = |minute: u64, high: &str| {
            let (open, end) = (MIDNIGHT + minute * 60_000, MIDNIGHT + minute * 60_000 + 59_999);
            format!(r#"[{open},"5","{high}","4","5","1",{end},"0",1,"0","0","0"]"#)
        };
        let asked =
            format!(r#"{{"symbol":"BTCUSDT","timeframe":"1m","since":{MIDNIGHT},"time":{}}}"#, MIDNIGHT + 200_000);
        let text = format!(r#"{{"history":{asked},"body":[{},{}]}}"#, row(0, "6"), row(1, high));
        let mut said = Vec::new();
        let mut reader = MessageReader::of("binance").unwrap();
        reader.read(Timestamp::default(), &text, format_args!("here"), |event| said.push(event.kind.as_str()));
        said
    };
    let whole = read("6");
    let spoilt = read("1");
    assert_eq!((whole.len(), spoilt.len()), (1, 1), "{whole:?} {spoilt:?}");
    assert_ne!(whole, spoilt);
}

#[tokio::test]
async fn whoever_asks_for_candles_hears_of_a_row_that_is_not_understood() {
    let day = Day::new(0, 600);
    let bodies = Bodies::start(move |path| {
        let (status, body) = day.answer(path);
        (status, if parameter(path, "interval") == "5" { spoil(&body) } else { body })
    })
    .await;
    let venue = venue::<bybit::Spot>(settings(&bodies.address, "ws://127.0.0.1:1"));
    let since = Timestamp::from_millis(MIDNIGHT).unwrap();
    let five = venue.candles(&btc(), Timeframe::M5.duration(), since, 50).await;
    assert!(matches!(five, Err(ExchangeError::Unavailable { .. })), "{five:?}");
    let minutes = venue.candles(&btc(), Timeframe::M1.duration(), since, 2_000).await.unwrap();
    assert_eq!(minutes.len() as u64, BEGIN / 60_000, "those that are final");
}
