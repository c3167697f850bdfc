//! The time of each operation, ours and by hand, side by side in one run.
//!
//! Times are noisy where others compute, too: the hard limits are those on instructions. `gate` reads the estimates.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use di_benches::{for_each_operation, operations, slow_start, start};

macro_rules! both_sides {
    ({ $criterion:ident } $($name:ident($start:ident: $argument:ident))*) => {
        $(
            let mut group = $criterion.benchmark_group(stringify!($name));
            let argument = start::ours::$start();
            group.bench_function("ours", |bencher| bencher.iter(|| operations::ours::$name(black_box(argument))));
            let argument = start::by_hand::$start();
            group.bench_function("by_hand", |bencher| bencher.iter(|| operations::by_hand::$name(black_box(argument))));
            group.finish();
        )*
    };
}

fn operations(criterion: &mut Criterion) {
    for_each_operation!(both_sides { criterion });
}

/// A hundred async services on paused time: what is left is the overhead.
fn async_start(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    let Ok(runtime) = runtime else { return };
    criterion.benchmark_group("async_start").bench_function("ours", |bencher| {
        bencher.iter(|| runtime.block_on(async { slow_start::App::build(slow_start::AppInputs {}).await }));
    });
}

criterion_group!(benches, operations, async_start);
criterion_main!(benches);
