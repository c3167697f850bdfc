//! The venue on paper: which events an order gets from each tick of the market.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use rust_decimal::Decimal;

use super::fees::Fees;
use super::resting::Resting;
use super::take::{is_beyond, offered, take, total};
use crate::model::{
    BookDepth, Candle, Currency, Fill, InstrumentId, Level, Liquidity, OrderId, OrderKind, OrderRequest, Price,
    Quantity, Side, TimeInForce, Timestamp, Trade,
};
use crate::ports::{MarketTick, OrderEvent};

/// Orders at a venue that exists on paper only.
#[derive(Debug)]
pub(in crate::execution) struct PaperVenue {
    fees: Fees,
    latency: Duration,
    /// In the order of their submission.
    orders: Vec<PaperOrder>,
    waiting: BTreeMap<InstrumentId, usize>,
    fills: u64,
}

#[derive(Debug)]
struct PaperOrder {
    request: OrderRequest,
    submitted: Timestamp,
    open: Quantity,
    state: State,
}

#[derive(Debug)]
enum State {
    /// On its way, or a stop that was not set off, or a market order without a market.
    Waiting {
        is_accepted: bool,
    },
    Resting(Resting),
}

/// What an order meets, with what it may still do there.
struct Meeting<'a> {
    tick: MarketTick<'a>,
    /// How much is held, for orders that may only reduce.
    held: Decimal,
}

/// What came of a meeting.
#[derive(Default)]
struct Met {
    accepted: bool,
    trades: Vec<(Level, Liquidity)>,
    end: Option<OrderEvent>,
    resting: Option<Resting>,
}

impl PaperVenue {
    pub(in crate::execution) fn new(fees: Fees, latency: Duration) -> Self {
        Self { fees, latency, orders: Vec::new(), waiting: BTreeMap::new(), fills: 0 }
    }

    /// Goes on after so many fills: their names are not given again.
    pub(in crate::execution) fn restore(&mut self, fills: usize) {
        self.fills = u64::try_from(fills).unwrap_or(u64::MAX);
    }

    /// Takes an order of which so much is open. One that was accepted before is not rejected any more.
    pub(in crate::execution) fn submit(
        &mut self,
        request: OrderRequest,
        open: Quantity,
        submitted: Timestamp,
        is_accepted: bool,
    ) {
        *self.waiting.entry(request.instrument.clone()).or_default() += 1;
        let state = State::Waiting { is_accepted };
        self.orders.push(PaperOrder { request, submitted, open, state });
    }

    /// Whether the order was here to be cancelled.
    pub(in crate::execution) fn cancel(&mut self, id: &OrderId) -> bool {
        let known = self.orders.iter().position(|order| order.request.id == *id);
        known.is_some_and(|index| {
            let order = self.orders.remove(index);
            self.leave(&order.request.instrument);
            true
        })
    }

    pub(in crate::execution) fn is_waiting(&self, instrument: &InstrumentId) -> bool {
        self.waiting.contains_key(instrument)
    }

    /// What becomes of the orders of an instrument, which is paid in that currency; in the order of their submission.
    pub(in crate::execution) fn meet(
        &mut self,
        instrument: &InstrumentId,
        time: Timestamp,
        tick: MarketTick<'_>,
        held: Decimal,
        currency: &dyn Fn() -> Currency,
    ) -> Vec<(OrderId, OrderEvent)> {
        let (mut events, mut gone, mut held) = (Vec::new(), BTreeSet::new(), held);
        // Within a candle nobody knows what came first: the worse for us, which is the stop.
        let stops_first = |order: &PaperOrder| !matches!(order.request.kind, OrderKind::Stop { .. });
        let mut indices: Vec<_> = (0..self.orders.len()).collect();
        if matches!(tick, MarketTick::Bar(_)) {
            indices.sort_by_key(|index| self.orders.get(*index).is_none_or(stops_first));
        }
        for index in indices {
            let Some(order) = self.orders.get_mut(index) else { continue };
            if order.request.instrument != *instrument || time < order.submitted.saturating_add(self.latency) {
                continue;
            }
            let id = order.request.id.clone();
            let met = order.meet(&Meeting { tick, held });
            if met.accepted {
                events.push((id.clone(), OrderEvent::Accepted));
            }
            for (level, liquidity) in met.trades {
                let Some(fee) = self.fees.of(level.quantity, level.price, liquidity) else { continue };
                self.fills += 1;
                let fill = order.fill(self.fills, level, liquidity, fee, &currency(), time);
                held += fill.signed_quantity();
                order.open = order.open.saturating_sub(level.quantity);
                events.push((id.clone(), OrderEvent::Filled(fill)));
            }
            if let Some(resting) = met.resting {
                order.state = State::Resting(resting);
            }
            if let Some(end) = met.end.filter(|_| !order.open.is_zero()) {
                events.push((id.clone(), end));
                gone.insert(id);
            } else if order.open.is_zero() {
                gone.insert(id);
            }
        }
        self.orders.retain(|order| !gone.contains(&order.request.id));
        gone.iter().for_each(|_| self.leave(instrument));
        events
    }

