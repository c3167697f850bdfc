//! The feed of the live page: what the services say, as topics.

use std::sync::Arc;
use std::time::Duration;

use di_core::error::BoxError;
use di_core::events::{Event, Overflow, Subscriber, Topic as BusTopic};
use di_core::health::{HealthMonitor, HealthStatus};
use di_core::lifecycle::{Backoff, Context, Lifecycle, Restart};
use di_core::service;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};

use super::hub::Hub;
use super::topic::Topic;
use crate::api::Settings;
use crate::api::instruments::{is_name, named};
use crate::api::views::{
    AlertRow, BookView, CandleView, EquityRow, FillRow, HealthCounts, MarketRow, OrderRow, Overview, SignalRow,
    StrategyRow, TradeRow,
};
use crate::model::{Fill, InstrumentId, Order, Timeframe};
use crate::ports::{
    Alert, AlertStats, EquityPoint, IAlertService, IConfigService, IDashboardService, IMarketDataService,
    IOrderExecutor, IPortfolio, ISignalService, Signal,
};

/// How often viewers get something new.
const ROUND: Duration = Duration::from_millis(250);

/// So much time is between two rounds, also when somebody wants to see something new at once.
const PAUSE: Duration = Duration::from_millis(20);

/// What cannot be shown is no reason to end trading: it is tried again, later and later.
const RESTART: Restart = Restart::OnFailure {
    intensity: u32::MAX,
    period: Duration::from_secs(60),
    backoff: Backoff { initial: Duration::from_millis(250), multiplier: 2, max: Duration::from_secs(10) },
};

/// Every so-many-th round the equity is noted for the curve.
const EQUITY_ROUNDS: u64 = 4;

/// How many rows of orders, fills, signals and alerts a viewer sees.
const ROWS: usize = 300;

/// How many points of the equity, from its first one to the last.
const POINTS: usize = 2_400;

/// How many candles.
const CANDLES: usize = 600;
/// Of these, so many may have changed since the last round.
const RECENT: usize = 30;

/// How many trades.
const TRADES: usize = 60;

/// How many strategies.
const STRATEGIES: usize = 64;

/// How many levels of a book.
const DEPTH: usize = 12;

/// Events that may wait for the next round; when there are more, the services' own history has them.
const QUEUE: usize = 512;

/// Topics that are kept when nobody looks.
const KEPT: [&str; 6] = ["overview", "equity", "orders", "fills", "signals", "alerts"];

/// Copies what the services say into the topics of the page, a few times a second, whoever looks.
///
/// It reads: events from queues that drop what is too much, the rest from the services' answers. So the pipeline waits for
/// no viewer, and decides the same with the page and without.
#[service(lifecycle)]
pub struct LiveFeed {
    config: Arc<dyn IConfigService>,
    dashboard: Arc<dyn IDashboardService>,
    market: Arc<dyn IMarketDataService>,
    executor: Arc<dyn IOrderExecutor>,
    portfolio: Arc<dyn IPortfolio>,
    signals: Arc<dyn ISignalService>,
    alerts: Arc<dyn IAlertService>,
    alerts_raised: Arc<BusTopic<Alert>>,
    signals_given: Arc<BusTopic<Signal>>,
    orders_changed: Arc<BusTopic<Order>>,
    orders_filled: Arc<BusTopic<Fill>>,
    #[inject(default)]
    hub: Arc<Hub>,
}

/// Which topic a name asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::api) enum Wanted {
    /// One that is always there.
    Fixed,
    Strategies,
    Market(String),
    Trades(String),
    Candles(String, Timeframe),
}

impl Wanted {
    /// What `name` asks for; `None` when there is no such topic.
    pub(in crate::api) fn parse(name: &str) -> Option<Self> {
        if KEPT.contains(&name) {
            return Some(Self::Fixed);
        }
        let (kind, rest) = name.split_once(':').unwrap_or((name, ""));
        let instrument = |name: &str| is_name(name).then(|| name.to_owned());
        match kind {
            "strategies" if rest.is_empty() => Some(Self::Strategies),
            "market" => instrument(rest).map(Self::Market),
            "trades" => instrument(rest).map(Self::Trades),
            "candles" => {
                let (name, timeframe) = rest.rsplit_once(':')?;
                Some(Self::Candles(instrument(name)?, timeframe.parse().ok()?))
            }
            _ => None,
        }
    }

