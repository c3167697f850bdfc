//! Versions of the configuration: read, carried both ways, kept, compared and brought back.

use std::path::Path;

use crate::common;
use crate::process::Running;

fn write(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

fn says(arguments: &[&str]) -> (String, String) {
    let (code, stdout, stderr) = common::said(&common::binary(arguments).output().unwrap());
    assert_eq!(code, 0, "{arguments:?}: {stderr}");
    (stdout, stderr)
}

#[test]
fn a_file_of_the_version_before_is_read_with_a_warning_and_carried_both_ways() {
    let folder = tempfile::tempdir().unwrap();
    let text = "# mine\n[execution]\ndepth = 7 # levels\n";
    let old = write(folder.path(), "old.toml", text);
    let (settings, warning) = says(&["config", "check", "--config", &old]);
    assert!(settings.contains("version = 2\n") && settings.contains("book_levels = 7\n"), "{settings}");
    assert!(
        warning.contains("old.toml has version 1 of the configuration, which is read before release 0.3 only"),
        "{warning}"
    );

    let new = folder.path().join("new.toml");
    let new = new.to_str().unwrap();
    says(&["config", "migrate", "--from", &old, "--out", new]);
    assert_eq!(std::fs::read_to_string(new).unwrap(), "version = 2\n# mine\n[execution]\nbook_levels = 7 # levels\n");
    let (again, warning) = says(&["config", "check", "--config", new]);
    assert_eq!((again, warning), (settings, String::new()));
    let back = folder.path().join("back.toml");
    says(&["config", "migrate", "--from", new, "--out", back.to_str().unwrap(), "--to", "1"]);
    assert_eq!(std::fs::read_to_string(back).unwrap(), text);
}

#[test]
fn what_is_wrong_with_an_old_file_is_named_with_its_own_line_and_keys() {
    let folder = tempfile::tempdir().unwrap();
    let wrong = write(folder.path(), "wrong.toml", "\n[execution]\nlatency = \"1s\"\ndepth = 0\n");
    let error = common::fails(&["config", "check", "--config", &wrong]);
    assert!(error.contains("wrong.toml:4: ") && error.contains("`execution.book_levels`"), "{error}");
    let cases = [
        ("version = 9\n", ":1: ", "expected `version` to be 1 to 2, found 9"),
        ("[execution]\ndepth = 1\nbook_levels = 2\n", ":2: ", "found both"),
    ];
    for (text, line, expected) in cases {
        let error = common::fails(&["config", "check", "--config", &write(folder.path(), "wrong.toml", text)]);
        assert!(error.contains(&format!("wrong.toml{line}")) && error.contains(expected), "{error}");
    }
    let good = write(folder.path(), "good.toml", "[execution]\ndepth = 1\n");
    let error = common::fails(&["config", "migrate", "--from", &good, "--out", &good]);
    assert!(error.contains("which would be lost"), "{error}");
}

#[test]
fn a_change_of_the_file_is_taken_kept_and_rolled_back_while_the_platform_runs() {
    let folder = tempfile::tempdir().unwrap();
    let first = "version = 2\n[exchange]\nattempts = 3\n[monitor]\nlarge_trade = \"1000\"\n";
    let file = write(folder.path(), "settings.toml", first);
    let state = folder.path().join("state");
    let state = state.to_str().unwrap();
    let mut platform = Running::start(&["--config", &file, "--store", state]);
    platform.wait_for_error(" answers /health");
    write(folder.path(), "settings.toml", "version = 2\n[exchange]\nattempts = 0\n");
    platform.wait_for_error("settings kept as they were: ");
    write(folder.path(), "settings.toml", "version = 2\n[exchange]\nattempts = 7\n");
    platform.wait_for_error("settings reloaded: taken: exchange.attempts");

    // What is kept is written within a moment.
    let versions = || says(&["config", "versions", "--store", state]).0;
    while versions().lines().count() < 2 {}
    let said = versions();
    let lines: Vec<_> = said.lines().collect();
    assert!(lines[0].starts_with("1 ") && lines[0].ends_with(" start"), "{said}");
    assert!(
        lines[1].starts_with("2 ") && lines[1].contains(" a change of the file: taken: exchange.attempts"),
        "{said}"
    );
    let (difference, _) = says(&["config", "diff", "1", "2", "--store", state]);
    assert_eq!(difference, "exchange.attempts: 3 -> 7\nmonitor.large_trade: \"1000\" -> \"50000\"\n");
    assert!(says(&["config", "show", "2", "--store", state]).0.contains("attempts = 7"));
    let (history, _) = says(&["config", "history", "exchange", "--store", state]);
    let change = " exchange.attempts: 3 -> 7, by version 2: a change of the file: taken: exchange.attempts";
    assert!(history.lines().count() == 1 && history.contains(change), "{history}");
    assert_eq!(says(&["config", "history", "exchange.attempt", "--store", state]).0, "", "a part of a name is none");
    assert_eq!(says(&["config", "history", "--store", state]).0.lines().count(), 2);

    says(&["config", "rollback", "1", "--store", state, "--config", &file]);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), first);
    while versions().lines().count() < 3 {}
    platform.signal("-INT");
    assert_eq!(platform.end().0, 0);
    assert_eq!(says(&["config", "diff", "1", "3", "--store", state]).0, "");
    let alerts = says(&["alerts", "list", "--store", state]).0;
    let rejected = alerts.lines().find(|line| line.contains("new settings were rejected")).unwrap_or_default();
    assert!(rejected.contains("`exchange.attempts`") && rejected.contains("error"), "{alerts}");
    let error = common::fails(&["config", "show", "9", "--store", state]);
    assert!(error.contains("expected a configuration from 1 to 3, found 9"), "{error}");
}

#[test]
fn the_schema_takes_the_defaults() {
    let schema: serde_json::Value = serde_json::from_str(&says(&["config", "schema"]).0).unwrap();
    let defaults = serde_json::to_value(trading_services::config::Settings::default()).unwrap();
    check("", &schema, &defaults);
}

/// Whether a value is what its schema says; nothing is a value that was left out.
fn check(path: &str, schema: &serde_json::Value, value: &serde_json::Value) {
    let is = match (&schema["type"], value) {
        (_, serde_json::Value::Null) => true,
        (kind, serde_json::Value::Bool(_)) => kind == "boolean",
        (kind, serde_json::Value::Number(number)) => kind == "number" || (kind == "integer" && !number.is_f64()),
        (kind, serde_json::Value::String(text)) => {
            let words = schema["enum"].as_array();
            let is_text = kind == "string" || kind.as_array().is_some_and(|kinds| kinds.contains(&"string".into()));
            is_text && words.is_none_or(|words| words.contains(&text.as_str().into()))
        }
        (kind, serde_json::Value::Array(items)) => {
            items.iter().for_each(|item| check(path, &schema["items"], item));
            kind == "array"
        }
        (kind, serde_json::Value::Object(table)) => {
            for (key, value) in table {
                let path = format!("{path}.{key}");
                let inner = schema["properties"].get(key);
                check(&path, inner.unwrap_or_else(|| panic!("{path} is not in the schema")), value);
            }
            kind == "object"
        }
    };
    assert!(is, "{path}: {value} is not {schema}");
}
