//! The analysis: the weights of confluence, cascades and rankings, against their sums.

use std::sync::Arc;
use std::time::{Duration, Instant};

use di_core::dependency::Many;
use di_core::health::{HealthCheck, HealthStatus};
use di_core::lifecycle::Application;
use di_core::prelude::*;
use rust_decimal::{Decimal, dec};
use trading_services::analysis::{AnalysisService, LiquidationService, TopSymbols};
use trading_services::prelude::*;

use crate::common;

fn config(change: impl FnOnce(&mut Settings)) -> Arc<dyn IConfigService> {
    let mut settings = Settings::default();
    change(&mut settings);
    Arc::new(ConfigManager::new(Arc::new(settings)))
}

async fn played() -> TradingApp {
    let mut settings = common::settings();
    (settings.run.speed, settings.run.events) = (Speed::Max, Some(60_000));
    let app = TradingApp::build(TradingAppInputs { settings: Arc::new(settings) }).unwrap();
    common::play(Application::of(&app), app.get()).await;
    app
}

#[tokio::test]
async fn a_component_without_anything_to_go_by_is_left_out_and_the_weights_of_the_others_are_made_one() {
    let app = played().await;
    let analysis: &dyn IAnalysisService = app.get();
    let instrument = "simulated:BTCUSDT".parse().unwrap();
    let before = Instant::now();
    let confluence = analysis.analyze(&instrument).unwrap();
    assert!(before.elapsed() < Duration::from_secs(60), "it ends");
    let names: Vec<_> = confluence.components.iter().map(|component| component.name).collect();
    assert_eq!(names, ["order_flow", "order_book", "volume", "price_structure", "technical", "sentiment"]);
    let sentiment = confluence.components.last().unwrap();
    assert_eq!((sentiment.score, sentiment.weight), (None, 0.0), "nobody tells of the sentiment");
    let all: f64 = confluence.components.iter().map(|component| component.weight).sum();
    assert!((all - 1.0).abs() < 1e-12, "{all}");
    for component in confluence.components.iter().filter(|component| component.score.is_some()) {
        let score = component.score.unwrap();
        assert!((0.0..=100.0).contains(&score) && !component.reasons.is_empty(), "{component:?}");
    }
    let sum: f64 = confluence.components.iter().filter_map(|one| one.score.map(|score| score * one.weight)).sum();
    assert!((sum - confluence.score).abs() < 1e-9);
    assert_eq!(analysis.confluence_score(&instrument).unwrap(), confluence.score);
}

#[tokio::test]
async fn weights_can_be_set_and_wrong_ones_change_nothing() {
    let app = played().await;
    let (analysis, instrument): (&dyn IAnalysisService, InstrumentId) =
        (app.get(), "simulated:ETHUSDT".parse().unwrap());
    let before = analysis.components();
    assert_eq!(before.iter().map(|(_, weight)| *weight).sum::<Decimal>(), dec!(1));
    let error = analysis.set_weights(&[("volume", dec!(0.5)), ("luck", dec!(1))]).unwrap_err().to_string();
    assert!(error.contains("found `luck`"), "{error}");
    assert!(analysis.set_weights(&[("volume", dec!(-1))]).is_err());
    assert_eq!(analysis.components(), before);

    // All of the weight on one component: its score is the score, and it decides.
    let only: Vec<_> =
        before.iter().map(|(name, _)| (*name, if *name == "order_book" { dec!(1) } else { dec!(0) })).collect();
    analysis.set_weights(&only).unwrap();
    let confluence = analysis.analyze(&instrument).unwrap();
    let book = &confluence.components[1];
    assert!((book.score.unwrap() - confluence.score).abs() < 1e-9);
    let expected = match confluence.score {
        score if score >= 70.0 => Some(Direction::Long),
        score if score <= 35.0 => Some(Direction::Short),
        _ => None,
    };
    assert_eq!(confluence.direction, expected);
    let nothing = analysis.analyze(&"nowhere:BTCUSDT".parse().unwrap()).unwrap_err();
    assert!(nothing.to_string().contains("expected candles or a book"), "{nothing}");
}

fn liquidation(side: PositionSide, quantity: &str) -> Liquidation {
    let (price, quantity) = ("100".parse().unwrap(), quantity.parse().unwrap());
    Liquidation { liquidated: side, price, quantity, time: Timestamp::default(), id: None }
}

