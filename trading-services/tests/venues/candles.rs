//! Candles that a venue is asked for, joined to those of the trades that it streams.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant, UNIX_EPOCH};

use futures::StreamExt;
use tokio::sync::Notify;
use trading_services::config::{ConfigManager, Settings};
use trading_services::data::MarketDataManager;
use trading_services::engine::ManualClock;
use trading_services::model::{Candle, EventKind, MarketEvent, Timeframe, Timestamp};
use trading_services::ports::{ExchangeError, IConfigService, IExchange, IMarketDataService};
use trading_services::store::MemoryState;
use trading_services::venues::live::{LiveExchange, Protocol};
use trading_services::venues::{MessageReader, binance, bybit};

use crate::live::{PATIENCE, btc, degraded, settings, venue};
use crate::server::{Bodies, Streams};

/// 2025-03-02, at midnight: the clock of the venue is another one than ours.
const MIDNIGHT: u64 = 1_740_873_600_000;
/// So far into the day the stream begins.
const BEGIN: u64 = (7 * 60 + 33) * 60_000 + 21_000;
const STEP: u64 = 7_000;
const FRAMES: [Timeframe; 5] = [Timeframe::M1, Timeframe::M5, Timeframe::M30, Timeframe::H4, Timeframe::D1];

/// A venue on a day that has a trade every seven seconds, from midnight on. It writes its messages itself.
#[derive(Clone)]
pub(crate) struct Day {
    /// So long after the first midnight the stream begins.
    begin: u64,
    /// Of the trades of the stream, so many are lost in the middle, with the connection.
    lost: u64,
    /// The trades of the stream.
    count: u64,
    /// Its clock, in milliseconds since 1970.
    now: Arc<AtomicU64>,
    /// Hears of the connection that takes the place of the one that was lost, a while before that brings anything.
    again: Arc<Notify>,
}

/// Time, price in cents, quantity in thousandths.
#[derive(Clone, Copy)]
struct Deal {
    time: u64,
    cents: u64,
    quantity: u64,
}

fn deal(number: u64) -> Deal {
    let (time, cents) = (MIDNIGHT + number * STEP + 123, 10_000 + number * 37 % 211);
    Deal { time, cents, quantity: 1 + number % 13 }
}

fn cents(value: u64) -> String {
    format!("{}.{:02}", value / 100, value % 100)
}

fn thousandths(value: u64) -> String {
    format!("{}.{:03}", value / 1_000, value % 1_000)
}

/// Open, high, low, close, volume, trades.
type Row = (u64, u64, u64, u64, u64, u64);

/// The candles of the trades before `until`, of that length, by their times.
fn rows(length: u64, until: u64) -> BTreeMap<u64, Row> {
    let mut rows: BTreeMap<u64, Row> = BTreeMap::new();
    for deal in (0..).map(deal).take_while(|deal| deal.time < until) {
        let new = (deal.cents, deal.cents, deal.cents, 0, 0, 0);
        let (_, high, low, close, volume, trades) = rows.entry(deal.time / length * length).or_insert(new);
        (*high, *low, *close) = ((*high).max(deal.cents), (*low).min(deal.cents), deal.cents);
        (*volume, *trades) = (*volume + deal.quantity, *trades + 1);
    }
    rows
}

fn length(timeframe: Timeframe) -> u64 {
    u64::try_from(timeframe.duration().as_millis()).unwrap()
}

/// The value of a parameter of a query.
fn parameter<'a>(path: &'a str, name: &str) -> &'a str {
    let pairs = path.split(['?', '&']).filter_map(|pair| pair.split_once('='));
    pairs.filter(|(found, _)| *found == name).map(|(_, value)| value).next().unwrap_or_default()
}

impl Day {
    pub(crate) fn new(lost: u64, count: u64) -> Self {
        Self::of(BEGIN, lost, count)
    }

    /// The same, from another moment on.
    fn of(begin: u64, lost: u64, count: u64) -> Self {
        Self { begin, lost, count, now: Arc::new(AtomicU64::new(MIDNIGHT + begin)), again: Arc::default() }
    }

    /// The numbers of the trades that are streamed.
    fn streamed(&self) -> (Vec<u64>, Vec<u64>) {
        let first = self.begin / STEP + 1;
        let middle = first + self.count / 2;
        ((first..middle).collect(), (middle + self.lost..first + self.lost + self.count).collect())
    }

