//! Instruments that are paid in several currencies: each amount is converted by a rate that somebody knows, or is said not to
//! be known, and none is added to an amount of another currency.

use std::sync::Arc;
use std::time::Duration;

use di_core::health::HealthStatus;
use di_core::lifecycle::Application;
use di_core::prelude::*;
use proptest::prelude::*;
use rust_decimal::{Decimal, dec};
use trading_services::prelude::*;

use crate::common;

const BTC_EUR: &str = "binance:BTCEUR";
const BTC_USDT: &str = "binance:BTCUSDT";
const EUR_USDT: &str = "binance:EURUSDT";
const USDT_EUR: &str = "bybit-spot:USDTEUR";

fn id(name: &str) -> InstrumentId {
    name.parse().unwrap()
}

fn currency(name: &str) -> Currency {
    name.parse().unwrap()
}

/// The services of a platform that nobody runs, with an account in USDT.
struct Desk(TradingApp);

impl Desk {
    fn new(change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = common::settings();
        settings.simulation.start = Timestamp::from_nanos(1_000_000_000);
        settings.execution.latency = Duration::ZERO;
        (settings.execution.taker_fee, settings.execution.maker_fee) = (dec!(0), dec!(0));
        change(&mut settings);
        Self(TradingApp::build(TradingAppInputs { settings: Arc::new(settings) }).unwrap())
    }

    fn portfolio(&self) -> &dyn IPortfolio {
        self.0.get()
    }

    fn risk(&self) -> &dyn IRiskManager {
        self.0.get()
    }

    fn now(&self) -> Timestamp {
        self.0.get::<dyn IClock>().now()
    }

    /// The venue sends a book around a price.
    fn book(&self, instrument: &str, bid: &str, ask: &str) {
        let instrument = id(instrument);
        let (received, kind) = (self.now(), EventKind::Snapshot(common::snapshot(self.now().as_millis(), bid, ask)));
        self.0.get::<dyn IMarketDataService>().ingest(&MarketEvent { instrument, received, kind }).unwrap();
    }

    /// Asks the risk manager, and lets what is admitted trade at a price.
    fn trade(&self, name: &str, instrument: &str, side: Side, quantity: &str, price: Decimal) -> RiskAnswer {
        let (instrument, price) = (id(instrument), Price::new(price).unwrap());
        let order = OrderRequest {
            id: name.parse().unwrap(),
            instrument: instrument.clone(),
            side,
            quantity: quantity.parse().unwrap(),
            kind: OrderKind::Market,
            time_in_force: TimeInForce::default(),
            reduce_only: false,
            correlation: CorrelationId::default(),
        };
        let request = RiskRequest { order: &order, price, reference: Some(price), is_doubtful: false, module: None };
        let answer = self.risk().check_risk_limits(&request);
        if answer.is_admitted() {
            let executor: &dyn IOrderExecutor = self.0.get();
            executor.submit(&order).unwrap();
            let level = Level { price, quantity: "1000000".parse().unwrap() };
            let depth = BookDepth { bids: vec![level], asks: vec![level] };
            executor.observe(&instrument, self.now(), MarketTick::Book(&depth));
        }
        answer
    }
}

