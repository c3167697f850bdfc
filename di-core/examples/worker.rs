//! A worker that drains: what was accepted before the stop is done before the process ends.
//!
//! `cargo run -p di-core --features lifecycle --example worker`

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use di_core::error::BoxError;
use di_core::lifecycle::{Context, Lifecycle, Outcome, Run};
use di_core::{container, interface, service};
use tokio::sync::Mutex;
use tokio::sync::mpsc::{Receiver, Sender, channel};

/// Work to be done.
struct Jobs {
    sender: Sender<u32>,
    receiver: Mutex<Receiver<u32>>,
}

#[service]
impl Jobs {
    #[constructor]
    fn new() -> Self {
        let (sender, receiver) = channel(100);
        Self { sender, receiver: Mutex::new(receiver) }
    }
}

/// Does it.
#[service(lifecycle)]
struct Worker {
    jobs: Arc<Jobs>,
    #[inject(default)]
    done: Arc<AtomicUsize>,
}

#[interface]
impl Lifecycle for Worker {
    async fn start(&self, context: &Context) -> Result<(), BoxError> {
        let (jobs, done) = (Arc::clone(&self.jobs), Arc::clone(&self.done));
        context.spawn_until("jobs", |stopping| async move {
            let mut jobs = jobs.receiver.lock().await;
            loop {
                let next = tokio::select! {
                    job = jobs.recv() => job,
                    // No more is waited for; what is there already is done.
                    () = stopping.requested() => jobs.try_recv().ok(),
                };
                let Some(_job) = next else { return Ok(()) };
                tokio::task::yield_now().await;
                done.fetch_add(1, Ordering::Relaxed);
            }
        });
        Ok(())
    }
}

/// Fills the queue, and asks for the stop when the last job is accepted.
#[service(lifecycle)]
struct Producer {
    jobs: Arc<Jobs>,
    _worker: Arc<Worker>,
}

#[interface]
impl Lifecycle for Producer {
    async fn start(&self, context: &Context) -> Result<(), BoxError> {
        let (jobs, own) = (Arc::clone(&self.jobs), context.clone());
        context.spawn("produce", async move {
            for job in 0..50 {
                tokio::time::sleep(Duration::from_millis(1)).await;
                jobs.sender.send(job).await?;
            }
            own.request_stop();
            Ok(())
        });
        Ok(())
    }
}

/// What exists.
#[container]
struct App {
    jobs: Jobs,
    worker: Worker,
    producer: Producer,
}

#[tokio::main]
async fn main() -> Result<Outcome, BoxError> {
    let app = App::build(AppInputs {});
    let outcome = app.run().await;
    let done = app.get::<Worker>().done.load(Ordering::Relaxed);
    writeln!(std::io::stdout(), "{done} of 50 jobs are done")?;
    if done == 50 { Ok(outcome) } else { Err("jobs were lost".into()) }
}
