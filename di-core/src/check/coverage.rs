//! DI0010: too few services answer an interface, or too many dependencies name a concrete type.

use crate::graph::{Graph, Kind, Node, Registration, Target, Wanted};

use super::text::Text;

/// How many of how many.
#[derive(Clone, Copy)]
pub(crate) struct Share {
    pub(crate) part: usize,
    pub(crate) whole: usize,
}

impl Share {
    const NONE: Self = Self { part: 0, whole: 0 };

    const fn with(self, counts: bool) -> Self {
        Self { part: self.part + counts as usize, whole: self.whole + 1 }
    }

    const fn and(self, other: Self) -> Self {
        Self { part: self.part + other.part, whole: self.whole + other.whole }
    }

    /// In per cent, rounded down; of nothing, all.
    pub(crate) const fn percent(self) -> usize {
        match (self.part * 100).checked_div(self.whole) {
            Some(percent) => percent,
            None => 100,
        }
    }
}

/// Services that answer at least one interface, over all services; those of modules included.
pub(crate) const fn interface_coverage(graph: &Graph) -> Share {
    let mut share = Share::NONE;
    let mut index = 0;
    while index < graph.nodes.len() {
        let node = &graph.nodes[index];
        if is_service(node) {
            share = share.with(answers_an_interface(node));
        } else if let Kind::Module(inner) = node.kind {
            share = share.and(interface_coverage(inner));
        }
        index += 1;
    }
    share
}

/// Dependencies that name the concrete type of a service, over all dependencies on services.
pub(crate) const fn coupling(graph: &Graph) -> Share {
    let mut share = Share::NONE;
    let mut index = 0;
    while index < graph.nodes.len() {
        let node = &graph.nodes[index];
        if is_service(node) {
            let mut edge = 0;
            while edge < node.edges.len() {
                if let Some(concrete) = couples(graph, node, edge) {
                    share = share.with(concrete);
                }
                edge += 1;
            }
        } else if let Kind::Module(inner) = node.kind {
            share = share.and(coupling(inner));
        }
        index += 1;
    }
    share
}

const fn is_service(node: &Node) -> bool {
    matches!(node.kind, Kind::Singleton | Kind::Transient)
}

const fn answers_an_interface(node: &Node) -> bool {
    node.group.is_some()
        || (!node.interfaces.is_empty() && matches!(node.registration, Registration::Dual | Registration::Interface))
}

/// Whether a dependency names a concrete type; nothing for one that is not on a service: a value, or what a factory makes.
const fn couples(graph: &Graph, node: &Node, edge: usize) -> Option<bool> {
    let edge = &node.edges[edge];
    if matches!(edge.wanted, Wanted::Factory) {
        return None;
    }
    match edge.target {
        Target::Node(target) | Target::Deferred(target) => match graph.nodes[target].kind {
            Kind::Input | Kind::Inherited if edge.is_concrete() => None,
            _ => Some(edge.is_concrete()),
        },
        Target::Absent | Target::Missing => None,
    }
}

/// The services without an interface, if the share of those with one is below the limit.
pub(super) const fn coverage_fault(graph: &Graph, at_least: usize) -> Option<Text> {
    let share = interface_coverage(graph);
    if share.percent() >= at_least {
        return None;
    }
    let text = measured(graph, share, " services answer an interface: ", "at least ", at_least);
    let text = without_interface(text.push("\n\n    these do not:"), graph);
    Some(text.push("\n\n  help: `#[service(provides = ..)]` on them, or lower `interface_coverage`").see("DI0010"))
}

/// The dependencies on concrete types, if their share is above the limit.
pub(super) const fn coupling_fault(graph: &Graph, at_most: usize) -> Option<Text> {
    let share = coupling(graph);
    if share.whole == 0 || share.percent() <= at_most {
        return None;
    }
    let text = measured(graph, share, " dependencies name a concrete type: ", "at most ", at_most);
    let text = concrete_edges(text.push("\n\n    these do:"), graph);
    Some(text.push("\n\n  help: ask for `Arc<dyn ..>` there, or raise `max_coupling`").see("DI0010"))
}

const fn measured(graph: &Graph, share: Share, what: &str, limit: &str, percent: usize) -> Text {
    Text::new()
        .push("[DI0010] in `")
        .push(graph.container)
        .push("`, ")
        .number(share.part)
        .push(" of ")
        .number(share.whole)
        .push(what)
        .number(share.percent())
        .push(" %, and ")
        .push(limit)
        .number(percent)
        .push(" % are wanted")
}

const fn without_interface(mut text: Text, graph: &Graph) -> Text {
    let mut index = 0;
    while index < graph.nodes.len() {
        let node = &graph.nodes[index];
        if is_service(node) && !answers_an_interface(node) {
            text = text.push("\n    `").push(node.field).push(": ").push(node.service).push("`");
        } else if let Kind::Module(inner) = node.kind {
            text = without_interface(text, inner);
        }
        index += 1;
    }
    text
}

const fn concrete_edges(mut text: Text, graph: &Graph) -> Text {
    let mut index = 0;
    while index < graph.nodes.len() {
        let node = &graph.nodes[index];
        if let Kind::Module(inner) = node.kind {
            text = concrete_edges(text, inner);
        }
        let mut edge = 0;
        while is_service(node) && edge < node.edges.len() {
            if let Some(true) = couples(graph, node, edge) {
                let edge = &node.edges[edge];
                text = text.push("\n    `").push(node.service).push("` asks for `").push(edge.key);
                text = text.push("` for `").push(edge.member).push("`");
            }
            edge += 1;
        }
        index += 1;
    }
    text
}
