//! The last events of the bus, each with a number, a time of the wall and its source.

use std::collections::VecDeque;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use di_core::events::{Event, Subscription, Topic};
use di_core::health::{HealthChanged, ServiceUnhealthy};
use serde::Serialize;

use crate::model::{Fill, FundingSettlement, Order, Timestamp};
use crate::ports::{Alert, RiskAnswer, Signal};
use crate::sync::lock;

/// So many are remembered.
const EVENTS: usize = 200;

/// Remembers what was last told on the bus, from its construction on.
///
/// The events have times of the clock of messages, which a replay moves; here each has the time of the wall, too.
pub struct EventTail {
    told: Arc<Mutex<Told>>,
    _listening: Vec<Subscription>,
}

#[derive(Default)]
struct Told {
    count: u64,
    last: VecDeque<Numbered>,
}

/// An event as it came. It is made text when somebody asks.
#[derive(Clone)]
struct Numbered {
    id: u64,
    time: Timestamp,
    topic: &'static str,
    source: &'static str,
    event: Arc<dyn Debug + Send + Sync>,
}

/// An event, as an operator sees it.
#[derive(Debug, Serialize)]
pub(super) struct EventView {
    /// Rising from 1 with each event since the start.
    id: u64,
    /// When it was told, by the clock of the machine.
    time: String,
    topic: &'static str,
    /// The service that it comes from.
    source: &'static str,
    /// As the program prints it.
    event: String,
}

#[di_core::service]
impl EventTail {
    /// It listens at once: what is told while the platform starts is not lost.
    #[constructor]
    #[expect(clippy::too_many_arguments, reason = "one for each topic")]
    pub fn new(
        alerts: Arc<Topic<Alert>>,
        signals: Arc<Topic<Signal>>,
        answers: Arc<Topic<RiskAnswer>>,
        orders: Arc<Topic<Order>>,
        fills: Arc<Topic<Fill>>,
        funding: Arc<Topic<FundingSettlement>>,
        health: Arc<Topic<HealthChanged>>,
        unhealthy: Arc<Topic<ServiceUnhealthy>>,
    ) -> Self {
        let told = Arc::default();
        let listening = vec![
            listen(&told, &alerts, |alert| alert.service.unwrap_or("AlertManager")),
            listen(&told, &signals, |_| "SignalService"),
            listen(&told, &answers, |_| "RiskManager"),
            listen(&told, &orders, |_| "PaperExecutor"),
            listen(&told, &fills, |_| "PaperExecutor"),
            listen(&told, &funding, |_| "FundingSettler"),
            listen(&told, &health, |changed| changed.service),
            listen(&told, &unhealthy, |unhealthy| unhealthy.service),
        ];
        Self { told, _listening: listening }
    }

    /// The last events, oldest first.
    pub(super) fn last(&self) -> Vec<EventView> {
        // Events are long, and who tells one waits for this lock.
        let last: Vec<_> = lock(&self.told).last.iter().cloned().collect();
        let view = |one: &Numbered| EventView {
            id: one.id,
            time: one.time.to_string(),
            topic: one.topic,
            source: one.source,
            event: format!("{:?}", one.event),
        };
        last.iter().map(view).collect()
    }
}

fn listen<E: Event>(told: &Arc<Mutex<Told>>, topic: &Topic<E>, source: fn(&E) -> &'static str) -> Subscription {
    let told = Arc::clone(told);
    topic.observe("last events", move |event: &E| {
        let (time, source, event) = (SystemTime::now().into(), source(event), Arc::new(event.clone()));
        let mut told = lock(&told);
        told.count += 1;
        let id = told.count;
        if told.last.len() == EVENTS {
            told.last.pop_front();
        }
        told.last.push_back(Numbered { id, time, topic: E::TOPIC, source, event });
    })
}

impl Debug for EventTail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EventTail").finish_non_exhaustive()
    }
}
