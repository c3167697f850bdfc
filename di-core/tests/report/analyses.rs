//! Layers, what falls with a service, and dominators, against their definitions.

use std::collections::{BTreeMap, BTreeSet};

use di_core::report::{Format, Report};
use proptest::prelude::*;
use serde_json::Value;

use crate::program::{Program, Register, programs};

/// For each node what it needs, and what of that must be built before it.
struct Graph {
    needs: BTreeMap<String, BTreeSet<String>>,
    before: BTreeMap<String, BTreeSet<String>>,
}

impl Graph {
    fn of(nodes: &[Value]) -> Self {
        let (mut needs, mut before) = (BTreeMap::new(), BTreeMap::new());
        for node in nodes {
            let path = node["path"].as_str().unwrap().to_owned();
            let edges = node["edges"].as_array().unwrap().iter().filter(|edge| edge["target"].is_string());
            let target = |edge: &Value| edge["target"].as_str().unwrap().to_owned();
            let strict = edges.clone().filter(|edge| edge["deferred"] == false).map(target).collect();
            before.insert(path.clone(), strict);
            needs.insert(path, edges.map(target).collect());
        }
        Self { needs, before }
    }

    fn layer(&self, node: &str) -> u64 {
        self.before[node].iter().map(|need| 1 + self.layer(need)).max().unwrap_or(0)
    }

    /// What is reached from a node without going through another one.
    fn reached(&self, from: &str, without: Option<&str>) -> BTreeSet<String> {
        let mut reached = BTreeSet::new();
        let mut stack = vec![from.to_owned()];
        while let Some(node) = stack.pop() {
            if Some(node.as_str()) != without && reached.insert(node.clone()) {
                stack.extend(self.needs[&node].iter().cloned());
            }
        }
        reached
    }

    fn falls_with(&self, node: &str) -> usize {
        self.needs.keys().filter(|other| *other != node && self.reached(other, None).contains(node)).count()
    }

    /// All through which every way from a root leads.
    fn dominators(&self, node: &str) -> BTreeSet<String> {
        let needed: BTreeSet<&String> = self.needs.values().flatten().collect();
        let roots: Vec<&String> = self.needs.keys().filter(|node| !needed.contains(node)).collect();
        let all = self.needs.keys().filter(|other| *other != node);
        let without = |other: &String| roots.iter().any(|root| self.reached(root, Some(other)).contains(node));
        all.filter(|other| !without(other)).cloned().collect()
    }
}

fn check(program: &Program) {
    let report = Report::from_json(&program.saved(Register::Dual).to_string()).unwrap();
    let told: Value = serde_json::from_str(&report.render(Format::Json)).unwrap();
    let nodes = told["nodes"].as_array().unwrap();
    let graph = Graph::of(nodes);
    for node in nodes {
        let path = node["path"].as_str().unwrap();
        assert_eq!(node["layer"], graph.layer(path), "layer of {path}");
        assert_eq!(node["falls_with"], graph.falls_with(path), "what falls with {path}");
        let dominators = graph.dominators(path);
        match node["only_through"].as_str() {
            None => assert_eq!(dominators, BTreeSet::new(), "dominators of {path}"),
            // The closest one is dominated by all others.
            Some(closest) => {
                let mut above = graph.dominators(closest);
                above.insert(closest.to_owned());
                assert_eq!(dominators, above, "dominators of {path}");
            }
        }
    }
    let longest = nodes.iter().map(|node| node["layer"].as_u64().unwrap() + 1).max();
    let chain: Vec<&str> =
        told["figures"]["longest_chain"].as_array().unwrap().iter().map(|path| path.as_str().unwrap()).collect();
    assert_eq!(chain.len() as u64, longest.unwrap());
    assert!(chain.windows(2).all(|pair| graph.before[pair[0]].contains(pair[1])), "{chain:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn layers_chains_and_dominators_are_what_their_definitions_say(program in programs(14, Register::Dual)) {
        check(&program);
    }
}
