//! The crate `shaku`: compile time, by interface.

use std::hint::black_box;
use std::sync::Arc;

use criterion::Criterion;
use shaku::{Component, HasComponent, HasProvider, Interface, Provider, module};

use crate::measure;

mod ten {
    #![expect(dead_code, reason = "only the last of the ten is resolved")]
    #![expect(unreachable_pub, reason = "the generated source stands in a library elsewhere")]
    include!(concat!(env!("OUT_DIR"), "/ten_shaku.rs"));
}

trait IShakuClock: Interface {
    fn now_ms(&self) -> u64;
}

#[derive(Component)]
#[shaku(interface = IShakuClock)]
struct Clock;
impl IShakuClock for Clock {
    fn now_ms(&self) -> u64 {
        7
    }
}

trait ILeg {
    fn now_ms(&self) -> u64;
}
trait IOrder {
    fn now_ms(&self) -> u64;
}
trait IBasket {
    fn now_ms(&self) -> u64;
}

#[derive(Provider)]
#[shaku(interface = ILeg)]
struct Leg {
    #[shaku(inject)]
    clock: Arc<dyn IShakuClock>,
}
impl ILeg for Leg {
    fn now_ms(&self) -> u64 {
        self.clock.now_ms()
    }
}
#[derive(Provider)]
#[shaku(interface = IOrder)]
struct Order {
    #[shaku(provide)]
    leg: Box<dyn ILeg>,
}
impl IOrder for Order {
    fn now_ms(&self) -> u64 {
        self.leg.now_ms()
    }
}
#[derive(Provider)]
#[shaku(interface = IBasket)]
struct Basket {
    #[shaku(provide)]
    order: Box<dyn IOrder>,
}
impl IBasket for Basket {
    fn now_ms(&self) -> u64 {
        self.order.now_ms()
    }
}

module! {
    Clocks { components = [Clock], providers = [Leg, Order, Basket] }
}

pub(crate) fn run(criterion: &mut Criterion) {
    let clocks = Clocks::builder().build();
    let clock: &dyn IShakuClock = clocks.resolve_ref();
    assert_eq!(clock.now_ms(), 7);
    measure(criterion, "peer_reference", "shaku", || {
        let clock: &dyn IShakuClock = black_box(&clocks).resolve_ref();
        std::ptr::from_ref(clock)
    });
    measure(criterion, "peer_shared", "shaku", || -> Arc<dyn IShakuClock> { black_box(&clocks).resolve() });
    measure(criterion, "peer_transient", "shaku", || {
        let basket: Result<Box<dyn IBasket>, _> = black_box(&clocks).provide();
        basket.map(|basket| basket.now_ms())
    });
    measure(criterion, "peer_build_ten", "shaku", || ten::App::builder().build());
}
