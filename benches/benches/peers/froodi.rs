//! The crate `froodi`: linked at compile time, resolved at run time.

use std::hint::black_box;
use std::sync::Arc;

use criterion::Criterion;
use froodi::{Container, DefaultScope::App, Inject, InjectTransient, boxed, registry};

use crate::{IClock, measure, works};

mod ten {
    #![expect(dead_code, reason = "only the last of the ten is resolved")]
    #![expect(unreachable_pub, reason = "all generated sources look alike")]
    include!(concat!(env!("OUT_DIR"), "/ten_froodi.rs"));
}

struct Clock;
impl IClock for Clock {
    fn now_ms(&self) -> u64 {
        7
    }
}

struct Leg {
    clock: Arc<Box<dyn IClock>>,
}
struct Order {
    leg: Leg,
}
struct Basket {
    order: Order,
}

pub(crate) fn run(criterion: &mut Criterion) {
    let container = Container::new(registry! {
        scope(App) [
            provide(|| Ok(boxed!(Clock; IClock))),
            provide(|Inject(clock)| Ok(Leg { clock })),
            provide(|InjectTransient(leg)| Ok(Order { leg })),
            provide(|InjectTransient(order)| Ok(Basket { order })),
        ],
    });
    let basket = container.get_transient::<Basket>().expect("the basket is registered");
    works(basket.order.leg.clock.as_ref().as_ref());
    measure(criterion, "peer_shared", "froodi", || black_box(&container).get::<Box<dyn IClock>>());
    measure(criterion, "peer_transient", "froodi", || black_box(&container).get_transient::<Basket>());
    measure(criterion, "peer_build_ten", "froodi", || {
        let container = ten::build();
        let last = container.get::<Box<dyn ten::I9>>().expect("all are registered");
        (container, last)
    });
}
