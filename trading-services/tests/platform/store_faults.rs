//! A store that cannot write, and how it catches up.

use std::path::Path;
use std::sync::Arc;

use di_core::prelude::*;
use trading_services::prelude::*;
use trading_services::store::DurableState;

use crate::kept_backtests::backtest;

pub(crate) fn open(folder: &Path) -> DurableState {
    DurableState::open(folder, &Default::default()).unwrap()
}

pub(crate) fn order(name: &str) -> StateFact {
    let request = OrderRequest {
        id: name.parse().unwrap(),
        instrument: "simulated:BTCUSDT".parse().unwrap(),
        side: Side::Buy,
        quantity: "1".parse().unwrap(),
        kind: OrderKind::Limit { price: "10.50".parse().unwrap(), post_only: true },
        time_in_force: TimeInForce::default(),
        reduce_only: false,
        correlation: CorrelationId(12),
    };
    StateFact::Submitted { request: Box::new(request), time: Timestamp::from_nanos(1) }
}

fn alert(id: u64) -> StateFact {
    let alert = Alert {
        id,
        time: Timestamp::from_nanos(id),
        level: AlertLevel::Error,
        rule: "test",
        instrument: None,
        service: Some("Store"),
        message: format!("the alert of number {id}"),
        escalated: false,
    };
    StateFact::Raised { alert: Box::new(alert), due: Vec::new() }
}