    fn leave(&mut self, instrument: &InstrumentId) {
        if let Some(count) = self.waiting.get_mut(instrument) {
            *count -= 1;
            if *count == 0 {
                self.waiting.remove(instrument);
            }
        }
    }
}

impl PaperOrder {
    /// How much may trade: no more than the position that it may reduce.
    fn allowed(&self, held: Decimal) -> Quantity {
        if !self.request.reduce_only {
            return self.open;
        }
        let other = match self.request.side {
            Side::Buy => (-held).max(Decimal::ZERO),
            Side::Sell => held.max(Decimal::ZERO),
        };
        Quantity::new(other).map_or(Quantity::ZERO, |other| other.min(self.open))
    }

    fn meet(&mut self, meeting: &Meeting<'_>) -> Met {
        let allowed = self.allowed(meeting.held);
        if allowed.is_zero() {
            let reason = "it would not make the position smaller".to_owned();
            let end = if matches!(self.state, State::Waiting { is_accepted: false }) {
                OrderEvent::Rejected(reason)
            } else {
                OrderEvent::Cancelled(reason)
            };
            return Met { end: Some(end), ..Met::default() };
        }
        let mut met = match &mut self.state {
            State::Resting(resting) => return meet_resting(resting, meeting.tick, allowed),
            State::Waiting { .. } => Met::default(),
        };
        let (side, in_force) = (self.request.side, self.request.time_in_force);
        match (self.request.kind, meeting.tick) {
            (OrderKind::Market, MarketTick::Book(book)) => met = take_all(book, side, allowed, None, in_force),
            (OrderKind::Market, MarketTick::Open(price)) => met.trades.push(taken(price, allowed)),
            (OrderKind::Limit { price, post_only }, MarketTick::Book(book)) => {
                met = self.enter(book, price, post_only, allowed);
            }
            (OrderKind::Limit { price, post_only }, MarketTick::Open(open)) => {
                met = enter_at_open(open, side, price, post_only, allowed, in_force);
            }
            (OrderKind::Stop { trigger }, MarketTick::Trade(Trade { price, .. }))
                if is_set_off(*price, trigger, side) =>
            {
                // The next book has it as a market order.
                self.request.kind = OrderKind::Market;
            }
            (OrderKind::Stop { trigger }, MarketTick::Open(open)) if is_set_off(open, trigger, side) => {
                met.trades.push(taken(open, allowed));
            }
            (OrderKind::Stop { trigger }, MarketTick::Bar(Candle { high, low, .. }))
                if is_set_off(if side == Side::Buy { *high } else { *low }, trigger, side) =>
            {
                met.trades.push(taken(trigger, allowed));
            }
            _ => {}
        }
        if let State::Waiting { is_accepted } = &mut self.state {
            met.end = met.end.map(|end| match end {
                OrderEvent::Rejected(reason) if *is_accepted => OrderEvent::Cancelled(reason),
                end => end,
            });
            let is_refused = matches!(met.end, Some(OrderEvent::Rejected(_)));
            met.accepted = !*is_accepted && !is_refused;
            *is_accepted |= met.accepted;
        }
        met
    }

    /// A limit order that arrives at a book.
    fn enter(&self, book: &BookDepth, price: Price, post_only: bool, allowed: Quantity) -> Met {
        let side = self.request.side;
        if post_only && !take(offered(book, side), side, allowed, Some(price)).is_empty() {
            let reason = "it is post-only, and would trade at once".to_owned();
            return Met { end: Some(OrderEvent::Rejected(reason)), ..Met::default() };
        }
        let mut met = take_all(book, side, allowed, Some(price), self.request.time_in_force);
        if met.end.is_none() {
            let taken = met.trades.iter().map(|(level, _)| *level).collect();
            met.resting = Some(Resting::join(book, side, price, taken));
        }
        met
    }

