//! Indicators beside those of TA-Lib in C, streamed and computed at once.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use proptest::prelude::*;
use trading_services::analysis::IndicatorService;
use trading_services::data::read_candles;
use trading_services::model::Candle;
use trading_services::ports::{Bar, IIndicatorService, IndicatorSpec};

use crate::common;

/// Columns by name, in the order of the rows; `None` where a field is empty.
fn columns(text: &str) -> BTreeMap<String, Vec<Option<f64>>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header: Vec<_> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let mut columns = vec![Vec::new(); header.len()];
    for record in reader.records() {
        for (column, field) in columns.iter_mut().zip(&record.unwrap()) {
            column.push(if field.is_empty() { None } else { Some(field.parse().unwrap()) });
        }
    }
    header.into_iter().zip(columns).collect()
}

fn computed(candles: &Path, indicators: &[&str]) -> BTreeMap<String, Vec<Option<f64>>> {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.csv");
    let mut arguments = vec!["indicators", "--candles", candles.to_str().unwrap(), "--out", out.to_str().unwrap()];
    indicators.iter().for_each(|indicator| arguments.extend(["--indicator", indicator]));
    let (code, _, stderr) = common::said(&common::binary(&arguments).output().unwrap());
    assert_eq!(code, 0, "{stderr}");
    columns(&std::fs::read_to_string(out).unwrap())
}

fn is_equal(ours: f64, truth: f64) -> bool {
    (ours - truth).abs() <= 1e-9 * truth.abs().max(1.0)
}

/// Every function of the truth with the parameters that it was computed with.
fn specs_of_the_truth(parameters: &Path) -> Vec<String> {
    let parameters: BTreeMap<String, BTreeMap<String, f64>> =
        serde_json::from_slice(&std::fs::read(parameters).unwrap()).unwrap();
    let spec = |(name, parameters): (&String, &BTreeMap<String, f64>)| {
        let parameters: Vec<_> = parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
        format!("{name}:{}", parameters.join(","))
    };
    parameters.iter().map(spec).collect()
}

#[test]
fn every_column_equals_that_of_the_library_in_c() {
    let (Some(candles), Some(truth), Some(parameters)) = (
        common::data("candles/XRP_ETH-5m.csv"),
        common::data("truths/talib_all_XRP_ETH-5m.csv.gz"),
        common::data("truths/talib_all_params.json"),
    ) else {
        return;
    };
    let mut text = String::new();
    flate2::read::GzDecoder::new(std::fs::File::open(truth).unwrap()).read_to_string(&mut text).unwrap();
    let specs = specs_of_the_truth(&parameters);
    let specs: Vec<_> = specs.iter().map(String::as_str).collect();
    let (truth, ours) = (columns(&text), computed(&candles, &specs));
    let mut compared = 0;
    for (name, truth) in &truth {
        let ours = ours.get(name).unwrap_or_else(|| panic!("no column {name}"));
        assert_eq!(ours.len(), truth.len(), "{name}");
        // Whole numbers are 0 during the look-back of TA-Lib in C; here they are absent.
        let first = ours.iter().position(Option::is_some).unwrap();
        for (row, (ours, truth)) in ours.iter().zip(truth).enumerate() {
            match (ours, truth) {
                (Some(ours), Some(truth)) => {
                    assert!(is_equal(*ours, *truth), "{name}, row {row}: {ours} is not {truth}");
                    compared += 1;
                }
                (None, None) => {}
                (None, Some(truth)) => assert!(row < first && *truth == 0.0, "{name}, row {row}: there is no {truth}"),
                (Some(ours), None) => panic!("{name}, row {row}: {ours} where there is nothing"),
            }
        }
    }
    assert_eq!(truth.len(), 204);
    assert!(compared > 140_000, "{compared}");
}

#[test]
fn parameters_by_position_and_by_name_are_those_of_the_reference() {
    let (Some(candles), Some(truth)) =
        (common::data("candles/XRP_ETH-1m.csv"), common::data("reference/XRP_ETH-1m.talib.csv"))
    else {
        return;
    };
    let truth = columns(&std::fs::read_to_string(truth).unwrap());
    let ours = computed(
        &candles,
        &["rsi:14", "macd:12,26,9", "stoch:fastk_period=14,slowk_period=3,slowd_period=3", "sma:20", "ema:20"],
    );
    for (name, truth_name) in [
        ("RSI", "rsi_14"),
        ("MACD.macdsignal", "macd_signal"),
        ("STOCH.slowk", "stoch_k_14_3_3"),
        ("SMA", "sma_20"),
        ("EMA", "ema_20"),
    ] {
        for (ours, truth) in ours[name].iter().zip(&truth[truth_name]) {
            assert!(ours.is_some() == truth.is_some(), "{name}");
            assert!(ours.zip(*truth).is_none_or(|(ours, truth)| is_equal(ours, truth)), "{name}: {ours:?} {truth:?}");
        }
    }
}

