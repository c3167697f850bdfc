//! The interface of the risk manager: what may be ordered, how much, and when all trading ends.

use std::collections::BTreeMap;
use std::fmt;

use di_core::events::Event;
use rust_decimal::Decimal;

use crate::model::{CorrelationId, InstrumentId, OrderKind, OrderRequest, Price, Quantity, Timestamp, UnfitOrder};

/// The most letters of why all trading ends.
const KILL_REASON: usize = 200;

/// Why all trading ends, as it is kept: its first 200 letters on one line. An emergency stop does not fail because of its text.
pub fn kill_reason(text: &str) -> String {
    let on_one_line = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter });
    let kept: String = on_one_line.skip_while(|letter| letter.is_whitespace()).take(KILL_REASON).collect();
    if kept.is_empty() { "the kill switch was pressed".to_owned() } else { kept.trim_end().to_owned() }
}

/// Why an order is not admitted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RiskReason {
    /// All trading has ended, for this reason.
    Killed(String),
    /// There is no price to judge it by, or the last one is old.
    StaleData,
    /// The price that it rests on is doubtful.
    DoubtfulData,
    /// The order is worth more than one may be.
    OrderNotional {
        /// What it is worth.
        value: Decimal,
        /// What it may be worth.
        limit: Decimal,
    },
    /// The position would be worth more than one may be.
    PositionNotional {
        /// What it would be worth with everything that is open.
        value: Decimal,
        /// What it may be worth.
        limit: Decimal,
    },
    /// All positions would be worth more, over the equity, than they may be.
    Leverage {
        /// How many times the equity.
        value: Decimal,
        /// How many times it may be.
        limit: Decimal,
    },
    /// The positions of the module would be worth more than its share.
    Share {
        /// What they would be worth with everything that it has open.
        value: Decimal,
        /// What they may be worth.
        limit: Decimal,
    },
    /// Too many orders within a minute.
    Rate {
        /// How many there may be.
        limit: usize,
    },
    /// The price is too far from the market.
    Collar {
        /// How far, in percent.
        value: Decimal,
        /// How far it may be.
        limit: Decimal,
    },
    /// Its venue would not take it.
    Unfit(UnfitOrder),
    /// The store is away, for this reason: an order could not be kept.
    NotKept(String),
    /// The value of something does not fit, or is not known.
    Unknown(String),
}

/// An order with what is known of its price.
#[derive(Debug, Clone, Copy)]
pub struct RiskRequest<'a> {
    /// The order.
    pub order: &'a OrderRequest,
    /// At which price it is meant: its limit, or the price of the signal.
    pub price: Price,
    /// The price of the market now; `None` when there is no recent one.
    pub reference: Option<Price>,
    /// Whether what it rests on is doubtful.
    pub is_doubtful: bool,
    /// The trading module whose order it is; its share is a limit, too.
    pub module: Option<&'a str>,
}

/// What the risk manager says of an order; as an event, the topic `risk.answered`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RiskAnswer {
    /// The order.
    pub request: OrderRequest,
    /// When it was asked for, by the injected clock.
    pub time: Timestamp,
    /// Every reason for which it is not admitted; none for one that is.
    pub reasons: Vec<RiskReason>,
}

/// What was refused since the start, whoever asked: signals and trading modules.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Refusals {
    /// Orders that were not admitted.
    pub orders: u64,
    /// How often for which [kind](RiskReason::kind) of reason. An order may be refused for several.
    pub reasons: BTreeMap<&'static str, u64>,
}

/// What the size of an order is computed from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SizingFacts {
    /// How far the price may go against the position before it is given up, in quote currency.
    pub stop_distance: Option<Decimal>,
    /// How far the price moves within a bar on average, in quote currency.
    pub volatility: Option<Decimal>,
    /// The share of trades that gained, 0 to 1.
    pub win_rate: Option<Decimal>,
    /// The mean gain over the mean loss.
    pub payoff: Option<Decimal>,
}

