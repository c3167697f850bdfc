//! Candles that a venue is asked for, joined to those of the trades that it streams.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, UNIX_EPOCH};

use futures::StreamExt;
use trading_services::config::{ConfigManager, Settings};
use trading_services::data::MarketDataManager;
use trading_services::engine::ManualClock;
use trading_services::model::{Candle, EventKind, MarketEvent, Timeframe};
use trading_services::ports::{IConfigService, IExchange, IMarketDataService};
use trading_services::store::MemoryState;
use trading_services::venues::live::{LiveExchange, Protocol};
use trading_services::venues::{binance, bybit};

use crate::day::{BEGIN, Day, Format, MIDNIGHT, cents, length, parameter, rows, thousandths};
use crate::live::{PATIENCE, btc, settings, venue};
use crate::server::{Bodies, Streams};

const FRAMES: [Timeframe; 5] = [Timeframe::M1, Timeframe::M5, Timeframe::M30, Timeframe::H4, Timeframe::D1];

/// A venue, and the books and candles of its stream.
pub(crate) struct Run<P: Protocol> {
    pub(crate) venue: LiveExchange<P>,
    pub(crate) market: MarketDataManager,
}

impl<P: Protocol> Run<P> {
    pub(crate) fn new(bodies: &Bodies, streams: &Streams, change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = settings(&bodies.address, &streams.address);
        settings.live.candles = 1_000;
        settings.exchange.order = vec![P::VENUE.as_str().to_owned()];
        change(&mut settings);
        let config: Arc<dyn IConfigService> = Arc::new(ConfigManager::new(Arc::new(settings.clone())));
        let (clock, kept) = (Arc::new(ManualClock::default()), Arc::new(MemoryState::default()));
        Self { venue: venue::<P>(settings), market: MarketDataManager::new(config, clock, kept).unwrap() }
    }

    /// Reads until all is `done`.
    pub(crate) async fn read(&self, mut done: impl FnMut(&MarketEvent) -> bool) {
        let mut stream = self.venue.subscribe(&[btc()]).await.unwrap();
        let reading = async {
            while let Some(event) = stream.next().await {
                let event = event.unwrap();
                let _refused = self.market.ingest(&event);
                if done(&event) {
                    return;
                }
            }
        };
        tokio::time::timeout(PATIENCE, reading).await.expect("it is done");
    }

    /// The candles are those of all trades of the day, up to `last`.
    pub(crate) fn assert_is(&self, last: u64, has_count: bool) {
        let instrument = format!("{}:BTCUSDT", P::VENUE.as_str()).parse().unwrap();
        let plain = |candle: &Candle| {
            let prices = [candle.open, candle.high, candle.low, candle.close].map(|price| price.value());
            let trades = if has_count { candle.trades } else { 0 };
            (candle.open_time.as_millis(), prices, candle.volume.value(), trades)
        };
        for timeframe in FRAMES {
            let mut expected: Vec<_> = rows(length(timeframe), last + 1)
                .into_iter()
                .map(|(time, (open, high, low, close, volume, trades))| {
                    let prices = [open, high, low, close].map(|price| cents(price).parse().unwrap());
                    (time, prices, thousandths(volume).parse().unwrap(), if has_count { trades } else { 0 })
                })
                .collect();
            let forming = expected.pop();
            let closed = self.market.historical(&instrument, timeframe, usize::MAX).unwrap();
            let differs = closed.iter().map(plain).zip(&expected).find(|(found, expected)| found != *expected);
            assert_eq!((differs, closed.len()), (None, expected.len()), "{timeframe}");
            let found = self.market.forming(&instrument, timeframe).unwrap();
            assert_eq!(found.as_ref().map(plain), forming, "{timeframe}");
        }
    }
}

/// All answers have come, and the last trade.
pub(crate) fn all(last: u64, mut answers: usize) -> impl FnMut(&MarketEvent) -> bool {
    let mut is_last = false;
    move |event| {
        answers -= usize::from(answers > 0 && matches!(event.kind, EventKind::History(_)));
        is_last |= matches!(&event.kind, EventKind::Trade(trade) if trade.time.as_millis() == last);
        is_last && answers == 0
    }
}

async fn check<P: Protocol>(format: Format, lost: u64, has_count: bool) {
    let day = Day::new(lost, 600);
    let (streams, bodies) = (day.streams(format, true).await, day.bodies().await);
    let run = Run::<P>::new(&bodies, &streams, |_| {});
    run.read(all(day.last(), if lost == 0 { 5 } else { 10 })).await;
    run.assert_is(day.last(), has_count);
    assert_eq!((run.market.counters().candles_missing, streams.connections()), (0, 1 + usize::from(lost > 0)));
}

