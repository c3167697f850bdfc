//! One run: the loop that reads messages until they, the time or a limit end.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use di_core::lifecycle::Stopping;
use futures::{FutureExt, Stream, StreamExt};
use hdrhistogram::Histogram;
use tokio::time::Instant;

use super::Settings;
use super::condition::Condition;
use super::failover::Failover;
use super::opening::Opening;
use super::pace::Pace;
use super::pipeline::Pipeline;
use super::run_metrics;
use super::snapshots::Snapshots;
use super::summary::Parts;
use super::time_guard::TimeGuard;
use crate::engine::{EventLog, IRunObserver, Latency, Platform, RunError, StopReason, Summary};
use crate::model::MarketEvent;
use crate::panics::caught;
use crate::ports::IExchange;

/// The longest latency that is told apart: a minute, in nanoseconds.
const MAX_LATENCY: u64 = 60_000_000_000;

/// At full speed the loop looks at the clock and lets other tasks run after so many events.
const YIELD_EVERY: u64 = 256;

/// Reads one stream, and keeps the figures.
pub(super) struct RunSession {
    platform: Arc<Platform>,
    settings: Settings,
    pipeline: Pipeline,
    snapshots: Snapshots,
    opening: Opening,
    /// Messages of the opening, which come before what is read next.
    opened: VecDeque<MarketEvent>,
    /// How the stream has ended, once it has.
    ended: Option<Result<StopReason, RunError>>,
    time: TimeGuard,
    condition: Arc<Condition>,
    exchange: &'static str,
    latency: Option<Histogram<u64>>,
    started: Instant,
    reported: Instant,
    /// When the first part of the run began to read, once it has.
    begun: Option<Instant>,
    /// How many messages of the stream were taken, by all parts of the run.
    taken: u64,
}

/// What reading on has brought.
enum Next {
    Event(MarketEvent),
    Nothing,
    Over(StopReason),
}

/// What is known of a run that has ended.
#[derive(Debug)]
pub(super) struct Ended {
    parts: Parts,
    progress: Progress,
}

/// How far a run has come, for the part of it that goes on after the loop was stopped.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Progress {
    /// When it began to read.
    begun: Option<Instant>,
    /// How many messages were taken of the stream.
    taken: u64,
    /// How many there were with those that were asked for: the last one's name.
    messages: u64,
}

impl RunSession {
    pub(super) fn new(
        platform: Arc<Platform>,
        venue: Arc<dyn IExchange>,
        settings: Settings,
        log: EventLog,
        condition: Arc<Condition>,
        before: Progress,
    ) -> Self {
        let exchange = venue.name();
        Self {
            pipeline: Pipeline::new(Arc::clone(&platform), exchange, log, before.messages),
            snapshots: Snapshots::new(venue, Arc::clone(&platform.clock) as _, Arc::clone(&condition)),
            opening: Opening::of(exchange, settings.events),
            opened: VecDeque::new(),
            ended: None,
            time: TimeGuard::default(),
            condition,
            platform,
            settings,
            exchange,
            // A histogram up to a minute with three digits is always valid; without one there are no latencies.
            latency: Histogram::new_with_bounds(1, MAX_LATENCY, 3).ok(),
            started: Instant::now(),
            reported: Instant::now(),
            begun: before.begun,
            taken: before.taken,
        }
    }

    /// Reads to the end, and says why it was the end.
    ///
    /// # Errors
    /// What failed on the way; what was read before counts.
    pub(super) async fn read(
        &mut self,
        stream: Failover,
        observer: &dyn IRunObserver,
        stopping: &Stopping,
    ) -> Result<StopReason, RunError> {
        run_metrics::describe();
        (self.started, self.reported) = (Instant::now(), Instant::now());
        let outcome = self.events(stream, observer, stopping).await;
        self.pipeline.end();
        run_metrics::publish(&self.so_far());
        let flushed = self.pipeline.log.finish().await;
        let reason = outcome?;
        flushed.map(|()| reason)
    }

    /// The figures up to the end.
    pub(super) fn end(self, reason: StopReason, error: Option<String>) -> Ended {
        let log_sha256 = self.pipeline.log.sha256();
        let progress = Progress { begun: self.begun, taken: self.taken, messages: self.pipeline.messages() };
        Ended { parts: self.parts(reason, error, log_sha256), progress }
    }

