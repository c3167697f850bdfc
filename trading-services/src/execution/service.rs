//! The executor of orders on paper.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use di_core::error::BoxError;
use di_core::events::Topic;
use di_core::health::{Health, HealthCheck};
use rust_decimal::Decimal;

use super::paper::{Fees, PaperVenue};
use super::{EventOutcome, OrderMachine, Settings};
use crate::model::{Fill, InstrumentId, Order, OrderId, OrderKind, OrderRequest, OrderStatus, TimeInForce, Timestamp};
use crate::ports::{
    IClock, IConfigService, IMarketDataService, IOrderExecutor, IPortfolio, IStateManager, Latest, MarketTick,
    OrderError, OrderEvent, StateError, StateFact,
};
use crate::sync::{Backlog, lock};

/// Orders that trade on paper, against the book and the trades of the venue, or against candles.
///
/// A fill is in the portfolio before it is told, and what was kept first is told first, whoever has reported it.
pub struct PaperExecutor {
    clock: Arc<dyn IClock>,
    portfolio: Arc<dyn IPortfolio>,
    market: Arc<dyn IMarketDataService>,
    /// What outlives this service.
    kept: Arc<dyn IStateManager>,
    changed: Arc<Topic<Order>>,
    filled: Arc<Topic<Fill>>,
    counts: Counts,
    state: Mutex<State>,
}

/// What is read while the state is locked and a disk is waited for.
#[derive(Default)]
struct Counts {
    orders: AtomicUsize,
    open: AtomicUsize,
    fills: AtomicUsize,
    refused: AtomicU64,
    untold: Backlog,
}

impl Counts {
    fn set(&self, state: &State) {
        self.orders.store(state.machines.len(), Ordering::Relaxed);
        self.open.store(state.open.len(), Ordering::Relaxed);
        self.fills.store(state.fills.len(), Ordering::Relaxed);
        self.refused.store(state.refused, Ordering::Relaxed);
    }
}

struct State {
    venue: PaperVenue,
    machines: Vec<OrderMachine>,
    by_id: HashMap<OrderId, usize>,
    /// The orders that have not ended, in the order of their submission.
    open: Vec<usize>,
    fills: Vec<Fill>,
    /// Fills that the portfolio could not take.
    refused: u64,
    /// What the venue has said and could not be kept: nobody is told of it before it is.
    untold: VecDeque<(OrderId, OrderEvent)>,
    /// What is kept and not told yet, and whether a thread is telling: it tells for all.
    news: VecDeque<(Option<Fill>, Order)>,
    is_telling: bool,
}

impl State {
    fn untold_fills(&self, instrument: &InstrumentId) -> impl Iterator<Item = &Fill> {
        self.untold.iter().filter_map(move |(_, event)| match event {
            OrderEvent::Filled(fill) if fill.instrument == *instrument => Some(fill),
            _ => None,
        })
    }

    /// What is held at the venue: a fill that waits is here until it is in the portfolio.
    fn held(&self, portfolio: &dyn IPortfolio, instrument: &InstrumentId) -> Decimal {
        let quantities = self.untold_fills(instrument).map(Fill::signed_quantity);
        quantities.fold(portfolio.held(instrument), Decimal::saturating_add)
    }

    /// A new order, which the venue does not have yet.
    fn add(&mut self, request: OrderRequest, submitted: Timestamp) -> Order {
        let index = self.machines.len();
        self.by_id.insert(request.id.clone(), index);
        self.open.push(index);
        let machine = OrderMachine::new(request, submitted);
        let order = machine.order();
        self.machines.push(machine);
        order
    }

    /// Goes through what has happened.
    fn restore(&mut self, fact: &StateFact) {
        match fact {
            StateFact::Submitted { request, time } => drop(self.add((**request).clone(), *time)),
            StateFact::Reported { order, event, time } => {
                if let OrderEvent::Filled(fill) = &**event {
                    self.fills.push(fill.clone());
                }
                let machine = self.by_id.get(order).and_then(|index| self.machines.get_mut(*index));
                if let Some(machine) = machine {
                    machine.apply((**event).clone(), *time);
                }
            }
            _ => {}
        }
    }

    /// Brings what is still open to the venue again, without what was meant for the market of its time only.
    fn resume(&mut self) {
        let Self { venue, machines, open, fills, untold, .. } = self;
        venue.restore(fills.len());
        open.retain(|index| machines.get(*index).is_some_and(|machine| !machine.status().is_final()));
        for order in open.iter().filter_map(|index| machines.get(*index)).map(OrderMachine::order) {
            if is_of_the_moment(&order.request) {
                let reason = "the process ended before it met the market".to_owned();
                untold.push_back((order.request.id, OrderEvent::Expired(reason)));
                continue;
            }
            let (open, is_accepted) = (order.open_quantity(), order.status != OrderStatus::Submitted);
            venue.submit(order.request, open, order.submitted, is_accepted);
        }
    }
}

