//! A service that follows its script and tells what was done with it.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use di_core::error::BoxError;
use di_core::interface;
use di_core::lifecycle::{Backoff, Context, Lifecycle, Probes, Restart};
use tokio::time::Instant;

use super::case::Hooks;
use crate::world::{Script, millis};

/// What was done with a service, or what it did.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Did {
    StartBegin,
    StartEnd(End),
    /// Whether the application was ready or dead by then.
    StopBegin {
        ready: bool,
        dead: bool,
    },
    StopEnd(End),
    AbortBegin,
    AbortEnd(End),
    /// Its background task died for the last time.
    TaskDied,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum End {
    Ok,
    Failed,
    Panicked,
    Dropped,
}

#[derive(Clone)]
pub(crate) struct Story {
    beginning: Instant,
    told: Arc<Mutex<Vec<(Duration, usize, Did)>>>,
    probes: Arc<Mutex<Option<Probes>>>,
}

impl Story {
    pub(crate) fn new() -> Self {
        Self { beginning: Instant::now(), told: Arc::default(), probes: Arc::default() }
    }

    pub(crate) fn watch(&self, probes: Probes) {
        *self.probes.lock().unwrap() = Some(probes);
    }

    pub(crate) fn now(&self) -> Duration {
        self.beginning.elapsed()
    }

    pub(crate) fn told(&self) -> Vec<(Duration, usize, Did)> {
        self.told.lock().unwrap().clone()
    }

    fn tell(&self, node: usize, did: Did) {
        self.told.lock().unwrap().push((self.now(), node, did));
    }
}

pub(crate) struct Service {
    node: usize,
    hooks: Hooks,
    story: Story,
    alive: Arc<AtomicUsize>,
}

impl Service {
    pub(crate) fn new(node: usize, hooks: Hooks, story: Story, alive: Arc<AtomicUsize>) -> Self {
        Self { node, hooks, story, alive }
    }

    async fn act(&self, script: Script, end: fn(End) -> Did) -> Result<(), BoxError> {
        let mut told = TellEnd { service: self, end: Some(end) };
        match script {
            Script::Ok(ms) | Script::Fail(ms) | Script::Panic(ms) => tokio::time::sleep(millis(ms)).await,
            Script::Hang => std::future::pending().await,
        }
        told.end = None;
        let (ended, result) = match script {
            Script::Ok(_) | Script::Hang => (End::Ok, Ok(())),
            Script::Fail(_) => (End::Failed, Err("as scripted".into())),
            Script::Panic(_) => {
                self.story.tell(self.node, end(End::Panicked));
                // Unlike `panic!`, it prints nothing, ten thousand times.
                std::panic::resume_unwind(Box::new("as scripted"));
            }
        };
        self.story.tell(self.node, end(ended));
        result
    }

    fn spawn_task(&self, context: &Context) {
        let Some(task) = self.hooks.task.clone() else { return };
        let restart = match task.restarts {
            0 => Restart::Never,
            intensity => Restart::OnFailure { intensity, period: Duration::from_secs(1_000), backoff: Backoff::NONE },
        };
        let (node, story, alive) = (self.node, self.story.clone(), Arc::clone(&self.alive));
        let mut runs = 0;
        context.supervise("task", restart, move |stopping| {
            runs += 1;
            let last = runs > task.restarts;
            let (task, story, alive) = (task.clone(), story.clone(), Alive::new(&alive));
            async move {
                let _alive = alive;
                let life = async {
                    match task.dies_after {
                        Some(ms) => tokio::time::sleep(millis(ms)).await,
                        None => std::future::pending().await,
                    }
                };
                match task.flush {
                    Some(ms) => tokio::select! {
                        biased;
                        () = stopping.requested() => {
                            tokio::time::sleep(millis(ms)).await;
                            return Ok(());
                        }
                        () = life => {}
                    },
                    None => {
                        // It does not listen, and so is dropped when its service has stopped.
                        drop(stopping);
                        life.await;
                    }
                }
                if last {
                    story.tell(node, Did::TaskDied);
                }
                Err("as scripted".into())
            }
        });
    }
}

#[interface]
impl Lifecycle for Service {
    async fn start(&self, context: &Context) -> Result<(), BoxError> {
        self.story.tell(self.node, Did::StartBegin);
        self.spawn_task(context);
        self.act(self.hooks.start, Did::StartEnd).await
    }

    async fn stop(&self) -> Result<(), BoxError> {
        let (ready, dead) = {
            let probes = self.story.probes.lock().unwrap();
            let probes = probes.as_ref().unwrap();
            (probes.is_ready(), !probes.is_live())
        };
        self.story.tell(self.node, Did::StopBegin { ready, dead });
        self.act(self.hooks.stop, Did::StopEnd).await
    }

    async fn on_abort(&self) -> Result<(), BoxError> {
        self.story.tell(self.node, Did::AbortBegin);
        self.act(self.hooks.abort, Did::AbortEnd).await
    }
}

/// Tells that a hook was dropped, unless it has come to its end.
struct TellEnd<'a> {
    service: &'a Service,
    end: Option<fn(End) -> Did>,
}

impl Drop for TellEnd<'_> {
    fn drop(&mut self) {
        if let Some(end) = self.end {
            self.service.story.tell(self.service.node, end(End::Dropped));
        }
    }
}

/// Counts the tasks that have not been dropped.
struct Alive(Arc<AtomicUsize>);

impl Alive {
    fn new(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(count))
    }
}

impl Drop for Alive {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
