//! All venues, with the failover order.

use std::sync::{Arc, Mutex};

use di_core::dependency::Many;
use di_core::error::BoxError;
use di_core::health::{Health, HealthCheck};

use super::Settings;
use super::names::list;
use super::pulse::Pulse;
use crate::ports::{
    ExchangeError, ExchangeHealth, ExchangeStatus, IClock, IConfigService, IExchange, IExchangeManager,
};
use crate::sync::lock;

/// All venues of the container, with the failover order of the configuration.
pub struct ExchangeManager {
    config: Arc<dyn IConfigService>,
    clock: Arc<dyn IClock>,
    venues: Many<dyn IExchange>,
    pulses: Vec<Mutex<Pulse>>,
}

#[di_core::service(provides = IExchangeManager, health)]
impl ExchangeManager {
    /// A manager of these venues.
    ///
    /// # Errors
    /// [`ExchangeError::UnknownExchange`] when `exchange.order` names a venue that is not among them.
    #[constructor]
    pub fn new(
        config: Arc<dyn IConfigService>,
        clock: Arc<dyn IClock>,
        venues: Many<dyn IExchange>,
    ) -> Result<Self, ExchangeError> {
        let pulses = venues.iter().map(|_| Mutex::default()).collect();
        let manager = Self { config, clock, venues, pulses };
        for name in &manager.config.section::<Settings>().order {
            manager.exchange(name)?;
        }
        Ok(manager)
    }

    fn status(&self, name: &'static str, pulse: &Mutex<Pulse>) -> ExchangeStatus {
        let settings = self.config.section::<Settings>();
        let (timeout, percent) = (settings.heartbeat_timeout, settings.max_error_percent);
        lock(pulse).status(name, self.clock.now(), timeout, percent)
    }

    fn pulse(&self, name: &str) -> Option<&Mutex<Pulse>> {
        let mut pairs = self.venues.iter().zip(&self.pulses);
        pairs.find_map(|(venue, pulse)| (venue.name() == name).then_some(pulse))
    }
}

#[di_core::interface]
impl HealthCheck for ExchangeManager {
    /// The preferred venue counts; while another one has to take its place, the platform works, but not as it should.
    async fn check(&self) -> Result<Health, BoxError> {
        let order = self.config.section::<Settings>().order.clone();
        let mut venues = Vec::new();
        for name in &order {
            venues.extend(self.exchange_status(Some(name))?);
        }
        let preferred = venues.first().ok_or("expected a venue in `exchange.order`")?;
        let health = match preferred.health {
            ExchangeHealth::Unknown | ExchangeHealth::Healthy => Health::healthy(),
            ExchangeHealth::Degraded => Health::degraded(preferred.to_string()),
            ExchangeHealth::Unhealthy => match self.primary()?.name() {
                other if other != preferred.name => Health::degraded(format!("{preferred}; `{other}` takes its place")),
                _ => Health::unhealthy(preferred.to_string())
                    .suggest("see whether the venue can be reached, or name another one in `exchange.order`"),
            },
        };
        Ok(venues.iter().fold(health, |health, venue| health.with(venue.name, venue)))
    }
}

impl IExchangeManager for ExchangeManager {
    fn available_exchanges(&self) -> Vec<&'static str> {
        self.venues.iter().map(|venue| venue.name()).collect()
    }

    fn exchange_status(&self, name: Option<&str>) -> Result<Vec<ExchangeStatus>, ExchangeError> {
        if let Some(name) = name {
            self.exchange(name)?;
        }
        let pairs = self.venues.iter().zip(&self.pulses);
        let wanted = pairs.filter(|(venue, _)| name.is_none_or(|name| name == venue.name()));
        Ok(wanted.map(|(venue, pulse)| self.status(venue.name(), pulse)).collect())
    }

    fn primary(&self) -> Result<Arc<dyn IExchange>, ExchangeError> {
        let settings = self.config.section::<Settings>();
        let mut first = None;
        for name in &settings.order {
            let venue = self.exchange(name)?;
            let healthy = self
                .pulse(name)
                .is_none_or(|pulse| self.status(venue.name(), pulse).health != ExchangeHealth::Unhealthy);
            if healthy {
                return Ok(venue);
            }
            first.get_or_insert(venue);
        }
        first.ok_or_else(|| ExchangeError::UnknownExchange {
            name: String::new(),
            known: list(self.available_exchanges()),
        })
    }

    fn exchange(&self, name: &str) -> Result<Arc<dyn IExchange>, ExchangeError> {
        let found = self.venues.iter().find(|venue| venue.name() == name);
        found.cloned().ok_or_else(|| ExchangeError::UnknownExchange {
            name: name.to_owned(),
            known: list(self.available_exchanges()),
        })
    }

    fn record_heartbeat(&self, name: &str) {
        if let Some(pulse) = self.pulse(name) {
            lock(pulse).heartbeat(self.clock.now());
        }
    }

    fn record_error(&self, name: &str) {
        if let Some(pulse) = self.pulse(name) {
            lock(pulse).error();
        }
    }
}

