//! Signals, orders, fills, positions, limits and alerts over the network.

use rust_decimal::Decimal;
use serde::Serialize;
use utoipa::ToSchema;

use crate::model::{Fill, FundingSettlement, Order, RoundTrip};
use crate::ports::{Alert, AlertDelivery, EquityPoint, IAlertService, PositionView, Reason, RiskMetrics, Signal};

/// One position, at the last price.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct PositionRow {
    instrument: String,
    /// How much; below zero for a short position.
    quantity: Decimal,
    average_price: Option<Decimal>,
    mark: Decimal,
    /// What it is worth at the mark, in its currency.
    value: Decimal,
    currency: String,
    /// The same in the currency of the account; `null` where nobody knows a rate.
    worth: Option<Decimal>,
    realised: Decimal,
    unrealised: Decimal,
}

/// An order with what has become of it.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct OrderRow {
    id: String,
    instrument: String,
    side: String,
    kind: String,
    quantity: Decimal,
    filled: Decimal,
    status: String,
    /// Whether it waits.
    open: bool,
    reason: Option<String>,
    submitted: String,
    changed: String,
    /// The `id` of the signal that called for it; `null` for an order of a module or of a person.
    signal: Option<u64>,
    /// The number of the message of its run that it follows from; `trace` prints the chain.
    correlation: u64,
}

/// The execution of an order, or of a part of it.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct FillRow {
    id: String,
    order: String,
    instrument: String,
    side: String,
    quantity: Decimal,
    price: Decimal,
    /// What it is worth.
    value: Decimal,
    currency: String,
    fee: Decimal,
    fee_currency: String,
    liquidity: String,
    time: String,
    /// The `id` of the signal that called for its order; `null` for an order of a module or of a person.
    signal: Option<u64>,
    /// The number of the message of its run that its order follows from.
    correlation: u64,
}

/// A call to act.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct SignalRow {
    id: u64,
    time: String,
    instrument: String,
    timeframe: String,
    /// When the candle began, in seconds since 1970.
    bar: u64,
    /// `long` or `short`.
    direction: String,
    price: Decimal,
    doubtful: bool,
    reasons: Vec<ReasonRow>,
    /// The number of the message of its run that closed the candle.
    correlation: u64,
}

/// Why a signal was given.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct ReasonRow {
    strategy: String,
    text: String,
}

/// What was opened and closed again.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct RoundTripRow {
    /// Its number, rising from 1.
    id: u64,
    instrument: String,
    side: String,
    quantity: Decimal,
    entry_time: String,
    entry_price: Decimal,
    exit_time: String,
    exit_price: Decimal,
    currency: String,
    fees: Decimal,
    /// What was gained after fees.
    profit: Decimal,
    /// The `id` of the order that opened it.
    order: String,
    /// The `id` of the signal that called for that order; `null` for an order of a module or of a person.
    signal: Option<u64>,
}

/// What a position has paid or received when its funding was due.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct FundingRow {
    instrument: String,
    /// When it was due, by its venue.
    due: String,
    /// How much was held; below zero for a short position.
    held: Decimal,
    /// As a fraction of the position's value. This, `mark` and `amount` are `null` where they are not known: then nothing was
    /// booked.
    rate: Option<Decimal>,
    mark: Option<Decimal>,
    /// What was received; below zero for what was paid.
    amount: Option<Decimal>,
    currency: String,
}

/// The value of the account at a time.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct EquityRow {
    pub(super) time: String,
    pub(super) equity: Decimal,
}

/// How much is at risk, and how much may be.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct RiskView {
    pub(in crate::api) equity: Decimal,
    pub(in crate::api) peak: Decimal,
    pub(in crate::api) drawdown_percent: Decimal,
    pub(in crate::api) daily_loss_percent: Decimal,
    /// What the account has gained since midnight UTC by the time of the market; negative for a loss.
    pub(in crate::api) day_profit: Decimal,
    pub(in crate::api) exposure: Decimal,
    pub(in crate::api) leverage: Decimal,
    /// How many orders were admitted within the last minute.
    pub(in crate::api) orders_last_minute: usize,
    /// How far the price of the last order that was to open something was from the market, in percent, whether or not it was
    /// admitted; `null` before the first one.
    pub(in crate::api) last_distance_percent: Option<Decimal>,
    /// Whether these are known: they are not where something is held in a currency that has no rate.
    pub(in crate::api) known: bool,
    /// Why all trading has ended, if it has.
    pub(in crate::api) killed: Option<String>,
    /// What was to be cancelled or closed and is not.
    pub(in crate::api) troubles: Vec<String>,
}

/// What an alert says.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct AlertView {
    id: u64,
    level: String,
    rule: String,
    instrument: Option<String>,
    service: Option<String>,
    message: String,
}

/// An alert that was sent.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct AlertRow {
    #[serde(flatten)]
    alert: AlertView,
    time: String,
    /// Whether somebody has said that they know.
    acknowledged: bool,
    /// What became of it: the last word of each channel of this run.
    deliveries: Vec<DeliveryView>,
}

/// The last word of a channel about an alert.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct DeliveryView {
    channel: String,
    /// Why it could not deliver the alert, if so.
    error: Option<String>,
}

