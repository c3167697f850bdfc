//! Does the order in which fields are declared change more than the order among equals?

use std::sync::Arc;

use di_core::graph::{Graph, Target};
use di_core::{Container, container, service};
use proptest::prelude::*;

use crate::Log;

/// Services that note when they were made.
macro_rules! noted {
    ($($name:ident needs ($($argument:ident: $need:ident),*))*) => {
        $(
            struct $name;

            #[service]
            impl $name {
                #[constructor]
                fn new(log: Arc<Log>, $($argument: Arc<$need>),*) -> Self {
                    $(drop($argument);)*
                    log.note(stringify!($name));
                    Self
                }
            }
        )*
    };
}

noted! {
    A needs ()
    B needs (a: A)
    C needs (b: B)
    D needs (a: A, b: B)
    E needs (c: C, d: D)
    Early needs ()
    Late needs ()
}

/// A container per permutation, each with what its build noted.
macro_rules! permutations {
    ($($app:ident $inputs:ident [$($field:ident: $ty:ident),*])*) => {
        $(
            #[container]
            struct $app {
                $($field: $ty,)*
                #[input]
                log: Log,
            }
        )*

        const CONTAINERS: &[(fn() -> Vec<String>, Graph)] = &[$((
            || {
                let log = Log::default();
                let _app = $app::build($inputs { log: log.clone() });
                log.events()
            },
            <$app as Container>::GRAPH,
        )),*];
    };
}

permutations! {
    P0 P0Inputs [a: A, b: B, c: C, d: D, e: E]
    P1 P1Inputs [e: E, d: D, c: C, b: B, a: A]
    P2 P2Inputs [c: C, a: A, e: E, b: B, d: D]
    P3 P3Inputs [d: D, e: E, b: B, a: A, c: C]
    P4 P4Inputs [b: B, d: D, a: A, c: C, e: E]
    P5 P5Inputs [e: E, a: A, d: D, c: C, b: B]
    P6 P6Inputs [d: D, c: C, b: B, a: A, e: E]
    P7 P7Inputs [c: C, e: E, d: D, b: B, a: A]
}

fn position(order: &[String], service: &str) -> Option<usize> {
    order.iter().position(|made| made == service)
}

/// Each node comes after what it needs, and each exactly once.
fn is_a_build_order(graph: &Graph) -> bool {
    let position = |node: usize| graph.order.iter().position(|&other| other == node);
    let mut sorted = graph.order.to_vec();
    sorted.sort_unstable();
    sorted.iter().copied().eq(0..graph.nodes.len())
        && graph.nodes.iter().enumerate().all(|(node, entry)| {
            entry.edges.iter().all(|edge| match edge.target {
                Target::Node(target) => position(target) < position(node),
                Target::Deferred(_) | Target::Absent | Target::Missing => true,
            })
        })
}

#[test]
fn every_permutation_of_the_fields_is_built_in_an_order_of_the_graph() {
    for (build, graph) in CONTAINERS {
        let order = build();
        assert_eq!(order.len(), 5, "each constructor runs once: {order:?}");
        for (before, after) in [("A", "B"), ("B", "C"), ("B", "D"), ("A", "D"), ("C", "E"), ("D", "E")] {
            assert!(order.iter().any(|made| made == before));
            assert!(position(&order, before) < position(&order, after), "{before} before {after} in {order:?}");
        }
        assert!(is_a_build_order(graph));
    }
}

#[container]
struct Forwards {
    a: A,
    late: Late,
    early: Early,
    #[input]
    log: Log,
}

#[container]
struct Backwards {
    #[input]
    log: Log,
    early: Early,
    late: Late,
    a: A,
}

#[test]
fn services_that_need_nothing_of_each_other_are_built_as_they_are_declared() {
    let log = Log::default();
    drop(Forwards::build(ForwardsInputs { log: log.clone() }));
    drop(Backwards::build(BackwardsInputs { log: log.clone() }));
    assert_eq!(log.events(), ["A", "Late", "Early", "Early", "Late", "A"]);
}

/// A graph without cycles, whose nodes stand in any order.
fn graphs() -> impl Strategy<Value = Graph> {
    (2..40_usize)
        .prop_flat_map(|nodes| {
            let needs = proptest::collection::vec((0..nodes, 0..nodes), 0..nodes * 2);
            (Just((0..nodes).collect::<Vec<_>>()).prop_shuffle(), needs)
        })
        .prop_map(|(places, needs)| {
            let mut edges = vec![Vec::new(); places.len()];
            for (one, other) in needs {
                let (dependency, dependent) = (one.min(other), one.max(other));
                if dependency != dependent {
                    edges[places[dependent]].push(places[dependency]);
                }
            }
            graph_of(edges)
        })
}

/// The names are leaked: a graph is a constant, whose parts live for ever.
fn graph_of(edges: Vec<Vec<usize>>) -> Graph {
    use di_core::graph::{Edge, Node, Wanted};
    let nodes: Vec<Node> = edges
        .into_iter()
        .map(|targets| {
            let edges = targets.into_iter().map(|target| Edge {
                member: "member",
                key: "Key",
                wanted: Wanted::One,
                qualifier: None,
                target: Target::Node(target),
            });
            Node { edges: edges.collect::<Vec<_>>().leak(), ..Node::EMPTY }
        })
        .collect();
    let order = Graph::order::<40>(&padded(&nodes))[..].to_vec();
    let order: Vec<usize> = order.into_iter().filter(|&node| node < nodes.len()).collect();
    Graph { container: "Random", nodes: nodes.leak(), order: order.leak() }
}

/// The order is computed for a number of nodes that is a constant: nodes without edges fill up.
fn padded(nodes: &[di_core::graph::Node]) -> Vec<di_core::graph::Node> {
    let mut padded = nodes.to_vec();
    padded.resize(40, di_core::graph::Node::EMPTY);
    padded
}

proptest! {
    #[test]
    fn any_graph_without_cycles_has_a_build_order(graph in graphs()) {
        prop_assert!(is_a_build_order(&graph));
    }
}