#[tokio::test]
async fn candles_of_before_join_those_of_the_trades() {
    check::<binance::Spot>(Format::Binance, 0, true).await;
    check::<bybit::Spot>(Format::Bybit, 0, false).await;
}

#[tokio::test]
async fn trades_that_were_lost_with_a_connection_leave_no_hole_in_the_candles() {
    check::<binance::Spot>(Format::Binance, 500, true).await;
    check::<bybit::Spot>(Format::Bybit, 300, false).await;
}

#[tokio::test]
async fn an_answer_that_comes_after_the_connection_was_lost_says_nothing_of_the_next_trades() {
    let day = Day::new(500, 600);
    let (streams, of_day, asked) = (day.streams(Format::Binance, true).await, day.clone(), AtomicUsize::new(0));
    let bodies = Bodies::start_slow(move |path| {
        let is_held = path.contains("klines") && asked.fetch_add(1, Ordering::SeqCst) == 0;
        let (answer, again) = (of_day.answer(path), Arc::clone(&of_day.again));
        async move {
            if is_held {
                again.notified().await;
            }
            answer
        }
    })
    .await;
    let run = Run::<binance::Spot>::new(&bodies, &streams, |_| {});
    let (mut is_done, mut begun) = (all(day.last(), 5), 0);
    run.read(|event| {
        begun += usize::from(event.kind == EventKind::TradesBegin);
        assert!(begun == 2 || !matches!(event.kind, EventKind::History(_)), "none has come before the loss");
        is_done(event)
    })
    .await;
    run.assert_is(day.last(), true);
}

#[tokio::test]
async fn pages_are_joined() {
    // So many minutes are more than a page, and the day before has them.
    const WANTED: usize = 1_500;
    const PAGE: u64 = 1_000;
    let day = Day::of(BEGIN + 86_400_000, 0, 600);
    let (streams, of_day) = (day.streams(Format::Binance, true).await, day.clone());
    let bodies = Bodies::start(move |path| {
        assert!(!path.contains("klines") || parameter(path, "limit") == PAGE.to_string(), "{path}");
        of_day.answer(path)
    })
    .await;
    let run = Run::<binance::Spot>::new(&bodies, &streams, |settings| {
        (settings.live.candles, settings.market_data.candle_history) = (WANTED, 5_000);
    });
    run.read(all(day.last(), 6)).await;
    let asked = bodies.asked().into_iter().filter(|path| parameter(path, "interval") == "1m");
    let since: Vec<u64> = asked.map(|path| parameter(&path, "startTime").parse().unwrap()).collect();
    assert_eq!(since[1], since[0] + PAGE * 60_000, "the second page begins where the first ends");
    let instrument = "binance:BTCUSDT".parse().unwrap();
    let minutes = run.market.historical(&instrument, Timeframe::M1, usize::MAX).unwrap();
    let times: Vec<_> = minutes.iter().map(|candle| candle.open_time.as_millis()).collect();
    assert!(times.windows(2).all(|pair| pair[1] - pair[0] == 60_000), "{times:?}");
    assert_eq!(times.first(), since.first());
    assert!(times.len() >= WANTED, "{}", times.len());
    assert_eq!(run.market.counters().candles_missing, 0);
}

#[tokio::test]
async fn longer_candles_are_whole_with_few_of_each_wanted_and_none_between_built() {
    let day = Day::new(0, 600);
    let (streams, of_day, started) = (day.streams(Format::Bybit, true).await, day.clone(), Instant::now());
    let bodies = Bodies::start(move |path| {
        // The clock of the venue runs as ours does, whatever was streamed.
        let now = MIDNIGHT + BEGIN + 1_000 + u64::try_from(started.elapsed().as_millis()).unwrap();
        let date = httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_millis(now));
        (
            format!(
                "200 OK
date: {date}"
            ),
            of_day.body(path, now),
        )
    })
    .await;
    let run = Run::<bybit::Spot>::new(&bodies, &streams, |settings| {
        settings.live.candles = 2;
        settings.market_data.timeframes = vec![Timeframe::M1, Timeframe::D1];
        settings.market_data.candle_history = 2;
    });
    let mut is_done = all(day.last(), 5);
    let instrument = "bybit-spot:BTCUSDT".parse().unwrap();
    run.read(|event| is_done(event) && run.market.forming(&instrument, Timeframe::D1).unwrap().is_some()).await;
    let found = run.market.forming(&instrument, Timeframe::D1).unwrap().unwrap();
    let (_, whole) = rows(length(Timeframe::D1), day.last() + 1).pop_last().unwrap();
    let (open, high, low, close, volume, _) = whole;
    let prices = [open, high, low, close].map(|price| cents(price).parse().unwrap());
    assert_eq!([found.open, found.high, found.low, found.close].map(|price| price.value()), prices);
    assert_eq!(found.volume.value(), thousandths(volume).parse().unwrap());
    assert!(run.market.historical(&instrument, Timeframe::M5, 9).is_err(), "nobody has asked for these");
}

