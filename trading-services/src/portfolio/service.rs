//! The service of the portfolio.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use rust_decimal::Decimal;

use super::Settings;
use super::books::Books;
use crate::model::{Currency, Fill, InstrumentId, PositionChange, Price, RoundTrip, Timestamp};
use crate::ports::{
    EquityPoint, IConfigService, IPortfolio, IStateManager, OrderEvent, PortfolioError, PositionView, ProfitAndLoss,
    StateFact,
};
use crate::sync::lock;

/// Positions at average cost, balances by currency, and the curve of their value.
#[derive(Debug)]
pub struct Portfolio(Mutex<Books>);

#[di_core::service(provides = IPortfolio)]
impl Portfolio {
    /// A portfolio of `portfolio.cash`, with the fills that are kept.
    #[constructor]
    pub fn new(config: Arc<dyn IConfigService>, kept: Arc<dyn IStateManager>) -> Self {
        let settings = config.section::<Settings>();
        let portfolio = Self::with_cash(settings.currency.clone(), settings.cash);
        for fact in kept.facts() {
            if let StateFact::Reported { event, .. } = fact
                && let OrderEvent::Filled(fill) = &*event
            {
                // What the portfolio could not take then, it cannot take now; the executor has told of it.
                let _known = portfolio.apply(fill);
            }
        }
        portfolio
    }

    /// A portfolio of that much money.
    pub fn with_cash(currency: Currency, cash: Decimal) -> Self {
        let mut books = Books::new(currency.clone());
        // The first sum of an empty balance cannot be too large.
        let _ = books.deposit(&currency, cash);
        Self(Mutex::new(books))
    }
}

impl IPortfolio for Portfolio {
    fn currency(&self) -> Currency {
        lock(&self.0).currency.clone()
    }

    fn deposit(&self, currency: &Currency, amount: Decimal) -> Result<(), PortfolioError> {
        Ok(lock(&self.0).deposit(currency, amount)?)
    }

    fn apply(&self, fill: &Fill) -> Result<Option<PositionChange>, PortfolioError> {
        lock(&self.0).apply(fill)
    }

    fn mark(&self, instrument: &InstrumentId, price: Price) {
        lock(&self.0).mark(instrument, price);
    }

    fn set_rate(&self, currency: &Currency, rate: Price) {
        lock(&self.0).set_rate(currency, rate);
    }

    fn fund(&self, instrument: &InstrumentId, rate: Decimal) -> Result<Decimal, PortfolioError> {
        Ok(lock(&self.0).fund(instrument, rate)?)
    }

    fn positions(&self) -> Vec<PositionView> {
        lock(&self.0).positions()
    }

    fn held(&self, instrument: &InstrumentId) -> Decimal {
        lock(&self.0).held(instrument)
    }

    fn balances(&self) -> BTreeMap<Currency, Decimal> {
        lock(&self.0).balances().clone()
    }

    fn pnl(&self) -> Result<ProfitAndLoss, PortfolioError> {
        lock(&self.0).pnl()
    }

    fn equity(&self) -> Result<Decimal, PortfolioError> {
        lock(&self.0).equity()
    }

    fn record(&self, time: Timestamp) -> Result<EquityPoint, PortfolioError> {
        lock(&self.0).record(time)
    }

    fn round_trips(&self) -> Vec<RoundTrip> {
        lock(&self.0).round_trips.clone()
    }

    fn equity_curve(&self) -> Vec<EquityPoint> {
        lock(&self.0).curve.clone()
    }
}
