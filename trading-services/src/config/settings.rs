//! All settings, assembled from the sections of the features.

use serde::{Deserialize, Serialize};

use super::layers::Origin;
use super::{HealthSettings, LifecycleSettings};
use crate::ports::{Environment, Features, Section};

/// Everything that can be configured; every value has a default.
///
/// ```
/// use trading_services::config::Settings;
///
/// let settings = Settings::default();
/// assert_eq!(settings.exchange.order, ["simulated"]);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The version of their names; a file of an older one is carried to this one when it is read.
    pub version: Version,
    /// Where the platform runs.
    pub environment: Environment,
    /// How fast, how long, and what is written.
    pub run: crate::engine::Settings,
    /// Which venues and symbols.
    pub exchange: crate::venues::Settings,
    /// The simulated venue.
    pub simulation: crate::venues::simulated::Settings,
    /// The replayed venue.
    pub replay: crate::venues::replay::Settings,
    /// The live venues.
    pub live: crate::venues::live::Settings,
    /// Books and candles.
    pub market_data: crate::data::Settings,
    /// What raises alerts.
    pub monitor: crate::monitoring::watch::Settings,
    /// When to buy or sell.
    pub signals: crate::strategy::Settings,
    /// Which liquidations are a cascade, and who is ranked.
    pub analysis: crate::analysis::Settings,
    /// Whether signals become orders.
    pub trading: crate::ports::TradingSettings,
    /// What may be at risk.
    pub risk: crate::risk::Settings,
    /// Which new ways are taken.
    pub features: Features,
    /// How sure modules have to be.
    pub modules: crate::modules::Settings,
    /// How orders trade on paper.
    pub execution: crate::execution::Settings,
    /// What there is at the start.
    pub portfolio: crate::portfolio::Settings,
    /// What becomes of alerts.
    pub alerts: crate::monitoring::alerts::Settings,
    /// What is remembered.
    pub store: crate::store::Settings,
    /// What can be asked over the network.
    pub http: crate::api::Settings,
    /// How long starting and stopping may take.
    pub lifecycle: LifecycleSettings,
    /// How often services are asked how they are.
    pub health: HealthSettings,
    /// Where they were read from, to read them again.
    #[serde(skip)]
    pub(super) source: Origin,
}

/// The version of the names of settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Version(i64);

impl Default for Version {
    fn default() -> Self {
        Self(super::CURRENT)
    }
}

/// Is shown every section.
pub(super) trait Visitor {
    fn section<S: Section>(&mut self, section: &S);
}

impl Settings {
    /// What a person should know of the file that they were read from.
    pub fn warning(&self) -> Option<&str> {
        self.source.warning.as_deref()
    }

    /// Shows every section to `visitor`, in the order of the fields.
    pub(super) fn visit(&self, visitor: &mut impl Visitor) {
        let Self { version: _, environment: _, run, exchange, simulation, replay, market_data, monitor, .. } = self;
        let Self {
            signals,
            analysis,
            trading,
            risk,
            features,
            modules,
            execution,
            portfolio,
            alerts,
            store,
            http,
            lifecycle,
            health,
            ..
        } = self;
        visitor.section(run);
        visitor.section(exchange);
        visitor.section(simulation);
        visitor.section(replay);
        visitor.section(&self.live);
        visitor.section(market_data);
        visitor.section(monitor);
        visitor.section(signals);
        visitor.section(analysis);
        visitor.section(trading);
        visitor.section(risk);
        visitor.section(features);
        visitor.section(modules);
        visitor.section(execution);
        visitor.section(portfolio);
        visitor.section(alerts);
        visitor.section(store);
        visitor.section(http);
        visitor.section(lifecycle);
        visitor.section(health);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_of_the_file_is_a_section_under_its_name() {
        #[derive(Default)]
        struct Names(Vec<&'static str>);
        impl Visitor for Names {
            fn section<S: Section>(&mut self, _: &S) {
                self.0.push(S::NAME);
            }
        }
        let mut names = Names::default();
        Settings::default().visit(&mut names);
        names.0.sort_unstable();
        let table = toml::Table::try_from(Settings::default()).unwrap();
        let tables: Vec<_> =
            table.iter().filter(|(_, value)| value.is_table()).map(|(name, _)| name.as_str()).collect();
        assert_eq!(names.0, tables);
    }
}