#[test]
fn what_is_paid_in_euros_is_worth_what_the_market_of_euros_says() {
    for (market, bid, ask) in [(EUR_USDT, "1.09", "1.11"), (USDT_EUR, "0.799", "0.801")] {
        let desk = Desk::new(|_| {});
        desk.book(market, bid, ask);
        desk.book(BTC_EUR, "9999", "10001");
        desk.book(BTC_USDT, "10999", "11001");
        let rate = if market == EUR_USDT { dec!(1.1) } else { dec!(1.25) };
        assert!(desk.trade("one", BTC_EUR, Side::Buy, "0.5", dec!(10000)).is_admitted());
        assert!(desk.trade("two", BTC_USDT, Side::Buy, "0.1", dec!(11000)).is_admitted());
        let portfolio = desk.portfolio();
        let balances = portfolio.balances();
        assert_eq!((balances[&currency("EUR")], balances[&currency("USDT")]), (dec!(-5000), dec!(98900)));
        assert_eq!(portfolio.equity(), Ok(dec!(100000)));
        // A tenth up, in euros.
        portfolio.mark(&id(BTC_EUR), "11000".parse().unwrap());
        assert_eq!(portfolio.equity(), Ok(dec!(100000) + dec!(500) * rate));
        assert_eq!(portfolio.pnl().unwrap().unrealised, dec!(500) * rate);
        let worths: Vec<_> = portfolio.positions().into_iter().map(|view| view.worth).collect();
        assert_eq!(worths, [Some(dec!(5500) * rate), Some(dec!(1100))]);
        let metrics = desk.risk().risk_metrics();
        assert_eq!((metrics.exposure, metrics.is_known), (dec!(5500) * rate + dec!(1100), true));
        // Limits are in USDT: 20,000 for an order.
        let limit = dec!(20000) / rate / dec!(10000);
        let more = (limit + dec!(0.01)).round_dp(4).to_string();
        let refused = desk.trade("three", BTC_EUR, Side::Buy, &more, dec!(10000)).to_string();
        assert!(
            refused.starts_with("refused: the order is worth 20") && refused.contains("of at most 20000"),
            "{refused}"
        );
        // So is the size of an order.
        let size = |instrument: &str, price: &str| {
            desk.risk().position_size(&id(instrument), price.parse().unwrap(), &SizingFacts::default()).value()
        };
        assert_eq!(size(BTC_EUR, "10000"), (dec!(2000) / rate / dec!(10000)).trunc_with_scale(6));
        assert_eq!(size(BTC_USDT, "10000"), dec!(0.2));
    }
}

#[test]
fn without_a_rate_nothing_is_opened_and_the_reason_names_the_currency() {
    let desk = Desk::new(|_| {});
    desk.book(BTC_EUR, "9999", "10001");
    let refused = desk.trade("one", BTC_EUR, Side::Buy, "0.5", dec!(10000)).to_string();
    let expected = "refused: it cannot be judged: the value of the order: expected a rate of EUR in the currency of the account, found none";
    assert_eq!(refused, expected);
    let size = desk.risk().position_size(&id(BTC_EUR), "10000".parse().unwrap(), &SizingFacts::default());
    assert!(size.is_zero(), "{size}");
    // A future on euros is no market of euros, and neither is one without a whole book.
    let future = Instrument {
        kind: InstrumentKind::Future,
        base: Some("EUR".to_owned()),
        quote: Some("USDT".to_owned()),
        ..Instrument::named(id("bybit:EURUSDT"))
    };
    let (received, kind) = (desk.now(), EventKind::Instrument(Box::new(future)));
    let told = MarketEvent { instrument: id("bybit:EURUSDT"), received, kind };
    desk.0.get::<dyn IMarketDataService>().ingest(&told).unwrap();
    desk.book("bybit:EURUSDT", "1.09", "1.11");
    assert!(!desk.trade("two", BTC_EUR, Side::Buy, "0.5", dec!(10000)).is_admitted());
    // What is traded at a venue of futures may be one before its rules are told.
    desk.book("binance-futures:EURUSDT", "1.09", "1.11");
    assert!(!desk.trade("three", BTC_EUR, Side::Buy, "0.5", dec!(10000)).is_admitted());
    desk.book(EUR_USDT, "1.09", "1.11");
    assert!(desk.trade("four", BTC_EUR, Side::Buy, "0.5", dec!(10000)).is_admitted());
}