#[tokio::test]
async fn a_hole_in_what_the_venue_tells_is_counted_and_nothing_is_made_up() {
    let day = Day::new(0, 300);
    let (streams, of_day) = (day.streams(Format::Binance, true).await, day.clone());
    let hole = MIDNIGHT + 6 * 3_600_000;
    let bodies = Bodies::start(move |path| {
        let (status, body) = of_day.answer(path);
        if parameter(path, "interval") != "1m" {
            return (status, body);
        }
        let rows = body.trim_matches(['[', ']']).split("],[").filter(|row| {
            let time: u64 = row.split(',').next().unwrap().parse().unwrap();
            time < hole || time >= hole + 3 * 60_000
        });
        (status, format!("[[{}]]", rows.collect::<Vec<_>>().join("],[")))
    })
    .await;
    let run = Run::<binance::Spot>::new(&bodies, &streams, |_| {});
    run.read(all(day.last(), 5)).await;
    assert_eq!(run.market.counters().candles_missing, 3);
    let instrument = "binance:BTCUSDT".parse().unwrap();
    let minutes = run.market.historical(&instrument, Timeframe::M1, usize::MAX).unwrap();
    let whole = rows(60_000, day.last() + 1);
    assert_eq!(minutes.len(), whole.len() - 1 - 3);
    assert!(minutes.iter().all(|candle| !(hole..hole + 180_000).contains(&candle.open_time.as_millis())));
    // Longer ones are told by themselves.
    let fives = run.market.historical(&instrument, Timeframe::M5, usize::MAX).unwrap();
    assert_eq!(fives.len(), rows(300_000, day.last() + 1).len() - 1);
}

#[tokio::test]
async fn without_candles_in_the_stream_the_minute_of_the_beginning_is_asked_for_when_it_is_over() {
    // Two seconds before the end of a minute: what is asked for again is told soon after.
    let day = Day::new(0, 20);
    let (streams, of_day, count) = (day.binance_streams(true).await, day.clone(), AtomicUsize::new(0));
    let minute = MIDNIGHT + BEGIN / 60_000 * 60_000;
    let bodies = Bodies::start(move |path| {
        let is_again = path.contains("interval=1m") && count.fetch_add(1, Ordering::SeqCst) > 0;
        // The clock of the venue runs as ours does, whatever was streamed.
        let now = minute + if is_again { 62_000 } else { 56_500 };
        let date = httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_millis(now));
        (format!("200 OK\r\ndate: {date}"), of_day.body(path, now))
    })
    .await;
    let run = Run::<binance::Spot>::new(&bodies, &streams, |_| {});
    run.read(all(day.last(), 6)).await;
    run.assert_is(day.last(), true);
    let again = bodies.asked().into_iter().filter(|path| path.contains("interval=1m")).nth(1).unwrap();
    assert_eq!(parameter(&again, "startTime"), minute.to_string());
}

#[tokio::test]
async fn with_none_wanted_none_is_asked_for_and_candles_are_of_trades_alone() {
    let day = Day::new(0, 100);
    let (streams, bodies) = (day.streams(Format::Binance, true).await, day.bodies().await);
    let run = Run::<binance::Spot>::new(&bodies, &streams, |settings| settings.live.candles = 0);
    run.read(all(day.last(), 0)).await;
    assert!(!bodies.asked().iter().any(|path| path.contains("klines")), "{:?}", bodies.asked());
    let instrument = "binance:BTCUSDT".parse().unwrap();
    let first = run.market.historical(&instrument, Timeframe::M1, usize::MAX).unwrap()[0].open_time.as_millis();
    assert_eq!(first, (MIDNIGHT + BEGIN) / 60_000 * 60_000);
}
