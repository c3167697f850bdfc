//! Tenants as scopes: each has its own services, which share those of the application.
//!
//! `cargo run -p di-core --example tenants`

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use di_core::{container, interface, service};

/// What happened, everywhere.
#[interface]
trait IAudit {
    /// Counts one event.
    fn count(&self);

    /// How many there were.
    fn total(&self) -> u64;
}

/// Counts in memory.
#[service(provides = IAudit)]
#[derive(Default)]
struct Audit {
    #[inject(default)]
    events: AtomicU64,
}

impl IAudit for Audit {
    fn count(&self) {
        self.events.fetch_add(1, Ordering::Relaxed);
    }

    fn total(&self) -> u64 {
        self.events.load(Ordering::Relaxed)
    }
}

/// What a tenant has booked.
struct Plan {
    name: &'static str,
    requests: u64,
}

/// How much of its plan a tenant has used.
#[service]
struct Quota {
    plan: Arc<Plan>,
    audit: Arc<dyn IAudit>,
    #[inject(default)]
    used: AtomicU64,
}

impl Quota {
    fn take(&self) -> bool {
        self.audit.count();
        self.used.fetch_add(1, Ordering::Relaxed) < self.plan.requests
    }
}

/// What one tenant has.
#[container]
struct Tenant {
    #[input]
    plan: Plan,
    #[inherit]
    audit: Arc<dyn IAudit>,
    #[entry]
    quota: Quota,
}

/// What all have together.
#[container]
struct App {
    audit: Audit,
    #[scope]
    tenant: Tenant,
}

fn main() -> std::io::Result<()> {
    let app = App::build(AppInputs {});
    let plans = [("ada", Plan { name: "free", requests: 2 }), ("bob", Plan { name: "paid", requests: 100 })];
    let tenants: BTreeMap<&str, Tenant> =
        plans.into_iter().map(|(name, plan)| (name, app.tenant(TenantInputs { plan }))).collect();
    let mut out = std::io::stdout().lock();
    for (name, tenant) in &tenants {
        let served = (0..5).filter(|_| tenant.get::<Quota>().take()).count();
        writeln!(out, "{name} ({}): {served} of 5 requests served", tenant.get::<Plan>().name)?;
    }
    writeln!(out, "{} requests in all", app.get::<dyn IAudit>().total())
}
