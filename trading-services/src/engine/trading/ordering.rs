//! The orders of a signal: which, how large, and what the risk manager says of them.

use rust_decimal::Decimal;

use super::TradingEngine;
use super::size_facts::{BARS, size_facts};
use crate::model::{OrderId, OrderRequest, Price, Quantity, Side};
use crate::ports::{
    MarketDataError, OrderError, RiskAnswer, RiskRequest, Signal, SizingFacts, Submission, TradeDecision,
    TradingSettings, bounded, submit_if_admitted,
};

impl TradingEngine {
    /// The orders that bring the position to where the signal wants it: one that closes what is held against it, and one that opens
    /// the other. `Err` says why there is none.
    fn orders(&self, signal: &Signal) -> Result<Vec<OrderRequest>, &'static str> {
        let settings = self.config.section::<TradingSettings>();
        let Signal { id, instrument, direction, price, correlation, .. } = signal;
        if !settings.enabled {
            return Err("trading is not enabled");
        }
        if self.executor.open_orders().iter().any(|order| order.request.instrument == *instrument) {
            return Err("an order is open");
        }
        let (held, side) = (self.portfolio.held(instrument), direction.side());
        let is_against = side.is_against(held);
        // Less than one lot is closed with the next order against it, but keeps nobody from opening a position.
        if self.market.is_position(instrument, held) && !is_against {
            return Err("the position is there");
        }
        if signal.doubtful && is_against {
            // What opens is refused by the risk manager; what closes, nobody would stop.
            return Err("it rests on a doubtful price");
        }
        let closes_only = settings.long_only && side == Side::Sell;
        if closes_only && !is_against {
            return Err("there is nothing to sell");
        }
        let order =
            |id, quantity, reduce_only| OrderRequest::market(id, instrument, side, quantity, reduce_only, *correlation);
        let mut opening = None;
        if !closes_only {
            let quantity = self.risk.position_size(instrument, *price, &self.facts(signal));
            let percent = self.risk.limits().price_collar_percent;
            let order = order(OrderId::of_signal(*id, false), quantity, false);
            let order = bounded(order, self.market.reference(instrument), percent);
            let held = if is_against { Decimal::ZERO } else { held };
            opening = Some(self.market.fitted(order, held)).filter(|order| !order.quantity.is_zero());
        }
        let mut orders = Vec::new();
        if is_against {
            // It is an order of its own, that no limit stops: nobody is kept in a position because another cannot be opened.
            let id = OrderId::of_signal(*id, opening.is_some());
            let quantity = Quantity::new(held.abs()).map_err(|_| "what is held is no quantity")?;
            orders.push(self.market.fitted(order(id, quantity, true), held));
        }
        orders.extend(opening);
        if orders.is_empty() { Err("its size is not known, or less than one lot") } else { Ok(orders) }
    }

    /// Makes the orders that a signal calls for, and submits them.
    pub(super) fn trade(&self, signal: &Signal) -> TradeDecision {
        let orders = match self.orders(signal) {
            Ok(orders) => orders,
            Err(reason) => return TradeDecision::Nothing(reason),
        };
        let mut decision = TradeDecision::Nothing("nothing is to be ordered");
        for order in &orders {
            decision = self.submit(signal, order);
            if !matches!(decision, TradeDecision::Ordered(_)) {
                break;
            }
        }
        decision
    }

    fn submit(&self, signal: &Signal, order: &OrderRequest) -> TradeDecision {
        let request = RiskRequest {
            order,
            price: signal.price,
            reference: self.reference(signal),
            is_doubtful: signal.doubtful,
            module: None,
        };
        let publish = |answer: &RiskAnswer| {
            let _missed = self.answered.publish(answer.clone()).now();
        };
        match submit_if_admitted(&request, &*self.risk, &*self.executor, publish) {
            Submission::Submitted(order) => TradeDecision::Ordered(Box::new(order)),
            Submission::Refused(answer) => TradeDecision::Refused(Box::new(answer)),
            Submission::Failed(OrderError::NotKept(..)) => TradeDecision::Nothing("it could not be kept"),
            // The name is that of the signal.
            Submission::Failed(_) => TradeDecision::Nothing("it was executed before"),
        }
    }

    /// What the size of an order looks at by one method or another: which one holds, only the risk manager knows.
    fn facts(&self, signal: &Signal) -> SizingFacts {
        let candles = self.market.historical(&signal.instrument, signal.timeframe, BARS).unwrap_or_default();
        let candles = if candles.is_empty() { self.bars.last(&signal.instrument) } else { candles };
        // Profits of other currencies are no measure of these.
        let currency = self.portfolio.currency_of(&signal.instrument, &*self.market);
        size_facts(&candles, &self.portfolio.outcomes(&currency))
    }

    /// The price of the market; that of the signal where nothing but candles is known.
    fn reference(&self, signal: &Signal) -> Option<Price> {
        match self.market.market_data(&signal.instrument) {
            Err(MarketDataError::UnknownInstrument { .. }) => Some(signal.price),
            _ => self.market.reference(&signal.instrument),
        }
    }
}
