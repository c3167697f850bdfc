//! Orders: what is wanted, and what has become of it.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use rust_decimal::Decimal;

use crate::model::{CorrelationId, InstrumentId, Price, Quantity, Side, Timestamp};

/// The name that we give an order. Submitting the same name twice is one order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrderId(Arc<str>);

/// Why a text is not the name of an order.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected the name of an order, 1 to 36 letters, digits, `-` and `_`, found `{}`", .0.escape_debug())]
pub struct OrderIdError(pub String);

/// At which price an order trades, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderKind {
    /// At once, at the best prices there are.
    Market,
    /// At this price or a better one; what does not trade at once waits.
    Limit {
        /// The worst price.
        price: Price,
        /// Whether it is refused when it would trade at once.
        post_only: bool,
    },
    /// As a market order, once a trade is at this price or beyond.
    Stop {
        /// The price that sets it off: at or above it for a buy, at or below it for a sale.
        trigger: Price,
    },
}

/// How long an order waits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TimeInForce {
    /// Until it is cancelled.
    #[default]
    GoodTillCancelled,
    /// What does not trade at once is cancelled.
    ImmediateOrCancel,
    /// It trades at once as a whole, or not at all.
    FillOrKill,
}

/// What is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderRequest {
    /// Our name for it.
    pub id: OrderId,
    /// Of what.
    pub instrument: InstrumentId,
    /// Bought or sold.
    pub side: Side,
    /// How much, above zero.
    pub quantity: Quantity,
    /// At which price, and when.
    pub kind: OrderKind,
    /// How long it waits.
    pub time_in_force: TimeInForce,
    /// Whether it may only make a position smaller.
    pub reduce_only: bool,
    /// The message that it follows from.
    pub correlation: CorrelationId,
}

impl OrderRequest {
    /// An order at whatever the market asks, which ends with what it finds.
    ///
    /// ```
    /// use trading_services::model::{CorrelationId, OrderKind, OrderRequest, Side};
    ///
    /// let (id, instrument) = ("exit".parse()?, "binance:SOLUSDT".parse()?);
    /// let order = OrderRequest::market(id, &instrument, Side::Sell, "2".parse()?, true, CorrelationId::default());
    /// assert!(order.kind == OrderKind::Market && order.reduce_only);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn market(
        id: OrderId,
        instrument: &InstrumentId,
        side: Side,
        quantity: Quantity,
        reduce_only: bool,
        correlation: CorrelationId,
    ) -> Self {
        let (kind, time_in_force, instrument) = (OrderKind::Market, TimeInForce::default(), instrument.clone());
        Self { id, instrument, side, quantity, kind, time_in_force, reduce_only, correlation }
    }

    /// Whether it can do nothing but make a position smaller of which so much is held, below zero if it is short.
    ///
    /// ```
    /// use trading_services::model::{OrderKind, OrderRequest, Side, TimeInForce};
    /// use rust_decimal::dec;
    ///
    /// let sell = OrderRequest {
    ///     id: "exit".parse()?,
    ///     instrument: "binance:SOLUSDT".parse()?,
    ///     side: Side::Sell,
    ///     quantity: "2".parse()?,
    ///     kind: OrderKind::Market,
    ///     time_in_force: TimeInForce::default(),
    ///     reduce_only: false,
    ///     correlation: Default::default(),
    /// };
    /// assert!(sell.only_reduces(dec!(3)) && !sell.only_reduces(dec!(1)) && !sell.only_reduces(dec!(-3)));
    /// assert!(sell.closes(dec!(2)) && !sell.closes(dec!(3)));
    /// let reduce_only = OrderRequest { reduce_only: true, ..sell };
    /// assert!(reduce_only.only_reduces(dec!(1)) && reduce_only.closes(dec!(1)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn only_reduces(&self, held: Decimal) -> bool {
        self.side.is_against(held) && (self.reduce_only || self.quantity.value() <= held.abs())
    }

    /// Whether it closes all of a position of which so much is held, and opens no other; [`only_reduces`](Self::only_reduces)
    /// has an example.
    pub fn closes(&self, held: Decimal) -> bool {
        self.only_reduces(held) && self.quantity.value() >= held.abs()
    }
}

impl OrderRequest {
    /// How much of it closes the position, and how much opens one, where it turns a position of which so much is held. What does
    /// not turn one is all of it in the second: a part of a position is closed as one is opened, in whole lots.
    pub(super) fn legs(&self, held: Decimal) -> (Decimal, Quantity) {
        let is_against = self.side.is_against(held);
        let opened = self.quantity.value().checked_sub(held.abs()).filter(|opened| *opened > Decimal::ZERO);
        match opened.and_then(|opened| Quantity::new(opened).ok()) {
            Some(opened) if is_against && !self.reduce_only => (held.abs(), opened),
            _ => (Decimal::ZERO, self.quantity),
        }
    }
}

/// Where an order stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OrderStatus {
    /// Sent, and not answered.
    Submitted,
    /// The venue has it.
    Accepted,
    /// A part was traded, and the rest waits.
    PartiallyFilled,
    /// All of it was traded.
    Filled,
    /// It was cancelled; a part may have been traded before.
    Cancelled,
    /// It has ended by its time in force; a part may have been traded before.
    Expired,
    /// The venue does not want it.
    Rejected,
}

