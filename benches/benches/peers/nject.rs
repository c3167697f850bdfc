//! The crate `nject`: compile time, singletons are fields of the provider and cannot depend on each other.

use std::hint::black_box;
use std::sync::Arc;

use criterion::Criterion;
use nject::{injectable, provider};

use crate::{IClock, measure, shared_works, works};

struct Clock;
impl IClock for Clock {
    fn now_ms(&self) -> u64 {
        7
    }
}

#[injectable]
struct Leg {
    clock: Arc<dyn IClock>,
}
#[injectable]
struct Order {
    leg: Leg,
}
#[injectable]
struct Basket {
    order: Order,
}

#[provider]
struct Provider {
    #[provide(dyn IClock)]
    clock: Clock,
    #[provide(Arc<dyn IClock>, |clock| clock.clone())]
    shared: Arc<dyn IClock>,
}

pub(crate) fn run(criterion: &mut Criterion) {
    let provider = Provider { clock: Clock, shared: Arc::new(Clock) };
    works(provider.provide::<&dyn IClock>());
    shared_works(&provider.provide::<Basket>().order.leg.clock);
    measure(criterion, "peer_reference", "nject", || std::ptr::from_ref(black_box(&provider).provide::<&dyn IClock>()));
    measure(criterion, "peer_shared", "nject", || black_box(&provider).provide::<Arc<dyn IClock>>());
    measure(criterion, "peer_transient", "nject", || Box::new(black_box(&provider).provide::<Basket>()));
}
