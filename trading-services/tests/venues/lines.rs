//! Hostile lines: bytes that trickle, certificates that nobody vouches for, clocks that are wrong.

use std::io::Read;
use std::net::TcpStream as BlockingStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use trading_services::config::Settings;
use trading_services::data::{self, Markets};
use trading_services::model::{EventKind, Rejection};
use trading_services::ports::{ExchangeError, IExchange, TypedVenue};
use trading_services::venues::live::{LiveExchange, Protocol};
use trading_services::venues::{binance, bybit};

use crate::live::{PATIENCE, book, btc, next, settings, venue};
use crate::server::{Bodies, Streams};
use crate::truths::read;

/// A line between a client and a server that hands on what the server sends in pieces, with a pause after each.
struct Trickle {
    address: String,
}

/// How much goes at once, and how long nothing goes after it.
#[derive(Clone, Copy)]
struct Drops {
    /// The answer to the handshake goes as a whole: the client's library takes it for an attack when that comes in bytes.
    has_whole_head: bool,
    size: usize,
    pause: Duration,
}

impl Trickle {
    async fn before(server: &str, drops: Drops) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (scheme, host) = server.split_once("://").unwrap();
        let (address, host) = (format!("{scheme}://{}", listener.local_addr().unwrap()), host.to_owned());
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect(&host).await.unwrap();
                tokio::spawn(hand_on(client, server, drops));
            }
        });
        Self { address }
    }
}

async fn hand_on(client: TcpStream, server: TcpStream, drops: Drops) {
    client.set_nodelay(true).unwrap();
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    tokio::spawn(async move { tokio::io::copy(&mut from_client, &mut to_server).await });
    if drops.has_whole_head {
        let (mut head, mut byte) = (Vec::new(), [0]);
        while !head.ends_with(b"\r\n\r\n") && from_server.read_exact(&mut byte).await.is_ok() {
            head.push(byte[0]);
        }
        to_client.write_all(&head).await.unwrap();
    }
    let mut bytes = vec![0; drops.size];
    while let Ok(count @ 1..) = from_server.read(&mut bytes).await {
        if to_client.write_all(&bytes[..count]).await.is_err() {
            return;
        }
        if drops.pause.is_zero() {
            tokio::task::yield_now().await;
        } else {
            tokio::time::sleep(drops.pause).await;
        }
    }
}

/// What the health of a venue that is in use says.
async fn health<P: Protocol>(venue: &LiveExchange<P>) -> String {
    format!("{:?}", di_core::health::HealthCheck::check(venue).await.unwrap())
}

/// Settings in which that venue is in use.
fn in_use(name: &str, rest: &str, stream: &str) -> Settings {
    let mut settings = settings(rest, stream);
    settings.exchange.order = vec![name.to_owned()];
    settings
}

#[tokio::test]
async fn frames_that_come_byte_by_byte_and_bodies_that_come_in_pieces_are_whole() {
    let Some(diffs) = read("frames/tickvault/binance_us_depth.jsonl") else { return };
    let snapshot = read("frames/tickvault/binance_us_snapshot.json").unwrap();
    let streams = Streams::of_binance(diffs, Duration::ZERO).await;
    let bodies = Bodies::start(move |_| ("200 OK".to_owned(), snapshot.clone())).await;
    let drops = Drops { has_whole_head: true, size: 1, pause: Duration::ZERO };
    let stream = Trickle::before(&streams.address, drops).await;
    let rest = Trickle::before(&bodies.address, Drops { size: 97, ..drops }).await;
    let venue = venue::<binance::Spot>(settings(&rest.address, &stream.address));
    let mut stream = venue.open(&[btc()]).await.unwrap();
    let mut markets = Markets::new(&data::Settings::default(), &[]);
    while book(&markets).is_none_or(|(id, ..)| id != 3_297_892_634) {
        let event = next(&mut stream).await;
        // Changes that are older than the book are refused.
        if markets.ingest(&event).is_ok_and(|ingested| ingested.needs_snapshot) {
            venue.resync(&btc()).await.unwrap();
        }
    }
    assert_eq!((markets.counters.gaps, markets.counters.crossed_books, streams.connections()), (0, 0, 1));
}

