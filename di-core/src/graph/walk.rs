//! Walks through a graph, at run time.

use alloc::vec::Vec;

use super::{Graph, Target};

impl Graph {
    /// The nodes from one that nobody needs down to `node`, each needing the next.
    pub fn path_to(&self, node: usize) -> Vec<usize> {
        let mut path = alloc::vec![node];
        let mut last = node;
        while let Some(dependent) = self.dependents(last).find(|index| !path.contains(index)) {
            path.push(dependent);
            last = dependent;
        }
        path.reverse();
        path
    }

    /// The nodes that need `node` before they can be built.
    pub fn dependents(&self, node: usize) -> impl Iterator<Item = usize> {
        let nodes = self.nodes;
        (0..nodes.len()).filter(move |index| nodes[*index].edges.iter().any(|edge| edge.target == Target::Node(node)))
    }

    /// The index of the node with this field name.
    pub fn field(&self, name: &str) -> Option<usize> {
        self.nodes.iter().position(|node| node.field == name)
    }
}