impl std::fmt::Debug for ExchangeManager {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ExchangeManager").field("venues", &self.available_exchanges()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::config::{ConfigManager, Settings};
    use crate::engine::ManualClock;
    use crate::ports::IEventClock;
    use crate::venues::replay::ReplayExchange;
    use crate::venues::simulated::SimulatedExchange;

    fn manager(order: &[&str]) -> (Arc<ManualClock>, Result<ExchangeManager, ExchangeError>) {
        let mut settings = Settings::default();
        settings.exchange.order = order.iter().map(|name| (*name).to_owned()).collect();
        let config: Arc<dyn IConfigService> = Arc::new(ConfigManager::new(Arc::new(settings)));
        let clock = Arc::new(ManualClock::default());
        let simulated = SimulatedExchange::new(Arc::clone(&config), Arc::clone(&clock) as _);
        let replay = ReplayExchange::new(Arc::clone(&config));
        let venues = Many::<dyn IExchange>::new([
            (Some("simulated"), Arc::new(simulated) as _),
            (Some("replay"), Arc::new(replay) as _),
        ]);
        let manager = ExchangeManager::new(config, Arc::clone(&clock) as _, venues);
        (clock, manager)
    }

    #[test]
    fn an_order_with_an_unknown_venue_is_refused_and_the_known_ones_are_named() {
        let error = manager(&["simulated", "mtgox"]).1.unwrap_err().to_string();
        assert_eq!(error, "unknown exchange `mtgox`: expected one of simulated, replay");
    }

    #[test]
    fn a_silent_venue_loses_its_place_and_regains_it_with_a_heartbeat() {
        let (clock, manager) = manager(&["simulated", "replay"]);
        let manager = manager.unwrap();
        manager.record_heartbeat("simulated");
        assert_eq!(manager.primary().unwrap().name(), "simulated");
        clock.advance_to(clock.now().saturating_add(Duration::from_secs(31)));
        assert_eq!(manager.primary().unwrap().name(), "replay");
        manager.record_heartbeat("simulated");
        assert_eq!(manager.primary().unwrap().name(), "simulated");
    }

    #[test]
    fn errors_degrade_a_venue_and_too_many_make_it_unhealthy() {
        let (_, manager) = manager(&["simulated"]);
        let manager = manager.unwrap();
        let health = |manager: &ExchangeManager| manager.exchange_status(Some("simulated")).unwrap()[0].health;
        assert_eq!(health(&manager), ExchangeHealth::Unknown);
        manager.record_heartbeat("simulated");
        assert_eq!(health(&manager), ExchangeHealth::Healthy);
        manager.record_error("simulated");
        assert_eq!(health(&manager), ExchangeHealth::Degraded);
        manager.record_error("simulated");
        assert_eq!(health(&manager), ExchangeHealth::Unhealthy);
        for _ in 0..100 {
            manager.record_heartbeat("simulated");
        }
        assert_eq!(health(&manager), ExchangeHealth::Healthy);
    }

    #[test]
    fn when_all_are_unhealthy_the_first_still_counts() {
        let (_, manager) = manager(&["replay", "simulated"]);
        let manager = manager.unwrap();
        manager.record_error("replay");
        manager.record_error("simulated");
        assert_eq!(manager.primary().unwrap().name(), "replay");
    }
}
