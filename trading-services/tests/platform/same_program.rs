//! The program as the core builds it: graph, look-ups, start and stop order, and the log of a seed, in one text on file.
//!
//! A change of the core must change nothing here. After a wanted change of the platform, `UPDATE_SAME_PROGRAM=1` writes it.

use di_core::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;

use di_core::Container;
use di_core::graph::{Graph, Kind};
use di_core::lifecycle::Application;
use di_tests::assert_on_file;
use trading_services::app::{TradingApp, TradingAppInputs};
use trading_services::engine::EventLoop;

use crate::common;

/// A platform that ends after some simulated events.
fn built() -> TradingApp {
    let mut settings = common::settings();
    (settings.simulation.seed, settings.run.events) = (42, Some(1_000));
    TradingApp::build(TradingAppInputs { settings: Arc::new(settings) }).unwrap()
}

/// The names that a look-up may be asked for, those of modules included: of fields, and of services.
fn names_of(graph: &Graph, names: &mut Vec<&'static str>) {
    for node in graph.nodes {
        names.extend([node.field, node.service]);
        if let Kind::Module(inner) = node.kind {
            names_of(inner, names);
        }
    }
}

/// What a look-up answers under each name; instances are numbered as they come, so that one shows under two names.
fn lookups(app: &TradingApp) -> String {
    let (mut all, mut numbers, mut text) = (Vec::new(), BTreeMap::new(), String::new());
    names_of(&TradingApp::GRAPH, &mut all);
    all.push("Nobody");
    let mut asked = BTreeSet::new();
    for name in all.into_iter().filter(|name| asked.insert(*name)) {
        let answer = match app.lookup(name) {
            Ok(instance) => {
                let next = numbers.len();
                format!("instance {}", numbers.entry(Arc::as_ptr(&instance).cast::<()>()).or_insert(next))
            }
            Err(error) => error.to_string(),
        };
        writeln!(text, "{name:?}: {answer}").unwrap();
    }
    text
}

#[tokio::test(start_paused = true)]
async fn the_core_builds_the_program_that_is_on_file() {
    let app = built();
    let mut text = format!("# Graph\n\n{}\n# Look-ups\n\n{}", TradingApp::GRAPH, lookups(&app));

    let application = Application::of(&app);
    let started = application.start().await.unwrap();
    let stopped = application.finished().await.unwrap();
    let summary = app.get::<EventLoop>().summary().unwrap();
    let names: Vec<_> = started.services().iter().map(|line| line.service).collect();
    writeln!(text, "\n# Start\n\n{}", names.join("\n")).unwrap();
    let names: Vec<_> = stopped.services().iter().map(|line| line.service).collect();
    writeln!(text, "\n# Stop\n\n{}", names.join("\n")).unwrap();
    writeln!(text, "\n# Log\n\n{} events: {}", summary.events, summary.log_sha256).unwrap();

    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/platform/same_program.txt");
    assert_on_file(&file, &text, "UPDATE_SAME_PROGRAM");
}
