//! The configurations that were accepted, each with when and why.

use std::sync::Arc;
use std::time::SystemTime;

use di_core::BoxError;
use di_core::lifecycle::{Context, Lifecycle};

use super::ConfigManager;
use crate::ports::{IStateManager, StateFact};

/// Keeps what holds at the start, and what each reload has made of it.
pub struct ConfigHistory {
    config: Arc<ConfigManager>,
    kept: Arc<dyn IStateManager>,
}

#[di_core::service(lifecycle)]
impl ConfigHistory {
    /// It listens from its start on.
    #[constructor]
    pub fn new(config: Arc<ConfigManager>, kept: Arc<dyn IStateManager>) -> Self {
        Self { config, kept }
    }
}

#[di_core::interface]
impl Lifecycle for ConfigHistory {
    async fn start(&self, _context: &Context) -> Result<(), BoxError> {
        let kept = Arc::clone(&self.kept);
        self.config.on_accepted(move |settings, text, reason| {
            // Settings are tables of plain values, which TOML can write.
            let Ok(written) = toml::to_string(settings) else { return };
            let (text, reason, time) = (text.map(str::to_owned), reason.to_owned(), SystemTime::now().into());
            // It is not urgent.
            let _later = kept.append(StateFact::Configured { settings: written, text, reason, time });
        });
        Ok(())
    }
}

impl std::fmt::Debug for ConfigHistory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ConfigHistory").finish_non_exhaustive()
    }
}
