//! The steps of one message, in their order.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use di_core::events::Subscription;

use super::Settings;
use super::news::{self, News};
use crate::engine::{EventLog, Platform, RunError};
use crate::model::{
    CorrelationId, EventKind, MarketEvent, Order, OrderRequest, PositionSide, Rejection, Timeframe, Timestamp,
};
use crate::ports::{
    AlertContext, AlertLevel, Ingested, LiquidationReport, MarketDataError, ModuleOutcome, TradingSettings,
};
use crate::sync::lock;
use crate::{modules, strategy, venues};

/// How often, by event time, symbols are checked for silence.
const CHECK_EVERY: Duration = Duration::from_secs(1);

/// What came of one message.
#[derive(Debug)]
pub(super) struct Processed {
    pub(super) ingested: Ingested,
    pub(super) news: Vec<News>,
}

/// Clock, venue's pulse, market data, monitor, orders, signals, trades, modules, log: always in this order, so that the log depends on events alone.
pub(super) struct Pipeline {
    platform: Arc<Platform>,
    pub(super) exchange: &'static str,
    /// What the bus has told since the last message, in its order.
    heard: Arc<Mutex<Vec<News>>>,
    /// Ends with the run.
    _listening: Vec<Subscription>,
    /// How many messages there were: the last one's name.
    count: u64,
    checked: Timestamp,
    /// When the trading modules were asked last.
    asked: Timestamp,
    strict: bool,
    /// The candles at whose closes strategies are asked.
    timeframe: Timeframe,
    pub(super) log: EventLog,
    pub(super) first: Option<Timestamp>,
    pub(super) last: Timestamp,
}

impl Pipeline {
    /// `count` messages came before, while the loop was started an earlier time.
    pub(super) fn new(platform: Arc<Platform>, exchange: &'static str, log: EventLog, count: u64) -> Self {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let listening = news::listen(&platform, &heard);
        let (checked, asked, last) = (Timestamp::default(), Timestamp::default(), Timestamp::default());
        let strict = platform.config.section::<Settings>().strict;
        let timeframe = platform.config.section::<strategy::Settings>().timeframe;
        Self {
            platform,
            exchange,
            heard,
            _listening: listening,
            count,
            checked,
            asked,
            strict,
            timeframe,
            log,
            first: None,
            last,
        }
    }

    /// How many messages there were.
    pub(super) fn messages(&self) -> u64 {
        self.count
    }

    /// Looks once more at what has not come, and writes what that leads to.
    pub(super) fn end(&mut self) {
        self.platform.monitor.end();
        self.log_heard();
    }

