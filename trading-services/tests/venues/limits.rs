//! The limits of the venues' requests: weights, bans, and clocks.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures::future::join_all;
use trading_services::config::ConfigManager;
use trading_services::model::Symbol;
use trading_services::ports::{ExchangeError, IConfigService, IExchange, TypedVenue};
use trading_services::venues::live::{LiveExchange, Protocol, Request, RestClients};
use trading_services::venues::{binance, bybit};

use crate::live::{PATIENCE, btc, degraded, next, settings, venue};
use crate::server::{Bodies, Streams};

#[tokio::test]
async fn forty_books_of_spot_are_not_asked_for_in_one_minute() {
    let body = r#"{"lastUpdateId":7,"bids":[["1","1"]],"asks":[["2","1"]]}"#;
    let bodies = Bodies::start(move |_| ("200 OK".to_owned(), body.to_owned())).await;
    let venue = venue::<binance::Spot>(settings(&bodies.address, "ws://127.0.0.1:1"));
    let symbols: Vec<Symbol> = (0..40).map(|index| format!("COIN{index}").parse().unwrap()).collect();
    let answers = join_all(symbols.iter().map(|symbol| venue.order_book(symbol))).await;
    // Each weighs 250, and 6,000 are allowed.
    let told = answers.iter().filter(|answer| answer.is_ok()).count();
    assert_eq!((told, bodies.asked().len()), (21, 21));
    for error in answers.into_iter().filter_map(Result::err) {
        let ExchangeError::RateLimited { retry_after, .. } = error else { panic!("{error}") };
        assert!(retry_after <= Duration::from_secs(60), "{retry_after:?}");
    }
    // What weighs little still finds room.
    assert!(!matches!(venue.check_connection().await, Err(ExchangeError::RateLimited { .. })));
}

#[test]
fn a_book_weighs_by_how_many_levels_are_asked_for() {
    fn asked<P: Protocol>() -> (String, u32) {
        let symbol = btc();
        let request = Request::Book(&symbol);
        (P::path(&request).unwrap(), P::weight(&request))
    }
    assert_eq!(asked::<binance::Spot>(), ("/api/v3/depth?symbol=BTCUSDT&limit=5000".to_owned(), 250));
    assert_eq!(asked::<binance::UsdM>(), ("/fapi/v1/depth?symbol=BTCUSDT&limit=1000".to_owned(), 20));
    assert_eq!(asked::<bybit::Contracts>().1, 1);
}

#[tokio::test]
async fn a_short_pause_that_is_told_later_does_not_end_a_ban() {
    let asked = AtomicUsize::new(0);
    let bodies = Bodies::start_slow(move |_| {
        let is_first = asked.fetch_add(1, Ordering::SeqCst) == 0;
        async move {
            if is_first {
                return ("418 I'm a teapot\r\nretry-after: 3600".to_owned(), String::new());
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
            ("429 Too Many Requests\r\nretry-after: 1".to_owned(), String::new())
        }
    })
    .await;
    let venue = venue::<binance::Spot>(settings(&bodies.address, "ws://127.0.0.1:1"));
    let _ = tokio::join!(venue.check_connection(), venue.check_connection());
    assert_eq!(bodies.asked().len(), 2, "they overtake each other");
    let left = venue.check_connection().await.unwrap_err().retry_after().unwrap();
    assert!(left > Duration::from_secs(3_000), "{left:?}");
}

#[tokio::test]
async fn a_ban_of_an_address_holds_for_all_products_of_its_venue() {
    let bodies = Bodies::start(|_| ("403 Forbidden".to_owned(), "<html>access too frequent</html>".to_owned())).await;
    let config: Arc<dyn IConfigService> =
        Arc::new(ConfigManager::new(Arc::new(settings(&bodies.address, "ws://127.0.0.1:1"))));
    let clients = Arc::new(RestClients::new());
    let contracts = LiveExchange::<bybit::Contracts>::new(Arc::clone(&config), Arc::clone(&clients));
    let spot = LiveExchange::<bybit::Spot>::new(config, clients);
    assert!(matches!(contracts.check_connection().await, Err(ExchangeError::Banned { .. })));
    let left = spot.order_book(&btc()).await.unwrap_err().retry_after().unwrap();
    assert!(left > Duration::from_secs(500) && bodies.asked().len() == 1, "{left:?}");
}

#[tokio::test]
async fn the_last_second_of_a_minute_may_be_one_of_the_next() {
    let status = "200 OK\r\ndate: Sun, 06 Nov 1994 08:49:59 GMT\r\nx-mbx-used-weight-1m: 5999";
    let bodies = Bodies::start(move |_| (status.to_owned(), "{}".to_owned())).await;
    let venue = venue::<binance::Spot>(settings(&bodies.address, "ws://127.0.0.1:1"));
    let _ = venue.check_connection().await;
    let left = venue.check_connection().await.unwrap_err().retry_after().unwrap();
    assert!(left > Duration::from_secs(50) && bodies.asked().len() == 1, "{left:?}");
}

#[tokio::test]
async fn a_venue_that_is_tried_again_and_again_stays_within_its_limit_of_connections() {
    // It lets everybody in, and is gone at once.
    let streams = Streams::start(|_| std::future::ready(())).await;
    let mut settings = settings("http://127.0.0.1:1", &streams.address);
    settings.exchange.order = vec!["binance".to_owned()];
    settings.live.longest_pause = Duration::from_millis(2);
    let venue = venue::<binance::Spot>(settings);
    let trials = async {
        // Each trial of a failover is a stream of its own, which knows nothing of those before.
        while !degraded(&venue).await.is_some_and(|said| said.contains("the venue lets in no more of them for")) {
            let mut stream = venue.open(&[btc()]).await.unwrap();
            for _ in 0..20 {
                let _said = tokio::time::timeout(Duration::from_millis(100), next(&mut stream)).await;
            }
        }
    };
    tokio::time::timeout(PATIENCE, trials).await.expect("it is limited");
    // Nine tenths of the 300 that Binance allows in five minutes; of a trial that ends, the last may not be made.
    let made = streams.connections();
    assert!((200..=270).contains(&made), "{made}");
}

#[tokio::test]
async fn a_ban_from_the_stream_is_remembered_by_the_next_trial() {
    let bodies = Bodies::start(|_| ("418 I'm a teapot\r\nretry-after: 3600".to_owned(), String::new())).await;
    let mut settings = settings("http://127.0.0.1:1", &bodies.address.replace("http", "ws"));
    settings.exchange.order = vec!["binance".to_owned()];
    let venue = venue::<binance::Spot>(settings);
    for _ in 0..5 {
        let mut stream = venue.open(&[btc()]).await.unwrap();
        let _failed = next(&mut stream).await;
    }
    assert_eq!(bodies.asked().len(), 1);
    let said = degraded(&venue).await.unwrap();
    assert!(said.contains("lets in no more of them for 1h") || said.contains("for 59m"), "{said}");
}
