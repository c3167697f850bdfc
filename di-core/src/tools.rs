//! What is done with a complete container as a whole: look-up by name, and closing.

use alloc::borrow::ToOwned;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::any::Any;

use crate::container::Assemble;
use crate::error::{CloseError, LookupError};
use crate::graph::Kind;
use crate::service::BoxError;

/// The instance of a service by its own or its field's name, in this container or in a module of it.
#[doc(hidden)]
pub fn lookup<C: Assemble>(container: &C, name: &str) -> Result<Arc<dyn Any + Send + Sync>, LookupError> {
    let graph = C::GRAPH;
    if let Some(node) = graph.field(name) {
        return kept(container, node, name);
    }
    let named: Vec<usize> = (0..graph.nodes.len()).filter(|&node| graph.nodes[node].service == name).collect();
    match named.as_slice() {
        [] => in_modules(container, name),
        [node] => kept(container, *node, name),
        several => Err(LookupError::Ambiguous {
            name: name.to_owned(),
            fields: several.iter().map(|&node| graph.nodes[node].field).collect(),
        }),
    }
}

fn kept<C: Assemble>(container: &C, node: usize, name: &str) -> Result<Arc<dyn Any + Send + Sync>, LookupError> {
    C::held(container.slots(), node)
        .and_then(|held| held.any())
        .ok_or_else(|| LookupError::NotKept { name: name.to_owned() })
}

fn in_modules<C: Assemble>(container: &C, name: &str) -> Result<Arc<dyn Any + Send + Sync>, LookupError> {
    let mut known: Vec<_> = C::GRAPH.nodes.iter().map(|node| node.service).collect();
    for (node, entry) in C::GRAPH.nodes.iter().enumerate() {
        if let (Kind::Module(_), Some(module)) = (entry.kind, C::held(container.slots(), node)) {
            match module.lookup(name) {
                Err(LookupError::Unknown { known: inner, .. }) => known.extend(inner),
                found => return found,
            }
        }
    }
    Err(LookupError::Unknown { name: name.to_owned(), known })
}

/// Closes every service, dependents before what they depend on.
#[doc(hidden)]
pub fn close<C: Assemble>(container: &C) -> Result<(), CloseError> {
    let mut failures = Vec::new();
    close_each(container, &mut failures);
    CloseError::from_failures(failures)
}

pub(crate) fn close_each<C: Assemble>(container: &C, failures: &mut Vec<(&'static str, BoxError)>) {
    for &node in C::GRAPH.order.iter().rev() {
        if let Some(held) = C::held(container.slots(), node) {
            held.close(C::GRAPH.nodes[node].service, failures);
        }
    }
}
