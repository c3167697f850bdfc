//! Funding of perpetuals: settled once, at its time, on what was held then, over restarts, repeated messages and breaks.

use std::collections::BTreeMap;
use std::sync::Arc;

use di_core::prelude::*;
use proptest::prelude::*;
use rust_decimal::{Decimal, dec};
use trading_services::config::ConfigManager;
use trading_services::engine::FundingSettler;
use trading_services::portfolio::Portfolio;
use trading_services::prelude::*;
use trading_services::store::MemoryState;

use crate::common;

const PERPETUAL: &str = "bybit:BTCUSDT";
const CASH: Decimal = dec!(100000);
const HOUR: u64 = 3_600;

pub(crate) fn at(second: u64) -> Timestamp {
    Timestamp::from_nanos(second * 1_000_000_000)
}

pub(crate) fn fill(second: u64, number: usize, instrument: &InstrumentId, quantity: Decimal, price: Decimal) -> Fill {
    Fill { time: at(second), ..common::fill(number, instrument, quantity, price) }
}

/// Nothing is converted here.
struct NoRates;

impl ICurrencyRates for NoRates {
    fn rate(&self, _from: &Currency, _to: &Currency) -> Option<Price> {
        None
    }
}

/// A portfolio and what settles its funding, over a state that outlives both.
struct Desk {
    app: TradingApp,
    instrument: InstrumentId,
    kept: MemoryState,
    portfolio: Arc<Portfolio>,
    settler: FundingSettler,
}

impl Desk {
    fn of(instrument: &str) -> Self {
        let app = TradingApp::build(TradingAppInputs { settings: Arc::new(common::settings()) }).unwrap();
        let kept = MemoryState::default();
        let (portfolio, settler) = begin(&app, &kept);
        Self { app, instrument: instrument.parse().unwrap(), kept, portfolio, settler }
    }

    /// Another process goes on over the same state.
    fn restart(&mut self) {
        (self.portfolio, self.settler) = begin(&self.app, &self.kept);
    }

    fn hear(&self, second: u64, kind: EventKind) {
        self.hear_by(0, second, kind);
    }

    /// Our clock is so many seconds behind the venue's.
    fn hear_by(&self, behind: u64, second: u64, kind: EventKind) {
        let instrument = self.instrument.clone();
        self.settler.observe(&MarketEvent { instrument, received: at(second - behind), kind });
    }

    fn mark(&self, second: u64, price: Decimal) {
        let price = Price::new(price).unwrap();
        self.hear(second, EventKind::MarkPrice(MarkPrice { price, index: None, time: at(second) }));
    }

    fn rate(&self, second: u64, rate: Decimal, next: Option<u64>) {
        self.hear(second, EventKind::Funding(Funding { rate, next: next.map(at), time: at(second) }));
    }

    fn pass(&self, second: u64) {
        self.hear(second, EventKind::Trade(common::trade(second, "100", "1")));
    }

    /// It is traded at that time: the message comes first, as in the platform.
    fn trade(&self, second: u64, number: usize, quantity: Decimal, price: Decimal) {
        self.pass(second);
        let fill = fill(second, number, &self.instrument, quantity, price);
        self.portfolio.apply(&fill).unwrap();
        let (order, event, time) = (fill.order.clone(), Box::new(OrderEvent::Filled(fill)), at(second));
        self.kept.append(StateFact::Reported { order, event, time }).unwrap();
    }

    fn funding(&self) -> Decimal {
        self.portfolio.pnl().unwrap().funding
    }

    fn settled(&self) -> Vec<(u64, Option<Decimal>)> {
        let all = self.portfolio.latest_funding(usize::MAX, 0).items;
        let one = |one: &FundingSettlement| {
            (one.due.as_millis() / 1_000, one.payment.map(|payment| payment.amount.normalize()))
        };
        all.iter().rev().map(one).collect()
    }

