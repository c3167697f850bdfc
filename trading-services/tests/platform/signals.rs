//! Signals: at most one per closed candle, with its reasons, and the same one each time.

use std::sync::Arc;
use std::time::Duration;

use di_core::dependency::Many;
use di_core::events::{Bus, Overflow, Subscriber, Topic};
use di_core::health::{HealthChanged, ServiceUnhealthy};
use di_core::lifecycle::Application;
use di_core::prelude::*;
use di_core::{container, service};
use serde_json::Value;
use trading_services::engine::backtest::{AtEnd, CandleTest};
use trading_services::prelude::*;

use crate::common::{self, fails};

/// Has the same opinion about every candle.
struct Always(&'static str, Direction);

impl IStrategy for Always {
    fn name(&self) -> &'static str {
        self.0
    }

    fn required_data(&self) -> Vec<CandleNeed> {
        vec![CandleNeed::bars(1)]
    }

    fn evaluate(&self, bars: &[Candle]) -> Option<Opinion> {
        Some(Opinion { direction: self.1, reason: format!("of {} candles", bars.len()), doubtful: self.0 == "unsure" })
    }
}

/// A market of which nothing is known, with the candles of the settings.
fn market(config: &Arc<ConfigManager>, clock: &Arc<ManualClock>) -> Arc<dyn IMarketDataService> {
    let (config, clock) = (Arc::clone(config) as _, Arc::clone(clock) as _);
    Arc::new(MarketDataManager::new(config, clock, Arc::new(MemoryState::default())).unwrap())
}

/// The service alone, and what it says on the bus.
struct Fixture {
    clock: Arc<ManualClock>,
    signals: SignalService,
    heard: Subscriber<Signal>,
    _bus: Bus,
}