    fn last(&self) -> u64 {
        deal(*self.streamed().1.last().unwrap()).time
    }

    /// How many messages about the market the stream has.
    pub(crate) fn messages(&self) -> u64 {
        let minute = |number: u64| deal(number).time / 60_000;
        let (before, after) = self.streamed();
        assert_eq!(self.lost, 0);
        let minutes = minute(*after.last().unwrap()) - minute(before[0]);
        self.count + minutes
    }

    /// The text of a minute that is over, and of a trade.
    fn say(&self, format: Format, number: u64, before: u64) -> Vec<String> {
        let Deal { time, cents: price, quantity, .. } = deal(number);
        let mut said = Vec::new();
        let over = deal(before).time / 60_000 * 60_000;
        if over < time / 60_000 * 60_000 {
            let (open, high, low, close, volume, trades) = rows(60_000, over + 60_000)[&over];
            let [open, high, low, close] = [open, high, low, close].map(cents);
            let (volume, end) = (thousandths(volume), over + 59_999);
            said.push(match format {
                Format::Binance => format!(
                    r#"{{"stream":"btcusdt@kline_1m","data":{{"e":"kline","E":{time},"s":"BTCUSDT","k":{{"t":{over},"T":{end},"s":"BTCUSDT","i":"1m","f":1,"L":2,"o":"{open}","c":"{close}","h":"{high}","l":"{low}","v":"{volume}","n":{trades},"x":true,"q":"0","V":"0","Q":"0","B":"0"}}}}}}"#
                ),
                Format::Bybit => format!(
                    r#"{{"topic":"kline.1.BTCUSDT","data":[{{"start":{over},"end":{end},"interval":"1","open":"{open}","close":"{close}","high":"{high}","low":"{low}","volume":"{volume}","turnover":"0","confirm":true,"timestamp":{end}}}],"ts":{time},"type":"snapshot"}}"#
                ),
            });
        }
        let (price, quantity) = (cents(price), thousandths(quantity));
        said.push(match format {
            Format::Binance => format!(
                r#"{{"stream":"btcusdt@trade","data":{{"e":"trade","E":{time},"s":"BTCUSDT","t":{number},"p":"{price}","q":"{quantity}","T":{time},"m":true,"M":true}}}}"#
            ),
            Format::Bybit => format!(
                r#"{{"topic":"publicTrade.BTCUSDT","type":"snapshot","ts":{time},"data":[{{"T":{time},"s":"BTCUSDT","S":"Buy","v":"{quantity}","p":"{price}","L":"PlusTick","i":"{number}"}}]}}"#
            ),
        });
        // The last minute of the next trade's may be over first: some venues are quicker with trades.
        said.reverse();
        said
    }

