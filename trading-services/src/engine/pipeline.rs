//! The steps of one message, in their order.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use di_core::events::Subscription;

use crate::engine::{EventLog, Platform, RunError};
use crate::model::{MarketEvent, Timestamp};
use crate::ports::{Alert, AlertContext, AlertLevel, Ingested, Signal};
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
        Self { platform, exchange, heard, _listening: [signals, alerts], checked, log, first: None, last }
    }

    pub(super) fn process(&mut self, event: &MarketEvent) -> Result<Processed, RunError> {
        let Platform { config, clock, exchanges, market, monitor, signals, alerts, .. } = &*self.platform;
        clock.advance_to(event.received);
        if self.first.is_none() {
            // Not before: until the first message the clock of a replay stands at 1970.
            self.first = Some(event.received);
            monitor.start_monitoring(&config.section::<venues::Settings>().symbols);
        }
        self.last = self.last.max(event.received);
        exchanges.record_heartbeat(self.exchange);
        // Before the message counts: silence that it ends was silence all the same.
        if event.received.since(self.checked) >= CHECK_EVERY {
            self.checked = event.received;
            monitor.check();
        }
        let ingested = match market.ingest(event) {
            Ok(ingested) => {
                monitor.observe(event, &ingested);
                ingested
            }
            Err(error) => {
                let context = AlertContext::instrument("rejected", &event.instrument);
                alerts.send_alert(&format!("{}: {error}", event.instrument), AlertLevel::Warning, context);
                Ingested::default()
            }
        };
        for (timeframe, candle) in &ingested.candles {
            signals.generate(&event.instrument, *timeframe, candle);
        }
        let Heard { signals, alerts } = std::mem::take(&mut *lock(&self.heard));
        self.log.event(event, &ingested)?;
        for signal in &signals {
            self.log.signal(signal)?;
        }
        for alert in &alerts {
            self.log.alert(alert)?;
        }
        Ok(Processed { ingested, signals })
    }
}
