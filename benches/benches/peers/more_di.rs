//! The crate `more-di`: run time, after .NET.

use std::hint::black_box;
use std::sync::Arc;

use criterion::Criterion;
use di::{Injectable, ServiceCollection, injectable};

use crate::{IClock, measure, shared_works};

mod ten {
    #![expect(dead_code, reason = "only the last of the ten is resolved")]
    #![expect(unreachable_pub, reason = "all generated sources look alike")]
    include!(concat!(env!("OUT_DIR"), "/ten_more_di.rs"));
}

#[injectable(IClock)]
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
    leg: Arc<Leg>,
}
#[injectable]
struct Basket {
    order: Arc<Order>,
}

pub(crate) fn run(criterion: &mut Criterion) {
    let provider = ServiceCollection::new()
        .add(Clock::singleton())
        .add(Leg::transient())
        .add(Order::transient())
        .add(Basket::transient())
        .build_provider()
        .expect("everything is registered");
    shared_works(&provider.get_required::<Basket>().order.leg.clock);
    measure(criterion, "peer_shared", "more_di", || black_box(&provider).get_required::<dyn IClock>());
    measure(criterion, "peer_transient", "more_di", || black_box(&provider).get_required::<Basket>());
    measure(criterion, "peer_build_ten", "more_di", || {
        let provider = ten::build();
        let last = provider.get_required::<dyn ten::I9>();
        (provider, last)
    });
}
