//! The history of how services were.

use std::sync::{Arc, Mutex};

use di_core::error::BoxError;
use di_core::events::{Subscription, Topic};
use di_core::health::HealthChanged;
use di_core::lifecycle::{Context, Lifecycle};

use crate::ports::{IClock, IStateManager, StateFact};
use crate::sync::lock;

/// Keeps how services were, from its start to its stop.
pub struct HealthHistory {
    kept: Arc<dyn IStateManager>,
    clock: Arc<dyn IClock>,
    health: Arc<Topic<HealthChanged>>,
    listening: Mutex<Vec<Subscription>>,
}

#[di_core::service(lifecycle)]
impl HealthHistory {
    /// It listens from its start on.
    #[constructor]
    pub fn new(kept: Arc<dyn IStateManager>, clock: Arc<dyn IClock>, health: Arc<Topic<HealthChanged>>) -> Self {
        Self { kept, clock, health, listening: Mutex::default() }
    }
}

#[di_core::interface]
impl Lifecycle for HealthHistory {
    async fn start(&self, _context: &Context) -> Result<(), BoxError> {
        let (kept, clock) = (Arc::clone(&self.kept), Arc::clone(&self.clock));
        let health = self.health.observe("health history", move |told| {
            let reason = Some(told.record.errors.join("; ")).filter(|reason| !reason.is_empty());
            let status = format!("{:?}", told.to).to_lowercase();
            let fact = StateFact::Health { service: told.service, status, reason, time: clock.now() };
            // It is not urgent: what cannot be kept now is kept later, or counted.
            let _later = kept.append(fact);
        });
        *lock(&self.listening) = vec![health];
        Ok(())
    }

    async fn stop(&self) -> Result<(), BoxError> {
        lock(&self.listening).clear();
        Ok(())
    }
}

impl std::fmt::Debug for HealthHistory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HealthHistory").finish_non_exhaustive()
    }
}