#[test]
fn one_side_above_the_threshold_within_the_window_is_a_cascade() {
    let (service, btc) = (LiquidationService::new(config(|_| {})), common::btc_id());
    let at = |second: u64| Timestamp::from_nanos(second * 1_000_000_000);
    service.observe(&btc, &liquidation(PositionSide::Long, "3000"), at(0));
    service.observe(&btc, &liquidation(PositionSide::Short, "4999"), at(100));
    assert_eq!(service.detect_liquidations(&btc, at(100)).cascade, None);
    service.observe(&btc, &liquidation(PositionSide::Long, "2000"), at(200));
    let report = service.detect_liquidations(&btc, at(300));
    assert_eq!((report.cascade, report.long.notional, report.long.count), (Some(PositionSide::Long), dec!(500000), 2));
    assert_eq!(report.short.notional, dec!(499900));
    assert_eq!(service.detect_liquidations(&btc, at(301)).cascade, None, "the first one is too long ago");
    let other = service.detect_liquidations(&"binance:ETHUSDT".parse().unwrap(), at(300));
    assert_eq!((other.cascade, other.long.count), (None, 0));
}

/// Rankings over the market of a platform that nobody runs.
fn rankings(change: impl FnOnce(&mut Settings)) -> (TradingApp, TopSymbols) {
    let mut settings = common::settings();
    settings.simulation.start = Timestamp::from_nanos(1);
    change(&mut settings);
    let config: Arc<dyn IConfigService> = Arc::new(ConfigManager::new(Arc::new(settings.clone())));
    let app = TradingApp::build(TradingAppInputs { settings: Arc::new(settings) }).unwrap();
    let rates = MarketRates::new(Arc::clone(&config), app.shared());
    let rankings = TopSymbols::new(config, app.shared(), Arc::new(rates));
    (app, rankings)
}

/// A trade that the market has taken, and the rankings have seen.
fn rank(app: &TradingApp, rankings: &TopSymbols, instrument: &str, trade: Trade, received: Timestamp) {
    let instrument: InstrumentId = instrument.parse().unwrap();
    rankings.observe(&instrument, &trade, received);
    let event = MarketEvent { instrument, received, kind: EventKind::Trade(trade) };
    let _taken_or_late = app.get::<dyn IMarketDataService>().ingest(&event);
}

#[test]
fn contracts_of_an_inverse_instrument_are_its_turnover_and_what_is_paid_in_an_unknown_currency_is_not_ranked() {
    let (app, rankings) = rankings(|settings| {
        settings.analysis.ranking_turnover = dec!(1000);
        settings.portfolio.rates = [("USD".parse().unwrap(), dec!(1))].into();
    });
    let (time, market) = (Timestamp::from_nanos(1_000_000_000), app.get::<dyn IMarketDataService>());
    let tell = |id: &str, quote: &str, is_inverse: bool| {
        let id: InstrumentId = id.parse().unwrap();
        let rules = Instrument {
            kind: InstrumentKind::Perpetual,
            base: Some("BTC".to_owned()),
            quote: Some(quote.to_owned()),
            is_inverse,
            ..Instrument::named(id.clone())
        };
        market.ingest(&MarketEvent { instrument: id, received: time, kind: EventKind::Instrument(Box::new(rules)) })
    };
    tell("venue:PI_XBTUSD", "USD", true).unwrap();
    tell("venue:PF_XBTUSD", "USD", false).unwrap();
    // Bybit's is known by its name; of two others nothing is known that says in what they are paid.
    for name in ["venue:PI_XBTUSD", "venue:PF_XBTUSD", "bybit:BTCUSD", "venue:PI_ETHX", "venue:GOOG"] {
        rank(&app, &rankings, name, common::trade(1, "60000", "3000"), time);
    }
    rankings.update_rankings(time);
    let ranked = rankings.top_symbols(9).into_iter().map(|one| (one.instrument.to_string(), one.turnover));
    let expected =
        [("venue:PF_XBTUSD", dec!(180000000)), ("bybit:BTCUSD", dec!(3000)), ("venue:PI_XBTUSD", dec!(3000))];
    assert_eq!(ranked.collect::<Vec<_>>(), expected.map(|(name, worth)| (name.to_owned(), worth)));
}

#[tokio::test]
async fn turnovers_are_compared_in_one_currency_and_what_has_no_rate_is_not_ranked_and_is_in_the_health() {
    let (app, rankings) = rankings(|settings| {
        settings.analysis.ranking_turnover = dec!(1000);
        settings.portfolio.rates = [("EUR".parse().unwrap(), dec!(1.1))].into();
    });
    let time = Timestamp::from_nanos(1_000_000_000);
    for (name, worth) in [("BTCUSDT", "5000"), ("BTCEUR", "4800"), ("ETHEUR", "905"), ("BTCJPY", "9000000")] {
        rank(&app, &rankings, &format!("binance:{name}"), common::trade(1, "1", worth), time);
    }
    rankings.update_rankings(time);
    let ranked = rankings.top_symbols(9).into_iter().map(|one| (one.instrument.symbol.to_string(), one.turnover));
    let expected = [("BTCEUR", dec!(5280)), ("BTCUSDT", dec!(5000))];
    assert_eq!(ranked.collect::<Vec<_>>(), expected.map(|(name, worth)| (name.to_owned(), worth)));
    let health = rankings.check().await.unwrap();
    assert_eq!(health.status(), HealthStatus::Degraded);
    let reason = "not ranked: binance:BTCJPY: expected a rate of JPY in USDT, found none";
    assert!(format!("{health:?}").contains(reason), "{health:?}");
    // It is forgotten with the ranking.
    rankings.update_rankings(time);
    assert_eq!(rankings.check().await.unwrap().status(), HealthStatus::Healthy);
}

