//! Services that were stopped only because one that they need was.

use std::collections::BTreeSet;
use std::sync::Mutex;

use di_core::health::HealthStatus;
use di_core::lifecycle::{RegisteredService, Registry, RegistryError};

use crate::sync::lock;

/// Stops and starts single services. What was stopped along with one of them is started again once all that it needs runs: else
/// whoever stops a service for a moment would have to know everything that needs it, the feed of the page among it.
#[derive(Debug, Default)]
pub(super) struct Along(Mutex<BTreeSet<&'static str>>);

impl Along {
    /// Stops a service, and before it what needs it.
    pub(super) async fn stop(&self, registry: &Registry, name: &'static str) -> Result<(), RegistryError> {
        let services = registry.services();
        let mut dependents = reached(&services, name, |service| &service.dependents);
        dependents.retain(|name| services.iter().any(|service| service.name == *name && runs(service)));
        // Some of them may have stopped when another one could not.
        lock(&self.0).extend(dependents);
        // Whoever wants one to be stopped does not want it back with another one.
        lock(&self.0).remove(name);
        registry.stop(name).await.map(drop)
    }

    /// Starts a service, and before it what it needs; after it, what was stopped along and can run again.
    pub(super) async fn start(&self, registry: &Registry, name: &str) -> Result<(), RegistryError> {
        registry.start(name).await?;
        // In start order: what another one needs comes before it.
        for RegisteredService { name, .. } in registry.services() {
            if !lock(&self.0).contains(name) {
                continue;
            }
            let services = registry.services();
            let needs = reached(&services, name, |service| &service.dependencies);
            if services.iter().any(|service| needs.contains(service.name) && !runs(service)) {
                continue;
            }
            match registry.start(name).await {
                Ok(_) => drop(lock(&self.0).remove(name)),
                // It says so itself, on the page and in its health.
                Err(error) => {
                    tracing::warn!(service = name, %error, "it was stopped along and cannot be started again");
                }
            }
        }
        Ok(())
    }
}

fn runs(service: &RegisteredService) -> bool {
    service.health.status != HealthStatus::Stopped
}

/// The names that lead from a service to others, and from those to more.
fn reached(
    services: &[RegisteredService],
    name: &'static str,
    next: impl Fn(&RegisteredService) -> &[&'static str],
) -> BTreeSet<&'static str> {
    let (mut found, mut open) = (BTreeSet::new(), vec![name]);
    while let Some(name) = open.pop() {
        let service = services.iter().find(|service| service.name == name);
        for next in service.into_iter().flat_map(&next) {
            if found.insert(*next) {
                open.push(next);
            }
        }
    }
    found
}