    fn alerts(&self) -> Vec<String> {
        let told = self.app.get::<dyn IAlertService>().alerts(None, usize::MAX, None);
        told.into_iter().filter(|alert| alert.rule == "funding-unknown").map(|alert| alert.message).collect()
    }
}

fn begin(app: &TradingApp, kept: &MemoryState) -> (Arc<Portfolio>, FundingSettler) {
    let mut settings = common::settings();
    settings.portfolio.cash = CASH;
    let (config, kept): (Arc<dyn IConfigService>, Arc<dyn IStateManager>) =
        (Arc::new(ConfigManager::new(Arc::new(settings))), Arc::new(kept.clone()));
    let portfolio = Arc::new(Portfolio::new(Arc::clone(&config), Arc::new(NoRates), Arc::clone(&kept)).unwrap());
    let owned: Arc<dyn IPortfolio> = Arc::clone(&portfolio) as _;
    let (clock, market, state) = (app.shared(), app.shared(), Arc::clone(&kept));
    let executor =
        PaperExecutor::new(config, clock, Arc::clone(&owned), market, state, app.shared(), app.shared()).unwrap();
    let orders = Arc::new(executor);
    let settler = FundingSettler::new(app.shared(), owned, orders, kept, app.shared(), app.shared()).unwrap();
    (portfolio, settler)
}

#[test]
fn who_is_long_when_it_is_due_pays_a_rate_above_zero_and_who_is_short_receives_it() {
    for (quantity, rate, received) in [
        (dec!(2), dec!(0.0001), dec!(-0.022)),
        (dec!(-2), dec!(0.0001), dec!(0.022)),
        (dec!(2), dec!(-0.0001), dec!(0.022)),
        (dec!(-2), dec!(-0.0001), dec!(-0.022)),
    ] {
        let desk = Desk::of(PERPETUAL);
        desk.mark(8 * HOUR - 20, dec!(109));
        desk.rate(8 * HOUR - 20, dec!(0.005), Some(8 * HOUR));
        desk.trade(8 * HOUR - 10, 1, quantity, dec!(100));
        desk.mark(8 * HOUR - 1, dec!(110));
        // The last rate before it is due is the one that is paid.
        desk.rate(8 * HOUR - 1, rate, None);
        assert_eq!(desk.funding(), dec!(0), "it is not due");
        // What is bought with the message that comes then was not held.
        desk.trade(8 * HOUR, 2, dec!(5), dec!(100));
        assert_eq!((desk.funding(), desk.settled()), (received, vec![(8 * HOUR, Some(received))]));
        desk.rate(8 * HOUR + 1, dec!(0.03), Some(16 * HOUR));
        assert_eq!(desk.funding(), received);
    }
}

#[test]
fn a_settlement_is_booked_once_however_often_its_venue_tells_of_it_and_whoever_starts_again() {
    let mut desk = Desk::of(PERPETUAL);
    desk.trade(1, 1, dec!(1), dec!(100));
    let tell = |desk: &Desk, second| {
        desk.mark(second, dec!(100));
        desk.rate(second, dec!(0.01), Some(HOUR));
    };
    tell(&desk, HOUR - 1);
    // Its clock is a second ahead of ours.
    desk.rate(HOUR - 1, dec!(0.02), Some(2 * HOUR));
    assert_eq!(desk.settled(), [(HOUR, Some(dec!(-1)))]);
    // A recording is played again, over the same state and in the same process.
    for _ in 0..2 {
        tell(&desk, HOUR - 1);
        desk.pass(HOUR);
        desk.restart();
    }
    assert_eq!((desk.settled(), desk.funding()), (vec![(HOUR, Some(dec!(-1)))], dec!(-1)));
    tell(&desk, HOUR - 1);
    desk.pass(HOUR + 1);
    assert_eq!((desk.settled().len(), desk.alerts().len()), (1, 0));
}