#[tokio::test]
async fn a_message_that_never_ends_does_not_keep_a_connection_alive() {
    let streams = Streams::start(|mut peer| async move {
        peer.hear().await;
        peer.say(r#"{"result":null,"id":1}"#).await;
        // A text of 64,000 bytes begins, of which one comes now and then.
        let line = peer.socket.get_mut();
        let _ = line.write_all(&[0x81, 126, 0xfa, 0]).await;
        while line.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
    let mut settings = in_use("binance", "http://127.0.0.1:1", &streams.address);
    settings.live.idle_timeout = Duration::from_millis(200);
    let venue = venue::<binance::Spot>(settings);
    let mut stream = venue.open(&[btc()]).await.unwrap();
    while !matches!(next(&mut stream).await.kind, EventKind::Interrupted) {}
    let said = health(&venue).await;
    assert!(said.contains("expected a message within 200ms"), "{said}");
    while streams.connections() < 2 {
        next(&mut stream).await;
    }
}

#[tokio::test]
async fn a_handshake_and_a_body_that_trickle_for_ever_are_given_up_in_time() {
    let streams = Streams::start(|mut peer| async move { peer.stay().await }).await;
    let bodies = Bodies::start(|_| ("200 OK".to_owned(), " ".repeat(10_000))).await;
    let drops = Drops { has_whole_head: false, size: 1, pause: Duration::from_millis(20) };
    let stream = Trickle::before(&streams.address, drops).await;
    let rest = Trickle::before(&bodies.address, drops).await;
    let mut settings = in_use("binance", &rest.address, &stream.address);
    settings.live.connect_timeout = Duration::from_millis(200);
    let venue = venue::<binance::Spot>(settings);
    let asked = tokio::time::timeout(PATIENCE, venue.check_connection()).await.expect("an answer");
    assert!(matches!(asked, Err(ExchangeError::Unavailable { .. })), "{asked:?}");
    let mut stream = venue.open(&[btc()]).await.unwrap();
    next(&mut stream).await;
    let said = health(&venue).await;
    assert!(said.contains("expected a connection within 200ms"), "{said}");
}

/// A server whose certificate it has signed itself; it counts who has come, and who has said anything to it.
fn self_signed() -> (String, Arc<AtomicUsize>, Arc<AtomicUsize>) {
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned(), "localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = config.with_no_client_auth().with_single_cert(vec![made.cert.der().clone()], key).unwrap();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (came, said) = (Arc::<AtomicUsize>::default(), Arc::<AtomicUsize>::default());
    let counts = (Arc::clone(&came), Arc::clone(&said));
    std::thread::spawn(move || {
        let config = Arc::new(config);
        for line in listener.incoming() {
            counts.0.fetch_add(1, Ordering::SeqCst);
            let mut line: BlockingStream = line.unwrap();
            let mut server = ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut byte = [0];
            if matches!(rustls::Stream::new(&mut server, &mut line).read(&mut byte), Ok(1..)) {
                counts.1.fetch_add(1, Ordering::SeqCst);
            }
        }
    });
    (address, came, said)
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_refused_and_nothing_is_said_to_its_server() {
    let (address, came, said) = self_signed();
    let mut settings = in_use("binance", &format!("https://{address}"), &format!("wss://{address}"));
    settings.live.first_pause = Duration::from_millis(50);
    settings.live.longest_pause = Duration::from_secs(10);
    let venue = venue::<binance::Spot>(settings);
    let error = venue.order_book(&btc()).await.unwrap_err();
    assert!(matches!(error, ExchangeError::Unavailable { .. }), "{error:?}");
    assert!(error.to_string().contains("certificate"), "{error}");
    let mut stream = venue.open(&[btc()]).await.unwrap();
    // Tried again, and with pauses that grow: a certificate may be renewed.
    while came.load(Ordering::SeqCst) < 4 {
        let event = next(&mut stream).await;
        assert!(matches!(event.kind, EventKind::Control), "{event:?}");
    }
    let said_of_it = health(&venue).await;
    assert!(said_of_it.contains("Degraded") && said_of_it.contains("certificate"), "{said_of_it}");
    assert_eq!(said.load(Ordering::SeqCst), 0);
}

/// A trade and a change of the book, as Binance sends them at that time.
fn at(millis: u64, number: u64) -> [String; 2] {
    [
        format!(
            r#"{{"stream":"btcusdt@trade","data":{{"e":"trade","E":{millis},"s":"BTCUSDT","t":{number},"p":"100.5","q":"1","T":{millis},"m":true,"M":true}}}}"#
        ),
        format!(
            r#"{{"stream":"btcusdt@depth@100ms","data":{{"e":"depthUpdate","E":{millis},"s":"BTCUSDT","U":{number},"u":{number},"b":[["100","{number}"]],"a":[["101","1"]]}}}}"#
        ),
    ]
}

fn now_millis() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis().try_into().unwrap()
}

#[tokio::test]
async fn a_venue_whose_clock_is_wrong_has_a_right_book_and_its_trades_of_the_future_are_counted() {
    const HOUR: u64 = 3_600_000;
    let streams = Streams::start(|mut peer| async move {
        peer.hear().await;
        peer.say(r#"{"result":null,"id":1}"#).await;
        let now = now_millis();
        // An hour ahead, an hour behind, and as it should be: a time that goes back is no restart of the numbers.
        for (number, time) in (11..).zip([now + HOUR, now + HOUR + 1, now - HOUR, now - HOUR + 1, now]) {
            for message in at(time, number) {
                peer.say(&message).await;
            }
        }
        peer.stay().await;
    })
    .await;
    let snapshot = r#"{"lastUpdateId":10,"bids":[["100","10"]],"asks":[["101","1"]]}"#;
    let bodies = Bodies::start(|_| ("200 OK".to_owned(), snapshot.to_owned())).await;
    let venue = venue::<binance::Spot>(settings(&bodies.address, &streams.address));
    let mut stream = venue.open(&[btc()]).await.unwrap();
    let mut markets = Markets::new(&data::Settings::default(), &[]);
    let mut ahead = 0;
    while book(&markets).is_none_or(|(id, ..)| id != 15) {
        let event = next(&mut stream).await;
        match markets.ingest(&event) {
            Ok(ingested) if ingested.needs_snapshot => drop(venue.resync(&btc()).await.unwrap()),
            Ok(_) => {}
            Err(refused) => ahead += u64::from(refused.rejection() == Rejection::AheadOfTime),
        }
    }
    assert_eq!(book(&markets), Some((15, "100".to_owned(), "101".to_owned())));
    assert_eq!((ahead, markets.counters.rejected, markets.counters.gaps), (2, 2, 0), "two trades of the future");
}

#[tokio::test]
async fn how_long_to_wait_is_reckoned_by_the_clock_of_the_venue() {
    for skew in [-7_200_i64, 0, 7_200] {
        let venue_now = u64::try_from(i64::try_from(now_millis() / 1_000).unwrap() + skew).unwrap();
        let date = httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(venue_now));
        let reset = (venue_now + 50) * 1_000;
        let status =
            format!("200 OK\r\ndate: {date}\r\nx-bapi-limit-status: 0\r\nx-bapi-limit-reset-timestamp: {reset}");
        let bodies = Bodies::start(move |_| {
            let body = r#"{"retCode":10006,"retMsg":"Too many visits!","result":{},"time":1}"#;
            (status.clone(), body.to_owned())
        })
        .await;
        let venue = venue::<bybit::Contracts>(settings(&bodies.address, "ws://127.0.0.1:1"));
        let error = venue.check_connection().await.unwrap_err();
        assert_eq!(error.retry_after(), Some(Duration::from_secs(50)), "{skew} s: {error}");
        let again = venue.check_connection().await.unwrap_err().retry_after();
        assert!(again.is_some_and(|pause| pause <= Duration::from_secs(50)) && bodies.asked().len() == 1, "{skew} s");
    }
}

#[tokio::test]
async fn headers_that_contradict_each_other_stop_a_venue_for_a_minute_and_not_for_days() {
    // The date of the answer is in 1994, the reset of the limit is today.
    let reset = now_millis() + 3_000;
    let status = format!(
        "200 OK\r\ndate: Sun, 06 Nov 1994 08:49:37 GMT\r\nx-bapi-limit-status: 0\r\nx-bapi-limit-reset-timestamp: {reset}"
    );
    for body in [
        r#"{"retCode":10006,"retMsg":"Too many visits!","result":{},"time":1}"#,
        r#"{"retCode":0,"retMsg":"OK","result":{"timeSecond":"1","timeNano":"1"},"time":1}"#,
    ] {
        let status = status.clone();
        let bodies = Bodies::start(move |_| (status.clone(), body.to_owned())).await;
        let venue = venue::<bybit::Contracts>(settings(&bodies.address, "ws://127.0.0.1:1"));
        let _ = venue.check_connection().await;
        let pause = venue.check_connection().await.unwrap_err().retry_after().unwrap();
        assert!(pause <= Duration::from_secs(60) && bodies.asked().len() == 1, "{pause:?}");
    }
}

#[tokio::test]
async fn a_venue_that_says_itself_how_long_is_left_alone_so_long() {
    let status = || "429 Too Many Requests\r\nretry-after: 86400".to_owned();
    let bodies = Bodies::start(move |_| (status(), String::new())).await;
    let venue = venue::<binance::Spot>(settings(&bodies.address, "ws://127.0.0.1:1"));
    let started = Instant::now();
    let wish = venue.check_connection().await.unwrap_err().retry_after();
    let left = venue.check_connection().await.unwrap_err().retry_after().unwrap();
    assert_eq!(wish, Some(Duration::from_secs(86_400)));
    assert!(left + started.elapsed() >= Duration::from_secs(86_400) && bodies.asked().len() == 1, "{left:?}");
}

#[tokio::test]
async fn the_minute_of_a_used_up_weight_ends_by_the_clock_of_the_venue() {
    // In 1994, 58 seconds before a full minute and 40.
    for (second, left) in [(2, 58), (20, 40)] {
        let status = format!("200 OK\r\ndate: Sun, 06 Nov 1994 08:49:{second:02} GMT\r\nx-mbx-used-weight-1m: 5999");
        let bodies = Bodies::start(move |_| (status.clone(), "{}".to_owned())).await;
        let venue = venue::<binance::Spot>(settings(&bodies.address, "ws://127.0.0.1:1"));
        let started = Instant::now();
        let _ = venue.check_connection().await;
        let pause = venue.check_connection().await.unwrap_err().retry_after().unwrap();
        // The test itself takes a while.
        let left = Duration::from_secs(left);
        assert!(pause <= left && pause + started.elapsed() >= left, "{second}: {pause:?}");
        assert_eq!(bodies.asked().len(), 1);
    }
}
