//! The thread in which jobs run one after the other, for as long as one waits.

use std::thread::JoinHandle;

/// So many jobs may wait.
pub(super) const WAITING: usize = 8;

/// Whether jobs run, and whether they may. It is held under the lock of the jobs, so that none is added between the last look
/// of the thread and its end.
#[derive(Debug, Default)]
pub(super) struct JobThread {
    /// The thread that runs jobs, or has.
    thread: Option<JoinHandle<()>>,
    is_running: bool,
    is_stopped: bool,
}

/// A thread that ends with the job that it runs.
#[must_use]
pub(super) struct Ending(Option<JoinHandle<()>>);

impl JobThread {
    /// Jobs may be begun again.
    pub(super) fn start(&mut self) {
        self.is_stopped = false;
    }

    /// No job is begun any more; the caller gives up those that have not ended.
    pub(super) fn stop(&mut self) -> Ending {
        self.is_stopped = true;
        Ending(self.thread.take())
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.is_stopped
    }

    /// Has the jobs run, unless they do already. The work takes the lock of the jobs for each of them.
    ///
    /// # Errors
    /// When there can be no such thread.
    pub(super) fn run(&mut self, name: &str, work: impl FnOnce() + Send + 'static) -> std::io::Result<()> {
        if !self.is_running {
            self.thread = Some(std::thread::Builder::new().name(name.to_owned()).spawn(work)?);
            self.is_running = true;
        }
        Ok(())
    }

    /// The next job, as the thread has found it; without one the thread is to end.
    pub(super) fn take<T>(&mut self, next: Option<T>) -> Option<T> {
        self.is_running = next.is_some();
        next
    }
}

impl Ending {
    /// Waits for the end.
    pub(super) async fn wait(self) {
        if let Some(thread) = self.0 {
            // What it panics with was caught job by job.
            let _ended = tokio::task::spawn_blocking(move || thread.join()).await;
        }
    }
}