#[test]
fn what_is_not_known_is_not_booked_and_is_told() {
    let mut desk = Desk::of(PERPETUAL);
    desk.trade(1, 1, dec!(1), dec!(100));
    // No mark price of that time: the last one is from before a break.
    desk.mark(HOUR - 61, dec!(100));
    desk.rate(HOUR - 1, dec!(0.01), Some(HOUR));
    desk.pass(HOUR);
    // Due while nothing ran.
    desk.mark(HOUR + 1, dec!(100));
    desk.rate(HOUR + 1, dec!(0.01), Some(2 * HOUR));
    desk.restart();
    desk.pass(3 * HOUR);
    assert_eq!((desk.settled(), desk.funding()), (vec![(HOUR, None), (2 * HOUR, None)], dec!(0)));
    assert_eq!(desk.portfolio.unknown_funding(), 2);
    let alerts = desk.alerts();
    assert_eq!(alerts.len(), 1, "the second one is within the cool-down of the first: {alerts:?}");
    assert!(alerts[0].contains("the funding that was due at 1970-01-01T01:00:00"), "{alerts:?}");
    desk.restart();
    assert_eq!(desk.portfolio.unknown_funding(), 2);
}

#[test]
fn what_was_bought_after_it_was_due_has_nothing_to_settle_after_a_restart() {
    let mut desk = Desk::of(PERPETUAL);
    desk.rate(HOUR - 1, dec!(0.01), Some(HOUR));
    desk.trade(HOUR + 1, 1, dec!(1), dec!(100));
    desk.restart();
    desk.pass(HOUR + 2);
    assert_eq!((desk.settled().len(), desk.alerts().len()), (0, 0));
}

#[test]
fn nothing_is_paid_for_what_is_no_linear_perpetual() {
    let rules = |kind, is_inverse| {
        let id: InstrumentId = PERPETUAL.parse().unwrap();
        EventKind::Instrument(Box::new(Instrument { kind, is_inverse, ..Instrument::named(id) }))
    };
    for (instrument, rules, expected) in [
        ("bybit:BTCUSD", None, 0),
        (PERPETUAL, None, 1),
        (PERPETUAL, Some(rules(InstrumentKind::Perpetual, false)), 1),
        (PERPETUAL, Some(rules(InstrumentKind::Perpetual, true)), 0),
        (PERPETUAL, Some(rules(InstrumentKind::Spot, false)), 0),
        (PERPETUAL, Some(rules(InstrumentKind::Future, false)), 0),
    ] {
        let desk = Desk::of(instrument);
        if let Some(kind) = rules {
            let event = MarketEvent { instrument: desk.instrument.clone(), received: at(1), kind };
            desk.app.get::<dyn IMarketDataService>().ingest(&event).unwrap();
        }
        desk.trade(1, 1, dec!(1), dec!(100));
        desk.mark(HOUR - 1, dec!(100));
        desk.rate(HOUR - 1, dec!(0.01), Some(HOUR));
        desk.pass(HOUR);
        assert_eq!(desk.settled().len(), expected, "{instrument}");
        assert!(desk.alerts().is_empty());
    }
}

#[test]
fn each_settlement_of_a_long_break_is_told_whether_the_first_could_be_booked_or_not() {
    let begin = || {
        let desk = Desk::of(PERPETUAL);
        desk.trade(1, 1, dec!(1), dec!(100));
        desk.mark(8 * HOUR - 40, dec!(100));
        desk.rate(8 * HOUR - 40, dec!(0.01), Some(8 * HOUR));
        desk
    };
    let desk = begin();
    desk.rate(17 * HOUR, dec!(0.01), Some(24 * HOUR));
    assert_eq!(desk.settled(), [(8 * HOUR, Some(dec!(-1))), (16 * HOUR, None)]);
    let alerts = desk.alerts();
    assert!(alerts[0].contains("was due at 1970-01-01T16:00:00"), "{alerts:?}");

    // A week in which nothing runs.
    let mut desk = begin();
    desk.restart();
    desk.pass(8 * HOUR + 7 * 24 * HOUR - 1);
    let expected: Vec<_> = (1..22).map(|number| (number * 8 * HOUR, None)).collect();
    assert_eq!((desk.settled(), desk.portfolio.unknown_funding()), (expected, 21));
    let alerts = desk.alerts();
    assert!(alerts[0].contains("from 1970-01-01T08:00:00.000000000Z to 1970-01-08T00:00:00"), "{alerts:?}");
    assert!(alerts[0].ends_with("settlements that are not known: 21 in all"), "{alerts:?}");
}