    async fn events(
        &mut self,
        mut stream: Failover,
        observer: &dyn IRunObserver,
        stopping: &Stopping,
    ) -> Result<StopReason, RunError> {
        let begun = *self.begun.get_or_insert(self.started);
        let deadline = self.settings.duration.and_then(|duration| begun.checked_add(duration));
        let mut pace = Pace::new(self.settings.speed);
        loop {
            // Before the next message: a venue that answers at once is heard at once, whatever the speed.
            while let Some(book) = self.snapshots.ready() {
                self.process(&book, None, Duration::ZERO, observer)?;
            }
            if self.settings.events.is_some_and(|limit| self.taken >= limit) {
                // What was read is in the recording of the run, and its replay has it.
                return self.rest(&mut stream, observer).map(|()| StopReason::EventLimit);
            }
            // Before a message is read: what was read is in the recording of the run, and its replay has it.
            if self.taken.is_multiple_of(YIELD_EVERY) {
                if let Some(reason) = over(deadline, stopping) {
                    return self.rest(&mut stream, observer).map(|()| reason);
                }
                tokio::task::yield_now().await;
            }
            let reading = Instant::now();
            let event = match self.opened.pop_front() {
                Some(event) => event,
                None => match self.next(&mut stream, deadline, observer, stopping).await? {
                    Next::Event(event) => event,
                    Next::Nothing => continue,
                    Next::Over(StopReason::EndOfStream) => return Ok(StopReason::EndOfStream),
                    Next::Over(reason) => return self.rest(&mut stream, observer).map(|()| reason),
                },
            };
            let read = reading.elapsed();
            let (event, trouble) = self.in_line(event);
            let due = pace.due(event.received);
            if let Some(due) = due
                && let Some(reason) = wait(due, deadline, stopping).await
            {
                // What is only due later, as in a replay, was not there yet.
                if event.received <= self.platform.clock.now() {
                    self.take(&event, trouble.as_deref(), read, &stream, observer)?;
                    self.rest(&mut stream, observer)?;
                }
                return Ok(reason);
            }
            if due.is_some() || self.taken.is_multiple_of(YIELD_EVERY) {
                self.report(observer)?;
            }
            self.take(&event, trouble.as_deref(), read, &stream, observer)?;
            self.taken += 1;
            if self.pipeline.log.is_full() {
                self.pipeline.log.write().await?;
            }
        }
    }

    /// Takes what is left of a message that was read before the end, and before it what the opening holds.
    fn rest(&mut self, stream: &mut Failover, observer: &dyn IRunObserver) -> Result<(), RunError> {
        let held = self.opening.end();
        for event in std::mem::take(&mut self.opened).into_iter().chain(held) {
            let (event, trouble) = self.in_line(event);
            self.take(&event, trouble.as_deref(), Duration::ZERO, stream, observer)?;
        }
        while stream.size_hint().0 > 0 {
            let Some(Some(Ok(event))) = stream.next().now_or_never() else { break };
            let (event, trouble) = self.in_line(event);
            self.take(&event, trouble.as_deref(), Duration::ZERO, stream, observer)?;
        }
        Ok(())
    }

    /// Shows the figures so far, once in a second.
    fn report(&mut self, observer: &dyn IRunObserver) -> Result<(), RunError> {
        if self.reported.elapsed() < Duration::from_secs(1) {
            return Ok(());
        }
        self.reported = Instant::now();
        let so_far = self.so_far();
        run_metrics::publish(&so_far);
        observer.progress(&so_far).map_err(RunError::Output)
    }

    /// Takes an event of the stream.
    fn take(
        &mut self,
        event: &MarketEvent,
        time_trouble: Option<&str>,
        read: Duration,
        stream: &Failover,
        observer: &dyn IRunObserver,
    ) -> Result<(), RunError> {
        if stream.venue().name() != self.exchange {
            self.change(Arc::clone(stream.venue()));
        }
        self.process(event, time_trouble, read, observer)
    }

    /// Reads on. Books that are fetched meanwhile, and messages that the opening holds, give nothing.
    async fn next(
        &mut self,
        stream: &mut Failover,
        deadline: Option<Instant>,
        observer: &dyn IRunObserver,
        stopping: &Stopping,
    ) -> Result<Next, RunError> {
        if let Some(ended) = self.ended.take() {
            return ended.map(Next::Over);
        }
        let next = match stream.next().now_or_never() {
            Some(next) => next,
            None => tokio::select! {
                biased;
                () = stopping.requested() => return Ok(Next::Over(StopReason::Requested)),
                () = until(deadline) => return Ok(Next::Over(StopReason::Duration)),
                book = self.snapshots.next() => {
                    self.process(&book, None, Duration::ZERO, observer)?;
                    return Ok(Next::Nothing);
                }
                () = until(self.opening.deadline()) => {
                    self.opened.extend(self.opening.end());
                    return Ok(Next::Nothing);
                }
                next = stream.next() => next,
            },
        };
        let event = match next {
            Some(Ok(event)) => event,
            ended => {
                self.ended = Some(match ended {
                    Some(Err(error)) => {
                        self.platform.exchanges.record_error(self.exchange);
                        Err(error.into())
                    }
                    _ => Ok(StopReason::EndOfStream),
                });
                // What was held came before the end.
                self.opened.extend(self.opening.end());
                return Ok(Next::Nothing);
            }
        };
        if self.opening.is_over() {
            return Ok(Next::Event(event));
        }
        self.opened.extend(self.opening.admit(event));
        Ok(Next::Nothing)
    }

