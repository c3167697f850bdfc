//! Permutations of the fields, which change no more than the order among equals.

use std::sync::Arc;

use di_core::graph::{Graph, Target};
use di_core::{Container, container, service};

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
