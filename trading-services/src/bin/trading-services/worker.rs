//! A thread behind a bounded queue, so that nobody waits for the disk or the reader that it waits for.

use std::io;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;

/// A thread that works through its queue until it is finished.
#[derive(Debug)]
pub(crate) struct Worker<T> {
    queue: Queue<T>,
    thread: JoinHandle<()>,
}

/// Where work is put.
#[derive(Debug)]
pub(crate) struct Queue<T>(SyncSender<T>);

impl<T: Send + 'static> Worker<T> {
    /// Begins a thread of that name; at most `most` wait for it.
    ///
    /// # Errors
    /// There is no room for another thread.
    pub(crate) fn begin(name: &str, most: usize, work: impl FnOnce(Receiver<T>) + Send + 'static) -> io::Result<Self> {
        let (queue, waiting) = sync_channel(most);
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(move || work(waiting))?;
        Ok(Self { queue: Queue(queue), thread })
    }

    pub(crate) fn queue(&self) -> &Queue<T> {
        &self.queue
    }

    /// Waits until everything that was offered is worked through. Who has a queue of it lets go of that before.
    pub(crate) fn finish(self) {
        drop(self.queue);
        // It has told of its panic itself.
        let _ = self.thread.join();
    }
}

impl<T> Queue<T> {
    /// Puts it into the queue; false when there is no room. A thread that has ended takes everything and does nothing.
    pub(crate) fn offer(&self, work: T) -> bool {
        !matches!(self.0.try_send(work), Err(TrySendError::Full(_)))
    }
}

impl<T> Clone for Queue<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;

    #[test]
    fn what_does_not_fit_is_refused_and_the_rest_is_done_when_it_is_finished() {
        let ((release, wait), (done, all)) = (channel::<()>(), channel());
        let worker = Worker::begin("test", 2, move |waiting: Receiver<u32>| {
            wait.recv().unwrap();
            waiting.into_iter().for_each(|work| done.send(work).unwrap());
        });
        let worker = worker.unwrap();
        let offered = [1, 2, 3].map(|work| worker.queue().clone().offer(work));
        assert_eq!(offered, [true, true, false]);
        release.send(()).unwrap();
        worker.finish();
        assert_eq!(all.try_iter().collect::<Vec<_>>(), [1, 2]);
    }
}
