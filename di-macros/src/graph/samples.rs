//! Builders of small graphs for the tests of the rules.

use super::names::Names;
use super::order::order;
use crate::spans::Location;

use super::{Edge, Graph, Kind, Node, Part, Registration, Target, Wanted};

/// A singleton.
pub(crate) fn node(field: &str, service: &str) -> NodeBuilder {
    NodeBuilder(Node {
        field: field.to_owned(),
        service: service.to_owned(),
        kind: Kind::Singleton,
        is_many: false,
        is_optional: false,
        registration: Registration::Dual,
        is_registered_itself: false,
        interfaces: Vec::new(),
        qualifier: None,
        group: None,
        key: None,
        edges: Vec::new(),
        is_async: false,
        is_fallible: false,
        function: None,
        entry: false,
        has_life: false,
        winding_down: false,
        may_be_unused: false,
        args: Vec::new(),
        arg_types: Vec::new(),
        replaces: None,
        location: Some(Location { file: "lib.rs".to_owned(), line: 1 }),
        parts: Vec::new(),
    })
}

/// An `Arc<key>` that nothing answers.
pub(crate) fn edge(member: &str, key: &str) -> EdgeBuilder {
    EdgeBuilder(Edge {
        member: member.to_owned(),
        key: key.to_owned(),
        wanted: Wanted::One,
        qualifier: None,
        target: Target::Missing,
    })
}

/// A `Lazy<key>` that nothing answers.
pub(crate) fn lazy(member: &str, key: &str) -> EdgeBuilder {
    edge(member, key).wanted(Wanted::Lazy)
}

/// The graph of `App`.
pub(crate) fn graph(nodes: impl IntoIterator<Item = NodeBuilder>) -> Graph {
    let nodes: Vec<Node> = nodes.into_iter().map(NodeBuilder::into_node).collect();
    let (names, order) = (Names::of(&nodes), order(&nodes));
    Graph { container: "App".to_owned(), file: Some("lib.rs".to_owned()), names, order, nodes }
}

pub(crate) struct NodeBuilder(Node);

impl NodeBuilder {
    pub(crate) fn needs(mut self, edge: EdgeBuilder) -> Self {
        self.0.edges.push(edge.0);
        self
    }

    pub(crate) fn kind(mut self, kind: Kind) -> Self {
        self.0.kind = kind;
        self
    }

    pub(crate) fn provides(mut self, interface: &str) -> Self {
        self.0.interfaces.push(interface.to_owned());
        self
    }

    pub(crate) fn registered(mut self, registration: Registration) -> Self {
        self.0.registration = registration;
        self
    }

    pub(crate) fn qualified(mut self, qualifier: &str) -> Self {
        self.0.qualifier = Some(qualifier.to_owned());
        self
    }

    pub(crate) fn part(mut self, field: &str, service: &str) -> Self {
        self.0.parts.push(Part { field: field.to_owned(), service: service.to_owned(), is_container: false });
        self
    }

    /// Whatever has no method of its own.
    pub(crate) fn with(mut self, change: impl FnOnce(&mut Node)) -> Self {
        change(&mut self.0);
        self
    }

    pub(crate) fn into_node(self) -> Node {
        self.0
    }
}

pub(crate) struct EdgeBuilder(Edge);

impl EdgeBuilder {
    pub(crate) fn wanted(mut self, wanted: Wanted) -> Self {
        self.0.wanted = wanted;
        self
    }

    pub(crate) fn qualified(mut self, qualifier: &str) -> Self {
        self.0.qualifier = Some(qualifier.to_owned());
        self
    }

    pub(crate) fn to(self, node: usize) -> Self {
        self.target(Target::Node(node))
    }

    pub(crate) fn deferred(self, node: usize) -> Self {
        self.target(Target::Deferred(node))
    }

    pub(crate) fn typed(self, candidates: &[usize]) -> Self {
        self.target(Target::Typed(candidates.to_vec()))
    }

    pub(crate) fn target(mut self, target: Target) -> Self {
        self.0.target = target;
        self
    }

    pub(crate) fn into_edge(self) -> Edge {
        self.0
    }
}