/// An order with what has become of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// What was wanted.
    pub request: OrderRequest,
    /// When it was submitted.
    pub submitted: Timestamp,
    /// When it changed last.
    pub changed: Timestamp,
    /// Where it stands.
    pub status: OrderStatus,
    /// How much was traded.
    pub filled: Quantity,
    /// Why it was rejected, cancelled or has expired.
    pub reason: Option<String>,
}

impl OrderId {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name of an order that a signal calls for; where it calls for two, that of the one which closes what is held against it
    /// ends with `-close`. The numbers of signals go on from run to run, so the name leads to one signal and no other.
    ///
    /// ```
    /// use trading_services::model::OrderId;
    ///
    /// let (opening, closing) = (OrderId::of_signal(7, false), OrderId::of_signal(7, true));
    /// assert_eq!((opening.as_str(), closing.as_str()), ("signal-7", "signal-7-close"));
    /// assert_eq!((opening.signal(), closing.signal()), (Some(7), Some(7)));
    /// let others = ["signal-7-1", "signal-", "signal-07", "guard-7"];
    /// assert!(others.iter().all(|other| other.parse::<OrderId>().is_ok_and(|other| other.signal().is_none())));
    /// ```
    pub fn of_signal(signal: u64, closes: bool) -> Self {
        Self(format!("signal-{signal}{}", if closes { "-close" } else { "" }).into())
    }

    /// The number of the signal that calls for the order of this name; `None` for orders of modules and of people.
    pub fn signal(&self) -> Option<u64> {
        let name = self.0.strip_prefix("signal-")?;
        let number: u64 = name.strip_suffix("-close").unwrap_or(name).parse().ok()?;
        [false, true].into_iter().any(|closes| Self::of_signal(number, closes) == *self).then_some(number)
    }

    /// The name of an order of a trading module: which module, when, and its index among those of that moment.
    ///
    /// ```
    /// use trading_services::model::{OrderId, Timestamp};
    ///
    /// let id = OrderId::of_module("crypto", Timestamp::from_nanos(5_000_000), 2)?;
    /// assert_eq!(id.as_str(), "crypto-5-2");
    /// assert_eq!(id.module(), Some("crypto"));
    /// assert!(id.is_of_module("crypto") && !id.is_of_module("crypt") && !id.is_of_module("guard"));
    /// # Ok::<(), trading_services::model::OrderIdError>(())
    /// ```
    ///
    /// # Errors
    /// [`OrderIdError`] for a module whose name does not fit.
    pub fn of_module(module: &str, time: Timestamp, index: usize) -> Result<Self, OrderIdError> {
        format!("{module}-{}-{index}", time.as_millis()).parse()
    }

    /// The module whose order has this name, where it is the name of a module's order.
    pub fn module(&self) -> Option<&str> {
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let (rest, index) = self.0.rsplit_once('-')?;
        let (module, time) = rest.rsplit_once('-')?;
        (is_number(time) && is_number(index)).then_some(module)
    }

    /// Whether it is the name of an order of that module.
    pub fn is_of_module(&self, module: &str) -> bool {
        self.module() == Some(module)
    }
}

impl FromStr for OrderId {
    type Err = OrderIdError;

    fn from_str(text: &str) -> Result<Self, OrderIdError> {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        if (1..=36).contains(&text.len()) && text.bytes().all(fits) {
            Ok(Self(text.into()))
        } else {
            Err(OrderIdError(text.chars().take(100).collect()))
        }
    }
}

impl OrderStatus {
    /// Whether nothing more is expected of the venue. A fill that was under way may still come.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Filled | Self::Cancelled | Self::Expired | Self::Rejected)
    }
}

impl Order {
    /// How much is not traded yet, whether or not the order still waits.
    pub fn open_quantity(&self) -> Quantity {
        self.request.quantity.saturating_sub(self.filled)
    }
}

impl fmt::Display for OrderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Display for OrderStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Submitted => "submitted",
            Self::Accepted => "accepted",
            Self::PartiallyFilled => "partially filled",
            Self::Filled => "filled",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
            Self::Rejected => "rejected",
        })
    }
}

impl fmt::Display for OrderKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Market => f.write_str("market"),
            Self::Limit { price, post_only: false } => write!(f, "limit {price}"),
            Self::Limit { price, post_only: true } => write!(f, "post-only {price}"),
            Self::Stop { trigger } => write!(f, "stop {trigger}"),
        }
    }
}

impl fmt::Display for Order {
    /// `binance-BTCUSDT-12 buy 0.5 binance:BTCUSDT market: filled 0.5`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let OrderRequest { id, side, quantity, instrument, kind, .. } = &self.request;
        write!(f, "{id} {side} {quantity} {instrument} {kind}: {} {}", self.status, self.filled)?;
        match &self.reason {
            Some(reason) => write!(f, " ({reason})"),
            None => Ok(()),
        }
    }
}
