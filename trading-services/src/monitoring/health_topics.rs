//! Health of the services, published on the bus.

use std::sync::Arc;

use di_core::error::BoxError;
use di_core::events::IEventBus;
use di_core::lifecycle::{Context, Lifecycle};

/// Publishes `service.health_changed` and `service.unhealthy`, from its first start until the application has stopped.
///
/// It needs the bus alone and so starts among the first: who listens hears of the start of the others.
pub struct HealthTopics {
    bus: Arc<dyn IEventBus>,
}

#[di_core::service(lifecycle)]
impl HealthTopics {
    /// Nothing is published before the start.
    #[constructor]
    pub fn new(bus: Arc<dyn IEventBus>) -> Self {
        Self { bus }
    }
}

#[di_core::interface]
impl Lifecycle for HealthTopics {
    async fn start(&self, context: &Context) -> Result<(), BoxError> {
        context.health().publish_on(&*self.bus);
        Ok(())
    }
}

impl std::fmt::Debug for HealthTopics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HealthTopics")
    }
}
