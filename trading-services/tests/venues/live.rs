//! Live venues against doubles that send recorded bytes.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use futures::StreamExt;
use trading_services::config::{ConfigManager, Settings};
use trading_services::data::{self, Markets};
use trading_services::model::{EventKind, Instrument, InstrumentStatus, MarketEvent, Symbol, TradeId};
use trading_services::ports::{EventStream, ExchangeError, IConfigService, IExchange, TypedVenue};
use trading_services::venues::live::{LiveExchange, LiveStream, Protocol};
use trading_services::venues::{binance, bybit};

use crate::server::{Bodies, Peer, Streams};
use crate::truths::read;

/// Nothing here waits longer for what must come.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) fn btc() -> Symbol {
    "BTCUSDT".parse().unwrap()
}

/// Settings of venues on loopback, which lose no time.
pub(crate) fn settings(rest: &str, stream: &str) -> Settings {
    let mut settings = Settings::default();
    settings.http.enabled = false;
    for endpoints in [&mut settings.live.binance, &mut settings.live.binance_futures, &mut settings.live.bybit] {
        (endpoints.rest, endpoints.stream) = (rest.to_owned(), stream.to_owned());
    }
    // Those that want the candles of before say so.
    settings.live.candles = 0;
    settings.live.first_pause = Duration::from_millis(2);
    settings.live.longest_pause = Duration::from_millis(20);
    settings
}

pub(crate) fn venue<P: Protocol>(settings: Settings) -> LiveExchange<P> {
    let config: Arc<dyn IConfigService> = Arc::new(ConfigManager::new(Arc::new(settings)));
    LiveExchange::new(config, Arc::default())
}

pub(crate) async fn next(stream: &mut LiveStream) -> MarketEvent {
    tokio::time::timeout(PATIENCE, stream.next()).await.expect("an event").unwrap().unwrap()
}

/// Takes the next event, and asks for the book where it needs a new beginning.
pub(crate) async fn take(stream: &mut LiveStream, venue: &impl IExchange, markets: &mut Markets) -> MarketEvent {
    let event = next(stream).await;
    if let Ok(ingested) = markets.ingest(&event)
        && ingested.needs_snapshot
    {
        let _ = venue.resync(&event.instrument.symbol).await;
    }
    event
}

/// The book as it is: number, best bid, best ask; `None` while there is none.
pub(crate) fn book(markets: &Markets) -> Option<(u64, String, String)> {
    let (_, book) = markets.books().find(|(id, _)| !id.is_whole())?;
    let (top, id) = (book.top(), book.last_update_id()?);
    Some((id, top.bid?.price.to_string(), top.ask?.price.to_string()))
}

