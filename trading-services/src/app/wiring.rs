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
}

impl IWiring for Wiring {
    fn page(&self) -> String {
        Report::of::<TradingApp>().render(Format::Html)
    }

    fn paths(&self) -> BTreeMap<String, String> {
        let drawn = serde_json::from_str::<Drawn>(&Report::of::<TradingApp>().render(Format::Json));
        let nodes = drawn.map(|drawn| drawn.nodes).unwrap_or_default();
        nodes.into_iter().map(|node| (node.service, node.path)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_service_has_its_path_in_the_picture() {
        let (page, paths) = (Wiring.page(), Wiring.paths());
        assert_eq!(paths["AlertManager"], "monitoring.alerts");
        assert!(page.contains("data-path=\"monitoring.alerts\"") && page.contains("diReport"));
    }
}
