//! The books of the portfolio: every sum, without a lock.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use rust_decimal::Decimal;

use super::lots::Lots;
use crate::model::{
    Currency, Fill, FundingSettlement, InstrumentId, Position, PositionChange, Price, RoundTrip, Timestamp, ValueError,
};
use crate::ports::{EquityPoint, Outcomes, PortfolioError, PositionView, ProfitAndLoss};

/// What one unit of each other currency is worth in that of the account, as far as it is known.
pub(super) type Rates = BTreeMap<Currency, Price>;

/// Sums of money by currency.
pub(super) type Amounts = BTreeMap<Currency, Decimal>;

/// Positions, balances and what came of them.
#[derive(Debug, Clone)]
pub(super) struct Books {
    pub(super) currency: Currency,
    holdings: BTreeMap<InstrumentId, Holding>,
    balances: BTreeMap<Currency, Decimal>,
    fees: BTreeMap<Currency, Decimal>,
    funding: BTreeMap<Currency, Decimal>,
    /// What was gained in currencies in which an instrument is not paid any more.
    gained: BTreeMap<Currency, Decimal>,
    /// Fills that were taken.
    taken: HashSet<Arc<str>>,
    /// Settlements of funding that were taken, by instrument and time, and in their order.
    funded: BTreeSet<(InstrumentId, Timestamp)>,
    pub(super) settlements: Vec<FundingSettlement>,
    /// How many of these have no payment that is known.
    pub(super) unknown_funding: usize,
    pub(super) curve: Vec<EquityPoint>,
    pub(super) round_trips: Vec<RoundTrip>,
    /// How many of them have gained.
    pub(super) won: usize,
    /// What positions have won and lost, by their currency.
    pub(super) outcomes: BTreeMap<Currency, Outcomes>,
}

#[derive(Debug, Clone)]
struct Holding {
    position: Position,
    currency: Currency,
    mark: Price,
    realised: Decimal,
    lots: Lots,
    /// What the round trips of the position have gained, until it is closed or turned.
    gained: Decimal,
    /// How much of the position is of each trading module.
    owned: BTreeMap<Arc<str>, Decimal>,
}

impl Holding {
    /// Counts a fill after the position has changed by it. What a module has bought or sold is its own until somebody closes it:
    /// it has no more than is held, and nothing of a position that others have turned.
    fn own(&mut self, module: Option<&str>, quantity: Decimal) -> Result<(), ValueError> {
        if let Some(module) = module {
            let known = self.owned.get(module).copied().unwrap_or_default();
            self.owned.insert(module.into(), sum(known, quantity)?);
        }
        let held = self.position.quantity;
        self.owned.retain(|_, own| {
            *own =
                if own.is_sign_negative() { held.clamp(*own, Decimal::ZERO) } else { held.clamp(Decimal::ZERO, *own) };
            !own.is_zero()
        });
        Ok(())
    }
}

impl Books {
    pub(super) fn new(currency: Currency) -> Self {
        Self {
            currency,
            holdings: BTreeMap::new(),
            balances: BTreeMap::new(),
            fees: BTreeMap::new(),
            funding: BTreeMap::new(),
            gained: BTreeMap::new(),
            taken: HashSet::new(),
            funded: BTreeSet::new(),
            settlements: Vec::new(),
            unknown_funding: 0,
            curve: Vec::new(),
            round_trips: Vec::new(),
            won: 0,
            outcomes: BTreeMap::new(),
        }
    }

    pub(super) fn deposit(&mut self, currency: &Currency, amount: Decimal) -> Result<(), ValueError> {
        add(&mut self.balances, currency, amount)
    }

