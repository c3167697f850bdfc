//! The crate `rudi`: run time, a context.

use std::hint::black_box;
use std::sync::Arc;

use criterion::Criterion;
use rudi::{Context, DynProvider, Module, modules, providers, singleton, transient};

use crate::{IClock, measure, shared_works};

mod ten {
    #![expect(dead_code, reason = "only the last of the ten is resolved")]
    #![expect(unreachable_pub, reason = "all generated sources look alike")]
    include!(concat!(env!("OUT_DIR"), "/ten_rudi.rs"));
}

struct Clock;
impl IClock for Clock {
    fn now_ms(&self) -> u64 {
        7
    }
}

struct Leg {
    clock: Arc<dyn IClock>,
}
struct Order {
    leg: Arc<Leg>,
}
struct Basket {
    order: Arc<Order>,
}

struct Services;
impl Module for Services {
    fn providers() -> Vec<DynProvider> {
        providers![
            singleton(|_| Arc::new(Clock) as Arc<dyn IClock>),
            transient(|context| Arc::new(Leg { clock: context.resolve() })),
            transient(|context| Arc::new(Order { leg: context.resolve() })),
            transient(|context| Arc::new(Basket { order: context.resolve() })),
        ]
    }
}

pub(crate) fn run(criterion: &mut Criterion) {
    let mut context = Context::create(modules![Services]);
    shared_works(&context.resolve::<Arc<Basket>>().order.leg.clock);
    measure(criterion, "peer_shared", "rudi", || black_box(&mut context).resolve::<Arc<dyn IClock>>());
    measure(criterion, "peer_transient", "rudi", || black_box(&mut context).resolve::<Arc<Basket>>());
    measure(criterion, "peer_build_ten", "rudi", || {
        let mut context = ten::build();
        let last = context.resolve::<Arc<dyn ten::I9>>();
        (context, last)
    });
}
