//! The rules of a graph, as const functions: one file per fault.

pub(crate) mod coverage;
mod cycle;
mod missing;
mod mode;
mod near;
mod show;
pub(crate) mod text;
mod used;

pub use used::{asks_concretely, used};

use crate::container::{Assemble, Container};
use crate::graph::{Edge, Graph, Member, Target, Wanted};
use text::Text;

/// Checks the dependencies of one node: something answers each (DI0001, DI0004, DI0009), and none is the first step of a
/// cycle (DI0002).
///
/// It is called once per field, in a constant of its own and with the span of the field, so that all faults are reported
/// in one build, each at its place.
#[track_caller]
pub const fn edges<C: Assemble>(node: usize) {
    let graph = &C::GRAPH;
    let mut edge = 0;
    let mut faults = 0;
    while edge < graph.nodes[node].edges.len() {
        faults += matches!(graph.nodes[node].edges[edge].target, Target::Missing) as usize;
        edge += 1;
    }
    if C::CYCLIC || faults > 0 {
        fail(&faults_of(graph, C::CYCLIC, node));
    }
}

const fn faults_of(graph: &Graph, cyclic: bool, node: usize) -> Text {
    let mut faults = Text::new();
    let mut edge = 0;
    while edge < graph.nodes[node].edges.len() {
        if let Some(text) = missing::fault(graph, node, edge) {
            faults = faults.paragraph(&text);
        }
        if cyclic && let Some(text) = cycle::fault(graph, node, edge) {
            faults = faults.paragraph(&text);
        }
        edge += 1;
    }
    faults
}

/// Whether some nodes need each other.
pub const fn cyclic<const N: usize>(graph: &Graph) -> bool {
    crate::graph::search::<N>(graph.nodes).cyclic
}

/// Checks that a module provides what it exports (DI0001).
#[track_caller]
pub const fn export<C: Container>(target: Target, key: &'static str) {
    let graph = &C::GRAPH;
    if matches!(target, Target::Missing) {
        let exported = Member { name: "provides", key, wanted: Wanted::One, qualifier: None };
        let text = Text::new()
            .push("[DI0001] `")
            .push(graph.container)
            .push("` exports `")
            .push(key)
            .push("`, but nothing in it provides it\n");
        let text = near::misses(text, graph, &Edge::new(&exported, Target::Missing))
            .push("\n  help: list a service that provides it in `")
            .push(graph.container)
            .push("`, or remove it from `provides`")
            .see("DI0001");
        fail(&text);
    }
}

/// Checks that nothing answers what is declared absent (DI0003).
#[track_caller]
pub const fn absent<C: Container>(is_missing: bool, key: &'static str) {
    if is_missing {
        return;
    }
    let graph = &C::GRAPH;
    let text = Text::new()
        .push("[DI0003] `")
        .push(graph.container)
        .push("` says that there is no `")
        .push(key)
        .push("`, but something provides it\n");
    let text =
        near::answering(text, graph, key).push("\n  help: remove `#[absent(").push(key).push(")]`").see("DI0003");
    fail(&text);
}

/// Fails with the graph as text: `DI_SHOW_GRAPH`.
#[track_caller]
pub const fn show<C: Container>() {
    fail(&show::graph(&C::GRAPH));
}

/// Checks that no constructor is async (DI0008): `build = sync`.
#[track_caller]
pub const fn sync<C: Container>() {
    let graph = &C::GRAPH;
    if let Some(text) = mode::async_fault(graph) {
        fail(&text);
    }
}

/// Checks that no constructor is async or can fail (DI0008): `build = infallible`.
#[track_caller]
pub const fn infallible<C: Container>() {
    let graph = &C::GRAPH;
    sync::<C>();
    if let Some(text) = mode::fallible_fault(graph) {
        fail(&text);
    }
}

/// Checks that enough services answer an interface (DI0010): `interface_coverage = ..`, in per cent.
#[track_caller]
pub const fn interface_coverage<C: Container>(at_least: usize) {
    let graph = &C::GRAPH;
    if let Some(text) = coverage::coverage_fault(graph, at_least) {
        fail(&text);
    }
}

/// Checks that few enough dependencies name a concrete type (DI0010): `max_coupling = ..`, in per cent.
#[track_caller]
pub const fn max_coupling<C: Container>(at_most: usize) {
    let graph = &C::GRAPH;
    if let Some(text) = coverage::coupling_fault(graph, at_most) {
        fail(&text);
    }
}

/// Checks that a service that asks for its own key has one (DI0009).
#[track_caller]
pub const fn has_key<C: Container>(node: usize) {
    let graph = &C::GRAPH;
    let node = &graph.nodes[node];
    if node.key.is_none() {
        let text = Text::new()
            .push("[DI0009] `")
            .push(node.service)
            .push("` asks for its own key, but has none in `")
            .push(graph.container)
            .push("`\n\n  help: make it a member of a group: `#[many(dyn .., key = \"..\")] ")
            .push(node.field)
            .push(": ")
            .push(node.service)
            .push("`")
            .see("DI0009");
        fail(&text);
    }
}

/// A field's type has no hidden macro (DI0005): it is not a service, or it is one under an alias.
#[track_caller]
pub const fn not_a_service(is_service: bool, message: &str, alias: &str) {
    if is_service {
        panic!("{}", alias);
    }
    panic!("{}", message);
}

/// Fails with the text, if there is one.
#[track_caller]
const fn fail(text: &Text) {
    if text.is_empty() {
        return;
    }
    panic!("{}", text.as_str());
}
