//! The platform at a glance, over the network.

use rust_decimal::Decimal;
use serde::Serialize;
use utoipa::ToSchema;

use super::{AlertView, MarketRow, OrderRow, PositionRow, RiskView};
use crate::ports::DashboardData;

/// The platform at a glance.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct Overview {
    /// By the clock of the market: in a replay, that of the recording.
    time: String,
    currency: String,
    /// What came of all trades; `null` while the value of the account is not known.
    performance: Option<Performance>,
    risk: RiskView,
    positions: Vec<PositionRow>,
    open_orders: Vec<OrderRow>,
    markets: Vec<MarketRow>,
    messages: Messages,
    signals: Signals,
    alerts: Alerts,
    health: HealthCounts,
}

/// What came of all trades.
#[derive(Debug, Serialize, ToSchema)]
struct Performance {
    equity: Decimal,
    /// Realised and unrealised, after fees and funding.
    profit: Decimal,
    realised: Decimal,
    unrealised: Decimal,
    fees: Decimal,
    funding: Decimal,
    orders: u64,
    refused: u64,
    fills: u64,
    round_trips: u64,
    won: u64,
}

/// Messages of venues.
#[derive(Debug, Serialize, ToSchema)]
struct Messages {
    taken: u64,
    rejected: u64,
    gaps: u64,
    healed: u64,
    crossed_books: u64,
    doubtful: u64,
}

/// Signals since the start.
#[derive(Debug, Serialize, ToSchema)]
struct Signals {
    long: u64,
    short: u64,
    candles: u64,
    suppressed: u64,
    shadowed: u64,
}

/// Alerts since the start.
#[derive(Debug, Serialize, ToSchema)]
struct Alerts {
    sent: u64,
    suppressed: u64,
    undelivered: u64,
    pending: u64,
    /// Warnings and worse that nobody has acknowledged.
    open: usize,
    /// The newest of them, newest first: all of them are in `/api/v1/alerts`.
    latest: Vec<AlertView>,
}

/// How many services are how.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(in crate::api) struct HealthCounts {
    /// The worst of all: `healthy`, `degraded`, ..
    pub(in crate::api) status: String,
    pub(in crate::api) services: usize,
    pub(in crate::api) healthy: usize,
    /// Those that are not: name, state and reason.
    pub(in crate::api) troubled: Vec<String>,
}

impl Overview {
    pub(in crate::api) fn new(data: &DashboardData, health: HealthCounts) -> Self {
        let performance = data.performance.as_ref().map(|performance| {
            let pnl = &performance.pnl;
            let gained = pnl.realised.saturating_add(pnl.unrealised).saturating_add(pnl.funding);
            Performance {
                equity: performance.equity,
                profit: gained.saturating_sub(pnl.fees),
                realised: pnl.realised,
                unrealised: pnl.unrealised,
                fees: pnl.fees,
                funding: pnl.funding,
                orders: performance.orders,
                refused: performance.refused,
                fills: performance.fills,
                round_trips: performance.round_trips,
                won: performance.won,
            }
        });
        let (counters, signals, alerts) = (&data.counters, &data.signals, &data.alerts);
        Self {
            time: data.time.to_string(),
            currency: data.currency.to_string(),
            performance,
            risk: RiskView::new(&data.risk, data.killed.clone(), data.troubles.clone()),
            positions: data.positions.iter().map(PositionRow::from).collect(),
            open_orders: data.open_orders.iter().map(OrderRow::from).collect(),
            markets: data.markets.iter().map(MarketRow::from).collect(),
            messages: Messages {
                taken: counters.events,
                rejected: counters.rejected,
                gaps: counters.gaps,
                healed: counters.resyncs,
                crossed_books: counters.crossed_books,
                doubtful: counters.doubtful,
            },
            signals: Signals {
                long: signals.long,
                short: signals.short,
                candles: signals.bars,
                suppressed: signals.contradictions + signals.cooled_down,
                shadowed: signals.shadowed,
            },
            alerts: Alerts {
                sent: alerts.sent,
                suppressed: alerts.duplicates + alerts.cooled_down + alerts.below_level,
                undelivered: alerts.failed + alerts.dropped,
                pending: alerts.pending,
                open: data.open_alerts.total,
                latest: data.open_alerts.latest.iter().map(AlertView::from).collect(),
            },
            health,
        }
    }
}
