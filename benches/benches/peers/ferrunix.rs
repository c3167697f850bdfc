//! The crate `ferrunix`: run time, a registry.

use std::hint::black_box;

use criterion::Criterion;
use ferrunix::{Ref, Registry, Singleton, Transient};

use crate::{IClock, measure, works};

mod ten {
    #![expect(dead_code, reason = "only the last of the ten is resolved")]
    #![expect(unreachable_pub, reason = "all generated sources look alike")]
    include!(concat!(env!("OUT_DIR"), "/ten_ferrunix.rs"));
}

struct Clock;
impl IClock for Clock {
    fn now_ms(&self) -> u64 {
        7
    }
}

struct Leg {
    clock: Ref<Box<dyn IClock>>,
}
struct Order {
    leg: Leg,
}
struct Basket {
    order: Order,
}

pub(crate) fn run(criterion: &mut Criterion) {
    let registry = Registry::empty();
    registry.register_singleton(|| Box::new(Clock) as Box<dyn IClock>);
    registry
        .with_deps::<Leg, (Singleton<Box<dyn IClock>>,)>()
        .register_transient(|(clock,)| Leg { clock: clock.get() });
    registry.with_deps::<Order, (Transient<Leg>,)>().register_transient(|(leg,)| Order { leg: leg.get() });
    registry.with_deps::<Basket, (Transient<Order>,)>().register_transient(|(order,)| Basket { order: order.get() });
    let basket = registry.transient::<Basket>().expect("the basket is registered");
    works(basket.order.leg.clock.as_ref().as_ref());
    measure(criterion, "peer_shared", "ferrunix", || black_box(&registry).singleton::<Box<dyn IClock>>());
    measure(criterion, "peer_transient", "ferrunix", || black_box(&registry).transient::<Basket>());
    measure(criterion, "peer_build_ten", "ferrunix", || {
        let registry = ten::build();
        let last = registry.singleton::<Box<dyn ten::I9>>().expect("all are registered");
        (registry, last)
    });
}
