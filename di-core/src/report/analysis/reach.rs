//! Layers, the longest chain, the way from a root, and what falls with a service.

use crate::report::model::NodeId;

use super::links::Links;

/// For each node, how many must be built before it, one after the other, counting the longest way.
pub(crate) fn layers(links: &Links) -> Vec<usize> {
    let mut layers = vec![None; links.needs.len()];
    for node in 0..layers.len() {
        layer(links, node, &mut layers, &mut vec![false; links.needs.len()]);
    }
    layers.into_iter().map(Option::unwrap_or_default).collect()
}

fn layer(links: &Links, node: NodeId, known: &mut [Option<usize>], open: &mut [bool]) -> usize {
    if let Some(layer) = known[node] {
        return layer;
    }
    // A graph that compiles has no cycle of dependencies that must be built before; one read from a file might.
    if open[node] {
        return 0;
    }
    open[node] = true;
    let before = links.needs[node].iter().filter(|position| links.all[**position].before);
    let found = before.map(|position| 1 + layer(links, links.all[*position].to, known, open)).max().unwrap_or(0);
    open[node] = false;
    known[node] = Some(found);
    found
}

/// The longest chain of dependencies, from the service that waits longest down to one that waits for nothing.
pub(crate) fn longest_chain(links: &Links, layers: &[usize]) -> Vec<NodeId> {
    let Some(mut node) = (0..layers.len()).max_by_key(|node| (layers[*node], usize::MAX - node)) else {
        return Vec::new();
    };
    let mut chain = vec![node];
    while layers[node] > 0 {
        let next = links.needs[node]
            .iter()
            .map(|position| links.all[*position])
            .find(|link| link.before && layers[link.to] + 1 == layers[node]);
        let Some(link) = next else { break };
        node = link.to;
        chain.push(node);
    }
    chain
}

/// The shortest way from a node that nothing needs down to this one, each needing the next.
pub(crate) fn path_from_root(links: &Links, node: NodeId) -> Vec<NodeId> {
    let mut came_from = vec![None; links.needs.len()];
    let mut seen = vec![false; links.needs.len()];
    seen[node] = true;
    let mut queue = std::collections::VecDeque::from([node]);
    while let Some(next) = queue.pop_front() {
        let dependents = links.dependents(next);
        if dependents.is_empty() {
            let mut path = vec![next];
            while let Some(below) = came_from[path[path.len() - 1]] {
                path.push(below);
            }
            return path;
        }
        for dependent in dependents {
            if !seen[dependent] {
                seen[dependent] = true;
                came_from[dependent] = Some(next);
                queue.push_back(dependent);
            }
        }
    }
    vec![node]
}

/// What cannot be built without a node, directly or through others, in declaration order.
pub(crate) fn falls_with(links: &Links, node: NodeId) -> Vec<NodeId> {
    let mut falls = vec![false; links.needs.len()];
    let mut stack = vec![node];
    while let Some(next) = stack.pop() {
        for position in &links.used_by[next] {
            let dependent = links.all[*position].from;
            if !falls[dependent] {
                falls[dependent] = true;
                stack.push(dependent);
            }
        }
    }
    (0..falls.len()).filter(|index| falls[*index] && *index != node).collect()
}
