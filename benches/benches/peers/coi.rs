//! The crate `coi`: run time, by name.

use std::hint::black_box;
use std::sync::Arc;

use coi::{Container, Inject, Provide, container};
use criterion::Criterion;

use crate::measure;

mod ten {
    #![expect(dead_code, reason = "only the last of the ten is resolved")]
    #![expect(unreachable_pub, reason = "all generated sources look alike")]
    include!(concat!(env!("OUT_DIR"), "/ten_coi.rs"));
}

trait ICoiClock: Inject {
    fn now_ms(&self) -> u64;
}

struct Clock;
impl Inject for Clock {}
impl ICoiClock for Clock {
    fn now_ms(&self) -> u64 {
        7
    }
}

struct Leg {
    clock: Arc<dyn ICoiClock>,
}
struct Order {
    leg: Arc<Leg>,
}
struct Basket {
    order: Arc<Order>,
}
impl Inject for Leg {}
impl Inject for Order {}
impl Inject for Basket {}

struct ClockProvider;
impl Provide for ClockProvider {
    type Output = dyn ICoiClock;
    fn provide(&self, _: &Container) -> coi::Result<Arc<Self::Output>> {
        Ok(Arc::new(Clock))
    }
}
struct LegProvider;
impl Provide for LegProvider {
    type Output = Leg;
    fn provide(&self, container: &Container) -> coi::Result<Arc<Leg>> {
        Ok(Arc::new(Leg { clock: container.resolve("clock")? }))
    }
}
struct OrderProvider;
impl Provide for OrderProvider {
    type Output = Order;
    fn provide(&self, container: &Container) -> coi::Result<Arc<Order>> {
        Ok(Arc::new(Order { leg: container.resolve("leg")? }))
    }
}
struct BasketProvider;
impl Provide for BasketProvider {
    type Output = Basket;
    fn provide(&self, container: &Container) -> coi::Result<Arc<Basket>> {
        Ok(Arc::new(Basket { order: container.resolve("order")? }))
    }
}

pub(crate) fn run(criterion: &mut Criterion) {
    let container = container! {
        clock => ClockProvider; singleton,
        leg => LegProvider,
        order => OrderProvider,
        basket => BasketProvider,
    };
    let basket = container.resolve::<Basket>("basket").expect("the basket is registered");
    assert_eq!(basket.order.leg.clock.now_ms(), 7);
    measure(criterion, "peer_shared", "coi", || black_box(&container).resolve::<dyn ICoiClock>("clock"));
    measure(criterion, "peer_transient", "coi", || black_box(&container).resolve::<Basket>("basket"));
    measure(criterion, "peer_build_ten", "coi", || {
        let container = ten::build();
        let last = container.resolve::<dyn ten::I9>("s9").expect("all are registered");
        (container, last)
    });
}
