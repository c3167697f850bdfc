//! A line on standard output for each order, fill and alert, once it is on the disk.

use std::io::{self, Write, stdout};
use std::sync::Arc;
use std::sync::mpsc::Receiver;

use di_core::events::Subscription;
use trading_services::engine::Platform;
use trading_services::model::OrderStatus;
use trading_services::ports::IStateManager;

use crate::worker::{Queue, Worker};

/// What waits to be acknowledged; beyond it nothing is, which breaks no promise.
const WAITING: usize = 65_536;

/// The name of the thread, and of whom the topics tell.
const NAME: &str = "acknowledgements";

/// What is acknowledged: an order or a fill is on the disk when it is told of, an alert is not yet.
enum Told {
    Kept(String),
    Alert(u64),
}

/// Acknowledges until it is finished. Whoever reads the lines may rely on them.
pub(crate) struct Acknowledgements {
    listening: Vec<Subscription>,
    worker: Worker<Told>,
}

impl Acknowledgements {
    /// Listens where everybody does. A thread of its own waits for the disk and for the reader.
    ///
    /// # Errors
    /// There is no room for another thread.
    pub(crate) fn begin(platform: &Platform, state: Arc<dyn IStateManager>) -> io::Result<Self> {
        let worker = Worker::begin(NAME, WAITING, move |waiting| acknowledge(&waiting, &*state, stdout()))?;
        Ok(Self { listening: listen(platform, worker.queue()), worker })
    }

    /// Listens no more, and waits until what was heard is acknowledged.
    pub(crate) fn finish(self) {
        drop(self.listening);
        self.worker.finish();
    }
}

fn listen(platform: &Platform, told: &Queue<Told>) -> Vec<Subscription> {
    let (orders, fills, alerts) = (told.clone(), told.clone(), told.clone());
    vec![
        platform.orders_changed.observe(NAME, move |order| {
            // It is told of each change; the first one is that it was submitted.
            if order.status == OrderStatus::Submitted {
                orders.offer(Told::Kept(format!("order {}", order.request.id)));
            }
        }),
        platform.orders_filled.observe(NAME, move |fill| {
            fills.offer(Told::Kept(format!("fill {}", fill.id)));
        }),
        platform.alerts_raised.observe(NAME, move |alert| {
            alerts.offer(Told::Alert(alert.id));
        }),
    ]
}

fn acknowledge(waiting: &Receiver<Told>, state: &dyn IStateManager, mut out: impl Write) {
    for told in waiting {
        // Nobody may read; the run goes on.
        let _ = match told {
            Told::Kept(what) => writeln!(out, "ack {what}"),
            // An alert is not urgent, but a promise about it is: it may have been given up while the store was away.
            Told::Alert(id) if state.has_alert(id) == Ok(true) => writeln!(out, "ack alert {id}"),
            Told::Alert(_) => Ok(()),
        };
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use trading_services::model::Timestamp;
    use trading_services::ports::{Alert, AlertLevel, StateFact};
    use trading_services::store::MemoryState;

    use super::*;

    #[test]
    fn an_alert_that_is_not_kept_is_not_acknowledged() {
        let state = MemoryState::default();
        let alert = Alert {
            id: 1,
            time: Timestamp::default(),
            level: AlertLevel::Info,
            rule: "test",
            instrument: None,
            service: None,
            message: String::new(),
            escalated: false,
        };
        state.append(StateFact::Raised { alert: Box::new(alert), due: Vec::new() }).unwrap();
        let (tell, told) = channel();
        for what in [Told::Alert(1), Told::Alert(2), Told::Kept("order one".to_owned())] {
            tell.send(what).unwrap();
        }
        drop(tell);
        let mut out = Vec::new();
        acknowledge(&told, &state, &mut out);
        assert_eq!(String::from_utf8(out).unwrap(), "ack alert 1\nack order one\n");
    }
}