/// What a module may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ModuleLimits {
    /// The share of the equity that its positions may be worth, in percent.
    pub share_percent: Decimal,
    /// The same in the currency of the account.
    pub notional: Decimal,
    /// What its positions are worth with everything that it has open. What a module has ordered is its position as far as
    /// it is still held. `None` when nobody knows a price.
    pub used: Option<Decimal>,
}

/// How much may be at risk.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RiskLimits {
    /// What one order may be worth, in the currency of the account.
    pub order_notional: Decimal,
    /// What one position may be worth.
    pub position_notional: Decimal,
    /// What all positions may be worth, as a multiple of the equity.
    pub leverage: Decimal,
    /// How many orders there may be within a minute.
    pub orders_per_minute: usize,
    /// How far the price of an order may be from the market, in percent.
    pub price_collar_percent: Decimal,
    /// What the positions of one trading module may be worth, in percent of the equity.
    pub module_share_percent: Decimal,
    /// The loss of a day that ends all trading, in percent of the equity.
    pub daily_loss_percent: Decimal,
    /// The fall from the peak that ends all trading, in percent.
    pub drawdown_percent: Decimal,
    /// Whether what is held is closed when trading ends.
    pub flatten: bool,
}

/// How much is at risk.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RiskMetrics {
    /// The value of the account.
    pub equity: Decimal,
    /// The highest it was.
    pub peak: Decimal,
    /// How far it is below that, in percent.
    pub drawdown_percent: Decimal,
    /// How much was lost since the day began, in percent; zero for a gain.
    pub daily_loss_percent: Decimal,
    /// How much the account has gained since the day began by the injected clock, in UTC; negative for a loss.
    pub day_profit: Decimal,
    /// What all positions are worth without their signs.
    pub exposure: Decimal,
    /// That over the equity.
    pub leverage: Decimal,
    /// How many orders were admitted within the last minute.
    pub orders_last_minute: usize,
    /// How far the price of the last order was from the market, in percent, whether or not it was admitted. What only makes a
    /// position smaller is not measured; `None` before the first order.
    pub last_distance_percent: Option<Decimal>,
    /// Whether all trading has ended.
    pub is_killed: bool,
    /// Whether the rest is known: it is not where something is held in a currency that has no rate. Then the figures are 0.
    pub is_known: bool,
}

/// Decides what may be ordered.
#[di_core::interface]
pub trait IRiskManager {
    /// Judges an order. It counts against the rate when it is admitted.
    ///
    /// No limit stops one that only makes a position smaller: nobody is kept in it. The rules of the venue hold for it, too.
    fn check_risk_limits(&self, request: &RiskRequest<'_>) -> RiskAnswer;

    /// How much to buy or sell at this price, by the method of `risk.sizing` and in whole lots; nothing when what it needs
    /// is not known.
    fn position_size(&self, instrument: &InstrumentId, price: Price, facts: &SizingFacts) -> Quantity;

    /// What one module may use.
    fn portfolio_limits(&self, module: &str) -> ModuleLimits;

    /// How much may be at risk.
    fn limits(&self) -> RiskLimits;

    /// How much is at risk. Asking changes nothing.
    fn risk_metrics(&self) -> RiskMetrics;

    /// What was refused since the start.
    fn refusals(&self) -> Refusals;

    /// Counts an order among them that was admitted, and that the end of trading has overtaken before anybody saw it.
    fn count_overtaken(&self, reasons: &[RiskReason]);

    /// Looks at the account; true when that has just ended all trading, by the daily loss or the drawdown. `equity` is what it is worth
    /// now, from a caller who has just asked; with `None` the portfolio is asked.
    fn observe(&self, equity: Option<Decimal>) -> bool;

    /// Ends all trading; true unless it had ended before.
    fn kill(&self, reason: &str) -> bool;

    /// Why all trading has ended, if it has.
    fn killed(&self) -> Option<String>;

    /// Why trading has ended until the end of this process only, if that could not be kept. To end it again is to try again.
    fn fault(&self) -> Option<String>;
}

impl RiskReason {
    /// Its kind, as the metric `orders_refused_total` and the summary name it.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Killed(_) => "trading_ended",
            Self::StaleData => "stale_data",
            Self::DoubtfulData => "doubtful_data",
            Self::OrderNotional { .. } => "order_notional",
            Self::PositionNotional { .. } => "position_notional",
            Self::Leverage { .. } => "leverage",
            Self::Share { .. } => "module_share",
            Self::Rate { .. } => "orders_per_minute",
            Self::Collar { .. } => "price_collar",
            Self::Unfit(_) => "venue_rules",
            Self::NotKept(_) => "not_kept",
            Self::Unknown(_) => "unknown",
        }
    }
}

