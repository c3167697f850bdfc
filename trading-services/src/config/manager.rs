//! The settings that hold, and their replacement while the platform runs.

use std::any::{Any, TypeId};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use di_core::error::BoxError;
use di_core::health::{Health, HealthCheck};
use di_core::lifecycle::{Context, Lifecycle};

use super::changes::Changes;
use super::hangup::Hangup;
use super::layers::Origin;
use super::rollback::restore;
use super::sections::Sections;
use super::validate::violations;
use super::watch::Watch;
use crate::config::{Settings, load};
use crate::ports::{ConfigError, Environment, IConfigService, Problem, RollbackError};
use crate::sync::lock;

/// How often the file is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Holds the settings that [`load`](super::load) has read and validated.
///
/// After a [`replace`](Self::replace), `exchange.*` holds from the next request on (the limits and the order of
/// venues; not their symbols), and `monitor.*` for symbols that are watched from then on. The rest holds from the next
/// start.
#[derive(Debug)]
pub struct ConfigManager {
    held: Arc<Held>,
}

/// Is told of settings that are accepted: the settings, the text of their file if there is one, and why they were read.
type Listener = Box<dyn Fn(&Settings, Option<&str>, &str) + Send + Sync>;

/// Is told why settings were not accepted.
type RejectionListener = Box<dyn Fn(&str) + Send + Sync>;

/// The settings that hold, and what became of the last attempt to replace them.
struct Held {
    sections: Mutex<Sections>,
    rejected: Mutex<Option<String>>,
    listeners: Mutex<Vec<Listener>>,
    /// Are told why settings are not accepted.
    rejection_listeners: Mutex<Vec<RejectionListener>>,
}

#[di_core::service(provides = IConfigService, lifecycle, health)]
impl ConfigManager {
    /// A manager of these settings.
    #[constructor]
    pub fn new(settings: Arc<Settings>) -> Self {
        let (sections, rejected) = (Mutex::new(Sections::of(settings)), Mutex::default());
        Self {
            held: Arc::new(Held {
                sections,
                rejected,
                listeners: Mutex::default(),
                rejection_listeners: Mutex::default(),
            }),
        }
    }

    /// All settings that hold now; a later replacement does not touch the answer.
    pub fn settings(&self) -> Arc<Settings> {
        Arc::clone(&lock(&self.held.sections).whole)
    }

    /// Tells `listener` of the settings that hold now, and of all that are accepted from now on: with the text of their file,
    /// if there is one, and why they were read.
    pub fn on_accepted(&self, listener: impl Fn(&Settings, Option<&str>, &str) + Send + Sync + 'static) {
        let settings = self.settings();
        listener(&settings, settings.source.text.as_deref(), "start");
        lock(&self.held.listeners).push(Box::new(listener));
    }

    /// Tells `listener` why a reload was not accepted, from now on.
    pub fn on_rejected(&self, listener: impl Fn(&str) + Send + Sync + 'static) {
        lock(&self.held.rejection_listeners).push(Box::new(listener));
    }

    /// Replaces the settings as a whole; when one value is out of range, the current ones stay.
    ///
    /// A service that asks for its [section](IConfigService::section_of) each time sees them at once. What a service took
    /// at its construction it keeps until it is built again.
    ///
    /// # Errors
    /// [`ConfigError::Invalid`] with every value that is out of range.
    pub fn replace(&self, settings: Settings) -> Result<(), ConfigError> {
        self.held.replace(settings)
    }

    /// Why the last settings were not taken, if so.
    pub(super) fn rejected(&self) -> Option<String> {
        lock(&self.held.rejected).clone()
    }

    /// Writes `text` over the file and takes it; says what that changes.
    pub(super) fn roll_back(&self, text: &str, reason: &str) -> Result<String, RollbackError> {
        let Origin { file, overrides, .. } = self.settings().source.clone();
        restore(&file.ok_or(RollbackError::NoFile)?, text, &overrides)?;
        Ok(self.held.reload(reason)?)
    }
}

#[di_core::interface]
impl Lifecycle for ConfigManager {
    async fn start(&self, context: &Context) -> Result<(), BoxError> {
        // Also when there is no file: the signal would otherwise end the process.
        let (held, mut hangup) = (Arc::clone(&self.held), Hangup::listen()?);
        context.spawn("reload on SIGHUP", async move {
            while hangup.heard().await {
                // What came of it is in the log.
                let _told = held.reload("SIGHUP");
            }
            Ok(())
        });
        let Origin { file, text, .. } = self.settings().source.clone();
        let held = Arc::clone(&self.held);
        if let Some(file) = file {
            let mut watch = Watch::of(&file, text.as_deref());
            context.spawn("reload on a change of the file", async move {
                let mut looks = tokio::time::interval(LOOK_EVERY);
                looks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
                loop {
                    looks.tick().await;
                    if watch.has_changed(&file) {
                        let _told = held.reload("a change of the file");
                    }
                }
            });
        }
        Ok(())
    }
}

