//! The picture of the platform's own container.

use std::collections::BTreeMap;

use di_core::report::{Format, Report};
use serde::Deserialize;

use super::TradingApp;
use crate::ports::IWiring;

/// Draws the platform from its graph, which is a constant.
#[di_core::service(provides = IWiring)]
#[derive(Debug, Clone, Copy)]
pub struct Wiring;

#[derive(Deserialize)]
struct Drawn {
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    path: String,
    service: String,
    kind: String,
}

impl IWiring for Wiring {
    fn page(&self) -> String {
        Report::of::<TradingApp>().render(Format::Html)
    }

    fn paths(&self) -> BTreeMap<String, String> {
        let drawn = serde_json::from_str::<Drawn>(&Report::of::<TradingApp>().render(Format::Json));
        let nodes = drawn.map(|drawn| drawn.nodes).unwrap_or_default();
        // What a module inherits is drawn where it comes from.
        let own = nodes.into_iter().filter(|node| node.kind != "inherited");
        own.map(|node| (node.service, node.path)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_service_has_its_path_in_the_picture() {
        let (page, paths) = (Wiring.page(), Wiring.paths());
        assert_eq!(paths["AlertManager"], "monitoring.alerts");
        assert_eq!(paths["Topic<Alert>"], "alerts_raised");
        assert!(page.contains("diReport"));
        for (service, path) in paths {
            assert!(page.contains(&format!("data-path=\"{path}\"")), "{service}: {path}");
        }
    }
}
