//! The limits of the venues' requests: weights, bans, and clocks.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures::future::join_all;
use trading_services::config::ConfigManager;
use trading_services::model::Symbol;
use trading_services::ports::{ExchangeError, IConfigService, IExchange};
use trading_services::venues::live::{LiveExchange, RestClients};
use trading_services::venues::{binance, bybit};

use crate::live::{btc, settings, venue};
use crate::server::Bodies;

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
