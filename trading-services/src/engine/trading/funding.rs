//! The settling of funding: who holds a perpetual when it is due pays or receives it, once.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use di_core::error::BoxError;
use di_core::events::Topic;
use di_core::health::{Health, HealthCheck};

use super::funding_terms::{Gone, Terms};
use crate::model::{
    EventKind, FundingPayment, FundingSettlement, InstrumentId, InstrumentKind, MarketEvent, Timestamp,
};
use crate::ports::{
    AlertContext, AlertLevel, IAlertService, IMarketDataService, IOrderExecutor, IPortfolio, IStateManager, StateError,
    StateFact,
};
use crate::sync::{Backlog, lock};

/// How many settlements of one break are listed, the first ones: the alert tells of all.
const MOST: u64 = 1_000;

/// When nothing is due, in nanoseconds.
const NEVER: u64 = u64::MAX;

/// Books the funding of linear perpetuals as their venues tell of it: at the time that was told, by the last rate and mark price
/// that were told before it, for what is held then.
///
/// Whose clock it is: a settlement is due with the first message of its instrument that is not before it by the venue's own time.
/// When the next one is due is kept, and reckoned where the venue does not tell it, so that each settlement that fell into a break,
/// within a run or between two, is known; what was paid is not known then, and is told as an alert. A settlement is a fact before
/// anybody hears of it, and is booked once; fills that it counts and that wait to be kept are facts before it.
pub struct FundingSettler {
    market: Arc<dyn IMarketDataService>,
    portfolio: Arc<dyn IPortfolio>,
    executor: Arc<dyn IOrderExecutor>,
    kept: Arc<dyn IStateManager>,
    alerts: Arc<dyn IAlertService>,
    settled: Arc<Topic<FundingSettlement>>,
    /// The next time at which anything is to be done, in nanoseconds: nearly every message is before it.
    next: AtomicU64,
    /// How much waits to be kept, and how many instruments have funding.
    backlog: Backlog,
    instruments: AtomicUsize,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    terms: BTreeMap<InstrumentId, Terms>,
    /// When each of them is due next, the first one first.
    due: BTreeSet<(Timestamp, InstrumentId)>,
    /// What could not be kept yet.
    waiting: VecDeque<FundingSettlement>,
    /// Whose next time is not kept yet.
    unkept: BTreeSet<InstrumentId>,
}

#[di_core::service(health)]
impl FundingSettler {
    /// Goes on with what was due when the process before ended.
    ///
    /// # Errors
    /// [`StateError`] when what is kept cannot be read.
    #[constructor]
    pub fn new(
        market: Arc<dyn IMarketDataService>,
        portfolio: Arc<dyn IPortfolio>,
        executor: Arc<dyn IOrderExecutor>,
        kept: Arc<dyn IStateManager>,
        alerts: Arc<dyn IAlertService>,
        settled: Arc<Topic<FundingSettlement>>,
    ) -> Result<Self, StateError> {
        let facts = kept.facts()?;
        let last = facts.iter().filter_map(StateFact::time).max().unwrap_or_default();
        let mut state = State::default();
        for fact in &*facts {
            match fact {
                StateFact::Funded(settlement) => state.of(&settlement.instrument).restore_passed(settlement.due),
                StateFact::FundingDue { instrument, due } => state.of(instrument).restore_due(*due, last),
                _ => {}
            }
        }
        let due = state.terms.iter().filter_map(|(instrument, terms)| Some((terms.due()?, instrument.clone())));
        state.due = due.collect();
        let next = AtomicU64::new(state.next().as_nanos());
        let (backlog, instruments) = (Backlog::default(), AtomicUsize::new(state.terms.len()));
        let state = Mutex::new(state);
        Ok(Self { market, portfolio, executor, kept, alerts, settled, next, backlog, instruments, state })
    }