#[tokio::test]
async fn a_position_that_a_store_has_in_another_currency_is_told_of_until_it_is_closed() {
    let desk = Desk::new(|_| {});
    let portfolio = desk.portfolio();
    let fill = Fill {
        id: "old".into(),
        order: "old".parse().unwrap(),
        instrument: id(BTC_EUR),
        side: Side::Buy,
        quantity: "0.1".parse().unwrap(),
        price: "10000".parse().unwrap(),
        currency: currency("USDT"),
        fee: dec!(0),
        fee_currency: currency("USDT"),
        liquidity: Liquidity::Taker,
        time: Timestamp::default(),
        correlation: CorrelationId::default(),
    };
    portfolio.apply(&fill).unwrap();
    desk.book(EUR_USDT, "1.09", "1.11");
    desk.book(BTC_EUR, "9999", "10001");
    let market: &dyn IMarketDataService = desk.0.get();
    assert_eq!(portfolio.currency_of(&id(BTC_EUR), market), currency("USDT"));

    let application = Application::of(&desk.0);
    application.start().await.unwrap();
    application.health().check_now().await;
    let record = application.health().of("RiskManager").unwrap();
    assert_eq!(record.status, HealthStatus::Degraded, "{record:?}");
    let told = format!("{record:?}");
    assert!(told.contains("binance:BTCEUR is held in USDT, and its market is paid in EUR"), "{told}");
    application.stop().await.unwrap();

    assert!(desk.trade("close", BTC_EUR, Side::Sell, "0.1", dec!(10000)).is_admitted());
    assert_eq!(portfolio.currency_of(&id(BTC_EUR), market), currency("EUR"));
    assert!(desk.trade("again", BTC_EUR, Side::Buy, "0.1", dec!(10000)).is_admitted());
    assert_eq!(portfolio.balances()[&currency("EUR")], dec!(-1000));
}

#[tokio::test]
async fn a_rate_that_is_old_is_none_and_the_account_has_no_value_until_it_is_back() {
    let desk = Desk::new(|settings| settings.market_data.stale_after = Duration::from_secs(10));
    desk.book(EUR_USDT, "1.09", "1.11");
    desk.book(BTC_EUR, "9999", "10001");
    assert!(desk.trade("one", BTC_EUR, Side::Buy, "0.5", dec!(10000)).is_admitted());
    let platform: &Platform = desk.0.get();
    platform.clock.advance_to(desk.now().saturating_add(Duration::from_secs(60)));
    assert_eq!(desk.portfolio().equity(), Err(PortfolioError::NoRate(currency("EUR"))));
    let metrics = desk.risk().risk_metrics();
    assert!(!metrics.is_known, "{metrics:?}");
    assert_eq!(desk.portfolio().positions()[0].worth, None);
    let refused = desk.trade("two", BTC_USDT, Side::Buy, "0.1", dec!(11000)).to_string();
    assert!(refused.contains("the value of the account: expected a rate of EUR"), "{refused}");
    // What makes the position smaller needs no value.
    assert!(desk.trade("three", BTC_EUR, Side::Sell, "0.1", dec!(10000)).is_admitted());

    let application = Application::of(&desk.0);
    application.start().await.unwrap();
    application.health().check_now().await;
    let record = application.health().of("RiskManager").unwrap();
    assert_eq!(record.status, HealthStatus::Unhealthy, "{record:?}");
    assert!(record.errors[0].contains("no loss ends trading") && record.errors[0].contains("EUR"), "{record:?}");
    application.stop().await.unwrap();

    desk.book(EUR_USDT, "1.19", "1.21");
    assert!(desk.portfolio().equity().is_ok());
}

#[test]
fn a_declared_rate_is_taken_and_no_market_is_asked() {
    let desk = Desk::new(|settings| {
        settings.portfolio.rates = [(currency("USD"), dec!(1))].into();
    });
    desk.book("binance:USDUSDT", "0.90", "0.92");
    assert!(desk.trade("one", "kraken:XBT/USD", Side::Buy, "0.5", dec!(10000)).is_admitted());
    // Nothing was received of it: what its name says is not looked at.
    assert_eq!(desk.0.get::<dyn IOrderExecutor>().fills()[0].currency, currency("USDT"));
    desk.book("kraken:ETH/USD", "999", "1001");
    assert!(desk.trade("two", "kraken:ETH/USD", Side::Buy, "2", dec!(1000)).is_admitted());
    assert_eq!(desk.portfolio().balances()[&currency("USD")], dec!(-2000));
    assert_eq!(desk.portfolio().equity(), Ok(dec!(100000)));
}