/// Whether an order opens a position at once or not at all: the market of another hour is not what it was decided on. So does every order
/// at the market, which takes any price. What closes a position goes on, and so do a limit that waits and a stop that was not set off.
fn is_of_the_moment(request: &OrderRequest) -> bool {
    let waits = match request.kind {
        OrderKind::Market => false,
        OrderKind::Limit { .. } => request.time_in_force == TimeInForce::GoodTillCancelled,
        OrderKind::Stop { .. } => true,
    };
    !(waits || request.reduce_only)
}

#[di_core::service(provides = IOrderExecutor, health)]
impl PaperExecutor {
    /// An executor with the orders that are kept; those that wait go on waiting, limits at the end of their queue. One that opens a
    /// position at once or not at all has expired.
    ///
    /// # Errors
    /// [`StateError`] when what is kept cannot be read: to begin again would be to forget it.
    #[constructor]
    pub fn new(
        config: Arc<dyn IConfigService>,
        clock: Arc<dyn IClock>,
        portfolio: Arc<dyn IPortfolio>,
        market: Arc<dyn IMarketDataService>,
        kept: Arc<dyn IStateManager>,
        changed: Arc<Topic<Order>>,
        filled: Arc<Topic<Fill>>,
    ) -> Result<Self, StateError> {
        let settings = config.section::<Settings>();
        let fees = Fees { maker: settings.maker_fee, taker: settings.taker_fee };
        let venue = PaperVenue::new(fees, settings.latency);
        let mut state = State {
            venue,
            machines: Vec::new(),
            by_id: HashMap::new(),
            open: Vec::new(),
            fills: Vec::new(),
            refused: 0,
            untold: VecDeque::new(),
            news: VecDeque::new(),
            is_telling: false,
        };
        kept.facts()?.iter().for_each(|fact| state.restore(fact));
        state.resume();
        let counts = Counts::default();
        counts.set(&state);
        Ok(Self { clock, portfolio, market, kept, changed, filled, counts, state: Mutex::new(state) })
    }

    /// Keeps what the venue has said, in its order, and tells of it. What cannot be kept now has its turn with the next tick.
    fn report<'a>(&'a self, mut state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        if state.untold.is_empty() {
            return state;
        }
        while self.keep_first(&mut state) {
            state = self.tell(state);
        }
        self.counts.untold.end(state.untold.len());
        state
    }

    /// Keeps the first thing that waits; false where nothing does, or it cannot be kept. The state is locked all the while: who asks
    /// finds a fill among what waits or in the portfolio.
    fn keep_first(&self, state: &mut State) -> bool {
        let State { machines, by_id, open, fills, refused, untold, news, .. } = state;
        let Some((id, event)) = untold.front() else { return false };
        self.counts.untold.begin(untold.len());
        let time = self.clock.now();
        if let Some(index) = by_id.get(id).copied()
            && let Some(machine) = machines.get_mut(index)
        {
            let mut changed = machine.clone();
            if changed.apply(event.clone(), time) != EventOutcome::Known {
                let fact = StateFact::Reported { order: id.clone(), event: Box::new(event.clone()), time };
                if self.kept.append(fact).is_err() {
                    return false;
                }
                *machine = changed;
                if machine.status().is_final() {
                    open.retain(|open| *open != index);
                }
                let fill = if let OrderEvent::Filled(fill) = event { Some(fill.clone()) } else { None };
                if let Some(fill) = &fill {
                    fills.push(fill.clone());
                    match self.portfolio.apply(fill) {
                        Ok(_) => self.mark(&fill.instrument),
                        Err(_) => *refused += 1,
                    }
                }
                news.push_back((fill, machine.order()));
            }
        }
        untold.pop_front();
        self.counts.set(state);
        true
    }

    /// Values what a fill has changed. Its price, deep in the book, is none of the market, whose next trade may be far away: what
    /// is held is worth what the middle of the book says, however late the fill was kept, or, where there is none, the last trade of
    /// the market that is not doubtful.
    fn mark(&self, instrument: &InstrumentId) {
        let last_trade = || {
            let view = self.market.market_data(instrument).ok()?;
            view.last_trade.filter(|_| !view.is_doubtful).map(|trade| trade.price)
        };
        if let Some(price) = self.market.reference(instrument).or_else(last_trade) {
            self.portfolio.mark(instrument, price);
        }
    }

    /// Tells what is kept, unless a thread does so already.
    fn tell<'a>(&'a self, mut state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        if std::mem::replace(&mut state.is_telling, true) {
            return state;
        }
        while let Some((fill, order)) = state.news.pop_front() {
            // No lock is held here: who hears of it may ask for orders. Nobody is waited for.
            drop(state);
            if let Some(fill) = fill {
                let _missed = self.filled.publish(fill).now();
            }
            let _missed = self.changed.publish(order).now();
            state = lock(&self.state);
        }
        state.is_telling = false;
        state
    }
}

