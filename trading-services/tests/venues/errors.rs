//! Errors of Bybit's requests, and answers that are none.

use trading_services::ports::IExchange;
use trading_services::venues::{binance, bybit};

use crate::live::{btc, settings, venue};
use crate::server::Bodies;

fn refused(code: i64, message: &str) -> String {
    format!(r#"{{"retCode":{code},"retMsg":"{message}","result":{{}},"retExtInfo":{{}},"time":1}}"#)
}

#[tokio::test]
async fn errors_of_bybit_have_types() {
    let country =
        "<html><body>The Amazon CloudFront distribution is configured to block access from your country.</body></html>";
    for (status, body, expected, is_asked_again) in [
        ("403 Forbidden", "<html>access too frequent</html>".to_owned(), "has banned us", false),
        ("403 Forbidden", country.to_owned(), "does not serve us: ", true),
        ("403 Forbidden", refused(10_024, "not available in your region"), "does not serve us: not available", true),
        ("451 Unavailable For Legal Reasons", String::new(), "does not serve us", true),
        ("429 Too Many Requests", String::new(), "may not be asked again within", false),
        ("200 OK", refused(10_006, "Too many visits!"), "may not be asked again within", false),
        ("200 OK", refused(10_018, "Exceeded the IP rate limit."), "may not be asked again within", false),
        ("200 OK", refused(10_016, "Server error."), "did not answer: Server error.", true),
        ("200 OK", refused(10_001, "params error: symbol invalid"), "unknown symbol `BTCUSDT`", true),
        ("200 OK", refused(10_001, "params error: limit"), "refused: params error: limit (code 10001)", true),
        ("503 Service Unavailable", String::new(), "is under maintenance", true),
        ("502 Bad Gateway", String::new(), "did not answer: status 502", true),
        ("200 OK", "<html>".to_owned(), "did not answer: status 200", true),
    ] {
        let answer = body.clone();
        let bodies = Bodies::start(move |_| (status.to_owned(), answer.clone())).await;
        let venue = venue::<bybit::Contracts>(settings(&bodies.address, "ws://127.0.0.1:1"));
        let error = venue.order_book(&btc()).await.unwrap_err();
        assert!(error.to_string().contains(expected), "{status} {body}: {error}");
        let _ = venue.order_book(&btc()).await;
        assert_eq!(bodies.asked().len(), 1 + usize::from(is_asked_again), "{status} {body}");
    }
}

#[tokio::test]
async fn a_body_that_is_not_as_long_as_it_says_is_no_answer() {
    for length in ["1", "999", "many"] {
        let status = format!("200 OK\r\ncontent-length: {length}");
        let bodies = Bodies::start(move |_| (status.clone(), r#"{"serverTime":1}"#.to_owned())).await;
        let venue = venue::<binance::Spot>(settings(&bodies.address, "ws://127.0.0.1:1"));
        let error = venue.check_connection().await.unwrap_err();
        assert!(error.to_string().contains("did not answer") && error.is_transient(), "{length}: {error}");
    }
}