    /// The name of the instrument that it is about.
    fn instrument(&self) -> Option<&str> {
        match self {
            Self::Market(name) | Self::Trades(name) | Self::Candles(name, _) => Some(name),
            Self::Fixed | Self::Strategies => None,
        }
    }

    /// How such a topic begins.
    pub(in crate::api) fn begin(&self, name: &str) -> fn() -> Topic {
        match self {
            Self::Fixed if name == "overview" => Topic::of_fields,
            Self::Fixed if name == "equity" => || Topic::of_points(POINTS),
            Self::Fixed if matches!(name, "alerts" | "signals") => || Topic::of_numbers(ROWS),
            Self::Fixed => || Topic::of_rows(ROWS),
            Self::Strategies => || Topic::of_rows(STRATEGIES),
            Self::Market(_) => Topic::of_fields,
            Self::Trades(_) => || Topic::of_rows(TRADES),
            Self::Candles(..) => || Topic::of_rows(CANDLES),
        }
    }
}

impl LiveFeed {
    pub(in crate::api) fn hub(&self) -> &Arc<Hub> {
        &self.hub
    }

    /// Looks at everything that somebody looks at.
    fn round(&self, reader: &mut Reader) {
        reader.round += 1;
        let data = self.dashboard.update_cache();
        let overview = Overview::new(&data, health(&reader.health));
        self.hub.change("overview", Topic::of_fields, |topic| topic.set(&overview));
        if reader.round % EQUITY_ROUNDS == 1
            && let Some(performance) = &data.performance
        {
            let now = EquityPoint { time: data.time, equity: performance.equity };
            self.rows("equity", |topic| point(topic, &now));
        }
        self.drain(reader);
        for name in self.hub.looked_at() {
            let Some(wanted) = Wanted::parse(&name) else { continue };
            let begin = wanted.begin(&name);
            let instrument = wanted.instrument().and_then(|name| named(&*self.market, name));
            match (wanted, instrument) {
                (Wanted::Strategies, _) => self.strategies(&name, begin),
                (Wanted::Market(_), Some(instrument)) => self.market(&name, begin, &instrument),
                (Wanted::Trades(_), Some(instrument)) => self.trades(&name, begin, &instrument),
                (Wanted::Candles(_, timeframe), Some(instrument)) => {
                    self.candles(&name, begin, &instrument, timeframe);
                }
                // Nothing has come yet of what somebody waits for.
                _ => {}
            }
        }
        self.hub.forget(|name| KEPT.contains(&name));
        self.hub.beat();
        self.hub.publish();
    }

    /// Takes the events that have waited since the last round.
    fn drain(&self, reader: &mut Reader) {
        self.events("orders", &mut reader.orders, order);
        self.events("fills", &mut reader.fills, fill);
        self.events("signals", &mut reader.signals, signal);
        self.events("alerts", &mut reader.alerts, |topic, alert| self.alert(topic, alert));
        let missed = reader.missed();
        // What was missed may have been the last word of an order.
        if std::mem::replace(&mut reader.lagged, missed) != missed {
            self.history();
        }
        let AlertStats { delivered, failed, .. } = self.alerts.stats();
        // A channel has spoken, of whichever alert.
        if std::mem::replace(&mut reader.delivered, (delivered, failed)) != (delivered, failed) {
            self.alert_rows();
        }
    }

    fn alert(&self, topic: &mut Topic, alert: &Alert) {
        topic.put(&alert.id.to_string(), &AlertRow::new(alert, &*self.alerts));
    }

    /// What an operator has done to an alert is shown at once; one that is older than those that are shown takes the place of none.
    pub(in crate::api) fn alert_changed(&self, id: u64) {
        let all = self.alerts.alerts(None, usize::MAX, None);
        if let Some(alert) = all.iter().find(|alert| alert.id == id) {
            self.rows("alerts", |topic| self.alert(topic, alert));
        }
        self.hub.publish();
    }

    /// All alerts as they are now; the rows that are as they were change nothing.
    fn alert_rows(&self) {
        let alerts = self.alerts.alerts(None, ROWS, None);
        self.rows("alerts", |topic| alerts.iter().rev().for_each(|alert| self.alert(topic, alert)));
    }

