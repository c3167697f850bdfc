//! Submission of an order that the risk manager admits, which the end of trading may overtake.

use rust_decimal::Decimal;

use super::{IOrderExecutor, IRiskManager, OrderError, RiskAnswer, RiskReason, RiskRequest};
use crate::model::{Order, OrderKind, OrderRequest, Price, Side, TimeInForce};

/// What came of an order.
#[derive(Debug)]
pub(crate) enum Submission {
    /// The executor has it.
    Submitted(Order),
    /// It was not admitted, or trading ended before it was submitted and it was cancelled.
    Refused(RiskAnswer),
    /// It was admitted, and the executor did not take it.
    Failed(OrderError),
}

/// The worst price at which an order may open a position: so many percent beyond that of the market.
pub(crate) fn worst_price(side: Side, reference: Price, percent: Decimal) -> Option<Price> {
    let share = match side {
        Side::Buy => Decimal::ONE_HUNDRED.checked_add(percent)?,
        Side::Sell => Decimal::ONE_HUNDRED.checked_sub(percent)?,
    };
    Price::new(reference.value().checked_mul(share)?.checked_div(Decimal::ONE_HUNDRED)?).ok()
}

/// An order at the market that takes nothing beyond its [worst price](worst_price): a book may be thin, or thinner when the
/// order meets it.
pub(crate) fn bounded(order: OrderRequest, reference: Option<Price>, percent: Decimal) -> OrderRequest {
    let Some(price) = reference.and_then(|reference| worst_price(order.side, reference, percent)) else { return order };
    let (kind, time_in_force) = (OrderKind::Limit { price, post_only: false }, TimeInForce::ImmediateOrCancel);
    OrderRequest { kind, time_in_force, ..order }
}

/// Asks the risk manager, lets `hear` hear the answer, and submits what is admitted.
///
/// The kill switch cancels the orders that are open when it is pressed. If it is pressed between the answer and the submission, it
/// has not seen this order, which is cancelled here.
pub(crate) fn submit_if_admitted(
    request: &RiskRequest<'_>,
    risk: &dyn IRiskManager,
    executor: &dyn IOrderExecutor,
    hear: impl FnOnce(&RiskAnswer),
) -> Submission {
    let had_ended = risk.killed().is_some();
    let mut answer = risk.check_risk_limits(request);
    hear(&answer);
    if !answer.is_admitted() {
        return Submission::Refused(answer);
    }
    let order = match executor.submit(request.order) {
        Ok(order) => order,
        Err(error) => return Submission::Failed(error),
    };
    // What was admitted after the end of trading only makes a position smaller.
    let Some(reason) = risk.killed().filter(|_| !had_ended && !request.order.reduce_only) else {
        return Submission::Submitted(order);
    };
    let id = &order.request.id;
    metrics::counter!("orders_overtaken_total").increment(1);
    tracing::warn!("order {id} was admitted before trading ended and submitted after it: it is cancelled");
    if let Err(error) = executor.cancel(id, &reason) {
        tracing::error!("{error}");
    }
    answer.reasons.push(RiskReason::Killed(reason));
    risk.count_overtaken(&answer.reasons);
    Submission::Refused(answer)
}
