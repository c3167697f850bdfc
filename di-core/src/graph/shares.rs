//! Interface coverage and coupling: shares of a graph that a migration watches.

use super::{Edge, Graph, Kind, Node, Registration, Target, Wanted};

/// How many of how many.
#[derive(Clone, Copy)]
struct Share {
    part: usize,
    whole: usize,
}

impl Share {
    const NONE: Self = Self { part: 0, whole: 0 };

    const fn with(self, counts: bool) -> Self {
        Self { part: self.part + counts as usize, whole: self.whole + 1 }
    }

    const fn and(self, other: Self) -> Self {
        Self { part: self.part + other.part, whole: self.whole + other.whole }
    }

    /// In per cent, rounded down; `none` if there is nothing to count.
    const fn percent(self, none: usize) -> usize {
        match (self.part * 100).checked_div(self.whole) {
            Some(percent) => percent,
            None => none,
        }
    }
}

impl Graph {
    /// How many of its services answer at least one interface, in per cent, rounded down; those of modules included.
    ///
    /// ```
    /// # use di_core::{Container, container, service};
    /// #[service]
    /// pub struct Clock;
    ///
    /// #[container]
    /// pub struct App {
    ///     clock: Clock,
    /// }
    ///
    /// assert_eq!(App::GRAPH.interface_coverage(), 0);
    /// ```
    pub const fn interface_coverage(&self) -> usize {
        coverage(self).percent(100)
    }

    /// How many of the dependencies between its services name a concrete type, in per cent, rounded down.
    pub const fn coupling(&self) -> usize {
        coupling(self).percent(0)
    }
}

const fn coverage(graph: &Graph) -> Share {
    let mut share = Share::NONE;
    let mut index = 0;
    while index < graph.nodes.len() {
        let node = &graph.nodes[index];
        if is_service(node) {
            share = share.with(answers_an_interface(node));
        } else if let Kind::Module(inner) = node.kind {
            share = share.and(coverage(inner));
        }
        index += 1;
    }
    share
}

const fn coupling(graph: &Graph) -> Share {
    let mut share = Share::NONE;
    let mut index = 0;
    while index < graph.nodes.len() {
        let node = &graph.nodes[index];
        if is_service(node) {
            let mut edge = 0;
            while edge < node.edges.len() {
                if let Some(concrete) = couples(graph, &node.edges[edge]) {
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
const fn couples(graph: &Graph, edge: &Edge) -> Option<bool> {
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