impl IOrderExecutor for PaperExecutor {
    fn submit(&self, request: &OrderRequest) -> Result<Order, OrderError> {
        if request.quantity.is_zero() {
            return Err(OrderError::NoQuantity(request.id.clone()));
        }
        let order = {
            let mut state = lock(&self.state);
            if let Some(known) = state.by_id.get(&request.id).and_then(|index| state.machines.get(*index)) {
                let is_same = known.request() == request;
                return if is_same { Ok(known.order()) } else { Err(OrderError::OtherOrder(request.id.clone())) };
            }
            let now = self.clock.now();
            let fact = StateFact::Submitted { request: Box::new(request.clone()), time: now };
            self.kept.append(fact).map_err(|error| OrderError::NotKept(request.id.clone(), error))?;
            let order = state.add(request.clone(), now);
            state.venue.submit(request.clone(), request.quantity, now, false);
            self.counts.set(&state);
            state.news.push_back((None, order.clone()));
            drop(self.tell(state));
            order
        };
        Ok(order)
    }

    fn cancel(&self, id: &OrderId, reason: &str) -> Result<Order, OrderError> {
        let mut state = lock(&self.state);
        let was_here = state.venue.cancel(id);
        state.untold.extend(was_here.then(|| (id.clone(), OrderEvent::Cancelled(reason.to_owned()))));
        // One that could not be kept before is tried again.
        let state = self.report(state);
        let machine = state.by_id.get(id).and_then(|index| state.machines.get(*index));
        machine.map(OrderMachine::order).ok_or_else(|| OrderError::Unknown(id.clone()))
    }

    fn orders(&self) -> Vec<Order> {
        lock(&self.state).machines.iter().map(OrderMachine::order).collect()
    }

    fn latest_orders(&self, limit: usize, offset: usize) -> Latest<Order> {
        Latest::of(&lock(&self.state).machines, limit, offset, OrderMachine::order)
    }

    fn last_order(&self, is_wanted: &dyn Fn(&OrderRequest) -> bool) -> Option<Order> {
        let state = lock(&self.state);
        state.machines.iter().rev().find(|machine| is_wanted(machine.request())).map(OrderMachine::order)
    }

    fn open_orders(&self) -> Vec<Order> {
        let state = lock(&self.state);
        state.open.iter().filter_map(|index| state.machines.get(*index)).map(OrderMachine::order).collect()
    }

    fn fills(&self) -> Vec<Fill> {
        lock(&self.state).fills.clone()
    }

    fn latest_fills(&self, limit: usize, offset: usize) -> Latest<Fill> {
        Latest::of(&lock(&self.state).fills, limit, offset, Fill::clone)
    }

    fn is_waiting(&self, instrument: &InstrumentId) -> bool {
        let state = lock(&self.state);
        state.venue.is_waiting(instrument) || !state.untold.is_empty()
    }

    fn held(&self, instrument: &InstrumentId) -> Decimal {
        lock(&self.state).held(&*self.portfolio, instrument)
    }

    fn has_untold(&self, instrument: &InstrumentId) -> bool {
        lock(&self.state).untold_fills(instrument).next().is_some()
    }

    fn observe(&self, instrument: &InstrumentId, time: Timestamp, tick: MarketTick<'_>) {
        let currency = || self.portfolio.currency_of(instrument, &*self.market);
        let mut state = lock(&self.state);
        let held = state.held(&*self.portfolio, instrument);
        let events = state.venue.meet(instrument, time, tick, held, &currency);
        state.untold.extend(events);
        drop(self.report(state));
    }
}

#[di_core::interface]
impl HealthCheck for PaperExecutor {
    async fn check(&self) -> Result<Health, BoxError> {
        let Counts { orders, open, fills, refused, untold } = &self.counts;
        let health = match (refused.load(Ordering::Relaxed), untold.stuck()) {
            (0, 0) => Health::healthy(),
            (0, untold) => Health::degraded(format!("{untold} reports wait to be kept before anybody is told")),
            (refused, _) => Health::unhealthy(format!("{refused} fills are not in the portfolio")),
        };
        let [orders, open, fills] = [orders, open, fills].map(|count| count.load(Ordering::Relaxed));
        Ok(health.with("orders", orders).with("open", open).with("fills", fills))
    }
}

impl std::fmt::Debug for PaperExecutor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PaperExecutor").field("orders", &self.counts.orders).finish_non_exhaustive()
    }
}
