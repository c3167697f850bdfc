//! The interface of the state that outlives a container.

use std::net::SocketAddr;
use std::sync::Arc;

use rust_decimal::Decimal;

use super::{
    Act, Alert, BacktestJob, BacktestResult, EquityPoint, JobState, KeptConfiguration, ModeSwitch, Opportunity, Signal,
};
use crate::model::{
    Candle, Currency, Fill, FundingSettlement, InstrumentId, OrderId, OrderRequest, Price, Timeframe, Timestamp,
};

/// What a venue says of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrderEvent {
    /// It has the order.
    Accepted,
    /// It does not want it, for this reason.
    Rejected(String),
    /// A part was traded.
    Filled(Fill),
    /// It waits no more, for this reason.
    Cancelled(String),
    /// Its time is over, for this reason.
    Expired(String),
}

/// Something that has happened, from which the state follows.
#[derive(Debug, Clone, PartialEq)]
pub enum StateFact {
    /// The account was opened; its fills and limits are of this money.
    Opened {
        /// In which currency everything is valued.
        currency: Currency,
        /// How much of it there was.
        cash: Decimal,
    },
    /// A signal was given; the next one has the next number.
    Signalled(Box<Signal>),
    /// An order was submitted.
    Submitted {
        /// Which.
        request: Box<OrderRequest>,
        /// When.
        time: Timestamp,
    },
    /// A venue has said something of an order.
    Reported {
        /// Of which.
        order: OrderId,
        /// What.
        event: Box<OrderEvent>,
        /// When.
        time: Timestamp,
    },
    /// The funding of a position was settled.
    Funded(Box<FundingSettlement>),
    /// The funding of an instrument is due then; the last word about each counts.
    FundingDue {
        /// Of what.
        instrument: InstrumentId,
        /// When, by its venue.
        due: Timestamp,
    },
    /// A day has begun with this equity.
    Day {
        /// When it began.
        time: Timestamp,
        /// The value of the account then.
        equity: Decimal,
    },
    /// The equity was never higher.
    Peak {
        /// How high.
        equity: Decimal,
    },
    /// All trading has ended.
    Killed {
        /// Why.
        reason: String,
    },
    /// Trading goes on after it had ended.
    Resumed {
        /// Who wanted it, and why.
        reason: String,
    },
    /// An alert was raised.
    Raised {
        /// Which.
        alert: Box<Alert>,
        /// By what it is due from then on: channels, and its escalation. What is read has a [`Delivered`](Self::Delivered) for each.
        due: Vec<&'static str>,
    },
    /// A channel has delivered an alert, or could not.
    Delivered {
        /// The number of the alert.
        alert: u64,
        /// The channel.
        channel: &'static str,
        /// When.
        time: Timestamp,
        /// Why it could not, if so: then it is a dead letter.
        error: Option<String>,
    },
    /// Somebody has seen an alert.
    Acknowledged {
        /// The number of the alert.
        alert: u64,
        /// Who.
        by: String,
        /// When.
        time: Timestamp,
    },
    /// The account had this value.
    Valued(EquityPoint),
    /// An instrument had this price.
    Marked {
        /// Of what.
        instrument: InstrumentId,
        /// The last price.
        price: Price,
        /// When.
        time: Timestamp,
    },
    /// A candle was closed.
    Closed {
        /// Of what.
        instrument: InstrumentId,
        /// Its length.
        timeframe: Timeframe,
        /// The candle.
        candle: Candle,
    },
    /// A trading module has seen something that it would trade.
    Seen {
        /// Which module.
        module: &'static str,
        /// What.
        opportunity: Box<Opportunity>,
        /// When, by the clock of the platform.
        time: Timestamp,
    },
    /// A back-test is wanted, has begun or has ended; the last word about each counts.
    Backtest {
        /// The job as it is now.
        job: Box<BacktestJob>,
        /// What came of it.
        result: Option<Arc<BacktestResult>>,
    },
    /// A back-test is one too many, and is kept no longer.
    BacktestForgotten {
        /// Its number.
        id: u64,
    },
    /// Settings were accepted.
    Configured {
        /// All of them, as TOML.
        settings: String,
        /// The text of their file, if there was one.
        text: Option<String>,
        /// Why they were read.
        reason: String,
        /// When, by the clock of the machine.
        time: Timestamp,
    },
    /// Somebody has chosen something on the page; the last word about each counts.
    Preferred {
        /// What it is about.
        name: String,
        /// What was chosen; nothing where it is forgotten.
        value: Option<String>,
    },
    /// Somebody has asked the platform to do something.
    Acted(Box<Act>),
    /// An operator has switched a mode.
    Switched(Box<ModeSwitch>),
    /// A service is better or worse than before.
    Health {
        /// Which.
        service: &'static str,
        /// How it is now: `starting`, `healthy`, `degraded`, `unhealthy`, `stopping` or `stopped`.
        status: String,
        /// Why.
        reason: Option<String>,
        /// When, by the clock of the platform.
        time: Timestamp,
    },
}

