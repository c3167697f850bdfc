//! The settling of funding: who holds a perpetual when it is due pays or receives it, once.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use di_core::events::Topic;
use rust_decimal::Decimal;

use crate::model::{
    EventKind, Fill, Funding, FundingPayment, FundingSettlement, InstrumentId, InstrumentKind, MarketEvent, Price,
    Timestamp,
};
use crate::ports::{
    AlertContext, AlertLevel, IAlertService, IMarketDataService, IPortfolio, IStateManager, OrderEvent, StateError,
    StateFact,
};
use crate::sync::lock;

/// How old a mark price may be when funding is due. Venues tell it every few seconds; what is older is from before a break.
const MARK_AGE: Duration = Duration::from_secs(60);

/// No venue settles more often than that.
const SHORTEST_PERIOD: Duration = Duration::from_secs(3_600);

/// Books the funding of linear perpetuals as their venues tell of it: at the time that was told, by the last rate and mark price
/// that were told before it, for what is held then.
///
/// When funding is due is kept, so that a settlement that fell into a break between two runs is known; what was paid is not known
/// then, and is told as an alert. A settlement is a fact before anybody hears of it, and is booked once.
pub struct FundingSettler {
    market: Arc<dyn IMarketDataService>,
    portfolio: Arc<dyn IPortfolio>,
    kept: Arc<dyn IStateManager>,
    alerts: Arc<dyn IAlertService>,
    settled: Arc<Topic<FundingSettlement>>,
    /// The next time at which anything is to be done, in nanoseconds: nearly every message is before it.
    next: AtomicU64,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    terms: BTreeMap<InstrumentId, Terms>,
    /// What could not be kept yet.
    waiting: Vec<FundingSettlement>,
}

/// What a venue has told last.
#[derive(Default)]
struct Terms {
    due: Option<Timestamp>,
    rate: Option<Decimal>,
    mark: Option<(Price, Timestamp)>,
}

#[di_core::service]
impl FundingSettler {
    /// Goes on with what was due when the process before ended.
    ///
    /// # Errors
    /// [`StateError`] when what is kept cannot be read.
    #[constructor]
    pub fn new(
        market: Arc<dyn IMarketDataService>,
        portfolio: Arc<dyn IPortfolio>,
        kept: Arc<dyn IStateManager>,
        alerts: Arc<dyn IAlertService>,
        settled: Arc<Topic<FundingSettlement>>,
    ) -> Result<Self, StateError> {
        let (mut state, mut traded) = (State::default(), BTreeMap::new());
        for fact in &*kept.facts()? {
            match fact {
                StateFact::FundingDue { instrument, due } => {
                    state.terms.insert(instrument.clone(), Terms { due: Some(*due), ..Terms::default() });
                }
                StateFact::Reported { event, .. } => {
                    if let OrderEvent::Filled(Fill { instrument, time, .. }) = &**event {
                        traded.insert(instrument.clone(), *time);
                    }
                }
                _ => {}
            }
        }
        // Who has traded since then has settled it, or had nothing to settle.
        state.terms.retain(|instrument, terms| terms.due > traded.get(instrument).copied());
        let next = AtomicU64::new(state.next().as_nanos());
        Ok(Self { market, portfolio, kept, alerts, settled, next, state: Mutex::new(state) })
    }

    /// Settles what is due when a message comes, before it changes anything, and remembers what it says of funding.
    #[inline]
    pub fn observe(&self, event: &MarketEvent) {
        let is_due = event.received.as_nanos() >= self.next.load(Ordering::Relaxed);
        let says = match &event.kind {
            EventKind::Funding(_) | EventKind::MarkPrice(_) => true,
            EventKind::Ticker(ticker) => ticker.funding_time.is_some(),
            _ => false,
        };
        if is_due || says {
            self.take(event);
        }
    }

    fn take(&self, event: &MarketEvent) {
        let MarketEvent { instrument, received: now, kind } = event;
        let mut state = lock(&self.state);
        self.settle(&mut state, *now);
        match kind {
            EventKind::MarkPrice(mark) => state.of(instrument).mark = Some((mark.price, *now)),
            EventKind::Funding(Funding { rate, next, .. }) => {
                if let Some(next) = next {
                    self.told_due(&mut state, instrument, *next, *now);
                }
                state.of(instrument).rate = Some(*rate);
            }
            EventKind::Ticker(ticker) => {
                if let Some(next) = ticker.funding_time {
                    self.told_due(&mut state, instrument, next, *now);
                }
            }
            _ => {}
        }
        self.keep(&mut state);
        self.next.store(state.next().as_nanos(), Ordering::Relaxed);
    }

