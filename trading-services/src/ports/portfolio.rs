//! The interface of the portfolio, with its positions, balances and profit.

use std::collections::BTreeMap;

use di_core::events::Event;
use rust_decimal::Decimal;

use super::{IMarketDataService, Latest};
use crate::model::{
    Currency, Fill, FundingSettlement, InstrumentId, Position, PositionChange, Price, RoundTrip, Timestamp, ValueError,
};

impl Event for FundingSettlement {
    const TOPIC: &'static str = "funding.settled";
    // `IPortfolio::latest_funding` has them all.
    const HISTORY: usize = 0;
}

/// One position, at the last price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PositionView {
    /// Of what.
    pub instrument: InstrumentId,
    /// How much, at which cost.
    pub position: Position,
    /// In which currency it is paid.
    pub currency: Currency,
    /// The price at which it is valued.
    pub mark: Price,
    /// What was gained by what is closed, before fees, in `currency`.
    pub realised: Decimal,
    /// What closing at the mark would gain, in `currency`.
    pub unrealised: Decimal,
    /// What it is worth at the mark in the currency of the account, below zero when it is owed; `None` where nobody knows a
    /// rate.
    pub worth: Option<Decimal>,
}

impl PositionView {
    /// Whether anything is held, or owed.
    pub const fn is_open(&self) -> bool {
        !self.position.quantity.is_zero()
    }
}

/// What came of everything, in the currency of the account.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ProfitAndLoss {
    /// Gained by what is closed, before fees.
    pub realised: Decimal,
    /// What closing at the marks would gain.
    pub unrealised: Decimal,
    /// Paid to venues.
    pub fees: Decimal,
    /// Received for holding positions; below zero for what was paid.
    pub funding: Decimal,
}

/// The value of the account at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EquityPoint {
    /// When.
    pub time: Timestamp,
    /// How much, in the currency of the account.
    pub equity: Decimal,
}

/// What positions of one currency have won and lost after fees, each from its first fill until it was closed or turned.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Outcomes {
    /// How many have gained.
    pub won: usize,
    /// What these have gained in all.
    pub gained: Decimal,
    /// How many have gained nothing.
    pub lost: usize,
    /// What these have lost in all, not below zero.
    pub given_up: Decimal,
}

impl Outcomes {
    /// Counts one more position.
    pub fn add(&mut self, profit: Decimal) {
        let (count, sum) = if profit > Decimal::ZERO {
            (&mut self.won, &mut self.gained)
        } else {
            (&mut self.lost, &mut self.given_up)
        };
        *count += 1;
        *sum = sum.saturating_add(profit.abs());
    }
}

/// Why the portfolio has no answer, or does not take a fill.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PortfolioError {
    /// There is money in a currency whose rate is not known.
    #[error("expected a rate of {0} in the currency of the account, found none")]
    NoRate(Currency),
    /// A fill is in another currency than the position that it changes.
    #[error("{instrument}: expected a fill in {expected}, found one in {found}")]
    OtherCurrency {
        /// Of what.
        instrument: InstrumentId,
        /// The currency of the position.
        expected: Currency,
        /// The currency of the fill.
        found: Currency,
    },
    /// A sum does not fit.
    #[error(transparent)]
    Value(#[from] ValueError),
}

/// What is owned: positions, balances, what came of them.
#[di_core::interface]
pub trait IPortfolio {
    /// The currency in which it is valued.
    fn currency(&self) -> Currency;

    /// Adds money, or takes it away when the amount is below zero.
    ///
    /// # Errors
    /// [`PortfolioError::Value`].
    fn deposit(&self, currency: &Currency, amount: Decimal) -> Result<(), PortfolioError>;

    /// Takes a fill into account; `None` for one that was taken before, which changes nothing.
    ///
    /// # Errors
    /// [`PortfolioError`]; the portfolio is then as it was.
    fn apply(&self, fill: &Fill) -> Result<Option<PositionChange>, PortfolioError>;

