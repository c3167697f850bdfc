//! The lines of the log on standard error.

use serde_json::Value;

use crate::common;

/// What a run says that raises alerts.
fn lines(arguments: &[&str]) -> Vec<String> {
    let mut command = common::binary(&["--seed", "7", "--events", "3000", "--speed", "max", "--no-page"]);
    let (code, _, stderr) = common::said(&command.args(arguments).output().unwrap());
    assert_eq!(code, 0, "{stderr}");
    let lines: Vec<_> = stderr.lines().map(str::to_owned).collect();
    assert!(lines.iter().any(|line| line.contains("alerts")), "{stderr}");
    lines
}

#[test]
fn a_line_for_people_begins_with_the_time() {
    for line in lines(&[]) {
        let (time, rest) = line.split_once(' ').unwrap();
        assert!(humantime::parse_rfc3339(time).is_ok(), "{line}");
        let level = rest.trim_start().split(' ').next().unwrap();
        assert!(["ERROR", "WARN", "INFO"].contains(&level), "{line}");
    }
}

#[test]
fn as_json_each_line_is_an_object_with_time_level_and_what_an_alert_is_about() {
    let mut alerts = 0;
    for line in lines(&["--log-format", "json"]) {
        let object: Value = serde_json::from_str(&line).unwrap();
        let text = |at: &str| object.pointer(at).and_then(Value::as_str).unwrap_or_else(|| panic!("{at}: {line}"));
        assert!(humantime::parse_rfc3339(text("/timestamp")).is_ok(), "{line}");
        assert!(["ERROR", "WARN", "INFO"].contains(&text("/level")), "{line}");
        if text("/target") == "alerts" {
            alerts += 1;
            assert!(!text("/fields/message").is_empty() && !text("/fields/rule").is_empty(), "{line}");
            assert!(object["fields"]["id"].is_u64() && text("/fields/time").starts_with("20"), "{line}");
        }
    }
    assert!(alerts > 0);
}

#[test]
fn another_format_is_refused_and_the_known_ones_are_named() {
    let (code, _, stderr) = common::said(&common::binary(&["--log-format", "xml"]).output().unwrap());
    assert_eq!(code, 2, "{stderr}");
    assert!(stderr.contains("human, json"), "{stderr}");
}