    /// Settles everything that is due.
    fn settle(&self, state: &mut State, now: Timestamp) {
        let State { terms, waiting } = state;
        for (instrument, terms) in terms.iter_mut().filter(|(_, terms)| terms.due.is_some_and(|due| due <= now)) {
            waiting.extend(self.settlement(instrument, terms, now));
        }
    }

    /// Remembers when funding is due next. A venue that goes on to a later time has settled the one before, whatever our clock says.
    fn told_due(&self, state: &mut State, instrument: &InstrumentId, due: Timestamp, now: Timestamp) {
        let State { terms, waiting } = state;
        let terms = terms.entry(instrument.clone()).or_default();
        if terms.due == Some(due) || due <= now {
            return;
        }
        if terms.due.is_some_and(|before| before < due && before.since(now) <= MARK_AGE) {
            waiting.extend(self.settlement(instrument, terms, now));
        }
        terms.due = Some(due);
        // It is not urgent: a settlement that is forgotten with it is one of a process that was killed before it wrote anything else.
        let _later = self.kept.append(StateFact::FundingDue { instrument: instrument.clone(), due });
    }

    /// What has become of the funding that is due; `None` where nothing is to be booked.
    fn settlement(&self, instrument: &InstrumentId, terms: &mut Terms, now: Timestamp) -> Option<FundingSettlement> {
        let due = terms.due.take()?;
        let held = self.portfolio.held(instrument);
        if held.is_zero() || !self.is_linear_perpetual(instrument) || self.portfolio.is_funded(instrument, due) {
            return None;
        }
        let currency = self.portfolio.currency_of(instrument, &*self.market);
        let mark = terms.mark.filter(|(_, told)| due.since(*told) <= MARK_AGE).map(|(price, _)| price);
        let payment = mark.zip(terms.rate).and_then(|(mark, rate)| FundingPayment::of(held, mark, rate).ok());
        if payment.is_none() {
            self.tell_unknown(instrument, due, now);
        }
        Some(FundingSettlement { instrument: instrument.clone(), due, settled: now, held, currency, payment })
    }

    /// Before the rules are told, whatever has funding is a perpetual, and its name says whether it is inverse.
    fn is_linear_perpetual(&self, instrument: &InstrumentId) -> bool {
        match self.market.rules(instrument) {
            Some(rules) => rules.kind == InstrumentKind::Perpetual && !rules.is_inverse,
            None => !instrument.is_inverse(),
        }
    }

    fn tell_unknown(&self, instrument: &InstrumentId, due: Timestamp, now: Timestamp) {
        let since = if now.since(due) >= SHORTEST_PERIOD {
            format!(", nor is what was due from then until {now}")
        } else {
            String::new()
        };
        let message = format!(
            "{instrument}: the funding that was due at {due} is not booked{since}: its rate and mark price of then are not known"
        );
        self.alerts.send_alert(&message, AlertLevel::Warning, AlertContext::instrument("funding-unknown", instrument));
    }

    /// Books what waits, as far as it can be kept; the rest is tried again with the next message.
    fn keep(&self, state: &mut State) {
        while let Some(settlement) = state.waiting.first() {
            if self.kept.append(StateFact::Funded(Box::new(settlement.clone()))).is_err() {
                return;
            }
            let settlement = state.waiting.remove(0);
            if let Err(error) = self.portfolio.fund(&settlement) {
                let context = AlertContext::instrument("funding-unknown", &settlement.instrument);
                self.alerts.send_alert(&format!("{}: {error}", settlement.instrument), AlertLevel::Error, context);
            }
            let _missed = self.settled.publish(settlement).now();
        }
    }
}

impl State {
    fn of(&mut self, instrument: &InstrumentId) -> &mut Terms {
        self.terms.entry(instrument.clone()).or_default()
    }

    /// When anything is to be done next: at once while something waits to be kept.
    fn next(&self) -> Timestamp {
        if !self.waiting.is_empty() {
            return Timestamp::default();
        }
        let due = self.terms.values().filter_map(|terms| terms.due).min();
        due.unwrap_or(Timestamp::from_nanos(u64::MAX))
    }
}

impl std::fmt::Debug for FundingSettler {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FundingSettler").finish_non_exhaustive()
    }
}
