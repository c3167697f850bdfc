//! Instructions of each operation, ours and by hand: counted by callgrind, repeatable to the last one.
//!
//! The command `gate` runs it and compares. Each operation runs in a process of its own, on a container that was built
//! outside of what is counted. What it returns is forgotten, as dropping is not what is asked about.

use di_benches::for_each_operation;
use gungraun::main;

/// One side as a group of that name, with a benchmark per operation.
macro_rules! side {
    ({ $side:ident } $($name:ident($start:ident: $argument:ident))*) => {
        mod $side {
            use std::hint::black_box;
            use std::mem::ManuallyDrop;

            use di_benches::{operations, start};
            use gungraun::{library_benchmark, library_benchmark_group};

            $(
                #[library_benchmark]
                #[bench::once(start::$side::$start())]
                fn $name(argument: start::$side::$argument) {
                    let _kept = ManuallyDrop::new(black_box(operations::$side::$name(black_box(argument))));
                }
            )*
            library_benchmark_group!(name = $side, benchmarks = [$($name),*]);
        }
    };
}

for_each_operation!(side { ours });
for_each_operation!(side { by_hand });

use by_hand::by_hand as hand_group;
use ours::ours as our_group;

main!(library_benchmark_groups = our_group, hand_group);
