//! The service of the portfolio.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use rust_decimal::Decimal;

use super::books::{Books, Rates};
use super::{AccountError, Opening, Settings};
use crate::model::{Currency, Fill, FundingSettlement, InstrumentId, PositionChange, Price, RoundTrip, Timestamp};
use crate::ports::{
    EquityPoint, IConfigService, ICurrencyRates, IPortfolio, IStateManager, Latest, OrderEvent, Outcomes,
    PortfolioError, PositionView, ProfitAndLoss, StateFact,
};
use crate::sync::lock;

/// Positions at average cost, balances by currency, and the curve of their value.
pub struct Portfolio {
    books: Mutex<Books>,
    /// What other currencies are worth; without it they are worth nothing that is known.
    rates: Option<Arc<dyn ICurrencyRates>>,
    /// What outlives this service, where it is told of values.
    kept: Option<Arc<dyn IStateManager>>,
}

#[di_core::service(provides = IPortfolio)]
impl Portfolio {
    /// A portfolio of `portfolio.cash`, with the fills that are kept.
    ///
    /// # Errors
    /// [`AccountError`] when what is kept cannot be read, for to begin again would be to forget it; and when it is an account
    /// that was opened with other money.
    #[constructor]
    pub fn new(
        config: Arc<dyn IConfigService>,
        rates: Arc<dyn ICurrencyRates>,
        kept: Arc<dyn IStateManager>,
    ) -> Result<Self, AccountError> {
        let settings = config.section::<Settings>();
        let (facts, opening) = (kept.facts()?, Opening::of(&settings));
        if !opening.is_kept_in(&facts)? {
            let Opening { currency, cash } = opening;
            // It is not urgent: it is on the disk before the first order.
            let _later = kept.append(StateFact::Opened { currency, cash });
        }
        let mut portfolio = Self::with_cash(settings.currency.clone(), settings.cash).with_rates(rates);
        for fact in &*facts {
            match fact {
                StateFact::Reported { event, .. } => {
                    if let OrderEvent::Filled(fill) = &**event {
                        // What the portfolio could not take then, it cannot take now; the executor has told of it.
                        let _known = portfolio.apply(fill);
                    }
                }
                StateFact::Funded(settlement) => {
                    // As with fills: who has booked it has told of what does not fit.
                    let _known = portfolio.fund(settlement);
                }
                StateFact::Marked { instrument, price, .. } => portfolio.mark(instrument, *price),
                StateFact::Valued(point) => lock(&portfolio.books).add_point(*point),
                _ => {}
            }
        }
        for PositionView { instrument, position, currency, .. } in portfolio.positions() {
            let named = instrument.symbol.currencies().map(|(_, quote)| quote);
            if let Some(quote) = named.filter(|quote| *quote != currency && !position.quantity.is_zero()) {
                tracing::warn!(%instrument, "it is held in {currency}, and its name says {quote}: close it to go on in {quote}");
            }
        }
        portfolio.kept = Some(kept);
        Ok(portfolio)
    }

    /// A portfolio of that much money.
    pub fn with_cash(currency: Currency, cash: Decimal) -> Self {
        let mut books = Books::new(currency.clone());
        // The first sum of an empty balance cannot be too large.
        let _ = books.deposit(&currency, cash);
        Self { books: Mutex::new(books), rates: None, kept: None }
    }

    /// The same, with somebody who knows what other currencies are worth.
    #[must_use]
    pub fn with_rates(self, rates: Arc<dyn ICurrencyRates>) -> Self {
        Self { rates: Some(rates), ..self }
    }

    /// The rates that are asked for; no lock is held meanwhile.
    fn rates_of(&self, account: &Currency, currencies: impl IntoIterator<Item = Currency>) -> Rates {
        let Some(rates) = &self.rates else { return Rates::new() };
        let rate = |currency: Currency| rates.rate(&currency, account).map(|rate| (currency, rate));
        currencies.into_iter().filter_map(rate).collect()
    }

    /// The rates that it takes to value the account.
    fn rates(&self) -> Rates {
        let (account, foreign) = {
            let books = lock(&self.books);
            let foreign = books.foreign();
            if foreign.is_empty() {
                return Rates::new();
            }
            (books.currency.clone(), foreign)
        };
        self.rates_of(&account, foreign)
    }
}

