//! Back-tests beside other engines, what they refuse, and recordings beside their replay.

use std::path::Path;

use rust_decimal::{Decimal, dec};
use serde_json::Value;

use crate::common;

/// What a back-test of the daily candles writes: trades, equity, summary, and what it prints.
pub(crate) struct Tested {
    pub(crate) trades: Vec<csv::StringRecord>,
    pub(crate) equity: Vec<csv::StringRecord>,
    pub(crate) summary: Value,
    pub(crate) printed: String,
}

fn records(path: &Path) -> Vec<csv::StringRecord> {
    csv::Reader::from_path(path).unwrap().records().map(Result::unwrap).collect()
}

pub(crate) fn tested(arguments: &[&str]) -> Tested {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    let (trades, equity, summary) = (file("t.csv"), file("e.csv"), file("s.json"));
    let mut command = common::binary(&["backtest"]);
    command.args(arguments).arg("--trades").arg(&trades).arg("--equity").arg(&equity).arg("--summary").arg(&summary);
    let (code, printed, stderr) = common::said(&command.output().unwrap());
    assert_eq!(code, 0, "{stderr}");
    let summary = serde_json::from_slice(&std::fs::read(summary).unwrap()).unwrap();
    Tested { trades: records(&trades), equity: records(&equity), summary, printed }
}

const CROSSOVER: [&str; 13] = [
    "--strategy",
    "crossover",
    "--param",
    "fast=10",
    "--param",
    "slow=30",
    "--fill",
    "next-open",
    "--size",
    "10",
    "--long-only",
    "--cash",
    "10000",
];

fn goog(more: &[&str]) -> Option<Tested> {
    let candles = common::data("truths/data_goog.csv")?;
    let mut arguments = vec!["--candles", candles.to_str().unwrap()];
    arguments.extend(CROSSOVER);
    arguments.extend(more);
    Some(tested(&arguments))
}

fn is_equal(ours: &str, truth: &str) -> bool {
    let (Ok(ours), Ok(truth)) = (ours.parse::<f64>(), truth.parse::<f64>()) else { return ours == truth };
    (ours - truth).abs() <= 1e-9 * truth.abs().max(1.0)
}

#[test]
fn trades_and_equity_equal_those_of_backtesting_py() {
    let Some(ours) = goog(&["--commission", "0.001"]) else { return };
    let truth = common::data("truths/bt_goog_long10_comm0.001_trades.csv").unwrap();
    let mut reader = csv::Reader::from_path(truth).unwrap();
    let header = reader.headers().unwrap().clone();
    let truth: Vec<_> = reader.records().map(Result::unwrap).collect();
    assert_eq!((ours.trades.len(), truth.len()), (33, 33));
    let columns = [
        "Size",
        "EntryBar",
        "ExitBar",
        "EntryPrice",
        "ExitPrice",
        "PnL",
        "Commission",
        "ReturnPct",
        "EntryTime",
        "ExitTime",
    ];
    for (row, (ours, truth)) in ours.trades.iter().zip(&truth).enumerate() {
        for (place, column) in columns.iter().enumerate() {
            let truth = &truth[header.iter().position(|name| name == *column).unwrap()];
            assert!(is_equal(&ours[place], truth), "trade {row}, {column}: {} is not {truth}", &ours[place]);
        }
    }
    let truth = records(&common::data("truths/bt_goog_long10_comm0.001_equity.csv").unwrap());
    assert_eq!(ours.equity.len(), truth.len());
    for (ours, truth) in ours.equity.iter().zip(&truth) {
        assert!(ours[0] == truth[0] && is_equal(&ours[1], &truth[1]), "{ours:?} is not {truth:?}");
    }
    let truth = common::data("truths/backtesting_py.json").unwrap();
    let truth: Value = serde_json::from_slice(&std::fs::read(truth).unwrap()).unwrap();
    let (truth, summary) = (&truth["goog_long10_comm0.001"], &ours.summary);
    assert!(is_equal(summary["equity"].as_str().unwrap(), &truth["Equity Final [$]"].to_string()), "{summary}");
    assert!(is_equal(summary["fees"].as_str().unwrap(), &truth["Commissions [$]"].to_string()));
    assert!(ours.printed.contains("33 trades, 17 of them with a gain, 0 orders refused"), "{}", ours.printed);
}