fn fixture(strategies: &[(&'static str, Direction)]) -> Fixture {
    fixture_over(MemoryState::default(), strategies)
}

fn fixture_over(kept: MemoryState, strategies: &[(&'static str, Direction)]) -> Fixture {
    let (clock, bus) = (Arc::new(ManualClock::default()), Bus::new());
    let heard = bus.topic().subscribe("test", Overflow::Wait(1));
    let mut settings = Settings::default();
    (settings.signals.timeframe, settings.signals.cool_down) = (Timeframe::M1, Duration::from_secs(300));
    let config = Arc::new(ConfigManager::new(Arc::new(settings)));
    let member = |(name, direction): &(&'static str, Direction)| (Some(*name), Arc::new(Always(name, *direction)) as _);
    let strategies = Many::new(strategies.iter().map(member));
    let market = market(&config, &clock);
    let signals =
        SignalService::new(config, Arc::clone(&clock) as _, market, strategies, Arc::new(kept), Arc::new(bus.topic()));
    let signals = signals.unwrap();
    Fixture { clock, signals, heard, _bus: bus }
}

impl Fixture {
    /// The candle of a minute, which closes at the end of it, and the signal that is heard then.
    fn close(&mut self, minute: u64, timeframe: Timeframe) -> Option<Signal> {
        let time = |minute: u64| Timestamp::from_nanos(minute * 60_000_000_000);
        self.clock.advance_to(time(minute + 1));
        self.signals.generate(
            &common::btc_id(),
            timeframe,
            &Candle::flat(time(minute), "100".parse().unwrap()),
            CorrelationId(minute),
        );
        self.heard.try_next()
    }
}

#[test]
fn a_signal_is_doubtful_where_the_opinion_of_one_that_wanted_it_is() {
    let (long, short) = (Direction::Long, Direction::Short);
    for (strategies, doubtful) in
        [(&[("sure", long)][..], false), (&[("sure", long), ("unsure", long)], true), (&[("unsure", short)], true)]
    {
        assert_eq!(fixture(strategies).close(1, Timeframe::M1).unwrap().doubtful, doubtful, "{strategies:?}");
    }
}

#[test]
fn candles_of_before_are_seen_by_strategies_and_give_no_signal() {
    /// Says how many candles it was shown, and from when the first is.
    struct Counts;

    impl IStrategy for Counts {
        fn name(&self) -> &'static str {
            "counts"
        }

        fn required_data(&self) -> Vec<CandleNeed> {
            vec![CandleNeed::bars(5)]
        }

        fn evaluate(&self, bars: &[Candle]) -> Option<Opinion> {
            let times: Vec<_> = bars.iter().map(|bar| bar.open_time.as_millis() / 60_000).collect();
            Some(Opinion { direction: Direction::Long, reason: format!("{times:?}"), doubtful: false })
        }
    }

    let mut fixture = fixture(&[]);
    let (config, kept) =
        (Arc::new(ConfigManager::new(Arc::new(Settings::default()))), Arc::new(MemoryState::default()));
    let (clock, topic) = (Arc::clone(&fixture.clock), Arc::new(fixture._bus.topic()));
    let strategies = Many::new([(Some("counts"), Arc::new(Counts) as _)]);
    let market = market(&config, &clock);
    fixture.signals = SignalService::new(config, clock, market, strategies, kept, topic).unwrap();
    let flat = |minute: u64| Candle::flat(Timestamp::from_nanos(minute * 60_000_000_000), "100".parse().unwrap());
    let learn = |fixture: &Fixture, minutes: &[u64], timeframe| {
        let candles: Vec<_> = minutes.iter().copied().map(flat).collect();
        fixture.signals.learn(&common::btc_id(), timeframe, &candles);
    };
    let frame = Settings::default().signals.timeframe;
    learn(&fixture, &[2, 3, 4], frame);
    learn(&fixture, &[99], if frame == Timeframe::M5 { Timeframe::M1 } else { Timeframe::M5 });
    assert_eq!((fixture.heard.try_next(), fixture.signals.statistics().bars), (None, 0));
    let reason = |signal: Option<Signal>| signal.unwrap().reasons[0].text.clone();
    assert_eq!(reason(fixture.close(7, frame)), "[2, 3, 4, 7]");
    // What closes a hole takes its place in it; the oldest go.
    learn(&fixture, &[1, 4, 5, 6, 7], frame);
    fixture.clock.advance_to(Timestamp::from_nanos(3_600_000_000_000));
    assert_eq!(reason(fixture.close(60, frame)), "[4, 5, 6, 7, 60]");
}

/// Says which candles it was shown, by the minutes at which they began.
struct Shown;

impl IStrategy for Shown {
    fn name(&self) -> &'static str {
        "shown"
    }

    fn required_data(&self) -> Vec<CandleNeed> {
        vec![CandleNeed::bars(1), CandleNeed::of(Timeframe::M1, 2), CandleNeed::of(Timeframe::M5, 2)]
    }

    fn evaluate(&self, _: &[Candle]) -> Option<Opinion> {
        None
    }

    fn evaluate_view(&self, view: &StrategyView<'_>) -> Option<Opinion> {
        let minutes = |candles: &[Candle]| -> Vec<u64> {
            candles.iter().map(|candle| candle.open_time.as_millis() / 60_000).collect()
        };
        assert_eq!(view.of(Timeframe::M30), [], "nobody has asked for these");
        let reason = format!("{:?} {:?}", minutes(view.bars), minutes(view.of(Timeframe::M5)));
        Some(Opinion { direction: Direction::Long, reason, doubtful: false })
    }
}

#[test]
fn a_strategy_of_two_lengths_is_shown_as_many_as_it_needs_of_those_that_have_closed() {
    let (clock, bus) = (Arc::new(ManualClock::default()), Bus::new());
    let mut heard = bus.topic().subscribe("test", Overflow::Wait(1));
    let mut settings = Settings::default();
    (settings.signals.timeframe, settings.signals.cool_down) = (Timeframe::M1, Duration::ZERO);
    let config = Arc::new(ConfigManager::new(Arc::new(settings)));
    let strategies = Many::new([(Some("shown"), Arc::new(Shown) as _)]);
    let (kept, topic) = (Arc::new(MemoryState::default()), Arc::new(bus.topic()));
    let market = market(&config, &clock);
    let signals = SignalService::new(config, Arc::clone(&clock) as _, market, strategies, kept, topic).unwrap();
    let flat = |minute: u64| Candle::flat(Timestamp::from_nanos(minute * 60_000_000_000), "100".parse().unwrap());
    let mut close = |timeframe: Timeframe, minute: u64| {
        signals.generate(&common::btc_id(), timeframe, &flat(minute), CorrelationId(minute));
        heard.try_next().map(|signal: Signal| signal.reasons[0].text.clone())
    };
    let said = |shown: &str| Some(shown.to_owned());
    assert_eq!(close(Timeframe::M1, 3), said("[3] []"));
    // One message closes a minute and five minutes, which end together.
    assert_eq!((close(Timeframe::M5, 0), close(Timeframe::M1, 4)), (None, said("[3, 4] [0]")));
    // After a silence one message closes all of these: what ends later was not known before.
    assert_eq!((close(Timeframe::M5, 5), close(Timeframe::M5, 10)), (None, None));
    assert_eq!(
        [5, 9, 13, 14].map(|minute| close(Timeframe::M1, minute)),
        [said("[4, 5] [0]"), said("[5, 9] [0, 5]"), said("[9, 13] [0, 5]"), said("[13, 14] [5, 10]"),]
    );
    assert_eq!(close(Timeframe::M30, 0), None);
    // What the venue tells of before takes its place.
    signals.learn(&common::btc_id(), Timeframe::M5, &[flat(15), flat(0)]);
    assert_eq!(close(Timeframe::M1, 19), said("[14, 19] [10, 15]"));
}

#[test]
fn a_strategy_whose_longer_candles_nobody_makes_is_not_switched_on() {
    for (own, longer, built, expected) in [
        (Timeframe::M1, Timeframe::M5, vec![Timeframe::M1, Timeframe::M5], None),
        (Timeframe::M5, Timeframe::M5, vec![Timeframe::M5], Some("longer than `signals.timeframe`, which is 5m")),
        (Timeframe::M1, Timeframe::M30, vec![Timeframe::M1], Some("one of `market_data.timeframes`, which are 1m")),
    ] {
        let mut settings = common::settings();
        (settings.signals.timeframe, settings.signals.trend.timeframe) = (own, longer);
        settings.market_data.timeframes = built;
        let app = TradingApp::build(TradingAppInputs { settings: Arc::new(settings) }).unwrap();
        let signals: &dyn ISignalService = app.get();
        for mode in [StrategyMode::Shadow, StrategyMode::On, StrategyMode::Off] {
            let switched = signals.set_mode("trend", mode, "by the test");
            match expected.filter(|_| mode != StrategyMode::Off) {
                None => assert_eq!(switched.map(|_| signals.mode("trend")), Ok(Ok(mode))),
                Some(expected) => {
                    let error = switched.unwrap_err().to_string();
                    assert!(error.starts_with("the strategy trend looks at candles of "), "{error}");
                    assert!(error.ends_with(&format!(": expected {expected}")), "{error}");
                    assert_eq!(signals.mode("trend"), Ok(StrategyMode::Off), "it stays as it was");
                }
            }
        }
    }
}

#[tokio::test]
async fn a_strategy_of_two_lengths_says_the_same_in_a_run_and_in_a_back_test_on_its_candles() {
    let settings = |change: fn(&mut Settings)| {
        let mut settings = common::settings();
        (settings.run.speed, settings.run.events) = (Speed::Max, Some(20_000));
        settings.simulation.events_per_second = 1;
        let signals = &mut settings.signals;
        (signals.timeframe, signals.cool_down) = (Timeframe::M1, Duration::ZERO);
        (signals.crossover.mode, signals.breakout.mode) = (StrategyMode::Off, StrategyMode::Off);
        (signals.trend.mode, signals.trend.bars, signals.trend.slow) = (StrategyMode::On, 3, 3);
        change(&mut settings);
        Arc::new(settings)
    };
    let instrument: InstrumentId = "simulated:BTCUSDT".parse().unwrap();
    let said = |app: &TradingApp| -> Vec<(Timestamp, String)> {
        let given = app.get::<dyn ISignalService>().history(Some(&instrument), usize::MAX);
        given.into_iter().map(|signal| (signal.bar, signal.to_string())).collect()
    };
    let run = TradingApp::build(TradingAppInputs { settings: settings(|_| {}) }).unwrap();
    common::play(Application::of(&run), run.get()).await;
    let candles = run.get::<Platform>().market.historical(&instrument, Timeframe::M1, usize::MAX).unwrap();
    assert!(candles.len() > 300 && said(&run).len() > 10, "{} candles, {:?}", candles.len(), said(&run));

    let test = TradingApp::build(TradingAppInputs {
        settings: settings(|settings| settings.simulation.start = Timestamp::default()),
    });
    let test = test.unwrap();
    CandleTest::new(test.get(), test.get(), test.get(), instrument.clone()).run(&candles, AtEnd::Keep);
    assert_eq!(said(&test), said(&run));
}

#[test]
fn strategies_that_agree_give_one_signal_with_all_their_reasons() {
    let mut fixture = fixture(&[("a", Direction::Long), ("b", Direction::Long)]);
    let signal = fixture.close(7, Timeframe::M1).unwrap();
    assert_eq!(signal.to_string(), "binance:BTCUSDT 1m long at 100 (a: of 1 candles; b: of 1 candles)");
    assert_eq!((signal.id, signal.bar.as_millis(), signal.time.as_millis()), (1, 420_000, 480_000));
    assert_eq!(fixture.signals.history(Some(&common::btc_id()), 9), [signal]);
}

#[test]
fn strategies_that_contradict_each_other_give_none() {
    let mut fixture = fixture(&[("a", Direction::Long), ("b", Direction::Short)]);
    assert_eq!(fixture.close(7, Timeframe::M1), None);
    assert_eq!(
        fixture.signals.statistics(),
        SignalStatistics { bars: 1, contradictions: 1, ..SignalStatistics::default() }
    );
}

#[test]
fn within_the_cool_down_there_is_no_other_signal() {
    let mut fixture = fixture(&[("a", Direction::Short)]);
    let given: Vec<_> = (0..11).filter(|minute| fixture.close(*minute, Timeframe::M1).is_some()).collect();
    assert_eq!(given, [0, 5, 10], "300 s are five candles");
    let statistics = fixture.signals.statistics();
    assert_eq!((statistics.signals(), statistics.short, statistics.cooled_down), (3, 3, 8));
    assert_eq!(
        fixture.signals.history(None, 2).iter().map(|signal| signal.id).collect::<Vec<_>>(),
        [3, 2],
        "newest first"
    );
    let part = fixture.signals.latest_signals(2, 1);
    assert_eq!((part.items.iter().map(|signal| signal.id).collect::<Vec<_>>(), part.total), (vec![2, 1], 3));
    assert_eq!(fixture.signals.wanted_by("a").into_iter().collect::<Vec<_>>(), [1, 2, 3]);
    assert!(fixture.signals.wanted_by("b").is_empty());
}

#[test]
fn the_cool_down_goes_on_after_a_restart_and_not_where_time_begins_before_it() {
    let signal = Signal {
        id: 7,
        time: Timestamp::from_nanos(600_000_000_000),
        correlation: CorrelationId::default(),
        instrument: common::btc_id(),
        timeframe: Timeframe::M1,
        bar: Timestamp::from_nanos(540_000_000_000),
        direction: Direction::Long,
        price: "100".parse().unwrap(),
        doubtful: false,
        reasons: Vec::new(),
    };
    let kept = MemoryState::default();
    let again = signal.clone();
    kept.append(StateFact::Signalled(Box::new(signal))).unwrap();
    let mut fixture = fixture_over(kept, &[("a", Direction::Long)]);
    let given: Vec<_> = (9..20).filter(|minute| fixture.close(*minute, Timeframe::M1).is_some()).collect();
    assert_eq!(given, [14, 19], "five candles after the one that closes at the tenth minute");
    let kept = MemoryState::default();
    kept.append(StateFact::Signalled(Box::new(again))).unwrap();
    let mut fixture = fixture_over(kept, &[("a", Direction::Long)]);
    let given: Vec<_> = (0..11).filter(|minute| fixture.close(*minute, Timeframe::M1).is_some()).collect();
    assert_eq!(given, [0, 5, 10]);
}

#[test]
fn a_candle_counts_once_and_only_in_the_configured_timeframe() {
    let mut fixture = fixture(&[("a", Direction::Long)]);
    assert_eq!(fixture.close(0, Timeframe::M5), None);
    assert!(fixture.close(0, Timeframe::M1).is_some());
    fixture.clock.advance_to(fixture.clock.now().saturating_add(Duration::from_secs(3_600)));
    assert_eq!(fixture.close(0, Timeframe::M1), None, "the same candle again");
    assert_eq!(fixture.signals.statistics().bars, 1);
}

/// A strategy that has no opinion.
#[service(provides = IStrategy)]
struct Silent {
    #[inject(key)]
    key: &'static str,
}

impl IStrategy for Silent {
    fn name(&self) -> &'static str {
        self.key
    }

    fn required_data(&self) -> Vec<CandleNeed> {
        vec![CandleNeed::bars(0)]
    }

    fn evaluate(&self, _: &[Candle]) -> Option<Opinion> {
        None
    }
}

#[container(from = SignalModule, replace(crossover = Silent, breakout = Silent))]
struct SilentSignals;

#[container(from = TradingApp, replace(signals = SilentSignals))]
struct SilentApp;

#[tokio::test]
async fn a_platform_whose_strategies_are_silent_gives_no_signal() {
    let mut settings = common::settings();
    settings.simulation.events_per_second = 1;
    (settings.run.speed, settings.run.events) = (Speed::Max, Some(10_000));
    let app = SilentApp::build(SilentAppInputs { settings: Arc::new(settings) }).unwrap();
    assert_eq!(common::play(Application::of(&app), app.get()).await.signals, 0);
    assert!(app.get::<dyn ISignalService>().statistics().bars > 300);
}

fn simulate(arguments: &[&str]) -> (Value, String) {
    let directory = tempfile::tempdir().unwrap();
    let (summary, log) = (directory.path().join("summary.json"), directory.path().join("events.log"));
    let mut command =
        common::binary(&["--summary", summary.to_str().unwrap(), "--log", log.to_str().unwrap(), "--speed", "max"]);
    let (code, _, stderr) = common::said(&command.args(arguments).output().unwrap());
    assert_eq!(code, 0, "{stderr}");
    let summary = serde_json::from_slice(&std::fs::read(&summary).unwrap()).unwrap();
    (summary, std::fs::read_to_string(&log).unwrap())
}

#[test]
fn a_seed_gives_signals_and_always_the_same_ones() {
    let (first, log) = simulate(&["--seed", "42", "--events", "100000"]);
    let lines: Vec<_> = log.lines().filter(|line| line.contains(" signal ")).collect();
    assert!(lines.len() > 5, "{lines:?}");
    assert_eq!(first["signals"], lines.len());
    assert!(lines.iter().any(|line| line.contains("crossover: the mean")), "{lines:?}");
    assert!(lines.iter().any(|line| line.contains("breakout: closed at")), "{lines:?}");
    let (second, _) = simulate(&["--seed", "42", "--events", "100000"]);
    assert_eq!(first["log_sha256"], second["log_sha256"]);
}

#[test]
fn averages_in_the_wrong_order_and_a_timeframe_that_is_not_built_are_refused() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("c.toml");
    let text = "[market_data]\ntimeframes = [\"5m\"]\n[signals.crossover]\nfast = 9\nslow = 9\n";
    std::fs::write(&file, text).unwrap();
    let error = fails(&["config", "check", "--config", file.to_str().unwrap()]);
    for part in ["`signals.timeframe`: expected one of `market_data.timeframes`, found 1s", "c.toml:5: ", "found 9"] {
        assert!(error.contains(part), "expected `{part}` in: {error}");
    }
}

#[tokio::test]
async fn what_strategies_in_shadow_would_have_gained_is_in_the_summary_of_a_run() {
    let mut settings = common::settings();
    (settings.run.speed, settings.run.events) = (Speed::Max, Some(20_000));
    let app = TradingApp::build(TradingAppInputs { settings: Arc::new(settings) }).unwrap();
    let summary = common::play(Application::of(&app), app.get()).await;
    let names: Vec<_> = summary.shadows.keys().map(String::as_str).collect();
    assert_eq!(names, ["mean_reversion"], "momentum is in shadow, too, and had no opinion");
    let sum = |figure: fn(&ShadowRecord) -> u64| summary.shadows.values().map(figure).sum::<u64>();
    assert_eq!(sum(|record| record.opinions), app.get::<dyn ISignalService>().statistics().shadowed);
    assert!(sum(|record| record.closed) > 1 && sum(|record| record.won) <= sum(|record| record.closed), "{summary:?}");
}
