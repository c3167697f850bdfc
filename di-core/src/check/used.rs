//! DI0011 and DI0014: whether something needs a node, and whether it asks for the concrete type.
//!
//! Both are warnings. The compiler gives none for a constant, so the answer chooses between two constants of which one is
//! deprecated; see `expand/warning.rs` of the macros.

use crate::container::Container;
use crate::graph::{Graph, Target};

use super::text::alike;

/// Whether anything in the graph needs the node, or the container exports one of its interfaces.
pub const fn used<C: Container>(node: usize, exports: &[&str]) -> bool {
    let graph = &C::GRAPH;
    let mut consumer = 0;
    while consumer < graph.nodes.len() {
        if asks(graph, consumer, node, false) {
            return true;
        }
        consumer += 1;
    }
    let interfaces = graph.nodes[node].interfaces;
    let mut index = 0;
    while index < interfaces.len() {
        let mut export = 0;
        while export < exports.len() {
            if alike(interfaces[index], exports[export]) {
                return true;
            }
            export += 1;
        }
        index += 1;
    }
    false
}

/// Whether one node asks for the concrete type of another.
pub const fn asks_concretely<C: Container>(consumer: usize, node: usize) -> bool {
    asks(&C::GRAPH, consumer, node, true)
}

const fn asks(graph: &Graph, consumer: usize, node: usize, concretely: bool) -> bool {
    let edges = graph.nodes[consumer].edges;
    let mut index = 0;
    while index < edges.len() {
        if let Target::Node(target) | Target::Deferred(target) = edges[index].target
            && target == node
            && (!concretely || edges[index].is_concrete())
        {
            return true;
        }
        index += 1;
    }
    false
}
