//! The orders of a signal: in whole lots, at a price near that of the market, each leg by itself.

use std::cell::Cell;
use std::time::Duration;

use di_core::lifecycle::Application;
use di_core::prelude::*;
use rust_decimal::{Decimal, dec};
use trading_services::prelude::*;
use trading_services::risk::SizingMethod;

use crate::common;
use crate::trading::app;

/// A run whose strategies are silent, with `held` of an instrument that has lots of 0.01, as a state from before there were
/// lots may have it.
pub(crate) struct OffLot {
    pub(crate) app: TradingApp,
    pub(crate) instrument: InstrumentId,
    pub(crate) orders: Cell<u64>,
}

impl OffLot {
    pub(crate) async fn with(held: &str, long_only: bool) -> Self {
        let app = app(|settings| {
            settings.signals.crossover.mode = StrategyMode::Off;
            settings.signals.breakout.mode = StrategyMode::Off;
            settings.trading.long_only = long_only;
        });
        common::play(Application::of(&app), app.get()).await;
        let instrument: InstrumentId = "simulated:SOLUSDT".parse().unwrap();
        let one = Self { app, instrument, orders: Cell::new(0) };
        assert_eq!(one.rules().lot_size, Some(dec!(0.01)));
        let (side, quantity) = held.strip_prefix('-').map_or((Side::Buy, held), |quantity| (Side::Sell, quantity));
        one.app.get::<dyn IOrderExecutor>().submit(&one.order(side, quantity)).unwrap();
        one.fill();
        assert_eq!(one.held().to_string(), held);
        one
    }

    pub(crate) fn rules(&self) -> Instrument {
        self.app.get::<dyn IMarketDataService>().rules(&self.instrument).unwrap()
    }

    pub(crate) fn order(&self, side: Side, quantity: &str) -> OrderRequest {
        self.orders.set(self.orders.get() + 1);
        OrderRequest {
            id: format!("test-{}", self.orders.get()).parse().unwrap(),
            instrument: self.instrument.clone(),
            side,
            quantity: quantity.parse().unwrap(),
            kind: OrderKind::Market,
            time_in_force: TimeInForce::default(),
            reduce_only: false,
            correlation: CorrelationId::default(),
        }
    }

    pub(crate) fn held(&self) -> Decimal {
        self.app.get::<dyn IPortfolio>().held(&self.instrument)
    }

    /// The orders that wait meet the book.
    pub(crate) fn fill(&self) {
        let (platform, executor): (&Platform, &dyn IOrderExecutor) = (self.app.get(), self.app.get());
        platform.clock.advance_to(platform.clock.now().saturating_add(Duration::from_secs(1)));
        let depth = platform.market.depth(&self.instrument, 1_000).unwrap().unwrap();
        executor.observe(&self.instrument, platform.clock.now(), MarketTick::Book(&depth));
        assert_eq!(executor.open_orders(), []);
    }

    pub(crate) fn signal(&self, direction: Direction) -> TradeDecision {
        self.signal_at(direction, false)
    }

    /// A signal that rests on a doubtful price, or on a good one.
    pub(crate) fn signal_at(&self, direction: Direction, doubtful: bool) -> TradeDecision {
        let platform: &Platform = self.app.get();
        self.orders.set(self.orders.get() + 1);
        let signal = Signal {
            id: self.orders.get(),
            time: platform.clock.now(),
            correlation: CorrelationId::default(),
            instrument: self.instrument.clone(),
            timeframe: Timeframe::S1,
            bar: platform.clock.now(),
            direction,
            price: platform.market.market_data(&self.instrument).unwrap().top.middle().unwrap(),
            doubtful,
            reasons: Vec::new(),
        };
        let decision = self.app.get::<dyn ITradingEngine>().execute_trade(&signal);
        if matches!(decision, TradeDecision::Ordered(_)) {
            self.fill();
        }
        decision
    }
}

#[tokio::test]
async fn a_position_between_two_lots_is_sold_to_the_last() {
    let one = OffLot::with("1.666666", true).await;
    assert!(matches!(one.signal(Direction::Long), TradeDecision::Nothing("the position is there")));
    let sold = one.signal(Direction::Short);
    assert!(matches!(sold, TradeDecision::Ordered(_)), "{sold:?}");
    assert_eq!(one.held(), dec!(0));
    assert!(matches!(one.signal(Direction::Short), TradeDecision::Nothing("there is nothing to sell")));
}