impl IPortfolio for Portfolio {
    fn currency(&self) -> Currency {
        lock(&self.books).currency.clone()
    }

    fn deposit(&self, currency: &Currency, amount: Decimal) -> Result<(), PortfolioError> {
        Ok(lock(&self.books).deposit(currency, amount)?)
    }

    fn apply(&self, fill: &Fill) -> Result<Option<PositionChange>, PortfolioError> {
        lock(&self.books).apply(fill)
    }

    fn mark(&self, instrument: &InstrumentId, price: Price) {
        lock(&self.books).mark(instrument, price);
    }

    fn in_account(&self, currency: &Currency, amount: Decimal) -> Result<Decimal, PortfolioError> {
        let account = self.currency();
        if *currency == account {
            return Ok(amount);
        }
        let rates = self.rates_of(&account, [currency.clone()]);
        lock(&self.books).in_account(currency, amount, &rates)
    }

    fn fund(&self, settlement: &FundingSettlement) -> Result<bool, PortfolioError> {
        Ok(lock(&self.books).fund(settlement)?)
    }

    fn can_fund(&self, settlement: &FundingSettlement) -> Result<(), PortfolioError> {
        lock(&self.books).with_funding(settlement)?;
        Ok(())
    }

    fn is_funded(&self, instrument: &InstrumentId, due: Timestamp) -> bool {
        lock(&self.books).is_funded(instrument, due)
    }

    fn latest_funding(&self, limit: usize, offset: usize) -> Latest<FundingSettlement> {
        Latest::of(&lock(&self.books).settlements, limit, offset, FundingSettlement::clone)
    }

    fn unknown_funding(&self) -> usize {
        lock(&self.books).unknown_funding
    }

    fn positions(&self) -> Vec<PositionView> {
        let rates = self.rates();
        lock(&self.books).positions(&rates)
    }

    fn held(&self, instrument: &InstrumentId) -> Decimal {
        lock(&self.books).held(instrument)
    }

    fn paid_in(&self, instrument: &InstrumentId) -> Option<Currency> {
        lock(&self.books).paid_in(instrument)
    }

    fn owned(&self, module: &str) -> BTreeMap<InstrumentId, Decimal> {
        lock(&self.books).owned(module)
    }

    fn balances(&self) -> BTreeMap<Currency, Decimal> {
        lock(&self.books).balances().clone()
    }

    fn pnl(&self) -> Result<ProfitAndLoss, PortfolioError> {
        let rates = self.rates();
        lock(&self.books).pnl(&rates)
    }

    fn equity(&self) -> Result<Decimal, PortfolioError> {
        let rates = self.rates();
        lock(&self.books).equity(&rates)
    }

    fn record(&self, time: Timestamp) -> Result<EquityPoint, PortfolioError> {
        let rates = self.rates();
        let point = lock(&self.books).record(time, &rates)?;
        if let Some(kept) = &self.kept {
            // It is not urgent.
            let _later = kept.append(StateFact::Valued(point));
        }
        Ok(point)
    }

    fn round_trips(&self) -> Vec<RoundTrip> {
        lock(&self.books).round_trips.clone()
    }

    fn latest_round_trips(&self, limit: usize, offset: usize) -> Latest<RoundTrip> {
        Latest::of(&lock(&self.books).round_trips, limit, offset, RoundTrip::clone)
    }

    fn won(&self) -> usize {
        lock(&self.books).won
    }

    fn outcomes(&self, currency: &Currency) -> Outcomes {
        lock(&self.books).outcomes.get(currency).copied().unwrap_or_default()
    }

    fn equity_curve(&self) -> Vec<EquityPoint> {
        lock(&self.books).curve.clone()
    }

    fn latest_equity(&self, limit: usize, offset: usize) -> Latest<EquityPoint> {
        Latest::of(&lock(&self.books).curve, limit, offset, EquityPoint::clone)
    }
}

impl std::fmt::Debug for Portfolio {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Portfolio").field("books", &lock(&self.books)).finish_non_exhaustive()
    }
}