#[test]
fn without_commission_entries_and_exits_equal_those_of_backtrader_which_keeps_the_last_trade_open() {
    let Some(ours) = goog(&["--commission", "0", "--at-end", "keep"]) else { return };
    let truth = records(&common::data("truths/backtrader_goog_long10_comm0.0.csv").unwrap());
    let of = |side: &'static str| {
        truth.iter().filter(move |row| &row[1] == side).map(|row| (row[0].to_owned(), row[3].to_owned()))
    };
    let (bought, sold): (Vec<_>, Vec<_>) = (of("buy").collect(), of("sell").collect());
    assert_eq!((bought.len(), sold.len(), ours.trades.len()), (33, 32, 32));
    for ((ours, bought), sold) in ours.trades.iter().zip(&bought).zip(&sold) {
        assert!(ours[8] == *bought.0 && is_equal(&ours[3], &bought.1), "{ours:?} is not {bought:?}");
        assert!(ours[9] == *sold.0 && is_equal(&ours[4], &sold.1), "{ours:?} is not {sold:?}");
    }
    let truth = common::data("truths/backtrader_goog_long10_comm0.0.json").unwrap();
    let truth: Value = serde_json::from_slice(&std::fs::read(truth).unwrap()).unwrap();
    assert!(is_equal(ours.summary["equity"].as_str().unwrap(), &truth["final_value"].to_string()));
}

/// A file of daily candles: open, high, low, close.
pub(crate) fn candles(rows: &[[&str; 4]]) -> tempfile::NamedTempFile {
    let mut text = "timestamp,open,high,low,close,volume\n".to_owned();
    for (day, [open, high, low, close]) in rows.iter().enumerate() {
        text.push_str(&format!("{},{open},{high},{low},{close},1\n", (19_000 + day as u64) * 86_400_000));
    }
    let file = tempfile::Builder::new().suffix(".csv").tempfile().unwrap();
    std::fs::write(file.path(), text).unwrap();
    file
}

/// A crossover of one and two closes: the third close rises, the fifth falls.
pub(crate) const ROWS: [[&str; 4]; 6] = [
    ["10", "10", "10", "10"],
    ["10", "10", "9", "9"],
    ["9", "12", "9", "12"],
    ["13", "14", "13", "14"],
    ["14", "14", "8", "8"],
    ["7", "8", "7", "8"],
];

pub(crate) fn small(more: &[&str]) -> Tested {
    let file = candles(&ROWS);
    let mut arguments = vec![
        "--candles",
        file.path().to_str().unwrap(),
        "--strategy",
        "crossover",
        "--param",
        "fast=1",
        "--param",
        "slow=2",
        "--size",
        "2",
        "--cash",
        "1000",
    ];
    arguments.extend(more);
    tested(&arguments)
}

pub(crate) fn amounts(records: &[csv::StringRecord], column: usize) -> Vec<Decimal> {
    records.iter().map(|record| record[column].parse().unwrap()).collect()
}

#[test]
fn each_method_of_sizing_has_a_size_on_candles() {
    // The ranges of the first three candles are 0, 1 and 3: 4/3 on average. One percent of 1000 is at risk.
    for (sizing, size) in [
        ("method = \"volatility\"", dec!(7.5)),
        ("method = \"risk\"", dec!(3.75)),
        ("method = \"notional\"\nnotional = \"24\"", dec!(2)),
        ("method = \"kelly\"\nnotional = \"24\"", dec!(2)),
    ] {
        let config = tempfile::Builder::new().suffix(".toml").tempfile().unwrap();
        std::fs::write(config.path(), format!("[risk.sizing]\n{sizing}\n")).unwrap();
        let file = candles(&ROWS);
        let mut arguments =
            vec!["--candles", file.path().to_str().unwrap(), "--strategy", "crossover", "--cash", "1000"];
        arguments.extend(["--param", "fast=1", "--param", "slow=2", "--config", config.path().to_str().unwrap()]);
        let ours = tested(&arguments);
        assert_eq!(amounts(&ours.trades, 0).first(), Some(&size), "{sizing}: {}", ours.printed);
    }
}