    /// Settles what is due when a message comes, before it changes anything, and remembers what it says of funding.
    #[inline]
    pub fn observe(&self, event: &MarketEvent) {
        let next = self.next.load(Ordering::Relaxed);
        let is_due = || next != NEVER && event.venue_time().is_some_and(|time| time.as_nanos() >= next);
        if speaks_of_funding(&event.kind) || is_due() {
            self.take(event);
        }
    }

    fn take(&self, event: &MarketEvent) {
        let MarketEvent { instrument, received, kind } = event;
        let mut state = lock(&self.state);
        let State { terms, due, waiting, unkept } = &mut *state;
        let terms = match terms.entry(instrument.clone()) {
            Entry::Occupied(known) => Some(known.into_mut()),
            Entry::Vacant(new) => begins(kind).then(|| {
                self.instruments.fetch_add(1, Ordering::Relaxed);
                new.insert(Terms::default())
            }),
        };
        if let Some(terms) = terms {
            let before = terms.due();
            let passed = event.venue_time().and_then(|now| terms.pass(now));
            let gone = passed.into_iter().chain(terms.hear(kind));
            gone.for_each(|gone| self.settle(waiting, instrument, &gone, *received));
            if terms.due() != before {
                if let Some(before) = before {
                    due.remove(&(before, instrument.clone()));
                }
                due.extend(terms.due().map(|next| (next, instrument.clone())));
                unkept.insert(instrument.clone());
            }
        }
        self.keep(&mut state);
        self.next.store(state.next().as_nanos(), Ordering::Relaxed);
    }

    /// Settles what is due no more, if anything is held that pays funding.
    fn settle(
        &self,
        waiting: &mut VecDeque<FundingSettlement>,
        instrument: &InstrumentId,
        gone: &Gone,
        settled: Timestamp,
    ) {
        // A fill that waits to be kept was traded before: who has it pays.
        let held = self.executor.held(instrument);
        if held.is_zero() || !self.is_linear_perpetual(instrument) {
            return;
        }
        let currency = self.portfolio.currency_of(instrument, &*self.market);
        let mut unknown = Vec::new();
        for number in 0..gone.count.min(MOST) {
            let due = gone.due(number);
            let is_waiting = waiting.iter().any(|one| one.due == due && one.instrument == *instrument);
            if is_waiting || self.portfolio.is_funded(instrument, due) {
                continue;
            }
            let terms = gone.terms.filter(|_| number == 0);
            let payment = terms.and_then(|(rate, mark)| FundingPayment::of(held, mark, rate).ok());
            let (instrument, currency) = (instrument.clone(), currency.clone());
            let mut settlement = FundingSettlement { instrument, due, settled, held, currency, payment };
            if self.portfolio.can_fund(&settlement).is_err() {
                settlement.payment = None;
            }
            if settlement.payment.is_none() {
                unknown.push(due);
            }
            waiting.push_back(settlement);
        }
        if let (Some(first), Some(last)) = (unknown.first(), unknown.last()) {
            let before = self.portfolio.unknown_funding();
            let all = before + waiting.iter().filter(|one| one.payment.is_none()).count();
            self.tell_unknown(instrument, gone, (*first, *last), all);
        }
    }

    /// Before the rules are told, whatever has funding is a perpetual, and its name says whether it is inverse.
    fn is_linear_perpetual(&self, instrument: &InstrumentId) -> bool {
        match self.market.rules(instrument) {
            Some(rules) => rules.kind == InstrumentKind::Perpetual && !rules.is_inverse,
            None => !instrument.is_inverse(),
        }
    }