/// Answers a subscription as Bybit does.
pub(crate) async fn accept(peer: &mut Peer) {
    peer.hear().await;
    peer.say(r#"{"success":true,"ret_msg":"subscribe","conn_id":"1","op":"subscribe"}"#).await;
}

#[tokio::test]
async fn bybit_runs_live_against_its_recorded_frames() {
    let Some(frames) = read("frames/tickvault/bybit_orderbook.jsonl") else { return };
    let streams = Streams::start(move |mut peer| {
        let frames = frames.clone();
        async move {
            assert_eq!(peer.path, "/v5/public/spot");
            let asked = peer.hear().await.unwrap();
            assert!(asked.contains(r#""op":"subscribe""#) && asked.contains("orderbook.50.BTCUSDT"), "{asked}");
            for frame in frames.lines() {
                peer.say(frame).await;
            }
            peer.stay().await;
        }
    })
    .await;
    let venue = venue::<bybit::Spot>(settings("http://127.0.0.1:1", &streams.address));
    let mut stream = venue.open(&[btc()]).await.unwrap();
    let mut markets = Markets::new(&data::Settings::default(), &[]);
    while book(&markets).is_none_or(|(id, ..)| id != 217_107_092) {
        take(&mut stream, &venue, &mut markets).await;
    }
    assert_eq!(book(&markets), Some((217_107_092, "78715".to_owned(), "78715.1".to_owned())));
    assert_eq!((markets.counters.gaps, markets.counters.rejected, streams.connections()), (0, 0, 1));
}

#[tokio::test]
async fn binance_joins_the_recorded_snapshot_and_the_recorded_changes() {
    let Some(diffs) = read("frames/tickvault/binance_us_depth.jsonl") else { return };
    let snapshot = read("frames/tickvault/binance_us_snapshot.json").unwrap();
    let streams = Streams::of_binance(diffs, Duration::ZERO).await;
    let bodies = Bodies::start(move |_| ("200 OK".to_owned(), snapshot.clone())).await;
    let venue = venue::<binance::Spot>(settings(&bodies.address, &streams.address));
    let mut stream = venue.open(&[btc()]).await.unwrap();
    let mut markets = Markets::new(&data::Settings::default(), &[]);
    let mut diffs = 0;
    while diffs < 25 || book(&markets).is_none() {
        let event = take(&mut stream, &venue, &mut markets).await;
        diffs += usize::from(matches!(event.kind, EventKind::Diff(_)));
    }
    assert_eq!(book(&markets).unwrap().0, 3_297_892_634, "the last recorded change");
    assert_eq!((markets.counters.gaps, markets.counters.crossed_books), (0, 0));
    assert_eq!(bodies.asked()[0], "/api/v3/depth?symbol=BTCUSDT&limit=5000");
}

#[tokio::test]
async fn usd_m_uses_a_path_for_books_and_one_for_the_market() {
    let Some(kline) = read("frames/polyoxide-binance/ws/stream_btcusdt_kline_1m.json") else { return };
    let top = read("frames/polyoxide-binance/ws/stream_btcusdt_bookTicker.json").unwrap();
    let one_line = |text: String| serde_json::from_str::<serde_json::Value>(&text).unwrap().to_string();
    let (kline, top) = (one_line(kline), one_line(top));
    let streams = Streams::start(move |mut peer| {
        let (kline, top) = (kline.clone(), top.clone());
        async move {
            let asked = peer.hear().await.unwrap();
            peer.say(r#"{"result":null,"id":1}"#).await;
            match peer.path.as_str() {
                "/public/stream" => {
                    assert!(asked.contains("btcusdt@depth@100ms") && !asked.contains("kline"), "{asked}");
                    peer.say(&top).await;
                }
                "/market/stream" => {
                    assert!(asked.contains("btcusdt@forceOrder") && !asked.contains("depth"), "{asked}");
                    peer.say(&kline).await;
                }
                other => panic!("nobody is at {other}"),
            }
            peer.stay().await;
        }
    })
    .await;
    let venue = venue::<binance::UsdM>(settings("http://127.0.0.1:1", &streams.address));
    let mut stream = venue.open(&[btc()]).await.unwrap();
    let (mut has_top, mut has_candle) = (false, false);
    while !(has_top && has_candle) {
        let event = next(&mut stream).await;
        has_top |= matches!(event.kind, EventKind::BookTicker(_));
        has_candle |= matches!(event.kind, EventKind::Candle(_));
        assert_eq!(event.instrument.venue.as_str(), "binance-futures");
    }
}

#[tokio::test]
async fn after_a_loss_the_book_is_none_until_it_begins_again_and_topics_are_subscribed_to_again() {
    let Some(frames) = read("frames/tickvault/bybit_orderbook.jsonl") else { return };
    let streams = Streams::start(move |mut peer| {
        let frames = frames.clone();
        async move {
            accept(&mut peer).await;
            for frame in frames.lines().skip(1).take(if peer.index == 0 { 4 } else { 9 }) {
                peer.say(frame).await;
            }
            if peer.index > 0 {
                peer.stay().await;
            }
        }
    })
    .await;
    let venue = venue::<bybit::Spot>(settings("http://127.0.0.1:1", &streams.address));
    let mut stream = venue.open(&[btc()]).await.unwrap();
    let mut markets = Markets::new(&data::Settings::default(), &[]);
    let mut interrupted = 0;
    while interrupted == 0 || book(&markets).is_none_or(|(id, ..)| id != 217_107_092) {
        let event = take(&mut stream, &venue, &mut markets).await;
        if matches!(event.kind, EventKind::Interrupted) {
            interrupted += 1;
            assert_eq!(book(&markets), None, "what was lost with the connection is not known");
        }
    }
    assert_eq!((interrupted, streams.connections()), (1, 2));
}

#[tokio::test]
async fn a_stream_that_is_acknowledged_and_silent_is_degraded_and_made_again_without_a_storm() {
    let streams = Streams::start(|mut peer| async move {
        peer.hear().await;
        peer.say(r#"{"result":null,"id":1}"#).await;
        peer.stay().await;
    })
    .await;
    let mut settings = settings("http://127.0.0.1:1", &streams.address);
    settings.exchange.order = vec!["binance".to_owned()];
    settings.live.silent_after = Duration::from_millis(50);
    settings.live.first_pause = Duration::from_millis(100);
    settings.live.longest_pause = Duration::from_secs(10);
    let venue = venue::<binance::Spot>(settings);
    let mut stream = venue.open(&[btc()]).await.unwrap();
    while streams.connections() < 3 {
        let event = next(&mut stream).await;
        assert!(matches!(event.kind, EventKind::Control | EventKind::Interrupted), "{event:?}");
    }
    let health = di_core::health::HealthCheck::check(&venue).await.unwrap();
    let said = format!("{health:?}");
    assert!(said.contains("Degraded") && (said.contains("nothing came") || said.contains("bring nothing")), "{said}");
    // Pauses double: the fourth would come after 400 ms at least.
    tokio::time::sleep(Duration::from_millis(150)).await;
    assert!(streams.connections() <= 4, "{}", streams.connections());
}

#[tokio::test]
async fn a_second_connection_takes_over_before_the_first_ends_and_no_trade_is_missing() {
    // One counter for all connections: what a connection sends, the others send, too, as a venue does.
    let (numbers, _) = tokio::sync::broadcast::channel::<u64>(4_096);
    let sender = numbers.clone();
    tokio::spawn(async move {
        for number in 1.. {
            let _ = sender.send(number);
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    });
    let streams = Streams::start(move |mut peer| {
        let mut numbers = numbers.subscribe();
        async move {
            peer.hear().await;
            peer.say(r#"{"result":null,"id":1}"#).await;
            loop {
                tokio::select! {
                    number = numbers.recv() => {
                        let Ok(number) = number else { return };
                        let trade = format!(r#"{{"stream":"btcusdt@trade","data":{{"e":"trade","E":1723161255343,"s":"BTCUSDT","t":{number},"p":"61837.63000000","q":"0.02000000","T":1723161255342,"m":true,"M":true}}}}"#);
                        peer.say(&trade).await;
                    }
                    heard = peer.hear() => if heard.is_none() { return },
                }
            }
        }
    })
    .await;
    let mut settings = settings("http://127.0.0.1:1", &streams.address);
    settings.live.life = Duration::from_millis(100);
    let venue = venue::<binance::Spot>(settings);
    let mut stream = venue.open(&[btc()]).await.unwrap();
    let (mut seen, mut first) = (BTreeSet::new(), None);
    while streams.connections() < 6 {
        let event = next(&mut stream).await;
        assert!(!matches!(event.kind, EventKind::Interrupted), "none was lost");
        if let EventKind::Trade(trade) = event.kind
            && let TradeId::Number(id) = trade.id
        {
            first.get_or_insert(id);
            seen.insert(id);
        }
    }
    let (first, last) = (first.unwrap(), *seen.last().unwrap());
    assert_eq!(seen.len() as u64, last - first + 1, "every number from {first} to {last}");
}

#[tokio::test]
async fn errors_have_types_and_a_venue_that_says_when_is_not_asked_before() {
    for (status, body, expected, is_asked_again) in [
        (
            "429 Too Many Requests\r\nretry-after: 7",
            r#"{"code":-1003,"msg":"Way too much request weight used"}"#,
            "7s",
            false,
        ),
        ("429 Too Many Requests", "", "1m", false),
        ("418 I'm a teapot\r\nretry-after: 120", r#"{"code":-1003,"msg":"IP banned"}"#, "banned", false),
        ("403 Forbidden", "<html>", "does not serve us", true),
        ("451 Unavailable For Legal Reasons", r#"{"code":0,"msg":"restricted location"}"#, "restricted location", true),
        ("503 Service Unavailable", "", "maintenance", true),
        ("500 Internal Server Error", "", "did not answer", true),
        ("400 Bad Request", r#"{"code":-1121,"msg":"Invalid symbol."}"#, "unknown symbol `BTCUSDT`", true),
        ("400 Bad Request", r#"{"code":-1100,"msg":"Illegal characters"}"#, "Illegal characters (code -1100)", true),
        ("200 OK", "garbage", "did not answer", true),
    ] {
        let bodies = Bodies::start(move |_| (status.to_owned(), body.to_owned())).await;
        let venue = venue::<binance::Spot>(settings(&bodies.address, "ws://127.0.0.1:1"));
        let error = venue.order_book(&btc()).await.unwrap_err();
        assert!(error.to_string().contains(expected), "{status}: {error}");
        let _ = venue.order_book(&btc()).await;
        assert_eq!(bodies.asked().len(), 1 + usize::from(is_asked_again), "{status}");
    }
}

#[tokio::test]
async fn the_limits_of_the_headers_are_kept_before_they_are_passed() {
    let answer = |_: &str| {
        let status = "200 OK\r\nx-bapi-limit-status: 0\r\nx-bapi-limit-reset-timestamp: 99999999999999".to_owned();
        let body = r#"{"retCode":0,"retMsg":"OK","result":{"timeSecond":"1","timeNano":"1"},"time":1}"#;
        (status, body.to_owned())
    };
    let bodies = Bodies::start(answer).await;
    let venue = venue::<bybit::Contracts>(settings(&bodies.address, "ws://127.0.0.1:1"));
    venue.check_connection().await.unwrap();
    let error = venue.check_connection().await.unwrap_err();
    assert!(matches!(error, ExchangeError::RateLimited { .. }) && bodies.asked().len() == 1, "{error}");
}

#[tokio::test]
async fn bodies_that_were_recorded_answer_every_question() {
    let Some(folder) = read("captures/binance/fetch_ticker_BTC_USDT.json") else { return };
    let recorded = |text: String| -> String {
        serde_json::from_str::<serde_json::Value>(&text).unwrap()["http_response"].to_string()
    };
    let ticker = recorded(folder);
    let candles = recorded(read("captures/binance/fetch_ohlcv_BTC_USDT.json").unwrap());
    let bodies = Bodies::start(move |path| {
        let body = if path.starts_with("/api/v3/klines") && path.contains("startTime=1770523200000") {
            candles.clone()
        } else if path.starts_with("/api/v3/klines") {
            "[]".to_owned()
        } else {
            ticker.clone()
        };
        ("200 OK".to_owned(), body)
    })
    .await;
    let venue = venue::<binance::Spot>(settings(&bodies.address, "ws://127.0.0.1:1"));
    assert_eq!(venue.ticker(&btc()).await.unwrap().last.unwrap().to_string(), "69383.05");
    let since = trading_services::model::Timestamp::from_millis(1_770_523_200_000).unwrap();
    let candles = venue.candles(&btc(), Duration::from_secs(3_600), since, 10).await.unwrap();
    let closes: Vec<_> = candles.iter().map(|candle| candle.close.to_string()).collect();
    assert_eq!(closes, ["69340.16", "69220.52", "69383.06"]);
    let pages = bodies.asked().iter().filter(|path| path.contains("klines")).count();
    assert_eq!(pages, 2, "{:?}", bodies.asked());
}

/// Streams that accept and say nothing more.
pub(crate) async fn silent() -> Streams {
    Streams::start(|mut peer| async move {
        accept(&mut peer).await;
        peer.stay().await;
    })
    .await
}

/// The rules of the first instrument that a venue tells by itself.
async fn told_rules<P: Protocol>(body: &'static str) -> (Instrument, Vec<String>) {
    let streams = silent().await;
    let bodies = Bodies::start(move |_| ("200 OK".to_owned(), body.to_owned())).await;
    let venue = venue::<P>(settings(&bodies.address, &streams.address));
    let mut stream = venue.subscribe(&[btc()]).await.unwrap();
    loop {
        let event = tokio::time::timeout(PATIENCE, stream.next()).await.expect("an event").unwrap().unwrap();
        if let EventKind::Instrument(instrument) = event.kind {
            assert_eq!(event.instrument, instrument.id);
            return (*instrument, bodies.asked());
        }
    }
}

/// As documented: two instruments, of which one was asked for. USD-M always sends all.
pub(crate) const EXCHANGE_INFO: &str = r#"{"timezone":"UTC","symbols":[
 {"symbol":"ETHUSDT","status":"TRADING","baseAsset":"ETH","quoteAsset":"USDT","filters":[]},
 {"symbol":"BTCUSDT","status":"TRADING","baseAsset":"BTC","quoteAsset":"USDT","filters":[
  {"filterType":"PRICE_FILTER","minPrice":"0.01","maxPrice":"1000000.00","tickSize":"0.01000000"},
  {"filterType":"LOT_SIZE","minQty":"0.00001000","maxQty":"9000.00000000","stepSize":"0.00001000"},
  {"filterType":"NOTIONAL","minNotional":"5.00000000"}]}]}"#;

pub(crate) const INSTRUMENTS_INFO: &str = r#"{"retCode":0,"retMsg":"OK","result":{"category":"linear","list":[{"symbol":"BTCUSDT",
 "contractType":"LinearPerpetual","status":"Trading","baseCoin":"BTC","quoteCoin":"USDT","deliveryTime":"0",
 "priceFilter":{"minPrice":"0.10","maxPrice":"1999999.80","tickSize":"0.10"},
 "lotSizeFilter":{"maxOrderQty":"1190.000","minOrderQty":"0.001","qtyStep":"0.001","minNotionalValue":"5"}}],
 "nextPageCursor":""},"retExtInfo":{},"time":1707186451514}"#;

#[tokio::test]
async fn the_rules_of_orders_come_among_the_messages() {
    let expected = |lot: &str, tick: &str, least: &str| {
        [lot, tick, least, "5"].map(|text| Some(text.parse::<rust_decimal::Decimal>().unwrap()))
    };
    let rules = |told: &Instrument| [told.lot_size, told.tick_size, told.min_quantity, told.min_notional];
    let (told, asked) = told_rules::<binance::Spot>(EXCHANGE_INFO).await;
    assert_eq!((told.id.symbol.as_str(), rules(&told)), ("BTCUSDT", expected("0.00001", "0.01", "0.00001")));
    assert!(asked.contains(&"/api/v3/exchangeInfo?symbol=BTCUSDT".to_owned()), "{asked:?}");
    let (told, asked) = told_rules::<binance::UsdM>(EXCHANGE_INFO).await;
    assert_eq!((told.id.symbol.as_str(), rules(&told)), ("BTCUSDT", expected("0.00001", "0.01", "0.00001")));
    assert!(asked.contains(&"/fapi/v1/exchangeInfo".to_owned()), "{asked:?}");
    let (told, asked) = told_rules::<bybit::Contracts>(INSTRUMENTS_INFO).await;
    assert_eq!((told.id.symbol.as_str(), rules(&told)), ("BTCUSDT", expected("0.001", "0.1", "0.001")));
    assert!(asked.contains(&"/v5/market/instruments-info?category=linear&symbol=BTCUSDT".to_owned()), "{asked:?}");
}

/// The symbols of the next rules that a stream has.
async fn symbols_with_rules(stream: &mut EventStream, count: usize) -> BTreeSet<String> {
    let mut told = BTreeSet::new();
    while told.len() < count {
        let event = tokio::time::timeout(PATIENCE, stream.next()).await.expect("an event").unwrap().unwrap();
        if let EventKind::Instrument(instrument) = event.kind {
            told.insert(instrument.id.symbol.as_str().to_owned());
        }
    }
    told
}

pub(crate) async fn degraded<P: Protocol>(venue: &LiveExchange<P>) -> Option<String> {
    let health = di_core::health::HealthCheck::check(venue).await.unwrap();
    (health.status() != di_core::health::HealthStatus::Healthy).then(|| format!("{health:?}"))
}

/// What a venue says of itself once it is degraded and `is_it` what is waited for.
pub(crate) async fn until_degraded<P: Protocol>(venue: &LiveExchange<P>, is_it: impl Fn(&str) -> bool) -> String {
    let said = async {
        loop {
            if let Some(said) = degraded(venue).await.filter(|said| is_it(said)) {
                return said;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(PATIENCE, said).await.expect("it is degraded")
}

#[tokio::test]
async fn rules_are_asked_for_until_they_are_told_and_until_then_the_venue_is_degraded() {
    let (streams, is_back) = (silent().await, Arc::new(AtomicBool::new(false)));
    let (asked, back) = (AtomicUsize::new(0), Arc::clone(&is_back));
    let bodies = Bodies::start(move |_| {
        let status = match (back.load(Ordering::SeqCst), asked.fetch_add(1, Ordering::SeqCst) % 3) {
            (true, _) => "200 OK",
            (false, 0) => "500 Internal Server Error",
            (false, 1) => "429 Too Many Requests\r\nretry-after: 0",
            (false, _) => "503 Service Unavailable",
        };
        (status.to_owned(), EXCHANGE_INFO.to_owned())
    })
    .await;
    let mut settings = settings(&bodies.address, &streams.address);
    settings.exchange.order = vec!["binance".to_owned()];
    let venue = venue::<binance::Spot>(settings);
    let mut stream = venue.subscribe(&["BTCUSDT".parse().unwrap(), "ETHUSDT".parse().unwrap()]).await.unwrap();
    // Each way not to answer, and both symbols.
    let said = until_degraded(&venue, |_| bodies.asked().len() >= 8).await;
    assert!(said.contains("orders are not fitted to the rules of 2 symbols, BTCUSDT: "), "{said}");
    is_back.store(true, Ordering::SeqCst);
    let told = symbols_with_rules(&mut stream, 2).await;
    assert_eq!(told.into_iter().collect::<Vec<_>>(), ["BTCUSDT", "ETHUSDT"]);
    assert_eq!(degraded(&venue).await, None);
}

#[tokio::test]
async fn usd_m_is_asked_once_for_the_rules_of_all_and_says_which_it_does_not_have() {
    let streams = silent().await;
    let bodies = Bodies::start(|_| ("200 OK".to_owned(), EXCHANGE_INFO.to_owned())).await;
    let mut settings = settings(&bodies.address, &streams.address);
    settings.exchange.order = vec!["binance-futures".to_owned()];
    let venue = venue::<binance::UsdM>(settings);
    let symbols = ["NONEUSDT", "BTCUSDT", "ETHUSDT"].map(|name| name.parse().unwrap());
    let mut stream = venue.subscribe(&symbols).await.unwrap();
    let told = symbols_with_rules(&mut stream, 2).await;
    assert_eq!(told.into_iter().collect::<Vec<_>>(), ["BTCUSDT", "ETHUSDT"]);
    assert_eq!(bodies.asked(), ["/fapi/v1/exchangeInfo"]);
    let said = degraded(&venue).await.unwrap();
    assert!(said.contains("the rules of 1 symbols, NONEUSDT: the venue says nothing of it"), "{said}");
}

/// The tick of the next rules that a stream has.
pub(crate) async fn next_tick(stream: &mut EventStream) -> String {
    loop {
        let event = tokio::time::timeout(PATIENCE, stream.next()).await.expect("an event").unwrap().unwrap();
        if let EventKind::Instrument(instrument) = event.kind {
            return instrument.tick_size.unwrap().normalize().to_string();
        }
    }
}

/// A venue whose tick is another one at each question.
async fn restless() -> Bodies {
    let asked = AtomicUsize::new(0);
    Bodies::start(move |_| {
        let tick = format!(r#""tickSize":"0.{}""#, asked.fetch_add(1, Ordering::SeqCst) + 1);
        ("200 OK".to_owned(), EXCHANGE_INFO.replace(r#""tickSize":"0.01000000""#, &tick))
    })
    .await
}

#[tokio::test]
async fn rules_that_were_told_are_asked_for_again_and_again() {
    let (streams, bodies) = (silent().await, restless().await);
    let mut settings = settings(&bodies.address, &streams.address);
    settings.live.rules_every = Duration::from_millis(10);
    let mut stream = venue::<binance::Spot>(settings).subscribe(&[btc()]).await.unwrap();
    for expected in ["0.1", "0.2", "0.3"] {
        assert_eq!(next_tick(&mut stream).await, expected);
    }
    drop(stream);
    // Nobody reads any more: nobody is asked any more.
    let is_quiet = async {
        loop {
            let before = bodies.asked().len();
            tokio::time::sleep(Duration::from_millis(200)).await;
            if bodies.asked().len() == before {
                return;
            }
        }
    };
    tokio::time::timeout(PATIENCE, is_quiet).await.expect("it ends");
}

#[tokio::test]
async fn rules_are_asked_for_again_when_a_lost_connection_is_back() {
    let streams = Streams::start(|mut peer| async move {
        accept(&mut peer).await;
        // The first one is lost after a moment.
        if peer.index > 0 {
            peer.stay().await;
        } else {
            peer.hear_soon(100).await;
        }
    })
    .await;
    let bodies = restless().await;
    let mut settings = settings(&bodies.address, &streams.address);
    settings.exchange.order = vec!["binance".to_owned()];
    let venue = venue::<binance::Spot>(settings);
    let mut stream = venue.subscribe(&[btc()]).await.unwrap();
    assert_eq!(next_tick(&mut stream).await, "0.1");
    assert_eq!(next_tick(&mut stream).await, "0.2");
    assert_eq!((streams.connections(), bodies.asked().len()), (2, 2));
}

#[tokio::test]
async fn a_symbol_whose_rules_hold_is_not_without_them_while_the_venue_does_not_answer() {
    let (streams, asked) = (silent().await, Arc::new(AtomicUsize::new(0)));
    let count = Arc::clone(&asked);
    let bodies = Bodies::start(move |_| {
        let status = if count.fetch_add(1, Ordering::SeqCst) == 0 { "200 OK" } else { "500 Internal Server Error" };
        (status.to_owned(), EXCHANGE_INFO.to_owned())
    })
    .await;
    let mut settings = settings(&bodies.address, &streams.address);
    settings.exchange.order = vec!["binance".to_owned()];
    settings.live.rules_every = Duration::from_millis(10);
    let venue = venue::<binance::Spot>(settings);
    let mut stream = venue.subscribe(&[btc()]).await.unwrap();
    assert_eq!(next_tick(&mut stream).await, "0.01");
    let again = async {
        while asked.load(Ordering::SeqCst) < 5 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(PATIENCE, again).await.expect("it is asked again");
    assert_eq!(degraded(&venue).await, None, "what was told before holds");
}

/// The venue lists a symbol, then does not, and then does again; what is told of it meanwhile.
async fn unlisted_meanwhile<P: Protocol>(listed: &'static str, status: &'static str, unlisted: &'static str) {
    let (streams, asked) = (silent().await, AtomicUsize::new(0));
    let bodies = Bodies::start(move |_| match asked.fetch_add(1, Ordering::SeqCst) {
        1..6 => (status.to_owned(), unlisted.to_owned()),
        _ => ("200 OK".to_owned(), listed.to_owned()),
    })
    .await;
    let mut settings = settings(&bodies.address, &streams.address);
    settings.exchange.order = vec![P::VENUE.as_str().to_owned()];
    settings.live.rules_every = Duration::from_millis(200);
    let venue = venue::<P>(settings);
    let mut stream = venue.subscribe(&[btc()]).await.unwrap();
    let mut told = Vec::new();
    while told.len() < 3 {
        let event = tokio::time::timeout(PATIENCE, stream.next()).await.expect("an event").unwrap().unwrap();
        if let EventKind::Instrument(instrument) = event.kind {
            told.push(*instrument);
            if told.len() == 2 {
                let said = degraded(&venue).await.unwrap();
                assert!(said.contains("the venue no longer lists BTCUSDT: it is halted"), "{said}");
            }
        }
    }
    let [first, halted, again] = &told[..] else { panic!("{told:?}") };
    assert_eq!(halted, &Instrument { status: InstrumentStatus::Halted, ..first.clone() }, "once, and its rules hold");
    assert_eq!(halted.changes_since(first), "it is halted");
    assert_eq!(again, first);
    assert_eq!(degraded(&venue).await, None);
}

#[tokio::test]
async fn a_symbol_that_its_venue_no_longer_lists_is_halted_and_the_venue_says_so() {
    let unknown = r#"{"code":-1121,"msg":"Invalid symbol."}"#;
    unlisted_meanwhile::<binance::Spot>(EXCHANGE_INFO, "400 Bad Request", unknown).await;
    let none = r#"{"timezone":"UTC","symbols":[]}"#;
    unlisted_meanwhile::<binance::UsdM>(EXCHANGE_INFO, "200 OK", none).await;
    let none = r#"{"retCode":0,"retMsg":"OK","result":{"category":"linear","list":[]},"retExtInfo":{},"time":1}"#;
    unlisted_meanwhile::<bybit::Contracts>(INSTRUMENTS_INFO, "200 OK", none).await;
}
