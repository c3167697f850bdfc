//! The crate `dill`: run time, a catalog.

use std::hint::black_box;
use std::sync::Arc;

use criterion::Criterion;
use dill::{CatalogBuilder, OneOf, Singleton, component, interface, scope};

use crate::{IClock, measure, shared_works};

mod ten {
    #![expect(dead_code, reason = "only the last of the ten is resolved")]
    #![expect(unreachable_pub, reason = "the generated source stands in a library elsewhere")]
    include!(concat!(env!("OUT_DIR"), "/ten_dill.rs"));
}

#[component]
#[interface(dyn IClock)]
#[scope(Singleton)]
struct Clock;
impl IClock for Clock {
    fn now_ms(&self) -> u64 {
        7
    }
}

#[component]
struct Leg {
    clock: Arc<dyn IClock>,
}
#[component]
struct Order {
    leg: Arc<Leg>,
}
#[component]
struct Basket {
    order: Arc<Order>,
}

pub(crate) fn run(criterion: &mut Criterion) {
    let catalog = CatalogBuilder::new().add::<Clock>().add::<Leg>().add::<Order>().add::<Basket>().build();
    shared_works(&catalog.get_one::<Basket>().expect("the basket is registered").order.leg.clock);
    measure(criterion, "peer_shared", "dill", || black_box(&catalog).get::<OneOf<dyn IClock>>());
    measure(criterion, "peer_transient", "dill", || black_box(&catalog).get_one::<Basket>());
    measure(criterion, "peer_build_ten", "dill", || {
        let catalog = ten::build();
        let last = catalog.get::<OneOf<dyn ten::I9>>();
        (catalog, last)
    });
}
