//! The engine that carries a plan out: everything that start and stop share.

use std::collections::VecDeque;
use std::sync::Arc;

use tokio::runtime::Handle;
use tokio::sync::mpsc;

use super::command::Command;
use super::context::Context;
use super::failure::ServiceFailure;
#[cfg(feature = "health")]
use super::owned_task::OwnedTask;
use super::plan::Plan;
use super::settings::Settings;
use super::shared_state::SharedState;
use super::tasks::Tasks;
use super::time::Time;
#[cfg(feature = "health")]
use crate::health::Watch;

/// It belongs to the task that drives the application, and to nobody else: there is one writer, and no lock is held
/// across an `.await`.
pub(super) struct Engine {
    pub(super) plan: Plan,
    pub(super) settings: Settings,
    pub(super) time: Arc<dyn Time>,
    pub(super) shared: Arc<SharedState>,
    /// The background tasks of each node.
    pub(super) tasks: Vec<Arc<Tasks>>,
    /// Background tasks that died.
    pub(super) deaths: mpsc::UnboundedReceiver<ServiceFailure>,
    /// Of these, such as died while something else was being started or stopped.
    pub(super) held: VecDeque<ServiceFailure>,
    /// What is to be started and stopped by itself.
    pub(super) commands: mpsc::UnboundedReceiver<Command>,
}

impl Engine {
    pub(super) fn new(
        plan: Plan,
        settings: Settings,
        time: Arc<dyn Time>,
        shared: Arc<SharedState>,
        commands: mpsc::UnboundedReceiver<Command>,
        runtime: &Handle,
    ) -> Self {
        let (death, deaths) = mpsc::unbounded_channel();
        let tasks = plan
            .order()
            .map(|name| Arc::new(Tasks::new(name, plan.container(), runtime.clone(), Arc::clone(&time), death.clone())))
            .collect();
        Self { plan, settings, time, shared, tasks, deaths, held: VecDeque::new(), commands }
    }

    /// Watches the health of the services until the application has stopped.
    #[cfg(feature = "health")]
    pub(super) fn watch(&self) -> OwnedTask {
        let checks = self.plan.nodes().iter().map(|node| node.watched.clone()).collect();
        let watch = Watch::new(Arc::clone(&self.shared), Arc::clone(&self.time), &self.settings, checks);
        OwnedTask::spawn(watch.run())
    }

    /// Lets the watch tell that all has stopped, and ends it.
    #[cfg(feature = "health")]
    pub(super) async fn end_watch(&self, watch: OwnedTask) {
        watch.ended(self.time.sleep_until(self.time.now().saturating_add(self.settings.last_call))).await;
        self.shared.health().close();
    }

    pub(super) fn context(&self, node: usize) -> Context {
        Context::new(Arc::clone(&self.tasks[node]), Arc::clone(&self.shared), Arc::clone(&self.time))
    }
}
