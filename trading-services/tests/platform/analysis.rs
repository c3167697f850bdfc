//! The analysis: the weights of confluence, cascades and rankings, against their sums.

use std::sync::Arc;
use std::time::{Duration, Instant};

use di_core::lifecycle::Application;
use di_core::prelude::*;
use rust_decimal::dec;
use trading_services::analysis::{LiquidationService, TopSymbols};
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
    assert_eq!(before.iter().map(|(_, weight)| *weight).sum::<rust_decimal::Decimal>(), dec!(1));
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

#[test]
fn who_is_ranked_stays_ranked_down_to_four_fifths_of_the_least() {
    let rankings = TopSymbols::new(config(|settings| settings.analysis.ranking_turnover = dec!(1000)));
    let traded = |name: &str, worth: &str, time: Timestamp| {
        rankings.observe(&format!("binance:{name}").parse().unwrap(), &common::trade(1, "1", worth), time);
    };
    let names = || -> Vec<_> { rankings.top_symbols(9).iter().map(|one| one.instrument.symbol.to_string()).collect() };
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