    /// Takes a message; `time_trouble` says why its receive time is not the one that was read.
    pub(super) fn process(&mut self, event: &MarketEvent, time_trouble: Option<&str>) -> Result<Processed, RunError> {
        let Platform { config, clock, exchanges, market, monitor, signals, alerts, trading, .. } = &*self.platform;
        self.count += 1;
        let correlation = CorrelationId(self.count);
        clock.advance_to(event.received);
        if self.first.is_none() {
            // Not before: until the first message the clock of a replay stands at 1970.
            self.first = Some(event.received);
            self.asked = event.received;
            monitor.start_monitoring(&config.section::<venues::Settings>().symbols);
        }
        self.last = self.last.max(event.received);
        if event.is_about_the_market() {
            exchanges.record_heartbeat(self.exchange);
        }
        if let Some(trouble) = time_trouble {
            let context = AlertContext::instrument("time-jump", &event.instrument);
            alerts.send_alert(&format!("{}: {trouble}", event.instrument), AlertLevel::Warning, context);
        }
        // Before the message counts: silence that it ends was silence all the same.
        if event.received.since(self.checked) >= CHECK_EVERY {
            self.checked = event.received;
            monitor.check();
        }
        let ingested = match market.ingest(event) {
            Ok(ingested) => {
                monitor.observe(event, &ingested);
                trading.observe(event, &ingested);
                self.analyse(event, &ingested);
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
        for (timeframe, candles) in &ingested.history {
            signals.learn(&event.instrument, *timeframe, candles);
        }
        if !ingested.candles.is_empty() {
            let (of_signals, others): (Vec<_>, Vec<_>) =
                ingested.candles.iter().partition(|(timeframe, _)| *timeframe == self.timeframe);
            // What closes with the same message has closed for whoever looks at the candle of the signals.
            for (timeframe, candle) in others.into_iter().chain(of_signals) {
                signals.generate(&event.instrument, *timeframe, candle, correlation);
            }
        }
        // What is decided of a signal is told after it.
        let given: Vec<_> = lock(&self.heard).iter().filter_map(News::signal).cloned().collect();
        for signal in &given {
            let _decision = trading.execute_trade(signal);
        }
        self.ask_modules(event.received, correlation);
        self.tell_overfilled();
        self.log.event(event, &ingested, correlation);
        let news = self.log_heard();
        Ok(Processed { ingested, news })
    }

    /// Shows trades and liquidations that were taken to those who sum them up, and tells people of a cascade. What is not sure is the price of a doubtful
    /// trade, and with it the turnover; that so much was traded is.
    fn analyse(&self, event: &MarketEvent, ingested: &Ingested) {
        let Platform { analysis, liquidations, rankings, alerts, .. } = &*self.platform;
        match &event.kind {
            EventKind::Trade(trade) => {
                analysis.observe(&event.instrument, trade);
                if !ingested.doubtful {
                    rankings.observe(&event.instrument, trade, event.received);
                }
            }
            EventKind::Liquidation(liquidation) => {
                liquidations.observe(&event.instrument, liquidation, event.received);
                let report = liquidations.detect_liquidations(&event.instrument, event.received);
                // Of the side that is being liquidated now, and a rule for each: one cascade does not silence the other.
                let (side, rule) = match liquidation.liquidated {
                    PositionSide::Long => (&report.long, "cascade-long"),
                    PositionSide::Short => (&report.short, "cascade-short"),
                };
                if side.notional >= liquidations.config().threshold {
                    let report = LiquidationReport { cascade: Some(liquidation.liquidated), ..report };
                    let context = AlertContext::instrument(rule, &event.instrument);
                    alerts.send_alert(&report.to_string(), AlertLevel::Warning, context);
                }
            }
            _ => {}
        }
    }

    /// Lets the trading modules trade, when it is time for them by the messages: a replay asks them at the same ones.
    fn ask_modules(&mut self, now: Timestamp, correlation: CorrelationId) {
        let Platform { config, orchestrator, alerts, .. } = &*self.platform;
        let every = config.section::<modules::Settings>().every;
        if every.is_zero() || now.since(self.asked) < every || !config.section::<TradingSettings>().enabled {
            return;
        }
        self.asked = now;
        for report in orchestrator.run_once(correlation, false) {
            let failed = report.trades.iter().filter_map(|trade| match &trade.outcome {
                ModuleOutcome::Failed(reason) => Some(reason),
                _ => None,
            });
            for reason in report.error.iter().chain(failed) {
                let context = AlertContext { rule: "module", ..AlertContext::default() };
                alerts.send_alert(&format!("{}: {reason}", report.module), AlertLevel::Error, context);
            }
        }
    }

    /// Raises an alert for each order of which the venue has traded more than was wanted: that is owned all the same, and
    /// somebody has to look at it.
    fn tell_overfilled(&self) {
        let orders: Vec<_> = lock(&self.heard).iter().filter_map(News::overfilled).cloned().collect();
        for Order { request, filled, .. } in &orders {
            let OrderRequest { id, instrument, quantity, .. } = request;
            let message = format!("{instrument}: {filled} of the order {id} were traded, and {quantity} were wanted");
            self.platform.alerts.send_alert(
                &message,
                AlertLevel::Error,
                AlertContext::instrument("overfilled", instrument),
            );
        }
    }

    /// Writes what the bus has told, and returns it.
    fn log_heard(&mut self) -> Vec<News> {
        let news = std::mem::take(&mut *lock(&self.heard));
        for news in &news {
            self.log.news(news);
        }
        news
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
