//! The interfaces of trading modules, and of the orchestrator that gives them capital.

use std::fmt;

use rust_decimal::Decimal;

use crate::model::{CorrelationId, InstrumentId, OrderRequest, Price, Timestamp};
use crate::ports::{Direction, PositionView, RiskAnswer};

/// Something that a module would trade.
#[derive(Debug, Clone, PartialEq)]
pub struct Opportunity {
    /// What.
    pub instrument: InstrumentId,
    /// Which way.
    pub direction: Direction,
    /// How sure the module is, 0 to 100.
    pub confidence: f64,
    /// The price of the market now.
    pub price: Price,
    /// Why, for people.
    pub reason: String,
}

/// An opportunity that was seen once.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptOpportunity {
    /// By which module.
    pub module: String,
    /// When, by the clock of the platform.
    pub time: Timestamp,
    /// What it was.
    pub opportunity: Opportunity,
}

/// Why a module has no opportunities to tell.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{module}: {reason}")]
pub struct ModuleError {
    /// Which module.
    pub module: &'static str,
    /// What went wrong.
    pub reason: String,
}

/// What became of an order of a module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModuleOutcome {
    /// Nothing was sent: this is what would be.
    DryRun,
    /// It is at the venue.
    Submitted,
    /// The risk manager does not admit it.
    Refused(Box<RiskAnswer>),
    /// It was admitted, and the executor did not take it, for this reason.
    Failed(String),
}

/// What a module may do when it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ModuleTurn {
    /// How much it may still use, in the currency of the account.
    pub capital: Decimal,
    /// The message that its orders follow from.
    pub correlation: CorrelationId,
    /// Whether it only says what it would order.
    pub dry_run: bool,
}

/// An order of a module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModuleTrade {
    /// What was wanted.
    pub order: OrderRequest,
    /// What became of it.
    pub outcome: ModuleOutcome,
}

/// What came of one module.
#[derive(Debug, Clone, PartialEq)]
pub struct ModuleReport {
    /// Which one.
    pub module: &'static str,
    /// How much it may still use, in the currency of the account.
    pub capital: Decimal,
    /// What it sees.
    pub opportunities: Vec<Opportunity>,
    /// What it ordered.
    pub trades: Vec<ModuleTrade>,
    /// Why it did nothing, when it failed.
    pub error: Option<String>,
}

/// A part of the day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Session {
    /// Where it is day.
    pub name: &'static str,
    /// How sure one has to be to open a position, 0 to 100.
    pub confidence: f64,
}

/// The sessions of a market that never closes.
#[di_core::interface]
pub trait ISessions {
    /// The session of a time.
    fn session(&self, time: Timestamp) -> Session;
}

/// A way of trading that stands alone: it sees opportunities, trades them with the capital that it is given, and watches what
/// it holds.
#[di_core::interface]
pub trait ITradingModule {
    /// Its name, which is its key in the group.
    fn module_name(&self) -> &'static str;

    /// What it would trade now, the surest first.
    ///
    /// # Errors
    /// [`ModuleError`].
    fn analyze_opportunities(&self) -> Result<Vec<Opportunity>, ModuleError>;

    /// Trades opportunities with at most the capital of its turn; in a dry run says what it would order.
    fn execute_trades(&self, opportunities: &[Opportunity], turn: &ModuleTurn) -> Vec<ModuleTrade>;

    /// The positions that it looks after.
    fn monitor_positions(&self) -> Vec<PositionView>;
}

/// Gives each module its share, and lets it trade.
#[di_core::interface]
pub trait IOrchestrator {
    /// Asks every module once; what it orders follows from that message. One that fails or panics is told of, and holds up no other.
    fn run_once(&self, correlation: CorrelationId, dry_run: bool) -> Vec<ModuleReport>;

    /// The names of the modules, in their declared order.
    fn modules(&self) -> Vec<&'static str>;
}

impl fmt::Display for KeptOpportunity {
    /// `2023-11-14T22:13:20Z crypto: long simulated:BTCUSDT at 600.5, sure to 70 of 100: confluence 70`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { module, time, opportunity } = self;
        let Opportunity { instrument, direction, confidence, price, reason } = opportunity;
        write!(f, "{time} {module}: {direction} {instrument} at {price}, sure to {confidence:.0} of 100: {reason}")
    }
}

impl fmt::Display for ModuleOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DryRun => f.write_str("would be ordered"),
            Self::Submitted => f.write_str("ordered"),
            Self::Refused(answer) => answer.fmt(f),
            Self::Failed(reason) => write!(f, "failed: {reason}"),
        }
    }
}
