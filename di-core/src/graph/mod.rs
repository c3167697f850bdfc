//! The constant graph of a container: a node per field, an edge per dependency, and the build order.

mod places;
mod print;
mod shares;
pub(crate) mod tables;
pub(crate) mod text;
mod walk;

pub use places::Place;

/// Everything that exists in a container, what needs what, and in which order it is built.
///
/// It is a constant: the compiler checks it, and `App::GRAPH` can be read, printed and drawn.
///
/// ```
/// use std::sync::Arc;
/// use di_core::{Container, container, service};
///
/// #[service]
/// pub struct Clock;
///
/// #[service]
/// pub struct Journal {
///     clock: Arc<Clock>,
/// }
///
/// #[container]
/// pub struct App {
///     journal: Journal,
///     clock: Clock,
/// }
///
/// let order: Vec<_> = App::GRAPH.build_order().map(|node| node.service).collect();
/// assert_eq!(order, ["Clock", "Journal"]);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Graph {
    /// The container's name.
    pub container: &'static str,
    /// Its nodes, in declaration order; groups come last.
    pub nodes: &'static [Node],
    /// The indices of the nodes, dependencies first.
    pub order: &'static [usize],
    /// How services are registered whose fields say nothing themselves: `register = ..`.
    pub register: Registration,
    /// The interfaces that the container declares absent.
    pub absent: &'static [&'static str],
    pub(crate) is_async: bool,
    pub(crate) is_fallible: bool,
    /// Where fields and services stand.
    pub(crate) places: places::Places,
}

/// Tables that describe a graph.
#[doc(hidden)]
pub trait Described {
    /// The graph.
    const GRAPH: Graph;
}

/// Something that exists in a container.
#[derive(Debug, Clone, Copy)]
pub struct Node {
    /// The field's name.
    pub field: &'static str,
    /// The service's name, or an input's type, as the container writes it.
    pub service: &'static str,
    /// How long it lives and where it comes from.
    pub kind: Kind,
    /// Which keys answer.
    pub registration: Registration,
    /// Whether its field says so itself: `#[register(..)]`.
    pub is_registered_itself: bool,
    /// Whether its concrete key is on its way out: `concrete = deprecated`, or `#[register(.., deprecated)]`.
    pub is_deprecated: bool,
    /// The interfaces that the service provides.
    pub interfaces: &'static [&'static str],
    /// The marker type under which the binding stands, if any.
    pub qualifier: Option<&'static str>,
    /// The group of which it is a member, if any.
    pub group: Option<&'static str>,
    /// The key in that group, if any.
    pub key: Option<&'static str>,
    /// What stood in its place in the container from which this one was made, if anything did.
    pub replaces: Option<&'static str>,
    /// What it needs, in declaration order.
    pub edges: &'static [Edge],
    /// Whether its constructor is async.
    pub is_async: bool,
    /// Whether its constructor can fail.
    pub is_fallible: bool,
    /// Whether it is used from outside the graph: `#[entry]`.
    pub entry: bool,
    /// Whether callers give some of its arguments: `#[arg]`. Then only a factory makes it.
    pub has_args: bool,
}

/// How long a node lives and where it comes from.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// One instance, as long as the container.
    Singleton,
    /// A new instance per resolution.
    Transient,
    /// Supplied by the caller.
    Input,
    /// Resolved from the container around it.
    Inherited,
    /// The members of a group, as one slice.
    Group,
    /// A container inside.
    Module(&'static Graph),
    /// A container that is built many times from this one.
    Scope(&'static Graph),
}

/// Which keys a field answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Registration {
    /// The interfaces and the concrete type.
    Dual,
    /// The interfaces only.
    Interface,
    /// The concrete type only.
    Concrete,
    /// Neither: it is a member of a group.
    GroupOnly,
}

/// A dependency: who is needed for which field or argument.
#[derive(Debug, Clone, Copy)]
pub struct Edge {
    /// The field or argument.
    pub member: &'static str,
    /// The key, as the service writes it.
    pub key: &'static str,
    /// In which form it is asked for.
    pub wanted: Wanted,
    /// The marker type under which it is asked for, if any.
    pub qualifier: Option<&'static str>,
    /// The node that answers.
    pub target: Target,
    /// Whether it names an interface, as the types say where the text does not tell.
    pub(crate) by_interface: bool,
}

/// In which form a dependency is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// `Arc<..>`
    One,
    /// `Option<Arc<..>>`
    Optional,
    /// `Many<..>`
    Many,
    /// `Lazy<..>`
    Lazy,
    /// `Factory<..>`
    Factory,
}

/// What answers a dependency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// A node, which is built before.
    Node(usize),
    /// A node, which need not be built before.
    Deferred(usize),
    /// The container says that there is none.
    Absent,
    /// Nothing: such a container does not compile.
    Missing,
}

impl Edge {
    /// Whether it names a concrete type, not an interface.
    pub const fn is_concrete(&self) -> bool {
        !self.by_interface
    }
}

impl Node {
    /// Whether it is built together with the container.
    pub const fn is_built(&self) -> bool {
        !matches!(self.kind, Kind::Transient | Kind::Scope(_))
    }
}

impl Graph {
    /// The nodes in build order.
    pub fn build_order(&self) -> impl Iterator<Item = &'static Node> {
        let nodes = self.nodes;
        self.order.iter().filter_map(move |index| nodes.get(*index))
    }

    /// Whether building it takes a future: as it declares, or because of a constructor.
    pub const fn is_async(&self) -> bool {
        self.is_async
    }

    /// Whether building it can fail: as it declares, or because of a constructor.
    pub const fn is_fallible(&self) -> bool {
        self.is_fallible
    }
}