    /// The event at a time that may move the clock, and what is wrong with its own if that does not hold.
    fn in_line(&mut self, event: MarketEvent) -> (MarketEvent, Option<String>) {
        let was_out = self.time.trouble().is_some();
        let is_measure = !self.opening.has_bounded(&event);
        let bounded = if is_measure { self.time.bound(&event, self.pipeline.last) } else { None };
        if was_out || bounded.is_some() {
            self.condition.told_time(self.time.trouble().map(str::to_owned));
        }
        let at_first = if self.pipeline.first.is_none() { self.opening.trouble() } else { None };
        // Messages of several connections may be a little apart; time goes on all the same.
        let received = bounded.unwrap_or(event.received).max(self.pipeline.last);
        let event = MarketEvent { received, ..event };
        (event, self.time.trouble().map(str::to_owned).or(at_first))
    }

    /// The messages come from another venue now.
    fn change(&mut self, venue: Arc<dyn IExchange>) {
        self.exchange = venue.name();
        self.pipeline.exchange = self.exchange;
        self.condition.left_venue();
        self.snapshots.change(venue);
    }

    fn process(
        &mut self,
        event: &MarketEvent,
        time_trouble: Option<&str>,
        read: Duration,
        observer: &dyn IRunObserver,
    ) -> Result<(), RunError> {
        let processing = Instant::now();
        // The run ends with a panic, and what was read before is reported.
        let processed = caught(|| self.pipeline.process(event, time_trouble)).map_err(RunError::Panicked)??;
        if let Some(latency) = &mut self.latency {
            let nanos = (read + processing.elapsed()).as_nanos();
            latency.saturating_record(u64::try_from(nanos).unwrap_or(MAX_LATENCY));
        }
        if processed.ingested.needs_snapshot {
            self.snapshots.ask(&event.instrument, processed.ingested.gap.is_some());
        }
        let mut told = observer.event(event, &processed.ingested);
        for news in &processed.news {
            told = told.and_then(|()| observer.news(news));
        }
        told.map_err(RunError::Output)
    }

    fn so_far(&self) -> Summary {
        Summary::new(&self.parts(StopReason::Requested, None, String::new()), &self.platform)
    }

    fn parts(&self, stopped: StopReason, error: Option<String>, log_sha256: String) -> Parts {
        Parts {
            exchange: self.exchange,
            stopped,
            error,
            event_time: self.pipeline.first.map_or(Duration::ZERO, |first| self.pipeline.last.since(first)),
            wall: self.started.elapsed(),
            latency: self.latency.as_ref().map(Latency::of).unwrap_or_default(),
            log_lines: self.pipeline.log.lines(),
            time_jumps: self.time.jumps() + self.opening.jumps(),
            log_sha256,
        }
    }
}

impl Ended {
    /// With the services' own counters as they are now.
    pub(super) fn summary(&self, platform: &Platform) -> Summary {
        Summary::new(&self.parts, platform)
    }

    pub(super) fn progress(&self) -> Progress {
        self.progress
    }
}

/// Waits for the deadline, for ever if there is none.
async fn until(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => tokio::time::sleep_until(deadline).await,
        None => std::future::pending().await,
    }
}

/// Why the run is to end now.
fn over(deadline: Option<Instant>, stopping: &Stopping) -> Option<StopReason> {
    if stopping.is_requested() {
        return Some(StopReason::Requested);
    }
    deadline.filter(|deadline| Instant::now() >= *deadline).map(|_| StopReason::Duration)
}

/// Waits until the next event is due, unless the run is to end before.
async fn wait(due: Instant, deadline: Option<Instant>, stopping: &Stopping) -> Option<StopReason> {
    if let Some(reason) = over(deadline, stopping) {
        return Some(reason);
    }
    let until = deadline.map_or(due, |deadline| deadline.min(due));
    tokio::select! {
        () = tokio::time::sleep_until(until) => deadline.filter(|deadline| *deadline < due).map(|_| StopReason::Duration),
        () = stopping.requested() => Some(StopReason::Requested),
    }
}
