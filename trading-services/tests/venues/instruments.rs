//! Lists of instruments, and what is asked for besides: whole, or an error.

use trading_services::model::{EventKind, InstrumentKind, Symbol, Timestamp};
use trading_services::ports::{ExchangeError, IExchange, TypedVenue};
use trading_services::venues::live::{Plan, Protocol};
use trading_services::venues::{binance, bybit};

use crate::live::{PATIENCE, accept, btc, next, settings, venue};
use crate::server::{Bodies, Streams};
use crate::truths::read;

fn contract(symbol: &str, kind: &str) -> String {
    format!(
        r#"{{"symbol":"{symbol}","contractType":"{kind}","status":"Trading","baseCoin":"BTC","quoteCoin":"USD","deliveryTime":"0","priceFilter":{{"tickSize":"0.10"}},"lotSizeFilter":{{"minOrderQty":"1","qtyStep":"1"}}}}"#
    )
}

fn option(symbol: &str) -> String {
    format!(
        r#"{{"symbol":"{symbol}","optionsType":"Call","status":"Trading","baseCoin":"BTC","quoteCoin":"USDT","deliveryTime":"1782460800000","priceFilter":{{"tickSize":"5"}},"lotSizeFilter":{{"minOrderQty":"0.01","qtyStep":"0.01"}}}}"#
    )
}

fn page(category: &str, rows: &[String], cursor: &str) -> String {
    let rows = rows.join(",");
    format!(
        r#"{{"retCode":0,"retMsg":"OK","result":{{"category":"{category}","nextPageCursor":"{cursor}","list":[{rows}]}},"retExtInfo":{{}},"time":1}}"#
    )
}

async fn listed<P: Protocol>(answer: impl Fn(&str) -> String + Send + Sync + 'static) -> Result<Vec<String>, String> {
    let bodies = Bodies::start(move |path| ("200 OK".to_owned(), answer(path))).await;
    let mut settings = settings(&bodies.address, "ws://127.0.0.1:1");
    settings.exchange.symbols = vec!["XRP-26JUN26-2-C-USDT".parse().unwrap()];
    let venue = venue::<P>(settings);
    let found = venue.instruments().await.map_err(|error| error.to_string())?;
    Ok(found.into_iter().map(|instrument| instrument.id.symbol.to_string()).collect())
}

#[tokio::test]
async fn what_is_no_list_of_instruments_is_an_error_and_no_empty_list() {
    for body in
        ["garbage", "{}", "[]", "{\"serverTime\":1}", "{\"symbols\":5}", "{\"symbols\":[]}", "{\"symbols\":[{}]}"]
    {
        let error = listed::<binance::Spot>(|_| body.to_owned()).await.unwrap_err();
        assert!(error.contains("did not answer: expected"), "{body}: {error}");
    }
    let nothing = page("linear", &[], "");
    for body in [
        "garbage",
        "{\"retCode\":0,\"retMsg\":\"\",\"result\":{\"timeSecond\":\"1\",\"timeNano\":\"1\"},\"time\":1}",
        &nothing,
    ] {
        let body = body.to_owned();
        let error = listed::<bybit::Contracts>(move |_| body.clone()).await.unwrap_err();
        assert!(error.contains("did not answer"), "{error}");
    }
}

#[tokio::test]
async fn one_odd_instrument_does_not_hide_the_others() {
    let row = |name: &str, tick: &str| {
        format!(
            r#"{{"symbol":"{name}","status":"TRADING","baseAsset":"A","quoteAsset":"B","filters":[{{"filterType":"PRICE_FILTER","tickSize":"{tick}"}}]}}"#
        )
    };
    let body = format!(
        r#"{{"symbols":[{},{},{{"symbol":7}},{}]}}"#,
        row("ONE", "0.1"),
        row("TWO", "cheap"),
        row("THREE", "0.2")
    );
    assert_eq!(listed::<binance::Spot>(move |_| body.clone()).await.unwrap(), ["ONE", "THREE"]);
}

#[tokio::test]
async fn all_lists_of_a_venue_are_read_to_their_last_page() {
    let answer = |path: &str| match path {
        "/v5/market/instruments-info?category=linear&limit=1000" => {
            page("linear", &[contract("BTCUSDT", "LinearPerpetual")], "page%3D2")
        }
        "/v5/market/instruments-info?category=linear&limit=1000&cursor=page%3D2" => {
            page("linear", &[contract("ETHUSDT", "LinearPerpetual")], "")
        }
        "/v5/market/instruments-info?category=inverse&limit=1000" => {
            page("inverse", &[contract("BTCUSD", "InversePerpetual")], "")
        }
        other => panic!("{other}"),
    };
    assert_eq!(listed::<bybit::Contracts>(answer).await.unwrap(), ["BTCUSDT", "ETHUSDT", "BTCUSD"]);
    // Options on bitcoin alone are told where no coin is named; that of the configuration is among them.
    let answer = |path: &str| {
        let (_, coin) = path.split_once("category=option&baseCoin=").unwrap();
        let coin = coin.strip_suffix("&limit=1000").unwrap();
        page("option", &[option(&format!("{coin}-26JUN26-100-C-USDT"))], "")
    };
    let all = ["BTC-26JUN26-100-C-USDT", "ETH-26JUN26-100-C-USDT", "SOL-26JUN26-100-C-USDT", "XRP-26JUN26-100-C-USDT"];
    assert_eq!(listed::<bybit::Options>(answer).await.unwrap(), all);
}

