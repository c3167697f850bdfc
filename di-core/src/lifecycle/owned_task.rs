//! A task that lives no longer than what needs it.

use std::future::Future;

use tokio::task::JoinHandle;

/// Dropped, it ends the task.
pub(super) struct OwnedTask(JoinHandle<()>);

impl OwnedTask {
    /// Runs the future on the runtime around.
    pub(super) fn spawn(future: impl Future<Output = ()> + Send + 'static) -> Self {
        Self(tokio::spawn(future))
    }

    /// Waits until the task has ended by itself, but no longer than `patience`: it may be stuck behind something that
    /// blocks its thread.
    #[cfg(feature = "health")]
    pub(super) async fn ended(mut self, patience: super::time::Sleep) {
        tokio::select! {
            biased;
            // An error says that it panicked: whoever needs what it does has been told by what it dropped.
            _joined = &mut self.0 => {}
            () = patience => {}
        }
    }
}

impl Drop for OwnedTask {
    fn drop(&mut self) {
        self.0.abort();
    }
}
