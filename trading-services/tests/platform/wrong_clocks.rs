//! A recording whose receiver's clock was wrong for a while: it costs no candle, no alert and no stop.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use di_core::events::{Bus, Topic};
use di_core::health::{HealthChanged, ServiceUnhealthy};
use di_core::lifecycle::Application;
use di_core::prelude::*;
use di_core::{container, service};
// The override repeats the fields of its original: the names of their types have to be in scope.
use trading_services::prelude::*;

use crate::accounts::{diff, line, play, snapshot, ticker, trade};
use crate::common;

const MINUTE: u64 = 60_000;

/// The same message, which somebody has received so much later by their clock, in milliseconds.
fn received_after(millis: u64, message: &str) -> String {
    let (received, message) = message.split_once(' ').unwrap();
    let received: u64 = received.parse().unwrap();
    format!("{} {message}", received + millis * 1_000_000)
}

/// Trades of ten minutes, each of which is received as it happens.
fn trades() -> Vec<String> {
    (0..600).map(|i| trade(i * 1_000, i, &(100 + i % 30).to_string(), "1")).collect()
}

#[test]
fn a_clock_that_is_minutes_ahead_for_a_while_costs_no_candle_and_no_alert() {
    let right = play(&trades(), &[]);
    assert!(right.candles("1m").len() == 9 && right.alerts("price-move") > 5, "{}", right.log);
    for minutes in [2, 10, 59] {
        for wrong in [200..201, 200..320, 200..600] {
            let mut lines = trades();
            let count = wrong.end - wrong.start;
            lines[wrong].iter_mut().for_each(|line| *line = received_after(minutes * MINUTE, line));
            let played = play(&lines, &[]);
            assert_eq!(played.figure("time_jumps"), count as u64, "{minutes} minutes");
            // It is said again when the cool-down of the alert is over.
            assert!((1..=2).contains(&played.alerts("time-jump")), "{minutes} minutes");
            assert_eq!(played.candles("1m"), right.candles("1m"), "{minutes} minutes");
            assert_eq!(played.alerts("price-move"), right.alerts("price-move"), "{minutes} minutes");
            assert_eq!(played.figure("rejected"), 0, "{minutes} minutes");
        }
    }
}

#[test]
fn messages_without_a_time_of_the_venue_do_not_move_the_clock_by_minutes_either() {
    let lines = |wrong: u64| -> Vec<String> {
        let pair = |i: u64| {
            let top = ticker(i * 1_000 + 500, i + 1, "99", "101");
            let top = if (200..320).contains(&i) { received_after(wrong, &top) } else { top };
            [trade(i * 1_000, i, &(100 + i % 30).to_string(), "1"), top]
        };
        (0..600).flat_map(pair).collect()
    };
    let (right, wrong) = (play(&lines(0), &[]), play(&lines(10 * MINUTE), &[]));
    assert_eq!((right.figure("time_jumps"), wrong.figure("time_jumps")), (0, 120));
    assert_eq!(wrong.candles("1m"), right.candles("1m"));
    assert_eq!(wrong.alerts("price-move"), right.alerts("price-move"));
}

#[test]
fn a_pause_of_the_recording_is_no_wrong_clock() {
    let later = |i: u64| trade(i * 1_000 + 10 * MINUTE, i, "100", "1");
    // The first message after it has no time of the venue, and is received when it was sent.
    let top = ticker(299_500 + 10 * MINUTE, 1, "99", "101");
    let lines: Vec<_> = trades().into_iter().take(300).chain([top]).chain((300..400).map(later)).collect();
    let played = play(&lines, &[]);
    assert_eq!((played.figure("time_jumps"), played.alerts("time-jump")), (0, 0));
    assert_eq!(played.figure("event_time_ms"), 399_000 + 10 * MINUTE);
}

/// Submits a stop with the hundredth message.
#[service(provides = IRunObserver)]
struct Trader {
    executor: Arc<dyn IOrderExecutor>,
    #[inject(default)]
    seen: AtomicU64,
}

impl IRunObserver for Trader {
    fn event(&self, event: &MarketEvent, _: &Ingested) -> std::io::Result<()> {
        if self.seen.fetch_add(1, Ordering::Relaxed) == 100 {
            let stop = OrderRequest {
                id: "stop".parse().unwrap(),
                instrument: event.instrument.clone(),
                side: Side::Sell,
                quantity: "0.5".parse().unwrap(),
                kind: OrderKind::Stop { trigger: "95".parse().unwrap() },
                time_in_force: TimeInForce::default(),
                reduce_only: false,
                correlation: CorrelationId::default(),
            };
            self.executor.submit(&stop).unwrap();
        }
        Ok(())
    }

    fn progress(&self, _: &Summary) -> std::io::Result<()> {
        Ok(())
    }
}

#[container(from = TradingApp, replace(observer = Trader))]
struct TradedApp;

/// The time of the venue, in milliseconds, at which the stop was filled, if it was.
async fn stopped(lines: &[String]) -> Option<u64> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), lines.concat()).unwrap();
    let mut settings = common::settings();
    (settings.run.speed, settings.replay.file) = (Speed::Max, Some(file.path().to_owned()));
    settings.exchange.order = vec!["replay".to_owned()];
    let app = TradedApp::build(TradedAppInputs { settings: Arc::new(settings) }).unwrap();
    let begin: u64 = lines[0].split(' ').next().unwrap().parse().unwrap();
    common::play(Application::of(&app), app.get()).await;
    let fills = app.get::<dyn IOrderExecutor>().fills();
    assert!(fills.len() <= 1, "{fills:?}");
    fills.first().map(|fill| fill.time.since(Timestamp::from_nanos(begin)).as_millis() as u64)
}

#[tokio::test]
async fn a_stop_is_filled_when_its_price_is_reached_whatever_the_clock_has_said_before() {
    let fall = |wrong: Option<usize>| {
        let mut lines = vec![ticker(0, 1, "94", "101"), snapshot(1, 1, "94", "101")];
        let pair = |i: u64| {
            let change = diff(i * 1_000 + 500, &format!(r#""U":{0},"u":{0}"#, i + 1), "94", &i.to_string());
            [trade(i * 1_000, i, if i < 80 { "100" } else { "95" }, "1"), change]
        };
        lines.extend((1..120).flat_map(pair));
        if let Some(wrong) = wrong {
            lines[wrong] = received_after(10 * MINUTE, &lines[wrong]);
        }
        lines
    };
    let right = stopped(&fall(None)).await;
    assert!(right.is_some_and(|millis| (80_000..82_000).contains(&millis)), "{right:?}");
    for wrong in [10, 49, 99, 151, 158] {
        assert_eq!(stopped(&fall(Some(wrong))).await, right, "message {wrong} was received ten minutes later");
    }
}

#[test]
fn a_note_of_the_recorder_does_not_move_the_clock_by_minutes() {
    let mut lines = trades();
    lines.insert(100, line(100_000 + 10 * MINUTE, r#"{"result":null,"id":1}"#));
    let played = play(&lines, &[]);
    assert_eq!((played.figure("time_jumps"), played.figure("event_time_ms")), (1, 599_000));
}
