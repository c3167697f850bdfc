//! The event loop, from the first message to the summary.

use std::path::Path;
use std::sync::{Arc, Mutex};

use di_core::error::BoxError;
use di_core::health::{Health, HealthCheck};
use di_core::lifecycle::{Context, Lifecycle, Restart};
use di_core::service;

use super::Settings;
use super::condition::Condition;
use super::failover::Failover;
use super::run_session::{Ended, RunSession};
use crate::engine::{EventLog, IRunObserver, Platform, RunError, StopReason, Summary};
use crate::sync::lock;
use crate::venues::{self, replay};

/// Reads the primary venue's messages, one after the other, and lets the services look at each.
///
/// Its start opens the stream and the event log; from then on a background task reads until the messages end, until what
/// `run.duration` or `run.events` allow is used up, or until the platform stops. In the first three cases it asks the
/// platform to stop. What fails on the way is the cause for which the platform stops.
///
/// Stopped by itself and started again, it goes on: messages are numbered on, and the limits hold for both parts together. Where
/// `run.log`, `live.record` or `replay.file` name a file, it does not start again, as that file ends with the loop.
///
/// The same events give the same log at any speed. With a seed, the same number of events gives the same log;
/// `run.duration` stops on the wall and so after a number of events that differs from run to run.
///
/// ```
/// use di_core::prelude::*;
/// use std::sync::Arc;
/// use di_core::lifecycle::Application;
/// use trading_services::app::{TradingApp, TradingAppInputs};
/// use trading_services::config::Settings;
/// use trading_services::engine::{EventLoop, Speed, StopReason};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut settings = Settings::default();
/// (settings.run.speed, settings.run.events) = (Speed::Max, Some(1_000));
/// let app = TradingApp::build(TradingAppInputs { settings: Arc::new(settings) })?;
///
/// let application = Application::of(&app);
/// application.start().await?;
/// application.finished().await?;
/// let summary = app.get::<EventLoop>().summary().ok_or("it did not begin")?;
/// assert_eq!((summary.events, summary.stopped), (1_000, StopReason::EventLimit));
/// # Ok(())
/// # }
/// ```
pub struct EventLoop {
    platform: Arc<Platform>,
    observer: Arc<dyn IRunObserver>,
    ended: Arc<Mutex<Option<Ended>>>,
    condition: Arc<Condition>,
}

#[service(lifecycle, health)]
impl EventLoop {
    /// A loop over the primary venue; `observer` is told of each event.
    #[constructor]
    pub fn new(platform: Arc<Platform>, observer: Arc<dyn IRunObserver>) -> Self {
        Self { platform, observer, ended: Arc::default(), condition: Arc::default() }
    }

    /// What came of the run, once it has ended: up to the failure if there was one.
    ///
    /// Alerts that are still under way are counted by what became of them until now.
    pub fn summary(&self) -> Option<Summary> {
        lock(&self.ended).as_ref().map(|ended| ended.summary(&self.platform))
    }
}

#[di_core::interface]
impl Lifecycle for EventLoop {
    async fn start(&self, context: &Context) -> Result<(), BoxError> {
        let platform = Arc::clone(&self.platform);
        let settings = platform.config.section::<Settings>();
        let exchange = platform.config.section::<venues::Settings>();
        let before = lock(&self.ended).as_ref().map(Ended::progress);
        if before.is_some()
            && let Some(file) = file_of_one_run(&platform)
        {
            return Err(format!("{file} is of one run, which has ended: start the platform anew").into());
        }
        let venue = platform.exchanges.primary()?;
        let stream = venue.subscribe(&exchange.symbols).await?;
        let stream = Failover::new(Arc::clone(&platform.exchanges), &exchange, Arc::clone(&venue), stream);
        let (file, recording) = (settings.log.clone(), platform.config.section::<replay::Settings>().file.clone());
        let log =
            tokio::task::spawn_blocking(move || EventLog::create(file.as_deref(), recording.as_deref().as_slice()))
                .await??;
        let session = RunSession::new(
            platform,
            venue,
            (*settings).clone(),
            log,
            Arc::clone(&self.condition),
            before.unwrap_or_default(),
        );
        let mut task = Some((session, stream, Arc::clone(&self.observer)));
        let (ended, application) = (Arc::clone(&self.ended), context.clone());
        context.supervise("messages", Restart::Never, move |stopping| {
            let (task, ended, application) = (task.take(), Arc::clone(&ended), application.clone());
            async move {
                // It is never restarted: what was read must not be read twice.
                let Some((mut session, stream, observer)) = task else { return Ok(()) };
                let probes = application.probes();
                tokio::select! {
                    // Messages may be over at once, and to ask for the stop during the start is to cancel it.
                    () = probes.until_started() => {}
                    () = stopping.requested() => return Ok(()),
                }
                let outcome = session.read(stream, &*observer, &stopping).await;
                let reason = outcome.as_ref().map_or(StopReason::Failure, |reason| *reason);
                *lock(&ended) = Some(session.end(reason, outcome.as_ref().err().map(RunError::to_string)));
                // Who stops the loop alone does not want the others to stop.
                if outcome? != StopReason::Requested {
                    application.request_stop();
                }
                Ok(())
            }
        });
        Ok(())
    }
}

/// The file that is written or read from beginning to end in one go, if the run has one. That of a recorded venue is its own.
fn file_of_one_run(platform: &Platform) -> Option<String> {
    let named = |key: &str, file: Option<&Path>| Some(format!("`{key}` = {}", file?.display()));
    let config = &platform.config;
    named("run.log", config.section::<Settings>().log.as_deref())
        .or_else(|| named("replay.file", config.section::<replay::Settings>().file.as_deref()))
}

#[di_core::interface]
impl HealthCheck for EventLoop {
    async fn check(&self) -> Result<Health, BoxError> {
        Ok(self.condition.health())
    }
}

impl std::fmt::Debug for EventLoop {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EventLoop").field("ended", &*lock(&self.ended)).finish_non_exhaustive()
    }
}
