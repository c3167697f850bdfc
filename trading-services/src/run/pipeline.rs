//! What happens with one message, in which order.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::{EventLog, Platform, RunError};
use crate::alerts::{Alert, AlertContext, AlertLevel};
use crate::domain::{MarketEvent, Timestamp};
use crate::market_data::Ingested;
use crate::signals::Signal;
use crate::sync::lock;

/// How often, by event time, symbols are checked for silence.
const CHECK_EVERY: Duration = Duration::from_secs(1);

/// What came of one message.
#[derive(Debug, Default)]
pub(super) struct Processed {
    pub(super) ingested: Ingested,
    pub(super) signals: Vec<Signal>,
}

/// Clock, venue's pulse, market data, monitor, signals, log: always in this order, so that the log depends on events alone.
pub(super) struct Pipeline {
    platform: Arc<Platform>,
    exchange: &'static str,
    raised: Arc<Mutex<Vec<Alert>>>,
    checked: Timestamp,
    pub(super) log: EventLog,
    pub(super) first: Option<Timestamp>,
    pub(super) last: Timestamp,
}

impl Pipeline {
    pub(super) fn new(platform: Arc<Platform>, exchange: &'static str, log: EventLog) -> Self {
        let raised = Arc::new(Mutex::new(Vec::new()));
        // The manager keeps a handler for as long as it lives; this one is to do nothing any more when the run is over.
        let sink = Arc::downgrade(&raised);
        platform.alerts.register_handler(Box::new(move |alert| {
            // How a service is depends on the machine: the log of the same events must be the same on another.
            if let (None, Some(raised)) = (alert.service, sink.upgrade()) {
                lock(&raised).push(alert.clone());
            }
        }));
        let (checked, last) = (Timestamp::default(), Timestamp::default());
        Self { platform, exchange, raised, checked, log, first: None, last }
    }

    pub(super) fn process(&mut self, event: &MarketEvent) -> Result<Processed, RunError> {
        let Platform { config, clock, exchanges, market, monitor, signals, alerts } = &*self.platform;
        clock.advance_to(event.received);
        if self.first.is_none() {
            // Not before: until the first message the clock of a replay stands at 1970.
            self.first = Some(event.received);
            monitor.start_monitoring(&config.get().exchange.symbols);
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
                let context = AlertContext::symbol("rejected", event.symbol());
                alerts.send_alert(&format!("{}: {error}", event.symbol()), AlertLevel::Warning, context);
                Ingested::default()
            }
        };
        let closed = ingested.candles.iter();
        let given = closed.filter_map(|(timeframe, candle)| signals.generate(event.symbol(), *timeframe, candle));
        let processed = Processed { signals: given.collect(), ingested };
        self.log.event(event, &processed.ingested)?;
        for signal in &processed.signals {
            self.log.signal(signal)?;
        }
        let raised = std::mem::take(&mut *lock(&self.raised));
        for alert in &raised {
            self.log.alert(alert)?;
        }
        Ok(processed)
    }
}
