//! The floors of `di-core` and `di-macros`, and the circles among their files.
//!
//! A file that moves is moved in its table here, too. The exceptions and the sizes of circles only ever shrink.
#![expect(clippy::unwrap_used, reason = "a test that cannot read its files has failed")]

use std::path::Path;

use di_tests::{Floor, Floors, Sources};

/// `di-core`, from the ground.
const CORE: &[Floor] = &[
    Floor {
        name: "data",
        stands_on: &[],
        files: &["graph/", "error.rs", "dependency/many.rs", "answer.rs", "panics.rs"],
    },
    Floor { name: "construction", stands_on: &["data"], files: &["construct.rs", "mode.rs"] },
    Floor { name: "service", stands_on: &["construction"], files: &["service.rs", "request.rs"] },
    Floor { name: "container", stands_on: &["service"], files: &["container.rs", "export.rs"] },
    Floor { name: "resolution", stands_on: &["container"], files: &["resolve.rs", "generic.rs"] },
    Floor {
        name: "forms",
        stands_on: &["resolution"],
        files: &["dependency/lazy.rs", "dependency/factory.rs", "dependency/injectable.rs"],
    },
    Floor { name: "assembly", stands_on: &["forms"], files: &["assembly/"] },
    Floor { name: "inspection", stands_on: &["assembly"], files: &["inspect/"] },
    // Beside each other, above the core.
    Floor { name: "events", stands_on: &["inspection"], files: &["events/"] },
    Floor { name: "lifecycle", stands_on: &["inspection"], files: &["lifecycle/", "health/"] },
    Floor { name: "report", stands_on: &["inspection"], files: &["report/"] },
    Floor { name: "axum", stands_on: &["inspection"], files: &["axum.rs"] },
    Floor {
        name: "root",
        stands_on: &["axum", "events", "lifecycle", "report"],
        files: &["lib.rs", "private.rs", "prelude.rs", "dependency/mod.rs", "diagnostics.rs", "template.rs"],
    },
];

/// Arrows of `di-core` that still point up.
const CORE_KNOWN: &[(&str, &str)] = &[
    ("assembly/span.rs", "lifecycle/constructions.rs"),
    ("health/change.rs", "events/event.rs"),
    ("health/listeners.rs", "events/bus.rs"),
    ("health/listeners.rs", "events/topic.rs"),
    ("health/monitor.rs", "events/bus.rs"),
];

/// How many files of `di-core` are in each circle of more than two.
const CORE_CIRCLES: &[usize] = &[36, 8, 5];

/// `di-macros`: parse, model, check, expand.
const MACROS: &[Floor] = &[
    Floor {
        name: "words",
        stands_on: &[],
        files: &["words.rs", "errors.rs", "text.rs", "spans.rs", "trees.rs", "template.rs", "editor.rs", "cfg.rs"],
    },
    Floor { name: "parse", stands_on: &["words"], files: &["parse/"] },
    Floor { name: "model", stands_on: &["parse"], files: &["model/"] },
    Floor { name: "graph", stands_on: &["model"], files: &["graph/"] },
    Floor { name: "check", stands_on: &["graph"], files: &["check/"] },
    Floor { name: "expand", stands_on: &["check"], files: &["expand/"] },
    Floor { name: "root", stands_on: &["expand"], files: &["lib.rs"] },
];

fn sources(package: &str) -> Sources {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    Sources::read(&workspace.join(package).join("src")).unwrap()
}

fn check(package: &str, floors: &[Floor], known: &[(&str, &str)], circles: &[usize]) {
    let sources = sources(package);
    let faults = Floors::new(floors).faults(&sources, known);
    assert!(faults.is_empty(), "{package}/src, see the tables in {}:\n{}", file!(), faults.join("\n"));
    let found: Vec<_> = sources.circles().into_iter().filter(|circle| circle.len() > 2).collect();
    let sizes: Vec<usize> = found.iter().map(std::collections::BTreeSet::len).collect();
    assert_eq!(
        sizes, circles,
        "{package}/src: files that name each other in circles; they may only shrink: {found:#?}"
    );
}

#[test]
fn every_arrow_of_di_core_points_down() {
    check("di-core", CORE, CORE_KNOWN, CORE_CIRCLES);
}

#[test]
fn every_arrow_of_di_macros_points_down() {
    check("di-macros", MACROS, &[], &[]);
}
