//! A line on standard output for each order, fill and alert, once it is on the disk.

use std::fmt::Display;
use std::io::{Write, stdout};
use std::sync::Arc;

use di_core::events::Subscription;
use trading_services::engine::Platform;
use trading_services::ports::IStateManager;

/// Listens where everybody does, until the subscriptions are dropped. Whoever reads the lines may rely on them.
pub(crate) fn listen(platform: &Platform, state: &Arc<dyn IStateManager>) -> Vec<Subscription> {
    const NAME: &str = "acknowledgements";
    let state = Arc::clone(state);
    vec![
        platform.orders_changed.observe(NAME, |order| {
            // It is told of each change; the first one is that it was submitted.
            if order.status == trading_services::model::OrderStatus::Submitted {
                say("order", &order.request.id);
            }
        }),
        platform.orders_filled.observe(NAME, |fill| say("fill", &fill.id)),
        platform.alerts_raised.observe(NAME, move |alert| {
            // An alert is not urgent, but a promise about it is.
            if state.flush().is_ok() {
                say("alert", &alert.id);
            }
        }),
    ]
}

fn say(what: &str, id: &dyn Display) {
    // Nobody may read; the run goes on.
    let _ = writeln!(stdout(), "ack {what} {id}");
}