#[test]
fn while_the_database_is_away_orders_are_refused_and_the_rest_waits_until_it_is_back() {
    let folder = tempfile::tempdir().unwrap();
    let state = open(folder.path());
    state.append(order("before")).unwrap();
    let (here, away) = (folder.path().join("state.db"), folder.path().join("away.db"));
    std::fs::rename(&here, &away).unwrap();

    let error = state.append(order("during")).unwrap_err().to_string();
    assert!(error.contains("expected a database, found none"), "{error}");
    assert!(state.fault().unwrap().contains("state.db"));
    state.append(alert(1)).unwrap();
    state.append(alert(2)).unwrap();
    assert!(state.flush().is_err());

    std::fs::rename(&away, &here).unwrap();
    state.flush().unwrap();
    assert_eq!(state.fault(), None);
    state.append(order("after")).unwrap();
    let expected = [order("before"), alert(1), alert(2), order("after")];
    assert_eq!(*state.facts().unwrap(), expected);
    drop(state);
    assert_eq!(*open(folder.path()).facts().unwrap(), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_order_is_admitted_while_it_could_not_be_kept() {
    let folder = tempfile::tempdir().unwrap();
    let app = crate::store::build(folder.path(), 1);
    let (state, risk): (&dyn IStateManager, &dyn IRiskManager) = (app.get(), app.get());
    let StateFact::Submitted { request, .. } = order("one") else { panic!("expected an order") };
    let price: Price = "10.50".parse().unwrap();
    let asked = RiskRequest { order: &request, price, reference: Some(price), is_doubtful: false, module: None };
    let fault = || {
        risk.check_risk_limits(&asked).reasons.into_iter().find_map(|reason| match reason {
            RiskReason::NotKept(fault) => Some(fault),
            _ => None,
        })
    };
    assert_eq!(fault(), None);
    let (here, away) = (folder.path().join("state.db"), folder.path().join("away.db"));
    std::fs::rename(&here, &away).unwrap();
    state.append(order("during")).unwrap_err();
    assert!(fault().unwrap().contains("expected a database, found none"));
    std::fs::rename(&away, &here).unwrap();
    state.flush().unwrap();
    assert_eq!(fault(), None, "it is back");
}

#[test]
fn a_fact_that_contradicts_what_is_kept_is_refused_alone() {
    let folder = tempfile::tempdir().unwrap();
    let state = open(folder.path());
    state.append(order("one")).unwrap();
    state.append(alert(1)).unwrap();
    // Not urgent, and wrong: it must not hold up the others.
    state.append(alert(1)).unwrap();
    state.append(alert(2)).unwrap();
    let error = state.append(order("one")).unwrap_err().to_string();
    assert!(error.contains("UNIQUE"), "{error}");
    state.append(order("two")).unwrap();
    assert_eq!(state.fault(), None, "the database works");
    assert_eq!(*state.facts().unwrap(), [order("one"), alert(1), alert(2), order("two")]);
}

#[test]
fn an_alert_and_what_it_is_due_by_are_kept_together_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let (durable, memory) = (open(folder.path()), MemoryState::default());
    let due = |fact: StateFact, by: &[&'static str]| match fact {
        StateFact::Raised { alert, .. } => StateFact::Raised { alert, due: by.to_vec() },
        other => other,
    };
    let pending = |alert: u64, channel| StateFact::Delivered {
        alert,
        channel,
        time: Timestamp::from_nanos(alert),
        error: Some(AlertDelivery::PENDING.to_owned()),
    };
    let both: [&dyn IStateManager; 2] = [&durable, &memory];
    for state in both {
        state.append(due(alert(7), &["escalation", "log"])).unwrap();
        state.flush().unwrap();
        assert_eq!(*state.facts().unwrap(), [alert(7), pending(7, "escalation"), pending(7, "log")]);
    }
    // The second alert of a number is refused, and nobody owes it.
    durable.append(due(alert(7), &["webhook"])).unwrap();
    assert_eq!(*durable.facts().unwrap(), [alert(7), pending(7, "escalation"), pending(7, "log")]);
    assert_eq!(durable.fault(), None);
}

#[test]
fn a_write_that_was_torn_is_as_if_it_had_not_been() {
    let (folder, torn) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let state = open(folder.path());
    for number in 0..20 {
        state.append(order(&format!("order-{number}"))).unwrap();
    }
    let log = std::fs::read(folder.path().join("state.db-wal")).unwrap();
    let whole = state.facts().unwrap();
    let mut counts = Vec::new();
    // The power fails in the middle of a sector, anywhere.
    for cut in (0..=20).map(|part| log.len() * part / 20).chain([log.len() - 1, log.len() - 100]) {
        std::fs::copy(folder.path().join("state.db"), torn.path().join("state.db")).unwrap();
        let mut kept = log[..cut].to_vec();
        kept.extend([0xA5; 700]);
        std::fs::write(torn.path().join("state.db-wal"), kept).unwrap();
        let _ = std::fs::remove_file(torn.path().join("state.db-shm"));
        let facts = open(torn.path()).facts().unwrap();
        assert_eq!(*facts, whole[..facts.len()], "no order is missing in between, none is half there");
        counts.push(facts.len());
    }
    assert!(counts.contains(&20) && counts.iter().any(|count| *count < 20), "{counts:?}");
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().unwrap();
    // A file where the folder should be: also root cannot make it.
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let error = DurableState::open(&file.join("state"), &Default::default()).unwrap_err().to_string();
    assert!(error.contains("expected a folder for the state that can be written"), "{error}");
}

#[test]
fn a_file_that_is_no_database_is_named_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.db");
    std::fs::write(&path, "a letter to a friend, and no database").unwrap();
    let error = DurableState::open(folder.path(), &Default::default()).unwrap_err().to_string();
    assert!(error.contains("state.db: expected a database that works") && error.contains("not a database"), "{error}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "a letter to a friend, and no database");
}

#[test]
fn everything_that_services_go_on_from_is_read_as_it_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let state = open(folder.path());
    let (time, instrument): (_, InstrumentId) =
        (Timestamp::from_nanos(1_704_067_200_000_000_001), "kraken:BTC/USDT".parse().unwrap());
    let fill = Fill {
        id: "paper-1".into(),
        order: "one".parse().unwrap(),
        instrument: "simulated:BTCUSDT".parse().unwrap(),
        side: Side::Buy,
        quantity: "0.3333333333333333333333333333".parse().unwrap(),
        price: "79228162514264337593543950335".parse().unwrap_or_else(|_| "61837.63".parse().unwrap()),
        currency: Currency::usdt(),
        fee: rust_decimal::dec!(-0.00000001),
        fee_currency: Currency::usdt(),
        liquidity: Liquidity::Maker,
        time,
        correlation: CorrelationId(7),
    };
    let order_id: OrderId = "one".parse().unwrap();
    let reported = |event| StateFact::Reported { order: order_id.clone(), event: Box::new(event), time };
    let signal = Signal {
        id: 3,
        time,
        correlation: CorrelationId(9),
        instrument: "simulated:BTCUSDT".parse().unwrap(),
        timeframe: Timeframe::M5,
        bar: time,
        direction: Direction::Short,
        price: "10".parse().unwrap(),
        doubtful: true,
        reasons: vec![Reason { strategy: "crossover", text: "it \"crossed\", at 'last'".to_owned() }],
    };
    let paid = FundingPayment {
        rate: rust_decimal::dec!(0.0001),
        mark: "110.10".parse().unwrap(),
        amount: rust_decimal::dec!(-0.0220),
    };
    let held = rust_decimal::dec!(2.0);
    let funding = |payment| FundingSettlement {
        instrument: instrument.clone(),
        due: Timestamp::from_nanos(8),
        settled: time,
        held,
        currency: Currency::usdt(),
        payment,
    };
    let facts = [
        StateFact::Opened { currency: Currency::usdt(), cash: rust_decimal::dec!(100000.50) },
        StateFact::Signalled(Box::new(signal)),
        order("one"),
        reported(OrderEvent::Accepted),
        reported(OrderEvent::Filled(fill)),
        reported(OrderEvent::Cancelled("by a person".to_owned())),
        StateFact::Funded(Box::new(funding(Some(paid)))),
        StateFact::Funded(Box::new(FundingSettlement { due: Timestamp::from_nanos(9), ..funding(None) })),
        order("two"),
        StateFact::Day { time, equity: rust_decimal::dec!(100000.10) },
        StateFact::Peak { equity: rust_decimal::dec!(100001) },
        StateFact::Killed { reason: "loss".to_owned() },
        StateFact::Resumed { reason: "found".to_owned() },
        alert(5),
        StateFact::Valued(EquityPoint { time, equity: rust_decimal::dec!(99999.99) }),
        StateFact::Delivered { alert: 5, channel: "log", time, error: None },
        StateFact::Delivered { alert: 5, channel: "webhook", time, error: Some("\"404\", it's gone".to_owned()) },
        StateFact::Acknowledged { alert: 5, by: "ann".to_owned(), time },
        StateFact::Marked { instrument: instrument.clone(), price: "3.14".parse().unwrap(), time },
        StateFact::FundingDue { instrument, due: Timestamp::from_nanos(10) },
        StateFact::Preferred { name: "alerts.level".to_owned(), value: Some("it's \"high\"".to_owned()) },
        StateFact::Preferred { name: "view".to_owned(), value: Some(String::new()) },
        StateFact::Acted(Box::new(Act {
            id: 7,
            time,
            act: "POST /api/v1/risk/kill".to_owned(),
            body: "{\"reason\": \"it's \\\"late\\\"\"}".to_owned(),
            status: 200,
        })),
    ];
    for fact in &facts {
        state.append(fact.clone()).unwrap();
    }
    // The last word counts.
    let prefer =
        |value: Option<&str>| StateFact::Preferred { name: "gone".to_owned(), value: value.map(str::to_owned) };
    for value in [Some("one"), Some("two"), None] {
        state.append(prefer(value)).unwrap();
    }
    assert_eq!(*state.facts().unwrap(), facts);
    drop(state);
    assert_eq!(*open(folder.path()).facts().unwrap(), facts);
}