    /// Values an instrument at this price from now on.
    fn mark(&self, instrument: &InstrumentId, price: Price);

    /// An amount of another currency in the currency of the account.
    ///
    /// # Errors
    /// [`PortfolioError::NoRate`] when nobody knows what it is worth.
    fn in_account(&self, currency: &Currency, amount: Decimal) -> Result<Decimal, PortfolioError>;

    /// The currency in which an instrument is paid: that of the position, where something is held, or the one of its market. What
    /// no market names (candles of a file) is in the currency of the account.
    fn currency_of(&self, instrument: &InstrumentId, market: &dyn IMarketDataService) -> Currency {
        let booked = self.paid_in(instrument);
        let (held, flat) = if self.held(instrument).is_zero() { (None, booked) } else { (booked, None) };
        let quote = || market.currencies(instrument).map(|(_, quote)| quote);
        held.or_else(quote).or(flat).unwrap_or_else(|| self.currency())
    }

    /// Books what a settlement of funding has paid; false for one that was taken before, which changes nothing. One whose payment
    /// is not known is listed, and books nothing.
    ///
    /// # Errors
    /// [`PortfolioError::Value`]; the portfolio is then as it was.
    fn fund(&self, settlement: &FundingSettlement) -> Result<bool, PortfolioError>;

    /// Whether a settlement can be booked: whoever keeps it as a fact asks before.
    ///
    /// # Errors
    /// [`PortfolioError::Value`] when its payment does not fit the balance.
    fn can_fund(&self, settlement: &FundingSettlement) -> Result<(), PortfolioError>;

    /// Whether a settlement of that instrument and time was taken.
    fn is_funded(&self, instrument: &InstrumentId, due: Timestamp) -> bool;

    /// The last settlements of funding.
    fn latest_funding(&self, limit: usize, offset: usize) -> Latest<FundingSettlement>;

    /// How many settlements could not be booked, as their payment is not known.
    fn unknown_funding(&self) -> usize;

    /// Every position that is not zero, and every one that was, in order of the names.
    fn positions(&self) -> Vec<PositionView>;

    /// How much of an instrument is held; below zero when it is owed.
    fn held(&self, instrument: &InstrumentId) -> Decimal;

    /// The currency of the last fill of an instrument, where there was one.
    fn paid_in(&self, instrument: &InstrumentId) -> Option<Currency>;

    /// How much of what is held is of a trading module: what its orders have bought and sold, less what others have closed of
    /// it since. What others open after that is not of it.
    fn owned(&self, module: &str) -> BTreeMap<InstrumentId, Decimal>;

    /// Money by currency.
    fn balances(&self) -> BTreeMap<Currency, Decimal>;

    /// What came of everything.
    ///
    /// # Errors
    /// [`PortfolioError::NoRate`].
    fn pnl(&self) -> Result<ProfitAndLoss, PortfolioError>;

    /// The value of everything at the marks.
    ///
    /// # Errors
    /// [`PortfolioError::NoRate`].
    fn equity(&self) -> Result<Decimal, PortfolioError>;

    /// Keeps the value of now as a point of the curve, once per time.
    ///
    /// # Errors
    /// [`PortfolioError::NoRate`].
    fn record(&self, time: Timestamp) -> Result<EquityPoint, PortfolioError>;

    /// What was opened and closed again, in the order of the closing; what was opened first is closed first.
    fn round_trips(&self) -> Vec<RoundTrip>;

    /// Those that were closed last.
    fn latest_round_trips(&self, limit: usize, offset: usize) -> Latest<RoundTrip>;

    /// How many of all have gained.
    fn won(&self) -> usize;

    /// What those of one currency have won and lost. It is counted as they are closed: nobody copies them to know it.
    fn outcomes(&self, currency: &Currency) -> Outcomes;

    /// The points that were kept, oldest first.
    fn equity_curve(&self) -> Vec<EquityPoint>;

    /// The last points of the curve.
    fn latest_equity(&self, limit: usize, offset: usize) -> Latest<EquityPoint>;
}
