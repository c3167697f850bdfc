//! What a container's graph looks like to the compiler, when it does not build: `DI_SHOW_GRAPH=App cargo check`.

use crate::graph::{Edge, Graph, Kind, Node, Registration, Target, Wanted};

use super::text::Text;

/// Every node with what it answers, and every dependency with what answers it.
pub(super) const fn graph(graph: &Graph) -> Text {
    let mut text = Text::new()
        .push("the graph of `")
        .push(graph.container)
        .push("`, as `DI_SHOW_GRAPH` asks for it; this is no fault\n");
    let mut index = 0;
    while index < graph.nodes.len() {
        text = node(text, &graph.nodes[index]);
        let edges = graph.nodes[index].edges;
        let mut edge = 0;
        while edge < edges.len() {
            text = dependency(text, graph, &edges[edge]);
            edge += 1;
        }
        index += 1;
    }
    text
}

const fn node(text: Text, node: &Node) -> Text {
    let text = text.push("\n    ").push(node.field).push(": ").push(node.service);
    let text = match node.kind {
        Kind::Singleton | Kind::Unknown => text,
        Kind::Transient => text.push("  [transient]"),
        Kind::Input => text.push("  [input]"),
        Kind::Inherited => text.push("  [inherited]"),
        Kind::Group => text.push("  [group]"),
        Kind::Module(_) => text.push("  [module]"),
        Kind::Scope(_) => text.push("  [scope]"),
    };
    let text = match node.qualifier {
        Some(qualifier) => text.push("  [qualified ").push(qualifier).push("]"),
        None => text,
    };
    let text = match node.group {
        Some(group) => text.push("  [in ").push(group).push("]"),
        None => text,
    };
    if matches!(node.registration, Registration::Dual | Registration::Interface) {
        interfaces(text, node.interfaces)
    } else {
        text
    }
}

const fn interfaces(mut text: Text, interfaces: &[&str]) -> Text {
    let mut index = 0;
    while index < interfaces.len() {
        text = text.push(if index == 0 { "  provides " } else { ", " }).push(interfaces[index]);
        index += 1;
    }
    text
}

const fn dependency(text: Text, graph: &Graph, edge: &Edge) -> Text {
    let text = text.push("\n        ").push(edge.member).push(" <- ");
    let text = match edge.wanted {
        Wanted::One | Wanted::Nothing => text,
        Wanted::Optional => text.push("optional "),
        Wanted::Many => text.push("every "),
        Wanted::Lazy => text.push("later "),
        Wanted::Factory => text.push("new "),
    };
    let text = text.push(edge.key).under(edge.qualifier);
    match edge.target {
        Target::Node(target) | Target::Deferred(target) => text.push(" (").push(graph.nodes[target].field).push(")"),
        Target::Absent => text.push(" (absent)"),
        Target::Missing => text.push(" (MISSING)"),
    }
}