#[test]
fn the_period_that_a_venue_has_told_counts_what_a_break_has_swallowed() {
    let mut desk = Desk::of(PERPETUAL);
    desk.trade(1, 1, dec!(1), dec!(100));
    for hour in [4, 8] {
        desk.mark(hour * HOUR - 1, dec!(100));
        desk.rate(hour * HOUR - 1, dec!(0.01), Some(hour * HOUR));
        desk.rate(hour * HOUR, dec!(0.01), Some((hour + 4) * HOUR));
    }
    desk.pass(17 * HOUR);
    assert_eq!(desk.settled()[2..], [(12 * HOUR, None), (16 * HOUR, None)]);
    // Another process reckons from what was settled.
    desk.restart();
    desk.pass(25 * HOUR);
    assert_eq!(desk.settled()[4..], [(20 * HOUR, None), (24 * HOUR, None)]);
}

#[test]
fn it_is_due_by_the_clock_of_its_venue_whatever_ours_says() {
    // Ours is 90 seconds behind, and 90 seconds ahead.
    for (behind, ahead) in [(90, 0), (0, 90)] {
        let desk = Desk::of(PERPETUAL);
        let tell = |second, next| {
            let second = second + ahead;
            let kind = MarkPrice { price: Price::new(dec!(100)).unwrap(), index: None, time: at(second - ahead) };
            desk.hear_by(behind, second, EventKind::MarkPrice(kind));
            let funding = Funding { rate: dec!(0.01), next: Some(at(next)), time: at(second - ahead) };
            desk.hear_by(behind, second, EventKind::Funding(funding));
        };
        desk.trade(100, 1, dec!(1), dec!(100));
        tell(8 * HOUR - 1, 8 * HOUR);
        assert!(desk.settled().is_empty());
        tell(8 * HOUR, 16 * HOUR);
        assert_eq!((desk.settled(), desk.alerts().len()), (vec![(8 * HOUR, Some(dec!(-1)))], 0));
    }
}

#[test]
fn what_a_venue_puts_off_before_it_is_due_is_not_paid_twice_and_is_told() {
    let desk = Desk::of(PERPETUAL);
    desk.trade(1, 1, dec!(1), dec!(100));
    let tell = |second, next| {
        desk.mark(second, dec!(100));
        desk.rate(second, dec!(0.01), Some(next));
    };
    tell(8 * HOUR - 20, 8 * HOUR);
    tell(8 * HOUR - 10, 8 * HOUR + 30);
    tell(8 * HOUR + 29, 8 * HOUR + 30);
    tell(8 * HOUR + 30, 16 * HOUR);
    assert_eq!(desk.settled(), [(8 * HOUR, None), (8 * HOUR + 30, Some(dec!(-1)))]);
    assert!(desk.alerts()[0].contains("put it off to 1970-01-01T08:00:30"), "{:?}", desk.alerts());
}