#[tokio::test]
async fn pages_that_lead_back_to_one_of_before_come_to_an_end() {
    let answer = |path: &str| {
        let (name, next) = match path.split_once("&cursor=") {
            _ if path.contains("category=inverse") => ("BTCUSD", ""),
            None => ("ONEUSDT", "a"),
            Some((_, "a")) => ("TWOUSDT", "b"),
            Some((_, "b")) => ("THREEUSDT", "a"),
            Some(_) => panic!("{path}"),
        };
        page("linear", &[contract(name, "LinearPerpetual")], next)
    };
    let listed = tokio::time::timeout(PATIENCE, listed::<bybit::Contracts>(answer)).await.expect("an end");
    assert_eq!(listed.unwrap(), ["ONEUSDT", "TWOUSDT", "THREEUSDT", "BTCUSD"]);
}

#[tokio::test]
async fn the_time_of_a_server_is_that_of_its_body() {
    async fn said<P: Protocol>(body: String) -> Result<Timestamp, ExchangeError> {
        let bodies = Bodies::start(move |_| ("200 OK".to_owned(), body.clone())).await;
        venue::<P>(settings(&bodies.address, "ws://127.0.0.1:1")).server_time().await
    }
    let Some(recorded) = read("frames/polyoxide-binance/rest/time.json") else { return };
    assert_eq!(said::<binance::Spot>(recorded).await.ok(), Timestamp::from_millis(1_791_383_675_683));
    let bybit = r#"{"retCode":0,"retMsg":"OK","result":{"timeSecond":"1688639403","timeNano":"1688639403423213947"},"retExtInfo":{},"time":1688639403423}"#;
    assert_eq!(
        said::<bybit::Spot>(bybit.to_owned()).await.ok(),
        Some(Timestamp::from_nanos(1_688_639_403_423_213_947))
    );
    let error = said::<bybit::Spot>(bybit.replace("timeNano", "nanos")).await.unwrap_err();
    assert!(error.to_string().contains("the time of the server"), "{error}");
}

#[tokio::test]
async fn an_inverse_contract_is_told_from_one_in_coins() {
    let rows = [contract("BTCUSDT", "LinearPerpetual"), contract("BTCUSD", "InversePerpetual")];
    let bodies = Bodies::start(move |_| ("200 OK".to_owned(), page("linear", &rows, ""))).await;
    let venue = venue::<bybit::Contracts>(settings(&bodies.address, "ws://127.0.0.1:1"));
    let told: Vec<_> = venue
        .instruments()
        .await
        .unwrap()
        .into_iter()
        .take(2)
        .map(|one| (one.kind, one.is_inverse, one.contract_size.map(|size| size.to_string())))
        .collect();
    let perpetual = InstrumentKind::Perpetual;
    assert_eq!(told, [(perpetual, false, Some("1".to_owned())), (perpetual, true, None)]);
}

#[tokio::test]
async fn trades_of_which_one_is_not_understood_are_an_error() {
    let trade = |id: u64, price: &str| {
        format!(r#"{{"id":{id},"price":"{price}","qty":"1","time":1723161255342,"isBuyerMaker":true}}"#)
    };
    let body = format!("[{},{}]", trade(1, "100"), trade(2, "cheap"));
    let bodies = Bodies::start(move |_| ("200 OK".to_owned(), body.clone())).await;
    let venue = venue::<binance::Spot>(settings(&bodies.address, "ws://127.0.0.1:1"));
    let error = venue.trades(&btc(), 2).await.unwrap_err();
    assert!(matches!(&error, ExchangeError::Unavailable { reason, .. } if reason.contains("`cheap`")), "{error}");
}

#[test]
fn trades_of_many_options_on_a_coin_come_through_one_connection() {
    let symbols: Vec<Symbol> = (0..600)
        .map(|strike| format!("BTC-26JUN26-{strike}-C-USDT").parse().unwrap())
        .chain(["ETH-26JUN26-1-C-USDT".parse().unwrap()])
        .collect();
    let plans = bybit::Options::plans(&symbols);
    let is_trade = |topic: &&String| topic.starts_with("publicTrade");
    let topics: Vec<_> = plans.iter().map(|plan| plan.topics.iter().filter(is_trade).count()).collect();
    assert_eq!(topics, [1, 0, 1]);
    let told: Vec<usize> = plans.iter().map(|Plan { trades, .. }| trades.len()).collect();
    assert_eq!(told, [600, 0, 1], "whose trades come through which");
}

#[tokio::test]
async fn trades_of_options_that_were_not_subscribed_to_are_left_out() {
    let trade = |symbol: &str, id: &str| {
        format!(r#"{{"p":"985","v":"0.01","i":"{id}","T":1680652922081,"BT":false,"s":"{symbol}","S":"Sell"}}"#)
    };
    let frame = format!(
        r#"{{"id":"1","topic":"publicTrade.BTC","ts":1680652922102,"data":[{},{}],"type":"snapshot"}}"#,
        trade("BTC-28APR23-29500-C", "other"),
        trade("BTC-28APR23-30000-C", "ours")
    );
    let streams = Streams::start(move |mut peer| {
        let frame = frame.clone();
        async move {
            accept(&mut peer).await;
            peer.say(&frame).await;
            peer.stay().await;
        }
    })
    .await;
    let venue = venue::<bybit::Options>(settings("http://127.0.0.1:1", &streams.address));
    let mut stream = venue.open(&["BTC-28APR23-30000-C".parse().unwrap()]).await.unwrap();
    let first = async {
        loop {
            let event = next(&mut stream).await;
            if let EventKind::Trade(trade) = event.kind {
                return (event.instrument.symbol.to_string(), trade.id.to_string());
            }
        }
    };
    let first = tokio::time::timeout(PATIENCE, first).await.unwrap();
    assert_eq!(first, ("BTC-28APR23-30000-C".to_owned(), "ours".to_owned()));
}
