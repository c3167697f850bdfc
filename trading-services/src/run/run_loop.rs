//! How does the platform run from its first message to its summary.

use std::path::PathBuf;
use std::time::Duration;

use hdrhistogram::Histogram;
use tokio::time::Instant;

use super::delivery::Delivery;
use super::pace::Pace;
use super::pipeline::Pipeline;
use super::summary::Parts;
use super::{EventLog, Platform, RunError, RunObserver, StopReason, StopSignal, Summary};
use crate::config::Speed;
use crate::domain::MarketEvent;
use crate::interfaces::EventStream;

/// The longest latency that is told apart: a minute, in nanoseconds.
const MAX_LATENCY: u64 = 60_000_000_000;

/// At full speed the loop looks at the clock and lets other tasks run after so many events.
const BREATH: u64 = 256;

/// How long and how fast.
#[derive(Debug, Clone, PartialEq)]
pub struct RunOptions {
    /// The pace.
    pub speed: Speed,
    /// The longest time on the wall; `None` for as long as there are messages.
    pub duration: Option<Duration>,
    /// The largest number of messages; `None` for all.
    pub events: Option<u64>,
    /// Where the event log goes; `None` to hash it only.
    pub log: Option<PathBuf>,
}

/// What came of a run.
#[derive(Debug)]
pub struct RunReport {
    /// The figures, up to the failure if there was one.
    pub summary: Summary,
    /// What ended the run before its time.
    pub failure: Option<RunError>,
}

/// Runs the platform on its primary venue until the messages, the time or the patience end.
///
/// The same events give the same log at any speed. With a seed, the same number of events gives the same log;
/// `duration` stops on the wall and so after a number of events that differs from run to run.
///
/// # Errors
/// [`RunError`] when the run cannot begin. A failure on the way is in the report, beside what was read before.
pub async fn run(
    platform: &Platform,
    options: &RunOptions,
    mut stop: StopSignal,
    observer: &mut dyn RunObserver,
) -> Result<RunReport, RunError> {
    let symbols = platform.config.get().exchange.symbols.clone();
    let venue = platform.exchanges.primary()?;
    let stream = venue.streams(&symbols)?;
    let log = EventLog::create(options.log.as_deref())?;
    let delivery = Delivery::start(&platform.alerts);

    let mut run = Run {
        platform,
        exchange: venue.name(),
        pipeline: Pipeline::new(platform, venue.name(), log),
        // A histogram up to a minute with three digits is always valid; without one there are no latencies.
        latency: Histogram::new_with_bounds(1, MAX_LATENCY, 3).ok(),
        started: Instant::now(),
        reported: Instant::now(),
    };
    let mut outcome = run.events(stream, options, &mut stop, observer).await;
    platform.monitor.stop_monitoring();
    delivery.stop().await;
    if let Err(error) = run.pipeline.log.flush() {
        outcome = outcome.and(Err(error));
    }
    let (reason, failure) = match outcome {
        Ok(reason) => (reason, None),
        Err(error) => (StopReason::Failure, Some(error)),
    };
    let error = failure.as_ref().map(RunError::to_string);
    let log_sha256 = run.pipeline.log.sha256();
    Ok(RunReport { summary: run.summary(reason, error, log_sha256), failure })
}

struct Run<'a> {
    platform: &'a Platform,
    exchange: &'static str,
    pipeline: Pipeline<'a>,
    latency: Option<Histogram<u64>>,
    started: Instant,
    reported: Instant,
}

impl Run<'_> {
    async fn events(
        &mut self,
        mut stream: Box<dyn EventStream>,
        options: &RunOptions,
        stop: &mut StopSignal,
        observer: &mut dyn RunObserver,
    ) -> Result<StopReason, RunError> {
        let deadline = options.duration.and_then(|duration| self.started.checked_add(duration));
        let mut pace = Pace::new(options.speed);
        let mut count = 0;
        while options.events.is_none_or(|limit| count < limit) {
            let reading = Instant::now();
            let event = match stream.next_event() {
                Ok(Some(event)) => event,
                Ok(None) => return Ok(StopReason::EndOfStream),
                Err(error) => {
                    self.platform.exchanges.record_error(self.exchange);
                    return Err(error.into());
                }
            };
            let read = reading.elapsed();
            let due = pace.due(event.received);
            if due.is_some() || count % BREATH == 0 {
                if let Some(reason) = wait(due, deadline, stop).await {
                    return Ok(reason);
                }
                if self.reported.elapsed() >= Duration::from_secs(1) {
                    self.reported = Instant::now();
                    let so_far = self.summary(StopReason::Requested, None, String::new());
                    observer.progress(&so_far).map_err(RunError::Output)?;
                }
            }
            self.process(&event, read, observer)?;
            count += 1;
        }
        Ok(StopReason::EventLimit)
    }

    fn process(&mut self, event: &MarketEvent, read: Duration, observer: &mut dyn RunObserver) -> Result<(), RunError> {
        let processing = Instant::now();
        let processed = self.pipeline.process(event)?;
        if let Some(latency) = &mut self.latency {
            let nanos = (read + processing.elapsed()).as_nanos();
            latency.saturating_record(u64::try_from(nanos).unwrap_or(MAX_LATENCY));
        }
        let mut told = observer.event(event, &processed.ingested);
        for signal in &processed.signals {
            told = told.and_then(|()| observer.signal(signal));
        }
        told.map_err(RunError::Output)
    }

    fn summary(&self, stopped: StopReason, error: Option<String>, log_sha256: String) -> Summary {
        let parts = Parts {
            exchange: self.exchange,
            stopped,
            error,
            event_time: self.pipeline.first.map_or(Duration::ZERO, |first| self.pipeline.last.since(first)),
            wall: self.started.elapsed(),
            latency: self.latency.as_ref(),
            log_lines: self.pipeline.log.lines(),
            log_sha256,
        };
        let Platform { market, signals, alerts, .. } = self.platform;
        Summary::new(parts, market.counters(), signals.statistics(), alerts.stats())
    }
}

/// Waits until the next event is due, unless the run is to end before.
async fn wait(due: Option<Instant>, deadline: Option<Instant>, stop: &mut StopSignal) -> Option<StopReason> {
    if stop.is_requested() {
        return Some(StopReason::Requested);
    }
    if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
        return Some(StopReason::Duration);
    }
    let Some(due) = due else {
        tokio::task::yield_now().await;
        return None;
    };
    let until = deadline.map_or(due, |deadline| deadline.min(due));
    tokio::select! {
        () = tokio::time::sleep_until(until) => deadline.filter(|deadline| *deadline < due).map(|_| StopReason::Duration),
        () = stop.requested() => Some(StopReason::Requested),
    }
}