#[test]
fn signals_that_are_not_ordered_are_counted_and_said() {
    // Candles without a range say nothing of the distance to a stop.
    let flat = ["10", "9", "12", "13", "8", "7"].map(|price| [price; 4]);
    let (file, config) = (candles(&flat), tempfile::Builder::new().suffix(".toml").tempfile().unwrap());
    std::fs::write(config.path(), "[risk.sizing]\nmethod = \"risk\"\n").unwrap();
    let mut arguments = vec!["--candles", file.path().to_str().unwrap(), "--strategy", "crossover"];
    arguments.extend(["--param", "fast=1", "--param", "slow=2", "--config", config.path().to_str().unwrap()]);
    let ours = tested(&arguments);
    let reason = "its size is not known, or less than one lot";
    assert_eq!((ours.trades.len(), &ours.summary["undone"][reason]), (0, &Value::from(2)));
    assert!(ours.printed.contains(&format!("2 not ordered: {reason}")), "{}", ours.printed);
}

#[test]
fn candles_of_a_file_may_be_of_a_length_that_the_settings_do_not_make() {
    let (days, minutes) = (candles(&ROWS), waves(1));
    let config = tempfile::Builder::new().suffix(".toml").tempfile().unwrap();
    std::fs::write(config.path(), "[signals]\ntimeframe = \"1s\"\n[market_data]\ntimeframes = [\"1s\"]\n").unwrap();
    for (file, strategy) in [(days, ["breakout", "bars=1"]), (minutes, ["trend", "timeframe=30m"])] {
        let [strategy, parameter] = strategy;
        let mut arguments = vec!["--candles", file.path().to_str().unwrap(), "--strategy", strategy];
        arguments.extend(["--param", parameter]);
        let plain = tested(&arguments);
        arguments.extend(["--config", config.path().to_str().unwrap()]);
        assert_eq!(tested(&arguments).summary, plain.summary, "{strategy}");
    }
}

#[test]
fn the_same_back_test_twice_is_the_same() {
    let file = candles(&ROWS);
    let arguments = ["--candles", file.path().to_str().unwrap(), "--strategy", "breakout", "--param", "bars=1"];
    let (one, other) = (tested(&arguments), tested(&arguments));
    assert!(!one.trades.is_empty());
    assert_eq!((one.summary, one.trades), (other.summary, other.trades));
}

#[test]
fn no_strategy_knows_the_future() {
    let Some(candles) = common::data("truths/data_goog.csv") else { return };
    for strategy in ["crossover", "breakout", "mean_reversion", "momentum"] {
        let ours = tested(&["--candles", candles.to_str().unwrap(), "--strategy", strategy, "--check-lookahead"]);
        assert!(
            ours.printed.contains("no look-ahead: 1 strategies think the same of 2148 candles"),
            "{}",
            ours.printed
        );
    }
}

/// A file of candles that are so many minutes apart, which go up and down within an hour.
fn waves(minutes: u64) -> tempfile::NamedTempFile {
    /// The beginning of half an hour.
    const BEGIN: u64 = 1_699_999_200_000;
    let mut text = "timestamp,open,high,low,close,volume\n".to_owned();
    for number in 0..240_u64 {
        let price = |number: u64| 100 + (number % 60).min(60 - number % 60) + number % 3;
        let (open, close) = (price(number), price(number + 1));
        let (high, low) = (open.max(close), open.min(close));
        text.push_str(&format!("{},{open},{high},{low},{close},1\n", BEGIN + number * minutes * 60_000));
    }
    let file = tempfile::Builder::new().suffix(".csv").tempfile().unwrap();
    std::fs::write(file.path(), text).unwrap();
    file
}