#[test]
fn who_is_ranked_stays_ranked_down_to_four_fifths_of_the_least() {
    let (app, rankings) = rankings(|settings| settings.analysis.ranking_turnover = dec!(1000));
    let traded = |name: &str, worth: &str, time: Timestamp| {
        rank(&app, &rankings, &format!("binance:{name}USDT"), common::trade(1, "1", worth), time);
    };
    let base = |one: &RankedSymbol| one.instrument.symbol.as_str().trim_end_matches("USDT").to_owned();
    let names = || -> Vec<_> { rankings.top_symbols(9).iter().map(base).collect() };
    let hour = |hour: u64| Timestamp::from_nanos(hour * 3_600_000_000_000);
    for (name, worth) in [("A", "1000"), ("B", "999"), ("C", "3000")] {
        traded(name, worth, hour(0));
    }
    assert_eq!(names(), Vec::<String>::new(), "the period is not over");
    for (name, worth) in [("A", "800"), ("B", "900"), ("C", "799")] {
        traded(name, worth, hour(8));
    }
    assert_eq!(names(), ["C", "A"]);
    rankings.update_rankings(hour(9));
    assert_eq!(names(), ["A"], "A stays, B was never in, C has left");
    assert_eq!(rankings.top_symbols(0), []);
}

/// A component of that weight, with a value for each timeframe that it has something to go by in.
struct Says(&'static str, Decimal, Vec<(Timeframe, f64)>);

impl IConfluenceComponent for Says {
    fn name(&self) -> &'static str {
        self.0
    }

    fn weight(&self) -> Decimal {
        self.1
    }

    fn opinion(&self, view: &AnalysisView<'_>) -> Option<ComponentOpinion> {
        let (_, value) = self.2.iter().find(|(timeframe, _)| *timeframe == view.timeframe)?;
        Some(ComponentOpinion { value: *value, reason: format!("{value}") })
    }
}

fn confluence(components: Vec<Says>) -> Result<Confluence, AnalysisError> {
    let (config, clock, kept) = (config(|_| {}), Arc::new(ManualClock::default()), Arc::new(MemoryState::default()));
    let market = Arc::new(MarketDataManager::new(config, clock, kept).unwrap());
    let members = components.into_iter().map(|one| (Some(one.0), Arc::new(one) as Arc<dyn IConfluenceComponent>));
    AnalysisService::new(market, Many::new(members)).analyze(&common::btc_id())
}

#[test]
fn the_score_is_what_the_weights_of_components_and_timeframes_say() {
    use Timeframe::{H4, M1, M5, M30};
    let near = |one: f64, other: f64| assert!((one - other).abs() < 1e-9, "{one} is not {other}");
    let everywhere = |value| [M1, M5, M30, H4].map(|timeframe| (timeframe, value)).to_vec();
    // 0.4 of 1, 0.3 of 0.5 and 0.1 of -1, over the 0.8 that is there: 0.5625, which is 78.125 of 100.
    let flow = Says("flow", dec!(0.3), vec![(M1, 1.0), (M5, 0.5), (H4, -1.0)]);
    let book = Says("book", dec!(0.1), everywhere(-0.2));
    let silent = Says("silent", dec!(0.6), Vec::new());
    let found = confluence(vec![flow, silent, book]).unwrap();
    let parts: Vec<_> = found.components.iter().map(|one| (one.name, one.weight, one.score)).collect();
    let [("flow", flow, Some(of_flow)), ("silent", silent, None), ("book", book, Some(of_book))] = parts[..] else {
        panic!("{parts:?}");
    };
    for (one, other) in [(flow, 0.75), (silent, 0.0), (book, 0.25), (of_flow, 78.125), (of_book, 40.0)] {
        near(one, other);
    }
    near(found.score, 0.75 * 78.125 + 0.25 * 40.0);
    assert_eq!(found.components[0].reasons, ["1m: 1", "5m: 0.5", "4h: -1"]);
    assert_eq!(found.direction, None);
    // More than everything is everything.
    near(confluence(vec![Says("loud", dec!(1), everywhere(7.0))]).unwrap().score, 100.0);
    let nothing = confluence(vec![Says("silent", dec!(1), Vec::new())]).unwrap_err();
    assert_eq!(nothing, AnalysisError::NothingKnown(common::btc_id()));
}

