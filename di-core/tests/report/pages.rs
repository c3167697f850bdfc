//! The page of a report, and all other formats, for graphs of several sizes.

use std::fs;
use std::path::Path;

use di_core::report::{Format, Report};

use crate::sample;

fn report(services: usize) -> Report {
    Report::from_json(&sample::saved(services)).unwrap()
}

#[test]
fn a_page_of_two_hundred_services_is_smaller_than_300_kb() {
    for services in [20, 60, 200] {
        let page = report(services).render(Format::Html);
        fs::write(Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("sample-{services}.html")), &page).unwrap();
        assert!(page.len() < 300_000, "{services} services: {} bytes", page.len());
    }
}

#[test]
fn the_same_graph_gives_the_same_bytes() {
    let page = report(60).render(Format::Html);
    assert_eq!(page, report(60).render(Format::Html));
    let saved = report(60).render(Format::Json);
    assert_eq!(Report::from_json(&saved).unwrap().render(Format::Html), page);
}
