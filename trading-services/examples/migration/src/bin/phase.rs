//! The figures of the phase that is built, as `name value` lines.

use di_core::prelude::*;
use std::alloc::System;
use std::hint::black_box;
use std::io::{Write, stdout};
use std::time::{Duration, Instant};

use di_core::report::Report;
use migration_story::PHASE;
use migration_story::app::{App, AppInputs, Dual, DualInputs, Entry, Single, SingleInputs};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const RESOLUTIONS: u32 = 1_000_000;
const STARTS: usize = 200;

fn main() -> std::io::Result<()> {
    let report = Report::of::<App>();
    let app = App::build(AppInputs {});
    let single = bytes(|| Single::build(SingleInputs {}));
    let dual = bytes(|| Dual::build(DualInputs {}));
    let started = Instant::now();
    for _ in 0..RESOLUTIONS {
        black_box(black_box(&app).get::<Entry>());
    }
    let resolution = started.elapsed() / RESOLUTIONS;
    let mut out = stdout();
    writeln!(out, "phase {PHASE}")?;
    writeln!(out, "coverage {}", report.coverage())?;
    writeln!(out, "coupling {}", report.coupling())?;
    writeln!(out, "resolution_ns {}", resolution.as_nanos())?;
    writeln!(out, "bytes {single}")?;
    writeln!(out, "dual_bytes {dual}")?;
    writeln!(out, "start_us {}", shortest(|| App::build(AppInputs {})).as_micros())
}

/// What a container holds when it is built: itself, and what it has allocated.
fn bytes<T>(build: impl FnOnce() -> T) -> usize {
    let region = Region::new(ALLOCATOR);
    let built = build();
    let change = region.change();
    let held = change.bytes_allocated - change.bytes_deallocated + size_of::<T>();
    drop(built);
    held
}

/// The machine only ever adds.
fn shortest<T>(build: impl Fn() -> T) -> Duration {
    let times = (0..STARTS).map(|_| {
        let started = Instant::now();
        let built = black_box(build());
        let elapsed = started.elapsed();
        drop(built);
        elapsed
    });
    times.min().unwrap_or_default()
}
