//! Funding while nothing can be kept: what was traded counts, and what is settled waits, seen by people.

use std::sync::Arc;
use std::time::Duration;

use di_core::health::{Health, HealthCheck, HealthStatus};
use di_core::prelude::*;
use rust_decimal::{Decimal, dec};
use trading_services::prelude::*;

use crate::common;
use crate::trading_ends::Gated;

pub(crate) const HOUR: u64 = 3_600;

pub(crate) fn at(second: u64) -> Timestamp {
    Timestamp::from_nanos(second * 1_000_000_000)
}

/// What trades a perpetual on paper and settles its funding, over a state that a test takes away.
pub(crate) struct Desk {
    pub(crate) app: TradingApp,
    pub(crate) instrument: InstrumentId,
    pub(crate) kept: Arc<Gated>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) portfolio: Arc<Portfolio>,
    pub(crate) executor: Arc<PaperExecutor>,
    pub(crate) settler: Arc<FundingSettler>,
}

impl Desk {
    pub(crate) fn over(kept: &Arc<Gated>) -> Self {
        Self::with_latency(kept, Duration::ZERO)
    }

    pub(crate) fn with_latency(kept: &Arc<Gated>, latency: Duration) -> Self {
        let mut settings = common::settings();
        settings.execution.latency = latency;
        let app = TradingApp::build(TradingAppInputs { settings: Arc::new(settings.clone()) }).unwrap();
        let (config, state): (Arc<dyn IConfigService>, Arc<dyn IStateManager>) =
            (Arc::new(ConfigManager::new(Arc::new(settings))), Arc::clone(kept) as _);
        let (clock, rates) = (Arc::new(ManualClock::default()), MarketRates::new(Arc::clone(&config), app.shared()));
        let portfolio = Arc::new(Portfolio::new(Arc::clone(&config), Arc::new(rates), Arc::clone(&state)).unwrap());
        let owned: Arc<dyn IPortfolio> = Arc::clone(&portfolio) as _;
        let (told, market) = (Arc::clone(&clock) as _, app.shared());
        let (changed, filled) = (app.shared(), app.shared());
        let executor = Arc::new(
            PaperExecutor::new(config, told, Arc::clone(&owned), market, Arc::clone(&state), changed, filled).unwrap(),
        );
        let orders: Arc<dyn IOrderExecutor> = Arc::clone(&executor) as _;
        let settler = FundingSettler::new(app.shared(), owned, orders, state, app.shared(), app.shared()).unwrap();
        let settler = Arc::new(settler);
        let instrument = "bybit:BTCUSDT".parse().unwrap();
        Self { app, instrument, kept: Arc::clone(kept), clock, portfolio, executor, settler }
    }

    fn hear(&self, second: u64, kind: EventKind) {
        self.clock.advance_to(at(second));
        self.settler.observe(&MarketEvent { instrument: self.instrument.clone(), received: at(second), kind });
    }

    /// Funding of one percent is due in an hour, at a price of 100.
    pub(crate) fn due_in_an_hour(&self) {
        let (price, time) = ("100".parse().unwrap(), at(HOUR - 10));
        self.hear(HOUR - 10, EventKind::MarkPrice(MarkPrice { price, index: None, time }));
        self.hear(HOUR - 10, EventKind::Funding(Funding { rate: dec!(0.01), next: Some(at(HOUR)), time }));
    }

    pub(crate) fn pass(&self, second: u64) {
        self.hear(second, EventKind::Trade(common::trade(second, "100", "1")));
    }

    pub(crate) fn order(&self, name: &str, side: Side, quantity: Decimal) {
        self.submit(name, side, quantity, false);
    }

    pub(crate) fn submit(&self, name: &str, side: Side, quantity: Decimal, reduce_only: bool) {
        let (id, quantity) = (name.parse().unwrap(), Quantity::new(quantity).unwrap());
        let order = OrderRequest::market(id, &self.instrument, side, quantity, reduce_only, CorrelationId::default());
        self.executor.submit(&order).unwrap();
    }

    /// What is in the portfolio, and what is held at the venue.
    pub(crate) fn held(&self) -> (Decimal, Decimal) {
        (self.portfolio.held(&self.instrument), self.executor.held(&self.instrument))
    }

    /// What waits meets a book.
    pub(crate) fn book(&self) {
        let level = |price: &str| Level { quantity: Quantity::new(dec!(9)).unwrap(), ..common::level(price) };
        let depth = BookDepth { bids: vec![level("99")], asks: vec![level("101")] };
        self.executor.observe(&self.instrument, self.clock.now(), MarketTick::Book(&depth));
    }

    pub(crate) fn settled(&self) -> Vec<(Timestamp, Decimal, Option<Decimal>)> {
        let all = self.portfolio.latest_funding(usize::MAX, 0).items;
        all.iter().map(|one| (one.due, one.held, one.payment.map(|payment| payment.amount.normalize()))).collect()
    }

