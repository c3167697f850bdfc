//! DI0002: services that need each other.

use std::collections::VecDeque;

use super::fault::{Fault, Place};
use super::message::Message;
use crate::errors::Code;
use crate::graph::{Edge, Graph, Node, Target, Wanted};

/// Every cycle once, under its first node in declaration order.
///
/// Of several cycles that leave a node over the same dependency, the shortest is reported.
pub(crate) fn faults(graph: &Graph) -> Vec<Fault> {
    if !has_cycles(graph) {
        return Vec::new();
    }
    let mut faults = Vec::new();
    for first in 0..graph.nodes.len() {
        let mut seconds: Vec<usize> = Vec::new();
        for second in graph.nodes.get(first).into_iter().flat_map(steps) {
            if !seconds.contains(&second)
                && let Some(path) = shortest_path(graph, second, first, first)
            {
                faults.push(Fault { place: Place::Node(first), text: text(graph, first, &path, None) });
            }
            seconds.push(second);
        }
    }
    faults
}

/// The message for a dependency that the node `provider` answers, as the types tell, if that node needs the consumer.
pub(crate) fn through(graph: &Graph, node: usize, edge: usize, provider: usize) -> Option<String> {
    let asking = graph.dependency(node, edge)?;
    let path = shortest_path(graph, provider, node, 0)?;
    Some(text(graph, node, &path, Some(asking.edge)))
}

/// Whether a node needs another one, through however many steps.
pub(crate) fn needs(graph: &Graph, node: usize, other: usize) -> bool {
    shortest_path(graph, node, other, 0).is_some()
}

/// Whether the build order fails somewhere to put what is needed first.
fn has_cycles(graph: &Graph) -> bool {
    let mut positions = vec![0; graph.nodes.len()];
    for (position, node) in graph.order.iter().enumerate() {
        if let Some(own) = positions.get_mut(*node) {
            *own = position;
        }
    }
    let is_not_before = |target: usize, node: usize| positions.get(target) >= positions.get(node);
    let mut nodes = graph.nodes.iter().enumerate();
    nodes.any(|(node, needing)| steps(needing).any(|target| is_not_before(target, node)))
}

/// The nodes that must be built before this one.
fn steps(node: &Node) -> impl Iterator<Item = usize> {
    node.edges.iter().filter_map(|edge| match edge.target {
        Target::Node(target) => Some(target),
        Target::Deferred(_) | Target::Absent | Target::Missing | Target::Typed(_) => None,
    })
}

/// The nodes from `start` to `end`, both included, over none before `floor`.
fn shortest_path(graph: &Graph, start: usize, end: usize, floor: usize) -> Option<Vec<usize>> {
    let mut came_from: Vec<Option<usize>> = vec![None; graph.nodes.len()];
    let mut queue = VecDeque::from([start]);
    while let Some(node) = queue.pop_front() {
        if node == end {
            let mut path = vec![end];
            let mut last = end;
            while last != start
                && let Some(previous) = came_from.get(last).copied().flatten()
            {
                path.push(previous);
                last = previous;
            }
            path.reverse();
            return Some(path);
        }
        if node < floor {
            continue;
        }
        for target in graph.nodes.get(node).into_iter().flat_map(steps) {
            if target != start
                && let Some(own @ None) = came_from.get_mut(target)
            {
                *own = Some(node);
                queue.push_back(target);
            }
        }
    }
    None
}

/// `path` leads from what the first node needs, for this edge or some edge to it, back to that node.
fn text(graph: &Graph, first: usize, path: &[usize], mut edge: Option<&Edge>) -> String {
    let mut lines = Vec::new();
    let mut deferring = None;
    let mut from = graph.nodes.get(first);
    for index in path {
        let (Some(node), Some(to)) = (from, graph.nodes.get(*index)) else { continue };
        let leads_there = |edge: &&Edge| edge.target == Target::Node(*index);
        if let Some(edge) = edge.take().or_else(|| node.edges.iter().find(leads_there)) {
            lines.push(format!("`{}` needs `{}` for `{}`", node.label(), edge.key, edge.member));
            if can_defer(node, edge) {
                deferring = Some((node, edge));
            }
        }
        from = Some(to);
    }
    lines.extend(from.map(|first| format!("`{}`", first.label())));
    let headline = format!("the services of `{}` need each other in a cycle", graph.container);
    let message = Message::new(Code::DI0002, headline).paragraph(lines);
    if path.len() == 1 {
        return message
            .help("if it wraps another one, ask for that by its concrete type or under a qualifier")
            .into_text();
    }
    let message = match deferring {
        Some((service, Edge { member, key, .. })) => message
            .help(format!("let one of them find the other later: `{member}: Lazy<{key}>` in `{}`", service.label())),
        None => message,
    };
    message.help("move what both need into a service of its own").into_text()
}

