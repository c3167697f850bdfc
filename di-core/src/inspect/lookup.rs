//! Look-up of a service by name, for tools and for code under migration.

use alloc::borrow::ToOwned;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::any::Any;
use core::fmt;

use crate::container::{Container, Visitor};
use crate::error::LookupError;
use crate::request::request;
use crate::service::Service;

/// What a function provides, where that is not the service itself.
#[doc(hidden)]
pub struct Instance(pub Arc<dyn Any + Send + Sync>);

impl fmt::Debug for Instance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Instance")
    }
}

type Found = Result<Arc<dyn Any + Send + Sync>, LookupError>;

/// The instance of a service by its own or its field's name, in this container or in a module of it.
#[doc(hidden)]
pub fn lookup<C: Container>(container: &C, name: &str) -> Found {
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

fn kept<C: Container>(container: &C, node: usize, name: &str) -> Found {
    let mut found = Kept { node, instance: None };
    container.visit(&mut found);
    found.instance.ok_or_else(|| LookupError::NotKept { name: name.to_owned() })
}

/// The instance of one node.
struct Kept {
    node: usize,
    instance: Option<Arc<dyn Any + Send + Sync>>,
}

impl<'a> Visitor<'a> for Kept {
    fn service<S: Service>(&mut self, node: usize, service: &'a Arc<S>) {
        if node == self.node {
            let provided = request(|request| S::provide(service, request)).map(|Instance(instance)| instance);
            self.instance = Some(provided.unwrap_or_else(|| Arc::clone(service) as _));
        }
    }

    fn module<M: Container>(&mut self, _: usize, _: &'a M) {}
}

fn in_modules<C: Container>(container: &C, name: &str) -> Found {
    let known = C::GRAPH.nodes.iter().map(|node| node.service).collect();
    let mut modules = Modules { name, found: Err(LookupError::Unknown { name: name.to_owned(), known }) };
    container.visit(&mut modules);
    modules.found
}

/// The first module that knows the name; until then, all names that there are.
struct Modules<'a> {
    name: &'a str,
    found: Found,
}

impl<'a> Visitor<'a> for Modules<'_> {
    fn service<S: Service>(&mut self, _: usize, _: &'a Arc<S>) {}

    fn module<M: Container>(&mut self, _: usize, module: &'a M) {
        let Err(LookupError::Unknown { known, .. }) = &mut self.found else { return };
        match lookup(module, self.name) {
            Err(LookupError::Unknown { known: inner, .. }) => known.extend(inner),
            found => self.found = found,
        }
    }
}