/// Nobody knows what a currency is worth.
struct NoRates;

impl ICurrencyRates for NoRates {
    fn rate(&self, _: &Currency, _: &Currency) -> Option<Price> {
        None
    }
}

/// Adds what a run alone does not have: a back-test with its result, a preference, and an act.
pub(crate) fn add_choices(state: &dyn IStateManager) {
    state.append(StateFact::Preferred { name: "view".to_owned(), value: Some("market".to_owned()) }).unwrap();
    let (act, body, time) = ("POST /x".to_owned(), String::new(), Timestamp::from_nanos(1));
    state.append(StateFact::Acted(Box::new(Act { id: 1, time, act, body, status: 200 }))).unwrap();
    let (time, key) = (Timestamp::from_nanos(1), "signals.crossover.mode".to_owned());
    let (before, after, reason) = ("on".to_owned(), "off".to_owned(), "it's late".to_owned());
    state.append(StateFact::Switched(Box::new(ModeSwitch { time, key, before, after, reason }))).unwrap();
    let (job, result) = backtest(1, JobState::Done);
    state.append(StateFact::Backtest { job: Box::new(job), result: Some(result) }).unwrap();
}

#[test]
fn what_cannot_be_read_late_is_an_error_and_nobody_begins_at_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let state = Arc::new(open(folder.path()));
    state.append(order("one")).unwrap();
    let (database, aside) = (folder.path().join("state.db"), folder.path().join("aside.db"));
    std::fs::rename(&database, &aside).unwrap();
    let error = state.facts().unwrap_err().to_string();
    assert!(error.contains("expected a database, found none"), "{error}");
    let config: Arc<dyn IConfigService> = Arc::new(ConfigManager::new(Arc::new(Settings::default())));
    let portfolio = || Portfolio::new(Arc::clone(&config), Arc::new(NoRates), Arc::clone(&state) as _);
    assert_eq!(portfolio().unwrap_err().to_string(), error);

    std::fs::rename(&aside, &database).unwrap();
    assert_eq!(*state.facts().unwrap(), [order("one")]);
    portfolio().unwrap();
}