    fn fill(
        &self,
        number: u64,
        level: Level,
        liquidity: Liquidity,
        fee: Decimal,
        currency: &Currency,
        time: Timestamp,
    ) -> Fill {
        let OrderRequest { id, instrument, side, correlation, .. } = &self.request;
        Fill {
            id: format!("paper-{number}").into(),
            order: id.clone(),
            instrument: instrument.clone(),
            side: *side,
            quantity: level.quantity,
            price: level.price,
            currency: currency.clone(),
            fee,
            fee_currency: currency.clone(),
            liquidity,
            time,
            correlation: *correlation,
        }
    }
}

fn meet_resting(resting: &mut Resting, tick: MarketTick<'_>, allowed: Quantity) -> Met {
    let made = |level: Level| (level, Liquidity::Maker);
    let price = resting.price;
    let trades = match tick {
        MarketTick::Trade(trade) => {
            let quantity = resting.meet_trade(trade, allowed);
            if quantity.is_zero() { Vec::new() } else { vec![made(Level { price, quantity })] }
        }
        // Nobody knows who of the two came first: the worse for us.
        MarketTick::Book(book) => {
            resting.meet_book(book, allowed).into_iter().map(|level| (level, Liquidity::Taker)).collect()
        }
        MarketTick::Open(open) if !is_beyond(open, price, resting.side) => {
            vec![made(Level { price: open, quantity: allowed })]
        }
        MarketTick::Bar(Candle { high, low, .. }) => {
            let best = if resting.side == Side::Buy { *low } else { *high };
            if is_beyond(best, price, resting.side) {
                Vec::new()
            } else {
                vec![made(Level { price, quantity: allowed })]
            }
        }
        MarketTick::Open(_) => Vec::new(),
    };
    Met { trades, ..Met::default() }
}

/// What the book has at once; what it does not have ends or waits by the order's time in force.
fn take_all(book: &BookDepth, side: Side, wanted: Quantity, limit: Option<Price>, in_force: TimeInForce) -> Met {
    let levels = take(offered(book, side), side, wanted, limit);
    let is_whole = total(&levels) >= wanted;
    let trades = levels.into_iter().map(|level| (level, Liquidity::Taker)).collect();
    match (in_force, limit) {
        _ if is_whole => Met { trades, ..Met::default() },
        (TimeInForce::FillOrKill, _) => {
            let reason = "the book does not have all of it, and it is fill-or-kill".to_owned();
            Met { end: Some(OrderEvent::Expired(reason)), ..Met::default() }
        }
        (TimeInForce::GoodTillCancelled, Some(_)) => Met { trades, ..Met::default() },
        (TimeInForce::ImmediateOrCancel, _) | (_, None) => {
            let end = Some(OrderEvent::Expired("the book has no more at this price".to_owned()));
            Met { trades, end, ..Met::default() }
        }
    }
}

/// A limit order that arrives with the first price of a candle.
fn enter_at_open(
    open: Price,
    side: Side,
    price: Price,
    post_only: bool,
    allowed: Quantity,
    in_force: TimeInForce,
) -> Met {
    let trades_now = !is_beyond(open, price, side);
    let end = match (trades_now, post_only, in_force) {
        (true, true, _) => Some(OrderEvent::Rejected("it is post-only, and would trade at once".to_owned())),
        (true, false, _) => return Met { trades: vec![taken(open, allowed)], ..Met::default() },
        (false, _, TimeInForce::GoodTillCancelled) => None,
        (false, ..) => Some(OrderEvent::Expired("the first price is beyond its limit".to_owned())),
    };
    let resting = end.is_none().then_some(Resting { side, price, ahead: Quantity::ZERO, taken: Vec::new() });
    Met { end, resting, ..Met::default() }
}

fn taken(price: Price, quantity: Quantity) -> (Level, Liquidity) {
    (Level { price, quantity }, Liquidity::Taker)
}

/// Whether a price sets a stop off.
fn is_set_off(price: Price, trigger: Price, side: Side) -> bool {
    match side {
        Side::Buy => price >= trigger,
        Side::Sell => price <= trigger,
    }
}
