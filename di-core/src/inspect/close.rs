//! Closing: every service that has something to close, dependents before what they depend on.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use crate::container::{Container, Visitor};
use crate::error::BoxError;
use crate::error::CloseError;
use crate::request::request;
use crate::service::{Close, Service};

/// What a service that says `close` offers.
#[doc(hidden)]
pub struct Closing(pub Arc<dyn Close + Send + Sync>);

impl fmt::Debug for Closing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Closing")
    }
}

/// Closes every service, in reverse order of creation.
#[doc(hidden)]
pub fn close<C: Container>(container: &C) -> Result<(), CloseError> {
    let mut failures = Vec::new();
    for (service, Closing(hook)) in hooks(container) {
        if let Err(error) = attempt(&*hook) {
            failures.push((service, error));
        }
    }
    CloseError::from_failures(failures)
}

/// The hooks in the order in which they are called.
fn hooks<C: Container>(container: &C) -> Vec<(&'static str, Closing)> {
    let mut found = Hooks { services: C::GRAPH.nodes.iter().map(|node| node.service).collect(), of_nodes: Vec::new() };
    found.of_nodes.resize_with(C::GRAPH.nodes.len(), Vec::new);
    container.visit(&mut found);
    C::GRAPH.order.iter().rev().flat_map(|node| core::mem::take(&mut found.of_nodes[*node])).collect()
}

struct Hooks {
    services: Vec<&'static str>,
    /// Of each node, its own hook; of a module, those of its services.
    of_nodes: Vec<Vec<(&'static str, Closing)>>,
}

impl<'a> Visitor<'a> for Hooks {
    fn service<S: Service>(&mut self, node: usize, service: &'a Arc<S>) {
        if let Some(hook) = request(|request| S::provide(service, request)) {
            self.of_nodes[node].push((self.services[node], hook));
        }
    }

    fn module<M: Container>(&mut self, node: usize, module: &'a M) {
        self.of_nodes[node] = hooks(module);
    }
}

/// Calls a hook; its panic is a failure, so that the others are attempted.
#[cfg(feature = "std")]
fn attempt(hook: &dyn Close) -> Result<(), BoxError> {
    std::panic::catch_unwind(core::panic::AssertUnwindSafe(|| hook.close()))
        .unwrap_or_else(|payload| Err(alloc::format!("panicked: {}", crate::panics::message(&*payload)).into()))
}

#[cfg(not(feature = "std"))]
fn attempt(hook: &dyn Close) -> Result<(), BoxError> {
    hook.close()
}