    pub(super) fn apply(&mut self, fill: &Fill) -> Result<Option<PositionChange>, PortfolioError> {
        if self.taken.contains(&fill.id) {
            return Ok(None);
        }
        let Fill { instrument, price, currency, fee, fee_currency, .. } = fill;
        let new = || Holding {
            position: Position::default(),
            currency: currency.clone(),
            mark: *price,
            realised: Decimal::ZERO,
            lots: Lots::default(),
            gained: Decimal::ZERO,
            owned: BTreeMap::new(),
        };
        let mut holding = self.holdings.get(instrument).cloned().unwrap_or_else(new);
        let mut gained = None;
        if holding.currency != *currency {
            let before = std::mem::replace(&mut holding.currency, currency.clone());
            if !holding.position.quantity.is_zero() {
                let (expected, found) = (before, currency.clone());
                return Err(PortfolioError::OtherCurrency { instrument: instrument.clone(), expected, found });
            }
            // What nothing is held of is paid as its market says now; what was gained stays in the currency that it came in.
            let known = self.gained.get(&before).copied().unwrap_or_default();
            gained = Some((before, sum(known, std::mem::take(&mut holding.realised))?));
        }
        let (quantity, before) = (fill.signed_quantity(), holding.position.quantity);
        let change = holding.position.trade(quantity, price.value())?;
        holding.realised = sum(holding.realised, change.profit)?;
        holding.mark = *price;
        holding.own(fill.order.module(), quantity)?;
        let paid = quantity.checked_mul(price.value()).ok_or_else(|| too_large(quantity))?;

        // Everything or nothing: the sums that can fail come first.
        let of = |amounts: &Amounts, currency| amounts.get(currency).copied().unwrap_or_default();
        let balance = sum(of(&self.balances, currency), -paid)?;
        let balance_of_fees = if fee_currency == currency { balance } else { of(&self.balances, fee_currency) };
        let balance_of_fees = sum(balance_of_fees, -*fee)?;
        let fees = sum(of(&self.fees, fee_currency), *fee)?;
        self.balances.insert(currency.clone(), balance);
        self.balances.insert(fee_currency.clone(), balance_of_fees);
        self.fees.insert(fee_currency.clone(), fees);
        self.gained.extend(gained);
        for trip in holding.lots.apply(fill, self.round_trips.last().map_or(0, |trip| trip.id)) {
            self.won += usize::from(trip.profit > Decimal::ZERO);
            holding.gained = holding.gained.saturating_add(trip.profit);
            self.round_trips.push(trip);
        }
        let after = holding.position.quantity;
        let has_turned = !after.is_zero() && after.is_sign_negative() != before.is_sign_negative();
        // However many fills have opened and closed it, a position is one decision, which was right or wrong once.
        if !before.is_zero() && (after.is_zero() || has_turned) {
            let gained = std::mem::take(&mut holding.gained);
            self.outcomes.entry(currency.clone()).or_default().add(gained);
        }
        self.holdings.insert(instrument.clone(), holding);
        self.taken.insert(Arc::clone(&fill.id));
        Ok(Some(change))
    }

    pub(super) fn mark(&mut self, instrument: &InstrumentId, price: Price) {
        if let Some(holding) = self.holdings.get_mut(instrument) {
            holding.mark = price;
        }
    }

    /// The currencies that have to be converted to value the account.
    pub(super) fn foreign(&self) -> BTreeSet<Currency> {
        let amounts = [&self.balances, &self.fees, &self.funding, &self.gained].into_iter().flatten();
        let amounts = amounts.filter(|(_, amount)| !amount.is_zero()).map(|(currency, _)| currency);
        let is_there = |holding: &&Holding| !holding.position.quantity.is_zero() || !holding.realised.is_zero();
        let held = self.holdings.values().filter(is_there).map(|holding| &holding.currency);
        amounts.chain(held).filter(|currency| **currency != self.currency).cloned().collect()
    }

    pub(super) fn fund(&mut self, settlement: &FundingSettlement) -> Result<bool, ValueError> {
        let FundingSettlement { instrument, due, payment, .. } = settlement;
        if self.is_funded(instrument, *due) {
            return Ok(false);
        }
        (self.balances, self.funding) = self.with_funding(settlement)?;
        self.unknown_funding += usize::from(payment.is_none());
        self.funded.insert((instrument.clone(), *due));
        self.settlements.push(settlement.clone());
        Ok(true)
    }

    /// The balances and the funding that a settlement would leave.
    pub(super) fn with_funding(&self, settlement: &FundingSettlement) -> Result<(Amounts, Amounts), ValueError> {
        let (mut balances, mut funding) = (self.balances.clone(), self.funding.clone());
        if let Some(payment) = &settlement.payment {
            add(&mut balances, &settlement.currency, payment.amount)?;
            add(&mut funding, &settlement.currency, payment.amount)?;
        }
        Ok((balances, funding))
    }

    pub(super) fn is_funded(&self, instrument: &InstrumentId, due: Timestamp) -> bool {
        self.funded.contains(&(instrument.clone(), due))
    }