#[test]
fn a_strategy_that_looks_at_longer_candles_has_them_and_no_future_of_them() {
    let file = waves(1);
    let trend = ["--strategy", "trend", "--param", "bars=2", "--param", "slow=3", "--size", "1"];
    let path = file.path().to_str().unwrap();
    let ours = tested(&[&["--candles", path][..], &trend, &["--check-lookahead"]].concat());
    assert!(ours.trades.len() > 2, "{}", ours.printed);
    assert!(ours.printed.contains("no look-ahead: 1 strategies think the same of 240 candles"), "{}", ours.printed);
    let other = tested(&[&["--candles", path][..], &trend, &["--param", "timeframe=30m"]].concat());
    assert_ne!(other.trades, ours.trades);
    let (two, days) = (waves(2), candles(&ROWS));
    for (file, expected) in [
        (two, "the strategy trend looks at longer candles, too: expected candles of 1s, 1m, 5m, 30m, 4h, 1d, found 2m"),
        (days, "`signals.trend.timeframe`: expected longer than `signals.timeframe`, found 5m"),
    ] {
        let path = file.path().to_str().unwrap();
        let error = common::fails(&[&["backtest", "--candles", path][..], &trend].concat());
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn what_says_how_candles_are_traded_is_refused_on_a_recording() {
    for (arguments, expected) in [
        (["--fill", "next-open"], "orders of a recording meet its books, `execution.latency` after they were made"),
        (["--at-end", "close"], "expected `--at-end keep`, or nothing"),
    ] {
        let error = common::fails(&[&["backtest", "--replay", "none.rec"][..], &arguments].concat());
        assert!(error.contains(expected), "{error}");
    }
    // What a recording does anyway may be said.
    let error = common::fails(&["backtest", "--replay", "none.rec", "--at-end", "keep"]);
    assert!(error.contains("none.rec") && !error.contains("--at-end"), "{error}");
}

#[test]
fn what_cannot_be_tested_is_an_error_that_says_what_was_expected() {
    let file = candles(&ROWS);
    let path = file.path().to_str().unwrap();
    for (arguments, expected) in [
        (
            vec!["--strategy", "luck"],
            "expected a strategy, one of crossover, breakout, mean_reversion, momentum, confluence",
        ),
        (vec!["--strategy", "confluence"], "looks at trades and books: expected `--replay`, found candles"),
        (vec!["--strategy", "crossover", "--param", "fast"], "expected a parameter like `fast=10`, found `fast`"),
        (vec!["--param", "fast=3"], "expected the strategy of `fast`"),
        (vec!["--strategy", "crossover", "--param", "fats=3"], "fats"),
        (vec!["--strategy", "crossover", "--param", "fast=30"], "expected more than `signals.crossover.fast`"),
        (vec!["--trades", path], "which would be lost"),
        (vec!["--size", "-1"], "`risk.sizing.quantity`: expected a number above zero, found -1"),
        (vec!["--cash", "-1"], "`portfolio.cash`: expected a number above zero, found -1"),
        (vec!["--commission", "-2"], "`execution.taker_fee`: expected a share above -1 and below 1, found -2"),
    ] {
        let error = common::fails(&[&["backtest", "--candles", path][..], &arguments].concat());
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn a_back_test_of_a_recording_and_a_replay_of_it_give_the_same_trades() {
    let Some(recording) = common::data(common::RECORDING) else { return };
    let recording = recording.to_str().unwrap();
    let ours = tested(&["--replay", recording]);
    assert!(ours.trades.len() > 3, "{:?}", ours.trades);

    let folder = tempfile::tempdir().unwrap();
    let (summary, trades) = (folder.path().join("s.json"), folder.path().join("t.csv"));
    let mut command = common::binary(&["--replay", recording]);
    let output = command.arg("--summary").arg(&summary).arg("--trades").arg(&trades).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert_eq!(records(&trades), ours.trades);
    let summary: Value = serde_json::from_slice(&std::fs::read(summary).unwrap()).unwrap();
    assert_eq!(summary["trading"]["equity"], ours.summary["equity"]);
}

#[test]
fn the_report_is_one_page_with_pictures_that_say_what_they_show() {
    let folder = tempfile::tempdir().unwrap();
    let (summary, page) = (folder.path().join("s.json"), folder.path().join("r.html"));
    let file = candles(&ROWS);
    let output = common::binary(&["backtest", "--candles", file.path().to_str().unwrap(), "--strategy", "breakout"])
        .args(["--param", "bars=1", "--size", "2", "--cash", "1000", "--summary", summary.to_str().unwrap()])
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let arguments = ["report", "--from", summary.to_str().unwrap(), "--html", page.to_str().unwrap()];
    let (code, _, stderr) = common::said(&common::binary(&arguments).output().unwrap());
    assert_eq!(code, 0, "{stderr}");
    let text = std::fs::read_to_string(&page).unwrap();
    for part in [
        "<h2>Equity</h2>",
        "<h2>Drawdown</h2>",
        "<h2>Months</h2>",
        "<h2>Trades on the price</h2>",
        "<code>signals.breakout.bars</code>",
        "<p>None: every order was admitted.</p>",
    ] {
        assert!(text.contains(part), "expected `{part}`");
    }
    assert_eq!(text.matches("<svg role=\"img\" aria-label=\"").count(), 3);
    for outside in ["<script", "src=", "href=", "url("] {
        assert!(!text.contains(outside), "the page is alone: {outside}");
    }
    std::fs::write(&summary, "{\"version\": 1}").unwrap();
    let error = common::fails(&arguments);
    assert!(error.contains("s.json: expected a summary of a back-test: missing field"), "{error}");
}

/// Runs a command at a terminal, as `script` of every Debian makes one, and returns what it shows.
#[cfg(unix)]
fn at_a_terminal(arguments: &[&str]) -> String {
    let quoted = |word: &&str| format!("'{}'", word.replace('\'', r"'\''"));
    let words: Vec<_> = [env!("CARGO_BIN_EXE_trading-services")].iter().chain(arguments).map(quoted).collect();
    let command = words.join(" ");
    let mut script = std::process::Command::new("script");
    let output = script.args(["--quiet", "--return", "--command", &command, "/dev/null"]).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[cfg(unix)]
#[test]
fn whoever_waits_at_a_terminal_sees_the_progress_of_long_work_and_nobody_else_does() {
    let folder = tempfile::tempdir().unwrap();
    let (candles, state) = (folder.path().join("candles.csv"), folder.path().join("it's a state"));
    let mut text = "timestamp,open,high,low,close,volume\n".to_owned();
    for minute in 0..3_000_u64 {
        let price = 100 + minute % 17;
        text.push_str(&format!("{},{price},{price},{price},{price},1\n", 1_600_000_020_000_u64 + minute * 60_000));
    }
    std::fs::write(&candles, text).unwrap();
    let (candles, state) = (candles.to_str().unwrap(), state.to_str().unwrap());
    drop(trading_services::store::DurableState::open(state.as_ref(), &Default::default()).unwrap());
    let import = [
        "candles",
        "import",
        "--store",
        state,
        "--instrument",
        "kraken:BTC/USD",
        "--timeframe",
        "1m",
        "--from",
        candles,
    ];
    let test = ["backtest", "--candles", candles, "--strategy", "crossover"];
    for (arguments, name, said) in
        [(&import[..], "import", "3000 candles kept"), (&test[..], "back-test", "crossover on candles.csv")]
    {
        let shown = at_a_terminal(arguments);
        assert!(shown.contains(&format!("{name} ")) && shown.contains(" of 3,000, "), "{shown:?}");
        assert!(shown.contains(said), "{shown:?}");
        let (code, printed, stderr) = common::said(&common::binary(arguments).output().unwrap());
        assert_eq!((code, stderr.contains(" of 3,000")), (0, false), "{stderr}");
        assert!(printed.contains(said), "{printed}");
    }
}

#[cfg(feature = "store")]
#[tokio::test]
async fn a_back_test_with_a_store_keeps_what_happened_and_comes_to_the_same() {
    let rising: Vec<_> =
        (0..40_u32).map(|day| [100 + day % 7 * 3, 130, 90, 101 + day % 5 * 4].map(|price| price.to_string())).collect();
    let rows: Vec<[&str; 4]> = rising.iter().map(|row| [&*row[0], &*row[1], &*row[2], &*row[3]]).collect();
    let file = candles(&rows);
    let state = tempfile::tempdir().unwrap();
    let arguments = [
        "--candles",
        file.path().to_str().unwrap(),
        "--strategy",
        "crossover",
        "--param",
        "fast=2",
        "--param",
        "slow=5",
    ];
    let with_store = [&arguments[..], &["--store", state.path().to_str().unwrap()]].concat();
    let (without, with) = (tested(&arguments), tested(&with_store));
    assert!(without.trades.len() > 1, "it trades");
    assert_eq!((with.trades, with.equity, with.summary), (without.trades, without.equity, without.summary));
    let admin = trading_services::store::StoreAdmin::of(state.path(), &Default::default());
    let rows = admin.status().await.unwrap().rows;
    let count = |table: &str| rows.iter().find(|(name, _)| *name == table).unwrap().1;
    assert!(count("orders") > 1 && count("fills") > 1 && count("signals") > 1, "{rows:?}");
    let check = admin.check().await.unwrap();
    assert!(check.problems.is_empty(), "{check:?}");
    // A second test would go on with the account of the first.
    let error = common::fails(&[&["backtest"], &with_store[..]].concat());
    assert!(error.contains("expected a folder without a state: a test begins with nothing"), "{error}");
}
