//! Walks through a graph, and questions about its nodes and edges.

use super::text::{alike, is_interface};
use super::{Edge, Graph, Kind, Node, Registration, Target, Wanted};
use crate::model::mode::Mode;

/// How many services of a chain are shown.
const SHOWN: usize = 12;

/// An edge with the node that needs it.
#[derive(Clone, Copy)]
pub(crate) struct Dependency<'a> {
    /// The index of the node that needs it.
    pub(crate) node: usize,
    /// The index of the edge in that node.
    pub(crate) index: usize,
    pub(crate) consumer: &'a Node,
    pub(crate) edge: &'a Edge,
}

impl Graph {
    /// All dependencies, in declaration order.
    pub(crate) fn dependencies(&self) -> impl Iterator<Item = Dependency<'_>> {
        self.nodes.iter().enumerate().flat_map(|(node, consumer)| {
            let edges = consumer.edges.iter().enumerate();
            edges.map(move |(index, edge)| Dependency { node, index, consumer, edge })
        })
    }

    pub(crate) fn dependency(&self, node: usize, index: usize) -> Option<Dependency<'_>> {
        let consumer = self.nodes.get(node)?;
        let edge = consumer.edges.get(index)?;
        Some(Dependency { node, index, consumer, edge })
    }

    /// Some way from the node up to one that nobody needs: first the node, then who needs it, and so on. Each step is one that
    /// the text is sure of.
    pub(crate) fn path_to(&self, node: usize) -> Vec<usize> {
        let mut path = vec![node];
        let mut last = node;
        while path.len() < SHOWN
            && let Some(next) = self.certain_dependents(last).find(|dependent| !path.contains(dependent))
        {
            path.push(next);
            last = next;
        }
        path
    }

    /// The nodes that need this one before they can be built; not those of which only the types tell.
    fn certain_dependents(&self, node: usize) -> impl Iterator<Item = usize> {
        let needs = move |consumer: &Node| consumer.edges.iter().any(|edge| edge.target == Target::Node(node));
        self.nodes.iter().enumerate().filter(move |(_, consumer)| needs(consumer)).map(|(index, _)| index)
    }
}

impl Node {
    /// Whether it is built together with the container.
    pub(crate) fn is_built(&self) -> bool {
        !matches!(self.kind, Kind::Transient | Kind::Scope)
    }

    /// How it is built: as its constructor is, or as a module declares.
    pub(crate) fn mode(&self) -> Mode {
        Mode { is_async: self.is_async, is_fallible: self.is_fallible }
    }

    /// Whether it is built, and its instance kept.
    pub(crate) fn is_kept(&self) -> bool {
        self.is_built() && self.kind != Kind::Unknown
    }

    /// Whether an instance of it can be asked for; of a transient, one that takes no argument and is there at once.
    pub(crate) fn is_given(&self) -> bool {
        self.kind != Kind::Transient || self.args.is_empty() && !self.is_async && !self.is_fallible
    }

    /// Whether it is a service of the container's own.
    pub(crate) fn is_service(&self) -> bool {
        matches!(self.kind, Kind::Singleton | Kind::Transient)
    }

    /// What a person calls it: its service; of a group, its interface.
    pub(crate) fn label(&self) -> &str {
        if self.kind == Kind::Group { &self.field } else { &self.service }
    }

    /// As the container writes it: `` `clock: SystemClock` ``.
    pub(crate) fn written(&self) -> String {
        format!("`{}: {}`", self.field, self.service)
    }

    /// Whether it is called like the key, or provides an interface that is.
    pub(crate) fn names(&self, key: &str) -> bool {
        alike(self.label(), key) || self.interfaces.iter().any(|interface| alike(interface, key))
    }

    /// The file in which its service, or its container, stands.
    pub(crate) fn file(&self) -> Option<&str> {
        self.location.as_ref().map(|location| location.file.as_str())
    }

    /// Whether its interfaces answer outside of groups.
    pub(crate) fn answers_interfaces(&self) -> bool {
        matches!(self.registration, Registration::Dual | Registration::Interface)
    }

    /// Whether its own type answers outside of groups.
    pub(crate) fn answers_concretely(&self) -> bool {
        matches!(self.registration, Registration::Dual | Registration::Concrete)
    }

    /// Whether a part of a module or scope is called like the key; what it inherits is not its own.
    pub(crate) fn has_part(&self, key: &str) -> bool {
        let is_inherited = |field: &str| self.edges.iter().any(|edge| edge.member == field);
        self.parts.iter().any(|part| alike(&part.service, key) && !is_inherited(&part.field))
    }
}

impl Edge {
    /// Whether it names a concrete type, not an interface.
    pub(crate) fn is_concrete(&self) -> bool {
        !is_interface(&self.key)
    }

    /// Whether this node may be the one that answers, now or later.
    pub(crate) fn may_reach(&self, node: usize) -> bool {
        match &self.target {
            Target::Node(target) | Target::Deferred(target) => *target == node,
            Target::Typed(candidates) => candidates.contains(&node),
            Target::Absent | Target::Missing => false,
        }
    }
}

impl Wanted {
    /// The type to write for this key in the same form.
    pub(crate) fn of(self, key: &str) -> String {
        match self {
            Self::One | Self::Unknown => format!("Arc<{key}>"),
            Self::Optional => format!("Option<Arc<{key}>>"),
            Self::Many => format!("Many<{key}>"),
            Self::Lazy => format!("Lazy<{key}>"),
            Self::Factory => format!("Factory<{key}, ..>"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::samples::{edge, graph, lazy, node};

    #[test]
    fn a_path_leads_up_to_what_nobody_needs() {
        let nodes = [
            node("clock", "Clock"),
            node("journal", "Journal").needs(edge("clock", "Clock").to(0)),
            node("market", "Market").needs(edge("journal", "Journal").to(1)),
            node("late", "Late").needs(lazy("market", "Market").deferred(2)),
        ];
        assert_eq!(graph(nodes).path_to(0), [0, 1, 2]);
    }

    #[test]
    fn a_path_makes_no_step_that_only_the_types_could_confirm() {
        let nodes = [node("desk", "Desk"), node("market", "Market").needs(edge("quote", "Quote").typed(&[0]))];
        assert_eq!(graph(nodes).path_to(0), [0]);
    }

    #[test]
    fn a_path_through_a_cycle_ends() {
        let nodes = [
            node("left", "Left").needs(edge("right", "Right").to(1)),
            node("right", "Right").needs(edge("left", "Left").to(0)),
        ];
        assert_eq!(graph(nodes).path_to(0), [0, 1]);
    }

    #[test]
    fn what_a_module_inherits_is_no_part_of_its_own() {
        let module = node("time", "Time")
            .kind(Kind::Module)
            .part("clock", "a::Clock")
            .part("journal", "Journal")
            .needs(edge("journal", "Journal").to(0))
            .into_node();
        assert!(module.has_part("Clock"));
        assert!(!module.has_part("Journal"));
    }

    #[test]
    fn a_key_is_written_in_the_form_that_is_wanted() {
        let forms = [Wanted::One, Wanted::Optional, Wanted::Many, Wanted::Lazy, Wanted::Factory, Wanted::Unknown];
        let written = forms.map(|wanted| wanted.of("T"));
        assert_eq!(written, ["Arc<T>", "Option<Arc<T>>", "Many<T>", "Lazy<T>", "Factory<T, ..>", "Arc<T>"]);
    }
}
