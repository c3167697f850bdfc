//! What does the macro call of a container's field write down of its service?
//!
//! What is the same for all fields is a function here and not a text there: each expression of a constant is typed by the
//! compiler, once per field.

use crate::container::Assemble;
use crate::graph::{Edge, Member, Node, Target, Wanted};
use crate::mode::Moded;
use crate::service::{Filled, Service};

/// The field or group number `INDEX` of a container, as its own macro call wrote it.
#[doc(hidden)]
pub trait Field<const INDEX: usize>: Assemble {
    /// The node.
    const NODE: Node;

    /// Runs its constructor, and puts into its cell what comes of it; nothing for what is not built here.
    ///
    /// # Errors
    ///
    /// The constructor's own error.
    #[inline(always)]
    fn make(slots: &mut Self::Slots<Self::Building>) -> Filled {
        let _ = slots;
        Ok(())
    }
}

/// The node of the service `S`, with nothing said about it in the container but its field: it is a singleton.
#[doc(hidden)]
pub const fn node<S: Service>(field: &'static str, service: &'static str, edges: &'static [Edge]) -> Node {
    Node {
        field,
        service,
        interfaces: S::INFO.interfaces,
        edges,
        is_async: <S::Mode as Moded>::ASYNC,
        is_fallible: <S::Mode as Moded>::FALLIBLE,
        ..Node::EMPTY
    }
}

/// The edges of the service `S`, whose dependencies are answered by `targets`.
#[doc(hidden)]
pub const fn edges<S: Service, const N: usize>(targets: [Target; N]) -> [Edge; N] {
    const NOBODY: Member = Member { name: "", key: "", wanted: Wanted::Nothing, qualifier: None };
    let mut edges = [Edge::new(&NOBODY, Target::Missing); N];
    let mut index = 0;
    while index < N {
        edges[index] = Edge::new(&S::INFO.members[index], targets[index]);
        index += 1;
    }
    edges
}

/// The edges of a generic service: some keys are texts in which the container says what a parameter stands for.
#[doc(hidden)]
pub const fn with_keys<const N: usize>(mut edges: [Edge; N], keys: [Option<&'static str>; N]) -> [Edge; N] {
    let mut index = 0;
    while index < N {
        if let Some(key) = keys[index] {
            edges[index].key = key;
        }
        index += 1;
    }
    edges
}
