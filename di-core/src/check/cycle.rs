//! DI0002: services that need each other.

use crate::graph::{Graph, Kind, Target, Wanted};

use super::text::Text;

/// The cycle that starts with this dependency, if its node is the first of the cycle in declaration order.
///
/// Every cycle has one first node, so that each is reported once. Of several cycles that leave it over the same
/// dependency, the shortest is.
pub(super) const fn fault(graph: &Graph, node: usize, edge: usize) -> Option<Text> {
    // The search needs room for every node. To name their number here would be one more constant per field.
    match graph.nodes.len() {
        0..=128 => fault_among::<128>(graph, node, edge),
        129..=1_024 => fault_among::<1_024>(graph, node, edge),
        1_025..=16_384 => fault_among::<16_384>(graph, node, edge),
        _ => fault_among::<1_048_576>(graph, node, edge),
    }
}

const fn fault_among<const N: usize>(graph: &Graph, node: usize, edge: usize) -> Option<Text> {
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
    if first == second {
        return step(text, graph, first, first)
            .push("\n\n  help: if it wraps another one, ask for that by its concrete type or under a qualifier")
            .see("DI0002");
    }
    let mut from = first;
    let mut deferring = None;
    while len > 0 {
        len -= 1;
        let to = backwards[len];
        text = step(text, graph, from, to);
        deferring = last_that_can_defer(graph, from, to, deferring);
        from = to;
    }
    text = step(text, graph, from, first);
    deferring = last_that_can_defer(graph, from, first, deferring);
    text = text.push("\n");
    if let Some((service, edge)) = deferring {
        let edge = &graph.nodes[service].edges[edge];
        text = text
            .push("\n  help: let one of them find the other later: `")
            .push(edge.member)
            .push(": Lazy<")
            .push(edge.key)
            .push(">` in `")
            .push(graph.nodes[service].service)
            .push("`");
    }
    text.push("\n  help: or move what both need into a service of its own").see("DI0002")
}

/// The dependency of a service on one instance: what a module inherits, and what a group holds, cannot be deferred.
const fn last_that_can_defer(
    graph: &Graph,
    from: usize,
    to: usize,
    before: Option<(usize, usize)>,
) -> Option<(usize, usize)> {
    let edge = edge_between(graph, from, to);
    let is_service = matches!(graph.nodes[from].kind, Kind::Singleton | Kind::Transient);
    if is_service && matches!(graph.nodes[from].edges[edge].wanted, Wanted::One | Wanted::Optional) {
        Some((from, edge))
    } else {
        before
    }
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