    /// When the next one is due by what is kept.
    fn kept_due(&self) -> Option<Timestamp> {
        let facts = self.kept.facts().unwrap();
        facts.iter().find_map(|fact| if let StateFact::FundingDue { due, .. } = fact { Some(*due) } else { None })
    }
}

async fn health(settler: &FundingSettler) -> Health {
    settler.check().await.unwrap()
}

#[test]
fn a_fill_that_waits_to_be_kept_pays_what_is_due() {
    for (side, bought, paid) in [(Side::Buy, dec!(2), dec!(-3)), (Side::Sell, dec!(-2), dec!(1))] {
        let desk = Desk::over(&Arc::default());
        desk.order("kept", Side::Buy, dec!(1));
        desk.due_in_an_hour();
        desk.book();
        desk.order("waits", side, dec!(2));
        desk.kept.set_away(true);
        desk.book();
        let (held, other) = (dec!(1) + bought, "bybit:ETHUSDT".parse().unwrap());
        assert_eq!((desk.held(), desk.executor.has_untold(&desk.instrument)), ((dec!(1), held), true));
        assert_eq!((desk.executor.held(&other), desk.executor.has_untold(&other)), (dec!(0), false));
        desk.pass(HOUR);
        // It is back, the settler has its turn before the executor, and it is away again.
        desk.kept.set_away(false);
        desk.pass(HOUR + 1);
        desk.kept.set_away(true);
        desk.book();
        assert_eq!((desk.settled(), desk.held()), (vec![], (dec!(1), held)), "no payment without the position");
        let next = Desk::over(&Arc::new(Gated::over(desk.kept.facts().unwrap())));
        next.pass(HOUR + 2);
        assert_eq!((next.settled(), next.held()), (vec![(at(HOUR), dec!(1), None)], (dec!(1), dec!(1))));

        desk.kept.set_away(false);
        desk.pass(HOUR + 2);
        desk.book();
        assert_eq!((desk.held(), desk.executor.has_untold(&desk.instrument)), ((held, held), false));
        desk.pass(HOUR + 3);
        assert_eq!(desk.settled(), [(at(HOUR), held, Some(paid))]);
    }
}

#[test]
fn a_fill_that_waits_and_leaves_nothing_to_pay_on_is_kept_before_the_next_time() {
    let desk = Desk::over(&Arc::default());
    desk.order("kept", Side::Buy, dec!(1));
    desk.due_in_an_hour();
    desk.book();
    desk.order("waits", Side::Sell, dec!(1));
    desk.kept.set_away(true);
    desk.book();
    desk.pass(HOUR);
    assert_eq!(
        (desk.held(), desk.kept_due()),
        ((dec!(1), dec!(0)), Some(at(HOUR))),
        "without the fill it is to be paid"
    );
    let next = Desk::over(&Arc::new(Gated::over(desk.kept.facts().unwrap())));
    next.pass(HOUR + 1);
    assert_eq!(next.settled(), [(at(HOUR), dec!(1), None)]);

    desk.kept.set_away(false);
    desk.book();
    desk.pass(HOUR + 1);
    assert_eq!((desk.settled(), desk.kept_due()), (vec![], Some(at(9 * HOUR))));
}

#[tokio::test]
async fn a_settlement_that_waits_is_in_its_health_and_the_next_time_is_kept_after_it() {
    let kept = Arc::default();
    let desk = Desk::over(&kept);
    desk.order("kept", Side::Buy, dec!(1));
    desk.due_in_an_hour();
    desk.book();
    assert_eq!((health(&desk.settler).await.status(), desk.kept_due()), (HealthStatus::Healthy, Some(at(HOUR))));
    kept.set_away(true);
    desk.pass(HOUR);
    let waits = health(&desk.settler).await;
    assert_eq!(waits.status(), HealthStatus::Degraded);
    assert!(format!("{waits:?}").contains("1 settlements of funding wait to be kept"), "{waits:?}");
    assert_eq!(desk.kept_due(), Some(at(HOUR)), "another process has to settle it yet");
    // That process does not know what was paid, but that it was due.
    let other = Desk::over(&Arc::new(Gated::over(kept.facts().unwrap())));
    other.pass(HOUR + 1);
    assert_eq!(other.settled(), [(at(HOUR), dec!(1), None)]);

    kept.set_away(false);
    desk.pass(HOUR + 1);
    assert_eq!(desk.settled(), [(at(HOUR), dec!(1), Some(dec!(-1)))]);
    assert_eq!((health(&desk.settler).await.status(), desk.kept_due()), (HealthStatus::Healthy, Some(at(9 * HOUR))));
    assert!(desk.app.get::<dyn IAlertService>().alerts(None, 9, None).is_empty());
}