/// Whether a service asks for one instance: what a module inherits, and what a group holds, cannot be deferred.
fn can_defer(node: &Node, edge: &Edge) -> bool {
    node.is_service() && matches!(edge.wanted, Wanted::One | Wanted::Optional)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::Kind;
    use crate::graph::samples::{NodeBuilder, edge, graph, lazy, node};

    fn lines(text: &str) -> Vec<&str> {
        text.lines().filter(|line| line.starts_with("    ")).map(str::trim_start).collect()
    }

    #[track_caller]
    fn check(nodes: impl IntoIterator<Item = NodeBuilder>, expected: &[(usize, &[&str])]) {
        let faults = faults(&graph(nodes));
        let found: Vec<(Place, Vec<&str>)> = faults.iter().map(|fault| (fault.place, lines(&fault.text))).collect();
        let expected: Vec<_> = expected.iter().map(|(node, path)| (Place::Node(*node), path.to_vec())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_cycle_is_told_with_its_whole_path_and_the_ways_out() {
        let faults = faults(&graph([
            node("engine", "Engine").needs(edge("monitor", "Monitor").to(1)),
            node("monitor", "Monitor").needs(edge("alerts", "Alerts").to(2)),
            node("alerts", "Alerts").needs(edge("engine", "Engine").to(0)),
        ]));
        let expected = "[DI0002] the services of `App` need each other in a cycle

    `Engine` needs `Monitor` for `monitor`
    `Monitor` needs `Alerts` for `alerts`
    `Alerts` needs `Engine` for `engine`
    `Engine`

  help: let one of them find the other later: `engine: Lazy<Engine>` in `Alerts`
  help: or move what both need into a service of its own
  see `di_core::diagnostics::DI0002`";
        assert_eq!(faults, [Fault { place: Place::Node(0), text: expected.to_owned() }]);
    }

    #[test]
    fn a_service_that_needs_itself_is_a_cycle() {
        let faults =
            faults(&graph([node("clock", "Clock"), node("engine", "Engine").needs(edge("engine", "Engine").to(1))]));
        let expected = "[DI0002] the services of `App` need each other in a cycle

    `Engine` needs `Engine` for `engine`
    `Engine`

  help: if it wraps another one, ask for that by its concrete type or under a qualifier
  see `di_core::diagnostics::DI0002`";
        assert_eq!(faults, [Fault { place: Place::Node(1), text: expected.to_owned() }]);
    }

    #[test]
    fn what_is_found_later_closes_no_cycle() {
        let nodes = [
            node("left", "Left").needs(edge("right", "Right").to(1)),
            node("right", "Right").needs(lazy("left", "Left").deferred(0)),
        ];
        check(nodes, &[]);
    }

    #[test]
    fn a_cycle_leads_through_a_group() {
        let nodes = [
            node("clocks", "Clocks").needs(edge("all", "dyn IClock").wanted(Wanted::Many).to(2)),
            node("system", "SystemClock").needs(edge("clocks", "Clocks").to(0)),
            node("dyn IClock", "").kind(Kind::Group).needs(edge("system", "SystemClock").to(1)),
        ];
        let faults = faults(&graph(nodes));
        let path = [
            "`Clocks` needs `dyn IClock` for `all`",
            "`dyn IClock` needs `SystemClock` for `system`",
            "`SystemClock` needs `Clocks` for `clocks`",
            "`Clocks`",
        ];
        assert_eq!(lines(&faults[0].text), path);
        assert!(faults[0].text.contains("`clocks: Lazy<Clocks>` in `SystemClock`"));
    }

    #[test]
    fn a_module_cannot_find_later_what_it_inherits() {
        let nodes = [
            node("journal", "Journal").needs(edge("clock", "dyn IClock").to(1)),
            node("time", "Time").kind(Kind::Module).needs(edge("journal", "Journal").to(0)),
        ];
        assert!(faults(&graph(nodes))[0].text.contains("`clock: Lazy<dyn IClock>` in `Journal`"));
    }

    #[test]
    fn the_types_may_close_a_cycle() {
        let graph = graph([
            node("desk", "Desk"),
            node("journal", "Journal").needs(edge("clock", "dyn Time").typed(&[2, 0])),
            node("system", "SystemClock").needs(edge("desk", "Desk").to(0)).needs(edge("journal", "Journal").to(1)),
        ]);
        let text = through(&graph, 1, 0, 2).expect("the clock needs the journal");
        let path =
            ["`Journal` needs `dyn Time` for `clock`", "`SystemClock` needs `Journal` for `journal`", "`Journal`"];
        assert_eq!(lines(&text), path);
        assert_eq!(through(&graph, 1, 0, 0), None);
    }

    #[test]
    fn each_of_several_cycles_is_told_once() {
        let nodes = [
            node("a", "A").needs(edge("b", "B").to(1)).needs(edge("c", "C").to(2)).needs(edge("again", "B").to(1)),
            node("b", "B").needs(edge("a", "A").to(0)),
            node("c", "C").needs(edge("a", "A").to(0)),
            node("d", "D").needs(edge("e", "E").to(4)).needs(edge("a", "A").to(0)),
            node("e", "E").needs(edge("d", "D").to(3)),
        ];
        let expected: [(usize, &[&str]); 3] = [
            (0, &["`A` needs `B` for `b`", "`B` needs `A` for `a`", "`A`"]),
            (0, &["`A` needs `C` for `c`", "`C` needs `A` for `a`", "`A`"]),
            (3, &["`D` needs `E` for `e`", "`E` needs `D` for `d`", "`D`"]),
        ];
        check(nodes, &expected);
    }
}
