//! The committed report of the platform, and the commands that print it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use di_core::report::{Format, Report};
use trading_services::app::TradingApp;

use crate::common;

fn committed(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("report").join(file)
}

fn check(file: &str) {
    if let Err(error) = Report::of::<TradingApp>().check(committed(file)) {
        panic!("{error}");
    }
}

#[test]
fn the_committed_mapping_document_is_that_of_the_platform() {
    check("platform.md");
}

#[test]
fn the_committed_json_is_that_of_the_platform() {
    check("platform.json");
}

/// The code words in the first column of a table of the committed page of reasons.
fn reasoned(heading: &str) -> BTreeSet<String> {
    let page = std::fs::read_to_string(committed("README.md")).unwrap();
    let section = page.split_once(&format!("## {heading}\n")).unwrap().1;
    let section = section.split("\n## ").next().unwrap();
    let first = section.lines().filter(|line| line.starts_with("| `")).map(|line| line.split(" | ").next().unwrap());
    first.flat_map(|cell| cell.split('`').skip(1).step_by(2)).map(str::to_owned).collect()
}

/// What stands in a section of the mapping document, as its items begin.
fn listed(heading: &str, name: impl Fn(&[&str]) -> String) -> BTreeSet<String> {
    let document = Report::of::<TradingApp>().render(Format::Markdown);
    let section = document.split_once(&format!("## {heading}\n")).unwrap().1;
    let section = section.split("\n## ").next().unwrap();
    let items = section.lines().filter(|line| line.starts_with("- "));
    items.map(|item| name(&item.split('`').skip(1).step_by(2).collect::<Vec<_>>())).collect()
}

#[test]
fn each_service_without_an_interface_has_its_reason() {
    let found = listed("Services that answer no interface", |words| words[0].to_owned());
    assert_eq!(reasoned("Concrete on purpose"), found);
}

#[test]
fn each_dependency_on_a_concrete_type_has_its_reason() {
    let found = listed("Dependencies that name a concrete type", |words| format!("{}.{}", words[0], words[2]));
    assert_eq!(reasoned("Dependencies that name a concrete type on purpose"), found);
}

#[test]
fn one_dependency_in_five_at_most_names_a_concrete_type() {
    let coupling = Report::of::<TradingApp>().coupling();
    assert!(coupling.percent() <= 20, "{coupling}");
}

fn printed(arguments: &[&str]) -> (bool, String, String) {
    let output = common::binary(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.success(), text(output.stdout), text(output.stderr))
}

#[test]
fn the_graph_is_printed_in_each_format_and_written_to_a_file() {
    let report = Report::of::<TradingApp>();
    for format in [Format::Text, Format::Markdown, Format::Json, Format::Dot, Format::Mermaid, Format::Html] {
        let (success, out, _) = printed(&["graph", "--format", &format.to_string()]);
        assert!(success);
        assert_eq!(out, report.render(format), "{format}");
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("graph.html");
    let (success, out, _) = printed(&["graph", "--out", file.to_str().unwrap()]);
    assert!(success && out.is_empty(), "{out}");
    assert_eq!(std::fs::read_to_string(file).unwrap(), report.render(Format::Html));
}

#[test]
fn the_next_phase_is_told_edge_by_edge() {
    let (success, out, _) = printed(&["graph", "--next", "interface"]);
    assert!(success);
    let broken = "DI0014 `replay_book` asks for `ManualClock` for `clock`, which `clock` would no longer answer; \
                  ask for `Arc<dyn IClock>` or `Arc<dyn IEventClock>`";
    assert!(out.contains(broken), "{out}");
}

#[test]
fn the_difference_from_the_committed_report_is_none() {
    let (success, out, _) = printed(&["graph", "--diff", committed("platform.json").to_str().unwrap()]);
    assert!(success);
    assert!(out.ends_with("the graphs are alike\n"), "{out}");
}

#[test]
fn a_bad_report_and_a_bad_format_are_errors_that_say_what_was_expected() {
    let (success, _, error) = printed(&["graph", "--diff", committed("platform.md").to_str().unwrap()]);
    assert!(!success);
    assert!(error.contains("platform.md: expected a report as JSON: expected value at line 1 column 1"), "{error}");
    let (success, _, error) = printed(&["graph", "--format", "png"]);
    assert!(!success);
    assert!(error.contains("`png` is no format: expected one of text, markdown, json, dot, mermaid, html"), "{error}");
}

#[test]
fn coverage_lists_what_lacks() {
    let (success, out, _) = printed(&["coverage"]);
    assert!(success);
    assert!(out.starts_with("coverage  "), "{out}");
    assert!(out.contains("\n    event_loop asks for Platform for platform\n"), "{out}");
}

#[test]
fn a_run_begins_with_one_line_on_its_graph() {
    let (success, out, error) = printed(&["--events", "10", "--speed", "max"]);
    assert!(success, "{error}");
    let mut lines = out.lines();
    let summary = Report::of::<TradingApp>().summary();
    assert_eq!(lines.next(), Some(format!("{summary}; `graph` shows how they are wired").as_str()));
    assert!(lines.next().unwrap().starts_with("running: "), "{out}");
}
