//! The graph of a container, with everything inside it, as plain values.

use core::fmt;
use core::str::FromStr;

/// The position of a node in [`Model::nodes`].
pub(crate) type NodeId = usize;

/// A container and all that is in it: its nodes, then those of its modules and scopes, depth first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Model {
    /// The containers; the first is the outermost.
    pub(crate) containers: Vec<Container>,
    /// The nodes of all containers.
    pub(crate) nodes: Vec<Node>,
}

/// One container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Container {
    /// Its name.
    pub(crate) name: String,
    /// The node of the container around it; nothing for the outermost.
    pub(crate) holder: Option<NodeId>,
    /// What it says for fields that say nothing themselves, where the graph tells.
    pub(crate) register: Option<Registration>,
    /// Interfaces that it declares absent, where the graph tells.
    pub(crate) absent: Vec<String>,
    /// Its nodes in build order.
    pub(crate) order: Vec<NodeId>,
}

/// Something that exists in a container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Node {
    /// Its container, as a position in [`Model::containers`].
    pub(crate) container: usize,
    /// The fields from the outermost container to this node, joined by dots: `monitoring.alerts`. Unique in the model.
    pub(crate) path: String,
    /// The field's name.
    pub(crate) field: String,
    /// The service's name, or an input's type.
    pub(crate) service: String,
    /// How long it lives and where it comes from.
    pub(crate) kind: Kind,
    /// Which keys answer.
    pub(crate) registration: Registration,
    /// Whether the field itself says how it is registered, where the graph tells.
    pub(crate) explicit: Option<bool>,
    /// Whether its concrete key is being wound down, where the graph tells.
    pub(crate) deprecated: Option<bool>,
    /// The interfaces that it provides; what a module exports.
    pub(crate) interfaces: Vec<String>,
    /// The marker type under which the binding stands.
    pub(crate) qualifier: Option<String>,
    /// The group of which it is a member.
    pub(crate) group: Option<String>,
    /// The key in that group.
    pub(crate) key: Option<String>,
    /// What it needs, in declaration order.
    pub(crate) edges: Vec<Edge>,
    /// Whether its constructor is async.
    pub(crate) is_async: bool,
    /// Whether its constructor can fail.
    pub(crate) is_fallible: bool,
    /// Whether it is used from outside the graph.
    pub(crate) entry: bool,
    /// Whether callers give some of its arguments, so that only a factory makes it.
    pub(crate) has_args: bool,
    /// The container inside, for a module or a scope.
    pub(crate) inner: Option<usize>,
    /// What stood in its place before an override, where the graph tells.
    pub(crate) replaces: Option<String>,
    /// Where the field stands, where the graph tells.
    pub(crate) field_at: Option<Place>,
    /// Where the service stands, where the graph tells.
    pub(crate) service_at: Option<Place>,
}

/// A line of a source file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// The file, as the compiler was given it.
    pub(crate) file: String,
    /// The line, counted from one.
    pub(crate) line: u32,
}

/// How long a node lives and where it comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Kind {
    Singleton,
    Transient,
    Input,
    Inherited,
    Group,
    Module,
    Scope,
}

/// Which keys a field answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Registration {
    /// The concrete type only.
    Concrete,
    /// The interfaces and the concrete type.
    Dual,
    /// The interfaces only.
    Interface,
    /// Neither: it is a member of a group.
    Group,
}

/// A dependency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Edge {
    /// The field or argument.
    pub(crate) member: String,
    /// The key, as the service writes it.
    pub(crate) key: String,
    /// Whether it names a concrete type, not an interface.
    pub(crate) concrete: bool,
    /// In which form it is asked for.
    pub(crate) form: Form,
    /// The marker type under which it is asked for.
    pub(crate) qualifier: Option<String>,
    /// What answers, in the same container; nothing for an optional dependency that is declared absent.
    pub(crate) target: Option<NodeId>,
    /// Whether the target need not be built before.
    pub(crate) deferred: bool,
}

/// In which form a dependency is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Form {
    One,
    Optional,
    Many,
    Lazy,
    Factory,
}

impl Model {
    /// The node at a path.
    pub(crate) fn find(&self, path: &str) -> Option<NodeId> {
        self.nodes.iter().position(|node| node.path == path)
    }

    /// The name of the outermost container.
    pub(crate) fn name(&self) -> &str {
        self.containers.first().map_or("", |container| container.name.as_str())
    }

    /// The nodes of a container in declaration order.
    pub(crate) fn nodes_of(&self, container: usize) -> impl Iterator<Item = (NodeId, &Node)> {
        self.nodes.iter().enumerate().filter(move |(_, node)| node.container == container)
    }

    /// The containers around a node, from the one that holds it to the outermost.
    pub(crate) fn around(&self, node: NodeId) -> impl Iterator<Item = usize> {
        let mut next = Some(self.nodes[node].container);
        core::iter::from_fn(move || {
            let current = next?;
            next = self.containers[current].holder.map(|holder| self.nodes[holder].container);
            Some(current)
        })
    }
}

impl Node {
    /// Whether it is a service, and neither a value nor a container.
    pub(crate) fn is_service(&self) -> bool {
        matches!(self.kind, Kind::Singleton | Kind::Transient)
    }

    /// Whether it answers at least one interface, by itself or as a member of a group.
    pub(crate) fn answers_an_interface(&self) -> bool {
        self.group.is_some() || (!self.interfaces.is_empty() && self.registration.answers_interfaces())
    }
}

impl Registration {
    /// Whether the interfaces answer.
    pub(crate) fn answers_interfaces(self) -> bool {
        matches!(self, Self::Dual | Self::Interface)
    }

    /// Whether the concrete type answers.
    pub(crate) fn answers_concrete(self) -> bool {
        matches!(self, Self::Dual | Self::Concrete)
    }

    /// The word for it, as `register = ..` takes it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Concrete => "concrete",
            Self::Dual => "dual",
            Self::Interface => "interface",
            Self::Group => "group",
        }
    }
}

/// A word that names no registration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownRegistration(String);

impl fmt::Display for UnknownRegistration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is no registration: expected one of interface, dual, concrete", self.0)
    }
}

impl core::error::Error for UnknownRegistration {}

impl FromStr for Registration {
    type Err = UnknownRegistration;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let found = [Self::Interface, Self::Dual, Self::Concrete].into_iter().find(|own| own.word() == word);
        found.ok_or_else(|| UnknownRegistration(word.to_owned()))
    }
}

impl Kind {
    /// The word for it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Singleton => "singleton",
            Self::Transient => "transient",
            Self::Input => "input",
            Self::Inherited => "inherited",
            Self::Group => "group",
            Self::Module => "module",
            Self::Scope => "scope",
        }
    }
}

/// Whether two keys mean the same as far as their text tells: alike from the last `::` before any generic argument.
pub(crate) fn alike(left: &str, right: &str) -> bool {
    last(left) == last(right)
}

fn last(key: &str) -> &str {
    let key = key.strip_prefix("dyn ").unwrap_or(key);
    let end = key.find('<').unwrap_or(key.len());
    key[..end].rfind("::").map_or(key, |position| &key[position + 2..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_alike_from_the_last_segment_on() {
        assert!(alike("dyn app::IClock", "dyn IClock"));
        assert!(alike("app::Market<a::Bybit>", "Market<a::Bybit>"));
        assert!(!alike("Market<a::Bybit>", "Market<b::Bybit>"));
        assert!(!alike("dyn IClock", "dyn IClocks"));
    }
}
