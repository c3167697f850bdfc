//! Submission of an order that the risk manager admits, which the end of trading may overtake.

use super::{IOrderExecutor, IRiskManager, OrderError, RiskAnswer, RiskReason, RiskRequest};
use crate::model::Order;

/// What came of an order.
#[derive(Debug)]
pub(crate) enum Submission {
    /// The executor has it.
    Submitted(Order),
    /// It was not admitted, or trading ended before it was submitted and it was cancelled.
    Refused(RiskAnswer),
    /// It was admitted, and the executor did not take it.
    Failed(RiskAnswer, OrderError),
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
        Err(error) => return Submission::Failed(answer, error),
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
    Submission::Refused(answer)
}