    fn events<E: Event>(&self, name: &str, queue: &mut Subscriber<E>, put: impl Fn(&mut Topic, &E)) {
        let mut events = Vec::new();
        while let Some(event) = queue.try_next() {
            events.push(event);
        }
        if !events.is_empty() {
            self.rows(name, |topic| events.iter().for_each(|event| put(topic, event)));
        }
    }

    /// What was before the first round, perhaps in an earlier run, and what was missed since: the topics begin with it again.
    fn history(&self) {
        let orders = self.executor.latest_orders(ROWS, 0).items;
        let fills = self.executor.latest_fills(ROWS, 0).items;
        let signals = self.signals.history(None, ROWS);
        let alerts = self.alerts.alerts(None, ROWS, None);
        self.replace("orders", &orders, order);
        self.replace("fills", &fills, fill);
        self.replace("signals", &signals, signal);
        self.replace("alerts", &alerts, |topic, alert| self.alert(topic, alert));
    }

    /// Begins a topic again with these rows, the newest first.
    fn replace<T>(&self, name: &str, newest_first: &[T], put: impl Fn(&mut Topic, &T)) {
        self.rows(name, |topic| {
            topic.clear();
            newest_first.iter().rev().for_each(|own| put(topic, own));
        });
    }

    /// The curve from its first point on; after a restart of the feed, what is newer than what is shown.
    fn curve(&self) {
        let curve = self.portfolio.equity_curve();
        self.rows("equity", |topic| {
            // Times have nine digits behind the point: their texts are in their order.
            let last = topic.last_key().map(str::to_owned);
            let is_newer = |own: &&EquityPoint| last.as_ref().is_none_or(|last| own.time.to_string() > *last);
            curve.iter().filter(is_newer).for_each(|own| point(topic, own));
        });
    }

    fn rows(&self, name: &str, change: impl FnOnce(&mut Topic)) {
        self.hub.change(name, Wanted::Fixed.begin(name), change);
    }

    fn strategies(&self, name: &str, begin: fn() -> Topic) {
        let rows = StrategyRow::all(&*self.signals, &*self.executor, &*self.portfolio);
        self.hub.change(name, begin, |topic| rows.iter().for_each(|row| topic.put(&row.name, row)));
    }

    fn market(&self, name: &str, begin: fn() -> Topic, instrument: &InstrumentId) {
        let Ok(view) = self.market.market_data(instrument) else { return };
        let book = self.market.depth(instrument, DEPTH).ok().flatten().map(BookView::from).unwrap_or_default();
        let fields = serde_json::json!({ "market": MarketRow::from(&view), "book": book });
        self.hub.change(name, begin, |topic| topic.set(&fields));
    }

    fn trades(&self, name: &str, begin: fn() -> Topic, instrument: &InstrumentId) {
        let Ok(trades) = self.market.recent_trades(instrument, TRADES) else { return };
        self.hub.change(name, begin, |topic| {
            trades.iter().for_each(|trade| topic.put(&trade.id.to_string(), &TradeRow::from(trade)));
        });
    }

    fn candles(&self, name: &str, begin: fn() -> Topic, instrument: &InstrumentId, timeframe: Timeframe) {
        let last = |count| CandleView::last(&*self.market, instrument, timeframe, count);
        let Ok(mut rows) = last(RECENT) else { return };
        let mut is_known = Vec::new();
        self.hub.change(name, begin, |topic| {
            is_known = rows.iter().map(|row| topic.has_row(&row.time.to_string())).collect();
        });
        // Nobody has seen any yet, or the venue has told what was before those that were seen.
        let has_older = is_known.iter().skip_while(|known| **known).any(|known| *known);
        if has_older || !is_known.contains(&true) {
            let Ok(all) = last(CANDLES - 1) else { return };
            rows = all;
        }
        self.hub.change(name, begin, |topic| rows.iter().for_each(|row| topic.put(&row.time.to_string(), row)));
    }
}

fn order(topic: &mut Topic, order: &Order) {
    topic.put(order.request.id.as_str(), &OrderRow::from(order));
}

fn fill(topic: &mut Topic, fill: &Fill) {
    topic.put(&fill.id, &FillRow::from(fill));
}

fn signal(topic: &mut Topic, signal: &Signal) {
    topic.put(&signal.id.to_string(), &SignalRow::from(signal));
}

