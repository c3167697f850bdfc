//! The cost of `Application::start` for each of a hundred services whose waiting costs nothing, on paused time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group, criterion_main};
use di_core::error::BoxError;
use di_core::interface;
use di_core::lifecycle::{Application, Context, Lifecycle, Plan, PlanNode};

/// Waits a millisecond to start.
struct Waiting;

#[interface]
impl Lifecycle for Waiting {
    async fn start(&self, _: &Context) -> Result<(), BoxError> {
        tokio::time::sleep(Duration::from_millis(1)).await;
        Ok(())
    }
}

/// A tree, as in `slow_start`: a critical path of seven.
fn application() -> Option<Application> {
    let hooks: Arc<Waiting> = Arc::new(Waiting);
    let node = |number: usize| {
        let before = number.checked_sub(1).map(|before| before / 2);
        PlanNode::new(String::leak(format!("service {number}")))
            .after(before)
            .hooks(Arc::clone(&hooks) as Arc<dyn Lifecycle>)
    };
    Plan::new((0..100).map(node)).ok().map(Application::new)
}

/// Only the start is measured; the stop is not.
async fn start(application: Application) -> Duration {
    let begin = Instant::now();
    let started = application.start().await;
    let took = begin.elapsed();
    assert!(started.is_ok(), "all hundred start");
    assert!(application.stop().await.is_ok(), "all hundred stop");
    took
}

fn application_start(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    let Ok(runtime) = runtime else { return };
    criterion.benchmark_group("application_start").bench_function("ours", |bencher| {
        bencher.iter_custom(|times| {
            (0..times).filter_map(|_| application()).map(|application| runtime.block_on(start(application))).sum()
        });
    });
}

criterion_group!(benches, application_start);
criterion_main!(benches);
