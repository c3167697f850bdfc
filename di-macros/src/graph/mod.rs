//! The graph of a container as text: what the literals of its services and its own fields say.
//!
//! Text proposes, types decide: an edge whose key the text does not find, or finds several times, is
//! [`Target::Typed`], and the generated code leaves it to the compiler.

mod build;
pub(crate) mod exports;
mod names;
mod order;
#[cfg(test)]
pub(crate) mod samples;
pub(crate) mod text;
mod walk;

pub(crate) use names::{Named, Names};
pub(crate) use walk::Dependency;

use crate::model::mode::Mode;
use crate::spans::Location;

/// Everything that exists in a container, what needs what, and in which order it is built.
pub(crate) struct Graph {
    /// The container's name.
    pub(crate) container: String,
    /// The file in which it stands.
    pub(crate) file: Option<String>,
    /// Its fields in declaration order, then its groups.
    pub(crate) nodes: Vec<Node>,
    /// The keys of the nodes by their last names.
    pub(crate) names: Names,
    /// The indices of the nodes, dependencies first; of a graph with cycles, as good as it gets.
    pub(crate) order: Vec<usize>,
}

/// Something that exists in a container.
pub(crate) struct Node {
    /// The field's name, without `r#`; the interface of a group.
    pub(crate) field: String,
    /// The service's type, or an input's key, as the container writes it.
    pub(crate) service: String,
    pub(crate) kind: Kind,
    /// What comes from outside is a whole group: `Many<..>` of the key.
    pub(crate) is_many: bool,
    /// What comes from outside may be missing: `Option<Arc<..>>`.
    pub(crate) is_optional: bool,
    pub(crate) registration: Registration,
    /// The field says itself how it is registered.
    pub(crate) is_registered_itself: bool,
    /// `dyn I` each, as the service writes them, type parameters replaced.
    pub(crate) interfaces: Vec<String>,
    pub(crate) qualifier: Option<String>,
    /// The interface of the group of which it is a member.
    pub(crate) group: Option<String>,
    /// The key in that group, as the container writes it.
    pub(crate) key: Option<Key>,
    pub(crate) edges: Vec<Edge>,
    pub(crate) is_async: bool,
    pub(crate) is_fallible: bool,
    /// The function that provides it, as a service of its own.
    pub(crate) function: Option<String>,
    /// `#[entry]`
    pub(crate) entry: bool,
    /// It says `lifecycle`, `health` or `close`, so that it is used without being needed.
    pub(crate) has_life: bool,
    /// The concrete key still answers, but is on its way out.
    pub(crate) winding_down: bool,
    /// `#[allow(unused)]`
    pub(crate) may_be_unused: bool,
    /// The names of the arguments that the caller of a factory gives.
    pub(crate) args: Vec<String>,
    /// The types of these arguments.
    pub(crate) arg_types: Vec<String>,
    /// What stood in its place before an override, as the other container writes it.
    pub(crate) replaces: Option<String>,
    /// Where the service, or the container, stands.
    pub(crate) location: Option<Location>,
    /// Of a module or scope: its fields, as far as they are known where it is written.
    pub(crate) parts: Vec<Part>,
}

/// A key in a group.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Key {
    /// A text.
    Literal(String),
    /// A constant, as it is written: the compiler knows its text.
    Constant(String),
}

/// A field of a module or scope.
pub(crate) struct Part {
    pub(crate) field: String,
    /// Its type, or an input's key, as the module writes it.
    pub(crate) service: String,
    /// It is a module or a scope.
    pub(crate) is_container: bool,
}

/// How long a node lives and where it comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    Singleton,
    Transient,
    Input,
    Inherited,
    Group,
    Module,
    Scope,
    /// Its type has no hidden macro: it is not a service, or an alias of one (DI0005).
    Unknown,
}

/// Which keys a field answers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Registration {
    Dual,
    Interface,
    Concrete,
    /// It is a member of a group, and answers nothing else.
    GroupOnly,
}

/// A dependency: who is needed for which field or argument.
pub(crate) struct Edge {
    /// The field or argument.
    pub(crate) member: String,
    /// The key, as the service writes it, type parameters replaced.
    pub(crate) key: String,
    pub(crate) wanted: Wanted,
    pub(crate) qualifier: Option<String>,
    pub(crate) target: Target,
}

/// In which form a dependency is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Wanted {
    One,
    Optional,
    Many,
    Lazy,
    Factory,
    /// Its text does not tell: an alias, an associated type, a macro, or nothing that can be injected.
    Unknown,
}

/// What answers a dependency.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Target {
    /// A node, which is built before.
    Node(usize),
    /// A node, which need not be built before.
    Deferred(usize),
    /// The container says that there is none.
    Absent,
    /// Nothing, whatever the types say.
    Missing,
    /// The types decide among these nodes.
    Typed(Vec<usize>),
}

impl Graph {
    /// The mode that the constructors of what is built ask for: async where one is, fallible where one is.
    pub(crate) fn mode(&self) -> Mode {
        let built = || self.nodes.iter().filter(|node| node.is_built());
        Mode { is_async: built().any(|node| node.is_async), is_fallible: built().any(|node| node.is_fallible) }
    }

    /// Leaves nothing to the types where the text has told that these nodes answer one key: the fault is reported once.
    pub(crate) fn leave_untyped(&mut self, told: &[usize]) {
        for edge in self.nodes.iter_mut().flat_map(|node| &mut node.edges) {
            if matches!(&edge.target, Target::Typed(candidates) if candidates == told) {
                edge.target = Target::Missing;
            }
        }
    }
}
