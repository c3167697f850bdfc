//! The build order, and whether there is one: a depth-first search that loops, because const functions recurse badly.

use super::{Node, Target};

/// What one search through a graph finds.
pub(crate) struct Search<const N: usize> {
    /// Dependencies first.
    pub(crate) order: [usize; N],
    /// Whether some nodes need each other.
    pub(crate) cyclic: bool,
}

const NEW: u8 = 0;
const OPEN: u8 = 1;
const DONE: u8 = 2;

/// Visits every node after what it needs.
pub(crate) const fn search<const N: usize>(nodes: &[Node]) -> Search<N> {
    let mut found = Search { order: [0; N], cyclic: false };
    let mut placed = 0;
    let mut state = [NEW; N];
    let mut stack = [0; N];
    let mut next_edge = [0; N];
    let mut start = 0;
    while start < N {
        let mut depth = 0;
        if state[start] == NEW {
            state[start] = OPEN;
            stack[0] = start;
            next_edge[start] = 0;
            depth = 1;
        }
        while depth > 0 {
            let node = stack[depth - 1];
            if next_edge[node] == nodes[node].edges.len() {
                state[node] = DONE;
                found.order[placed] = node;
                placed += 1;
                depth -= 1;
                continue;
            }
            let edge = &nodes[node].edges[next_edge[node]];
            next_edge[node] += 1;
            if let Target::Node(target) = edge.target {
                if state[target] == OPEN {
                    found.cyclic = true;
                } else if state[target] == NEW {
                    state[target] = OPEN;
                    stack[depth] = target;
                    depth += 1;
                }
            }
        }
        start += 1;
    }
    found
}