fn point(topic: &mut Topic, point: &EquityPoint) {
    topic.put(&point.time.to_string(), &EquityRow::from(point));
}

/// What is read between two rounds.
struct Reader {
    health: HealthMonitor,
    round: u64,
    /// How many alerts were delivered, and how many could not be.
    delivered: (u64, u64),
    /// How many events were missed so far.
    lagged: u64,
    alerts: Subscriber<Alert>,
    signals: Subscriber<Signal>,
    orders: Subscriber<Order>,
    fills: Subscriber<Fill>,
}

impl Reader {
    /// How many events were missed in all.
    fn missed(&self) -> u64 {
        self.alerts.lagged() + self.signals.lagged() + self.orders.lagged() + self.fills.lagged()
    }
}

#[di_core::interface]
impl Lifecycle for LiveFeed {
    async fn start(&self, context: &Context) -> Result<(), BoxError> {
        let settings = self.config.section::<Settings>();
        if !settings.enabled || !settings.page {
            return Ok(());
        }
        let feed = self.handle();
        let health = context.health();
        context.supervise("feed the page", RESTART, move |stopping| {
            let (feed, health) = (feed.handle(), health.clone());
            async move {
                let queue = Overflow::DropOldest(QUEUE);
                let mut reader = Reader {
                    health,
                    round: 0,
                    delivered: (0, 0),
                    lagged: 0,
                    alerts: feed.alerts_raised.subscribe("page", queue),
                    signals: feed.signals_given.subscribe("page", queue),
                    orders: feed.orders_changed.subscribe("page", queue),
                    fills: feed.orders_filled.subscribe("page", queue),
                };
                feed.history();
                feed.curve();
                let (mut rounds, mut last) = (interval(ROUND), Instant::now());
                rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
                loop {
                    tokio::select! {
                        _ = rounds.tick() => {}
                        () = feed.hub.until_wanted() => sleep_until(last + PAUSE).await,
                        () = stopping.requested() => return Ok(()),
                    }
                    feed.round(&mut reader);
                    last = Instant::now();
                }
            }
        });
        Ok(())
    }
}

impl LiveFeed {
    /// The same feed, for a task.
    fn handle(&self) -> Self {
        Self {
            config: Arc::clone(&self.config),
            dashboard: Arc::clone(&self.dashboard),
            market: Arc::clone(&self.market),
            executor: Arc::clone(&self.executor),
            portfolio: Arc::clone(&self.portfolio),
            signals: Arc::clone(&self.signals),
            alerts: Arc::clone(&self.alerts),
            alerts_raised: Arc::clone(&self.alerts_raised),
            signals_given: Arc::clone(&self.signals_given),
            orders_changed: Arc::clone(&self.orders_changed),
            orders_filled: Arc::clone(&self.orders_filled),
            hub: Arc::clone(&self.hub),
        }
    }
}

/// How many services are how.
pub(in crate::api) fn health(monitor: &HealthMonitor) -> HealthCounts {
    let records = monitor.current();
    let mut counts = HealthCounts { status: monitor.overall().to_string(), ..HealthCounts::default() };
    counts.services = records.len();
    for record in records {
        if record.status == HealthStatus::Healthy {
            counts.healthy += 1;
        } else {
            let errors =
                if record.errors.is_empty() { String::new() } else { format!(": {}", record.errors.join("; ")) };
            counts.troubled.push(format!("{} is {}{errors}", record.service, record.status));
        }
    }
    counts
}

impl std::fmt::Debug for LiveFeed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LiveFeed").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_is_named_by_its_kind_and_what_it_is_about() {
        let instrument = "okx:BTC-USDT".to_owned();
        assert_eq!(Wanted::parse("fills"), Some(Wanted::Fixed));
        assert_eq!(Wanted::parse("candles:okx:BTC-USDT:5m"), Some(Wanted::Candles(instrument.clone(), Timeframe::M5)));
        assert_eq!(Wanted::parse("market:okx:BTC-USDT"), Some(Wanted::Market(instrument)));
        for name in ["", "secrets", "market:", "market:btc", "candles:okx:BTC-USDT:2m", "fills:x", "market:a:<b>"] {
            assert_eq!(Wanted::parse(name), None, "{name}");
        }
    }
}