#[test]
fn rates_are_settings_of_the_file_and_of_the_environment() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("c.toml");
    let check = |text: &str| {
        std::fs::write(&file, text).unwrap();
        common::said(&common::binary(&["config", "check", "--config", file.to_str().unwrap()]).output().unwrap())
    };
    let (code, printed, stderr) = check("[portfolio.rates]\nUSD = \"1\"\nEUR = \"1.1\"\n");
    assert_eq!(code, 0, "{stderr}");
    assert!(printed.contains("USD = \"1\""), "{printed}");
    let (code, _, stderr) = check("[portfolio.rates]\nUSD = \"0\"\n");
    assert!(code == 1 && stderr.contains("portfolio.rates.USD"), "{stderr}");
    let (code, _, stderr) = check("[portfolio.rates]\nUSDT = \"1\"\n");
    assert!(code == 1 && stderr.contains("rates of other currencies"), "{stderr}");
}

/// Rates that are known beforehand.
struct Rates([(Currency, Decimal); 2]);

impl ICurrencyRates for Rates {
    fn rate(&self, from: &Currency, to: &Currency) -> Option<Price> {
        let (_, rate) = self.0.iter().find(|(known, _)| known == from).filter(|_| *to == Currency::usdt())?;
        Price::new(*rate).ok()
    }
}

proptest! {
    #[test]
    fn the_value_of_the_account_is_the_sum_of_what_each_currency_is_worth(
        trades in proptest::collection::vec((0_usize..3, -500_i64..500, 1_i64..100_000), 1..40),
        (eur, usd) in (1_i64..10_000, 1_i64..10_000),
    ) {
        let (eur, usd) = (Decimal::new(eur, 3), Decimal::new(usd, 3));
        let known = Rates([(currency("EUR"), eur), (currency("USD"), usd)]);
        let all = Portfolio::with_cash(Currency::usdt(), dec!(10000)).with_rates(Arc::new(known));
        // Each currency in an account of its own.
        let codes = ["USDT", "EUR", "USD"];
        let each = codes.map(|code| Portfolio::with_cash(currency(code), dec!(0)));
        for (number, (which, quantity, price)) in trades.into_iter().enumerate().filter(|(_, trade)| trade.1 != 0) {
            let quantity = Decimal::new(quantity, 2);
            let fill = Fill {
                id: number.to_string().into(),
                order: "test".parse().unwrap(),
                instrument: id(&format!("binance:BTC{}", codes[which])),
                side: if quantity.is_sign_negative() { Side::Sell } else { Side::Buy },
                quantity: Quantity::new(quantity.abs()).unwrap(),
                price: Price::new(Decimal::new(price, 2)).unwrap(),
                currency: currency(codes[which]),
                fee: Decimal::new(price, 5),
                fee_currency: currency(codes[which]),
                liquidity: Liquidity::Taker,
                time: Timestamp::default(),
                correlation: CorrelationId::default(),
            };
            all.apply(&fill).unwrap();
            each[which].apply(&fill).unwrap();
        }
        let worth = |figure: &dyn Fn(&Portfolio) -> Decimal| {
            figure(&each[0]) + figure(&each[1]) * eur + figure(&each[2]) * usd
        };
        let equity = worth(&|account| account.equity().unwrap()) + dec!(10000);
        prop_assert!((all.equity().unwrap() - equity).abs() < dec!(0.000000000001));
        let fees = worth(&|account| account.pnl().unwrap().fees);
        prop_assert!((all.pnl().unwrap().fees - fees).abs() < dec!(0.000000000001));
    }
}