    async fn streams(&self, format: Format, has_minutes: bool) -> Streams {
        let day = self.clone();
        Streams::start(move |mut peer| {
            let day = day.clone();
            async move {
                peer.hear().await;
                let (before, after) = day.streamed();
                let part = match (day.lost, peer.index) {
                    (0, _) => [before, after].concat(),
                    (_, 0) => before,
                    _ => after,
                };
                day.now.store(deal(part[0]).time - 1, Ordering::SeqCst);
                if peer.index > 0 {
                    day.again.notify_one();
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                peer.say(match format {
                    Format::Binance => r#"{"result":null,"id":1}"#,
                    Format::Bybit => r#"{"success":true,"ret_msg":"subscribe","conn_id":"1","op":"subscribe"}"#,
                })
                .await;
                for number in part {
                    day.now.store(deal(number).time, Ordering::SeqCst);
                    for text in day.say(format, number, number - 1) {
                        if has_minutes || text.contains("rade") {
                            peer.say(&text).await;
                        }
                    }
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
                if day.lost == 0 || peer.index > 0 {
                    peer.stay().await;
                }
            }
        })
        .await
    }

    /// Its streams as Binance has them.
    pub(crate) async fn binance_streams(&self, is_silent: bool) -> Streams {
        self.streams(Format::Binance, !is_silent).await
    }

    /// The answer to a request, with the date of the venue's clock.
    fn answer(&self, path: &str) -> (String, String) {
        let now = self.now.load(Ordering::SeqCst);
        let date = httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_millis(now));
        let status = format!("200 OK\r\ndate: {date}");
        (status, self.body(path, now))
    }

    fn body(&self, path: &str, now: u64) -> String {
        let is_bybit = path.starts_with("/v5");
        if path.contains("/time") {
            return if is_bybit {
                r#"{"retCode":0,"retMsg":"OK","result":{"timeSecond":"1","timeNano":"1"},"time":1}"#.to_owned()
            } else {
                format!(r#"{{"serverTime":{now}}}"#)
            };
        }
        if !path.contains("kline") {
            return r#"{"timezone":"UTC","symbols":[{"symbol":"BTCUSDT","status":"TRADING","baseAsset":"BTC",
                "quoteAsset":"USDT","filters":[]}]}"#
                .to_owned();
        }
        let length = match parameter(path, "interval") {
            "1m" | "1" => 60_000,
            "5m" | "5" => 300_000,
            "30m" | "30" => 1_800_000,
            "4h" | "240" => 14_400_000,
            "1d" | "D" => 86_400_000,
            other => panic!("nobody asks for {other}"),
        };
        let since: u64 = parameter(path, if is_bybit { "start" } else { "startTime" }).parse().unwrap();
        let limit: usize = parameter(path, "limit").parse().unwrap();
        assert_eq!(parameter(path, "symbol"), "BTCUSDT");
        let mut said: Vec<String> = rows(length, now)
            .range(since..)
            .take(limit)
            .map(|(open_time, (open, high, low, close, volume, trades))| {
                let [open, high, low, close] = [*open, *high, *low, *close].map(cents);
                let (volume, end) = (thousandths(*volume), open_time + length - 1);
                if is_bybit {
                    format!(r#"["{open_time}","{open}","{high}","{low}","{close}","{volume}","0"]"#)
                } else {
                    format!(
                        r#"[{open_time},"{open}","{high}","{low}","{close}","{volume}",{end},"0",{trades},"0","0","0"]"#
                    )
                }
            })
            .collect();
        if is_bybit {
            said.reverse();
            let list = said.join(",");
            format!(
                r#"{{"retCode":0,"retMsg":"OK","result":{{"category":"spot","symbol":"BTCUSDT","list":[{list}]}},"retExtInfo":{{}},"time":{now}}}"#
            )
        } else {
            format!("[{}]", said.join(","))
        }
    }

    /// Its bodies.
    pub(crate) async fn bodies(&self) -> Bodies {
        let day = self.clone();
        Bodies::start(move |path| day.answer(path)).await
    }
}

#[derive(Clone, Copy)]
enum Format {
    Binance,
    Bybit,
}

/// A venue, and the books and candles of its stream.
struct Run<P: Protocol> {
    venue: LiveExchange<P>,
    market: MarketDataManager,
}

impl<P: Protocol> Run<P> {
    fn new(bodies: &Bodies, streams: &Streams, change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = settings(&bodies.address, &streams.address);
        settings.live.candles = 1_000;
        settings.exchange.order = vec![P::VENUE.as_str().to_owned()];
        change(&mut settings);
        let config: Arc<dyn IConfigService> = Arc::new(ConfigManager::new(Arc::new(settings.clone())));
        let (clock, kept) = (Arc::new(ManualClock::default()), Arc::new(MemoryState::default()));
        Self { venue: venue::<P>(settings), market: MarketDataManager::new(config, clock, kept).unwrap() }
    }

    /// Reads until all is `done`.
    async fn read(&self, mut done: impl FnMut(&MarketEvent) -> bool) {
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
    fn assert_is(&self, last: u64, has_count: bool) {
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
fn all(last: u64, mut answers: usize) -> impl FnMut(&MarketEvent) -> bool {
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
    let looking = async {
        loop {
            if let Some(said) = degraded(&run.venue).await
                && said.contains("candles of before are missing of 1 symbols, BTCUSDT: ")
            {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::join!(reading, async { tokio::time::timeout(PATIENCE, looking).await.expect("it says so") });
    assert!(began.elapsed() >= Duration::from_secs(1), "the time that it has named");
    let asked: Vec<_> = bodies.asked().into_iter().filter(|path| path.contains("klines")).collect();
    let refused = parameter(&asked[2], "interval");
    assert!(asked[3..].iter().any(|path| parameter(path, "interval") == refused), "it is asked again: {asked:?}");
    assert_eq!(degraded(&run.venue).await, None);
    run.assert_is(day.last(), true);
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
