//! Ratios of returns, beside those of the libraries that define them.

use serde_json::Value;

use crate::common;

/// What `metrics` writes of a file of returns.
fn metrics(returns: &str, periods: u32) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let (json, periods) = (folder.path().join("out.json"), periods.to_string());
    let arguments = ["metrics", "--returns", returns, "--periods", &periods, "--json", json.to_str().unwrap()];
    let (code, _, stderr) = common::said(&common::binary(&arguments).output().unwrap());
    assert_eq!(code, 0, "{stderr}");
    serde_json::from_slice(&std::fs::read(json).unwrap()).unwrap()
}

/// Every number of the truth, under the same names.
fn compare(place: &str, ours: &Value, truth: &Value) -> usize {
    match truth {
        Value::Object(truth) => {
            truth.iter().map(|(name, truth)| compare(&format!("{place}.{name}"), &ours[name], truth)).sum()
        }
        Value::Null => {
            assert_eq!(*ours, Value::Null, "{place}");
            1
        }
        truth => {
            let (Some(ours), Some(truth)) = (ours.as_f64(), truth.as_f64()) else { panic!("{place}: {ours}, {truth}") };
            assert!((ours - truth).abs() <= 1e-9 * truth.abs().max(1.0), "{place}: {ours} is not {truth}");
            1
        }
    }
}

#[test]
fn every_ratio_equals_that_of_its_library_for_long_flat_and_short_series() {
    let Some(truth) = common::data("truths/metrics.json") else { return };
    let truth: Value = serde_json::from_slice(&std::fs::read(truth).unwrap()).unwrap();
    let mut compared = 0;
    for (series, truth) in truth["metrics"].as_object().unwrap() {
        let returns = common::data(&format!("truths/series_{series}.csv")).unwrap();
        let (days, around_the_clock) =
            (metrics(returns.to_str().unwrap(), 252), metrics(returns.to_str().unwrap(), 365));
        for (name, truth) in truth.as_object().unwrap() {
            // There quantstats failed, and we have what can be computed.
            if name != "quantstats_error" {
                let ours = if name == "ann365" { &around_the_clock } else { &days };
                compared += compare(&format!("{series}.{name}"), &ours[name], truth);
            }
        }
    }
    assert_eq!(compared, 4 * (2 * 7 + 9) + 2 * 18);
}

#[test]
fn a_missing_return_is_an_error_and_not_zero() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("r.csv");
    for (line, found) in [("2020-01-02,", "``"), ("2020-01-02,x", "`x`"), ("2020-01-02,-1.5", "`-1.5`")] {
        std::fs::write(&file, format!(",r\n2020-01-01,0.1\n{line}\n")).unwrap();
        let error = common::fails(&["metrics", "--returns", file.to_str().unwrap()]);
        assert!(error.contains("r.csv:3: expected a return") && error.contains(found), "{error}");
    }
}

#[test]
fn of_nothing_and_of_one_return_there_are_no_ratios_and_no_failure() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("r.csv");
    for lines in ["", "2020-01-01,0.1\n"] {
        std::fs::write(&file, format!(",r\n{lines}")).unwrap();
        let ours = metrics(file.to_str().unwrap(), 252);
        assert_eq!((&ours["ann252"]["sharpe"], &ours["stability"]), (&Value::Null, &Value::Null));
        assert_eq!(ours["max_drawdown"], 0.0);
    }
}
