//! The crate `teloc`: compile time, with type lists.

use std::hint::black_box;
use std::sync::Arc;

use criterion::Criterion;
use teloc::{Dependency, Resolver, ServiceProvider};

use crate::{IClock, measure, works};

#[derive(Dependency)]
struct Clock;
impl IClock for Clock {
    fn now_ms(&self) -> u64 {
        7
    }
}

#[derive(Dependency)]
struct Leg {
    clock: Arc<Clock>,
}
#[derive(Dependency)]
struct Order {
    leg: Box<Leg>,
}
#[derive(Dependency)]
struct Basket {
    order: Box<Order>,
}

pub(crate) fn run(criterion: &mut Criterion) {
    let provider = ServiceProvider::new()
        .add_singleton::<Arc<Clock>>()
        .add_transient::<Box<Leg>>()
        .add_transient::<Box<Order>>()
        .add_transient::<Box<Basket>>();
    let basket: Box<Basket> = provider.resolve();
    works(basket.order.leg.clock.as_ref());
    measure(criterion, "peer_reference", "teloc", || {
        let clock: &Arc<Clock> = black_box(&provider).resolve();
        std::ptr::from_ref::<dyn IClock>(clock.as_ref())
    });
    measure(criterion, "peer_shared", "teloc", || -> Arc<dyn IClock> {
        let clock: Arc<Clock> = black_box(&provider).resolve();
        clock
    });
    measure(criterion, "peer_transient", "teloc", || -> Box<Basket> { black_box(&provider).resolve() });
}
