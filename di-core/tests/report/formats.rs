//! The formats of a report on a container with everything in it, beside what is committed.

use std::path::Path;

use di_core::Container;
use di_core::report::{Format, Registration, Report, Step};

use crate::platform::Platform;

fn committed(file: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/report/expected").join(file)
}

fn check(file: &str) {
    let report = Report::of::<Platform>();
    let step = Step::everywhere(Registration::Interface);
    if let Err(error) = report.check_with_forecast(committed(file), &step) {
        panic!("{error}");
    }
}

#[test]
fn the_text_is_as_committed() {
    check("platform.txt");
}

#[test]
fn the_mapping_document_is_as_committed() {
    check("platform.md");
}

#[test]
fn the_json_is_as_committed() {
    check("platform.json");
}

#[test]
fn the_dot_is_as_committed() {
    check("platform.dot");
}

#[test]
fn the_mermaid_is_as_committed() {
    check("platform.mmd");
}

#[test]
fn the_page_is_as_committed() {
    check("platform.html");
}

#[test]
fn coverage_and_coupling_are_those_of_the_constant_graph() {
    let report = Report::of::<Platform>();
    assert_eq!(report.coverage().percent(), Platform::GRAPH.interface_coverage());
    assert_eq!(report.coupling().percent(), Platform::GRAPH.coupling());
}

#[test]
fn a_saved_report_is_read_as_it_was() {
    let report = Report::of::<Platform>();
    let read = Report::from_json(&report.render(Format::Json)).unwrap();
    for format in [Format::Text, Format::Markdown, Format::Json, Format::Dot, Format::Mermaid, Format::Html] {
        assert_eq!(read.render(format), report.render(format), "{format}");
    }
}

#[test]
fn a_report_that_cannot_be_read_says_where_and_what_was_expected() {
    let saved = Report::of::<Platform>().render(Format::Json);
    let error = |text: &str| Report::from_json(text).unwrap_err().to_string();
    assert_eq!(error("{"), "expected a report as JSON: EOF while parsing an object at line 1 column 1");
    assert_eq!(error(&saved.replace("di-report", "graph")), "`schema`: expected \"di-report\", found \"graph\"");
    assert_eq!(
        error(&saved.replace("\"version\": 1", "\"version\": 9")),
        "`version`: expected 1 to 1, found 9: it was written by another version"
    );
    assert_eq!(
        error(&saved.replace("\"target\": \"clock\"", "\"target\": \"watch\"")),
        "node \"exchange\", `edges`, `_clock`, `target`: expected the path of a node, found \"watch\""
    );
    assert_eq!(
        error(&saved.replace("\"container\": 2", "\"container\": 7")),
        "node \"session.alerts\", `container`: expected the position of a container, found 7"
    );
}

#[test]
fn a_stale_report_is_an_error_that_says_what_changed() {
    if std::env::var_os("DI_REPORT").is_some() {
        // What is overwritten is not stale.
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("graph.json");
    let report = Report::of::<Platform>();
    std::fs::write(
        &path,
        report.render(Format::Json).replace("\"registration\": \"dual\"", "\"registration\": \"concrete\""),
    )
    .unwrap();
    let error = report.check(&path).unwrap_err().to_string();
    assert!(error.contains("~ clock\n      registration: concrete -> dual"), "{error}");
    assert!(error.ends_with("help: `DI_REPORT=overwrite` writes it"), "{error}");

    let path = folder.path().join("graph.md");
    std::fs::write(&path, report.render(Format::Markdown).replace("SystemClock", "OtherClock")).unwrap();
    let error = report.check(&path).unwrap_err().to_string();
    assert!(error.contains("the report is stale: line 14: the file says `| `clock` | `OtherClock`"), "{error}");

    let error = report.check(folder.path().join("graph.png")).unwrap_err().to_string();
    assert!(
        error.ends_with("expected a file with the extension of a format: md, json, html, txt, dot or mmd"),
        "{error}"
    );
}