#[test]
fn a_doubtful_price_within_the_shortest_candles_makes_the_analysis_doubtful_and_no_longer() {
    let (config, clock, kept) = (config(|_| {}), Arc::new(ManualClock::default()), Arc::new(MemoryState::default()));
    let market = Arc::new(MarketDataManager::new(config, clock, kept).unwrap());
    let says = Arc::new(Says("says", dec!(1), vec![(Timeframe::M1, 1.0)])) as Arc<dyn IConfluenceComponent>;
    let analysis = AnalysisService::new(Arc::clone(&market) as _, Many::new([(Some("says"), says)]));
    let is_doubtful = || analysis.analyze(&common::btc_id()).unwrap().doubtful;
    let trade = |minute: u64, price: &str| {
        let kind = EventKind::Trade(common::trade(minute * 60, price, "1"));
        market.ingest(&common::event(minute * 60, kind)).unwrap();
    };
    trade(1, "100.01");
    trade(2, "900.01");
    assert!(!is_doubtful(), "that minute is not over");
    trade(3, "100.02");
    assert!(is_doubtful());
    (4..=63).for_each(|minute| trade(minute, "100.03"));
    assert!(!is_doubtful(), "an hour later it is forgotten, although longer candles have it");
}

#[test]
fn from_seventy_on_it_is_long_and_down_from_thirty_five_short() {
    let all = [Timeframe::M1, Timeframe::M5, Timeframe::M30, Timeframe::H4];
    let direction = |value: f64, count: usize| {
        let says = Says("one", dec!(0.3), all[..count].iter().map(|timeframe| (*timeframe, value)).collect());
        confluence(vec![says]).unwrap().direction
    };
    // However many timeframes it is the mean of: sums are not exact.
    for count in 1..=4 {
        assert_eq!(
            [0.4, 0.41, 0.399].map(|value| direction(value, count)),
            [Some(Direction::Long), Some(Direction::Long), None]
        );
        assert_eq!(
            [-0.3, -0.31, -0.299].map(|value| direction(value, count)),
            [Some(Direction::Short), Some(Direction::Short), None]
        );
    }
}

#[test]
fn the_weights_of_the_components_of_the_platform_are_those_of_the_documentation() {
    let app = TradingApp::build(TradingAppInputs { settings: Arc::new(common::settings()) }).unwrap();
    let weights = [
        ("order_flow", dec!(0.30)),
        ("order_book", dec!(0.20)),
        ("volume", dec!(0.18)),
        ("price_structure", dec!(0.15)),
        ("technical", dec!(0.10)),
        ("sentiment", dec!(0.07)),
    ];
    assert_eq!(app.get::<dyn IAnalysisService>().components(), weights);
}

#[tokio::test]
async fn a_cascade_of_the_simulated_exchange_is_an_alert_and_changes_nothing_else() {
    let run = async |liquidation_every: u32| {
        let mut settings = common::settings();
        (settings.run.speed, settings.run.events) = (Speed::Max, Some(3_000));
        settings.simulation.liquidation_every = liquidation_every;
        settings.signals.crossover.mode = StrategyMode::Off;
        settings.signals.breakout.mode = StrategyMode::Off;
        let app = TradingApp::build(TradingAppInputs { settings: Arc::new(settings) }).unwrap();
        let summary = common::play(Application::of(&app), app.get()).await;
        let alerts = app.get::<dyn IAlertService>().alerts(None, usize::MAX, None);
        let cascades: Vec<_> = alerts.into_iter().filter(|alert| alert.rule.starts_with("cascade-")).collect();
        (summary, cascades)
    };
    let (calm, none) = run(0).await;
    assert_eq!(none, []);
    let (moody, cascades) = run(1).await;
    assert!(moody.others > calm.others + 100, "each trade is followed by a liquidation");
    let first = cascades.last().unwrap();
    let (name, worth) = first.message.split_once(": a cascade: ").unwrap();
    assert_eq!(name, first.instrument.as_ref().unwrap().to_string());
    let (worth, side) = worth.split_once(" of ").unwrap();
    assert!(worth.parse::<Decimal>().unwrap() >= dec!(500000), "{first:?}");
    assert!(["long positions were liquidated", "short positions were liquidated"].contains(&side), "{first:?}");
    // One of each side within the cool-down, each told as the side that it is of.
    for (rule, side) in [("cascade-long", "long"), ("cascade-short", "short")] {
        let of_one = |alert: &&Alert| alert.rule == rule && alert.instrument == first.instrument;
        let alert = cascades.iter().find(of_one).unwrap();
        assert!(alert.message.ends_with(&format!(" of {side} positions were liquidated")), "{alert:?}");
    }
}
