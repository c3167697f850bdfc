//! Fills that wait to be kept: they are held, whoever asks meanwhile, and are told in their order.

use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use di_core::events::Topic;
use di_core::health::{Health, HealthCheck, HealthStatus};
use di_core::prelude::*;
use rust_decimal::dec;
use trading_services::prelude::*;

use crate::common;
use crate::funding_kept::{Desk, HOUR, at};

/// How long to wait for what happens at once.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long to let another thread do what it may not do meanwhile.
const MEANWHILE: Duration = Duration::from_millis(200);

fn is_report(fact: &StateFact) -> bool {
    matches!(fact, StateFact::Reported { .. })
}

/// One is held and kept; orders to buy are filled while nothing can be kept, and then it can again.
fn desk(waiting: &[&str]) -> Arc<Desk> {
    let desk = Desk::over(&Arc::default());
    desk.order("kept", Side::Buy, dec!(1));
    desk.due_in_an_hour();
    desk.book();
    waiting.iter().for_each(|name| desk.order(name, Side::Buy, dec!(2)));
    desk.kept.set_away(true);
    desk.book();
    desk.kept.set_away(false);
    Arc::new(desk)
}

fn cancel(desk: &Desk, name: &str) -> OrderStatus {
    desk.executor.cancel(&name.parse().unwrap(), "by the test").unwrap().status
}

/// Begins something in another thread, and gives it a while; it may end later.
fn begin(run: impl FnOnce() + Send + 'static) -> std::thread::JoinHandle<()> {
    let (ended, hears) = mpsc::channel();
    let thread = std::thread::spawn(move || {
        run();
        drop(ended);
    });
    let _in_time: Result<(), _> = hears.recv_timeout(MEANWHILE);
    thread
}

#[test]
fn who_holds_a_fill_that_another_thread_keeps_just_then_pays_its_funding() {
    let desk = desk(&["waits"]);
    let (began, thread) = mpsc::channel();
    let market = Arc::clone(&desk);
    desk.kept.meanwhile(is_report, move || began.send(begin(move || market.pass(HOUR))).unwrap());
    // As the end of trading does.
    assert_eq!(cancel(&desk, "waits"), OrderStatus::Filled);
    thread.recv_timeout(PATIENCE).unwrap().join().unwrap();
    desk.pass(HOUR + 1);
    assert_eq!(desk.settled(), [(at(HOUR), dec!(3), Some(dec!(-3)))]);
}

#[test]
fn what_two_threads_report_is_kept_and_told_in_its_order() {
    let desk = desk(&["first", "second"]);
    let told = Arc::new(Mutex::new(Vec::new()));
    let hears = Arc::clone(&told);
    let changed = desk.app.get::<Topic<Order>>().observe("test", move |order: &Order| {
        hears.lock().unwrap().push((order.request.id.to_string(), order.status));
    });
    let (began, threads) = mpsc::channel();
    let others = Mutex::new(Some((Arc::clone(&desk), began.clone())));
    let filled = desk.app.get::<Topic<Fill>>().observe("test", move |_: &Fill| {
        let other = others.lock().unwrap().take();
        if let Some((desk, began)) = other {
            // The first order is filled, and nobody is told yet that it is.
            began.send(begin(move || assert_eq!(cancel(&desk, "second"), OrderStatus::Filled))).unwrap();
        }
    });
    let other = Arc::clone(&desk);
    desk.kept.meanwhile(is_report, move || {
        began
            .send(begin(move || {
                cancel(&other, "second");
            }))
            .unwrap();
    });
    assert_eq!(cancel(&desk, "first"), OrderStatus::Filled);
    for _ in 0..2 {
        threads.recv_timeout(PATIENCE).unwrap().join().unwrap();
    }
    let expected = ["first", "second"]
        .map(|name| [OrderStatus::Accepted, OrderStatus::Filled].map(|status| (name.to_owned(), status)));
    assert_eq!(*told.lock().unwrap(), expected.concat());
    let kept = desk.kept.facts().unwrap();
    let reported = kept.iter().filter_map(|fact| match fact {
        StateFact::Reported { order, .. } if order.as_str() != "kept" => Some(order.to_string()),
        _ => None,
    });
    assert_eq!(reported.collect::<Vec<_>>(), ["first", "first", "second", "second"]);
    drop((changed, filled));
}

#[test]
fn a_fill_that_was_kept_late_is_worth_what_the_market_says_and_not_what_was_paid() {
    let other: InstrumentId = "bybit:ETHUSDT".parse().unwrap();
    let empty = BookDepth { bids: Vec::new(), asks: Vec::new() };
    let ways: [fn(&Desk, &InstrumentId, &BookDepth); 2] = [
        |desk, other, empty| desk.executor.observe(other, desk.clock.now(), MarketTick::Book(empty)),
        |desk, _, _| assert_eq!(cancel(desk, "waits"), OrderStatus::Filled),
    ];
    for keeps in ways {
        let desk = desk(&["waits"]);
        let platform: &Platform = desk.app.get();
        let side = |price: &str| vec![common::level(price)].into();
        let (last_update_id, time, origin) = (1, None, SnapshotOrigin::Stream);
        let book = BookSnapshot { last_update_id, bids: side("96"), asks: side("98"), time, origin };
        let (instrument, received) = (desk.instrument.clone(), platform.clock.now());
        platform.market.ingest(&MarketEvent { instrument, received, kind: EventKind::Snapshot(book) }).unwrap();
        keeps(&desk, &other, &empty);
        assert_eq!(desk.held(), (dec!(3), dec!(3)));
        let fill = desk.executor.fills().pop().unwrap();
        let [view] = &desk.portfolio.positions()[..] else { panic!("one position") };
        assert_eq!((fill.price.value(), view.mark.value(), view.worth), (dec!(101), dec!(97), Some(dec!(291))));
    }
}