#[tokio::test]
async fn a_signal_that_rests_on_a_doubtful_price_closes_nothing() {
    let one = OffLot::with("1.666666", true).await;
    let sold = one.signal_at(Direction::Short, true);
    assert!(matches!(sold, TradeDecision::Nothing("it rests on a doubtful price")), "{sold:?}");
    assert_eq!(one.held(), dec!(1.666666));
}

#[tokio::test]
async fn a_rest_below_one_lot_is_sold_and_keeps_nobody_from_buying() {
    let one = OffLot::with("0.006666", true).await;
    let sold = one.signal(Direction::Short);
    assert!(matches!(sold, TradeDecision::Ordered(_)), "{sold:?}");
    assert_eq!(one.held(), dec!(0));

    let one = OffLot::with("0.006666", true).await;
    let bought = one.signal(Direction::Long);
    assert!(matches!(bought, TradeDecision::Ordered(_)), "{bought:?}");
    assert!(one.held() > dec!(1) && one.held() % dec!(0.01) == dec!(0.006666), "{}", one.held());
    one.signal(Direction::Short);
    assert_eq!(one.held(), dec!(0));

    // Where selling may open a position, it is turned in whole lots.
    let one = OffLot::with("-0.006666", false).await;
    let sold = one.signal(Direction::Short);
    assert!(matches!(sold, TradeDecision::Ordered(_)), "{sold:?}");
    assert!(one.held() < dec!(-1), "{}", one.held());
    one.signal(Direction::Long);
    assert!(one.held() > dec!(1) && one.held() % dec!(0.01) == dec!(0), "{}", one.held());
}

#[tokio::test]
async fn a_reload_of_how_a_size_is_found_holds_after_the_next_start_and_not_by_half() {
    let app = app(|settings| {
        settings.signals.crossover.mode = StrategyMode::Off;
        settings.signals.breakout.mode = StrategyMode::Off;
        settings.risk.sizing.method = SizingMethod::Volatility;
        settings.risk.max_order_notional = dec!(1000000000);
        settings.risk.max_position_notional = dec!(1000000000);
        settings.risk.max_leverage = dec!(1000000);
    });
    common::play(Application::of(&app), app.get()).await;
    let config: &ConfigManager = app.get();
    let mut settings = (*config.settings()).clone();
    settings.risk.sizing.method = SizingMethod::Notional;
    config.replace(settings).unwrap();
    let one = OffLot { app, instrument: "simulated:SOLUSDT".parse().unwrap(), orders: Cell::default() };
    let bought = one.signal(Direction::Long);
    assert!(matches!(bought, TradeDecision::Ordered(_)), "{bought:?}");
}

#[tokio::test]
async fn a_fill_deep_in_the_book_is_no_price_of_the_market() {
    let one = OffLot::with("1.00", true).await;
    let (platform, portfolio): (&Platform, &dyn IPortfolio) = (one.app.get(), one.app.get());
    one.app.get::<dyn IOrderExecutor>().submit(&one.order(Side::Buy, "300")).unwrap();
    let received = platform.clock.now().saturating_add(Duration::from_millis(100));
    platform.clock.advance_to(received);
    // A doubtful trade is no price, either.
    let kind = EventKind::Trade(Trade { time: received, ..common::trade(0, "600", "1") });
    let event = MarketEvent { instrument: one.instrument.clone(), received, kind };
    platform.trading.observe(&event, &Ingested { doubtful: true, ..Ingested::default() });
    let view = portfolio.positions().into_iter().find(|view| view.instrument == one.instrument).unwrap();
    let last = one.app.get::<dyn IOrderExecutor>().fills().pop().unwrap();
    assert!(view.position.quantity > dec!(1) && last.price != view.mark, "{view:?}");
    assert_eq!(Some(view.mark), platform.market.reference(&one.instrument));
}

#[tokio::test]
async fn what_turns_a_position_between_two_lots_closes_it_exactly_and_opens_whole_lots() {
    for (held, direction) in [("1.666666", Direction::Short), ("-1.666666", Direction::Long)] {
        let one = OffLot::with(held, false).await;
        let turned = one.signal(direction);
        assert!(matches!(turned, TradeDecision::Ordered(_)), "{turned:?}");
        let is_turned = one.held().is_sign_negative() != held.starts_with('-');
        assert!(is_turned && one.held().abs() > dec!(1) && one.held() % dec!(0.01) == dec!(0), "{}", one.held());
    }
}

