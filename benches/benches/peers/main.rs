//! A comparison with other containers: all side by side, in one run, with the same thing written by hand.
//!
//! Resolving `&dyn I` and `Arc<dyn I>` of a singleton that lives, a transient of three levels, and building ten. Where a
//! container cannot do one of these, its row has no figure.

mod coi;
mod dill;
mod ferrunix;
mod froodi;
mod more_di;
mod nject;
mod rudi;
mod shaku;
mod teloc;

use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, criterion_group, criterion_main};
use di_benches::{operations, start};

/// The interface that every container resolves.
trait IClock: Send + Sync + 'static {
    fn now_ms(&self) -> u64;
}

struct Clock;
impl IClock for Clock {
    fn now_ms(&self) -> u64 {
        7
    }
}

/// What by hand looks like where nobody shares a transient, as with `shaku`, `teloc` and `nject`.
struct Leg {
    clock: Arc<dyn IClock>,
}
struct Order {
    leg: Box<Leg>,
}
struct Basket {
    order: Box<Order>,
}

/// Measures `operation` as `what/container`.
fn measure<R>(criterion: &mut Criterion, what: &str, container: &str, mut operation: impl FnMut() -> R) {
    criterion.benchmark_group(what).bench_function(container, |bencher| bencher.iter(|| black_box(operation())));
}

fn ours(criterion: &mut Criterion) {
    let (ten, features) = (start::ours::ten(), start::ours::features());
    measure(criterion, "peer_reference", "di_core", || operations::ours::interface_ref(black_box(ten)));
    measure(criterion, "peer_shared", "di_core", || operations::ours::interface_arc(black_box(ten)));
    measure(criterion, "peer_transient", "di_core", || operations::ours::transient(black_box(features)));
    measure(criterion, "peer_build_ten", "di_core", || operations::ours::build_ten(()));
}

fn by_hand(criterion: &mut Criterion) {
    let (ten, features) = (start::by_hand::ten(), start::by_hand::features());
    let shared: Arc<dyn IClock> = Arc::new(Clock);
    shared_works(&shared);
    measure(criterion, "peer_reference", "by_hand", || operations::by_hand::interface_ref(black_box(ten)));
    measure(criterion, "peer_shared", "by_hand", || operations::by_hand::interface_arc(black_box(ten)));
    measure(criterion, "peer_transient", "by_hand", || operations::by_hand::transient(black_box(features)));
    measure(criterion, "peer_transient", "by_hand_in_boxes", || {
        let clock: Arc<dyn IClock> = black_box(&shared).clone();
        let basket = Box::new(Basket { order: Box::new(Order { leg: Box::new(Leg { clock }) }) });
        black_box(&basket.order.leg.clock);
        basket
    });
    measure(criterion, "peer_build_ten", "by_hand", || operations::by_hand::build_ten(()));
}

/// What each container hands out must work, or its figure means nothing.
fn works(clock: &dyn IClock) {
    assert_eq!(clock.now_ms(), 7);
}

fn shared_works(clock: &Arc<dyn IClock>) {
    works(clock.as_ref());
}

criterion_group!(
    benches,
    by_hand,
    ours,
    nject::run,
    shaku::run,
    teloc::run,
    dill::run,
    coi::run,
    ferrunix::run,
    froodi::run,
    more_di::run,
    rudi::run
);
criterion_main!(benches);