#[test]
fn without_a_whole_book_a_fill_that_was_kept_late_is_worth_the_last_trade() {
    let desk = desk(&["waits"]);
    let platform: &Platform = desk.app.get();
    let (instrument, received) = (desk.instrument.clone(), platform.clock.now());
    let (last_update_id, time, origin) = (1, None, SnapshotOrigin::Stream);
    let bids = vec![common::level("96")].into();
    let book = BookSnapshot { last_update_id, bids, asks: Vec::new().into(), time, origin };
    let trade = Trade { time: received, ..common::trade(0, "97", "1") };
    for kind in [EventKind::Snapshot(book), EventKind::Trade(trade)] {
        platform.market.ingest(&MarketEvent { instrument: instrument.clone(), received, kind }).unwrap();
    }
    assert_eq!(platform.market.reference(&instrument), None);
    assert_eq!(cancel(&desk, "waits"), OrderStatus::Filled);
    let [view] = &desk.portfolio.positions()[..] else { panic!("one position") };
    assert_eq!((desk.held(), view.mark.value()), ((dec!(3), dec!(3)), dec!(97)));
}

#[test]
fn an_order_that_may_only_reduce_counts_the_fills_that_wait() {
    let desk = Desk::with_latency(&Arc::default(), Duration::from_millis(20));
    let time = |millis: u64| Timestamp::from_nanos(millis * 1_000_000);
    desk.order("open", Side::Buy, dec!(1));
    desk.clock.advance_to(time(20));
    desk.book();
    desk.submit("close", Side::Sell, dec!(1), true);
    desk.clock.advance_to(time(30));
    desk.submit("guard", Side::Sell, dec!(1), true);
    desk.clock.advance_to(time(35));
    desk.kept.set_away(true);
    for (now, held) in [(35, dec!(1)), (40, dec!(0)), (50, dec!(0))] {
        desk.clock.advance_to(time(now));
        desk.book();
        assert_eq!(desk.held(), (dec!(1), held), "after {now} ms");
    }
    desk.kept.set_away(false);
    desk.book();
    assert_eq!(desk.held(), (dec!(0), dec!(0)));
    let ended = desk.executor.orders().into_iter().map(|order| order.status);
    assert_eq!(ended.collect::<Vec<_>>(), [OrderStatus::Filled, OrderStatus::Filled, OrderStatus::Rejected]);
}

/// What is said in another thread while this one waits for a disk.
fn asked(check: impl Future<Output = Health> + Send + 'static) -> Health {
    let (answer, heard) = mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        answer.send(runtime.block_on(check))
    });
    heard.recv_timeout(PATIENCE).unwrap()
}

/// Its health twice while a fact is written that takes long, and once after it.
fn healths<C: HealthCheck + 'static>(
    desk: &Desk,
    service: Arc<C>,
    is_it: fn(&StateFact) -> bool,
    write: impl FnOnce(&Desk),
) -> [Health; 3] {
    let (tell, told) = mpsc::channel();
    let check = move |service: Arc<C>| asked(async move { service.check().await.unwrap() });
    let writes = Arc::clone(&service);
    desk.kept.meanwhile(is_it, move || {
        tell.send([check(Arc::clone(&writes)), check(writes)]).unwrap();
    });
    write(desk);
    let [first, second] = told.recv_timeout(PATIENCE).unwrap();
    [first, second, check(service)]
}

#[test]
fn health_says_that_reports_and_settlements_wait_while_a_disk_hangs() {
    let desk = Desk::over(&Arc::default());
    desk.order("kept", Side::Buy, dec!(1));
    let executor = Arc::clone(&desk.executor);
    let [new, waits, kept] = healths(&desk, executor, is_report, Desk::book);
    assert_eq!(new.status(), HealthStatus::Healthy, "whatever is written is written for a moment: {new:?}");
    assert_eq!(waits.status(), HealthStatus::Degraded);
    assert!(format!("{waits:?}").contains("2 reports wait to be kept"), "{waits:?}");
    assert_eq!(kept.status(), HealthStatus::Healthy);

    desk.due_in_an_hour();
    let settler = Arc::clone(&desk.settler);
    let is_funded = |fact: &StateFact| matches!(fact, StateFact::Funded(_));
    let [new, waits, kept] = healths(&desk, settler, is_funded, |desk| desk.pass(HOUR));
    assert_eq!(new.status(), HealthStatus::Healthy, "{new:?}");
    assert_eq!(waits.status(), HealthStatus::Degraded);
    assert!(format!("{waits:?}").contains("1 settlements of funding wait to be kept"), "{waits:?}");
    assert_eq!(kept.status(), HealthStatus::Healthy);
}
