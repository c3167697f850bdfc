//! Back-tests that are kept: the last word of each, and its result.

use std::sync::Arc;

use trading_services::portfolio::performance::{result_figures, result_months};
use trading_services::prelude::*;

use crate::store_faults::open;

/// A back-test that has ended, with everything that it can have.
pub(crate) fn backtest(id: u64, state: JobState) -> (BacktestJob, Arc<BacktestResult>) {
    let (time, value) = (Timestamp::from_nanos(1_704_067_200_000_000_001), rust_decimal::dec!(100000.10));
    let result = BacktestResult {
        version: BacktestResult::VERSION,
        title: "crossover on \"it's\"".to_owned(),
        parameters: [("signals.crossover.fast".to_owned(), "5".to_owned())].into(),
        currency: "USDT".to_owned(),
        periods: 365,
        cash: value,
        equity: rust_decimal::dec!(-0.00000001),
        fees: rust_decimal::dec!(1),
        funding: rust_decimal::dec!(-0.5),
        unknown_funding: 1,
        refused: vec!["too large".to_owned()],
        undone: [("an order is open".to_owned(), 2)].into(),
        trades: Vec::new(),
        curve: vec![ResultPoint { time, value }],
        prices: Vec::new(),
        is_shortened: true,
        figures: Some(ResultFigures {
            gain_per_year: Some(0.25),
            volatility: Some(0.5),
            max_drawdown: Some(-0.125),
            sharpe: Some(0.5),
            sortino: Some(0.75),
            calmar: None,
            trades: 3,
            won: 1,
            refused: 1,
        }),
        months: Some(vec![ResultMonth { year: 2024, month: 1, gain_percent: Some(rust_decimal::dec!(-0.25)) }]),
    };
    let figures = BacktestFigures {
        currency: "USDT".to_owned(),
        cash: result.cash,
        equity: result.equity,
        fees: result.fees,
        trades: 3,
        won: 1,
        refused: 1,
        max_drawdown_percent: Some(rust_decimal::dec!(12.3456)),
    };
    let request = BacktestRequest {
        strategies: vec!["crossover".to_owned()],
        parameters: result.parameters.clone(),
        market: BacktestMarket::Simulated { seed: u64::MAX, messages: 3_000 },
    };
    let figures = Some(figures).filter(|_| state == JobState::Done);
    let error = Some("why not".to_owned()).filter(|_| state == JobState::Failed);
    let ended = Some(time).filter(|_| state.is_final());
    (BacktestJob { id, request, state, permille: 0, created: time, ended, error, figures }, Arc::new(result))
}

#[test]
fn of_a_back_test_the_last_word_is_kept_and_its_result_is_read_as_it_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let states = [
        JobState::Waiting,
        JobState::Running,
        JobState::Done,
        JobState::Failed,
        JobState::Cancelled,
        JobState::Interrupted,
    ];
    let memory = MemoryState::default();
    {
        let state = open(folder.path());
        let both: [&dyn IStateManager; 2] = [&state, &memory];
        for kept in both {
            for (id, now) in (1..).zip(states) {
                kept.append(StateFact::Backtest { job: Box::new(backtest(id, JobState::Waiting).0), result: None })
                    .unwrap();
                let (job, result) = backtest(id, now);
                let result = Some(result).filter(|_| now == JobState::Done);
                kept.append(StateFact::Backtest { job: Box::new(job), result }).unwrap();
            }
            kept.append(StateFact::BacktestForgotten { id: 1 }).unwrap();
        }
    }
    let state = open(folder.path());
    let both: [&dyn IStateManager; 2] = [&state, &memory];
    for kept in both {
        let expected: Vec<_> = (2..).zip(&states[1..]).map(|(id, state)| backtest(id, *state).0).collect();
        assert_eq!(kept.backtests().unwrap(), expected);
        assert_eq!(kept.backtest_result(3).unwrap(), Some(backtest(3, JobState::Done).1));
        assert_eq!((kept.backtest_result(1), kept.backtest_result(4)), (Ok(None), Ok(None)));
        assert_eq!(kept.facts(), Ok([].into()), "nobody goes on from them");
    }
}

#[test]
fn a_result_that_was_kept_before_results_said_so_was_shortened_and_has_no_figures() {
    let folder = tempfile::tempdir().unwrap();
    {
        let (job, result) = backtest(1, JobState::Done);
        let older = BacktestResult { is_shortened: false, figures: None, months: None, ..(*result).clone() };
        let text = serde_json::to_string(&older).unwrap();
        assert!(!["is_shortened", "figures", "months"].iter().any(|field| text.contains(field)), "{text}");
        let fact = StateFact::Backtest { job: Box::new(job), result: Some(Arc::new(older)) };
        open(folder.path()).append(fact).unwrap();
    }
    let kept = open(folder.path()).backtest_result(1).unwrap().unwrap();
    assert_eq!((kept.is_shortened, result_figures(&kept), result_months(&kept)), (true, None, None));
}