/// Why a fact is not kept, or what is kept cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected a state that can be read and written: {0}")]
pub struct StateError(pub String);

/// Keeps what has happened, so that a container that is built over it goes on with orders, positions and limits.
///
/// Services append a fact before they tell anybody of it, and read them all when they are constructed.
#[di_core::interface]
pub trait IStateManager {
    /// Adds a fact. An [urgent](StateFact::is_urgent) one is durable when this returns; others are written soon, in
    /// their order and together.
    ///
    /// # Errors
    /// [`StateError`] for an urgent fact that cannot be kept: then it has not happened, and nobody may be told.
    fn append(&self, fact: StateFact) -> Result<(), StateError>;

    /// Every fact that services go on from, in the order in which they were added. The oldest of those that are history
    /// alone (alerts, signals, values of the account) may be missing. While services are constructed they share one list.
    ///
    /// # Errors
    /// [`StateError`] when they cannot be read now. Nobody may go on from nothing then.
    fn facts(&self) -> Result<Arc<[StateFact]>, StateError>;

    /// Whether an alert of that number is kept and durable. What was added before is written first, as far as it can be: it may
    /// have been given up.
    ///
    /// # Errors
    /// [`StateError`] when that cannot be read now.
    fn has_alert(&self, id: u64) -> Result<bool, StateError>;

    /// The configurations that were accepted, oldest first.
    ///
    /// # Errors
    /// [`StateError`] when they cannot be read now.
    fn configurations(&self) -> Result<Vec<KeptConfiguration>, StateError>;

    /// The modes that operators have switched, oldest first.
    ///
    /// # Errors
    /// [`StateError`] when they cannot be read now.
    fn switches(&self) -> Result<Vec<ModeSwitch>, StateError>;

    /// The back-tests that are kept, oldest first.
    ///
    /// # Errors
    /// [`StateError`] when they cannot be read now.
    fn backtests(&self) -> Result<Vec<BacktestJob>, StateError>;

    /// What came of a back-test; `None` when there is no result.
    ///
    /// # Errors
    /// [`StateError`] when it cannot be read now.
    fn backtest_result(&self, id: u64) -> Result<Option<Arc<BacktestResult>>, StateError>;

    /// Says where the platform answers that has this state, to commands that find it in use; a state that ends with its process is
    /// found by none.
    fn answers_at(&self, _address: SocketAddr) {}

    /// Waits until everything that was added is durable.
    ///
    /// # Errors
    /// [`StateError`] when it cannot be kept now; it is tried again.
    fn flush(&self) -> Result<(), StateError>;

    /// Why nothing can be kept now, if so; nothing may be ordered then.
    fn fault(&self) -> Option<String>;
}

impl StateFact {
    /// Whether nobody may be told before it is durable: orders, what becomes of them, payments of funding, the end of all trading, and
    /// the numbers of back-tests.
    pub fn is_urgent(&self) -> bool {
        match self {
            Self::Submitted { .. }
            | Self::Reported { .. }
            | Self::Funded(_)
            | Self::Killed { .. }
            | Self::Resumed { .. } => true,
            Self::Backtest { job, .. } => job.state == JobState::Waiting,
            _ => false,
        }
    }

    /// Whether it is kept for people alone: it is not among the facts that services go on from.
    pub fn is_history(&self) -> bool {
        matches!(
            self,
            Self::Closed { .. }
                | Self::Seen { .. }
                | Self::Backtest { .. }
                | Self::BacktestForgotten { .. }
                | Self::Configured { .. }
                | Self::Switched(_)
                | Self::Health { .. }
        )
    }

    /// When it happened, where that is known.
    pub fn time(&self) -> Option<Timestamp> {
        match self {
            Self::Signalled(signal) => Some(signal.time),
            Self::Raised { alert, .. } => Some(alert.time),
            Self::Valued(point) => Some(point.time),
            Self::Funded(settlement) => Some(settlement.settled),
            Self::Submitted { time, .. }
            | Self::Reported { time, .. }
            | Self::Day { time, .. }
            | Self::Marked { time, .. }
            | Self::Seen { time, .. }
            | Self::Health { time, .. } => Some(*time),
            Self::Closed { candle, .. } => Some(candle.open_time),
            // A person may have done it, by the clock of the machine.
            Self::Delivered { .. } | Self::Acknowledged { .. } | Self::Configured { .. } => None,
            Self::Backtest { .. }
            | Self::BacktestForgotten { .. }
            | Self::Preferred { .. }
            // It is to come.
            | Self::FundingDue { .. }
            | Self::Opened { .. }
            | Self::Acted(_)
            | Self::Switched(_)
            | Self::Peak { .. }
            | Self::Killed { .. }
            | Self::Resumed { .. } => None,
        }
    }
}

impl dyn IStateManager {
    /// When the last thing happened that is kept: time goes on from there.
    ///
    /// # Errors
    /// [`StateError`] when what is kept cannot be read now.
    pub fn last_time(&self) -> Result<Option<Timestamp>, StateError> {
        Ok(self.facts()?.iter().filter_map(StateFact::time).max())
    }
}
