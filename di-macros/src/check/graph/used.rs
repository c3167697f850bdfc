//! DI0011: a binding that nothing uses.

use super::message::Message;
use crate::errors::Code;
use crate::graph::{Graph, Kind, Node, Registration};

/// The nodes that nothing uses, each with the text of its warning; none in a container that names no entry, because
/// everything may then be used from outside.
pub(crate) fn unused(graph: &Graph, exports: impl IntoIterator<Item = String>) -> Vec<(usize, String)> {
    if !graph.nodes.iter().any(|node| node.entry) {
        return Vec::new();
    }
    let exports: Vec<String> = exports.into_iter().collect();
    let is_used = |index: usize, node: &Node| {
        graph.dependencies().any(|dependency| dependency.edge.may_reach(index))
            || exports.iter().any(|export| node.names(export))
    };
    let nodes = graph.nodes.iter().enumerate();
    let unused = nodes.filter(|(index, node)| is_suspect(node) && !is_used(*index, node));
    unused.map(|(index, node)| (index, text(&graph.container, node))).collect()
}

/// Whether only somebody's need gives it a purpose.
fn is_suspect(node: &Node) -> bool {
    matches!(node.kind, Kind::Singleton | Kind::Transient | Kind::Input | Kind::Inherited)
        && node.registration != Registration::GroupOnly
        && !node.entry
        && !node.has_life
        && !node.may_be_unused
}

fn text(container: &str, node: &Node) -> String {
    Message::new(Code::DI0011, format!("nothing in `{container}` needs {}", node.written()))
        .help("remove the field")
        .help("mark it `#[entry]`, if it is used from outside; `#[allow(unused)]` silences this")
        .into_text()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::samples::{NodeBuilder, edge, graph, lazy, node};

    #[track_caller]
    fn check(nodes: impl IntoIterator<Item = NodeBuilder>, expected: &[usize]) {
        let unused = unused(&graph(nodes), ["dyn app::ITracer".to_owned()]);
        let indices: Vec<usize> = unused.into_iter().map(|(index, _)| index).collect();
        assert_eq!(indices, expected);
    }

    fn engine() -> NodeBuilder {
        node("engine", "Engine").with(|node| node.entry = true)
    }

    #[test]
    fn what_nothing_uses_is_told() {
        let text = "[DI0011] nothing in `App` needs `journal: Journal`

  help: remove the field
  help: or mark it `#[entry]`, if it is used from outside; `#[allow(unused)]` silences this
  see `di_core::diagnostics::DI0011`";
        assert_eq!(unused(&graph([engine(), node("journal", "Journal")]), []), [(1, text.to_owned())]);
    }

    #[test]
    fn a_container_without_entries_is_not_asked() {
        check([node("journal", "Journal")], &[]);
    }

    #[test]
    fn whatever_may_answer_something_is_used() {
        let engine = engine()
            .needs(edge("clock", "Clock").to(1))
            .needs(lazy("journal", "Journal").deferred(2))
            .needs(edge("renamed", "Renamed").typed(&[3, 4]));
        let others = ["clock", "journal", "left", "right", "unused"].map(|field| node(field, "Service"));
        check([engine].into_iter().chain(others), &[5]);
    }

    #[test]
    fn what_has_another_purpose_is_used() {
        let others = [
            node("exported", "Tracer").provides("dyn ITracer"),
            node("alive", "Alive").with(|node| node.has_life = true),
            node("allowed", "Allowed").with(|node| node.may_be_unused = true),
            node("member", "Member").registered(Registration::GroupOnly),
            node("module", "Module").kind(Kind::Module),
            node("scope", "Scope").kind(Kind::Scope),
            node("unused", "String").kind(Kind::Input),
            node("unasked", "String").kind(Kind::Inherited),
            node("unmade", "Ticket").kind(Kind::Transient),
        ];
        check([engine()].into_iter().chain(others), &[7, 8, 9]);
    }
}