#[test]
fn what_a_ticker_leaves_out_has_not_changed_until_the_connection_breaks() {
    let tell = |desk: &Desk, second, mark: Option<Decimal>| {
        let mark = mark.map(|mark| Price::new(mark).unwrap());
        let (time, rate) = (Some(at(second)), mark.map(|_| dec!(0.01)));
        let funding_time = mark.map(|_| at(HOUR));
        let ticker = Ticker { time, mark, funding_rate: rate, funding_time, ..Ticker::default() };
        desk.hear(second, EventKind::Ticker(Box::new(ticker)));
        if let Some(price) = mark {
            desk.hear(second, EventKind::MarkPrice(MarkPrice { price, index: None, time: at(second) }));
        }
    };
    for (breaks, paid) in [(false, Some(dec!(-1))), (true, None)] {
        let desk = Desk::of(PERPETUAL);
        desk.trade(1, 1, dec!(1), dec!(100));
        tell(&desk, HOUR - 80, Some(dec!(100)));
        if breaks {
            desk.hear(HOUR - 70, EventKind::Interrupted);
        }
        (1..80).rev().for_each(|before| tell(&desk, HOUR - before, None));
        desk.pass(HOUR);
        assert_eq!(desk.settled(), [(HOUR, paid)], "breaks: {breaks}");
    }
    // A ticker that never has a mark price says nothing of it.
    let desk = Desk::of(PERPETUAL);
    desk.trade(1, 1, dec!(1), dec!(100));
    desk.mark(HOUR - 80, dec!(100));
    desk.rate(HOUR - 1, dec!(0.01), Some(HOUR));
    tell(&desk, HOUR - 1, None);
    desk.pass(HOUR);
    assert_eq!(desk.settled(), [(HOUR, None)]);
}

#[test]
fn a_row_of_the_history_is_no_rate_of_now() {
    let desk = Desk::of(PERPETUAL);
    desk.trade(1, 1, dec!(1), dec!(100));
    desk.mark(16 * HOUR - 1, dec!(100));
    desk.rate(16 * HOUR - 1, dec!(0.01), Some(16 * HOUR));
    for paid in [0, 8 * HOUR] {
        let row = Funding { rate: dec!(0.5), next: None, time: at(paid) };
        desk.hear(16 * HOUR - 1, EventKind::Funding(row));
    }
    desk.pass(16 * HOUR);
    assert_eq!(desk.settled(), [(16 * HOUR, Some(dec!(-1)))]);
}

#[test]
fn an_old_recording_does_not_erase_what_is_due() {
    let mut desk = Desk::of(PERPETUAL);
    desk.trade(80 * HOUR, 1, dec!(1), dec!(100));
    desk.rate(80 * HOUR, dec!(0.01), Some(88 * HOUR));
    desk.restart();
    desk.rate(HOUR, dec!(0.01), Some(8 * HOUR));
    desk.restart();
    desk.pass(88 * HOUR);
    assert_eq!(desk.settled(), [(88 * HOUR, None)]);
}

#[test]
fn a_payment_that_does_not_fit_the_account_is_not_known() {
    let desk = Desk::of(PERPETUAL);
    desk.trade(1, 1, dec!(-1), dec!(100));
    desk.portfolio.deposit(&Currency::usdt(), Decimal::MAX - dec!(200000)).unwrap();
    desk.mark(HOUR - 1, dec!(1000000));
    desk.rate(HOUR - 1, dec!(1), Some(HOUR));
    desk.pass(HOUR);
    assert_eq!((desk.settled(), desk.portfolio.unknown_funding()), (vec![(HOUR, None)], 1));
    assert!(desk.alerts()[0].contains("its payment does not fit the account"), "{:?}", desk.alerts());
}

#[derive(Debug, Clone)]
enum Step {
    Trade(i64),
    Mark(i64),
    /// The rate, and whether the venue says when it is paid.
    Rate(i64, bool),
    Restart,
}