impl OffLot {
    /// The orders that were made of the last signal.
    pub(crate) fn made(&self) -> Vec<Order> {
        let (name, closing) = (format!("signal-{}", self.orders.get()), format!("signal-{}-close", self.orders.get()));
        let orders = self.app.get::<dyn IOrderExecutor>().orders().into_iter();
        orders.filter(|order| [name.as_str(), closing.as_str()].contains(&order.request.id.as_str())).collect()
    }

    /// Another book, with so many lots of 1 at each price, in shares of the middle of now.
    pub(crate) fn rebook(&self, bids: &[(Decimal, Decimal)], asks: &[(Decimal, Decimal)]) {
        let platform: &Platform = self.app.get();
        let middle = platform.market.market_data(&self.instrument).unwrap().top.middle().unwrap().value();
        let level = |(share, quantity): &(Decimal, Decimal)| Level {
            price: Price::new((middle * share).round_dp(2)).unwrap(),
            quantity: Quantity::new(*quantity).unwrap(),
        };
        let side = |levels: &[(Decimal, Decimal)]| levels.iter().map(level).collect::<Vec<_>>().into();
        let (last_update_id, time, origin) = (u64::MAX / 2, None, SnapshotOrigin::Stream);
        let book = BookSnapshot { last_update_id, bids: side(bids), asks: side(asks), time, origin };
        let (instrument, received) = (self.instrument.clone(), platform.clock.now());
        platform.market.ingest(&MarketEvent { instrument, received, kind: EventKind::Snapshot(book) }).unwrap();
    }
}

#[tokio::test]
async fn what_opens_a_position_takes_nothing_beyond_the_collar_of_the_market() {
    let one = OffLot::with("0.006666", false).await;
    let before = one.held();
    let bought = |one: &OffLot| one.made()[0].request.kind;
    // Of ten or so that are wanted, one is there at a price near the middle.
    one.rebook(&[(dec!(0.999), dec!(100))], &[(dec!(1.001), dec!(1)), (dec!(1.5), dec!(100))]);
    assert!(matches!(one.signal(Direction::Long), TradeDecision::Ordered(_)));
    assert_eq!(one.held(), before + dec!(1), "nobody pays half more than the market");
    let order = &one.made()[0];
    assert_eq!(order.status, OrderStatus::Expired);
    let OrderKind::Limit { price, .. } = bought(&one) else { panic!("{order:?}") };
    let fills = one.app.get::<dyn IOrderExecutor>().fills();
    assert!(fills.last().unwrap().price <= price);
}

#[tokio::test]
async fn an_order_that_opens_is_counted_at_the_worst_price_that_it_may_pay() {
    let one = OffLot::with("0.006666", false).await;
    let middle = one.app.get::<dyn IMarketDataService>().reference(&one.instrument).unwrap();
    let risk: &dyn IRiskManager = one.app.get();
    let quantity = Quantity::new((risk.limits().order_notional / middle.value()).trunc_with_scale(2)).unwrap();
    let limit = Price::new((middle.value() * dec!(1.02)).trunc_with_scale(2)).unwrap();
    let order = OrderRequest {
        quantity,
        kind: OrderKind::Limit { price: limit, post_only: false },
        ..one.order(Side::Buy, "1")
    };
    let request =
        RiskRequest { order: &order, price: middle, reference: Some(middle), is_doubtful: false, module: None };
    let answer = risk.check_risk_limits(&request).to_string();
    assert!(answer.starts_with("refused: the order is worth 20"), "{answer}");
}

#[tokio::test]
async fn a_reversal_whose_opening_is_refused_closes_all_the_same() {
    let one = OffLot::with("1.666666", false).await;
    // An end of trading refuses whatever opens.
    one.app.get::<dyn IRiskManager>().kill("by the test");
    let decision = one.signal(Direction::Short);
    assert!(
        matches!(&decision, TradeDecision::Refused(answer) if answer.to_string() == "refused: trading has ended: by the test"),
        "{decision:?}"
    );
    one.fill();
    assert_eq!(one.held(), dec!(0));
    let made = one.made();
    assert_eq!((made.len(), made[0].status, made[0].request.reduce_only), (1, OrderStatus::Filled, true));
}
