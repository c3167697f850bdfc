//! The interface of the engine that makes trades of signals.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use crate::model::{Candle, InstrumentId, MarketEvent, Order, RoundTrip};
use crate::ports::{Ingested, PortfolioError, PositionView, ProfitAndLoss, Refusals, RiskAnswer, Signal};

/// What came of a signal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TradeDecision {
    /// Nothing was to be done, for this reason.
    Nothing(&'static str),
    /// The risk manager does not admit the order that opens a position; one that closes what is held may be submitted all the same.
    Refused(Box<RiskAnswer>),
    /// What was to be ordered was submitted; this is the last order of it.
    Ordered(Box<Order>),
}

/// What came of all trades.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TradingPerformance {
    /// The value of the account, in its currency.
    pub equity: Decimal,
    /// What it is made of.
    pub pnl: ProfitAndLoss,
    /// Orders that were submitted.
    pub orders: u64,
    /// Orders that were not admitted, of signals and of trading modules.
    pub refused: u64,
    /// Fills.
    pub fills: u64,
    /// Positions, or parts of them, that were closed.
    pub round_trips: u64,
    /// How many of these gained.
    pub won: u64,
    /// Settlements of funding that are not booked, as what was paid is not known.
    pub unknown_funding: u64,
}

/// From a signal through risk, order and fill to the portfolio.
#[di_core::interface]
pub trait ITradingEngine {
    /// Makes a trade of a signal: sizes it, asks the risk manager, submits the order.
    fn execute_trade(&self, signal: &Signal) -> TradeDecision;

    /// Lets orders meet a market message that was taken, and values positions by it.
    fn observe(&self, event: &MarketEvent, ingested: &Ingested);

    /// The same for a whole candle, when there is nothing but candles.
    fn observe_bar(&self, instrument: &InstrumentId, candle: &Candle);

    /// Ends all trading: cancels what is open and, if `risk.flatten` says so, closes what is held.
    fn halt(&self, reason: &str);

    /// Closes every position with orders at the market.
    fn flatten(&self);

    /// Why trading has ended, if it has.
    fn ended(&self) -> Option<String>;

    /// How many signals were not ordered, by the reason; those that the risk manager refused are counted elsewhere.
    fn undone(&self) -> BTreeMap<&'static str, u64>;

    /// What the risk manager refused, of signals and of trading modules.
    fn refusals(&self) -> Refusals;

    /// What was to be cancelled or closed and is not, for people. People are told of each by an alert, too.
    fn troubles(&self) -> Vec<String>;

    /// Every position that is or was.
    fn positions(&self) -> Vec<PositionView>;

    /// What was opened and closed again.
    fn round_trips(&self) -> Vec<RoundTrip>;

    /// What came of all trades.
    ///
    /// # Errors
    /// [`PortfolioError::NoRate`] when the value of the account is not known.
    fn performance_metrics(&self) -> Result<TradingPerformance, PortfolioError>;
}
