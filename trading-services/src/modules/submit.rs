//! The way of a module's order to its venue.

use di_core::events::Topic;
use rust_decimal::Decimal;

use crate::model::{InstrumentId, OrderId, OrderRequest, Price, Quantity, Side, Timestamp};
use crate::ports::{
    IMarketDataService, IOrderExecutor, IRiskManager, ModuleOutcome, ModuleTrade, ModuleTurn, Opportunity, RiskAnswer,
    RiskRequest, Submission, submit_if_admitted,
};

/// What a module has to order with.
pub(super) struct Desk<'a> {
    pub(super) module: &'a str,
    pub(super) market: &'a dyn IMarketDataService,
    pub(super) risk: &'a dyn IRiskManager,
    pub(super) executor: &'a dyn IOrderExecutor,
    /// Where the answers of the risk manager are heard.
    pub(super) answered: &'a Topic<RiskAnswer>,
    pub(super) turn: &'a ModuleTurn,
}

impl Desk<'_> {
    /// A market order of the module.
    pub(super) fn order(
        &self,
        (time, index): (Timestamp, usize),
        instrument: &InstrumentId,
        side: Side,
        quantity: Quantity,
        reduce_only: bool,
    ) -> Option<OrderRequest> {
        let id = OrderId::of_module(self.module, time, index).ok()?;
        Some(OrderRequest::market(id, instrument, side, quantity, reduce_only, self.turn.correlation))
    }

    /// Closes so much of a position of which `held` is held, as an opportunity against it says; `None` for less than one lot.
    pub(super) fn close(
        &self,
        name: (Timestamp, usize),
        one: &Opportunity,
        quantity: Decimal,
        held: Decimal,
    ) -> Option<ModuleTrade> {
        let quantity = Quantity::new(quantity.abs()).ok()?;
        let order = self.order(name, &one.instrument, one.direction.side(), quantity, true)?;
        Some(self.submit(self.fitted(order, held)?, one.price))
    }

    /// The order as its venue can take it while so much is held; `None` for less than one lot.
    pub(super) fn fitted(&self, order: OrderRequest, held: Decimal) -> Option<OrderRequest> {
        Some(self.market.fitted(order, held)).filter(|order| !order.quantity.is_zero())
    }

    /// Whether an order waits already, whoever has made it.
    pub(super) fn is_ordered(&self, instrument: &InstrumentId) -> bool {
        self.executor.open_orders().iter().any(|order| order.request.instrument == *instrument)
    }

    /// Whether an order of the module waits already: what it closes, another's order must not hold up.
    pub(super) fn is_waiting(&self, instrument: &InstrumentId) -> bool {
        let open = self.executor.open_orders();
        open.iter().any(|order| order.request.instrument == *instrument && order.request.id.is_of_module(self.module))
    }

    /// Asks the risk manager and submits, unless it is a dry run. The order is meant at `price`, and judged by the market.
    pub(super) fn submit(&self, order: OrderRequest, price: Price) -> ModuleTrade {
        if self.turn.dry_run {
            return ModuleTrade { order, outcome: ModuleOutcome::DryRun };
        }
        let request = RiskRequest {
            order: &order,
            price,
            reference: self.market.reference(&order.instrument),
            is_doubtful: self.market.market_data(&order.instrument).is_ok_and(|view| view.is_doubtful),
            module: Some(self.module),
        };
        let publish = |answer: &RiskAnswer| {
            let _missed = self.answered.publish(answer.clone()).now();
        };
        let outcome = match submit_if_admitted(&request, self.risk, self.executor, publish) {
            Submission::Submitted(_) => ModuleOutcome::Submitted,
            Submission::Refused(answer) => ModuleOutcome::Refused(Box::new(answer)),
            Submission::Failed(error) => ModuleOutcome::Failed(error.to_string()),
        };
        ModuleTrade { order, outcome }
    }
}