    pub(super) fn positions(&self, rates: &Rates) -> Vec<PositionView> {
        let view = |(instrument, holding): (&InstrumentId, &Holding)| {
            let Holding { position, currency, mark, realised, .. } = holding;
            let value = position.quantity.checked_mul(mark.value());
            PositionView {
                instrument: instrument.clone(),
                position: *position,
                currency: currency.clone(),
                mark: *mark,
                realised: *realised,
                unrealised: position.profit_at(mark.value()).unwrap_or_default(),
                worth: value.and_then(|value| self.in_account(currency, value, rates).ok()),
            }
        };
        self.holdings.iter().map(view).collect()
    }

    pub(super) fn held(&self, instrument: &InstrumentId) -> Decimal {
        self.holdings.get(instrument).map_or(Decimal::ZERO, |holding| holding.position.quantity)
    }

    pub(super) fn paid_in(&self, instrument: &InstrumentId) -> Option<Currency> {
        self.holdings.get(instrument).map(|holding| holding.currency.clone())
    }

    pub(super) fn owned(&self, module: &str) -> BTreeMap<InstrumentId, Decimal> {
        let owned = |(instrument, holding): (&InstrumentId, &Holding)| {
            holding.owned.get(module).map(|own| (instrument.clone(), *own))
        };
        self.holdings.iter().filter_map(owned).collect()
    }

    pub(super) fn balances(&self) -> &BTreeMap<Currency, Decimal> {
        &self.balances
    }

    pub(super) fn pnl(&self, rates: &Rates) -> Result<ProfitAndLoss, PortfolioError> {
        let (mut realised, mut unrealised) = (self.total(&self.gained, rates)?, Decimal::ZERO);
        for holding in self.holdings.values() {
            let open =
                holding.position.profit_at(holding.mark.value()).ok_or_else(|| too_large(holding.position.cost))?;
            realised = sum(realised, self.in_account(&holding.currency, holding.realised, rates)?)?;
            unrealised = sum(unrealised, self.in_account(&holding.currency, open, rates)?)?;
        }
        let (fees, funding) = (self.total(&self.fees, rates)?, self.total(&self.funding, rates)?);
        Ok(ProfitAndLoss { realised, unrealised, fees, funding })
    }

    pub(super) fn equity(&self, rates: &Rates) -> Result<Decimal, PortfolioError> {
        let mut equity = self.total(&self.balances, rates)?;
        for holding in self.holdings.values() {
            let value = holding.position.quantity.checked_mul(holding.mark.value());
            let value = value.ok_or_else(|| too_large(holding.position.quantity))?;
            equity = sum(equity, self.in_account(&holding.currency, value, rates)?)?;
        }
        Ok(equity)
    }

    pub(super) fn record(&mut self, time: Timestamp, rates: &Rates) -> Result<EquityPoint, PortfolioError> {
        let point = EquityPoint { time, equity: self.equity(rates)? };
        self.add_point(point);
        Ok(point)
    }

    /// Adds a point to the curve, in the place of one of the same time.
    pub(super) fn add_point(&mut self, point: EquityPoint) {
        match self.curve.last_mut() {
            Some(last) if last.time == point.time => *last = point,
            _ => self.curve.push(point),
        }
    }

    fn total(&self, amounts: &BTreeMap<Currency, Decimal>, rates: &Rates) -> Result<Decimal, PortfolioError> {
        let mut total = Decimal::ZERO;
        for (currency, amount) in amounts {
            total = sum(total, self.in_account(currency, *amount, rates)?)?;
        }
        Ok(total)
    }

    /// An amount in the currency of the account; nothing is worth nothing at any rate.
    pub(super) fn in_account(
        &self,
        currency: &Currency,
        amount: Decimal,
        rates: &Rates,
    ) -> Result<Decimal, PortfolioError> {
        if *currency == self.currency || amount.is_zero() {
            return Ok(amount);
        }
        let rate = rates.get(currency).ok_or_else(|| PortfolioError::NoRate(currency.clone()))?;
        Ok(amount.checked_mul(rate.value()).ok_or_else(|| too_large(amount))?)
    }
}

fn add(amounts: &mut BTreeMap<Currency, Decimal>, currency: &Currency, amount: Decimal) -> Result<(), ValueError> {
    let known = amounts.get(currency).copied().unwrap_or_default();
    amounts.insert(currency.clone(), sum(known, amount)?);
    Ok(())
}

fn sum(one: Decimal, other: Decimal) -> Result<Decimal, ValueError> {
    one.checked_add(other).ok_or_else(|| too_large(other))
}

fn too_large(found: Decimal) -> ValueError {
    ValueError { expected: "a sum that fits 96 bits", found: found.to_string() }
}