fn steps() -> impl Strategy<Value = Vec<(u64, Step)>> {
    let step = prop_oneof![
        3 => (-50_i64..50).prop_map(Step::Trade),
        4 => (9_000_i64..11_000).prop_map(Step::Mark),
        4 => (-50_i64..50, proptest::bool::weighted(0.8)).prop_map(|(rate, tells)| Step::Rate(rate, tells)),
        1 => Just(Step::Restart),
    ];
    let seconds = prop_oneof![4 => 0_u64..90, 2 => 0..9 * HOUR, 1 => 8 * HOUR..50 * HOUR];
    proptest::collection::vec((seconds, step), 1..80)
}

/// What was said and done, each with its second.
#[derive(Debug, Default)]
struct History {
    trades: Vec<(u64, Decimal)>,
    /// Since the last restart.
    marks: Vec<(u64, Decimal)>,
    rates: Vec<(u64, Decimal)>,
    /// When it was said, and for when; in this process, and in all.
    told: Vec<(u64, u64)>,
    first_told: Option<u64>,
    /// What has come of each boundary that was passed: nothing where nothing was held.
    outcomes: BTreeMap<u64, Option<Option<Decimal>>>,
}

impl History {
    /// Every eighth hour since the first one that was told is a settlement of what was held before it.
    fn pass(&mut self, now: u64) {
        let Some(first) = self.first_told else { return };
        for due in (first..=now).step_by(8 * 3_600) {
            let held: Decimal = self.trades.iter().map(|(_, quantity)| quantity).sum();
            let fresh = |all: &[(u64, Decimal)]| all.last().filter(|(told, _)| *told + 60 >= due).map(|(_, one)| *one);
            let is_told = self.told.iter().any(|(_, next)| *next == due);
            let terms = fresh(&self.marks).zip(fresh(&self.rates)).filter(|_| is_told);
            let paid = terms.map(|(mark, rate)| -held * mark * rate);
            self.outcomes.entry(due).or_insert_with(|| (!held.is_zero()).then_some(paid));
        }
    }

    fn funding(&self) -> (Decimal, usize) {
        let settled = || self.outcomes.values().flatten();
        (settled().flatten().sum(), settled().filter(|paid| paid.is_none()).count())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn cash_is_that_of_the_fills_and_of_each_settlement_once(steps in steps()) {
        let (mut desk, mut history, mut now, mut cash) = (Desk::of(PERPETUAL), History::default(), HOUR, CASH);
        for (number, (seconds, step)) in steps.into_iter().enumerate() {
            now += seconds;
            if !matches!(step, Step::Restart) {
                history.pass(now);
            }
            match step {
                Step::Trade(quantity) => {
                    let quantity = if quantity == 0 { 1 } else { quantity };
                    let (quantity, price) = (Decimal::new(quantity, 1), dec!(100));
                    desk.trade(now, number, quantity, price);
                    history.trades.push((now, quantity));
                    cash -= quantity * price;
                }
                Step::Mark(price) => {
                    let price = Decimal::new(price, 2);
                    desk.mark(now, price);
                    history.marks.push((now, price));
                }
                Step::Rate(rate, tells) => {
                    let (rate, next) = (Decimal::new(rate, 4), (now / (8 * HOUR) + 1) * 8 * HOUR);
                    desk.rate(now, rate, tells.then_some(next));
                    history.rates.push((now, rate));
                    if tells {
                        history.told.push((now, next));
                        history.first_told.get_or_insert(next);
                    }
                }
                Step::Restart => {
                    desk.restart();
                    (history.marks, history.rates, history.told) = Default::default();
                }
            }
            let (funding, unknown) = history.funding();
            prop_assert_eq!((desk.funding(), desk.portfolio.unknown_funding()), (funding, unknown));
            prop_assert_eq!(desk.portfolio.balances()[&Currency::usdt()], cash + funding);
            let ProfitAndLoss { realised, unrealised, fees, funding } = desk.portfolio.pnl().unwrap();
            let difference = desk.portfolio.equity().unwrap() - (CASH + realised + unrealised - fees + funding);
            prop_assert!(difference.abs() < dec!(0.000000000001), "{difference}");
        }
    }
}
