//! DI0002: services that need each other.

use crate::graph::{Graph, Target};

use super::text::Text;

/// The cycle that starts with this dependency, if its node is the first of the cycle in declaration order.
///
/// Every cycle has one first node, so that each is reported once. Of several cycles that leave it over the same
/// dependency, the shortest is.
pub(super) const fn fault<const N: usize>(graph: &Graph, node: usize, edge: usize) -> Option<Text> {
    let Target::Node(second) = graph.nodes[node].edges[edge].target else {
        return None;
    };
    if second < node || leads_there_before(graph, node, edge, second) {
        return None;
    }
    let came_from = breadth_first::<N>(graph, second, node);
    if second != node && came_from[node] == N {
        return None;
    }
    Some(text(graph, node, second, &came_from))
}

/// Whether an earlier dependency of the node has the same target.
const fn leads_there_before(graph: &Graph, node: usize, edge: usize, target: usize) -> bool {
    let mut index = 0;
    while index < edge {
        if let Target::Node(other) = graph.nodes[node].edges[index].target
            && other == target
        {
            return true;
        }
        index += 1;
    }
    false
}

/// For each node that is reached from `start` over nodes not before `floor`: the one from which it is reached. `N` for the others.
const fn breadth_first<const N: usize>(graph: &Graph, start: usize, floor: usize) -> [usize; N] {
    let mut came_from = [N; N];
    let mut queue = [0; N];
    let mut seen = [false; N];
    queue[0] = start;
    seen[start] = true;
    let mut read = 0;
    let mut written = 1;
    while read < written {
        let node = queue[read];
        read += 1;
        let edges = graph.nodes[node].edges;
        let mut index = 0;
        while index < edges.len() {
            if let Target::Node(target) = edges[index].target
                && target >= floor
                && !seen[target]
            {
                seen[target] = true;
                came_from[target] = node;
                queue[written] = target;
                written += 1;
            }
            index += 1;
        }
    }
    came_from
}

/// The path from the first node over the second back to the first.
const fn text<const N: usize>(graph: &Graph, first: usize, second: usize, came_from: &[usize; N]) -> Text {
    let mut backwards = [0; N];
    let mut len = 0;
    let mut node = first;
    while node != second {
        node = came_from[node];
        backwards[len] = node;
        len += 1;
    }
    let mut text = Text::new()
        .push("[DI0002] the services of `")
        .push(graph.container)
        .push("` need each other in a cycle\n\n    `")
        .push(graph.nodes[first].service)
        .push("`");
    let mut from = first;
    if first == second {
        text = step(text, graph, from, first);
    } else {
        while len > 0 {
            len -= 1;
            text = step(text, graph, from, backwards[len]);
            from = backwards[len];
        }
        text = step(text, graph, from, first);
    }
    let last = edge_between(graph, from, first);
    text.push("\n\n  help: let one of them find the other later: `")
        .push(graph.nodes[from].edges[last].member)
        .push(": Lazy<")
        .push(graph.nodes[from].edges[last].key)
        .push(">` in `")
        .push(graph.nodes[from].service)
        .push("`\n  help: or move what both need into a service of its own")
        .see("DI0002")
}

/// One line: for which member the next is needed.
const fn step(text: Text, graph: &Graph, from: usize, to: usize) -> Text {
    let edge = &graph.nodes[from].edges[edge_between(graph, from, to)];
    let text = text.push(" needs `").push(edge.key).push("` for `").push(edge.member).push("`\n    `");
    text.push(graph.nodes[to].service).push("`")
}

const fn edge_between(graph: &Graph, from: usize, to: usize) -> usize {
    let edges = graph.nodes[from].edges;
    let mut index = 0;
    while index + 1 < edges.len() {
        if let Target::Node(target) = edges[index].target
            && target == to
        {
            return index;
        }
        index += 1;
    }
    index
}