#[test]
fn the_same_indicator_twice_has_its_parameters_in_the_header() {
    let Some(candles) = common::data("candles/XRP_ETH-5m.csv") else { return };
    let ours = computed(&candles, &["sma:10", "sma:30", "rsi"]);
    assert_eq!(ours.keys().map(String::as_str).collect::<Vec<_>>(), ["RSI", "SMA:10", "SMA:30", "timestamp"]);
}

#[test]
fn what_there_is_not_is_an_error_that_says_what_there_is() {
    let Some(candles) = common::data("candles/XRP_ETH-5m.csv") else { return };
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out.csv");
    for (indicator, expected) in [
        ("foo", "expected an indicator of TA-Lib, found `FOO`"),
        ("rsi:1", "RSI: expected timeperiod, a whole number from 2 to 100000, found `1`"),
        ("rsi:14,3", "RSI: expected at most these parameters: timeperiod, found `3`"),
        ("rsi:period=3", "RSI: expected at most these parameters: timeperiod, found `period`"),
        ("bbands:matype=best", "BBANDS: expected matype, one of sma, ema"),
        ("mavp", "MAVP: expected two series, values and periods"),
        ("atr@close", "ATR: expected no series"),
    ] {
        let (candles, out) = (candles.to_str().unwrap(), out.to_str().unwrap());
        let error = common::fails(&["indicators", "--candles", candles, "--indicator", indicator, "--out", out]);
        assert!(error.contains(expected), "{error}");
    }
    assert!(!out.exists());
}

fn alike(ours: Option<f64>, other: Option<f64>) -> bool {
    match (ours, other) {
        (Some(ours), Some(other)) => is_equal(ours, other),
        (ours, other) => ours.is_none() && other.is_none(),
    }
}

fn finite(values: Option<&[f64]>, output: usize) -> Option<f64> {
    values.map(|values| values[output]).filter(|value| value.is_finite())
}

/// Follows the candles with the stream of an indicator, and compares each value, peeked and taken, with the whole table.
fn follow(service: &IndicatorService, spec: &IndicatorSpec, candles: &[Candle]) {
    let table = service.calculate(spec, candles).unwrap();
    let mut stream = service.open(spec).unwrap();
    let mut first = None;
    for (row, candle) in candles.iter().enumerate() {
        let bar = Bar::from(candle);
        let peeked = stream.peek(&bar).map(<[f64]>::to_vec);
        let (peeked, taken) = (peeked.as_deref(), stream.update(&bar));
        assert!(taken.is_none_or(|values| values.len() == table.columns.len()), "{spec}");
        assert_eq!(taken.is_some(), table.columns.iter().any(|_| row + 1 >= service.required_data(spec).unwrap()));
        for (output, column) in table.columns.iter().enumerate() {
            let (peeked, taken) = (finite(peeked, output), finite(taken, output));
            assert!(alike(peeked, taken), "{spec} at {row}: peeked {peeked:?}, taken {taken:?}");
            assert!(alike(taken, column.get(row)), "{spec} at {row}: {taken:?} is not {:?}", column.get(row));
        }
        first = first.or(taken.is_some().then_some(row + 1));
    }
    assert!(first.is_none_or(|first| first == service.required_data(spec).unwrap()), "{spec}");
}

#[test]
fn every_function_follows_the_market_as_it_is_computed_at_once() {
    let Some(candles) = common::data("candles/XRP_ETH-5m.csv") else { return };
    let (service, candles) = (IndicatorService::default(), read_candles(&candles).unwrap().rows);
    let available = service.available();
    assert_eq!(available.len(), 237);
    for info in available {
        let text = if info.from_candles { info.name.to_owned() } else { format!("{}@close,volume", info.name) };
        follow(&service, &text.parse().unwrap(), &candles[..300]);
    }
}

#[test]
fn series_of_choice_are_followed_as_they_are_computed_at_once() {
    let Some(candles) = common::data("candles/XRP_ETH-5m.csv") else { return };
    let (service, candles) = (IndicatorService::default(), read_candles(&candles).unwrap().rows);
    let mut followed = [0, 0];
    for (count, series) in followed.iter_mut().zip([&["open", "high", "volume"][..], &["close,open", "low,high"]]) {
        for (info, series) in service.available().iter().flat_map(|info| series.iter().map(move |one| (info, one))) {
            let spec: IndicatorSpec = format!("{}@{series}", info.name).parse().unwrap();
            if service.required_data(&spec).is_ok() {
                follow(&service, &spec, &candles[..150]);
                *count += 1;
            }
        }
    }
    assert_eq!(followed, [3 * 97, 2 * 7], "so many take one series, and two");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_the_candles_streaming_equals_batch(
        closes in proptest::collection::vec(1_u32..100_000, 1..120),
        period in 2_u32..20,
    ) {
        let candles: Vec<_> = closes.iter().zip(1_u64..).map(|(close, minute)| {
            let time = trading_services::model::Timestamp::from_nanos(minute * 60_000_000_000);
            Candle::flat(time, close.to_string().parse().unwrap())
        }).collect();
        let service = IndicatorService::default();
        for name in ["rsi", "sma", "ema", "atr", "linearreg", "stddev", "cci", "adx"] {
            follow(&service, &format!("{name}:{period}").parse().unwrap(), &candles);
        }
    }
}
