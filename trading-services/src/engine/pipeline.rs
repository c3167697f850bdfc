//! The steps of one message, in their order.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use di_core::events::Subscription;

use super::Settings;
use super::time_guard::TimeGuard;
use crate::engine::{EventLog, Platform, RunError};
use crate::model::{EventKind, MarketEvent, Rejection, Timestamp};
use crate::ports::{Alert, AlertContext, AlertLevel, Ingested, MarketDataError, Signal, ValidationError};
use crate::sync::lock;
use crate::venues;

/// How often, by event time, symbols are checked for silence.
const CHECK_EVERY: Duration = Duration::from_secs(1);

/// What came of one message.
#[derive(Debug)]
pub(super) struct Processed {
    pub(super) ingested: Ingested,
    pub(super) signals: Vec<Signal>,
}

/// What the bus has told since the last message.
#[derive(Debug, Default)]
struct Heard {
    signals: Vec<Signal>,
    alerts: Vec<Alert>,
}

/// Clock, venue's pulse, market data, monitor, signals, log: always in this order, so that the log depends on events alone.
pub(super) struct Pipeline {
    platform: Arc<Platform>,
    exchange: &'static str,
    heard: Arc<Mutex<Heard>>,
    /// Ends with the run.
    _listening: [Subscription; 2],
    checked: Timestamp,
    strict: bool,
    time: TimeGuard,
    pub(super) log: EventLog,
    pub(super) first: Option<Timestamp>,
    pub(super) last: Timestamp,
}

impl Pipeline {
    pub(super) fn new(platform: Arc<Platform>, exchange: &'static str, log: EventLog) -> Self {
        let heard = Arc::new(Mutex::new(Heard::default()));
        // Observers run in the thread that publishes: what a message leads to is here before the message is done with.
        let sink = Arc::clone(&heard);
        let signals = platform.signals_given.observe("event log", move |signal| {
            lock(&sink).signals.push(signal.clone());
        });
        let sink = Arc::clone(&heard);
        let alerts = platform.alerts_raised.observe("event log", move |alert| {
            // How a service is depends on the machine: the log of the same events must be the same on another.
            if alert.service.is_none() {
                lock(&sink).alerts.push(alert.clone());
            }
        });
        let (checked, last) = (Timestamp::default(), Timestamp::default());
        let (strict, time) = (platform.config.section::<Settings>().strict, TimeGuard::default());
        Self { platform, exchange, heard, _listening: [signals, alerts], checked, strict, time, log, first: None, last }
    }

    /// Clock jumps that were not followed.
    pub(super) fn time_jumps(&self) -> u64 {
        self.time.jumps()
    }

    /// Looks once more at what has not come, and writes what that leads to.
    pub(super) fn end(&mut self) -> Result<(), RunError> {
        self.platform.monitor.end();
        self.log_heard().map(drop)
    }

    pub(super) fn process(&mut self, event: &MarketEvent) -> Result<Processed, RunError> {
        let bounded = self.time.bound(event, self.last);
        let event = bounded.as_ref().unwrap_or(event);
        let Platform { config, clock, exchanges, market, monitor, signals, alerts, .. } = &*self.platform;
        clock.advance_to(event.received);
        if self.first.is_none() {
            // Not before: until the first message the clock of a replay stands at 1970.
            self.first = Some(event.received);
            monitor.start_monitoring(&config.section::<venues::Settings>().symbols);
        }
        self.last = self.last.max(event.received);
        exchanges.record_heartbeat(self.exchange);
        if bounded.is_some() {
            let context = AlertContext::instrument("time-jump", &event.instrument);
            let message = format!("{}: a receive time is out of line, the time before it holds", event.instrument);
            alerts.send_alert(&message, AlertLevel::Warning, context);
        }
        // Before the message counts: silence that it ends was silence all the same.
        if event.received.since(self.checked) >= CHECK_EVERY {
            self.checked = event.received;
            monitor.check();
        }
        if let (true, EventKind::NotTaken(not_taken)) = (self.strict, &event.kind) {
            return Err(RunError::NotTaken(ValidationError::NotUnderstood(not_taken.clone())));
        }
        let ingested = match market.ingest(event) {
            Ok(ingested) => {
                monitor.observe(event, &ingested);
                ingested
            }
            Err(MarketDataError::Rejected(error)) if self.strict => return Err(RunError::NotTaken(error)),
            Err(error) if !is_news(&error) => Ingested::default(),
            Err(error) => {
                let context = AlertContext::instrument("rejected", &event.instrument);
                alerts.send_alert(&format!("{}: {error}", event.instrument), AlertLevel::Warning, context);
                Ingested::default()
            }
        };
        for (timeframe, candle) in &ingested.candles {
            signals.generate(&event.instrument, *timeframe, candle);
        }
        self.log.event(event, &ingested)?;
        let signals = self.log_heard()?;
        Ok(Processed { ingested, signals })
    }

    /// Writes the signals and alerts that the bus has told of, and returns the signals.
    fn log_heard(&mut self) -> Result<Vec<Signal>, RunError> {
        let Heard { signals, alerts } = std::mem::take(&mut *lock(&self.heard));
        for signal in &signals {
            self.log.signal(signal)?;
        }
        for alert in &alerts {
            self.log.alert(alert)?;
        }
        Ok(signals)
    }
}

/// Whether a message that was not taken is worth an alert: repeated and late ones are part of the business of networks.
fn is_news(error: &MarketDataError) -> bool {
    let MarketDataError::Rejected(error) = error else { return true };
    !matches!(
        error.rejection(),
        Rejection::Duplicate | Rejection::Late | Rejection::UnknownKind | Rejection::OutOfSequence
    )
}
