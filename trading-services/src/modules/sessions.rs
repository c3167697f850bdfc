//! The sessions of a day, and how sure one has to be in each.

use std::sync::Arc;

use di_core::service;

use super::Settings;
use crate::model::{Timestamp, to_f64};
use crate::ports::{IConfigService, ISessions, Session};

/// The hours of Asia, Europe and the US: markets that never close are thinner in some than in others.
#[service(provides = ISessions)]
pub struct Sessions {
    config: Arc<dyn IConfigService>,
}

impl ISessions for Sessions {
    fn session(&self, time: Timestamp) -> Session {
        let settings = self.config.section::<Settings>();
        let hour = time.as_nanos() / 3_600_000_000_000 % 24;
        let (name, confidence) = match hour {
            0..8 => ("Asia", settings.asia_confidence),
            8..16 => ("Europe", settings.europe_confidence),
            _ => ("US", settings.us_confidence),
        };
        Session { name, confidence: to_f64(confidence) }
    }
}

impl std::fmt::Debug for Sessions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sessions").finish_non_exhaustive()
    }
}
