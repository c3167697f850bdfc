//! The configurations that were accepted, each with when and why, and the way back to them.

use std::sync::Arc;
use std::time::SystemTime;

use di_core::error::BoxError;
use di_core::lifecycle::{Context, Lifecycle};

use super::ConfigManager;
use super::shown::{changes, described, difference, ended};
use crate::ports::{
    AlertContext, AlertLevel, ConfigChange, ConfigDifference, CurrentConfig, IAlertService, IConfigHistory,
    IStateManager, KeptConfiguration, RollbackError, StateError, StateFact, VersionUnread,
};

/// Keeps what holds at the start, and what each reload has made of it; a reload that is not accepted is told as an alert.
pub struct ConfigHistory {
    config: Arc<ConfigManager>,
    kept: Arc<dyn IStateManager>,
    alerts: Arc<dyn IAlertService>,
}

#[di_core::service(provides = IConfigHistory, lifecycle)]
impl ConfigHistory {
    /// It listens from its start on.
    #[constructor]
    pub fn new(config: Arc<ConfigManager>, kept: Arc<dyn IStateManager>, alerts: Arc<dyn IAlertService>) -> Self {
        Self { config, kept, alerts }
    }

    /// Notes that what was switched in the run before holds no more: a switch ends with its run, however that ended.
    fn end_switches(&self) -> Result<(), VersionUnread> {
        let (configurations, switches) = (self.kept.configurations()?, self.kept.switches()?);
        let ended = ended(&configurations, &switches, SystemTime::now().into());
        for switch in ended.map_err(|error| VersionUnread::Settings(error.to_string()))? {
            // It is not urgent.
            let _later = self.kept.append(StateFact::Switched(Box::new(switch)));
        }
        Ok(())
    }

    fn find(&self, version: u64) -> Result<KeptConfiguration, VersionUnread> {
        let all = self.kept.configurations()?;
        let newest = all.last().map_or(0, |kept| kept.version);
        let found = all.into_iter().find(|kept| kept.version == version);
        found.ok_or(VersionUnread::Unknown { version, newest })
    }
}

#[di_core::interface]
impl Lifecycle for ConfigHistory {
    async fn start(&self, _context: &Context) -> Result<(), BoxError> {
        self.end_switches()?;
        let kept = Arc::clone(&self.kept);
        self.config.on_accepted(move |settings, text, reason| {
            // Settings are tables of plain values, which TOML can write.
            let Ok(written) = toml::to_string(settings) else { return };
            let (text, reason, time) = (text.map(str::to_owned), reason.to_owned(), SystemTime::now().into());
            // It is not urgent.
            let _later = kept.append(StateFact::Configured { settings: written, text, reason, time });
        });
        // Who has saved a file or sent a signal looks at no log.
        let alerts = Arc::clone(&self.alerts);
        self.config.on_rejected(move |reason| {
            let message = format!("new settings were rejected, the old ones hold: {reason}");
            let context = AlertContext::service("settings-rejected", "ConfigManager");
            alerts.send_alert(&message, AlertLevel::Error, context);
        });
        Ok(())
    }
}

impl IConfigHistory for ConfigHistory {
    fn current(&self) -> CurrentConfig {
        let settings = self.config.settings();
        CurrentConfig {
            file: settings.source.file.clone(),
            warning: settings.warning().map(str::to_owned),
            rejected: self.config.rejected(),
            keys: described(&settings),
        }
    }

    fn versions(&self) -> Result<Vec<KeptConfiguration>, StateError> {
        self.kept.configurations()
    }

    fn difference(&self, old: u64, new: u64) -> Result<Vec<ConfigDifference>, VersionUnread> {
        let (old, new) = (self.find(old)?, self.find(new)?);
        difference(&old.settings, &new.settings).map_err(|error| VersionUnread::Settings(error.to_string()))
    }

    fn changes(&self, key: &str) -> Result<Vec<ConfigChange>, VersionUnread> {
        let (configurations, switches) = (self.kept.configurations()?, self.kept.switches()?);
        changes(&configurations, &switches, key).map_err(|error| VersionUnread::Settings(error.to_string()))
    }

    fn roll_back(&self, version: u64) -> Result<String, RollbackError> {
        let text = self.find(version)?.text.ok_or(RollbackError::NoText(version))?;
        self.config.roll_back(&text, &format!("back to version {version}"))
    }
}

impl std::fmt::Debug for ConfigHistory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ConfigHistory").finish_non_exhaustive()
    }
}