impl From<&PositionView> for PositionRow {
    fn from(view: &PositionView) -> Self {
        Self {
            instrument: view.instrument.to_string(),
            quantity: view.position.quantity,
            average_price: view.position.average_price().map(|price| price.round_dp(8).normalize()),
            mark: view.mark.value(),
            value: view.position.quantity.saturating_mul(view.mark.value()),
            currency: view.currency.to_string(),
            worth: view.worth,
            realised: view.realised,
            unrealised: view.unrealised,
        }
    }
}

impl From<&Order> for OrderRow {
    fn from(order: &Order) -> Self {
        let request = &order.request;
        Self {
            id: request.id.to_string(),
            instrument: request.instrument.to_string(),
            side: request.side.to_string(),
            kind: request.kind.to_string(),
            quantity: request.quantity.value(),
            filled: order.filled.value(),
            status: order.status.to_string(),
            open: !order.status.is_final(),
            reason: order.reason.clone(),
            submitted: order.submitted.to_string(),
            changed: order.changed.to_string(),
            signal: request.id.signal(),
            correlation: request.correlation.0,
        }
    }
}

impl From<&Fill> for FillRow {
    fn from(fill: &Fill) -> Self {
        Self {
            id: fill.id.to_string(),
            order: fill.order.to_string(),
            instrument: fill.instrument.to_string(),
            side: fill.side.to_string(),
            quantity: fill.quantity.value(),
            price: fill.price.value(),
            value: fill.quantity.value().saturating_mul(fill.price.value()),
            currency: fill.currency.to_string(),
            fee: fill.fee,
            fee_currency: fill.fee_currency.to_string(),
            liquidity: fill.liquidity.to_string(),
            time: fill.time.to_string(),
            signal: fill.order.signal(),
            correlation: fill.correlation.0,
        }
    }
}

impl From<&Signal> for SignalRow {
    fn from(signal: &Signal) -> Self {
        let reason = |reason: &Reason| ReasonRow { strategy: reason.strategy.to_owned(), text: reason.text.clone() };
        Self {
            id: signal.id,
            time: signal.time.to_string(),
            instrument: signal.instrument.to_string(),
            timeframe: signal.timeframe.to_string(),
            bar: signal.bar.as_millis() / 1_000,
            direction: signal.direction.to_string(),
            price: signal.price.value(),
            doubtful: signal.doubtful,
            reasons: signal.reasons.iter().map(reason).collect(),
            correlation: signal.correlation.0,
        }
    }
}

impl From<&RoundTrip> for RoundTripRow {
    fn from(trip: &RoundTrip) -> Self {
        Self {
            id: trip.id,
            instrument: trip.instrument.to_string(),
            side: trip.side.to_string(),
            quantity: trip.quantity.value(),
            entry_time: trip.entry_time.to_string(),
            entry_price: trip.entry_price.value(),
            exit_time: trip.exit_time.to_string(),
            exit_price: trip.exit_price.value(),
            currency: trip.currency.to_string(),
            fees: trip.fees,
            profit: trip.profit,
            order: trip.order.to_string(),
            signal: trip.order.signal(),
        }
    }
}

impl From<&FundingSettlement> for FundingRow {
    fn from(FundingSettlement { instrument, due, held, currency, payment, .. }: &FundingSettlement) -> Self {
        Self {
            instrument: instrument.to_string(),
            due: due.to_string(),
            held: *held,
            rate: payment.map(|payment| payment.rate),
            mark: payment.map(|payment| payment.mark.value()),
            amount: payment.map(|payment| payment.amount.normalize()),
            currency: currency.to_string(),
        }
    }
}

impl From<&EquityPoint> for EquityRow {
    fn from(point: &EquityPoint) -> Self {
        Self { time: point.time.to_string(), equity: point.equity.round_dp(8) }
    }
}

impl RiskView {
    pub(in crate::api) fn new(metrics: &RiskMetrics, killed: Option<String>, troubles: Vec<String>) -> Self {
        let two = |value: Decimal| value.round_dp(4);
        Self {
            equity: metrics.equity,
            peak: metrics.peak,
            drawdown_percent: two(metrics.drawdown_percent),
            daily_loss_percent: two(metrics.daily_loss_percent),
            day_profit: metrics.day_profit,
            exposure: metrics.exposure,
            leverage: two(metrics.leverage),
            orders_last_minute: metrics.orders_last_minute,
            last_distance_percent: metrics.last_distance_percent.map(two),
            known: metrics.is_known,
            killed,
            troubles,
        }
    }
}

impl From<AlertDelivery> for DeliveryView {
    fn from(AlertDelivery { channel, error, .. }: AlertDelivery) -> Self {
        Self { channel, error }
    }
}

impl From<&Alert> for AlertView {
    fn from(alert: &Alert) -> Self {
        Self {
            id: alert.id,
            level: alert.level.to_string(),
            rule: alert.rule.to_owned(),
            instrument: alert.instrument.as_ref().map(ToString::to_string),
            service: alert.service.map(str::to_owned),
            message: alert.message.clone(),
        }
    }
}

impl AlertRow {
    /// The row of an alert, with what `alerts` knows of it beside.
    pub(in crate::api) fn new(alert: &Alert, alerts: &dyn IAlertService) -> Self {
        Self {
            alert: alert.into(),
            time: alert.time.to_string(),
            acknowledged: alerts.is_acknowledged(alert.id),
            deliveries: alerts.deliveries(alert.id).into_iter().map(DeliveryView::from).collect(),
        }
    }
}