    fn tell_unknown(&self, instrument: &InstrumentId, gone: &Gone, (first, last): (Timestamp, Timestamp), all: usize) {
        let what = if first == last {
            format!("the funding that was due at {first} is not booked")
        } else {
            let period = humantime::format_duration(gone.period);
            format!("the funding that was due from {first} to {last}, reckoned every {period}, is not booked")
        };
        let why = match gone.put_off {
            Some(next) => format!("before it was due, its venue has put it off to {next}"),
            None if gone.terms.is_some() && first == gone.first => "its payment does not fit the account".to_owned(),
            None => "its rate and mark price of then are not known".to_owned(),
        };
        let cut = if gone.count > MOST {
            format!("; of {} only the first {MOST} are listed", gone.count)
        } else {
            String::new()
        };
        let message = format!("{instrument}: {what}: {why}{cut}; settlements that are not known: {all} in all");
        self.alerts.send_alert(&message, AlertLevel::Warning, AlertContext::instrument("funding-unknown", instrument));
    }

    /// Books what waits, as far as it can be kept, and keeps when the next one is due, which may not take the place of one that is
    /// not kept; the rest is tried again with the next message.
    fn keep(&self, state: &mut State) {
        let State { terms, waiting, unkept, .. } = state;
        let all = waiting.len();
        for _ in 0..all {
            let Some(settlement) = waiting.pop_front() else { break };
            self.backlog.begin(waiting.len() + 1);
            // A process after this one has no payment without what it was paid on.
            if self.executor.has_untold(&settlement.instrument) {
                waiting.push_back(settlement);
                continue;
            }
            if self.kept.append(StateFact::Funded(Box::new(settlement.clone()))).is_err() {
                // Another one has its turn then.
                waiting.push_back(settlement);
                break;
            }
            // It was asked before whether it fits.
            let _fits = self.portfolio.fund(&settlement);
            let _missed = self.settled.publish(settlement).now();
        }
        if all > 0 {
            self.backlog.end(waiting.len());
        }
        unkept.retain(|instrument| {
            // Without a fill that cannot be kept, another amount is due, even where none is with it.
            if waiting.iter().any(|one| one.instrument == *instrument) || self.executor.has_untold(instrument) {
                return true;
            }
            if let Some(due) = terms.get(instrument).and_then(Terms::due) {
                // It is not urgent: it is written before anything that comes later.
                let _later = self.kept.append(StateFact::FundingDue { instrument: instrument.clone(), due });
            }
            false
        });
    }
}

/// Whether an instrument has funding, from such a message on.
fn begins(kind: &EventKind) -> bool {
    match kind {
        EventKind::Funding(_) | EventKind::MarkPrice(_) => true,
        EventKind::Ticker(ticker) => ticker.funding_time.is_some() || ticker.mark.is_some(),
        _ => false,
    }
}

impl State {
    fn of(&mut self, instrument: &InstrumentId) -> &mut Terms {
        self.terms.entry(instrument.clone()).or_default()
    }

    /// When anything is to be done next: at once while something waits to be kept.
    fn next(&self) -> Timestamp {
        if !(self.waiting.is_empty() && self.unkept.is_empty()) {
            return Timestamp::default();
        }
        self.due.first().map_or(Timestamp::from_nanos(NEVER), |(due, _)| *due)
    }
}

/// Whether a message says anything of funding, or ends what was said.
const fn speaks_of_funding(kind: &EventKind) -> bool {
    matches!(
        kind,
        EventKind::Funding(_)
            | EventKind::MarkPrice(_)
            | EventKind::Ticker(_)
            | EventKind::Interrupted
            | EventKind::Left
    )
}

#[di_core::interface]
impl HealthCheck for FundingSettler {
    async fn check(&self) -> Result<Health, BoxError> {
        let waiting = self.backlog.stuck();
        let health = match waiting {
            0 => Health::healthy(),
            waiting => {
                Health::degraded(format!("{waiting} settlements of funding wait to be kept before they are booked"))
            }
        };
        Ok(health.with("instruments", self.instruments.load(Ordering::Relaxed)).with("waiting", waiting))
    }
}

impl std::fmt::Debug for FundingSettler {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FundingSettler").finish_non_exhaustive()
    }
}
