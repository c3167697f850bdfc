//! The assumptions of a back-test on candles: the list of `docs/trading.md`, each line a test.

use std::collections::BTreeSet;

use rust_decimal::dec;

use crate::backtest::{amounts, candles, small, tested};

#[test]
fn what_a_candle_says_trades_at_the_first_price_of_the_next_one() {
    let ours = small(&["--commission", "0", "--long-only"]);
    assert_eq!((amounts(&ours.trades, 3), amounts(&ours.trades, 4)), (vec![dec!(13)], vec![dec!(7)]));
    assert_eq!(amounts(&ours.trades, 0), [dec!(2)], "whole");
}

#[test]
fn who_waits_pays_what_who_takes_pays() {
    let ours = small(&["--commission", "0.01", "--long-only"]);
    let paid = &ours.summary["parameters"];
    assert_eq!((&paid["execution.taker_fee"], &paid["execution.maker_fee"]), (&"0.01".into(), &"0.01".into()));
    // Of 26 and of 14.
    assert_eq!((&ours.summary["fees"], amounts(&ours.trades, 6)), (&"0.4".into(), vec![dec!(0.4)]));
}

#[test]
fn equity_is_cash_and_positions_at_each_last_price_after_fees() {
    let ours = small(&["--commission", "0.01", "--long-only"]);
    let fees = [dec!(0.26), dec!(0.14)];
    let held = dec!(1000) - fees[0] - dec!(26);
    let expected = [dec!(1000), dec!(1000), dec!(1000), held + dec!(28), held + dec!(16), held + dec!(14) - fees[1]];
    assert_eq!(amounts(&ours.equity, 1), expected);
}

#[test]
fn a_signal_in_the_direction_of_what_is_held_does_nothing() {
    // It rises by a tenth twice, and does not fall between.
    let rising = ["10", "10", "11", "11", "12.1", "12.1", "12.1"].map(|price| [price; 4]);
    let file = candles(&rising);
    let path = file.path().to_str().unwrap();
    let momentum = ["--strategy", "momentum", "--param", "bars=1", "--param", "percent=5", "--size", "2"];
    let ours = tested(&[&["--candles", path][..], &momentum, &["--at-end", "keep", "--commission", "0"]].concat());
    assert_eq!(ours.summary["undone"]["the position is there"], 1, "{}", ours.summary);
    // Two were bought at 11, once.
    assert_eq!((ours.trades.len(), ours.summary["equity"].as_str()), (0, Some("100002.2")));
}

#[test]
fn without_long_only_a_signal_to_sell_turns_the_position() {
    let ours = small(&["--commission", "0", "--at-end", "keep"]);
    assert_eq!(amounts(&ours.trades, 0), [dec!(2)], "the long one is closed, the short one is open");
    assert_eq!(amounts(&ours.equity, 1).last(), Some(&(dec!(1000) - dec!(12) - dec!(2))));
}

#[test]
fn with_long_only_a_signal_to_sell_closes_and_opens_nothing() {
    let ours = small(&["--commission", "0", "--long-only", "--at-end", "keep"]);
    assert_eq!(amounts(&ours.trades, 0), [dec!(2)]);
    assert_eq!(amounts(&ours.equity, 1).last(), Some(&(dec!(1000) - dec!(12))), "nothing is open");
}

#[test]
fn a_position_that_is_open_at_the_end_is_closed_at_the_first_price_of_the_last_candle() {
    let ours = small(&["--commission", "0"]);
    assert_eq!(amounts(&ours.trades, 0), [dec!(2), dec!(-2)]);
    assert_eq!((amounts(&ours.trades, 3)[1], amounts(&ours.trades, 4)[1]), (dec!(7), dec!(7)));
}

#[test]
fn with_at_end_keep_it_stays_open_at_the_last_price() {
    let ours = small(&["--commission", "0", "--at-end", "keep"]);
    // Two were sold at 7, and are worth 8 each.
    assert_eq!((ours.trades.len(), amounts(&ours.equity, 1).last()), (1, Some(&(dec!(1000) - dec!(12) - dec!(2)))));
}

#[test]
fn limits_hold_and_it_says_what_was_refused() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("c.toml");
    std::fs::write(&config, "[risk]\nmax_order_notional = \"10\"\n").unwrap();
    let ours = small(&["--config", config.to_str().unwrap()]);
    assert_eq!(ours.trades.len(), 0);
    assert!(ours.printed.contains("refused: the order is worth 24, of at most 10"), "{}", ours.printed);
    assert!(ours.summary["refused"][0].as_str().unwrap().contains("signal-1"), "{}", ours.summary);
}

#[test]
fn nothing_is_paid_for_holding() {
    // It rises by a tenth, and stays there for a thousand days.
    let held = [vec![["10"; 4]; 2], vec![["11"; 4]; 1_000]].concat();
    let file = candles(&held);
    let path = file.path().to_str().unwrap();
    let momentum = ["--strategy", "momentum", "--param", "bars=1", "--param", "percent=5", "--size", "2"];
    let ours = tested(&[&["--candles", path][..], &momentum, &["--at-end", "keep", "--commission", "0"]].concat());
    assert_eq!((&ours.summary["equity"], &ours.summary["funding"]), (&"100000".into(), &"0".into()));
}

/// The names of tests in each line of the list, by its number.
fn listed() -> Vec<(usize, Vec<String>)> {
    let page = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/trading.md");
    let page = std::fs::read_to_string(page).unwrap();
    let list = page.split_once("On candles it assumes").unwrap().1.split("\n\n").nth(1).unwrap();
    let mut lines: Vec<(usize, Vec<String>)> = Vec::new();
    for line in list.lines() {
        if let Some((number, _)) = line.split_once(". ").filter(|(number, _)| number.parse::<usize>().is_ok()) {
            lines.push((number.parse().unwrap(), Vec::new()));
        }
        let is_test = |word: &&str| word.contains('_') && !word.contains([' ', '.']);
        lines.last_mut().unwrap().1.extend(line.split('`').skip(1).step_by(2).filter(is_test).map(str::to_owned));
    }
    lines
}

/// The names of the tests in a source of this folder.
fn written(source: &str) -> BTreeSet<String> {
    let after = source.split("#[test]\nfn ").skip(1);
    after.map(|rest| rest.split('(').next().unwrap().to_owned()).collect()
}

#[test]
fn each_assumption_of_the_docs_has_its_tests_and_each_test_is_of_one() {
    let (lines, own) = (listed(), written(include_str!("assumptions.rs")));
    let numbers: Vec<_> = lines.iter().map(|(number, _)| *number).collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5, 6, 7, 8]);
    for (number, tests) in &lines {
        assert!(!tests.is_empty(), "assumption {number} names no test");
    }
    let (of_others, named): (BTreeSet<_>, BTreeSet<_>) =
        lines.into_iter().flat_map(|(_, tests)| tests).partition(|name| name.contains("::"));
    let all: BTreeSet<_> = own.into_iter().filter(|name| !name.starts_with("each_assumption")).collect();
    assert_eq!(named, all);
    let orders = written(include_str!("orders.rs"));
    for name in of_others {
        assert!(name.strip_prefix("orders::").is_some_and(|name| orders.contains(name)), "{name} is no test");
    }
}