impl Refusals {
    /// Counts a refused order under all its reasons.
    pub fn count(&mut self, reasons: &[RiskReason]) {
        self.orders += 1;
        for reason in reasons {
            *self.reasons.entry(reason.kind()).or_default() += 1;
        }
    }
}

impl RiskRequest<'_> {
    /// How far its price is from that of the market, in percent; `None` where there is no price of the market, or the distance does
    /// not fit.
    pub fn distance_percent(&self) -> Option<Decimal> {
        let market = self.reference?.value();
        let difference = (self.price.value() - market).abs();
        difference.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(market)
    }

    /// The price at which the order is counted: the highest of its own, that of the market, and its limit.
    pub fn highest_price(&self) -> Decimal {
        let known = self.reference.map_or(self.price, |reference| reference.max(self.price));
        let limit = if let OrderKind::Limit { price, .. } = self.order.kind { price } else { known };
        known.max(limit).value()
    }
}

impl RiskAnswer {
    /// Whether the order may go to its venue.
    pub fn is_admitted(&self) -> bool {
        self.reasons.is_empty()
    }

    /// The message that the order follows from.
    pub fn correlation(&self) -> CorrelationId {
        self.request.correlation
    }
}

impl Event for RiskAnswer {
    const TOPIC: &'static str = "risk.answered";
    const HISTORY: usize = 0;
}

impl fmt::Display for RiskReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let two = |value: &Decimal| value.round_dp(2).normalize();
        match self {
            Self::Killed(reason) => write!(f, "trading has ended: {reason}"),
            Self::StaleData => f.write_str("there is no recent price"),
            Self::DoubtfulData => f.write_str("it rests on a doubtful price"),
            Self::OrderNotional { value, limit } => write!(f, "the order is worth {}, of at most {limit}", two(value)),
            Self::PositionNotional { value, limit } => {
                write!(f, "the position would be worth {}, of at most {limit}", two(value))
            }
            Self::Leverage { value, limit } => write!(f, "the leverage would be {}, of at most {limit}", two(value)),
            Self::Share { value, limit } => {
                write!(f, "the positions of the module would be worth {}, of at most {}", two(value), two(limit))
            }
            Self::Rate { limit } => write!(f, "there were {limit} orders within a minute"),
            Self::Collar { value, limit } => {
                write!(f, "the price is {} percent from the market, of at most {limit}", two(value))
            }
            Self::Unfit(rule) => rule.fmt(f),
            Self::NotKept(fault) => write!(f, "it could not be kept: {fault}"),
            Self::Unknown(what) => write!(f, "it cannot be judged: {what}"),
        }
    }
}

impl fmt::Display for RiskAnswer {
    /// `admitted`, or `refused: ..; ..`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_admitted() {
            return f.write_str("admitted");
        }
        for (index, reason) in self.reasons.iter().enumerate() {
            write!(f, "{}{reason}", if index == 0 { "refused: " } else { "; " })?;
        }
        Ok(())
    }
}