#[di_core::interface]
impl HealthCheck for ConfigManager {
    async fn check(&self) -> Result<Health, BoxError> {
        let health = match &*lock(&self.held.rejected) {
            Some(rejected) => Health::degraded(format!("new settings were rejected, the old ones hold: {rejected}"))
                .suggest("mend the file"),
            None => Health::healthy(),
        };
        Ok(health.with("environment", format_args!("{:?}", self.environment())))
    }
}

impl IConfigService for ConfigManager {
    fn section_of(&self, section: TypeId) -> Option<Arc<dyn Any + Send + Sync>> {
        lock(&self.held.sections).get(section)
    }

    fn environment(&self) -> Environment {
        self.settings().environment
    }

    fn validate(&self) -> Result<(), ConfigError> {
        check(&self.settings(), "current settings")
    }
}

impl Held {
    fn replace(&self, settings: Settings) -> Result<(), ConfigError> {
        let checked = check(&settings, "new settings");
        *lock(&self.rejected) = checked.as_ref().err().map(ConfigError::to_string);
        checked.map(|()| *lock(&self.sections) = Sections::of(Arc::new(settings)))
    }

    /// Reads the file again, and says what that changes.
    fn reload(&self, reason: &str) -> Result<String, ConfigError> {
        let Origin { file, overrides, .. } = lock(&self.sections).whole.source.clone();
        let Some(file) = file else {
            let said = "nothing to reload: the platform was started without `--config`";
            tracing::warn!("{said}");
            return Ok(said.to_owned());
        };
        let before = Arc::clone(&lock(&self.sections).whole);
        match load(Some(&file), &overrides).and_then(|settings| self.replace(settings)) {
            Ok(()) => {
                let now = Arc::clone(&lock(&self.sections).whole);
                let changes = Changes::between(&before, &now);
                tracing::info!(file = %file.display(), "settings reloaded: {changes}");
                if let Some(warning) = now.warning() {
                    tracing::warn!("{warning}");
                }
                let reason = format!("{reason}: {changes}");
                for listener in &*lock(&self.listeners) {
                    listener(&now, now.source.text.as_deref(), &reason);
                }
                Ok(changes.to_string())
            }
            Err(error) => {
                tracing::error!("settings kept as they were: {error}");
                let reason = error.to_string();
                lock(&self.rejection_listeners).iter().for_each(|listener| listener(&reason));
                *lock(&self.rejected) = Some(reason);
                Err(error)
            }
        }
    }
}

impl std::fmt::Debug for Held {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Held").field("rejected", &lock(&self.rejected)).finish_non_exhaustive()
    }
}

fn check(settings: &Settings, origin: &str) -> Result<(), ConfigError> {
    let problems: Vec<_> = violations(settings)
        .into_iter()
        .map(|rule| Problem {
            key: rule.key,
            origin: origin.to_owned(),
            message: format!("expected {}, found {}", rule.expected, rule.found),
        })
        .collect();
    if problems.is_empty() { Ok(()) } else { Err(ConfigError::Invalid(problems)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn settings_that_were_rejected_are_told_of_until_some_are_accepted() {
        let manager = ConfigManager::new(Arc::new(Settings::default()));
        let mut settings = Settings::default();
        settings.exchange.attempts = 0;
        manager.replace(settings).unwrap_err();
        let health = manager.check().await.unwrap();
        assert!(health.reason().unwrap().contains("`exchange.attempts`: expected 1 to 20, found 0"), "{health:?}");
        manager.replace(Settings::default()).unwrap();
        assert_eq!(manager.check().await.unwrap().reason(), None);
    }

    #[test]
    fn settings_that_are_valid_hold_from_then_on_and_an_earlier_answer_stays() {
        let manager = ConfigManager::new(Arc::new(Settings::default()));
        let before = manager.settings();
        let mut settings = Settings::default();
        settings.exchange.attempts = 7;
        manager.replace(settings).unwrap();
        assert_eq!((before.exchange.attempts, manager.settings().exchange.attempts), (3, 7));
    }

    #[test]
    fn settings_that_are_not_valid_change_nothing() {
        let manager = ConfigManager::new(Arc::new(Settings::default()));
        let mut settings = Settings::default();
        (settings.exchange.attempts, settings.exchange.requests_per_second) = (7, 0);
        let error = manager.replace(settings).unwrap_err().to_string();
        assert!(error.contains("new settings: invalid configuration value: `exchange.requests_per_second`"), "{error}");
        assert_eq!(*manager.settings(), Settings::default());
    }
}
