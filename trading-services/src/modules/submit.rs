//! The way of a module's order to its venue.

use rust_decimal::Decimal;

use crate::model::{
    CorrelationId, InstrumentId, OrderId, OrderKind, OrderRequest, Price, Quantity, Side, TimeInForce, Timestamp,
};
use crate::ports::{
    IMarketDataService, IOrderExecutor, IRiskManager, ModuleOutcome, ModuleTrade, RiskRequest, Submission,
    submit_if_admitted,
};

/// A market order of a module.
pub(super) fn order(
    module: &str,
    time: Timestamp,
    index: usize,
    instrument: &InstrumentId,
    side: Side,
    quantity: Quantity,
    reduce_only: bool,
) -> Option<OrderRequest> {
    let id = OrderId::of_module(module, time, index).ok()?;
    let (kind, time_in_force, instrument) = (OrderKind::Market, TimeInForce::default(), instrument.clone());
    let correlation = CorrelationId::default();
    Some(OrderRequest { id, instrument, side, quantity, kind, time_in_force, reduce_only, correlation })
}

/// The order as its venue can take it while so much is held; `None` for less than one lot.
pub(super) fn fitted(order: OrderRequest, held: Decimal, market: &dyn IMarketDataService) -> Option<OrderRequest> {
    Some(market.fitted(order, held)).filter(|order| !order.quantity.is_zero())
}

/// Asks the risk manager and submits, unless it is a dry run.
pub(super) fn submit(
    module: &str,
    order: OrderRequest,
    price: Price,
    risk: &dyn IRiskManager,
    executor: &dyn IOrderExecutor,
    dry_run: bool,
) -> ModuleTrade {
    if dry_run {
        return ModuleTrade { order, outcome: ModuleOutcome::DryRun };
    }
    let request =
        RiskRequest { order: &order, price, reference: Some(price), is_doubtful: false, module: Some(module) };
    let outcome = match submit_if_admitted(&request, risk, executor, |_| ()) {
        // A name that is taken is that of the same order: it is there already.
        Submission::Submitted(_) => ModuleOutcome::Submitted,
        Submission::Refused(answer) | Submission::Failed(answer, _) => ModuleOutcome::Refused(Box::new(answer)),
    };
    ModuleTrade { order, outcome }
}
